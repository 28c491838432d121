"""When a source publishes, learnt item by item: what is kept, and what the schedule makes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.rhythm import Rhythm
from bot.sources.schedule import PollPace, interval, interval_at, next_due

MONDAY = datetime(2024, 4, 8, tzinfo=UTC)
WEEK = [MONDAY + timedelta(hours=hour) for hour in range(168)]
PACE = PollPace()
WHEN = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - of `timezones`
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def newsroom(days: int = 30) -> Rhythm:
    """Published at 8:30 to 17:30 of working days, an item an hour."""
    hours = (
        MONDAY + timedelta(days=day, hours=h, minutes=30)
        for day in range(days)
        for h in range(8, 18)
        if day % 7 < 5
    )
    return Rhythm().with_items(hours)


def test_without_a_rhythm_every_hour_is_like_another() -> None:
    """A new source is asked by its rate alone."""
    assert {Rhythm().at(when) for when in WEEK} == {1.0}
    assert interval_at(MONDAY, 24, Rhythm(), PACE) == pytest.approx(interval(24, PACE))


@given(st.lists(WHEN, max_size=60), WHEN)
def test_what_is_written_is_read(published: list[datetime], when: datetime) -> None:
    """The row keeps it to two decimals; every hour expects something, the average is one."""
    rhythm = Rhythm().with_items(published)
    again = Rhythm.read(rhythm.written())

    assert again.at(when) == pytest.approx(rhythm.at(when), rel=0.05)
    assert again.written() == rhythm.written()
    assert all(rhythm.at(hour) > 0 for hour in WEEK)
    assert sum(rhythm.at(hour) for hour in WEEK) / 168 == pytest.approx(1)


@pytest.mark.parametrize("text", ["", "1 2 3", "nan " * 31, "-1 " * 31, "x " * 31, "1e300 " * 31])
def test_a_broken_row_is_no_rhythm(text: str) -> None:
    """Whatever stands there, the source goes on being asked."""
    assert Rhythm.read(text) == Rhythm()


def test_by_day_often_by_night_rarely() -> None:
    """The same polls go where the items are: to working hours."""
    rhythm, pace = newsroom(), PollPace(cap=6 * 3_600)
    noon, night = MONDAY + timedelta(days=1, hours=12), MONDAY + timedelta(days=1, hours=1)
    sunday = MONDAY + timedelta(days=6, hours=12)

    def wait(when: datetime) -> float:
        return interval_at(when, 7, rhythm, pace)

    assert wait(noon) < interval(7, pace) < wait(sunday)
    assert wait(night) > 2 * wait(noon)


def test_a_long_wait_ends_in_the_morning() -> None:
    """One that begins by night does not last as long into the day."""
    rhythm, pace = newsroom(), PollPace(cap=12 * 3_600)
    six = MONDAY + timedelta(days=1, hours=6, minutes=30)

    assert interval_at(six, 0.2, rhythm, pace) < pace.hourly / (0.2 / 24 * rhythm.at(six)) ** 0.5


@given(st.floats(0, 1e5), st.lists(WHEN, max_size=20), WHEN, st.integers(0, 9))
def test_between_floor_and_cap_at_any_hour(
    rate: float, published: list[datetime], now: datetime, seed: int
) -> None:
    """No rhythm lets a source be hammered or forgotten."""
    rhythm = Rhythm().with_items(published)
    due = next_due(now, rate=rate, rhythm=rhythm, pace=PACE, rng=Random(seed))

    assert PACE.floor <= (due - now).total_seconds() <= PACE.cap
