"""What people wait for in a large database: `python -m bench.scale [--items N] [--keep DIR]`.

A database of 500,000 items of ninety days, with stories, keys, matches, messages and the archive's
index, is written straight into SQLite (two minutes; with --keep it is used again). Then each
question is asked as the bot asks it, on a cold and a warm connection: CPU time, best of three.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import sqlalchemy as sa
from rich.console import Console

from bench.report import put_section, table
from bench.texts import generate
from bot.clock import SystemClock
from bot.ingest.archive import Archive
from bot.ingest.matcher import Matcher
from bot.store import (
    Store,
    archive,
    chats,
    due_messages,
    item_counts,
    item_pages,
    items,
    message_counts,
    meta,
    vitals,
)
from bot.store import schema as s
from filters.document import Document
from filters.query import parse
from filters.reading import load_reader

__all__ = ["fill", "main", "prepare"]

ITEMS = 500_000
DAYS = 90
_TEXTS = 2_000
_SOURCES = 300
_CHATS = 1_000
_EVERY_MATCHES = 50  # of so many items one matches, and is told to _TOLD chats
_TOLD = 20
_BATCH = 5_000
_PAGE = 50  # as the pipeline asks for them


def _time(when: datetime) -> str:
    return when.strftime("%Y-%m-%d %H:%M:%S.%f")


def _rows(columns: str, table_name: str) -> str:
    marks = ", ".join("?" for _ in columns.split(","))
    return f"INSERT INTO {table_name} ({columns}) VALUES ({marks})"


def fill(path: Path, count: int, now: datetime, texts: list[str], words: list[str]) -> None:
    """`count` items of the last ninety days into the empty database at `path`, one transaction a
    batch, newest last; `words` are the index's for each of `texts`."""
    chosen = random.Random(7)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA synchronous=OFF")
    _people_and_sources(db, now)
    begin, step = now - timedelta(days=DAYS), timedelta(days=DAYS) / count
    messages_made = itertools.count(1)
    for start in range(1, count + 1, _BATCH):
        numbers = range(start, min(start + _BATCH, count + 1))
        db.execute("BEGIN")
        when = {n: _time(begin + n * step) for n in numbers}
        text = {n: chosen.randrange(_TEXTS) for n in numbers}
        db.executemany(
            _rows("id, created_at, last_item_at", "stories"),
            ((n, when[n], when[n]) for n in numbers),
        )
        db.executemany(
            _rows(
                "id, source_id, key, title, text, text_hash, url, lang, links, tags, has,"
                " published, seen_at, story_id, generation",
                "items",
            ),
            (
                (
                    *(n, chosen.randint(1, _SOURCES), f"k{n}", "", f"{n} {texts[text[n]]}"),
                    *(f"{n:016x}", f"https://s.example/{n}", "ru", "[]", "[]", "[]"),
                    *(when[n], when[n], n, 2),
                )
                for n in numbers
            ),
        )
        db.executemany(
            _rows("key, story_id", "story_keys"),
            ((chosen.getrandbits(63), n) for n in numbers for _ in range(2)),
        )
        db.executemany(_rows("id, item_id, at", "archive"), ((n, n, when[n]) for n in numbers))
        db.executemany(
            _rows("rowid, words", "archive_words"), ((n, words[text[n]]) for n in numbers)
        )
        _tell(db, [n for n in numbers if n % _EVERY_MATCHES == 0], when, messages_made)
        db.execute("COMMIT")
    db.close()


def _people_and_sources(db: sqlite3.Connection, now: datetime) -> None:
    db.execute("BEGIN")
    db.executemany(
        _rows("id, transport, address, identity, title, kind, lang, added_at", "sources"),
        (
            (
                n,
                "feed",
                f"https://s{n}.example/f",
                f"s{n}",
                f"Source {n}",
                "media",
                "ru",
                _time(now),
            )
            for n in range(1, _SOURCES + 1)
        ),
    )
    db.executemany(
        _rows("id, telegram_id, type, created_at", "chats"),
        ((n, n, "private", _time(now)) for n in range(1, _CHATS + 1)),
    )
    db.execute("COMMIT")


