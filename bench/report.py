"""docs/benchmarks.md by sections: each bench writes its own and leaves the others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

__all__ = ["REPORT", "keep_others", "put_section", "table"]

REPORT = Path(__file__).parent.parent / "docs" / "benchmarks.md"


def put_section(title: str, lines: Sequence[str], report: Path = REPORT) -> None:
    """Replace the section `## title`, or add it at the end."""
    text = report.read_text(encoding="utf-8").rstrip("\n")
    section = "\n".join([f"## {title}", *lines]).rstrip("\n")
    found = _section(title, text)
    if found is None:
        text += f"\n\n{section}"
    else:
        start, end = found
        text = text[:start] + section + ("\n\n" + text[end:] if text[end:] else "")
    report.write_text(text.rstrip("\n") + "\n", encoding="utf-8")


def keep_others(new: str, report: Path = REPORT) -> str:
    """`new` with the sections of the old report that it does not have."""
    old = report.read_text(encoding="utf-8") if report.exists() else ""
    for title in re.findall(r"^## (.+)$", old, re.MULTILINE):
        found = _section(title, old)
        if found is not None and _section(title, new) is None:
            new = new.rstrip("\n") + "\n\n" + old[found[0] : found[1]].rstrip("\n") + "\n"
    return new


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """Lines of a Markdown table."""

    def line(cells: Sequence[object]) -> str:
        return "| " + " | ".join(map(_shown, cells)) + " |"

    return [line(head), line(["---"] * len(head)), *map(line, rows)]


def _section(title: str, text: str) -> tuple[int, int] | None:
    found = re.search(rf"^## {re.escape(title)}\n.*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return None if found is None else found.span()


def _shown(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:,.0f}" if cell >= 1000 else f"{cell:.3g}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)
