"""Views: an alert shows what made it true, and who else tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.model import SourceKind, views
from bot.model.views import AlertView, Changed
from bot.store import (
    Store,
    alert_views,
    item_matches,
    items,
    message_views,
    messages,
    notices,
)
from bot.stories.edits import edited
from tests.store.builders import (
    TOPIC,
    add_alert,
    add_chat,
    add_item,
    add_notice,
    add_source,
    match,
    message_of,
    post,
)
from tests.support.clock import ManualClock


async def test_an_alert_shows_its_item_source_and_finds(store: Store, clock: ManualClock):
    """All of it in one reading, spans of all the topic's filters together."""
    now = clock.now()
    async with store.write() as conn:
        alert, item_id = await add_alert(conn, now)
        more = match(filter_key="refusal/second", spans=(("text", 1, 2), ("title", 8, 16)))
        foreign = match(topic="pressure", filter_key="pressure/x", spans=(("title", 0, 1),))
        await item_matches.insert_matches(conn, item_id, 1, [more, foreign])
        notice = await add_notice(conn, now, await add_chat(conn, now), alert, item_id)
        id_ = message_of(notice)
        view = await message_views.view(conn, id_)

    assert view is not None
    content = view.content
    assert isinstance(content, AlertView)
    assert content.spans == (("text", 1, 2), ("title", 0, 16))
    assert (content.topic, content.army, content.filter_key) == (TOPIC, "ru", "refusal/base")
    assert (content.source_title, content.source_kind) == ("Pskovpost", SourceKind.MEDIA)
    assert (content.title, content.sentence) == ("Отказались ехать", ("title", 0, 16))
    assert content.joined == ()


async def test_a_new_revision_shows_with_its_own_finds(store: Store, clock: ManualClock):
    """Spans of an old text would mark wrong words in a new one."""
    now = clock.now()
    async with store.write() as conn:
        alert, item_id = await add_alert(conn, now)
        notice = await add_notice(conn, now, await add_chat(conn, now), alert, item_id)
        await items.add_revision(conn, item_id, post("1", "Шестеро отказались"), seen_at=now)
        await item_matches.insert_matches(conn, item_id, 2, [match(spans=(("title", 8, 18),))])
        view = await alert_views.alert(conn, notice.id)

    assert view is not None
    view = edited(view)
    assert (view.title, view.spans) == ("Шестеро отказались", (("title", 8, 18),))


async def test_an_edit_that_no_longer_matches_leaves_what_was_told(
    store: Store, clock: ManualClock
):
    """An alert never explains itself with words that are not there."""
    now = clock.now()
    async with store.write() as conn:
        alert, item_id = await add_alert(conn, now)
        notice = await add_notice(conn, now, await add_chat(conn, now), alert, item_id)
        await items.add_revision(conn, item_id, post("1", "Погода"), seen_at=now)
        view = await alert_views.alert(conn, notice.id)

    assert view is not None
    view = edited(view)
    assert (view.title, view.spans) == ("Отказались ехать", (("title", 0, 10),))


async def test_an_edit_is_shown_for_what_matters_only(store: Store, clock: ManualClock):
    """What was told stays through typos; what was taken back is said, though no filter finds it."""
    now = clock.now()
    async with store.write() as conn:
        alert, item_id = await add_alert(conn, now)
        notice = await add_notice(conn, now, await add_chat(conn, now), alert, item_id)
        await items.add_revision(conn, item_id, post("1", "Отказались ехать…"), seen_at=now)
        await item_matches.insert_matches(conn, item_id, 2, [match()])
        typo = await alert_views.alert(conn, notice.id)
        later = clock.advance(60)
        await items.add_revision(conn, item_id, post("1", "Не отказались ехать"), seen_at=later)
        taken_back = await alert_views.alert(conn, notice.id)

    assert typo is not None
    typo = edited(typo)
    assert (typo.title, typo.changed) == ("Отказались ехать", None)
    assert taken_back is not None
    assert edited(edited(taken_back)) == edited(taken_back)
    taken_back = edited(taken_back)
    assert taken_back.title == "Отказались ехать"
    assert taken_back.changed == Changed(later, (("Отказались", "Не отказались"),))


