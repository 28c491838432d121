"""One visit to a feed: what is remembered of it, and when to come again."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.fetching.visitor import Visitor
from bot.model import Priority, Source, SourceKind, SourceState, Transport
from bot.sources.http import Fetcher
from bot.sources.previews import Previews
from bot.sources.rhythm import Rhythm
from bot.sources.schedule import PollPace
from bot.sources.worker import InlineParser
from bot.store.visits import FetchRecord
from tests.support.feeds import Post, rss
from tests.support.source_server import Page, SourceServer

NOW = datetime(2024, 4, 8, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def visitor(fetcher: Fetcher, **more: Any) -> Visitor:
    parser = InlineParser()
    previews = Previews(fetcher, parser, web="https://t.me")
    return Visitor(
        fetcher, parser, previews=previews, pace=PollPace(), rng=random.Random(1), **more
    )


def feed_at(url: str) -> Source:
    return Source(
        *(1, Transport.FEED, url, url, "A", SourceKind.MEDIA, ""),
        state=SourceState.ACTIVE,
        archived_at=NOW - DAY,
        last_success=NOW - timedelta(minutes=10),
        rate=50.0,
    )


def after(source: Source, record: FetchRecord) -> Source:
    """The source as the store has it after that record."""
    if record.moved is not None:
        to, times, since = record.moved
        source = replace(source, moved_to=to, moved_times=times, moved_since=since)
    return replace(source, address=record.address or source.address)


async def test_a_move_is_believed_when_it_lasts(fetcher: Fetcher, server: SourceServer) -> None:
    """Three visits at least that agree over a day at least; a pause, or another address, begins
    again; what is remembered is in the row, so a restart forgets nothing."""
    there, other = server.url("/new"), server.url("/other")
    body = rss("A", [Post("1", title="News")])
    server.put("/new", body)
    server.put("/other", body)
    source, reader = feed_at(server.url("/old")), visitor(fetcher)

    async def visit(hours: float, to: str, status: int = 301) -> FetchRecord:
        nonlocal source
        server.pages["/old"] = Page(status=status, headers={"Location": to})
        record = (await reader.read(source, NOW + timedelta(hours=hours))).record
        source = after(source, record)
        return record

    for hours in (0, 1, 2):
        assert (await visit(hours, there)).address is None
    assert (source.moved_times, source.moved_since) == (3, NOW)
    assert (await visit(25, other)).address is None
    assert (source.moved_to, source.moved_times) == (other, 1)
    await visit(26, there, status=302)  # only for now
    assert (source.moved_to, source.moved_times) == ("", 0)
    for hours in (27, 40):
        await visit(hours, there)
    moved = await visit(52, there)

    assert moved.address == there
    assert moved.identity == f"https://127.0.0.1:{server.port}/new"
    assert source.moved_to == ""


async def test_a_pushed_feed_is_asked_rarely(fetcher: Fetcher, server: SourceServer) -> None:
    """Polling is a net then, except of what shall never wait; the hub is named by the feed."""
    body = rss("A", [Post("1", title="News")])
    server.put("/a", body, headers={"Link": "<https://hub.example/>; rel=hub"})
    source, pushed = feed_at(server.url("/a")), set[int]()
    reader = visitor(fetcher, hubs=True, is_pushed=pushed.__contains__)

    async def wait(of: Source) -> timedelta:
        due = (await reader.read(of, NOW)).record.next_due
        assert due is not None
        return due - NOW

    usual = await wait(source)
    pushed.add(source.id)
    assert usual < timedelta(minutes=15)
    assert await wait(source) == timedelta(hours=2)
    assert await wait(replace(source, priority=Priority.HIGH)) < timedelta(minutes=15)
    record = (await reader.read(source, NOW)).record
    assert record.hub == ("https://hub.example/", source.address)
    assert (await reader.read(replace(source, proxy="direct"), NOW)).record.hub is None


@pytest.mark.parametrize("late", [timedelta(0), timedelta(hours=3), timedelta(days=2), None])
async def test_the_rate_is_learnt_of_what_is_new(
    fetcher: Fetcher, server: SourceServer, late: timedelta | None
) -> None:
    """Entries that come later than their dates, or have none, are as many as others."""
    source, reader, posts = feed_at(server.url("/feed")), visitor(fetcher), list[Post]()
    source = replace(source, rate=1.0)
    for hours in range(1, 60):
        now = NOW + timedelta(hours=hours)
        when = None if late is None else now - late - timedelta(minutes=5)
        posts.insert(0, Post(str(hours), title=f"News {hours}", published=when))
        server.put("/feed", rss("A", posts[:20]))
        visit = await reader.read(source, now)
        assert visit.learn is not None
        record = visit.learn({str(hours)})
        source = replace(source, rate=record.rate or 0.0, last_success=now)

    assert 14 < source.rate < 24


async def test_an_archive_put_online_is_no_rate(fetcher: Fetcher, server: SourceServer) -> None:
    """Hundreds of old entries at once say nothing of the entries to come."""
    posts = [Post(str(n), title="Old", published=NOW - timedelta(days=30 + n)) for n in range(300)]
    server.put("/feed", rss("A", posts))
    visit = await visitor(fetcher).read(feed_at(server.url("/feed")), NOW)
    assert visit.learn is not None

    assert visit.learn({post.guid for post in posts}).rate == pytest.approx(50, rel=0.01)


async def test_priority_is_heard(fetcher: Fetcher, server: SourceServer) -> None:
    """High is asked twice as often, low half as often, give or take what scatters visits."""
    server.put("/a", rss("A", [Post("1", title="News")]))
    source, reader = feed_at(server.url("/a")), visitor(fetcher)
    waits = {}
    for priority in Priority:
        due = (await reader.read(replace(source, priority=priority), NOW)).record.next_due
        assert due is not None
        waits[priority] = due - NOW

    assert 1.6 < waits[Priority.NORMAL] / waits[Priority.HIGH] < 2.5
    assert 1.6 < waits[Priority.LOW] / waits[Priority.NORMAL] < 2.5


async def test_hours_of_publication_are_learnt(fetcher: Fetcher, server: SourceServer) -> None:
    """From dates, not from visits: each new item once."""
    posts = [Post(str(n), title="News", published=NOW - timedelta(hours=n)) for n in range(3)]
    server.put("/feed", rss("A", posts))
    source = replace(feed_at(server.url("/feed")), last_success=NOW - timedelta(minutes=90))
    reader = visitor(fetcher)

    record = (await reader.read(source, NOW)).record
    assert record.rhythm is not None
    hours = Rhythm.read(record.rhythm).hours
    assert [hour for hour, value in enumerate(hours) if value] == [8, 9]

    again = replace(source, rhythm=record.rhythm, last_success=NOW)
    record = (await reader.read(again, NOW + timedelta(minutes=10))).record
    assert record.rhythm is None


async def test_too_many_sources_are_asked_more_rarely(
    fetcher: Fetcher, server: SourceServer
) -> None:
    """What cannot be kept up is shared; few sources keep the pace given; each kind its own."""
    server.put("/feed", rss("A", [Post("1", title="News")]))
    source, reader = feed_at(server.url("/feed")), visitor(fetcher)

    async def wait() -> float:
        return ((await reader.read(source, NOW)).record.next_due - NOW).total_seconds()

    alone = await wait()
    reader.fit([(Transport.PREVIEW, 50.0, Priority.NORMAL)] * 3_000)
    assert await wait() == pytest.approx(alone, rel=0.25)
    reader.fit([(Transport.FEED, 50.0, Priority.NORMAL)] * 300_000)
    assert await wait() > 2 * alone
