"""Whatever fails on its way, a claimed message does not stay claimed, and tells its chat once."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from sqlalchemy import event
from structlog.testing import capture_logs

from bot.delivery import outcomes
from bot.delivery.outcomes import Outcome
from bot.errors import NotSent, RetryLater, StoreError, Unknown
from bot.model import ChatMode, MessageState
from bot.store import Store, chats, due_messages, message_views, messages, standing_messages
from bot.store.message_rows import Work
from tests.delivery.conftest import TOPIC, Scene
from tests.support.botapi_emulator import DropAfter, Hold

pytestmark = pytest.mark.usefixtures("quiet_log")


@pytest.fixture
def quiet_log() -> Iterator[None]:
    """Traces are drawn for a terminal otherwise, at two seconds each."""
    with capture_logs():
        yield


# A database as a whole, a statement that this row brings about, and a mistake of ours.
KINDS: tuple[Callable[[], Exception], ...] = (
    lambda: sqlite3.OperationalError("disk I/O error"),
    lambda: sqlite3.IntegrityError("CHECK constraint failed"),
    lambda: ValueError("'loud' is not a valid ChatMode"),
)


@contextmanager
def failing(store: Store, nth: int, error: Callable[[], Exception]) -> Iterator[list[str]]:
    """The `nth` statement fails; the statements so far."""
    seen: list[str] = []

    def statement(cursor: object, text: str, parameters: object, context: object) -> None:
        seen.append(text)
        if len(seen) == nth:
            raise error()

    engines = [store._writer.sync_engine, store._readers.sync_engine]
    for engine in engines:
        event.listen(engine, "do_execute", statement)
    try:
        yield seen
    finally:
        for engine in engines:
            event.remove(engine, "do_execute", statement)


async def _moving(scene: Scene, work: Coroutine[Any, Any, object]) -> None:
    """Await `work`; where it only waits for the clock, the clock moves."""
    task = asyncio.ensure_future(work)
    while not task.done():
        done, _ = await asyncio.wait({task}, timeout=0.05)
        if not done:
            scene.clock.skip()
    task.result()


async def _round(scene: Scene, number: int) -> None:
    """An alert for four chats: one hears, one has left meanwhile, one is silent, one is edited."""
    async with scene.store.write() as conn:
        for user in (2, 3):
            chat = await chats.by_address(conn, user)
            assert chat is not None
            await chats.subscribe(conn, chat.id, TOPIC, scene.clock.now())
    await scene.story(f"story {number}")
    await scene.outbox._expander.step(scene.clock.now())
    async with scene.store.write() as conn:
        chat = await chats.by_address(conn, 2)
        assert chat is not None
        await chats.unsubscribe(conn, chat.id, TOPIC)
        for message in await due_messages.due(conn, scene.clock.now(), 10):
            if message.telegram_message_id is not None:
                await standing_messages.refresh(conn, message.id)


async def test_every_claimed_message_is_settled_on_every_path(scene: Scene) -> None:
    """Any one statement may fail, in any of three ways: nobody is left in `sending`, nobody who
    stays misses the alert, and nobody hears it twice: Telegram answered each call."""
    chance, seen = random.Random(12), 60
    await scene.chat(1)
    await scene.chat(2)
    await scene.chat(3, mode=ChatMode.QUIET)
    for number in range(14):
        await _round(scene, number)
        with failing(scene.store, chance.randint(1, seen), chance.choice(KINDS)) as statements:
            for _ in range(3):
                with suppress(StoreError, ValueError):
                    await _moving(scene, scene.step())
                await _moving(scene, scene.outbox.settle())
            seen = max(20, len(statements))
        await scene.for_(700)

        assert "sending" not in await scene.states()
        assert scene.server.texts(1)[-1] == f"story {number}"

    assert scene.server.texts(1) == [f"story {number}" for number in range(14)]
    assert scene.server.texts(3) == ["New item"] * 14
    assert "messages_unknown" not in await scene.counters()


async def test_what_cannot_be_recorded_is_settled_all_the_same(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged row or a bug costs the finer points of an outcome, not the outcome."""
    real = outcomes.record_all

    async def broken(conn: object, batch: Sequence[outcomes.Outcome]) -> None:
        if any(each.message.chat.address.chat_id in (1, 2) for each in batch):
            raise ValueError("a bug")
        await real(conn, batch)  # type: ignore[arg-type]

    monkeypatch.setattr("bot.delivery.outcome_recorder.record_all", broken)
    for user in (1, 2, 3):
        await scene.chat(user)
    scene.server.fail(DropAfter(), chat_id=2)
    await scene.story("one")
    await scene.step()

    assert await scene.states() == ["sent", "unknown", "sent"]


