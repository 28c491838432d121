"""Reading 3,000 sources as `vigil run` does: polls a minute, delays, loop lag, memory.

    python -m bench.sources_polling                     a minute at 9,000 polls wanted
    python -m bench.sources_polling --seconds 120 --wanted 8000 --write

The whole engine (lanes, fetcher, parsing worker, filters, stories, commits with
synchronous=FULL) reads a thousand loopback hosts of three feeds each; the server is a process
of its own. Of the answers 92 % are 304, 5 % the body that is known, 3 % have a new item.
Sources come due evenly, as many as are wanted. The server says in each answer when it got
the request: due to request is by the machine's one clock. Without TLS, which costs 1 to 2 ms
of CPU where a connection is new.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import ipaddress
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from bench.end_to_end import Taking
from bench.report import put_section, table
from bench.texts import generate
from bot.cli.run import loop_factory

__all__ = ["main"]

HOSTS, PER_HOST = 1_000, 3
SOURCES = HOSTS * PER_HOST
SHOWN = 10  # entries of a feed
WARM = 15  # seconds before anything counts


def url(n: int, port: int) -> str:
    host = n % HOSTS
    return f"http://127.1.{host // 250}.{host % 250 + 1}:{port}/{n}"


def feed(n: int, count: int, texts: Sequence[str]) -> bytes:
    """The feed of source `n` after `count` new items."""
    entries = "".join(
        f"<item><title>Новость {n} {i}</title><guid>{n}-{i}</guid>"
        f"<link>https://s{n}.example/{i}</link>"
        f"<description>{texts[(n * 131 + i) % len(texts)]} {n} {i}</description></item>"
        for i in range(count, max(0, count - SHOWN), -1)
    )
    return f"<rss version='2.0'><channel><title>S{n}</title>{entries}</channel></rss>".encode()


# --- the server -----------------------------------------------------------------------


class Answering(asyncio.Protocol):
    """HTTP/1.1 of one kind of request, as cheaply as can be."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._out = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        while b"\r\n\r\n" in self._got:
            head, _, self._got = self._got.partition(b"\r\n\r\n")
            assert isinstance(self._out, asyncio.WriteTransport)
            self._out.write(self._world.answer(int(head.split(b" ", 2)[1][1:])))


class World:
    def __init__(self) -> None:
        self._texts = generate(3_000)
        self._asked = 0
        self._counts = [0] * SOURCES

    def answer(self, n: int) -> bytes:
        self._asked += 1
        kind = self._asked * 37 % 100
        head = f"X-Arrived: {time.time()}\r\nContent-Type: application/rss+xml\r\n"  # noqa: TID251
        if kind < 92:
            return f"HTTP/1.1 304 Not Modified\r\n{head}\r\n".encode()
        self._counts[n] += kind >= 97
        body = feed(n, self._counts[n], self._texts)
        head += f'ETag: "{self._counts[n]}"\r\nContent-Length: {len(body)}\r\n'
        return f"HTTP/1.1 200 OK\r\n{head}\r\n".encode() + body


