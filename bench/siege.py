"""Many posts to many chats while the bot is killed and Telegram fails: `python -m bench.siege`.

320 posts for 23 chats; the process is killed 40 times while it sends, every fifth call to Telegram
goes wrong, and at last it is waited out to the end. Nothing may be lost, a message repeats only
where an answer was lost, and what is left after the last kill leaves as fast as the limits allow.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path
from time import monotonic
from typing import Any

import sqlalchemy as sa
from rich.console import Console

from bench.report import put_section, table
from bot.clock import SystemClock
from bot.model import ChatType, Role
from bot.store import Store, chats, meta, people
from bot.store import schema as s
from tests.scenarios.test_crashes import World
from tests.support import warm
from tests.support.botapi_emulator import Delay, DropAfter, DropBefore, Status, TooMany
from tests.support.feeds import Post, rss

__all__ = ["main"]

POSTS, CHATS, KILLS, SHARE = 320, 23, 40, 0.2
FIRST = 5001
_ASKED = 2  # seconds that a 429 asks to wait
_FAULTS = (DropBefore(), DropAfter(), Status(500), TooMany(_ASKED), Delay(0.3))
_SECTION = "A siege"
_OVERALL, _EACH = 30.0, 1.0  # messages a second, to all and to one chat


def _text(number: int) -> str:
    return (
        f"Контрактники {number}-й бригады отказались ехать на войну. "
        f"Об этом корреспонденту номер {number} рассказали родственники военных."
    )


class Siege:
    """A world with many readers."""

    def __init__(self, place: Path) -> None:
        self.world = World(f"sqlite:///{place}/v.sqlite3", place / "data")
        self.readers = range(FIRST, FIRST + CHATS)
        self.posts: list[Post] = []

    async def prepare(self) -> None:
        """Readers without a cap on what is pushed to them a day."""
        world = self.world
        await world.prepare()
        now = world.clock.now()
        store = await Store.open(world.database, world.clock)
        async with store.write() as conn:
            await conn.execute(sa.delete(s.subscriptions))
            for user in self.readers:
                world.telegram.people.started(user)
                await people.appoint(conn, user, Role.SUBSCRIBER, None, now)
                chat = await chats.ensure(conn, user, 0, ChatType.PRIVATE, now=now)
                await chats.subscribe(conn, chat.id, "refusal", now)
            await conn.execute(sa.update(s.chats).values(prefs={"cap": 0}))
        await store.close()
        world.telegram.fail_at_random(random.Random(20), SHARE, _FAULTS)

    def publish(self, count: int) -> None:
        """So many new entries at the top of the feed."""
        for _ in range(count):
            number = len(self.posts) + 1
            post = Post(f"k{number}", text=_text(number), published=self.world.clock.now())
            self.posts.insert(0, post)
        feed = rss("Pskov Post", self.posts)
        self.world.server.put("/a.xml", feed, content_type="application/rss+xml")

    def told(self, user: int) -> Counter[int]:
        """How often each post was told to a reader."""
        found: Counter[int] = Counter()
        for posted in self.world.telegram.transcript(user):
            words = posted.text.partition("Контрактники ")[2]
            if words:
                found[int(words.partition("-й")[0])] += 1
        return found

    def left(self) -> dict[int, int]:
        """How many posts each reader has yet to hear of."""
        return {user: len(self.posts) - len(self.told(user)) for user in self.readers}

    def sent(self) -> int:
        return sum(len(self.world.telegram.transcript(user)) for user in self.readers)


async def until(holds: Any, running: asyncio.subprocess.Process, patience: float) -> None:
    """Wait until it holds, the process ends, or patience does."""
    began = monotonic()
    while not holds() and running.returncode is None and monotonic() - began < patience:  # noqa: ASYNC110
        await asyncio.sleep(0.05)  # noqa: TID251 - another process cannot be stepped


def _cpu(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def siege() -> dict[str, Any]:
    """See the module."""
    chance = random.Random(40)
    with tempfile.TemporaryDirectory() as directory:
        field = Siege(Path(directory))
        world = field.world
        async with world.telegram, world.server:
            await field.prepare()
            for killed in range(KILLS):
                field.publish(POSTS // KILLS)
                before = field.sent()
                async with world.process() as running:
                    await until(lambda: field.sent() > before, running, 120)  # noqa: B023
                    await until(lambda: False, running, chance.uniform(0.1, 4.0))
                    os.kill(warm.pid_of(running.pid), signal.SIGKILL)
                    await running.wait()
                print(killed + 1, field.sent(), file=sys.stderr)
            async with world.process() as running:
                before = field.sent()
                await until(lambda: field.sent() > before, running, 120)
                left = field.left()
                least = max(sum(left.values()) / _OVERALL, max(left.values()) / _EACH)
                asked, waits = world.telegram.asked.copy(), world.telegram.asked_to_wait.copy()
                began, used = monotonic(), _cpu(warm.pid_of(running.pid))
                await until(lambda: not any(field.left().values()), running, 4 * least + 600)
                took, cpu = monotonic() - began, _cpu(warm.pid_of(running.pid)) - used
                calls = world.telegram.asked - asked
                waits = world.telegram.asked_to_wait - waits
                # A call that is answered 429 waits for as long as it says, others for a second.
                needed = max(
                    calls.total() / _OVERALL,
                    *(calls[u] * _EACH + waits[u] * (1 - _EACH / _ASKED) for u in field.readers),
                )
                await until(lambda: False, running, 30)  # whether repeats follow
        store = await Store.open(world.database, SystemClock())
        async with store.read() as conn:
            counted = await meta.counters(conn)
        await store.close()
    told = [field.told(user) for user in field.readers]
    return {
        "messages wanted": POSTS * CHATS,
        "lost": sum(POSTS - len(each) for each in told),
        "repeated": sum(sum(each.values()) - len(each) for each in told),
        "outcomes unknown": counted.get("messages_unknown", 0)
        + counted.get("messages_server_failed", 0),
        "left after the last kill": sum(left.values()),
        "s that the limits ask for": round(least, 1),
        "s taken": round(took, 1),
        "× the limits": round(took / least, 2),
        "calls that it took": calls.total(),
        "s that the limits ask for these calls": round(needed, 1),
        "× that": round(took / needed, 2),
        "CPU s meanwhile": round(cpu, 1),
    }


def main() -> None:
    """Run it and write what was found into docs/benchmarks.md."""
    found = asyncio.run(siege())
    Console().print(found)
    put_section(_SECTION, "python -m bench.siege", table(["what", "measured"], list(found.items())))


if __name__ == "__main__":
    main()
