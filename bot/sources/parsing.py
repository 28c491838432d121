"""The worker process: reads documents from standard input, writes results to standard output.

One `+` comes first, when the worker is ready. A frame in is two lengths (4 bytes each,
big-endian), a JSON head and the body; a frame out is a length, the memory in use now
(KiB), and the JSON of the result.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from bot.errors import ParseFailed
from bot.sources import codec, jobs

__all__ = ["main"]


def main(memory: int, timeout: float) -> None:
    """Serve until standard input ends, which it does when the core is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit(memory)
    # As if it were not installed: feedparser would load it, a megabyte; nothing is fetched here.
    sys.modules["ssl"] = None  # type: ignore[assignment]
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not print into the frames
    sink.write(b"+")
    sink.flush()
    while (frame := _read(source)) is not None:
        # Processor time, so that a busy machine makes no document a slow one. The signal ends
        # the process, in the middle of a library's loop too.
        signal.setitimer(signal.ITIMER_PROF, timeout)
        answer = _answer(*frame)
        signal.setitimer(signal.ITIMER_PROF, 0)
        sink.write(len(answer).to_bytes(4, "big") + _resident().to_bytes(4, "big") + answer)
        sink.flush()


def _limit(memory: int) -> None:
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        # Where a system does not know a limit, the seconds still hold.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def _resident() -> int:
    """KiB in memory now; 0 where the system does not tell.

    Not ru_maxrss: on Linux a child's begins with what its parent had.
    """
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * resource.getpagesize() // 1024


def _read(source: BinaryIO) -> tuple[bytes, bytes] | None:
    lengths = source.read(8)
    if len(lengths) < 8:
        return None
    head = source.read(int.from_bytes(lengths[:4], "big"))
    return head, source.read(int.from_bytes(lengths[4:], "big"))


def _answer(head: bytes, body: bytes) -> bytes:
    try:
        asked = json.loads(head)
        result = jobs.run(
            asked["job"],
            body,
            url=asked["url"],
            content_type=asked["content_type"],
            now=datetime.fromisoformat(asked["now"]),
        )
        return codec.to_json(result)
    except ParseFailed as failure:
        return codec.to_json(failure)
    except MemoryError:
        return codec.to_json(ParseFailed("Reading it takes too much memory; given up"))
