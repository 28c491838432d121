"""The real application: a real database, loopback sources, an emulated Telegram; our clock.

await vigil.add_source("a", title="Pskov Post")
await vigil.subscriber(SUBSCRIBER, "refusal")
await vigil.publish("a", Post("1", text="Около 60 контрактников отказались ехать на войну."))
assert len(vigil.chat(SUBSCRIBER)) == 1
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack, ExitStack
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Self, TypeVar

from bot.app import App
from bot.closing import Closing
from bot.model import ChatMode, ChatType, Role, Source, SourceKind, Transport
from bot.settings import Settings
from bot.sources.schedule import PollPace
from bot.sources.worker import InlineParser
from bot.store import Store, chats, meta, people, sources
from tests.support.botapi_emulator import BotApiEmulator
from tests.support.clock import ManualClock
from tests.support.feeds import Post, rss
from tests.support.idleness import Idleness
from tests.support.quick_sqlite import InLoop, Unsynced
from tests.support.readers import lent_reader
from tests.support.source_server import SourceServer
from tests.support.telegram_world import Posted

__all__ = ["ROOT", "SUBSCRIBER", "Vigil"]

ROOT, SUBSCRIBER = 1001, 2001
_MINUTE = PollPace(hourly=60, floor=60, cap=60)
T = TypeVar("T")


class Vigil(Closing):
    """See the module. Sources are named by a letter and served as feeds.

    `inline`: documents are parsed in this process, and SQLite asked in this thread, where other
    processes and threads are not the point.
    """

    def __init__(
        self, database: str, data_dir: Path, clock: ManualClock, *, inline: bool = False
    ) -> None:
        self._inline = inline
        self.clock = clock
        self.telegram = BotApiEmulator(clock)
        self.server = SourceServer()
        self._database = database
        self._data_dir = data_dir
        self._titles: dict[str, str] = {}
        self._posts: dict[str, list[Post]] = {}
        self._app: App | None = None
        self._idleness: Idleness | None = None
        self._opened = AsyncExitStack()
        self._lent = ExitStack()
        self._asked = False

    @property
    def app(self) -> App:
        assert self._app is not None
        return self._app

    @property
    def settings(self) -> Settings:
        return Settings(
            bot_token=self.telegram.token,
            root_admins=(ROOT,),
            database_url=self._database,
            data_dir=self._data_dir,
            telegram_api=self.telegram.url,
            telegram_web=self.server.url("").rstrip("/"),
            allow_private_addresses=(ip_network("127.0.0.0/8"),),
        )

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as opened:
            await opened.enter_async_context(self.telegram)
            await opened.enter_async_context(self.server)
            if self._inline:
                self._idleness = Idleness()
            await self.open()
            opened.push_async_callback(self.stop)
            self._opened = opened.pop_all()
        return self

    async def close(self) -> None:
        """Stop the application, then the servers around it."""
        await self._opened.aclose()

    async def open(self) -> None:
        """Start the application; after `stop` it is a restart."""
        store = await Store.open(
            self._database, self.clock, sqlite=InLoop if self._inline else Unsynced
        )
        with ExitStack() as lent:
            self._app = await App.open(
                self.settings,
                self.clock,
                pace=_MINUTE,
                poll_seconds=0,
                store=store,
                reader=lent.enter_context(lent_reader()),
                parser=InlineParser() if self._inline else None,
            )
            self._lent = lent.pop_all()
        self._asked = False

    async def stop(self) -> None:
        """Stop the application alone; repeating it does nothing."""
        if self._app is not None:
            app, self._app = self._app, None
            await self.moving(app.close())
            self._lent.close()

    # what people and sources do

    async def subscriber(
        self, user_id: int, *topics: str, lang: str = "en", tz: str = "UTC", narrowing: str = ""
    ) -> None:
        """An invited person who follows these topics, in Normal mode."""
        self.telegram.people.started(user_id, lang=lang)
        now = self.clock.now()
        async with self.app.engine.store.write() as conn:
            await people.appoint(conn, user_id, Role.SUBSCRIBER, None, now)
            chat = await chats.ensure(
                conn,
                user_id,
                0,
                ChatType.PRIVATE,
                lang=lang,
                tz=tz,
                mode=ChatMode.NORMAL,
                now=now,
            )
            for topic in topics:
                await chats.subscribe(conn, chat.id, topic, now, narrowing=narrowing)

    async def add_source(
        self, name: str, *, title: str = "", kind: SourceKind = SourceKind.MEDIA
    ) -> Source:
        """A feed whose archive has been read: what it publishes now is news."""
        self._titles[name] = title or f"Source {name}"
        self._posts[name] = []
        self._serve(name)
        url = self.server.url(f"/{name}.xml")
        async with self.app.engine.store.write() as conn:
            source, _ = await sources.add(
                conn,
                transport=Transport.FEED,
                address=url,
                identity=url,
                title=self._titles[name],
                kind=kind,
                lang="",
                now=self.clock.now(),
            )
        await self.settle()
        return source

    async def publish(self, name: str, *posts: Post) -> None:
        """New entries at the top of the feed, read and told."""
        await self.put(name, *posts)
        await self.read()

    async def put(self, name: str, *posts: Post) -> None:
        """New entries at the top of the feed, not read yet."""
        now = self.clock.now()
        new = [replace(p, published=p.published or now) for p in posts]
        self._posts[name] = [*reversed(new), *self._posts[name]]
        self._serve(name)

    async def edit(self, name: str, guid: str, **changes: Any) -> None:
        """Another text for an entry, read and told."""
        self._posts[name] = [
            replace(p, **changes) if p.guid == guid else p for p in self._posts[name]
        ]
        self._serve(name)
        await self.read()

    def _serve(self, name: str) -> None:
        body = rss(self._titles[name], self._posts[name])
        self.server.put(f"/{name}.xml", body, content_type="application/rss+xml")

    # time

    async def read(self) -> None:
        """Let a minute pass, so that every source is due, and settle."""
        self.clock.advance(61)
        await self.settle()

    async def settle(self, patience: timedelta = timedelta(minutes=2)) -> None:
        """Do all that is due, and what the limits of Telegram put off by less than `patience`."""
        app, until = self.app, self.clock.now() + patience
        while True:
            await self._hear()
            await self.moving(app.inbox.step(self.clock.now()))
            await self.moving(app.services.jobs.settle())
            await self.moving(app.engine.poller.step(self.clock.now()))
            while await self.moving(app.engine.look_back()):
                pass
            if await self.moving(app.engine.articles.step()):
                continue
            await self.moving(app.look_for_alarms())
            due = await self.moving(app.engine.outbox.step(self.clock.now()))
            if self._is_unheard() or app.services.jobs.busy:
                continue  # what was begun meanwhile is done and told
            if due is None or due > until:
                return
            self.clock.move_to(due)

    async def _hear(self) -> None:
        """Hear all that people did."""
        while not self._asked or self._is_unheard():
            self._asked = True
            await self.moving(self.app.receiver.step(self.clock.now()))

    def _is_unheard(self) -> bool:
        """Whether anything waits for the bot. What it has heard it confirms as it asks for more."""
        offset = getattr(self.app.receiver, "_offset", None)
        return any(u["update_id"] >= (offset or 0) for u in self.telegram.updates.waiting)

    async def moving(self, work: Coroutine[Any, Any, T]) -> T:
        """Await `work`; while it only waits for the clock, the clock moves."""
        task = asyncio.ensure_future(work)
        while not task.done():
            if self._idleness is not None:
                waits = await self._idleness.reached(task)
            else:
                waits = not (await asyncio.wait({task}, timeout=0.05))[0]
            if waits and not self.clock.skip():
                await asyncio.wait({task}, timeout=0.05)  # for something else
        return task.result()

    async def let(self, seconds: float) -> None:
        """Let that much time pass, in small steps, for what runs beside."""
        until = self.clock.now() + timedelta(seconds=seconds)
        while self.clock.now() < until:
            await asyncio.wait({asyncio.Future()}, timeout=0.02)  # calls to the emulator
            self.clock.move_to(min(until, self.clock.now() + timedelta(seconds=0.05)))

    # what is seen

    def chat(self, user_id: int) -> list[Posted]:
        """The bot's messages in a chat, oldest first, as they are now."""
        return self.telegram.transcript(user_id)

    async def says(self, user_id: int, text: str, **more: Any) -> list[Posted]:
        """Somebody writes; the bot's new messages to that chat."""
        place = more.get("chat_id", user_id)
        before = len(self.chat(place)) if place in self.telegram.world.places else 0
        self.telegram.people.says(user_id, text, **more)
        await self.settle()
        return self.chat(place)[before:]

    async def press(self, user_id: int, label: str, **more: Any) -> list[Posted]:
        """Somebody presses a button; the bot's new messages to that chat."""
        place = more.get("chat_id", user_id)
        before = len(self.chat(place))
        self.telegram.people.press(user_id, label, **more)
        await self.settle()
        return self.chat(place)[before:]

    async def quiet(self, user_id: int) -> list[Posted]:
        """Somebody goes Quiet: asks for it, and says that it is meant; what stands there then."""
        await self.says(user_id, "/quiet")
        await self.press(user_id, "qu:1")
        return self.chat(user_id)

    async def counter(self, name: str) -> int:
        async with self.app.engine.store.read() as conn:
            return (await meta.counters(conn)).get(name, 0)
