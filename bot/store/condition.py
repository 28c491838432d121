"""Whether the database as a whole works: one state, reported once.

A full disk, a file that became read-only or a lost server fails every statement of everybody, many
times a second. The first failure sets the state and is logged with its cause and mend. While it
lasts, writers are refused at once, except for one a second, which finds out whether it is over.
Errors of a single row or statement do not set the state (`bot.store.transient`).
"""

from __future__ import annotations

import sqlite3
from enum import StrEnum

import structlog
from sqlalchemy.exc import DBAPIError

from bot.clock import Clock
from bot.errors import StoreDown
from bot.i18n import msg

__all__ = ["MENDS", "WORDS", "Cause", "Condition", "cause_of"]

log = structlog.get_logger(__name__)

_TRIED_EVERY = 1.0  # seconds
_ROOM_AFTER = 30.0  # without a failure
_SAME_TROUBLE = 60.0
"""A trouble that is back so soon was never over: small writes fit where large ones do not."""


class Cause(StrEnum):
    FULL = "full"
    READ_ONLY = "read-only"
    UNREACHABLE = "unreachable"
    DAMAGED = "damaged"
    FAILING = "failing"
    HELD = "held"


WORDS = {
    Cause.FULL: msg("The disk of the database is full"),
    Cause.READ_ONLY: msg("The database is read-only"),
    Cause.UNREACHABLE: msg("The database cannot be reached"),
    Cause.DAMAGED: msg("The file of the database is damaged"),
    Cause.FAILING: msg("The disk of the database fails"),
    Cause.HELD: msg("Another program holds the database"),
}
MENDS = {
    Cause.FULL: msg("Make room on it. Nothing needs a restart."),
    Cause.READ_ONLY: msg(
        "Let Vigil's user write to the file and its directory, or make the server primary again."
        " Nothing needs a restart."
    ),
    Cause.UNREACHABLE: msg(
        "Start the server, or repair the network to it. Nothing needs a restart."
    ),
    Cause.DAMAGED: msg(
        "Stop Vigil and put back the newest copy from backups: docs/storage.md, Backup."
    ),
    Cause.FAILING: msg("Look at the disk (dmesg). When it works again nothing needs a restart."),
    Cause.HELD: msg(
        "End it: a shell or a copying program has locked the file. Nothing needs a restart."
    ),
}

# Primary result codes of SQLite, and what they are called where no code is given.
_SQLITE = {
    sqlite3.SQLITE_FULL: Cause.FULL,
    sqlite3.SQLITE_READONLY: Cause.READ_ONLY,
    sqlite3.SQLITE_CORRUPT: Cause.DAMAGED,
    sqlite3.SQLITE_NOTADB: Cause.DAMAGED,
    sqlite3.SQLITE_CANTOPEN: Cause.UNREACHABLE,
    sqlite3.SQLITE_IOERR: Cause.FAILING,
    sqlite3.SQLITE_BUSY: Cause.HELD,  # for longer than any transaction of ours lasts
}
_SQLITE_WORDS = {
    "disk is full": Cause.FULL,
    "readonly database": Cause.READ_ONLY,
    "malformed": Cause.DAMAGED,
    "not a database": Cause.DAMAGED,
    "unable to open": Cause.UNREACHABLE,
    "disk i/o error": Cause.FAILING,
    "database is locked": Cause.HELD,
}
# Classes and states of SQLSTATE. A connection that is cut while it is used is one connection.
_POSTGRES = {
    "53100": Cause.FULL,
    "53": Cause.UNREACHABLE,  # no memory, no connection left
    "25006": Cause.READ_ONLY,
    "57P": Cause.UNREACHABLE,  # shutting down, crashed, starting
    "58": Cause.FAILING,
    "XX001": Cause.DAMAGED,
    "XX002": Cause.DAMAGED,
}


def cause_of(error: BaseException) -> Cause | None:
    """Why the database as a whole fails, or None if it is only this statement or connection."""
    driver = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(driver, sqlite3.Error):
        code = getattr(driver, "sqlite_errorcode", None)
        if code is not None:
            return _SQLITE.get(code & 0xFF)
        words = str(driver).lower()
        return next((cause for each, cause in _SQLITE_WORDS.items() if each in words), None)
    state = getattr(driver, "sqlstate", None)
    if not isinstance(state, str):
        return None
    return next((_POSTGRES[state[:n]] for n in (5, 3, 2) if state[:n] in _POSTGRES), None)


class Condition:
    """See the module. One for a store."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.cause: Cause | None = None
        """Why it cannot be used now; None while all is well."""
        self._since = self._tried = self._failed = 0.0
        self._last: tuple[Cause, float] | None = None  # the trouble before, when it ended
        self._told = True
        self._cut = float("-inf")

    @property
    def error(self) -> StoreDown | None:
        """The error for callers that are refused meanwhile."""
        if self.cause is None:
            return None
        return StoreDown(WORDS[self.cause], MENDS[self.cause])

    def admits(self) -> bool:
        """Whether somebody may try now; while it fails that is one a second."""
        if self.cause is None:
            return True
        now = self._clock.monotonic()
        if now - self._tried < _TRIED_EVERY:
            return False
        self._tried = now
        return True

    def invite(self) -> None:
        """Let the next caller try, even if another has just tried."""
        self._tried = float("-inf")

    def failed(self, cause: Cause) -> StoreDown:
        """Set the state. The first time is logged, with the mend."""
        now = self._clock.monotonic()
        self._tried = self._failed = now
        if self.cause is None:
            again = self._last is not None and self._last[0] is cause
            self._told = not (again and now - self._last[1] < _SAME_TROUBLE)  # type: ignore[index]
            self._since = now
            if self._told:
                log.error("store.down", cause=str(cause), words=WORDS[cause], mend=MENDS[cause])
        self.cause = cause
        return StoreDown(WORDS[cause], MENDS[cause])

    def cut(self) -> StoreDown:
        """A connection was lost while it was used: one of many, or the first sign of more.

        Logged once a minute. The next one that connects finds out whether the server is gone.
        """
        now = self._clock.monotonic()
        if self.cause is None and now - self._cut >= _SAME_TROUBLE:
            log.warning("store.connection_cut", words="What used it is done again")
            self._cut = now
        return StoreDown(WORDS[Cause.UNREACHABLE], MENDS[Cause.UNREACHABLE])

    def worked(self, *, wrote: bool, much: bool = False) -> None:
        """Note a success: a read, a write, or a write of a batch's size.

        A read does not prove that writes work, and a few bytes may still fit on a full disk.
        """
        if self.cause is None or not (wrote or self.cause is Cause.UNREACHABLE):
            return
        now = self._clock.monotonic()
        if self.cause is Cause.FULL and not much and now - self._failed < _ROOM_AFTER:
            return
        if self._told:
            log.info("store.back", after=str(self.cause), seconds=round(now - self._since, 1))
        self._last, self.cause = (self.cause, now), None
