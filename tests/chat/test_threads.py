"""A private chat with a thread for each topic: a choice, and nothing is lost by it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.model import ChatMode
from tests.support.botapi_emulator import DropAfter, TooMany
from tests.support.feeds import Post
from tests.support.telegram_world import Posted
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil

REFUSAL = "Около 60 контрактников отказались ехать на войну под Псковом."
FIRST = (
    "Около 60 контрактников из Пскова отказались ехать на войну. "
    "Командование угрожает им уголовными делами, рассказали родственники военных."
)
RETOLD = (
    "В Пскове 60 контрактников 27-й бригады отказались ехать на войну, командование угрожает им "
    "делами, сообщил правозащитник Олег Рощин из Петрозаводска."
)
DESERTION = "Солдат-контрактник самовольно оставил часть в Туле, его ищут как дезертира."


async def threaded(vigil: Vigil, *topics: str, lang: str = "en") -> None:
    """A subscriber who has chosen a thread for each topic."""
    vigil.telegram.world.bot["has_topics_enabled"] = True
    await vigil.add_source("a", title="Pskov Post")
    await vigil.subscriber(SUBSCRIBER, *(topics or ("refusal", "desertion")), lang=lang)
    await vigil.says(SUBSCRIBER, "/settings")
    await vigil.press(SUBSCRIBER, "th:1")


def names(vigil: Vigil) -> list[str]:
    return list(vigil.telegram.place(SUBSCRIBER).names.values())


def in_threads(vigil: Vigil) -> list[Posted]:
    return [each for each in vigil.chat(SUBSCRIBER) if each.thread_id]


async def test_each_topic_has_a_thread_that_its_first_alert_opens(vigil: Vigil):
    """One thread a topic, named as the topic; further alerts of the topic stand in the same."""
    await threaded(vigil)
    none_yet = names(vigil)
    await vigil.publish("a", Post("1", text=REFUSAL))
    await vigil.publish("a", Post("2", text=DESERTION))
    await vigil.publish("a", Post("3", text=REFUSAL.replace("60", "90").replace("Псков", "Омск")))

    shown = [(p.text.split(" · ")[0], p.thread_id) for p in in_threads(vigil)]
    threads = {thread: name for name, thread in shown}
    assert none_yet == []
    assert names(vigil) == ["Refusal", "Desertion"]
    assert [vigil.telegram.place(SUBSCRIBER).names[thread] for _, thread in shown] == [
        name for name, _ in shown
    ]
    assert len(shown) == 3
    assert len(threads) == 2


async def test_the_choice_is_offered_only_where_the_bot_has_threads(vigil: Vigil):
    """A bot without threads says nothing of them; a group has no such choice; a forged press
    changes nothing."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    without = (await vigil.says(SUBSCRIBER, "/settings"))[-1]
    place = vigil.telegram.place(SUBSCRIBER)
    vigil.telegram.people.forge(SUBSCRIBER, "th:1", place, without)
    await vigil.settle()
    still_without = (await vigil.says(SUBSCRIBER, "/settings"))[-1]
    vigil.telegram.world.bot["has_topics_enabled"] = True
    offered = (await vigil.says(SUBSCRIBER, "/settings"))[-1]

    assert "A thread a topic" not in without.labels() + still_without.labels()
    assert "✓ One chat for all" in offered.labels()
    assert "A thread a topic" in offered.labels()


async def test_replies_and_answers_stand_in_the_thread(vigil: Vigil):
    """What is said under an alert, Why? and a command's answer come where they were asked for."""
    await threaded(vigil)
    await vigil.add_source("b", title="Radio N")
    await vigil.publish("a", Post("1", text=FIRST))
    await vigil.publish("b", Post("9", text=RETOLD))
    alert, reply = in_threads(vigil)
    why = (await vigil.press(SUBSCRIBER, "Why?", message_id=alert.message_id))[-1]
    listed = (await vigil.says(SUBSCRIBER, "/list", thread_id=alert.thread_id))[-1]
    outside = (await vigil.says(SUBSCRIBER, "/list"))[-1]

    assert {p.thread_id for p in (alert, reply, why, listed)} == {alert.thread_id}
    assert (reply.reply_to, "Radio N" in reply.text) == (alert.message_id, True)
    assert "Refusal" in listed.text
    assert outside.thread_id == 0


async def test_a_digest_and_a_summary_stand_outside(vigil: Vigil):
    """They are of several topics; what a pause held comes in one of them."""
    await threaded(vigil)
    await vigil.says(SUBSCRIBER, "/pause 1d")
    await vigil.publish("a", Post("1", text=REFUSAL))
    await vigil.publish("a", Post("2", text=DESERTION))
    await vigil.says(SUBSCRIBER, "/resume")
    await vigil.press(SUBSCRIBER, "Resume")
    summary = next(p for p in vigil.chat(SUBSCRIBER) if "60" in p.text)

    assert summary.thread_id == 0
    assert "60" in summary.text
    assert names(vigil) == []


