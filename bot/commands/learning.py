"""Learning from answers: every fifty the installation fits its thresholds again, shows what that
would change, and an admin uses it or not. What is used can be left again at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import structlog

from bot.commands.calls import Backend, Call, Refused
from bot.commands.roles import Command
from bot.commands.transaction import Change, changing
from bot.store import answers, fits
from bot.store.audit import Undo
from bot.store.connection import Connection
from bot.store.fits import Fit
from filters.learning import EVERY, effect, refit
from filters.score import Thresholds

__all__ = ["LOOK_BACK", "RESTORERS", "propose", "until_next", "use"]

log = structlog.get_logger(__name__)

LOOK_BACK: Final = timedelta(days=30)
"""The time that a proposal is tried on."""


async def until_next(conn: Connection) -> int:
    """How many more answers make a new fit worth proposing; 0 or less: it is."""
    newest = await fits.newest(conn)
    return (newest.learned.answers if newest else 0) + EVERY - await answers.count(conn)


async def propose(
    backend: Backend, call: Call, shipped: Mapping[str, Thresholds], *, every: bool = True
) -> Fit | None:
    """A new fit, if there are answers enough for one (with `every`), and what it would change.

    It changes nothing by itself. Reads all answers and a month of matches.
    """
    async with backend.store.read() as conn:
        if every and await until_next(conn) > 0:
            return None
        every_answer = await answers.all_answers(conn)
        recent = await answers.recent(conn, call.now - LOOK_BACK)
        using = await fits.used(conn)
    # What no filter found is pushed by grammar or never: no threshold is learnt from it.
    learned = refit(shipped, [each for each in every_answer if each.match.filters])
    changes = effect(learned, shipped, recent, using.learned if using else None)
    async with changing(backend, call, Command.REVIEW) as change:
        newest = await fits.newest(change.conn)
        if newest is not None and newest.learned.answers >= len(every_answer):
            return None  # another admin's answer came first
        counted = type(learned)(learned.thresholds, learned.priors, len(every_answer))
        new = await fits.add(change.conn, counted, changes, call.now)
    log.info("learning.proposed", answers=len(every_answer), more=changes.more, fewer=changes.fewer)
    return new


async def use(backend: Backend, call: Call, number: int) -> Fit | Refused | None:
    """Judge by that fit from now on, or (0) as shipped: None then. SAME where it is so already.

    The other admins get a message; what came in the last day is judged again.
    """
    async with changing(backend, call, Command.LEARN) as change:
        fit = await fits.get(change.conn, number) if number else None
        if number and fit is None:
            return Refused.MISSING
        now = await fits.used(change.conn)
        if (now.id if now else 0) == number:
            return Refused.SAME
        before = await fits.use(change.conn, number)
        change.refilters = True
        back = Undo("fit.use", {"id": before})
        to = "used" if number else "left"
        await change.record("fit:used", inverse=back, tell=True, title=str(number or ""), to=to)
        used = await fits.get(change.conn, number) if number else None
    log.info("learning.used", fit=number)
    return used


async def _restore(change: Change, args: Mapping[str, Any]) -> bool:
    number = int(args["id"])
    if number and await fits.get(change.conn, number) is None:
        return False
    await fits.use(change.conn, number)
    change.refilters = True
    return True


RESTORERS: Final = {"fit.use": _restore}
