"""One row that cannot be read: it is set aside and named; everybody else goes on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from bot.model import AlarmKind, Role
from bot.store import (
    entities,
    filters,
    item_matches,
    item_pages,
    items,
    messages,
    people,
    source_alarms,
    sources,
    unreadable_rows,
)
from bot.store import schema as s
from bot.store.message_rows import SendLane
from tests.delivery.conftest import Scene
from tests.store.builders import add_source


@pytest.mark.parametrize(
    "damage",
    [
        "prefs = '{broken'",
        "prefs = '{\"no_such_choice\": 1}'",
        "prefs = '[1]'",
        "mode = 'loud'",
        "state = 'asleep'",
    ],
)
async def test_a_chat_that_cannot_be_read_keeps_nobody_back(scene: Scene, damage: str) -> None:
    """What it would hear is held for it, and comes once it is put right; it is named once."""
    for user in (1, 2, 3):
        await scene.chat(user)
    async with scene.store.write() as conn:
        await conn.exec_driver_sql(f"UPDATE chats SET {damage} WHERE telegram_id = 2")
    with capture_logs() as logged:
        await scene.story("one")
        await scene.for_(30)
        await scene.story("two")
        await scene.for_(30)
    texts = [scene.server.texts(user) for user in (1, 2, 3)]
    told = [(each.table, each.id) for each in unreadable_rows.fresh()]
    async with scene.store.write() as conn:
        await conn.exec_driver_sql(
            "UPDATE chats SET prefs = NULL, mode = 'normal', state = 'active' WHERE telegram_id = 2"
        )
    await scene.outbox.retell()
    await scene.for_(30)

    assert texts == [["one", "two"], [], ["one", "two"]]
    assert told == [("chats", 2)]
    assert [each["event"] for each in logged if each["log_level"] == "error"] == ["store.set_aside"]
    assert "one" in scene.server.texts(2)[0]
    assert "two" in "".join(scene.server.texts(2))


async def test_a_source_and_a_filter_that_cannot_be_read_are_left_out(scene: Scene) -> None:
    """The others are read and find."""
    await scene.story("one")
    async with scene.store.write() as conn:
        await filters.sync_packs(
            conn, [("a/one", "a", "слово"), ("a/two", "a", "дело")], scene.clock.now()
        )
        await conn.execute(sa.text("UPDATE filters SET origin = 'nobody' WHERE key = 'a/one'"))
        before = len(await sources.list_all(conn))
        await conn.execute(sa.text("UPDATE sources SET headers = '{' WHERE id = 1"))
        left = await sources.list_all(conn)
        found = await filters.list_all(conn)

    assert len(left) == before - 1
    assert [each.key for each in found] == ["a/two"]
    assert {each.table for each in unreadable_rows.fresh()} == {"sources", "filters"}


@pytest.mark.parametrize(
    ("table", "damage"),
    [
        ("items", "seen_at = 'yesterday'"),
        ("items", "published = '2026-13-45'"),
        ("items", "links = '[broken'"),
        ("items", "tags = '{'"),
        ("matches", "spans = '[1, 2]'"),
        ("matches", "sentence = '[\"text\"]'"),
        ("matches", "evidence = '{\"army\": 7}'"),
        ("matches", "words = '<'"),
    ],
)
async def test_an_item_or_match_that_cannot_be_read_keeps_no_other_back(
    scene: Scene, table: str, damage: str
) -> None:
    """What is told and read beside it comes; admins hear of the row once."""
    await scene.chat(1)
    await scene.story("one")
    await scene.story("two")
    async with scene.store.write() as conn:
        where = "id = (SELECT min(id) FROM items)"
        if table == "matches":
            where = "item_id = (SELECT min(id) FROM items)"
        await conn.exec_driver_sql(f"UPDATE {table} SET {damage} WHERE {where}")
        source = (await sources.list_all(conn))[0]
        found = await item_pages.last_of_source(conn, source.id, 10)
        both = await items.get_many(conn, [1, 2])
        matches = [await item_matches.matches_of(conn, number) for number in (1, 2)]
    await scene.for_(30)

    assert "two" in scene.server.texts(1)
    assert len(found) == len(both) == (1 if table == "items" else 2)
    assert [bool(each) for each in matches] == [table == "items", True]
    assert {each.table for each in unreadable_rows.fresh()} == {table}


async def test_an_entity_that_cannot_be_read_is_named_by_its_id(scene: Scene) -> None:
    """The other names are found."""
    good = {"id": "person:good", "names": {"ru": ["Хорошев"]}}
    async with scene.store.write() as conn:
        for name in ("good", "broken", "renamed"):
            definition = {**good, "id": f"person:{name}"}
            await entities.add(conn, definition, {}, None, scene.clock.now())
        await conn.exec_driver_sql(
            "UPDATE entities SET definition = '{' WHERE key = 'person:broken'"
        )
        await conn.exec_driver_sql(
            "UPDATE entities SET key = 'person:other' WHERE key = 'person:renamed'"
        )
        left = await entities.list_all(conn)
        broken = await entities.get(conn, "person:broken")

    assert [each.id for each in left] == ["person:good"]
    assert broken is None
    assert {each.id for each in unreadable_rows.fresh()} == {"person:broken", "person:other"}


async def test_an_alarm_that_nobody_knows_hides_no_other(scene: Scene) -> None:
    """Of a version to come, or damaged; its source's other alarms are told and cleared."""
    now = scene.clock.now()
    async with scene.store.write() as conn:
        source = await add_source(conn, now)
        for kind in (AlarmKind.SILENT, AlarmKind.FAILING):
            await source_alarms.raised(conn, source.id, kind, now)
        await conn.exec_driver_sql("UPDATE alarms SET kind = 'odd' WHERE kind = 'silent'")
        open_ones = await source_alarms.raised_alarms(conn)

    assert open_ones == {source.id: {AlarmKind.FAILING: now}}
    assert {(each.table, each.id) for each in unreadable_rows.fresh()} == {("alarms", source.id)}


