"""Telegram's limit, urgency, faults, kills, many chats: `python -m bench.delivery [part …]`.

A run of all parts writes the section of docs/benchmarks.md; single parts only print what they
found. Telegram is the emulator of
the tests with Telegram's limits (30 a second, 1 a second in a chat with a burst of 3); `broadcast`,
`urgent`, `kills` and `quiet` run in real time over real connections, `faults` on a clock that is
moved, so that hours of waiting cost nothing.
"""

from __future__ import annotations

import asyncio
import random
import re
import resource
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from statistics import quantiles
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import telegram
from aiolimiter import AsyncLimiter
from rich.console import Console
from telegram.error import RetryAfter
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from bench.report import put_section, table
from bench.telegram_server import serving
from bot.botapi.client import Client
from bot.cli.run import loop_factory
from bot.clock import Clock, SystemClock
from bot.delivery.outbox import Outbox
from bot.delivery.rendering import Rendering, audience_of
from bot.model import ItemMatch, ParsedItem, SourceKind, Transport, Way
from bot.ops import logs
from bot.store import Store, alerts, item_matches, items, meta, sources, stories
from bot.store import schema as s
from filters.reading import load_reader

if TYPE_CHECKING:
    from tests.scenarios.test_crashes import World
    from tests.support.botapi_emulator import BotApiEmulator
    from tests.support.clock import ManualClock
    from tests.support.feeds import Post

__all__ = ["main"]

BROADCAST = 3000
FEW = 300
MANY = 50_000
_TITLE = "Отказались ехать на войну: {n}"


async def _chats(store: Store, count: int, now: Any, topics: Sequence[str]) -> None:
    async with store.write() as conn:
        rows = [
            {"telegram_id": n, "type": "private", "created_at": now} for n in range(1, count + 1)
        ]
        await conn.execute(sa.insert(s.chats), rows)
        for topic in topics:
            loud = {"": str(Way.URGENT)} if topic == "pressure" else {}
            subs = [
                {
                    "chat_id": n,
                    "topic": topic,
                    "armies": [],
                    "stages": [],
                    "ways": loud,
                    "created_at": now,
                }
                for n in range(1, count + 1)
            ]
            await conn.execute(sa.insert(s.subscriptions), subs)


async def _story(store: Store, clock: Clock, n: int, topic: str = "refusal") -> None:
    now = clock.now()
    async with store.write() as conn:
        source, _ = await sources.add(
            conn,
            transport=Transport.FEED,
            address="https://x.example/feed",
            identity="x.example/feed",
            title="Pskov Post",
            kind=SourceKind.MEDIA,
            lang="ru",
            now=now,
        )
        story = await stories.create(conn, now)
        title = _TITLE.format(n=n)
        parsed = ParsedItem(key=str(n), title=title, url=f"https://x.example/{n}", published=now)
        item = await items.insert_item(
            conn, source.id, parsed, seen_at=now, story_id=story, relation="new"
        )
        match = ItemMatch(topic, f"{topic}/base", (("title", 0, 10),), ("title", 0, len(title)))
        await item_matches.insert_matches(conn, item, 1, [match])
        alert = await alerts.create(conn, story, 0, now)
        await alerts.add_cause(conn, alert.id, item, now)


async def _report(store: Store, clock: Clock) -> None:
    """The first story is told in other words by another source."""
    now = clock.now()
    async with store.write() as conn:
        first = await items.get(conn, 1)
        assert first is not None
        parsed = ParsedItem(key="again", title="Не поехали", url="https://y.example/1")
        item = await items.insert_item(
            conn, first.source_id, parsed, seen_at=now, story_id=first.story_id, relation="same"
        )
        match = ItemMatch("refusal", "refusal/base", (("title", 0, 10),), ("title", 0, 10))
        await item_matches.insert_matches(conn, item, 1, [match])
        await alerts.add_cause(conn, 1, item, now)


def _outbox(store: Store, client: Any, clock: Clock) -> Outbox:
    reader = load_reader()
    return Outbox(store, client, clock, audience_of(reader), Rendering(reader), cap=1_000_000)


class _Lag:
    """How late the event loop is, in milliseconds."""

    def __init__(self) -> None:
        self.late: list[float] = []
        self._task = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        while True:
            before = perf_counter()
            await asyncio.sleep(0.005)  # noqa: TID251 - it is what is measured
            self.late.append((perf_counter() - before - 0.005) * 1000)

    def p99(self) -> float:
        self._task.cancel()
        return quantiles(self.late, n=100)[98]


