"""The first minute, topics, pausing, preferences, leaving."""

from __future__ import annotations

import pytest

from bot.model import ChatMode, ChatState, Role, Subscription
from bot.store import chats, people
from tests.support.feeds import Post
from tests.support.telegram_world import Posted
from tests.support.vigil import SUBSCRIBER, Vigil

REFUSAL = (
    "Около 60 контрактников из Пскова отказались ехать на войну. "
    "Командование угрожает им уголовными делами, рассказали родственники военных."
)
OTHER = (
    "Пятеро мобилизованных отказались возвращаться на фронт после отпуска, сообщает их адвокат. "
    "Военные написали рапорты и ждут ответа прокуратуры."
)


async def subscriptions(vigil: Vigil, telegram_id: int, thread: int = 0) -> list[Subscription]:
    async with vigil.app.engine.store.read() as conn:
        chat = await chats.by_address(conn, telegram_id, thread)
        return await chats.subscriptions(conn, chat.id) if chat else []


async def topics(vigil: Vigil, telegram_id: int = SUBSCRIBER) -> list[str]:
    return [each.topic for each in await subscriptions(vigil, telegram_id)]


async def arrives(vigil: Vigil, lang: str = "en") -> Posted:
    """An invited person who presses Start; what they are asked."""
    vigil.telegram.people.started(SUBSCRIBER, lang=lang)
    async with vigil.app.engine.store.write() as conn:
        await people.appoint(conn, SUBSCRIBER, Role.SUBSCRIBER, None, vigil.clock.now())
    [asked] = await vigil.says(SUBSCRIBER, "/start")
    return asked


# the first minute


async def test_start_tells_what_is_stored_and_asks_for_the_mode(vigil: Vigil) -> None:
    """Nobody subscribes without knowing what the phone will show."""
    asked = await arrives(vigil)

    assert "no name or phone" in asked.text
    assert asked.labels()[:2] == ["✓ Quiet", "Normal"]
    assert not asked.preview


@pytest.mark.parametrize(("lang", "quiet"), [("ru", "✓ Тихо"), ("uk", "✓ Тихо"), ("de", "✓ Quiet")])
async def test_language_follows_telegram(vigil: Vigil, lang: str, quiet: str) -> None:
    """Russian, Ukrainian, and English for all others."""
    assert quiet in (await arrives(vigil, lang)).labels()


async def test_mode_then_topics_in_one_message(vigil: Vigil) -> None:
    """Two taps and one message until the first topic."""
    asked = await arrives(vigil)
    await vigil.press(SUBSCRIBER, "Normal")

    assert any(label.startswith("Refusal") for label in asked.labels())
    await vigil.press(SUBSCRIBER, "t:refusal")
    assert any(label.startswith("✓ Refusal") for label in asked.labels())
    assert await topics(vigil) == ["refusal"]
    await vigil.press(SUBSCRIBER, "t:refusal")
    assert await topics(vigil) == []
    assert len(vigil.chat(SUBSCRIBER)) == 1


async def test_quiet_until_normal_is_chosen(vigil: Vigil) -> None:
    """Whoever does not choose gets the safer one."""
    await arrives(vigil)
    async with vigil.app.engine.store.read() as conn:
        chat = await chats.by_address(conn, SUBSCRIBER)

    assert chat is not None
    assert chat.mode is ChatMode.QUIET


async def test_quiet_chat_is_empty_after_a_day(vigil: Vigil) -> None:
    """Answers, toggles and what the person wrote are deleted too, not alerts alone."""
    await arrives(vigil)
    await vigil.press(SUBSCRIBER, "✓ Quiet")
    await vigil.press(SUBSCRIBER, "Choose topics")
    await vigil.press(SUBSCRIBER, "t:refusal")
    await vigil.says(SUBSCRIBER, "/list")
    place = vigil.telegram.place(SUBSCRIBER)
    assert vigil.chat(SUBSCRIBER)
    assert place.received

    vigil.clock.advance(hours=24, minutes=1)
    await vigil.settle()

    assert vigil.chat(SUBSCRIBER) == []
    assert place.received == {}