async def test_an_alert_without_any_find_still_has_its_sentence(store: Store, clock: ManualClock):
    """A topic that was only asked for by hand shows the title."""
    now = clock.now()
    async with store.write() as conn:
        alert, _ = await add_alert(conn, now)
        source = await add_source(conn, now)
        bare = await add_item(conn, now, source, post("bare", "", "текст"), found=())
        notice = await add_notice(conn, now, await add_chat(conn, now), alert, bare)
        view = await alert_views.alert(conn, notice.id)
        missing = await alert_views.alert(conn, 999)

    assert view is not None
    assert (view.sentence, view.spans, view.army) == (("text", 0, 5), (), "unknown")
    assert missing is None


async def test_joined_items_are_named_in_order_of_sight(store: Store, clock: ManualClock):
    """Who else tells of it, reposts marked; the item itself is not among them."""
    now = clock.now()
    async with store.write() as conn:
        alert, item_id = await add_alert(conn, now)
        for name, relation in (("radio", "copy"), ("court", "new")):
            source = await add_source(conn, now, name)
            await add_item(
                conn, clock.advance(60), source, story_id=alert.story_id, relation=relation
            )
        notice = await add_notice(conn, now, await add_chat(conn, now), alert, item_id)
        view = await alert_views.alert(conn, notice.id)

    assert view is not None
    assert [(other.source_title, other.repost) for other in view.joined] == [
        ("Radio", True),
        ("Court", False),
    ]


async def test_a_withdrawn_alert_has_nothing_to_show(store: Store, clock: ManualClock):
    """The outbox drops a message without a notice."""
    now = clock.now()
    async with store.write() as conn:
        alert, item_id = await add_alert(conn, now)
        notice = await add_notice(conn, now, await add_chat(conn, now), alert, item_id)
        id_ = message_of(notice)
        await notices.withdraw_notices(conn, [notice.id])
        view = await message_views.view(conn, id_)

    assert view is None


_SPANS = st.lists(
    st.tuples(st.sampled_from(["title", "text"]), st.integers(0, 30), st.integers(1, 10)).map(
        lambda s: (s[0], s[1], s[1] + s[2])
    )
)


@given(_SPANS)
def test_merged_spans_cover_the_same_letters_without_overlap(spans):
    """Highlighting twice would nest marks that Telegram refuses."""

    def letters(of):
        return {(field, n) for field, start, end in of for n in range(start, end)}

    merged = views._merged(spans)

    assert letters(merged) == letters(spans)
    assert sum(end - start for _, start, end in merged) == len(letters(spans))
    assert list(merged) == sorted(merged)


async def test_many_messages_are_read_as_each_by_itself(store: Store, clock: ManualClock):
    """Sent and unsent, plain, one that tells nothing any more: in one go, of one moment."""
    now = clock.now()
    async with store.write() as conn:
        alert, item_id = await add_alert(conn, now)
        of_chats = [
            await add_notice(conn, now, await add_chat(conn, now, 2000 + n), alert, item_id)
            for n in range(4)
        ]
        ids = [message_of(each) for each in of_chats]
        await messages.mark_sending(conn, ids[:1], store.epoch)
        await messages.mark_sent(conn, ids[0], 77, 1, now)
        await notices.withdraw_notices(conn, [of_chats[1].id])
        ids.append(await messages.queue_plain(conn, of_chats[2].chat_id, "<b>Hello</b>", now))
        many = await message_views.views_of(conn, [*reversed(ids), 999])
        each = {id_: await message_views.view(conn, id_) for id_ in ids}

    assert many == {id_: view for id_, view in each.items() if view is not None}
    assert set(many) == {ids[0], ids[2], ids[3], ids[4]}


async def test_an_alert_to_many_is_read_in_as_many_statements_as_to_one(
    store: Store, clock: ManualClock
):
    """What all chats see alike is read once."""
    now = clock.now()
    async with store.write() as conn:
        alert, item_id = await add_alert(conn, now)
        ids = [
            message_of(await add_notice(conn, now, await add_chat(conn, now, n), alert, item_id))
            for n in range(3000, 3020)
        ]
        with counted() as one:
            await message_views.views_of(conn, ids[:1])
        with counted() as many:
            found = await message_views.views_of(conn, ids)

    assert len(found) == len(ids)
    assert many == one != [0]


@contextmanager
def counted() -> Iterator[list[int]]:
    """How many statements the block ran, in a list of one."""
    seen = [0]

    def count(*_: Any) -> None:
        seen[0] += 1

    event.listen(Engine, "before_cursor_execute", count)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", count)
