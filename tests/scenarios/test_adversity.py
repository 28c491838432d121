"""What must hold when people, sources and Telegram do the unexpected, through the application."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import sqlalchemy as sa

from bot.model import ChatType, Role, Source, SourceKind, Transport
from bot.store import chats, people, sources
from tests.scenarios.test_alerts import REFUSAL
from tests.support import pages
from tests.support.botapi_emulator import Status
from tests.support.feeds import Post
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil

HOUR = 3600
CHANNEL = -1001000000777
GROUP, SUPERGROUP = -500, -1001000000500


def refusal(number: int) -> str:
    """A story of its own, one for each number."""
    return (
        f"Контрактники {number}-й бригады отказались ехать на войну. "
        f"Об этом корреспонденту номер {number} рассказали родственники военных."
    )


async def preview(vigil: Vigil, name: str, *posts: str, before: int | None = None) -> Source:
    """A channel read by its public page, not read yet."""
    vigil.server.put(f"/s/{name}", pages.page(name, posts, before=before))
    async with vigil.app.engine.store.write() as conn:
        source, _ = await sources.add(
            conn,
            transport=Transport.PREVIEW,
            address=name,
            identity=f"t.me/{name}",
            title="Pskov Post",
            kind=SourceKind.ANONYMOUS,
            lang="ru",
            now=vigil.clock.now(),
        )
    return source


async def channel(vigil: Vigil, username: str = "") -> None:
    """A channel that posts to the bot, confirmed as a source."""
    vigil.telegram.people.channel(CHANNEL, username=username)
    now = vigil.clock.now()
    async with vigil.app.engine.store.write() as conn:
        await sources.add(
            conn,
            transport=Transport.CHANNEL,
            address=username,
            identity=f"tg:{CHANNEL}",
            title="Channel",
            kind=SourceKind.ANONYMOUS,
            lang="ru",
            now=now,
            telegram_id=CHANNEL,
        )


async def unsubscribe(vigil: Vigil, user_id: int, topic: str) -> None:
    async with vigil.app.engine.store.write() as conn:
        [chat] = await chats.by_telegram_id(conn, user_id)
        await chats.unsubscribe(conn, chat.id, topic)


# Quiet


async def test_quiet_summary_opens(vigil: Vigil) -> None:
    """In a Quiet chat what came meanwhile can be read too, and folds again."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.quiet(SUBSCRIBER)
    await vigil.says(SUBSCRIBER, "/pause 9d")
    await vigil.publish("a", Post("1", text=refusal(1)), Post("2", text=refusal(2)))
    await vigil.says(SUBSCRIBER, "/resume now")

    await vigil.press(SUBSCRIBER, "Open")
    opened = [p.text for p in vigil.chat(SUBSCRIBER) if "1-й бригады" in p.text]
    vigil.clock.advance(660)
    await vigil.settle()

    assert len(opened) == 1
    assert "2-й бригады" in opened[0]
    assert not any("бригады" in p.text for p in vigil.chat(SUBSCRIBER))


# Telegram


async def test_long_outage_of_telegram_loses_nothing(vigil: Vigil) -> None:
    """What was given up unanswered comes in one summary once Telegram answers again."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal")

    vigil.telegram.fail(Status(502), times=1000)
    await vigil.publish("a", Post("1", text=refusal(1)), Post("2", text=refusal(2)))
    await vigil.settle(timedelta(hours=1))
    vigil.telegram._plans.clear()
    for _ in range(3):
        vigil.clock.advance(HOUR)
        await vigil.app.engine.outbox.retell()
        await vigil.settle()

    text = "\n".join(p.text for p in vigil.chat(SUBSCRIBER))
    assert "1-й бригады" in text
    assert "2-й бригады" in text


# choices that change on the way


async def test_telegram_out_of_reach_at_the_start_stops_nothing(vigil: Vigil) -> None:
    """Sources are read meanwhile; once Telegram answers, what they brought is told."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.add_source("a")
    await vigil.stop()
    async with vigil.telegram.unreachable():
        await vigil.open()
        connecting = asyncio.create_task(vigil.moving(vigil.app.connect()))
        await vigil.put("a", Post("1", text=refusal(1)))
        vigil.clock.advance(61)
        await vigil.moving(vigil.app.engine.poller.step(vigil.clock.now()))
        await vigil.moving(vigil.app.engine.outbox.step(vigil.clock.now()))
        assert not vigil.app.connected.is_set()
    await connecting
    await vigil.settle()

    assert vigil.app.client.username
    assert len(vigil.chat(SUBSCRIBER)) == 1


