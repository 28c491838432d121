"""What is pressed under an alert: Open, Follow, True, Noise, Wrong army, Split.

The numbers come from outside: only what stands in the very place of the call is acted on. These
presses are their own inverse and leave no audit row (what readers say of alerts is kept without
who said it); a split for everybody leaves one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from typing import Final

from bot.commands.calls import Backend, Call, Refused
from bot.commands.roles import Command
from bot.commands.stories import draw_story, split_for_all, split_for_chat
from bot.commands.transaction import Change, changing
from bot.model import Chat, ChatMode, MessageKind
from bot.store import (
    alert_views,
    answers,
    chats,
    feedback,
    follows,
    messages,
    notices,
    standing_messages,
)
from bot.store.connection import Connection
from bot.store.rows import Notice
from bot.stories.edits import edited

__all__ = [
    "REVEALED",
    "Mark",
    "NoticeInChat",
    "Split",
    "follow",
    "mark",
    "reveal",
    "reveal_reply",
    "split",
    "told_here",
]

REVEALED: Final = timedelta(minutes=10)
"""How long Open shows the text of a Quiet alert."""


class Mark(Enum):
    """What a reader says of an alert; the values stand in `feedback`."""

    NOISE = "noise"
    ARMY = "army"
    TRUE = "true"


_OPPOSITES: Final[Mapping[Mark, Mark]] = {Mark.NOISE: Mark.TRUE, Mark.TRUE: Mark.NOISE}


class Split(Enum):
    """For whom the item is split off from now on."""

    FOR_ALL = auto()
    HERE = auto()


@dataclass(frozen=True, slots=True)
class NoticeInChat:
    """A notice and the chat that has it."""

    notice: Notice
    chat: Chat


async def told_here(conn: Connection, call: Call, notice_id: int) -> NoticeInChat | None:
    """The notice of that number, if it was told in the place of the call."""
    notice = await notices.get_notice(conn, notice_id)
    chat = await chats.get(conn, notice.chat_id) if notice else None
    if notice is None or chat is None or chat.address.chat_id != call.place.chat_id:
        return None
    return NoticeInChat(notice, chat)


async def reveal(backend: Backend, call: Call, notice_id: int) -> bool:
    """Show a Quiet alert for ten minutes; False where there is none to show."""
    async with changing(backend, call, Command.OPEN) as change:
        here = await told_here(change.conn, call, notice_id)
        if here is None or here.notice.message_id is None or here.chat.mode is not ChatMode.QUIET:
            return False
        await standing_messages.reveal(change.conn, here.notice.message_id, call.now + REVEALED)
        change.wakes = True
        return True


async def reveal_reply(backend: Backend, call: Call, message_id: int) -> bool:
    """Show a Quiet reply (its number is ours) for ten minutes; False where there is none."""
    async with changing(backend, call, Command.OPEN) as change:
        found = await messages.get(change.conn, message_id)
        if (
            found is None
            or found.kind is not MessageKind.REPLY
            or found.chat.address.chat_id != call.place.chat_id
            or found.chat.mode is not ChatMode.QUIET
        ):
            return False
        await standing_messages.reveal(change.conn, message_id, call.now + REVEALED)
        change.wakes = True
        return True


async def follow(backend: Backend, call: Call, notice_id: int) -> bool | Refused:
    """Follow the alert's story, or no longer; whether it is followed now. The caller shows it."""
    async with changing(backend, call, Command.FOLLOW) as change:
        here = await told_here(change.conn, call, notice_id)
        if here is None:
            return Refused.MISSING
        family = await follows.family_of_alert(change.conn, here.notice.alert_id)
        if family is None:
            return Refused.MISSING
        ended = await follows.unfollow(change.conn, here.chat.id, family.root_id)
        if not ended:
            await follows.follow(change.conn, here.chat.id, family.root_id, call.now)
        return not ended


async def mark(backend: Backend, call: Call, notice_id: int, what: Mark) -> bool | Refused:
    """Mark the alert, or take the mark back; whether it is there now.

    True and noise exclude each other: the later counts. Both are answers that fits learn from.
    The caller shows it.
    """
    async with changing(backend, call, Command.MARK) as change:
        here = await told_here(change.conn, call, notice_id)
        view = None if here is None else await alert_views.alert(change.conn, here.notice.id)
        if here is None or view is None:
            return Refused.MISSING
        key, other = edited(view).filter_key, _OPPOSITES.get(what)
        if other is not None and other.value in view.marks:
            await _toggle(change, here.notice, other, key)
        return await _toggle(change, here.notice, what, key)


async def _toggle(change: Change, notice: Notice, what: Mark, filter_key: str) -> bool:
    conn, now = change.conn, change.call.now
    is_set = await feedback.toggle(conn, notice, what.value, filter_key, now)
    if what in _OPPOSITES:
        true, by = what is Mark.TRUE, 1 if is_set else -1
        await answers.mark(conn, notice.item_id, notice.topic, now, true=true, by=by)
    return is_set


async def split(backend: Backend, call: Call, notice_id: int, item_id: int) -> Split | Refused:
    """That item is of another story than the alert: an admin says so for all, others for here."""
    await draw_story(backend.store, item_id)
    if call.actor.is_admin:
        async with changing(backend, call, Command.SPLIT, relating=True) as change:
            here = await _told_with(change, notice_id, item_id)
            if here is None:
                return Refused.MISSING
            if not await split_for_all(change.conn, item_id, here.notice.item_id, call.now):
                return Refused.MISSING
            await change.record(f"item:{item_id}")
            await _refresh(change, here.notice)
            return Split.FOR_ALL
    async with changing(backend, call, Command.SPLIT_HERE) as change:
        here = await _told_with(change, notice_id, item_id)
        if here is None:
            return Refused.MISSING
        done = await split_for_chat(change.conn, here.chat, item_id, here.notice.item_id, call.now)
        if not done:
            return Refused.MISSING
        await _refresh(change, here.notice)
        return Split.HERE


async def _told_with(change: Change, notice_id: int, item_id: int) -> NoticeInChat | None:
    """The notice, if that item is one its alert shows beside its own."""
    here = await told_here(change.conn, change.call, notice_id)
    view = None if here is None else await alert_views.alert(change.conn, here.notice.id)
    if view is None or item_id not in {each.item_id for each in view.joined}:
        return None
    return here


async def _refresh(change: Change, notice: Notice) -> None:
    """The button pressed shows it, wherever it was pressed."""
    if notice.message_id is not None:
        await standing_messages.refresh(change.conn, notice.message_id)
    change.wakes = True
