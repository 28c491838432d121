"""The archive's index gives what its words say, on both databases alike."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.model import ItemMatch, ParsedItem
from bot.store import Store, archive, filters, item_matches, items, schema
from bot.store.archive import IndexedText
from bot.store.filters import FilterState
from filters.selection import AllOf, AnyOf, Selection, Words
from tests.filters.test_selection import selects
from tests.store.builders import add_item, add_source
from tests.support.clock import ManualClock
from tests.support.examples import examples

WORDS = ("отказ", "отказать", "суд", "ґанок", "зв'язок", "soldier", "soldier's", "155", "東京", "_")
LONG_AGO = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


async def stored(store: Store, clock: ManualClock, texts: Iterable[str]) -> list[int]:
    """Items with these titles, from one source."""
    async with store.write() as conn:
        source = (await add_source(conn, clock.now())).id
        return [
            await items.insert_item(
                conn, source, ParsedItem(str(n), text), seen_at=clock.now(), story_id=None
            )
            for n, text in enumerate(texts)
        ]


def selections() -> st.SearchStrategy[Selection]:
    words = st.builds(
        Words, st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(tuple), st.booleans()
    )
    return st.recursive(
        words,
        lambda inner: st.builds(
            lambda kind, parts: kind(tuple(parts)),
            st.sampled_from([AllOf, AnyOf]),
            st.lists(inner, min_size=2, max_size=3),
        ),
        max_leaves=5,
    )


async def test_both_databases_select_the_same(store: Store, clock: ManualClock):
    """Words of any alphabet, prefixes, AND and OR mean what sets of words mean."""
    ids = await stored(store, clock, map(str, range(30)))
    held = [
        frozenset(WORDS[i] for i in range(len(WORDS)) if (n * 7919 >> i) & 1) for n in range(30)
    ]
    async with store.write() as conn:
        await archive.add(
            conn,
            [IndexedText(id_, clock.now(), w) for id_, w in zip(ids, held, strict=True)],
        )
    tried: list[Selection] = []

    @settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))
    @given(selections())
    def draw(chosen: Selection) -> None:
        tried.append(chosen)

    draw()
    for chosen in tried:
        async with store.read() as conn:
            found = await archive.find(conn, chosen, LONG_AGO)

        wanted = {id_ for id_, words in zip(ids, held, strict=True) if selects(chosen, words)}
        assert wanted <= set(found)  # letters no index can write stand for one another
        if not {"東京", "_"} & _words_of(chosen):
            assert set(found) == wanted


def _words_of(chosen: Selection) -> set[str]:
    if isinstance(chosen, Words):
        return set(chosen.any)
    return set().union(*map(_words_of, chosen.parts))


async def test_newest_first_and_by_date(store: Store, clock: ManualClock):
    """A search reads backwards in time and stops where it was told to."""
    start = clock.now()
    ids = await stored(store, clock, "abcd")
    async with store.write() as conn:
        await archive.add(
            conn, [IndexedText(i, start + timedelta(days=n), ["x"]) for n, i in enumerate(ids)]
        )
    async with store.read() as conn:
        newest = await archive.find(conn, Words(("x",)), LONG_AGO, limit=2)
        between = await archive.find(
            conn, None, start + timedelta(days=1), start + timedelta(days=3)
        )

    assert newest == [ids[3], ids[2]]
    assert between == [ids[2], ids[1]]


async def test_the_index_follows_the_items(store: Store, clock: ManualClock):
    """New texts are pending, then those that changed; what was said before is forgotten."""
    first, second = await stored(store, clock, ["one", "two"])
    async with store.write() as conn:
        assert [each.item.id for each in await archive.pending(conn, 10)] == [first, second]
        await archive.add(conn, [IndexedText(i, clock.now(), ["old"]) for i in (first, second)])
        assert await archive.pending(conn, 10) == []
        await items.add_revision(conn, first, ParsedItem("0", "three"), seen_at=clock.now())
        (changed,) = await archive.pending(conn, 10)
        assert changed.item.title == "three"
        await archive.add(conn, [IndexedText(first, clock.now(), ["new"])])
        assert await archive.pending(conn, 10) == []

    async with store.read() as conn:
        assert await archive.find(conn, Words(("old",)), LONG_AGO) == [second]
        assert await archive.find(conn, Words(("new",)), LONG_AGO) == [first]


async def test_a_deleted_item_is_found_no_more(store: Store, clock: ManualClock):
    """What is purged leaves the index with it, and what was about to be indexed is no error."""
    first, second = await stored(store, clock, ["one", "two"])
    async with store.write() as conn:
        await archive.add(conn, [IndexedText(first, clock.now(), ["x"])])
        await conn.execute(sa.delete(schema.revisions))
        await conn.execute(sa.delete(schema.items))
        await archive.add(conn, [IndexedText(second, clock.now(), ["x"])])

        assert await archive.find(conn, Words(("x",)), LONG_AGO) == []
        assert await archive.find(conn, None, LONG_AGO) == []


async def test_an_index_of_other_dictionaries_is_made_anew(store: Store, clock: ManualClock):
    """Forgetting all words makes every item pending again."""
    (only,) = await stored(store, clock, ["one"])
    async with store.write() as conn:
        await archive.add(conn, [IndexedText(only, clock.now(), ["x"])])
        await archive.reset(conn, "dictionaries 2")

        assert await archive.signature(conn) == "dictionaries 2"
        assert await archive.find(conn, Words(("x",)), LONG_AGO) == []
        assert [each.item.id for each in await archive.pending(conn, 10)] == [only]


@pytest.mark.parametrize("kept", [True, False])
async def test_an_index_of_mostly_dead_texts_wants_a_rebuild(
    sqlite_store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, kept: bool
):
    """SQLite's index cannot take words back: after many changes it is worth making it again."""
    monkeypatch.setattr(archive, "_GARBAGE_ALLOWED", 3)
    (only,) = await stored(sqlite_store, clock, ["one"])
    async with sqlite_store.write() as conn:
        for _ in range(3 if kept else 6):
            await archive.add(conn, [IndexedText(only, clock.now(), ["x"])])

        assert await archive.wants_rebuild(conn) is not kept


