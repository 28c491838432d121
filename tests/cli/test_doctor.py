"""`vigil doctor` and `vigil run`, as processes, against an emulated Telegram."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.cli.doctor import doctor
from bot.cli.liveness import FRESH, Heartbeat, beats
from bot.clock import SystemClock
from bot.delivery.lease import Lease
from bot.errors import StoreError
from bot.store import Store
from tests.cli.vigil import Ran, environment, vigil
from tests.support import warm
from tests.support.botapi_emulator import BotApiEmulator
from tests.support.clock import ManualClock
from tests.support.databases import Postgres
from tests.support.loopback import Request
from tests.support.loopback_http import Answer, Loopback


@dataclass
class World:
    """A Telegram and a web of our own, and a data directory."""

    telegram: BotApiEmulator
    web: str
    data: Path

    @property
    def settings(self) -> dict[str, str]:
        return {
            "VIGIL_BOT_TOKEN": self.telegram.token,
            "VIGIL_TELEGRAM_API": self.telegram.url,
            "VIGIL_TELEGRAM_WEB": self.web,
            "VIGIL_DATA_DIR": str(self.data),
            "VIGIL_ALLOW_PRIVATE_ADDRESSES": "127.0.0.0/8",
        }

    patch: pytest.MonkeyPatch
    printed: pytest.CaptureFixture[str]

    async def vigil(self, *args: str, **settings: str) -> Ran:
        return await asyncio.to_thread(vigil, *args, **{**self.settings, **settings})

    async def doctor(self, **settings: str) -> Ran:
        """`vigil doctor` in this process: half of what it takes is starting another."""
        for name, value in {**self.settings, **settings}.items():
            self.patch.setenv(name, value)
        self.patch.setenv("COLUMNS", "100")
        self.printed.readouterr()
        code = await asyncio.to_thread(doctor, quick=False)
        return Ran(code, *self.printed.readouterr())


@pytest.fixture
async def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[World]:
    async def answer(request: Request) -> Answer:
        return Answer(200, b"<html></html>", "text/html")

    telegram = BotApiEmulator(SystemClock())
    web = Loopback(answer)
    await telegram.start()
    await web.start()
    yield World(telegram, f"http://127.0.0.1:{web.port}", tmp_path / "data", monkeypatch, capsys)
    await web.stop()
    await telegram.stop()


def lines(printed: str) -> dict[str, str]:
    """The mark of each check, by its name."""
    found = re.findall(r"^\s*([✓!✗])\s+(\w+)\s", printed, re.MULTILINE)
    return {name: mark for mark, name in found}


async def test_all_is_well(world: World) -> None:
    """And nothing was made by looking."""
    ran = await world.vigil("doctor")

    # The emulator says nothing of the time.
    assert {name for name, mark in lines(ran.out).items() if mark != "✓"} <= {"clock"}
    assert "Nothing is wrong" in ran.out
    assert ran.code == 0
    assert not world.data.exists()


async def test_wrong_token_is_found_and_not_shown(world: World) -> None:
    wrong = "987654321:" + "B" * 35
    ran = await world.doctor(VIGIL_BOT_TOKEN=wrong)

    assert ran.code == 1
    assert lines(ran.out)["token"] == "✗"
    assert "@BotFather" in ran.out
    assert wrong not in ran.out + ran.err


async def test_unreachable_telegram_is_not_a_wrong_token(world: World) -> None:
    """Nobody shall throw away a good token because of a firewall."""
    await world.telegram.stop()
    ran = await world.doctor()

    assert ran.code == 1
    assert (lines(ran.out)["token"], lines(ran.out)["Telegram"]) == ("!", "✗")
    assert "VIGIL_PROXY" in ran.out
    assert world.telegram.token not in ran.out + ran.err


async def test_unreachable_web_is_found(world: World) -> None:
    ran = await world.doctor(VIGIL_TELEGRAM_WEB="http://127.0.0.1:9")

    assert lines(ran.out)["network"] == "✗"


async def test_data_directory_that_others_can_look_into_is_found(world: World) -> None:
    """Vigil makes its own with 0700; one that exists may be everybody's."""
    world.data.mkdir()
    world.data.chmod(0o755)
    (world.data / "vigil.sqlite3").write_bytes(b"no database at all " * 500)  # ends the start
    open_, start = await world.doctor(), await world.vigil("run")
    world.data.chmod(0o700)
    closed = await world.doctor()

    assert (lines(open_.out)["disk"], lines(closed.out)["disk"]) == ("!", "✓")
    assert f"chmod 700 {world.data}" in re.sub(r"\s+", " ", open_.out)
    assert "data_directory.open" in start.err


