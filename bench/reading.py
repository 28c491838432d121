"""`python -m bench.reading posts.jsonl.gz`: CPU milliseconds of reading one post.

Posts that match are worked out whole (spans, entities, facets, facts), as they are before they
are stored; of the others it is only asked whether they match, as the engine does. The first
time forms, dictionaries and patterns are learnt; again they are known.
"""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import mean, median
from time import process_time_ns

from bench.texts import load
from filters.document import Document
from filters.reading import Reader, load_reader

__all__ = ["main"]

_EVERY = 10
_MOST = 100_000
_AGAIN = 2


def main() -> None:
    """Print one line for each kind of post."""
    texts = load(Path(sys.argv[1]), _MOST)[::_EVERY]
    reader = load_reader()
    first = [_timed(reader, text) for text in texts]
    again = [min(_timed(reader, text) for _ in range(_AGAIN)) for text in texts]
    for name, wanted in (("matches", True), ("does not match", False)):
        for when, rows in (("the first time", first), ("again", again)):
            spent = [ns / 1e6 for ns, matched in rows if matched is wanted]
            if spent:
                print(
                    f"| a post that {name}, {when}: mean of {len(spent):,}; median |"
                    f" {mean(spent):.2f}; {median(spent):.2f} |"
                )


def _timed(reader: Reader, text: str) -> tuple[int, bool]:
    began = process_time_ns()
    reading = reader.read(Document(text))
    matched = reading.matched
    if matched:
        reading.settle()
    return process_time_ns() - began, matched


if __name__ == "__main__":
    main()
