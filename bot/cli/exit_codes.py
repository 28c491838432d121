"""What every command does with its errors: a few lines for a person, an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from bot.errors import SettingsError, VigilError

__all__ = [
    "FAILED",
    "INTERRUPTED",
    "MISUSED",
    "PIPE_CLOSED",
    "Misused",
    "ends_in_exit_code",
    "fail",
    "mute",
    "say",
]

FAILED = 1
MISUSED = 2
INTERRUPTED = 130
PIPE_CLOSED = 141  # what a shell reports of any program whose reader has gone

P = ParamSpec("P")


class Misused(VigilError):
    """The command line itself asks for what cannot be, such as a file that is not there."""


def ends_in_exit_code(command: Callable[P, int]) -> Callable[P, int]:
    """A command whose named errors, interrupts and closed pipes end in an exit code."""

    @wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> int:
        try:
            code = command(*args, **kwargs)
            sys.stdout.flush()
        except SettingsError as error:
            return _problems(error)
        except Misused as error:
            fail(str(error))
            return MISUSED
        except VigilError as error:
            return fail(str(error))
        except BrokenPipeError:
            mute()
            return PIPE_CLOSED
        except KeyboardInterrupt:
            return INTERRUPTED
        return code

    return guarded


def say(line: str = "") -> None:
    """A line for people, on standard error."""
    print(line, file=sys.stderr)


def fail(why: str) -> int:
    """Say why nothing came of it; the exit code."""
    say(f"vigil: {why}")
    return FAILED


def mute() -> None:
    """Nobody reads any more: what is still buffered must not raise at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _problems(error: SettingsError) -> int:
    """Every problem at once, each with its mend."""
    one = len(error.problems) == 1
    say(f"Vigil cannot start: {'a setting needs' if one else 'settings need'} fixing.")
    for problem in error.problems:
        say(f"\n  {problem.setting}: {problem.wrong}.\n      {problem.mend}")
    say()
    for note in getattr(error, "__notes__", ()):
        say(f"  {note}")
    say("All settings: docs/settings.md")
    return MISUSED
