"""docs/benchmarks.md by sections: each bench writes the figures of its own and leaves the rest.

People write what a section measures, and the bars. From the line that names the command to the
section's end stands what the command found: a run replaces that, and what was said of the figures
before, since it may be true no longer.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from bot.clock import SystemClock

__all__ = ["REPORT", "put_section", "table"]

REPORT = Path(__file__).parent.parent / "docs" / "benchmarks.md"


def put_section(title: str, command: str, lines: Sequence[str], report: Path = REPORT) -> None:
    """Replace what was found by an earlier run in the section `## title`, or add the section.

    `command` is what was run, as a person types it.
    """
    text = report.read_text(encoding="utf-8").rstrip("\n")
    found = re.search(rf"^## {re.escape(title)}\n.*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    start, end = found.span() if found else (len(text), len(text))
    about = re.split(r"^`python -m ", text[start:end], maxsplit=1, flags=re.MULTILINE)[0]
    measured = [about.rstrip("\n") or f"## {title}", "", _run(command), "", *lines]
    section = "\n".join(measured).rstrip("\n")
    parts = [text[:start].rstrip("\n"), section, text[end:]]
    report.write_text("\n\n".join(filter(None, parts)).rstrip("\n") + "\n", encoding="utf-8")


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """Lines of a Markdown table."""

    def line(cells: Sequence[object]) -> str:
        return "| " + " | ".join(map(_shown, cells)) + " |"

    return [line(head), line(["---"] * len(head)), *map(line, rows)]


def _run(command: str) -> str:
    """What a figure needs to be compared: command, day, load, machine and commit."""
    load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
    describe = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    where = Path(__file__).parent
    version = subprocess.run(describe, cwd=where, capture_output=True, text=True, check=False)
    return (
        f"`{command}`, {SystemClock().now():%-d %B %Y}, {load}, {platform.system()},"
        f" Python {platform.python_version()}, version {version.stdout.strip() or 'unknown'}"
    )


def _shown(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:,.0f}" if cell >= 1000 else f"{cell:.3g}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)
