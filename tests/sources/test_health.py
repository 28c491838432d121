"""What admins hear of a source's health, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import UNREAD_AFTER, AlarmKind, Source, SourceKind, SourceState, Transport
from bot.sources.health import HealthChange, changes, forecast, longest_pause
from bot.sources.rhythm import Rhythm

NOW = datetime(2024, 4, 8, 6, 0, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WELL = Source(
    id=1,
    transport=Transport.FEED,
    address="https://a.example/rss",
    identity="https://a.example/rss",
    title="A",
    kind=SourceKind.MEDIA,
    lang="ru",
    state=SourceState.ACTIVE,
    added_at=NOW - 90 * DAY,
    last_success=NOW - HOUR,
    last_item_at=NOW - 2 * HOUR,
)
times = st.timedeltas(timedelta(0), timedelta(days=90)).map(lambda ago: NOW - ago)


def news(source: Source, told: dict[AlarmKind, datetime], **more: timedelta) -> list[HealthChange]:
    return changes(source, told, NOW, layout=["layout"], moved=["moved"], **more)


def failing(error: str, hours: float, failures: int = 5) -> Source:
    return replace(WELL, failures=failures, error=error, last_success=NOW - hours * HOUR)


def test_a_day_of_failures_is_told_once_and_its_end_once() -> None:
    """Not at the first failure, not again each minute, never for a paused source."""
    told = {AlarmKind.FAILING: NOW - HOUR}

    assert news(failing("timeout", 23), {}) == []
    assert news(failing("timeout", 25), {}) == [HealthChange(AlarmKind.FAILING)]
    assert news(failing("timeout", 26), told) == []
    # After a day of our own absence one failure says nothing yet.
    assert news(failing("timeout", 26, UNREAD_AFTER - 1), {}) == []
    assert news(replace(WELL, last_success=NOW), told) == [
        HealthChange(AlarmKind.FAILING, over=True)
    ]
    assert news(WELL, {}) == []
    assert news(replace(failing("timeout", 99), state=SourceState.PAUSED), {}) == []
    never = replace(failing("timeout", 0), last_success=None, added_at=NOW - 2 * DAY)
    assert news(never, {}) == [HealthChange(AlarmKind.FAILING)]


def test_another_form_is_told_at_once_a_lost_name_the_second_time() -> None:
    """And a day later nobody hears it again as a failure."""
    assert news(failing("layout", 1, 1), {}) == [HealthChange(AlarmKind.LAYOUT)]
    assert news(failing("moved", 1, 1), {}) == []
    assert news(failing("moved", 1, 2), {}) == [HealthChange(AlarmKind.MOVED)]
    assert news(failing("moved", 30), {AlarmKind.MOVED: NOW - DAY}) == []
    assert news(failing("timeout", 30), {AlarmKind.LAYOUT: NOW - DAY}) == []


def test_silence_is_measured_by_the_sources_own_rhythm() -> None:
    """Twice its longest pause, a day at least; not while it is unread; its end is told."""
    silent = replace(WELL, last_item_at=NOW - 3 * DAY)
    told = {AlarmKind.SILENT: NOW - DAY}

    assert news(silent, {}, pause=DAY) == [HealthChange(AlarmKind.SILENT)]
    assert news(silent, {}, pause=2 * DAY) == []
    assert news(silent, {}) == []
    assert news(replace(WELL, last_item_at=NOW - 20 * HOUR), {}, pause=HOUR) == []
    assert news(replace(silent, failures=1), {}, pause=DAY) == []
    assert news(silent, told, pause=DAY) == []
    assert news(WELL, told) == [HealthChange(AlarmKind.SILENT, over=True)]


@pytest.mark.parametrize(
    ("items", "foretold"), [(0, None), (1, None), (4, None), (9, None), (10, 5.0)]
)
def test_few_items_foretell_nothing(items: int, foretold: float | None) -> None:
    """Four posts of one morning are no rate a day, whatever is learnt of when to ask."""
    heard = Rhythm().with_items(NOW - timedelta(hours=5 * n) for n in range(items))
    source = replace(failing("", 0), rate=5.0, rhythm=heard.written())

    assert forecast(source) == foretold


@given(st.lists(times, max_size=40))
def test_longest_pause_is_one_between_neighbours(found: list[datetime]) -> None:
    """And says nothing where too little is known."""
    pause = longest_pause(found)
    ordered = sorted(found)

    if len(found) < 10 or ordered[-1] - ordered[0] < timedelta(days=7):
        assert pause is None
    else:
        assert pause == max(b - a for a, b in pairwise(ordered))
