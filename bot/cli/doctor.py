"""`vigil doctor`: says what is wrong and how to fix it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.cli.exit_codes import FAILED, ends_in_exit_code, say
from bot.clock import SystemClock
from bot.settings import load

if TYPE_CHECKING:
    from bot.cli.checks import Check

__all__ = ["doctor"]


@ends_in_exit_code
def doctor(*, quick: bool) -> int:
    """0 when nothing is bad, 1 when something is, 2 for settings that cannot work."""
    loaded = load(os.environ)
    clock = SystemClock()
    if quick:
        from bot.cli.liveness import beats

        if any(beat.is_fresh(clock.monotonic()) for beat in beats(loaded.settings.data_dir)):
            return 0
        say("The bot does not run, or is stuck.")
        return FAILED
    from bot.cli.checks import State, examine

    checks = asyncio.run(examine(loaded.settings, clock))
    _print(checks, loaded.warnings)
    return FAILED if any(check.state is State.BAD for check in checks) else 0


def _print(checks: Sequence[Check], warnings: Sequence[str]) -> None:
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from bot.cli.checks import State

    console = Console(highlight=False)
    marks = {
        State.GOOD: Text("✓", "green"),
        State.DOUBTFUL: Text("!", "yellow"),
        State.BAD: Text("✗", "bold red"),
    }
    table = Table.grid(padding=(0, 2))
    table.add_row(marks[State.GOOD], Text("settings", "bold"), "can be read")
    for warning in warnings:
        table.add_row(marks[State.DOUBTFUL], Text("settings", "bold"), Text(warning))
    for check in checks:
        table.add_row(marks[check.state], Text(check.name, "bold"), Text(check.found))
        if check.mend:
            table.add_row("", "", Text(check.mend, "dim"))
    console.print(Padding(table, (1, 2)))
    bad = sum(check.state is State.BAD for check in checks)
    needs = "thing needs" if bad == 1 else "things need"
    console.print(f"{bad} {needs} fixing." if bad else "Nothing is wrong.")
