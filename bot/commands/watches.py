"""Watches: a chat's own words, sought in every post, with alerts to that chat alone.

Audit rows say that something was watched or ended, never which words; nothing of it is undone
by others, and an ended watch leaves nothing to bring back.
"""

from __future__ import annotations

from typing import Final

import structlog

from bot.commands.calls import Backend, Call, Refused
from bot.commands.roles import Command
from bot.commands.transaction import Change, changing, here
from bot.model import Chat
from bot.store import watches
from bot.store.watches import Watch

__all__ = ["MOST_WATCHES", "add", "edit", "end", "pause"]

log = structlog.get_logger(__name__)

MOST_WATCHES: Final = 20
"""Without another number in the settings."""


async def add(
    backend: Backend, call: Call, expression: str, most: int = MOST_WATCHES
) -> Watch | Refused:
    """Watch for what the expression says; it must have been parsed.

    SAME where the chat has it already, TOO_MANY beyond `most`, MISSING for a place never noted.
    """
    async with changing(backend, call, Command.WATCH) as change:
        chat = await here(change)
        if chat is None:
            return Refused.MISSING
        theirs = await watches.of_chat(change.conn, chat.id)
        if any(each.expression == expression for each in theirs):
            return Refused.SAME
        if len(theirs) >= most:
            return Refused.TOO_MANY
        new = await watches.add(change.conn, chat.id, expression, call.now)
        await _record(change, chat, new, "added")
    log.info("watch.added", watch=new.id)
    return new


async def edit(backend: Backend, call: Call, number: int, expression: str) -> Watch | Refused:
    """Watch for other words instead; what the old ones found is forgotten."""
    async with changing(backend, call, Command.WATCH) as change:
        chat, each = await _theirs(change, number)
        if chat is None or each is None:
            return Refused.MISSING
        if each.expression == expression:
            return Refused.SAME
        await watches.set_expression(change.conn, each.id, expression)
        await _record(change, chat, each, "changed")
        return await watches.get(change.conn, chat.id, each.id) or Refused.MISSING


async def pause(backend: Backend, call: Call, number: int, paused: bool) -> Watch | Refused:
    """Stop looking for the words, or go on."""
    async with changing(backend, call, Command.WATCH) as change:
        chat, each = await _theirs(change, number)
        if chat is None or each is None:
            return Refused.MISSING
        if each.paused is not paused:
            await watches.set_paused(change.conn, each.id, paused)
            await _record(change, chat, each, "paused" if paused else "resumed")
        return await watches.get(change.conn, chat.id, each.id) or Refused.MISSING


async def end(backend: Backend, call: Call, number: int) -> Refused | None:
    """Forget the words and what they found."""
    async with changing(backend, call, Command.WATCH) as change:
        chat, each = await _theirs(change, number)
        if chat is None or each is None:
            return Refused.MISSING
        await watches.end(change.conn, each)
        await _record(change, chat, each, "ended")
    log.info("watch.ended", watch=number)
    return None


async def _theirs(change: Change, number: int) -> tuple[Chat | None, Watch | None]:
    chat = await here(change)
    found = None if chat is None else await watches.get(change.conn, chat.id, number)
    return chat, found


async def _record(change: Change, chat: Chat, each: Watch, to: str) -> None:
    change.refilters = True
    await change.record(f"watch:{each.id}", chat_id=chat.id, to=to)
