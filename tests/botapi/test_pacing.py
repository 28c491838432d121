"""The limits are never exceeded, whenever Telegram counts, and little time is lost."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.botapi.pacing import Gate, Limits, Pacer, Permit
from bot.errors import NotSent, Rejected, RetryLater, ServerFailed, Unknown
from bot.model import Address
from tests.support.clock import ManualClock
from tests.support.examples import examples
from tests.support.telegram_limits import RateLimits


class _Run:
    """Calls in emulated time: each is counted by the limits at any moment of its flight."""

    def __init__(self, seed: int, latency: tuple[float, float], unused: float = 0.0) -> None:
        self.random = random.Random(seed)
        self.latency = latency
        self.unused = unused  # share of permits given back before their call
        self.pacer = Pacer()
        self.now = 0.0
        self.order = itertools.count()
        self.flights: list[tuple[float, int, Permit]] = []
        self.counted: list[tuple[float, int, bool]] = []

    def send_all(self, chats: list[tuple[int, bool]]) -> float:
        """Send one message for each entry as early as allowed; the time when all are answered."""
        left = list(chats)
        while left or self.flights:
            soonest: list[float] = []
            still: list[tuple[int, bool]] = []
            for chat, group in left:
                at = self.pacer.ready_at(chat, self.now, group=group)
                if at is not None and at <= self.now:
                    self._start(chat, group)
                    continue
                still.append((chat, group))
                if at is not None:
                    soonest.append(at)
            left = still
            self._advance(soonest)
        return self.now

    def _start(self, chat: int, group: bool) -> None:
        took = self.random.uniform(*self.latency)
        permit = self.pacer.start(chat, self.now, group=group)
        if self.random.random() < self.unused:
            self.pacer.give_back(permit)
            permit = self.pacer.start(chat, self.now, group=group)
        heapq.heappush(self.flights, (self.now + took, next(self.order), permit))
        self.counted.append((self.now + self.random.uniform(0, took), chat, group))

    def _advance(self, soonest: list[float]) -> None:
        if self.flights and (not soonest or self.flights[0][0] <= min(soonest)):
            self.now, _, permit = heapq.heappop(self.flights)
            self.pacer.finish(permit, self.now)
        elif soonest:
            self.now = min(soonest)

    def refused(self) -> int:
        limits = RateLimits(chat_burst=1)
        return sum(
            bool(limits.take(chat, at, group=group)) for at, chat, group in sorted(self.counted)
        )


@settings(max_examples=examples(40), deadline=None)
@given(
    seed=st.integers(0, 2**32),
    private=st.lists(st.integers(1, 40), max_size=80),
    groups=st.lists(st.integers(-3, -1), max_size=45),
    slow=st.floats(0.001, 3),
)
def test_telegram_never_has_a_reason_to_refuse(
    seed: int, private: list[int], groups: list[int], slow: float
) -> None:
    """Whatever moment of a call Telegram counts, and without any burst allowed."""
    run = _Run(seed, (0.001, slow), unused=0.3)
    run.send_all([(c, False) for c in private] + [(c, True) for c in groups])

    assert run.refused() == 0
    assert len(run.counted) == len(private) + len(groups)


def test_1000_chats_take_little_more_than_the_ideal_time() -> None:
    run = _Run(1, (0.02, 0.08))
    took = run.send_all([(chat, False) for chat in range(1000)])

    assert run.refused() == 0
    assert took <= 1000 / 30 * 1.08


def test_a_group_gets_20_in_a_minute() -> None:
    run = _Run(1, (0.01, 0.05))
    took = run.send_all([(-1, True)] * 41)

    assert run.refused() == 0
    assert 120 <= took <= 125


def test_one_call_at_a_time_in_a_chat() -> None:
    pacer = Pacer()
    permit = pacer.start(1, 0.0, group=False)
    assert pacer.ready_at(1, 50.0, group=False) is None
    assert pacer.ready_at(2, 50.0, group=False) == 50.0

    pacer.finish(permit, 60.0)
    assert pacer.ready_at(1, 60.0, group=False) == 61.0


def test_a_429_holds_its_chat_and_three_in_a_row_hold_all() -> None:
    """While others are served it is the chat's own limit; when nobody is, it is the bot's."""
    pacer = Pacer()
    for chat in (1, 2, 4):
        pacer.finish(pacer.start(chat, 0.0, group=False), 0.1)

    pacer.wait(1, RetryLater(7), 0.1)
    assert pacer.ready_at(1, 1.5, group=False) == pytest.approx(7.1)
    assert pacer.ready_at(3, 1.5, group=False) == 1.5

    for chat in (2, 4, 2, 4):
        pacer.wait(chat, RetryLater(5), 0.2)
        pacer.served()
    assert pacer.ready_at(3, 1.5, group=False) == 1.5

    for chat in (2, 2, 1, 4):
        pacer.wait(chat, RetryLater(5), 0.2)
    assert pacer.ready_at(3, 1.5, group=False) == pytest.approx(5.2)
    assert pacer.refusals == 9


@pytest.mark.parametrize(
    ("error", "soonest"),
    [
        (NotSent("no connection"), 0.0),
        (None, 1.0),
        (Unknown("no answer"), 1.0),
        (ServerFailed("502"), 1.0),
        (Rejected("too long"), 1.0),
        (RetryLater(5), 5.0),
    ],
)
@pytest.mark.parametrize("chat", [Address(1), Address(-5, group=True)])
def test_only_what_cannot_have_reached_telegram_gives_its_place_back(
    clock: ManualClock, error: Exception | None, soonest: float, chat: Address
) -> None:
    """A place given back for a call that Telegram counted would be answered with a 429."""
    limits = Limits(per_second=1, group_per_minute=1)
    gate = Gate(clock, Pacer(limits))
    permit = gate.enter(chat)
    assert isinstance(permit, Permit)
    gate.leave(permit, error)

    at = gate.pacer.ready_at(7, clock.monotonic(), group=False)
    own = gate.pacer.ready_at(chat.chat_id, clock.monotonic(), group=chat.group)
    assert at is not None
    assert own is not None
    assert at - clock.monotonic() == min(soonest, 1.0)
    assert own - clock.monotonic() == max(soonest, 60.0 if chat.group and soonest else 0.0)


def test_an_unused_permit_is_no_served_call(clock: ManualClock) -> None:
    """429s count as the bot's own limit until Telegram serves a call, not until one is put off."""
    gate = Gate(clock, Pacer())
    for chat in (1, 2, 3):
        for error in (None, RetryLater(9)):
            permit = gate.enter(Address(chat))
            assert isinstance(permit, Permit)
            if error is None:
                gate.give_back(permit)
            else:
                gate.leave(permit, error)

    assert gate.pacer.place_at(clock.monotonic()) == clock.monotonic() + 9


