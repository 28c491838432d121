"""The command line as a whole."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest

from tests.cli.vigil import environment, vigil

HEAVY = ("telegram", "sqlalchemy", "pymorphy3", "httpx", "babel")


def imported_by(*args: str) -> set[str]:
    """The modules that are loaded once the command has ended."""
    program = (
        "import sys\n"
        "from contextlib import suppress\n"
        "from bot.cli.app import app\n"
        f"with suppress(SystemExit): app({list(args)!r})\n"
        "print('\\n'.join(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env=environment(),
    )
    return set(done.stderr.split())


@pytest.mark.parametrize("args", [("--help",), ("match", "--help"), ("--version",)])
def test_help_loads_nothing_heavy(args: tuple[str, ...]) -> None:
    """Help is there at once, also on a slow machine."""
    loaded = imported_by(*args)

    assert "bot.cli.app" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_every_command_is_in_the_help() -> None:
    ran = vigil("--help")

    assert ran.code == 0
    for command in ("run", "demo", "match", "try", "doctor", "backup"):
        assert command in ran.out


def test_version_is_that_of_the_package() -> None:
    assert vigil("--version").out == f"vigil {version('vigil')}\n"


@pytest.mark.parametrize("args", [("frobnicate",), ("match", "--jobs", "many"), ("demo", "--no")])
def test_misuse_ends_with_2_and_no_trace(args: tuple[str, ...]) -> None:
    ran = vigil(*args)

    assert ran.code == 2
    assert "Traceback" not in ran.err
