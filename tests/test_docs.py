"""What the pages for people point at exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """A dead link in the first ten minutes is where people stop."""
    links = re.findall(r"\]\((?!https?://|mailto:|#)([^)#\s]+)", page.read_text())

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_commands_of_the_readme_exist() -> None:
    """Each `make x` and `vigil x` that the README shows."""
    text = (ROOT / "README.md").read_text()
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    program = (ROOT / "bot" / "cli" / "app.py").read_text()
    commands = {
        name.rstrip("_") for name in re.findall(r"^def ([a-z]\w*)\(", program, re.MULTILINE)
    }

    assert set(re.findall(r"\bmake ([a-z]+)\b(?=`|$|\s+[A-Z#]|,)", text, re.MULTILINE)) <= targets
    assert set(re.findall(r"/vigil ([a-z]+)\b", text)) <= commands
