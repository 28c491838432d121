"""Who may use the bot: nobody locks everybody out, nobody takes more than they were given."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.commands import people as commands
from bot.commands.calls import Refused
from bot.commands.people import Revoked
from bot.commands.undo import Undone, undo
from bot.errors import NotAllowed
from bot.model import ChatType, Role
from bot.store import audit, chats, people
from tests.commands.people import ADMIN, OTHER, READER, ROOT, Desk

GUEST, SECOND_ROOT = 8, 9
DAY = timedelta(days=1)


async def role(desk: Desk, user_id: int) -> Role:
    async with desk.store.read() as conn:
        return await people.role_of(conn, user_id, desk.backend.roots)


async def test_a_root_admin_cannot_revoke_themselves(desk: Desk):
    """By a slip of a number nobody leaves the installation without its root admin."""
    async with desk.store.write() as conn:
        await people.appoint(conn, SECOND_ROOT, Role.ROOT, None, desk.clock.now())
    own = await commands.revoke(desk.backend, desk.by(SECOND_ROOT, Role.ROOT), SECOND_ROOT)
    of_settings = await commands.revoke(desk.backend, desk.by(SECOND_ROOT, Role.ROOT), ROOT)
    by_other = await commands.revoke(desk.backend, desk.by(ROOT), SECOND_ROOT)

    assert (own, of_settings) == (Refused.IMPOSSIBLE, Refused.IMPOSSIBLE)
    assert by_other == Revoked(Role.ROOT)
    assert await role(desk, ROOT) is Role.ROOT


async def test_an_admin_revokes_subscribers_only(desk: Desk):
    """Of admins, and of themselves, only a root admin may take the role."""
    for who in (OTHER, ADMIN, ROOT):
        assert await commands.revoke(desk.backend, desk.by(ADMIN), who) is Refused.THEIRS
    assert await commands.revoke(desk.backend, desk.by(ADMIN), GUEST) is Refused.MISSING
    assert await commands.revoke(desk.backend, desk.by(ADMIN), READER) == Revoked(Role.SUBSCRIBER)
    with pytest.raises(NotAllowed):
        await commands.revoke(desk.backend, desk.by(READER), GUEST)

    assert [await role(desk, who) for who in (OTHER, ADMIN, READER)] == [
        Role.ADMIN,
        Role.ADMIN,
        Role.STRANGER,
    ]


async def test_who_is_revoked_leaves_nothing_behind(desk: Desk):
    """Their chat and its subscriptions are deleted; the audit names nobody by number."""
    async with desk.store.write() as conn:
        chat = await chats.ensure(conn, READER, 0, ChatType.PRIVATE, now=desk.clock.now())
        await chats.subscribe(conn, chat.id, "refusal", desk.clock.now())
    await commands.revoke(desk.backend, desk.by(ADMIN), READER)

    async with desk.store.read() as conn:
        assert await chats.by_address(conn, READER) is None
        assert await chats.subscriptions(conn) == []
        [entry] = await audit.page(conn, 9)
    assert (entry.command, entry.inverse) == ("person.revoke", None)
    assert entry.subject != f"person:{READER}"


async def test_an_invitation_is_undone_while_it_is_open(desk: Desk):
    """A link that was sent to the wrong person can be made worthless; a used one cannot."""
    wrong = await commands.invite(desk.backend, desk.by(ADMIN), Role.SUBSCRIBER, DAY)
    undone = await undo(desk.backend, desk.by(ADMIN))
    late = await commands.join(desk.backend, desk.by(GUEST), wrong)
    right = await commands.invite(desk.backend, desk.by(ADMIN), Role.SUBSCRIBER, DAY)
    joined = await commands.join(desk.backend, desk.by(GUEST), right)

    assert isinstance(undone, Undone)
    assert (late, joined) == (None, Role.SUBSCRIBER)
    assert await undo(desk.backend, desk.by(ADMIN)) is Refused.IMPOSSIBLE
    assert await role(desk, GUEST) is Role.SUBSCRIBER


async def test_only_root_admins_make_admins(desk: Desk):
    """And all that is left of it is who did it, not for whom."""
    with pytest.raises(NotAllowed):
        await commands.invite(desk.backend, desk.by(ADMIN), Role.ADMIN, DAY)
    code = await commands.invite(desk.backend, desk.by(ROOT), Role.ADMIN, DAY)

    assert await commands.join(desk.backend, desk.by(GUEST), code) is Role.ADMIN
    async with desk.store.read() as conn:
        joined, invited = await audit.page(conn, 9)
    assert (joined.command, invited.command) == ("person.join", "person.invite_admin")
    assert joined.actor != invited.actor
    assert code not in repr(invited)
