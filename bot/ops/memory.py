"""What the process has freed, given back to the system."""

from __future__ import annotations

import ctypes

__all__ = ["give_back"]


def give_back() -> bool:
    """Give freed memory back: some 10 MB after ten thousand posts. Takes milliseconds.

    glibc keeps what threads have freed for their next need. False where the C library has no
    such call (musl, macOS): nothing is done there.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return trim is not None and bool(trim(0))
