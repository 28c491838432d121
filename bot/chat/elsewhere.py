"""A channel or group that its administrator speaks of in private, as in `/cap @channel 5`.

Commands and presses then act on that chat, and every answer names it. Its buttons carry its number
(`@:12:cp:5`). A number may be forged, and rights end: Telegram is asked each time.
"""

from __future__ import annotations

import re
from typing import Final

import telegram

from bot.chat.context import Context
from bot.chat.text import is_number
from bot.errors import DeliveryError
from bot.model import Chat
from bot.sources.telegram_addresses import channel_name
from bot.store import chats

__all__ = ["is_channel_name", "speak_of_named", "speak_of_numbered"]

_ID: Final = re.compile(r"-\d{5,15}")
_MANAGERS: Final = ("creator", "administrator")


def is_channel_name(typed: str) -> bool:
    """Whether the first word behind a command may name a channel or group."""
    return typed.startswith("@") or bool(_ID.fullmatch(typed))


async def speak_of_named(ctx: Context, typed: str, *, quietly: bool = False) -> bool:
    """From here on speak of the chat of that name or number, if the person administers it.

    Where not, says why, or nothing (`quietly`).
    """
    name = channel_name(typed) or ""
    where = await _managed(ctx, int(typed) if _ID.fullmatch(typed) else f"@{name}")
    if where is None:
        if not quietly:
            await ctx.say(
                ctx.t("I find no channel or group of that name with you and me as administrators.")
            )
        return False
    async with ctx.services.store.read() as conn:
        chat = await chats.by_address(conn, where.id)
    if chat is None:
        if not quietly:
            await ctx.say(
                ctx.t("Nothing comes there yet: add me again, or write /topics in the group.")
            )
        return False
    ctx.speak_of(chat, where.title or "")
    return True


async def speak_of_numbered(ctx: Context, number: str) -> bool:
    """The same by our number, as a button carries it; says nothing."""
    chat: Chat | None = None
    if is_number(number):
        async with ctx.services.store.read() as conn:
            chat = await chats.get(conn, int(number))
    where = None if chat is None else await _managed(ctx, chat.address.chat_id)
    if chat is None or where is None:
        return False
    ctx.speak_of(chat, where.title or "")
    return True


async def _managed(ctx: Context, chat_name: int | str) -> telegram.ChatFullInfo | None:
    try:
        where = await ctx.services.client.get_chat(chat_name)
        status = await ctx.services.client.member_status(where.id, ctx.user_id)
    except DeliveryError:
        return None
    return where if status in _MANAGERS else None
