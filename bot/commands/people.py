"""Who may use the bot: the first root admin, invitations, roles."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from bot.commands.calls import Backend, Call, Refused
from bot.commands.roles import RANK, Command, may, require
from bot.commands.transaction import Change, changing
from bot.model import Role
from bot.store import audit, chats, people
from bot.store.audit import Undo
from bot.store.connection import Connection

__all__ = [
    "CLAIM_LIFE",
    "MOST_DAYS",
    "RESTORERS",
    "Revoked",
    "admit",
    "appoint",
    "claim",
    "invite",
    "join",
    "may_revoke",
    "revoke",
    "void_invite",
    "void_invites",
]

log = structlog.get_logger(__name__)

CLAIM_LIFE: Final = timedelta(minutes=15)
MOST_DAYS: Final = 90
"""An invitation is open for at most so long."""

_CODE = re.compile(r"[\w-]{8,64}", re.ASCII)


async def claim(backend: Backend, now: datetime) -> str | None:
    """A code that makes who opens it root admin, for 15 minutes; None if there is one.

    An earlier claim stops working. Only the operator's start of the application calls this.
    """
    async with backend.store.write() as conn:
        if backend.roots or await people.list_people(conn, Role.ROOT):
            return None
        await people.revoke_invites(conn, Role.ROOT)
        return await people.create_invite(conn, Role.ROOT, None, now, CLAIM_LIFE)


async def invite(backend: Backend, call: Call, role: Role, lifetime: timedelta) -> str:
    """A code for one new subscriber or admin; only a root admin makes admins.

    It cannot be shown again. Undo voids it while nobody has used it.
    """
    command = Command.INVITE if role is Role.SUBSCRIBER else Command.INVITE_ADMIN
    async with changing(backend, call, command) as change:
        by = call.actor.user_id or None
        code = await people.create_invite(change.conn, role, by, call.now, lifetime)
        inverse = Undo("person.void_invite", {"hash": people.hash_of(code)})
        await change.record(
            f"invite:{people.hash_of(code)[:8]}",
            inverse=inverse,
            tell=role is not Role.SUBSCRIBER,
            to=str(role),
        )
        return code


async def join(backend: Backend, call: Call, code: str) -> Role | None:
    """Use up an invitation; the person's role now, None if the code is no good.

    A person who has that role or a higher one keeps it, and the code stays valid for others.
    The other admins get a message about a new admin.
    """
    if not _CODE.fullmatch(code):
        return None
    async with changing(backend, call, Command.JOIN) as change:
        had = await people.role_of(change.conn, call.actor.user_id, backend.roots)
        user_id, roots = call.actor.user_id, backend.roots
        if await people.redeem_invite(change.conn, code, user_id, call.now, roots) is None:
            return None
        role = await people.role_of(change.conn, call.actor.user_id, backend.roots)
        if RANK[role] > max(RANK[had], RANK[Role.SUBSCRIBER]):
            who = await _pseudonym(change, call.actor.user_id)
            await change.record(f"person:{who}", tell=True, to=str(role))
        return role


async def admit(backend: Backend, call: Call) -> None:
    """Open access: a person without a role becomes a subscriber, without an invitation.

    So closing the access later excludes nobody who is here.
    """
    async with changing(backend, call, Command.START) as change:
        user_id = call.actor.user_id
        if await people.role_of(change.conn, user_id, backend.roots) is Role.STRANGER:
            await people.appoint(change.conn, user_id, Role.SUBSCRIBER, None, call.now)


async def appoint(backend: Backend, call: Call, user_id: int) -> Role | Refused:
    """Make somebody an admin; returns the role they had. The other admins get a message.

    SAME: they are one, or a root admin. Undo gives back the role they had.
    """
    async with changing(backend, call, Command.APPOINT) as change:
        had = await people.role_of(change.conn, user_id, backend.roots)
        if RANK[had] >= RANK[Role.ADMIN]:
            return Refused.SAME
        await people.appoint(change.conn, user_id, Role.ADMIN, call.actor.user_id or None, call.now)
        who = await _pseudonym(change, user_id)
        inverse = Undo("person.role", {"who": who, "role": str(had)})
        await change.record(f"person:{who}", inverse=inverse, tell=True, to=str(Role.ADMIN))
        return had


async def void_invite(backend: Backend, call: Call, number: str) -> Role | Refused:
    """Make the open invitation of that number worthless; for whom it was. MISSING: it is none.

    Only a root admin voids that of an admin: THEIRS.
    """
    async with changing(backend, call, Command.INVITES_VOID) as change:
        found = await _open_invite(change.conn, number, call.now)
        if found is None:
            return Refused.MISSING
        if found.role is not Role.SUBSCRIBER and call.actor.role is not Role.ROOT:
            return Refused.THEIRS
        await people.void_invite(change.conn, found.code_hash)
        await change.record(f"invite:{found.number}", tell=True, count=1)
        return found.role


async def _open_invite(conn: Connection, number: str, now: datetime) -> people.Invite | None:
    every = await people.list_invites(conn, now)
    return next((each for each in every if each.number == number), None)


async def void_invites(backend: Backend, call: Call) -> int:
    """Make all open invitations worthless; how many. It cannot be undone: codes are not kept."""
    async with changing(backend, call, Command.INVITES_VOID) as change:
        count = await people.revoke_invites(change.conn)
        if count:
            await change.record("invites", tell=True, count=count)
        return count


@dataclass(frozen=True, slots=True)
class Revoked:
    """The person has no role any more; it was `role`."""

    role: Role


async def revoke(backend: Backend, call: Call, user_id: int) -> Revoked | Refused:
    """Take the person's role away and delete their private chat's rows; the other admins get a
    message.

    It cannot be undone, since what is deleted is not kept. MISSING: no role; THEIRS: an admin's
    role, which only root admins take; IMPOSSIBLE: one's own (the installation must not lose its
    last root admin by a slip), or that of a root admin whom the settings name.
    """
    async with changing(backend, call, Command.REVOKE) as change:
        role = await people.role_of(change.conn, user_id, backend.roots)
        if refused := _unrevocable(backend, call, user_id, role):
            return refused
        who = await _pseudonym(change, user_id)
        await _dismiss(change.conn, user_id)
        await change.record(f"person:{who}", tell=True, to=str(role))
        log.info("person.revoked", role=str(role))
        return Revoked(role)


async def may_revoke(backend: Backend, call: Call, user_id: int) -> Refused | None:
    """Why `revoke` would refuse, to know before a question; None: it would not."""
    require(call, Command.REVOKE, backend.admin_chat)
    async with backend.store.read() as conn:
        role = await people.role_of(conn, user_id, backend.roots)
    return _unrevocable(backend, call, user_id, role)


def _unrevocable(backend: Backend, call: Call, user_id: int, role: Role) -> Refused | None:
    if role is Role.STRANGER:
        return Refused.MISSING
    if role is not Role.SUBSCRIBER and not may(call, Command.REVOKE_ADMIN, backend.admin_chat):
        return Refused.THEIRS
    if user_id == call.actor.user_id or user_id in backend.roots:
        return Refused.IMPOSSIBLE
    return None


async def _dismiss(conn: Connection, user_id: int) -> None:
    """Take the role away, and with it whatever the private chat was told."""
    await people.dismiss(conn, user_id)
    if chat := await chats.by_address(conn, user_id):
        await chats.forget(conn, chat.id)


async def _pseudonym(change: Change, user_id: int) -> str:
    return await audit.pseudonym(change.conn, user_id, make=True)


async def _restore_void(change: Change, args: Mapping[str, Any]) -> bool:
    return await people.void_invite(change.conn, str(args["hash"]))


async def _restore_role(change: Change, args: Mapping[str, Any]) -> bool:
    """The role that somebody had before; nothing where it is another since then."""
    user_id = await _known_as(change.conn, args)
    if user_id is None:
        return False
    if (role := Role(args["role"])) is Role.STRANGER:
        await _dismiss(change.conn, user_id)
    else:
        await people.appoint(change.conn, user_id, role, None, change.call.now)
    return True


async def _known_as(conn: Connection, args: Mapping[str, Any]) -> int | None:
    """The number of the admin whom a change names; the journal keeps no numbers."""
    for person in await people.list_people(conn, Role.ADMIN):
        known = person.telegram_id
        if args.get("user") == known or args.get("who") == await audit.pseudonym(conn, known):
            return known
    return None


RESTORERS: Final = {"person.void_invite": _restore_void, "person.role": _restore_role}
