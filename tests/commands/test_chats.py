"""What people choose for a chat: kept for the chat of the call, undone within the week."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.commands import chats as commands
from bot.commands import people as people_commands
from bot.commands import subscriptions
from bot.commands.calls import Call, Place, Refused
from bot.commands.undo import Undone, undo
from bot.errors import NotAllowed
from bot.model import Chat, ChatMode, ChatState, ChatType, Prefs, Role, Subscription, Way
from bot.store import audit, chats, people
from tests.commands.people import ADMIN, ADMIN_CHAT, READER, Desk

GROUP = Place(-77, ChatType.SUPERGROUP)


async def chat_of(desk: Desk, call: Call) -> Chat:
    return await commands.ensure(desk.backend, call, lang="en", mode=ChatMode.NORMAL)


async def stored(desk: Desk, chat: Chat) -> Chat:
    async with desk.store.read() as conn:
        found = await chats.get(conn, chat.id)
    assert found is not None
    return found


async def subscribed(desk: Desk, chat: Chat) -> list[Subscription]:
    async with desk.store.read() as conn:
        return [replace(each, id=0) for each in await chats.subscriptions(conn, chat.id)]


async def test_every_choice_goes_back(desk: Desk):
    """Language, zone, mode, volume and a pause are undone one after the other."""
    call = desk.by(READER)
    before = await chat_of(desk, call)
    await commands.set_language(desk.backend, call, "uk")
    await commands.set_zone(desk.backend, call, "Europe/Kyiv")
    await commands.set_mode(desk.backend, call, ChatMode.QUIET)
    await commands.set_prefs(desk.backend, call, Prefs(cap=3, quiet_from=0, quiet_to=60))
    await commands.pause(desk.backend, call, None)
    changed = await stored(desk, before)
    for _ in range(5):
        assert isinstance(await undo(desk.backend, call, of_chat=True), Undone)

    assert (changed.lang, changed.tz, changed.mode) == ("uk", "Europe/Kyiv", ChatMode.QUIET)
    assert (changed.prefs.cap, changed.state) == (3, ChatState.PAUSED)
    assert await stored(desk, before) == before
    assert await undo(desk.backend, call, of_chat=True) is Refused.MISSING


async def test_a_narrowing_lost_by_a_tap_comes_back(desk: Desk):
    """Undo brings back what the topic was narrowed to, and how it was told."""
    call = desk.by(READER)
    chat = await chat_of(desk, call)
    await subscriptions.subscribe(desk.backend, call, "refusal", narrowing="Псков")
    await subscriptions.subscribe(desk.backend, call, "refusal", narrowing="Тула", armies=["ru"])
    await subscriptions.set_ways(desk.backend, call, "refusal", {"": Way.URGENT})
    before = await subscribed(desk, chat)
    off = await subscriptions.toggle(desk.backend, call, "refusal")
    left = await subscribed(desk, chat)
    await undo(desk.backend, call, of_chat=True)

    assert (len(before), off, left) == (2, False, [])
    assert await subscribed(desk, chat) == before


async def test_who_does_not_manage_a_place_changes_nothing_there(desk: Desk):
    """Whatever button they forge: each command asks again."""
    manager = replace(desk.by(ADMIN, place=GROUP), manages=True)
    chat = await chat_of(desk, manager)
    await subscriptions.toggle(desk.backend, manager, "refusal")
    outsider = desk.by(READER, place=GROUP)

    for attempt in (
        subscriptions.toggle(desk.backend, outsider, "refusal"),
        subscriptions.unsubscribe(desk.backend, outsider, "refusal", None),
        commands.set_language(desk.backend, outsider, "ru"),
        commands.set_prefs(desk.backend, outsider, Prefs(cap=1)),
        commands.pause(desk.backend, outsider, None),
        commands.forget(desk.backend, outsider),
        undo(desk.backend, outsider, of_chat=True),
    ):
        with pytest.raises(NotAllowed):
            await attempt
    assert len(await subscribed(desk, chat)) == 1


async def test_the_admin_chat_s_own_choices_are_its_managers(desk: Desk):
    """Admins undo what they did to the installation there, not what comes to the chat itself."""
    desk.backend.admin_chat = ADMIN_CHAT
    place = Place(ADMIN_CHAT, ChatType.SUPERGROUP)
    member = desk.by(ADMIN, place=place)
    manager = replace(member, manages=True)
    chat = await chat_of(desk, manager)
    await subscriptions.toggle(desk.backend, manager, "refusal")

    assert await undo(desk.backend, member, of_chat=True) is Refused.THEIRS
    assert len(await subscribed(desk, chat)) == 1
    assert isinstance(await undo(desk.backend, manager, of_chat=True), Undone)


async def test_a_chats_changes_are_undone_in_that_chat_only(desk: Desk):
    """The number of a row says nothing to whoever is elsewhere."""
    mine, theirs = desk.by(READER), desk.by(ADMIN)
    chat, other = await chat_of(desk, mine), await chat_of(desk, theirs)
    await subscriptions.toggle(desk.backend, mine, "refusal")
    async with desk.store.read() as conn:
        [entry] = await audit.page(conn, 9, chat_id=chat.id)
        shared = await audit.page(conn, 9)

    assert shared == []
    assert await undo(desk.backend, theirs, entry.id) is Refused.MISSING
    assert await undo(desk.backend, theirs, entry.id, of_chat=True) is Refused.MISSING
    assert await subscribed(desk, other) == []
    assert len(await subscribed(desk, chat)) == 1


async def test_a_pause_over_by_itself_is_not_undone(desk: Desk):
    """What ended needs no ending; the row says so instead of failing."""
    call = desk.by(READER)
    chat = await chat_of(desk, call)
    until = desk.clock.now() + timedelta(hours=2)
    await commands.pause(desk.backend, call, until)
    next_one = await commands.end_pauses(desk.backend, desk.clock.now())
    desk.clock.move_to(until)
    assert await commands.end_pauses(desk.backend, desk.clock.now()) is None

    assert next_one == until
    assert (await stored(desk, chat)).state is ChatState.ACTIVE
    assert await undo(desk.backend, desk.by(READER), of_chat=True) is Refused.IMPOSSIBLE


async def test_forgetting_takes_the_trace_along(desk: Desk):
    """No row tells what was chosen by whom once they have left."""
    call = desk.by(READER)
    chat = await chat_of(desk, call)
    await subscriptions.toggle(desk.backend, call, "refusal")
    await commands.forget(desk.backend, call)

    async with desk.store.read() as conn:
        assert await audit.page(conn, 9, chat_id=chat.id) == []
        assert await audit.page(conn, 9) == []


async def test_who_forgets_themselves_has_no_role_and_no_name(desk: Desk):
    """In private the person goes with the chat; in a group they stay who they are."""
    group = replace(desk.by(ADMIN, place=GROUP), manages=True)
    await chat_of(desk, group)
    await chat_of(desk, desk.by(ADMIN))
    await people_commands.invite(desk.backend, desk.by(ADMIN), Role.SUBSCRIBER, timedelta(days=1))
    await commands.forget(desk.backend, group)
    async with desk.store.read() as conn:
        stays = await people.role_of(conn, ADMIN, ())
    await commands.forget(desk.backend, desk.by(ADMIN))

    async with desk.store.read() as conn:
        assert (stays, await people.role_of(conn, ADMIN, ())) == (Role.ADMIN, Role.STRANGER)
        assert [each.actor for each in await audit.page(conn, 9)] == [""]
