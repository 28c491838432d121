"""The archive finds what a filter finds: by index, in every order, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.ingest.archive import Order
from bot.model import ParsedItem
from filters.query import parse
from tests.pipeline.conftest import Newsroom, post

TEXTS = (
    "Трое солдат отказались ехать на фронт, дело передали в суд.",
    "Суд в Чите рассмотрел жалобу. О солдатах там не говорили. Отказ не обжалован.",
    "Дожди не отступят до конца недели.",
    "Солдат Чиков дал отказ журналистам.",
    "Про відмову воювати розповіли солдати.",
    "Soldiers refused to deploy, a court heard.",
)


@pytest.fixture
async def archive(newsroom: Newsroom) -> Newsroom:
    """Texts of six days, the first one the oldest."""
    start = newsroom.now - timedelta(days=6)
    await newsroom.publish(
        "a",
        *(
            ParsedItem(str(n), text=text, published=start + timedelta(days=n))
            for n, text in enumerate(TEXTS)
        ),
    )
    return newsroom


async def found(newsroom: Newsroom, query: str, **more: object) -> list[int]:
    since = newsroom.now - timedelta(days=30)
    results = await newsroom.pipeline.archive.search(parse(query), since, **more)  # type: ignore[arg-type]
    return [int(hit.item.key) for hit in results.hits]


async def test_no_more_is_read_than_was_said(archive: Newsroom) -> None:
    """Where no word selects, every post is a candidate: the newest of them are read."""
    since = archive.now - timedelta(days=30)
    few = await archive.pipeline.archive.search(parse("/Чит[аеу]/"), since, read=3)
    enough = await archive.pipeline.archive.search(parse("/Чит[аеу]/"), since, read=5)

    assert (few.hits, few.candidates) == ((), 3)
    assert [hit.item.key for hit in enough.hits] == ["1"]


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("отказ", [3, 1]),
        ("отказ*", [3, 1, 0]),
        ("солдат отказ", [3, 1]),
        ("(отказ NEAR/3 солдат), soldier", [5, 3]),
        ("солдат -суд", [4, 3]),
        ("/Чит[аеу]/", [1]),
        ("count>=3", [0]),
        ("дезертир", []),
    ],
)
async def test_the_archive_finds_what_a_filter_finds(
    archive: Newsroom, query: str, keys: list[int]
):
    """Newest first; conditions that no word can vouch for are verified all the same."""
    assert await found(archive, query) == keys


async def test_pages_follow_each_other(archive: Newsroom):
    """No hit is shown twice or left out between two pages."""
    since = archive.now - timedelta(days=30)
    pages = [
        await archive.pipeline.archive.search(parse("отказ*"), since, limit=2, skip=skip)
        for skip in (0, 2)
    ]

    assert [[hit.item.key for hit in page.hits] for page in pages] == [["3", "1"], ["0"]]
    assert [page.more for page in pages] == [True, False]


async def test_the_best_comes_first(archive: Newsroom):
    """What was asked for in one sentence goes before the same words strewn over a text."""
    assert await found(archive, "солдат суд отказ*") == [1, 0]
    assert await found(archive, "солдат суд отказ*", order=Order.BEST) == [0, 1]


async def test_search_ends_before_until(archive: Newsroom):
    """A reader looks into one week of last year."""
    assert await found(archive, "отказ*", until=archive.now - timedelta(days=4)) == [1, 0]


async def test_an_edited_text_is_found_by_its_new_words(archive: Newsroom):
    """The archive tells what a post says now."""
    await archive.pipeline.archive.index()
    await archive.publish("a", post("Дожди отказались уходить.", "2"))

    assert await found(archive, "дождь отказ*") == [2]
    assert await found(archive, "отступать") == []


async def test_every_item_is_indexed_once(archive: Newsroom):
    """Indexing goes on where it stood and ends when nothing is left."""
    indexed = [await archive.pipeline.archive.index(most) for most in (4, 4, None)]

    assert indexed == [4, 2, 0]
