"""What stands on a chat's screen: noted as it is sent, so that Quiet can remove all of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.commands.calls import Backend, Call, Place
from bot.commands.roles import Command
from bot.commands.transaction import changing, here
from bot.store import chats, message_numbers, messages, standing_messages
from bot.store.message_rows import Message

__all__ = ["clear_screen", "note_message", "note_shown", "swept"]

_NET = timedelta(minutes=5)  # after which the outbox deletes what a crash left


async def note_message(
    backend: Backend, chat_id: int, message_id: int, at: datetime, delete_at: datetime
) -> None:
    """A message outside the outbox (an answer, a command) shall be deleted then.

    `message_id` is Telegram's. Nothing happens where the chat was forgotten meanwhile.
    """
    async with backend.store.write() as conn:
        if await chats.get(conn, chat_id):
            await messages.note(conn, chat_id, message_id, at, delete_at)
    backend.wake_delivery()


async def note_shown(
    backend: Backend,
    place: Place,
    message_id: int,
    at: datetime,
    fades: tuple[int, datetime] | None = None,
) -> None:
    """In private it is remembered that a message stands there, so that Quiet can remove it.

    `fades`: as `note_message`, in which chat of ours and when.
    """
    async with backend.store.write() as conn:
        if place.private:
            await message_numbers.note(conn, place.chat_id, message_id, at)
        if fades is not None and await chats.get(conn, fades[0]):
            await messages.note(conn, fades[0], message_id, at, fades[1])
    if fades is not None:
        backend.wake_delivery()


async def clear_screen(backend: Backend, call: Call) -> tuple[Message, ...]:
    """The bot's messages in the chat that do not fold: the caller deletes them now.

    Alerts fold by the outbox, which also deletes the rest should this process die before. Say
    `swept` of what was deleted.
    """
    async with changing(backend, call, Command.MODE) as change:
        chat = await here(change)
        if chat is None:
            return ()
        conn, now = change.conn, call.now
        noted = {
            each.telegram_message_id for each in await standing_messages.standing(conn, chat.id)
        }
        for number in await message_numbers.numbers(conn, call.place.chat_id, now):
            if number not in noted:
                await messages.note(conn, chat.id, number, now, now + _NET)
        screen = await standing_messages.standing(conn, chat.id)
        await standing_messages.delete_at(conn, [each.id for each in screen], now + _NET)
        await standing_messages.fold(conn, chat.id)
        change.wakes = True
        return tuple(screen)


async def swept(backend: Backend, call: Call, ids: Sequence[int], *, keep: int | None) -> None:
    """These messages (our ids) no longer stand there; of all others in the chat only `keep`."""
    async with changing(backend, call, Command.MODE) as change:
        for message_id in ids:
            await messages.mark_deleted(change.conn, message_id)
        await message_numbers.forget(change.conn, call.place.chat_id)
        if keep is not None:
            await message_numbers.note(change.conn, call.place.chat_id, keep, call.now)
