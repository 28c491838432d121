"""Who may do what: appointed and invited people, invitations, and drafts of buttons.

Telegram's user ids stand here because access rests on them; no names.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Role
from bot.store import audit
from bot.store import schema as s
from bot.store.rows import insert
from bot.store.unreadable_rows import note, readable

__all__ = [
    "Draft",
    "Invite",
    "Person",
    "appoint",
    "create_invite",
    "dismiss",
    "forget",
    "hash_of",
    "list_invites",
    "list_people",
    "purge_expired",
    "put_draft",
    "redeem_invite",
    "revoke_invites",
    "role_of",
    "take_all_drafts",
    "take_draft",
    "take_last_draft",
    "void_invite",
]

_RANK = {Role.STRANGER: 0, Role.SUBSCRIBER: 1, Role.ADMIN: 2, Role.ROOT: 3}


@dataclass(frozen=True, slots=True)
class Person:
    """Someone with a role that is stored; root admins of the settings are not."""

    telegram_id: int
    role: Role
    since: datetime
    invited_by: int | None


@dataclass(frozen=True, slots=True)
class Invite:
    """An invitation still open. The code itself is known only to who received it."""

    role: Role
    created_by: int | None
    created_at: datetime
    expires_at: datetime
    code_hash: str = ""

    @property
    def number(self) -> str:
        """By which people tell it from others; it opens nothing."""
        return self.code_hash[:8]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a pressed button shall do."""

    kind: str
    payload: Mapping[str, Any]
    created_at: datetime


async def role_of(conn: AsyncConnection, user_id: int, roots: Collection[int]) -> Role:
    """The person's role; `roots` are the root admins of the settings."""
    if user_id in roots:
        return Role.ROOT
    role = await conn.scalar(sa.select(s.people.c.role).where(s.people.c.telegram_id == user_id))
    if role is not None and role not in _RANK:
        note("people", role, "role")  # by the role: nobody's number is logged
        return Role.STRANGER
    return Role.STRANGER if role is None else Role(role)


async def appoint(
    conn: AsyncConnection, user_id: int, role: Role, by: int | None, now: datetime
) -> None:
    """Give the person this role, higher or lower than before; STRANGER takes it away."""
    if role is Role.STRANGER:
        await dismiss(conn, user_id)
        return
    new = insert(conn, s.people).values(telegram_id=user_id, role=role, since=now, invited_by=by)
    await conn.execute(
        new.on_conflict_do_update(
            index_elements=["telegram_id"],
            set_={"role": role, "since": now, "invited_by": by},
            where=s.people.c.role != role,
        )
    )


async def dismiss(conn: AsyncConnection, user_id: int) -> bool:
    """Forget the person's role; whether there was one."""
    gone = await conn.execute(sa.delete(s.people).where(s.people.c.telegram_id == user_id))
    return gone.rowcount > 0


async def forget(conn: AsyncConnection, user_id: int) -> None:
    """Delete all that names the person: role, drafts, and who did what.

    What they added or invited stays, by nobody. Repeating it does nothing.
    """
    await audit.forget(conn, user_id)
    await conn.execute(sa.delete(s.people).where(s.people.c.telegram_id == user_id))
    await conn.execute(sa.delete(s.drafts).where(s.drafts.c.user_id == user_id))
    for column in (
        s.people.c.invited_by,
        s.invites.c.created_by,
        s.sources.c.added_by,
        s.filters.c.created_by,
        s.filter_versions.c.by,
        s.entities.c.created_by,
    ):
        await conn.execute(
            sa.update(column.table).where(column == user_id).values({column.name: None})
        )


async def list_people(conn: AsyncConnection, role: Role | None = None) -> list[Person]:
    """People with a stored role, or only those with `role`, longest in it first."""
    query = sa.select(s.people).order_by(s.people.c.since, s.people.c.telegram_id)
    if role is not None:
        query = query.where(s.people.c.role == role)
    return readable(await conn.execute(query), _person_of, "people", key="role")


def _person_of(row: sa.Row[Any]) -> Person:
    return Person(row.telegram_id, Role(row.role), row.since, row.invited_by)


async def create_invite(
    conn: AsyncConnection, role: Role, by: int | None, now: datetime, lifetime: timedelta
) -> str:
    """A new code for one person, 128 random bits in 22 letters fit for a deep link.

    Only its hash is stored: it cannot be shown again.
    """
    code = secrets.token_urlsafe(16)
    await conn.execute(
        sa.insert(s.invites).values(
            code_hash=hash_of(code),
            role=role,
            created_by=by,
            created_at=now,
            expires_at=now + lifetime,
        )
    )
    return code


