"""Runs the minute: the newsroom on one side, the real engine on the other, a screen between."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

import structlog
from rich.console import Console

from bot.alerts.volume import DIGESTED
from bot.alerts.why import render_why
from bot.botapi.pacing import Permit
from bot.clock import Clock
from bot.delivery.console import ConsoleSender
from bot.delivery.sender import Sender
from bot.demo.newsroom import Newsroom
from bot.demo.scratch import scratch_directory
from bot.demo.screen import Counts, Screen
from bot.demo.script import OUTLETS
from bot.engine import Engine
from bot.model import Address, ChatType, MessageState, Prefs, Transport, Way
from bot.model.rendered import Rendered
from bot.settings import Settings
from bot.sources.schedule import PollPace
from bot.store import alert_views, alerts, chats, message_counts, sources
from bot.stories.edits import edited
from filters.packs import load_packs

__all__ = ["Options", "play"]

_SUBSCRIBER: Final = 1
_FAST: Final = 5.0
_VISITS: Final = 1.5  # seconds between two visits to a source
_TICK: Final = 0.25
_LAST_READS: Final = timedelta(minutes=2)  # on a slow machine; else it takes two seconds


@dataclass(frozen=True, slots=True)
class Options:
    """`seconds` ends it early; `lang` is the subscriber's language, `tz` an IANA name."""

    seconds: float | None = None
    fast: bool = False
    lang: str = "en"
    tz: str = "UTC"


class _Opens(Protocol):
    """Opens an engine, as `Engine.open` does."""

    async def __call__(
        self, settings: Settings, clock: Clock, sender: Sender, *, pace: PollPace
    ) -> Engine: ...


async def play(
    console: Console, options: Options, clock: Clock, open_engine: _Opens = Engine.open
) -> Counts:
    """Run the demo to its end, or until cancelled; the summary is printed either way.

    Leaves nothing behind: the database lies in a directory that is removed.
    """
    screen = Screen(console, ZoneInfo(options.tz))
    counts = Counts()
    whole = False
    with scratch_directory(clock.now()) as directory:
        try:
            async with Newsroom(clock, speed=_FAST if options.fast else 1.0) as room:
                sender = _Subscriber(console, screen, counts, clock, options.lang)
                settings = _settings(directory, room)
                pace = PollPace(floor=_VISITS, cap=_VISITS)
                titles: dict[int, str] = {}
                with _watching(screen, counts, clock, titles):
                    async with await open_engine(settings, clock, sender, pace=pace) as engine:
                        sender.store = engine.store
                        titles |= await _take_up(engine, room, options)
                        whole = await _minute(engine, room, screen, counts, options)
        finally:
            if counts.read:
                screen.summary(counts, stopped=not whole)
    return counts


async def _minute(
    engine: Engine, room: Newsroom, screen: Screen, counts: Counts, options: Options
) -> bool:
    """Archive, then news until its end; whether it came to its end."""
    clock = engine.clock
    async with engine.store.read() as conn:
        known = await sources.list_all(conn)
    await asyncio.gather(*(engine.poller.read_now(source) for source in known))
    screen.archived(counts.archived)
    last = ends = room.begin(clock.now())
    if options.seconds is not None:
        ends = min(last, clock.now() + timedelta(seconds=options.seconds))
    running = asyncio.create_task(engine.run())
    ticking = asyncio.create_task(_ticking(engine))
    try:
        await _unless_ended(running, clock.sleep_until(ends))
        if ends == last:
            await _unless_ended(running, _all_told(engine, ends))
    finally:
        running.cancel()
        ticking.cancel()
        await asyncio.gather(running, ticking, return_exceptions=True)
    return ends == last


def _settings(directory: Path, room: Newsroom) -> Settings:
    return Settings(
        data_dir=directory,
        telegram_web=room.base,
        allow_private_addresses=(ip_network("127.0.0.1/32"),),
    )


async def _take_up(engine: Engine, room: Newsroom, options: Options) -> dict[int, str]:
    """The outlets become sources (their titles by id), one chat follows every core topic."""
    titles: dict[int, str] = {}
    now = engine.clock.now()
    async with engine.store.write() as conn:
        for outlet in OUTLETS.values():
            address = room.address(outlet)
            channel = outlet.transport is Transport.PREVIEW
            source, _ = await sources.add(
                conn,
                transport=outlet.transport,
                address=address,
                identity=f"t.me/{address}" if channel else address,
                title=outlet.title,
                kind=outlet.kind,
                lang=outlet.lang,
                now=now,
            )
            titles[source.id] = outlet.title
        chat = await chats.ensure(
            conn, _SUBSCRIBER, 0, ChatType.PRIVATE, lang=options.lang, tz=options.tz, now=now
        )
        for topic in load_packs().topics:
            if topic.core:
                # Verdicts too: a minute is too short to wait for a digest.
                at_once = dict.fromkeys(("", *DIGESTED), Way.NORMAL)
                await chats.subscribe(conn, chat.id, topic.id, now, ways=at_once)
        await chats.set_prefs(conn, chat.id, Prefs(cap=0))
    return titles


