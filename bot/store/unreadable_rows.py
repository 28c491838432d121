"""Rows that cannot be read: each is set aside and named to admins, and all others go on.

A damaged row, or one of a version to come, would else fail every query that meets it. One process
reads one database, so what was met is kept for the process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog

__all__ = ["SetAside", "fresh", "ids", "known", "note", "one_readable", "readable"]

log = structlog.get_logger(__name__)

T = TypeVar("T")

_MAX_NAMED = 1_000


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that cannot be read, by its table, and why: a column or a class of error."""

    table: str
    id: int | str
    why: str


_known: dict[tuple[str, int | str], SetAside] = {}
_untold: list[SetAside] = []


def note(table: str, row_id: int | str, why: str) -> None:
    """Set it aside; logged the first time."""
    if (table, row_id) in _known or len(_known) >= _MAX_NAMED:
        return
    found = SetAside(table, row_id, why)
    _known[table, row_id] = found
    _untold.append(found)
    log.error("store.set_aside", table=table, row=row_id, why=why)


def readable(
    rows: Iterable[Any], of: Callable[[Any], T], table: str, *, key: str = "id"
) -> list[T]:
    """What `of` makes of each row that it can read; the others are named by the column `key`."""
    found = []
    for row in rows:
        try:
            found.append(of(row))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            note(table, getattr(row, key), type(error).__name__)
    return found


def one_readable(
    row: Any | None, of: Callable[[Any], T], table: str, *, key: str = "id"
) -> T | None:
    """As `readable`, of a row that there may be; one that cannot be read is as if it were gone."""
    return None if row is None else next(iter(readable((row,), of, table, key=key)), None)


def known() -> list[SetAside]:
    """All that were met since the start."""
    return list(_known.values())


def ids(table: str) -> list[int]:
    """The ids of those of a table, for queries that would else meet them first each time."""
    return [each.id for each in _known.values() if each.table == table and type(each.id) is int]


def fresh() -> list[SetAside]:
    """Rows met since the last call, so that admins get one message about each."""
    found = _untold[:]
    _untold.clear()
    return found
