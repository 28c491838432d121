"""Messages: what is due, what was taken, what may have been."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.model import Address, ChatState, MessageKind, MessageState, NoticeState
from bot.model.views import DigestView, SummaryView
from bot.store import (
    Store,
    alerts,
    chats,
    digests,
    due_messages,
    message_views,
    messages,
    meta,
    notices,
    standing_messages,
)
from bot.store import schema as s
from bot.store.message_rows import SendLane, Work
from tests.store.builders import add_alert, add_chat, add_message, add_notice, message_of, send
from tests.support.clock import ManualClock
from tests.support.databases import sqlite_template, sqlite_url
from tests.support.examples import examples
from tests.support.quick_sqlite import Unsynced

MINUTE = timedelta(minutes=1)


async def due(store: Store, now: datetime, limit: int = 100, **kw: object) -> list[int]:
    async with store.read() as conn:
        found = await due_messages.due(conn, now, limit, **kw)  # type: ignore[arg-type]
    return [message.id for message in found]


async def test_a_message_is_sent_once(store: Store, clock: ManualClock):
    """Queued, taken, told: then nothing is due any more."""
    now = clock.now()
    async with store.write() as conn:
        id_ = await add_message(conn, now, await add_chat(conn, now))
    waiting = await due(store, now)
    async with store.write() as conn:
        taken = await messages.mark_sending(conn, [id_], store.epoch)
        taken_again = await messages.mark_sending(conn, [id_], store.epoch)
    in_flight = await due(store, now)
    async with store.write() as conn:
        await messages.mark_sent(conn, id_, 700, 1, now)
        notice = await notices.get_notice(conn, 1)
        message = await messages.get(conn, id_)

    assert (waiting, taken, taken_again, in_flight) == ([id_], [id_], [], [])
    assert notice is not None
    assert notice.state is NoticeState.TOLD
    assert message is not None
    assert (message.state, message.telegram_message_id, message.attempts) == (
        MessageState.SENT,
        700,
        1,
    )
    assert await due(store, now + timedelta(days=9)) == []


async def test_only_one_of_two_holders_takes_a_message(store: Store, clock: ManualClock):
    """Two tasks that saw the same due message do not both send it."""
    async with store.write() as conn:
        id_ = await add_message(conn, clock.now(), await add_chat(conn, clock.now()))

    async def take(epoch: int) -> list[int]:
        async with store.write() as conn:
            return await messages.mark_sending(conn, [id_], epoch)

    taken = await asyncio.gather(take(1), take(2), take(3))

    assert sorted(taken) == [[], [], [id_]]


async def test_what_was_not_taken_is_due_again_in_time(store: Store, clock: ManualClock):
    """Neither before it is due nor never."""
    now = clock.now()
    async with store.write() as conn:
        id_ = await add_message(conn, now, await add_chat(conn, now))
        await messages.mark_sending(conn, [id_], 1)
        await messages.mark_retry(conn, id_, now + MINUTE, "flood")
        message = await messages.get(conn, id_)
        planned = await due_messages.next_due(conn, now)

    assert message is not None
    assert (message.state, message.reason) == (MessageState.RETRY, "flood")
    assert planned == now + MINUTE
    assert await due(store, now) == []
    assert await due(store, now + MINUTE) == [id_]


async def test_what_may_have_been_taken_is_repeated_and_counted(store: Store, clock: ManualClock):
    """Loss is worse than repetition, and repetition is never silent."""
    now = clock.now()
    async with store.write() as conn:
        id_ = await add_message(conn, now, await add_chat(conn, now))
        for _ in range(2):
            await messages.mark_sending(conn, [id_], 1)
            await messages.mark_unknown(conn, id_, now, "reset")
        counted = await meta.counters(conn)
        message = await messages.get(conn, id_)

    assert message is not None
    assert (message.state, message.unknowns) == (MessageState.UNKNOWN, 2)
    assert counted == {"messages_unknown": 2, "messages_repeated": 1}
    assert await due(store, now) == [id_]


async def test_a_crash_while_sending_is_an_unknown_outcome(store: Store, clock: ManualClock):
    """What another run held may have been taken; what we hold is ours."""
    now = clock.now()
    async with store.write() as conn:
        chat = await add_chat(conn, now)
        theirs, ours = [await add_message(conn, now, chat) for _ in range(2)]
        await messages.mark_sending(conn, [theirs], store.epoch - 1)
        await messages.mark_sending(conn, [ours], store.epoch)
        recovered = await messages.recover(conn, store.epoch, now)
        again = await messages.recover(conn, store.epoch, now)
        counted = await meta.counters(conn)

    assert (recovered, again) == (1, 0)
    assert counted == {"messages_unknown": 1}
    assert await due(store, now) == [theirs]


async def test_a_version_wanted_during_the_send_is_edited_in(store: Store, clock: ManualClock):
    """A source that joins between rendering and the answer is not lost."""
    now = clock.now()
    async with store.write() as conn:
        alert, item_id = await add_alert(conn, now)
        notice = await add_notice(conn, now, await add_chat(conn, now), alert, item_id)
        id_ = message_of(notice)
        await messages.mark_sending(conn, [id_], 1)
        await alerts.bump_messages(conn, alert.id)
        await messages.mark_sent(conn, id_, 700, 1, now)
        [message] = await due_messages.due(conn, now, 10)
        await messages.mark_retry(conn, id_, now + MINUTE)
        postponed = await due_messages.due(conn, now, 10)
        await messages.mark_edited(conn, id_, 2, now)
        after = await messages.get(conn, id_)

    assert (message.id, message.work(now)) == (id_, Work.EDIT)
    assert postponed == []
    assert after is not None
    assert (after.state, after.sent_version) == (MessageState.SENT, 2)
    assert await due(store, now + MINUTE) == []


async def test_quiet_messages_fold_and_vanish(store: Store, clock: ManualClock):
    """Open shows the text for a while; after a day the message is deleted."""
    now = clock.now()
    day = now + timedelta(days=1)
    async with store.write() as conn:
        id_ = await add_message(conn, now, await add_chat(conn, now))
        await messages.mark_sending(conn, [id_], 1)
        await messages.mark_sent(conn, id_, 700, 1, now, delete_at=day)
        await standing_messages.reveal(conn, id_, now + 10 * MINUTE)
        [opened] = await due_messages.due(conn, now, 10)
        await messages.mark_edited(conn, id_, opened.wanted_version, now)
        until = await due_messages.next_due(conn, now)
        [folding] = await due_messages.due(conn, now + 10 * MINUTE, 10)
        await messages.mark_edited(conn, id_, folding.wanted_version, now + 10 * MINUTE)
        quiet = await due_messages.due(conn, now + 20 * MINUTE, 10)
        then = await due_messages.next_due(conn, now + 20 * MINUTE)
        [last] = await due_messages.due(conn, day, 10)
        await messages.mark_deleted(conn, id_)
        never = await due_messages.next_due(conn, day)

    assert opened.revealed(now)
    assert opened.work(now) is Work.EDIT
    assert until == now + 10 * MINUTE
    assert folding.work(now + 10 * MINUTE) is Work.EDIT
    assert not folding.revealed(now + 10 * MINUTE)
    assert (quiet, then) == ([], day)
    assert last.work(day) is Work.DELETE
    assert never is None


async def test_paused_chats_get_plain_messages_and_deletions_only(store: Store, clock: ManualClock):
    """A pause holds alerts, not what protects or answers."""
    now = clock.now()
    async with store.write() as conn:
        chat = await add_chat(conn, now)
        sent = await add_message(conn, now, chat)
        await messages.mark_sending(conn, [sent], 1)
        await messages.mark_sent(conn, sent, 700, 1, now, delete_at=now + MINUTE)
        alert = await add_message(conn, now, chat)
        await chats.set_state(conn, chat.id, ChatState.PAUSED)
        plain = await messages.queue_plain(conn, chat.id, "Paused.", now)
    paused = await due(store, now + MINUTE, per_chat=9)
    async with store.write() as conn:
        await chats.set_state(conn, chat.id, ChatState.BLOCKED)
        planned = await due_messages.next_due(conn, now)
    blocked = await due(store, now + MINUTE, per_chat=9)
    async with store.write() as conn:
        await chats.set_state(conn, chat.id, ChatState.ACTIVE)

    assert paused == [plain, sent]
    assert (blocked, planned) == ([], None)
    assert await due(store, now + MINUTE, per_chat=9) == [alert, sent, plain]


async def test_a_long_queue_hides_nobody_elses(store: Store, clock: ManualClock):
    """One chat takes its share of a batch, threads of a forum together."""
    now = clock.now()
    async with store.write() as conn:
        forum, thread = [await add_chat(conn, now, -100, n) for n in (0, 7)]
        many = [await add_message(conn, now, forum) for _ in range(5)]
        threads = await add_message(conn, now, thread)
        other = await add_message(conn, now, await add_chat(conn, now, 2))

    assert await due(store, now) == [many[0], other]
    assert await due(store, now, per_chat=2) == [*many[:2], other]
    assert await due(store, now, busy=[-100]) == [other]
    assert await due(store, now, per_chat=9) == [*many, threads, other]
    assert await due(store, now, limit=1) == [many[0]]


async def test_lanes_take_turns_and_edits_come_last(store: Store, clock: ManualClock):
    """Urgent ones have most places, and yet none waits for ever; who pressed Open waits least."""
    now = clock.now()
    async with store.write() as conn:
        chat = await add_chat(conn, now)
        grown, opened = [await add_message(conn, now, chat) for _ in range(2)]
        for sent in (grown, opened):
            await send(conn, now, sent)
        await standing_messages.reveal(conn, opened, now + MINUTE)
        await conn.execute(
            sa.update(s.messages).where(s.messages.c.id == grown).values(wanted_version=2)
        )
        bulk = await add_message(conn, now, chat, SendLane.BULK)
        normal = [await add_message(conn, now, chat) for _ in range(3)]
        urgent = [await add_message(conn, now, chat, SendLane.URGENT) for _ in range(4)]

    order = await due(store, now, per_chat=20)
    assert order[:2] == [opened, urgent[0]]
    assert order[-1] == grown
    assert order.index(normal[1]) < order.index(bulk) < order.index(grown)
    assert order.index(normal[0]) < order.index(urgent[2])
    assert await due(store, now) == [opened]


async def test_the_admin_chat_needs_no_subscription(store: Store, clock: ManualClock):
    """A report goes to an address nobody has subscribed."""
    now = clock.now()
    async with store.write() as conn:
        for html in ("<b>one</b>", "two"):
            await messages.queue_plain(conn, Address(-100123), html, now)
        first, second = await due_messages.due(conn, now, 9, per_chat=9)
        view = await message_views.view(conn, first.id)

    assert first.chat == second.chat
    assert first.chat.address == Address(-100123, 0, group=True)
    assert view is not None
    assert view.content == "<b>one</b>"


@pytest.mark.parametrize(("held", "digested"), [(20, 0), (25, 0), (3, 2)])
async def test_one_message_tells_all_that_waited(
    store: Store, clock: ManualClock, held: int, digested: int
):
    """After a pause: a list of a few, else a digest; one whose time has passed is in it."""
    now = clock.now()
    async with store.write() as conn:
        chat = await add_chat(conn, now)
        await chats.pause(conn, chat.id, now)
        states = [NoticeState.HELD] * held + [NoticeState.DIGEST] * digested
        for state in states:
            alert, item_id = await add_alert(conn, now)
            notice = await add_notice(conn, clock.advance(60), chat, alert, item_id, state)
        await digests.hold_until(conn, clock.now(), [chat.id], digest=True)
        back = await chats.resume(conn, chat.id, clock.now())
        [due] = await digests.due(conn, clock.now(), 9)
        id_ = await digests.queue(conn, due, clock.now(), silent=False)
        assert id_ is not None
        view = await message_views.view(conn, id_)
        await send(conn, clock.now(), id_)
        left = await digests.due(conn, clock.now(), 9)
        last = await notices.get_notice(conn, notice.id)

    assert (back, left) == (held + digested, [])
    assert view is not None
    assert isinstance(view.content, SummaryView if held == 20 else DigestView)
    assert len(view.content.alerts) == held + digested
    assert last is not None
    assert last.state is NoticeState.TOLD


async def test_marks_on_a_forgotten_message_do_nothing(store: Store, clock: ManualClock):
    """The answer to a send may come after its chat has left."""
    now = clock.now()
    async with store.write() as conn:
        chat = await add_chat(conn, now)
        id_ = await add_message(conn, now, chat)
        await messages.mark_sending(conn, [id_], 1)
        await chats.forget(conn, chat.id)
        await messages.mark_sent(conn, id_, 700, 1, now)
        await messages.mark_unknown(conn, id_, now)
        await messages.mark_edited(conn, id_, 2, now)
        view = await message_views.view(conn, id_)
        counted = await meta.counters(conn)

    assert view is None
    assert counted == {}


async def test_a_late_answer_never_marks_another_message(store: Store, clock: ManualClock):
    """Ids of what was deleted are not given again: an alert would pass for sent."""
    now = clock.now()
    async with store.write() as conn:
        leaving = await add_chat(conn, now, 1)
        gone = await add_message(conn, now, leaving)
        await messages.mark_sending(conn, [gone], 1)
        await chats.forget(conn, leaving.id)
        chat = await add_chat(conn, now, 2)
        id_ = await add_message(conn, now, chat)
        await messages.mark_sent(conn, gone, 700, 1, now)

    assert chat.id != leaving.id
    assert await due(store, now) == [id_]


@pytest.mark.parametrize("told", [True, False])
async def test_giving_a_message_up_untells_nobody(store: Store, clock: ManualClock, told: bool):
    """What waits is kept for a summary; what a chat has read would come in it a second time."""
    now = clock.now()
    async with store.write() as conn:
        id_ = await add_message(conn, now, await add_chat(conn, now))
        await messages.mark_sending(conn, [id_], 1)
        if told:
            await messages.mark_sent(conn, id_, 700, 1, now)
        await messages.mark_dead(conn, id_, "blocked", NoticeState.HELD)
        notice = await notices.get_notice(conn, 1)

    assert notice is not None
    assert notice.state is (NoticeState.TOLD if told else NoticeState.HELD)


async def test_messages_are_found_by_telegrams_number(store: Store, clock: ManualClock):
    """A pressed button names the chat and the message as Telegram does."""
    now = clock.now()
    async with store.write() as conn:
        chat, other = await add_chat(conn, now, 1), await add_chat(conn, now, 2)
        mine, theirs = await add_message(conn, now, chat), await add_message(conn, now, other)
        await send(conn, now, mine, 55)
        await send(conn, now, theirs, 55)
        found = await messages.by_telegram_message_id(conn, other.id, 55)
        missing = await messages.by_telegram_message_id(conn, chat.id, 56)

    assert found is not None
    assert found.id == theirs
    assert missing is None


@pytest.fixture(scope="module")
def template(template_dir: Path) -> Path:
    return asyncio.run(sqlite_template(template_dir))


_KINDS = ["queue", "plain", "take", "sent", "retry", "unknown", "dead", "edit", "reveal"]
_KINDS += ["shown", "vanishing", "deleted", "bump", "pause", "block", "open", "wait"]
_STEPS = st.lists(st.tuples(st.sampled_from(_KINDS), st.integers(0, 5)), min_size=10, max_size=40)


@given(_STEPS)
@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_due_is_exactly_what_each_message_says_of_itself(template: Path, steps):
    """The query and the pure rule agree, after anything that can happen."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "x.sqlite3"
        path.write_bytes(template.read_bytes())
        asyncio.run(_walk(sqlite_url(path), steps))


