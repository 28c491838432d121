"""Rows that cannot be read: each is set aside and named to admins, and all others go on.

A damaged row, or one of a version to come, would else fail every query that meets it. One process
reads one database, so what was met is kept for the process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog

__all__ = ["SetAside", "fresh", "known", "note", "readable"]

log = structlog.get_logger(__name__)

T = TypeVar("T")

_MAX_NAMED = 1_000


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that cannot be read, by its table, and why: a column or a class of error."""

    table: str
    id: int
    why: str


_known: dict[tuple[str, int], SetAside] = {}
_untold: list[SetAside] = []


def note(table: str, row_id: int, why: str) -> None:
    """Set it aside; logged the first time."""
    if (table, row_id) in _known or len(_known) >= _MAX_NAMED:
        return
    found = SetAside(table, row_id, why)
    _known[table, row_id] = found
    _untold.append(found)
    log.error("store.set_aside", table=table, row=row_id, why=why)


def readable(rows: Iterable[Any], of: Callable[[Any], T], table: str) -> list[T]:
    """What `of` makes of each row that it can read."""
    found = []
    for row in rows:
        try:
            found.append(of(row))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            note(table, row.id, type(error).__name__)
    return found


def known() -> list[SetAside]:
    """All that were met since the start."""
    return list(_known.values())


def fresh() -> list[SetAside]:
    """Rows met since the last call, so that admins hear of each once."""
    found = _untold[:]
    _untold.clear()
    return found
