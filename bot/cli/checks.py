"""What `vigil doctor` looks at. Each check says how it stands and how to fix it; none raises.

Nothing is changed: the database is neither made nor upgraded, and no update is taken.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum
from pathlib import Path
from typing import Any, Final

import httpx

from bot.botapi.client import Client
from bot.cli.liveness import beats
from bot.clock import Clock
from bot.errors import DeliveryError, SettingsError, SourceError, StoreError
from bot.private_file import is_open_to_others
from bot.settings import Settings
from bot.sources.exchange import FetchRequest
from bot.sources.http import Fetcher, FetchSettings
from bot.store import postgres
from bot.store.engine import database_url
from bot.store.files import DatabaseFile
from bot.store.sizes import sizes_of
from bot.store.upgrade import HEAD, MIGRATIONS

__all__ = ["Check", "State", "examine"]

_SECONDS: Final = 15.0
_LITTLE, _TOO_LITTLE = 2**30, 100 * 2**20  # bytes
_SKEW, _LARGE_SKEW = timedelta(seconds=10), timedelta(minutes=2)


class State(Enum):
    GOOD = "good"
    DOUBTFUL = "doubtful"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Check:
    """One finding; `mend` is "" where there is nothing to fix."""

    name: str
    state: State
    found: str
    mend: str = ""


async def examine(settings: Settings, clock: Clock) -> Sequence[Check]:
    """All checks, those over the network at once."""
    heard: list[datetime] = []
    network = asyncio.gather(
        _token(settings, clock), _telegram(settings, clock, heard), _web(settings, clock)
    )
    local = [_disk(settings), await _database(settings, clock), _running(settings, clock)]
    token, telegram, web = await network
    return [token, telegram, web, _clock(clock, heard), *local]


async def _token(settings: Settings, clock: Clock) -> Check:
    name = "token"
    if settings.bot_token is None:
        mend = "Make a bot with @BotFather (/newbot) and set VIGIL_BOT_TOKEN to its token."
        return Check(name, State.BAD, "there is none", mend)
    client = Client(
        settings.token, clock, server=settings.telegram_api, proxy=settings.proxy_address
    )
    try:
        async with clock.timeout(_SECONDS):
            user = await client.start()
        return Check(name, State.GOOD, f"it is @{user.username}'s")
    except SettingsError as error:
        problem = error.problems[0]
        return Check(name, State.BAD, problem.wrong, problem.mend)
    except (DeliveryError, TimeoutError):
        mend = "See the line about Telegram below."
        return Check(name, State.DOUBTFUL, "it cannot be checked: Telegram does not answer", mend)
    finally:
        await client.close()


async def _telegram(settings: Settings, clock: Clock, heard: list[datetime]) -> Check:
    """Whether the Bot API server answers at all; the time of its clock goes to `heard`."""
    name, server = "Telegram", settings.telegram_api
    started = clock.monotonic()
    try:
        async with httpx.AsyncClient(
            proxy=settings.proxy_address, trust_env=False, timeout=_SECONDS
        ) as client:
            answer = await client.get(server + "/")
    except httpx.HTTPError as error:
        by = " through the proxy" if settings.proxy_address else ""
        return Check(
            name,
            State.BAD,
            f"{server} does not answer{by} ({type(error).__name__})",
            "Where Telegram is blocked, set VIGIL_PROXY; else look at the network and firewall.",
        )
    if date := answer.headers.get("date"):
        with suppress(ValueError):
            heard.append(parsedate_to_datetime(date))
    took = clock.monotonic() - started
    return Check(name, State.GOOD, f"{server} answers in {took:.1f} s")


async def _web(settings: Settings, clock: Clock) -> Check:
    """Whether sources can be fetched, the way they are fetched."""
    name, server = "network", settings.telegram_web
    fetching = FetchSettings(
        allowed_networks=settings.allow_private_addresses,
        proxy=settings.proxy_address or "",
        deadline=_SECONDS,
    )
    started = clock.monotonic()
    try:
        async with Fetcher(fetching, clock) as fetcher:
            await fetcher.fetch(FetchRequest(server, follow=False))
    except SourceError as error:
        mend = "Channels' public pages come from there. Set VIGIL_PROXY, or look at the network."
        return Check(name, State.BAD, f"{server} cannot be read: {error}", mend)
    took = clock.monotonic() - started
    return Check(name, State.GOOD, f"{server} answers in {took:.1f} s")


def _clock(clock: Clock, heard: Sequence[datetime]) -> Check:
    name = "clock"
    if not heard:
        return Check(name, State.DOUBTFUL, "nobody could be asked for the time")
    ahead = clock.now() - heard[0]
    off = abs(ahead)
    if off <= _SKEW:
        return Check(name, State.GOOD, "right to within seconds")
    words = f"{off.total_seconds():,.0f} s {'ahead' if ahead > timedelta() else 'behind'}"
    state = State.BAD if off > _LARGE_SKEW else State.DOUBTFUL
    return Check(name, state, words, "Turn on time synchronisation: timedatectl set-ntp true")


def _disk(settings: Settings) -> Check:
    name, place = "disk", settings.data_dir
    there = next(path for path in (place.absolute(), *place.absolute().parents) if path.exists())
    if not os.access(there, os.W_OK):
        mend = f"Give Vigil's user {there}, or set VIGIL_DATA_DIR."
        return Check(name, State.BAD, f"{place} cannot be written", mend)
    free = shutil.disk_usage(there).free
    words = f"{free / 2**30:,.1f} GB free for {place}"
    if free >= _LITTLE and is_open_to_others(place):
        words = f"other users of this machine can look into {place}"
        return Check(name, State.DOUBTFUL, words, f"chmod 700 {place}")
    if free >= _LITTLE:
        return Check(name, State.GOOD, words)
    state = State.BAD if free < _TOO_LITTLE else State.DOUBTFUL
    return Check(name, state, words, "Make room, or set VIGIL_DATA_DIR to a larger disk.")


async def _database(settings: Settings, clock: Clock) -> Check:
    try:
        url = database_url(settings.database)
    except StoreError as error:
        return Check(
            "database", State.BAD, str(error), "See VIGIL_DATABASE_URL in docs/settings.md."
        )
    if url.get_backend_name() == "sqlite":
        return await asyncio.to_thread(_sqlite, Path(str(url.database)))
    return await _postgresql(settings.database, clock)


def _sqlite(path: Path) -> Check:
    name = "database"
    if not path.exists() or not path.stat().st_size:
        if copies := DatabaseFile(path).copies():
            found = f"{path} is empty or missing, though copies of it lie in {copies[-1].parent}"
            mend = (
                f"Put the newest back ({copies[-1].name}), or move them away to start with an empty"
                " database."
            )
            return Check(name, State.BAD, found, mend)
        return Check(name, State.GOOD, f"{path} will be made at the first start")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            problems = database.execute("PRAGMA quick_check(1)").fetchone()[0]
            row = database.execute("SELECT version_num FROM alembic_version").fetchone()
            revision = str(row[0]) if row else ""
            # What another version keeps, and where, is not ours to guess.
            query = "SELECT value FROM meta WHERE name = 'sizes'"
            noted = database.execute(query).fetchone() if revision == HEAD else None
    except sqlite3.Error as error:
        mend = f"Stop Vigil and put back the newest copy from {path.parent / 'backups'}."
        return Check(name, State.BAD, f"{path} cannot be read: {error}", mend)
    if problems != "ok":
        mend = f"Stop Vigil and put back the newest copy from {path.parent / 'backups'}."
        return Check(name, State.BAD, f"{path} is damaged: {problems}", mend)
    size = f"{path}, {megabytes(path.stat().st_size)} MB{_growth(noted[0] if noted else '')}"
    return _revision(size, revision)


async def _postgresql(address: str, clock: Clock) -> Check:
    name = "database"
    import asyncpg  # type: ignore[import-untyped]  # an extra: only where it is used

    try:
        async with clock.timeout(_SECONDS):
            conn = await postgres.connecting(database_url(address))()
            try:
                version = await conn.fetchval("SHOW server_version")
                has = await conn.fetchval("SELECT to_regclass('alembic_version')")
                query = "SELECT version_num FROM alembic_version"
                revision = await conn.fetchval(query) if has else ""
                may = await conn.fetchval("SELECT has_schema_privilege(current_schema(), 'CREATE')")
                role, schema = await conn.fetchrow("SELECT current_user, current_schema()")
            finally:
                await conn.close()
    except _failures(asyncpg) as error:
        # Its words may name the user or the host, never the password.
        mend = "Check VIGIL_DATABASE_URL, and that the server runs and lets this user in."
        return Check(name, State.BAD, f"PostgreSQL: {type(error).__name__}: {error}", mend)
    if not may:
        mend = f'As its owner: GRANT USAGE, CREATE ON SCHEMA {schema or "public"} TO "{role}";'
        return Check(name, State.BAD, f"PostgreSQL {version}: {role} may make no tables", mend)
    if not revision:
        return Check(name, State.GOOD, f"PostgreSQL {version}, still empty")
    return _revision(f"PostgreSQL {version}", revision)


def _failures(asyncpg: Any) -> tuple[type[Exception], ...]:
    """Whatever keeps us from the server: the network, its refusal, the address."""
    return (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError)


def _growth(noted: str) -> str:
    """What the largest classes take, and what a month adds; "" before it was measured."""
    if (stored := sizes_of(noted)) is None:
        return ""
    parts = sorted(((n, name) for name, n in stored.now.items() if name != "all"), reverse=True)
    shown = ", ".join(f"{name} {megabytes(n)}" for n, name in parts[:4])
    grows = f"; a month adds {megabytes(stored.growth['all'])} MB" if stored.growth else ""
    return f" ({shown}{grows})"


def megabytes(size: int) -> str:
    """A size with as many digits as say something: 0.4, 12, 2,300."""
    value = size / 2**20
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:.1f}"


def _revision(what: str, revision: str) -> Check:
    name = "database"
    if revision == HEAD:
        return Check(name, State.GOOD, what)
    if any(file.name.startswith(f"v{revision}_") for file in (MIGRATIONS / "versions").iterdir()):
        return Check(name, State.GOOD, f"{what}; older, upgraded at the next start")
    mend = "Install the newer Vigil that wrote it, or put back an older copy."
    return Check(name, State.BAD, f"{what}: of a newer Vigil ({revision})", mend)


def _running(settings: Settings, clock: Clock) -> Check:
    name = "bot"
    now = clock.monotonic()
    signs = beats(settings.data_dir)
    if not signs:
        return Check(name, State.GOOD, "not running with this data directory")
    alive = [beat for beat in signs if beat.is_fresh(now)]
    if any(not beat.waiting for beat in alive):
        return Check(name, State.GOOD, "running")
    if alive:
        return Check(name, State.GOOD, "standing by: another Vigil speaks for this database")
    if not signs[0].held:
        return Check(name, State.DOUBTFUL, "it was killed, and does not run", "Start it again.")
    mend = "It is stuck: restart it, and keep its log."
    return Check(name, State.DOUBTFUL, f"last heard of {now - signs[0].at:,.0f} s ago", mend)
