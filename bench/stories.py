"""What relating costs with a million items in the window: `python -m bench.stories [ITEMS]`.

A database as the service has it (SQLite, all migrations) is filled with the fingerprints and keys
of as many items as asked: random ones, as those of unrelated texts are. Then made-up posts, each
tenth of them a copy of one before, go the way of the service in batches of 50. Tier 1: keys are
made, looked up and stored. Tier 2: cleaned, hashed, looked up, stored, what shares hashes
compared. CPU time of the process, with SQLite's threads in it. Filters, alerts and the rest of
the transaction are measured elsewhere.
"""

from __future__ import annotations

import asyncio
import json
import random
import resource
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any

from bench.report import put_section, table
from bench.texts import generate
from bot.clock import SystemClock
from bot.model import ParsedItem
from bot.store import Store, fingerprints, stories
from bot.store.connection import Connection
from bot.stories.candidates import HASHES, Candidates, enough, fingerprint_of
from bot.stories.identity import story_keys
from bot.stories.relation import KnownReport, TextProfile, relate_texts, text_profile

__all__ = ["run"]

ITEMS = 1_000_000
_ASKED = 4_000
_BATCH = 50


def run(items: int = ITEMS) -> dict[str, Any]:
    """The figures, by name."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "vigil.db"
        asyncio.run(_create(path))
        sizes = [path.stat().st_size]
        for fill in (_fill_fingerprints, _fill_keys):
            fill(path, items)
            sizes.append(path.stat().st_size)
        figures = asyncio.run(_measured(path, items))
    return figures | {
        "mb_of_marks": (sizes[1] - sizes[0]) / 1e6,
        "mb_of_keys": (sizes[2] - sizes[1]) / 1e6,
    }


async def _create(path: Path) -> None:
    store = await Store.open(f"sqlite:///{path}", SystemClock())
    await store.close()


async def _measured(path: Path, items: int) -> dict[str, Any]:
    store = await Store.open(f"sqlite:///{path}", SystemClock())
    try:
        posts = _posts(_ASKED)
        candidates = Candidates()
        start = process_time()
        async with store.read() as conn:
            await fingerprints.catch_up(conn, candidates)
        loaded = process_time() - start
        await _relate(store, candidates, posts[:500], items + 1_000_000)  # warm: statements
        buckets = [bucket for age in candidates._ages for bucket in age.buckets]
        in_memory = sum(map(sys.getsizeof, buckets)) / 1e6
        spent, copies = await _relate(store, candidates, posts[500:], items + 2_000_000)
        return {
            "items": items,
            "asked": len(posts) - 500,
            "copies": copies,
            "tier_1_ms": spent[0] / (len(posts) - 500) * 1000,
            "tier_2_ms": spent[1] / (len(posts) - 500) * 1000,
            "load_s": loaded,
            "mb_in_memory": in_memory,
            "resident_mb_after": _resident(),
        }
    finally:
        await store.close()


def _fill_fingerprints(path: Path, items: int) -> None:
    chosen = random.Random(1)
    with sqlite3.connect(path) as conn:
        conn.execute("PRAGMA synchronous=OFF")
        conn.executemany(
            "INSERT INTO item_marks (item_id, marks) VALUES (?, ?)",
            ((n, chosen.randbytes(4 * HASHES)) for n in range(1, items + 1)),
        )
    conn.close()


def _fill_keys(path: Path, items: int) -> None:
    chosen = random.Random(2)
    with sqlite3.connect(path) as conn:
        conn.execute("PRAGMA foreign_keys=OFF")
        conn.execute("PRAGMA synchronous=OFF")
        rows = sorted(
            [(chosen.getrandbits(63) - (1 << 62), n) for n in range(items)]
            + [(chosen.getrandbits(63) - (1 << 62), n) for n in range(items)]
        )
        conn.executemany("INSERT OR IGNORE INTO story_keys (key, story_id) VALUES (?, ?)", rows)
    conn.close()


def _posts(count: int) -> list[ParsedItem]:
    chosen = random.Random(3)
    found: list[ParsedItem] = []
    for n, made in enumerate(generate(count)):
        text = made
        if n % 10 == 9:
            copied = found[chosen.randrange(n)].text.replace(". ", ", кстати. ", 1)
            text = f"❗️❗️ {copied}\n\nПодписывайтесь на канал!"
        found.append(ParsedItem(key=str(n), text=text, url=f"https://t.me/new{n % 90}/{n}"))
    return found


def _batches(posts: Sequence[ParsedItem]) -> Iterator[Sequence[ParsedItem]]:
    for n in range(0, len(posts), _BATCH):
        yield posts[n : n + _BATCH]


async def _relate(
    store: Store, candidates: Candidates, posts: Sequence[ParsedItem], first: int
) -> tuple[tuple[float, float], int]:
    """CPU seconds of either tier, and how many were found to be copies."""
    now = SystemClock().now()
    known_profiles: dict[int, TextProfile] = {}
    by_keys = by_text = 0.0
    copies = 0
    for batch in _batches(posts):
        start = process_time()
        keys, profiles, cleaned = [], [], 0.0
        for post in batch:  # one after the other, as the service: a text is cleaned once
            keys.append(story_keys(post))
            begun = process_time()
            profiles.append(text_profile(post.title, post.text))
            cleaned += process_time() - begun
        known = await store.write_at_once(partial(_by_keys, keys, now), relating=True)
        middle = process_time()
        copies += await store.write_at_once(
            partial(_by_text, candidates, profiles, known_profiles, first, now), relating=True
        )
        first += len(batch)
        by_keys += middle - start - cleaned
        by_text += process_time() - middle + cleaned
        copies += sum(any(key in known for key in each) for each in keys)
    return (by_keys, by_text), copies


async def _by_keys(
    keys: Sequence[Sequence[str]], now: datetime, conn: Connection
) -> Mapping[str, int]:
    """Tier 1: which stories the keys name; the posts' own are stored."""
    known = await stories.find_by_keys(conn, {key for each in keys for key in each})
    ids = await stories.create_many(conn, len(keys), now)
    pairs = [(key, i) for each, i in zip(keys, ids, strict=True) for key in each]
    await stories.add_key_pairs(conn, pairs)
    return known