@pytest.mark.parametrize(
    ("key", "certainty", "topic", "told"),
    [
        ("refusal/a", "sure", "refusal", True),
        ("score/refusal", "sure", "refusal", True),  # grammar told it, no filter did
        ("refusal/a", "possible", "refusal", False),
        ("score/refusal", "possible", "refusal", False),
        ("refusal/off", "sure", "refusal", False),
        ("f9", "sure", "watch:9", False),
    ],
)
async def test_the_newest_posts_and_the_caught_are_those_that_were_told(
    store: Store, clock: ManualClock, key: str, certainty: str, topic: str, told: bool
):
    """Whether a filter or grammar found them; not the possible ones, nor a chat's own words."""
    now = clock.now()
    found = ItemMatch(topic, key, (("title", 0, 9),), ("title", 0, 9), certainty=certainty)
    doubt = ItemMatch("refusal", "refusal/doubt", (), ("title", 0, 3), certainty="possible")
    async with store.write() as conn:
        pack = [(each, "refusal", "отказ") for each in ("refusal/a", "refusal/off")]
        await filters.sync_packs(conn, pack, now)
        off = await filters.get(conn, "refusal/off")
        assert off is not None
        await filters.set_state(conn, off.id, FilterState.OFF)
        source = await add_source(conn, now)
        item_id = await add_item(conn, now, source, found=(doubt, found))
        newest = await archive.last_matched(conn, ["refusal"], 5)
        caught = [
            await item_matches.caught(conn, [item_id], *asked)
            for asked in (("refusal",), ("",), ("refusal", key))
        ]

    assert [(e.item.id, spans) for e, spans, _ in newest] == [(item_id, found.spans)] * told
    assert caught == [{item_id} if told else set()] * 2 + [set()]
