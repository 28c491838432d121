"""When sources are asked: pure rules, and what they give on a made-up newsroom."""

from __future__ import annotations

import heapq
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.schedule import (
    UNKNOWN_RATE,
    PollPace,
    first_rate,
    fit_pace,
    interval,
    learn_rate,
    next_due,
    next_try,
)

NOW = datetime(2024, 4, 8, 6, 0, tzinfo=UTC)
PACE = PollPace()
RATES = st.floats(0, 1e5)


def seconds(when: datetime) -> float:
    return (when - NOW).total_seconds()


def test_four_times_the_items_twice_as_often() -> None:
    """Polls go where items are, by the square root."""
    assert interval(96, PACE) == pytest.approx(interval(24, PACE) / 2)
    assert interval(24, PACE, weight=4) == pytest.approx(interval(24, PACE) / 2)
    assert interval(24, PACE) == PACE.hourly


@given(RATES, st.floats(0, 100), st.integers(0, 9))
def test_between_floor_and_cap(rate: float, weight: float, seed: int) -> None:
    """No source is hammered, none is forgotten."""
    due = seconds(next_due(NOW, rate=rate, weight=weight, pace=PACE, rng=Random(seed)))

    assert PACE.floor <= due <= PACE.cap


def test_the_servers_wishes_are_heard_up_to_the_cap() -> None:
    """ttl and max-age slow down, but not beyond the cap; they never speed up."""
    rng = Random(1)

    def due(**wishes: float) -> float:
        return seconds(next_due(NOW, rate=2400, pace=PACE, rng=rng, **wishes))

    assert due(ttl=1800) == 1800
    assert due(ttl=60, max_age=3600) == 3600
    assert due(ttl=86_400) == PACE.cap
    assert due(max_age=0) < 120


@given(st.integers(1, 10_000), st.integers(0, 99))
def test_backoff_doubles_with_full_jitter(failures: int, seed: int) -> None:
    """Failing sources are asked ever more rarely, but always again."""
    due = seconds(next_try(NOW, failures=failures, pace=PACE, rng=Random(seed)))
    bound = min(PACE.cap, PACE.floor * 2.0 ** min(failures, 40))

    assert PACE.floor <= due <= bound


def test_backoff_is_spread() -> None:
    """Sources of one broken host do not come back together."""
    rng = Random(1)
    times = [seconds(next_try(NOW, failures=9, pace=PACE, rng=rng)) for _ in range(300)]

    assert min(times) < PACE.cap * 0.1
    assert max(times) > PACE.cap * 0.9


@pytest.mark.parametrize(
    ("asked", "least"), [(None, 60), (10, 60), (3_000, 3_000), (10_000, 10_000), (1e9, 86_400)]
)
def test_retry_after_is_waited_out(asked: float | None, least: float) -> None:
    """Also beyond the cap, a day at most."""
    due = seconds(next_try(NOW, failures=1, pace=PACE, rng=Random(1), retry_after=asked))

    assert least <= due <= max(least, 2 * PACE.floor)


@given(RATES, st.integers(0, 50), st.floats(1, 1e6), st.floats(0.01, 0.99))
def test_the_rate_is_the_same_however_often_was_asked(
    rate: float, new: int, span: float, share: float
) -> None:
    """One poll over a quiet span equals two polls over its parts; items only add."""
    once = learn_rate(rate, new=0, seconds=span)
    twice = learn_rate(
        learn_rate(rate, new=0, seconds=span * share), new=0, seconds=span * (1 - share)
    )

    assert twice == pytest.approx(once)
    assert learn_rate(rate, new=new, seconds=span) >= once
    assert learn_rate(rate, new=new, seconds=0) == rate


def test_the_rate_finds_the_truth() -> None:
    """Twelve items a day are learnt as such within a week."""
    rate = UNKNOWN_RATE
    for _ in range(7 * 24):
        rate = learn_rate(rate, new=1, seconds=7_200)

    assert rate == pytest.approx(12, rel=0.01)


@pytest.mark.parametrize(
    ("hours_ago", "rate"),
    [
        ([], UNKNOWN_RATE),
        ([None, None], UNKNOWN_RATE),
        ([0, 6, 12, 18, 24], 5),
        ([0, 1, 2, 24 * 400], 3 / 30),  # one pinned item of last year
        ([24 * 90], 1 / 30),
        ([0.01, 0.02, 0.03], 72),  # an import of this minute
        ([-5, 12], 2),  # a date ahead is no item of the past
    ],
)
def test_the_first_page_gives_a_first_rate(hours_ago: list[float | None], rate: float) -> None:
    """A busy source is asked often from its first day."""
    dates = [None if h is None else NOW - timedelta(hours=h) for h in hours_ago]

    assert first_rate(dates, NOW) == pytest.approx(rate)


@given(st.lists(st.tuples(RATES, st.floats(0.1, 10)), min_size=1, max_size=30), st.floats(0.5, 60))
def test_the_pace_keeps_the_budget(rates: list[tuple[float, float]], each: float) -> None:
    """All sources together take the polls they were given, within floor and cap."""
    budget = each * len(rates)
    pace = fit_pace(rates, polls_per_hour=budget, pace=PACE)
    polls = sum(3_600 / interval(rate, pace, weight) for rate, weight in rates)

    assert polls == pytest.approx(budget, rel=0.01)


def test_items_wait_less_than_with_equal_intervals() -> None:
    """With as many polls as an even round takes, the mean item waits two thirds or less."""
    rng = Random(7)
    rates = [80.0] * 10 + [6.0] * 20 + [0.7] * 30  # items a day
    days = 20
    published = [
        sorted(rng.uniform(0, days * 86_400) for _ in range(round(rate * days))) for rate in rates
    ]
    learnt = [UNKNOWN_RATE] * len(rates)
    last = [0.0] * len(rates)
    queue = [(rng.uniform(0, 3_600), n) for n in range(len(rates))]
    heapq.heapify(queue)
    waits: list[float] = []
    polls, pace, refit = 0, PACE, 0.0
    while queue[0][0] < days * 86_400:
        now, n = heapq.heappop(queue)
        if now >= refit:
            pace = fit_pace([(rate, 1.0) for rate in learnt], polls_per_hour=len(rates), pace=pace)
            refit = now + 21_600
        polls += 1
        items = [when for when in published[n] if last[n] < when <= now]
        waits += [now - when for when in items]
        learnt[n] = learn_rate(learnt[n], new=len(items), seconds=now - last[n])
        last[n] = now
        due = next_due(NOW, rate=learnt[n], pace=pace, rng=rng)
        heapq.heappush(queue, (now + seconds(due), n))

    even = days * 86_400 * len(rates) / polls / 2
    assert sum(waits) / len(waits) <= 0.65 * even
    assert max(waits) <= PACE.cap + 3_600
