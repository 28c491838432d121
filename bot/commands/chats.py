"""What people choose for a chat as a whole: mode, language, zone, pauses, volume, forgetting.

Every command means the chat at the place of its call; for a channel spoken of elsewhere the
caller says `call.of(chat)`. Whatever was chosen before can be undone for a week.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from bot.alerts.threads import unsure_message
from bot.alerts.volume import next_digest
from bot.commands.calls import Backend, Call, Refused
from bot.commands.roles import Command
from bot.commands.transaction import Change, changing, here
from bot.hours import quiet_until
from bot.model import Chat, ChatMode, ChatState, DigestEvery, Prefs
from bot.store import chats, digests, message_numbers, messages, people, standing_messages, threads
from bot.store.audit import Undo
from bot.store.connection import Connection
from bot.store.rows import prefs_of, prefs_stored

__all__ = [
    "RESTORERS",
    "Forgotten",
    "Resumed",
    "end_pauses",
    "ensure",
    "forget",
    "pause",
    "reopen",
    "resume",
    "set_language",
    "set_mode",
    "set_prefs",
    "set_zone",
]

log = structlog.get_logger(__name__)

_UNREAD = timedelta(hours=24)  # what was told so lately may be unread


async def ensure(
    backend: Backend, call: Call, *, lang: str, mode: ChatMode, tz: str = "UTC"
) -> Chat:
    """The place as a chat of ours, made with these choices if it is new."""
    async with changing(backend, call, Command.CHAT) as change:
        place = call.place
        return await chats.ensure(
            change.conn,
            place.chat_id,
            place.thread_id,
            place.type,
            lang=lang,
            tz=tz,
            mode=mode,
            now=call.now,
        )


async def set_language(backend: Backend, call: Call, lang: str) -> Chat | Refused:
    """The language of all that comes here: `en`, `ru` or `uk`."""
    async with changing(backend, call, Command.LANGUAGE) as change:
        chat = await here(change)
        if chat is None:
            return Refused.MISSING
        if chat.lang != lang:
            await chats.set_lang(change.conn, chat.id, lang)
            await _record(change, chat, "language", chat.lang, lang)
        return await _fresh(change.conn, chat)


async def set_zone(backend: Backend, call: Call, tz: str) -> Chat | Refused:
    """The zone (IANA name) in which times are shown and chosen."""
    async with changing(backend, call, Command.ZONE) as change:
        chat = await here(change)
        if chat is None:
            return Refused.MISSING
        if chat.tz != tz:
            await _set_zone(change, chat, tz)
            await _record(change, chat, "zone", chat.tz, tz)
        return await _fresh(change.conn, chat)


async def _set_zone(change: Change, chat: Chat, tz: str) -> None:
    await chats.set_tz(change.conn, chat.id, tz)
    # Nine o'clock is another moment now.
    when = next_digest(chat.prefs, tz, change.call.now)
    await digests.reschedule(change.conn, chat.id, when)


async def set_mode(backend: Backend, call: Call, mode: ChatMode) -> Chat | Refused:
    """Quiet or Normal; what is on the screen already goes by it too."""
    async with changing(backend, call, Command.MODE) as change:
        chat = await here(change)
        if chat is None:
            return Refused.MISSING
        if chat.mode is not mode:
            await _set_mode(change, chat, mode)
            await _record(change, chat, "mode", str(chat.mode), str(mode))
        return await _fresh(change.conn, chat)


async def _set_mode(change: Change, chat: Chat, mode: ChatMode) -> None:
    await chats.set_mode(change.conn, chat.id, mode)
    fresh = await _fresh(change.conn, chat)
    await standing_messages.let_vanish(change.conn, chat.id, fresh.life, change.call.now)
    await _keep_or_end_threads(change, fresh)
    if mode is ChatMode.QUIET:
        await standing_messages.fold(change.conn, chat.id)
    change.wakes = True


async def set_prefs(backend: Backend, call: Call, prefs: Prefs) -> Chat | Refused:
    """Cap, quiet hours, digest, vanishing, how further reports come: all of them at once.

    What waits for a digest waits for the new time. Without quiet hours what they held comes
    soon. What is shown already is deleted when the new choice says.
    """
    async with changing(backend, call, Command.PREFS) as change:
        chat = await here(change)
        if chat is None:
            return Refused.MISSING
        if chat.prefs != prefs:
            await _set_prefs(change, chat, prefs)
            await change.record(
                f"prefs:{chat.id}",
                chat_id=chat.id,
                inverse=Undo("chat.prefs", {"value": prefs_stored(chat.prefs)}),
                was=prefs_stored(chat.prefs),
                to=prefs_stored(prefs),
            )
        return await _fresh(change.conn, chat)


async def _set_prefs(change: Change, chat: Chat, prefs: Prefs) -> None:
    conn, now, old = change.conn, change.call.now, chat.prefs
    await chats.set_prefs(conn, chat.id, prefs)
    if _rhythm(prefs) != _rhythm(old) or prefs.digest is DigestEvery.HOURLY:
        await digests.reschedule(conn, chat.id, next_digest(prefs, chat.tz, now))
    if _rhythm(prefs) == _rhythm(old) and quiet_until(prefs, chat.tz, now) is None:
        await digests.hasten(conn, chat.id, now)
    if prefs.vanish != old.vanish:
        fresh = await _fresh(conn, chat)
        await standing_messages.let_vanish(conn, chat.id, fresh.life, now)
        await _keep_or_end_threads(change, fresh)
    change.wakes = True


async def _keep_or_end_threads(change: Change, fresh: Chat) -> None:
    """Mode or vanishing has changed: a thread's name would tell the topic for longer than wanted.

    Quiet deletes them at once, and what the last day told there comes again, folded. Where
    messages vanish they go with the last message in them; new alerts come into the chat itself.
    The outbox deletes, and says where it cannot.
    """
    conn, now = change.conn, change.call.now
    if fresh.mode is ChatMode.QUIET:
        await threads.end_all(conn, fresh.id, now, now)
        await threads.take_back(conn, fresh.id, now - _UNREAD, now)
    else:
        until = None if fresh.life is None else now + fresh.life
        await threads.end_all(conn, fresh.id, until, now)
    if not fresh.lasting and await threads.say_unsure(conn, fresh.id):
        text = unsure_message(fresh.lang)
        after = now + messages.AFTER_SWEEP
        await messages.queue_plain(conn, fresh.id, text.html, now, silent=True, after=after)


def _rhythm(prefs: Prefs) -> tuple[object, ...]:
    return prefs.digest, prefs.digest_at, prefs.digest_more, prefs.digest_day


# pauses


@dataclass(frozen=True, slots=True)
class Resumed:
    """`held` is how many stories come in the summary."""

    chat: Chat
    held: int


async def pause(backend: Backend, call: Call, until: datetime | None) -> Chat | Refused:
    """Tell the chat nothing until then, or until it is resumed; nothing is lost."""
    async with changing(backend, call, Command.PAUSE) as change:
        chat = await here(change)
        if chat is None:
            return Refused.MISSING
        await chats.pause(change.conn, chat.id, call.now, until)
        change.wakes = True
        if chat.state is not ChatState.PAUSED:
            inverse = Undo("chat.resume", {})
            await change.record(f"pause:{chat.id}", chat_id=chat.id, inverse=inverse)
        return await _fresh(change.conn, chat)


async def resume(backend: Backend, call: Call) -> Resumed | Refused:
    """Tell the chat again, what was held first, in one summary; SAME where it is not paused."""
    async with changing(backend, call, Command.RESUME) as change:
        chat = await here(change)
        if chat is None or chat.state is not ChatState.PAUSED:
            return Refused.SAME
        held = await _wake(change.conn, chat, call.now)
        change.wakes = True
        await change.record(f"pause:{chat.id}", chat_id=chat.id)
        return Resumed(await _fresh(change.conn, chat), held)


async def reopen(backend: Backend, chat_id: int, now: datetime) -> Chat | None:
    """The chat was closed to us and is open again: what waited comes in one summary."""
    async with backend.store.write() as conn:
        chat = await chats.get(conn, chat_id)
        if chat is None:
            return None
        await _wake(conn, chat, now)
        fresh = await _fresh(conn, chat)
    backend.wake_delivery()
    return fresh


async def end_pauses(backend: Backend, now: datetime) -> datetime | None:
    """Resume the chats whose pause is over at `now`; when the next one will be."""
    async with backend.store.read() as conn:
        over = await chats.pauses_over(conn, now)
    for chat in over:
        async with backend.store.write() as conn:
            await _wake(conn, chat, now)
        backend.wake_delivery()
    async with backend.store.read() as conn:
        return await chats.next_pause_over(conn)


async def _wake(conn: Connection, chat: Chat, now: datetime) -> int:
    held = await chats.resume(conn, chat.id, now)
    log.info("chat.resumed", chat=chat.id, held=held)
    return held


# forgetting, and what is shown


@dataclass(frozen=True, slots=True)
class Forgotten:
    """`shown` are Telegram's numbers of messages that can still be deleted there; `threads` those
    of the private chat's threads; `unsure`: there may be another one."""

    shown: tuple[int, ...] = ()
    threads: tuple[int, ...] = ()
    unsure: bool = False


