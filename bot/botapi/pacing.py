"""When a call to Telegram may start.

Telegram lets a bot send about 30 messages a second in all, one a second in a chat and 20 a minute
in a group (its threads together; edits count). It does not say when it counts a call: somewhere
between our sending it and its answer. So a slot is held from the start of a call until one period
after its answer: whatever moment Telegram takes, no window of its own can hold more calls than
ours. The price is the calls' latency, a few per cent; the gain is no 429 at all. Only a call that
cannot have reached Telegram gives its slot back at once.

`Pacer` decides and holds no clock: all times are seconds of a monotonic clock, passed in. `Gate`
waits on it.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from bot.clock import Clock
from bot.errors import NotSent, RetryLater
from bot.model import Address

__all__ = ["Gate", "Limits", "Pacer", "Permit"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What Telegram allows (core.telegram.org/bots/faq#broadcasting-to-users)."""

    per_second: int = 30
    chat_seconds: float = 1.0
    group_per_minute: int = 20


@dataclass(frozen=True, slots=True, eq=False)
class Permit:
    """The right to one call to one chat; give it back with `finish`."""

    chat_id: int
    group: bool


@dataclass(slots=True)
class _Window:
    """`most` calls in `seconds`: those in flight, and those answered less than `seconds` ago."""

    most: int
    seconds: float
    flying: int = 0
    cooling: deque[float] = field(default_factory=deque)  # when each is free again, in order

    def free_at(self, now: float, reserve: int = 0) -> float | None:
        """When more than `reserve` places are free; None: only after an answer."""
        while self.cooling and self.cooling[0] <= now:
            self.cooling.popleft()
        missing = self.flying + len(self.cooling) + reserve + 1 - self.most
        if missing <= 0:
            return now
        return self.cooling[missing - 1] if missing <= len(self.cooling) else None

    def enter(self) -> None:
        self.flying += 1

    def leave(self, now: float) -> None:
        self.flying -= 1
        self.cooling.append(now + self.seconds)

    def give_back(self) -> None:
        self.flying -= 1


class Pacer:
    """Keeps within the limits, provably; see the module. Times are monotonic seconds."""

    # 429s from that many chats, with no call served between them, are not a chat's: all wait.
    _EVERYWHERE = 3

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._all = _Window(self.limits.per_second, 1.0)
        self._groups: dict[int, _Window] = {}
        self._flying: set[int] = set()
        self._chats: OrderedDict[int, float] = OrderedDict()  # free again at, in order
        self._holds: dict[int, float] = {}  # after a 429
        self._hold = 0.0
        self._refused: set[int] = set()  # chats, since a call was last served
        self.refusals = 0  # 429s met

    def ready_at(
        self, chat_id: int, now: float, *, group: bool, reserve: int = 0, group_reserve: int = 0
    ) -> float | None:
        """When a call to the chat may start: `now`, or later, or None: not before some answer.

        `reserve` places in all and `group_reserve` in the group are left free
        for others. Repeating the question changes nothing.
        """
        if chat_id in self._flying:
            return None
        overall = self._all.free_at(now, reserve)
        if overall is None:
            return None
        at = max(now, overall, self._hold, self._chats.get(chat_id, 0.0))
        at = max(at, self._holds.get(chat_id, 0.0))
        if group and (window := self._groups.get(chat_id)) is not None:
            in_group = window.free_at(now, group_reserve)
            if in_group is None:
                return None
            at = max(at, in_group)
        return at

    def place_at(self, now: float, reserve: int = 0) -> float | None:
        """As `ready_at`, for no chat in particular: when more than `reserve` places are free."""
        at = self._all.free_at(now, reserve)
        return None if at is None else max(at, self._hold)

    def start(self, chat_id: int, now: float, *, group: bool) -> Permit:
        """Take the place for a call that starts now; only when `ready_at` says now."""
        assert chat_id not in self._flying
        self._flying.add(chat_id)
        self._all.enter()
        if group:
            window = self._groups.setdefault(chat_id, _Window(self.limits.group_per_minute, 60.0))
            window.enter()
        return Permit(chat_id, group)

    def finish(self, permit: Permit, now: float) -> None:
        """The call was answered (or given up) at `now`."""
        self._flying.discard(permit.chat_id)
        self._all.leave(now)
        if permit.group:
            self._groups[permit.chat_id].leave(now)
        self._chats[permit.chat_id] = now + self.limits.chat_seconds
        self._chats.move_to_end(permit.chat_id)
        self._forget(now)

    def give_back(self, permit: Permit) -> None:
        """The call was not made, or no byte of it can have left: Telegram counted nothing.

        A 5xx or a lost answer is no such case: Telegram may have counted it, and a place given
        back would be a 429.
        """
        self._flying.discard(permit.chat_id)
        self._all.give_back()
        if permit.group:
            self._groups[permit.chat_id].give_back()

    def wait(self, chat_id: int, error: RetryLater, now: float) -> None:
        """Telegram answered 429: the chat waits; everything does when nobody is served any more.

        Telegram does not say whose limit it was. Chats that ask for patience one by one, while
        others are served, are slow themselves.
        """
        self.refusals += 1
        until = now + error.seconds
        self._holds[chat_id] = max(until, self._holds.get(chat_id, 0.0))
        self._refused.add(chat_id)
        if error.everywhere or len(self._refused) >= self._EVERYWHERE:
            self._hold = max(self._hold, until)

    def served(self) -> None:
        """Telegram did what a call asked for."""
        self._refused.clear()

    def assume_used(self, now: float) -> None:
        """Another process of ours may have sent until now: begin as if all places were taken."""
        self._all.cooling = deque([now + self._all.seconds] * self._all.most)

    def remember(self, calls: Iterable[tuple[int, bool, float]], now: float) -> None:
        """Calls of a process before this one: (chat, whether a group, seconds since the answer).

        Before the first of our own.
        """
        for chat_id, group, ago in sorted(calls, key=lambda call: -call[2]):
            at = now - max(0.0, ago)
            if at + self._all.seconds > now:
                self._all.cooling.append(at + self._all.seconds)
            if at + self.limits.chat_seconds > now:
                self._chats[chat_id] = at + self.limits.chat_seconds
                self._chats.move_to_end(chat_id)
            if group and at + 60.0 > now:
                window = _Window(self.limits.group_per_minute, 60.0)
                self._groups.setdefault(chat_id, window).cooling.append(at + 60.0)

    def _forget(self, now: float) -> None:
        """Chats and groups that are free anyway take no memory."""
        while self._chats and next(iter(self._chats.values())) <= now:
            self._chats.popitem(last=False)
        if len(self._holds) > 1000:
            self._holds = {c: at for c, at in self._holds.items() if at > now}
        if len(self._groups) > 1000:
            self._groups = {
                chat: window
                for chat, window in self._groups.items()
                if window.flying or (window.cooling and window.cooling[-1] > now)
            }


