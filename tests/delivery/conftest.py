"""The outbox between a real store and the Bot API emulator, on a clock only tests move."""

from __future__ import annotations

import html
import itertools
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.alerts.volume import way_of
from bot.botapi.client import Client
from bot.delivery.expand import Choose, Wanted
from bot.delivery.outbox import Outbox
from bot.model import (
    Alert,
    Chat,
    ChatMode,
    ChatType,
    Item,
    ItemMatch,
    ParsedItem,
    Source,
    SourceKind,
    Subscription,
    Transport,
    Way,
)
from bot.model.rendered import Button, Rendered
from bot.model.views import AlertView, ChartView, DigestView, SummaryView
from bot.store import (
    Store,
    alerts,
    chats,
    item_matches,
    items,
    messages,
    meta,
    schema,
    sources,
    stories,
)
from bot.store.message_rows import Message
from bot.store.message_views import MessageView
from tests.support.botapi_emulator import BotApiEmulator
from tests.support.clock import ManualClock
from tests.support.quick_sqlite import InLoop

TOPIC = "refusal"


def audience(item: Item, source: Source, matches: Sequence[ItemMatch]) -> Choose:
    """Whoever subscribes to a topic wants it; a title that shouts is urgent."""
    topics = {m.topic for m in matches}
    loud = Way.URGENT if item.title.isupper() else None

    def choose(subscriptions: Sequence[Subscription]) -> Wanted | None:
        wanted = [s for s in subscriptions if s.topic in topics]
        if not wanted:
            return None
        return Wanted(wanted[0].topic, loud or way_of(wanted[0], matches[0].stage))

    return choose


def render(view: MessageView, now: datetime) -> Rendered:
    content = view.content
    if isinstance(content, (SummaryView, DigestView)):
        text = "\n".join(a.title for a in content.alerts)
        return Rendered(html.escape(text), text)
    if isinstance(content, ChartView):
        return Rendered("a picture", "a picture")
    assert isinstance(content, AlertView)
    if view.message.chat.mode is ChatMode.QUIET and not view.message.revealed(now):
        open_ = ((Button("Open", data=f"o:{content.notice_id}"),),)
        return Rendered("New item", "New item", open_)
    if "unrenderable" in content.title:
        raise ValueError("a bug in rendering")
    title = content.title if "<broken" in content.title else html.escape(content.title)
    more = "".join(f"\n+ {html.escape(j.source_title)}" for j in content.joined)
    return Rendered(f"<b>{title}</b>{more}", f"{content.title}{more}")


