"""Parsing, away from the core: bytes in, values out.

    async with ParserPool(clock) as parser:              # the core
        feed = await parser.feed(body, url=..., content_type=..., now=...)
    parser = InlineParser()                              # one-shot commands, same methods

What a source sends may make a parser slow, greedy or crash. So a worker is a process
of its own with limits on seconds and memory, an empty environment (no token), no share
in the terminal's Ctrl-C, and JSON for its only language. One that dies or is too slow
is replaced; the document it had in hand fails with ParseFailed, the others go on.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol

import structlog

import bot
from bot.clock import Clock
from bot.closing import Closing
from bot.errors import ParseFailed
from bot.sources import codec
from bot.sources.parsed import (
    Article,
    FeedLink,
    Landing,
    OutlineEntry,
    ParsedChannelPage,
    ParsedFeed,
)

__all__ = ["InlineParser", "Parser", "ParserPool"]

log = structlog.get_logger(__name__)

_FRAME_HEAD_BYTES: Final = 8  # bytes of a frame's two lengths
_MAX_ANSWER: Final = 64 * 1024 * 1024
_WALL_TO_CPU_TIME: Final = 4  # times its processor time may a document take on a busy machine
_WRITE_BYTES: Final = 256 * 1024  # bytes written at once: the pipe's buffer is a copy
_START_SECONDS: Final = 20.0  # seconds for the imports, on a busy machine
_MAX_RESIDENT_KIB: Final = 180 * 1024  # KiB a worker may stay grown to


class Parser(Protocol):
    """Each method raises ParseFailed (LayoutChanged for channel pages), and nothing else.

    `now` is aware UTC; `url` is where the bytes came from.
    """

    async def feed(
        self, body: bytes, *, url: str, now: datetime, content_type: str = ""
    ) -> ParsedFeed: ...

    async def channel(
        self, body: bytes, *, now: datetime, content_type: str = ""
    ) -> ParsedChannelPage: ...

    async def landing(self, body: bytes, *, now: datetime, content_type: str = "") -> Landing: ...

    async def missing(self, body: bytes, *, now: datetime, content_type: str = "") -> bool: ...

    async def article(
        self, body: bytes, *, url: str, now: datetime, content_type: str = ""
    ) -> Article: ...

    async def links(
        self, body: bytes, *, url: str, now: datetime, content_type: str = ""
    ) -> tuple[FeedLink, ...]: ...

    async def opml(self, body: bytes, *, now: datetime) -> tuple[OutlineEntry, ...]: ...


class _Jobs:
    """The methods of Parser by one `_run`."""

    async def _run(
        self, job: str, body: bytes, *, url: str, now: datetime, content_type: str
    ) -> Any:
        raise NotImplementedError

    async def feed(
        self, body: bytes, *, url: str, now: datetime, content_type: str = ""
    ) -> ParsedFeed:
        feed: ParsedFeed = await self._run(
            "feed", body, url=url, now=now, content_type=content_type
        )
        return feed

    async def channel(
        self, body: bytes, *, now: datetime, content_type: str = ""
    ) -> ParsedChannelPage:
        page: ParsedChannelPage = await self._run(
            "channel", body, url="", now=now, content_type=content_type
        )
        return page

    async def landing(self, body: bytes, *, now: datetime, content_type: str = "") -> Landing:
        landing: Landing = await self._run(
            "landing", body, url="", now=now, content_type=content_type
        )
        return landing

    async def missing(self, body: bytes, *, now: datetime, content_type: str = "") -> bool:
        return bool(await self._run("missing", body, url="", now=now, content_type=content_type))

    async def article(
        self, body: bytes, *, url: str, now: datetime, content_type: str = ""
    ) -> Article:
        article: Article = await self._run(
            "article", body, url=url, now=now, content_type=content_type
        )
        return article

    async def links(
        self, body: bytes, *, url: str, now: datetime, content_type: str = ""
    ) -> tuple[FeedLink, ...]:
        links: tuple[FeedLink, ...] = await self._run(
            "links", body, url=url, now=now, content_type=content_type
        )
        return links

    async def opml(self, body: bytes, *, now: datetime) -> tuple[OutlineEntry, ...]:
        entries: tuple[OutlineEntry, ...] = await self._run(
            "opml", body, url="", now=now, content_type=""
        )
        return entries


class InlineParser(_Jobs):
    """Parses in this very process: for files of one's own and one-shot commands."""

    async def start(self) -> None:
        """Nothing is to be started."""

    async def close(self) -> None:
        """Nothing is to be closed."""

    async def _run(
        self, job: str, body: bytes, *, url: str, now: datetime, content_type: str
    ) -> Any:
        from bot.sources import jobs  # all that parses: the core, which does not, is without it

        return jobs.run(job, body, url=url, content_type=content_type, now=now)


