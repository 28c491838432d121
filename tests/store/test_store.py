"""The store itself: who may write, what a failure is, what a crash leaves."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.errors import StoreError
from bot.model import ChatType
from bot.store import Store, chats, meta
from bot.store import schema as s
from bot.store.connection import Connection
from tests.store.builders import add_chat
from tests.support.clock import ManualClock
from tests.support.databases import sqlite_url


async def value(store: Store, name: str = "x") -> str:
    async with store.read() as conn:
        return await meta.get(conn, name)


async def test_each_opening_has_its_own_epoch(database: str, clock: ManualClock):
    """A message held by an earlier run can be told from ours."""
    epochs = []
    for _ in range(3):
        store = await Store.open(database, clock)
        epochs.append(store.epoch)
        await store.close()

    assert epochs[1:] == [epochs[0] + 1, epochs[0] + 2]


async def test_a_block_that_raises_changes_nothing(store: Store):
    """A transaction is whole or not at all, and its error passes unchanged."""
    with pytest.raises(ZeroDivisionError):
        async with store.write() as conn:
            await meta.set_value(conn, "x", "half")
            raise ZeroDivisionError

    assert await value(store) == ""


async def test_a_savepoint_takes_back_only_its_part(store: Store):
    """One failing item does not lose the others of its transaction."""
    async with store.write() as conn:
        await meta.set_value(conn, "x", "kept")
        with pytest.raises(sa.exc.IntegrityError):
            async with conn.begin_nested():
                await meta.set_value(conn, "x", "lost")
                await conn.execute(sa.insert(s.story_keys).values(key=7, story_id=99))
                await conn.execute(sa.insert(s.story_keys).values(key=7, story_id=99))

    assert await value(store) == "kept"


async def test_foreign_exceptions_become_ours(store: Store):
    """Nothing outside the store names the database's exceptions."""
    with pytest.raises(StoreError) as caught:
        async with store.write() as conn:
            await conn.execute(sa.insert(s.meta).values(name="x", value="1"))
            await conn.execute(sa.insert(s.meta).values(name="x", value="2"))

    assert isinstance(caught.value.__cause__, sa.exc.IntegrityError)
    assert await value(store) == ""


async def test_errors_never_quote_the_row(store: Store, clock: ManualClock):
    """Chat ids do not reach a log by way of a trace."""
    telegram_id = 777000111
    row = {"telegram_id": telegram_id, "type": ChatType.PRIVATE, "created_at": clock.now()}
    with pytest.raises(StoreError) as caught:
        async with store.write() as conn:
            await conn.execute(sa.insert(s.chats).values(**row))
            await conn.execute(sa.insert(s.chats).values(**row))
    shown, error = [], caught.value
    while error is not None:
        shown.append(f"{error} {error!r}")
        error = error.__cause__

    assert len(shown) > 2
    assert str(telegram_id) not in " ".join(shown)


async def test_readers_cannot_write(store: Store):
    """Writing goes through the one door that queues."""
    with pytest.raises(StoreError):
        async with store.read() as conn:
            await meta.set_value(conn, "x", "1")


async def test_a_reader_sees_one_moment_and_waits_for_nobody(store: Store):
    """A long reading neither blocks a writer nor sees half of what it does."""
    async with store.read() as reader:
        before = await meta.get(reader, "x")
        async with store.write() as writer:
            await meta.set_value(writer, "x", "new")
        after = await meta.get(reader, "x")

    assert (before, after) == ("", "")
    assert await value(store) == "new"


async def test_readers_come_in_while_somebody_writes(database: str, clock: ManualClock):
    """A connection that is opened for a reader waits for no transaction, however long it lasts."""
    store = await Store.open(database, clock)
    async with store.write() as conn, AsyncExitStack() as readers:
        await meta.set_value(conn, "x", "new")
        seen = [
            await meta.get(await readers.enter_async_context(store.read()), "x") for _ in range(3)
        ]
    await store.close()

    assert seen == ["", "", ""]


