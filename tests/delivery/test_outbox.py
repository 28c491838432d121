"""What was committed is told, once; what is unknown is repeated and counted."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot.delivery.reach import Reach
from bot.errors import NotSent, StoreError
from bot.model import ChatMode, ChatState, NoticeState, Prefs, Way
from bot.store import (
    Store,
    alerts,
    chats,
    digests,
    message_views,
    messages,
    notices,
    replies,
    standing_messages,
)
from tests.delivery.conftest import TOPIC, Scene
from tests.support.botapi_emulator import DropAfter, DropBefore, Fault, Hold, Status, TooMany
from tests.support.clock import ManualClock


async def test_every_subscriber_hears_once(scene: Scene):
    for user in (1, 2, 3):
        await scene.chat(user)
    await scene.chat(4, topics=["desertion"])
    await scene.story("Отказались ехать")
    assert await scene.step() is None
    await scene.step()

    assert [scene.server.texts(user) for user in (1, 2, 3, 4)] == [["Отказались ехать"]] * 3 + [[]]
    assert scene.server.transcript(1)[0].styled() == ["Отказались ехать"]
    assert await scene.states() == ["sent"] * 3
    assert await scene.counters() == {}


async def test_expansion_takes_any_number_of_batches(scene: Scene):
    """One path for 3 chats or 50,000; a crash in between repeats no one."""
    scene.outbox._expander._batch = 4
    for user in range(1, 12):
        await scene.chat(user)
    await scene.story("one")
    await scene.outbox._expander.step(scene.clock.now())
    await scene.start()
    scene.outbox._expander._batch = 4
    await scene.for_(3)

    assert [scene.server.texts(user) for user in range(1, 12)] == [["one"]] * 11


async def test_a_joining_copy_is_an_edit_not_a_second_alert(scene: Scene):
    await scene.chat(1)
    alert = await scene.story("one")
    await scene.step()
    scene.clock.advance(60)
    await scene.copy(alert, "Radio N")
    await scene.for_(5)

    (shown,) = scene.server.transcript(1)
    assert shown.text == "one\n+ Radio N"
    assert len(shown.edits) == 1


async def test_who_follows_only_the_copys_topic_hears(scene: Scene):
    await scene.chat(1)
    await scene.chat(2, topics=["desertion"])
    alert = await scene.story("one")
    await scene.step()
    scene.clock.advance(60)
    await scene.copy(alert, "Radio N", topic="desertion")
    await scene.for_(5)

    assert len(scene.server.transcript(2)) == 1


async def test_edits_of_a_growing_story_are_rare(scene: Scene, sqlite_database: str):
    """At most one edit in five minutes, through a restart, and the last state shows in the end."""
    await scene.chat(1)
    alert = await scene.story("one")
    await scene.step()
    for n in range(8):
        if n == 4:
            await scene.crash(sqlite_database)
            await scene.start()
        scene.clock.advance(30)
        await scene.copy(alert, f"Radio {n}")
        await scene.step()
    await scene.for_(300)

    (shown,) = scene.server.transcript(1)
    assert len(shown.edits) == 2
    assert shown.text.endswith("+ Radio 7")


async def test_a_story_that_grows_for_hours_is_edited_nine_times(
    scene: Scene, sqlite_database: str
):
    """The tenth and last edit is kept for the removal of what the message tells."""
    await scene.chat(1)
    alert = await scene.story("one")
    await scene.step()
    for n in range(12):
        if n == 6:
            await scene.crash(sqlite_database)
            await scene.start()
        await scene.copy(alert, f"Radio {n}")
        await scene.for_(301)
    (shown,) = scene.server.transcript(1)
    grown = len(shown.edits)
    async with scene.store.write() as conn:
        growth = await alerts.bump_messages(conn, alert.id)
        removal = await alerts.bump_messages(conn, alert.id, gone=True)

    assert (grown, growth, removal) == (9, 0, 1)


async def test_what_was_opened_is_edited_for_growth_after_the_pause(scene: Scene):
    """Opening is an edit too: what joins a moment later is shown five minutes after it."""
    await scene.chat(1, mode=ChatMode.QUIET)
    alert = await scene.story("one")
    await scene.for_(60)
    async with scene.store.write() as conn:
        await standing_messages.reveal(conn, 1, scene.clock.now() + timedelta(minutes=10))
    await scene.step()
    await scene.copy(alert, "Radio N")
    await scene.for_(200)
    (shown,) = scene.server.transcript(1)
    soon = shown.text
    await scene.for_(120)

    assert (soon, shown.text) == ("one", "one\n+ Radio N")


async def test_what_reads_the_same_is_not_edited(scene: Scene):
    """A folded alert that grows, and a change that shows nowhere, cost no call."""
    await scene.chat(1, mode=ChatMode.QUIET)
    alert = await scene.story("one")
    await scene.step()
    await scene.copy(alert, "Radio N")
    await scene.for_(60)

    assert (scene.server.times("editMessageText"), scene.server.refused) == ([], [])
    (message,) = await scene.messages()
    assert message.sent_version == message.wanted_version


async def test_a_copy_during_the_first_broadcast_needs_no_edit(scene: Scene):
    await scene.chat(1)
    alert = await scene.story("one")
    await scene.copy(alert, "Radio N")
    await scene.for_(400)

    (shown,) = scene.server.transcript(1)
    assert (shown.text, shown.edits) == ("one\n+ Radio N", [])


# What goes wrong on the way


@pytest.mark.parametrize(
    ("fault", "told", "counted"),
    [
        (DropBefore(), 1, "messages_unknown"),
        (DropAfter(), 2, "messages_unknown"),
        (Status(500), 1, "messages_server_failed"),
        (Status(503, b" "), 1, "messages_server_failed"),
        (Status(502, b"<html>", taken=True), 2, "messages_server_failed"),
    ],
)
async def test_an_unknown_outcome_is_repeated_and_counted(
    scene: Scene, fault, told: int, counted: str
):
    """Loss is worse than repetition; a repetition happens only here. A server that says that
    it failed is counted apart from silence."""
    await scene.chat(1)
    await scene.story("one")
    scene.server.fail(fault)
    await scene.step()
    assert await scene.states() == ["unknown"]
    await scene.for_(10)

    assert scene.server.texts(1) == ["one"] * told
    assert await scene.states() == ["sent"]
    assert await scene.counters() == {"messages_repeated": 1, counted: 1}


async def test_it_is_repeated_six_times_then_there_is_an_alarm(scene: Scene):
    await scene.chat(1)
    await scene.story("one")
    scene.server.fail(DropBefore(), times=50)
    with capture_logs() as lines:
        await scene.for_(3600)

    assert await scene.states() == ["dead"]
    assert (await scene.counters())["messages_repeated"] == 6
    assert (await scene.counters())["messages_given_up"] == 1
    assert [line["event"] for line in lines].count("message.given_up") == 1
    async with scene.store.read() as conn:
        (held,) = await notices.notices_held(conn, 1)
    assert held.state is NoticeState.HELD


async def test_what_is_not_answered_is_repeated_ever_more_rarely(scene: Scene):
    """Soon at first, since most answers are lost for a moment; within 20 minutes in all."""
    await scene.chat(1)
    await scene.story("one")
    scene.server.fail(DropAfter(), times=50)
    await scene.for_(3600)
    called = scene.server.times()
    pauses = [(b - a).total_seconds() for a, b in itertools.pairwise(called)]

    assert pauses == pytest.approx([5, 10, 20, 60, 300, 690], abs=0.1)


async def test_what_was_provably_not_sent_is_repeated_freely(scene: Scene):
    """An hour without network loses and repeats nothing."""
    for user in range(1, 4):
        await scene.chat(user)
    await scene.story("one")
    async with scene.server.unreachable():
        await scene.for_(3600)
        assert set(await scene.states()) <= {"retry", "queued"}
    await scene.for_(120)

    assert [scene.server.texts(user) for user in range(1, 4)] == [["one"]] * 3
    assert await scene.counters() == {}


async def test_while_telegram_is_not_reached_few_calls_try(scene: Scene):
    """And the log says so once, and once that it is over."""
    for user in range(1, 40):
        await scene.chat(user)
    await scene.story("one")
    with capture_logs() as lines:
        async with scene.server.unreachable():
            await scene.for_(600)
            assert 8 <= scene.outbox._reach.failures <= 20
        await scene.for_(120)

    said = [line["event"] for line in lines if "telegram" in line["event"]]
    assert said == ["outbox.telegram_unreached", "outbox.telegram_back"]


def test_one_refused_connection_costs_a_second(clock: ManualClock):
    """What is refused again and again is asked ever more seldom; an answer ends that."""
    reach = Reach(clock)
    pauses = []
    for _ in range(3):
        reach.note(NotSent("refused"))
        reach.note(NotSent("refused too"))  # of the same moment: no failure more
        pauses.append(reach.paused_until - clock.monotonic())
        clock.advance(pauses[-1])

    assert pauses == [1.0, 2.0, 4.0]
    reach.note(None)
    assert not reach.is_lost


async def test_a_429_is_waited_out(scene: Scene):
    await scene.chat(1)
    await scene.story("one")
    scene.server.fail(TooMany(17))
    await scene.step()
    assert await scene.states() == ["retry"]
    await scene.for_(16)
    assert scene.server.texts(1) == []
    await scene.for_(2)

    assert scene.server.texts(1) == ["one"]
    assert await scene.counters() == {}


async def test_a_blocked_chat_gets_no_more_and_loses_nothing(scene: Scene):
    """403: the chat rests; its notices wait for the day it comes back."""
    chat = await scene.chat(1)
    await scene.chat(2)
    scene.server.people.blocks(1)
    await scene.story("one")
    await scene.story("two")
    await scene.for_(30)

    attempts = [r for r in scene.server.refused if "blocked" in r[1]]
    assert len(attempts) == 1
    assert scene.server.texts(2) == ["one", "two"]
    async with scene.store.read() as conn:
        found = await chats.get(conn, chat.id)
        held = await notices.notices_held(conn, chat.id)
    assert found is not None
    assert found.state is ChatState.BLOCKED
    assert len(held) == 2
    # The cause in words that stay, never the name of an error of ours.
    assert {m.reason for m in await scene.messages() if m.chat.id == chat.id} == {"blocked"}

    async with scene.store.write() as conn:
        assert await chats.resume(conn, chat.id, scene.clock.now()) == 2
    scene.server.people.started(1)
    await scene.for_(5)
    assert scene.server.texts(1) == ["one\ntwo"]


async def test_a_chat_that_blocks_before_an_edit_is_known_as_blocked(scene: Scene):
    """403 to an edit says as much as 403 to a message: what is told next is held for its return."""
    chat = await scene.chat(1)
    alert = await scene.story("one")
    await scene.for_(60)
    scene.server.people.blocks(1)
    await scene.copy(alert, "Radio N")
    await scene.for_(10)
    async with scene.store.read() as conn:
        found = await chats.get(conn, chat.id)

    assert found is not None
    assert found.state is ChatState.BLOCKED


async def test_a_moved_group_is_followed(scene: Scene):
    await scene.chat(-100)
    scene.server.people.moves(-100, -100200)
    await scene.story("one")
    await scene.for_(5)

    assert scene.server.texts(-100200) == ["one"]
    async with scene.store.read() as conn:
        assert await chats.by_telegram_id(conn, -100) == []
    assert await scene.counters() == {}


async def test_a_group_that_moves_while_an_edit_is_due_is_followed(scene: Scene):
    """What stood in the old group cannot be edited in the new one; what comes next is told."""
    await scene.chat(-100)
    alert = await scene.story("one")
    await scene.for_(60)
    scene.server.people.moves(-100, -100200)
    await scene.copy(alert, "Radio N")
    await scene.outbox._pump(scene.clock.now())
    await scene.outbox.settle()
    async with scene.store.read() as conn:
        assert await chats.by_telegram_id(conn, -100) == []
    await scene.story("two")
    await scene.for_(60)

    assert scene.server.texts(-100200) == ["two"]


async def test_a_closed_thread_falls_back_to_the_chat(scene: Scene):
    await scene.chat(-100, 11)
    scene.server.people.closes_thread(-100, 11)
    await scene.story("one")
    task = asyncio.ensure_future(scene.step())
    await _advance_until(task, scene)

    (shown,) = scene.server.transcript(-100)
    assert (shown.text, shown.thread_id) == ("one", 0)


async def test_refused_html_is_sent_as_plain_text(scene: Scene):
    await scene.chat(1)
    await scene.story("<broken & bold")
    task = asyncio.ensure_future(scene.step())
    await _advance_until(task, scene)

    assert scene.server.texts(1) == ["<broken & bold"]


async def test_a_bug_in_rendering_costs_the_form_not_the_alert(scene: Scene):
    await scene.chat(1)
    await scene.story("unrenderable")
    with capture_logs() as lines:
        await scene.step()

    assert scene.server.texts(1)[0].startswith("unrenderable\nPskov Post https://pskov.example/")
    assert "message.not_rendered" in [line["event"] for line in lines]


async def test_a_bug_in_one_cause_does_not_stop_the_others(scene: Scene, monkeypatch):
    await scene.chat(1)
    await scene.story("one")
    broken = scene.outbox._expander._audience

    def audience(item, source, matches):
        if item.title == "one":
            raise ZeroDivisionError
        return broken(item, source, matches)

    scene.outbox._expander._audience = audience
    await scene.story("two")
    await scene.step()
    assert scene.server.texts(1) == ["two"]

    scene.outbox._expander._audience = broken
    await scene.for_(10)
    assert scene.server.texts(1) == ["two", "one"]


async def test_a_cause_that_fails_is_tried_ever_more_rarely(scene: Scene):
    """After 5, 10, 20, 40 seconds: a bug costs neither the machine nor the log an endless loop."""
    await scene.chat(1)
    await scene.story("one")
    tried = []

    def audience(item, source, matches):
        tried.append(round((scene.clock.now() - began).total_seconds()))
        raise ZeroDivisionError

    scene.outbox._expander._audience = audience
    began = scene.clock.now()
    with capture_logs():
        await scene.step()
        await scene.step()
        await scene.for_(80)

    assert tried == [0, 5, 15, 35, 75]


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_fifth_of_all_calls_fails(scene: Scene, seed: int):
    """0 lost; repeats only among unknown outcomes, and each counted."""
    users = range(1, 61)
    for user in users:
        await scene.chat(user)
    for n in range(3):
        await scene.story(f"story {n}")
    faults = [DropBefore(), DropAfter(), Status(500), Status(502, taken=True), TooMany(3)]
    scene.server.fail_at_random(random.Random(seed), 0.2, faults)
    await scene.for_(20)
    async with scene.server.unreachable():
        await scene.for_(30)
    await scene.for_(900)

    told = [scene.server.texts(user) for user in users]
    assert all(set(texts) == {"story 0", "story 1", "story 2"} for texts in told)
    repeats = sum(map(len, told)) - 180
    counters = await scene.counters()
    assert 0 < repeats <= counters["messages_unknown"] <= counters["messages_repeated"]
    assert "messages_given_up" not in counters


async def test_a_database_that_fails_between_claim_and_call_leaves_nothing_stuck(scene: Scene):
    """What was marked as sending but never called for is provably not sent."""
    await scene.chat(1)
    await scene.story("one")

    async def failing(conn, message_ids):
        raise StoreError("disk full")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(message_views, "views_of", failing)
        with pytest.raises(StoreError):
            await scene.step()
    await scene.outbox.settle()
    await scene.for_(5)

    assert scene.server.texts(1) == ["one"]
    assert await scene.counters() == {}


# A process that dies


async def test_a_message_in_flight_when_killed_is_sent_again(scene: Scene, sqlite_database: str):
    """Only the message in flight repeats, and is counted."""
    await scene.chat(1)
    await scene.chat(2)
    await scene.story("one")
    hold = Hold()
    scene.server.fail(hold, chat_id=2)
    step = asyncio.ensure_future(scene.step())
    await hold.reached.wait()
    while await _state_of(scene, 1) != "sent":
        await asyncio.wait({step}, timeout=0.01)
    step.cancel()
    await scene.crash(sqlite_database)

    assert await scene.start() == 1
    await scene.for_(30)
    assert scene.server.texts(1) == ["one"]
    assert scene.server.texts(2) == ["one", "one"]
    assert await scene.counters() == {"messages_repeated": 1, "messages_unknown": 1}


@pytest.mark.parametrize("noted", [False, True])
async def test_after_a_restart_the_limits_still_hold(
    scene: Scene, sqlite_database: str, noted: bool
):
    """Also when the call that was cut short could still be noted as unknown."""
    for user in range(1, 60):
        await scene.chat(user)
    await scene.story("one")
    hold = Hold()
    scene.server.fail(hold, chat_id=30)
    step = asyncio.ensure_future(scene.step())
    await hold.reached.wait()
    while (await scene.states()).count("sent") < 29:
        await asyncio.wait({step}, timeout=0.01)
    step.cancel()
    if noted:
        for call in tuple(scene.outbox._calls.under_way):
            call.cancel()
        await asyncio.wait({step, *scene.outbox._calls.under_way})
    await scene.crash(sqlite_database)
    await scene.start()
    await scene.for_(30)

    assert scene.server.count_429() == 0
    assert all(scene.server.texts(user) for user in range(1, 60))


async def test_a_quick_restart_keeps_within_the_limits(scene: Scene, sqlite_database: str):
    """Shut down in good order and started at once: what was sent a moment ago counts on."""
    group = -100500
    await scene.chat(group)
    for user in range(1, 31):
        await scene.chat(user, topics=["pressure"])
    for n in range(12):
        await scene.story(f"story {n}")
        await scene.for_(1)
    await scene.story("help", topic="pressure")
    await scene.step()
    await scene.crash(sqlite_database)
    await scene.start()
    await scene.story("help again", topic="pressure")
    for n in range(12, 22):
        await scene.story(f"story {n}")
    await scene.for_(90)

    assert scene.server.count_429() == 0
    assert len(scene.server.texts(group)) == 22
    assert len(scene.server.times()) == 82


# People change their minds


@pytest.mark.parametrize("how", ["unsubscribes", "pauses", "blocks"])
async def test_nothing_goes_to_a_chat_that_has_left_whatever_was_under_way(scene: Scene, how: str):
    """Unanswered, refused for now, queued, a digest, a reply: none of them goes any more."""
    now, chat = scene.clock.now(), await scene.chat(1)
    alert = await scene.story("told")
    await scene.step()
    scene.clock.advance(10)
    for fault in (Status(500), TooMany(5)):
        scene.server.fail(fault)
        await scene.story(str(fault))
        await scene.step()
        scene.clock.advance(3)
    await scene.story("queued")
    await scene.outbox._expander.step(scene.clock.now())
    async with scene.store.write() as conn:
        joined = await scene._item(conn, alert.story_id, "x", "Radio N", "same", TOPIC)
        await replies.queue(conn, alert.id, joined, now)
        await chats.set_ways(conn, chat.id, TOPIC, {"": Way.DIGEST})
    await scene.story("for the digest")
    await scene.outbox._expander.step(scene.clock.now())
    async with scene.store.write() as conn:
        await digests.hold_until(conn, scene.clock.now(), [chat.id], digest=True)
    await scene.outbox._planner.step(scene.clock.now())
    states = await scene.states()
    async with scene.store.write() as conn:
        if how == "unsubscribes":
            await chats.unsubscribe(conn, chat.id, TOPIC)
        elif how == "pauses":
            await chats.pause(conn, chat.id, scene.clock.now())
        else:
            await chats.set_state(conn, chat.id, ChatState.BLOCKED)
            await notices.hold_notices(conn, chat.id)
    await scene.for_(7200)

    assert sorted(states) == ["queued", "queued", "queued", "retry", "sent", "unknown"]
    assert scene.server.texts(1) == ["told"]


async def test_nothing_is_sent_after_unsubscribing(scene: Scene):
    chat = await scene.chat(1)
    await scene.story("one")
    await scene.outbox._expander.step(scene.clock.now())
    async with scene.store.write() as conn:
        await chats.unsubscribe(conn, chat.id, TOPIC)
    await scene.for_(10)

    assert scene.server.texts(1) == []
    assert await scene.states() == ["dead"]


async def test_nothing_is_sent_after_pausing(scene: Scene):
    chat = await scene.chat(1)
    await scene.story("one")
    await scene.outbox._expander.step(scene.clock.now())
    async with scene.store.write() as conn:
        await chats.pause(conn, chat.id, scene.clock.now())
    await scene.story("two")
    await scene.for_(10)

    assert scene.server.texts(1) == []
    async with scene.store.read() as conn:
        assert len(await notices.notices_held(conn, chat.id)) == 2


async def test_pausing_between_choosing_and_calling_holds_the_alert(scene: Scene):
    """The last look is after `sending` is committed."""
    chat = await scene.chat(1)
    await scene.story("one")
    marked = messages.mark_sending

    async def pause_then(conn, ids, epoch):
        claimed = await marked(conn, ids, epoch)
        await chats.pause(conn, chat.id, scene.clock.now())
        return claimed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(messages, "mark_sending", pause_then)
        await scene.step()

    assert scene.server.taken[1:] == []
    async with scene.store.read() as conn:
        assert len(await notices.notices_held(conn, chat.id)) == 1


async def test_quiet_messages_fold_and_vanish(scene: Scene):
    """Quiet: nothing on the lock screen, opened for ten minutes, deleted after a day."""
    await scene.chat(1, mode=ChatMode.QUIET)
    await scene.story("one")
    await scene.step()
    (shown,) = scene.server.transcript(1)
    assert (shown.text, shown.labels()) == ("New item", ["Open"])

    scene.clock.advance(60)
    async with scene.store.write() as conn:
        await standing_messages.reveal(conn, 1, scene.clock.now() + timedelta(minutes=10))
    await scene.step()
    assert shown.text == "one"
    await scene.for_(601)
    assert shown.text == "New item"
    await scene.for_(24 * 3600)

    assert shown.deleted
    assert await scene.states() == ["deleted"]


@pytest.mark.parametrize("fault", [DropBefore(), Status(500), TooMany(30)])
async def test_a_deletion_that_was_not_done_is_tried_again(scene: Scene, fault: Fault):
    """Whatever came between: what shall vanish does, and is not tried again and again at once."""
    await scene.chat(1)
    await scene.story("one")
    await scene.for_(10)
    scene.server.fail(fault, method="deleteMessage")
    async with scene.store.write() as conn:
        await standing_messages.delete_at(conn, [1], scene.clock.now())
    await scene.step()
    assert scene.server.texts(1) == ["one"]
    await scene.for_(60)

    assert scene.server.texts(1) == []
    assert await scene.states() == ["deleted"]
    assert await scene.counters() == {}


async def test_what_is_neither_deleted_nor_emptied_is_counted(scene: Scene):
    """Telegram refuses both: nobody tries for ever, and /health says that something stays."""
    await scene.chat(1)
    await scene.story("one")
    await scene.for_(10)
    words = "Bad Request: message can't be deleted"
    refused = json.dumps({"ok": False, "error_code": 400, "description": words}).encode()
    for method in ("deleteMessage", "editMessageText"):
        scene.server.fail(Status(400, refused), method=method, times=9)
    async with scene.store.write() as conn:
        await standing_messages.delete_at(conn, [1], scene.clock.now())
    await _advance_until(asyncio.ensure_future(scene.step()), scene)

    assert await scene.states() == ["deleted"]
    assert await scene.counters() == {"messages_left_undeleted": 1}


async def test_what_is_too_old_to_delete_is_emptied(scene: Scene):
    """After a long stop nothing of it can be read on the phone all the same."""
    await scene.chat(1, mode=ChatMode.QUIET)
    await scene.story("one")
    await scene.step()
    scene.clock.advance(hours=50)
    await scene.for_(5)

    (shown,) = scene.server.transcript(1)
    assert (shown.text, shown.labels()) == ("—", [])
    assert await scene.states() == ["deleted"]
    assert await scene.counters() == {}


async def test_vanishing_chosen_while_a_message_is_on_its_way_holds_for_it(scene: Scene):
    """What a person said before the message came is what it goes by."""
    chat = await scene.chat(1)
    await scene.story("one")
    hold = Hold()
    scene.server.fail(hold, chat_id=1)
    step = asyncio.ensure_future(scene.step())
    await hold.reached.wait()
    async with scene.store.write() as conn:
        await chats.set_prefs(conn, chat.id, Prefs(vanish=1))
        await standing_messages.let_vanish(conn, chat.id, timedelta(hours=1), scene.clock.now())
    hold.release.set()
    await step
    await scene.for_(3700)

    assert scene.server.texts(1) == []


async def test_a_chat_forgotten_while_its_message_is_on_its_way_harms_no_other(scene: Scene):
    """/forget takes the chat and its messages; what others were sent in that step is written."""
    forgotten, _ = await scene.chat(1), await scene.chat(2)
    await scene.story("one")
    hold = Hold()
    scene.server.fail(hold, chat_id=1)
    step = asyncio.ensure_future(scene.step())
    await hold.reached.wait()
    async with scene.store.write() as conn:
        await chats.forget(conn, forgotten.id)
    hold.release.set()
    await step
    await scene.for_(3700)

    assert scene.server.texts(2) == ["one"]
    assert await scene.states() == ["sent"]
    assert await scene.counters() == {}


async def test_a_deletion_called_off_meanwhile_leaves_the_edit_due(scene: Scene):
    """Vanishing is switched off after the deletion was chosen: the message stays, and shows what
    was added to its story."""
    chat = await scene.chat(1)
    alert = await scene.story("one")
    await scene.step()
    scene.clock.advance(hours=2)
    now = scene.clock.now()
    await scene.copy(alert, "Radio N")
    await scene.outbox._expander.step(now)
    async with scene.store.write() as conn:
        await standing_messages.let_vanish(conn, chat.id, timedelta(hours=1), now)
    marked = messages.mark_sending

    async def call_off(conn, ids, epoch):
        await standing_messages.let_vanish(conn, chat.id, None, now)
        return await marked(conn, ids, epoch)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(messages, "mark_sending", call_off)
        await scene.outbox._pump(now)
        await scene.outbox.settle()
    await scene.for_(400)

    assert scene.server.texts(1) == ["one\n+ Radio N"]


async def test_an_alert_that_is_refused_in_every_form_is_counted(scene: Scene):
    """It cannot be told: /health says so, and the chat's next alert comes."""
    await scene.chat(1)
    words = "Bad Request: something new that nobody knows"
    refused = json.dumps({"ok": False, "error_code": 400, "description": words}).encode()
    scene.server.fail(Status(400, refused), times=9)
    await scene.story("one")
    await _advance_until(asyncio.ensure_future(scene.step()), scene)
    scene.server.forgive()
    await scene.story("two")
    await scene.for_(30)

    assert await scene.states() == ["dead", "sent"]
    assert scene.server.texts(1) == ["two"]
    assert await scene.counters() == {"messages_refused": 1}


