"""What the pages for people point at exists."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from bot.store import schema
from bot.store.condition import MENDS, WORDS

ROOT = Path(__file__).parent.parent
_ROOMS = ("bot", "filters", "bench", "tests")
_OTHERS = {"max_length", "nas", "local"}  # of libraries and hosts
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """A dead link in the first ten minutes is where people stop."""
    links = re.findall(r"\]\((?!https?://|mailto:|#)([^)#\s]+)", page.read_text())

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_files_that_pages_name_exist() -> None:
    """A page that sends a newcomer to a file that moved costs them the next half hour."""
    files = [f"/{path.relative_to(ROOT)}" for room in _ROOMS for path in (ROOT / room).rglob("*.*")]
    named = {
        (page.name, name)
        for page in PAGES
        if page.name != "CHANGELOG.md"
        for name in re.findall(r"`((?:[\w.-]+/)*[\w-]+\.(?:py|toml))`", page.read_text())
    }

    assert len(named) > 100
    assert {(page, name) for page, name in named if not _is_there(name, files)} == set()


def test_names_of_code_that_pages_mention_exist() -> None:
    """A function or class that was renamed is renamed on the pages too."""
    rooms = ("bot", "filters", "bench", "tests/support")
    files = [path for room in rooms for path in (ROOT / room).rglob("*.py")]
    files += (ROOT / "tests").rglob("conftest.py")  # fixtures
    known = set(re.findall(r"\w+", "\n".join(path.read_text() for path in files)))
    named = {
        (page.name, part)
        for page in PAGES
        if page.name != "CHANGELOG.md"
        for name in re.findall(r"`([A-Za-z]\w*(?:\.\w+)*)(?:\(\))?`", page.read_text())
        if not name.endswith((".py", ".toml", ".md")) and not name.startswith("VIGIL_")
        for part in name.split(".")
        if "_" in part or "." in name or re.match(r"[A-Z][a-z]+[A-Z]", part)
    }

    assert len(named) > 100
    assert {(page, part) for page, part in named if part not in known | _OTHERS} == set()


def _is_there(name: str, files: list[str]) -> bool:
    return (ROOT / name).exists() or any(file.endswith(f"/{name}") for file in files)


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


def test_troubles_of_the_database_stand_in_the_docs_with_their_mends() -> None:
    """Operators look there for the words that a log or a message brought."""
    text = (ROOT / "docs" / "storage.md").read_text()
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| ")]
    listed = {row[1].strip("`"): (row[0].strip("| "), row[-1].strip("| ")) for row in rows}

    assert {str(cause): (WORDS[cause], MENDS[cause]) for cause in WORDS}.items() <= listed.items()


def test_refusals_of_a_start_stand_in_the_docs() -> None:
    """Each refusal that the store's modules of a start can raise, by its first words."""
    table = (ROOT / "docs" / "storage.md").read_text().partition("stops with one of these lines")[2]
    said = set[str]()
    for name in ("files", "upgrade"):
        code = (ROOT / "bot" / "store" / f"{name}.py").read_text()
        said |= set(re.findall(r"Store(?:Error|TooNew)\(\s*\"([^\"]+)", code))

    assert len(said) >= 6
    for words in said:
        longest = max(re.split(r"\{\w+\}", words.partition(". ")[0]), key=len)
        assert longest.strip(" :.").split(",")[0].split(" (")[0] in table, words


def test_each_table_stands_in_the_page_on_what_is_stored() -> None:
    """People at risk decide by that list: a new table is named there, with what it holds."""
    text = (ROOT / "docs" / "storage.md").read_text()
    section = text.partition("## What is stored")[2].partition("\n## ")[0]
    rows = "\n".join(line.split("|")[1] for line in section.splitlines() if line.startswith("| `"))
    technical = section.partition("Purely technical:")[2].partition("\n\n")[0]
    listed = re.findall(r"`([a-z_]+)`", rows + technical)

    assert sorted(listed) == sorted({*schema.metadata.tables, "archive_words", "alembic_version"})
    assert {"meta", "counters", "archive", "archive_words", "item_marks", "item_clues"} | {
        "story_keys",
        "alembic_version",
    } == set(re.findall(r"`([a-z_]+)`", technical))


def test_filters_that_the_page_on_packs_quotes_are_those_that_ship() -> None:
    """Who learns from an example must not learn from one that breaks the rules beside it."""
    text = (ROOT / "docs" / "packs.md").read_text()
    quoted = [
        each
        for block in re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
        for each in tomllib.loads(block).get("filter", [])
    ]
    shipped = [
        each
        for file in (ROOT / "filters" / "packs" / "data").glob("*.toml")
        for each in tomllib.loads(file.read_text()).get("filter", [])
    ]

    assert quoted
    assert [each for each in quoted if each not in shipped] == []


def test_a_word_of_the_glossary_has_one_meaning() -> None:
    """A word with two stands twice, each time with what it is said of in parentheses."""
    text = (ROOT / "docs" / "design" / "0000-glossary.md").read_text()
    rows = [line.split("|")[1] for line in text.splitlines() if re.match(r"\| (?!word |---)", line)]
    words = [word.strip() for row in rows for word in row.split(", ")]
    plain = Counter(re.sub(r" \(.*", "", word) for word in words)

    assert len(words) > 80
    assert len(set(words)) == len(words)
    assert [word for word in words if plain[word] > 1] == []


def test_pages_for_users_say_fix_and_again() -> None:
    """Words that readers stumbled over; what users do not read may have them."""
    others = {"score.md", "quality.md", "benchmarks.md"}  # figures, for developers
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    found = {
        (page.name, word)
        for page in pages
        if page.name not in others
        for word in re.findall(r"\b(?:mend\w*|anew|shall)\b", page.read_text(), re.IGNORECASE)
    }

    assert found <= {("filters.md", "mend")}  # `error.mend` in Python
