"""Whoever goes Quiet leaves nothing on the screen that says what is watched for."""

from __future__ import annotations

import re

import pytest

from bot.chat.quiet import names_topic
from bot.model import ChatMode, ChatState, Role
from bot.store import chats, message_numbers, messages, people
from bot.store import schema as s
from tests.support.botapi_emulator import Hold
from tests.support.feeds import Post
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil

REFUSAL = "Двое контрактников отказались ехать на войну в Псковской области."
TOPICAL = re.compile(
    r"refus|desert|pressure|evasion|self-harm|verdict|отказ|дезерт|контрактник|войн|псков|soldier",
    re.IGNORECASE,
)


async def mode(vigil: Vigil, user_id: int = SUBSCRIBER) -> ChatMode:
    async with vigil.app.engine.store.read() as conn:
        chat = await chats.by_address(conn, user_id)
    assert chat is not None
    return chat.mode


def topical(vigil: Vigil, user_id: int = SUBSCRIBER) -> list[str]:
    """What of the chat, as it stands in Telegram, says what is watched for: both sides of it."""
    place = vigil.telegram.place(user_id)
    texts = [text for m in vigil.chat(user_id) for text in (m.text, *m.labels())]
    texts += [message.get("text", "") for message in place.received.values()]
    return [text for text in texts if TOPICAL.search(text)]


async def converse(vigil: Vigil) -> None:
    """Some forty messages: topics, lists, Why, alerts, settings, mistakes."""
    for text in (
        *("/start", "/help", "/topics", "/list", "/sub desertion", "/sub refusal -Псков", "/sub x"),
        *("/unsub desertion", "/digest weekly", "/settings", "/cap 5", "/hours 22-7", "/hours off"),
        *("/privacy", "what of deserters?", "/lang", "/tz Kyiv", "/sub", "/list"),
    ):
        vigil.clock.advance(20)
        await vigil.says(SUBSCRIBER, text)
    await vigil.press(SUBSCRIBER, "✓ Normal")
    await vigil.says(SUBSCRIBER, "/sub refusal")
    await vigil.publish("a", Post("1", text=REFUSAL))
    await vigil.press(SUBSCRIBER, "Why?")
    await vigil.says(SUBSCRIBER, "/topics")


async def test_nothing_topical_is_left_after_quiet(vigil: Vigil) -> None:
    """The bar: after a conversation of forty messages no word says what it was about."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER)
    await converse(vigil)
    place = vigil.telegram.place(SUBSCRIBER)
    assert len(vigil.chat(SUBSCRIBER)) + len(place.received) >= 40
    assert len(topical(vigil)) >= 10

    await vigil.quiet(SUBSCRIBER)

    assert topical(vigil) == []
    assert place.received == {}
    answer, alert = sorted(vigil.chat(SUBSCRIBER), key=lambda m: m.text == "New item")
    assert alert.text == "New item"
    assert answer.text.startswith("Quiet: you see only “New item”")
    assert re.search(r"\d+ messages were deleted", answer.text)


async def test_what_is_too_old_is_overwritten_and_said(vigil: Vigil) -> None:
    """Telegram deletes for 48 hours: what the bot said before shows a dash then."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal")
    async with vigil.app.engine.store.write() as conn:
        chat = await chats.by_address(conn, SUBSCRIBER)
        assert chat is not None
        await messages.queue_plain(conn, chat.id, "of deserters", vigil.clock.now())
    await vigil.publish("a", Post("1", text=REFUSAL))
    vigil.clock.advance(hours=50)
    await vigil.says(SUBSCRIBER, "/list")
    await vigil.quiet(SUBSCRIBER)

    assert topical(vigil) == []
    texts = [m.text for m in vigil.chat(SUBSCRIBER)]
    assert texts[:2] == ["—", "New item"]
    assert "1 message, too old to delete, shows “—” now" in texts[-1]
    assert "Clear history" in texts[-1]


async def test_a_crash_while_removing_leaves_it_to_the_outbox(vigil: Vigil) -> None:
    """What was promised to be removed is, also by the next process."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.says(SUBSCRIBER, "/list")
    await vigil.says(SUBSCRIBER, "/quiet")
    hold = vigil.telegram.fail(Hold(taken=False), method="deleteMessage")
    assert isinstance(hold, Hold)
    vigil.telegram.people.press(SUBSCRIBER, "Go quiet")
    await vigil.app.receiver.step(vigil.clock.now())
    await hold.reached.wait()
    await vigil.app.services.jobs.close()
    hold.release.set()
    await vigil.stop()
    await vigil.open()
    assert topical(vigil) != []

    vigil.clock.advance(minutes=6)
    await vigil.settle()

    assert topical(vigil) == []


async def test_no_answer_names_a_topic_unasked(vigil: Vigil) -> None:
    """A command is one question, Show the second; what is shown goes after ten minutes."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.publish("a", Post("1", text=REFUSAL))
    await vigil.quiet(SUBSCRIBER)
    shown = []
    for command in (
        "/topics",
        "/list",
        "/sub",
        "/sub desertion",
        "/unsub refusal",
        "/sub nonsense",
    ):
        [answer] = await vigil.says(SUBSCRIBER, command)
        assert not TOPICAL.search(answer.text), command
        assert answer.labels() == ["Show"], command

        await vigil.press(SUBSCRIBER, "Show", message_id=answer.message_id)
        assert any(map(TOPICAL.search, (answer.text, *answer.labels()))), command
        shown.append(answer)

    vigil.clock.advance(minutes=11)
    await vigil.settle()
    assert all(answer.deleted for answer in shown)