async def test_a_chat_that_takes_no_pictures_has_its_digest_all_the_same(scene: Scene):
    """What is refused is the picture: nothing is counted as lost, and the chat stays open."""
    chat = await scene.chat(1)
    await scene.story("one")
    await scene.for_(30)
    words = "Bad Request: not enough rights to send photos to the chat"
    refused = json.dumps({"ok": False, "error_code": 400, "description": words}).encode()
    scene.server.fail(Status(400, refused), times=9)
    async with scene.store.write() as conn:
        await digests.queue_chart(conn, chat.id, scene.clock.now())
    await _advance_until(asyncio.ensure_future(scene.step()), scene)
    assert await scene.states() == ["sent", "dead"]
    scene.server.forgive()
    await scene.story("two")
    await scene.for_(30)

    assert scene.server.texts(1) == ["one", "two"]
    assert await scene.counters() == {}


async def test_a_message_its_reader_deleted_is_left_alone(scene: Scene):
    await scene.chat(1)
    alert = await scene.story("one")
    await scene.step()
    scene.server.transcript(1)[0].deleted = True
    scene.clock.advance(60)
    await scene.copy(alert, "Radio N")
    await scene.for_(900)

    assert await scene.states() == ["deleted"]
    assert scene.server.texts(1) == []


async def test_plain_messages_to_admins(scene: Scene):
    chat = await scene.chat(1, topics=[])
    async with scene.store.write() as conn:
        await messages.queue_plain(conn, chat.id, "<b>Source 7</b> &amp; so on", scene.clock.now())
    await scene.step()

    (shown,) = scene.server.transcript(1)
    assert (shown.text, shown.styled()) == ("Source 7 & so on", ["Source 7"])


