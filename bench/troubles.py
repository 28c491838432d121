"""`vigil run` while something goes wrong with its machine: `python -m bench.troubles [part …]`.

Telegram and a feed are on loopback. A part lets the bot work, brings the trouble about, publishes
and asks meanwhile, ends it, and measures how soon the bot answers and tells what it owes, and how
many lines the log got. The full disk is a small file system in memory, for which one must be root;
PostgreSQL comes from its wheel.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import sqlite3
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from subprocess import check_call
from time import monotonic
from typing import Any

import asyncpg
import sqlalchemy as sa
from rich.console import Console

from bench.report import put_section, table
from bot.clock import SystemClock
from bot.store import schema as s
from tests.scenarios.test_crashes import CHANNEL, READERS, World
from tests.support.botapi_emulator import Hold
from tests.support.databases import postgres_server
from tests.support.feeds import Post, rss

__all__ = ["main"]

ROOT = 1001
READER = READERS[0]
_SECTION = "Troubles of the machine"
_LASTS = 15.0  # seconds of a trouble
_PATIENCE = 60.0
_WORK = ("poll.finished", "expand.batch")  # said without any trouble too
_POISON: Sequence[tuple[str, Any]] = (
    ("message", {"poll": {"id": "1"}}),
    ("message", {"gift": {"gift": {}}, "date": "yesterday"}),
    ("message", {"message_id": "x", "chat": 7, "from": []}),
    ("message", {"story": {}, "chat": {"id": READER, "type": "private"}}),
    ("message", {"giveaway": {}, "from": {"id": 5}}),
    ("callback_query", {"id": 3, "data": None}),
    ("channel_post", {"message_id": 4, "chat": {"id": str(CHANNEL)}, "text": 5}),
    ("my_chat_member", {"chat": None}),
    ("message", None),
)


@dataclass
class Bot:
    """One running `vigil run`, and what it logged."""

    process: asyncio.subprocess.Process
    log: Path

    def lines(self) -> list[dict[str, Any]]:
        """Every line of standard error and output. One that is no JSON has no event."""
        found = []
        for line in self.log.read_text().splitlines():
            try:
                found.append(dict(json.loads(line)))
            except ValueError:
                found.append({"text": line})
        return found


@dataclass
class Place:
    """A world with a bot in it."""

    world: World
    stack: AsyncExitStack
    directory: Path
    posts: list[Post] = field(default_factory=list)
    started: int = 0

    async def start(self) -> Bot:
        """Start a bot, and stop it with the part."""
        self.started += 1
        log = self.directory / f"log-{self.started}"
        (self.directory / "shift").touch()
        telegram = self.world.telegram
        environment = {
            "PATH": os.environ["PATH"],
            "VIGIL_BOT_TOKEN": telegram.token,
            "VIGIL_ROOT_ADMINS": str(ROOT),
            "VIGIL_DATABASE_URL": self.world.database,
            "VIGIL_DATA_DIR": str(self.world.data_dir),
            "VIGIL_TELEGRAM_API": telegram.url,
            "VIGIL_ALLOW_PRIVATE_ADDRESSES": "127.0.0.0/8",
            "VIGIL_LOG_FORMAT": "json",
        }
        with log.open("wb") as file:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bench.troubles", "--bot", str(self.directory / "shift")),
                env=environment,
                cwd=Path(__file__).parents[1],
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        self.stack.push_async_callback(_end, process)
        return Bot(process, log)

    def publish(self, number: int) -> None:
        """A new entry of the feed and a post of the channel, of different events."""
        now = self.world.clock.now()
        text = f"Контрактники {number}-й бригады отказались ехать на войну, рассказали их жены. "
        self.posts.insert(0, Post(f"f{number}", text=text * 20, published=now))
        feed = rss("Pskov Post", self.posts)
        self.world.server.put("/a.xml", feed, content_type="application/rss+xml")
        self.world.telegram.people.posts(
            CHANNEL, f"Пятеро военных {number}-го полка отказались идти на штурм, сообщает адвокат."
        )

    def told(self, number: int) -> bool:
        """Whether both were told."""
        said = self.said(READER)
        return f"{number}-й бригады" in said and f"{number}-го полка" in said

    def said(self, user: int) -> str:
        return "\n".join(each.text for each in self.world.telegram.transcript(user))

    async def answered(self, user: int, words: str, expected: str) -> float:
        """Seconds until the bot has answered; the largest number if it never does."""
        telegram = self.world.telegram
        before = len(telegram.transcript(user))
        telegram.people.says(user, words)
        return await until(
            lambda: any(expected in each.text for each in telegram.transcript(user)[before:])
        )

    async def working(self, bot: Bot) -> None:
        """Wait until the bot has started and told what there is."""
        assert await until(lambda: self.told_first() or bot.process.returncode is not None) < 60
        assert bot.process.returncode is None, bot.log.read_text()

    def told_first(self) -> bool:
        return min(self.world.told()) >= 2


async def until(holds: Callable[[], bool], patience: float = _PATIENCE) -> float:
    """Seconds until it holds; infinity if that is longer than `patience`."""
    began = monotonic()
    while not holds():
        if monotonic() - began > patience:
            return float("inf")
        await asyncio.sleep(0.05)  # noqa: TID251 - another process cannot be stepped
    return monotonic() - began


async def pause(seconds: float) -> None:
    await asyncio.sleep(seconds)  # noqa: TID251 - another process cannot be stepped


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.send_signal(signal.SIGCONT)
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), 20)
        except TimeoutError:
            process.kill()
    await process.wait()


@asynccontextmanager
async def place(database: str = "", size: str = "") -> AsyncIterator[Place]:
    """A world; its database is an SQLite file unless said, on a small file system if `size`."""
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vigil-troubles-")))
        data = directory / "data"
        data.mkdir()
        if size:
            stack.enter_context(_mounted(data, size))
        world = World(database or f"sqlite:///{data}/v.sqlite3", data)
        await stack.enter_async_context(world.telegram)
        await stack.enter_async_context(world.server)
        await world.prepare()
        world.telegram.people.started(ROOT)
        yield Place(world, stack, directory)


@contextmanager
def _mounted(directory: Path, size: str) -> Iterator[None]:
    check_call(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(directory)])
    try:
        yield
    finally:
        check_call(["umount", "-l", str(directory)])


@dataclass
class Found:
    """What a part measured. Seconds."""

    answered: float
    told: float
    lines: int
    admins: str = ""
    notes: str = ""
    events: tuple[str, ...] = ()

    def row(self, title: str) -> list[object]:
        return [
            title,
            f"{self.answered:.1f}",
            f"{self.told:.1f}",
            self.lines,
            self.admins or "–",
            self.notes,
        ]


async def during(
    here: Place,
    bot: Bot,
    begin: Callable[[], Awaitable[None]],
    end: Callable[[], Awaitable[None]],
    *,
    says: str = "",
) -> Found:
    """The bot before, while and after something. `says`: what admins must hear meanwhile."""
    await here.working(bot)
    here.world.telegram.people.says(ROOT, "/start")  # else the bot may not write first
    assert await here.answered(ROOT, "/health", "Sources:") < _PATIENCE
    known = len(bot.lines())
    await begin()
    here.publish(7)
    notes = []
    if says:
        heard = await here.answered(ROOT, "/health", says)
        notes.append(f"/health says it after {heard:.1f} s")
    await pause(_LASTS)
    await end()
    began = monotonic()
    asking = asyncio.create_task(here.answered(READER, "/help", "/topics"))
    telling = asyncio.create_task(until(lambda: here.told(7), 150))
    answered = await asking
    await telling
    told = monotonic() - began
    admins = ""
    if says:
        await until(lambda: "works again" in here.said(ROOT), 20)
        admins = "told" if "works again" in here.said(ROOT) else "not told"
    events = _events(bot.lines()[known:])
    return Found(answered, told, len(events), admins, "; ".join(notes), events)


def _events(lines: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """What was logged, but for what is logged without any trouble too."""
    events = (str(each.get("event", each.get("text"))) for each in lines)
    return tuple(each for each in events if each not in _WORK)


# --- the troubles ---


async def full_disk() -> Found:
    """Another program fills the disk and makes room again."""
    async with place(size="24m") as here:
        bot = await here.start()
        ballast = here.world.data_dir / "ballast"

        async def fill() -> None:
            with ballast.open("wb", buffering=0) as file:
                for size in (65536, 4096, 1):
                    try:
                        while True:
                            file.write(b"x" * size)
                    except OSError:
                        pass

        async def room() -> None:
            ballast.unlink()

        return await during(here, bot, fill, room, says="disk of the database is full")


async def failing_disk() -> Found:
    """No file may grow: the kernel refuses it, as a quota does."""
    async with place() as here:
        bot = await here.start()
        pid = bot.process.pid

        async def limit() -> None:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, -1))

        async def lift() -> None:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (-1, -1))

        return await during(here, bot, limit, lift, says="disk of the database")


async def held() -> Found:
    """Another program locks the SQLite file: a shell with a transaction left open."""
    async with place() as here:
        bot = await here.start()
        stack = ExitStack()

        async def begin() -> None:
            file = here.world.data_dir / "v.sqlite3"
            shell = stack.enter_context(closing(sqlite3.connect(file, isolation_level=None)))
            shell.execute("BEGIN EXCLUSIVE")

        async def end() -> None:
            stack.close()

        return await during(here, bot, begin, end, says="Another program holds the database")


async def read_only() -> Found:
    """PostgreSQL becomes a replica that may be read only."""
    with postgres_server() as server:
        async with server.database() as database, place(database) as here:
            bot = await here.start()

            async def switch(word: str) -> None:
                conn = await asyncpg.connect(server.uri)
                await conn.execute(f"ALTER SYSTEM SET default_transaction_read_only = {word}")
                await conn.execute("SELECT pg_reload_conf()")
                await conn.close()

            async def on() -> None:
                await switch("on")

            async def off() -> None:
                conn = await asyncpg.connect(server.uri)
                await conn.execute("SET default_transaction_read_only = off")
                await conn.execute("ALTER SYSTEM RESET default_transaction_read_only")
                await conn.execute("SELECT pg_reload_conf()")
                await conn.close()

            return await during(here, bot, on, off, says="database is read-only")


async def server_gone() -> Found:
    """PostgreSQL refuses connections, and cuts those that there are."""
    with postgres_server() as server:
        async with server.database() as database, place(database) as here:
            bot = await here.start()
            name = database.partition("?")[0].rpartition("/")[2]
            cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"

            async def stop() -> None:
                await server.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false", cut)

            async def begin() -> None:
                await server.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

            return await during(here, bot, stop, begin, says="database cannot be reached")


async def poison() -> Found:
    """Updates of forms that nobody knows, before and between those of people."""
    async with place() as here:
        bot = await here.start()
        telegram = here.world.telegram

        async def begin() -> None:
            for kind, payload in _POISON:
                telegram.updates.add(kind, payload)

        async def end() -> None:
            pass

        found = await during(here, bot, begin, end)
        found.admins = "told" if "I cannot read" in here.said(ROOT) else "not told"
        return found


async def bad_row() -> Found:
    """Rows that cannot be read: of a chat, a filter, a source."""
    async with place() as here:
        bot = await here.start()

        async def spoil() -> None:
            engine = sa.create_engine(f"sqlite:///{here.world.data_dir}/v.sqlite3")
            with engine.begin() as conn:
                chat = s.chats.c.telegram_id == READERS[1]
                conn.execute(sa.update(s.chats).where(chat).values(mode="loud"))
                newest = sa.select(sa.func.max(s.filters.c.id)).scalar_subquery()
                which = s.filters.c.id == newest
                conn.execute(sa.update(s.filters).where(which).values(state="asleep"))
                row = conn.execute(sa.select(s.sources)).mappings().first()
                assert row is not None
                copy = {**row, "id": 900, "identity": "bad", "telegram_id": None, "kind": "odd"}
                conn.execute(sa.insert(s.sources).values(copy))
            engine.dispose()

        async def end() -> None:
            await here.answered(ROOT, "/health", "Sources:")

        found = await during(here, bot, spoil, end)
        found.admins = "told" if "cannot be read" in here.said(ROOT) else "not told"
        return found


async def telegram_gone() -> Found:
    """Telegram refuses connections."""
    async with place() as here:
        bot = await here.start()
        stack = AsyncExitStack()

        async def begin() -> None:
            await stack.enter_async_context(here.world.telegram.unreachable())

        return await during(here, bot, begin, stack.aclose)


def clock_back(hours: int) -> Callable[[], Awaitable[Found]]:
    async def part() -> Found:
        """The wall clock is set back."""
        async with place() as here:
            bot = await here.start()

            async def begin() -> None:
                (here.directory / "shift").write_text(str(-3600 * hours))

            async def end() -> None:
                pass

            return await during(here, bot, begin, end)

    return part


# --- the end of a process ---


def _logged(bot: Bot, event: str) -> bool:
    return any(each.get("event") == event for each in bot.lines())


async def killed_holder() -> Found:
    """Two processes on PostgreSQL; the one that speaks is killed."""
    with postgres_server() as server:
        async with server.database() as database, place(database) as here:
            first = await here.start()
            await here.working(first)
            second = await here.start()
            assert (
                await until(
                    lambda: any(each.get("event") == "lease.waiting" for each in second.lines())
                )
                < 30
            )
            known = len(second.lines())
            first.process.send_signal(signal.SIGKILL)
            await first.process.wait()
            here.world.telegram.updates.polled.clear()
            began = monotonic()
            here.publish(7)
            polled = await until(here.world.telegram.updates.polled.is_set)
            answered = await here.answered(READER, "/help", "/topics")
            await until(lambda: here.told(7), 150)
            told = monotonic() - began
            events = _events(second.lines()[known:])
            notes = f"polls after {polled:.1f} s"
            return Found(polled + answered, told, len(events), "", notes, events)


async def restart_alone(database: str = "") -> Found:
    """A single process is killed and started again."""
    async with place(database) as here:
        first = await here.start()
        await here.working(first)
        first.process.send_signal(signal.SIGKILL)
        await first.process.wait()
        here.world.telegram.updates.polled.clear()
        here.publish(7)
        began = monotonic()
        second = await here.start()
        polled = await until(here.world.telegram.updates.polled.is_set)
        answered = await here.answered(READER, "/help", "/topics")
        await until(lambda: here.told(7), 150)
        told = monotonic() - began
        events = _events(second.lines())
        notes = f"polls after {polled:.1f} s, start included"
        return Found(polled + answered, told, len(events), "", notes, events)


async def restart_on_postgres() -> Found:
    """The same on PostgreSQL, where another might still hold the lease."""
    with postgres_server() as server:
        async with server.database() as database:
            return await restart_alone(database)


async def sigterm() -> Found:
    """SIGTERM while every call to Telegram hangs."""
    async with place() as here:
        bot = await here.start()
        await here.working(bot)
        for method in ("sendMessage", "getUpdates", "editMessageText", "getMe"):
            here.world.telegram.fail(Hold(), method=method, times=1000)
        here.publish(7)
        here.world.telegram.people.says(READER, "/help")
        await pause(5)
        known = len(bot.lines())
        began = monotonic()
        bot.process.send_signal(signal.SIGTERM)
        await bot.process.wait()
        took = monotonic() - began
        events = tuple(str(each.get("event")) for each in bot.lines()[known:])
        notes = f"ends after {took:.1f} s with {bot.process.returncode}"
        return Found(0.0, 0.0, len(events), "", notes, events)


PARTS: dict[str, Callable[[], Awaitable[Found]]] = {
    "full disk": full_disk,
    "a disk that refuses to grow files": failing_disk,
    "another program holds SQLite": held,
    "PostgreSQL read-only": read_only,
    "PostgreSQL gone": server_gone,
    "poison updates": poison,
    "bad rows": bad_row,
    "Telegram gone": telegram_gone,
    "clock 2 h back": clock_back(2),
    "clock a day back": clock_back(24),
    "killed holder, standby takes over": killed_holder,
    "killed, started again, SQLite": restart_alone,
    "killed, started again, PostgreSQL": restart_on_postgres,
    "SIGTERM while Telegram hangs": sigterm,
}


def main(names: Sequence[str]) -> None:
    """Run the parts whose titles hold one of these words (all, if none is given)."""
    rows = []
    for title, part in PARTS.items():
        if names and not any(name in title for name in names):
            continue
        found = asyncio.run(part())  # type: ignore[arg-type]
        Console().print(title, found)
        rows.append(found.row(title))
    if not names:
        head = ["trouble", "answers, s", "alerts, s", "lines", "admins", "besides"]
        put_section(_SECTION, "python -m bench.troubles", table(head, rows))


def _bot(shift: Path) -> None:
    """`vigil run` whose wall clock follows a file, and whose feeds are asked every two seconds."""
    from bot.app import App
    from bot.cli.run import run as run_bot
    from bot.sources.schedule import PollPace

    plain = SystemClock.now

    def now(clock: SystemClock) -> Any:
        return plain(clock) + timedelta(seconds=float(shift.read_text() or 0))

    SystemClock.now = now  # type: ignore[method-assign]
    App.open = partial(App.open, pace=PollPace(hourly=2, floor=2, cap=2))  # type: ignore[method-assign]
    sys.exit(run_bot())


if __name__ == "__main__":
    if sys.argv[1:2] == ["--bot"]:
        _bot(Path(sys.argv[2]))
    else:
        main(sys.argv[1:])
