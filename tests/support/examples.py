"""How many examples Hypothesis tries, and whether they are the same each time.

`make test` tries the same ones each time: a commit passes or fails for what it changes.
`make explore` tries many times as many, new ones each time, and is where a rare example is met.
"""

from __future__ import annotations

import os
from typing import Final

from hypothesis import settings

__all__ = ["examples", "load_profile"]

_TIMES: Final = int(os.environ.get("EXPLORE", "1"))


def examples(count: int) -> int:
    """The examples of a property that takes `count` in `make test`."""
    return count * _TIMES


def load_profile() -> None:
    """Sets what holds for each property: once, before any is imported.

    No example has a deadline: a busy machine fails none.
    """
    settings.register_profile(
        "vigil",
        deadline=None,
        derandomize=_TIMES == 1,
        database=None,
        max_examples=examples(100),
    )
    settings.load_profile("vigil")