async def test_topic_left_while_another_stays(vigil: Vigil) -> None:
    """Whoever unsubscribes from one topic of an alert still hears of it by the other."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal", "pressure")
    both = (
        "Контрактники отказались ехать на войну. Отказников избили и держали в яме, "
        "рассказали родственники военных из Пскова."
    )
    await vigil.put("a", Post("1", text=both))
    vigil.clock.advance(61)
    await vigil.app.engine.poller.step(vigil.clock.now())
    await vigil.app.engine.outbox._expander.step(vigil.clock.now())

    await unsubscribe(vigil, SUBSCRIBER, "refusal")
    await vigil.settle()

    [alert] = vigil.chat(SUBSCRIBER)
    assert "Pressure" in alert.text


async def test_summary_of_what_is_still_followed(vigil: Vigil) -> None:
    """Many held alerts of a topic left meanwhile hide none of the others."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal", "desertion")
    await vigil.says(SUBSCRIBER, "/pause 9d")
    await vigil.publish("a", *(Post(str(n), text=refusal(n)) for n in range(30)))
    deserted = "Военный самовольно оставил часть в Брянске, суд назначил ему шесть лет колонии."
    await vigil.publish("a", Post("d", text=deserted))

    await unsubscribe(vigil, SUBSCRIBER, "refusal")
    said = await vigil.says(SUBSCRIBER, "/resume now")

    text = "\n".join(p.text for p in said)
    assert "1 story meanwhile" in text
    assert "Брянске" in text
    assert "бригады" not in text
    assert "more" not in text


async def test_post_edited_before_it_was_told_is_told(vigil: Vigil) -> None:
    """What was committed as seen is told, though its words were taken back at once."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.put("a", Post("1", text=REFUSAL))
    vigil.clock.advance(61)
    await vigil.app.engine.poller.step(vigil.clock.now())
    vigil._posts["a"] = [Post("1", text="Запись удалена редакцией.")]
    vigil._serve("a")
    vigil.clock.advance(61)
    await vigil.app.engine.poller.step(vigil.clock.now())

    await vigil.settle()

    [alert] = vigil.chat(SUBSCRIBER)
    assert "отказались" in alert.text


async def test_text_back_and_forth_is_one_alert(vigil: Vigil) -> None:
    """A → B → A → B → A is told once."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.add_source("a")
    await vigil.publish("a", Post("1", text=REFUSAL))
    for _ in range(2):
        await vigil.edit("a", "1", text="Сайт временно недоступен, попробуйте позже.")
        await vigil.edit("a", "1", text=REFUSAL)

    [alert] = vigil.chat(SUBSCRIBER)
    assert "отказались" in alert.text


async def test_archive_that_vanishes_and_returns_tells_nobody(vigil: Vigil) -> None:
    """A page that was broken for a while is no news when it is whole again."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    when = vigil.clock.now() - timedelta(hours=2)
    post = pages.post("pskov_post", 7, REFUSAL, when=when)
    await preview(vigil, "pskov_post", post)
    await vigil.settle()

    broken = pages.post("pskov_post", 7, "Контент недоступен в веб-версии", when=when)
    vigil.server.put("/s/pskov_post", pages.page("pskov_post", [broken]))
    await vigil.read()
    vigil.server.put("/s/pskov_post", pages.page("pskov_post", [post]))
    await vigil.read()

    assert vigil.chat(SUBSCRIBER) == []


async def test_a_hundred_held_alerts_are_one_summary(vigil: Vigil) -> None:
    """What comes during a pause comes in one message, however much; a second /resume adds none."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.says(SUBSCRIBER, "/pause 9d")
    await vigil.publish("a", *(Post(str(n), text=refusal(n)) for n in range(100)))

    said = await vigil.says(SUBSCRIBER, "/resume now")
    again = await vigil.says(SUBSCRIBER, "/resume now")
    await vigil.read()

    summary = said[-1]
    assert len(said) == 2
    assert summary.text.startswith("8 April · 100 stories")
    assert len(again) == 1
    assert vigil.chat(SUBSCRIBER)[-1].message_id == again[0].message_id


# preview pages


