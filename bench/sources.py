"""Reading sources: polls a minute, bombs, hostile documents, the schedule.

    python -m bench.sources                            everything, about two minutes
    python -m bench.sources polls schedule             some of it
    python -m bench.sources schedule --rhythms FILE    real times of publication:
                                                       gzipped JSON, {name: [ISO time, ...]}

Loopback only. Ratios and bounded counts are what may be compared between machines.
"""

from __future__ import annotations

import argparse
import asyncio
import bisect
import gzip
import heapq
import ipaddress
import json
import math
import random
import subprocess
import sys
import time
import zlib
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import brotli
import zstandard
from rich.console import Console
from rich.table import Table

from bot.clock import SystemClock
from bot.errors import ParseFailed
from bot.sources.decoding import BodyDecoder
from bot.sources.exchange import FetchRequest
from bot.sources.http import Fetcher, FetchSettings
from bot.sources.rhythm import Rhythm
from bot.sources.schedule import UNKNOWN_RATE, PollPace, fit_pace, interval, learn_rate, next_due
from bot.sources.worker import ParserPool
from tests.support.source_server import SourceServer

NOW = datetime(2024, 4, 8, tzinfo=UTC)
DAY = 86_400.0
MB = 1024 * 1024
console = Console()


def table(title: str, *columns: str) -> Table:
    made = Table(title=title, title_justify="left")
    for column in columns:
        made.add_column(column)
    return made


# --- polls --------------------------------------------------------------------------

HOSTS, POLLS, AT_ONCE = 40, 4_000, 16


def feed(items: int = 20) -> bytes:
    text = "Слова о событии, которое было вчера. " * 20
    entries = "".join(
        f"<item><title>Новость {n}</title><guid>{n}</guid><link>https://e.example/{n}</link>"
        f"<description>&lt;p&gt;{text}&lt;/p&gt;</description></item>"
        for n in range(items)
    )
    return f"<rss version='2.0'><channel><title>T</title>{entries}</channel></rss>".encode()


async def serve() -> None:
    servers = [SourceServer() for _ in range(HOSTS)]
    for server in servers:
        server.put("/known", feed(), etag='"1"')
        server.put("/same", feed())
        await server.start()
    print(*(server.port for server in servers), flush=True)
    await asyncio.Event().wait()