# Pace


async def test_a_broadcast_keeps_within_the_limits(scene: Scene):
    """120 chats: 30 a second, no 429; a group's threads share its minute."""
    for user in range(1, 121):
        await scene.chat(user)
    await scene.story("one")
    began = scene.clock.now()
    await scene.for_(6)

    times = scene.server.times()
    assert len(times) == 120
    assert max(times) - began <= timedelta(seconds=3.1)
    assert scene.server.count_429() == 0


async def test_a_groups_threads_share_its_minute(scene: Scene):
    await scene.chat(-100, 11)
    await scene.chat(-100, 12)
    for n in range(12):
        await scene.story(f"story {n}")
    await scene.for_(59)
    assert len(scene.server.texts(-100)) == 20
    await scene.for_(30)

    assert len(scene.server.texts(-100)) == 24
    assert scene.server.count_429() == 0


async def test_urgent_overtakes_a_running_broadcast(scene: Scene):
    for user in range(1, 91):
        await scene.chat(user)
    await scene.story("one")
    await scene.step()
    await scene.story("URGENT")
    await scene.for_(1.05)
    began = scene.clock.now()
    await scene.for_(4)

    sent = [call.parameters["text"] for call in scene.server.taken if call.method == "sendMessage"]
    assert len(sent) == 180
    assert sent[30:60] == ["<b>URGENT</b>"] * 30
    assert began < scene.clock.now()


