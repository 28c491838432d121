"""A process that is stopped, replaced, and woken again."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from bot.model import ChatType, Role
from bot.store import Store, chats, people
from tests.scenarios.test_crashes import World, moment
from tests.support import warm
from tests.support.botapi_emulator import Hold

READERS = range(5001, 5046)
pytestmark = pytest.mark.waits


async def test_a_paused_process_wakes_to_send_nothing(
    postgres_database: str, tmp_path: Path
) -> None:
    """Stopped in the middle of a broadcast, taken over, continued: it ends without a word."""
    world = World(postgres_database, tmp_path / "data")
    async with world.telegram, world.server:
        await world.prepare()
        store = await Store.open(postgres_database, world.clock)
        async with store.write() as conn:
            for user in READERS:
                world.telegram.people.started(user)
                await people.appoint(conn, user, Role.SUBSCRIBER, None, world.clock.now())
                chat = await chats.ensure(conn, user, 0, ChatType.PRIVATE, now=world.clock.now())
                await chats.subscribe(conn, chat.id, "refusal", world.clock.now())
        await store.close()
        async with world.process(lease=3) as paused:
            while len(world.telegram.times()) < 20:
                assert paused.returncode is None
                await moment()
            # Its calls stay unanswered: it waits for them, in no transaction.
            hold = Hold()
            world.telegram.fail(hold, times=1000)
            await hold.reached.wait()
            for _ in range(10):
                await moment()
            os.kill(warm.pid_of(paused.pid), signal.SIGSTOP)
            world.telegram.forgive()
            world.data_dir = tmp_path / "other"
            async with world.process(lease=3) as second:
                for _ in range(2400):
                    if all(len(world.telegram.transcript(u)) >= 2 for u in READERS):
                        counted, states = await world.accounts()
                        if counted and set(states) == {"sent"}:
                            break
                    assert second.returncode is None
                    await moment()
                before = len(world.telegram.taken)
                hold.release.set()
                os.kill(warm.pid_of(paused.pid), signal.SIGCONT)
                await asyncio.wait_for(paused.wait(), 60)
                mine = [c for c in world.telegram.taken[before:] if c.method != "getUpdates"]

    assert [call.method for call in mine] == []
    repeats = sum(len(world.telegram.transcript(u)) - 2 for u in READERS) + sum(world.told()) - 4
    assert 0 < repeats <= counted
    assert set(states) == {"sent"}