@dataclass(slots=True)
class _Line:
    """Callers that wait for one chat, first come first served."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    length: int = 0


class Gate:
    """Lets calls through as the pacer allows. For one event loop."""

    def __init__(self, clock: Clock, pacer: Pacer | None = None) -> None:
        self.clock = clock
        self.pacer = pacer or Pacer()
        self.waiting = 0  # people's answers waiting for their turn; the outbox lets them pass
        self._lines: dict[int, _Line] = {}
        self._changed = asyncio.Event()
        self._listeners: list[Callable[[], None]] = []

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever a place may have become free."""
        self._listeners.append(listener)

    def enter(
        self, address: Address, *, reserve: int = 0, group_reserve: int = 0
    ) -> Permit | float | None:
        """A permit if a call may start now; else when it may (monotonic), None: after an answer.

        Whoever waits in `turn` goes first.
        """
        now = self.clock.monotonic()
        at = self.pacer.ready_at(
            address.chat_id,
            now,
            group=address.group,
            reserve=reserve + self.waiting,
            group_reserve=group_reserve,
        )
        if at is None or at > now:
            return at
        if address.chat_id in self._lines:
            return None
        return self.pacer.start(address.chat_id, now, group=address.group)

    def opens_at(self, address: Address | None, *, behind: int) -> float | None:
        """When a call there (None: to some chat) could start, after `behind` others; monotonic.

        None: not known before an answer.
        """
        now, reserve = self.clock.monotonic(), behind + self.waiting
        if address is None:
            return self.pacer.place_at(now, reserve)
        return self.pacer.ready_at(address.chat_id, now, group=address.group, reserve=reserve)

    async def turn(self, address: Address) -> Permit:
        """Wait until a call to this chat may start; calls to one chat keep their order."""
        line = self._lines.setdefault(address.chat_id, _Line())
        line.length += 1
        self.waiting += 1
        try:
            async with line.lock:
                while True:
                    now = self.clock.monotonic()
                    at = self.pacer.ready_at(address.chat_id, now, group=address.group)
                    if at is not None and at <= now:
                        return self.pacer.start(address.chat_id, now, group=address.group)
                    await self._wait(None if at is None else at - now)
        finally:
            self.waiting -= 1
            line.length -= 1
            if not line.length:
                del self._lines[address.chat_id]

    def leave(self, permit: Permit, error: BaseException | None = None) -> None:
        """The permit's call is over; `error` as it was translated, if it failed."""
        now = self.clock.monotonic()
        if isinstance(error, NotSent):
            self.give_back(permit)
            return
        self.pacer.finish(permit, now)
        if isinstance(error, RetryLater):
            self.pacer.wait(permit.chat_id, error, now)
        elif error is None:
            self.pacer.served()
        self._tell()

    def give_back(self, permit: Permit) -> None:
        """The permit was not used: its place is free at once."""
        self.pacer.give_back(permit)
        self._tell()

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
        for listener in self._listeners:
            listener()

    @asynccontextmanager
    async def slot(self, address: Address) -> AsyncIterator[None]:
        """A block for one call, begun when the limits allow."""
        permit = await self.turn(address)
        error: BaseException | None = None
        try:
            yield
        except BaseException as err:
            error = err
            raise
        finally:
            self.leave(permit, error)

    async def _wait(self, seconds: float | None) -> None:
        changed = asyncio.ensure_future(self._changed.wait())
        waits = {changed}
        if seconds is not None:
            until = self.clock.now() + timedelta(seconds=seconds)
            waits.add(asyncio.ensure_future(self.clock.sleep_until(until)))  # type: ignore[arg-type]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
