"""`vigil run`: the bot, until it is stopped."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from bot.cli.exit_codes import FAILED, MISUSED, ends_in_exit_code, say
from bot.clock import SystemClock
from bot.errors import SettingsError, VigilError
from bot.ops import logs, memory
from bot.private_file import is_open_to_others
from bot.settings import LogFormat, Settings, load

if TYPE_CHECKING:
    from bot.app import App

__all__ = ["loop_factory", "run"]

log = structlog.get_logger(__name__)

_UNREACHED = (
    "Telegram cannot be reached yet: sources are read, and Telegram is tried again."
    " If nobody is root admin, the claim link comes once it answers."
)


@ends_in_exit_code
def run() -> int:
    """Run until Ctrl-C (130) or SIGTERM (0); 2 for settings, 1 for what else keeps it from it."""
    try:
        loaded = load(os.environ, need_token=True)
    except SettingsError as error:
        if os.environ.get("VIGIL_LOG_FORMAT", "").strip().lower() != LogFormat.JSON:
            raise
        logs.setup(form=LogFormat.JSON)
        for problem in error.problems:
            log.critical(
                "settings.wrong", setting=problem.setting, words=problem.wrong, mend=problem.mend
            )
        return MISUSED
    settings = loaded.settings
    logs.setup(settings.log_level, settings.log_format, settings.secrets())
    for warning in loaded.warnings:
        log.warning("settings.unknown", words=warning)
    if is_open_to_others(settings.data_dir):
        words = f"Other users of this machine can look into {settings.data_dir}: chmod 700 it"
        log.warning("data_directory.open", words=words)
    memory.share_one_arena()
    ended: BaseExceptionGroup[VigilError] | None = None
    try:
        with (
            suppress(asyncio.CancelledError),
            asyncio.Runner(loop_factory=loop_factory()) as runner,
        ):
            runner.run(_run(settings))
    except* VigilError as errors:
        ended = errors
    if ended is None:
        return 0
    if settings.log_format is not LogFormat.JSON:
        raise _first(ended)
    log.critical("stopped", words=str(_first(ended)))
    return FAILED


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop where it is installed: a poll and a message cost less there. None: asyncio's own."""
    try:
        import uvloop
    except ImportError:
        return None
    make: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return make


def _first(errors: BaseExceptionGroup[VigilError]) -> VigilError:
    """The first of what ended the tasks."""
    found: BaseException = errors
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    assert isinstance(found, VigilError)
    return found


async def _run(settings: Settings) -> None:
    # Nearly all that a start makes stays. Looking through it again and again costs a tenth of the
    # start, and later each full collection would stop everything for as long as it takes.
    gc.disable()
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
            memory.rest_after_start()
            if app.client.user is None:
                _say(settings, "unreached", _UNREACHED)
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(app.run())
                    tasks.create_task(_announce(app, settings))
                    tasks.create_task(heartbeat.run(app.engine.store))
            finally:
                log.info("stopping")
    finally:
        heartbeat.stop()


async def _announce(app: App, settings: Settings) -> None:
    """Once Telegram has answered: who we are, and the claim link."""
    await app.connected.wait()
    name = app.client.username
    log.info("started", bot=name, database=app.engine.store.dialect)
    if link := await app.claim_link():
        words = f"Nobody is root admin of @{name} yet. Open this in Telegram within 15 minutes:"
        then = "Whoever opens it first becomes root admin."
        # On standard output, not in the log: who opens it rules the bot.
        if settings.log_format is LogFormat.JSON:
            print(json.dumps({"event": "claim", "words": words, "link": link}), flush=True)
        else:
            print(f"{words}\n\n    {link}\n\n{then}", flush=True)
    _say(settings, "running", f"@{name} runs. Ctrl-C stops it.")


def _say(settings: Settings, event: str, words: str) -> None:
    """A line for people; one of the log where that is read by programs."""
    if settings.log_format is LogFormat.JSON:
        log.info(event, words=words)
    else:
        say(words)
