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


# --- what a process remembers of the one before ---


@pytest.mark.parametrize(
    ("calls", "chat", "soonest"),
    [
        ([], 1, 0.0),
        ([(1, False, 0.4)], 1, 0.6),
        ([(1, False, 0.4)], 2, 0.0),
        ([(1, False, 1.0)], 1, 0.0),
        ([(1, False, -3.0)], 1, 1.0),  # a clock that was set back
        ([(1, False, 0.2), (1, False, 0.7)], 1, 0.8),
        ([(n, False, 0.5) for n in range(29)], 77, 0.0),
        ([(n, False, 0.5) for n in range(30)], 77, 0.5),
        ([(n, False, 1.0) for n in range(30)], 77, 0.0),
        ([(n, False, 0.9 - n / 100) for n in range(31)], 77, 0.11),
        ([(-1, True, 10.0)] * 19, -1, 0.0),
        ([(-1, True, 10.0)] * 20, -1, 50.0),
        ([(-1, True, 60.0)] * 20, -1, 0.0),
        ([(-1, True, 10.0)] * 20, -2, 0.0),
        ([(-1, True, 10.0 + n) for n in range(21)], -1, 31.0),
    ],
)
def test_calls_of_the_process_before_count(
    calls: list[tuple[int, bool, float]], chat: int, soonest: float
) -> None:
    """Telegram still counts them: a new process that forgot them would be refused."""
    pacer = Pacer()
    pacer.remember(calls, 500.0)

    assert pacer.ready_at(chat, 500.0, group=chat < 0) == pytest.approx(500.0 + soonest)


# --- places left free, places given back ---


@pytest.mark.parametrize(
    ("flying", "reserve", "group_reserve", "ready"),
    [(29, 0, 0, True), (29, 1, 0, False), (28, 1, 0, True), (18, 0, 1, True), (19, 0, 1, False)],
)
def test_the_outbox_leaves_places_to_people(
    flying: int, reserve: int, group_reserve: int, *, ready: bool
) -> None:
    """Whoever answers a person finds a place: in all, and in a group."""
    pacer = Pacer(Limits(group_per_minute=20 if group_reserve else 100))
    if group_reserve:
        pacer.remember([(-1, True, 5.0)] * flying, 100.0)
    else:
        for chat in range(flying):
            pacer.start(chat, 100.0, group=False)
    at = pacer.ready_at(-1, 100.0, group=True, reserve=reserve, group_reserve=group_reserve)

    assert (at == 100.0) is ready
    if not group_reserve:
        assert (pacer.place_at(100.0, reserve) == 100.0) is ready


def test_a_longer_hold_is_not_cut_short() -> None:
    """A second 429 that asks for less says nothing of the first; one of the whole bot holds all."""
    pacer = Pacer()
    pacer.wait(1, RetryLater(30), 0.0)
    pacer.wait(1, RetryLater(5), 1.0)
    assert pacer.ready_at(1, 2.0, group=False) == 30.0
    assert pacer.ready_at(2, 2.0, group=False) == 2.0

    pacer.wait(1, RetryLater(9, everywhere=True), 1.0)
    pacer.wait(3, RetryLater(2, everywhere=True), 1.0)
    assert pacer.ready_at(2, 2.0, group=False) == 10.0
    assert pacer.place_at(2.0) == 10.0


def test_holds_that_are_over_take_no_memory() -> None:
    """A month of chats that asked for patience once is forgotten; who still waits is not."""
    pacer = Pacer()
    for chat in range(1, 1100):
        pacer.wait(chat, RetryLater(5), 0.0)
        pacer.served()
    pacer.wait(9000, RetryLater(900), 0.0)
    pacer.finish(pacer.start(0, 6.0, group=False), 6.1)

    assert len(pacer._holds) == 1
    assert pacer.ready_at(9000, 10.0, group=False) == 900.0


def test_whoever_waits_for_a_place_hears_of_each(clock: ManualClock) -> None:
    """An answer, a failure and a permit that was not used may each let the next one go."""
    gate, heard = Gate(clock), list[str]()
    gate.on_change(lambda: heard.append("change"))
    for how, error in (("leave", None), ("leave", NotSent("no connection")), ("give_back", None)):
        permit = gate.enter(Address(len(heard) + 1))
        assert isinstance(permit, Permit)
        if how == "leave":
            gate.leave(permit, error)
        else:
            gate.give_back(permit)

    assert heard == ["change"] * 3


def test_whoever_comes_too_early_hears_when(clock: ManualClock) -> None:
    """A chat rests for a second after its message; meanwhile others may be called."""
    gate = Gate(clock)
    permit = gate.enter(Address(1))
    assert isinstance(permit, Permit)
    gate.leave(permit)

    assert gate.enter(Address(1)) == clock.monotonic() + 1
    assert gate.opens_at(None, behind=0) == clock.monotonic()
    clock.advance(1)
    assert isinstance(gate.enter(Address(1)), Permit)


def test_a_served_call_ends_a_row_of_429s(clock: ManualClock) -> None:
    """Only three in a row, with nobody served between, are the bot's own limit."""
    for between, held in ((None, False), (Rejected("no"), True)):
        gate = Gate(clock)
        for chat, error in enumerate((RetryLater(5), RetryLater(5), between, RetryLater(5))):
            permit = gate.enter(Address(chat))
            assert isinstance(permit, Permit)
            gate.leave(permit, error)

        assert isinstance(gate.enter(Address(99)), Permit) is not held


async def test_who_waits_in_a_chat_goes_first_and_is_counted_once(clock: ManualClock) -> None:
    """The outbox lets a person's answer pass, and no more places than that stay empty."""
    gate = Gate(clock, Pacer(Limits(per_second=2)))
    first = gate.enter(Address(1))
    assert isinstance(first, Permit)
    person = asyncio.ensure_future(gate.turn(Address(1)))
    await asyncio.sleep(0)  # noqa: TID251 - lets the waiter queue
    waiting, opens = gate.waiting, gate.opens_at(None, behind=0)
    gate.leave(first)
    now = clock.monotonic()
    there = gate.opens_at(Address(1), behind=0)
    clock.advance(1)

    assert gate.enter(Address(1)) is None
    assert (await person).chat_id == 1
    assert (waiting, opens) == (1, None)
    assert there == now + 1
    assert gate.waiting == 0
    assert not gate._lines
    assert gate.opens_at(None, behind=1) is None
    assert gate.opens_at(Address(5), behind=0) == clock.monotonic()


async def test_a_call_that_fails_in_its_slot_ends_it(clock: ManualClock) -> None:
    """The error goes on to whoever called; 429s hold the chat."""
    gate = Gate(clock)
    with pytest.raises(RetryLater):
        async with gate.slot(Address(1)):
            raise RetryLater(7)

    assert gate.pacer.refusals == 1
    assert gate.opens_at(Address(1), behind=0) == clock.monotonic() + 7
