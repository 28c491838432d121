"""A roundup is several reports of one item, each told as the event it is; nothing is told twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.model import Item, ParsedItem
from bot.store import alert_views, item_counts, item_pages, roundups, source_alarms, vitals
from bot.store import schema as s
from bot.stories.edits import edited
from tests.pipeline.conftest import REFUSED, Newsroom, post
from tests.pipeline.test_ingest import forgive, refuse

FLED = (
    "Двенадцать контрактников отказались возвращаться в часть под Белгородом, их ищет военная "
    "полиция, сообщил юрист Марат Гизатуллин."
)
JAILED = (
    "Суд в Чите приговорил контрактника Батора Дугарова к шести годам: он отказался ехать на "
    "войну и полгода жил у родных в Агинском."
)
BRIDGE = "В Омске после ремонта открыли мост через Иртыш, движение по нему пустили вечером."
FAIR = "В Уфе в пятницу откроется ярмарка мёда, пасечники из сорока районов привезут двести тонн."


def roundup(*entries: str, key: str = "9", **more: Any) -> ParsedItem:
    text = "\n".join(("Главное за день", *(f"• {each}" for each in entries)))
    return post(text, key, **{"url": f"https://a.example/{key}", **more})


@dataclass
class Held:
    """What is stored of a roundup."""

    whole: Item
    reports: list[Item]


async def held(room: Newsroom, key: str = "9") -> Held:
    whole = next(item for item in await room.items() if item.key == key)
    async with room.store.read() as conn:
        parts = await roundups.parts_of(conn, [whole.id])
    return Held(whole, parts.get(whole.id, []))


async def spans(room: Newsroom, whole: Item) -> list[str]:
    """What stands in the roundup where its reports say that they are."""
    i = s.items.c
    async with room.store.read() as conn:
        query = sa.select(i.part_start, i.part_end).where(i.part_of == whole.id)
        rows = (await conn.execute(query.order_by(i.part_start))).all()
    return [whole.text[row.part_start : row.part_end] for row in rows]


async def alerts_of(room: Newsroom) -> list[tuple[int, str]]:
    """Chats and the text that each was told of, by notice."""
    await room.told()
    async with room.store.read() as conn:
        rows = await conn.execute(
            sa.select(s.chats.c.telegram_id, s.items.c.text)
            .join_from(s.notices, s.chats)
            .join(s.items, s.items.c.id == s.notices.c.item_id)
            .order_by(s.notices.c.id)
        )
    return [(row.telegram_id, row.text) for row in rows]


async def test_each_entry_that_matches_is_a_report_with_a_story(newsroom: Newsroom) -> None:
    """Two of four entries match: two alerts in the entries' own words; the roundup is one item."""
    room = newsroom
    await room.subscribe(1001)
    done = await room.publish("a", roundup(BRIDGE, REFUSED, FAIR, JAILED, title="Итоги дня"))

    assert (done.read, done.new, done.alerts) == (1, 1, 2)
    assert await alerts_of(room) == [(1001, REFUSED), (1001, JAILED)]
    kept = await held(room)
    assert len({kept.whole.story_id, *(each.story_id for each in kept.reports)}) == 3
    assert await spans(room, kept.whole) == [f"• {REFUSED}", f"• {JAILED}"]


@pytest.mark.parametrize("first", ["story", "roundup"])
async def test_entry_joins_the_story_it_repeats(newsroom: Newsroom, first: str) -> None:
    """A digest's paragraph is not told again, whichever of the two comes first."""
    room = newsroom
    await room.subscribe(1001)
    told = ("b", post(FLED, url="https://b.example/1")), ("a", roundup(BRIDGE, REFUSED, FLED))
    for name, item in told if first == "story" else reversed(told):
        await room.publish(name, item)

    assert sorted(text for _, text in await alerts_of(room)) == sorted([REFUSED, FLED])
    kept = await held(room)
    story = next(item for item in await room.items() if item.key == "1").story_id
    assert [each.story_id == story for each in kept.reports] == [False, True]


async def test_text_is_not_compared_with_a_whole_roundup(newsroom: Newsroom) -> None:
    """Who repeats one entry joins its story, not that of its neighbours; two repeat two."""
    room = newsroom
    await room.subscribe(1001)
    await room.publish("a", roundup(REFUSED, FLED, BRIDGE))
    await room.publish("b", post(FLED, "1", url="https://b.example/1"), post(REFUSED, "2"))

    kept = await held(room)
    by_key = {item.key: item for item in await room.items()}
    assert [by_key["2"].story_id, by_key["1"].story_id] == [r.story_id for r in kept.reports]
    assert len(await alerts_of(room)) == 2


