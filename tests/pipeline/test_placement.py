"""One rule places every text, whichever way and in whichever company it comes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.ingest.placement import Near, place_split
from bot.ingest.survey import profiled_item
from bot.model import Item
from bot.store import (
    Store,
    alerts,
    filters,
    fingerprints,
    item_counts,
    item_matches,
    stories,
)
from bot.store import schema as s
from bot.store.filters import FilterState
from bot.stories import relation
from tests.pipeline.conftest import REFUSED, Newsroom, post
from tests.pipeline.test_crash import dies_at
from tests.support.clock import ManualClock

FLED = (
    "Двенадцать контрактников отказались возвращаться в часть под Белгородом: их ищет военная "
    "полиция, сообщил юрист Марат Гизатуллин."
)
JAILED = (
    "Суд в Чите приговорил контрактника Батора Дугарова к шести годам: он отказался ехать на "
    "войну и полгода жил у родных в Агинском."
)


async def relations(room: Newsroom) -> list[str]:
    """How each item stands, in order of coming."""
    async with room.store.read() as conn:
        rows = await conn.execute(sa.select(s.items.c.relation).order_by(s.items.c.id))
        return [row.relation for row in rows]


async def story_ids(room: Newsroom) -> list[int | None]:
    return [item.story_id for item in await room.items()]


# --- one batch ---


@pytest.mark.parametrize("visits", [1, 2])
async def test_batch_that_merges_two_stories_tells_the_event_once(newsroom: Newsroom, visits: int):
    """What the first post of a visit proves to be one story is one for the second post too."""
    room = newsroom
    await room.subscribe(1001)
    for name in ("a_channel", "b_channel", "c_channel"):
        await room.add_channel(name)
    untold = FLED.replace("отказались возвращаться", "не вернулись")
    await room.publish("a_channel", post(REFUSED, url="https://t.me/a_channel/1"))
    await room.publish("b_channel", post(untold, url="https://t.me/b_channel/2"))
    ties = post(untold, "1", forwarded_from="https://t.me/a_channel/1")
    later = post(FLED, "2", forwarded_from="https://t.me/b_channel/2")
    for part in ([ties, later],) if visits == 1 else ([ties], [later]):
        await room.publish("c_channel", *part)

    assert await room.told() == [(1001, "refusal")]
    assert (await room.count())["alerts"] == 1
    assert len({*await story_ids(room)}) == 1


# --- splitting ---


def test_what_came_because_of_an_item_leaves_with_it(newsroom_items: list[Near]):
    """By the rule that places every text: its copies go along, the others' copies stay."""
    stays, leaves, *there = newsroom_items
    placed = place_split(leaves, stays, newsroom_items)

    assert (placed.kind, placed.story_id, placed.reasons) == ("leaves", None, ("people",))
    assert placed.along == (there[1].item.id,)


@pytest.fixture
def newsroom_items(clock: ManualClock) -> list[Near]:
    """Two reports, a copy of each, and a third report."""
    texts = (REFUSED, FLED, f"❗️ {REFUSED}", f"{FLED} Подписаться", JAILED)
    return [
        profiled_item(Item(n, 1, str(n), 1, "", text, "", "ru", None, clock.now(), 7))
        for n, text in enumerate(texts, 1)
    ]


# --- rematching ---

FIRST = (
    "Около сорока контрактников 60-й бригады отказались ехать под Малую Токмачку, "
    "рассказал адвокат Олег Вахрушев. Их держат на полигоне под Бердянском без воды."
)
OTHER = (
    "По словам Олега Вахрушева, на полигоне под Бердянском сидят без воды сорок военных "
    "60-й бригады, контрактники: отказались ехать под Малую Токмачку."
)


@pytest.mark.parametrize("filter_first", [True, False])
async def test_filter_before_tells_as_filter_after(newsroom: Newsroom, filter_first: bool):
    """Two outlets report an event: one alert, and the second report is said."""
    room = newsroom
    await room.subscribe(1001, "unrest")
    if filter_first:
        await room.add_filter("unrest", "полигон бригада")
        await room.pipeline.take_up_filters()
    async with room.store.write() as conn:
        await filters.set_state(conn, 1, FilterState.OFF)
    await room.pipeline.take_up_filters()
    await room.publish("a", post(FIRST))
    await room.publish("b", post(OTHER))
    if not filter_first:
        room.clock.advance(60)
        await room.add_filter("unrest", "полигон бригада")
        await room.pipeline.filters_changed(room.now)

    assert await room.told() == [(1001, "unrest")]
    assert len({*await story_ids(room)}) == 1
    assert await relations(room) == ["new", "same"]