async def forget(backend: Backend, call: Call) -> Forgotten:
    """Delete the place's rows; in private the person's too. No undo, no trace."""
    async with changing(backend, call, Command.FORGET) as change:
        shown: list[int] = []
        standing: list[int] = []
        unsure = False
        chat = await here(change)
        if chat is not None:
            if call.place.private:
                shown = await standing_messages.shown(
                    change.conn, chat.id, call.now - message_numbers.DELETABLE
                )
                noted = await message_numbers.numbers(change.conn, call.place.chat_id, call.now)
                shown = list(dict.fromkeys([*shown, *noted]))
                standing = await threads.all_standing(change.conn, chat.id)
                unsure = await threads.any_unsure(change.conn, chat.id)
            await chats.forget(change.conn, chat.id)
        if call.place.private and call.place.chat_id == call.actor.user_id:
            await people.forget(change.conn, call.actor.user_id)
        return Forgotten(tuple(shown), tuple(standing), unsure)


async def _fresh(conn: Connection, chat: Chat) -> Chat:
    return await chats.get(conn, chat.id) or chat


# undoing


async def _record(change: Change, chat: Chat, what: str, was: str, to: str) -> None:
    inverse = Undo(f"chat.{what}", {"value": was})
    await change.record(f"{what}:{chat.id}", chat_id=chat.id, inverse=inverse, was=was, to=to)


