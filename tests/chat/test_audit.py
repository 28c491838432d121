"""/audit and /undo: who changed what is seen by admins, taken back by who did it."""

from __future__ import annotations

import re

from bot.model import Role, SourceState
from bot.store import chats, people, sources
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil

ADMIN, GROUP = 3001, -100500


async def appoint(vigil: Vigil) -> None:
    async with vigil.app.engine.store.write() as conn:
        await people.appoint(conn, ADMIN, Role.ADMIN, None, vigil.clock.now())


async def state(vigil: Vigil) -> SourceState:
    async with vigil.app.engine.store.read() as conn:
        each = await sources.get(conn, 1)
    assert each is not None
    return each.state


async def topics(vigil: Vigil, telegram_id: int) -> list[tuple[str, str]]:
    async with vigil.app.engine.store.read() as conn:
        chat = await chats.by_address(conn, telegram_id)
        assert chat is not None
        return [(s.topic, s.narrowing) for s in await chats.subscriptions(conn, chat.id)]


async def test_a_removal_is_asked_told_and_taken_back(vigil: Vigil) -> None:
    """An admin removes a source by a slip: the others hear of it, one command brings it back."""
    await vigil.add_source("a", title="Pskov <Post>")
    await appoint(vigil)
    await vigil.says(ROOT, "/start")
    before = len(vigil.chat(ROOT))
    [asked] = await vigil.says(ADMIN, "/source remove 1")
    assert await state(vigil) is SourceState.ACTIVE
    await vigil.press(ADMIN, "Remove")

    assert "is removed" in asked.text
    [told] = vigil.chat(ROOT)[before:]
    assert re.match(r"Admin [a-z2-7]{8}: source 1 «Pskov <Post>» removed\.", told.text)
    [undone] = await vigil.says(ADMIN, "/undo last")
    assert undone.text == "Undone: source 1 «Pskov <Post>» removed."
    assert await state(vigil) is SourceState.ACTIVE
    [nothing] = await vigil.says(ADMIN, "/undo last")
    assert nothing.text == "There is nothing to undo."


async def test_a_question_is_answered_once_by_whom_it_was_asked(vigil: Vigil) -> None:
    """A press after Keep, of another person or of last month removes nothing."""
    await vigil.add_source("a")
    await appoint(vigil)
    await vigil.says(ROOT, "/source remove 1")
    question = vigil.chat(ROOT)[-1]
    yes = next(b for row in question.buttons for b in row if b["text"] == "Remove")
    place = vigil.telegram.place(ROOT)
    vigil.telegram.people.forge(ADMIN, yes["callback_data"], place, question)
    await vigil.settle()
    assert await state(vigil) is SourceState.ACTIVE
    await vigil.press(ROOT, "Keep")
    vigil.telegram.people.forge(ROOT, yes["callback_data"], place, question)
    await vigil.settle()

    assert question.text == "Kept. Nothing was changed."
    assert await state(vigil) is SourceState.ACTIVE


async def test_audit_names_admins_to_admins(vigil: Vigil) -> None:
    """Who did it is shown by number to those who may know, and what was undone is struck out."""
    await vigil.add_source("a", title="Pskov Post")
    await appoint(vigil)
    await vigil.says(ADMIN, "/source pause 1")
    await vigil.says(ROOT, "/source kind 1 court")
    [seen] = await vigil.says(ROOT, "/audit")

    lines = seen.text.splitlines()
    assert "you: source 1 «Pskov Post»: another kind" in lines[0]
    assert f"{ADMIN}: source 1 «Pskov Post» paused" in lines[1]
    [blocked] = await vigil.says(ADMIN, "/undo last")
    assert blocked.text.startswith(
        "It was changed again since: source 1 «Pskov Post»: another kind"
    )
    [theirs] = await vigil.says(ADMIN, blocked.text.rpartition("First ")[2].rstrip("."))
    assert theirs.text == "Somebody else did that: a root admin can undo it."
    await vigil.press(ROOT, seen.labels()[0])
    await vigil.press(ROOT, seen.labels()[1])
    assert await state(vigil) is SourceState.ACTIVE
    [after] = await vigil.says(ROOT, "/audit")
    assert "<s>" in after.html


async def test_a_narrowing_lost_by_a_tap_comes_back(vigil: Vigil) -> None:
    """A subscriber undoes their last choice; admins do not see it."""
    await vigil.subscriber(SUBSCRIBER)
    await vigil.says(SUBSCRIBER, "/sub refusal Псков")
    await vigil.says(SUBSCRIBER, "/unsub refusal")
    assert await topics(vigil, SUBSCRIBER) == []
    [undone] = await vigil.says(SUBSCRIBER, "/undo last")

    assert undone.text == "Undone: subscriptions to Refusal."
    assert await topics(vigil, SUBSCRIBER) == [("refusal", "Псков")]
    [seen] = await vigil.says(ROOT, "/audit")
    assert "refusal" not in seen.text.lower()


async def test_in_a_group_only_its_administrators_undo(vigil: Vigil) -> None:
    """What a group chose is undone in it by whoever may choose for it, and shows nothing else."""
    people_ = vigil.telegram.people
    people_.group(GROUP, "Monitors", creator=ROOT)
    await vigil.subscriber(SUBSCRIBER)
    await vigil.add_source("a")
    await vigil.says(ROOT, "/source pause 1")
    await vigil.says(ROOT, "/sub refusal", chat_id=GROUP)
    await vigil.says(SUBSCRIBER, "/undo last", chat_id=GROUP)
    assert await topics(vigil, GROUP) == [("refusal", "")]
    [seen] = await vigil.says(ROOT, "/audit", chat_id=GROUP)
    await vigil.says(ROOT, "/undo last", chat_id=GROUP)

    assert "source" not in seen.text
    assert await topics(vigil, GROUP) == []
    assert await state(vigil) is SourceState.PAUSED


async def test_a_right_that_ended_meanwhile_is_said(vigil: Vigil) -> None:
    """The press of an admin of yesterday changes nothing, and says so."""
    await appoint(vigil)
    await vigil.add_source("a")
    await vigil.says(ADMIN, "/source remove 1")
    async with vigil.app.engine.store.write() as conn:
        await people.appoint(conn, ADMIN, Role.SUBSCRIBER, None, vigil.clock.now())
    [said] = await vigil.press(ADMIN, "Remove")

    assert said.text == "You may not do that, or not here."
    assert await state(vigil) is SourceState.ACTIVE


async def test_a_bare_undo_asks_first(vigil: Vigil) -> None:
    """A menu's tap takes nothing back; it says what would be."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.says(SUBSCRIBER, "/sub desertion")
    [asked] = await vigil.says(SUBSCRIBER, "/undo")
    question = asked.text
    await vigil.press(SUBSCRIBER, "Keep")
    kept = asked.text
    await vigil.says(SUBSCRIBER, "/undo")
    *_, undone = await vigil.press(SUBSCRIBER, "Undo")

    assert question.startswith("Take back: ")
    assert kept == "Kept. Nothing was changed."
    assert undone.text.startswith("Undone: ")
