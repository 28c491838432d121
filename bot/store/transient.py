"""Which database errors are transient, and which the statement itself causes."""

from __future__ import annotations

from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
    SQLAlchemyError,
)

from bot.errors import StoreError

__all__ = ["may_pass", "passes", "refuses_value"]

# Classes of SQLSTATE: connection, rollback, resources, not in the right state, operator, system.
_PASSING = ("08", "40", "53", "55", "57", "58")


def may_pass(error: Exception) -> bool:
    """Whether the same statement may well succeed later: a full disk, a lock, a lost connection.

    False for what this very row brings about, and for errors that are not the database's.
    """
    if not isinstance(error, SQLAlchemyError):
        return False
    if not isinstance(error, DBAPIError):
        return True  # the pool, or the connection's state
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    if isinstance(state, str):
        return state.startswith(_PASSING)
    return not isinstance(error, DataError | IntegrityError | NotSupportedError | ProgrammingError)


def passes(error: StoreError) -> bool:
    """As `may_pass`, for our own error; also True if the database could not be reached."""
    cause = error.__cause__
    return not isinstance(cause, SQLAlchemyError) or may_pass(cause)


def refuses_value(error: StoreError) -> bool:
    """Whether the database was reached and takes everything but this very value."""
    cause = error.__cause__
    if not isinstance(cause, DBAPIError) or cause.connection_invalidated:
        return False
    state = getattr(cause.orig, "sqlstate", None)
    return state.startswith("22") if isinstance(state, str) else isinstance(cause, DataError)
