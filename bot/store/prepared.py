"""Statements whose SQL is made once.

SQLAlchemy looks a statement up, binds its values and describes its result again each time: on
SQLite ten times the cost of the statement itself. What every visit asks is made to SQL once and
given to the driver as it is. The statement stays the only source: PostgreSQL, and whatever else
asks, gets it as any other, with the same types of columns.
"""

from __future__ import annotations

import re
import sqlite3
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.rows import chunks

__all__ = ["Prepared"]

Statement: TypeAlias = "sa.Select[Any] | sa.Insert | sa.Update | sa.Delete"
_Process: TypeAlias = Callable[[Any], Any] | None

_VALUES: Final = re.compile(r"(.* VALUES )(\((?:\?(?:, )?)+\))(.*)", re.S)
_LIST: Final = re.compile(r"__\[POSTCOMPILE_(\w+)\]")
_VALUES_A_STATEMENT: Final = 30_000


class Prepared:
    """See the module. `make` gives the statement, once for each kind of database.

    Rows have their columns as attributes, in the statement's order.
    """

    def __init__(self, make: Callable[[AsyncConnection], Statement]) -> None:
        self._make = make
        self._made: dict[str, Statement] = {}
        self._sql: dict[tuple[str, ...], _Sql] = {}

    async def __call__(self, conn: AsyncConnection, values: Mapping[str, Any]) -> Sequence[Any]:
        """The rows that the statement returns with these values. Raises what SQLAlchemy raises."""
        if conn.dialect.name != "sqlite":
            return await self._by_sqlalchemy(conn, values)
        sql = self._sql_of(conn, (*values,))
        text, bound = sql.of(values)
        return await _run(conn, text, bound, sql.rows)

    async def each(
        self, conn: AsyncConnection, values: Sequence[Mapping[str, Any]]
    ) -> Sequence[Any]:
        """As a call for each of several, all of the same names, in one statement or few."""
        if not values:
            return []
        if conn.dialect.name != "sqlite":
            return await self._by_sqlalchemy(conn, values)
        sql = self._sql_of(conn, (*values[0],))
        if sql.rows is None:
            return await _run(conn, sql.text, [sql.bound(one) for one in values], None, many=True)
        found: list[Any] = []
        for chunk in chunks(values, max(1, _VALUES_A_STATEMENT // max(1, len(sql.names)))):
            text, bound = sql.of_many(chunk)
            found += await _run(conn, text, bound, sql.rows)
        return found

    async def _by_sqlalchemy(
        self, conn: AsyncConnection, values: Mapping[str, Any] | Sequence[Mapping[str, Any]]
    ) -> Sequence[Any]:
        result = await conn.execute(self._statement(conn), values)
        return result.all() if result.returns_rows else []

    def _sql_of(self, conn: AsyncConnection, names: tuple[str, ...]) -> _Sql:
        sql = self._sql.get(names)
        if sql is None:
            sql = self._sql[names] = _Sql(conn, self._statement(conn), names)
        return sql

    def _statement(self, conn: AsyncConnection) -> Statement:
        made = self._made.get(conn.dialect.name)
        if made is None:
            made = self._made[conn.dialect.name] = self._make(conn)
        return made


class _Sql:
    """A statement in the words of SQLite; `names` are its values in their order."""

    def __init__(self, conn: AsyncConnection, statement: Statement, given: Sequence[str]) -> None:
        dialect = conn.dialect
        compiled: Any = statement.compile(dialect=dialect, column_keys=list(given))
        self.text: str = compiled.string
        self.names: list[str] = list(compiled.positiontup or ())
        self._lists = {name for name in self.names if compiled.binds[name].expanding}
        self._fixed = {n: v for n, v in compiled.params.items() if n not in given}
        self._process: dict[str, _Process] = {
            name: compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)
            for name in self.names
        }
        self._processed = [
            (n, process)
            for n, name in enumerate(self.names)
            if (process := self._process[name]) is not None
        ]
        self._of_many = _VALUES.fullmatch(self.text)
        columns = compiled._result_columns
        self.rows = (
            _Rows(
                [each.keyname for each in columns],
                [
                    each.type.dialect_impl(dialect).result_processor(dialect, None)
                    for each in columns
                ],
            )
            if columns
            else None
        )

    def bound(self, values: Mapping[str, Any]) -> list[Any]:
        whole = {**self._fixed, **values} if self._fixed else values
        bound = [whole[name] for name in self.names]
        for n, process in self._processed:
            bound[n] = process(bound[n])
        return bound

    def of(self, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
        if not self._lists:
            return self.text, self.bound(values)
        bound: list[Any] = []
        for name in self.names:
            value = values[name] if name in values else self._fixed[name]
            process = self._process[name]
            each = value if name in self._lists else (value,)
            bound += each if process is None else map(process, each)
        return _LIST.sub(lambda found: _marks(len(values[found[1]])), self.text), bound

    def of_many(self, rows: Sequence[Mapping[str, Any]]) -> tuple[str, list[Any]]:
        assert self._of_many is not None  # only what inserts returns rows of several
        before, one, after = self._of_many.groups()
        text = before + ", ".join([one] * len(rows)) + after
        return text, [value for row in rows for value in self.bound(row)]


class _Rows:
    """Rows as the driver gives them, made to rows with the values of our types."""

    def __init__(self, names: Sequence[str], process: Sequence[_Process]) -> None:
        row: Any = namedtuple("Row", names)  # type: ignore[misc]
        self._make: Callable[[Sequence[Any]], Any] = row._make
        self._process = [(n, each) for n, each in enumerate(process) if each is not None]

    def of(self, rows: Sequence[Sequence[Any]]) -> list[Any]:
        make = self._make
        if not self._process:
            return list(map(make, rows))
        found = []
        for row in rows:
            values = list(row)
            for n, process in self._process:
                values[n] = process(values[n])
            found.append(make(values))
        return found


def _reader(kind: Any, dialect: sa.Dialect) -> _Process:
    """What makes a value of the column's type of the driver's."""
    read: _Process = kind.dialect_impl(dialect).result_processor(dialect, None)
    return read


def _marks(count: int) -> str:
    """So many values of a list; of none a list that holds nothing."""
    return ", ".join("?" * count) if count else "SELECT 1 WHERE 0"


async def _run(
    conn: AsyncConnection,
    text: str,
    values: Sequence[Any],
    rows: _Rows | None,
    *,
    many: bool = False,
) -> list[Any]:
    sync: Any = conn.sync_connection
    if sync._has_events or sync.engine._has_events:
        for listener in sync.dispatch.before_cursor_execute:
            listener(sync, None, text, values if many else tuple(values), None, many)
    cursor = sync.connection.driver_connection.cursor()
    try:
        await (cursor.executemany(text, values) if many else cursor.execute(text, values))
    except sqlite3.Error as error:
        raise DBAPIError.instance(
            text, None, error, sqlite3.Error, hide_parameters=True, dialect=conn.dialect
        ) from error
    return [] if rows is None else rows.of(await cursor.fetchall())
