"""Which alarms about a source admins should get: each once, and one when it is over. Pure.

A source is unread for a day; its page changes so that nobody can read it; its name leads
elsewhere; it is read without error but says nothing, against its own rhythm.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from bot.model import AlarmKind, Source, SourceState
from bot.sources.rhythm import Rhythm

__all__ = [
    "SILENCE",
    "HealthChange",
    "changes",
    "forecast",
    "longest_pause",
    "unread_for",
]

_DAY: Final = timedelta(days=1)
_LEAST_ITEMS: Final = 10
_LEAST_SPAN: Final = timedelta(days=7)
_MOVES_AFTER: Final = 2  # failures in a row that say so

SILENCE: Final = _DAY
"""A shorter silence is nobody's alarm."""


@dataclass(frozen=True, slots=True)
class HealthChange:
    """Something to tell: it has begun, or (`over`) has ended."""

    kind: AlarmKind
    over: bool = False


def unread_for(source: Source, now: datetime) -> timedelta:
    """How long the source has not been read, counted from its addition if it never was."""
    since = source.last_success or source.added_at or now
    return max(now - since, timedelta())


def forecast(source: Source) -> float | None:
    """Items a day to expect of it; None where fewer than ten were read: they foretell nothing."""
    return source.rate if Rhythm.read(source.rhythm).items >= _LEAST_ITEMS - 0.5 else None


def longest_pause(times: Sequence[datetime]) -> timedelta | None:
    """The longest time between two items published at these times (UTC, any order).

    None where they say too little of a rhythm: fewer than ten, or within a week.
    """
    ordered = sorted(times)
    if len(ordered) < _LEAST_ITEMS or ordered[-1] - ordered[0] < _LEAST_SPAN:
        return None
    return max(later - earlier for earlier, later in pairwise(ordered))


def changes(
    source: Source,
    raised: Mapping[AlarmKind, datetime],
    now: datetime,
    *,
    layout: Collection[str],
    moved: Collection[str],
    pause: timedelta | None = None,
) -> list[HealthChange]:
    """What has begun or ended since admins were `raised` (when, by kind).

    `layout` and `moved` are the errors that mean so; `pause` is the source's longest one,
    None while it is not known or not asked for.
    """
    if source.state is not SourceState.ACTIVE:
        return []
    found = []
    if source.failures:
        kind = _failure(source, now, layout, moved)
        if kind is not None and not any(k in raised for k in (kind, *_GRAVER.get(kind, ()))):
            found.append(HealthChange(kind))
    elif source.last_success is not None:
        failed = [k for k in (AlarmKind.MOVED, AlarmKind.LAYOUT, AlarmKind.FAILING) if k in raised]
        if any(raised[k] <= source.last_success for k in failed):
            found.append(HealthChange(failed[0], over=True))
    last = source.last_item_at
    if last is not None and AlarmKind.SILENT in raised:
        if last > raised[AlarmKind.SILENT]:
            found.append(HealthChange(AlarmKind.SILENT, over=True))
    elif last is not None and pause is not None and not source.failures:
        silent = now - last > max(SILENCE, 2 * pause)
        found += [HealthChange(AlarmKind.SILENT)] if silent else []
    return found


# An admin who heard of one of these knows that the source is unread.
_GRAVER: Final = {AlarmKind.FAILING: (AlarmKind.LAYOUT, AlarmKind.MOVED)}


def _failure(
    source: Source, now: datetime, layout: Collection[str], moved: Collection[str]
) -> AlarmKind | None:
    if source.error in layout:
        return AlarmKind.LAYOUT
    if source.error in moved and source.failures >= _MOVES_AFTER:
        return AlarmKind.MOVED
    return AlarmKind.FAILING if source.unread and unread_for(source, now) >= _DAY else None
