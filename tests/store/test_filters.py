"""Filters: packs follow their texts, admins keep their choices, each change is known."""

from __future__ import annotations

from bot.store import Store, filters, meta
from bot.store.filters import FilterState, Origin
from tests.support.clock import ManualClock

ADMIN = 7
PACK = [("refusal/base", "refusal", "a"), ("desertion/soch", "desertion", "b")]


async def active(conn) -> list[tuple[str, str]]:
    return [(f.key, f.expression) for f in await filters.list_all(conn)]


async def test_an_admins_filter_has_versions(store: Store, clock: ManualClock):
    """What a filter once was can be read; the same text is no new version."""
    async with store.write() as conn:
        new = await filters.add(conn, "refusal", "a", ADMIN, clock.now())
        later = clock.advance(60)
        changed = await filters.set_expression(conn, new.id, "a, b", ADMIN, later)
        same = await filters.set_expression(conn, new.id, "a, b", ADMIN, later)
        versions = await filters.list_versions(conn, new.id)
        missing = await filters.set_expression(conn, 99, "x", ADMIN, later)

    assert (new.key, new.origin, new.version) == (f"f{new.id}", Origin.ADMIN, 1)
    assert changed == same
    assert changed is not None
    assert (changed.expression, changed.version) == ("a, b", 2)
    assert [(v.version, v.expression, v.at) for v in versions] == [
        (2, "a, b", later),
        (1, "a", new.created_at),
    ]
    assert missing is None


async def test_every_change_of_what_matches_bumps_the_generation(store: Store, clock: ManualClock):
    """Items matched with older filters can be found and matched again."""
    seen = []
    async with store.write() as conn:

        async def note() -> None:
            seen.append(await meta.generation(conn))

        await note()
        new = await filters.add(conn, "refusal", "a", ADMIN, clock.now())
        await note()
        await filters.set_expression(conn, new.id, "b", ADMIN, clock.now())
        await note()
        await filters.set_expression(conn, new.id, "b", ADMIN, clock.now())
        await note()
        await filters.set_state(conn, new.id, FilterState.OFF)
        await note()
        await filters.set_state(conn, new.id, FilterState.OFF)
        await note()
        await filters.sync_packs(conn, PACK, clock.now())
        await note()
        await filters.sync_packs(conn, PACK, clock.now())
        await note()
        await filters.note_matching(conn, "1.0")
        await note()
        await filters.note_matching(conn, "1.0")
        await note()

    assert seen == [0, 1, 2, 2, 3, 3, 4, 4, 5, 5]


async def test_packs_follow_their_texts(store: Store, clock: ManualClock):
    """New, changed, gone and back again, without touching the admins' own."""
    async with store.write() as conn:
        own = await filters.add(conn, "refusal", "own", ADMIN, clock.now())
        first = await filters.sync_packs(conn, PACK, clock.now())
        second = await filters.sync_packs(conn, [("refusal/base", "pressure", "a2")], clock.now())
        changed = await active(conn)
        third = await filters.sync_packs(conn, PACK, clock.now())
        back = await active(conn)
        base = await filters.get(conn, "refusal/base")

    assert (first, second, third) == (2, 2, 2)
    assert sorted(changed) == [(own.key, "own"), ("refusal/base", "a2")]
    assert sorted(back) == [("desertion/soch", "b"), (own.key, "own"), ("refusal/base", "a")]
    assert base is not None
    assert (base.version, base.topic) == (3, "refusal")


async def test_what_an_admin_switched_off_stays_off(store: Store, clock: ManualClock):
    """Through restarts, new texts of the pack, and a pack that was away."""
    async with store.write() as conn:
        await filters.sync_packs(conn, PACK, clock.now())
        base = await filters.get(conn, "refusal/base")
        assert base is not None
        removed = await filters.set_state(conn, base.id, FilterState.REMOVED)
        for packs in ([("refusal/base", "refusal", "new")], [], PACK):
            await filters.sync_packs(conn, packs, clock.now())
        now = await filters.get(conn, base.id)
        listed = await filters.list_all(conn, [FilterState.OFF])

    assert removed
    assert now is not None
    assert (now.state, now.expression) == (FilterState.OFF, "a")
    assert listed == [now]
