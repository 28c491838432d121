"""Threads that end, or fail to, while alerts are on their way: each is told once, none is lost,
and a Quiet chat shows nothing of them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.commands import chats
from bot.commands.calls import Actor, Call, Place
from bot.model import ChatMode, ChatType, Role
from bot.store import chats as stored
from tests.chat.test_threads import FIRST, REFUSAL, RETOLD, in_threads, names, threaded
from tests.support.botapi_emulator import DropAfter, Hold
from tests.support.feeds import Post
from tests.support.telegram_world import ApiError
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil

NEXT = REFUSAL.replace("60", "90").replace("Псков", "Омск")
TOPICAL = re.compile("refus|60|90|псков|омск", re.IGNORECASE)
Change = Callable[[], Awaitable[object]]


def call(vigil: Vigil) -> Call:
    place = Place(SUBSCRIBER, ChatType.PRIVATE)
    return Call(Actor(SUBSCRIBER, Role.SUBSCRIBER), place, vigil.clock.now(), manages=True)


async def choose(vigil: Vigil, mode: ChatMode) -> None:
    await chats.set_mode(vigil.app.services.backend, call(vigil), mode)


async def choose_one_chat(vigil: Vigil) -> None:
    async with vigil.app.engine.store.read() as conn:
        chat = await stored.by_address(conn, SUBSCRIBER)
    assert chat is not None
    prefs = replace(chat.prefs, threads=False)
    await chats.set_prefs(vigil.app.services.backend, call(vigil), prefs)


def meanwhile(vigil: Vigil, method: str, change: Change, *, before: bool = False) -> None:
    """The next call of `method` that is of a thread takes so long that something is chosen."""
    methods = vigil.telegram.methods
    really = getattr(methods, method)

    async def slow(*args: Any, **more: Any) -> Any:
        if method == "sendMessage" and not more.get("message_thread_id"):
            return await really(*args, **more)
        setattr(methods, method, really)
        if before:
            await change()
        made = await really(*args, **more)
        if not before:
            await change()
        return made

    setattr(methods, method, slow)


def refuse_to_delete(vigil: Vigil) -> Callable[[], None]:
    """Telegram deletes no thread; until what is returned is called."""
    methods = vigil.telegram.methods
    really = methods.deleteForumTopic

    async def refused(chat_id: Any, message_thread_id: int) -> bool:
        raise ApiError(400, "Bad Request: the chat is not a forum")

    methods.deleteForumTopic = refused  # type: ignore[method-assign]

    def allow() -> None:
        methods.deleteForumTopic = really  # type: ignore[method-assign]

    return allow


def texts(vigil: Vigil) -> list[str]:
    return [p.text for p in vigil.chat(SUBSCRIBER)]


def said(vigil: Vigil, words: str) -> int:
    return sum(words in text for text in texts(vigil))


async def later(vigil: Vigil, **more: float) -> None:
    vigil.clock.advance(timedelta(**more).total_seconds())
    await vigil.settle()


@pytest.mark.parametrize("back", [False, True])
async def test_an_alert_on_its_way_into_a_thread_that_goes_comes_again(vigil: Vigil, back: bool):
    """Quiet is chosen while Telegram takes the alert, also if it is undone at once."""
    await threaded(vigil, "refusal")
    await vigil.publish("a", Post("1", text=REFUSAL))

    async def change() -> None:
        await choose(vigil, ChatMode.QUIET)
        if back:
            await choose(vigil, ChatMode.NORMAL)

    meanwhile(vigil, "sendMessage", change)
    await vigil.publish("a", Post("2", text=NEXT))
    await later(vigil, hours=1)

    assert names(vigil) == in_threads(vigil) == []
    if back:
        assert said(vigil, "60") == said(vigil, "90") == 1
        return
    assert not any(map(TOPICAL.search, texts(vigil)))
    for folded in [p for p in vigil.chat(SUBSCRIBER) if "Open" in p.labels()]:
        await vigil.press(SUBSCRIBER, "Open", message_id=folded.message_id)
    assert said(vigil, "60") == said(vigil, "90") == 1


async def test_an_alert_whose_thread_goes_first_is_never_shown_in_quiet(vigil: Vigil):
    """Quiet deletes the thread before Telegram looks at the alert: it is prepared again, folded."""
    await threaded(vigil, "refusal")
    await vigil.publish("a", Post("1", text=REFUSAL))
    thread = in_threads(vigil)[0].thread_id

    async def change() -> None:
        await choose(vigil, ChatMode.QUIET)
        vigil.telegram.people.deletes_thread(SUBSCRIBER, thread)

    meanwhile(vigil, "sendMessage", change, before=True)
    await vigil.publish("a", Post("2", text=NEXT))
    await vigil.settle()

    shown = vigil.chat(SUBSCRIBER)
    once = [text for p in shown for text in (p.text, *(text for _, text in p.edits))]
    assert not any(map(TOPICAL.search, once))
    assert sum("Open" in p.labels() for p in shown) == 2


async def test_a_thread_that_telegram_does_not_delete_shows_nothing_in_quiet(vigil: Vigil):
    """What stood in it is deleted by itself; the person is told once; it is tried until it goes."""
    await threaded(vigil, "refusal")
    await vigil.publish("a", Post("1", text=REFUSAL))
    allow = refuse_to_delete(vigil)
    await vigil.quiet(SUBSCRIBER)
    await vigil.settle()
    standing, told = in_threads(vigil), said(vigil, "by hand")
    await later(vigil, days=2)
    told_again = said(vigil, "by hand")
    thread = names(vigil)
    allow()
    await later(vigil, hours=7)

    assert (standing, told, told_again) == ([], 1, 0)
    assert len(thread) == 1
    assert names(vigil) == []
    assert not any(map(TOPICAL.search, texts(vigil)))


async def test_nothing_stands_in_quiet_while_threads_wait_for_deletion(vigil: Vigil):
    """Right after Quiet, with a reply under the alert; told once, folded, in the chat itself."""
    await threaded(vigil, "refusal")
    await vigil.add_source("b", title="Radio N")
    await vigil.publish("a", Post("1", text=FIRST))
    await vigil.publish("b", Post("9", text=RETOLD))
    alert, reply = in_threads(vigil)
    refuse_to_delete(vigil)
    await vigil.quiet(SUBSCRIBER)
    await vigil.settle()

    assert reply.reply_to == alert.message_id
    assert in_threads(vigil) == []
    assert not any(map(TOPICAL.search, texts(vigil)))
    assert sum("Open" in p.labels() for p in vigil.chat(SUBSCRIBER)) == 1
    assert said(vigil, "by hand") == 1


async def test_a_thread_that_is_made_too_late_costs_no_alert_and_delays_no_other(vigil: Vigil):
    """One chat is chosen while Telegram makes the thread, and Telegram does not delete it."""
    await threaded(vigil, "refusal")
    vigil.telegram.people.started(ROOT)
    await vigil.subscriber(ROOT, "refusal")
    allow = refuse_to_delete(vigil)
    meanwhile(vigil, "createForumTopic", lambda: choose_one_chat(vigil))
    began = vigil.clock.now()
    await vigil.publish("a", Post("1", text=REFUSAL))
    await vigil.settle()
    came = [p for p in vigil.chat(SUBSCRIBER) if "60" in p.text]
    [other] = [p for p in vigil.chat(ROOT) if "60" in p.text]
    stands = names(vigil)
    allow()
    await later(vigil, hours=1)

    assert [p.thread_id for p in came] == [0]
    assert vigil.app.engine.outbox._reach.failures == 0  # Telegram was never taken for unreached
    assert other.at - began < timedelta(minutes=2)
    assert stands == ["Refusal"]
    assert names(vigil) == []


@pytest.mark.parametrize("choice", ["quiet", "vanish", "forget"])
async def test_a_thread_that_may_stand_is_said_where_none_shall(vigil: Vigil, choice: str):
    """Telegram made it without an answer, so its number is not known: the person can delete it."""
    await threaded(vigil, "refusal")
    vigil.telegram.fail(DropAfter(), method="createForumTopic")
    await vigil.publish("a", Post("1", text=REFUSAL))
    before = said(vigil, "may be left here")
    if choice == "quiet":
        await vigil.quiet(SUBSCRIBER)
    elif choice == "vanish":
        await vigil.says(SUBSCRIBER, "/vanish 24h")
    else:
        await vigil.says(SUBSCRIBER, "/forget")
        await vigil.press(SUBSCRIBER, "Delete")
    await vigil.settle()

    assert names(vigil) == ["Refusal"]
    assert (before, said(vigil, "may be left here")) == (0, 1)


async def test_forgetting_says_that_a_thread_is_left(vigil: Vigil):
    """Telegram refuses to delete it, and afterwards nobody knows of it."""
    await threaded(vigil, "refusal")
    await vigil.publish("a", Post("1", text=REFUSAL))
    refuse_to_delete(vigil)
    await vigil.says(SUBSCRIBER, "/forget")
    await vigil.press(SUBSCRIBER, "Delete")

    assert said(vigil, "Deleted.") == said(vigil, "may be left here") == 1


async def test_a_crash_while_a_thread_is_made_makes_no_second_one(vigil: Vigil):
    """The try was noted: the alert comes, and Quiet says that a thread may stand."""
    await threaded(vigil, "refusal")
    hold = vigil.telegram.fail(Hold(), method="createForumTopic")
    assert isinstance(hold, Hold)
    await vigil.put("a", Post("1", text=REFUSAL))
    vigil.clock.advance(61)
    reading = asyncio.ensure_future(vigil.settle())
    await hold.reached.wait()
    reading.cancel()
    calls = tuple(vigil.app.engine.outbox._calls.under_way)
    for each in calls:
        each.cancel()
    await asyncio.wait({reading, *calls})
    await vigil.stop()
    hold.release.set()
    await vigil.open()
    await later(vigil, minutes=10)
    alerts = [p.thread_id for p in vigil.chat(SUBSCRIBER) if "60" in p.text]
    made = names(vigil)
    await vigil.quiet(SUBSCRIBER)
    await vigil.settle()

    assert alerts == [0]
    assert made == ["Refusal"]
    assert said(vigil, "may be left here") == 1


async def test_nothing_new_stands_in_a_thread_that_shall_vanish(vigil: Vigil):
    """A reply comes into the chat itself: in the thread it would go too soon to be read."""
    await threaded(vigil, "refusal")
    await vigil.add_source("b", title="Radio N")
    await vigil.publish("a", Post("1", text=FIRST))
    await vigil.says(SUBSCRIBER, "/vanish 1h")
    [alert] = in_threads(vigil)
    before = len(vigil.chat(SUBSCRIBER))
    await later(vigil, minutes=30)
    await vigil.publish("b", Post("9", text=RETOLD))
    came = vigil.chat(SUBSCRIBER)[before:]
    await later(vigil, minutes=31)

    assert [(p.thread_id, p.reply_to, "27th" in p.text) for p in came] == [(0, None, True)]
    assert names(vigil) == []
    assert alert.deleted
    assert not came[0].deleted  # it stays for its hour


async def test_quiet_speaks_of_threads_where_some_stand(vigil: Vigil):
    """Not where none was made yet; also where one chat was chosen again since."""
    await threaded(vigil, "refusal")
    without = (await vigil.says(SUBSCRIBER, "/quiet"))[-1]
    await vigil.publish("a", Post("1", text=REFUSAL))
    await choose_one_chat(vigil)
    standing = (await vigil.says(SUBSCRIBER, "/quiet"))[-1]

    assert ["Threads go too" in each.text for each in (without, standing)] == [False, True]


async def test_settings_say_that_threads_were_turned_off(vigil: Vigil):
    """By the bot's owner, after they were chosen here: the choice can be ended."""
    await threaded(vigil, "refusal")
    vigil.telegram.world.bot["has_topics_enabled"] = False
    page = (await vigil.says(SUBSCRIBER, "/settings"))[-1]
    labels = page.labels()
    before = page.text
    await vigil.press(SUBSCRIBER, "One chat for all", message_id=page.message_id)

    assert "threads are turned off" in before
    assert labels[2:] == ["One chat for all"]
    assert "Threads" not in page.text