@pytest.mark.parametrize("what", ["damaged", "newer"])
async def test_database_that_cannot_be_used_is_found(world: World, what: str) -> None:
    world.data.mkdir()
    file = world.data / "vigil.sqlite3"
    if what == "damaged":
        file.write_bytes(b"no database at all " * 500)
    else:
        with closing(sqlite3.connect(file)) as database:
            database.execute("CREATE TABLE alembic_version (version_num TEXT)")
            database.execute("INSERT INTO alembic_version VALUES ('9999')")
            database.commit()
    ran = await world.doctor()

    assert ran.code == 1
    assert lines(ran.out)["database"] == "✗"
    assert ("newer Vigil" in " ".join(ran.out.split())) == (what == "newer")


async def test_the_address_of_postgresql_means_the_same_to_both(
    world: World, postgres_database: str
) -> None:
    """What libpq knows works, as for psql; what nobody knows is refused with its name."""
    good = f"{postgres_database}&sslmode=disable&application_name=vigil"
    bad = f"{postgres_database}&sslmod=require"
    store = await Store.open(good, SystemClock())
    await store.close()
    with pytest.raises(StoreError, match="sslmod,"):
        await Store.open(bad, SystemClock())
    works, refused = [await world.doctor(VIGIL_DATABASE_URL=each) for each in (good, bad)]

    assert lines(works.out)["database"] == "✓"
    assert lines(refused.out)["database"] == "✗"
    assert "sslmod," in refused.out


async def test_a_role_that_may_make_no_tables_is_found(world: World, postgres: Postgres) -> None:
    """Before the first start fails, with the words that mend it."""
    await postgres.run("DROP ROLE IF EXISTS reader", "CREATE ROLE reader LOGIN")
    async with postgres.database() as fresh:
        ran = await world.doctor(VIGIL_DATABASE_URL=re.sub(r"//[^@/]*@", "//reader@", fresh))
    await postgres.run("DROP ROLE reader")

    assert lines(ran.out)["database"] == "✗"
    assert "GRANT USAGE, CREATE ON SCHEMA public" in re.sub(r"\s+", " ", ran.out)


def test_misspelt_setting_is_pointed_out(tmp_path: Path) -> None:
    ran = vigil("doctor", VIGIL_TOKEN="x", VIGIL_DATA_DIR=str(tmp_path))

    assert "VIGIL_BOT_TOKEN" in ran.out


def test_wrong_settings_end_with_2_and_all_their_mends() -> None:
    ran = vigil("run", VIGIL_ACCESS="all", VIGIL_POLL_MIN_SECONDS="0")

    assert ran.code == 2
    for name in ("VIGIL_BOT_TOKEN", "VIGIL_ACCESS", "VIGIL_POLL_MIN_SECONDS"):
        assert f"{name}: " in ran.err
    assert "Traceback" not in ran.err


