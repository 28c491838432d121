"""A newsroom of two sources before a real store, a real reader and the real expansion."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.alerts.audience import Audience
from bot.delivery.expand import Choose, Expander, Wanted
from bot.ingest.pipeline import Ingested, Pipeline
from bot.model import (
    Chat,
    ChatType,
    Item,
    ItemMatch,
    ParsedItem,
    Source,
    SourceKind,
    Subscription,
    Transport,
)
from bot.store import Store, alerts, chats, filters, items, sources, visits
from bot.store import schema as s
from bot.store.visits import FetchRecord
from filters.analysis import Analyser
from filters.index import FilterSet
from filters.reading import Reader
from tests.support.clock import ManualClock

REFUSED = "Под Псковом около шестидесяти контрактников отказались ехать на полигон."
TABLES = ("stories", "story_keys", "items", "revisions", "matches", "alerts", "causes")


def post(text: str = REFUSED, key: str = "1", **more: Any) -> ParsedItem:
    return ParsedItem(key=key, text=text, **more)


@dataclass
class Newsroom:
    """Scenario verbs. Sources are called by one letter; `wakes` counts calls to the outbox."""

    store: Store
    clock: ManualClock
    reader: Reader
    wakes: list[None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pipeline = Pipeline(
            self.store, self.reader, self.clock, lambda: self.wakes.append(None)
        )
        self.sources: dict[str, Source] = {}
        audience = Audience(self.reader)

        def choose(item: Item, source: Source, matches: Sequence[ItemMatch]) -> Choose:
            choice_for = audience(item, source, matches)

            def wanted(subscriptions: Sequence[Subscription]) -> Wanted | None:
                chosen = choice_for(subscriptions)
                return Wanted(*chosen) if chosen else None

            return wanted

        self.expander = Expander(self.store, choose)

    @property
    def now(self) -> datetime:
        return self.clock.now()

    async def add_filter(self, topic: str, expression: str) -> str:
        async with self.store.write() as conn:
            added = await filters.add(conn, topic, expression, None, self.now)
        return added.key

    async def add_source(self, name: str, *, archived: bool = True) -> Source:
        """A source; unless said otherwise its first fetch is behind it."""
        async with self.store.write() as conn:
            source, _ = await sources.add(
                conn,
                transport=Transport.FEED,
                address=f"https://{name}.example/rss",
                identity=f"https://{name}.example/rss",
                title=name.upper(),
                kind=SourceKind.MEDIA,
                lang="ru",
                now=self.now,
            )
            if archived:
                await visits.record_fetch(conn, source.id, self.record(archived_at=self.now))
        self.sources[name] = source
        return source

    async def add_channel(self, name: str) -> Source:
        """A channel that is read by its preview page; its first visit is behind it."""
        async with self.store.write() as conn:
            source, _ = await sources.add(
                conn,
                transport=Transport.PREVIEW,
                address=name,
                identity=f"t.me/{name}",
                title=name.upper(),
                kind=SourceKind.MEDIA,
                lang="ru",
                now=self.now,
            )
            await visits.record_fetch(conn, source.id, self.record(archived_at=self.now))
        self.sources[name] = source
        return source

    def record(self, **more: Any) -> FetchRecord:
        return FetchRecord(at=self.now, next_due=self.now + timedelta(minutes=5), **more)

    async def publish(self, name: str, *batch: ParsedItem, **more: Any) -> Ingested:
        if name not in self.sources:
            await self.add_source(name)
        return await self.pipeline.ingest(self.sources[name], batch, self.record(**more), self.now)

    async def source(self, name: str) -> Source:
        async with self.store.read() as conn:
            found = await sources.get(conn, self.sources[name].id)
        assert found is not None
        return found

    async def subscribe(self, number: int, topic: str = "refusal", narrowing: str = "") -> Chat:
        async with self.store.write() as conn:
            chat = await chats.ensure(conn, number, 0, ChatType.PRIVATE, now=self.now)
            await chats.subscribe(conn, chat.id, topic, self.now, narrowing=narrowing)
        return chat

    async def told(self) -> list[tuple[int, str]]:
        """Expand all there is: the chats told by now, each with the topic, in order."""
        while await self.expander.step(self.now):
            pass
        async with self.store.read() as conn:
            rows = await conn.execute(
                sa.select(s.chats.c.telegram_id, s.notices.c.topic)
                .join(s.notices, s.notices.c.chat_id == s.chats.c.id)
                .order_by(s.notices.c.id)
            )
        return [(row.telegram_id, row.topic) for row in rows]

    async def count(self) -> dict[str, int]:
        async with self.store.read() as conn:
            return {
                name: await conn.scalar(
                    sa.select(sa.func.count()).select_from(s.metadata.tables[name])
                )
                or 0
                for name in TABLES
            }

    async def items(self) -> list[Item]:
        async with self.store.read() as conn:
            rows = await conn.scalars(sa.select(s.items.c.id).order_by(s.items.c.id))
            found = [await items.get(conn, item_id) for item_id in rows]
        return [item for item in found if item is not None]

    async def causes(self) -> list[tuple[int, int]]:
        """(item, revision) of every cause, and all of one alert."""
        async with self.store.read() as conn:
            rows = (await conn.execute(sa.select(s.causes).order_by(s.causes.c.id))).all()
        assert len({row.alert_id for row in rows}) <= 1
        return [(row.item_id, row.revision) for row in rows]

    async def open_causes(self) -> int:
        async with self.store.read() as conn:
            return len(await alerts.open_causes(conn, 100))


@pytest.fixture(scope="session")
def analyser() -> Analyser:
    return Analyser()


@pytest.fixture
async def newsroom(store: Store, clock: ManualClock, analyser: Analyser) -> AsyncIterator[Newsroom]:
    """One filter for refusals; each test runs on both databases."""
    room = Newsroom(store, clock, Reader(FilterSet(analyser), analyser))
    await room.add_filter("refusal", "контрактник отказаться")
    await room.pipeline.take_up_filters()
    yield room
    room.pipeline.close()
