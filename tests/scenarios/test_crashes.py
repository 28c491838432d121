"""kill -9 around every commit: nothing is lost, only what was in flight repeats."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.model import ChatType, MessageState, Role, SourceKind, Transport
from bot.store import Store, chats, message_counts, meta, people, sources, visits
from bot.store.visits import FetchRecord
from tests.support import warm
from tests.support.botapi_emulator import BotApiEmulator, DropAfter
from tests.support.feeds import Post, rss
from tests.support.source_server import SourceServer
from tests.support.vigil import SUBSCRIBER

TEXT = (
    "Около 60 контрактников из Пскова отказались ехать на войну. "
    "Командование угрожает им уголовными делами, рассказали родственники военных."
)
CHANNEL = -1001000000777
READERS = (SUBSCRIBER, SUBSCRIBER + 1)
pytestmark = pytest.mark.waits
# From the first commit of a start to well after the last of two alerts (see the assert below).
MOMENTS = [*(f"before:{n}" for n in (3, 6, 9, 10, 12)), "after:6"]


async def moment() -> None:
    """A twentieth of a second of real time: another process cannot be stepped."""
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), 0.05)


class World:
    """What outlives the process: its database, Telegram, the sources."""

    def __init__(self, database: str, data_dir: Path) -> None:
        self.database = database
        self.data_dir = data_dir
        self.clock = SystemClock()
        self.telegram = BotApiEmulator(self.clock)
        self.server = SourceServer()

    async def prepare(self) -> None:
        """Two readers, a feed with one post not read yet, a channel that has just posted."""
        now = datetime.now(UTC)  # noqa: TID251 - the real application is told of real times
        feed = rss("Pskov Post", [Post("1", text=TEXT, published=now)])
        self.server.put("/a.xml", feed, content_type="application/rss+xml")
        store = await Store.open(self.database, self.clock)
        async with store.write() as conn:
            for user in READERS:
                self.telegram.people.started(user)
                await people.appoint(conn, user, Role.SUBSCRIBER, None, now)
                chat = await chats.ensure(conn, user, 0, ChatType.PRIVATE, now=now)
                await chats.subscribe(conn, chat.id, "refusal", now)
            url = self.server.url("/a.xml")
            feed_source, _ = await sources.add(
                conn,
                transport=Transport.FEED,
                address=url,
                identity=url,
                title="Pskov Post",
                kind=SourceKind.MEDIA,
                lang="ru",
                now=now,
            )
            await visits.record_fetch(
                conn, feed_source.id, FetchRecord(at=now, next_due=now, archived_at=now)
            )
            await sources.add(
                conn,
                transport=Transport.CHANNEL,
                address="",
                identity=f"tg:{CHANNEL}",
                title="Channel",
                kind=SourceKind.ANONYMOUS,
                lang="ru",
                now=now,
                telegram_id=CHANNEL,
            )
        await store.close()
        self.telegram.people.channel(CHANNEL)
        self.telegram.people.posts(
            CHANNEL, "Пятеро мобилизованных отказались возвращаться на фронт, сообщает адвокат."
        )

    @asynccontextmanager
    async def process(
        self, die: str = "", lease: float = 40
    ) -> AsyncIterator[asyncio.subprocess.Process]:
        environment = {
            "PATH": os.environ["PATH"],
            "VIGIL_TEST_DIE": die,
            "VIGIL_TEST_LEASE": str(lease),
            "VIGIL_BOT_TOKEN": self.telegram.token,
            "VIGIL_ROOT_ADMINS": "1001",
            "VIGIL_DATABASE_URL": self.database,
            "VIGIL_DATA_DIR": str(self.data_dir),
            "VIGIL_TELEGRAM_API": self.telegram.url,
            "VIGIL_ALLOW_PRIVATE_ADDRESSES": "127.0.0.0/8",
            "VIGIL_LOG_LEVEL": "ERROR",
        }
        running = await asyncio.create_subprocess_exec(
            *warm.command("tests.scenarios.dying"), env=environment
        )
        try:
            yield running
        finally:
            if running.returncode is None:
                os.kill(warm.pid_of(running.pid), signal.SIGCONT)
                running.send_signal(signal.SIGINT)
            await running.wait()

    def told(self) -> list[int]:
        """How many messages each reader has."""
        return [len(self.telegram.transcript(user)) for user in READERS]

    async def until_told(self, running: asyncio.subprocess.Process | None = None) -> bool:
        """Wait until every reader has both alerts; False when the process died before."""
        for _ in range(1200):
            if min(self.told()) >= 2:
                return True
            if running is not None and running.returncode is not None:
                return False
            await moment()
        raise AssertionError(f"not told within a minute: {self.told()}")

    async def accounts(self) -> tuple[int, dict[MessageState, int]]:
        """Repeats counted, and messages by state."""
        store = await Store.open(self.database, self.clock)
        async with store.read() as conn:
            counted = (await meta.counters(conn)).get("messages_repeated", 0)
            states = await message_counts.counts(conn)
        await store.close()
        return counted, states


@pytest.fixture
async def world(sqlite_database: str, tmp_path: Path) -> AsyncIterator[World]:
    made = World(sqlite_database, tmp_path / "data")
    async with made.telegram, made.server:
        await made.prepare()
        yield made


@pytest.mark.parametrize("moment_of_death", MOMENTS)
async def test_killed_at_a_commit(world: World, moment_of_death: str) -> None:
    """What was committed as seen is told; a message repeats only if its answer was lost."""
    async with world.process(moment_of_death) as doomed:
        if await world.until_told(doomed):
            # All was told before that commit: at the last ones that is as it should be.
            assert int(moment_of_death.partition(":")[2]) > 6
        else:
            assert doomed.returncode == -signal.SIGKILL
    async with world.process():
        await world.until_told()

    repeats = sum(world.told()) - 2 * len(READERS)
    counted, states = await world.accounts()
    assert min(world.told()) >= 2
    assert repeats <= counted
    assert not states.get(MessageState.DEAD)


async def test_answer_lost_with_the_connection_is_asked_again(world: World) -> None:
    """A message whose outcome is unknown is sent again and counted; loss is worse."""
    world.telegram.fail(DropAfter(), method="sendMessage")

    async with world.process():
        await world.until_told()
        for _ in range(200):
            if sum(world.told()) > 2 * len(READERS):
                break
            await moment()

    counted, _ = await world.accounts()
    assert sum(world.told()) == 2 * len(READERS) + 1
    assert counted == 1
