"""Replies under alerts: what joined a story that was told; marks and clues; splits."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from bot.model import ItemMatch, MessageKind, Prefs
from bot.model.views import ReplyView
from bot.store import (
    Store,
    alerts,
    chat_merging,
    chats,
    due_messages,
    feedback,
    fingerprints,
    follows,
    item_matches,
    items,
    message_views,
    messages,
    replies,
    schema,
    splits,
    stories,
)
from bot.stories.candidates import Candidates
from filters.facts import Fact, pack
from tests.store.builders import (
    add_alert,
    add_chat,
    add_item,
    add_notice,
    add_source,
    message_of,
    post,
    send,
)
from tests.support.clock import ManualClock


async def test_near_items_are_found_by_marks_and_rare_clues(store: Store, clock: ManualClock):
    """Those that share most come first; what 150 share finds nobody; the old is forgotten."""
    now = clock.now()
    candidates = Candidates()
    many = list(range(1, 13))
    async with store.write() as conn:
        source = await add_source(conn, now)
        ids = [
            await add_item(
                conn, now, source, post(str(n)), story_id=await stories.create(conn, now)
            )
            for n in range(3)
        ]
        await fingerprints.add_fingerprints(
            conn, [(ids[0], many), (ids[1], many[:2]), (ids[2], ())]
        )
        await fingerprints.add_features(conn, [(ids[2], [7])])
        await fingerprints.add_features(conn, [(ids[2], [7])])
        await fingerprints.add_features(conn, [(n, [9]) for n in range(1000, 1151)])
        await fingerprints.catch_up(conn, candidates)
        alike = candidates.near(many)
        found = await fingerprints.sharing(conn, alike, [7, 9], 2)
        everything = {*await fingerprints.sharing(conn, alike, [7], 10)}
        await fingerprints.add_fingerprints(conn, [(ids[2], many)])
        await fingerprints.catch_up(conn, candidates)
        later = candidates.near(many)
        await fingerprints.purge(conn, now + timedelta(days=40), now - timedelta(days=1))
        await fingerprints.catch_up(conn, candidates, purged=True)
        left = {*await fingerprints.sharing(conn, candidates.near(many), [7], 10)}

    assert (alike, found[0], everything) == ([ids[0], ids[1]], ids[0], set(ids))
    assert later == [ids[0], ids[2], ids[1]]
    assert left == {ids[2]}


async def test_split_for_all_is_not_a_split_for_one(store: Store, clock: ManualClock):
    """What a subscriber parts for themselves stays together for the others."""
    now = clock.now()
    async with store.write() as conn:
        await fingerprints.split_off(conn, 5, 1, now, chat_id=3)
        own = await fingerprints.splits_of(conn, [5])
        await fingerprints.split_off(conn, 5, 1, now)
        await fingerprints.split_off(conn, 5, 1, now)
        both = await fingerprints.splits_of(conn, [5, 6])

    assert (own, both) == ({}, {5: {1}})


async def test_untold_stories_are_merged_when_a_key_proves_them_one(
    store: Store, clock: ManualClock
):
    """Their items are found in the story that stays, as copies."""
    now = clock.now()
    async with store.write() as conn:
        source = await add_source(conn, now)
        one, two = await stories.create_many(conn, 2, now)
        await add_item(conn, now, source, post("1"), story_id=one)
        moved = await add_item(conn, now, source, post("2"), story_id=two)
        await stories.add_keys(conn, two, ["k"])
        await stories.merge(conn, [one, two], one)
        there = [each.id for each in await stories.items_of(conn, one)]
        relation = await items.relation_of(conn, moved)
        key = await stories.find_by_keys(conn, ["k"])

    assert moved in there
    assert (relation, key) == ("copy", {"k": one})


async def test_reports_are_said_once_and_not_where_edits_are_preferred(
    store: Store, clock: ManualClock
):
    """A silent reply under each alert that was sent; none in a chat that chose edits only."""
    now = clock.now()
    async with store.write() as conn:
        alert, item_id = await add_alert(conn, now)
        told = [await add_chat(conn, now, number) for number in (1, 2)]
        await chats.set_prefs(conn, told[1].id, Prefs(edits_only=True))
        for number, chat in enumerate(told):
            notice = await add_notice(conn, now, chat, alert, item_id)
            await send(conn, now, message_of(notice), number)
        source = await add_source(conn, now, "radio")
        other = await add_item(conn, now, source, story_id=alert.story_id, relation="same")
        first = await replies.queue(conn, alert.id, other, now)
        again = await replies.queue(conn, alert.id, other, now)
        waiting = await due_messages.due(conn, now, 10)
        view = await message_views.view(conn, waiting[0].id)

    assert (first, again) == (1, 0)
    assert [(each.chat.id, each.silent) for each in waiting] == [(told[0].id, True)]
    assert view is not None
    assert isinstance(view.content, ReplyView)
    assert (view.content.to, view.content.other.source_title) == (0, "Radio")


async def test_a_report_replies_where_the_chat_was_not_told_all_of_it(
    store: Store, clock: ManualClock
):
    """What another chat was told, or a deed that any event may have, keeps no report back."""
    now = clock.now()
    deed, sixty, pskov = (
        pack([Fact(code, "text", 0, 1)])[0]
        for code in ("deed:refused-deploy", "count:60", "place:pskov")
    )

    async with store.write() as conn:
        alert, first = await add_alert(conn, now)
        source = await add_source(conn, now, "radio")

        async def report(*facts: str) -> int:
            number = await add_item(
                conn, now, source, post("/".join(facts)), story_id=alert.story_id, relation="same"
            )
            await says(number, *facts)
            return number

        async def says(item_id: int, *facts: str) -> None:
            found = ItemMatch(
                "refusal", "refusal/base", (), ("text", 0, 1), evidence={"facts": list(facts)}
            )
            await item_matches.insert_matches(conn, item_id, 1, [found])

        await says(first, deed, sixty, pskov)
        second = await report(deed, pskov)
        chat_of: dict[int, int] = {}
        for number, of in enumerate((first, second)):
            chat = await add_chat(conn, now, number + 1)
            notice = await add_notice(conn, now, chat, alert, of)
            chat_of[chat.id] = number
            await send(conn, now, message_of(notice), number)

        async def told_of(*facts: str) -> list[tuple[int, tuple[str, ...]]]:
            """Which chats get a reply, and what it calls new."""
            item_id = await report(*facts)
            await replies.queue(conn, alert.id, item_id, now, facts=facts)
            m = schema.messages.c
            of_it = sa.select(m.id).where(m.item_id == item_id).order_by(m.id)
            found = []
            for number in (await conn.scalars(of_it)).all():
                view = await message_views.view(conn, number)
                assert view is not None
                assert isinstance(view.content, ReplyView)
                found.append((chat_of[view.message.chat.id], view.content.facts))
            return found

        counted = await told_of(sixty, pskov)
        again = await told_of(deed, sixty)
        deed_alone = await told_of(deed)
        nothing = await told_of()

    assert counted == [(1, (sixty,))]
    assert again == []
    assert deed_alone == nothing == [(0, ()), (1, ())]


async def test_a_chat_that_rests_hears_of_the_newest_report_afterwards(
    store: Store, clock: ManualClock
):
    """Paused or asleep: no reply now, and of several under one alert one later."""
    now = clock.now()  # it is six
    async with store.write() as conn:
        alert, item_id = await add_alert(conn, now)
        asleep, paused = [await add_chat(conn, now, number) for number in (1, 2)]
        await chats.set_prefs(conn, asleep.id, Prefs(quiet_from=0, quiet_to=8 * 60))
        for number, chat in enumerate((asleep, paused)):
            notice = await add_notice(conn, now, chat, alert, item_id)
            await send(conn, now, message_of(notice), number)
        await chats.pause(conn, paused.id, now)
        source = await add_source(conn, now, "radio")
        for _ in range(3):
            last = await add_item(conn, now, source, story_id=alert.story_id, relation="same")
            await replies.queue(conn, alert.id, last, now)
        silence = await due_messages.due(conn, now, 10)
        await chats.resume(conn, paused.id, now)
        morning = await due_messages.due(conn, now + timedelta(hours=2), 10, per_chat=9)
        views = [await message_views.view(conn, each.id) for each in morning]

    assert silence == []
    assert [each.chat.id for each in morning] == [asleep.id, paused.id]
    assert {v.content.other.item_id for v in views} == {last}  # type: ignore[union-attr]


async def test_what_a_chat_split_off_is_replied_to_apart(store: Store, clock: ManualClock):
    """What stands with it is said under its own alert there; what was said before is taken back."""
    now = clock.now()
    async with store.write() as conn:
        alert, item_id = await add_alert(conn, now)
        here, there = [await add_chat(conn, now, number) for number in (1, 2)]
        for number, chat in enumerate((here, there)):
            notice = await add_notice(conn, now, chat, alert, item_id)
            await send(conn, now, message_of(notice), number)
        source = await add_source(conn, now, "radio")
        of_story = {"story_id": alert.story_id, "relation": "same"}
        second = await add_item(conn, now, source, **of_story)
        await replies.queue(conn, alert.id, second, now)
        for number, each in enumerate(await due_messages.due(conn, now, 9), 7):
            await send(conn, now, each.id, number)
        await fingerprints.split_off(conn, second, alert.story_id, now, here.id)
        await replies.take_back(conn, [second], now, here.id)
        gone = await due_messages.due(conn, now, 9)
        await messages.mark_deleted(conn, gone[0].id)
        own = await alerts.create(conn, alert.story_id, -second, now)
        notice = await add_notice(conn, now, here, own, second)
        await send(conn, now, message_of(notice), 20)
        third = await add_item(conn, now, source, **of_story)
        await splits.go_with(conn, third, second, alert.story_id, now)
        parts = await splits.parts_of(conn, alert.story_id, third)
        said = [await replies.queue(conn, each.id, third, now) for each in (alert, own)]
        waiting = await due_messages.due(conn, now, 9)
        views = [await message_views.view(conn, each.id) for each in waiting]

    assert [(each.chat.id, each.kind) for each in gone] == [(here.id, MessageKind.REPLY)]
    assert (parts, said) == ({here.id: second}, [1, 1])
    under = {v.message.chat.id: v.content.to for v in views}  # type: ignore[union-attr]
    assert under == {here.id: 20, there.id: 1}


async def test_followers_hear_once_a_day_even_where_the_alert_has_vanished(
    store: Store, clock: ManualClock
):
    """Of what matters a follower hears one word a day; a deleted alert hides nothing from them."""
    now = clock.now()
    async with store.write() as conn:
        alert, item_id = await add_alert(conn, now)
        follower, other = [await add_chat(conn, now, number) for number in (1, 2)]
        for number, chat in enumerate((follower, other)):
            notice = await add_notice(conn, now, chat, alert, item_id)
            message = message_of(notice)
            await send(conn, now, message, number)
            await messages.mark_deleted(conn, message)
        await follows.follow(conn, follower.id, alert.story_id, now)
        source = await add_source(conn, now, "radio")
        ids = [
            await add_item(conn, now, source, story_id=alert.story_id, relation="same")
            for _ in range(2)
        ]
        told = [
            await replies.queue_for_followers(conn, alert.id, ids[0], "named", now),
            await replies.queue_for_followers(conn, alert.id, ids[1], "verdict", now),
            await replies.queue_for_followers(
                conn, alert.id, ids[1], "verdict", now + timedelta(days=1)
            ),
        ]
        waiting = await due_messages.due(conn, now + timedelta(days=1), 10)
        view = await message_views.view(conn, waiting[0].id)

    assert told == [1, 0, 1]
    assert {each.chat.id for each in waiting} == {follower.id}
    assert view is not None
    assert isinstance(view.content, ReplyView)
    assert (view.content.to, view.content.reason) == (None, "named")


async def test_choices_go_with_the_chat(store: Store, clock: ManualClock):
    """A group that moves keeps what it follows and has split; one that leaves leaves nothing."""
    now = clock.now()
    async with store.write() as conn:
        alert, item_id = await add_alert(conn, now)
        old, new = [await add_chat(conn, now, number) for number in (-1, -1002)]
        for chat in (old, new):
            await follows.follow(conn, chat.id, alert.story_id, now)
            await fingerprints.split_off(conn, item_id, alert.story_id, now, chat.id)
        await follows.follow(conn, old.id, 99, now)
        await chat_merging.migrate(conn, -1, -1002)
        kept = await follows.told_on(conn, 99, [new.id])
        both = await follows.told_on(conn, alert.story_id, [old.id, new.id])
        apart = await splits.parts(conn, [old.id, new.id], [alert.story_id])
        await chats.forget(conn, new.id)
        left = await follows.told_on(conn, 99, [new.id])
        left_apart = await splits.parts(conn, [new.id], [alert.story_id])

    assert (list(kept), list(both), apart) == (
        [new.id],
        [new.id],
        {(new.id, alert.story_id, item_id): item_id},
    )
    assert (left, left_apart) == ({}, {})


async def test_feedback_is_counted_by_filter_and_can_be_taken_back(
    store: Store, clock: ManualClock
):
    """Admins see which filter is complained of, of how many, and an example; never who."""
    now = clock.now()
    async with store.write() as conn:
        alert, item_id = await add_alert(conn, now)
        notice = await add_notice(conn, now, await add_chat(conn, now), alert, item_id)
        message = message_of(notice)
        await send(conn, now, message)
        said = [
            await feedback.toggle(conn, notice, kind, "refusal/base", now)
            for kind in ("noise", "army", "army")
        ]
        [found] = await feedback.summary(conn, now - timedelta(days=1))
        marks = await feedback.marks(conn, notice.id)
        later = await feedback.summary(conn, now + timedelta(days=1))

    assert said == [True, True, False]
    assert (found.filter_key, found.noise, found.army, found.told) == ("refusal/base", 1, 0, 1)
    assert found.examples[0][0] == "Отказались ехать"
    assert (marks, later) == (frozenset({"noise"}), [])