async def test_empty_first_page_is_no_archive(vigil: Vigil) -> None:
    """A throttled reader sees an empty page: a day's posts are not news when it can read."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await preview(vigil, "pskov_post")
    await vigil.settle()
    old = [
        pages.post("pskov_post", n, refusal(n), when=vigil.clock.now() - timedelta(hours=2))
        for n in (7, 8, 9)
    ]
    vigil.clock.advance(61)
    vigil.server.put("/s/pskov_post", pages.page("pskov_post", old))
    await vigil.read()
    assert vigil.chat(SUBSCRIBER) == []

    # But the first posts of a channel that was truly empty are.
    vigil.clock.advance(61)
    new = pages.post("pskov_post", 10, refusal(10), when=vigil.clock.now())
    vigil.server.put("/s/pskov_post", pages.page("pskov_post", [*old, new]))
    await vigil.read()

    [alert] = vigil.chat(SUBSCRIBER)
    assert "10-й" in alert.text


async def test_first_post_of_an_empty_channel_is_told(vigil: Vigil) -> None:
    """A channel added on its first day has no archive."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await preview(vigil, "pskov_post")
    await vigil.settle()
    vigil.clock.advance(600)
    new = pages.post("pskov_post", 1, refusal(1), when=vigil.clock.now())
    vigil.server.put("/s/pskov_post", pages.page("pskov_post", [new]))
    await vigil.read()

    [alert] = vigil.chat(SUBSCRIBER)
    assert "1-й" in alert.text


async def test_gap_that_could_not_be_paged_over_is_tried_again(vigil: Vigil) -> None:
    """Older posts that a throttled reader was not shown are read at the next visit."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    now = vigil.clock.now()
    await preview(vigil, "pskov_post", pages.post("pskov_post", 1, "Начало", when=now))
    await vigil.settle()
    vigil.clock.advance(600)
    when = vigil.clock.now()
    first = [pages.post("pskov_post", n, refusal(n), when=when) for n in (5, 6)]
    older = [pages.post("pskov_post", n, refusal(n), when=when) for n in (2, 3, 4)]
    vigil.server.put("/s/pskov_post", pages.page("pskov_post", first, before=5))
    vigil.server.put("/s/pskov_post?before=5", pages.page("pskov_post", []))
    await vigil.read()
    assert len(vigil.chat(SUBSCRIBER)) == 2

    vigil.server.put("/s/pskov_post?before=5", pages.page("pskov_post", older, before=2))
    await vigil.read()

    assert len(vigil.chat(SUBSCRIBER)) == 5


# what Telegram sends


async def test_channel_read_two_ways_does_not_repost_itself(vigil: Vigil) -> None:
    """Its posts and its public page are one story with one text."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await channel(vigil, username="pskov_post")
    first = vigil.telegram.people.posts(CHANNEL, "Начало")
    old = pages.post("pskov_post", first, "Начало", when=vigil.clock.now())
    await preview(vigil, "pskov_post", old)
    await vigil.settle()
    number = vigil.telegram.people.posts(CHANNEL, REFUSAL)
    await vigil.settle()

    new = pages.post("pskov_post", number, REFUSAL, when=vigil.clock.now())
    vigil.server.put("/s/pskov_post", pages.page("pskov_post", [old, new]))
    await vigil.read()
    await vigil.settle(timedelta(minutes=10))

    [alert] = vigil.chat(SUBSCRIBER)
    assert alert.text.splitlines()[0] == "Refusal · Russian army"  # nothing counted


async def test_a_source_that_says_it_again_reposts_nobody(vigil: Vigil) -> None:
    """Its own words under another number are one text; another source's copy is a repost."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.add_source("a", title="Pskov Post")
    await vigil.add_source("b", title="Radio N")
    for guid in ("1", "2", "3"):
        await vigil.publish("a", Post(guid, text=REFUSAL))
    await vigil.settle(timedelta(minutes=10))
    [alone] = [alert.text for alert in vigil.chat(SUBSCRIBER)]
    for guid in ("4", "5"):
        await vigil.publish("b", Post(guid, text=REFUSAL))
    await vigil.settle(timedelta(minutes=10))
    [alert] = vigil.chat(SUBSCRIBER)

    assert "epost" not in alone
    assert "Reposts: 1" in alert.text


async def test_post_that_could_not_be_handled_has_another_chance(vigil: Vigil) -> None:
    """What a bug kept from being told is tried again by the next process."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await channel(vigil)
    whole = vigil.app.engine.pipeline.ingest

    async def broken(*_: object) -> None:
        raise RuntimeError("a bug of this release")

    vigil.app.engine.pipeline.ingest = broken  # type: ignore[method-assign, assignment]
    vigil.telegram.people.posts(CHANNEL, REFUSAL)
    for _ in range(6):
        await vigil.settle()
        vigil.clock.advance(6)
    vigil.app.engine.pipeline.ingest = whole  # type: ignore[method-assign]
    await vigil.settle()
    assert vigil.chat(SUBSCRIBER) == []

    await vigil.stop()
    await vigil.open()
    await vigil.settle()

    assert len(vigil.chat(SUBSCRIBER)) == 1


