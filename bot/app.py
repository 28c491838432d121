"""The engine with Telegram: receiving, commands, access.

`App` builds everything, runs it and closes everything. It is an async context manager; `run`
lasts until it is cancelled.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, suppress
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Self

import structlog

from bot.backoff import backoff
from bot.botapi.client import Client
from bot.botapi.pacing import Gate, Limits, Pacer
from bot.botapi.receive import Intake, Receiver
from bot.botapi.updates import Unreadable, membership_of
from bot.chat import access, interrupted_jobs, membership, menu
from bot.chat.admin import mending
from bot.chat.admin.alarms import SourceAlarms
from bot.chat.admin.audit import announcement
from bot.chat.admin.filters import take_up
from bot.chat.admin.notify import tell_gone
from bot.chat.admin.store_trouble import StoreTrouble
from bot.chat.admin.unread_updates import UnreadUpdates
from bot.chat.channel_posts import Posts
from bot.chat.jobs import Jobs
from bot.chat.router import Router
from bot.chat.services import Services
from bot.chat.subscriber.reassuring import reassure
from bot.clock import Clock
from bot.closing import Closing
from bot.commands import chats as chat_commands
from bot.commands import people as people_commands
from bot.commands.calls import Backend
from bot.delivery.inbox_worker import InboxWorker
from bot.delivery.lease import CALL_SHARE, LEASE_SECONDS, Lease
from bot.delivery.update_inbox import StoreInbox
from bot.engine import Engine
from bot.errors import DeliveryError, LeaseLost, SettingsError
from bot.model import (
    Source,
)
from bot.ops.heartbeat import Heartbeat
from bot.ops.ticker import guarded, kept_running
from bot.settings import Access, Receive, Settings
from bot.sources.discovery import Discovery
from bot.sources.schedule import PollPace
from bot.sources.worker import InlineParser, ParserPool
from bot.store import Store, inbox
from bot.store.connection import Connection
from bot.store.inbox import InboxEntry
from filters.reading import Reader

if TYPE_CHECKING:
    from bot.botapi.webhook import WebhookReceiver
    from bot.web import Listener

__all__ = ["App"]

log = structlog.get_logger(__name__)

_TICK_SECONDS = 1
_ALARM_SECONDS = 60
_PROBE_SECONDS = 2
_HEARTBEAT_SECONDS = 60
_REASSURED_EVERY = timedelta(hours=1)
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0  # seconds between attempts to reach Telegram


class App(Closing):
    """An engine with Telegram. Open it with `App.open`."""

    def __init__(
        self,
        engine: Engine,
        client: Client,
        *,
        poll_seconds: int = 25,
        listener: Listener | None = None,
    ) -> None:
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
            visit=engine.poller.read_now,
        )
        self.router = Router(self.services)
        self.posts = Posts(self.services)
        self.alarms = SourceAlarms(self.services)
        self.store_trouble = StoreTrouble(self.services)
        engine.events.gone.connect(self._source_gone)
        engine.events.moved.connect(self.alarms.moved)
        engine.events.unread.connect(self.alarms.strange)
        engine.events.paged.connect(partial(mending.progress, self.services))
        engine.events.caught_up.connect(partial(mending.backfilled, self.services))
        self.heartbeat = self._heartbeat_of(settings)
        self.unread = UnreadUpdates(self.services)
        self.inbox = InboxWorker(engine.store, engine.clock, self._handle_kept, self.unread.count)
        self.listener = listener
        self.receiver = self._receiving(settings, poll_seconds)

    @classmethod
    async def open(
        cls,
        settings: Settings,
        clock: Clock,
        *,
        pace: PollPace | None = None,
        poll_seconds: int = 25,
        lease_seconds: float = LEASE_SECONDS,
        store: Store | None = None,
        reader: Reader | None = None,
        on_wait: Callable[[], None] = lambda: None,
        parser: ParserPool | InlineParser | None = None,
    ) -> Self:
        """Open the database, check the token. Raises StoreError, SettingsError.

        A Telegram that cannot be reached keeps nobody from starting: `run` goes on asking.
        `poll_seconds` is how long one getUpdates waits for news. A `store` given is the database
        of `settings`, open, and the application's then. `reader`, `on_wait` and `parser` as in
        `Engine.open`.
        """
        async with AsyncExitStack() as half_open:
            if store is None:
                store = await Store.open(settings.database, clock)
            half_open.push_async_callback(store.close)
            lease = Lease(store, clock, seconds=lease_seconds)
            listener = _listener(settings)
            client = _client(settings, clock, lease, lease_seconds * CALL_SHARE)
            half_open.push_async_callback(client.close)
            try:
                await client.start()
            except DeliveryError as error:
                log.warning("telegram.unreached", words=str(error))
            engine = await Engine.open(
                *(settings, clock, client),
                lease=lease,
                pace=pace,
                reader=reader,
                on_wait=on_wait,
                parser=parser,
                listener=listener,
            )
            half_open.pop_all()
        app = cls(engine, client, poll_seconds=poll_seconds, listener=listener)
        try:
            async with engine.store.write() as conn:
                await inbox.give_another_chance(conn)
            if listener is not None:
                await listener.start()
        except BaseException:
            await app.close()
            raise
        return app

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
        every(_ALARM_SECONDS, self.look_for_alarms)
        every(_PROBE_SECONDS, self.store_trouble.step)
        if self.heartbeat is not None:
            every(_HEARTBEAT_SECONDS, self._beat)
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
            tasks.create_task(guarded(self.tell_lost_work))
            tasks.create_task(kept_running("inbox", self.inbox.run, self.clock))
            tasks.create_task(kept_running("receive", self.receiver.run, self.clock))

    async def _show_menus(self) -> None:
        with suppress(DeliveryError):  # menus are a convenience
            await menu.set_menus(self.services)

    async def tell_lost_work(self) -> None:
        """Say to whoever asked what the last run began and did not finish."""
        await interrupted_jobs.tell_lost(self.services)

    def _receiving(self, settings: Settings, poll_seconds: int) -> Receiver | WebhookReceiver:
        kept, clock = StoreInbox(self.engine.store), self.clock
        intake = Intake(
            kept,
            self.router.handle,
            clock,
            wake=self.inbox.wake,
            on_unreadable=self.unread.count,
        )
        if settings.receive is Receive.POLLING:
            return Receiver(self.client, kept, intake, clock, poll_seconds=poll_seconds)
        from bot.botapi.webhook import WebhookReceiver

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

    def _heartbeat_of(self, settings: Settings) -> Heartbeat | None:
        if settings.heartbeat_url is None:
            return None
        url = settings.heartbeat_url.get_secret_value()
        engine = self.engine
        return Heartbeat(engine.store, engine.fetcher, url, self.client.get_me)

    async def _beat(self) -> None:
        assert self.heartbeat is not None
        if self.engine.lease.holds():
            await self.heartbeat.step(self.clock.now())

    async def look_for_alarms(self) -> None:
        """Send alarms about sources to admins, and “Still watching” to chats that got nothing."""
        now = self.clock.now()
        await self.alarms.step(now)
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


def _client(settings: Settings, clock: Clock, lease: Lease, call_seconds: float) -> Client:
    """Telegram as the settings reach it; no call leaves while the lease is not ours."""
    return Client(
        settings.token,
        clock,
        server=settings.telegram_api,
        proxy=settings.proxy_address,
        gate=Gate(clock, Pacer(Limits(per_second=settings.paid_per_second or 30))),
        call_seconds=call_seconds,
        paid=settings.paid_per_second > 0,
        may_call=lease.holds,
    )


def _listener(settings: Settings) -> Listener | None:
    if not settings.listen:
        return None
    # Who has no web page need not wait for its import.
    from bot.web import Listener, parse_listen

    return Listener(parse_listen(settings.listen))
