"""One row that cannot be read: it is set aside and named; everybody else goes on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from bot.store import filters, set_aside, sources
from tests.delivery.conftest import Scene


@pytest.fixture(autouse=True)
def nothing_known() -> Iterator[None]:
    """Of other tests."""
    set_aside._known.clear()
    set_aside.fresh()
    yield
    set_aside._known.clear()
    set_aside.fresh()


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
    told = [(each.table, each.id) for each in set_aside.fresh()]
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
    assert {each.table for each in set_aside.fresh()} == {"sources", "filters"}
