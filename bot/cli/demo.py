"""`vigil demo`: a minute of invented news through the real bot."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from rich.console import Console

from bot.cli.exit_codes import ends_in_exit_code
from bot.demo.screen import opening

__all__ = ["demo"]


@ends_in_exit_code
def demo(seconds: float | None, fast: bool) -> int:
    """Run it; the exit code. Says something before anything slow is imported."""
    console = Console(highlight=False)
    opening(console)
    from bot.clock import SystemClock
    from bot.demo.show import Options, play
    from bot.i18n import language

    options = Options(seconds, fast, language(_locale(os.environ)), _zone(os.environ))

    async def run() -> None:
        task = asyncio.current_task()
        assert task is not None
        # As Ctrl-C does: whoever stops it, nothing is left behind.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        await play(console, options, SystemClock())

    try:
        asyncio.run(run())
    except asyncio.CancelledError:
        return 128 + signal.SIGTERM
    return 0


def _locale(environ: Mapping[str, str]) -> str:
    """The language of this terminal, such as "uk_UA.UTF-8"."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    return next((environ[name] for name in names if environ.get(name)), "").partition(".")[0]


def _zone(environ: Mapping[str, str]) -> str:
    """The IANA name of this machine's zone; UTC where it has none."""
    for name in (
        environ.get("TZ", ""),
        os.path.realpath("/etc/localtime").partition("zoneinfo/")[2],
    ):
        if not name:
            continue
        try:
            return ZoneInfo(name.lstrip(":")).key
        except (ValueError, OSError, KeyError):
            continue
    return "UTC"