async def _walk(url: str, steps: list[tuple[str, int]]) -> None:
    clock = ManualClock()
    store = await Store.open(url, clock, sqlite=Unsynced)
    async with store.write() as conn:
        everyone = [await add_chat(conn, clock.now(), n) for n in (1, 2, 3)]
        alert, item_id = await add_alert(conn, clock.now())
        for step, n in steps:
            await _take_step(conn, clock, step, everyone[n % 3].id, n + 1, (alert.id, item_id))
        now = clock.now()
        found = {message.id for message in await due_messages.due(conn, now, 999, per_chat=999)}
        expected = set()
        for id_ in range(1, len(steps) + 1):
            message = await messages.get(conn, id_)
            if message is None or (work := message.work(now)) is None:
                continue
            state, plain = message.chat.state, message.kind is MessageKind.PLAIN
            folds = message.fold_at is not None and message.fold_at <= now
            allowed = state is ChatState.ACTIVE or plain or work is Work.DELETE or folds
            if state is not ChatState.BLOCKED and allowed:
                expected.add(id_)
        planned = await due_messages.next_due(conn, now)

        assert found == expected
        assert (planned == now) == bool(expected)
        assert planned is None or planned >= now
    await store.close()


async def _take_step(conn, clock: ManualClock, step: str, chat_id: int, id_: int, of) -> None:
    now, soon = clock.now(), clock.now() + MINUTE
    chat = await chats.get(conn, chat_id)
    message = await messages.get(conn, id_)
    if step == "queue":
        delivery = notices.NoticeDelivery("refusal", NoticeState.QUEUED, "normal")
        await notices.add_notices(conn, notices.Offer(*of, 1, now), delivery, [chat.id])
    elif step == "plain":
        await messages.queue_plain(conn, chat_id, "x", now)
    elif step in ("shown", "vanishing"):
        new = await messages.queue_plain(conn, chat_id, "x", now)
        await messages.mark_sending(conn, [new], 1)
        delete_at = soon if step == "vanishing" else None
        await messages.mark_sent(conn, new, 70 + new, 1, now, delete_at=delete_at)
        if step == "shown":
            await standing_messages.reveal(conn, new, soon)
            await messages.mark_edited(conn, new, 2, now)
    elif step == "take":
        await messages.mark_sending(conn, [id_], 1)
    elif step == "retry":
        await messages.mark_retry(conn, id_, soon)
    elif step == "unknown":
        await messages.mark_unknown(conn, id_, soon)
    elif step == "bump":
        await alerts.bump_messages(conn, of[0])
    elif step == "wait":
        clock.advance(90)
    elif step in ("pause", "block", "open"):
        state = {"pause": "paused", "block": "blocked", "open": "active"}[step]
        await chats.set_state(conn, chat_id, ChatState(state))
    elif step == "sent" and message and message.telegram_message_id is None:
        await messages.mark_sending(conn, [id_], 1)
        delete_at = now + 3 * MINUTE if id_ % 2 else None
        await messages.mark_sent(
            conn, id_, 70 + id_, message.wanted_version, now, delete_at=delete_at
        )
    elif message and message.state is MessageState.SENT:
        if step == "edit":
            await messages.mark_edited(conn, id_, message.wanted_version, now)
        elif step == "reveal":
            await standing_messages.reveal(conn, id_, soon)
        elif step == "deleted":
            await messages.mark_deleted(conn, id_)
    elif message and step == "dead":
        await messages.mark_dead(conn, id_, "refused")
