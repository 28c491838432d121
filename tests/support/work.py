"""How much a function does, counted instead of timed: the same on every machine."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

__all__ = ["lines_run"]


def lines_run(function: Callable[[], object]) -> int:
    """The lines of Python that `function` runs, with its callees and each turn of a loop.

    What runs inside C counts as the one line that called it. The same input always gives the
    same number, however busy the machine is, so a bound on it can be asserted.
    """
    count = 0

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal count
        if event == "line":
            count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function()
    finally:
        sys.settrace(before)
    return count
