"""Sources: what admins do to them leaves a trace and can be undone."""

from __future__ import annotations

import asyncio

import pytest

from bot.commands import source_choices
from bot.commands import sources as commands
from bot.commands.calls import Refused
from bot.commands.sources import FoundSource, Taken
from bot.commands.undo import Blocked, Undone, undo
from bot.errors import NotAllowed
from bot.model import (
    ChatType,
    FullText,
    Priority,
    Source,
    SourceKind,
    SourceState,
    Transport,
)
from bot.store import audit, chats, due_messages, people, sources
from bot.store.audit import Entry
from tests.commands.people import ADMIN, OTHER, READER, ROOT, Desk


def found(name: str = "a", **more: object) -> FoundSource:
    fields: dict[str, object] = {
        "transport": Transport.FEED,
        "address": f"https://{name}.example/rss",
        "identity": f"{name}.example/rss",
        "title": f"Paper {name}",
        "kind": SourceKind.MEDIA,
        "lang": "ru",
    }
    return FoundSource(**{**fields, **more})  # type: ignore[arg-type]


async def added(desk: Desk, name: str = "a", **more: object) -> Source:
    return (await commands.add(desk.backend, desk.by(ADMIN), found(name, **more))).source


async def stored(desk: Desk, source_id: int) -> Source:
    async with desk.store.read() as conn:
        each = await sources.get(conn, source_id)
    assert each is not None
    return each


async def trail(desk: Desk) -> list[Entry]:
    async with desk.store.read() as conn:
        return await audit.page(conn, 20)


async def test_an_addition_is_undone_by_who_made_it(desk: Desk):
    """Undoing an addition takes the source off the list; what was done and undone stays seen."""
    source = await added(desk)
    again = await commands.add(desk.backend, desk.by(OTHER), found())
    done = await undo(desk.backend, desk.by(ADMIN))

    assert (again.source.id, again.new) == (source.id, False)
    assert isinstance(done, Undone)
    assert (await stored(desk, source.id)).state is SourceState.REMOVED
    undoing, addition = await trail(desk)
    assert (undoing.command, addition.command) == ("undo", "source.add")
    assert addition.undone_by == undoing.id
    assert await undo(desk.backend, desk.by(ADMIN)) is Refused.MISSING


async def test_of_two_who_undo_at_once_one_does(desk: Desk):
    """A double tap, or two root admins: what was done is taken back once."""
    await added(desk)
    done = await asyncio.gather(*(undo(desk.backend, desk.by(ROOT), 1) for _ in range(4)))

    assert [isinstance(each, Undone) for each in done].count(True) == 1
    assert len(await trail(desk)) == 2


async def test_each_choice_for_a_source_is_undone(desk: Desk):
    """Kind, articles, priority, tags and state go back to what they were, last change first."""
    source = await added(desk)
    call = desk.by(ADMIN)
    await source_choices.set_kind(desk.backend, call, source.id, SourceKind.COURT)
    await source_choices.set_fulltext(desk.backend, call, source.id, FullText.AUTO)
    await source_choices.set_priority(desk.backend, call, source.id, Priority.HIGH)
    await source_choices.set_tags(desk.backend, call, source.id, [" a / b ", "", "a / b", "c"])
    await commands.set_state(desk.backend, call, source.id, SourceState.PAUSED)
    changed = await stored(desk, source.id)
    for _ in range(5):
        assert isinstance(await undo(desk.backend, call), Undone)
    back = await stored(desk, source.id)

    assert (changed.tags, back.tags) == (("a / b", "c"), ())
    assert (changed.kind, changed.fulltext, changed.priority, changed.state) == (
        SourceKind.COURT,
        FullText.AUTO,
        Priority.HIGH,
        SourceState.PAUSED,
    )
    assert (back.kind, back.fulltext, back.priority, back.state) == (
        SourceKind.MEDIA,
        FullText.OFF,
        Priority.NORMAL,
        SourceState.ACTIVE,
    )


async def test_what_changes_nothing_leaves_no_trace(desk: Desk):
    """Undo after a repeated command undoes the change, not the repetition."""
    source = await added(desk)
    for _ in range(2):
        await source_choices.set_kind(desk.backend, desk.by(ADMIN), source.id, SourceKind.COURT)
    await undo(desk.backend, desk.by(ADMIN))

    assert (await stored(desk, source.id)).kind is SourceKind.MEDIA