async def serve() -> None:
    world = World()
    loop = asyncio.get_running_loop()
    anywhere = "0.0.0.0"  # all of 127.0.0.0/8 at once
    server = await loop.create_server(lambda: Answering(world), anywhere, 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


# --- Vigil ----------------------------------------------------------------------------


class Watched:
    """What is noted of each poll after the warm start."""

    def __init__(self) -> None:
        self.since = float("inf")
        self.polls = 0
        self.new = 0
        self.late: list[float] = []
        self.committing: list[float] = []
        self.lags: list[float] = []

    def note(self, engine: Any) -> None:
        """Listen at the seams of the engine: around fetching, around ingesting."""
        poller, fetcher, pipeline = engine.poller, engine.fetcher, engine.pipeline
        read, fetch, ingest = poller._reader.read, fetcher.fetch, pipeline.ingest
        due: dict[str, datetime | None] = {}
        came: dict[str, float] = {}

        async def reading(source: Any, now: datetime) -> Any:
            due[source.address] = source.next_due
            return await read(source, now)

        async def fetching(request: Any) -> Any:
            answer = await fetch(request)
            arrived, expected = float(answer.headers["x-arrived"]), due[request.url]
            if time.monotonic() >= self.since and expected is not None:
                self.late.append(arrived - expected.timestamp())
            if answer.status == 200:
                came[request.url] = time.monotonic()
            return answer

        async def ingesting(source: Any, batch: Any, *more: Any, **named: Any) -> Any:
            done = await ingest(source, batch, *more, **named)
            began = came.pop(source.address, None)
            if time.monotonic() >= self.since:
                self.polls += 1
                self.new += done.new
                if began is not None:
                    self.committing.append(time.monotonic() - began)
            return done

        poller._reader.read, fetcher.fetch, pipeline.ingest = reading, fetching, ingesting

    async def lagging(self, every: float = 0.02) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + every
            turn = asyncio.Event()
            loop.call_at(due, turn.set)
            await turn.wait()
            if time.monotonic() >= self.since:
                self.lags.append(loop.time() - due)


async def fill(engine: Any, port: int, interval: float) -> None:
    """3,000 sources, archived, that come due evenly from now on."""
    from bot.model import SourceKind, Transport
    from bot.store import sources, visits
    from bot.store.visits import FetchRecord

    now = engine.clock.now()
    for start in range(0, SOURCES, 200):
        async with engine.store.write() as conn:
            for n in range(start, min(start + 200, SOURCES)):
                source, _ = await sources.add(
                    conn,
                    transport=Transport.FEED,
                    address=url(n, port),
                    identity=url(n, port),
                    title=f"Source {n}",
                    kind=SourceKind.MEDIA,
                    lang="ru",
                    now=now,
                )
                due = engine.clock.now() + timedelta(seconds=5 + interval * n / SOURCES)
                record = FetchRecord(
                    at=now,
                    next_due=due,
                    etag='"0"',
                    body_hash=sha256(feed(n, 0, [""])).hexdigest(),
                    archived_at=now,
                )
                await visits.record_fetch(conn, source.id, record)


async def measure(port: int, seconds: float, wanted: float) -> dict[str, Any]:
    from bot.clock import SystemClock
    from bot.engine import Engine
    from bot.ops import logs, memory
    from bot.settings import Settings
    from bot.sources.schedule import PollPace

    logs.setup("ERROR")
    interval = SOURCES / wanted * 60
    pace = PollPace(floor=interval, cap=interval)
    noted = Watched()
    with tempfile.TemporaryDirectory() as directory:
        settings = Settings(
            data_dir=Path(directory),
            allow_private_addresses=(ipaddress.ip_network("127.0.0.0/8"),),
        )
        clock = SystemClock()
        gc.disable()
        async with await Engine.open(settings, clock, Taking(clock), pace=pace) as engine:
            memory.rest_after_start()
            noted.note(engine)
            await fill(engine, port, interval)
            running = asyncio.create_task(engine.run())
            lagging = asyncio.create_task(noted.lagging())
            await asyncio.wait({running, lagging}, timeout=WARM)
            noted.since, used = time.monotonic(), time.process_time()
            await asyncio.wait({running, lagging}, timeout=seconds)
            lasted, used = time.monotonic() - noted.since, time.process_time() - used
            polls = noted.polls
            worker = most_memory(engine.parser.pids()[0])
            for task in (running, lagging):
                task.cancel()
            await asyncio.gather(running, lagging, return_exceptions=True)
    core = most_memory()
    return {
        "polls a minute": round(polls / lasted * 60),
        "wanted": round(wanted),
        "new items": noted.new,
        "due to request p50, s": at(noted.late, 0.5),
        "due to request p95, s": at(noted.late, 0.95),
        "body to committed p50, s": at(noted.committing, 0.5),
        "body to committed p95, s": at(noted.committing, 0.95),
        "loop lag p99, ms": round(at(noted.lags, 0.99) * 1000),
        "CPU a poll, ms": round(used / polls * 1000, 2),
        "MB core, at most": core // 1024,
        "MB worker, at most": worker // 1024,
    }


def at(values: Sequence[float], part: float) -> float:
    return round(sorted(values)[min(len(values) - 1, int(len(values) * part))], 3)


def most_memory(pid: int | str = "self") -> int:
    """KiB at most so far."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="?", default="polls", choices=["polls", "serve"])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--wanted", type=float, default=9_000, help="polls a minute that come due")
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    asked = parser.parse_args()
    if asked.what == "serve":
        asyncio.run(serve())
        return
    other = subprocess.Popen(
        [sys.executable, "-m", "bench.sources_polling", "serve"], stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    try:
        # As `vigil run` does.
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            port = int(other.stdout.readline())
            found = runner.run(measure(port, asked.seconds, asked.wanted))
    finally:
        other.kill()
        other.wait()
    print(json.dumps(found, indent=1))
    if asked.write:
        command = f"python -m bench.sources_polling --seconds {asked.seconds:.0f}"
        put_section("Sources: polling", command, table(["what", "measured"], list(found.items())))


if __name__ == "__main__":
    main()
