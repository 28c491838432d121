"""People: an invitation lets one person in, a button does its work once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import sqlalchemy as sa

from bot.model import Role
from bot.store import Store, people
from bot.store import schema as s
from tests.support.clock import ManualClock

ROOT, ANNA, BORYS = 1, 2, 3
HOUR = timedelta(hours=1)


async def test_roles(store: Store, clock: ManualClock):
    """Settings name root admins; others are as appointed; the rest are strangers."""
    async with store.write() as conn:
        await people.appoint(conn, ANNA, Role.ADMIN, ROOT, clock.now())
        roles = [await people.role_of(conn, who, [ROOT]) for who in (ROOT, ANNA, BORYS)]
        await people.appoint(conn, ANNA, Role.SUBSCRIBER, ROOT, clock.now())
        lowered = await people.role_of(conn, ANNA, [ROOT])
        await people.appoint(conn, ANNA, Role.STRANGER, ROOT, clock.now())
        left = await people.list_people(conn)

    assert roles == [Role.ROOT, Role.ADMIN, Role.STRANGER]
    assert (lowered, left) == (Role.SUBSCRIBER, [])


async def test_an_invitation_lets_one_person_in(store: Store, clock: ManualClock):
    """Used once, it is no good to anybody, its owner included."""
    async with store.write() as conn:
        code = await people.create_invite(conn, Role.SUBSCRIBER, ROOT, clock.now(), HOUR)
        given = await people.redeem_invite(conn, code, ANNA, clock.now())
        again = [await people.redeem_invite(conn, code, who, clock.now()) for who in (ANNA, BORYS)]
        [person] = await people.list_people(conn)
        still_open = await people.list_invites(conn, clock.now())

    assert (given, again, still_open) == (Role.SUBSCRIBER, [None, None], [])
    assert (person.telegram_id, person.role, person.invited_by) == (ANNA, Role.SUBSCRIBER, ROOT)


async def test_of_two_who_redeem_at_once_one_is_let_in(store: Store, clock: ManualClock):
    """A leaked code cannot be raced."""
    async with store.write() as conn:
        code = await people.create_invite(conn, Role.ADMIN, ROOT, clock.now(), HOUR)

    async def redeem(who: int) -> Role | None:
        async with store.write() as conn:
            return await people.redeem_invite(conn, code, who, clock.now())

    got = await asyncio.gather(*(redeem(who) for who in range(10, 16)))
    async with store.read() as conn:
        let_in = await people.list_people(conn)

    assert sorted(role or "" for role in got) == ["", "", "", "", "", "admin"]
    assert len(let_in) == 1


async def test_expired_unknown_and_revoked_codes_are_no_good(store: Store, clock: ManualClock):
    """The answer does not tell them apart."""
    async with store.write() as conn:
        expired = await people.create_invite(conn, Role.ADMIN, ROOT, clock.now(), HOUR)
        clock.advance(hours=1)
        revoked = await people.create_invite(conn, Role.ADMIN, ROOT, clock.now(), HOUR)
        revoked_count = await people.revoke_invites(conn)
        got = [
            await people.redeem_invite(conn, code, ANNA, clock.now())
            for code in (expired, revoked, "", "guess", "\ud800")
        ]

    assert revoked_count == 2
    assert got == [None] * 5


async def test_an_invitation_never_lowers_a_role(store: Store, clock: ManualClock):
    """An admin who opens a subscriber's link stays admin, and the link is good for another."""
    async with store.write() as conn:
        await people.appoint(conn, ANNA, Role.ADMIN, ROOT, clock.now())
        code = await people.create_invite(conn, Role.SUBSCRIBER, ROOT, clock.now(), HOUR)
        got = await people.redeem_invite(conn, code, ANNA, clock.now())
        by_root = await people.redeem_invite(conn, code, ROOT, clock.now(), [ROOT])
        then = await people.redeem_invite(conn, code, BORYS, clock.now())

    assert (got, by_root, then) == (Role.ADMIN, Role.ROOT, Role.SUBSCRIBER)


async def test_codes_are_not_in_the_database(store: Store, clock: ManualClock):
    """Who steals a copy cannot let himself in; and codes fit a deep link."""
    async with store.write() as conn:
        codes = {
            await people.create_invite(conn, Role.ADMIN, None, clock.now(), HOUR) for _ in range(20)
        }
        rows = (await conn.execute(sa.select(s.invites))).all()

    assert len(codes) == 20
    assert all(
        len(code) == 22 and code.replace("_", "").replace("-", "").isalnum() for code in codes
    )
    assert not any(code in str(rows) for code in codes)


async def test_a_draft_is_taken_once_by_whom_it_belongs_to(store: Store, clock: ManualClock):
    """A forged, forwarded or repeated press changes nothing."""
    now = clock.now()
    async with store.write() as conn:
        token = await people.put_draft(conn, ANNA, -5, "filter", {"a": ["ж"]}, now=now)
        wrong = [
            await people.take_draft(conn, token, BORYS, -5, now),
            await people.take_draft(conn, token, ANNA, -6, now),
            await people.take_draft(conn, "forged", ANNA, -5, now),
            await people.take_draft(conn, token, ANNA, -5, now + HOUR),
        ]
        draft = await people.take_draft(conn, token, ANNA, -5, now)
        again = await people.take_draft(conn, token, ANNA, -5, now)

    assert wrong == [None] * 4
    assert draft is not None
    assert (draft.kind, draft.payload) == ("filter", {"a": ["ж"]})
    assert again is None
    assert len(token) == 16


async def test_what_is_over_is_purged(store: Store, clock: ManualClock):
    """Drafts and invitations do not gather."""
    now = clock.now()
    async with store.write() as conn:
        await people.put_draft(conn, ANNA, 2, "x", {}, now=now, lifetime=HOUR)
        await people.put_draft(conn, ANNA, 2, "x", {}, now=now, lifetime=2 * HOUR)
        used = await people.create_invite(conn, Role.ADMIN, ROOT, now, 2 * HOUR)
        await people.redeem_invite(conn, used, ANNA, now)
        await people.create_invite(conn, Role.ADMIN, ROOT, now, HOUR)
        kept = await people.create_invite(conn, Role.ADMIN, ROOT, now, 2 * HOUR)
        purged = await people.purge_expired(conn, now + HOUR)
        works = await people.redeem_invite(conn, kept, BORYS, now + HOUR)

    assert purged == 3
    assert works is Role.ADMIN