@pytest.mark.parametrize("silently", [False, True])
async def test_a_thread_that_somebody_deleted_loses_no_alert(vigil: Vigil, silently: bool):
    """The next alert comes into the chat, once, with words; the one after it opens a thread.

    Whether Telegram refuses the thread or reads over it.
    """
    await threaded(vigil, "refusal")
    vigil.telegram.place(SUBSCRIBER).reads_over_lost_threads = silently
    await vigil.publish("a", Post("1", text=REFUSAL))
    vigil.telegram.people.deletes_thread(SUBSCRIBER, in_threads(vigil)[0].thread_id)
    before = len(vigil.chat(SUBSCRIBER))
    await vigil.publish("a", Post("2", text=REFUSAL.replace("60", "90").replace("Псков", "Омск")))
    came = vigil.chat(SUBSCRIBER)[before:]
    await vigil.publish("a", Post("3", text=REFUSAL.replace("60", "30").replace("Псков", "Читой")))

    assert [p.thread_id for p in came] == [0, 0]
    assert [("90" in p.text, "thread of this topic is gone" in p.text) for p in came] == [
        (True, False),
        (False, True),
    ]
    assert names(vigil) == ["Refusal"]
    assert "30" in in_threads(vigil)[-1].text


async def test_a_server_without_threads_is_told_once_and_all_comes_into_the_chat(vigil: Vigil):
    """Threads were on when they were chosen and are off now: alerts come, the choice is undone."""
    await threaded(vigil, "refusal")
    vigil.telegram.world.bot["has_topics_enabled"] = False
    before = len(vigil.chat(SUBSCRIBER))
    await vigil.publish("a", Post("1", text=REFUSAL))
    await vigil.publish("a", Post("2", text=REFUSAL.replace("60", "90").replace("Псков", "Омск")))
    came = vigil.chat(SUBSCRIBER)[before:]

    assert [p.thread_id for p in came] == [0, 0, 0]
    assert sum("opens no threads" in p.text for p in came) == 1
    assert sum("60" in p.text for p in came) == sum("90" in p.text for p in came) == 1


@pytest.mark.parametrize("fault", [DropAfter(), TooMany(3)])
async def test_a_thread_whose_making_is_not_answered_holds_no_alert_back(
    vigil: Vigil, fault: DropAfter | TooMany
):
    """Asked to wait it waits; where nobody answers the alert comes into the chat. Told once."""
    await threaded(vigil, "refusal")
    vigil.telegram.fail(fault, method="createForumTopic")
    before = len(vigil.chat(SUBSCRIBER))
    await vigil.publish("a", Post("1", text=REFUSAL))
    await vigil.settle()

    came = vigil.chat(SUBSCRIBER)[before:]
    assert [("60" in p.text, bool(p.thread_id)) for p in came] == [
        (True, isinstance(fault, TooMany))
    ]


async def test_quiet_deletes_threads_and_tells_again_what_stood_there_unread(vigil: Vigil):
    """No name of a topic stays in the chat; what the last day told comes folded; back in Normal
    the next alert opens a thread again."""
    await threaded(vigil, "refusal")
    await vigil.publish("a", Post("1", text=REFUSAL))
    shown = await vigil.quiet(SUBSCRIBER)
    await vigil.settle()
    standing, texts = names(vigil), [p.text for p in vigil.chat(SUBSCRIBER)]
    await vigil.publish("a", Post("2", text=REFUSAL.replace("60", "90").replace("Псков", "Омск")))
    quiet = in_threads(vigil)
    settings = (await vigil.says(SUBSCRIBER, "/settings"))[-1]
    await vigil.says(SUBSCRIBER, "/normal")
    await vigil.press(SUBSCRIBER, "nm:1")
    await vigil.publish("a", Post("3", text=REFUSAL.replace("60", "30").replace("Псков", "Читой")))

    assert shown
    assert standing == []
    assert quiet == []
    assert not any("efusal" in text or "60" in text for text in texts)
    assert any(p.buttons and "Open" in p.labels() for p in vigil.chat(SUBSCRIBER))
    assert "A thread a topic" not in settings.labels()
    assert "name would show" in settings.text
    assert names(vigil) == ["Refusal"]


