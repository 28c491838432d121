"""What Telegram brings is kept or handled before it is told so, and nobody else brings anything."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping

import httpx
import pytest
import telegram

from bot.botapi.client import Client
from bot.botapi.receive import Intake
from bot.botapi.webhook import SECRET_HEADER, WebhookReceiver, path_of, secret_of
from bot.delivery.update_inbox import StoreInbox
from bot.errors import SettingsError, StoreError
from bot.store import Store, inbox
from bot.web import Listen, Listener, parse_listen
from tests.botapi.conftest import CHANNEL, USER
from tests.support.botapi_emulator import BotApiEmulator
from tests.support.clock import ManualClock

OTHER = 502


class Hook:
    """A webhook on a real store and listener; `restart` is a new process."""

    def __init__(self, server: BotApiEmulator, store: Store, clock: ManualClock) -> None:
        self.server, self.store, self.clock = server, store, clock
        self.handled: list[str] = []
        self.waits_for: dict[str, asyncio.Event] = {}
        self.inbox = StoreInbox(store)
        self.unread: Counter[str] = Counter()

    async def start(self) -> None:
        self.client = Client(self.server.token, self.clock, server=self.server.url)
        await self.client.start()
        self.listener = Listener(Listen("127.0.0.1", 0))
        self.receiver = WebhookReceiver(
            self.client,
            self.inbox,
            Intake(self.inbox, self._handle, self.clock, on_unreadable=self._unreadable),
            self.clock,
            listener=self.listener,
            public_url="https://vigil.example.org",
            token=self.server.token,
        )
        await self.listener.start()
        await self.receiver.step(self.clock.now())

    async def stop(self) -> None:
        await self.listener.close()
        await self.client.close()

    async def _handle(self, update: telegram.Update) -> None:
        assert update.message is not None
        text = update.message.text or ""
        if text in self.waits_for:
            await self.waits_for[text].wait()
        self.handled.append(text)

    async def _unreadable(self, forms: Mapping[str, int]) -> None:
        self.unread.update(forms)

    async def bring(self) -> list[int]:
        return await self.server.bring(self.listener.port)


@pytest.fixture
async def hook(
    server: BotApiEmulator, sqlite_store: Store, clock: ManualClock
) -> AsyncIterator[Hook]:
    made = Hook(server, sqlite_store, clock)
    await made.start()
    yield made
    await made.stop()


async def test_updates_are_kept_or_handled_and_known_again(
    hook: Hook, server: BotApiEmulator
) -> None:
    """A post is in the inbox, a command done, each once, also after a restart."""
    server.people.posts(CHANNEL, "Суд")
    server.people.says(USER, "/help")
    twice = list(server.updates.waiting)
    assert await hook.bring() == [200, 200]
    await hook.stop()
    await hook.start()
    server.updates.waiting = twice
    assert await hook.bring() == [200, 200]

    async with hook.store.read() as conn:
        assert [entry.kind for entry in await inbox.pending(conn, 10)] == ["channel_post"]
    assert hook.handled == ["/help"]


async def test_whoever_lacks_the_secret_finds_nothing(hook: Hook, server: BotApiEmulator) -> None:
    """Neither a wrong secret nor the bare path moves anything, and the answer tells nothing."""
    server.people.says(USER, "/help")
    base = f"http://127.0.0.1:{hook.listener.port}"
    async with httpx.AsyncClient(trust_env=False) as web:
        answers = [
            await web.post(base + path_of(server.token), json=server.updates.waiting[0]),
            await web.post(
                base + path_of(server.token),
                json=server.updates.waiting[0],
                headers={SECRET_HEADER: "guessed"},
            ),
            await web.post(base + "/telegram/other", json=server.updates.waiting[0]),
            await web.get(base + path_of(server.token)),
            await web.put(base + "/telegram/other"),
            await web.post(base + path_of(server.token) + "/"),
            await web.get(base + "/"),
        ]
        for answer in answers:
            del answer.headers["date"]

    assert {(a.status_code, a.content, str(a.headers)) for a in answers} == {
        (404, b"", str(answers[0].headers))
    }
    assert hook.handled == []


async def test_what_cannot_be_read_is_brought_once(hook: Hook, server: BotApiEmulator) -> None:
    """Telegram brings what is not answered 200 for ever, and the others wait behind it."""
    url = f"http://127.0.0.1:{hook.listener.port}{path_of(server.token)}"
    headers = {SECRET_HEADER: secret_of(server.token)}
    odd = [
        b"",
        b"not json",
        b"[" * 50_000,
        b"x" * 2_000_000,
        b'{"update_id": true, "message": {}}',
        b'{"update_id": 7, "message": []}',
        b'{"update_id": 8, "message": {"message_id": 1}}',
        b'{"update_id": 9, "channel_post": 5}',
        b'{"update_id": 10, "my_chat_member": {"chat": {}}}',
    ]
    async with httpx.AsyncClient(trust_env=False) as web:
        answers = [await web.post(url, content=body, headers=headers) for body in odd]
    server.people.says(USER, "/help")

    assert [answer.status_code for answer in answers] == [200] * len(odd)
    assert sum(hook.unread.values()) == len(odd)
    assert await hook.bring() == [200]
    assert hook.handled == ["/help"]


async def test_what_cannot_be_stored_is_brought_again(hook: Hook, server: BotApiEmulator) -> None:
    """Telegram is never told that a post is safe before it is."""
    server.people.posts(CHANNEL, "Суд")
    keep = hook.inbox.keep

    async def refuses(*args: object) -> None:
        raise StoreError("full")

    hook.inbox.keep = refuses  # type: ignore[method-assign,assignment]
    assert await hook.bring() == [503]
    hook.inbox.keep = keep  # type: ignore[method-assign]
    assert await hook.bring() == [200]

    async with hook.store.read() as conn:
        assert len(await inbox.pending(conn, 10)) == 1


async def test_one_slow_person_holds_nobody_and_keeps_their_order(
    hook: Hook, server: BotApiEmulator
) -> None:
    """Of one person in order, of others meanwhile; a crash then repeats only what was not done."""
    hook.waits_for["slow"] = asyncio.Event()
    server.people.says(USER, "slow")
    slow = asyncio.create_task(hook.bring())
    while not hook.receiver._lines:
        await asyncio.wait({slow}, timeout=0.01)
    held, server.updates.waiting = server.updates.waiting, []
    server.people.says(OTHER, "quick")
    assert await hook.bring() == [200]
    assert hook.handled == ["quick"]
    last = await hook.inbox.last_handled()
    assert last is not None
    assert last[0] < held[0]["update_id"]

    server.updates.waiting = held
    hook.waits_for["slow"].set()
    assert await slow == [200]
    assert hook.handled == ["quick", "slow"]


async def test_a_port_in_use_is_a_setting_to_mend(hook: Hook) -> None:
    """No traceback: the setting is named."""
    with pytest.raises(SettingsError, match="VIGIL_LISTEN"):
        await Listener(Listen("127.0.0.1", hook.listener.port)).start()


def test_addresses_to_listen_at() -> None:
    """IPv4, IPv6, every address; anything else is refused."""
    assert parse_listen("127.0.0.1:8080") == Listen("127.0.0.1", 8080)
    assert parse_listen("[::1]:80") == Listen("::1", 80)
    assert parse_listen(":8080") == Listen("0.0.0.0", 8080)
    for wrong in ("8080", "host:", "host:99999", "http://x:1", "a b:1"):
        with pytest.raises(ValueError, match="host:port"):
            parse_listen(wrong)
