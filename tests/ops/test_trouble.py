"""A trouble that lasts is told once."""

from __future__ import annotations

from bot.ops.trouble import Trouble
from tests.support.clock import ManualClock


def test_each_kind_is_told_when_it_begins(clock: ManualClock) -> None:
    """Another kind is news; the same is not, nor is it when it is back at once."""
    trouble = Trouble(clock)
    told = []
    for kind in ("cut", "cut", "refused", "refused"):
        told.append(trouble.failed(kind))
        clock.advance(5)

    assert told == [True, False, True, False]
    assert trouble.worked() == 20
    assert trouble.worked() is None
    clock.advance(10)
    assert not trouble.failed("refused")
    trouble.worked()
    clock.advance(100)
    assert trouble.failed("refused")
