"""Filters that change while items come: rematching and backtests."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
import structlog

from bot.ingest.pipeline import REMATCHED, Ingested
from bot.model import ParsedItem
from bot.store import exclusions, filters, groups, item_matches, item_pages, items, meta
from bot.store.filters import FilterState
from filters.document import Document
from filters.packs import load_packs
from filters.query import parse
from tests.pipeline.conftest import REFUSED, Newsroom, post

CELLAR = "Отказавшихся ехать мобилизованных третью неделю держат в подвале школы."
GRAIN = "Суд в Пскове перенёс заседание по делу о хищении зерна на следующую неделю."


async def test_item_that_a_new_filter_finds_is_told(newsroom: Newsroom):
    """A filter added a minute after the post still tells of it."""
    await newsroom.subscribe(1001, "pressure")
    await newsroom.publish("a", post(CELLAR))
    newsroom.clock.advance(60)
    await newsroom.add_filter("pressure", "держать в подвал*")
    done = await newsroom.pipeline.filters_changed(newsroom.now)

    assert (done.read, done.matched, done.alerts) == (1, 1, 1)
    assert await newsroom.told() == [(1001, "pressure")]
    assert len(newsroom.wakes) == 1
    assert (await newsroom.pipeline.rematch(newsroom.now)).read == 0


async def test_new_topic_of_an_alerted_item_is_offered_to_all_again(newsroom: Newsroom):
    """Who follows the new topic only hears, who was told is not told twice."""
    await newsroom.subscribe(1001, "pressure")
    await newsroom.subscribe(1002, "refusal")
    await newsroom.publish("a", post(REFUSED))
    assert await newsroom.told() == [(1002, "refusal")]
    await newsroom.add_filter("pressure", "полигон")
    done = await newsroom.pipeline.filters_changed(newsroom.now)

    assert (done.alerts, done.joined) == (0, 1)
    assert await newsroom.told() == [(1002, "refusal"), (1001, "pressure")]


async def test_a_word_group_is_as_it_is_now_wherever_it_stands(newsroom: Newsroom):
    """In a filter, in a group of a group, and among the words beside which a find is not meant."""

    async def set_group(name: str, words: str) -> None:
        async with newsroom.store.write() as conn:
            await groups.put(conn, name, words, newsroom.now)

    async def found(text: str) -> set[str]:
        await newsroom.pipeline.take_up_filters()
        reading = await newsroom.pipeline.matcher.look(Document(text=text))
        return {hit.key for hit in reading.hits}

    await set_group("place", "полигон")
    await set_group("where", "@place, штаб")
    direct = await newsroom.add_filter("refusal", "@place")
    nested = await newsroom.add_filter("refusal", "@where")
    beside = await newsroom.add_filter("refusal", "горн")
    async with newsroom.store.write() as conn:
        await exclusions.put(conn, beside, "@where", newsroom.now)

    assert await found("Полигон, горн") == {direct, nested}
    assert await found("Причал, горн") == {beside}
    await set_group("place", "причал")
    assert await found("Полигон, горн") == {beside}
    assert await found("Причал, горн") == {direct, nested}


async def test_another_filter_of_the_same_topic_tells_nothing_new(newsroom: Newsroom):
    """The topic's subscribers have heard."""
    await newsroom.publish("a", post(REFUSED))
    await newsroom.told()
    await newsroom.add_filter("refusal", "полигон")
    done = await newsroom.pipeline.filters_changed(newsroom.now)

    assert (done.matched, done.joined) == (0, 0)
    async with newsroom.store.read() as conn:
        assert {m.filter_key for m in await item_matches.matches_of(conn, 1)} == {"f1", "f2"}


@pytest.mark.parametrize("age", [timedelta(hours=25), REMATCHED + timedelta(hours=1)])
async def test_old_items_are_matched_but_told_to_nobody(newsroom: Newsroom, age: timedelta):
    """A new filter sends no flood of last week."""
    await newsroom.subscribe(1001, "pressure")
    await newsroom.publish("a", post(CELLAR))
    newsroom.clock.advance(age.total_seconds())
    await newsroom.add_filter("pressure", "держать в подвал*")
    await newsroom.pipeline.filters_changed(newsroom.now)

    assert await newsroom.told() == []
    async with newsroom.store.read() as conn:
        assert len(await item_matches.matches_of(conn, 1)) == (age < REMATCHED)


async def test_archive_stays_silent_whatever_filter_comes(newsroom: Newsroom):
    """The first fetch tells nobody, now or later."""
    await newsroom.add_source("a", archived=False)
    await newsroom.subscribe(1001, "pressure")
    await newsroom.publish("a", post(CELLAR))
    await newsroom.add_filter("pressure", "держать в подвал*")
    done = await newsroom.pipeline.filters_changed(newsroom.now)

    assert (done.read, done.alerts) == (1, 0)
    assert await newsroom.told() == []


async def test_filter_switched_off_finds_nothing(newsroom: Newsroom):
    async with newsroom.store.write() as conn:
        await filters.set_state(conn, 1, FilterState.OFF)
    await newsroom.pipeline.take_up_filters()

    assert (await newsroom.publish("a", post())).matched == 0


async def test_filter_that_cannot_be_read_costs_itself_only(newsroom: Newsroom):
    """A word group taken from a pack stops no other filter, and its text is not logged."""
    await newsroom.add_filter("pressure", "@no_such_group")
    with structlog.testing.capture_logs() as logs:
        await newsroom.pipeline.take_up_filters()

    assert [(entry["event"], entry["filter"]) for entry in logs] == [("filter.unreadable", "f2")]
    assert "no_such_group" not in str(logs)
    assert (await newsroom.publish("a", post())).alerts == 1


