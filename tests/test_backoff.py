"""Waits after failures: they double up to a limit, for as long as a failure lasts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.backoff import backoff


@pytest.mark.parametrize(
    ("failures", "wait"), [(-1, 2.0), (0, 2.0), (1, 4.0), (7, 256.0), (8, 300.0), (5_000, 300.0)]
)
def test_waits_double_up_to_the_longest(failures: int, wait: float) -> None:
    """Also after days of failing: 2.0 times 2 to the power of 1,100 is no number any more."""
    assert backoff(failures, 2.0, 300.0) == wait


def test_spans_of_time_are_waited_alike() -> None:
    """Where an hour is the longest, no failure makes it more."""
    waits = [backoff(n, timedelta(minutes=5), timedelta(hours=1)) for n in (0, 2, 9, 10**6)]

    assert [each.total_seconds() / 60 for each in waits] == [5, 20, 60, 60]