async def test_a_reply_that_goes_with_its_thread_brings_its_story_again(vigil: Vigil):
    """A reply goes with its thread, perhaps unread: its story comes again, whenever it began."""
    await threaded(vigil, "refusal")
    await vigil.add_source("b", title="Radio N")
    await vigil.publish("a", Post("1", text=FIRST))
    await later(vigil, hours=1)
    await vigil.publish("b", Post("9", text=RETOLD))
    alert, reply = in_threads(vigil)
    await later(vigil, hours=23.5)
    await vigil.quiet(SUBSCRIBER)
    await vigil.settle()
    [folded] = [p for p in vigil.chat(SUBSCRIBER) if "Open" in p.labels()]
    await vigil.press(SUBSCRIBER, "Open", message_id=folded.message_id)

    assert reply.reply_to == alert.message_id
    assert "Pskov Post" in folded.text


@pytest.mark.parametrize("command", ["/quiet", "/forget"])
async def test_what_is_asked_in_a_thread_that_goes_is_answered_outside(vigil: Vigil, command: str):
    """The thread goes with the question; the answer stands in the chat, once."""
    await threaded(vigil, "refusal")
    await vigil.publish("a", Post("1", text=REFUSAL))
    thread = in_threads(vigil)[0].thread_id
    [asked] = await vigil.says(SUBSCRIBER, command, thread_id=thread)
    yes = asked.labels()[0]
    await vigil.press(SUBSCRIBER, yes, message_id=asked.message_id)
    await vigil.settle()
    answer = {"/quiet": "Quiet: you see only", "/forget": "Deleted."}[command]

    assert asked.thread_id == thread
    assert names(vigil) == in_threads(vigil) == []
    assert said(vigil, answer) == 1


async def test_whoever_forgets_while_a_thread_is_made_gets_nothing_more(vigil: Vigil):
    """The thread is removed where Telegram lets it be; the alert has nowhere to go."""
    await threaded(vigil, "refusal")

    async def forget() -> None:
        await chats.forget(vigil.app.services.backend, call(vigil))

    meanwhile(vigil, "createForumTopic", forget)
    await vigil.publish("a", Post("1", text=REFUSAL))
    await vigil.settle()

    assert names(vigil) == []
    assert said(vigil, "60") == 0
