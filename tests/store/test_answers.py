"""Answers whether a match is true, on both databases: whose word holds, what is asked next."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.model import ItemMatch
from bot.store import Store, answers, filters, fits, meta, unreadable_rows
from bot.store import schema as s
from bot.store.filters import FilterState
from filters.learning import Effect, Judged, Learned
from filters.score import Thresholds
from tests.store.builders import add_item, add_source
from tests.support.clock import ManualClock


def possible(key: str = "refusal/a", topic: str = "refusal", certainty: str = "possible"):
    return ItemMatch(topic, key, (), ("text", 0, 5), certainty=certainty, score=0.4)


async def test_an_admins_word_stands_above_the_readers(store: Store, clock: ManualClock):
    """Of readers the most count, of two minds they say nothing; what is taken back is gone."""
    now, seen = clock.now(), []

    async def holds() -> list[bool]:
        return [each.true for each in await answers.all_answers(conn)]

    async with store.write() as conn:
        source = await add_source(conn, now)
        item_id = await add_item(conn, now, source, found=(possible(), possible("refusal/b")))
        for true in (False, True, True):
            await answers.mark(conn, item_id, "refusal", now, true=true, by=1)
            seen.append(await holds())
        first = await answers.decide(conn, item_id, "refusal", False, now)
        seen.append(await holds())
        before = await answers.decide(conn, item_id, "refusal", None, now)
        seen.append(await holds())
        await answers.mark(conn, item_id, "refusal", now, true=False, by=-1)
        await answers.mark(conn, item_id, "refusal", now, true=False, by=-1)
        await answers.mark(conn, item_id, "watch:7", now, true=False, by=1)
        [answer] = await answers.all_answers(conn)
        count = await answers.count(conn)

    assert seen == [[False], [], [True], [False], [True]]
    assert (first, before) == (None, False)
    assert answer.match.filters == ("refusal/a", "refusal/b")
    assert answer.match.score == 0.4
    assert count == 1


async def test_what_is_asked_next(store: Store, clock: ManualClock):
    """One card a topic of an item; neither reposts, nor what is sure of it, nor own words, nor
    what was answered, nor what is old."""
    now = clock.now()
    since = now - timedelta(days=1)
    async with store.write() as conn:
        source = await add_source(conn, now)
        wanted = await add_item(conn, now, source, found=(possible(), possible("refusal/b")))
        await add_item(conn, now, source, relation="copy", found=(possible(),))
        sure = (possible(), possible("refusal/b", certainty="sure"))
        await add_item(conn, now, source, found=sure)
        await add_item(conn, now, source, found=(possible("f7", "watch:7"),))
        await add_item(conn, now - timedelta(days=2), source, found=(possible(),))
        newest = await add_item(conn, now, source, found=(possible("score/refusal"),))
        waiting = await answers.count_waiting(conn, since)
        first = await answers.next_possible(conn, since)
        assert first is not None
        second = await answers.next_possible(conn, since, first.number)
        assert second is not None
        third = await answers.next_possible(conn, since, second.number)
        await answers.decide(conn, newest, "refusal", True, now)
        left = await answers.count_waiting(conn, since)
        await answers.mark(conn, wanted, "refusal", now, true=False, by=1)
        noise = await answers.next_noise(conn)

    assert waiting == (2, 0)
    assert (first.view.item_id, first.filters) == (newest, ())
    assert (second.view.item_id, second.filters) == (wanted, ("refusal/a", "refusal/b"))
    assert third is None
    assert left == (1, 0)
    assert noise is not None
    assert (noise.view.item_id, noise.said_false) == (wanted, 1)


async def test_filters_by_their_record(store: Store, clock: ManualClock):
    """The worst first, with the texts that were and were not true."""
    now = clock.now()
    async with store.write() as conn:
        source = await add_source(conn, now)
        good = await add_item(conn, now, source, found=(possible("refusal/good"),))
        bad = await add_item(
            conn, now, source, found=(possible("refusal/bad"), possible("refusal/good"))
        )
        await answers.decide(conn, good, "refusal", True, now)
        await answers.decide(conn, bad, "refusal", False, now)
        found = await answers.record_of_filters(conn)
        wrong = await answers.texts_of_filter(conn, "refusal/good", true=False, most=3)
        right = await answers.texts_of_filter(conn, "refusal/good", true=True, most=3)

    told = [(each.key, each.true, each.false) for each in found]
    assert told == [("refusal/bad", 0, 1), ("refusal/good", 1, 1)]
    assert ([v.item_id for v in wrong], [v.item_id for v in right]) == ([bad], [good])


async def test_at_most_one_fit_is_used(store: Store, clock: ManualClock):
    """It comes back as it was stored; each change of it is a new generation of what is matched."""
    now = clock.now()
    learned = Learned({"refusal": Thresholds(0.7, 0.3)}, {"refusal/a": (8.0, 5.0)}, 50)
    async with store.write() as conn:
        none = await fits.used(conn)
        one = await fits.add(conn, learned, Effect(3, 9), now)
        two = await fits.add(conn, Learned(answers=100), Effect(0, 0), now)
        generation = await meta.generation(conn)
        before = [await fits.use(conn, one.id), await fits.use(conn, two.id)]
        used = await fits.used(conn)
        left = await fits.get(conn, one.id)
        last = await fits.use(conn, 0)
        later = await meta.generation(conn)
        after = await fits.used(conn)

    assert none is None
    assert (one.learned, one.effect, one.state) == (learned, Effect(3, 9), "proposed")
    assert before == [0, one.id]
    assert used is not None
    assert used.id == two.id == last
    assert left is not None
    assert left.state == "left"
    assert (after, later - generation) == (None, 3)


@pytest.mark.parametrize(
    "content", [7, [7], "x", {}, {"thresholds": 7}, {"thresholds": {"a": [1]}}]
)
async def test_a_fit_that_cannot_be_read_is_none(
    store: Store, clock: ManualClock, content: object
) -> None:
    """All is as shipped then; it is named to admins, and another can be proposed."""
    learned = Learned({"refusal": Thresholds(0.9, 0.3)}, {}, 40)
    async with store.write() as conn:
        fit = await fits.add(conn, learned, Effect(0, 0), clock.now())
        await fits.use(conn, fit.id)
        await conn.execute(sa.update(s.fits).values(content=content))
        read = (await fits.used(conn), await fits.newest(conn), await fits.get(conn, fit.id))
        named = {each.table for each in unreadable_rows.known()}
        again = await fits.add(conn, learned, Effect(0, 0), clock.now())
        await fits.use(conn, again.id)

        assert read == (None, None, None)
        assert named == {"fits"}
        assert (await fits.used(conn)) == replace(again, state="used")


async def test_a_month_of_matches_as_a_fit_may_change_them(store: Store, clock: ManualClock):
    """Also what grammar told without a filter; not what neither found, nor what people's own
    filters and a chat's own words found, nor what a filter found that is off now."""
    now = clock.now()
    async with store.write() as conn:
        pack = [("refusal/a", "refusal", "отказ"), ("refusal/b", "refusal", "отказал")]
        await filters.sync_packs(conn, pack, now)
        off = await filters.get(conn, "refusal/b")
        assert off is not None
        await filters.set_state(conn, off.id, FilterState.OFF)
        own = await filters.add(conn, "refusal", "отказник", None, now)
        source = await add_source(conn, now)
        await add_item(conn, now, source, found=(possible("score/refusal"),))
        await add_item(conn, now, source, found=(possible("score/refusal", certainty="sure"),))
        await add_item(conn, now, source, found=(possible("refusal/b"),))
        await add_item(conn, now, source, found=(possible("f7", "watch:7"),))
        await add_item(conn, now, source, found=(possible("refusal/a"), possible(own.key)))
        await add_item(conn, now, source, found=(possible("refusal/a", certainty="sure"),))
        found = await answers.recent(conn, now - timedelta(days=30))

    assert sorted(found, key=repr) == [
        (Judged("refusal", 0.4, ("refusal/a",)), "sure"),
        (Judged("refusal", 0.4, tells=True), "sure"),
    ]
