"""The reader as it ships: loading one takes most of a second of processor time."""

from __future__ import annotations

from functools import cache

from filters.reading import Reader, load_reader

__all__ = ["shipped_reader"]


@cache
def shipped_reader() -> Reader:
    """One for all tests of a process. Who changes it puts it back as it was."""
    return load_reader()
