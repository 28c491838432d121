"""The bot is added, promoted, removed, blocked. A channel's admin is asked what it is for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.botapi.updates import Membership
from bot.chat import access
from bot.chat.admin.notify import tell_admins
from bot.chat.admin.source_texts import kinds_under
from bot.chat.context import Context
from bot.chat.services import Services
from bot.chat.subscriber import loudness, pausing, topics
from bot.chat.text import Buttons, esc, message
from bot.commands import sources as source_commands
from bot.commands.calls import Refused
from bot.errors import DeliveryError
from bot.i18n import Translator, language, msg, translator
from bot.model import (
    Address,
    Button,
    Chat,
    ChatState,
    ChatType,
    Role,
    Source,
    SourceKind,
    SourceState,
    Transport,
)
from bot.store import alerts, chats, people, sources

__all__ = ["changed", "chosen", "moved"]

log = structlog.get_logger(__name__)

_GONE = ("left", "kicked")
_ASKED = timedelta(days=7)


async def changed(services: Services, change: Membership) -> None:
    """The bot's own standing in a chat has changed. Repeating it does no harm."""
    if change.new in _GONE:
        await _gone(services, change.chat_id)
        return
    await _reopen(services, change.chat_id)
    if change.chat_type == ChatType.PRIVATE:
        return
    role = await access.role_of(services, change.user_id)
    if role is Role.STRANGER:
        log.info("membership.by_stranger", type=change.chat_type)
    elif change.chat_type == ChatType.CHANNEL:
        if change.new == "administrator" and change.old != change.new:
            await _ask(services, change, role)
    elif change.old in _GONE:
        await _greet(services, change)


async def moved(services: Services, old_id: int, new_id: int) -> None:
    """A group became a supergroup: it lives on, though Telegram may say that we left the old."""
    now = services.clock.now()
    async with services.store.write() as conn:
        await chats.migrate(conn, old_id, new_id)
        for chat in await chats.by_telegram_id(conn, new_id):
            if chat.state is ChatState.BLOCKED:
                await chats.resume(conn, chat.id, now)
    services.wake_delivery()


async def _gone(services: Services, chat_id: int) -> None:
    async with services.store.write() as conn:
        for known in await chats.by_telegram_id(conn, chat_id):
            await chats.set_state(conn, known.id, ChatState.BLOCKED, "removed")
            await alerts.hold_notices(conn, known.id)
        source = await sources.by_telegram_id(conn, chat_id)
        if source is None or source.state not in (SourceState.ACTIVE, SourceState.PENDING):
            return
        now = services.clock.now()
        if source.state is SourceState.PENDING:
            await sources.set_state(conn, source.id, SourceState.REMOVED, now)
            return
        reason = msg("I was removed from this channel")
        await sources.set_state(conn, source.id, SourceState.GONE, now, reason)
        await tell_admins(
            conn,
            lambda t: _lost(t, source),
            now,
            roots=services.roots,
            admin_chat=services.admin_chat,
        )
    services.wake_delivery()


def _lost(t: Translator, source: Source) -> str:
    return t(
        "Source {id} «{title}»: I was removed from this channel and no longer get its posts."
        " Add me as an administrator again, or /source remove {id}.",
        id=source.id,
        title=esc(source.title, 80),
    )


async def _reopen(services: Services, chat_id: int) -> None:
    async with services.store.read() as conn:
        known = await chats.by_telegram_id(conn, chat_id)
    for chat in known:
        if chat.state is ChatState.BLOCKED:
            await pausing.reopen(services, chat, services.clock.now())


async def _greet(services: Services, change: Membership) -> None:
    t = await _speech(services, change)
    hello = t("Administrators of this chat choose what comes here: /topics")
    await _send(services, Address(change.chat_id, group=True), hello, ())


async def _ask(services: Services, change: Membership, role: Role) -> None:
    """What the channel is for; only an admin may make it a source."""
    user_id, now = change.user_id, services.clock.now()
    t = await _speech(services, change)
    is_admin = role in (Role.ADMIN, Role.ROOT)
    payload = {"chat": change.chat_id, "title": change.title, "name": change.username}
    async with services.store.write() as conn:
        if is_admin:
            await _pending(conn, change, now)
        token = await people.put_draft(
            conn, user_id, user_id, "channel", payload, now=now, lifetime=_ASKED
        )
    buttons = [(Button(t("Send alerts here"), data=f"c:alerts:{token}"),)]
    if is_admin:
        buttons.insert(0, (Button(t("Use as a source"), data=f"c:source:{token}"),))
    buttons.append((Button(t("Neither"), data=f"c:no:{token}"),))
    title = esc(change.title, 80)
    body = t("You made me an administrator of the channel «{title}». What for?", title=title)
    await _send(services, Address(user_id), body, tuple(buttons))