class Scene:
    """Verbs for tests of delivery."""

    def __init__(self, store: Store, server: BotApiEmulator, clock: ManualClock) -> None:
        self.store, self.server, self.clock = store, server, clock
        self._numbers = itertools.count(1)
        self.client: Client
        self.outbox: Outbox

    async def start(self) -> int:
        """A process starts, as after a crash; how many messages it found half sent."""
        # In real seconds, while the clock stands: on a loaded machine an answer may take long.
        self.client = Client(
            self.server.token,
            self.clock,
            server=self.server.url,
            read_seconds=60,
            call_seconds=60,
        )
        await self.client.start()
        self.outbox = Outbox(self.store, self.client, self.clock, audience, render, cap=100)
        return await self.outbox.start()

    async def crash(self, url: str) -> None:
        """The process is killed, another one opens the database."""
        for task in self.outbox._calls.under_way:
            task.remove_done_callback(self.outbox._calls.ended)
            task.cancel()
        await self.client.close()
        await self.store.close()
        self.store = await Store.open(url, self.clock, sqlite=InLoop)

    # what there is

    async def chat(
        self,
        telegram_id: int,
        thread_id: int = 0,
        *,
        mode: ChatMode = ChatMode.NORMAL,
        topics: Sequence[str] = (TOPIC,),
    ) -> Chat:
        """A subscribed chat that Telegram knows too."""
        if telegram_id > 0:
            self.server.people.started(telegram_id)
        elif telegram_id not in self.server.world.places:
            self.server.people.group(telegram_id, threads=(11, 12))
        kind = ChatType.PRIVATE if telegram_id > 0 else ChatType.SUPERGROUP
        now = self.clock.now()
        async with self.store.write() as conn:
            chat = await chats.ensure(conn, telegram_id, thread_id, kind, mode=mode, now=now)
            for topic in topics:
                await chats.subscribe(conn, chat.id, topic, now)
        return chat

    async def story(self, title: str, topic: str = TOPIC) -> Alert:
        """An item that makes a new story, committed with its alert and cause."""
        async with self.store.write() as conn:
            story_id = await stories.create(conn, self.clock.now())
            item_id = await self._item(conn, story_id, title, "Pskov Post", "new", topic)
            alert = await alerts.create(conn, story_id, 0, self.clock.now())
            await alerts.add_cause(conn, alert.id, item_id, self.clock.now())
        self.outbox.wake()
        return alert

    async def copy(self, alert: Alert, source: str, topic: str = TOPIC) -> None:
        """Another source has the story too."""
        async with self.store.write() as conn:
            item_id = await self._item(conn, alert.story_id, "a copy", source, "copy", topic)
            await alerts.add_cause(conn, alert.id, item_id, self.clock.now())
        self.outbox.wake()

    async def _item(
        self, conn, story_id: int, title: str, name: str, relation: str, topic: str
    ) -> int:
        now, address = self.clock.now(), f"https://{name.replace(' ', '')}.example/rss"
        source, _ = await sources.add(
            conn,
            transport=Transport.FEED,
            address=address,
            identity=address,
            title=name,
            kind=SourceKind.MEDIA,
            lang="ru",
            now=now,
        )
        number = next(self._numbers)
        parsed = ParsedItem(key=str(number), title=title, url=f"https://pskov.example/{number}")
        item_id = await items.insert_item(
            conn, source.id, parsed, seen_at=now, story_id=story_id, relation=relation
        )
        found = ItemMatch(topic, f"{topic}/base", (("title", 0, 3),), ("title", 0, len(title)))
        await item_matches.insert_matches(conn, item_id, 1, [found])
        return item_id

    # what happens

    async def step(self) -> datetime | None:
        return await self.outbox.step(self.clock.now())

    async def for_(self, seconds: float) -> None:
        """Let that much time pass, stepping whenever something is due."""
        end = self.clock.now() + timedelta(seconds=seconds)
        while (due := await self.step()) is not None and due <= end:
            self.clock.move_to(max(due, self.clock.now() + timedelta(milliseconds=1)))
        self.clock.move_to(end)
        await self.step()

    # what is there

    async def messages(self) -> list[Message]:
        async with self.store.read() as conn:
            ids = await conn.scalars(sa.select(schema.messages.c.id).order_by(schema.messages.c.id))
            found = [await messages.get(conn, number) for number in ids.all()]
        return [m for m in found if m is not None]

    async def states(self) -> list[str]:
        return [str(m.state) for m in await self.messages()]

    async def counters(self) -> dict[str, int]:
        async with self.store.read() as conn:
            return await meta.counters(conn)


@pytest.fixture
async def server(clock: ManualClock) -> AsyncIterator[BotApiEmulator]:
    async with BotApiEmulator(clock) as emulator:
        yield emulator


@pytest.fixture
async def sqlite_store(sqlite_database: str, clock: ManualClock) -> AsyncIterator[Store]:
    """No thread beside: who waits for what is told by the clock alone."""
    opened = await Store.open(sqlite_database, clock, sqlite=InLoop)
    yield opened
    await opened.close()


@pytest.fixture
async def scene(
    sqlite_store: Store, server: BotApiEmulator, clock: ManualClock
) -> AsyncIterator[Scene]:
    made = Scene(sqlite_store, server, clock)
    await made.start()
    yield made
    await made.client.close()
    if made.store is not sqlite_store:
        await made.store.close()


__all__ = ["TOPIC", "Scene"]
