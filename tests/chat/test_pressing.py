"""Thumbs are faster than Telegram lets a chat change: nothing pressed is lost, all settles soon."""

from __future__ import annotations

from bot.store import chats
from tests.support.botapi_emulator import TooMany
from tests.support.vigil import SUBSCRIBER, Vigil

TOPICS = ("refusal", "desertion", "self-harm", "pressure", "draft-evasion")


async def subscribed(vigil: Vigil) -> set[str]:
    async with vigil.app.engine.store.read() as conn:
        chat = await chats.by_address(conn, SUBSCRIBER)
        assert chat is not None
        return {each.topic for each in await chats.subscriptions(conn, chat.id)}


async def tap(vigil: Vigil, data: str) -> str:
    """A press, received at once; its edit goes on beside."""
    query = vigil.telegram.people.forge(SUBSCRIBER, data, vigil.telegram.place(SUBSCRIBER))
    await vigil.app.receiver.step(vigil.clock.now())
    assert vigil.telegram.people.pressed[query], "a press is answered before anything is edited"
    return query


async def test_five_taps_settle_in_two_seconds(vigil: Vigil) -> None:
    """Each is answered at once and done; two edits show them all."""
    await vigil.subscriber(SUBSCRIBER)
    [page] = await vigil.says(SUBSCRIBER, "/topics")
    vigil.clock.advance(10)
    begun = vigil.clock.now()
    for topic in TOPICS:
        await tap(vigil, f"t:{topic}")
        await vigil.let(0.4)
    await vigil.let(1)
    await vigil.settle()

    edited = [at for at in vigil.telegram.times("editMessageText") if at >= begun]
    assert await subscribed(vigil) == set(TOPICS)
    assert sum(label.startswith("✓") for label in page.labels()) == len(TOPICS)
    assert len(edited) <= 3
    assert (edited[-1] - begun).total_seconds() <= 2
    assert vigil.telegram.count_429() == 0


async def test_an_edit_that_must_wait_is_not_lost(vigil: Vigil) -> None:
    """Where Telegram asks for patience the last state is shown afterwards."""
    await vigil.subscriber(SUBSCRIBER)
    [page] = await vigil.says(SUBSCRIBER, "/topics")
    vigil.telegram.fail(TooMany(2), method="editMessageText")
    for topic in TOPICS[:2]:
        await tap(vigil, f"t:{topic}")
    await vigil.settle()

    assert [label.startswith("✓") for label in page.labels()[:3]] == [True, False, True]


async def test_what_is_closed_does_not_come_back(vigil: Vigil) -> None:
    """An edit that still waited when its message was deleted says nothing more."""
    await vigil.subscriber(SUBSCRIBER)
    await vigil.quiet(SUBSCRIBER)
    await vigil.says(SUBSCRIBER, "/topics")
    await vigil.press(SUBSCRIBER, "Show")
    for topic in TOPICS[:3]:
        await tap(vigil, f"t:{topic}")
    vigil.telegram.people.forge(SUBSCRIBER, "t:", vigil.telegram.place(SUBSCRIBER))
    await vigil.settle()

    shown = " ".join(m.text + "".join(m.labels()) for m in vigil.chat(SUBSCRIBER))
    assert "Refusal" not in shown
    assert await subscribed(vigil) == set(TOPICS[:3])
