"""What admins do to word groups. Filters that use one find something else at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import structlog

from bot.commands.calls import Backend, Call, Refused
from bot.commands.roles import Command
from bot.commands.transaction import Change, changing
from bot.store import filters, groups
from bot.store.audit import Undo
from bot.store.connection import Connection
from filters.query import QueryError, parse

__all__ = [
    "RESTORERS",
    "Broken",
    "Used",
    "broken_by",
    "fault_of",
    "is_name",
    "put",
    "remove",
    "users_of",
]

log = structlog.get_logger(__name__)

_NAME: Final = re.compile(r"[\w\-]{1,40}")
_USE: Final = re.compile(r"@([\w\-]+)")
_SHOWN: Final = 200  # letters of the words in an audit row


@dataclass(frozen=True, slots=True)
class Used:
    """Who uses a group: keys of filters, names of groups, and how many private users. `before`
    are the words that it had until it was changed."""

    filters: tuple[str, ...]
    groups: tuple[str, ...]
    private: int
    before: str = ""

    def __bool__(self) -> bool:
        return bool(self.filters or self.groups or self.private)


@dataclass(frozen=True, slots=True)
class Broken:
    """With these words the filter could not be read any more."""

    key: str
    error: QueryError


async def put(
    backend: Backend, call: Call, name: str, words: str, packs: Mapping[str, str], *, new: bool
) -> Used | Broken | Refused:
    """A new group, or other words for one there is; who uses it.

    TAKEN: there is one of that name (`packs` are those built in); MISSING: there is none to edit.
    The words must parse; Broken where they do, and a filter that uses them would not any more.
    """
    command = Command.GROUP_ADD if new else Command.GROUP_EDIT
    async with changing(backend, call, command) as change:
        own = await groups.all_words(change.conn)
        if name in packs or (new and name in own):
            return Refused.TAKEN
        if not new and name not in own:
            return Refused.MISSING
        if own.get(name) == words:
            return Refused.SAME
        known = {**packs, **own, name: words}
        if broken := await broken_by(change.conn, {**packs, **own}, known):
            return broken
        await groups.put(change.conn, name, words, call.now)
        back = Undo("group.put", {"name": name, "words": own.get(name)})
        change.refilters = True
        await change.record(f"group:{name}", inverse=back, title=words[:_SHOWN])
        used = replace(await users_of(change.conn, name), before=own.get(name, ""))
    log.info("group.changed", filters=len(used.filters))
    return used


async def remove(backend: Backend, call: Call, name: str) -> Used | Refused:
    """Forget a group that nobody uses; Used where somebody does, and nothing is done.

    The other admins get a message. MISSING also for what is built in.
    """
    async with changing(backend, call, Command.GROUP_REMOVE) as change:
        words = (await groups.all_words(change.conn)).get(name)
        if words is None:
            return Refused.MISSING
        if used := await users_of(change.conn, name):
            return used
        await groups.remove(change.conn, name)
        change.refilters = True
        back = Undo("group.put", {"name": name, "words": words})
        await change.record(f"group:{name}", inverse=back, tell=True, title=words[:_SHOWN])
    log.info("group.removed")
    return Used((), (), 0)


async def users_of(conn: Connection, name: str) -> Used:
    """Who uses the group, by itself or by another group that holds it."""
    own = await groups.all_words(conn)
    reached = _reached({name}, own)
    stored = await filters.list_all(conn, filters.KEPT)
    return Used(
        filters=tuple(each.key for each in stored if reached & _named(each.expression)),
        groups=tuple(sorted(reached - {name})),
        private=sum([await groups.count_private_users(conn, each) for each in sorted(reached)]),
    )


def fault_of(
    name: str, words: str, known: Mapping[str, str], *, kept: bool = False
) -> QueryError | None:
    """Why the words cannot be a group of that name, if so; a name that is none is one too.

    `kept`: they were a group's before, and are read as they were then.
    """
    try:
        parse(words, known, kept=kept)
        parse(f"@{name}", {**known, name: words}, kept=kept)
    except QueryError as error:
        return error
    return None


def is_name(name: str) -> bool:
    """Whether a group may be called that: letters, digits, - and _."""
    return _NAME.fullmatch(name) is not None


async def broken_by(
    conn: Connection, before: Mapping[str, str], after: Mapping[str, str]
) -> Broken | None:
    """The first filter that can be read before the change and not after it."""
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    reached = _reached(_reached(changed, before), after)
    for each in await filters.list_all(conn, filters.KEPT):
        # What holds no changed group reads as it did: reading all of the packs takes a second.
        error = _error(each.expression, after) if reached & _named(each.expression) else None
        if error is not None and _error(each.expression, before) is None:
            return Broken(each.key, error)
    return None


def _error(expression: str, known: Mapping[str, str]) -> QueryError | None:
    try:
        parse(expression, known, kept=True)
    except QueryError as error:
        return error
    return None


def _reached(names: set[str], words_of: Mapping[str, str]) -> set[str]:
    """These groups, and those that hold one of them, however deep."""
    named = {group: _named(words) for group, words in words_of.items()}
    reached = set(names)
    while more := {group for group in named if group not in reached and reached & named[group]}:
        reached |= more
    return reached


def _named(text: str) -> set[str]:
    return {found.lower() for found in _USE.findall(text)}


async def _restore(change: Change, args: Mapping[str, Any]) -> bool:
    name, words = str(args["name"]), args["words"]
    change.refilters = True
    if words is not None:
        await groups.put(change.conn, name, str(words), change.call.now)
        return True
    if await users_of(change.conn, name):
        return False  # a filter was saved with it since
    return await groups.remove(change.conn, name)


RESTORERS: Final = {"group.put": _restore}
