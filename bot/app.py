"""Builds everything, runs it, closes everything.

`Engine` is what needs no account: sources, filters, stories, and an outbox that hands messages
to a sender. `App` is an engine with Telegram: receiving, commands, access. Both are async context
managers; `run` lasts until it is cancelled. Tests call the `step`s instead and move the clock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial, wraps
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import structlog

from bot.alerts import charts
from bot.backoff import backoff
from bot.botapi.client import Client
from bot.botapi.pacing import Gate, Limits, Pacer
from bot.botapi.receive import Intake, Receiver
from bot.botapi.updates import Unreadable, membership_of
from bot.botapi.webhook import WebhookReceiver
from bot.chat import access, membership, menu
from bot.chat.admin import mending
from bot.chat.admin.alarms import Watchman
from bot.chat.admin.audit import announcement
from bot.chat.admin.filters import take_up
from bot.chat.admin.notify import tell_gone
from bot.chat.admin.store_trouble import StoreTrouble
from bot.chat.admin.unread import UnreadUpdates
from bot.chat.channel_posts import Posts
from bot.chat.jobs import Jobs
from bot.chat.router import Router
from bot.chat.services import Services
from bot.chat.subscriber.reassuring import reassure
from bot.clock import Clock
from bot.commands import chats as chat_commands
from bot.commands import people as people_commands
from bot.commands.calls import Backend
from bot.delivery.inbox_worker import InboxWorker
from bot.delivery.lease import CALL_SHARE, LEASE_SECONDS, Lease
from bot.delivery.outbox import Outbox, Sender
from bot.delivery.rendering import Rendering, audience_of
from bot.delivery.update_inbox import StoreInbox
from bot.errors import DeliveryError, LeaseLost, SettingsError, StoreError
from bot.fetching.backfill import Pager
from bot.fetching.fulltext import FullTexts
from bot.fetching.poller import Poller
from bot.fetching.recheck import Watch
from bot.fetching.visitor import Visitor
from bot.fetching.websub import WebSub
from bot.ingest.pipeline import Pipeline
from bot.ingest.recorder import Recorder
from bot.model import (
    Source,
)
from bot.ops.heartbeat import Pinger
from bot.ops.keeping import Keeper
from bot.ops.ticker import Ticker, guarded, kept_running
from bot.ops.timekeeper import Timekeeper
from bot.private_file import write_private
from bot.settings import Access, Receive, Settings
from bot.sources.discovery import Discovery
from bot.sources.http import Fetcher, FetchSettings
from bot.sources.previews import Previews
from bot.sources.schedule import PollPace
from bot.sources.worker import InlineParser, ParserPool
from bot.store import Store, albums, audit, blocked, fingerprints, inbox, people, said, sources
from bot.store.connection import Connection
from bot.store.inbox import InboxEntry
from bot.store.retention import Kept
from bot.stories.relation import CASE_WINDOW, COPY_WINDOW
from bot.web import Listener, parse_listen
from filters.reading import Reader, load_reader

__all__ = ["App", "Engine"]

log = structlog.get_logger(__name__)

_TICK_SECONDS = 1
_HOUSEKEEPING_SECONDS = 600
_RETELL_SECONDS = 3600
_WATCH_SECONDS = 60
_PROBE_SECONDS = 2
_KEEP_SECONDS = 5
_PING_SECONDS = 60
_HUB_SECONDS = 30
_REASSURED_EVERY = timedelta(hours=1)
_ALBUMS_KEPT = timedelta(days=31)
_INDEX_SECONDS = 10
_INDEXED_AT_ONCE = 1_000
_LEMMAS = "lemmas.cache"
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0  # seconds between attempts to reach Telegram
_RELEASE_SECONDS = 1.0  # of a database that does not answer


class Engine:
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
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.store = store
        self._lemmas = settings.data_dir / _LEMMAS
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
        previews = Previews(self.fetcher, self.parser, web=settings.telegram_web)
        self.visitor = Visitor(
            self.fetcher,
            self.parser,
            previews=previews,
            pace=pace or PollPace(floor=settings.poll_min_seconds),
            hubs=_has_hubs(settings),
        )
        self.watch = Watch(store, previews, clock, self.outbox.wake)
        self.pager = Pager(store, previews, self.pipeline, self.watch, clock)
        self.poller = Poller(
            store, self.visitor, self.pipeline, clock, recorder=recorder, watch=self.watch
        )
        self.articles = FullTexts(store, self.fetcher, self.parser, self.pipeline, clock)
        self.timekeeper = Timekeeper(store, clock)
        self.keeper = Keeper(store, clock, _kept(settings))
        self.ticker = Ticker(clock)

    @classmethod
    async def open(
        cls,
        settings: Settings,
        clock: Clock,
        sender: Sender,
        *,
        pace: PollPace | None = None,
        lease_seconds: float = LEASE_SECONDS,
        reader: Reader | None = None,
        on_wait: Callable[[], None] = lambda: None,
        parser: ParserPool | InlineParser | None = None,
    ) -> Self:
        """Open the database and take up where the last process stopped. Raises StoreError.

        Waits while another process speaks for this database, and calls `on_wait` every
        few seconds then. `reader` is one with the packs, where somebody has it already;
        nobody else may use it meanwhile. `parser` is instead of a process for parsing.
        """
        store = await Store.open(settings.database, clock)
        try:
            lease = Lease(store, clock, seconds=lease_seconds)
            engine = cls(
                *(settings, clock, sender, store),
                pace=pace,
                lease=lease,
                reader=reader,
                parser=parser,
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

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

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
        every(_KEEP_SECONDS, self._while_stored(self.keeper.step))
        every(_HOUSEKEEPING_SECONDS, self.housekeeping)
        every(_RETELL_SECONDS, self.outbox.retell)
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
        return await self.watch.step(now) or paged

    async def index_archive(self) -> None:
        """Keep the index of the archive up with what was stored; an upgrade is caught up slowly."""
        await self.pipeline.archive.index(_INDEXED_AT_ONCE)

    async def fit(self) -> None:
        """Share the polls that can be made among the sources that there are."""
        async with self.store.read() as conn:
            self.visitor.fit(await sources.loads(conn))

    async def housekeeping(self) -> None:
        """Forget what has expired; keep the lemmas for a warm start."""
        now = self.clock.now()
        await self.fit()
        await self.watch.adopt(now)
        async with self.store.write() as conn:
            await people.purge_expired(conn, now)
            await audit.purge(conn, now)
            await said.purge(conn, now)
            if self.settings.forget_blocked_days:
                days = timedelta(days=self.settings.forget_blocked_days)
                await blocked.forget(conn, now, days)
            await albums.purge(conn, now - _ALBUMS_KEPT)
            await fingerprints.purge(conn, now - COPY_WINDOW, now - CASE_WINDOW)
        await self.keeper.measure()
        self.save_lemmas()

    def save_lemmas(self) -> None:
        """Keep the reader's cache beside the database; without it a start is only slower."""
        try:
            self._lemmas.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(self._lemmas, self.reader.cache())
        except OSError as error:
            log.warning("lemmas.not_saved", error=type(error).__name__)

    async def _rematch(self) -> None:
        """Items committed just before a stop with older filters are matched again."""
        await self.pipeline.rematch(self.clock.now())