async def test_what_a_rematch_finds_is_met_by_the_next_report(newsroom: Newsroom):
    """A report found late stands where one found at once would: its event is known."""
    room = newsroom
    await room.subscribe(1001, "unrest")
    async with room.store.write() as conn:
        await filters.set_state(conn, 1, FilterState.OFF)
    await room.publish("a", post(FIRST))
    await room.add_filter("unrest", "полигон бригада")
    await room.pipeline.filters_changed(room.now)
    done = await room.publish("b", post(OTHER))

    assert (done.alerts, done.joined) == (0, 1)
    assert await room.told() == [(1001, "unrest")]


async def test_matches_of_a_filter_that_is_off_are_neither_told_nor_counted(newsroom: Newsroom):
    """An admin switches a filter off before its alert went out: nobody hears, nothing counts it."""
    room = newsroom
    await room.publish("a", post())
    async with room.store.write() as conn:
        await filters.set_state(conn, 1, FilterState.OFF)
    await room.subscribe(1001)

    assert await room.told() == []
    async with room.store.read() as conn:
        since = room.now - timedelta(days=1)
        assert await item_matches.matches_of(conn, 1) == []
        assert await item_counts.count_stories_by_topic(conn, since) == {}
        assert await item_counts.count_stories_by_facets(conn, since) == {}


@pytest.mark.parametrize("silent", [True, False])
async def test_what_a_changed_filter_finds_no_longer_is_not_told(newsroom: Newsroom, silent: bool):
    """A filter's new words decide, also for items that only its old words found."""
    room = newsroom
    await room.publish("a", post())
    async with room.store.write() as conn:
        await filters.set_expression(conn, 1, "зерно", None, room.now)
    if not silent:
        await room.add_filter("pressure", "полигон")
    await room.pipeline.filters_changed(room.now)
    await room.subscribe(1001, "refusal")

    assert await room.told() == []
    async with room.store.read() as conn:
        assert {m.topic for m in await item_matches.matches_of(conn, 1)} == (
            {*()} if silent else {"pressure"}
        )


# --- addresses ---


async def test_a_feed_cannot_silence_a_report_by_its_address(newsroom: Newsroom):
    """Who names another's address before it exists has not told what will stand there."""
    room = newsroom
    await room.subscribe(1001)
    address = "https://b.example/news/77"
    await room.publish("a", post(JAILED, url=address))
    assert len(await room.told()) == 1
    done = await room.publish("b", post(FLED, url=address))

    assert done.alerts == 1
    assert len(await room.told()) == 2


async def test_a_list_of_posts_to_come_silences_none(newsroom: Newsroom):
    """A feed lists posts of a channel before they are written; each is told all the same."""
    room = newsroom
    await room.subscribe(1001)
    await room.add_channel("pskov")
    addresses = [f"https://t.me/pskov/{5000 + n}" for n in range(1, 4)]
    forged = [post(f"{JAILED} {url}", url[-2:], url=url) for url in addresses]
    forwards = [post("Смотрите", url[-4:], forwarded_from=url) for url in addresses]
    await room.publish("a", *forged, *forwards)
    before = len(await room.told())
    texts = [REFUSED, FLED, FLED.replace("Двенадцать", "Тридцать").replace("Белгород", "Орл")]
    posts = [post(t, url[-4:], url=url) for t, url in zip(texts, addresses, strict=True)]
    done = await room.publish("pskov", *posts)

    assert done.alerts == 3
    assert len(await room.told()) == before + 3


@pytest.mark.parametrize("owner_first", [True, False])
async def test_a_hint_with_a_like_text_joins_and_is_said(newsroom: Newsroom, owner_first: bool):
    """A bridge retells a channel's post under its address: one story, told visibly."""
    room = newsroom
    await room.subscribe(1001)
    await room.add_channel("pskov")
    first, second = FLED.split(": ")
    told = f"{first}: военную полицию за ними послал комендант, говорит {second[35:]}"
    own = ("pskov", post(FLED, url="https://t.me/pskov/12"))
    bridge = ("a", post(told, url="https://t.me/pskov/12"))
    for name, item in (own, bridge) if owner_first else (bridge, own):
        await room.publish(name, item)

    assert len({*await story_ids(room)}) == 1
    assert "same" in await relations(room)
    assert await room.told() == [(1001, "refusal")]


async def test_a_forward_whose_text_differs_is_said(newsroom: Newsroom):
    """Telegram vouches for whose post it was; that its words differ is not hidden."""
    room = newsroom
    for name in ("pskov", "radio_n"):
        await room.add_channel(name)
    await room.publish("pskov", post(FLED, url="https://t.me/pskov/12"))
    forward = post(JAILED, "2", forwarded_from="https://t.me/pskov/12")
    await room.publish(
        "radio_n", forward, post("Смотрите", "3", forwarded_from=forward.forwarded_from)
    )

    assert len({*await story_ids(room)}) == 1
    assert await relations(room) == ["new", "same", "copy"]


