"""Stories: one event, one story, however many tell of it at once."""

from __future__ import annotations

import asyncio

import pytest

from bot.store import Store, stories
from tests.store.builders import add_item, add_source
from tests.support.clock import ManualClock


async def relate(store: Store, keys: list[str], clock: ManualClock) -> int:
    """As the pipeline does: look the keys up, make a story if none has them."""
    async with store.write(relating=True) as conn:
        found = await stories.find_by_keys(conn, keys)
        await asyncio.to_thread(int)  # gives the others a turn in the middle
        story_id = min(found.values(), default=0) or await stories.create(conn, clock.now())
        await stories.add_keys(conn, story_id, keys)
        return story_id


async def test_two_copies_handled_at_once_make_one_story(store: Store, clock: ManualClock):
    """Relate, decide, commit has one writer."""
    made = await asyncio.gather(
        *(relate(store, [f"own:{n}", "text:same"], clock) for n in range(8))
    )

    assert len(set(made)) == 1


async def test_copies_in_two_processes_make_one_story(postgres_database: str, clock: ManualClock):
    """On PostgreSQL the one writer is one for all processes."""
    stores = [await Store.open(postgres_database, clock) for _ in range(2)]
    made = await asyncio.gather(
        *(relate(stores[n % 2], [f"own:{n}", "text:same"], clock) for n in range(8))
    )
    for store in stores:
        await store.close()

    assert len(set(made)) == 1


@pytest.mark.parametrize("kind", ["same", "other"])
async def test_plain_writers_do_not_wait_for_a_relating_one_on_postgres(
    postgres_database: str, clock: ManualClock, kind: str
):
    """Deliveries go on while a long batch is related."""
    store = await Store.open(postgres_database, clock)
    writer = store if kind == "same" else await Store.open(postgres_database, clock)
    async with (
        store.write(relating=True) as relating,
        asyncio.timeout(5),
        writer.write() as conn,
    ):
        await stories.create(relating, clock.now())
        story_id = await stories.create(conn, clock.now())
    await writer.close()
    await store.close()

    assert story_id


async def test_a_key_stays_with_its_first_story(store: Store, clock: ManualClock):
    """Keys are global and unique; giving one again is no error."""
    async with store.write() as conn:
        first = await stories.create(conn, clock.now())
        second = await stories.create(conn, clock.now())
        await stories.add_keys(conn, first, ["a", "b"])
        await stories.add_keys(conn, second, ["b", "c"])
        await stories.add_keys(conn, second, [])
        found = await stories.find_by_keys(conn, ["a", "b", "c", "d"])

    assert found == {"a": first, "b": first, "c": second}


async def test_items_of_a_story_in_order_of_sight(store: Store, clock: ManualClock):
    """Who was first is shown first."""
    async with store.write() as conn:
        source = await add_source(conn, clock.now())
        story = await stories.create(conn, clock.now())
        late = await add_item(conn, clock.advance(60), source, story_id=story)
        later = await add_item(conn, clock.advance(60), source, story_id=story)
        early = await add_item(conn, clock.now().replace(year=2020), source, story_id=story)
        await stories.touch(conn, [story], clock.now())
        found = await stories.items_of(conn, story)

    assert [item.id for item in found] == [early, late, later]
