"""The audit: who changed what, when, and how to undo it.

People stand here by a pseudonym, a keyed hash of their Telegram number whose key never leaves
this database: rows can be exported as they are, and /forget unlinks them.

A row of a chat (`chat_id`, ours) concerns that chat alone: only those who may decide for it
see it, and it is deleted with the chat. All other rows concern the installation: admins see them.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from bot.store import meta
from bot.store import schema as s
from bot.store.connection import Connection

__all__ = [
    "CHAT_RETENTION",
    "OPERATOR",
    "RETENTION",
    "Entry",
    "Undo",
    "add",
    "forget",
    "get",
    "later_on",
    "mark_undone",
    "newest",
    "page",
    "pseudonym",
    "purge",
]

OPERATOR = "operator"
"""The pseudonym of whoever used the command line (number 0)."""

RETENTION = timedelta(days=400)
CHAT_RETENTION = timedelta(days=7)
"""Of what people chose for their own chats: long enough to undo a slip."""

_KEY = "audit_key"  # of `meta`


class Undo(NamedTuple):
    """What would undo a change: the name of a restorer, and plain JSON values for it."""

    restorer: str
    args: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. `actor` is a pseudonym, "" once the person was forgotten.

    `subject` is what was changed (`source:7`), `details` plain JSON values for the eye.
    `undone_by` is the id of the row that undid this one.
    """

    id: int
    at: datetime
    actor: str
    command: str
    subject: str
    chat_id: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    inverse: Undo | None = None
    undone_by: int | None = None


async def pseudonym(conn: Connection, user_id: int, *, make: bool = False) -> str:
    """What stands for the person in audit rows; the same in every row. 0 is the operator.

    The key is made with the first row: before that nobody has a pseudonym and the answer is
    "", unless `make`, for which the connection must be able to write.
    """
    if not user_id:
        return OPERATOR
    key = await _key(conn) if make else await meta.get(conn, _KEY)
    return _pseudonym(key, user_id) if key else ""


async def add(
    conn: Connection,
    *,
    at: datetime,
    user_id: int,
    command: str,
    subject: str,
    details: Mapping[str, Any],
    chat_id: int | None = None,
    inverse: Undo | None = None,
) -> Entry:
    """Note a change in the transaction that makes it."""
    actor = OPERATOR if not user_id else _pseudonym(await _key(conn), user_id)
    row = (
        await conn.execute(
            sa.insert(s.audit)
            .values(
                at=at,
                actor=actor,
                command=command,
                subject=subject,
                chat_id=chat_id,
                # None would be stored as JSON's null, which is not SQL's.
                details=dict(details) or sa.null(),
                inverse=(sa.null() if inverse is None else [inverse.restorer, dict(inverse.args)]),
            )
            .returning(s.audit)
        )
    ).one()
    return _entry_of(row)


async def get(conn: Connection, entry_id: int) -> Entry | None:
    """The row of that id, or None."""
    row = (await conn.execute(sa.select(s.audit).where(s.audit.c.id == entry_id))).one_or_none()
    return None if row is None else _entry_of(row)


async def page(
    conn: Connection, limit: int, before: int | None = None, chat_id: int | None = None
) -> list[Entry]:
    """Up to `limit` rows, newest first, of ids below `before`: a chat's or the installation's."""
    a = s.audit.c
    query = sa.select(s.audit).where(_of(chat_id)).order_by(a.id.desc()).limit(limit)
    if before is not None:
        query = query.where(a.id < before)
    return [_entry_of(row) for row in await conn.execute(query)]


async def newest(conn: Connection, chat_id: int | None = None, actor: str = "") -> Entry | None:
    """The last change that can be undone and was not, by `actor` if one is given.

    What undid another has no inverse: undoing twice goes two steps back, not forth again.
    """
    a = s.audit.c
    query = sa.select(s.audit).where(_of(chat_id), a.inverse.is_not(None), a.undone_by.is_(None))
    if actor:
        query = query.where(a.actor == actor)
    row = (await conn.execute(query.order_by(a.id.desc()).limit(1))).one_or_none()
    return None if row is None else _entry_of(row)


async def later_on(conn: Connection, entry: Entry) -> Entry | None:
    """The newest later change of the same subject that still holds; None: nobody changed it."""
    a = s.audit.c
    undoing = sa.select(a.undone_by).where(a.undone_by.is_not(None))
    query = sa.select(s.audit).where(
        a.subject == entry.subject,
        _of(entry.chat_id),
        a.id > entry.id,
        a.undone_by.is_(None),
        a.id.not_in(undoing),
    )
    row = (await conn.execute(query.order_by(a.id.desc()).limit(1))).one_or_none()
    return None if row is None else _entry_of(row)


async def mark_undone(conn: Connection, entry_id: int, by: int) -> bool:
    """The row was undone by the row `by`; False where somebody was faster."""
    changed = await conn.execute(
        sa.update(s.audit)
        .where(s.audit.c.id == entry_id, s.audit.c.undone_by.is_(None))
        .values(undone_by=by)
    )
    return changed.rowcount > 0


async def forget(conn: Connection, user_id: int) -> None:
    """Unlink the person's rows: what was done stays, by nobody."""
    name = await pseudonym(conn, user_id)
    if name and user_id:
        a = s.audit.c
        await conn.execute(sa.update(s.audit).where(a.actor == name).values(actor=""))
        # Older rows say by number whose role came back.
        theirs = a.subject == f"person:{name}"
        await conn.execute(sa.update(s.audit).where(theirs).values(inverse=sa.null()))


async def purge(conn: Connection, now: datetime) -> int:
    """Delete rows older than `RETENTION`, of single chats than `CHAT_RETENTION`; how many."""
    a = s.audit.c
    old = (a.at < now - RETENTION) | (a.chat_id.is_not(None) & (a.at < now - CHAT_RETENTION))
    return (await conn.execute(sa.delete(s.audit).where(old))).rowcount


def _of(chat_id: int | None) -> sa.ColumnElement[bool]:
    column = s.audit.c.chat_id
    return column.is_(None) if chat_id is None else column == chat_id


async def _key(conn: Connection) -> str:
    return await meta.get(conn, _KEY) or await meta.keep_first(conn, _KEY, secrets.token_hex(32))


def _pseudonym(key: str, user_id: int) -> str:
    digest = hmac.digest(bytes.fromhex(key), str(user_id).encode(), "sha256")
    return b32encode(digest[:5]).decode().lower()


def _entry_of(row: sa.Row[Any]) -> Entry:
    return Entry(
        id=row.id,
        at=row.at,
        actor=row.actor,
        command=row.command,
        subject=row.subject,
        chat_id=row.chat_id,
        details=row.details or {},
        inverse=None if row.inverse is None else Undo(*row.inverse),
        undone_by=row.undone_by,
    )