async def test_a_role_that_nobody_knows_is_none(scene: Scene) -> None:
    """Whoever has it is a stranger; nobody's number is logged."""
    async with scene.store.write() as conn:
        await people.appoint(conn, 77, Role.ADMIN, None, scene.clock.now())
        await people.appoint(conn, 78, Role.ADMIN, None, scene.clock.now())
        await conn.exec_driver_sql("UPDATE people SET role = 'emperor' WHERE telegram_id = 77")
        with capture_logs() as logged:
            role = await people.role_of(conn, 77, [])
            admins = await people.list_people(conn)

    assert role is Role.STRANGER
    assert [each.telegram_id for each in admins] == [78]
    assert [each["row"] for each in logged] == ["emperor"]


@pytest.mark.parametrize("damage", ["kind = 'odd'", "lane = 'odd'", "unknowns = 'x'"])
async def test_a_message_that_cannot_be_read_keeps_none_behind_it_back(
    scene: Scene, damage: str
) -> None:
    """Neither those of its chat, which has one place in each turn, nor those of others."""
    for user in (1, 2):
        await scene.chat(user)
    async with scene.store.write() as conn:
        await messages.queue_plain(conn, 1, "broken", scene.clock.now(), SendLane.NORMAL)
        await conn.exec_driver_sql(f"UPDATE messages SET {damage}")
        for user in (1, 2):
            await messages.queue_plain(conn, user, "whole", scene.clock.now(), SendLane.NORMAL)
    await scene.for_(60)

    assert [scene.server.texts(user) for user in (1, 2)] == [["whole"], ["whole"]]
    assert [each.table for each in unreadable_rows.fresh()] == ["messages"]


async def test_the_first_of_january_1970_is_a_time(scene: Scene) -> None:
    """What stands for times that cannot be read is no time that can."""
    await scene.story("one")
    async with scene.store.write() as conn:
        await conn.execute(sa.update(s.items).values(published=datetime(1970, 1, 1, tzinfo=UTC)))
        item = await items.get(conn, 1)

    assert item is not None
    assert item.published == datetime(1970, 1, 1, tzinfo=UTC)
