"""What chats do to a bot: slow mode, deactivation, being thrown out and taken back."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.model import ChatState, Prefs, Way
from bot.store import chats
from bot.store import schema as s
from tests.delivery.conftest import TOPIC, Scene
from tests.delivery.test_outbox import _advance_until

GROUP, CHANNEL = -100500, -100600


async def test_slow_mode_is_waited_out(scene: Scene) -> None:
    """Each alert comes, in order, as often as the group lets us."""
    await scene.chat(GROUP)
    scene.server.place(GROUP).slow_seconds = 60
    for n in range(3):
        await scene.story(f"story {n}")
    await scene.for_(200)

    assert scene.server.texts(GROUP) == ["story 0", "story 1", "story 2"]
    assert await scene.states() == ["sent"] * 3


@pytest.mark.parametrize("status", ["deactivated", "blocked"])
async def test_an_account_that_is_gone_is_left_alone(scene: Scene, status: str) -> None:
    """One refusal, then nothing is tried; others are told as ever."""
    await scene.chat(1)
    await scene.chat(2)
    scene.server.place(1).status = status
    for n in range(3):
        await scene.story(f"story {n}")
        await scene.for_(2)

    assert scene.server.texts(2) == ["story 0", "story 1", "story 2"]
    assert len(scene.server.refused) == 1


@pytest.mark.parametrize("place", [GROUP, CHANNEL])
async def test_thrown_out_and_taken_back_loses_nothing(scene: Scene, place: int) -> None:
    """A group and a channel: what happened meanwhile comes in one summary after the return."""
    if place == CHANNEL:
        scene.server.people.channel(CHANNEL)
    chat = await scene.chat(place)
    scene.server.place(place).status = "kicked"
    for n in range(2):
        await scene.story(f"story {n}")
    await scene.for_(5)
    assert scene.server.texts(place) == []
    scene.server.place(place).status = "administrator"
    async with scene.store.write() as conn:
        await chats.set_state(conn, chat.id, ChatState.ACTIVE)
    await scene.outbox.retell()
    await scene.story("story 2")
    await scene.for_(10)

    assert sorted("\n".join(scene.server.texts(place)).splitlines())[0] == "story 0"
    assert "story 2" in scene.server.texts(place)


async def test_a_deleted_topic_of_a_forum_falls_back(scene: Scene) -> None:
    """The thread is gone for good: the group itself still hears."""
    await scene.chat(GROUP, 11)
    scene.server.place(GROUP).threads.discard(11)
    await scene.story("one")
    await _advance_until(asyncio.ensure_future(scene.step()), scene)

    [shown] = scene.server.transcript(GROUP)
    assert (shown.text, shown.thread_id) == ("one", 0)


async def test_who_sleeps_by_the_time_it_goes_out_is_not_woken(scene: Scene) -> None:
    """Queued before quiet hours, sent within them (an outage): without sound."""
    chat = await scene.chat(1)
    await scene.story("one")
    async with scene.server.unreachable():
        await scene.for_(30)
    at = scene.clock.now()
    minute = at.hour * 60 + at.minute
    prefs = Prefs(quiet_from=minute, quiet_to=minute + 60)
    async with scene.store.write() as conn:
        await chats.set_prefs(conn, chat.id, prefs)
    await scene.for_(120)

    [shown] = scene.server.transcript(1)
    assert shown.silent


async def test_a_digest_survives_death_between_its_steps(scene: Scene, sqlite_database: str):
    """Queued and its process killed: told once by the next."""
    chat = await scene.chat(1)
    async with scene.store.write() as conn:
        await chats.set_ways(conn, chat.id, TOPIC, {"": Way.DIGEST})
    for n in range(2):
        await scene.story(f"story {n}")
    await scene.step()
    assert scene.server.texts(1) == []
    async with scene.store.read() as conn:
        due = await conn.scalar(sa.select(s.chats.c.digest_due))
    assert due is not None
    scene.clock.move_to(due - timedelta(seconds=1))
    await scene.step()
    assert scene.server.texts(1) == []
    scene.clock.advance(2)
    await scene.outbox._planner.step(scene.clock.now())
    await scene.crash(sqlite_database)
    await scene.start()
    await scene.for_(5)

    assert scene.server.texts(1) == ["story 1\nstory 0"]