@pytest.mark.parametrize("passing", [False, True])
async def test_what_cannot_even_be_settled_keeps_no_other_back(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, passing: bool
) -> None:
    """A row that takes no outcome stays for the next process to settle, and the others have theirs.
    A database that takes nothing for a moment is asked again."""
    real, settle, failed = outcomes.record_all, outcomes.settle, []

    async def broken(conn: object, batch: Sequence[outcomes.Outcome]) -> None:
        if any(each.message.chat.address.chat_id == 1 for each in batch):
            raise ValueError("a bug")
        await real(conn, batch)  # type: ignore[arg-type]

    async def broken_too(conn: object, outcome: outcomes.Outcome) -> None:
        if passing and failed:
            return await settle(conn, outcome)  # type: ignore[arg-type]
        failed.append(outcome)
        raise StoreError("the disk is full") if passing else ValueError("a bug")

    monkeypatch.setattr("bot.delivery.outcome_recorder.record_all", broken)
    monkeypatch.setattr("bot.delivery.outcome_recorder.settle", broken_too)
    for user in (1, 2, 3):
        await scene.chat(user)
    await scene.story("one")
    await _moving(scene, scene.step())

    assert await scene.states() == ["sent" if passing else "sending", "sent", "sent"]
    assert len(failed) == 1


async def test_one_unreadable_message_keeps_no_other_back(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is tried again with growing pauses, and told once it can be read."""
    real, broken = message_views.views_of, True

    async def views_of(conn, message_ids):
        if 1 in message_ids and broken:
            raise ValueError("a damaged row")
        return await real(conn, message_ids)

    monkeypatch.setattr(message_views, "views_of", views_of)
    await scene.chat(1)
    await scene.chat(2)
    await scene.story("one")
    await scene.for_(60)
    assert (scene.server.texts(1), scene.server.texts(2)) == ([], ["one"])
    assert (await scene.messages())[0].attempts < 10
    broken = False
    await scene.for_(300)

    assert scene.server.texts(1) == ["one"]


async def test_stopping_does_not_wait_for_a_telegram_that_hangs(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call that is broken off may have been taken: recorded as unknown, not left `sending`."""
    monkeypatch.setattr("bot.delivery.outbox._LAST_CALLS", 0.2)
    await scene.chat(1)
    await scene.chat(2)
    await scene.story("one")
    hold = Hold()
    scene.server.fail(hold, chat_id=1)
    running = asyncio.create_task(scene.outbox.run())
    await hold.reached.wait()
    running.cancel()
    await asyncio.wait_for(asyncio.gather(running, return_exceptions=True), 5)
    hold.release.set()

    assert await scene.states() == ["unknown", "sent"]
    assert (await scene.counters())["messages_unknown"] == 1


@pytest.mark.parametrize("error", [NotSent("no line"), RetryLater(3), Unknown("no answer")])
@pytest.mark.parametrize("ours", [False, True])
async def test_a_failure_is_told_by_whoever_has_the_message(
    scene: Scene, error: Exception, ours: bool
) -> None:
    """A process that was paused in its call wakes up when another has taken its messages over. What
    failed there is no news here: recorded, it would send a message again that is on its way."""
    chat, now = await scene.chat(1), scene.clock.now()
    async with scene.store.write() as conn:
        message_id = await messages.queue_plain(conn, chat.id, "News", now)
        await messages.mark_sending(conn, [message_id], epoch=7)
        held = await messages.get(conn, message_id)
        assert held is not None
        mine = Outcome(held, Work.SEND, 1, now, error=error, epoch=7 if ours else 6)
        await outcomes.record(conn, mine)
        after = await messages.get(conn, message_id)

    assert after is not None
    if ours:
        assert after.state in (MessageState.RETRY, MessageState.UNKNOWN)
    else:
        assert after == held
