"""Sources, filters, stories and delivery: all of Vigil that needs no account.

An `Engine` hands messages to the sender it is given. It is an async context manager; `run`
lasts until it is cancelled. Tests call the `step`s instead and move the clock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

import structlog

from bot.alerts import charts
from bot.clock import Clock
from bot.closing import Closing
from bot.delivery.lease import Lease
from bot.delivery.outbox import Outbox
from bot.delivery.rendering import Rendering, audience_of
from bot.delivery.sender import Sender
from bot.errors import StoreError
from bot.fetching.backfill import Pager
from bot.fetching.events import SourceEvents
from bot.fetching.fulltext import FullTexts
from bot.fetching.poller import Poller
from bot.fetching.recheck import Recheck
from bot.fetching.visitor import Visitor
from bot.ingest.pipeline import Pipeline
from bot.ingest.recorder import Recorder
from bot.ops import memory
from bot.ops.housekeeping import Housekeeper
from bot.ops.ticker import Ticker, guarded, kept_running
from bot.ops.timekeeper import Timekeeper
from bot.private_file import write_private
from bot.settings import Settings
from bot.sources.http import Fetcher, FetchSettings
from bot.sources.previews import Previews
from bot.sources.schedule import PollPace
from bot.sources.worker import InlineParser, ParserPool
from bot.store import Store, visits
from bot.store.retention import Kept
from filters.reading import Reader, load_reader

if TYPE_CHECKING:
    from bot.fetching.websub import WebSub
    from bot.web import Listener

__all__ = ["Engine"]

log = structlog.get_logger(__name__)

_TICK_SECONDS = 1
_HOUSEKEEPING_SECONDS = 600
_RETELL_SECONDS = 3600
_PROBE_SECONDS = 2
_HOUSEKEEPING_SECONDS = 5
_HUB_SECONDS = 30
_INDEX_SECONDS = 10
_INDEXED_AT_ONCE = 1_000
_LEMMAS = "lemmas.cache"
_RELEASE_SECONDS = 1.0  # of a database that does not answer


class Engine(Closing):
    """Sources, filters, stories and delivery to `sender`. Open it with `Engine.open`."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        sender: Sender,
        store: Store,
        *,
        pace: PollPace | None = None,
        lease: Lease | None = None,
        reader: Reader | None = None,
        parser: ParserPool | InlineParser | None = None,
        listener: Listener | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.store = store
        self._lemmas = settings.data_dir / _LEMMAS
        self._keeps_lemmas = reader is None
        self.reader = reader or load_reader(_read(self._lemmas))
        self.fetcher = Fetcher(_fetching(settings), clock)
        self.parser = parser or ParserPool(clock)
        self.lease = lease or Lease(store, clock)
        self.outbox = Outbox(
            store,
            sender,
            clock,
            audience_of(self.reader),
            Rendering(self.reader),
            lease=self.lease,
            cap=settings.push_cap,
            charts=charts.available(),
        )
        recorder = Recorder(store, clock)
        self.pipeline = Pipeline(
            store, self.reader, clock, on_new_causes=self.outbox.wake, recorder=recorder
        )
        self.events = SourceEvents()
        self.websub = self._subscribing(listener)
        previews = Previews(self.fetcher, self.parser, web=settings.telegram_web)
        self.visitor = self._visitor(previews, pace or PollPace(floor=settings.poll_min_seconds))
        self.recheck = Recheck(store, previews, clock, self.outbox.wake)
        self.pager = Pager(store, previews, self.pipeline, self.recheck, clock, events=self.events)
        self.poller = Poller(
            *(store, self.visitor, self.pipeline, clock),
            recorder=recorder,
            events=self.events,
            recheck=self.recheck,
        )
        self.articles = FullTexts(store, self.fetcher, self.parser, self.pipeline, clock)
        self.timekeeper = Timekeeper(store, clock)
        self.housekeeper = Housekeeper(
            store, clock, _kept(settings), forget_blocked_days=settings.forget_blocked_days
        )
        self.ticker = Ticker(clock)

    @classmethod
    async def open(
        cls,
        settings: Settings,
        clock: Clock,
        sender: Sender,
        *,
        lease: Lease | None = None,
        pace: PollPace | None = None,
        reader: Reader | None = None,
        on_wait: Callable[[], None] = lambda: None,
        parser: ParserPool | InlineParser | None = None,
        listener: Listener | None = None,
    ) -> Self:
        """Open the database and take up where the last process stopped. Raises StoreError.

        Waits while another process speaks for this database, and calls `on_wait` every
        few seconds then. A `lease` given brings its open database, which is the engine's then.
        `reader` is one with the packs, where somebody has it already; nobody else may use it
        meanwhile. `parser` is instead of a process for parsing. At `listener` hubs are heard.
        """
        store = lease.store if lease is not None else await Store.open(settings.database, clock)
        try:
            engine = cls(
                *(settings, clock, sender, store),
                pace=pace,
                lease=lease,
                reader=reader,
                parser=parser,
                listener=listener,
            )
            await engine.lease.acquire(on_wait)
            await engine.timekeeper.step()
            await engine.pipeline.load_filters(clock.now())
            await engine.fit()
            await engine.outbox.start()
        except BaseException:
            await store.close()
            raise
        return engine

    async def close(self) -> None:
        """Stop reading, let calls in flight end, close the database."""
        await self.poller.close()
        await self.articles.close()
        await self.outbox.stop()
        self.pipeline.close()
        await self.parser.close()
        await self.fetcher.close()
        self.save_lemmas()
        with suppress(StoreError, TimeoutError):  # the next one only waits for it to end
            async with self.clock.timeout(_RELEASE_SECONDS):
                await self.lease.release()
        await self.store.close()

    async def run(self) -> None:
        """Poll and deliver until cancelled. Raises LeaseLost when another has taken over."""
        every = self.ticker.every
        every(_TICK_SECONDS, self.keep_time)
        every(_TICK_SECONDS, self._while_stored(self.poller.tick))
        every(_TICK_SECONDS, self._while_stored(self.look_back))
        every(_TICK_SECONDS, self._while_stored(self.articles.tick))
        every(_INDEX_SECONDS, self._while_stored(self.index_archive))
        every(_PROBE_SECONDS, self.probe)
        every(_HOUSEKEEPING_SECONDS, self._while_stored(self.housekeeper.step))
        every(_HOUSEKEEPING_SECONDS, self.housekeeping)
        every(_RETELL_SECONDS, self.outbox.retell)
        if self.websub is not None:
            every(_HUB_SECONDS, partial(self._ask_hubs, self.websub))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(guarded(self.parser.start))  # else with the first document
            tasks.create_task(self.ticker.run())
            tasks.create_task(self.lease.run())
            tasks.create_task(kept_running("outbox", self.outbox.run, self.clock))
            tasks.create_task(kept_running("rematch", self._rematch, self.clock))

    def _while_stored(self, job: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
        """`job`, but not while the database is down: what it would read could not be kept."""

        @wraps(job)
        async def unless_down() -> None:
            if self.store.down is None:
                await job()

        return unless_down

    async def keep_time(self) -> None:
        """What is planned moves with a wall clock that is set back."""
        if await self.timekeeper.step():
            self.outbox.wake()

    async def probe(self) -> None:
        """While the database is down: whether it is over; then what waits goes on at once."""
        if self.store.down is not None:
            await self.store.probe()
            self.outbox.wake()

    async def look_back(self) -> bool:
        """Read one page of what lies behind: of a gap, of the past, of posts told; whether any."""
        now = self.clock.now()
        paged = await self.pager.step(now)
        return await self.recheck.step(now) or paged

    async def index_archive(self) -> None:
        """Keep the index of the archive up with what was stored; an upgrade is caught up slowly."""
        await self.pipeline.archive.index(_INDEXED_AT_ONCE)

    async def fit(self) -> None:
        """Share the polls that can be made among the sources that there are."""
        async with self.store.read() as conn:
            self.visitor.fit(await visits.loads(conn))

    async def housekeeping(self) -> None:
        """Forget what has expired; keep the lemmas for a warm start; give freed memory back."""
        await self.fit()
        await self.recheck.adopt(self.clock.now())
        await self.housekeeper.forget()
        await self.housekeeper.measure()
        self.save_lemmas()
        memory.give_back()

    def save_lemmas(self) -> None:
        """Keep the reader's cache beside the database; without it a start is only slower.

        A reader that was given is whoever's gave it, and so is its cache.
        """
        if not self._keeps_lemmas:
            return
        try:
            self._lemmas.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(self._lemmas, self.reader.cache())
        except OSError as error:
            log.warning("lemmas.not_saved", error=type(error).__name__)

    def _visitor(self, previews: Previews, pace: PollPace) -> Visitor:
        return Visitor(
            self.fetcher,
            self.parser,
            previews=previews,
            pace=pace,
            hubs=_has_hubs(self.settings),
            is_pushed=self.websub.is_pushed if self.websub is not None else _nobody,
        )

    def _subscribing(self, listener: Listener | None) -> WebSub | None:
        """Subscriptions at hubs, where they can reach us."""
        settings = self.settings
        if listener is None or settings.public_url is None or not _has_hubs(settings):
            return None
        from bot.fetching.websub import WebSub  # who has no web page need not wait for it

        hubs = WebSub(
            *(self.store, self.fetcher, self.parser, self.pipeline, self.clock),
            listener=listener,
            public_url=settings.public_url,
        )
        self.events.brought.connect(hubs.missed)
        return hubs

    async def _ask_hubs(self, hubs: WebSub) -> None:
        if self.lease.holds():
            await hubs.step(self.clock.now())

    async def _rematch(self) -> None:
        """Items committed just before a stop with older filters are matched again."""
        await self.pipeline.rematch(self.clock.now())


def _has_hubs(settings: Settings) -> bool:
    """Whether hubs may learn where Vigil is reached: not behind a proxy, which hides that."""
    return bool(settings.listen and settings.public_url and not settings.proxy_address)


def _nobody(_: int) -> bool:
    return False


def _kept(settings: Settings) -> Kept:
    def days(count: int) -> timedelta | None:
        return timedelta(days=count) if count else None

    return Kept(
        unmatched=days(settings.keep_unmatched_days),
        matched=days(settings.keep_matched_days),
        told=days(settings.keep_told_days),
        others=days(settings.keep_others_days),
    )


def _fetching(settings: Settings) -> FetchSettings:
    web = urlsplit(settings.telegram_web)
    return FetchSettings(
        allowed_networks=settings.allow_private_addresses,
        proxy=settings.proxy_address or "",
        contact=settings.contact or "",
        solo_hosts=frozenset({"t.me", web.netloc.lower()}),
    )


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
