"""How long to wait after failures: twice as long each time, up to a limit. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, TypeVar

__all__ = ["backoff"]

_Time = TypeVar("_Time", float, timedelta)

_DOUBLINGS: Final = 30  # after a day of failures 2**failures is no float any more


def backoff(failures: int, first: _Time, longest: _Time) -> _Time:
    """The wait after so many failures before this one: `first` after none, at most `longest`.

    Both in seconds, or both spans of time.
    """
    return min(first * (1 << min(max(failures, 0), _DOUBLINGS)), longest)