async def test_anothers_change_is_undone_by_root_admins_only(desk: Desk):
    """An admin cannot take back what a colleague did; a root admin can, by its number."""
    source = await added(desk)
    [addition] = await trail(desk)

    assert await undo(desk.backend, desk.by(OTHER)) is Refused.MISSING
    assert await undo(desk.backend, desk.by(OTHER), addition.id) is Refused.THEIRS
    assert await undo(desk.backend, desk.by(READER), addition.id) is Refused.MISSING
    assert (await stored(desk, source.id)).state is SourceState.ACTIVE
    assert isinstance(await undo(desk.backend, desk.by(ROOT), addition.id), Undone)
    assert await undo(desk.backend, desk.by(ROOT), addition.id) is Refused.SAME


async def test_a_change_that_was_built_upon_is_not_undone(desk: Desk):
    """Nobody loses what somebody did to the same thing later."""
    source = await added(desk)
    await commands.set_state(desk.backend, desk.by(OTHER), source.id, SourceState.PAUSED)
    blocked = await undo(desk.backend, desk.by(ADMIN))
    pause = (await trail(desk))[0]

    assert isinstance(blocked, Blocked)
    assert blocked.later.id == pause.id
    assert (await stored(desk, source.id)).state is SourceState.PAUSED
    assert isinstance(await undo(desk.backend, desk.by(OTHER)), Undone)
    assert isinstance(await undo(desk.backend, desk.by(ADMIN)), Undone)


async def test_an_address_goes_back_unless_it_was_taken(desk: Desk):
    """Readdressing is undone; not where another source is read there by now."""
    source, _ = await added(desk), await added(desk, "b")
    taken = await commands.readdress(desk.backend, desk.by(ADMIN), source.id, found("b"))
    await commands.readdress(desk.backend, desk.by(ADMIN), source.id, found("c"))
    moved = await stored(desk, source.id)
    await undo(desk.backend, desk.by(ADMIN))
    back = await stored(desk, source.id)
    await commands.readdress(desk.backend, desk.by(ADMIN), source.id, found("c"))
    await commands.add(desk.backend, desk.by(OTHER), found())
    [_, moving, *_] = await trail(desk)
    refused = await undo(desk.backend, desk.by(ADMIN), moving.id)

    assert isinstance(taken, Taken)
    assert (moved.identity, back.identity) == ("c.example/rss", "a.example/rss")
    assert refused is Refused.IMPOSSIBLE
    assert (await stored(desk, source.id)).identity == "c.example/rss"


async def test_secrets_never_reach_the_audit(desk: Desk):
    """Proxies and headers are of root admins; their rows say that, not what."""
    source = await added(desk)
    root = desk.by(ROOT)
    await source_choices.set_proxy(desk.backend, root, source.id, "http://me:hunter2@p.example")
    await source_choices.set_header(desk.backend, root, source.id, "X-Key", "hunter2")
    await commands.add(desk.backend, root, found("b"), headers={"X-Key": "hunter2"})

    with pytest.raises(NotAllowed):
        await source_choices.set_proxy(desk.backend, desk.by(ADMIN), source.id, "")
    with pytest.raises(NotAllowed):
        await commands.add(desk.backend, desk.by(ADMIN), found("c"), proxy="tor")
    entries = await trail(desk)
    assert [each.command for each in entries][:3] == [
        "source.add",
        "source.headers",
        "source.proxy",
    ]
    assert not any("hunter2" in repr(each) for each in entries)
    assert not any(str(ROOT) == each.actor for each in entries)


async def test_the_other_admins_hear_of_a_removal(desk: Desk):
    """Whoever has a chat with the bot is told, who did it is not."""
    source = await added(desk)
    async with desk.store.write() as conn:
        for who in (ADMIN, OTHER, READER):
            await chats.ensure(conn, who, 0, ChatType.PRIVATE, now=desk.clock.now())
    await commands.set_state(desk.backend, desk.by(ADMIN), source.id, SourceState.REMOVED)
    async with desk.store.read() as conn:
        waiting = await due_messages.due(conn, desk.clock.now(), 10)

    assert [each.chat.address.chat_id for each in waiting] == [OTHER]
    assert desk.woken == 1


async def test_who_is_forgotten_is_unlinked(desk: Desk):
    """/forget leaves what was done, by nobody."""
    await added(desk)
    async with desk.store.write() as conn:
        await people.forget(conn, ADMIN)

    [entry] = await trail(desk)
    assert entry.actor == ""
    assert await undo(desk.backend, desk.by(ADMIN)) is Refused.MISSING
