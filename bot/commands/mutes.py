"""Sources and stories that a chat has muted, under an alert; /mutes undoes it.

Audit rows say that something was muted or not any more, never what.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.commands.alerts import told_here
from bot.commands.calls import Backend, Call, Place, Refused
from bot.commands.roles import Command
from bot.commands.transaction import changing, here
from bot.store import follows, items, mutes
from bot.store.mutes import Mute, Muted

__all__ = ["end", "mute"]


async def mute(
    backend: Backend,
    call: Call,
    notice_id: int,
    kind: Muted,
    until: datetime | None,
    *,
    told_at: Place | None = None,
) -> Mute | Refused:
    """Send no more alerts here from the alert's source, or about its story, until then (UTC; None:
    for good).

    A muted story includes what goes on from it. The alert was told here, or at the place
    `told_at`, where the actor speaks of here.
    """
    async with changing(backend, call, Command.MUTE) as change:
        notice_here = await told_here(
            change.conn, replace(call, place=told_at or call.place), notice_id
        )
        if notice_here is None:
            return Refused.MISSING
        chat = notice_here.chat if told_at is None else await here(change)
        if chat is None:
            return Refused.MISSING
        if kind == "source":
            item = await items.get(change.conn, notice_here.notice.item_id)
            target = item.source_id if item else None
        else:
            family = await follows.family_of_alert(change.conn, notice_here.notice.alert_id)
            target = family.root_id if family else None
        if target is None:
            return Refused.MISSING
        done = await mutes.add(change.conn, chat.id, kind, target, until=until, now=call.now)
        await change.record(f"mute:{done.id}", chat_id=chat.id, to="on")
        return done


async def end(backend: Backend, call: Call, number: int) -> Mute | Refused:
    """End the mute."""
    async with changing(backend, call, Command.MUTE) as change:
        chat = await here(change)
        ended = None if chat is None else await mutes.end(change.conn, chat.id, number)
        if chat is None or ended is None:
            return Refused.MISSING
        await change.record(f"mute:{number}", chat_id=chat.id, to="off")
        return ended
