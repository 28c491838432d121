"""No post is lost and no command is done twice, whenever the process dies."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
import telegram
from structlog.testing import capture_logs

from bot.botapi.client import Client
from bot.botapi.receive import Intake, Receiver
from bot.botapi.updates import membership_of
from bot.delivery.update_inbox import StoreInbox
from bot.errors import StoreError
from bot.store import Store, inbox
from tests.botapi.conftest import CHANNEL, GROUP, USER
from tests.support.botapi_emulator import BotApiEmulator, DropAfter, Status
from tests.support.clock import ManualClock


@pytest.fixture
async def client(server: BotApiEmulator, clock: ManualClock) -> AsyncIterator[Client]:
    made = Client(server.token, clock, server=server.url, read_seconds=5)
    await made.start()
    yield made
    await made.close()


class Bench:
    """A receiver on a real store; `restart` is a new process."""

    def __init__(self, client: Client, store: Store, clock: ManualClock) -> None:
        self.client, self.store, self.clock = client, store, clock
        self.handled: list[str] = []
        self.fails_on = ""
        self.restart()

    def restart(self, inbox: Any = None) -> None:
        kept = inbox or StoreInbox(self.store)
        intake = Intake(kept, self._handle, self.clock)
        self.receiver = Receiver(self.client, kept, intake, self.clock, poll_seconds=0)

    async def _handle(self, update: telegram.Update) -> None:
        if update.callback_query is not None:
            self.handled.append(f"pressed {update.callback_query.data}")
            return
        assert update.message is not None
        if update.message.text == self.fails_on:
            raise ValueError(f"cannot do {update.message.text} of {USER}")
        self.handled.append(update.message.text or "")

    async def step(self) -> datetime | None:
        return await self.receiver.step(self.clock.now())

    async def kept(self) -> list[inbox.InboxEntry]:
        async with self.store.read() as conn:
            return await inbox.pending(conn, 100)


@pytest.fixture
def bench(client: Client, sqlite_store: Store, clock: ManualClock) -> Bench:
    return Bench(client, sqlite_store, clock)


async def test_posts_are_kept_and_messages_handled(bench: Bench, server: BotApiEmulator) -> None:
    post = server.people.posts(CHANNEL, "Суд")
    server.people.says(USER, "/help")
    server.people.edits_post(CHANNEL, post, "Суд, исправлено")
    server.people.changes_membership(GROUP, "administrator", by=USER)
    await bench.step()

    kept = await bench.kept()
    assert [entry.kind for entry in kept] == [
        "channel_post",
        "edited_channel_post",
        "my_chat_member",
    ]
    assert bench.handled == ["/help"]
    first = kept[0].payload["channel_post"]
    assert (first["text"], first["chat"]["id"]) == ("Суд", CHANNEL)


async def test_private_updates_and_names_are_never_stored(
    bench: Bench, server: BotApiEmulator
) -> None:
    server.people.says(USER, "a private word")
    server.people.changes_membership(USER, "kicked", by=USER)
    await bench.step()

    (entry,) = await bench.kept()
    stored = json.dumps(entry.payload)
    assert "private word" not in stored
    assert "Olena" not in stored
    change = membership_of(entry.payload["my_chat_member"])
    assert (change.user_id, change.new) == (USER, "kicked")


async def test_a_crash_before_the_offset_moves_repeats_nothing(
    bench: Bench, server: BotApiEmulator
) -> None:
    """The first process kept and handled all, and died before it asked again."""
    server.people.posts(CHANNEL, "post")
    server.people.says(USER, "/sub")
    await bench.step()
    bench.restart()
    server.people.says(USER, "/list")
    await bench.step()

    assert bench.handled == ["/sub", "/list"]
    assert len(await bench.kept()) == 1


async def test_what_cannot_be_stored_comes_again(bench: Bench, server: BotApiEmulator) -> None:
    """The offset moves only over what is committed."""
    works = StoreInbox(bench.store)

    class Full(StoreInbox):
        async def keep(
            self, update_id: int, kind: str, payload: Mapping[str, Any], now: datetime
        ) -> None:
            raise StoreError("disk full")

    bench.restart(Full(bench.store))
    server.people.posts(CHANNEL, "post")
    server.people.says(USER, "/help")
    for _ in range(2):
        again = await bench.step()
        assert again == bench.clock.now() + timedelta(seconds=5)
        bench.clock.advance(5)
    bench.receiver._inbox = bench.receiver._intake._inbox = works
    await bench.step()
    await bench.step()

    assert len(await bench.kept()) == 1
    assert bench.handled == ["/help"]
    assert server.updates.waiting == []


async def test_a_lost_answer_repeats_nothing(bench: Bench, server: BotApiEmulator) -> None:
    server.people.posts(CHANNEL, "post")
    server.people.says(USER, "/help")
    server.fail(DropAfter(), method="getUpdates")
    assert await bench.step() is not None
    await bench.step()
    server.updates.repeat(server.updates.waiting[0])
    await bench.step()

    assert bench.handled == ["/help"]
    assert len(await bench.kept()) == 1


async def test_a_failing_handler_stops_nobody_and_tells_no_secrets(
    bench: Bench, server: BotApiEmulator
) -> None:
    bench.fails_on = "/boom"
    server.people.says(USER, "/boom")
    server.people.says(USER, "/help")
    server.people.says(777, "/start")
    with capture_logs() as lines:
        await bench.step()
        await bench.step()

    assert sorted(bench.handled) == ["/help", "/start"]
    (line,) = lines
    assert line["event"] == "receive.handler_failed"
    assert line["where"].startswith("tests.botapi.test_receive:")
    assert str(USER) not in str(line)
    assert "boom" not in str(line)


async def test_ids_that_start_anew_after_a_quiet_week_are_handled(
    bench: Bench, server: BotApiEmulator
) -> None:
    """Telegram may choose lower update ids after a week without updates."""
    server.people.says(USER, "one")
    await bench.step()
    await bench.step()
    bench.clock.advance(days=8)
    bench.restart()
    server.updates.next_id = 500
    server.people.says(USER, "two")
    await bench.step()

    assert bench.handled == ["one", "two"]


async def test_buttons_reach_the_handler(
    bench: Bench, client: Client, server: BotApiEmulator
) -> None:
    server.people.forge(USER, "why:1", server.place(USER))
    await bench.step()

    assert bench.handled == ["pressed why:1"]


async def test_a_second_process_is_said_clearly(bench: Bench, server: BotApiEmulator) -> None:
    server.fail(
        Status(409, b'{"ok":false,"error_code":409,"description":"Conflict: terminated by other"}'),
        method="getUpdates",
    )
    with capture_logs() as lines:
        again = await bench.step()

    assert again == bench.clock.now() + timedelta(seconds=5)
    assert lines[0]["event"] == "receive.conflict"


async def test_an_outage_of_telegram_is_said_once(bench: Bench, server: BotApiEmulator) -> None:
    """However long it lasts; and its end."""
    await bench.step()
    with capture_logs() as lines:
        async with server.unreachable():
            for _ in range(20):
                bench.clock.move_to(await bench.step() or bench.clock.now())
        await bench.step()

    assert [each["event"] for each in lines] == ["receive.failed", "receive.back"]
    assert lines[1]["seconds"] >= 95


async def test_a_token_that_was_revoked_is_said_clearly(
    bench: Bench, server: BotApiEmulator
) -> None:
    await bench.step()
    server.token = "7000000001:" + "Z" * 35
    with capture_logs() as lines:
        await bench.step()

    assert lines[0]["event"] == "receive.token_refused"


async def test_a_webhook_left_behind_is_removed(
    bench: Bench, client: Client, server: BotApiEmulator
) -> None:
    await client.bot.set_webhook("https://example.org/hook")
    server.people.says(USER, "/help")
    await bench.step()

    assert bench.handled == ["/help"]


async def test_running_until_cancelled(bench: Bench, server: BotApiEmulator) -> None:
    """The loop waits at Telegram and passes on what comes at once."""
    bench.receiver._poll_seconds = 20
    running = asyncio.ensure_future(bench.receiver.run())
    await server.updates.polled.wait()
    server.people.says(USER, "/help")
    while not bench.handled:
        await asyncio.wait({running}, timeout=0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert bench.handled == ["/help"]
