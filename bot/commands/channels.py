"""Channels and groups that take the bot in, put it out or move; what a channel is for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.commands.announcements import to_admins
from bot.commands.calls import Backend, Call
from bot.commands.roles import Command
from bot.commands.transaction import changing
from bot.i18n import msg
from bot.model import (
    Chat,
    ChatMode,
    ChatState,
    ChatType,
    Source,
    SourceKind,
    SourceState,
    Transport,
)
from bot.model.rendered import Rendered
from bot.store import albums, chat_merging, chats, notices, people, sources
from bot.store.audit import Undo
from bot.store.connection import Connection

__all__ = ["Channel", "decline", "join_album", "left", "moved", "offer", "receive"]

_ASKED = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel that made the bot its administrator. `name` is its public one, or ""."""

    telegram_id: int
    title: str
    name: str = ""


async def offer(backend: Backend, call: Call, channel: Channel) -> str:
    """Somebody made the bot administrator: a token for asking them what for, good for a week.

    If it was an admin the channel waits as a source that is not read yet.
    """
    payload = {"chat": channel.telegram_id, "title": channel.title, "name": channel.name}
    async with backend.store.write() as conn:
        if call.actor.is_admin:
            await _pending(conn, call, channel)
        user_id = call.actor.user_id
        return await people.put_draft(
            conn, user_id, user_id, "channel", payload, now=call.now, lifetime=_ASKED
        )


async def _pending(conn: Connection, call: Call, channel: Channel) -> None:
    await sources.add(
        conn,
        transport=Transport.CHANNEL,
        address=channel.name,
        identity=f"tg:{channel.telegram_id}",
        title=channel.title or channel.name,
        kind=SourceKind.ANONYMOUS,
        lang="",
        now=call.now,
        state=SourceState.PENDING,
        telegram_id=channel.telegram_id,
        added_by=call.actor.user_id,
    )


async def decline(backend: Backend, call: Call, telegram_id: int) -> None:
    """The channel is not to be a source: it no longer waits as one."""
    async with changing(backend, call, Command.START) as change:
        source = await sources.by_telegram_id(change.conn, telegram_id)
        if source is not None and source.state is SourceState.PENDING:
            await sources.set_state(change.conn, source.id, SourceState.REMOVED, call.now)
            await change.record(
                f"source:{source.id}",
                inverse=Undo("source.state", {"id": source.id, "state": str(source.state)}),
                command=Command.SOURCE_STATE,
                title=source.title,
                was=str(source.state),
                to=str(SourceState.REMOVED),
            )


async def receive(backend: Backend, call: Call, *, lang: str, tz: str) -> Chat:
    """Alerts may be sent to the channel at the place of the call, which the actor administers."""
    async with changing(backend, call, Command.CHAT) as change:
        return await chats.ensure(
            change.conn,
            call.place.chat_id,
            0,
            ChatType.CHANNEL,
            lang=lang,
            tz=tz,
            mode=ChatMode.NORMAL,
            now=call.now,
        )


async def left(
    backend: Backend,
    telegram_id: int,
    now: datetime,
    phrase: Callable[[Source, str], Rendered],
) -> None:
    """Telegram reports that the bot was removed there: what waits is held, no post comes any more.

    Of a channel that was a source admins get a message, worded by `phrase` (source, language).
    """
    async with backend.store.write() as conn:
        for known in await chats.by_telegram_id(conn, telegram_id):
            await chats.set_state(conn, known.id, ChatState.BLOCKED, "removed")
            await notices.hold_notices(conn, known.id)
        source = await sources.by_telegram_id(conn, telegram_id)
        if source is None or source.state not in (SourceState.ACTIVE, SourceState.PENDING):
            return
        if source.state is SourceState.PENDING:
            await sources.set_state(conn, source.id, SourceState.REMOVED, now)
            return
        reason = msg("I was removed from this channel")
        await sources.set_state(conn, source.id, SourceState.GONE, now, reason)
        gone = source
        await to_admins(conn, backend, lambda lang: phrase(gone, lang), now)
    backend.wake_delivery()


async def moved(backend: Backend, old_id: int, new_id: int, now: datetime) -> None:
    """A group became a supergroup: it lives on, though Telegram may say that we left the old."""
    async with backend.store.write() as conn:
        await chat_merging.migrate(conn, old_id, new_id)
        for chat in await chats.by_telegram_id(conn, new_id):
            if chat.state is ChatState.BLOCKED:
                await chats.resume(conn, chat.id, now)
    backend.wake_delivery()


async def join_album(
    backend: Backend,
    source_id: int,
    group: str,
    parts: Mapping[int, Mapping[str, Any]],
    now: datetime,
) -> tuple[str, list[dict[str, Any]]]:
    """See `store.albums.join`: parts of an album that came one by one."""
    async with backend.store.write() as conn:
        return await albums.join(conn, source_id, group, parts, now)
