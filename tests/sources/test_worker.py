"""Parsing in a process of its own: what goes wrong there stays there."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import LayoutChanged, ParseFailed
from bot.model import ParsedItem
from bot.sources import codec
from bot.sources.parsed import ParsedFeed
from bot.sources.worker import InlineParser, Parser, ParserPool
from tests.sources.conftest import until
from tests.support.clock import ManualClock
from tests.support.pages import landing, page, post

NOW = datetime(2024, 4, 8, 12, 0, tzinfo=UTC)
URL = "https://example.org/rss"
FEED = b"""<rss version="2.0"><channel><title>T</title><item><title>They refused</title>
<guid>1</guid><pubDate>Mon, 08 Apr 2024 05:00:00 GMT</pubDate><category>army</category>
<enclosure url="https://example.org/a.mp3" type="audio/mpeg" length="1"/></item></channel></rss>"""
# Quadratic in an HTML parser: minutes of work in half a megabyte.
SLOW = b"<div>" * 200_000


@pytest.fixture
async def pool(clock: ManualClock) -> AsyncIterator[ParserPool]:
    async with ParserPool(clock, workers=1, timeout=1.0) as opened:
        yield opened


def pid(pool: ParserPool) -> int:
    return pool.pids()[0]


async def results(parser: Parser) -> list[object]:
    channel = page("pskov_post", [post("pskov_post", 7, "Слова", album=3)], before=7)
    return [
        await parser.feed(FEED, url=URL, now=NOW, content_type="text/xml"),
        await parser.channel(channel, now=NOW),
        await parser.landing(landing("x", title="N", extra="5 members"), now=NOW),
        await parser.missing(b"<div class='tgme_widget_message err_message'></div>", now=NOW),
        await parser.article(b"<html lang=en><h1>T</h1><p>Some words</p></html>", url=URL, now=NOW),
        await parser.links(b"<a href='/rss'>RSS</a>", url=URL, now=NOW),
    ]


async def test_the_worker_says_what_the_parsers_say(pool: ParserPool) -> None:
    """Nothing is lost or changed on the way between the processes."""
    assert await results(pool) == await results(InlineParser())


@pytest.mark.parametrize("inline", [True, False])
async def test_refusals_cross_the_border(pool: ParserPool, inline: bool) -> None:
    """An admin reads the same words wherever the parsing ran."""
    parser: Parser = InlineParser() if inline else pool

    with pytest.raises(ParseFailed) as caught:
        await parser.feed(b"<html></html>", url=URL, now=NOW)
    with pytest.raises(LayoutChanged):
        await parser.channel(b"<html></html>", now=NOW)

    assert caught.value.key == "This is a web page, not a feed"
    assert not isinstance(caught.value, LayoutChanged)


async def test_a_document_that_takes_too_long(pool: ParserPool) -> None:
    """It is given up after its seconds, its worker replaced, the next one read."""
    await pool.start()
    first = pid(pool)

    slow, fine = await asyncio.gather(
        pool.article(SLOW, url=URL, now=NOW),
        pool.feed(FEED, url=URL, now=NOW),
        return_exceptions=True,
    )

    assert isinstance(slow, ParseFailed)
    assert slow.key == "Reading it takes more than {seconds} s; given up"
    assert not isinstance(fine, BaseException)
    assert pid(pool) != first


async def test_a_slow_document_delays_no_other_hosts(clock: ManualClock) -> None:
    """There are two workers: ten feeds are read while one of them struggles."""
    async with ParserPool(clock, timeout=3) as pool:
        await pool.start()
        slow = asyncio.ensure_future(pool.article(SLOW, url=URL, now=NOW))
        read = [await pool.feed(FEED, url=URL, now=NOW) for _ in range(10)]

        assert len(read) == 10
        assert not slow.done()
        with pytest.raises(ParseFailed, match="takes more than"):
            await slow


async def test_a_hostile_body_is_not_kept_in_the_core(clock: ManualClock) -> None:
    """Ten megabytes of words come back as a bounded answer."""
    item = b"<item><title>%d</title><description>" + b"word " * 5_000 + b"</description></item>"
    body = b"<rss version='2.0'><channel>" + b"".join(item % n for n in range(380))
    async with ParserPool(clock, timeout=20) as pool:
        feed = await pool.feed(body + b"</channel></rss>", url=URL, now=NOW)

    assert len(feed.items) == 380
    assert sum(len(each.text) for each in feed.items) < 2_800_000
    assert len(feed.items[0].text) > 24_000


async def test_a_document_that_takes_too_much_memory(clock: ManualClock) -> None:
    """The worker's memory is bounded; the document fails, nothing else."""
    async with ParserPool(clock, workers=1, memory=100 * 1024 * 1024, timeout=20) as pool:
        hungry = b"<rss version='2.0'><channel><item><description>" + b"word " * 6_000_000
        with pytest.raises(ParseFailed, match="too much memory"):
            await pool.feed(hungry, url=URL, now=NOW)

        assert (await pool.feed(FEED, url=URL, now=NOW)).items


