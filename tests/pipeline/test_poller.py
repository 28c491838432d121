"""Who is read when, and what is written of it."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.errors import FetchFailed, SourceError
from bot.fetching.poller import Poller, Visit
from bot.ingest.recorder import Recorder
from bot.model import ParsedItem, Source, SourceKind, Transport
from bot.sources.lanes import HostLane
from bot.store import Store, meta, sources, visits
from bot.store import schema as s
from bot.store.visits import DueSource, FetchRecord
from tests.pipeline.conftest import Newsroom, post

MINUTE = timedelta(minutes=1)


class Sites:
    """Answers as told: a source in `hangs` never, one in `fails` with an error."""

    def __init__(self) -> None:
        self.read_order: list[str] = []
        self.hangs: set[str] = set()
        self.fails: set[str] = set()
        self.posts: dict[str, list[ParsedItem]] = {}

    async def read(self, source: Source, now: datetime) -> Visit:
        self.read_order.append(source.address)
        if source.address in self.hangs:
            await asyncio.Event().wait()
        if source.address in self.fails:
            raise FetchFailed("{host} cannot be reached", host=source.address)
        record = FetchRecord(at=now, next_due=now + 10 * MINUTE)
        return Visit(record, tuple(self.posts.get(source.address, ())))

    def next_after_failure(self, source: Source, now: datetime, error: SourceError) -> datetime:
        return now + MINUTE

    def lane(self, due: DueSource) -> HostLane:
        return HostLane(due.address.partition("/")[0], dedicated=due.transport is Transport.PREVIEW)


async def add(store: Store, address: str, due: datetime, transport: Transport) -> Source:
    async with store.write() as conn:
        source, _ = await sources.add(
            conn,
            transport=transport,
            address=address,
            identity=address,
            title=address,
            kind=SourceKind.MEDIA,
            lang="ru",
            now=due,
        )
    return source


async def finished(poller: Poller, sites: Sites, names: set[str]) -> None:
    """Until these have been read and written; the hanging ones go on."""
    while names - set(sites.read_order) or len(poller._running) > len(sites.hangs):
        await poller.tick()
        waiting = [t for t in poller._running.values() if not t.done()]
        await asyncio.wait(waiting, timeout=0.05, return_when=asyncio.FIRST_COMPLETED)


async def test_a_host_that_hangs_keeps_nobody_else_from_being_read(newsroom: Newsroom):
    """One bad source never stops or slows the others, however many sources its host has."""
    store, clock, sites = newsroom.store, newsroom.clock, Sites()
    for n in range(40):
        await add(store, f"slow.example/{n}", newsroom.now - MINUTE, Transport.FEED)
        await add(store, f"t.me/{n}", newsroom.now - MINUTE, Transport.PREVIEW)
    await add(store, "well.example/1", newsroom.now, Transport.FEED)
    sites.hangs = {f"{host}/{n}" for host in ("slow.example", "t.me") for n in range(2)}
    poller = Poller(store, sites, newsroom.pipeline, clock, at_once=8)

    await finished(poller, sites, {"well.example/1"})
    await poller.close()

    assert sites.read_order.count("well.example/1") == 1
    assert sum(name.startswith("slow") for name in sites.read_order) == 2


async def test_most_overdue_are_read_first_and_all_are_read(newsroom: Newsroom):
    """After a day offline nobody is left out."""
    store, clock, sites = newsroom.store, newsroom.clock, Sites()
    late = [f"h{n}.example" for n in range(9)]
    for n, address in enumerate(late):
        await add(store, address, newsroom.now - n * MINUTE, Transport.FEED)
    sites.fails = {late[3]}
    poller = Poller(store, sites, newsroom.pipeline, clock, at_once=1)

    await poller.step(newsroom.now)
    async with store.read() as conn:
        left = await visits.due(conn, newsroom.now)
        [failing] = await sources.list_failing(conn)
        counters = await meta.counters(conn)

    assert sites.read_order == late[::-1]
    assert left == []
    assert (failing.address, failing.failures, counters["polls_failed"]) == (late[3], 1, 1)


async def test_visits_without_news_share_a_commit(newsroom: Newsroom):
    """Thousands of polls a minute wait for the disk a few times a second."""
    store, clock = newsroom.store, newsroom.clock
    read = [await add(store, f"{n}.example", newsroom.now, Transport.FEED) for n in range(5)]
    recorder = Recorder(store, clock)
    commits: list[object] = []
    sa.event.listen(store._writer.sync_engine, "commit", commits.append)

    with ExitStack() as others:
        for _ in range(8):
            others.enter_context(recorder.expecting())
        left = FetchRecord(at=newsroom.now, next_due=newsroom.now + MINUTE, etag='"1"')
        await asyncio.gather(*(recorder.record(source, left) for source in read))
    count = len(commits)
    async with store.read() as conn:
        due = await visits.due(conn, newsroom.now)
        kept = (await conn.scalars(sa.select(s.sources.c.etag))).all()

    assert count == 1
    assert due == []
    assert set(kept) == {'"1"'}


async def test_a_source_readdressed_meanwhile_keeps_no_trace_of_the_old_one(newsroom: Newsroom):
    """The ETag of another address would hide what the new one publishes."""
    source = await newsroom.add_source("a", archived=False)
    async with newsroom.store.write() as conn:
        await sources.readdress(
            conn,
            source.id,
            transport=Transport.FEED,
            address="https://new.example/rss",
            identity="https://new.example/rss",
            telegram_id=None,
            now=newsroom.now,
        )

    await newsroom.publish("a", etag='"old"')
    await newsroom.publish("a", post(), etag='"old"')

    assert (await newsroom.source("a")).etag == ""
