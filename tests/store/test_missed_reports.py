"""Posts asked about, and posts that readers say were missed."""

from __future__ import annotations

from datetime import timedelta

from bot.store import Store, alerts, chats, items, missed_reports, stories, traces
from tests.store.builders import add_chat, add_item, add_notice, add_source, post
from tests.support.clock import ManualClock


async def test_a_report_is_counted_settled_and_opened_again(
    store: Store, clock: ManualClock
) -> None:
    """Said twice it is one; seen to it waits no longer, until somebody says it again."""
    now = clock.now()
    later = now + timedelta(hours=1)
    async with store.write() as conn:
        first = await missed_reports.report(
            conn, "a", url="", text="x" * 9_000, item_id=None, now=now
        )
        again = await missed_reports.report(conn, "a", url="", text="x", item_id=None, now=later)
        await missed_reports.report(
            conn, "b", url="https://b.example/1", text="", item_id=7, now=now
        )
        newest = await missed_reports.next_open(conn)
        assert newest is not None
        older = await missed_reports.next_open(conn, newest.id)
        settled = await missed_reports.set_settled(conn, newest.id, later)
        repeated = await missed_reports.set_settled(conn, newest.id, later)
        left = await missed_reports.count_open(conn)
        await missed_reports.report(conn, "b", url="", text="", item_id=7, now=later)
        open_again = await missed_reports.count_open(conn)

    assert (first, again) == (True, False)
    assert (newest.url, newest.item_id, newest.times) == ("https://b.example/1", 7, 1)
    assert older is not None
    assert (len(older.text), older.times, older.at) == (missed_reports.MOST_TEXT, 2, later)
    assert (settled, repeated) == (True, False)
    assert (left, open_again) == (1, 2)


async def test_a_post_is_found_by_its_keys_and_by_its_number(
    store: Store, clock: ManualClock
) -> None:
    """With what its story told a chat, and since when that chat follows the topic."""
    now = clock.now()
    async with store.write() as conn:
        source = await add_source(conn, now)
        item_id = await add_item(conn, now, source, post("7"))
        item = await items.get(conn, item_id)
        assert item is not None
        assert item.story_id is not None
        await stories.add_keys(conn, item.story_id, ["url:https://a.example/7"])
        alert = await alerts.create(conn, item.story_id, 0, now)
        chat = await add_chat(conn, now, 1001)
        await chats.unsubscribe(conn, chat.id, "refusal")
        before = await traces.subscribed_at(conn, chat.id, "refusal")
        await chats.subscribe(conn, chat.id, "refusal", now)
        unsaid = await traces.notice_in(conn, chat.id, item.story_id)
        notice = await add_notice(conn, now, chat, alert, item_id)
        said = await traces.notice_in(conn, chat.id, item.story_id)
        found = await traces.at_keys(conn, ["url:https://a.example/7", "url:other"])
        none = await traces.at_keys(conn, ["url:other"])
        elsewhere = await traces.of_channel(conn, -100, 7)
        since = await traces.subscribed_at(conn, chat.id, "refusal")

    assert ([each.id for each in found], none) == ([item_id], [])
    assert elsewhere is None
    assert (unsaid, said) == (None, notice)
    assert (before, since) == (None, now)
