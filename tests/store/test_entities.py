"""Entities of admins: kept whole, one for an id, each change is known."""

from __future__ import annotations

from bot.store import Store, entities, meta, people
from filters.entities import entity_of
from tests.support.clock import ManualClock

ADMIN = 7
ROW = {"id": "person:petrova", "names": {"ru": ["Анна Петрова"]}, "gender": "f"}
FORMS = {"strong": ["анна петрова", "анны петровой"], "initials": ["а"]}


async def test_an_entity_is_kept_until_removed(store: Store, clock: ManualClock):
    """What comes back is what was saved; every change, and only that, bumps the generation."""
    generations = []
    async with store.write() as conn:
        done = []
        for change in (
            lambda: entities.add(conn, ROW, FORMS, ADMIN, clock.now()),
            lambda: entities.add(conn, {**ROW, "names": {}}, {}, ADMIN, clock.now()),
        ):
            done.append(await change())
            generations.append(await meta.generation(conn))
        [kept] = await entities.list_all(conn)
        changed = {**ROW, "famous": True}
        for row in (changed, {**ROW, "id": "person:nobody"}):
            done.append(await entities.replace(conn, row, FORMS, ADMIN, clock.now()))
            generations.append(await meta.generation(conn))
        found = await entities.get(conn, "person:petrova")
        for _ in range(2):
            done.append(await entities.remove(conn, "person:petrova"))
            generations.append(await meta.generation(conn))
        left = await entities.list_all(conn)

    assert done == [True, False, True, False, True, False]
    assert generations == [1, 1, 2, 2, 3, 3]
    assert found is not None
    assert found.entity == entity_of(changed, FORMS)
    assert kept.entity == entity_of(ROW, FORMS)
    assert (kept.created_at, kept.created_by) == (clock.now(), ADMIN)
    assert left == []


async def test_a_forgotten_admins_entities_stay_by_nobody(store: Store, clock: ManualClock):
    """Who leaves is named nowhere."""
    async with store.write() as conn:
        await entities.add(conn, ROW, FORMS, ADMIN, clock.now())
        await people.forget(conn, ADMIN)
        [kept] = await entities.list_all(conn)

    assert kept.created_by is None
