"""What is due, as last read, and which of it Telegram's limits allow.

The outbox asks for what may be called for now, and for what to claim ahead. What is due is read
again when something was committed (`read_again`), or when the last reading is old.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import TypeAlias

from bot.botapi.pacing import Gate, Permit
from bot.clock import Clock
from bot.store import Store, due_messages
from bot.store.message_rows import Message, Work

__all__ = ["Backlog", "Chosen"]

_MESSAGES_A_READ = 300
_BACKLOG_SECONDS = 2.0  # seconds after which what is due is read again, whatever was left,
_BACKLOG_READ_TIMES = 10  # or this many times as long as reading took
# Edits and deletions leave this many places of a second, and of a group's minute, to sends.
_SPARE, _GROUP_SPARE = 10, 5
# A long queue is claimed for the next third of a second: few statements a message, and whoever
# leaves a topic is heard within that time.
_AHEAD, _AHEAD_MOST = 0.35, 10  # seconds, messages

Chosen: TypeAlias = tuple[Message, Work, Permit | None]
"""A message, what to do with it, and its permit: None for a deletion and for a claim ahead."""


class Backlog:
    """See the module. Times named `at` are monotonic seconds."""

    def __init__(self, store: Store, clock: Clock, gate: Gate) -> None:
        self._store = store
        self._clock = clock
        self._gate = gate
        self._due: list[tuple[Message, Work]] = []
        self._read_at: float | None = None  # None: read again
        self._fresh = _BACKLOG_SECONDS
        self.more = False
        """Whether there is more to read than was read, or will be once calls have ended."""
        self.soonest: float | None = None
        """When the limits allow the next that they kept back; None: nothing was kept back."""

    def __len__(self) -> int:
        return len(self._due)

    @property
    def is_known(self) -> bool:
        """Whether nothing was committed since what is due was read."""
        return self._read_at is not None

    @property
    def is_stale(self) -> bool:
        """Whether what is due must be read again."""
        return self._read_at is None or self._clock.monotonic() - self._read_at >= self._fresh

    def read_again(self) -> None:
        """Something was committed that may be due."""
        self._read_at = None

    async def refill(self, now: datetime, at: float, busy: Collection[int]) -> None:
        """Read what is due at `now`, without chats (by Telegram's number) that are `busy`."""
        # Set before reading: what is committed during the read must be seen afterwards.
        self._read_at = at
        async with self._store.read() as conn:
            found = await due_messages.due(conn, now, _MESSAGES_A_READ, busy=busy)
        # A queue of tens of thousands takes a while to rank: not a third of each second.
        self._fresh = max(_BACKLOG_SECONDS, _BACKLOG_READ_TIMES * (self._clock.monotonic() - at))
        self.more = len(found) == _MESSAGES_A_READ or bool(busy)
        self._due = [(m, work) for m in found if (work := m.work(now)) is not None]

    def take(
        self, at: float, which: Callable[[Message, Work], bool], *, deletions: int
    ) -> list[Chosen]:
        """Those that may be called for now, with their permits (deletions need none).

        At most as many `deletions` as have room beside the calls in flight.
        """
        chosen: list[Chosen] = []
        kept: list[tuple[Message, Work]] = []
        for index, (message, work) in enumerate(self._due):
            if not which(message, work):
                kept.append((message, work))
                continue
            if work is Work.DELETE:
                if len(chosen) < deletions:
                    chosen.append((message, work, None))
                else:
                    kept.append((message, work))
                continue
            permit = self.permit(message, work)
            if isinstance(permit, Permit):
                chosen.append((message, work, permit))
                continue
            kept.append((message, work))
            self.note_soonest(permit)
            if self._is_full(at):
                kept += self._due[index + 1 :]
                break
        self._due = kept
        return chosen

    def take_ahead(self, at: float) -> list[Chosen]:
        """The sends for which the limits will allow within `_AHEAD`."""
        gate, until = self._gate, at + _AHEAD
        chosen: list[Chosen] = []
        kept: list[tuple[Message, Work]] = []
        for index, (message, work) in enumerate(self._due):
            place = gate.opens_at(None, behind=len(chosen))
            if len(chosen) == _AHEAD_MOST or place is None or place > until:
                kept += self._due[index:]
                break
            own = gate.opens_at(message.chat.address, behind=len(chosen))
            if work is Work.SEND and own is not None and own <= until:
                chosen.append((message, work, None))
            else:
                kept.append((message, work))
        self._due = kept
        return chosen

    def permit(self, message: Message, work: Work) -> Permit | float | None:
        """A permit to call now; else when there will be one, None where nobody can say."""
        spare = work is Work.EDIT and not message.revealed(self._clock.now())
        return self._gate.enter(
            message.chat.address,
            reserve=_SPARE if spare else 0,
            group_reserve=_GROUP_SPARE if spare else 0,
        )

    def note_soonest(self, when: float | None) -> None:
        """The limits allow something at `when`."""
        if when is not None:
            self.soonest = when if self.soonest is None else min(when, self.soonest)

    def _is_full(self, at: float) -> bool:
        place = self._gate.pacer.place_at(at, reserve=self._gate.waiting)
        return place is None or place > at
