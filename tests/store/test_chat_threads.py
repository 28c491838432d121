"""Threads of private chats as rows of messages: found by topic, deleted as messages are."""

from __future__ import annotations

from datetime import timedelta

from bot.model import NoticeState
from bot.store import (
    Store,
    alerts,
    chats,
    due_messages,
    message_views,
    messages,
    retention,
    threads,
)
from bot.store.message_rows import Work
from tests.store.builders import TOPIC, add_alert, add_chat, add_notice, message_of
from tests.support.clock import ManualClock

DAY = timedelta(days=1)


async def test_a_thread_is_found_by_its_topic_until_it_is_gone(store: Store, clock: ManualClock):
    """And by no other's; its number may be that of a message, which it is not taken for."""
    now = clock.now()
    async with store.write() as conn:
        chat, other = await add_chat(conn, now), await add_chat(conn, now, 1002)
        await threads.made(conn, chat.id, TOPIC, 7, now)
        await threads.made(conn, other.id, "desertion", 8, now)
        await messages.note(conn, chat.id, 7, now, now + DAY)
        found = [
            await threads.standing(conn, chat.id, TOPIC),
            await threads.standing(conn, chat.id, "desertion"),
            await threads.standing(conn, other.id, TOPIC),
        ]
        message = await messages.by_telegram_message_id(conn, chat.id, 7)
        gone = await threads.gone(conn, chat.id, 7)
        again = await threads.gone(conn, chat.id, 7)
        left = await threads.all_standing(conn, chat.id)

    assert found == [7, None, None]
    assert message is not None
    assert message.kind == "plain"
    assert (gone, again, left) == (TOPIC, None, [])


async def test_threads_are_due_for_deletion_when_their_time_has_come(
    store: Store, clock: ManualClock
):
    """As messages are, also in a paused chat; None takes it back."""
    now = clock.now()
    async with store.write() as conn:
        chat = await add_chat(conn, now)
        await threads.made(conn, chat.id, TOPIC, 7, now)
        counts = [await threads.end_all(conn, chat.id, now + DAY)]
        await chats.pause(conn, chat.id, now)
    due = []
    for when, end in ((now, now + DAY), (now + DAY, now + DAY), (now + DAY, None)):
        async with store.write() as conn:
            counts.append(await threads.end_all(conn, chat.id, end))
        async with store.read() as conn:
            due.append([m.work(when) for m in await due_messages.due(conn, when, 9)])

    assert counts == [1, 1, 1, 1]
    assert due == [[], [Work.DELETE], []]


async def test_what_was_told_there_lately_is_held_again(store: Store, clock: ManualClock):
    """What stands outside, or was told long ago, is not; a message knows its thread."""
    now = clock.now()
    states = []
    async with store.write() as conn:
        chat = await add_chat(conn, now)
        notices = []
        for number, (thread, at) in enumerate(((7, now), (0, now), (7, now - 3 * DAY)), start=70):
            alert, item_id = await add_alert(conn, now)
            notices.append(await add_notice(conn, now, chat, alert, item_id))
            message = message_of(notices[-1])
            await messages.mark_sending(conn, [message], 1)
            await messages.mark_sent(conn, message, number, 1, at, thread_id=thread)
        standing = await threads.of_message(conn, chat.id, 70)
        seen = await message_views.thread_of(conn, chat.address.chat_id, 70)
        held = await threads.take_back(conn, chat.id, now - DAY, now)
        for each in notices:
            fresh = await alerts.get_notice(conn, each.id)
            assert fresh is not None
            states.append(fresh.state)

    assert (standing, seen, held) == (7, 7, 1)
    assert states == [NoticeState.HELD, NoticeState.TOLD, NoticeState.TOLD]


async def test_a_try_without_an_answer_is_not_repeated_at_once(store: Store, clock: ManualClock):
    """For an hour, for that topic of that chat."""
    now = clock.now()
    async with store.write() as conn:
        chat = await add_chat(conn, now)
        await threads.failed(conn, chat.id, TOPIC, now)
        lately = [
            await threads.failed_lately(conn, chat.id, topic, when)
            for topic, when in (
                (TOPIC, now),
                ("desertion", now),
                (TOPIC, now + threads.TRY_AGAIN_AFTER),
            )
        ]

    assert lately == [True, False, False]


async def test_a_standing_thread_is_kept_however_old(store: Store, clock: ManualClock):
    """Retention deletes the rows of threads that are gone; another of the name would be made."""
    now = clock.now()
    async with store.write() as conn:
        chat = await add_chat(conn, now)
        for topic, number in ((TOPIC, 7), ("desertion", 8)):
            await threads.made(conn, chat.id, topic, number, now - 400 * DAY)
        await threads.gone(conn, chat.id, 8)
        gone = await retention.step(conn, now, retention.Kept(), await retention.walk(conn))
        left = await threads.all_standing(conn, chat.id)

    assert (gone, left) == (1, [7])
