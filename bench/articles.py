"""Article text on trafilatura's evaluation set: `python -m bench.articles DIRECTORY`.

DIRECTORY is `tests` of its repository (github.com/adbar/trafilatura): evaldata.json, and the pages
in `cache` and `eval`. Each page has up to six pieces of text that belong to its article, and as
many that do not; recall is of the former, precision counts the latter where they come along.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import Any

from rich.console import Console

from bench.report import put_section, table
from bot.errors import ParseFailed
from bot.sources.article import parse_article

__all__ = ["main", "pages", "plain"]

_SECTION = "Article text"
_NOW = datetime(2026, 11, 1, tzinfo=UTC)


def plain(text: str) -> str:
    """With one space wherever there is space."""
    return re.sub(r"\s+", " ", text).strip()


def pages(directory: Path) -> Iterator[tuple[str, Sequence[str], Sequence[str], bytes]]:
    """Each page: its address, pieces of its article, pieces of what is beside it, its bytes."""
    marked = json.loads((directory / "evaldata.json").read_text(encoding="utf-8"))
    for url, page in sorted(marked.items()):
        paths = (directory / place / page["file"] for place in ("cache", "eval"))
        body = next(path for path in paths if path.is_file()).read_bytes()
        yield url, page["with"], page["without"], body


def measure(directory: Path, report: Path | None = None) -> dict[str, Any]:
    """Recall and precision over all pages; what went wrong, by page, into `report`."""
    found = wanted = wrong = count = 0
    seconds = 0.0
    faults = {}
    for url, belongs, beside, body in pages(directory):
        count += 1
        began = process_time()
        try:
            article = parse_article(body, url=url, now=_NOW)
            text = plain(f"{article.title}\n{article.text}")
        except ParseFailed:
            text = ""
        seconds += process_time() - began
        missing = [each for each in belongs if plain(each) not in text]
        extra = [each for each in beside if plain(each) in text]
        wanted += len(belongs)
        found += len(belongs) - len(missing)
        wrong += len(extra)
        if missing or extra:
            faults[url] = {"missing": missing, "extra": extra}
    if report is not None:
        report.write_text(json.dumps(faults, ensure_ascii=False, indent=1), encoding="utf-8")
    recall, precision = found / wanted, found / (found + wrong)
    return {
        "pages": count,
        "recall": round(recall, 3),
        "precision": round(precision, 3),
        "F1": round(2 * recall * precision / (recall + precision), 3),
        "CPU ms a page": round(1000 * seconds / count, 1),
    }


def main() -> None:
    """Measure and write what was found into docs/benchmarks.md."""
    directory, *more = map(Path, sys.argv[1:])
    figures = measure(directory, *more)
    Console().print(figures)
    lines = table(["what", "measured"], list(figures.items()))
    put_section(_SECTION, "python -m bench.articles DIRECTORY", lines)


if __name__ == "__main__":
    main()
