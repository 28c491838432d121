"""`vigil search`: the archive from the command line, beside a running bot."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cli import search
from bot.clock import SystemClock
from bot.ingest.archive import Archive
from bot.ingest.matcher import Matcher
from bot.model import ParsedItem
from bot.store import Store, groups, items
from filters.analysis import Analyser
from filters.index import FilterSet
from filters.reading import Reader
from tests.cli.vigil import vigil
from tests.store.builders import add_source

TEXTS = (
    "Трое солдат отказались ехать на фронт.",
    "Дожди не отступят.",
    "Солдату отказали в отпуске.",
)


@pytest.fixture
async def data(sqlite_store: Store, tmp_path: Path) -> Path:
    """An archive of three posts, a day apart, in the database of an open store."""
    now = SystemClock().now()
    async with sqlite_store.write() as conn:
        source = await add_source(conn, now)
        for n, text in enumerate(TEXTS):
            at = now - timedelta(days=3 - n)
            post = ParsedItem(str(n), text=text, published=at, url=f"https://t.me/pskov/{n}")
            await items.insert_item(conn, source.id, post, seen_at=at, story_id=None)
    analyser = Analyser()
    matcher = Matcher(Reader(FilterSet(analyser), analyser))
    await Archive(sqlite_store, matcher).index()
    matcher.close()
    return tmp_path


def test_what_was_found_is_shown_newest_first(data: Path):
    """A researcher reads date, source, address and the sentence; the bot goes on running."""
    found = vigil("search", "отказ*, отказать", VIGIL_DATA_DIR=str(data))

    assert found.code == 0, found.err
    assert found.out.index(TEXTS[2]) < found.out.index(TEXTS[0])
    assert "https://t.me/pskov/2" in found.out


def test_json_carries_whole_texts_and_spans(data: Path):
    """Another program reads a line a post."""
    found = vigil("search", "фронт", "--json", VIGIL_DATA_DIR=str(data))
    (row,) = map(json.loads, found.out.splitlines())

    (field, start, end) = row["spans"][0]
    assert (row["text"], row[field][start:end]) == (TEXTS[0], "фронт")


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["дезертир"], 1, "nothing found. Understood"),
        (["фронт", "--since", "1d"], 1, "nothing found"),
        (["фронт ("], 2, "Perhaps: фронт"),
        (["фронт", "--since", "вчера"], 2, "neither a time (30d, 2w, 6m, 1y) nor a date"),
    ],
)
def test_what_cannot_be_found_or_read_is_said(data: Path, args: list[str], code: int, said: str):
    """Nothing found, a query amiss and a date amiss are three answers."""
    found = vigil("search", *args, VIGIL_DATA_DIR=str(data))

    assert (found.code, said in found.err) == (code, True), found.err


def test_what_selects_nothing_reads_only_so_many(data: Path, monkeypatch: pytest.MonkeyPatch):
    """As /search, and it says so; --all reads the rest."""
    monkeypatch.setattr(search, "MOST_READ", 2)
    asked = {"since": "30d", "until": "", "best": False, "limit": 1, "skip": 0, "as_json": True}
    monkeypatch.setenv("VIGIL_DATA_DIR", str(data))
    said = io.StringIO()
    with redirect_stdout(io.StringIO()) as shown, redirect_stderr(said):
        bounded = search.search("/на фронт/", **asked)
        whole = search.search("/на фронт/", **asked, whole=True)

    assert (bounded, whole) == (1, 0)
    assert said.getvalue().count("Only the newest 2 posts") == 1
    assert TEXTS[0] in shown.getvalue()


def test_without_a_database_nothing_is_made(tmp_path: Path):
    """A wrong directory is said, and stays empty."""
    found = vigil("search", "фронт", VIGIL_DATA_DIR=str(tmp_path))

    assert (found.code, "There is no database yet" in found.err) == (1, True)
    assert list(tmp_path.iterdir()) == []


async def test_stored_word_groups_and_names_are_known(data: Path, sqlite_store: Store):
    """What an admin named in chat is found by that name here too; an unknown one is told."""
    async with sqlite_store.write() as conn:
        await groups.put(conn, "line", "фронт*, передов*", SystemClock().now())

    found = vigil("search", "@line", VIGIL_DATA_DIR=str(data))
    unknown = vigil("search", "@nowhere", VIGIL_DATA_DIR=str(data))

    assert TEXTS[0] in found.out
    assert unknown.code == 2
    assert "@nowhere" in unknown.err