async def test_filter_taken_up_while_a_batch_is_read_misses_nothing(newsroom: Newsroom):
    """Items read with the old filters are matched again after their commit."""
    await newsroom.add_source("a")
    texts = [GRAIN.replace("Пскове", f"Пскове номер {n}") for n in range(100)]
    batch = [post(CELLAR, "0"), *(post(text, str(n)) for n, text in enumerate(texts, 1))]
    reading = asyncio.create_task(newsroom.publish("a", *batch))
    await newsroom.add_filter("pressure", "держать в подвал*")
    await newsroom.pipeline.filters_changed(newsroom.now)
    await reading

    async with newsroom.store.read() as conn:
        [cellar] = [item for item in await newsroom.items() if item.key == "0"]
        found = [m.topic for m in await item_matches.matches_of(conn, cellar.id)]
        generation = await meta.generation(conn)
        assert await item_pages.older(conn, generation, newsroom.now - REMATCHED) == []
    assert found == ["pressure"]


async def test_packs_come_into_the_store_once(newsroom: Newsroom):
    """A release's filters are active at its first start, and the same at its second."""
    generation = await newsroom.pipeline.load_filters(newsroom.now)
    assert await newsroom.pipeline.load_filters(newsroom.now) == generation

    async with newsroom.store.read() as conn:
        stored = {f.key for f in await filters.list_all(conn)}
    assert stored == {"f1", *(f.key for f in load_packs().filters)}
    assert set(newsroom.reader.keys) == stored


async def test_release_that_matches_otherwise_reads_the_last_days_again(newsroom: Newsroom):
    """What an older release overlooked is told once the new one starts, and only once."""
    await newsroom.pipeline.load_filters(newsroom.now)
    await newsroom.subscribe(1001, "pressure")
    await newsroom.publish("a", post(GRAIN))
    async with newsroom.store.write() as conn:
        await filters.add(conn, "pressure", "зерно", None, newsroom.now)
    generation = await newsroom.pipeline.take_up_filters()
    async with newsroom.store.write() as conn:  # as a release that did not see the match
        await items.note_readings(conn, [(1, 1)], generation)
        await meta.set_value(conn, "matching", "an older release")
    assert (await newsroom.pipeline.rematch(newsroom.now)).read == 0

    await newsroom.pipeline.load_filters(newsroom.now)
    done = await newsroom.pipeline.rematch(newsroom.now)

    assert (done.read, done.alerts) == (1, 1)
    assert await newsroom.told() == [(1001, "pressure")]
    await newsroom.pipeline.load_filters(newsroom.now)
    assert (await newsroom.pipeline.rematch(newsroom.now)).read == 0


# --- backtest ---


def numbered(n: int, text: str = GRAIN) -> ParsedItem:
    return post(f"{text} Дело номер {n}.", str(n))


async def test_backtest_counts_hits_and_what_is_new(newsroom: Newsroom):
    """An admin sees what a filter would add before it is saved."""
    await newsroom.publish("a", numbered(1, REFUSED), numbered(2, CELLAR), numbered(3))
    await newsroom.publish("b", numbered(2, CELLAR))
    since = newsroom.now - timedelta(days=7)
    found = await newsroom.pipeline.backtest(parse("ехать"), "refusal", since)

    assert (found.items, found.sources, found.hits, found.caught, found.stories) == (4, 2, 3, 1, 1)
    assert [hit.source.title for hit in found.new] == ["B", "A"]
    newest = found.new[0]
    [(field, start, end)] = newest.spans
    assert (field, newest.item.text[start:end]) == ("text", "ехать")
    assert newest.item.text[slice(*newest.sentence[1:])] == CELLAR


async def test_backtest_knows_other_filters_of_the_topic_only(newsroom: Newsroom):
    """A hit of another topic's filter, or of the tested filter itself, is not caught."""
    await newsroom.publish("a", post(REFUSED))
    since = newsroom.now - timedelta(days=7)

    async def caught(topic: str, without: str = "") -> int:
        query = parse("полигон")
        found = await newsroom.pipeline.backtest(query, topic, since, without=without)
        assert found.hits == 1
        return found.caught

    assert await caught("refusal") == 1
    assert await caught("pressure") == 0
    assert await caught("refusal", without="f1") == 0


async def test_backtest_reads_only_its_days_and_keeps_few_examples(newsroom: Newsroom):
    await newsroom.publish("a", *(numbered(n) for n in range(10)))
    newsroom.clock.advance(days=8)
    await newsroom.publish("a", *(numbered(n) for n in range(10, 250)))
    found = await newsroom.pipeline.backtest(
        parse("зерно"), "theft", newsroom.now - timedelta(days=7), examples=2
    )

    assert (found.items, found.hits) == (240, 240)
    assert [hit.item.key for hit in found.new] == ["249", "248"]


async def test_empty_backtest(newsroom: Newsroom):
    found = await newsroom.pipeline.backtest(parse("зерно"), "theft", newsroom.now)

    assert (found.items, found.sources, found.hits, found.new) == (0, 0, 0, ())


async def test_loop_stays_free_during_a_backtest(newsroom: Newsroom):
    """Other work goes on: a batch is told before a long backtest ends."""
    await newsroom.publish("a", *(numbered(n, GRAIN * 25) for n in range(150)))
    since = newsroom.now - timedelta(days=7)

    async def long() -> int:
        tests = [await newsroom.pipeline.backtest(parse("зерно"), "theft", since) for _ in range(8)]
        return tests[-1].hits

    testing = asyncio.create_task(long())
    done = await newsroom.publish("b", post(REFUSED, "new"))

    assert done == Ingested(read=1, new=1, matched=1, alerts=1)
    assert not testing.done()
    assert await testing == 150
