"""Rows of private chats' threads: what is known of each from before it is made until it is gone."""

from __future__ import annotations

from datetime import timedelta

from bot.model import MessageKind, MessageState, NoticeState
from bot.store import Store, chats, due_messages, message_counts, messages, retention, threads
from bot.store import schema as s
from bot.store.message_rows import Work
from tests.store.builders import add_chat, add_message
from tests.support.clock import ManualClock


async def test_a_thread_is_known_from_the_try_on(store: Store, clock: ManualClock):
    """Unanswered it is unsure and told once; made it stands; ending it is used no more."""
    now = clock.now()
    async with store.write() as conn:
        chat = (await add_chat(conn, now)).id
        lost = await threads.trying(conn, chat, "refusal", now)
        made = await threads.trying(conn, chat, "desertion", now)
        none = await threads.trying(conn, chat, "evasion", now)
        await threads.made(conn, made, 7, now, None)
        await threads.not_made(conn, none)
        lately = [
            await threads.failed_lately(conn, chat, topic, now + timedelta(minutes=after))
            for topic, after in (("refusal", 59), ("refusal", 61), ("desertion", 0), ("evasion", 0))
        ]
        stood = await threads.standing(conn, chat, "desertion")
        unsure = await threads.any_unsure(conn, chat)
        said = [await threads.say_unsure(conn, chat) for _ in range(2)]
        await threads.made(conn, lost, 6, now, now)  # answered after all, and wanted no more
        going = await threads.trying(conn, chat, "refusal", now)
        ended = [await threads.ends(conn, chat, number, now) for number in (6, 7, 8)]
        await threads.end_all(conn, chat, now + timedelta(hours=2), now)
        ending = [await threads.standing(conn, chat, each) for each in ("refusal", "desertion")]
        await threads.end_all(conn, chat, None, now)  # of those whose time has not come
        stays = [await threads.standing(conn, chat, each) for each in ("refusal", "desertion")]
        dead = (await message_counts.totals(conn)).dead
        known = [await threads.gone(conn, chat, 7) for _ in range(2)]
        left = await threads.all_standing(conn, chat)

    assert lately == [True, False, False, False]
    assert (stood, unsure, said) == (7, True, [True, False])
    assert ended == [True, False, False]
    assert (ending, stays) == ([None, None], [None, 7])
    assert (going > made, dead) == (True, 0)  # no message was given up
    assert (known, left) == ([True, False], [6])


async def test_what_stood_in_threads_is_held_and_deleted(store: Store, clock: ManualClock):
    """What was told lately comes again; what is older is deleted with it; what stands outside
    stays as it is."""
    now = clock.now()
    async with store.write() as conn:
        chat = await add_chat(conn, now)
        ids = []
        for number, (age, thread) in enumerate(((30, 7), (1, 7), (1, 0)), start=1):
            ids.append(await add_message(conn, now, chat))
            at = now - timedelta(hours=age)
            await messages.mark_sending(conn, [ids[-1]], 1)
            await messages.mark_sent(conn, ids[-1], number, 1, at, thread_id=thread)
        await threads.take_back(conn, chat.id, now - timedelta(hours=24), now)
        rows = (await conn.execute(s.messages.select().order_by(s.messages.c.id))).all()
        notices = (await conn.execute(s.notices.select().order_by(s.notices.c.id))).all()

    assert [row.kind for row in rows] == [MessageKind.ALERT] * 3
    assert [row.state for row in rows] == [MessageState.SENT] * 3
    assert [row.delete_at for row in rows] == [now, now, None]
    assert [row.state for row in notices] == [NoticeState.TOLD, NoticeState.HELD, NoticeState.TOLD]


async def test_threads_that_stand_or_may_are_kept_for_good(store: Store, clock: ManualClock):
    """Messages go after a month; of threads only what is gone, or what the person was told of."""
    now = clock.now()
    async with store.write() as conn:
        chat = (await add_chat(conn, now)).id
        stands, ended, told, unsure = [
            await threads.trying(conn, chat, topic, now)
            for topic in ("refusal", "desertion", "evasion", "refusal")
        ]
        await threads.made(conn, stands, 1, now, None)
        await threads.made(conn, ended, 2, now, None)
        await threads.gone(conn, chat, 2)
        await conn.execute(
            s.messages.update().where(s.messages.c.id == told).values(state=MessageState.DELETED)
        )
        later = now + timedelta(days=40)
        walk = await retention.walk(conn)
        await retention.step(conn, later, retention.Kept(), walk)
        left = list(await conn.scalars(s.messages.select().with_only_columns(s.messages.c.id)))

    assert sorted(left) == [stands, unsure]


async def test_a_thread_is_found_by_its_topic_until_it_is_gone(store: Store, clock: ManualClock):
    """And by no other's; its number may be that of a message, which it is not taken for."""
    now = clock.now()
    async with store.write() as conn:
        chat, other = await add_chat(conn, now), await add_chat(conn, now, 1002)
        for each, topic, number in ((chat, "refusal", 7), (other, "desertion", 8)):
            row = await threads.trying(conn, each.id, topic, now)
            await threads.made(conn, row, number, now, None)
        await messages.note(conn, chat.id, 7, now, now + timedelta(days=1))
        found = [
            await threads.standing(conn, chat.id, "refusal"),
            await threads.standing(conn, chat.id, "desertion"),
            await threads.standing(conn, other.id, "refusal"),
        ]
        message = await messages.by_telegram_message_id(conn, chat.id, 7)
        await threads.gone(conn, chat.id, 7)
        left = await threads.standing(conn, chat.id, "refusal")

    assert found == [7, None, None]
    assert message is not None
    assert message.kind == "plain"
    assert left is None


async def test_threads_are_due_for_deletion_when_their_time_has_come(
    store: Store, clock: ManualClock
):
    """As messages are, also in a paused chat; None takes it back."""
    now, day = clock.now(), timedelta(days=1)
    async with store.write() as conn:
        chat = await add_chat(conn, now)
        row = await threads.trying(conn, chat.id, "refusal", now)
        await threads.made(conn, row, 7, now, None)
        await chats.pause(conn, chat.id, now)
    due = []
    for when, end in ((now, now + day), (now + day, now + day), (now + day, None)):
        async with store.write() as conn:
            await threads.end_all(conn, chat.id, end, now)
        async with store.read() as conn:
            due.append([each.work(when) for each in await due_messages.due(conn, when, 9)])

    assert due == [[], [Work.DELETE], []]
