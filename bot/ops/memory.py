"""The process's memory: what it has freed is given back, what stays is not looked through."""

from __future__ import annotations

import ctypes
import gc
from typing import Final

__all__ = ["give_back", "rest_after_start", "share_one_arena"]

# Objects made since the last look for garbage, and looks of one generation to one of the next.
# Python's 700 find a cycle sooner, for 60 µs more an item: nearly all that is made dies by itself.
_COLLECT_AFTER: Final = (10_000, 10, 10)

# Of mallopt in glibc's malloc.h.
_MOST_ARENAS: Final = -8


def share_one_arena() -> bool:
    """Let all threads take their memory from one place: 3 MB less after six thousand posts.

    glibc gives each thread an arena of its own, and what one has freed no other uses. Of our
    threads one runs at a time. Call it before the first thread is started. False where the C
    library has no such call (musl, macOS).
    """
    choose = getattr(ctypes.CDLL(None), "mallopt", None)
    return choose is not None and bool(choose(_MOST_ARENAS, 1))


def give_back() -> bool:
    """Give freed memory back: some 10 MB after ten thousand posts. Takes milliseconds.

    glibc keeps what threads have freed for their next need. False where the C library has no
    such call (musl, macOS): nothing is done there.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return trim is not None and bool(trim(0))


def rest_after_start() -> None:
    """After a start without garbage collection: collect from now on, but never what is there.

    Nearly all that a start makes stays; looking through it would stop everything for as long as
    that takes.
    """
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)
    gc.enable()
