"""Freed memory goes back to the system; garbage is found, what stays is not looked through."""

import gc
import platform
import re
import subprocess
import sys
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.ops.memory import give_back, rest_after_start


@pytest.fixture
def collector() -> Iterator[None]:
    before = gc.get_threshold()
    gc.disable()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)
    gc.enable()


class _Ring:
    def __init__(self) -> None:
        self.itself = self


@pytest.mark.usefixtures("collector")
def test_after_a_start_only_what_comes_later_is_collected() -> None:
    """A long run does not grow by cycles, and no collection stops it for all that a start made."""
    made_at_start = weakref.ref(_Ring())
    rest_after_start()
    made_later = weakref.ref(_Ring())

    kept = [[] for _ in range(50_000)]

    assert made_later() is None
    assert made_at_start() is not None
    assert kept


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps freed memory")
def test_freed_memory_is_given_back() -> None:
    """A busy hour does not stay in the size of the process."""
    blocks = [bytes(2_000) for _ in range(20_000)]
    kept = blocks[::500]  # between them whole pages are free
    del blocks

    before = _resident_kib()
    give_back()

    assert _resident_kib() < before - 20_000
    assert kept


def _resident_kib() -> int:
    return int(re.findall(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())[0])


_ARENAS_OF_THREADS = """
import ctypes, sys, threading
from bot.ops.memory import share_one_arena

shared = "share" in sys.argv and share_one_arena()
everyone = threading.Barrier(4)

def hold():
    held = [bytearray(5_000) for _ in range(100)]
    everyone.wait()

threads = [threading.Thread(target=hold) for _ in range(4)]
for each in threads: each.start()
for each in threads: each.join()
libc = ctypes.CDLL(None)
libc.malloc_info(0, ctypes.c_void_p.in_dll(libc, "stdout"))
libc.fflush(None)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has arenas")
def test_threads_share_one_arena() -> None:
    """What one thread has freed another takes; without it each keeps its own."""

    def arenas(*args: str) -> int:
        command = [sys.executable, "-c", _ARENAS_OF_THREADS, *args]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return told.count("<heap nr=")

    assert arenas("share") == 1
    assert arenas() > 1