async def test_a_page_that_is_written_anew_tells_anew(newsroom: Newsroom):
    """One address for each day's news: what stands there today is not what stood there."""
    room = newsroom
    await room.subscribe(1001)
    url = "https://a.example/press/today"
    await room.publish("a", post(FLED, "1", url=url))
    await room.publish("a", post(JAILED, "2", url=url))

    assert len(await room.told()) == 2


# --- the writer ---


async def test_texts_are_drawn_before_the_writer_is_held(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
):
    """What costs milliseconds a text keeps nobody from writing."""
    room = newsroom
    for name in ("pskov", "radio_n"):
        await room.add_channel(name)
    drawn: list[bool] = []

    for name in ("shingles", "event_features"):
        plain = getattr(relation, name)

        def watched(*args: str, plain: object = plain) -> object:
            drawn.append(room.store._writing.locked())
            return plain(*args)  # type: ignore[operator]

        monkeypatch.setattr(relation, name, watched)
    long = [f"{FLED} {n} {JAILED}" for n in ("Первое.", "Второе.", "Третье.")]
    await room.publish("pskov", post(FIRST, "1", url="https://t.me/pskov/1"), post(long[0], "2"))
    await room.publish("radio_n", post(OTHER, "1"), post(long[1], "2"), post(long[2] + " Да.", "3"))
    await room.publish("a", post(long[2], "1"), post(FIRST + " Вот так.", "2"))
    await room.publish("a", post(long[1] + " И всё.", "1"), post(OTHER, "2"))
    await room.add_filter("unrest", "бригада")
    await room.pipeline.filters_changed(room.now)

    assert drawn
    assert not any(drawn)


# --- stories that go on from others ---


@contextmanager
def no_rings(rows: list[tuple[int, int | None]]) -> Iterator[None]:
    """Parents lead to a story that has none, in one step."""
    parents = dict(rows)
    for story, parent in rows:
        assert parent != story
        assert parent is None or parents[parent] is None
    yield


async def parents(store: Store) -> list[tuple[int, int | None]]:
    async with store.read() as conn:
        rows = await conn.execute(sa.select(s.stories.c.id, s.stories.c.parent_id))
        return [(row.id, row.parent_id) for row in rows]


async def test_a_story_merged_into_its_development_is_no_parent_of_itself(newsroom: Newsroom):
    """The case begins again with the one that is left; its followers and splits go along."""
    store, now = newsroom.store, newsroom.now
    chat = await newsroom.subscribe(1001)
    async with store.write(relating=True) as conn:
        case = await stories.create(conn, now)
        verdict = await stories.create(conn, now, case)
        appeal = await stories.create(conn, now, verdict)
        await conn.execute(sa.insert(s.follows).values(chat_id=chat.id, story_id=case, since=now))
        await fingerprints.split_off(conn, 7, case, now)
        await stories.merge(conn, [case], verdict)
        followed = list(await conn.scalars(sa.select(s.follows.c.story_id)))
        vetoed = await fingerprints.splits_of(conn, [7])

    with no_rings(await parents(store)):
        assert {(verdict, None), (appeal, verdict)} <= {*await parents(store)}
    assert (followed, vetoed) == ([verdict], {7: {verdict}})


async def test_a_case_that_goes_on_from_another_brings_all_of_it(newsroom: Newsroom):
    """Two cases prove to be one: everything goes on from where it began."""
    store, now = newsroom.store, newsroom.now
    async with store.write(relating=True) as conn:
        older, newer = await stories.create(conn, now), await stories.create(conn, now)
        verdict = await stories.create(conn, now, newer)
        await stories.go_on_from(conn, newer, older)
        await stories.go_on_from(conn, older, verdict)

    with no_rings(await parents(store)):
        assert {(newer, older), (verdict, older), (older, None)} <= {*await parents(store)}


async def test_an_alert_apart_is_no_alert_of_the_story(newsroom: Newsroom):
    """An alert that one chat split off for itself is offered to nobody by what joins later."""
    room = newsroom
    await room.subscribe(1001)
    await room.publish("a", post())
    await room.told()
    async with room.store.write() as conn:
        await alerts.create(conn, 1, -1, room.now)
    await room.publish("b", post(key="9"))

    assert await room.causes() == [(1, 1), (2, 1)]


