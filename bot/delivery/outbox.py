"""The outbox: expands alerts into messages; sends, edits and deletes messages.

The way of one message: chosen when its turn has come and Telegram's limits allow it now or in a
moment (`bot.delivery.backlog`); marked `sending` and committed (`bot.delivery.claims`); then read
with its chat as stored at that moment, so that whoever has unsubscribed, paused or blocked
meanwhile gets nothing (`bot.delivery.preparation`); then called, as soon as the limits allow
(`bot.delivery.calls`); then its outcome committed (`bot.delivery.outcome_recorder`). If a process
dies in between, the message stays in `sending`, and the next process treats it as unknown.

Some are taken ahead because a long queue moves one by one, thirty a second: taken one by one, each
would cost the dozen statements that eight together cost. Urgent ones overtake those that wait.

What is wanted is rendered at this moment and compared by version with what was sent, so edits need
no queue. Sends go before edits and deletions, urgent ones first; the latter use spare capacity.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.clock import Clock
from bot.delivery.backlog import Backlog, Chosen
from bot.delivery.calls import Calls
from bot.delivery.claims import Claims
from bot.delivery.expand import Audience, Expander
from bot.delivery.lease import Lease
from bot.delivery.outcome_recorder import OutcomeRecorder
from bot.delivery.planner import Planner
from bot.delivery.preparation import Preparation, Render
from bot.delivery.reach import Reach
from bot.delivery.sender import Sender
from bot.errors import LeaseLost, StoreError
from bot.ops.failures import log_failure
from bot.store import (
    Store,
    digests,
    due_messages,
    message_counts,
    message_rows,
    messages,
    notices,
)
from bot.store.message_rows import Message, Work

__all__ = ["Outbox"]

log = structlog.get_logger(__name__)

_BACKLOG_READ_AGAIN = 30
_STORE_WAIT = timedelta(seconds=2)
_SHORTEST_NAP = timedelta(milliseconds=20)
_NEAR = 0.1  # seconds
_LIMIT_WINDOW = timedelta(minutes=1)  # the longest window of Telegram's limits
_LONGEST_NAP = timedelta(seconds=30)  # another process may have committed something
_MAX_CALLS_IN_FLIGHT = 60  # calls in flight, with deletions
_LEAST_PAUSE = 0.5  # seconds before a lost Telegram or lease is looked at again
# A supervisor kills what has not ended ten seconds after it was asked to.
_LAST_CALLS, _LAST_OUTCOMES = 4.0, 2.0  # seconds


class Outbox:
    """See the module. One for a database; `start` first."""

    def __init__(
        self,
        store: Store,
        sender: Sender,
        clock: Clock,
        audience: Audience,
        render: Render,
        *,
        lease: Lease | None = None,
        cap: int = 10,
        charts: bool = False,
    ) -> None:
        self._store = store
        self._sender = sender
        self._clock = clock
        self._lease = lease or Lease(store, clock)
        self._recovered = False
        self._expander = Expander(store, audience, cap=cap)
        self._planner = Planner(store, charts=charts)
        self._backlog = Backlog(store, clock, sender.gate)
        self._wakes = 0
        self._expanding = False  # whether there may be more to expand
        self._recorder = OutcomeRecorder(
            store, clock, on_failures=self._backlog.read_again, on_rest=self._on_answer
        )
        self._reach = Reach(clock)
        self._calls = Calls(
            store, sender, clock, self._reach, self._recorder, on_end=self._on_answer
        )
        self._claims = Claims(
            store,
            clock,
            gate=sender.gate,
            backlog=self._backlog,
            expander=self._expander,
            preparation=Preparation(store, render),
            calls=self._calls,
        )
        self._woken = asyncio.Event()
        sender.gate.on_change(self._on_answer)

    async def start(self) -> int:
        """Acquire the lease and mark what an earlier process left in `sending` as unknown.

        Returns how many; 0 while calls of one that was not shut down may be under way: then
        it is done when they cannot be any more.
        """
        if not self._lease.holds():
            await self._lease.acquire()
        await self._remember_calls()
        left = await self._recover()
        await self.retell()
        return left

    async def _remember_calls(self) -> None:
        """Count the calls of an earlier process in the last minute against the limits."""
        now, pacer = self._clock.now(), self._sender.gate.pacer
        async with self._store.read() as conn:
            calls = await messages.recent(conn, now, _LIMIT_WINDOW)
        pacer.remember(
            (
                (where.chat_id, where.group, (now - when) / timedelta(seconds=1))
                for where, when in calls
            ),
            self._clock.monotonic(),
        )

    async def _recover(self) -> int:
        if self._recovered or self._clock.monotonic() < self._lease.strangers_done:
            return 0
        async with self._store.write() as conn:
            left = await messages.recover(conn, self._store.epoch, self._clock.now())
            unsure = left or await message_counts.any_unknown(conn)
        self._recovered = True
        if unsure:
            # It was sending a moment ago: its calls count against the limits too.
            self._sender.gate.pacer.assume_used(self._clock.monotonic())
        if left:
            self._backlog.read_again()
            log.warning("outbox.recovered", unknown=left)
        return left

    async def retell(self) -> int:
        """Plan a summary for each open chat that has held notices; returns how many.

        A message without an answer may never have arrived. Call it now and then, rarely:
        while answers stay away each summary may be repeated as any message.
        """
        now = self._clock.now()
        async with self._store.write() as conn:
            await digests.adopt(conn, now)
            found = await notices.chats_left_held(conn)
            await digests.hold_until(conn, now, found)
        if found:
            log.info("outbox.retold", chats=len(found))
            self.wake()
        return len(found)

    def wake(self) -> None:
        """Something was committed that may be due at once."""
        self._wakes += 1
        self._backlog.read_again()
        self._woken.set()

    async def run(self) -> None:
        """Deliver until cancelled; see `stop` for what is in flight then."""
        try:
            while True:
                self._woken.clear()
                now = self._clock.now()
                try:
                    if await self._pump(now):
                        continue
                    due = await self._next_due(now)
                except LeaseLost:
                    raise
                except StoreError as error:
                    log_failure(log, "outbox.store_failed", error)
                    due = now + _STORE_WAIT
                await self._nap(due)
        finally:
            await self.stop()

    async def step(self, now: datetime) -> datetime | None:
        """Do all that may be done at `now`, answers included; when to come again.

        None: only when something new is committed. Raises StoreError.
        """
        self._backlog.read_again()
        while True:
            busy = await self._pump(now)
            await self.settle()
            if not busy and (self._backlog.is_known or self._down()):
                return await self._next_due(now)

    @property
    def at_rest(self) -> bool:
        """Whether no call is in flight and every outcome is committed."""
        return not self._calls.under_way and self._recorder.task is None

    async def settle(self) -> None:
        """Wait until no call is in flight and every outcome is committed."""
        while waiting := [*self._calls.under_way, *filter(None, [self._recorder.task])]:
            await asyncio.wait(waiting)

    async def stop(self) -> None:
        """End what is under way within seconds, whatever Telegram and the database do.

        A call that is not answered in time is broken off: Telegram may have taken it, which is
        recorded. An outcome that the database does not take leaves `sending`, which the next
        process takes for unknown. Repeating it does nothing.
        """
        self._claims.give_up()
        with suppress(TimeoutError):
            async with self._clock.timeout(_LAST_CALLS):
                while self._calls.under_way:
                    await asyncio.wait([*self._calls.under_way])
        for task in self._calls.under_way:
            task.cancel()
        with suppress(TimeoutError):
            async with self._clock.timeout(_LAST_OUTCOMES):
                await self.settle()
        await self._recorder.stop()

    # choosing

    async def _pump(self, now: datetime) -> bool:
        """Expand a batch and start what may start; whether anything was done."""
        wakes = self._wakes
        await self._lease.keep()
        await self._recover()
        before = self._expanding
        stale = self._backlog.is_stale
        if stale and await self._planner.step(now):
            self._backlog.read_again()
        expanded = (before or stale) and await self._expander.step(now)
        if self._expander.urgent:
            self._backlog.read_again()
        self._expanding = expanded
        if (expanded and len(self._backlog) < _BACKLOG_READ_AGAIN) or (before and not expanded):
            # What came of it is due; a long backlog is worth reading again at the end only.
            self._backlog.read_again()
        self._backlog.soonest = None
        chosen, started = ([], False) if self._down() else await self._choose(now)
        if chosen:
            # A chat's next message is read only after its first has gone.
            self._backlog.more = True
            await self._claims.start(chosen, now)
        if self._wakes != wakes:
            # Committed after the causes were looked at, though before the queue was.
            self._backlog.read_again()
        return expanded or started or bool(chosen)

    def _on_answer(self) -> None:
        """A call or its record has ended. Where the limits allow the next one in a moment `run`
        comes by itself: three looks a message are saved in a broadcast.
        """
        soonest = self._backlog.soonest
        left = 0.0 if soonest is None else soonest - self._clock.monotonic()
        if not 0.0 < left < _NEAR or not self._backlog.is_known:
            self._woken.set()

    def _down(self) -> bool:
        """Telegram was not reached a moment ago, or is not ours to speak to."""
        return self._reach.is_lost or not self._lease.holds()

    async def _choose(self, now: datetime) -> tuple[list[Chosen], bool]:
        """What may be called for now or shall be claimed ahead; whether a claimed one was started.

        What is claimed goes first, but for urgent ones; edits and deletions need no claim.
        """
        at = self._clock.monotonic()
        if self._backlog.is_stale or (not self._backlog and self._backlog.more):
            await self._backlog.refill(now, at, self._busy())
        chosen = self._backlog.take(at, _overtakes, deletions=self._room()) if self._claims else []
        started = self._claims.start_ready(at)
        if self._claims:
            return chosen + self._backlog.take(at, _needs_no_claim, deletions=self._room()), started
        chosen += self._backlog.take(at, _anything, deletions=self._room())
        if any(work is Work.SEND for _, work, _ in chosen):
            chosen += self._backlog.take_ahead(at)
        return chosen, started

    def _busy(self) -> set[int]:
        """Telegram's numbers of the chats with a call in flight or a send that is ready."""
        busy = {message.chat.address.chat_id for message, _ in self._calls.under_way.values()}
        return busy | self._claims.chats

    def _room(self) -> int:
        """How many deletions may be called for beside the calls in flight."""
        return _MAX_CALLS_IN_FLIGHT - len(self._calls.under_way)

    async def _next_due(self, now: datetime) -> datetime | None:
        if self._down():
            return self._in(
                now, max(self._reach.paused_until, self._clock.monotonic() + _LEAST_PAUSE)
            )
        if not self._backlog.is_known:
            return now
        again = min(
            (when for when in (self._expander.next_due(), self._planner.due) if when is not None),
            default=None,
        )
        if self._backlog.soonest is not None:
            due: datetime | None = self._in(now, self._backlog.soonest)
        elif self._backlog or self._calls.under_way or self._claims:
            due = None  # an answer wakes us
        else:
            async with self._store.read() as conn:
                due = await due_messages.next_due(conn, now)
        strangers = None if self._recovered else self._in(now, self._lease.strangers_done)
        return min((when for when in (due, again, strangers) if when is not None), default=None)

    def _in(self, now: datetime, at: float) -> datetime:
        return now + timedelta(seconds=max(0.0, at - self._clock.monotonic()))

    async def _nap(self, due: datetime | None) -> None:
        """Until `due`, or until woken."""
        now = self._clock.now()
        until = now + _LONGEST_NAP if due is None else min(due, now + _LONGEST_NAP)
        waits: set[asyncio.Future[Any]] = {
            asyncio.ensure_future(self._woken.wait()),
            asyncio.ensure_future(self._clock.sleep_until(max(until, now + _SHORTEST_NAP))),
        }
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()
            await asyncio.gather(*waits, return_exceptions=True)


def _anything(_message: Message, _work: Work) -> bool:
    return True


def _overtakes(message: Message, work: Work) -> bool:
    return work is Work.SEND and message.lane is message_rows.SendLane.URGENT


def _needs_no_claim(_message: Message, work: Work) -> bool:
    return work is not Work.SEND