async def test_a_worker_that_dies_is_replaced(pool: ParserPool) -> None:
    """A crash costs the document in hand and no other."""
    await pool.feed(FEED, url=URL, now=NOW)
    under_way = asyncio.ensure_future(pool.article(SLOW, url=URL, now=NOW))
    await until(pool._idle.empty)
    os.kill(pid(pool), signal.SIGKILL)

    with pytest.raises(ParseFailed):
        await under_way
    assert (await pool.feed(FEED, url=URL, now=NOW)).items


async def test_a_big_core_does_not_tire_its_worker(pool: ParserPool) -> None:
    """A worker is replaced for its own memory, not for that of the process that started it."""
    ballast = bytearray(b"x") * (400 * 1024 * 1024)
    await pool.feed(FEED, url=URL, now=NOW)
    first = pid(pool)
    await pool.feed(FEED, url=URL, now=NOW)

    assert pid(pool) == first
    assert len(ballast) > 0


async def test_a_worker_that_has_grown_is_replaced(clock: ManualClock) -> None:
    """Memory taken for one monstrous page is given back."""
    async with ParserPool(clock, workers=1, timeout=20) as pool:
        await pool.start()
        first = pid(pool)
        await pool.links(b"<p><a>" * 700_000, url=URL, now=NOW)
        await pool.feed(FEED, url=URL, now=NOW)

        assert pid(pool) != first


async def test_a_cancelled_document_does_not_answer_for_the_next(pool: ParserPool) -> None:
    """Each question gets its own answer."""
    await pool.start()
    under_way = asyncio.ensure_future(pool.article(SLOW, url=URL, now=NOW))
    await until(pool._idle.empty)
    under_way.cancel()
    await asyncio.gather(under_way, return_exceptions=True)

    assert (await pool.feed(FEED, url=URL, now=NOW)).title == "T"


async def test_a_worker_stopped_with_a_long_answer_half_read(pool: ParserPool) -> None:
    """Its end is noticed all the same, and the next document is read."""
    await pool.start()
    worker = pool._workers[0]
    process = await worker.ensure()
    assert process.stdin is not None
    assert process.stdout is not None
    head = f'{{"job": "feed", "url": "{URL}", "content_type": "", "now": "{NOW.isoformat()}"}}'
    more = "".join(f"<item><title>Long {n}{' word' * 100}</title></item>" for n in range(900))
    body = FEED.replace(b"<item>", more.encode() + b"<item>", 1)
    frame = len(head).to_bytes(4, "big") + len(body).to_bytes(4, "big") + head.encode() + body
    process.stdin.write(frame)
    await process.stdin.drain()
    reader = process.stdout
    await until(lambda: reader._paused)  # type: ignore[attr-defined]

    async with asyncio.timeout(20):
        await worker.stop()

    assert (await pool.feed(FEED, url=URL, now=NOW)).title == "T"


async def test_starting_beside_the_first_documents(clock: ManualClock) -> None:
    """`start` and documents that come at once share one process, each with its own answer."""
    async with ParserPool(clock, workers=1) as pool:
        _, *read = await asyncio.gather(
            pool.start(), *(pool.feed(FEED, url=URL, now=NOW) for _ in range(3))
        )

        assert [feed.title for feed in read] == ["T"] * 3
        assert len(pool.pids()) == 1


@pytest.mark.parametrize("turns", [1, 3, 10, 30, 100])
async def test_a_start_that_is_cancelled_spoils_nothing(clock: ManualClock, turns: int) -> None:
    """Wherever a cancellation falls, the next document gets its own answer."""
    async with ParserPool(clock, workers=1) as pool:
        starting = asyncio.ensure_future(pool.feed(FEED, url=URL, now=NOW))
        seen = iter(range(turns))
        await until(lambda: next(seen, None) is None or starting.done())
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)

        assert (await pool.feed(FEED, url=URL, now=NOW)).title == "T"
        assert len(pool.pids()) == 1