class App:
    """An engine with Telegram. Open it with `App.open`."""

    def __init__(self, engine: Engine, client: Client, *, poll_seconds: int = 25) -> None:
        self.engine = engine
        self.client = client
        self._reassured: datetime | None = None
        self.connected = asyncio.Event()
        """Set once Telegram has answered."""
        self.clock = engine.clock
        settings = engine.settings
        jobs = Jobs()
        backend = Backend(
            engine.store,
            roots=frozenset(settings.root_admins),
            admin_chat=settings.admin_chat,
            wake_delivery=engine.outbox.wake,
            filters_changed=partial(take_up, engine.pipeline, jobs, engine.clock),
            phrase=announcement,
        )
        self.services = Services(
            backend=backend,
            clock=engine.clock,
            client=client,
            reader=engine.reader,
            pipeline=engine.pipeline,
            discovery=Discovery(engine.fetcher, engine.parser, web=settings.telegram_web),
            open=settings.access is Access.OPEN,
            push_cap=settings.push_cap,
            forget_blocked_days=settings.forget_blocked_days,
            watch_limit=settings.watch_limit,
            jobs=jobs,
        )
        self.services.visit = engine.poller.read_now
        self.router = Router(self.services)
        self.posts = Posts(self.services)
        self.watchman = Watchman(self.services)
        self.store_trouble = StoreTrouble(self.services)
        engine.poller.on_gone = self._source_gone
        engine.poller.on_moved = self.watchman.moved
        engine.poller.on_unread = self.watchman.strange
        engine.pager.on_page = partial(mending.progress, self.services)
        engine.pager.on_done = partial(mending.backfilled, self.services)
        self.pinger = self._pinging(settings)
        self.unread = UnreadUpdates(self.services)
        self.inbox = InboxWorker(engine.store, engine.clock, self._handle_kept, self.unread.heard)
        self.listener = Listener(parse_listen(settings.listen)) if settings.listen else None
        self.receiver = self._receiving(settings, poll_seconds)
        self.websub = self._subscribing(settings)

    @classmethod
    async def open(
        cls,
        settings: Settings,
        clock: Clock,
        *,
        pace: PollPace | None = None,
        poll_seconds: int = 25,
        lease_seconds: float = LEASE_SECONDS,
        reader: Reader | None = None,
        on_wait: Callable[[], None] = lambda: None,
        parser: ParserPool | InlineParser | None = None,
    ) -> Self:
        """Check the token, open the database. Raises SettingsError, StoreError.

        A Telegram that cannot be reached keeps nobody from starting: `run` goes on asking.
        `poll_seconds` is how long one getUpdates waits for news. `reader`, `on_wait` and
        `parser` as in `Engine.open`.
        """
        client = Client(
            settings.token,
            clock,
            server=settings.telegram_api,
            proxy=settings.proxy_address,
            gate=Gate(clock, Pacer(Limits(per_second=settings.paid_per_second or 30))),
            call_seconds=lease_seconds * CALL_SHARE,
            paid=settings.paid_per_second > 0,
        )
        try:
            try:
                await client.start()
            except DeliveryError as error:
                log.warning("telegram.unreached", words=str(error))
            engine = await Engine.open(
                settings,
                clock,
                client,
                pace=pace,
                lease_seconds=lease_seconds,
                reader=reader,
                on_wait=on_wait,
                parser=parser,
            )
            client.may_call = engine.lease.holds
            async with engine.store.write() as conn:
                await inbox.give_another_chance(conn)
        except BaseException:
            await client.close()
            raise
        app = cls(engine, client, poll_seconds=poll_seconds)
        try:
            if app.listener is not None:
                await app.listener.start()
        except BaseException:
            await app.close()
            raise
        return app

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Let calls in flight end, then close everything."""
        if self.listener is not None:
            await self.listener.close()
        await self.services.jobs.close()
        await self.engine.close()
        await self.client.close()

    async def claim_link(self) -> str | None:
        """A link that makes who opens it root admin, for 15 minutes; None if there is one."""
        if self.services.roots:
            return None
        code = await people_commands.claim(self.services.backend, self.clock.now())
        return access.claim_link(self.client.username, code) if code else None

    async def run(self) -> None:
        """Receive, poll and deliver until cancelled. Raises LeaseLost when another took over."""
        every = self.engine.ticker.every
        every(_TICK_SECONDS * 15, self._end_pauses)
        every(_WATCH_SECONDS, self.watch)
        every(_PROBE_SECONDS, self.store_trouble.step)
        if self.websub is not None:
            every(_HUB_SECONDS, self._ask_hubs)
        if self.pinger is not None:
            every(_PING_SECONDS, self._ping)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.engine.run())
                tasks.create_task(self._converse())
        except* LeaseLost as lost:
            raise LeaseLost from lost

    async def connect(self) -> None:
        """Ask Telegram who we are until it answers. A refused token is logged and asked again."""
        failures = 0
        while self.client.user is None:
            try:
                await self.client.start()
            except DeliveryError as error:
                log.warning("telegram.unreached", words=str(error))
            except SettingsError as error:
                log.error("telegram.token_refused", words=str(error))
            else:
                break
            failures += 1
            wait = backoff(failures, _FIRST_WAIT, _LONGEST_WAIT)
            await self.clock.sleep(wait)
        self.connected.set()

    async def _converse(self) -> None:
        """What needs Telegram to have answered once: commands, menus."""
        await self.connect()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(guarded(self._show_menus))
            tasks.create_task(kept_running("inbox", self.inbox.run, self.clock))
            tasks.create_task(kept_running("receive", self.receiver.run, self.clock))

    async def _show_menus(self) -> None:
        with suppress(DeliveryError):  # menus are a convenience
            await menu.set_menus(self.services)

    def _receiving(self, settings: Settings, poll_seconds: int) -> Receiver | WebhookReceiver:
        kept, clock = StoreInbox(self.engine.store), self.clock
        intake = Intake(
            kept,
            self.router.handle,
            clock,
            wake=self.inbox.wake,
            on_unreadable=self.unread.heard,
        )
        if settings.receive is Receive.POLLING:
            return Receiver(self.client, kept, intake, clock, poll_seconds=poll_seconds)
        assert self.listener is not None
        assert settings.public_url is not None
        return WebhookReceiver(
            self.client,
            kept,
            intake,
            clock,
            listener=self.listener,
            public_url=settings.public_url,
            token=settings.token,
        )

    async def _source_gone(self, conn: Connection, source: Source) -> None:
        await tell_gone(self.services, conn, source)
        self.services.wake_delivery()

    def _pinging(self, settings: Settings) -> Pinger | None:
        if settings.heartbeat_url is None:
            return None
        url = settings.heartbeat_url.get_secret_value()
        engine = self.engine
        return Pinger(engine.store, engine.fetcher, url, self.client.get_me)

    def _subscribing(self, settings: Settings) -> WebSub | None:
        """Subscriptions at hubs, where they can reach us."""
        if self.listener is None or settings.public_url is None or not _has_hubs(settings):
            return None
        engine = self.engine
        hubs = WebSub(
            engine.store,
            engine.fetcher,
            engine.parser,
            engine.pipeline,
            engine.clock,
            listener=self.listener,
            public_url=settings.public_url,
        )
        engine.visitor.is_pushed = hubs.is_pushed
        engine.poller.on_news = hubs.missed
        return hubs

    async def _ask_hubs(self) -> None:
        assert self.websub is not None
        if self.engine.lease.holds():
            await self.websub.step(self.clock.now())

    async def _ping(self) -> None:
        assert self.pinger is not None
        if self.engine.lease.holds():
            await self.pinger.step(self.clock.now())

    async def watch(self) -> None:
        """Tell admins of sources that are not well, and chats that heard nothing so."""
        now = self.clock.now()
        await self.watchman.step(now)
        if self._reassured is None or not timedelta() <= now - self._reassured < _REASSURED_EVERY:
            self._reassured = now
            await reassure(self.services, now)

    async def _end_pauses(self) -> None:
        await chat_commands.end_pauses(self.services.backend, self.clock.now())

    async def _handle_kept(self, entry: InboxEntry) -> None:
        """A channel's post becomes an item; a membership change goes to the chat."""
        content = entry.payload.get(entry.kind)
        if entry.kind == "my_chat_member":
            await membership.changed(self.services, membership_of(content))
        elif isinstance(content, Mapping):
            await self.posts.take(content)
        else:
            raise Unreadable(entry.kind)


def _has_hubs(settings: Settings) -> bool:
    """Whether hubs may learn where Vigil is reached: not behind a proxy, which hides that."""
    return bool(settings.listen and settings.public_url and not settings.proxy_address)


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
