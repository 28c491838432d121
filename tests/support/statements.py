"""SQL compiled once a session, not once for each database that a test opens.

SQLAlchemy keeps compiled statements for each engine. The application opens its database once;
the tests open theirs some thousand times, and compiling was an eighth of a test of the chat.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.engine import Engine
from sqlalchemy.util import LRUCache

__all__ = ["compile_once"]

_STATEMENTS = 5_000  # more than all tests use


class _Shared:
    """The attribute of an engine that holds its compiled statements: the same for all."""

    def __init__(self) -> None:
        self._compiled: Any = LRUCache(_STATEMENTS)

    def __get__(self, engine: object, owner: object = None) -> Any:
        return self._compiled

    def __set__(self, engine: object, own: object) -> None:
        """An engine's own is left empty and forgotten."""


def compile_once() -> None:
    """Let all engines of one kind of database share what they have compiled.

    Compiled statements are found by the dialect too. Those of one class are equal here: all are
    made with the same options, for one version of one server.
    """
    Engine._compiled_cache = _Shared()
    for dialect in (SQLiteDialect_aiosqlite, PGDialect_asyncpg):
        dialect.__eq__ = lambda self, other: type(self) is type(other)
        dialect.__hash__ = lambda self: hash(type(self))