async def test_more_readers_than_connections_take_turns(store: Store):
    """Who waits for a connection gets the next that is free, also one that is kept open."""
    together = asyncio.Barrier(4)

    async def look(n: int) -> int:
        async with store.read() as conn:
            if n < 4:
                await together.wait()
            found: int = await conn.scalar(sa.select(sa.literal(n)))
            return found

    async with asyncio.timeout(20):
        rounds = [await asyncio.gather(*map(look, range(24))) for _ in range(3)]

    assert rounds == [[*range(24)]] * 3


async def test_four_writers_at_once_lose_nothing(store: Store):
    """Read, then write: what fails on SQLite with plain transactions."""

    async def add_one() -> None:
        for _ in range(10):
            async with store.write(relating=True) as conn:
                count = int(await meta.get(conn, "n", "0"))
                await meta.set_value(conn, "n", str(count + 1))

    await asyncio.gather(*(add_one() for _ in range(4)))

    assert await value(store, "n") == "40"


async def test_a_cancelled_write_rolls_back_and_frees_its_turn(store: Store):
    """A stopped task leaves no half and no lock."""
    inside, never = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        async with store.write(relating=True) as conn:
            await meta.set_value(conn, "x", "half")
            inside.set()
            await never.wait()

    task = asyncio.create_task(write())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(5), store.write(relating=True) as conn:
        seen = await meta.get(conn, "x")

    assert seen == ""


@pytest.mark.parametrize("at_once", [False, True])
async def test_cancelling_at_any_step_leaves_the_store_usable(store: Store, at_once: bool):
    """Wherever a cancellation strikes, the write is whole or absent and the next one works."""
    for steps in range(40):
        name = f"step{steps}"

        async def work(conn: Connection, name: str = name) -> None:
            await meta.set_value(conn, name, "a")
            await meta.set_value(conn, f"{name}b", "b")

        async def write(work: Callable[[Connection], Awaitable[None]] = work) -> None:
            if at_once:
                await store.write_at_once(work, relating=True)
                return
            async with store.write(relating=True) as conn:
                await work(conn)

        task = asyncio.create_task(write())
        for _ in range(steps):
            await asyncio.to_thread(int)  # lets the driver's thread come to a step as well
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        async with asyncio.timeout(10), store.write(relating=True) as conn:
            pair = (await meta.get(conn, name), await meta.get(conn, f"{name}b"))

        assert pair in {("", ""), ("a", "b")}


async def test_a_write_at_once_is_whole_or_absent(store: Store):
    """What it raises takes back all it wrote, whatever it is; what it gives comes back."""

    class Odd(BaseException):
        """No error of anybody's."""

    async def fail(conn: Connection, error: BaseException) -> None:
        await meta.set_value(conn, "x", "half")
        raise error

    async def good(conn: Connection) -> str:
        await meta.set_value(conn, "y", "whole")
        return await meta.get(conn, "y")

    for error in (ValueError(), Odd()):
        with pytest.raises(type(error)):
            await store.write_at_once(partial(fail, error=error))

    assert await store.write_at_once(good) == "whole"
    assert await store.read_at_once(lambda conn: meta.get(conn, "y")) == "whole"
    assert await value(store, "x") == ""


async def test_a_write_at_once_that_waits_for_others_is_refused(sqlite_store: Store):
    """The thread of a connection cannot wait for the loop: nothing is written then."""

    async def wait(conn: Connection) -> None:
        await meta.set_value(conn, "x", "half")
        await asyncio.to_thread(int)

    with pytest.raises(RuntimeError):
        await sqlite_store.write_at_once(wait)

    assert await value(sqlite_store, "x") == ""


async def test_text_no_database_takes_is_kept_with_its_length(store: Store, clock: ManualClock):
    """A NUL or half a pair in a feed neither fails nor shifts what is highlighted."""
    nasty = "a\0b\ud800c"
    async with store.write() as conn:
        await meta.set_value(conn, "x", nasty)

    assert await value(store) == "a\ufffdb\ufffdc"


