"""Word groups: no filter is broken by a change, none loses its group."""

from __future__ import annotations

from bot.commands import filters, groups
from bot.commands.calls import Refused
from bot.commands.filters import Same
from bot.commands.groups import Broken, Used
from bot.commands.undo import Undone, undo
from bot.model import ChatMode, ChatType
from bot.store import chats
from bot.store import groups as stored
from tests.commands.people import ADMIN, READER, Desk

PACKS = {"soldier": "солдат*, боец"}


async def words(desk: Desk) -> dict[str, str]:
    async with desk.store.read() as conn:
        return dict(await stored.all_words(conn))


async def test_a_change_that_breaks_a_filter_is_refused(desk: Desk) -> None:
    """Its key is named; the words stay; directly used or through another group."""
    call = desk.by(ADMIN)
    await groups.put(desk.backend, call, "music", "труба", PACKS, new=True)
    await groups.put(desk.backend, call, "band", "@music, оркестр", PACKS, new=True)
    known = {**PACKS, **await words(desk)}
    used = await filters.add(desk.backend, call, "desertion", "духов* NEAR/3 @band", known)
    assert not isinstance(used, Same)
    refiltered = desk.refiltered
    bad = await groups.put(desk.backend, call, "music", "труба AND оркестр", PACKS, new=False)

    assert isinstance(bad, Broken)
    assert bad.key == used.key
    assert (await words(desk))["music"] == "труба"
    assert desk.refiltered == refiltered
    good = await groups.put(desk.backend, call, "music", "скрипка", PACKS, new=False)
    assert good == Used((used.key,), ("band",), 0, before="труба")
    assert desk.refiltered == refiltered + 1
    assert isinstance(await undo(desk.backend, call), Undone)
    assert (await words(desk))["music"] == "труба"


async def test_names_are_taken_once_and_what_is_used_stays(desk: Desk) -> None:
    """Also by a subscription, of which nothing is told but that there is one."""
    call = desk.by(ADMIN)
    assert await groups.put(desk.backend, call, "soldier", "кот", PACKS, new=True) is Refused.TAKEN
    assert await groups.put(desk.backend, call, "x", "кот", PACKS, new=False) is Refused.MISSING
    await groups.put(desk.backend, call, "x", "кот", PACKS, new=True)
    assert await groups.put(desk.backend, call, "x", "кот", PACKS, new=True) is Refused.TAKEN
    assert await groups.put(desk.backend, call, "x", "кот", PACKS, new=False) is Refused.SAME
    async with desk.store.write() as conn:
        chat = await chats.ensure(
            conn,
            READER,
            0,
            ChatType.PRIVATE,
            lang="en",
            tz="UTC",
            mode=ChatMode.NORMAL,
            now=call.now,
        )
        await chats.subscribe(conn, chat.id, "refusal", call.now, narrowing="@X")

    assert await groups.remove(desk.backend, call, "x") == Used((), (), 1)
    assert await words(desk) == {"x": "кот"}
    assert await groups.remove(desk.backend, call, "soldier") is Refused.MISSING