async def test_done_in_quiet_takes_the_topics_off_the_screen(vigil: Vigil) -> None:
    """A phone that is looked at a minute later shows no topic."""
    await arrives(vigil)
    await vigil.press(SUBSCRIBER, "✓ Quiet")
    await vigil.press(SUBSCRIBER, "Choose topics")
    await vigil.press(SUBSCRIBER, "t:refusal")
    await vigil.press(SUBSCRIBER, "Done")

    shown = " ".join(m.text + "".join(m.labels()) for m in vigil.chat(SUBSCRIBER))
    assert "Refusal" not in shown
    assert await topics(vigil) == ["refusal"]


async def test_forecast_counts_stories_of_the_week(vigil: Vigil) -> None:
    """What a topic will say is known before it is chosen."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER)
    await vigil.publish("a", Post("1", text=REFUSAL), Post("2", text=OTHER))
    [page] = await vigil.says(SUBSCRIBER, "/topics")

    assert "– Refusal ≈ 2/week" in page.text.splitlines()
    assert "Refusal" in page.labels()


# subscribing in words


async def test_topic_by_any_of_its_names(vigil: Vigil) -> None:
    """A topic is found by its id and its titles, in any language, cut short or not."""
    await vigil.subscriber(SUBSCRIBER)
    for said in ("refusal", "Refusal", "Отказ", "відмова", "refus"):
        await vigil.says(SUBSCRIBER, f"/sub {said}")
        assert await topics(vigil) == ["refusal"], said
        await vigil.says(SUBSCRIBER, f"/unsub {said}")
        assert await topics(vigil) == [], said


async def test_unknown_topic_is_answered_with_those_there_are(vigil: Vigil) -> None:
    """An error says how to fix it."""
    await vigil.subscriber(SUBSCRIBER)
    [answer] = await vigil.says(SUBSCRIBER, "/sub weather")

    assert answer.text.startswith("There is no such topic")
    assert "desertion" in answer.text
    assert await topics(vigil) == []


async def test_narrowing_replaces_the_whole_topic_and_is_said_back(vigil: Vigil) -> None:
    """Who narrows does not want the rest any more."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    [answer] = await vigil.says(SUBSCRIBER, "/sub refusal army:ru Псков, Бурятия")
    assert answer.labels() == ["Replace", "Leave as it is"]
    await vigil.press(SUBSCRIBER, "Replace")

    [sub] = await subscriptions(vigil, SUBSCRIBER)
    assert (sub.narrowing, sub.armies) == ("Псков, Бурятия", ("ru",))
    assert answer.text.startswith("Subscribed: ")

    await vigil.says(SUBSCRIBER, "/sub refusal")
    await vigil.press(SUBSCRIBER, "Replace")  # nothing is lost unasked
    [whole] = await subscriptions(vigil, SUBSCRIBER)
    assert (whole.narrowing, whole.armies) == ("", ())