def polls() -> None:
    """92 % not modified, 5 % the same body, 3 % parsed by the worker."""
    other = subprocess.Popen(
        [sys.executable, "-m", "bench.sources", "serve"], stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    try:
        asyncio.run(poll([int(port) for port in other.stdout.readline().split()]))
    finally:
        other.kill()
        other.wait()


async def poll(ports: Sequence[int]) -> None:
    clock = SystemClock()
    settings = FetchSettings(allowed_networks=(ipaddress.ip_network("127.0.0.0/8"),))
    lags: list[float] = []
    places = asyncio.Semaphore(AT_ONCE)
    async with Fetcher(settings, clock) as fetcher, ParserPool(clock) as parser:
        await parser.start()

        async def one(n: int) -> None:
            kind = n % 100
            path = "/known" if kind < 92 else "/same"
            url = f"http://127.0.0.1:{ports[n % len(ports)]}{path}"
            async with places:
                answer = await fetcher.fetch(FetchRequest(url, etag='"1"'))
                if kind >= 97:
                    await parser.feed(answer.body, url=url, now=NOW)

        watch = asyncio.create_task(watched(lags))
        began, used = time.perf_counter(), time.process_time()
        await asyncio.gather(*map(one, range(POLLS)))
        seconds, cpu = time.perf_counter() - began, time.process_time() - used
        watch.cancel()
        worker = most_memory(parser.pids()[0])
    lags.sort()
    made = table("polls", "a minute", "CPU each", "loop lag p99", "memory", "worker")
    made.add_row(
        f"{POLLS / seconds * 60:,.0f}",
        f"{cpu / POLLS * 1000:.2f} ms",
        f"{lags[len(lags) * 99 // 100] * 1000:.0f} ms",
        f"{most_memory() // 1024} MB",
        f"{worker // 1024} MB",
    )
    console.print(made)


async def watched(lags: list[float], every: float = 0.02) -> None:
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + every
        turn = asyncio.Event()
        loop.call_at(due, turn.set)
        await turn.wait()
        lags.append(loop.time() - due)


# --- bombs --------------------------------------------------------------------------


def packed(coding: str) -> bytes:
    """1 GiB of zeros."""
    packers: dict[str, Callable[[], Callable[[bytes | None], bytes]]] = {
        "gzip": _gzip,
        "br": _brotli,
        "zstd": _zstd,
    }
    first, *others = coding.split(", ")
    pack = packers[first]()
    body = b"".join([pack(bytes(MB)) for _ in range(1024)] + [pack(None)])
    for name in others:
        pack = packers[name]()
        body = pack(body) + pack(None)
    return body


def _gzip() -> Callable[[bytes | None], bytes]:
    packer = zlib.compressobj(wbits=31)
    return lambda data: packer.flush() if data is None else packer.compress(data)


def _brotli() -> Callable[[bytes | None], bytes]:
    packer = brotli.Compressor(quality=5)
    return lambda data: packer.finish() if data is None else packer.process(data)


def _zstd() -> Callable[[bytes | None], bytes]:
    packer = zstandard.ZstdCompressor().compressobj()
    return lambda data: packer.flush() if data is None else packer.compress(data)


def bombs() -> None:
    """Each in a process of its own: what is measured is the highest memory."""
    made = table("1 GiB of zeros, limit 10 MiB", "coding", "sent", "seconds", "memory")
    for coding in ("gzip", "br", "zstd", "gzip, gzip", "br, gzip", "zstd, br"):
        ran = subprocess.run(
            [sys.executable, "-m", "bench.sources", "bomb", "--coding", coding],
            input=packed(coding),
            capture_output=True,
            check=True,
        )
        made.add_row(coding, *ran.stdout.decode().strip().split("\t"))
    console.print(made)


def bomb(coding: str) -> None:
    body, limit = sys.stdin.buffer.read(), 10 * MB
    Path("/proc/self/clear_refs").write_text("5")  # the most so far is what is used now
    before = most_memory()
    began = time.perf_counter()
    kept: list[bytes] = []
    size = 0
    for piece in opened(coding, body):
        size += len(piece)
        if size > limit:
            break
        kept.append(piece)
    seconds = time.perf_counter() - began
    grown = (most_memory() - before) / 1024
    print(f"{len(body):,} B\t{seconds:.2f}\t+{grown:.1f} MB")


def most_memory(pid: int | str = "self") -> int:
    """KiB at most so far. Not ru_maxrss: a child's begins with what its parent had."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


def opened(coding: str, body: bytes) -> Iterator[bytes]:
    decoder = BodyDecoder(coding)
    for start in range(0, len(body), 65_536):
        yield from decoder.feed(body[start : start + 65_536])


# --- hostile documents --------------------------------------------------------------

_RSS = b"<rss version='2.0'><channel>"
_LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (n, (b"&l%d;" % (n - 1)) * 10 if n > 1 else b"ha" * 10)
    for n in range(1, 10)
)
DOCUMENTS = {
    "100,000 nested <div>": b"<div>" * 100_000,
    "a million nested XML elements": _RSS + b"<item>" + b"<a>" * 1_000_000,
    "200,000 entries": _RSS + b"<item><title>a</title></item>" * 200_000 + b"</channel></rss>",
    "200,000 entries, none closed": _RSS + b"<item><title>a</title>" * 200_000,
    "entity expansion": b"<!DOCTYPE x [" + _LAUGHS + b"]>" + _RSS + b"<item><title>&l9;</title>",
    "a line of 9.5 MB": _RSS + b"<item><title>" + b"A" * 9_500_000 + b"</title></item>",
    "5 million <": _RSS + b"<item>" + b"<" * 5_000_000,
    "5 million [ in JSON": b'{"version":"https://jsonfeed.org/version/1","items":'
    + b"[" * 5_000_000,
}


async def hostile() -> None:
    made = table("hostile documents, 4.5 s and 448 MB", "document", "as feed", "as page")
    async with ParserPool(SystemClock()) as parser:
        for name, body in DOCUMENTS.items():

            async def as_feed(body: bytes = body) -> object:
                return await parser.feed(body, url="https://e.example/", now=NOW)

            async def as_page(body: bytes = body) -> object:
                return await parser.article(body, url="https://e.example/", now=NOW)

            made.add_row(name, await timed(as_feed), await timed(as_page))
        assert (await parser.feed(feed(), url="https://e.example/", now=NOW)).items
    console.print(made)


async def timed(work: Callable[[], Awaitable[object]]) -> str:
    began = time.perf_counter()
    try:
        await work()
        what = "read"
    except ParseFailed:
        what = "refused"
    return f"{what} in {time.perf_counter() - began:.1f} s"


# --- the schedule -------------------------------------------------------------------


def rhythms(path: Path | None) -> list[tuple[datetime, list[float]]]:
    """Of each source when it began, and the seconds of publication since."""
    if path is not None:
        read = json.loads(gzip.decompress(path.read_bytes()))
        kinds: dict[str, list[list[datetime]]] = {}
        for name, times in read.items():
            stamps = sorted(datetime.fromisoformat(t).replace(tzinfo=UTC) for t in times)
            kinds.setdefault(name.partition(":")[0], []).append(stamps)
        return [
            (one[0], [(when - one[0]).total_seconds() for when in one])
            for group in kinds.values()
            for one in group
        ]
    rng = random.Random(7)
    rates = [math.exp(rng.gauss(1, 2)) for _ in range(150)]
    return [
        (NOW, sorted(rng.uniform(0, 60 * DAY) for _ in range(int(rate * 60) + 2))) for rate in rates
    ]


def schedule(path: Path | None) -> None:
    """One poll per source-hour; a source's time is from its first to its last item."""
    made = table("schedule", "rates", "mean delay", "of equal intervals", "longest", "polls/hour")
    sources = [one for one in rhythms(path) if one[1][-1] > DAY]
    for known, hourly in ((True, False), (False, False), (False, True)):
        rates = "known" if known else "learnt, with rhythms" if hourly else "learnt"
        made.add_row(rates, *replay(sources, known=known, hourly=hourly))
    console.print(made)


def replay(
    sources: list[tuple[datetime, list[float]]], *, known: bool, hourly: bool
) -> tuple[str, str, str, str]:
    """`hourly`: hours and days of publication are learnt as well, as the bot does."""
    rng = random.Random(1)
    starts, series = [one[0] for one in sources], [one[1] for one in sources]
    true = [len(one) / one[-1] * DAY for one in series]
    rates = list(true) if known else [UNKNOWN_RATE] * len(series)
    kept = [Rhythm()] * len(series)
    pace, refit = PollPace(), 0.0
    if known:
        pace = constant(true, [one[-1] for one in series])
    last, read = [0.0] * len(series), [0] * len(series)
    queue = [(rng.uniform(0, 3_600), n) for n in range(len(series))]
    heapq.heapify(queue)
    delays: list[float] = []
    polls = 0
    while queue:
        now, n = heapq.heappop(queue)
        if not known and now >= refit:
            alive = [(rates[i], 1.0) for i, one in enumerate(series) if one[-1] > now]
            if alive:
                pace = fit_pace(alive, polls_per_hour=len(alive), pace=pace)
            refit = now + 21_600
        seen = bisect.bisect_right(series[n], now, read[n])
        new = series[n][read[n] : seen]
        delays += [now - when for when in new]
        if not known:
            rates[n] = learn_rate(rates[n], new=len(new), seconds=now - last[n])
        if hourly:
            kept[n] = kept[n].with_items(starts[n] + timedelta(seconds=when) for when in new)
        last[n], read[n] = now, seen
        polls += 1
        if now < series[n][-1]:
            at = starts[n] + timedelta(seconds=now)
            due = next_due(at, rate=rates[n], rhythm=kept[n], pace=pace, rng=rng)
            heapq.heappush(queue, (now + (due - at).total_seconds(), n))
    hours = sum(one[-1] for one in series) / 3_600
    mean, even = sum(delays) / len(delays), hours / polls * 1_800
    longest = max(delays) / 60
    return (
        f"{mean / 60:.1f} min",
        f"{mean / even:.2f}",
        f"{longest:.0f} min",
        f"{polls / hours:.2f}",
    )


def constant(rates: Sequence[float], spans: Sequence[float]) -> PollPace:
    """The one pace with which sources of known rates take a poll per source-hour in all."""
    low, high = 1.0, 1e6
    for _ in range(50):
        middle = math.sqrt(low * high)
        at = PollPace(hourly=middle)
        taken = sum(span / interval(rate, at) for rate, span in zip(rates, spans, strict=True))
        low, high = (middle, high) if taken > sum(spans) / 3_600 else (low, middle)
    return PollPace(hourly=low)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="*", default=["polls", "bombs", "hostile", "schedule"])
    parser.add_argument("--rhythms", type=Path)
    parser.add_argument("--coding", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    works: dict[str, Callable[[], None]] = {
        "polls": polls,
        "bombs": bombs,
        "hostile": lambda: asyncio.run(hostile()),
        "schedule": lambda: schedule(asked.rhythms),
        "serve": lambda: asyncio.run(serve()),
        "bomb": lambda: bomb(asked.coding),
    }
    for what in asked.what:
        works[what]()


if __name__ == "__main__":
    main()
