"""Watched posts and their evidence; pages still to be read backwards."""

from __future__ import annotations

from datetime import timedelta

from bot.model import Address, PostState, PresenceChange
from bot.sources.presence import next_look, refused
from bot.store import (
    Store,
    alerts,
    evidence,
    items,
    message_views,
    messages,
    pagings,
    posts,
    unreadable_rows,
    visits,
)
from bot.store.evidence import Sighting
from bot.store.pagings import Purpose
from bot.store.visits import FetchRecord
from tests.store.builders import add_chat, add_item, add_notice, add_source, message_of, post, send
from tests.support.clock import ManualClock

HOUR = timedelta(hours=1)


async def test_a_removed_post_wants_its_messages_edited(store: Store, clock: ManualClock) -> None:
    """Gone, and back: both are shown; in between the hash of the kept page proves it."""
    now = clock.now()
    async with store.write() as conn:
        source = await add_source(conn, now)
        item_id = await add_item(conn, now, source, post("7"))
        item = await items.get(conn, item_id)
        assert item is not None
        assert item.story_id is not None
        alert = await alerts.create(conn, item.story_id, 0, now)
        chat = await add_chat(conn, now, 1001)
        notice = await add_notice(conn, now, chat, alert, item_id)
        message_id = message_of(notice)
        await send(conn, now, message_id)
        digest = await evidence.keep(conn, "https://t.me/s/x", b"page", now)
        again = await evidence.keep(conn, "https://t.me/s/x", b"page", now + HOUR)
        proved = await posts.note(
            conn, source.id, {7: 9, 8: 8}, now, next_look=next_look, sha=digest
        )
        repeated = await posts.note(
            conn, source.id, {7: 9}, now + HOUR, next_look=next_look, sha="other"
        )
        [known] = await posts.within(conn, source.id, 1, 100)
        absent = PresenceChange(PostState.UNKNOWN, now, now + HOUR, 2, now, "absent")
        await posts.change(conn, known, absent, now + HOUR, "")
        known = await posts.get(conn, item_id) or known
        bumped = await posts.change(conn, known, refused(known, True, now + HOUR), now + HOUR, "")
        gone = await posts.gone(conn, [item_id])
        state = await posts.state_of(conn, item_id)
        message = await messages.get(conn, message_id)
        view = await message_views.view(conn, message_id)
        known = await posts.get(conn, item_id) or known
        back = PresenceChange(PostState.PRESENT, now + 2 * HOUR, None, 0, None, "present")
        unbumped = await posts.change(conn, known, back, now + 2 * HOUR, digest)
        kept = await evidence.capture(conn, digest)
        none = await posts.gone(conn, [item_id])

    assert (proved, repeated) == ([item_id], [])
    assert digest == again
    assert known.last_number == 9
    assert known.alerted
    assert (bumped, unbumped) == (1, 1)
    assert (state, none) == (PostState.GONE, {})
    assert (gone[item_id].after, gone[item_id].before) == (now, now + HOUR)
    assert gone[item_id].sha256 == digest
    assert message is not None
    assert message.wanted_version == 2
    assert view is not None
    assert view.content.gone == gone[item_id]  # type: ignore[union-attr]
    assert kept == b"page"


async def test_evidence_outlives_what_nobody_was_told_of(store: Store, clock: ManualClock) -> None:
    """After a month the proofs of told posts are there, the others' are forgotten."""
    now = clock.now()
    async with store.write() as conn:
        source = await add_source(conn, now)
        told = await add_item(conn, now, source, post("1"))
        other = await add_item(conn, now, source, post("2"))
        item = await items.get(conn, told)
        assert item is not None
        assert item.story_id is not None
        await posts.note(conn, source.id, {1: 1, 2: 2}, now, next_look=next_look)
        before = await posts.get(conn, told)
        await alerts.create(conn, item.story_id, 0, now)
        adopted = await posts.adopt(conn, now, now - HOUR, next_look=next_look)
        watched = await posts.get(conn, told)
        for number in (told, other):
            digest = await evidence.keep(conn, "https://t.me/s/x", f"{number}".encode(), now)
            await evidence.sighted(conn, [Sighting(number, now, "absent", "u", digest)])
        forgotten = await evidence.purge(conn, now + timedelta(days=40))
        proofs = [await evidence.sightings_of(conn, number) for number in (told, other)]
        kept = await evidence.capture(conn, proofs[0][0].sha256)

    assert before is not None
    assert watched is not None
    assert (before.alerted, adopted, watched.alerted) == (False, 1, True)
    assert forgotten == 1
    assert [len(found) for found in proofs] == [1, 0]
    assert kept is not None


async def test_gaps_come_before_backfills(store: Store, clock: ManualClock) -> None:
    """What a gap hides is news: it must not be taken into the archive untold."""
    now = clock.now()
    async with store.write() as conn:
        source = await add_source(conn, now)
        where = Address(-500, 3, group=True)
        since = now - timedelta(days=7)
        first, second = [
            await pagings.add_backfill(
                conn, source.id, 90, since, now, where=where, message_id=5, lang="uk"
            )
            for _ in range(2)
        ]
        await visits.record_fetch(
            conn, source.id, FetchRecord(at=now, next_due=now, etag="200", gap=(180, 100))
        )
        gap = await pagings.due(conn, now)
        assert gap is not None
        await pagings.failed(conn, gap.id, "why", {"name": "x"}, now + HOUR)
        nothing = await pagings.due(conn, now)
        await pagings.move(conn, gap.id, 160, now, found=3, reached=since)
        moved = await pagings.due(conn, now)
        await pagings.finish(conn, gap.id)
        backfill = await pagings.due(conn, now)
        both = await pagings.of_source(conn, source.id)

    assert (first, second) == (True, False)
    assert (gap.purpose, gap.before, gap.floor) == (Purpose.GAP, 180, 100)
    assert nothing is None
    assert moved is not None
    assert (moved.before, moved.failures, moved.pages, moved.found) == (160, 0, 1, 3)
    assert backfill is not None
    assert (backfill.purpose, backfill.where, backfill.message_id) == (Purpose.BACKFILL, where, 5)
    assert both == [backfill]


async def test_rows_that_cannot_be_read_let_others_come(store: Store, clock: ManualClock) -> None:
    """A post in an unknown state and a gap of no purpose are left out, and not met again."""
    now = clock.now()
    async with store.write() as conn:
        source = await add_source(conn, now)
        for number in ("7", "8"):
            await add_item(conn, now, source, post(number))
            await posts.note(conn, source.id, {int(number): int(number)}, now, next_look=next_look)
        await pagings.add_gap(conn, source.id, 1, 5, now)
        await pagings.add_gap(conn, source.id, 9, 12, now)
        await conn.exec_driver_sql("UPDATE posts SET state = 'odd' WHERE number = 7")
        await conn.exec_driver_sql(
            "UPDATE pagings SET purpose = 'odd' WHERE id = (SELECT min(id) FROM pagings)"
        )
        seen = await posts.within(conn, source.id, 1, 100)
        looked = await posts.get(conn, seen[0].item_id - 1)
        left = await pagings.of_source(conn, source.id)
        due = [await pagings.due(conn, now) for _ in range(2)]
    known = {(each.table, each.why) for each in unreadable_rows.fresh()}

    assert [each.number for each in seen] == [8]
    assert looked is None
    assert len(left) == 1
    assert due[-1] == left[0]
    assert known == {("posts", "ValueError"), ("pagings", "ValueError")}