async def test_forward_of_a_roundup_joins_entry_by_entry(newsroom: Newsroom) -> None:
    """A channel forwards the whole of it, another one entry of it: nobody hears twice."""
    room = newsroom
    await room.subscribe(1001)
    for name in ("pskov", "radio_n"):
        await room.add_channel(name)
    url = "https://t.me/pskov/9"
    await room.publish("pskov", roundup(REFUSED, FLED, BRIDGE, url=url))
    await room.publish(
        "radio_n",
        roundup(REFUSED, FLED, BRIDGE, key="3", url="https://t.me/radio_n/3", forwarded_from=url),
        post(FLED, "4", url="https://t.me/radio_n/4", forwarded_from=url),
    )

    assert len(await alerts_of(room)) == 2
    stories = [report.story_id for report in (await held(room)).reports]
    assert [report.story_id for report in (await held(room, "3")).reports] == stories
    assert next(i for i in await room.items() if i.key == "4").story_id == stories[1]


async def test_entry_inserted_above_moves_none(newsroom: Newsroom) -> None:
    """Reports are known by their words: the new one is told, the others stay where they were."""
    room = newsroom
    await room.subscribe(1001)
    await room.publish("a", roundup(BRIDGE, REFUSED, FAIR))
    before = await held(room)
    await room.publish("a", roundup(JAILED, BRIDGE, REFUSED, FAIR))
    after = await held(room)

    assert [each.text for each in after.reports] == [JAILED, REFUSED]
    assert after.reports[1] == before.reports[0]
    assert await spans(room, after.whole) == [f"• {JAILED}", f"• {REFUSED}"]
    assert await alerts_of(room) == [(1001, REFUSED), (1001, JAILED)]


async def test_edited_entry_is_the_report_it_was(newsroom: Newsroom) -> None:
    """A corrected number is shown as an edit of what was told; nobody is told again."""
    room = newsroom
    await room.subscribe(1001)
    await room.publish("a", roundup(BRIDGE, REFUSED, FAIR))
    await room.told()
    corrected = REFUSED.replace("шестидесяти", "семидесяти")
    await room.publish("a", roundup(BRIDGE, corrected, FAIR))

    [report] = (await held(room)).reports
    assert (report.revision, report.text) == (2, corrected)
    assert len(await room.told()) == 1
    async with room.store.read() as conn:
        notice = await conn.scalar(sa.select(s.notices.c.id))
        view = await alert_views.alert(conn, notice or 0)
    assert view is not None
    changed = edited(view).changed
    assert changed is not None
    assert changed.parts


async def test_entry_of_another_event_in_its_place_is_told(newsroom: Newsroom) -> None:
    """A page that tells the day again under one address: like words are not the same event."""
    room = newsroom
    await room.subscribe(1001)
    other = JAILED.replace("Чите", "Омске").replace("Батора Дугарова", "Ивана Лукина")
    other = other.replace("Агинском", "Таре")
    await room.publish("a", roundup(BRIDGE, JAILED, FAIR))
    await room.publish("a", roundup(BRIDGE, other, FAIR))

    assert await alerts_of(room) == [(1001, JAILED), (1001, other)]


async def test_post_that_grows_into_a_roundup_tells_what_is_new(newsroom: Newsroom) -> None:
    """Its first report was told as the whole post."""
    room = newsroom
    await room.subscribe(1001)
    await room.publish("a", post(f"Главное за день\n• {REFUSED}", "9"))
    await room.publish("a", roundup(REFUSED, FLED, BRIDGE))

    texts = [text for _, text in await alerts_of(room)]
    assert [REFUSED in texts[0], texts[1:]] == [True, [FLED]]


@pytest.mark.parametrize("filter_first", [True, False])
async def test_filter_before_tells_as_filter_after(newsroom: Newsroom, filter_first: bool) -> None:
    """Reports that a new filter finds are made, placed and told as if they had come with it."""
    room = newsroom
    await room.subscribe(1001, "trials")
    if filter_first:
        await room.add_filter("trials", "суд NEAR/10 приговорить")
        await room.pipeline.take_up_filters()
    await room.publish("b", post(JAILED, "1", url="https://b.example/1"))
    await room.publish("a", roundup(BRIDGE, JAILED, REFUSED))
    await room.publish("c", post(JAILED.replace("полгода", "полгода тайно"), "2"))
    if not filter_first:
        await room.add_filter("trials", "суд NEAR/10 приговорить")
        await room.pipeline.filters_changed(room.now)
        again = await room.pipeline.filters_changed(room.now)
        assert again.alerts == 0

    assert [topic for _, topic in await room.told()] == ["trials"]
    kept = await held(room)
    by_key = {item.key: item for item in await room.items()}
    report = next(each for each in kept.reports if each.text == JAILED)
    assert {by_key["1"].story_id, by_key["2"].story_id} == {report.story_id}


