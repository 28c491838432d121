"""Types of columns, and how each is written in the schema.

They keep the promises that no table has to repeat: times are aware UTC, texts hold only what
both databases take, and what cannot be read is a value of its own instead of an error in the
midst of a result.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles

__all__ = [
    "NEVER_REUSED",
    "UNREADABLE_TIME",
    "BigId",
    "StoredJson",
    "StoredList",
    "StoredText",
    "Unreadable",
    "UnreadableTime",
    "UtcDateTime",
    "flag_column",
    "id_column",
    "int_column",
    "json_column",
    "partial_index",
    "ref_column",
    "soonest",
    "storable",
    "text_column",
    "time_column",
]


class UnreadableTime(datetime):
    """What stands where a time should and is none: long ago, and not to be taken for one."""


UNREADABLE_TIME = UnreadableTime(1970, 1, 1, tzinfo=UTC)


def soonest(times: Iterable[datetime | None]) -> datetime | None:
    """The first of these; None if there is none. What cannot be read is no time to come at."""
    return min(
        (when for when in times if when is not None and when is not UNREADABLE_TIME), default=None
    )


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """Aware UTC in and out; naive values are refused. SQLite keeps ISO text: one that is no time
    is read as `UNREADABLE_TIME`, not raised in the midst of a result. Whole seconds, as nearly all
    that feeds say, are kept without a fraction; sorted as text they stand before their fractions.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Any:
        if dialect.name != "sqlite":
            return super().bind_processor(dialect)

        def process(value: datetime | None) -> str | None:
            if value is not None and value.tzinfo is not UTC:
                value = self.process_bind_param(value, dialect)
            return None if value is None else value.isoformat(" ")[: -len("+00:00")]

        return process

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        read: Any = self.impl_instance.dialect_impl(dialect).result_processor(dialect, coltype)
        of_text = dialect.name == "sqlite"

        def process(value: Any) -> Any:
            if value is None:
                return None
            if of_text:
                try:
                    return datetime.fromisoformat(value + "+00:00")
                except (ValueError, TypeError):
                    pass  # it has a zone of its own, or is none
            try:
                when = value if read is None else read(value)
            except (ValueError, TypeError):
                return UNREADABLE_TIME
            return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)

        return process


def storable(text: str) -> str:
    """`text` with what no database takes (NUL, halves of pairs) replaced by U+FFFD.

    One for one: spans into the text stay true.
    """
    if text.isascii():
        return text.replace("\0", "\ufffd") if "\0" in text else text
    try:
        text.encode()
    except UnicodeEncodeError:
        text = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
    return text.replace("\0", "\ufffd")


def _bound_text(value: str | None) -> str | None:
    if value is None or (type(value) is str and value.isascii() and "\0" not in value):
        return value
    return storable(str(value))


class StoredText(sa.types.TypeDecorator[str]):
    """Text from strangers: see `storable`."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(str(value))

    def bind_processor(self, dialect: Dialect) -> Any:
        return _bound_text  # no call between: a row of an item has ten texts


class Unreadable(dict[str, Any]):
    """What stands where JSON should and is none: empty, and not to be taken for a choice."""


class StoredJson(sa.types.TypeDecorator[Any]):
    """JSON; a text that is none is read as `Unreadable`, not raised in the midst of a result."""

    impl = sa.JSON
    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        read = super().result_processor(dialect, coltype)

        def process(value: Any) -> Any:
            if value is None:
                return None
            try:
                return value if read is None else read(value)
            except ValueError:
                return Unreadable()

        return process


class StoredList(StoredJson):
    """A list that is empty in nearly all rows: then nothing is kept."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(none_as_null=True)

    def process_bind_param(self, value: Any, _dialect: Dialect) -> Any:
        return value or None

    def bind_processor(self, dialect: Dialect) -> Any:
        write: Any = super().bind_processor(dialect)

        def process(value: Any) -> Any:
            return write(value) if value else None

        return process


# SQLite gives row ids by itself to INTEGER keys only.
BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def id_column() -> sa.Column[int]:
    return sa.Column("id", BigId, primary_key=True, autoincrement=True)


# Else SQLite gives the id of a deleted row to the next one: an answer of Telegram
# that comes after a chat has left would then mark somebody else's message as sent.
NEVER_REUSED: dict[str, Any] = {"sqlite_autoincrement": True}


def ref_column(name: str, target: str, **kw: Any) -> sa.Column[int]:
    return sa.Column(name, BigId, sa.ForeignKey(target), **kw)


def text_column(name: str, default: str = "", **kw: Any) -> sa.Column[str]:
    return sa.Column(name, StoredText, nullable=False, server_default=default, **kw)


def time_column(name: str, *, required: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, UtcDateTime, nullable=not required)


def int_column(name: str, default: int = 0) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default=str(default))


def flag_column(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false())


def json_column(name: str) -> sa.Column[Any]:
    return sa.Column(name, StoredJson, nullable=True)


def partial_index(name: str, column: sa.Column[Any], where: str) -> None:
    sa.Index(name, column, sqlite_where=sa.text(where), info={"where": where})


@compiles(sa.schema.CreateIndex, "postgresql")
def _create_partial(create: sa.schema.CreateIndex, compiler: Any, **options: Any) -> str:
    """`postgresql_where` would load the dialect, which a start on SQLite need not wait for."""
    statement: str = compiler.visit_create_index(create, **options)
    where = create.element.info.get("where")
    return f"{statement} WHERE {where}" if where else statement
