"""Handles the bot being added, promoted, removed or blocked; asks a channel's admin what for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog

from bot.botapi.updates import Membership
from bot.callbacks import Callback
from bot.chat import access, elsewhere
from bot.chat.admin.source_texts import kinds_under
from bot.chat.context import Context
from bot.chat.services import Services
from bot.chat.subscriber import topics, ways
from bot.chat.text import Buttons, esc, message
from bot.commands import channels, screens
from bot.commands import chats as chat_commands
from bot.commands import sources as source_commands
from bot.commands.calls import Actor, Call, Place, Refused
from bot.errors import DeliveryError
from bot.i18n import Translator, language, translator
from bot.model import Address, ChatState, ChatType, Role, Source
from bot.model.rendered import Button, Rendered
from bot.store import chats

__all__ = ["changed", "chosen", "moved"]

log = structlog.get_logger(__name__)

_GONE = ("left", "kicked")


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
    await channels.moved(services.backend, old_id, new_id, services.clock.now())


async def _gone(services: Services, chat_id: int) -> None:
    await channels.left(services.backend, chat_id, services.clock.now(), _lost)


def _lost(source: Source, lang: str) -> Rendered:
    t = translator(lang)
    return message(
        t(
            "Source {id} «{title}»: I was removed from this channel and no longer get its posts."
            " Add me as an administrator again, or /source remove {id}.",
            id=source.id,
            title=esc(source.title, 80),
        )
    )


async def _reopen(services: Services, chat_id: int) -> None:
    async with services.store.read() as conn:
        known = await chats.by_telegram_id(conn, chat_id)
    for chat in known:
        if chat.state is ChatState.BLOCKED:
            await chat_commands.reopen(services.backend, chat.id, services.clock.now())


async def _greet(services: Services, change: Membership) -> None:
    t = await _speech(services, change)
    hello = t("Administrators of this chat choose what comes here: /topics")
    await _send(services, Address(change.chat_id, group=True), hello, ())


async def _ask(services: Services, change: Membership, role: Role) -> None:
    """What the channel is for; only an admin may make it a source."""
    user_id, now = change.user_id, services.clock.now()
    t = await _speech(services, change)
    call = Call(Actor(user_id, role), Place(user_id, ChatType.PRIVATE), now, manages=True)
    is_admin = call.actor.is_admin
    channel = channels.Channel(change.chat_id, change.title, change.username)
    token = await channels.offer(services.backend, call, channel)
    buttons = [(Button(t("Send alerts here"), data=f"{Callback.CHANNEL}:alerts:{token}"),)]
    if is_admin:
        buttons.insert(
            0, (Button(t("Use as a source"), data=f"{Callback.CHANNEL}:source:{token}"),)
        )
    buttons.append((Button(t("Neither"), data=f"{Callback.CHANNEL}:no:{token}"),))
    title = esc(change.title, 80)
    body = t("You made me an administrator of the channel «{title}». What for?", title=title)
    await _send(services, Address(user_id), body, tuple(buttons))


async def chosen(ctx: Context, value: str) -> None:
    """One of the three was pressed; for alerts, then the topics."""
    action, _, token = value.partition(":")
    if action in (Callback.TOPIC, Callback.WAY):
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
    await channels.decline(ctx.backend, ctx.call(), int(asked["chat"]))
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
    there = ctx.call().at(Place(channel_id, ChatType.CHANNEL))
    chat = await channels.receive(ctx.backend, there, lang=ctx.t.lang, tz=ctx.tz)
    ctx.speak_of(chat, str(asked.get("title", "")))
    await ctx.change(*await topics.page(ctx))


async def _of_chat(ctx: Context, action: str, value: str) -> None:
    """A button of a channel's topics as it was drawn until 2026."""
    number, _, topic = value.partition(":")
    if not await elsewhere.speak_of_numbered(ctx, number):
        await ctx.out_of_date()
    elif action == Callback.WAY:
        await ways.way_pressed(ctx, topic)
    else:
        await topics.toggle(ctx, "<" if topic == "+" else topic)


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
        number = await services.client.send(to, message(body, buttons, silent=True))
    except DeliveryError as error:
        # Someone who never wrote to the bot cannot be asked; /source list shows what waits.
        log.info("membership.not_told", error=type(error).__name__)
        return
    if not to.group:
        place = Place(to.chat_id, ChatType.PRIVATE)
        await screens.note_shown(services.backend, place, number, services.clock.now())
