"""Keeps the packs' filters as read and the lemmas of their words: `python -m filters.packs.build`.

Writes packs/data/queries.bin and lemmas.bin. Reading the filters and looking these words up at
every start would cost more than a second; tests hold the files and the packs together. A file of
lemmas made with other dictionaries than those installed is ignored.
"""

from __future__ import annotations

import sys
from pathlib import Path

from filters.analysis import Analyser
from filters.index import FilterSet
from filters.nodes import Query
from filters.packs import load_packs
from filters.packs.kept import dump, mark_of
from filters.passages import PROBE
from filters.query import parse
from filters.reading import Reader

__all__ = ["lemmas_of_packs", "main", "queries_of_packs"]


def lemmas_of_packs() -> bytes:
    """The lemmas of all words that a reader with the packs asks for at its start."""
    packs, analyser = load_packs(), Analyser()
    reader = Reader(
        FilterSet(analyser),
        analyser,
        packs.entities,
        topics=packs.topics,
        filters=packs.filters,
        groups=packs.groups,
    )
    return reader.cache()


def queries_of_packs() -> dict[bytes, Query]:
    """What a start reads, the filters and groups of the packs, each anew from its text."""
    packs = load_packs()
    texts = [*(each.query_text for each in packs.filters), *(f"@{name}" for name in packs.groups)]
    return {mark_of(text, packs.groups): parse(text, packs.groups) for text in [*texts, PROBE]}


def main() -> int:
    """Rewrites both files; returns the exit status."""
    data = Path(__file__).parent / "data"
    # The filters first: the lemmas are those of their words.
    for name, kept in (
        ("queries.bin", dump(queries_of_packs())),
        ("lemmas.bin", lemmas_of_packs()),
    ):
        (data / name).write_bytes(kept)
        sys.stdout.write(f"{name}: {len(kept):,} bytes\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
