"""A long queue is claimed for the next moment too: fewer statements, the same promises."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from bot.errors import RetryLater
from bot.store import chats
from tests.delivery.conftest import Scene

QUEUE = range(100, 130)


@pytest.fixture
async def waiting(scene: Scene) -> Scene:
    """Thirty chats wait; ten places are free now, ten more at .1 s, ten at .2 s."""
    for group in range(3):
        for user in range(1 + 10 * group, 11 + 10 * group):
            await scene.chat(user, topics=[f"topic{group}"])
    for user in QUEUE:
        await scene.chat(user)
    for group in range(3):
        await scene.story(f"early {group}", topic=f"topic{group}")
        await scene.step()
        scene.clock.advance(0.1)
    await scene.story("one")
    scene.clock.advance(0.7)
    await scene.step()
    return scene


async def _states(scene: Scene) -> list[str]:
    return [str(m.state) for m in await scene.messages() if m.chat.address.chat_id in QUEUE]


async def test_what_is_claimed_ahead_goes_when_its_place_comes(waiting: Scene):
    """With the statements of one claim, and never before the limits allow."""
    claims: list[str] = []

    def statement(*args: object) -> None:
        claims.append(str(args[2])[:60])

    before = await _states(waiting)
    event.listen(waiting.store._writer.sync_engine, "before_cursor_execute", statement)
    await waiting.for_(3)
    await waiting.outbox.settle()

    assert (before.count("sent"), before.count("sending")) == (10, 10)
    assert all(waiting.server.texts(user) == ["one"] for user in QUEUE)
    assert waiting.server.count_429() == 0
    assert sum(text.startswith("UPDATE messages SET state=?, attempts") for text in claims) <= 3
    assert len(claims) <= 12  # none a message: what is told outside a thread asks for no thread
    assert (await waiting.counters()).get("messages_unknown", 0) == 0


async def test_an_urgent_alert_overtakes_what_is_claimed(waiting: Scene):
    """It has the first of the ten places that come free next, for which ten are claimed."""
    await waiting.chat(999, topics=["pressure"])
    await waiting.story("URGENT", topic="pressure")
    await waiting.for_(0.11)

    sends = [call for call in waiting.server.taken if call.method == "sendMessage"]
    told = [call.parameters["chat_id"] for call in sends]
    assert 999 in told[40:50]


async def test_stopping_gives_back_what_was_claimed(waiting: Scene, sqlite_database: str):
    """The next process sends it, as what provably was not sent."""
    await waiting.outbox.stop()
    given_back = await _states(waiting)
    await waiting.crash(sqlite_database)
    left = await waiting.start()
    await waiting.for_(10)

    assert (given_back.count("sending"), left) == (0, 0)
    assert all(waiting.server.texts(user) == ["one"] for user in QUEUE)
    assert (await waiting.counters()).get("messages_repeated", 0) == 0


async def test_killed_with_claims_nobody_is_told_twice(waiting: Scene, sqlite_database: str):
    await waiting.crash(sqlite_database)
    left = await waiting.start()
    await waiting.for_(20)

    assert left == 10
    assert all(waiting.server.texts(user) == ["one"] for user in QUEUE)


async def test_what_is_held_back_for_long_is_claimed_anew(waiting: Scene):
    """A chat that pauses meanwhile is told nothing."""
    gate = waiting.client.gate
    gate.pacer.wait(1, RetryLater(30.0, everywhere=True), gate.clock.monotonic())
    await waiting.for_(5)
    held = await _states(waiting)
    async with waiting.store.write() as conn:
        for message in await waiting.messages():
            if message.chat.address.chat_id == QUEUE[-1]:
                await chats.pause(conn, message.chat.id, waiting.clock.now())
    await waiting.for_(60)

    assert held.count("sending") == 0
    assert waiting.server.texts(QUEUE[-1]) == []
    assert all(waiting.server.texts(user) == ["one"] for user in QUEUE[:-1])


async def test_a_chat_whose_own_turn_is_far_is_not_claimed(scene: Scene):
    """Nine chats were written to half a second ago. Some place is free for them in .3 s, but their
    own second is over in .8 s, and until then they may still leave the topic."""
    for group, size in enumerate((20, 9, 1)):
        for user in range(100 * group + 1, 100 * group + 1 + size):
            await scene.chat(user, topics=[f"topic{group}"])
    await scene.story("one", topic="topic0")
    await scene.step()
    scene.clock.advance(0.5)
    await scene.story("one", topic="topic1")
    await scene.step()
    scene.clock.advance(0.2)
    await scene.story("one", topic="topic2")
    await scene.story("two", topic="topic1")
    await scene.step()

    assert scene.server.texts(201) == ["one"]
    assert (await scene.states())[-9:] == ["queued"] * 9