async def test_edits_leave_places_for_what_is_new(scene: Scene):
    """A growing story does not hold up another one."""
    for user in range(1, 41):
        await scene.chat(user)
    alert = await scene.story("one")
    await scene.for_(60)
    await scene.copy(alert, "Radio N")
    await scene.step()
    await scene.story("two")
    await scene.step()

    assert len(scene.server.times("editMessageText")) == 20
    sent = [user for user in range(1, 41) if "two" in scene.server.texts(user)]
    assert len(sent) == 10
    await scene.for_(10)
    assert len(scene.server.times("editMessageText")) == 40


async def test_edits_leave_places_of_a_groups_minute_for_what_is_new(scene: Scene):
    """Five of its twenty."""
    await scene.chat(-100)
    grown = [await scene.story(f"story {n}") for n in range(18)]
    await scene.for_(120)
    for alert in grown:
        await scene.copy(alert, "Radio N")
    await scene.for_(30)
    edited = len(scene.server.times("editMessageText"))
    await scene.story("new")
    await scene.step()

    assert edited == 15
    assert scene.server.texts(-100)[-1] == "new"


async def test_deletions_keep_to_sixty_calls_at_once(scene: Scene):
    """They need no place in Telegram's limits; each is a connection all the same."""
    for user in range(1, 71):
        await scene.chat(user)
    await scene.story("one")
    await scene.for_(10)
    async with scene.store.write() as conn:
        for message in await scene.messages():
            await standing_messages.delete_at(conn, [message.id], scene.clock.now())
    hold = Hold()
    scene.server.fail(hold, method="deleteMessage", times=100)
    for _ in range(3):
        scene.outbox.wake()
        await scene.outbox._pump(scene.clock.now())
    under_way = len(scene.outbox._calls.under_way)
    hold.release.set()
    await scene.for_(10)

    assert under_way == 60
    assert set(await scene.states()) == {"deleted"}


