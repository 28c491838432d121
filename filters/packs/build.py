"""Keeps the lemmas of the packs' words: `python -m filters.packs.build`.

Writes packs/data/lemmas.bin. Looking these words up at every start would cost a
third of a second; a test holds the file and the packs together. A file made with
other dictionaries than those installed is ignored.
"""

from __future__ import annotations

import sys
from pathlib import Path

from filters.analysis import Analyser
from filters.index import FilterSet
from filters.packs import load_packs
from filters.reading import Reader

__all__ = ["lemmas_of_packs", "main"]


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


def main() -> int:
    """Rewrites the file of lemmas; returns the exit status."""
    kept = lemmas_of_packs()
    (Path(__file__).parent / "data" / "lemmas.bin").write_bytes(kept)
    sys.stdout.write(f"{len(kept):,} bytes\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