async def test_update_the_database_refuses_stops_no_other(vigil: Vigil) -> None:
    """A post that brings an error of the database about, every time, is put aside."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await channel(vigil)
    await vigil.settle()
    async with vigil.app.engine.store.write() as conn:
        await conn.execute(
            sa.text(
                "CREATE TRIGGER refuse BEFORE UPDATE OF last_item_at ON sources"
                " WHEN (SELECT text FROM items ORDER BY id DESC LIMIT 1) = 'яд'"
                " BEGIN SELECT RAISE(ABORT, 'refused'); END"
            )
        )
    vigil.telegram.people.posts(CHANNEL, "яд")
    await vigil.settle()
    vigil.telegram.people.posts(CHANNEL, REFUSAL)
    await vigil.settle()

    assert len(vigil.chat(SUBSCRIBER)) == 1


async def test_block_that_failed_to_be_handled_does_not_outlive_the_return(vigil: Vigil) -> None:
    """Changes of one chat are handled in their order, though one must be tried again."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal")
    real, failures = vigil.app.router.handle, 1

    async def handle(update):  # type: ignore[no-untyped-def]
        nonlocal failures
        if failures:
            failures -= 1
            raise RuntimeError("a bug, once")
        await real(update)

    vigil.app.router.handle = handle  # type: ignore[method-assign]
    vigil.telegram.people.changes_membership(SUBSCRIBER, "kicked", by=SUBSCRIBER)
    vigil.telegram.people.changes_membership(SUBSCRIBER, "member", by=SUBSCRIBER)
    await vigil.settle()
    vigil.clock.advance(10)
    await vigil.settle()
    await vigil.publish("a", Post("1", text=REFUSAL))

    assert len(vigil.chat(SUBSCRIBER)) == 1


async def test_group_that_moves_while_its_alerts_wait(vigil: Vigil) -> None:
    """A group that became a supergroup goes on, whatever Telegram says of the old one."""
    await vigil.add_source("a")
    vigil.telegram.people.group(GROUP, type="group", creator=SUBSCRIBER)
    now = vigil.clock.now()
    async with vigil.app.engine.store.write() as conn:
        await people.appoint(conn, SUBSCRIBER, Role.SUBSCRIBER, None, now)
        chat = await chats.ensure(conn, GROUP, 0, ChatType.GROUP, now=now)
        await chats.subscribe(conn, chat.id, "refusal", now)
    await vigil.put("a", Post("1", text=refusal(1)))
    vigil.clock.advance(61)
    await vigil.app.engine.poller.step(vigil.clock.now())
    await vigil.app.engine.outbox._expander.step(vigil.clock.now())

    vigil.telegram.people.moves(GROUP, SUPERGROUP)
    vigil.telegram.people.changes_membership(SUPERGROUP, "member", by=SUBSCRIBER)
    vigil.telegram.people.changes_membership(GROUP, "left", by=SUBSCRIBER)
    await vigil.app.receiver.step(vigil.clock.now())
    await vigil.app.inbox.step(vigil.clock.now())
    vigil.telegram.people.says(SUBSCRIBER, "", chat_id=GROUP, migrate_to_chat_id=SUPERGROUP)
    await vigil.settle()
    await vigil.publish("a", Post("2", text=refusal(2)))

    text = "\n".join(p.text for p in vigil.chat(SUPERGROUP))
    assert "1-й бригады" in text
    assert "2-й бригады" in text


async def test_admins_hear_that_a_source_is_gone(vigil: Vigil) -> None:
    """A source that says so itself is no longer read; a person is told."""
    vigil.telegram.people.started(ROOT)
    await vigil.says(ROOT, "/start")
    await vigil.add_source("a", title="Pskov Post")
    before = len(vigil.chat(ROOT))
    vigil.server.put("/a.xml", b"", status=410)
    await vigil.read()

    [told] = vigil.chat(ROOT)[before:]
    assert "Pskov Post" in told.text