async def test_a_time_without_a_zone_is_refused(store: Store, clock: ManualClock):
    """All times are UTC: a naive one is a mistake of ours, not a time."""
    with pytest.raises(StoreError) as caught:
        async with store.write() as conn:
            await add_chat(conn, clock.now().replace(tzinfo=None))

    assert "zone" in str(caught.value.__cause__)


async def test_times_come_back_as_they_went_in(store: Store, clock: ManualClock):
    """To the microsecond, aware, in UTC."""
    now = clock.advance(0.123456)
    async with store.write() as conn:
        chat = await add_chat(conn, now)
        await chats.pause(conn, chat.id, now)
        paused = await chats.get(conn, chat.id)

    assert paused is not None
    assert paused.paused_at == now
    assert paused.paused_at.utcoffset() == now.utcoffset()


@pytest.mark.parametrize(
    "url", ["", "sqlite://", "sqlite:///:memory:", "mysql://u:secret@host/db", "::secret::"]
)
async def test_other_databases_are_refused_without_repeating_the_address(
    url: str, clock: ManualClock
):
    """The address may hold a password."""
    with pytest.raises(StoreError) as caught:
        await Store.open(url, clock)

    assert "secret" not in str(caught.value)


async def test_an_unreachable_server_is_a_store_error(tmp_path: Path, clock: ManualClock):
    """The one kind of error, whatever the driver raises."""
    with pytest.raises(StoreError):
        await Store.open(f"postgresql:///vigil?host={tmp_path}", clock)


async def test_a_server_that_drops_us_is_a_store_error_and_then_forgotten(
    postgres_database: str, clock: ManualClock
):
    """A restarted PostgreSQL costs one transaction, not the process."""
    store = await Store.open(postgres_database, clock)
    with pytest.raises(StoreError):
        async with store.write() as conn:
            await meta.set_value(conn, "x", "half")
            pid = await conn.scalar(sa.select(sa.func.pg_backend_pid()))
            async with store.write() as other:
                await other.execute(sa.select(sa.func.pg_terminate_backend(pid)))
            await meta.set_value(conn, "x", "more")
    async with store.write(relating=True) as conn:
        seen = await meta.get(conn, "x")
    await store.close()

    assert seen == ""


async def test_a_deadlock_is_a_store_error_for_one_of_two(
    postgres_database: str, clock: ManualClock
):
    """The caller repeats the transaction; the other one goes through."""
    store = await Store.open(postgres_database, clock)
    async with store.write() as conn:
        for name in ("a", "b"):
            await meta.set_value(conn, name, "0")
    met = asyncio.Barrier(2)

    async def cross(first: str, second: str) -> None:
        async with store.write() as conn:
            await meta.set_value(conn, first, "1")
            await met.wait()
            await meta.set_value(conn, second, "1")

    ends = await asyncio.gather(cross("a", "b"), cross("b", "a"), return_exceptions=True)
    await store.close()

    assert sorted(type(end).__name__ for end in ends) == ["NoneType", "StoreError"]