def _p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20)[18] if len(values) > 1 else values[0]


async def _wait(done: Callable[[], Awaitable[bool]]) -> None:
    while not await done():  # noqa: ASYNC110 - it is the database that says so
        await asyncio.sleep(1)  # noqa: TID251


async def _sent(store: Store) -> int:
    async with store.read() as conn:
        query = sa.select(sa.func.count()).select_from(s.messages)
        return await conn.scalar(query.where(s.messages.c.state == "sent")) or 0


# --- one alert to 3,000 chats, beside its peers ---


async def broadcast(count: int = BROADCAST) -> dict[str, Any]:
    """Seconds from the first message taken to the last, against the ideal."""
    ideal = (count - 30) / 30
    found: dict[str, Any] = {"chats": count, "ideal_s": round(ideal, 1), "rows": []}
    for name, run in (
        ("Vigil", _ours),
        ("PTB AIORateLimiter, its default", _ptb_default),
        ("PTB AIORateLimiter, 5 retries", _ptb),
        ("aiolimiter 30 a second, retries", _plain),
    ):
        async with serving(count) as server:
            cpu = await run(server.url, server.token, count)
        times = [at for at, _, _ in server.taken]
        seconds = max(times) - min(times)
        delivered = len({chat for _, chat, _ in server.taken})
        row = [
            name,
            round(seconds, 1),
            round(seconds / ((max(delivered, 31) - 30) / 30), 3),
            server.refused,
            delivered,
            round(cpu / count * 1000, 1),
        ]
        found["rows"].append(row)
        Console().print(row)
    return found


async def _ours(url: str, token: str, count: int) -> float:
    """CPU seconds from the story's commit to the last outcome's: as in a process that runs."""
    clock = SystemClock()
    with tempfile.TemporaryDirectory() as directory:
        store = await Store.open(f"sqlite:///{directory}/v.sqlite3", clock)
        await _chats(store, count, clock.now(), ["refusal"])
        client = Client(token, clock, server=url)
        await client.start()
        outbox = _outbox(store, client, clock)
        await outbox.start()
        running = asyncio.create_task(outbox.run())
        began = process_time()
        await _story(store, clock, 1)
        outbox.wake()

        async def done() -> bool:
            return await _sent(store) >= count

        await _wait(done)
        cpu = process_time() - began
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await client.close()
        await store.close()
    return cpu


def _request() -> HTTPXRequest:
    return HTTPXRequest(connection_pool_size=256, read_timeout=20, pool_timeout=600)


async def _ptb_default(url: str, token: str, count: int) -> float:
    return await _ptb(url, token, count, retries=0)


async def _ptb(url: str, token: str, count: int, *, retries: int = 5) -> float:
    limiter = AIORateLimiter(max_retries=retries)
    bot: ExtBot[Any] = ExtBot(
        token, base_url=f"{url}/bot", request=_request(), rate_limiter=limiter
    )
    began = process_time()
    async with bot:
        calls = [bot.send_message(user, _TITLE.format(n=1)) for user in range(1, count + 1)]
        await asyncio.gather(*calls, return_exceptions=True)
    return process_time() - began


async def _plain(url: str, token: str, count: int) -> float:
    limiter = AsyncLimiter(30, 1)
    bot = telegram.Bot(token, base_url=f"{url}/bot", request=_request())

    async def one(user: int) -> None:
        while True:
            async with limiter:
                try:
                    await bot.send_message(user, _TITLE.format(n=1))
                except RetryAfter as error:
                    wait = error._retry_after.total_seconds()
                else:
                    return
            await asyncio.sleep(wait)  # noqa: TID251 - as its users do

    began = process_time()
    async with bot:
        await asyncio.gather(*(one(user) for user in range(1, count + 1)))
    return process_time() - began


async def few() -> dict[str, Any]:
    """As `broadcast`, of a size that a story often has."""
    return await broadcast(FEW)


# --- urgent during a broadcast ---


