"""What is over is deleted in small steps; what somebody was or may be told of is not."""

from __future__ import annotations

import os
import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.model import ENTRY_KEY, NoticeState
from bot.ops.housekeeping import Housekeeper
from bot.store import Store, alerts, item_matches, items, messages, meta, retention, roundups
from bot.store import schema as s
from bot.store.retention import Kept
from bot.store.sizes import sizes_of
from tests.store import builders
from tests.support.clock import ManualClock

DAY = timedelta(days=1)


async def _counts(store: Store) -> dict[str, int]:
    async with store.read() as conn:
        return {
            table.name: await conn.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in (s.items, s.stories, s.matches, s.notices, s.messages, s.alerts)
        }


async def _all(store: Store, now: datetime) -> int:
    """Steps until nothing is left to do; how many rows went."""
    async with store.read() as conn:
        walk = await retention.walk(conn)
    gone, steps = 0, 0
    while not walk.done or steps == 0:
        async with store.write() as conn:
            more = await retention.step(conn, now, Kept(), walk, most=3)
        gone, steps = gone + more, steps + 1
    for _ in range(20):
        async with store.write() as conn:
            gone += await retention.step(conn, now, Kept(), walk, most=3)
    return gone


async def test_items_that_match_nothing_go_after_ninety_days(
    store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With their revisions and stories. What matched stays, and so do the newest of each source:
    its feed may list them still, and what is forgotten would be news."""
    monkeypatch.setattr(retention, "NEWEST_KEPT", 2)
    now = clock.now()
    async with store.write() as conn:
        source = await builders.add_source(conn, now)
        for number in range(12):
            found = (builders.match(),) if number in (1, 5) else ()
            await builders.add_item(conn, now, source, found=found)
    assert await _all(store, now + 89 * DAY) == 0
    gone = await _all(store, now + 91 * DAY)
    left = await _counts(store)

    assert gone == 8
    assert (left["items"], left["matches"]) == (4, 2)
    assert left["stories"] <= 4
    assert await _all(store, now + 91 * DAY) == 0


async def test_roundup_stays_while_a_report_of_it_does(
    store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An alert about an entry leads to it; its entries take no other item's place."""
    monkeypatch.setattr(retention, "NEWEST_KEPT", 2)
    now = clock.now()
    async with store.write() as conn:
        source = await builders.add_source(conn, now)
        wholes = [await builders.add_item(conn, now, source, found=()) for _ in range(4)]
        for n, whole in enumerate((wholes[0], wholes[3], wholes[3])):
            parsed = builders.post(f"x{ENTRY_KEY}{n}")
            part = items.NewItem(parsed, None, part=(whole, 0, 9))
            ids = await items.insert_items(conn, source.id, [part], seen_at=now)
            if n == 0:
                await item_matches.insert_matches(conn, ids[parsed.key], 1, [builders.match()])
    await _all(store, now + 91 * DAY)
    async with store.read() as conn:
        left = set(await conn.scalars(sa.select(s.items.c.id)))
        parts = await roundups.parts_of(conn, left)

    assert left >= {wholes[0], wholes[2], wholes[3]}
    assert wholes[1] not in left
    assert {whole: len(each) for whole, each in parts.items()} == {wholes[0]: 1, wholes[3]: 2}


async def test_who_was_told_is_forgotten_a_month_after_the_story(
    store: Store, clock: ManualClock
) -> None:
    """Not what still waits to be told. A repost a year later tells nobody again."""
    now = clock.now()
    async with store.write() as conn:
        alert, item_id = await builders.add_alert(conn, now)
        chat, other = [await builders.add_chat(conn, now, number) for number in (1, 2)]
        notice = await builders.add_notice(conn, now, chat, alert, item_id)
        await builders.send(conn, now, builders.message_of(notice))
        held = await builders.add_notice(conn, now, other, alert, item_id, NoticeState.HELD)
        await builders.add_chat(conn, now, 3)
    assert await _all(store, now + 30 * DAY) == 0
    await _all(store, now + 32 * DAY)
    async with store.read() as conn:
        left = [row.id for row in await conn.execute(sa.select(s.notices))]
        again = await alerts.candidates(conn, {"refusal"}, 0, 10, notice.alert_id)
        message = await messages.get(conn, builders.message_of(notice))

    assert left == [held.id]
    assert again == []
    assert message is None


async def test_copies_go_but_the_newest(sqlite_store: Store, clock: ManualClock) -> None:
    file = sqlite_store._file
    assert file is not None
    file.backups.mkdir()
    made = clock.now().timestamp()
    for days in range(5):
        path = file.backups / f"{file.path.stem}-0011-2024040{days}T000000Z.sqlite3"
        path.write_bytes(b"x")
        os.utime(path, (made - days * 86400, made - days * 86400))
    (file.backups / "mine.sqlite3").write_bytes(b"x")

    assert sqlite_store.drop_copies(clock.now() - 2.5 * DAY) == 2
    assert sqlite_store.drop_copies(clock.now() + 9 * DAY) == 2
    assert sorted(path.name for path in file.backups.iterdir()) == [
        "mine.sqlite3",
        f"{file.path.stem}-0011-20240400T000000Z.sqlite3",
    ]


async def test_the_file_shrinks_a_little_at_a_time(tmp_path: Path, clock: ManualClock) -> None:
    """A new SQLite file gives free pages back in steps, without a second copy of itself."""
    path = tmp_path / "v.sqlite3"
    store = await Store.open(f"sqlite:///{path}", clock)
    async with store.write() as conn:
        await meta.set_value(conn, "large", "x" * 8_000_000)
    async with store.write() as conn:
        await meta.delete(conn, "large")
    steps = 0
    while True:
        async with store.write() as conn:
            if not await retention.vacuum(conn):
                break
        steps += 1
    async with store.read() as conn:
        pages = int(await conn.scalar(sa.text("PRAGMA page_count")) or 0)
        page = int(await conn.scalar(sa.text("PRAGMA page_size")) or 0)
    await store.close()

    assert steps > 3
    assert pages * page < 3_000_000


async def test_sizes_are_measured_once_a_day(store: Store, clock: ManualClock) -> None:
    """With what a month adds."""
    housekeeper = Housekeeper(store, clock, Kept())
    await housekeeper.measure()
    chance = random.Random(1)
    async with store.write() as conn:
        source = await builders.add_source(conn, clock.now())
        for number in range(30):
            words = (f"{chance.randrange(10**9):x}" for _ in range(1500))
            long = builders.post(str(number), text=" ".join(words))
            await builders.add_item(conn, clock.now(), source, long)
    clock.advance(days=10)
    await housekeeper.measure()
    await housekeeper.measure()
    async with store.read() as conn:
        found = sizes_of(await meta.get(conn, "sizes"))

    assert found is not None
    assert found.now["all"] >= found.now["items"] > 300_000
    assert found.growth["items"] > 900_000


def test_nothing_is_measured_at_first() -> None:
    assert sizes_of("") is None
