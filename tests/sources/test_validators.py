"""A server that says "nothing has changed" for ever is found out."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.fetching.visitor import Visitor
from bot.model import Source, SourceKind, SourceState, Transport
from bot.sources.http import Fetcher
from bot.sources.previews import Previews
from bot.sources.refresh import refreshed_to
from bot.sources.schedule import PollPace
from bot.sources.validators import kept, to_send, wants_whole
from bot.sources.worker import InlineParser
from tests.support.feeds import Post, rss
from tests.support.loopback import Request
from tests.support.source_server import Page, SourceServer

NOW = datetime(2024, 4, 8, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def source(url: str = "", **more: object) -> Source:
    plain = Source(
        *(1, Transport.FEED, url, url, "A", SourceKind.MEDIA, ""),
        state=SourceState.ACTIVE,
        archived_at=NOW - 9 * DAY,
        last_success=NOW - HOUR / 6,
        last_item_at=NOW - HOUR,
        rate=24.0,
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def times_asked_whole(each: Source, hours: int) -> int:
    count = 0
    for n in range(hours * 6):
        now = NOW + n * HOUR / 6
        count += wants_whole(each, now)
        each = replace(each, last_success=now)
    return count


def test_each_source_is_asked_whole_once_a_day() -> None:
    """Whatever it says of itself; sources at minutes of their own."""
    lively = [source(id=n, last_item_at=NOW + 99 * DAY) for n in range(1, 200)]

    assert {times_asked_whole(each, 24) for each in lively} == {1}
    assert sum(wants_whole(each, NOW) for each in lively) < 10


def test_silence_against_the_rhythm_is_doubted_each_hour() -> None:
    """Twenty-four items a day, and none for hours; a quiet source may be silent."""
    assert times_asked_whole(source(), 3) == 0
    assert times_asked_whole(source(), 12) >= 8
    assert times_asked_whole(source(rate=0.1), 12) <= 1
    assert times_asked_whole(source(last_item_at=None), 12) <= 1
    nights = " ".join(["0"] * 4 + ["9"] * 2 + ["0"] * 18 + ["9"] * 7)
    by_night = times_asked_whole(source(rhythm=nights), 8)
    assert by_night < times_asked_whole(source(), 8) - 1


def test_what_is_kept_of_validators() -> None:
    """An ETag that was the same under other news is not sent again, until it moves."""
    stuck = kept('"a"', '"a"', changed=True, now=NOW)

    assert to_send(stuck) == ""
    assert kept('"a"', stuck, changed=False, now=NOW) == stuck
    assert kept('"b"', stuck, changed=True, now=NOW) == '"b"'
    assert kept('"a"', '"a"', changed=False, now=NOW) == '"a"'
    assert kept("Sat, 01 Jan 2041 00:00:00 GMT", "", changed=False, now=NOW) == ""
    assert kept("Mon, 08 Apr 2024 08:00:00 GMT", "", changed=False, now=NOW) != ""


def visitor(fetcher: Fetcher) -> Visitor:
    parser = InlineParser()
    previews = Previews(fetcher, parser, web="https://t.me")
    return Visitor(fetcher, parser, previews=previews, pace=PollPace(), rng=random.Random(1))


async def test_a_stuck_server_is_read_all_the_same(fetcher: Fetcher, server: SourceServer) -> None:
    """It answers 304 to whoever has been there, whatever it publishes."""
    body = [rss("A", [Post("1", "Первая", published=NOW - 2 * HOUR)])]

    def answer(seen: Request) -> Page:
        if "if-none-match" in seen.headers or "if-modified-since" in seen.headers:
            return Page(status=304)
        return Page(body[0], headers={"ETag": '"x"'})

    server.pages["/feed"] = answer
    each, reader, found, now = source(server.url("/feed")), visitor(fetcher), [], NOW
    for n in range(18):
        now = NOW + n * HOUR / 2
        reading = await reader.read(each, now)
        found += [(item.title, n) for item in reading.items if n]
        record = reading.record
        each = replace(
            each,
            last_success=now,
            etag=each.etag if record.etag is None else record.etag,
            body_hash=record.body_hash or each.body_hash,
            last_item_at=record.last_item_at or each.last_item_at,
        )
        if n == 1:
            posts = [Post("2", "Вторая", published=now), Post("1", "Первая", published=NOW)]
            body[0] = rss("A", posts)

    assert {title for title, _ in found} == {"Первая", "Вторая"}
    assert min(n for _, n in found) <= 14  # half hours
    assert each.etag == '!"x"'


async def test_nothing_is_kept_of_an_answer_without_its_end(
    fetcher: Fetcher, server: SourceServer
) -> None:
    """HTTP/1.0 cannot tell a cut answer: its validator would hide the rest until it changes."""
    raw = rss("A", [Post("1", "Первая"), Post("2", "Вторая")])
    server.put("/feed", raw[: raw.rindex(b"<item>") + 20], headers={"ETag": '"x"'})
    reader = visitor(fetcher)
    cut = await reader.read(source(server.url("/feed")), NOW)
    server.put("/feed", raw, headers={"ETag": '"x"'})
    full = await reader.read(source(server.url("/feed")), NOW)

    assert (cut.record.etag, cut.record.body_hash) == ("", "")
    assert full.record.etag == '"x"'
    assert len(full.items) == 2


async def test_a_page_that_leads_on_to_the_feed(fetcher: Fetcher, server: SourceServer) -> None:
    """A page in the feed's place that refreshes to it is followed once."""
    server.put("/feed", '<html><meta http-equiv="refresh" content="0; url=/real.xml"></html>')
    server.put("/real.xml", rss("A", [Post("1", "Первая")]))

    assert len((await visitor(fetcher).read(source(server.url("/feed")), NOW)).items) == 1


@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        ('<meta http-equiv="refresh" content="0;url=/rss">', "https://n.example/rss"),
        ("<META content='5; URL=rss.xml' HTTP-EQUIV=Refresh>", "https://n.example/a/rss.xml"),
        ("<meta http-equiv=refresh content=\"0; url='//m.example/x'\">", "https://m.example/x"),
        ('<meta http-equiv="refresh" content="0; url=/r?a=1&amp;b=2">', "https://n.example/r?a=1&b=2"),
        ('<meta http-equiv="refresh" content="0; /rss">', "https://n.example/rss"),
        ('<meta http-equiv="refresh" content="600; url=/rss">', ""),
        ('<meta http-equiv="refresh" content="30">', ""),
        ('<meta http-equiv="refresh" content="0; url=javascript:alert(1)">', ""),
        ('<meta name="description" content="0; url=/rss">', ""),
        ('<meta http-equiv="refresh" content="0; url=/a/b">', ""),  # itself
    ],
)  # fmt: skip
def test_refresh(meta: str, expected: str) -> None:
    """As browsers read it; a page that only renews itself leads nowhere."""
    body = f"<html><head>{meta}</head></html>".encode()

    assert refreshed_to(body, "https://n.example/a/b") == expected
