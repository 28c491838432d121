"""Presses under an alert: the numbers are anybody's to forge, the place is not."""

from __future__ import annotations

from dataclasses import replace

from bot.commands import alerts as commands
from bot.commands.alerts import REVEALED, Mark, Split
from bot.commands.calls import Call, Place, Refused
from bot.model import Chat, ChatMode, ChatType, MessageKind, Role
from bot.store import alert_views, audit, chats, due_messages, feedback, follows, messages, replies
from bot.store.rows import Notice
from tests.commands.people import ADMIN, READER, Desk
from tests.store.builders import (
    add_alert,
    add_chat,
    add_item,
    add_notice,
    add_source,
    message_of,
    send,
)


async def told(desk: Desk, *, quiet: bool = True) -> tuple[Chat, Notice, int]:
    """A reader's chat, an alert told there, and the number (ours) of a reply under it."""
    now = desk.clock.now()
    async with desk.store.write() as conn:
        chat = await add_chat(conn, now, READER)
        if quiet:
            await chats.set_mode(conn, chat.id, ChatMode.QUIET)
        alert, item_id = await add_alert(conn, now)
        notice = await add_notice(conn, now, chat, alert, item_id)
        await send(conn, now, message_of(notice))
        other = await add_source(conn, now, "radio")
        joined = await add_item(conn, now, other, story_id=alert.story_id, relation="same")
        await replies.queue(conn, alert.id, joined, now)
        [reply] = [m for m in await due_messages.due(conn, now, 9) if m.kind is MessageKind.REPLY]
        await send(conn, now, reply.id, 71)
    return chat, notice, reply.id


async def revealed(desk: Desk, message_id: int) -> bool:
    async with desk.store.read() as conn:
        message = await messages.get(conn, message_id)
    assert message is not None
    return message.revealed(desk.clock.now())


def elsewhere(desk: Desk) -> list[Call]:
    """An admin in private, and a group that the reader administers."""
    group = replace(desk.by(READER, place=Place(-5, ChatType.SUPERGROUP)), manages=True)
    return [desk.by(ADMIN), group]


async def test_a_reply_is_opened_in_its_own_chat_only(desk: Desk):
    """A number pressed elsewhere, forged or forwarded, opens nothing on the reader's phone."""
    _, _, reply = await told(desk)
    attempts = [await commands.reveal_reply(desk.backend, call, reply) for call in elsewhere(desk)]
    before = await revealed(desk, reply)
    own = await commands.reveal_reply(desk.backend, desk.by(READER), reply)

    assert (attempts, before) == ([False, False], False)
    assert own
    assert await revealed(desk, reply)
    desk.clock.move_to(desk.clock.now() + REVEALED)
    assert not await revealed(desk, reply)


async def test_open_answers_to_what_it_stands_under_only(desk: Desk):
    """Neither an alert by a reply's button, nor what a Normal chat shows anyway."""
    _, notice, reply = await told(desk)
    async with desk.store.write() as conn:
        normal = await add_chat(conn, desk.clock.now(), ADMIN)

    assert not await commands.reveal_reply(desk.backend, desk.by(READER), message_of(notice))
    assert not await commands.reveal_reply(desk.backend, desk.by(READER), reply + 1000)
    assert not await commands.reveal(desk.backend, desk.by(ADMIN), notice.id)
    assert not await revealed(desk, message_of(notice))
    assert await commands.reveal(desk.backend, desk.by(READER), notice.id)
    async with desk.store.write() as conn:
        await chats.set_mode(conn, normal.id, ChatMode.NORMAL)
        await chats.set_mode(conn, notice.chat_id, ChatMode.NORMAL)
    assert not await commands.reveal(desk.backend, desk.by(READER), notice.id)
    assert not await commands.reveal_reply(desk.backend, desk.by(READER), reply)


async def joined_to(desk: Desk, notice: Notice) -> int:
    """The item that the alert shows beside its own."""
    async with desk.store.read() as conn:
        view = await alert_views.alert(conn, notice.id)
    assert view is not None
    [joined] = view.joined
    return joined.item_id


async def test_a_reader_splits_a_story_for_their_chat(desk: Desk):
    """Only what the alert shows beside its own text leaves; nobody else hears or sees of it."""
    _, notice, _ = await told(desk)
    joined, reader = await joined_to(desk, notice), desk.by(READER)
    itself = await commands.split(desk.backend, reader, notice.id, notice.item_id)
    here = await commands.split(desk.backend, reader, notice.id, joined)

    assert (itself, here) == (Refused.MISSING, Split.HERE)
    async with desk.store.read() as conn:
        assert await audit.page(conn, 9) == []


async def test_an_admin_splits_a_story_for_everybody(desk: Desk):
    """That leaves a trace, and cannot be done twice."""
    _, notice, _ = await told(desk)
    joined, admin = await joined_to(desk, notice), desk.by(READER, Role.ADMIN)

    assert await commands.split(desk.backend, admin, notice.id, joined) is Split.FOR_ALL
    assert await commands.split(desk.backend, admin, notice.id, joined) is Refused.MISSING
    async with desk.store.read() as conn:
        [entry] = await audit.page(conn, 9)
    assert (entry.command, entry.inverse) == ("story.split", None)


async def test_marks_and_follows_are_of_the_place(desk: Desk):
    """Pressed twice they are taken back; pressed elsewhere they are nothing. No trace of who."""
    chat, notice, _ = await told(desk)
    for call in elsewhere(desk):
        assert await commands.follow(desk.backend, call, notice.id) is Refused.MISSING
        assert await commands.mark(desk.backend, call, notice.id, Mark.NOISE) is Refused.MISSING
        assert await commands.split(desk.backend, call, notice.id, 2) is Refused.MISSING
    reader = desk.by(READER)
    said = [await commands.mark(desk.backend, reader, notice.id, Mark.NOISE) for _ in range(3)]
    followed = [await commands.follow(desk.backend, reader, notice.id) for _ in range(3)]

    assert (said, followed) == ([True, False, True], [True, False, True])
    async with desk.store.read() as conn:
        assert await feedback.marks(conn, notice.id) == {"noise"}
        family = await follows.family_of_alert(conn, notice.alert_id)
        assert family is not None
        assert chat.id in await follows.told_on(conn, family.root_id, [chat.id])
        assert await audit.page(conn, 9) == []
        assert await audit.page(conn, 9, chat_id=chat.id) == []
