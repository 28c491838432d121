"""What admins decide in review: whether a match is true, whether a post was missed.

Each decision can be undone by itself. Of the same match the last decision holds; an admin who is
slower than another reads so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bot.commands.calls import Backend, Call, Refused
from bot.commands.roles import Command
from bot.commands.transaction import Change, changing
from bot.store import answers, missed_reports
from bot.store.answers import Asked
from bot.store.audit import Entry, Undo

__all__ = ["RESTORERS", "decide_match", "decide_noise", "settle"]


async def decide_match(backend: Backend, call: Call, number: int, true: bool) -> Entry | Refused:
    """Whether the match of that number is true; the audit row, by which it is undone.

    SAME where an admin has said exactly that already; the row says what it `was`.
    """
    async with changing(backend, call, Command.DECIDE) as change:
        asked = await answers.match_of_row(change.conn, number)
        return Refused.MISSING if asked is None else await _decide(change, asked, true)


async def decide_noise(backend: Backend, call: Call, number: int, true: bool) -> Entry | Refused:
    """As `decide_match`, of what readers said something of."""
    async with changing(backend, call, Command.DECIDE) as change:
        asked = await answers.get(change.conn, number)
        return Refused.MISSING if asked is None else await _decide(change, asked, true)


async def _decide(change: Change, asked: Asked, true: bool) -> Entry | Refused:
    item_id, topic, now = asked.view.item_id, asked.view.topic, change.call.now
    was = await answers.decide(change.conn, item_id, topic, true, now)
    if was is true:
        return Refused.SAME
    back = {"item": item_id, "topic": topic, "was": was}
    words = {True: "true", False: "false", None: ""}
    return await change.record(
        f"item:{item_id}",
        inverse=Undo("answer.decided", back),
        to=words[true],
        was=words[was],
    )


async def settle(
    backend: Backend, call: Call, number: int, topic: str = "", score: float = 0.0
) -> Entry | Refused:
    """Confirm a reported post for the topic; without a topic, reject the report.

    `score` is how likely the score finds the topic in it now. SAME where another was faster.
    """
    async with changing(backend, call, Command.REVIEW) as change:
        each = await missed_reports.get(change.conn, number)
        if each is None:
            return Refused.MISSING
        if not await missed_reports.set_settled(change.conn, number, call.now, topic):
            return Refused.SAME
        back: dict[str, Any] = {"id": number}
        if topic and each.item_id:
            was = await answers.decide(
                change.conn, each.item_id, topic, True, call.now, score=score
            )
            back |= {"item": each.item_id, "topic": topic, "was": was}
        to = "true" if topic else "false"
        return await change.record(f"missed:{number}", inverse=Undo("missed.open", back), to=to)


async def _restore(change: Change, args: Mapping[str, Any]) -> bool:
    was = args["was"]
    await answers.decide(change.conn, int(args["item"]), str(args["topic"]), was, change.call.now)
    return True


async def _reopen(change: Change, args: Mapping[str, Any]) -> bool:
    if "item" in args:
        await _restore(change, args)
    return await missed_reports.set_settled(change.conn, int(args["id"]), None)


RESTORERS: Final = {"answer.decided": _restore, "missed.open": _reopen}