async def test_threads_go_when_messages_vanish(vigil: Vigil):
    """With the last message in them; what comes meanwhile comes into the chat itself."""
    await threaded(vigil, "refusal")
    await vigil.publish("a", Post("1", text=REFUSAL))
    await vigil.says(SUBSCRIBER, "/vanish 1h")
    just_after = names(vigil)
    await vigil.publish("a", Post("2", text=REFUSAL.replace("60", "90").replace("Псков", "Омск")))
    new = [p.thread_id for p in vigil.chat(SUBSCRIBER) if "90" in p.text]
    vigil.clock.advance(timedelta(hours=1, minutes=2).total_seconds())
    await vigil.settle()

    assert just_after == ["Refusal"]
    assert new == [0]
    assert names(vigil) == []


async def test_forgetting_removes_the_threads(vigil: Vigil):
    """However old what stands in them is."""
    await threaded(vigil, "refusal")
    await vigil.publish("a", Post("1", text=REFUSAL))
    vigil.clock.advance(timedelta(days=3).total_seconds())
    await vigil.says(SUBSCRIBER, "/forget")
    await vigil.press(SUBSCRIBER, "Delete")
    await vigil.settle()

    assert names(vigil) == []
    assert in_threads(vigil) == []


async def test_one_chat_again_leaves_what_stands_in_threads(vigil: Vigil):
    """New alerts come into the chat; a reply still stands under its alert; the thread serves
    again when threads are chosen again."""
    await threaded(vigil, "refusal")
    await vigil.publish("a", Post("1", text=REFUSAL))
    await vigil.says(SUBSCRIBER, "/settings")
    await vigil.press(SUBSCRIBER, "th:0")
    await vigil.publish("a", Post("2", text=REFUSAL.replace("60", "90").replace("Псков", "Омск")))
    alone = [p.thread_id for p in vigil.chat(SUBSCRIBER) if "90" in p.text]
    await vigil.press(SUBSCRIBER, "th:1")
    await vigil.publish("a", Post("3", text=REFUSAL.replace("60", "30").replace("Псков", "Читой")))

    assert alone == [0]
    assert names(vigil) == ["Refusal"]
    assert len(in_threads(vigil)) == 2


async def test_a_restart_finds_the_threads_again(vigil: Vigil):
    """They are stored: no second thread of a name."""
    await threaded(vigil, "refusal")
    await vigil.publish("a", Post("1", text=REFUSAL))
    await vigil.stop()
    await vigil.open()
    await vigil.publish("a", Post("2", text=REFUSAL.replace("60", "90").replace("Псков", "Омск")))

    assert names(vigil) == ["Refusal"]
    assert len({p.thread_id for p in in_threads(vigil)}) == 1
    assert len(in_threads(vigil)) == 2


async def test_own_words_name_their_thread(vigil: Vigil):
    """In private, where only this person sees them."""
    await threaded(vigil, "refusal", lang="ru")
    await vigil.says(SUBSCRIBER, "/watch Зайцево")
    await vigil.press(SUBSCRIBER, "Оставить")
    await vigil.publish("a", Post("1", text="В Зайцево прошёл концерт для школьников района."))

    assert names(vigil) == ["Зайцево"]


async def test_a_person_who_writes_in_a_thread_of_their_own_is_who_they_are(vigil: Vigil):
    """Where the bot lets people make threads: nobody becomes a stranger there, and a thread that
    was made is no word to us."""
    vigil.telegram.world.bot |= {
        "has_topics_enabled": True,
        "allows_users_to_create_topics": True,
    }
    vigil.telegram.people.started(ROOT)
    vigil.telegram.place(ROOT).threads.add(77)
    made = await vigil.says(
        ROOT, "", thread_id=77, forum_topic_created={"name": "Work", "icon_color": 7322096}
    )
    status = (await vigil.says(ROOT, "/status", thread_id=77))[-1]

    assert made == []
    assert status.thread_id == 77
    assert "Private bot" not in status.text


async def test_a_mode_that_changes_while_the_thread_is_made_shows_nothing(vigil: Vigil):
    """The person goes Quiet while Telegram makes the thread: it is deleted, the alert folds."""
    await threaded(vigil, "refusal")
    methods, make = vigil.telegram.methods, vigil.telegram.methods.createForumTopic

    async def slow(chat_id: object, name: str, **more: object) -> object:
        made = await make(chat_id, name, **more)
        async with vigil.app.engine.store.write() as conn:
            from bot.store import chats

            chat = await chats.by_address(conn, SUBSCRIBER)
            assert chat is not None
            await chats.set_mode(conn, chat.id, ChatMode.QUIET)
        return made

    methods.createForumTopic = slow  # type: ignore[method-assign]
    before = len(vigil.chat(SUBSCRIBER))
    await vigil.publish("a", Post("1", text=REFUSAL))
    await vigil.settle()

    came = vigil.chat(SUBSCRIBER)[before:]
    assert names(vigil) == []
    assert [p.text for p in came] == ["New item"]
    assert came[0].thread_id == 0