async def _pending(conn: AsyncConnection, change: Membership, now: datetime) -> Source:
    source, _ = await sources.add(
        conn,
        transport=Transport.CHANNEL,
        address=change.username,
        identity=f"tg:{change.chat_id}",
        title=change.title or change.username,
        kind=SourceKind.ANONYMOUS,
        lang="",
        now=now,
        state=SourceState.PENDING,
        telegram_id=change.chat_id,
        added_by=change.user_id,
    )
    return source


async def chosen(ctx: Context, value: str) -> None:
    """One of the three was pressed; for alerts, then the topics."""
    action, _, token = value.partition(":")
    if action in ("t", "w"):
        await _of_chat(ctx, action, token)
        return
    asked = await ctx.take(token, "channel")
    if asked is None or (action == "source" and not ctx.is_admin):
        await ctx.out_of_date()
        return
    await ctx.toast()
    if action == "source":
        await _use(ctx, asked)
        return
    async with ctx.services.store.write() as conn:
        source = await sources.by_telegram_id(conn, int(asked["chat"]))
        if source is not None and source.state is SourceState.PENDING:
            await sources.set_state(conn, source.id, SourceState.REMOVED, ctx.now)
    if action == "alerts":
        await _subscribe(ctx, asked)
    else:
        await ctx.change(ctx.t("Nothing will be read or sent there."))


async def _use(ctx: Context, asked: Mapping[str, Any]) -> None:
    """The channel becomes a source; its public page, if that was read, no longer is."""
    t = ctx.t
    used = await source_commands.use_channel(
        ctx.backend, ctx.call(), int(asked["chat"]), str(asked["name"])
    )
    if isinstance(used, Refused):
        await ctx.out_of_date()
        return
    source = used.source
    lines = [
        t(
            "Source {id} «{title}»: posts from now on are read as they come.",
            id=source.id,
            title=esc(source.title, 80),
        )
    ]
    if used.replaced:
        lines.append(t("Its public page is no longer read."))
    lines.append(t("What is it?"))
    await ctx.change("\n".join(lines), kinds_under(t, source))


async def _subscribe(ctx: Context, asked: Mapping[str, Any]) -> None:
    channel_id = int(asked["chat"])
    if not await _manages(ctx, channel_id):
        await ctx.change(ctx.t("Only an administrator of that channel can do that."))
        return
    async with ctx.services.store.write() as conn:
        chat = await chats.ensure(
            conn,
            channel_id,
            0,
            ChatType.CHANNEL,
            lang=ctx.t.lang,
            tz=ctx.tz,
            now=ctx.now,
        )
    await ctx.change(*await topics.page(ctx, chat))


async def _of_chat(ctx: Context, action: str, value: str) -> None:
    """A topic of a channel, or how it is told, was pressed in its administrator's private chat."""
    number, _, topic = value.partition(":")
    chat: Chat | None = None
    if number.isdecimal() and len(number) < 18:
        async with ctx.services.store.read() as conn:
            chat = await chats.get(conn, int(number))
    # The number may be forged: only whoever administers that very channel goes on.
    if chat is None or not await _manages(ctx, chat.address.chat_id):
        await ctx.out_of_date()
        return
    if action == "w":
        await loudness.way_pressed(ctx, topic, chat)
    else:
        await topics.toggle_of(ctx, chat, topic)


async def _manages(ctx: Context, chat_id: int) -> bool:
    try:
        status = await ctx.services.client.member_status(chat_id, ctx.user_id)
    except DeliveryError:
        return False
    return status in ("creator", "administrator")


async def _speech(services: Services, change: Membership) -> Translator:
    async with services.store.read() as conn:
        chat = await chats.by_address(conn, change.user_id)
    return translator(chat.lang if chat else language(change.language))


async def _send(services: Services, to: Address, body: str, buttons: Buttons) -> None:
    try:
        await services.client.send(to, message(body, buttons, silent=True))
    except DeliveryError as error:
        # Someone who never wrote to the bot cannot be asked; /source list shows what waits.
        log.info("membership.not_told", error=type(error).__name__)
