"""Chats: who receives, and nothing of who has left."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.model import ChatMode, ChatState, ChatType, MessageState, NoticeState
from bot.store import (
    Store,
    alerts,
    chat_merging,
    chats,
    due_messages,
    message_counts,
    messages,
    people,
    standing_messages,
)
from bot.store import schema as s
from tests.store.builders import (
    TOPIC,
    add_alert,
    add_chat,
    add_message,
    add_notice,
    message_of,
    send,
)
from tests.support.clock import ManualClock

OLD, NEW = -501, -100501


async def test_an_address_is_one_chat_with_its_choices(store: Store, clock: ManualClock):
    """Seeing a chat again does not change what it chose."""
    now = clock.now()
    async with store.write() as conn:
        chat = await chats.ensure(
            conn, 1001, 0, ChatType.PRIVATE, lang="uk", mode=ChatMode.QUIET, now=now
        )
        await chats.set_tz(conn, chat.id, "Europe/Kyiv")
        again = await chats.ensure(conn, 1001, 0, ChatType.PRIVATE, lang="ru", now=now)
        thread = await chats.ensure(conn, 1001, 5, ChatType.PRIVATE, now=now)

    assert again.id == chat.id
    assert (again.lang, again.mode, again.tz) == ("uk", ChatMode.QUIET, "Europe/Kyiv")
    assert thread.id != chat.id


async def test_one_chat_for_all_who_see_it_first(store: Store, clock: ManualClock):
    """Two updates of a new chat, handled at once, do not fail."""

    async def see() -> int:
        async with store.write() as conn:
            return (await add_chat(conn, clock.now(), 77)).id

    assert len(set(await asyncio.gather(*(see() for _ in range(5))))) == 1


async def test_subscribing_again_changes_the_choice(store: Store, clock: ManualClock):
    """A topic is subscribed to once a narrowing."""
    now = clock.now()
    async with store.write() as conn:
        chat = await add_chat(conn, now, topics=())
        await chats.subscribe(conn, chat.id, TOPIC, now)
        await chats.subscribe(conn, chat.id, TOPIC, now, armies=["ru"], stages=["verdict"])
        await chats.subscribe(conn, chat.id, TOPIC, now, narrowing="source:3")
        both = await chats.subscriptions(conn, chat.id)
        ended = await chats.unsubscribe(conn, chat.id, TOPIC, narrowing="source:3")
        rest = await chats.unsubscribe(conn, chat.id, TOPIC)
        none = await chats.unsubscribe(conn, chat.id, TOPIC)

    assert [(sub.narrowing, sub.armies, sub.stages) for sub in both] == [
        ("", ("ru",), ("verdict",)),
        ("source:3", (), ()),
    ]
    assert (ended, rest, none) == (1, 1, 0)


async def test_subscribers_are_chats_that_can_be_reached(store: Store, clock: ManualClock):
    """A chat with two narrowings is one subscriber, a blocked one none."""
    now = clock.now()
    async with store.write() as conn:
        one, two = await add_chat(conn, now, 1), await add_chat(conn, now, 2)
        await chats.subscribe(conn, one.id, TOPIC, now, narrowing="x")
        both = await chats.count_subscribers(conn, TOPIC)
        await chats.set_state(conn, two.id, ChatState.BLOCKED, "kicked")
        left = await chats.count_subscribers(conn, TOPIC)
        counts = await chats.counts(conn)

    assert (both, left) == (2, 1)
    assert counts == {ChatState.ACTIVE: 1, ChatState.BLOCKED: 1}


async def test_a_pause_holds_and_a_resume_returns(store: Store, clock: ManualClock):
    """What came before and during the pause is told by one summary."""
    now = clock.now()
    async with store.write() as conn:
        chat = await add_chat(conn, now)
        await add_message(conn, now, chat)
        held = await chats.pause(conn, chat.id, now)
        await chats.pause(conn, chat.id, clock.advance(60))
        paused = await chats.get(conn, chat.id)
        nothing = await due_messages.due(conn, clock.now(), 9)
        back = await chats.resume(conn, chat.id, clock.now())
        active = await chats.get(conn, chat.id)

    assert (held, nothing) == (1, [])
    assert paused is not None
    assert (paused.state, paused.paused_at) == (ChatState.PAUSED, now)
    assert back == 1
    assert active is not None
    assert (active.state, active.paused_at) == (ChatState.ACTIVE, None)


async def test_a_moved_group_keeps_everything(store: Store, clock: ManualClock):
    """Subscriptions and waiting alerts follow to the new number, in all threads."""
    now = clock.now()
    async with store.write() as conn:
        group, thread = await add_chat(conn, now, OLD), await add_chat(conn, now, OLD, 9)
        waiting, shown = [await add_message(conn, now, group) for _ in range(2)]
        await send(conn, now, shown)
        await standing_messages.reveal(conn, shown, now)
        for _ in range(2):
            await chat_merging.migrate(conn, OLD, NEW)
        left = await chats.by_telegram_id(conn, OLD)
        moved = await chats.by_telegram_id(conn, NEW)
        subs = await chats.subscriptions(conn, group.id)
        due = await due_messages.due(conn, now, 9, per_chat=9)

    assert left == []
    assert [chat.id for chat in moved] == [group.id, thread.id]
    assert moved[0].type is ChatType.SUPERGROUP
    assert [sub.topic for sub in subs] == [TOPIC]
    assert [(message.id, message.chat.address.chat_id) for message in due] == [(waiting, NEW)]


@pytest.mark.parametrize("told", [OLD, NEW])
async def test_two_chats_that_become_one_are_told_once(store: Store, clock: ManualClock, told: int):
    """Neither lost nor doubled: the notice that went further stays."""
    now = clock.now()
    async with store.write() as conn:
        old, new = await add_chat(conn, now, OLD), await add_chat(conn, now, NEW, topics=())
        await chats.subscribe(conn, new.id, TOPIC, now)
        await chats.subscribe(conn, old.id, "pressure", now)
        alert, item_id = await add_alert(conn, now)
        ids = {}
        for chat in (old, new):
            notice = await add_notice(conn, now, chat, alert, item_id)
            ids[chat.address.chat_id] = message_of(notice)
        await send(conn, now, ids[told])
        only_old = await add_message(conn, now, old)
        await chat_merging.migrate(conn, OLD, NEW)
        subs = await chats.subscriptions(conn)
        due = await due_messages.due(conn, now, 9, per_chat=9)
        counts = await message_counts.counts(conn)
        states = list(
            await conn.scalars(sa.select(s.notices.c.state).where(s.notices.c.alert_id == alert.id))
        )
        alive = await chats.get(conn, old.id)

    assert alive is None
    assert sorted((sub.chat_id, sub.topic) for sub in subs) == [
        (new.id, "pressure"),
        (new.id, TOPIC),
    ]
    assert states == [NoticeState.TOLD]
    assert [message.id for message in due] == [only_old]
    assert counts == {MessageState.SENT: 1, MessageState.QUEUED: 1}


async def test_who_leaves_is_forgotten(store: Store, clock: ManualClock):
    """No table keeps anything of the chat; the others keep theirs."""
    now = clock.now()
    async with store.write() as conn:
        chat, other = await add_chat(conn, now, 424242), await add_chat(conn, now, 2)
        for owner in (chat, chat, other):
            await add_message(conn, now, owner)
        await messages.queue_plain(conn, chat.id, "bye", now)
        await people.put_draft(conn, 424242, 424242, "sub", {}, now=now)
        for _ in range(2):
            await chats.forget(conn, chat.id)
        left = {
            table.name: await conn.scalar(sa.select(sa.func.count()).select_from(table))
            for table in (s.chats, s.subscriptions, s.notices, s.messages, s.drafts)
        }

    assert left == {"chats": 1, "subscriptions": 1, "notices": 1, "messages": 1, "drafts": 0}


async def test_what_was_forgotten_is_not_in_the_file(sqlite_database: str, clock: ManualClock):
    """Deleted rows are overwritten, not only unlinked, and not left in the log."""
    now, mark = clock.now(), "Europe/Kyiv-Marked"
    store = await Store.open(sqlite_database, clock)
    async with store.write() as conn:
        chat = await add_chat(conn, now)
        await chats.set_tz(conn, chat.id, mark)
    path = Path(sqlite_database.removeprefix("sqlite:///"))
    wal = path.with_name(path.name + "-wal")
    there = mark.encode() in path.read_bytes() + wal.read_bytes()
    async with store.write() as conn:
        await chats.forget(conn, chat.id)
    logged = mark.encode() in wal.read_bytes()
    async with store.read() as reader:
        await chats.counts(reader)
        hindered = await store.scrub()
    scrubbed = await store.scrub()
    left = b"".join(file.read_bytes() for file in path.parent.glob(path.name + "*"))
    await store.close()

    assert there
    assert logged
    assert (hindered, scrubbed) == (False, True)
    assert mark.encode() not in left


async def test_a_notice_can_be_given_again_after_leaving(store: Store, clock: ManualClock):
    """Who comes back is a new chat."""
    now = clock.now()
    async with store.write() as conn:
        alert, item_id = await add_alert(conn, now)
        for _ in range(2):
            chat = await add_chat(conn, now)
            await add_notice(conn, now, chat, alert, item_id)
            await chats.forget(conn, chat.id)
        found = await alerts.candidates(conn, [TOPIC], 0, 9, alert.id)

    assert found == []
