"""Replies under alerts: what joined a story that was told; bands and clues; splits."""

from __future__ import annotations

from datetime import timedelta

from bot.store import Store, items, near, stories
from tests.store.builders import add_item, add_source, post
from tests.support.clock import ManualClock


async def test_near_items_are_found_by_bands_and_rare_clues(store: Store, clock: ManualClock):
    """Those that share most come first; what 150 share finds nobody; the old is forgotten."""
    now = clock.now()
    async with store.write() as conn:
        source = await add_source(conn, now)
        ids = [
            await add_item(
                conn, now, source, post(str(n)), story_id=await stories.create(conn, now)
            )
            for n in range(3)
        ]
        await near.add(conn, {ids[0]: [1, 2, 3], ids[1]: [3]}, {ids[2]: [7]})
        await near.add(conn, {ids[0]: [1]}, {n: [9] for n in range(1000, 1151)})
        found = [each.item_id for each in await near.near(conn, [1, 2, 3], [7, 9], 2)]
        banded = await near.banded(conn, [2, 4])
        everything = {each.item_id for each in await near.near(conn, [1, 3], [7], 10)}
        later = now + timedelta(days=40)
        await near.purge(conn, later, now - timedelta(days=1))
        left = {each.item_id for each in await near.near(conn, [1, 3], [7], 10)}

    assert found[0] == ids[0]
    assert everything == set(ids)
    assert banded == {2}
    assert left == {ids[2]}


async def test_split_for_all_is_not_a_split_for_one(store: Store, clock: ManualClock):
    """What a subscriber parts for themselves stays together for the others."""
    now = clock.now()
    async with store.write() as conn:
        await near.split_off(conn, 5, 1, now, chat_id=3)
        own = await near.splits_of(conn, [5])
        await near.split_off(conn, 5, 1, now)
        await near.split_off(conn, 5, 1, now)
        both = await near.splits_of(conn, [5, 6])

    assert (own, both) == (set(), {1})


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