async def _ticking(engine: Engine) -> None:
    """Ask what is due more often than a bot with real sources would."""
    clock = engine.clock
    while True:
        await engine.poller.tick()
        await clock.sleep_until(clock.now() + timedelta(seconds=_TICK))


async def _all_told(engine: Engine, since: datetime) -> None:
    """Return once each source was visited after `since` and all alerts are out, or on a timeout."""
    clock = engine.clock
    open_states = {MessageState.QUEUED, MessageState.SENDING, MessageState.RETRY}
    while clock.now() < since + _LAST_READS:
        async with engine.store.read() as conn:
            known = await sources.list_all(conn)
            causes = await alerts.open_causes(conn, 1)
            states = await message_counts.counts(conn)
        read = all(each.last_success and each.last_success > since for each in known)
        if read and not causes and not any(states.get(state) for state in open_states):
            return
        await clock.sleep_until(clock.now() + timedelta(seconds=_TICK))


async def _unless_ended(running: asyncio.Task[None], awaited: Coroutine[Any, Any, None]) -> None:
    """Wait for `awaited`; should the engine end first, that is an error of its own."""
    waiting = asyncio.ensure_future(awaited)
    try:
        await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            await running
        await waiting
    finally:
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)


class _Subscriber(ConsoleSender):
    """The subscriber's chat, on the screen; each new alert says at once why it came."""

    def __init__(
        self, console: Console, screen: Screen, counts: Counts, clock: Clock, lang: str
    ) -> None:
        super().__init__(console, clock, {})
        self.store: Any = None
        self._screen = screen
        self._counts = counts
        self._clock = clock
        self._lang = lang
        self._sent_at: dict[int, datetime] = {}
        self._why: Rendered | None = None
        self._under: int | None = None

    async def send(
        self,
        address: Address,
        rendered: Rendered,
        *,
        reply_to: int | None = None,
        permit: Permit | None = None,
    ) -> int:
        self._why = await self._reason(rendered)
        self._under = reply_to
        return await super().send(address, rendered, reply_to=reply_to, permit=permit)

    def show(self, address: Address, message_id: int, rendered: Rendered, *, edited: bool) -> None:
        now = self._clock.now()
        if edited:
            self._counts.updated += 1
            self._screen.update(now, rendered, self._sent_at[message_id])
        elif self._under in self._sent_at and not rendered.buttons:
            self._counts.replies += 1
            self._screen.reply(now, rendered, self._sent_at[self._under])
        else:
            self._counts.sent += 1
            self._sent_at[message_id] = now
            self._screen.alert(now, rendered, self._why)

    async def _reason(self, rendered: Rendered) -> Rendered | None:
        """What the Why? button would answer."""
        buttons = (button.data for row in rendered.buttons for button in row)
        notice = next((data for data in buttons if data.startswith("why:")), None)
        if notice is None:
            return None
        async with self.store.read() as conn:
            view = await alert_views.alert(conn, int(notice.partition(":")[2]))
            subscriptions = await chats.subscriptions(conn)
        return None if view is None else render_why(edited(view), subscriptions, self._lang)


@contextmanager
def _watching(
    screen: Screen, counts: Counts, clock: Clock, titles: dict[int, str]
) -> Iterator[None]:
    """Follow the engine by its log: visits are counted and shown, the rest is not printed."""

    def see(
        logger: object, method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        if event["event"] == "poll.finished":
            _visited(screen, counts, clock.now(), titles, event)
        elif method in ("warning", "error", "critical", "exception"):
            fields = {k: v for k, v in event.items() if k not in ("event", "exc_info")}
            screen.trouble(f"{event['event']} {fields or ''}".strip())
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(processors=[see], cache_logger_on_first_use=False)
    try:
        yield
    finally:
        structlog.configure(**before)


def _visited(
    screen: Screen,
    counts: Counts,
    now: datetime,
    titles: dict[int, str],
    event: MutableMapping[str, Any],
) -> None:
    archived, edited = event["archived"], event["revised"]
    new = event["new"] - archived
    counts.read += new + archived
    counts.archived += archived
    counts.edited += edited
    if not new and not edited:
        return
    # The edited posts of the script match and join the alert they were told by: they are no
    # further matches, also where one visit brings an edit and a new post.
    counts.new += new
    counts.matched += max(0, event["matched"] - edited)
    counts.joined += max(0, event["joined"] - edited)
    screen.visit(now, titles[event["source"]], new=new, edited=edited, matched=event["matched"])
