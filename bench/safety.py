"""What sources may send to hurt us: bombs, monstrous documents, answers without end.

    python -m bench.safety                        everything, two minutes; writes docs/benchmarks.md
    python -m bench.safety bombs hostile network  some of it, shown only

Loopback only. Bombs and answers go the whole way, through the fetcher as it is run: 10 MB, 30 s
a request; documents through the parser's worker: 4.5 s, 448 MB. Each row says how long it took,
what it cost, and what an admin is told; a row beyond its bar ends the bench with an error.
"""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import os
import resource
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from bench.report import put_section, table
from bench.sources import DOCUMENTS, MB, NOW, feed, packed
from bot.clock import SystemClock
from bot.errors import ParseFailed, SourceError
from bot.sources.addresses import IPAddress
from bot.sources.exchange import FetchRequest
from bot.sources.http import Fetcher, FetchSettings
from bot.sources.worker import ParserPool
from tests.support.loopback import Request
from tests.support.source_server import Page, SourceServer

_CODINGS = ("gzip", "br", "zstd", "gzip, gzip", "br, gzip", "zstd, br", "gzip, br, zstd")
_OWN = (ipaddress.ip_network("127.0.0.0/8"),)
_MOST_MB, _MOST_PARSING, _MOST_WAITING = 20.0, 5.0, 31.0  # a second is the machine's

Row = tuple[str, ...]


# --- bombs --------------------------------------------------------------------------


def bombs() -> list[Row]:
    """Each in a process of its own: what is measured is the highest memory."""
    rows = []
    for coding in _CODINGS:
        ran = subprocess.run(
            [sys.executable, "-m", "bench.safety", "bomb", "--coding", coding],
            input=packed(coding),
            capture_output=True,
            check=True,
        )
        rows.append((coding, *ran.stdout.decode().strip().split("\t")))
    return rows


async def bomb(coding: str) -> None:
    body = sys.stdin.buffer.read()
    async with SourceServer() as server, Fetcher(FetchSettings(_OWN), SystemClock()) as fetcher:
        server.put("/small", b"words")
        server.put("/", body, headers={"Content-Encoding": coding})
        await fetcher.fetch(FetchRequest(server.url("/small")))
        before = most_memory(from_now=True)
        said, seconds = await _said(fetcher, server.url("/"))
        grown = (most_memory() - before) / 1024
    assert "sends more than" in said, said
    assert grown <= _MOST_MB, (coding, grown)
    print(f"{len(body):,} B\t{seconds:.2f} s\t+{grown:.1f} MB\t{said}")


def most_memory(*, from_now: bool = False) -> int:
    """KiB at most so far; with `from_now` forget what was before. Not ru_maxrss: a child's begins
    with what its parent had."""
    if from_now:
        Path("/proc/self/clear_refs").write_text("5")
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


# --- hostile documents --------------------------------------------------------------

_MONSTERS = {
    **DOCUMENTS,
    "a line of 100 MB": b"<rss version='2.0'><channel><item><title>" + b"A" * (100 * MB),
    "a million attributes": b"<rss version='2.0'><channel " + b"a='b' " * 1_000_000 + b">",
    "500,000 comments": b"<rss version='2.0'><channel><item>" + b"<!-- x -->" * 500_000,
    "quadratic entities": b"<!DOCTYPE x [<!ENTITY a '" + b"a" * 100_000 + b"'>]><rss version='2.0'>"
    b"<channel><item><title>" + b"&a;" * 50_000 + b"</title></item></channel></rss>",
}


async def hostile() -> list[Row]:
    rows = []
    async with ParserPool(SystemClock()) as parser:
        for name, body in _MONSTERS.items():

            async def as_feed(body: bytes = body) -> object:
                return await parser.feed(body, url="https://e.example/", now=NOW)

            async def as_page(body: bytes = body) -> object:
                return await parser.article(body, url="https://e.example/", now=NOW)

            async def as_channel(body: bytes = body) -> object:
                return await parser.channel(body, now=NOW)

            cells = []
            for work in (as_feed, as_page, as_channel):
                # A worker is there, whatever became of the one before.
                assert (await parser.feed(feed(), url="https://e.example/", now=NOW)).items
                cells.append(await _parsed(work))
            rows.append((name, *cells))
        assert (await parser.feed(feed(), url="https://e.example/", now=NOW)).items
    return rows


async def _parsed(work: Callable[[], Awaitable[object]]) -> str:
    began = _cpu_of_children()
    try:
        await work()
        what = "read"
    except ParseFailed:
        what = "refused"
    seconds = _cpu_of_children() - began
    assert seconds <= _MOST_PARSING, seconds
    return f"{what}, {seconds:.1f} s"