class ParserPool(_Jobs, Closing):
    """Worker processes, each with one document at a time; more wait in order.

    Two, so that one slow document holds up no other host's. `timeout` is seconds of processor
    time for a document, however busy the machine is, `memory` bytes of a worker's address space.
    A worker is started when a document comes and no other is idle, or by `start`.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        workers: int = 2,
        timeout: float = 4.5,
        memory: int = 448 * 1024 * 1024,
    ) -> None:
        self._clock = clock
        self._timeout = timeout
        self._workers = [_Worker(clock, timeout, memory) for _ in range(workers)]
        self._idle: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()
        for worker in self._workers:
            self._idle.put_nowait(worker)

    async def start(self) -> None:
        """Start a worker now, so that the first document does not wait for it.

        If that fails it is logged, and tried again with the first document.
        """
        worker = await self._idle.get()  # as for a document: nobody else speaks to it
        try:
            await worker.ensure()
        except ParseFailed:
            log.exception("parser.not_started")
        finally:
            self._idle.put_nowait(worker)

    def pids(self) -> list[int]:
        """The processes that run now."""
        return [worker.pid for worker in self._workers if worker.pid is not None]

    async def close(self) -> None:
        """End the workers and wait until they are gone."""
        await asyncio.gather(*(worker.close() for worker in self._workers))

    async def _run(
        self, job: str, body: bytes, *, url: str, now: datetime, content_type: str
    ) -> Any:
        head = {"job": job, "url": url, "content_type": content_type, "now": now.isoformat()}
        worker = await self._idle.get()
        try:
            answer = await worker.ask(json.dumps(head).encode(), body)
        finally:
            self._idle.put_nowait(worker)
        return codec.from_json(job, answer)


class _Worker:
    """One process and the pipe to it. Used by one caller at a time."""

    def __init__(self, clock: Clock, timeout: float, memory: int) -> None:
        self._clock = clock
        self._timeout = timeout
        self._memory = memory
        self._process: asyncio.subprocess.Process | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process is not None and running else None

    async def ensure(self) -> asyncio.subprocess.Process:
        """The running process, started if there is none.

        Raises ParseFailed when it does not start, or is closed.
        """
        if self._closed:
            raise ParseFailed("The parser cannot be started")
        if self._process is not None and self._process.returncode is None:
            return self._process
        try:
            self._process = await self._started()
            assert self._process.stdout is not None
            async with self._clock.timeout(_START_SECONDS):
                await self._process.stdout.readexactly(1)  # its imports are done
            if self._closed:  # meanwhile
                raise BrokenPipeError
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            await self.stop()
            raise ParseFailed("The parser cannot be started") from error
        except asyncio.CancelledError:
            await self.stop()  # the next one would read its first byte as an answer
            raise
        return self._process

    async def _started(self) -> asyncio.subprocess.Process:
        root = str(Path(bot.__file__).parent.parent)
        program = (
            f"import sys; sys.path.insert(0, {root!r}); "
            f"from bot.sources.parsing import main; main({self._memory}, {self._timeout})"
        )
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",  # no site of the user's, no PYTHON* variables
            "-c",
            program,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # what it says may quote what it reads
            env={"LC_ALL": "C.UTF-8"},
            start_new_session=True,  # Ctrl-C is for the core, which ends it
        )

    async def ask(self, head: bytes, body: bytes) -> bytes:
        """The worker's answer. Raises ParseFailed when it gives none in time."""
        process = await self.ensure()
        try:
            async with self._clock.timeout(self._timeout * _WALL_TO_CPU_TIME):
                answer, grown = await _exchange(process, head, body)
        except TimeoutError as error:
            await self.stop()
            raise self._too_slow(body) from error
        except (OSError, asyncio.IncompleteReadError, ValueError) as error:
            await self.stop()
            if process.returncode == -signal.SIGPROF:
                raise self._too_slow(body) from error
            log.warning("parser.replaced", reason="crash", bytes=len(body))
            raise ParseFailed("The parser broke on it; given up") from error
        except asyncio.CancelledError:
            await self.stop()  # its answer would be taken for that to the next question
            raise
        if grown > _MAX_RESIDENT_KIB:
            await self.stop()
            log.info("parser.replaced", reason="memory", kib=grown)
        return answer

    def _too_slow(self, body: bytes) -> ParseFailed:
        log.warning("parser.replaced", reason="timeout", bytes=len(body))
        return ParseFailed(
            "Reading it takes more than {seconds} s; given up", seconds=f"{self._timeout:g}"
        )

    async def close(self) -> None:
        """End the process for good."""
        self._closed = True
        await self.stop()

    async def stop(self) -> None:
        """End the process, if there is one, and reap it."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            # Not process.kill(): it looks first whether the process has ended, and what it sees
            # asyncio's own watcher never learns: the signal that ended it would be lost.
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        # Not wait(): asyncio counts a process as ended when its pipes are, and a pipe with
        # more in it than anybody has read is never seen to end.
        try:
            await process.communicate()
        except RuntimeError:
            await process.wait()  # whoever waits for its answer reads it to its end


async def _exchange(
    process: asyncio.subprocess.Process, head: bytes, body: bytes
) -> tuple[bytes, int]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(len(head).to_bytes(4, "big") + len(body).to_bytes(4, "big") + head)
    view = memoryview(body)
    for at in range(0, len(view), _WRITE_BYTES):
        process.stdin.write(view[at : at + _WRITE_BYTES])
        await process.stdin.drain()
    lengths = await process.stdout.readexactly(_FRAME_HEAD_BYTES)
    size, grown = int.from_bytes(lengths[:4], "big"), int.from_bytes(lengths[4:], "big")
    if size > _MAX_ANSWER:
        raise ValueError(size)
    return await process.stdout.readexactly(size), grown