async def test_what_was_committed_while_the_visit_was_cancelled_is_known(newsroom: Newsroom):
    """A process that stops a visit in its commit has stored it: copies of it are found."""
    room = newsroom
    fair = "Ярмарка мёда откроется в Уфе: пасечники из сорока районов привезут двести тонн мёда."
    await room.publish("b", post("Мост через Обь открыт утром, сообщили в управе области."))
    await room.add_source("a")
    visit = asyncio.create_task(room.publish("a", post(fair)))

    def cancel(_connection: object) -> None:
        if room.store._writing.locked():  # not at the end of what is only read
            visit.cancel()

    event.listen(Engine, "commit", cancel)
    try:
        with pytest.raises(asyncio.CancelledError):
            await visit
    finally:
        event.remove(Engine, "commit", cancel)
    await room.publish("b", post(f"{fair} Вход свободный.", "2"))

    _, first, copy = await story_ids(room)
    assert first == copy


async def test_a_visit_with_one_new_item_takes_few_statements(newsroom: Newsroom):
    """Nearly every visit brings little: what it costs is counted, for it is paid all day long."""
    room = newsroom
    fields = ("Посевная в районе закончена, засеяли сорок гектаров", "Мост через Обь открыт утром")
    for n, text in enumerate(fields):
        await room.publish("a", post(f"{text}, сообщили в управе номер {n}.", str(n), url=at(n)))
    with dies_at(10_000) as seen:
        other = "На ярмарке в Уфе продали двести тонн мёда и воска, пишут пасечники области."
        await room.publish("a", post(other, "9", url=at(9)))

    assert seen[0] <= (9 if room.store.exclusive else 14)


def at(n: int) -> str:
    return f"https://a.example/news/{n}"


async def test_near_copies_that_nobody_asked_for_are_one_story_in_one_batch(newsroom: Newsroom):
    """A filter added tomorrow finds one report that two have, not two reports."""
    text = (
        "Во вторник на станции перевернулся вагон с зерном, движение закрыли до вечера, а людей"
        " пересадили в автобусы, сообщает дорога. Пострадавших нет, причину выясняет комиссия."
    )
    again = text.replace("Во вторник", "Вчера").replace("сообщает дорога", "сообщили на дороге")

    await newsroom.publish("a", post(text, "1"), post(again, "2"))

    assert len(await newsroom.items()) == 2
    assert (await newsroom.count())["stories"] == 1


async def test_what_people_split_no_key_puts_together_again(newsroom: Newsroom):
    """An admin has said that these are two events; a forward that names both changes nothing."""
    room = newsroom
    for name in ("a_channel", "b_channel", "c_channel"):
        await room.add_channel(name)
    untold = FLED.replace("отказались возвращаться", "не вернулись")
    await room.publish("a_channel", post(REFUSED, url="https://t.me/a_channel/1"))
    await room.publish("b_channel", post(untold, url="https://t.me/b_channel/2"))
    first, second = await room.items()
    assert first.story_id is not None
    async with room.store.write() as conn:
        await fingerprints.split_off(conn, second.id, first.story_id, room.now)
    ties = post(untold, "1", forwarded_from="https://t.me/a_channel/1")
    await room.publish("c_channel", ties)

    assert len({*(await story_ids(room))[:2]}) == 2


@pytest.mark.parametrize("together", [True, False])
async def test_a_copy_that_waits_is_not_written_into_a_story_that_ends(
    newsroom: Newsroom, together: bool
):
    """The next text of the visit names two stories and makes them one; nobody asked for either."""
    await newsroom.add_channel("town")
    fair = "Губернатор приехал на ярмарку: на набережной до самой ночи играл духовой оркестр."
    bridge = (
        "В областном центре открыли новый мост через реку, движение по нему запустили утром в "
        "понедельник, сообщила пресс-служба городской администрации. Строительство продолжалось "
        "четыре года и обошлось бюджету в два миллиарда."
    )
    await newsroom.publish("b", post(fair, "1", url="https://b.example/fair"))
    await newsroom.publish("town", post(bridge, "5", url="https://t.me/town/5"))
    visit = [
        post(f"{bridge} Подробности позже.", "6", url="https://t.me/town/6"),
        post(fair, "5x", url="https://t.me/town/5"),
    ]
    for each in [visit] if together else [[one] for one in visit]:
        await newsroom.publish("town", *each)
    async with newsroom.store.read() as conn:
        stories_of = await conn.execute(sa.select(s.items.c.story_id).order_by(s.items.c.id))
        keys = await conn.execute(sa.select(s.story_keys.c.story_id).distinct())

    assert len({*stories_of.scalars()}) == 1
    assert len({*keys.scalars()}) == 1
