"""Keeps what a start would work out anew each time: `python -m filters.packs.build`.

Writes packs/data/queries.bin (the packs' filters as read), lemmas.bin (the lemmas of their words)
and openings.bin (what our own patterns can begin with). Working these out at every start would cost
two seconds; tests hold the files and the packs together. A file of lemmas made with other
dictionaries than those installed is ignored.
"""

from __future__ import annotations

import sys
from pathlib import Path

from filters import prefilter
from filters.analysis import Analyser
from filters.document import Document
from filters.index import FilterSet
from filters.nodes import Query
from filters.packs import load_examples, load_packs
from filters.packs.kept import dump, mark_of
from filters.passages import PROBE
from filters.query import parse
from filters.reading import Reader, load_reader
from filters.role_words import compact

__all__ = ["lemmas_of_packs", "main", "openings_of_patterns", "queries_of_packs"]


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


def openings_of_patterns() -> set[str]:
    """The patterns that reading the packs' examples asks for."""
    reader = load_reader()
    for each in load_examples():
        reader.read(Document(each.text, each.title)).settle()
    return prefilter.asked


def main() -> int:
    """Rewrites the files; returns the exit status."""
    data = Path(__file__).parent / "data"
    # The filters first: the lemmas are those of their words.
    for name, kept in (
        ("queries.bin", dump(queries_of_packs())),
        ("lemmas.bin", lemmas_of_packs()),
        ("roles.json", compact((data / "roles.toml").read_text("utf-8")).encode()),
        ("openings.bin", prefilter.dump(sorted(openings_of_patterns()))),
    ):
        (data / name).write_bytes(kept)
        sys.stdout.write(f"{name}: {len(kept):,} bytes\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