async def _by_text(
    candidates: Candidates,
    profiles: Sequence[TextProfile],
    known: dict[int, TextProfile],
    first: int,
    now: datetime,
    conn: Connection,
) -> int:
    """Tier 2: how many repeat another text. They are `known` afterwards, numbered from `first`."""
    hashes = [fingerprint_of(each.clean) for each in profiles]
    await fingerprints.catch_up(conn, candidates)
    added: dict[int, list[int]] = {}
    copies = 0
    for n, (each, hashed) in enumerate(zip(profiles, hashes, strict=True)):
        shared = candidates.shared(hashed)
        for one in hashed:
            shared.update(added.get(one, ()))
            added.setdefault(one, []).append(first + n)
        alike = [i for i, common in shared.most_common() if enough(common, len(hashed))]
        if alike:
            there = await fingerprints.sharing(conn, alike, (), 40)
            of = [KnownReport(i, i, now, known[i]) for i in there if i in known]
            copies += relate_texts(each, now, of, copies_only=True).kind == "copy"
        known[first + n] = each
    await fingerprints.add_fingerprints(
        conn, [(first + n, hashed) for n, hashed in enumerate(hashes)]
    )
    return copies


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


TITLE = "Stories: a million items in the window"
_TITLES = {
    "items": "items in the window",
    "asked": "posts related",
    "copies": "of these copies",
    "tier_1_ms": "tier 1, keys: CPU ms a post",
    "tier_2_ms": "tier 2, near copies: CPU ms a post",
    "mb_of_marks": "MB on disk of the fingerprints",
    "mb_of_keys": "MB on disk of the keys",
    "mb_in_memory": "MB in memory of the fingerprints",
    "load_s": "CPU s to read the fingerprints at the start",
    "resident_mb_after": "MB resident of the process, with the texts that are compared",
}


def section(figures: dict[str, Any]) -> list[str]:
    """In Markdown."""
    return [
        *table(("what", "measured"), [(title, figures[name]) for name, title in _TITLES.items()]),
    ]


if __name__ == "__main__":
    measured = run(int(sys.argv[1]) if sys.argv[1:] else ITEMS)
    print(json.dumps(measured, indent=1))
    put_section(TITLE, "python -m bench.stories", section(measured))