def _cpu_of_children() -> float:
    """Seconds of CPU of all processes that this one has started, living or ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = ended.ru_utime + ended.ru_stime
    for listed in Path("/proc/self/task").glob("*/children"):
        for pid in listed.read_text().split():
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it has just ended
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


# --- answers without end ------------------------------------------------------------


async def network() -> list[Row]:
    """All at once: they wait for their deadlines and not for each other."""
    answers = iter([["127.0.0.1"], ["10.0.0.7"]])

    async def turning(host: str, port: int) -> list[IPAddress]:
        if host == "turns.example":
            return [ipaddress.ip_address(text) for text in next(answers, ["10.0.0.7"])]
        await asyncio.get_running_loop().create_future()  # a name server that never answers
        return []

    async with (
        SourceServer() as server,
        Fetcher(FetchSettings(_OWN, per_host=20), SystemClock(), resolver=turning) as fetcher,
    ):
        port = server.port
        _serve(server)
        await fetcher.fetch(FetchRequest(f"http://turns.example:{port}/words"))
        cases = {
            "a byte every 10 s": server.url("/drip"),
            "no answer at all": server.url("/silent"),
            "a body without end": server.url("/endless"),
            "a redirect to itself": server.url("/loop"),
            "redirects without end": server.url("/far?0"),
            "a redirect to 169.254.169.254": server.url("/inside"),
            "a redirect to http://167772161/": server.url("/decimal"),
            "a name that turns private": f"http://turns.example:{port}/words",
            "a name server that never answers": "http://never.example/",
        }
        said = await asyncio.gather(*(_said(fetcher, url) for url in cases.values()))
    for (words, seconds), name in zip(said, cases, strict=True):
        assert seconds <= _MOST_WAITING, (name, seconds)
        assert words != "read", name
    return [
        (name, f"{seconds:.1f} s", words)
        for name, (words, seconds) in zip(cases, said, strict=True)
    ]


def _serve(server: SourceServer) -> None:
    def farther(seen: Request) -> Page:
        n = int(seen.path.partition("?")[2]) + 1
        return Page(status=302, headers={"Location": f"/far?{n}"})

    server.put("/words", b"words", headers={"Connection": "close"})
    server.put("/drip", b"w" * 1_000, drip=10.0)
    server.put("/silent", b"", latency=120.0)
    server.put("/endless", b"w" * 65_536, endless=True)
    server.put("/loop", status=301, headers={"Location": "/loop"})
    server.pages["/far"] = farther
    for path, where in (("/inside", "169.254.169.254/"), ("/decimal", "167772161/")):
        server.put(path, status=302, headers={"Location": f"http://{where}"})


async def _said(fetcher: Fetcher, url: str) -> tuple[str, float]:
    """What an admin is told of the address, and after how many seconds."""
    began = time.perf_counter()
    try:
        await fetcher.fetch(FetchRequest(url))
        said = "read"
    except SourceError as error:
        said = str(error)
    return said, time.perf_counter() - began


def _report(parts: dict[str, list[Row]]) -> list[str]:
    heads: dict[str, tuple[str, Row]] = {
        "bombs": (
            "1 GiB of zeros behind few bytes. Bar: 20 MB more memory each.",
            ("coding", "sent", "took", "memory", "what an admin reads"),
        ),
        "hostile": (
            "Documents that make a parser work, as feed, article and channel page: the outcome, and"
            " seconds of CPU. Bar: 5 s each, and the next document is served.",
            ("document", "as feed", "as article", "as channel"),
        ),
        "network": (
            "Answers that never end well, all at once. Bar: 30 s.",
            ("what", "took", "what an admin reads"),
        ),
    }
    lines: list[str] = []
    for name, rows in parts.items():
        words, head = heads[name]
        lines += [words, "", *table(head, rows), ""]
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="*", help="bombs, hostile, network; nothing: all, written")
    parser.add_argument("--coding", default="gzip", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.what == ["bomb"]:
        asyncio.run(bomb(asked.coding))
        return
    works: dict[str, Callable[[], list[Row]]] = {
        "bombs": bombs,
        "hostile": lambda: asyncio.run(hostile()),
        "network": lambda: asyncio.run(network()),
    }
    parts = {name: works[name]() for name in asked.what or works}
    lines = _report(parts)
    print("\n".join(lines))
    if not asked.what:
        put_section("Sources: what may hurt", "python -m bench.safety", lines)


if __name__ == "__main__":
    main()