async def test_what_was_told_as_a_whole_stays_whole(newsroom: Newsroom) -> None:
    """A roundup stored by a version that knew none: matched again it tells nothing twice."""
    room = newsroom
    await room.subscribe(1001)
    await room.publish("a", roundup(BRIDGE, REFUSED, FAIR))
    await room.told()
    async with room.store.write() as conn:  # as it was stored then
        kept = next(item for item in await room.items() if item.key == "9")
        [part] = (await roundups.parts_of(conn, [kept.id]))[kept.id]
        for table in (s.matches, s.causes, s.notices):
            where = table.c.item_id == part.id
            await conn.execute(sa.update(table).where(where).values(item_id=kept.id))
        whole = kept.text.index(REFUSED)
        await conn.execute(
            sa.update(s.matches).values(sentence=["text", whole, whole + len(REFUSED)])
        )
        await conn.execute(
            sa.update(s.items)
            .where(s.items.c.id == kept.id)
            .values(story_id=part.story_id, cut=False, generation=0)
        )
        await conn.execute(sa.delete(s.item_marks).where(s.item_marks.c.item_id == part.id))
        await conn.execute(sa.delete(s.item_clues).where(s.item_clues.c.item_id == part.id))
        await conn.execute(sa.delete(s.items).where(s.items.c.id == part.id))
    await room.add_filter("fairs", "ярмарка")
    await room.pipeline.filters_changed(room.now)

    assert len(await room.told()) == 1
    assert (await held(room)).reports == []


async def test_heading_alone_is_told_as_the_roundup(newsroom: Newsroom) -> None:
    """What stands in the title and in no entry is lost neither."""
    room = newsroom
    await room.subscribe(1001)
    title = "Контрактники отказались ехать, и другие новости дня"
    await room.publish("a", roundup(BRIDGE, FAIR, key="9", title=title))

    kept = await held(room)
    assert kept.reports == []
    assert await alerts_of(room) == [(1001, kept.whole.text)]


async def test_exclusion_in_one_entry_hides_no_other(newsroom: Newsroom) -> None:
    """`-мост` speaks of a report, not of what else happened that day."""
    room = newsroom
    await room.add_filter("bridges", "контрактник -мост")
    await room.pipeline.take_up_filters()
    await room.subscribe(1001, "bridges")
    await room.publish("a", roundup(BRIDGE, REFUSED, FAIR))

    assert await alerts_of(room) == [(1001, REFUSED)]


async def test_entry_that_fails_fails_with_its_roundup_and_is_tried_again(
    newsroom: Newsroom,
) -> None:
    """Nothing of it is stored, so the next visit brings all of it."""
    room = newsroom
    await room.subscribe(1001)
    await refuse(room.store, "items", "NEW.key LIKE '9#%'")
    batch = post(FLED, "1"), roundup(BRIDGE, REFUSED, FAIR)
    assert (await room.publish("a", *batch)).quarantined == 1
    assert [item.key for item in await room.items()] == ["1"]
    await forgive(room.store, "items")
    await room.publish("a", *batch)

    assert await alerts_of(room) == [(1001, FLED), (1001, REFUSED)]


async def test_counts_are_of_items(newsroom: Newsroom) -> None:
    """A roundup is one item wherever items are counted, listed or searched."""
    room = newsroom
    await room.publish("a", roundup(BRIDGE, REFUSED, FLED))
    source, since = room.sources["a"], room.now - timedelta(hours=1)
    async with room.store.read() as conn:
        assert await item_counts.count(conn) == 1
        assert await item_counts.count_by_source(conn, since) == {source.id: 1}
        assert [each.key for each in await item_pages.last_of_source(conn, source.id, 9)] == ["9"]
        assert len(await source_alarms.published(conn, source.id, since)) == 1
        assert (await vitals.look(conn, room.now)).items_hour == 1
    assert await room.pipeline.archive.unindexed() == 1