async def urgent(count: int = BROADCAST, probes: int = 40) -> dict[str, Any]:
    """Seconds from an urgent alert's commit to Telegram taking it, while 3,000 others are sent."""
    clock, chance = SystemClock(), random.Random(5)
    probes = min(probes, count // 40)
    readers = chance.sample(range(1, count + 1), probes)
    with tempfile.TemporaryDirectory() as directory:
        async with serving(count) as server:
            store = await Store.open(f"sqlite:///{directory}/v.sqlite3", clock)
            await _chats(store, count, clock.now(), ["refusal"])
            # One reader each: an alert to many is bound by the limit, not by the lanes.
            await _probes(store, readers, clock.now())
            client = Client(server.token, clock, server=server.url)
            await client.start()
            outbox = _outbox(store, client, clock)
            await outbox.start()
            running = asyncio.create_task(outbox.run())
            await _story(store, clock, 1)
            outbox.wake()
            lag = _Lag()
            await clock.sleep_until(clock.now() + timedelta(seconds=3))
            committed: dict[int, float] = {}
            pause = (count / 30 - 12) / probes
            for n in range(probes):
                await _story(store, clock, 100 + n, f"probe{n}")
                committed[100 + n] = clock.now().timestamp()
                outbox.wake()
                await clock.sleep_until(clock.now() + timedelta(seconds=pause))
            p99 = lag.p99()

            async def done() -> bool:
                return await _sent(store) >= count + probes

            await _wait(done)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await client.close()
            await store.close()
    told = [(at, _told(text)) for at, _, text in server.taken]
    last = max(at for at, n in told if n == 1)
    waits = [at - committed[n] for at, n in told if n in committed]
    assert len(waits) == probes, (len(waits), probes)
    assert max(committed.values()) < last, "the broadcast was over too early"
    return {
        "probes": probes,
        "p50_s": round(quantiles(waits, n=2)[0], 3),
        "p95_s": round(_p95(waits), 3),
        "max_s": round(max(waits), 3),
        "refused": server.refused,
        "lag_p99_ms": round(p99, 1),
    }


async def _probes(store: Store, readers: list[int], now: datetime) -> None:
    """Each reader follows a topic of its own, urgently."""
    rows = [
        {
            "chat_id": reader,
            "topic": f"probe{n}",
            "armies": [],
            "stages": [],
            "ways": {"": "urgent"},
            "created_at": now,
        }
        for n, reader in enumerate(readers)
    ]
    async with store.write() as conn:
        await conn.execute(sa.insert(s.subscriptions), rows)


def _told(text: str) -> int:
    found = re.search(r"войну: (\d+)", text)
    return int(found[1]) if found else 0


# --- faults ---


async def faults(count: int = 2000, share: float = 0.2) -> dict[str, Any]:
    """Lost, repeated, counted: every fifth call goes wrong, and for 30 s nothing goes at all."""
    from tests.support.botapi_emulator import (
        BotApiEmulator,
        Delay,
        DropAfter,
        DropBefore,
        Status,
        TooMany,
    )
    from tests.support.clock import ManualClock
    from tests.support.telegram_limits import RateLimits

    clock = ManualClock()
    kinds = (DropBefore(), DropAfter(), Status(500), TooMany(5), Delay(0.05))
    with tempfile.TemporaryDirectory() as directory:
        async with BotApiEmulator(clock, limits=RateLimits()) as server:
            for user in range(1, count + 1):
                server.people.started(user)
            store = await Store.open(f"sqlite:///{directory}/v.sqlite3", clock)
            await _chats(store, count, clock.now(), ["refusal"])
            client = Client(server.token, clock, server=server.url, read_seconds=5)
            await client.start()
            outbox = _outbox(store, client, clock)
            await outbox.start()
            server.fail_at_random(random.Random(20), share, kinds)
            await _story(store, clock, 1)
            outbox.wake()
            began = clock.now()
            await _through(server, store, outbox, clock, count)
            texts = Counter(
                call.parameters["chat_id"] for call in server.taken if call.method == "sendMessage"
            )
            async with store.read() as conn:
                counted = await meta.counters(conn)
            await client.close()
            await store.close()
    repeats = sum(texts.values()) - len(texts)
    return {
        "deliveries": count,
        "lost": count - len(texts),
        "repeated": repeats,
        "counted_repeats": counted.get("messages_repeated", 0),
        "unknown_outcomes": counted.get("messages_unknown", 0),
        "given_up": counted.get("messages_given_up", 0),
        "refused_429": server.count_429(),
        "minutes_of_telegram": round((clock.now() - began).total_seconds() / 60, 1),
    }


async def _through(
    server: BotApiEmulator, store: Store, outbox: Outbox, clock: ManualClock, count: int
) -> None:
    """Step until all is sent; after 20 s Telegram is not reached for 30 s."""
    partition: datetime | None = clock.now() + timedelta(seconds=20)
    while True:
        due = await outbox.step(clock.now())
        if partition is not None and clock.now() >= partition:
            partition = None
            async with server.unreachable():
                until = clock.now() + timedelta(seconds=30)
                while (due := await outbox.step(clock.now())) and due < until:
                    clock.move_to(max(due, clock.now() + timedelta(milliseconds=50)))
                clock.move_to(until)
        elif due is None or await _sent(store) >= count:
            return
        else:
            clock.move_to(max(due, clock.now() + timedelta(milliseconds=1)))


# --- kill -9 ---


def _publish(world: World, posts: list[Post], now: datetime) -> None:
    """Another post in the feed; every second one the channel repeats: an edit of the alert."""
    from tests.scenarios.test_crashes import CHANNEL
    from tests.support.feeds import Post, rss

    number = len(posts) + 1
    text = (
        f"Контрактники {number}-й бригады отказались ехать на войну. "
        f"Об этом корреспонденту номер {number} рассказали родственники военных."
    )
    posts.insert(0, Post(f"k{number}", text=text, published=now))
    feed = rss("Pskov Post", posts[:300])
    world.server.put("/a.xml", feed, content_type="application/rss+xml")
    if number % 2:
        world.telegram.people.posts(CHANNEL, text)


async def kills(times: int = 200) -> dict[str, Any]:
    """Kills of the real application at random moments; then what each reader was told."""
    from tests.scenarios.test_crashes import READERS, World

    chance = random.Random(9)
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        world = World(f"sqlite:///{place}/v.sqlite3", place / "data")
        clock = SystemClock()
        posts: list[Post] = []
        async with world.telegram, world.server:
            await world.prepare()
            await _uncapped(world.database, clock)
            killed = 0
            while killed < times:
                _publish(world, posts, clock.now())
                known = len(world.server.requests)
                async with world.process() as running:
                    ended = asyncio.ensure_future(running.wait())
                    # From when it has asked for the news on.
                    while len(world.server.requests) == known and not ended.done():
                        await asyncio.wait({ended}, timeout=0.005)
                    await asyncio.wait({ended}, timeout=chance.uniform(0.0, 2.5))
                    if running.returncode is None:
                        running.send_signal(signal.SIGKILL)
                        killed += 1
                    await ended
            expected = {str(n) for n in range(1, len(posts) + 1)}

            def told() -> list[Counter[str]]:
                return [
                    Counter(_number(p.text) for p in world.telegram.transcript(reader))
                    for reader in READERS
                ]

            async with world.process():
                before, since = -1, 0
                # Not by their number: a repeat would stand for one that is still to come.
                while any(expected - set(each) for each in told()) and since < 300:
                    await asyncio.sleep(0.2)  # noqa: TID251 - another process cannot be stepped
                    now = sum(world.told())
                    before, since = now, since + 1 if now == before else 0
        counted, _ = await world.accounts()
    lost = sum(len(expected - set(each)) for each in told())
    repeats = sum(n - 1 for each in told() for key, n in each.items() if key in expected)
    edits = sum(len(p.edits) for r in READERS for p in world.telegram.transcript(r))
    return {
        "kills": killed,
        "stories": len(posts),
        "messages": sum(map(len, (world.telegram.transcript(r) for r in READERS))),
        "edits": edits,
        "lost": lost,
        "repeated": repeats,
        "counted_repeats": counted,
    }


async def _uncapped(database: str, clock: Clock) -> None:
    """So many alerts in minutes are more than a chat's cap a day."""
    store = await Store.open(database, clock)
    async with store.write() as conn:
        await conn.execute(sa.update(s.chats).values(prefs={"cap": 0}))
    await store.close()


def _number(text: str) -> str:
    words = text.split("Контрактники ")
    return words[1].split("-й")[0] if len(words) > 1 else text[:40]


# --- 50,000 chats ---


async def many(count: int = MANY) -> dict[str, Any]:
    """Expansion of one alert to 50,000 chats, memory and the loop meanwhile."""
    clock = SystemClock()
    with tempfile.TemporaryDirectory() as directory:
        store = await Store.open(f"sqlite:///{directory}/v.sqlite3", clock)
        await _chats(store, count, clock.now(), ["refusal"])
        expander = _outbox(store, _Nowhere(clock), clock)._expander
        await _story(store, clock, 1)
        lag, before = _Lag(), _peak_mb()
        wall, cpu = perf_counter(), process_time()
        while await expander.step(clock.now()):
            pass
        wall, cpu = perf_counter() - wall, process_time() - cpu
        p99 = lag.p99()
        async with store.write() as conn:
            made = await conn.scalar(sa.select(sa.func.count()).select_from(s.notices))
            sent = {"state": "sent", "telegram_message_id": s.messages.c.id, "sent_version": 1}
            await conn.execute(sa.update(s.messages).values(sent))
        await _report(store, clock)
        lag, joined = _Lag(), perf_counter()
        while await expander.step(clock.now()):
            pass
        joined, joined_p99 = perf_counter() - joined, lag.p99()
        async with store.read() as conn:
            said = sa.select(sa.func.count()).where(s.messages.c.kind == "reply")
            replies = await conn.scalar(said)
        await store.close()
    assert (made, replies) == (count, count)
    return {
        "chats": count,
        "seconds": round(wall, 2),
        "cpu_seconds": round(cpu, 2),
        "lag_p99_ms": round(p99, 1),
        "grown_mb": _peak_mb() - before,
        "joined_s": round(joined, 2),
        "joined_lag_p99_ms": round(joined_p99, 1),
    }


class _Nowhere:
    def __init__(self, clock: Clock) -> None:
        from bot.botapi.pacing import Gate

        self.gate = Gate(clock)


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


# --- a quiet system ---


async def quiet(probes: int = 40) -> dict[str, Any]:
    """Seconds from a feed's answer that holds a post to Telegram taking its alert."""
    from tests.scenarios.test_crashes import READERS, World
    from tests.support.feeds import Post, rss
    from tests.support.loopback import Request
    from tests.support.source_server import Page

    clock = SystemClock()
    waits: list[float] = []
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        world = World(f"sqlite:///{place}/v.sqlite3", place / "data")
        posts: list[Post] = []
        shown: dict[int, float] = {}

        def answer(_: Request) -> Page:
            for n in range(1, len(posts) + 1):
                shown.setdefault(n, clock.now().timestamp())
            return Page(rss("Pskov Post", posts[:20]), "application/rss+xml")

        async with world.telegram, world.server:
            await world.prepare()
            await _uncapped(world.database, clock)
            world.server.pages["/a.xml"] = answer
            async with world.process() as running:
                for number in range(1, probes + 1):
                    text = f"Контрактники {number}-й бригады отказались ехать на войну."
                    posts.insert(0, Post(f"q{number}", text=text, published=clock.now()))
                    taken: float | None = None
                    while taken is None:
                        assert running.returncode is None
                        await asyncio.sleep(0.02)  # noqa: TID251 - another process
                        taken = next(
                            (
                                p.at.timestamp()
                                for p in world.telegram.transcript(READERS[0])
                                if _number(p.text) == str(number)
                            ),
                            None,
                        )
                    waits.append(taken - shown[number])
    return {
        "posts": probes,
        "p50_s": round(quantiles(waits, n=2)[0], 3),
        "p95_s": round(_p95(waits), 3),
        "max_s": round(max(waits), 3),
    }


# --- the report ---

PARTS: dict[str, Callable[[], Awaitable[dict[str, Any]]]] = {
    "many": many,
    "quiet": quiet,
    "faults": faults,
    "few": few,
    "broadcast": broadcast,
    "urgent": urgent,
    "kills": kills,
}


def main(names: Sequence[str]) -> None:
    """Run and print these parts; where none is named, run all and write the section."""
    logs.setup("CRITICAL")
    found: dict[str, Any] = {}
    for name in names or PARTS:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:  # as `vigil run` does
            found[name] = runner.run(PARTS[name]())  # type: ignore[arg-type]
        Console().print(name, found[name])
    if not names:
        put_section("Delivery", "python -m bench.delivery", _lines(found))


def _lines(found: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    for name in ("few", "broadcast"):
        sent = found[name]
        lines += [
            f"One alert to {sent['chats']:,} private chats, ideal {sent['ideal_s']} s:",
            "",
            *table(
                ["", "seconds", "× ideal", "answers 429", "delivered", "CPU ms a message"],
                sent["rows"],
            ),
            "",
        ]
    titles = {
        "urgent": "urgent alert during a broadcast to 3,000",
        "faults": "20 % faults (dropped before, after, 500, 429, slow) and 30 s cut off",
        "kills": "kill -9 at random moments",
        "many": "one alert to 50,000 chats: expansion; then a report that joins it",
        "quiet": "post in a feed's answer → message taken, quiet system",
    }
    rows = [
        (title, ", ".join(f"{k.replace('_', ' ')} {v:,}" for k, v in found[name].items()))
        for name, title in titles.items()
    ]
    return [*lines, *table(["what", "found"], rows)]


if __name__ == "__main__":
    main(sys.argv[1:])