async def test_an_edit_storm_delays_no_urgent_alert(scene: Scene):
    """All chats of a story want an edit; whoever follows what is urgent hears at once."""
    for user in range(1, 46):
        await scene.chat(user)
    await scene.chat(500, topics=["pressure"])
    alert = await scene.story("one")
    await scene.for_(3)
    await scene.copy(alert, "Radio N")
    await scene.step()
    asked = scene.clock.now()
    await scene.story("HELP", topic="pressure")
    await scene.step()
    left = 45 - len(scene.server.times("editMessageText"))
    (shown,) = scene.server.transcript(500)

    assert left > 20
    assert (shown.at, shown.silent) == (asked, False)


async def test_a_long_queue_of_one_chat_delays_nobody_else(scene: Scene):
    await scene.chat(1)
    for n in range(40):
        await scene.story(f"story {n}")
    await scene.step()
    await scene.chat(2)
    await scene.story("for both")
    await scene.step()

    assert scene.server.texts(2) == ["for both"]


async def test_the_loop_delivers_and_stops(scene: Scene, sqlite_store: Store):
    """`run` needs no step: a wake is enough; cancelled, it records what is in flight."""
    await scene.chat(1)
    running = asyncio.ensure_future(scene.outbox.run())
    await scene.story("one")
    while not scene.server.texts(1):
        await asyncio.wait({running}, timeout=0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert await scene.states() == ["sent"]


async def test_an_answer_brings_another_look_at_what_is_due(scene: Scene):
    """While a call is under way nobody knows when to come again: what is due seconds after its
    answer goes then, and not when the longest nap is over."""
    await scene.chat(1)
    other = await scene.chat(2, topics=[])
    hold = Hold()
    scene.server.fail(hold, chat_id=1)
    await scene.story("one")
    soon = scene.clock.now() + timedelta(seconds=5)
    async with scene.store.write() as conn:
        await messages.queue_plain(conn, other.id, "later", scene.clock.now(), after=soon)
    running = asyncio.ensure_future(scene.outbox.run())
    await hold.reached.wait()
    hold.release.set()
    while "sent" not in await scene.states() or not scene.outbox.at_rest:
        await asyncio.wait({running}, timeout=0.01)
    scene.clock.advance(6)
    for _ in range(100):
        if scene.server.texts(2):
            break
        await asyncio.wait({running}, timeout=0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert scene.server.texts(2) == ["later"]


async def test_what_is_committed_after_causes_were_looked_at_is_not_left(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
):
    """A wake between the look at causes and the look at the queue brings another look at once."""
    await scene.chat(1)
    step, committed = scene.outbox._expander.step, []

    async def then_commit(now: datetime) -> bool:
        done = await step(now)
        if not committed:
            committed.append(await scene.story("one"))
        return done

    monkeypatch.setattr(scene.outbox._expander, "step", then_commit)
    await scene.outbox.step(scene.clock.now())

    assert scene.server.texts(1)


async def _state_of(scene: Scene, user: int) -> str:
    found = [m for m in await scene.messages() if m.chat.address.chat_id == user]
    return str(found[0].state) if found else ""


async def _advance_until(task: asyncio.Future, scene: Scene) -> None:
    """A second try waits for its turn."""
    while not task.done():
        await asyncio.wait({task}, timeout=0.05)
        scene.clock.advance(1)
    await task
