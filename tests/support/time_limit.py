"""What ends a test that takes too long, whatever runs when its time is over.

pytest-timeout raises a failure in the code that runs just then. A task of asyncio takes it for its
own and ends with it, while the test waits on. SystemExit leaves the loop, so this is one.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

__all__ = ["TookTooLong", "end_limit", "set_limit", "within"]

_AGAIN_SECONDS: Final = 10.0  # for who caught the first


class TookTooLong(SystemExit):
    """The test's time is over."""


def set_limit(seconds: float, again: float = _AGAIN_SECONDS) -> tuple[float, float]:
    """Raise TookTooLong in this thread when they are over, then each `again`; what was set."""

    def over(*_: object) -> None:
        raise TookTooLong(f"The test took longer than {seconds:g} s")

    signal.signal(signal.SIGALRM, over)
    return signal.setitimer(signal.ITIMER_REAL, seconds, again)


def end_limit() -> None:
    """Nothing is to be raised."""
    signal.setitimer(signal.ITIMER_REAL, 0)


@contextmanager
def within(seconds: float, again: float = _AGAIN_SECONDS) -> Iterator[None]:
    """A limit for the block; then the test's own goes on."""
    outer = signal.getsignal(signal.SIGALRM)
    left = set_limit(seconds, again)
    try:
        yield
    finally:
        signal.signal(signal.SIGALRM, outer)
        signal.setitimer(signal.ITIMER_REAL, *left)
