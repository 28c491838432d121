"""The transaction of a command: rights first, audit rows inside, waking after the commit.

Only modules of this package use it: chat and the command line call commands instead
(import-linter holds that).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.commands.announcements import to_other_admins
from bot.commands.calls import Backend, Call
from bot.commands.roles import Command, require
from bot.model import Chat
from bot.store import audit, chats
from bot.store.audit import Entry, Undo
from bot.store.connection import Connection

__all__ = ["Change", "changing", "here"]


@dataclass(slots=True)
class Change:
    """One command's transaction, while it is open.

    `wakes`: something to send was queued. `refilters`: what is matched has changed.
    """

    backend: Backend
    call: Call
    command: Command
    conn: Connection
    wakes: bool = False
    refilters: bool = False

    async def record(
        self,
        subject: str,
        *,
        inverse: Undo | None = None,
        chat_id: int | None = None,
        tell: bool = False,
        command: Command | None = None,
        **details: object,
    ) -> Entry:
        """Write the audit row. Call it once for each thing changed.

        `subject` is `kind:id`; `details` are plain JSON values for the eye, never secrets and
        never Telegram's numbers. `chat_id` (ours) says that it concerns that chat alone.
        `tell` also tells the other admins of it. `inverse` is left out where nothing can be undone.
        """
        entry = await audit.add(
            self.conn,
            at=self.call.now,
            user_id=self.call.actor.user_id,
            command=command or self.command,
            subject=subject,
            details=details,
            chat_id=chat_id,
            inverse=inverse,
        )
        if tell and await to_other_admins(self.backend, self.conn, self.call, entry):
            self.wakes = True
        return entry


@asynccontextmanager
async def changing(
    backend: Backend, call: Call, command: Command, *, relating: bool = False
) -> AsyncIterator[Change]:
    """One transaction for one command. Raises NotAllowed before it begins, StoreError.

    `relating` as in `Store.write`. What the block raises rolls all of it back.
    """
    require(call, command, backend.admin_chat)
    async with backend.store.write(relating) as conn:
        change = Change(backend, call, command, conn)
        yield change
    if change.wakes:
        backend.wake_delivery()
    if change.refilters:
        await backend.filters_changed()


async def here(change: Change) -> Chat | None:
    """The chat in whose place the command is used; None before it was first noted."""
    place = change.call.place
    return await chats.by_address(change.conn, place.chat_id, place.thread_id)
