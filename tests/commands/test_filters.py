"""Filters and names: the same is not saved twice, what was ended comes back whole."""

from __future__ import annotations

from bot.commands import entities, filters
from bot.commands.calls import Refused
from bot.commands.entities import Compiled
from bot.commands.filters import Same
from bot.commands.undo import Undone, undo
from bot.store import audit
from bot.store import entities as stored_entities
from bot.store import filters as stored
from bot.store.filters import Filter, FilterState
from tests.commands.people import ADMIN, OTHER, Desk

NAME = Compiled(
    {"id": "person:petrova", "kind": "person", "ru": "Анна Петрова"}, {"strong": ["анна петрова"]}
)


async def added(desk: Desk, expression: str = "самовольн*, дезертир") -> Filter:
    new = await filters.add(desk.backend, desk.by(ADMIN), "desertion", expression, {})
    assert isinstance(new, Filter)
    return new


async def now(desk: Desk, key: str) -> Filter:
    async with desk.store.read() as conn:
        each = await stored.get(conn, key)
    assert each is not None
    return each


async def test_two_admins_save_one_filter(desk: Desk):
    """While one looked at the proof the other saved the same: it is named, not doubled."""
    first = await added(desk)
    again = await filters.add(
        desk.backend, desk.by(OTHER), "desertion", "( самовольн*  OR дезертир )", {}
    )
    elsewhere = await filters.add(
        desk.backend, desk.by(OTHER), "refusal", "самовольн*, дезертир", {}
    )

    assert again == Same(first)
    assert isinstance(elsewhere, Filter)
    assert desk.refiltered == 2


async def test_an_edit_of_what_changed_meanwhile_is_refused(desk: Desk):
    """Nobody overwrites what they have not seen."""
    each = await added(desk)
    done = await filters.edit(
        desk.backend, desk.by(OTHER), each.key, "дезертир", version=1, groups={}
    )
    late = await filters.edit(
        desk.backend, desk.by(ADMIN), each.key, "беглец", version=1, groups={}
    )

    assert isinstance(done, Filter)
    assert (done.version, late) == (2, Refused.CHANGED)
    assert (await now(desk, each.key)).expression == "дезертир"
    assert isinstance(await undo(desk.backend, desk.by(OTHER)), Undone)
    back = await now(desk, each.key)
    assert (back.expression, back.version) == (each.expression, 3)


async def test_a_removed_filter_comes_back(desk: Desk):
    """With its key and versions; what is matched changes each time."""
    each = await added(desk)
    await filters.set_state(desk.backend, desk.by(ADMIN), each.key, FilterState.REMOVED)
    gone = await filters.set_state(desk.backend, desk.by(ADMIN), each.key, FilterState.ACTIVE)
    await undo(desk.backend, desk.by(ADMIN))

    assert gone is Refused.MISSING
    assert await now(desk, each.key) == each
    assert desk.refiltered == 3


async def test_a_pack_s_filter_is_switched_off_instead_of_removed(desk: Desk):
    """It would come back with its pack; and its expression is the pack's."""
    async with desk.store.write() as conn:
        await stored.sync_packs(conn, [("desertion/x", "desertion", "дезертир")], desk.clock.now())
    call = desk.by(ADMIN)
    off = await filters.set_state(desk.backend, call, "desertion/x", FilterState.REMOVED)
    edited = await filters.edit(desk.backend, call, "desertion/x", "кот", version=1, groups={})

    assert isinstance(off, Filter)
    assert (off.state, edited) == (FilterState.OFF, Refused.IMPOSSIBLE)
    async with desk.store.read() as conn:
        [entry] = await audit.page(conn, 9)
    assert entry.details["to"] == "off"


async def test_a_name_comes_back_as_it_was(desk: Desk):
    """Removed or changed by mistake, undo has its forms."""
    call = desk.by(ADMIN)
    assert await entities.add(desk.backend, call, NAME) == NAME.id
    assert await entities.add(desk.backend, call, NAME) is Refused.TAKEN
    assert await entities.add(desk.backend, call, NAME, known=[NAME.id]) is Refused.TAKEN
    other = Compiled({**NAME.definition, "ru": "Анна Петренко"}, {"strong": ["анна петренко"]})
    await entities.replace(desk.backend, call, other)
    await entities.remove(desk.backend, call, NAME.id)
    found = []
    for _ in range(3):
        assert isinstance(await undo(desk.backend, call), Undone)
        async with desk.store.read() as conn:
            each = await stored_entities.get(conn, NAME.id)
        found.append(each and (each.definition, each.forms))

    assert found == [(other.definition, other.forms), (NAME.definition, NAME.forms), None]
    assert await entities.remove(desk.backend, call, NAME.id) is Refused.MISSING