async def redeem_invite(
    conn: AsyncConnection,
    code: str,
    user_id: int,
    now: datetime,
    roots: Collection[int] = (),
) -> Role | None:
    """Use the code up; the role that the person has now, None if the code is no good.

    Unknown, used and expired codes are not told apart. Of two who redeem a code
    at once one succeeds. A person who has that role or a higher one keeps it, and the
    code stays good for somebody else.
    """
    invite = (
        await conn.execute(
            sa.select(s.invites.c.role, s.invites.c.created_by).where(
                s.invites.c.code_hash == hash_of(code),
                s.invites.c.used_at.is_(None),
                s.invites.c.expires_at > now,
            )
        )
    ).one_or_none()
    if invite is None or invite.role not in _RANK:
        return None
    had, given = await role_of(conn, user_id, roots), Role(invite.role)
    if _RANK[had] >= _RANK[given]:
        return had
    used = await conn.execute(
        sa.update(s.invites)
        .where(s.invites.c.code_hash == hash_of(code), s.invites.c.used_at.is_(None))
        .values(used_at=now)
    )
    if not used.rowcount:
        return None
    await appoint(conn, user_id, given, invite.created_by, now)
    return given


async def list_invites(conn: AsyncConnection, now: datetime) -> list[Invite]:
    """Invitations that can still be redeemed, oldest first."""
    rows = await conn.execute(
        sa.select(s.invites)
        .where(s.invites.c.used_at.is_(None), s.invites.c.expires_at > now)
        .order_by(s.invites.c.created_at)
    )
    return readable(rows, _invite_of, "invites", key="role")


def _invite_of(row: sa.Row[Any]) -> Invite:
    return Invite(Role(row.role), row.created_by, row.created_at, row.expires_at, row.code_hash)


async def revoke_invites(conn: AsyncConnection, role: Role | None = None) -> int:
    """Make all open invitations (to `role`) worthless; returns how many."""
    query = sa.delete(s.invites).where(s.invites.c.used_at.is_(None))
    if role is not None:
        query = query.where(s.invites.c.role == role)
    return (await conn.execute(query)).rowcount


async def void_invite(conn: AsyncConnection, code_hash: str) -> bool:
    """Make one invitation worthless; whether it was still open."""
    gone = await conn.execute(
        sa.delete(s.invites).where(
            s.invites.c.code_hash == code_hash, s.invites.c.used_at.is_(None)
        )
    )
    return gone.rowcount > 0


async def put_draft(
    conn: AsyncConnection,
    user_id: int,
    telegram_chat_id: int,
    kind: str,
    payload: Mapping[str, Any],
    *,
    now: datetime,
    lifetime: timedelta = timedelta(hours=1),
) -> str:
    """Keep what a button would do; returns the 16 letters its callback carries.

    `payload` must be plain JSON values.
    """
    token = secrets.token_urlsafe(12)
    await conn.execute(
        sa.insert(s.drafts).values(
            token=token,
            user_id=user_id,
            telegram_chat_id=telegram_chat_id,
            kind=kind,
            payload=dict(payload),
            created_at=now,
            expires_at=now + lifetime,
        )
    )
    return token


async def take_draft(
    conn: AsyncConnection, token: str, user_id: int, telegram_chat_id: int, now: datetime
) -> Draft | None:
    """The draft, once: a second press gets None.

    None too for another person, another chat, or after its time; then it stays
    for the one it belongs to.
    """
    row = (
        await conn.execute(
            sa.delete(s.drafts)
            .where(
                s.drafts.c.token == token,
                s.drafts.c.user_id == user_id,
                s.drafts.c.telegram_chat_id == telegram_chat_id,
                s.drafts.c.expires_at > now,
            )
            .returning(s.drafts)
        )
    ).one_or_none()
    return Draft(row.kind, row.payload or {}, row.created_at) if row else None


async def take_last_draft(
    conn: AsyncConnection, kind: str, user_id: int, telegram_chat_id: int, now: datetime
) -> Draft | None:
    """The last draft of that kind that still holds; all of the kind in that chat end with it."""
    rows = await conn.execute(
        sa.delete(s.drafts)
        .where(
            s.drafts.c.kind == kind,
            s.drafts.c.user_id == user_id,
            s.drafts.c.telegram_chat_id == telegram_chat_id,
        )
        .returning(s.drafts)
    )
    held = [row for row in rows if row.expires_at > now]
    last = max(held, key=lambda row: row.created_at, default=None)
    return Draft(last.kind, last.payload or {}, last.created_at) if last else None


async def take_all_drafts(
    conn: AsyncConnection, kind: str, now: datetime
) -> list[tuple[int, int, Draft]]:
    """All drafts of that kind that still hold, as (person, chat, draft); they end with it."""
    rows = await conn.execute(
        sa.delete(s.drafts).where(s.drafts.c.kind == kind).returning(s.drafts)
    )
    return [
        (row.user_id, row.telegram_chat_id, Draft(row.kind, row.payload or {}, row.created_at))
        for row in rows
        if row.expires_at > now
    ]


async def purge_expired(conn: AsyncConnection, now: datetime) -> int:
    """Delete drafts and invitations whose time is over, and used invitations."""
    drafts = await conn.execute(sa.delete(s.drafts).where(s.drafts.c.expires_at <= now))
    invites = await conn.execute(
        sa.delete(s.invites).where(
            (s.invites.c.expires_at <= now) | s.invites.c.used_at.is_not(None)
        )
    )
    return drafts.rowcount + invites.rowcount


def hash_of(code: str) -> str:
    """By which a code is stored and found."""
    return sha256(code.encode(errors="replace")).hexdigest()
