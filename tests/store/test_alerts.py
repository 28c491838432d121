"""Alerts, causes, notices: a chat is told of an alert once, and no chat is left out."""

from __future__ import annotations

from bot.model import Chat, ChatState, MessageState, NoticeState
from bot.store import Store, alerts, chats, due_messages, message_counts, messages, notices
from tests.store.builders import (
    TOPIC,
    add_alert,
    add_chat,
    add_item,
    add_message,
    add_notice,
    add_source,
    message_of,
    send,
)
from tests.support.clock import ManualClock


async def test_an_alert_exists_once(store: Store, clock: ManualClock):
    """Deciding again, after a crash or for a copy, finds the alert that is there."""
    async with store.write() as conn:
        alert, item_id = await add_alert(conn, clock.now())
        again = await alerts.create(conn, alert.story_id, 0, clock.advance(60))
        second = await alerts.create(conn, alert.story_id, 1, clock.now())
        for _ in range(2):
            await alerts.add_cause(conn, alert.id, item_id, clock.now(), revision=1)
        of_story = await alerts.of_story(conn, alert.story_id)
        causes = await alerts.open_causes(conn, 10)

    assert again == alert
    assert of_story == [alert, second]
    assert [(cause.alert_id, cause.item_id, cause.revision) for cause in causes] == [
        (alert.id, item_id, 1)
    ]


async def test_candidates_are_those_who_may_want_it_and_were_not_told(
    store: Store, clock: ManualClock
):
    """Subscribed to a topic of it, reachable, without a notice yet."""
    now = clock.now()
    async with store.write() as conn:
        alert, item_id = await add_alert(conn, now)
        both = await add_chat(conn, now, 1, topics=("refusal", "desertion", "pressure"))
        told = await add_chat(conn, now, 2)
        blocked = await add_chat(conn, now, 3)
        paused = await add_chat(conn, now, 4, topics=("desertion",))
        await add_chat(conn, now, 5, topics=("pressure",))
        await add_notice(conn, now, told, alert, item_id)
        await chats.set_state(conn, blocked.id, ChatState.BLOCKED, "kicked")
        await chats.pause(conn, paused.id, now)
        found = await alerts.candidates(conn, ["refusal", "desertion"], 0, 10, alert.id)

    assert [candidate.chat.id for candidate in found] == [both.id, paused.id]
    assert [sub.topic for sub in found[0].subscriptions] == ["refusal", "desertion"]
    assert found[1].chat.state is ChatState.PAUSED


async def test_expansion_walks_every_chat_once(store: Store, clock: ManualClock):
    """In batches, from where it stopped, whatever was done twice."""
    now = clock.now()
    async with store.write() as conn:
        alert, item_id = await add_alert(conn, now)
        everyone = [await add_chat(conn, now, n) for n in range(1, 24)]
    walked: list[Chat] = []
    while True:
        async with store.write() as conn:
            [cause] = await alerts.open_causes(conn, 5)
            batch = await alerts.candidates(conn, [TOPIC], cause.cursor, 10, alert.id)
            offer = notices.Offer(alert.id, item_id, 1, now)
            delivery = notices.NoticeDelivery(TOPIC, NoticeState.QUEUED, "normal")
            ids = [c.chat.id for c in batch]
            new, again = [await notices.add_notices(conn, offer, delivery, ids) for _ in range(2)]
            last = len(batch) < 10
            cursor = batch[-1].chat.id if batch else cause.cursor
            await alerts.advance_cause(conn, cause.id, cursor, done=last)
            walked += [c.chat for c in batch]
        assert (new, again) == (len(batch), 0)
        if last:
            break
    async with store.read() as conn:
        due = await due_messages.due(conn, now, 100)
        left = await alerts.open_causes(conn, 5)

    assert walked == everyone
    assert [message.chat for message in due] == everyone
    assert left == []


async def test_a_cause_never_goes_back(store: Store, clock: ManualClock):
    """A repeated batch does not undo a later one."""
    async with store.write() as conn:
        await add_alert(conn, clock.now())
        [cause] = await alerts.open_causes(conn, 1)
        for cursor in (20, 10):
            await alerts.advance_cause(conn, cause.id, cursor)
        [now] = await alerts.open_causes(conn, 1)

    assert now.cursor == 20


