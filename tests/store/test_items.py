"""Items, revisions, matches: what was read stays as it was read."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import blake2b

import pytest
import sqlalchemy as sa

from bot.errors import StoreError
from bot.model import ItemMatch, ParsedItem
from bot.store import (
    Store,
    item_counts,
    item_matches,
    item_pages,
    items,
    quarantined_items,
    stories,
)
from bot.store import schema as s
from tests.store.builders import add_item, add_source, match, post
from tests.support.clock import ManualClock


async def test_known_items_are_found_with_their_text(store: Store, clock: ManualClock):
    """New, changed and unchanged can be told apart by one question."""
    first, second = post("1", "Перша"), post("2", "Друга")
    async with store.write() as conn:
        source = await add_source(conn, clock.now())
        other = await add_source(conn, clock.now(), "other")
        item_id = await add_item(conn, clock.now(), source, first)
        await add_item(conn, clock.now(), other, second)
        known = await items.known(conn, source.id, ["1", "2", "3"])

    assert known == {"1": (item_id, 1, items.text_hash("Перша", ""))}


async def test_known_takes_any_number_of_keys(store: Store, clock: ManualClock):
    """A feed of thousands is no more than several questions."""
    async with store.write() as conn:
        source = await add_source(conn, clock.now())
        await add_item(conn, clock.now(), source, post("4999"))
        known = await items.known(conn, source.id, [str(n) for n in range(5000)])

    assert list(known) == ["4999"]


async def test_a_key_no_database_takes_is_found_again(store: Store, clock: ManualClock):
    """Else its item would be new at each fetch."""
    nasty = post("guid\0\ud800")
    async with store.write() as conn:
        source = await add_source(conn, clock.now())
        item_id = await add_item(conn, clock.now(), source, nasty)
        known = await items.known(conn, source.id, [nasty.key])

    assert known[nasty.key].item_id == item_id


async def test_a_key_is_unique_in_its_source(store: Store, clock: ManualClock):
    """An item cannot be stored twice, whoever asks."""
    with pytest.raises(StoreError):
        async with store.write() as conn:
            source = await add_source(conn, clock.now())
            await add_item(conn, clock.now(), source, post("1"))
            await add_item(conn, clock.now(), source, post("1"))


async def test_a_revision_replaces_the_text_and_keeps_the_old(store: Store, clock: ManualClock):
    """What was published, and when, can be shown later."""
    async with store.write() as conn:
        source = await add_source(conn, clock.now())
        item_id = await add_item(conn, clock.now(), source, post("1", "Before"))
        later = clock.advance(3600)
        number = await items.add_revision(conn, item_id, post("1", "After", "more"), seen_at=later)
        item = await items.get(conn, item_id)
        known = await items.known(conn, source.id, ["1"])

    assert number == 2
    assert item is not None
    assert (item.revision, item.title, item.text) == (2, "After", "more")
    assert item.seen_at == later - timedelta(hours=1)
    assert known["1"] == (item_id, 2, items.text_hash("After", "more"))


async def test_hashes_tell_title_from_text():
    """Moving a word between them is a change."""
    assert items.text_hash("a", "b") != items.text_hash("ab", "")
    assert items.text_hash("a", "\ud800") == items.text_hash("a", "\ud800")


async def test_a_text_stored_with_a_longer_hash_is_known(store: Store, clock: ManualClock):
    """After an upgrade no text counts as changed because its hash is shorter now."""
    long = blake2b(b"After\0more\0", digest_size=16).hexdigest()
    async with store.write() as conn:
        source = await add_source(conn, clock.now())
        item_id = await add_item(conn, clock.now(), source, post("1", "After", "more"))
        await conn.execute(sa.update(s.items).values(text_hash=long))
        known = await items.known(conn, source.id, ["1"])
        source_now, known_of = await items.known_of(conn, source.id, ["1"])

    assert source_now is not None
    assert known == known_of == {"1": (item_id, 1, items.text_hash("After", "more"))}


async def test_matches_come_back_as_they_were_found(store: Store, clock: ManualClock):
    """Spans, facets and evidence feed the snippet and Why?."""
    found = ItemMatch(
        topic="desertion",
        filter_key="desertion/soch",
        spans=(("title", 0, 3), ("text", 10, 14)),
        sentence=("text", 5, 40),
        army="ua",
        stage="verdict",
        era="historical",
        evidence={"army": ("ЗСУ", "бригада"), "stage": ("засудили",)},
    )
    async with store.write() as conn:
        source = await add_source(conn, clock.now())
        item_id = await add_item(conn, clock.now(), source, found=(match(), found))
        read = await item_matches.matches_of(conn, item_id)

    assert read == [match(), found]


async def test_matching_again_replaces_and_revisions_stay_apart(store: Store, clock: ManualClock):
    """A changed filter corrects what it said of the same text, not of an older one."""
    async with store.write() as conn:
        source = await add_source(conn, clock.now())
        item_id = await add_item(conn, clock.now(), source, found=(match(),))
        await items.add_revision(conn, item_id, post("1", "New"), seen_at=clock.now())
        for span in (1, 2):
            again = match(spans=(("title", 0, span),))
            await item_matches.insert_matches(conn, item_id, 2, [again])
        first, current = (
            await item_matches.matches_of(conn, item_id, 1),
            await item_matches.matches_of(conn, item_id),
        )

    assert first == [match()]
    assert current == [match(spans=(("title", 0, 2),))]


async def test_recent_items_are_paged_without_gap_or_repetition(store: Store, clock: ManualClock):
    """A backtest sees each item of its days once."""
    async with store.write() as conn:
        source = await add_source(conn, clock.now())
        await add_item(conn, clock.now(), source, post("old"))
        since = clock.advance(days=8)
        for n in range(7):
            parsed = ParsedItem(key=str(n), title=f"t{n}", tags=("x",), links=("https://a",))
            await add_item(conn, clock.advance(60), source, parsed)
    seen, after = [], 0
    async with store.read() as conn:
        while page := await item_pages.recent(conn, since, after, limit=3):
            seen += page
            after = page[-1].item.id

    assert [entry.item.key for entry in seen] == [str(n) for n in range(7)]
    assert seen[0].source.title == "Pskovpost"
    assert (seen[0].tags, seen[0].links, seen[0].has) == (("x",), ("https://a",), ())


async def test_the_last_items_of_a_source(store: Store, clock: ManualClock):
    """Newest first: by their own date, else by when we saw them."""
    now = clock.now()
    async with store.write() as conn:
        source = await add_source(conn, now)
        for key, days in (("b", 2), ("c", 1), ("a", 3)):
            dated = ParsedItem(key=key, published=now - timedelta(days=days))
            await add_item(conn, now, source, dated)
        await add_item(conn, now, source, ParsedItem(key="undated"))
        last = await item_pages.last_of_source(conn, source.id, 3)

    assert [item.key for item in last] == ["undated", "c", "b"]


async def test_forecasts_count_stories_not_copies(store: Store, clock: ManualClock):
    """A subscriber hears of a story once, so a topic is as busy as its stories."""
    async with store.write() as conn:
        source = await add_source(conn, clock.now())
        story = await stories.create(conn, clock.now())
        for _ in range(3):
            await add_item(conn, clock.now(), source, story_id=story)
        await add_item(conn, clock.now(), source)
        await add_item(conn, clock.now(), source, found=())
        old = ParsedItem(key="old", published=clock.now() - timedelta(days=30))
        await add_item(conn, clock.now(), source, old)
        elsewhere = replace(match(), army="other")
        await add_item(conn, clock.now(), source, found=(elsewhere,))
        by_topic = await item_counts.count_stories_by_topic(conn, clock.now())
        by_source = await item_counts.count_by_source(conn, clock.now())
        later = await item_counts.count_stories_by_topic(conn, clock.advance(1))
        total = await item_counts.count(conn)

    assert (by_topic, by_source) == ({"refusal": 2}, {source.id: 7})
    assert (later, total) == ({}, 7)


async def test_quarantine_keeps_what_failed(store: Store, clock: ManualClock):
    """Never dropped silently: it can be looked at and reported."""
    payload = {"title": "a\0\ud800", "links": ["x"]}
    async with store.write() as conn:
        source = await add_source(conn, clock.now())
        now = clock.now()
        await quarantined_items.quarantine(
            conn, source.id, "k\0", payload, error="ValueError", now=now
        )
        [kept] = await quarantined_items.list_quarantine(conn)

    assert (kept.source_id, kept.error, kept.at) == (source.id, "ValueError", clock.now())
    assert kept.payload["links"] == ["x"]
