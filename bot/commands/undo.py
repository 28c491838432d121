"""Undoing: the inverse of one audit row, if nobody has changed its subject since."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.commands import (
    chats,
    configuration,
    entities,
    filters,
    groups,
    learning,
    people,
    review,
    sources,
    subscriptions,
    topics,
)
from bot.commands.calls import Backend, Call, Refused
from bot.commands.roles import Command, may
from bot.commands.transaction import Change, changing, here
from bot.model import Role
from bot.store import audit
from bot.store.audit import Entry

__all__ = ["RESTORERS", "Blocked", "Undone", "undo"]

Restorer = Callable[[Change, Mapping[str, Any]], Awaitable[bool]]
"""Puts back what an `Undo` says; False where that is not possible any more."""

RESTORERS: Final[Mapping[str, Restorer]] = {
    **chats.RESTORERS,
    **configuration.RESTORERS,
    **entities.RESTORERS,
    **filters.RESTORERS,
    **groups.RESTORERS,
    **learning.RESTORERS,
    **people.RESTORERS,
    **review.RESTORERS,
    **sources.RESTORERS,
    **subscriptions.RESTORERS,
    **topics.RESTORERS,
}


@dataclass(frozen=True, slots=True)
class Undone:
    """`entry` holds no longer."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class Blocked:
    """`entry` cannot be undone before `later`, a newer change of the same thing."""

    entry: Entry
    later: Entry


async def undo(
    backend: Backend, call: Call, entry_id: int | None = None, *, of_chat: bool = False
) -> Undone | Blocked | Refused:
    """Undo that change, or without an id the actor's own last one that can be undone.

    Of the chat at the place of the call (`of_chat`), else of the installation, for which one
    must be admin. Another admin's change is undone by root admins only; a chat's by whoever
    manages the chat.
    """
    try:
        return await _undo(backend, call, entry_id, of_chat=of_chat)
    except _UndoneMeanwhile:
        return Refused.SAME


class _UndoneMeanwhile(Exception):
    pass


async def _undo(
    backend: Backend, call: Call, entry_id: int | None, *, of_chat: bool
) -> Undone | Blocked | Refused:
    async with changing(backend, call, Command.UNDO) as change:
        conn, actor = change.conn, call.actor
        chat = await here(change) if of_chat else None
        if (of_chat and chat is None) or not (of_chat or actor.is_admin):
            return Refused.MISSING
        chat_id = None if chat is None else chat.id
        me = await audit.pseudonym(conn, actor.user_id)
        if entry_id is None:
            own = me if chat_id is None else ""
            entry = await audit.newest(conn, chat_id, own) if me or chat_id else None
        else:
            entry = await audit.get(conn, entry_id)
        if entry is None or entry.chat_id != chat_id:
            return Refused.MISSING
        if entry.undone_by is not None:
            return Refused.SAME
        if entry.inverse is None or entry.inverse.restorer not in RESTORERS:
            return Refused.IMPOSSIBLE
        if chat_id is None and entry.actor != me and actor.role is not Role.ROOT:
            return Refused.THEIRS
        if not may(call, Command(entry.command), backend.admin_chat):
            return Refused.THEIRS
        if later := await audit.later_on(conn, entry):
            return Blocked(entry, later)
        if not await RESTORERS[entry.inverse.restorer](change, entry.inverse.args):
            return Refused.IMPOSSIBLE
        new = await change.record(
            entry.subject,
            chat_id=chat_id,
            tell=chat_id is None,
            of=entry.id,
            command_of=entry.command,
            **entry.details,
        )
        if not await audit.mark_undone(conn, entry.id, new.id):
            raise _UndoneMeanwhile
        return Undone(entry)
