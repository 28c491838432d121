"""Runs the real command line as a process of its own, see `tests.support.warm`."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.support import warm

__all__ = ["Ran", "environment", "vigil"]


@dataclass(frozen=True, slots=True)
class Ran:
    code: int
    out: str
    err: str


def environment(**settings: str) -> dict[str, str]:
    """This environment without anyone's settings, and with these."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("VIGIL_")}
    clean.pop("PYTHONDONTWRITEBYTECODE", None)  # else each process compiles all modules again
    return {**clean, "COLUMNS": "100", "PYTHONUTF8": "1", **settings}


def vigil(
    *args: str | Path, given: bytes | str = b"", cwd: Path | None = None, **settings: str
) -> Ran:
    """`vigil args…`, with `given` on standard input."""
    done = subprocess.run(
        warm.command("bot", *map(str, args)),
        input=given.encode() if isinstance(given, str) else given,
        capture_output=True,
        env=environment(**settings),
        cwd=cwd,
        timeout=60,
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