async def test_unreachable_telegram_is_waited_for(world: World) -> None:
    """A censored or broken line at the start keeps no source from being read; it is said.
    A supervisor's SIGTERM ends it well."""
    await world.telegram.stop()
    process = await asyncio.create_subprocess_exec(
        *warm.command("bot", "run"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment(**world.settings),
    )
    assert process.stderr
    while b"cannot be reached yet" not in (line := await process.stderr.readline()):
        assert line, "it ended"
    await world.telegram.start()
    while b"runs. Ctrl-C" not in (line := await process.stderr.readline()):
        assert line, "it ended"
    os.killpg(warm.pid_of(process.pid), signal.SIGTERM)

    assert await process.wait() == 0


class _Machine(SystemClock):
    """Another time since its start."""

    def __init__(self, later: float) -> None:
        self._later = later

    def monotonic(self) -> float:
        return super().monotonic() + self._later


@pytest.mark.parametrize(("age", "code"), [(None, 1), (0.0, 0), (FRESH + 60, 1), (-3600.0, 1)])
def test_quick_check_goes_by_the_heartbeat(
    tmp_path: Path, age: float | None, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stuck bot is as good as none, and a beat from the future is no life."""
    heartbeat = None
    if age is not None:
        heartbeat = Heartbeat(tmp_path, _Machine(-age))
        heartbeat.write()
    monkeypatch.setenv("VIGIL_DATA_DIR", str(tmp_path))

    assert doctor(quick=True) == code
    assert heartbeat is None or heartbeat.path.stat().st_mode & 0o777 == 0o600


def test_quick_check_knows_a_killed_bot_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel lets its lock go with it; a minute of a dead bot is a minute without alerts."""
    monkeypatch.setenv("VIGIL_DATA_DIR", str(tmp_path))
    code = (
        "import os, signal; from pathlib import Path; from bot.cli.liveness import Heartbeat;"
        "from bot.clock import SystemClock; Heartbeat(Path('.'), SystemClock()).write();"
        "print('on'); os.sys.stdout.flush(); signal.pause()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", f"import sys; {code}"],
        stdout=subprocess.PIPE,
        cwd=tmp_path,
        env=environment(PYTHONPATH=str(Path.cwd())),
    ) as process:
        assert process.stdout
        process.stdout.readline()
        alive = doctor(quick=True)
        process.kill()
        process.wait()

        assert (alive, doctor(quick=True)) == (0, 1)


def test_half_written_heartbeat_is_none(tmp_path: Path, clock: ManualClock) -> None:
    Heartbeat(tmp_path, clock).path.write_text("12.5 run")

    assert beats(tmp_path) == []


def test_a_process_that_ends_leaves_the_other_alive(tmp_path: Path, clock: ManualClock) -> None:
    """Two on one data directory have a file each."""
    first, second = Heartbeat(tmp_path, clock), Heartbeat(tmp_path, clock)
    first.write()
    second.waits()
    first.stop()

    (left,) = beats(tmp_path)
    assert (left.at, left.waiting, left.held) == (clock.monotonic(), True, True)


def test_a_start_takes_away_what_killed_processes_left(tmp_path: Path, clock: ManualClock) -> None:
    """And nothing of those that live; a missing directory is made, for its owner alone."""
    data = tmp_path / "data"
    killed, living = Heartbeat(data, clock), Heartbeat(data, clock)
    killed.start()
    killed.write()
    assert killed._file is not None
    os.close(killed._file)
    (data / "heartbeat-half").write_text("12")
    living.write()
    Heartbeat(data, clock).start()

    assert list(data.iterdir()) == [living.path]
    assert data.stat().st_mode & 0o777 == 0o700


async def test_a_standby_is_alive(world: World, postgres_database: str) -> None:
    """It waits for another on the same database; a supervisor must not take it for stuck."""
    store = await Store.open(postgres_database, SystemClock())
    await Lease(store, SystemClock()).acquire()
    process = await asyncio.create_subprocess_exec(
        *warm.command("bot", "run"),
        stderr=subprocess.PIPE,
        env=environment(**world.settings, VIGIL_DATABASE_URL=postgres_database),
    )
    assert process.stderr
    while b"lease.waiting" not in (line := await process.stderr.readline()):
        assert line, "it ended"
    while not (said := beats(world.data)):
        await asyncio.to_thread(os.sched_yield)
    ran = await world.doctor(VIGIL_DATABASE_URL=postgres_database)
    os.killpg(warm.pid_of(process.pid), signal.SIGTERM)
    _, told = await process.communicate()
    await store.close()

    assert [beat.waiting for beat in said] == [True]
    assert "standing by" in ran.out
    assert b"Traceback" not in told
    assert process.returncode == 0
    assert beats(world.data) == []


async def test_bot_starts_offers_the_claim_link_and_stops(world: World) -> None:
    """Issue: without root admins the terminal prints a one-time link; it is in no log. Ctrl-C
    ends it and leaves nothing behind."""
    process = await asyncio.create_subprocess_exec(
        *warm.command("bot", "run"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(**world.settings),
    )
    assert process.stdout
    assert process.stderr
    link = ""
    while not (found := re.search(r"https://t\.me/\S+\?start=\S+", link)):
        line = await process.stdout.readline()
        assert line, (await process.stderr.read()).decode()
        link += line.decode()
    while b"runs. Ctrl-C" not in await process.stderr.readline():
        pass
    while not beats(world.data):
        await asyncio.to_thread(os.sched_yield)
    quick = await world.vigil("doctor", "--quick")
    os.killpg(warm.pid_of(process.pid), signal.SIGINT)
    _, told = await process.communicate()

    assert quick.code == 0
    assert process.returncode == 130
    assert found[0] not in told.decode()
    assert "Traceback" not in told.decode()
    assert world.telegram.token not in told.decode()
    assert beats(world.data) == []
    with pytest.raises(ProcessLookupError):
        os.killpg(warm.pid_of(process.pid), 0)
