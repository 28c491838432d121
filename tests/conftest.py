"""Fixtures for all tests: a clock that stands, and the store on both databases."""

from __future__ import annotations

import gc
import importlib
import os
import shutil
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.store import Store, unreadable_rows
from tests.support import processes, warm
from tests.support.clock import ManualClock
from tests.support.databases import Postgres, postgres_server, sqlite_template, sqlite_url
from tests.support.examples import load_profile
from tests.support.quick_sqlite import Unsynced
from tests.support.statements import compile_once
from tests.support.time_limit import end_limit, set_limit


def pytest_configure(config: pytest.Config) -> None:
    """Under nohup, and behind `&` in a script, Ctrl-C is ignored, and so by every process that is
    started here: tests of how they end would wait for ever."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if started := getattr(config, "workerinput", {}).get("warm"):
        warm.use(started)
    compile_once()
    load_profile()
    # Traces drawn for a terminal cost two seconds each: on a busy machine PostgreSQL closes a
    # transaction that is idle for so long.
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plain])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """One server of warm processes for all processes of tests: it loads while they collect."""
    node.workerinput["warm"] = warm.start()


def pytest_unconfigure() -> None:
    warm.stop()


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Each process of a run imports the tests from another place on, and finds those of the others
    compiled: to compile all is ten seconds of processor time."""
    given = getattr(session.config, "workerinput", None)
    if given is None or session.config.args != ["tests"]:
        return
    files = sorted(session.config.rootpath.glob("tests/**/test_*.py"))
    first = len(files) * int(given["workerid"].removeprefix("gw")) // given["workercount"]
    for path in files[first:] + files[:first]:
        name = ".".join(path.relative_to(session.config.rootpath).with_suffix("").parts)
        with suppress(Exception, pytest.skip.Exception):  # told when it is collected
            importlib.import_module(name)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """While a test waits for real time the other processes of the run work; at the end of the run
    they would have nothing left to do."""
    items.sort(key=lambda item: item.get_closest_marker("waits") is None)


def pytest_collection_finish() -> None:
    """What was imported and collected stays: looking through it for cycles again and again costs
    a tenth of the whole run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


def pytest_timeout_set_timer(settings: Any) -> bool:
    """Instead of pytest-timeout's own, which a running task takes."""
    set_limit(settings.timeout)
    return True


def pytest_timeout_cancel_timer() -> bool:
    end_limit()
    return True


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """A failure that needs this order of the tests can be looked at again."""
    seed = config.getoption("randomly_seed", None)
    if seed is not None and set(terminalreporter.stats) & {"failed", "error"}:
        terminalreporter.write_line(f"The order of this run: -p randomly --randomly-seed={seed}")


@pytest.fixture(scope="session", autouse=True)
def _nobody_left() -> Iterator[None]:
    """When the tests are over no process of theirs runs: the first fixture is the last to end."""
    processes.mark()
    yield
    warm.stop()
    assert processes.left_behind() == []


@pytest.fixture(autouse=True)
def _no_bad_rows_known() -> Iterator[None]:
    """What cannot be read is kept for the process, which here reads one database after another."""
    _forget_bad_rows()
    yield
    _forget_bad_rows()


def _forget_bad_rows() -> None:
    unreadable_rows._known.clear()
    unreadable_rows._untold.clear()


@pytest.fixture
def clock() -> ManualClock:
    """A clock that moves only when told."""
    return ManualClock()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The PostgreSQL server of this session."""
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def template_dir(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """Where empty databases lie to be copied: one place for all processes of a run, and for all
    runs of `make mutants`, none of which changes the store."""
    own = tmp_path_factory.getbasetemp()
    place = own.parent if hasattr(request.config, "workerinput") else own
    directory = Path(os.environ.get("VIGIL_TEMPLATES", place)) / "templates"
    directory.mkdir(exist_ok=True)
    return directory


@pytest.fixture
async def sqlite_database(tmp_path: Path, template_dir: Path) -> str:
    """The address of a fresh SQLite database that has our tables."""
    path = tmp_path / "vigil.sqlite3"
    shutil.copyfile(await sqlite_template(template_dir), path)
    return sqlite_url(path)


@pytest.fixture
async def started_database(tmp_path: Path, template_dir: Path) -> str:
    """The address of an SQLite database that the application has been started on."""
    path = tmp_path / "vigil.sqlite3"
    shutil.copyfile(await sqlite_template(template_dir, packs=True), path)
    return sqlite_url(path)


@pytest.fixture
async def postgres_database(postgres: Postgres) -> AsyncIterator[str]:
    """The address of a fresh PostgreSQL database that has our tables."""
    async with postgres.migrated() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """The address of a fresh database with our tables: on both kinds."""
    name = "sqlite_database" if request.param == "sqlite" else "postgres_database"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture
async def store(database: str, clock: ManualClock) -> AsyncIterator[Store]:
    """The open store: each test that takes it runs on SQLite and on PostgreSQL."""
    opened = await Store.open(database, clock, sqlite=Unsynced)
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite_store(sqlite_database: str, clock: ManualClock) -> AsyncIterator[Store]:
    """The open store on SQLite alone, for tests of other rooms."""
    opened = await Store.open(sqlite_database, clock, sqlite=Unsynced)
    yield opened
    await opened.close()