async def test_what_quotes_posts_stands_behind_show_too(vigil: Vigil) -> None:
    """Also where it names no topic: a post to test, in the chat of an admin who is Quiet."""
    await vigil.says(ROOT, "/start")
    origin = {"type": "hidden_user", "date": 1, "sender_user_name": "x"}
    [answer] = await vigil.says(ROOT, "Самоволка в Чите", forward_origin=origin)
    assert answer.labels() == ["Show"]
    await vigil.press(ROOT, "Show")

    assert "Самоволка" in answer.text or "No filter matches" in answer.text


async def test_quiet_from_the_start_names_nothing(vigil: Vigil) -> None:
    """Whoever begins with Quiet sees topics only when they press for them; pages go too."""
    *_, link = await vigil.says(ROOT, "/invite 7")
    await vigil.says(SUBSCRIBER, f"/start {link.text.partition('=')[2]}")
    await vigil.press(SUBSCRIBER, "✓ Quiet")
    for command in ("/help", "/digest", "/settings", "/privacy", "/cap", "/hours"):
        await vigil.says(SUBSCRIBER, command)
    assert topical(vigil) == []

    [page] = await vigil.press(SUBSCRIBER, "Choose topics")
    assert any(map(TOPICAL.search, page.labels()))
    vigil.clock.advance(minutes=11)
    await vigil.settle()
    assert page.deleted


async def test_commands_of_menus_ask_before_they_change(vigil: Vigil) -> None:
    """A tap on a hint or a menu is no decision."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    for command in ("/quiet", "/pause", "/stop", "/forget", "/hours", "/vanish", "/cap"):
        await vigil.says(SUBSCRIBER, command)
    await vigil.press(SUBSCRIBER, "No")
    await vigil.press(SUBSCRIBER, "Do not pause")
    async with vigil.app.engine.store.read() as conn:
        chat = await chats.by_address(conn, SUBSCRIBER)
    assert chat is not None
    assert (chat.state, chat.mode) == (ChatState.ACTIVE, ChatMode.NORMAL)

    [hint] = await vigil.says(SUBSCRIBER, "/quiet 22-7")
    assert "/hours 22-7" in hint.text
    await vigil.quiet(SUBSCRIBER)
    await vigil.says(SUBSCRIBER, "/normal")
    assert await mode(vigil) is ChatMode.QUIET
    await vigil.press(SUBSCRIBER, "Show texts")
    assert await mode(vigil) is ChatMode.NORMAL


async def test_numbers_are_kept_for_48_hours_and_without_words(vigil: Vigil) -> None:
    """What can no longer be deleted is not remembered; of strangers nothing is."""
    await vigil.subscriber(SUBSCRIBER)
    await vigil.says(SUBSCRIBER, "/list")
    await vigil.says(3009, "/list")
    async with vigil.app.engine.store.read() as conn:
        rows = (await conn.execute(s.said.select())).all()
    assert {row.telegram_chat_id for row in rows} == {SUBSCRIBER}
    assert len(rows) == 2

    vigil.clock.advance(hours=49)
    await vigil.app.engine.housekeeping()
    async with vigil.app.engine.store.read() as conn:
        assert (await conn.execute(s.said.select())).all() == []
        assert await message_numbers.numbers(conn, SUBSCRIBER, vigil.clock.now()) == []


async def test_who_blocks_the_bot_is_forgotten(vigil: Vigil) -> None:
    """After thirty days, unless they are back before; an admin's role stays."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.subscriber(2002, "refusal")
    await vigil.says(ROOT, "/start")
    async with vigil.app.engine.store.write() as conn:
        await people.appoint(conn, 2002, Role.ADMIN, None, vigil.clock.now())
    for user_id in (SUBSCRIBER, 2002, ROOT):
        vigil.telegram.people.changes_membership(user_id, "kicked", by=user_id)
    await vigil.settle()
    await vigil.app.engine.housekeeping()
    vigil.clock.advance(days=20)
    vigil.telegram.people.changes_membership(ROOT, "member", by=ROOT)
    await vigil.settle()
    await vigil.app.engine.housekeeping()
    vigil.clock.advance(days=11)
    await vigil.app.engine.housekeeping()

    async with vigil.app.engine.store.read() as conn:
        left = [await chats.by_address(conn, user_id) for user_id in (SUBSCRIBER, 2002, ROOT)]
        roles = [await people.role_of(conn, user_id, ()) for user_id in (SUBSCRIBER, 2002)]
    assert [chat is not None for chat in left] == [False, False, True]
    assert roles == [Role.STRANGER, Role.ADMIN]
    [answer] = await vigil.says(ROOT, "/privacy")
    assert "If you block me, I forget this chat after 30 days." in answer.text


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("о дезертирстве", True),
        ("Отказы и дезертирство", True),
        ("draft-evasion", True),
        ("<b>Refusals</b> today", True),
        ("Telegram did not answer", False),
        ("Digest: daily at 9:00.", False),
    ],
)
def test_topics_are_known_in_any_form(text: str, named: bool) -> None:
    """In whatever case and language the title stands."""
    titles = ("refusal", "Refusal", "Отказ", "Дезертирство", "draft-evasion", "Draft evasion")
    assert names_topic(titles, text) is named
