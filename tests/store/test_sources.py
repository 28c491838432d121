"""Sources: each address once, read when due."""

from __future__ import annotations

from datetime import timedelta

from bot.model import FullText, Priority, SourceKind, SourceState, Transport
from bot.store import Store, sources, visits
from tests.store.builders import add_source
from tests.support.clock import ManualClock

MINUTE = timedelta(minutes=1)


async def test_one_address_is_one_source(store: Store, clock: ManualClock):
    """Adding what is there changes nothing of it."""
    async with store.write() as conn:
        first = await add_source(conn, clock.now())
        await sources.rename(conn, first.id, "Ours")
        again, new = await sources.add(
            conn,
            transport=Transport.FEED,
            address="https://elsewhere.example",
            identity=first.identity,
            title="Theirs",
            kind=SourceKind.ANONYMOUS,
            lang="en",
            now=clock.advance(60),
        )

    assert not new
    assert (again.id, again.title, again.address) == (first.id, "Ours", first.address)


async def test_a_removed_source_comes_back_as_new(store: Store, clock: ManualClock):
    """What was published meanwhile goes to the archive, not to subscribers."""
    async with store.write() as conn:
        first = await add_source(conn, clock.now())
        read = visits.FetchRecord(
            clock.now(), clock.now() + MINUTE, etag='"a"', archived_at=clock.now()
        )
        await visits.record_fetch(conn, first.id, read)
        await sources.set_state(conn, first.id, SourceState.REMOVED, clock.now())
        later = clock.advance(days=30)
        back = await add_source(conn, later)

    assert back.id == first.id
    assert (back.state, back.archived_at, back.etag) == (SourceState.ACTIVE, None, "")
    assert back.next_due == later


async def test_due_ones_come_most_overdue_first(store: Store, clock: ManualClock):
    """Nobody waits for ever behind busier sources."""
    now = clock.now()
    async with store.write() as conn:
        for name, minutes in (("late", -5), ("latest", -9), ("now", 0), ("soon", 1)):
            source = await add_source(conn, now, name)
            await visits.set_due(conn, source.id, now + minutes * MINUTE)
        paused = await add_source(conn, now - 20 * MINUTE, "paused")
        await sources.set_state(conn, paused.id, SourceState.PAUSED, now)
    async with store.read() as conn:
        due = [each.address for each in await visits.due(conn, now)]
        earliest = await visits.next_due(conn)

    assert due == [f"https://{name}.example/rss" for name in ("latest", "late", "now")]
    assert earliest == now - 9 * MINUTE


async def test_a_channel_that_posts_by_itself_is_never_due(store: Store, clock: ManualClock):
    """Its posts come through the inbox."""
    now = clock.now()
    async with store.write() as conn:
        channel, _ = await sources.add(
            conn,
            transport=Transport.CHANNEL,
            address="radio_n",
            identity="tg:-100500",
            title="Radio N",
            kind=SourceKind.MEDIA,
            lang="uk",
            state=SourceState.PENDING,
            telegram_id=-100500,
            now=now,
        )
        await sources.set_state(conn, channel.id, SourceState.ACTIVE, now)
        due = await visits.due(conn, now)
        found = await sources.by_telegram_id(conn, -100500)

    assert due == []
    assert found is not None
    assert (found.id, found.state) == (channel.id, SourceState.ACTIVE)


async def test_failures_count_until_a_fetch_goes_well(store: Store, clock: ManualClock):
    """An admin sees what cannot be read, since when, and why."""
    now = clock.now()
    async with store.write() as conn:
        source = await add_source(conn, now)
        await visits.record_fetch(
            conn, source.id, visits.FetchRecord(now, now + MINUTE, etag='"1"', rate=2.5)
        )
        for minutes in (1, 2):
            failed = visits.FetchRecord(
                now + minutes * MINUTE,
                now + 3 * MINUTE,
                error="No answer within {seconds} s",
                error_values={"seconds": 30},
            )
            await visits.record_fetch(conn, source.id, failed)
        [failing] = await sources.list_failing(conn, at_least=2)
        await visits.record_fetch(
            conn, source.id, visits.FetchRecord(now + 3 * MINUTE, now + 4 * MINUTE)
        )
        well = await sources.get(conn, source.id)

    assert (failing.failures, failing.error_values) == (2, {"seconds": 30})
    assert (failing.last_success, failing.etag, failing.rate) == (now, '"1"', 2.5)
    assert well is not None
    assert (well.failures, well.error, well.last_success) == (0, "", now + 3 * MINUTE)
    assert (well.etag, well.rate) == ('"1"', 2.5)


async def test_validators_are_kept_byte_for_byte_and_can_be_emptied(
    store: Store, clock: ManualClock
):
    """ETags are opaque: weak, quoted, odd."""
    etag = 'W/"5f-\\é;  x"'
    async with store.write() as conn:
        source = await add_source(conn, clock.now())
        for given in (etag, None):
            await visits.record_fetch(
                conn, source.id, visits.FetchRecord(clock.now(), clock.now(), etag=given)
            )
        kept = await sources.get(conn, source.id)
        await visits.record_fetch(
            conn, source.id, visits.FetchRecord(clock.now(), clock.now(), etag="")
        )
        emptied = await sources.get(conn, source.id)

    assert kept is not None
    assert kept.etag == etag
    assert emptied is not None
    assert emptied.etag == ""


async def test_a_source_added_again_keeps_what_was_said_of_it(store: Store, clock: ManualClock):
    """Kind, priority, full text and tags are an admin's word; a removal is no reason to lose it."""
    async with store.write() as conn:
        first = await add_source(conn, clock.now(), "a")
        await sources.set_kind(conn, first.id, SourceKind.COURT)
        await sources.set_priority(conn, first.id, Priority.HIGH)
        await sources.set_fulltext(conn, first.id, FullText.ON)
        await sources.set_tags(conn, first.id, ("Courts/Chita", "Сибирь"))
        await sources.set_state(conn, first.id, SourceState.REMOVED, clock.now())
        again = await add_source(conn, clock.now(), "a")

    assert again.id == first.id
    assert (again.kind, again.priority, again.fulltext) == (
        SourceKind.COURT,
        Priority.HIGH,
        FullText.ON,
    )
    assert again.tags == ("Courts/Chita", "Сибирь")


async def test_lists_hide_what_was_removed(store: Store, clock: ManualClock):
    """A removed source stays for its items only."""
    async with store.write() as conn:
        kept = await add_source(conn, clock.now(), "kept")
        gone = await add_source(conn, clock.now(), "gone")
        await sources.set_state(conn, gone.id, SourceState.REMOVED, clock.now())
        shown = await sources.list_all(conn)
        removed = await sources.list_all(conn, [SourceState.REMOVED])
        missing = await sources.set_kind(conn, 999, SourceKind.COURT)

    assert [source.id for source in shown] == [kept.id]
    assert [source.id for source in removed] == [gone.id]
    assert not missing