def _tell(
    db: sqlite3.Connection, told: list[int], when: dict[int, str], made: Iterator[int]
) -> None:
    db.executemany(
        _rows("item_id, revision, topic, filter_key, spans, sentence, evidence", "matches"),
        ((n, 1, "refusal", "refusal/base", "[]", '["text",0,5]', "{}") for n in told),
    )
    db.executemany(
        _rows("id, story_id, n, created_at", "alerts"), ((n, n, 0, when[n]) for n in told)
    )
    sent = [(next(made), n, 1 + (n + k) % _CHATS) for n in told for k in range(_TOLD)]
    db.executemany(
        _rows(
            "id, chat_id, state, telegram_message_id, sent_version, created_at, sent_at", "messages"
        ),
        ((at, chat, "sent", at, 1, when[n], when[n]) for at, n, chat in sent),
    )
    db.executemany(
        _rows("chat_id, alert_id, item_id, topic, state, message_id, created_at", "notices"),
        ((chat, n, n, "refusal", "told", at, when[n]) for at, n, chat in sent),
    )


async def prepare(store: Store, matcher: Matcher, path: Path, count: int, now: datetime) -> None:
    """Fill the store at `path`, and its index, if it is not filled yet."""
    if await _is_filled(store):
        return
    texts = generate(_TEXTS)
    found = await matcher.words([Document(each) for each in texts])
    words = [" ".join(sorted(map(archive._written, each))) for each in found]
    await asyncio.to_thread(fill, path, count, now, texts, words)
    async with store.write() as conn:
        await meta.set_value(conn, archive._SIGNATURE, matcher.index_signature)
        await meta.set_value(conn, archive._LAST, str(count))
        await meta.set_value(conn, archive._WRITTEN, str(count))


async def _measure(path: Path, count: int) -> dict[str, list[float]]:
    """Milliseconds of CPU (best of three) and of waiting (the first time) of each question."""
    clock = SystemClock()
    matcher = Matcher(load_reader())
    store = await Store.open(f"sqlite:///{path}", clock)
    await prepare(store, matcher, path, count, clock.now())
    now = clock.now()
    searches = Archive(store, matcher)
    rare, common = parse("отказались NEAR/3 фронт"), parse("отказались, самовольное")
    day, week, month = (now - timedelta(days=n) for n in (1, 7, 30))

    async def read(ask: Callable[[Any], Awaitable[object]]) -> None:
        async with store.read() as conn:
            await ask(conn)

    async def health(conn: Any) -> None:
        await item_counts.count_by_source(conn, day)
        await item_counts.count(conn)
        await message_counts.totals(conn)
        await chats.counts(conn)

    async with store.read() as conn:
        key = await conn.scalar(sa.select(s.story_keys.c.key).limit(1))
        source = await conn.scalar(sa.select(s.items.c.source_id).limit(1))
    assert key is not None

    async def at_keys(conn: Any) -> None:
        await items.at_keys(conn, source, ["https://s.example/7", "no text has it"])

    asked: dict[str, Callable[[], Awaitable[object]]] = {
        "/health": lambda: read(health),
        "/status": lambda: read(lambda conn: vitals.look(conn, now)),
        "at_keys": lambda: read(at_keys),
        "first page of what is matched again": lambda: read(
            lambda conn: item_pages.older(conn, 3, week, 0, _PAGE)
        ),
        "the same, nothing to do": lambda: read(lambda conn: item_pages.older(conn, 1, week)),
        "messages due": lambda: read(lambda conn: due_messages.due(conn, now, 300)),
        "backtest of 7 days, rare words": lambda: searches.backtest(rare, "refusal", week),
        "backtest of 7 days, common words": lambda: searches.backtest(common, "refusal", week),
        "search of 30 days, rare words": lambda: searches.search(rare, month),
        "search of 30 days, common words": lambda: searches.search(common, month),
    }
    taken: dict[str, list[float]] = {}
    for name, ask in asked.items():
        waited, spent = perf_counter(), []
        for turn in range(3):
            began = process_time()
            await ask()
            spent.append((process_time() - began) * 1000)
            if not turn:
                waited = (perf_counter() - waited) * 1000
        taken[name] = [min(spent), waited]
        Console().print(name, [round(each, 1) for each in taken[name]])
    await store.close()
    return taken


async def _is_filled(store: Store) -> bool:
    async with store.read() as conn:
        return await item_counts.count(conn) > 0


def main() -> None:
    """Measure and write the section of docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=ITEMS)
    parser.add_argument("--keep", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        place = chosen.keep or Path(directory)
        place.mkdir(parents=True, exist_ok=True)
        path = place / "vigil.sqlite3"
        found = asyncio.run(_measure(path, chosen.items))
        size = path.stat().st_size / chosen.items
    lines = [
        *table(["", "CPU, ms", "the first time, ms"], [[k, *v] for k, v in found.items()]),
        "",
        f"The file has {size:,.0f} bytes an item, the index and the messages included.",
    ]
    put_section("A large database", f"python -m bench.scale --items {chosen.items}", lines)


if __name__ == "__main__":
    main()
