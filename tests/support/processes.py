"""Which processes a run of the tests has left behind. Linux tells; elsewhere nobody is found."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path

__all__ = ["left_behind", "mark"]

_MARK = "TESTS_OF_VIGIL"


def mark() -> None:
    """What is started from now on can be told by its environment, whoever its parent is then."""
    os.environ[_MARK] = str(os.getpid())


def left_behind(patience: float = 5) -> list[str]:
    """The command lines of processes that this one has started and that still run.

    Those that are about to end have `patience` seconds for it.
    """
    moment = threading.Event()
    for _ in range(int(patience / 0.05)):
        if not (found := _running()):
            return []
        moment.wait(0.05)
    return found


def _running() -> list[str]:
    me, mine = os.getpid(), f"{_MARK}={os.getpid()}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended, or is not ours to look at
            state, parent = folder.joinpath("stat").read_text().rpartition(")")[2].split()[:2]
            if state == "Z" or int(folder.name) == me:
                continue
            marked = mine in folder.joinpath("environ").read_bytes().split(b"\0")
            if marked or int(parent) == me:
                told = folder.joinpath("cmdline").read_bytes().replace(b"\0", b" ")
                found.append(f"{folder.name}: {told.decode(errors='replace')[:200]}")
    return found