async def test_a_parser_that_cannot_start(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a parser documents fail one by one, with words; the rest of Vigil runs."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    async with ParserPool(clock, workers=1) as pool:
        await pool.start()
        with pytest.raises(ParseFailed) as caught:
            await pool.feed(FEED, url=URL, now=NOW)

    assert caught.value.key == "The parser cannot be started"


async def test_nothing_secret_is_in_a_worker(
    pool: ParserPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token is not in the environment a taken-over worker can read."""
    monkeypatch.setenv("VIGIL_BOT_TOKEN", "123:secret")
    await pool.start()

    environment = Path(f"/proc/{pid(pool)}/environ")
    if not environment.exists():
        pytest.skip("no /proc here")
    assert b"secret" not in environment.read_bytes()
    assert environment.read_bytes().startswith(b"LC_ALL=")


async def test_a_worker_loads_nothing_that_speaks_to_servers(pool: ParserPool) -> None:
    """Parsers bring clients of HTTP with them; without TLS these cost a megabyte less."""
    assert (await pool.feed(FEED, url=URL, now=NOW)).items

    mapped = Path(f"/proc/{pid(pool)}/maps")
    if not mapped.exists():
        pytest.skip("no /proc here")
    assert "_ssl." not in mapped.read_text()


async def test_ctrl_c_is_not_for_the_worker(pool: ParserPool) -> None:
    """Ctrl-C in a terminal ends the core, which ends its workers, without a trace on the screen."""
    await pool.start()

    assert os.getpgid(pid(pool)) != os.getpgid(0)
    os.kill(pid(pool), signal.SIGINT)
    assert (await pool.feed(FEED, url=URL, now=NOW)).items


async def test_close_leaves_nobody(clock: ManualClock) -> None:
    """Workers are gone, and reaped, when the pool is closed; also busy ones."""
    pool = ParserPool(clock, workers=2)
    await pool.start()
    number = pid(pool)
    under_way = asyncio.ensure_future(pool.article(SLOW, url=URL, now=NOW))
    await until(lambda: pool._idle.qsize() < 2)

    await pool.close()

    with pytest.raises(ParseFailed):
        await under_way
    await pool.close()
    with pytest.raises(ParseFailed):
        await pool.feed(FEED, url=URL, now=NOW)
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


async def test_close_while_a_worker_starts(clock: ManualClock) -> None:
    """A worker that was just starting is ended too."""
    pool = ParserPool(clock, workers=1)
    starting = asyncio.ensure_future(pool.feed(FEED, url=URL, now=NOW))
    await until(pool._idle.empty)

    await pool.close()

    with pytest.raises(ParseFailed):
        await starting
    assert pool.pids() == []


ORPHAN = """
import asyncio, os, sys
from bot.clock import SystemClock
from bot.sources.worker import ParserPool

async def main():
    pool = ParserPool(SystemClock())
    await pool.start()
    print(pool.pids()[0], flush=True)
    os.kill(os.getpid(), 9)

asyncio.run(main())
"""


async def test_a_killed_core_leaves_no_workers() -> None:
    """kill -9 of the core ends its workers too."""
    ended = subprocess.run(
        [sys.executable, "-c", ORPHAN], capture_output=True, text=True, timeout=30, check=False
    )
    worker = Path(f"/proc/{int(ended.stdout)}")

    await until(lambda: not worker.exists() or "Z" in (worker / "stat").read_text().split()[2])


def test_the_worker_imports_the_parsers_only() -> None:
    """Neither the database nor Telegram nor the network is within its reach."""
    script = "import bot.sources.parsing, sys; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()

    ours = {name for name in loaded if name.startswith("bot.")}
    assert ours <= {
        "bot.errors",
        "bot.lean_imports",
        *(f"bot.model{name}" for name in ("", ".alerts", ".chats", ".items", ".sources")),
        *(
            f"bot.sources{name}"
            for name in ("", ".parsing", ".codec", ".feeds", ".feed_keys", ".article", ".opml")
        ),
        *(
            f"bot.sources{name}"
            for name in (".charset", ".text", ".telegram_web", ".main_text", ".blocks")
        ),
        *(
            f"bot.sources{name}"
            for name in (
                ".date_words",
                ".dates",
                ".telegram_landing",
                ".feed_xml",
                ".feed_json",
                ".offers",
                ".main_text",
                ".blocks",
                ".feed_names",
                ".feed_types",
                ".jobs",
                ".markup",
                ".parsed",
                ".telegram_addresses",
            )
        ),
    }
    assert not {"sqlalchemy", "telegram", "httpx", "httpcore", "asyncio"} & set(loaded)


def _feed_answer(**item: object) -> bytes:
    """What a worker says of a feed with one entry, with these values wrong."""
    shape = {"format": "rss", "title": "", "lang": "", "items": [{"key": "1"} | item]}
    return json.dumps({"result": shape}).encode()


def test_what_a_worker_says_is_read_whole() -> None:
    """Times, lists and every whole character cross the border unchanged."""
    at = datetime(2026, 11, 28, 9, tzinfo=UTC)
    item = ParsedItem("1", "Ґанок", "\ud800 ☎", published=at, links=("a", "b"), edited=True)
    feed = ParsedFeed("json", "Є", "uk", (item,), ttl=60)

    read = codec.from_json("feed", codec.to_json(feed))

    assert read == replace(feed, items=(replace(item, text="? ☎"),))


def test_what_a_worker_refused_is_refused() -> None:
    """A failure keeps its words and its kind."""
    with pytest.raises(LayoutChanged) as failed:
        codec.from_json("channel", codec.to_json(LayoutChanged("Another page")))

    assert failed.value.key == "Another page"


@pytest.mark.parametrize(
    "answer",
    [
        *(b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"error": "x"}', b'{"result": 5}'),
        *(b'{"result": {"items": [{"key": 1}]}}', b'{"result": {"items": "abc", "format": 1}}'),
        *(_feed_answer(title=5), _feed_answer(links="abc"), _feed_answer(edited="yes")),
        *(_feed_answer(published="yesterday"), _feed_answer(published="2026-11-28T09:00:00")),
    ],
)
def test_a_worker_is_not_believed(answer: bytes) -> None:
    """What is not of the right shape is a failure, not a surprise further on."""
    with pytest.raises(ParseFailed):
        codec.from_json("feed", answer)
