"""What a year needs on disk: `python -m bench.retention [--share 0.01]`.

A year of 200 sources × 30 posts a day in virtual time, scaled down by `--share` of the sources:
each day's items go through the real store's statements, matched ones with story, alert, notices
and messages to twenty chats, and the retention of the bot runs as it does in life. The text is of
the length and the variety of real posts. What grows with the sources is multiplied up; the result
says so.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from bench.report import put_section, table
from bot.model import ChatType, ItemMatch, NoticeState, ParsedItem, SourceKind, Transport
from bot.ops.housekeeping import Housekeeper
from bot.store import (
    Store,
    alerts,
    archive,
    chats,
    due_messages,
    fingerprints,
    item_matches,
    items,
    messages,
    notices,
    retention,
    stories,
)
from bot.store import sources as source_rows
from bot.store.archive import IndexedText
from bot.store.connection import Connection
from bot.stories.candidates import fingerprint_of
from bot.stories.relation import CASE_WINDOW, COPY_WINDOW
from tests.support.clock import ManualClock

__all__ = ["main"]

SOURCES, POSTS, DAYS, CHATS = 200, 30, 365, 20
_MATCHED = 0.02
_LETTERS = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"


def _words(chance: random.Random, count: int = 30_000) -> list[str]:
    return ["".join(chance.choices(_LETTERS, k=chance.randint(2, 11))) for _ in range(count)]


def _text(chance: random.Random, words: list[str]) -> str:
    """Some 600 letters, the rare words rare."""
    picks = (int(len(words) * chance.random() ** 3) for _ in range(chance.randint(20, 140)))
    return " ".join(words[pick] for pick in picks)


async def year(share: float) -> dict[str, Any]:
    """Sizes at the end of each quarter, and of each class at the end."""
    chance = random.Random(7)
    words = _words(chance)
    clock = ManualClock(datetime(2025, 1, 1, tzinfo=UTC))
    count = max(1, round(SOURCES * share))
    factor = SOURCES / count
    # Below that many rows of waste the bot does not mind; of a part of the sources that is a part.
    archive._GARBAGE_ALLOWED = round(archive._GARBAGE_ALLOWED / factor)  # type: ignore[misc]
    sizes: list[int] = []
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "v.sqlite3"
        store = await Store.open(f"sqlite:///{path}", clock)
        async with store.write() as conn:
            ids = [await _source(conn, number, clock.now()) for number in range(count)]
            readers = [await _chat(conn, number, clock.now()) for number in range(CHATS)]
        await store.scrub()
        async with store.read() as conn:
            empty = await retention.sizes(conn)
        housekeeper = Housekeeper(store, clock, retention.Kept())
        key = 0
        for day in range(DAYS):
            async with store.write() as conn:
                for source in ids:
                    await _day(conn, clock.now(), source, key, chance, words, readers)
                    key += POSTS
            clock.advance(86_400)
            now = clock.now()
            async with store.write() as conn:
                await fingerprints.purge(conn, now - COPY_WINDOW, now - CASE_WINDOW)
            housekeeper._walk = None
            for _ in range(3 + 2 * POSTS * count * 120 // 250):
                await housekeeper.step()
                if housekeeper._walk is not None and housekeeper._walk.done:
                    break
            await _index_anew(store)
            if (day + 1) % 73 == 0:
                await store.scrub()
                sizes.append(path.stat().st_size)
        async with store.read() as conn:
            found = await retention.sizes(conn)
        await store.close()
    return {
        "items": key,
        # What an empty database takes is not multiplied.
        "fifths_mb": [_scaled(size, empty["all"], factor) for size in sizes],
        "classes_mb": {n: _scaled(size, empty.get(n, 0), factor) for n, size in found.items()},
        "factor": factor,
    }


async def _index_anew(store: Store) -> None:
    """As the bot does when most of the index is of texts that are gone."""
    async with store.read() as conn:
        if not await archive.wants_rebuild(conn):
            return
    async with store.write() as conn:
        await archive.reset(conn, "bench")
    while True:
        async with store.write() as conn:
            left = await archive.pending(conn, 500)
            if not left:
                return
            now = [IndexedText(e.item.id, e.item.seen_at, set(e.item.text.split())) for e in left]
            await archive.add(conn, now)


def _scaled(size: int, empty: int, factor: float) -> int:
    return round(((size - empty) * factor + empty) / 1e6)


async def _source(conn: Connection, number: int, now: datetime) -> int:
    source, _ = await source_rows.add(
        conn,
        transport=Transport.FEED,
        address=f"https://{number}.example/rss",
        identity=f"{number}.example",
        title=f"Source {number}",
        kind=SourceKind.MEDIA,
        lang="ru",
        now=now,
    )
    return source.id


async def _chat(conn: Connection, number: int, now: datetime) -> int:
    chat = await chats.ensure(conn, 1000 + number, 0, ChatType.PRIVATE, now=now)
    await chats.subscribe(conn, chat.id, "refusal", now)
    return chat.id


async def _day(
    conn: Connection,
    now: datetime,
    source: int,
    first: int,
    chance: random.Random,
    words: list[str],
    readers: list[int],
) -> None:
    """A day's posts of one source, numbered from `first`, each a story of its own."""
    told = iter(await stories.create_many(conn, POSTS, now))
    new = []
    for key in range(first, first + POSTS):
        text = _text(chance, words)
        url = f"https://{source}.example/news/2025/{key}-{words[key % len(words)]}"
        parsed = ParsedItem(key=url, title=text[:70], text=text, url=url, published=now)
        new.append(items.NewItem(parsed, next(told), "new", False, 0, None))
    ids = await items.insert_items(conn, source, new, seen_at=now)
    keys, marks, indexed = [], [], []
    for each in new:
        assert each.story_id is not None
        item, text = ids[each.parsed.key], each.parsed.text
        keys += [(f"url:{each.parsed.url}", each.story_id), (f"{item:064x}", each.story_id)]
        marks.append((item, fingerprint_of(text)))
        indexed.append(IndexedText(item, now, set(text.split())))
        if chance.random() < _MATCHED:
            await _told(conn, now, item, each.story_id, readers)
    await stories.add_key_pairs(conn, keys)
    await fingerprints.add_fingerprints(conn, marks)
    await archive.add(conn, indexed)


async def _told(conn: Connection, now: datetime, item: int, story: int, readers: list[int]) -> None:
    found = ItemMatch("refusal", "refusal/base", (("text", 0, 10),), ("text", 0, 90))
    await item_matches.insert_matches(conn, item, 1, [found])
    alert = await alerts.create(conn, story, 0, now)
    offer = notices.Offer(alert.id, item, 1, now)
    delivery = notices.NoticeDelivery("refusal", NoticeState.QUEUED, "normal")
    await notices.add_notices(conn, offer, delivery, readers)
    for message in await due_messages.due(conn, now, CHATS):
        await messages.mark_sent(conn, message.id, item, 1, now)


def main() -> None:
    """Measure, print, write the section of docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=0.005, help="of the sources")
    found = asyncio.run(year(parser.parse_args().share))
    classes = sorted(found["classes_mb"].items(), key=lambda each: -each[1])
    rows = [
        ["items stored in the year", f"{found['items'] * found['factor']:,.0f}"],
        ["database after each fifth of the year, MB", ", ".join(map(str, found["fifths_mb"]))],
        *([f"of it {name}, MB", str(size)] for name, size in classes if name != "all"),
    ]
    put_section("A year on disk", "python -m bench.retention", table(["what", "measured"], rows))
    Console().print(rows)


if __name__ == "__main__":
    main()