async def _restore_language(change: Change, args: Mapping[str, Any]) -> bool:
    chat = await here(change)
    return chat is not None and await chats.set_lang(change.conn, chat.id, str(args["value"]))


async def _restore_zone(change: Change, args: Mapping[str, Any]) -> bool:
    chat = await here(change)
    if chat is not None:
        await _set_zone(change, chat, str(args["value"]))
    return chat is not None


async def _restore_mode(change: Change, args: Mapping[str, Any]) -> bool:
    chat = await here(change)
    if chat is not None:
        await _set_mode(change, chat, ChatMode(args["value"]))
    return chat is not None


async def _restore_prefs(change: Change, args: Mapping[str, Any]) -> bool:
    chat = await here(change)
    if chat is not None:
        await _set_prefs(change, chat, prefs_of(args["value"]))
    return chat is not None


async def _restore_resumed(change: Change, args: Mapping[str, Any]) -> bool:
    chat = await here(change)
    if chat is None or chat.state is not ChatState.PAUSED:
        return False
    await _wake(change.conn, chat, change.call.now)
    change.wakes = True
    return True


RESTORERS: Final = {
    "chat.language": _restore_language,
    "chat.zone": _restore_zone,
    "chat.mode": _restore_mode,
    "chat.prefs": _restore_prefs,
    "chat.resume": _restore_resumed,
}