async def test_of_a_batch_only_new_notices_come_back(store: Store, clock: ManualClock):
    """UNIQUE(chat, alert): the first notice stays as it was."""
    now = clock.now()
    async with store.write() as conn:
        alert, item_id = await add_alert(conn, now)
        source = await add_source(conn, now)
        copy = await add_item(conn, now, source, story_id=alert.story_id, relation="copy")
        one, two = await add_chat(conn, now, 1), await add_chat(conn, now, 2)
        first = await add_notice(conn, now, one, alert, item_id)
        offer = notices.Offer(alert.id, copy, 1, now)
        delivery = notices.NoticeDelivery(TOPIC, NoticeState.QUEUED, "normal")
        new = await notices.add_notices(conn, offer, delivery, [two.id, one.id])
        kept = await notices.get_notice(conn, first.id)

    assert new == 1
    assert kept == first


async def test_a_grown_story_bumps_what_was_sent_only(store: Store, clock: ManualClock):
    """A message not sent yet is rendered when it is."""
    now = clock.now()
    async with store.write() as conn:
        alert, item_id = await add_alert(conn, now)
        ids = {}
        for n, state in enumerate(("queued", "sending", "sent", "dead", "deleted"), 1):
            chat = await add_chat(conn, now, n)
            notice = await add_notice(conn, now, chat, alert, item_id)
            ids[state] = message_of(notice)
        await messages.mark_sending(conn, [ids["sending"]], 1)
        await send(conn, now, ids["sent"])
        await messages.mark_dead(conn, ids["dead"], "refused")
        await send(conn, now, ids["deleted"])
        await messages.mark_deleted(conn, ids["deleted"])
        stranger = await add_message(conn, now, await add_chat(conn, now, 99))
        await send(conn, now, stranger)
        bumped = await alerts.bump_messages(conn, alert.id)
        wanted = {
            state: message.wanted_version
            for state, id_ in [*ids.items(), ("stranger", stranger)]
            if (message := await messages.get(conn, id_))
        }

    assert bumped == 2
    assert {state for state, version in wanted.items() if version > 1} == {"sending", "sent"}


async def test_holding_takes_back_what_waits_and_nothing_else(store: Store, clock: ManualClock):
    """What Telegram may have taken is not told a second time in a summary."""
    now = clock.now()
    async with store.write() as conn:
        chat, other = await add_chat(conn, now, 1), await add_chat(conn, now, 2)
        queued, retry, unknown, sending, sent = [
            await add_message(conn, now, chat) for _ in range(5)
        ]
        theirs = await add_message(conn, now, other)
        plain = await messages.queue_plain(conn, chat.id, "hello", now)
        await messages.mark_sending(conn, [retry, unknown, sending], 1)
        await messages.mark_retry(conn, retry, now)
        await messages.mark_unknown(conn, unknown, now)
        await send(conn, now, sent)
        held = await notices.hold_notices(conn, chat.id)
        left = [
            m
            for m in (queued, retry, unknown, sending, sent, theirs, plain)
            if await messages.get(conn, m)
        ]
        waiting = await notices.notices_held(conn, chat.id)

    assert held == 2
    assert left == [unknown, sending, sent, theirs, plain]
    assert [(n.state, n.message_id) for n in waiting] == [(NoticeState.HELD, None)] * 2


async def test_told_notices_cannot_be_withdrawn(store: Store, clock: ManualClock):
    """What was said was said."""
    now = clock.now()
    async with store.write() as conn:
        chat = await add_chat(conn, now)
        sent, dead = [await add_message(conn, now, chat) for _ in range(2)]
        await send(conn, now, sent)
        await notices.withdraw_notices(conn, range(10))
        await messages.mark_dead(conn, dead, "refused")
        counts = await message_counts.counts(conn)
        first, second = [await notices.get_notice(conn, n) for n in (1, 2)]

    assert first is not None
    assert second is not None
    assert (first.state, second.state) == (NoticeState.TOLD, NoticeState.WITHDRAWN)
    assert counts == {MessageState.SENT: 1, MessageState.DEAD: 1}