class TestSqliteFile:
    async def test_only_the_owner_can_read_it(self, tmp_path: Path, clock: ManualClock):
        """Who may read the file knows every subscriber."""
        path = tmp_path / "data" / "vigil.sqlite3"
        store = await Store.open(sqlite_url(path), clock)
        async with store.write() as conn:
            await meta.set_value(conn, "x", "1")
        modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
        await store.close()

        assert path.parent.stat().st_mode & 0o777 == 0o700
        assert modes.keys() >= {"vigil.sqlite3", "vigil.sqlite3-wal", "vigil.sqlite3-shm"}
        assert set(modes.values()) == {0o600}

    async def test_a_file_too_open_is_closed(self, sqlite_database: str, clock: ManualClock):
        """A copied database does not stay readable to all."""
        path = Path(sqlite_database.removeprefix("sqlite:///"))
        path.chmod(0o644)
        store = await Store.open(sqlite_database, clock)
        await store.close()

        assert path.stat().st_mode & 0o777 == 0o600

    async def test_a_second_opening_is_refused_clearly(
        self, sqlite_database: str, clock: ManualClock
    ):
        """Two bots on one file would tell everything twice."""
        first = await Store.open(sqlite_database, clock)
        with pytest.raises(StoreError, match="Another Vigil is using"):
            await Store.open(sqlite_database, clock)
        await first.close()
        again = await Store.open(sqlite_database, clock)

        assert again.epoch == first.epoch + 1
        await again.close()

    async def test_a_killed_process_leaves_no_lock_and_no_half(
        self, sqlite_database: str, clock: ManualClock
    ):
        """kill -9 in the middle of a write: what was committed is there, no more."""
        child = subprocess.Popen(
            [sys.executable, "-c", _WRITER, sqlite_database], stdout=subprocess.PIPE
        )
        assert child.stdout is not None
        assert await asyncio.to_thread(child.stdout.readline) == b"half\n"
        with pytest.raises(StoreError, match="Another Vigil"):
            await Store.open(sqlite_database, clock)
        child.kill()
        child.wait()
        child.stdout.close()
        store = await Store.open(sqlite_database, clock)
        async with store.read() as conn:
            seen = await meta.get(conn, "whole"), await meta.get(conn, "half")
        await store.close()

        assert seen == ("1", "")

    async def test_settings_of_every_connection(self, sqlite_database: str, clock: ManualClock):
        """Deleted means gone, references hold, a power cut takes nothing back."""

        async def pragmas(conn: sa.ext.asyncio.AsyncConnection) -> dict[str, object]:
            names = ("journal_mode", "foreign_keys", "secure_delete", "synchronous")
            return {n: (await conn.exec_driver_sql(f"PRAGMA {n}")).scalar_one() for n in names}

        store = await Store.open(sqlite_database, clock)
        async with store.write() as conn:
            writing = await pragmas(conn)
        async with store.read() as conn:
            reading = await pragmas(conn)
        await store.close()

        assert writing == reading
        assert writing == {
            "journal_mode": "wal",
            "foreign_keys": 1,
            "secure_delete": 1,
            "synchronous": 2,
        }

    async def test_nobody_writes_between_our_reading_and_writing(
        self, sqlite_database: str, sqlite_store: Store
    ):
        """A write block holds the file from its first moment: it cannot fail half-way."""
        other = sqlite3.connect(sqlite_database.removeprefix("sqlite:///"), timeout=0)
        async with sqlite_store.write() as conn:
            await meta.get(conn, "x")
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("INSERT INTO meta (name, value) VALUES ('x', 'theirs')")
            await meta.set_value(conn, "x", "ours")
        other.close()

        assert await value(sqlite_store) == "ours"

    async def test_another_programs_lock_is_waited_out(
        self, sqlite_database: str, sqlite_store: Store
    ):
        """A backup that holds the file for a moment makes nobody fail."""
        path = sqlite_database.removeprefix("sqlite:///")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        async def write() -> None:
            async with sqlite_store.write() as conn:
                await meta.set_value(conn, "x", "1")

        task = asyncio.create_task(write())
        done, _ = await asyncio.wait([task], timeout=0.2)
        other.execute("COMMIT")
        other.close()
        await task

        assert not done
        assert await value(sqlite_store) == "1"


_WRITER = """
import asyncio, sys
from bot.clock import SystemClock
from bot.store import Store, meta

async def main():
    store = await Store.open(sys.argv[1], SystemClock())
    async with store.write() as conn:
        await meta.set_value(conn, "whole", "1")
    async with store.write() as conn:
        await meta.set_value(conn, "half", "1")
        print("half", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""