async def test_narrowing_decides_what_is_told(vigil: Vigil) -> None:
    """Only stories that also hold the words come."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER)
    await vigil.says(SUBSCRIBER, "/sub refusal Псков")
    before = len(vigil.chat(SUBSCRIBER))
    await vigil.publish("a", Post("1", text=OTHER))
    assert len(vigil.chat(SUBSCRIBER)) == before

    await vigil.publish("a", Post("2", text=REFUSAL))
    assert len(vigil.chat(SUBSCRIBER)) == before + 1


async def test_wrong_narrowing_changes_nothing(vigil: Vigil) -> None:
    """What is not understood is said, and nothing is guessed."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    for wrong in ("(Псков", "army:mars", "a OR"):
        [answer] = await vigil.says(SUBSCRIBER, f"/sub refusal {wrong}")
        assert not answer.text.startswith("Subscribed"), wrong
        assert [each.narrowing for each in await subscriptions(vigil, SUBSCRIBER)] == [""]


async def test_strange_text_arrives_as_text(vigil: Vigil) -> None:
    """What people type is shown, never run as markup."""
    await vigil.subscriber(SUBSCRIBER)
    for text in ("/sub <b>x</b>", "/tz <a href='x'>&amp;", '/sub refusal "<i>&"'):
        [answer] = await vigil.says(SUBSCRIBER, text)
        assert not answer.styled("text_link")
    assert vigil.telegram.refused == []


async def test_list_and_unsub(vigil: Vigil) -> None:
    """What comes is listed, and each can be ended."""
    await vigil.subscriber(SUBSCRIBER, "refusal", "desertion")
    [listed] = await vigil.says(SUBSCRIBER, "/list")
    assert "Refusal" in listed.text
    assert "Desertion" in listed.text

    [answer] = await vigil.says(SUBSCRIBER, "/unsub desertion")
    assert answer.text == "No longer subscribed: Desertion."
    assert await topics(vigil) == ["refusal"]
    [again] = await vigil.says(SUBSCRIBER, "/unsub desertion")
    assert "You were not subscribed" in again.text


# pausing


async def test_resume_sends_one_summary(vigil: Vigil) -> None:
    """After a pause nothing is lost and nothing floods."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal")
    [paused] = await vigil.says(SUBSCRIBER, "/pause")
    assert await state(vigil) is ChatState.ACTIVE
    await vigil.press(SUBSCRIBER, "Until /resume")
    assert paused.text.startswith("Paused until /resume.")
    await vigil.publish("a", Post("1", text=REFUSAL))
    await vigil.publish("a", Post("2", text=OTHER))
    assert len(vigil.chat(SUBSCRIBER)) == 1

    [asked] = await vigil.says(SUBSCRIBER, "/resume")
    await vigil.press(SUBSCRIBER, "Stay paused")
    assert asked.text == "Nothing was changed."
    resumed, summary = await vigil.says(SUBSCRIBER, "/resume now")

    assert "2 stories" in resumed.text
    assert summary.text.startswith("2 stories")


async def test_pause_ends_by_itself(vigil: Vigil) -> None:
    """A pause of two hours is over after two hours, without anybody's doing."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    [paused] = await vigil.says(SUBSCRIBER, "/pause 2 часа")
    assert "Paused until 8 Apr 08:0" in paused.text

    vigil.clock.advance(hours=1, minutes=58)
    await vigil.app._end_pauses()
    assert await state(vigil) is ChatState.PAUSED
    vigil.clock.advance(minutes=3)
    await vigil.app._end_pauses()
    assert await state(vigil) is ChatState.ACTIVE


async def state(vigil: Vigil) -> ChatState:
    async with vigil.app.engine.store.read() as conn:
        chat = await chats.by_address(conn, SUBSCRIBER)
    assert chat is not None
    return chat.state


async def test_pause_for_what_is_no_time_does_nothing(vigil: Vigil) -> None:
    """A slip does not silence the bot for ever."""
    await vigil.subscriber(SUBSCRIBER)
    for said in ("soon", "-2h", "0m", "900d", "2 parsecs"):
        [answer] = await vigil.says(SUBSCRIBER, f"/pause {said}")
        assert "/pause 2h" in answer.text, said
        assert await state(vigil) is ChatState.ACTIVE, said


async def test_who_blocked_and_comes_back_is_subscribed_as_before(vigil: Vigil) -> None:
    """Blocking stops everything; coming back needs no new set-up."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal")
    vigil.telegram.people.changes_membership(SUBSCRIBER, "kicked", by=SUBSCRIBER)
    await vigil.settle()
    assert await state(vigil) is ChatState.BLOCKED

    vigil.telegram.people.changes_membership(SUBSCRIBER, "member", by=SUBSCRIBER)
    await vigil.settle()
    assert await state(vigil) is ChatState.ACTIVE
    await vigil.publish("a", Post("1", text=REFUSAL))

    assert "Refusal" in vigil.chat(SUBSCRIBER)[-1].text


# preferences


async def test_language_can_be_chosen(vigil: Vigil) -> None:
    """By its name, by its code, by a button; it stays."""
    await vigil.subscriber(SUBSCRIBER)
    [answer] = await vigil.says(SUBSCRIBER, "/lang українська")
    assert answer.text == "Мова: українська."
    await vigil.says(SUBSCRIBER, "/lang")
    await vigil.press(SUBSCRIBER, "Русский")

    assert (await vigil.says(SUBSCRIBER, "/resume now"))[0].text == "Пауза не включена."


async def test_zone_by_city_or_offset(vigil: Vigil) -> None:
    """The answer shows the time there, so a slip is seen at once."""
    await vigil.subscriber(SUBSCRIBER)
    [kyiv] = await vigil.says(SUBSCRIBER, "/tz Киев")
    [east] = await vigil.says(SUBSCRIBER, "/tz +5:30")
    [slip] = await vigil.says(SUBSCRIBER, "/tz Kyev")

    assert "09:00" in kyiv.text
    assert "11:30" in east.text
    assert "Perhaps: /tz Kyiv" in slip.text


# leaving


async def test_forget_asks_then_deletes_everything(vigil: Vigil) -> None:
    """One button more, then nothing that names the person is left."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    [asked] = await vigil.says(SUBSCRIBER, "/stop")
    assert asked.labels() == ["Delete", "Keep"]
    assert await topics(vigil) == ["refusal"]

    await vigil.press(SUBSCRIBER, "Delete")

    assert asked.text.startswith("Deleted.")
    async with vigil.app.engine.store.read() as conn:
        assert await chats.by_telegram_id(conn, SUBSCRIBER) == []
        assert await people.list_people(conn) == []


async def test_forget_takes_the_alerts_off_the_phone(vigil: Vigil) -> None:
    """Who must vanish in a hurry presses one button, not one for each message."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.publish("a", Post("1", text=REFUSAL), Post("2", text=OTHER))
    assert len(vigil.chat(SUBSCRIBER)) == 2
    await vigil.says(SUBSCRIBER, "/stop")
    await vigil.press(SUBSCRIBER, "Delete")

    [left] = vigil.chat(SUBSCRIBER)
    assert left.text.startswith("Deleted.")


async def test_keep_keeps_and_delete_cannot_be_pressed_later(vigil: Vigil) -> None:
    """A decision is made once."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    [asked] = await vigil.says(SUBSCRIBER, "/forget")
    data = asked.buttons[0][0]["callback_data"]
    await vigil.press(SUBSCRIBER, "Keep")
    query = vigil.telegram.people.forge(SUBSCRIBER, data, vigil.telegram.place(SUBSCRIBER))
    await vigil.settle()

    assert vigil.telegram.people.pressed[query]["text"] == "This button no longer works."
    assert await topics(vigil) == ["refusal"]


# why


async def test_why_is_answered_under_the_alert(vigil: Vigil) -> None:
    """Each alert says why it came, once for a group of thumbs."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.publish("a", Post("1", text=REFUSAL))
    [alert] = vigil.chat(SUBSCRIBER)
    [reasons] = await vigil.press(SUBSCRIBER, "Why?")

    assert reasons.reply_to == alert.message_id
    assert "отказались" in reasons.text
    assert await vigil.press(SUBSCRIBER, "Why?") == []


async def test_quiet_alert_opens_folds_and_explains_in_a_popup(vigil: Vigil) -> None:
    """Nothing of the story stands on a Quiet screen but for ten minutes after Open."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.quiet(SUBSCRIBER)
    await vigil.publish("a", Post("1", text=REFUSAL))
    alert = vigil.chat(SUBSCRIBER)[-1]
    assert alert.text == "New item"

    await vigil.press(SUBSCRIBER, "Open")
    assert "отказались" in alert.text
    shown = len(vigil.chat(SUBSCRIBER))
    query = vigil.telegram.people.press(SUBSCRIBER, "Why?")
    await vigil.settle()
    popup = vigil.telegram.people.pressed[query]
    assert popup["show_alert"] is True
    assert "Refusal" in popup["text"]
    assert len(vigil.chat(SUBSCRIBER)) == shown

    vigil.clock.advance(minutes=11)
    await vigil.settle()
    assert alert.text == "New item"


async def test_help_is_by_role(vigil: Vigil) -> None:
    """A subscriber is not shown what they may not do."""
    await vigil.subscriber(SUBSCRIBER)
    [help_] = await vigil.says(SUBSCRIBER, "/help")
    assert "/topics" in help_.text
    assert "/source" not in help_.text

    [admins_help] = await vigil.says(1001, "/help")
    assert "/source" in admins_help.text


async def test_unknown_command_suggests_the_nearest(vigil: Vigil) -> None:
    """A slip costs one tap, not a search."""
    await vigil.subscriber(SUBSCRIBER)
    [answer] = await vigil.says(SUBSCRIBER, "/topic")

    assert "/topics" in answer.text


async def test_the_menu_speaks_the_language_that_was_chosen(vigil: Vigil) -> None:
    """Whatever the app is set to."""
    await vigil.subscriber(SUBSCRIBER, lang="ru")
    await vigil.says(SUBSCRIBER, "/lang uk")

    menus = vigil.telegram.methods.commands
    for app in ("", "en", "ru", "uk"):
        assert menus["chat", app][0] == {"command": "topics", "description": "обрати теми"}
