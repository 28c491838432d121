"""Freed memory goes back to the system."""

import platform
import re
from pathlib import Path

import pytest

from bot.ops.memory import give_back


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