def test_after_a_restart_the_first_second_is_taken() -> None:
    """The process before may have sent a full burst just now."""
    pacer = Pacer()
    pacer.assume_used(100.0)
    assert pacer.ready_at(1, 100.0, group=False) == 101.0


def test_memory_does_not_grow_with_chats() -> None:
    pacer = Pacer()
    for chat in range(5000):
        pacer.finish(pacer.start(chat, float(chat), group=chat % 2 == 0), chat + 0.1)

    assert len(pacer._chats) < 100
    assert len(pacer._groups) <= 1001


async def test_answers_to_people_pass_before_the_outbox(clock: ManualClock) -> None:
    gate = Gate(clock)
    permits = [gate.enter(Address(chat)) for chat in range(30)]
    assert all(isinstance(p, Permit) for p in permits)
    person = asyncio.ensure_future(gate.turn(Address(77)))
    await asyncio.sleep(0)  # noqa: TID251 - lets the waiter queue

    for permit in permits[:1]:
        assert isinstance(permit, Permit)
        gate.leave(permit)
    clock.advance(1)

    assert not isinstance(gate.enter(Address(99)), Permit)
    assert (await person).chat_id == 77


async def test_answers_in_one_chat_keep_their_order(clock: ManualClock) -> None:
    gate = Gate(clock)
    done: list[str] = []

    async def say(word: str) -> None:
        async with gate.slot(Address(1)):
            done.append(word)

    tasks = [asyncio.ensure_future(say(word)) for word in "abc"]
    for _ in range(3):
        await asyncio.wait(tasks, timeout=0.02)
        clock.advance(1)
    await asyncio.gather(*tasks)

    assert done == ["a", "b", "c"]
    assert gate.waiting == 0
