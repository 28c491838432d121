"""At which hours and on which days a source publishes. Pure.

A newsroom sleeps, a court has weekends. Of each source its last hundred items or so are
remembered by hour of the day and day of the week (UTC), each item forgotten a little with
every new one, so that what is kept does not depend on how often was asked. Few items say
little: every hour begins with some of the weight of a day without rhythm.

    rhythm = Rhythm.read(source.rhythm).with_items(times_of_new_items)
    rhythm.at(when)      1.0 on average over a week; 3.0: three times as many items as usual
    rhythm.written()     for the source's row
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

__all__ = ["Rhythm"]

_HOURS, _DAYS = 24, 7
_DECAY_AN_ITEM: Final = 1 - 1 / 150  # of what is remembered, with each item
_HOUR_PRIOR, _DAY_PRIOR = 1.0, 3.0  # items that every hour, every day begins with


@dataclass(frozen=True, slots=True)
class Rhythm:
    """See the module."""

    hours: tuple[float, ...] = (0.0,) * _HOURS
    days: tuple[float, ...] = (0.0,) * _DAYS

    @classmethod
    def read(cls, text: str) -> Self:
        """What `written` gave; anything else is no rhythm yet."""
        try:
            values = [float(value) for value in text.split()]
        except ValueError:
            return cls()
        good = len(values) == _HOURS + _DAYS and all(0 <= value < 1e6 for value in values)
        return cls(tuple(values[:_HOURS]), tuple(values[_HOURS:])) if good else cls()

    def written(self) -> str:
        """About 150 letters."""
        return " ".join(f"{value:.2f}".rstrip("0").rstrip(".") for value in self.hours + self.days)

    def with_items(self, published: Iterable[datetime]) -> Rhythm:
        """With items published at these times (UTC) as well."""
        hours, days = list(self.hours), list(self.days)
        for when in sorted(published):
            hours = [value * _DECAY_AN_ITEM for value in hours]
            days = [value * _DECAY_AN_ITEM for value in days]
            hours[when.hour] += 1
            days[when.weekday()] += 1
        return Rhythm(tuple(hours), tuple(days))

    @property
    def items(self) -> float:
        """How many items the rhythm rests on; older ones weigh a little less each."""
        return sum(self.days)

    def at(self, when: datetime) -> float:
        """How many times as many items as on average are expected in the hour of `when`."""
        hour = when.hour
        # An item at five to nine says something of nine o'clock too.
        near = (
            0.5 * self.hours[hour]
            + 0.25 * self.hours[hour - 1]
            + 0.25 * self.hours[(hour + 1) % _HOURS]
        )
        return _share(near, self.hours, _HOUR_PRIOR) * _share(
            self.days[when.weekday()], self.days, _DAY_PRIOR
        )


def _share(value: float, values: Sequence[float], prior: float) -> float:
    return (value + prior) * len(values) / (sum(values) + prior * len(values))
