"""`vigil run`: the bot, until it is stopped."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from bot.cli.told import say, told
from bot.clock import SystemClock
from bot.errors import LeaseLost
from bot.ops import logs
from bot.settings import Settings, load

if TYPE_CHECKING:
    from bot.app import App

__all__ = ["run"]

log = structlog.get_logger(__name__)

_UNREACHED = "Telegram cannot be reached yet: sources are read, and Telegram is tried again."


@told
def run() -> int:
    """Run until Ctrl-C (130) or SIGTERM (0); 2 for settings, 1 for what else keeps it from it."""
    loaded = load(os.environ, need_token=True)
    settings = loaded.settings
    logs.setup(settings.log_level, settings.log_format, settings.secrets())
    for warning in loaded.warnings:
        log.warning("settings.unknown", words=warning)
    with suppress(asyncio.CancelledError):
        asyncio.run(_run(settings))
    return 0


async def _run(settings: Settings) -> None:
    from bot.app import App  # a second of imports, which wrong settings need not wait for
    from bot.cli.liveness import Heartbeat

    task = asyncio.current_task()
    assert task is not None
    # What supervisors send. Ctrl-C is asyncio's own.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    # Where its fonts are listed: a home directory may be read-only, or none.
    os.environ.setdefault("MPLCONFIGDIR", str(settings.data_dir / "matplotlib"))
    clock = SystemClock()
    heartbeat = Heartbeat(settings.data_dir, clock)
    heartbeat.start()
    try:
        async with await App.open(settings, clock, on_wait=heartbeat.waits) as app:
            if app.client.user is None:
                say(_UNREACHED)
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(app.run())
                    tasks.create_task(_announce(app))
                    tasks.create_task(heartbeat.run(app.engine.store))
            finally:
                log.info("stopping")
    except* LeaseLost as lost:
        raise LeaseLost from lost
    finally:
        heartbeat.stop()


async def _announce(app: App) -> None:
    """Once Telegram has answered: who we are, and the claim link."""
    await app.connected.wait()
    name = app.client.username
    log.info("started", bot=name, database=app.engine.store.dialect)
    if link := await app.claim_link():
        # On standard output, not in the log: who opens it rules the bot.
        print(
            f"Nobody is root admin of @{name} yet. Open this in Telegram within 15 minutes:\n"
            f"\n    {link}\n\nWhoever opens it first becomes root admin.",
            flush=True,
        )
    say(f"@{name} runs. Ctrl-C stops it.")
