"""What admins do to filters. What is matched changes at once; a day's items are read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import structlog

from bot.commands.calls import Backend, Call, Refused
from bot.commands.roles import Command
from bot.commands.transaction import Change, changing
from bot.store import exclusions, filters
from bot.store.audit import Entry, Undo
from bot.store.filters import Filter, FilterState, Origin
from filters.query import QueryError, parse

__all__ = ["RESTORERS", "Same", "add", "edit", "exclude", "same_as", "set_state"]

log = structlog.get_logger(__name__)

_SHOWN = 200  # letters of an expression in an audit row


@dataclass(frozen=True, slots=True)
class Same:
    """A filter of the topic that asks for the same, perhaps in other words, is there."""

    filter: Filter


async def add(
    backend: Backend,
    call: Call,
    topic: str,
    expression: str,
    groups: Mapping[str, str],
    *,
    trial: bool = False,
) -> Filter | Same:
    """A new filter under the topic. The expression must parse with these word groups.

    On `trial` what it finds is only possible, until somebody switches it on. Whether there is
    the same one already is asked again here, since a proof takes a while.
    """
    async with changing(backend, call, Command.FILTER_ADD) as change:
        if same := _same(
            await filters.list_all(change.conn, filters.KEPT), topic, expression, groups
        ):
            return Same(same)
        new = await filters.add(
            change.conn, topic, expression, call.actor.user_id or None, call.now
        )
        if trial:
            await filters.set_state(change.conn, new.id, FilterState.TRIAL)
            new = replace(new, state=FilterState.TRIAL)
        await _record(change, new, Undo("filter.state", _state(new, FilterState.REMOVED)))
    log.info("filter.added", filter=new.id, topic=topic)
    return new


async def edit(
    backend: Backend,
    call: Call,
    key: str,
    expression: str,
    *,
    version: int,
    groups: Mapping[str, str],
) -> Filter | Same | Refused:
    """Another expression for an admin's filter, as a new version.

    `version` is the one that was shown: CHANGED where somebody has made a newer one since.
    IMPOSSIBLE for a pack's filter, which takes its pack's expression again.
    """
    async with changing(backend, call, Command.FILTER_EDIT) as change:
        each = await filters.get(change.conn, key)
        if each is None or each.state is FilterState.REMOVED:
            return Refused.MISSING
        if each.origin is Origin.PACK:
            return Refused.IMPOSSIBLE
        if each.version != version:
            return Refused.CHANGED
        others = [f for f in await filters.list_all(change.conn, filters.KEPT) if f.id != each.id]
        if same := _same(others, each.topic, expression, groups):
            return Same(same)
        by = call.actor.user_id or None
        new = await filters.set_expression(change.conn, each.id, expression, by, call.now)
        if new is not None and new.version != each.version:
            back = Undo("filter.expression", {"id": each.id, "expression": each.expression})
            await _record(change, new, back)
        return new or each


async def set_state(backend: Backend, call: Call, key: str, state: FilterState) -> Filter | Refused:
    """Switch a filter on or off, or remove it; a pack's is switched off instead of removed.

    The other admins get a message when one is switched off or removed.
    """
    async with changing(backend, call, Command.FILTER_STATE) as change:
        each = await filters.get(change.conn, key)
        if each is None or each.state is FilterState.REMOVED:
            return Refused.MISSING
        if await filters.set_state(change.conn, each.id, state):
            now = await filters.get(change.conn, each.id) or each
            back = Undo("filter.state", _state(each, each.state))
            ends = now.state not in filters.AT_WORK
            await _record(change, now, back, tell=ends, was=str(each.state), to=str(now.state))
            log.info("filter.switched", filter=each.id, state=str(now.state))
            return now
        return each


async def exclude(
    backend: Backend, call: Call, key: str, words: str, groups: Mapping[str, str]
) -> Entry | Refused:
    """What a pack's filter finds in a sentence with these words is not meant here; the audit
    row, by which it is undone. The words must parse. IMPOSSIBLE for an admin's: that is edited.
    """
    async with changing(backend, call, Command.FILTER_EDIT) as change:
        each = await filters.get(change.conn, key)
        if each is None or each.state is FilterState.REMOVED:
            return Refused.MISSING
        if each.origin is not Origin.PACK:
            return Refused.IMPOSSIBLE
        before = (await exclusions.all_words(change.conn)).get(key, "")
        after = f"{before}, {words}" if before else words
        if parse(after, groups, kept=True) == parse(before or after, groups, kept=True) and before:
            return Refused.SAME
        await exclusions.put(change.conn, key, after, call.now)
        change.refilters = True
        back = Undo("filter.excluded", {"key": key, "words": before})
        entry = await change.record(f"filter:{key}", inverse=back, title=f"NOT/s {after}"[:_SHOWN])
    log.info("filter.excluded", filter=key)
    return entry


async def _restore_excluded(change: Change, args: Mapping[str, Any]) -> bool:
    change.refilters = True
    await exclusions.put(change.conn, str(args["key"]), str(args["words"]), change.call.now)
    return True


def same_as(
    among: list[Filter], topic: str, expression: str, groups: Mapping[str, str]
) -> Filter | None:
    """The filter of the topic that asks for the same, if there is one; for showing it early."""
    return _same([each for each in among if each.state in filters.KEPT], topic, expression, groups)


def _same(
    among: list[Filter], topic: str, expression: str, groups: Mapping[str, str]
) -> Filter | None:
    wanted = parse(expression, groups, kept=True)  # it was read when it was typed
    for each in among:
        if each.topic != topic:
            continue
        try:
            if parse(each.expression, groups, kept=True) == wanted:
                return each
        except QueryError:
            continue  # a word group it used is gone
    return None


async def _record(
    change: Change, each: Filter, inverse: Undo, *, tell: bool = False, was: str = "", to: str = ""
) -> None:
    change.refilters = True
    await change.record(
        f"filter:{each.key}",
        inverse=inverse,
        tell=tell,
        title=each.expression[:_SHOWN],
        topic=each.topic,
        was=was,
        to=to,
    )


def _state(each: Filter, state: FilterState) -> dict[str, Any]:
    return {"id": each.id, "state": str(state)}


async def _restore_state(change: Change, args: Mapping[str, Any]) -> bool:
    change.refilters = True
    return await filters.set_state(change.conn, int(args["id"]), FilterState(args["state"]))


async def _restore_expression(change: Change, args: Mapping[str, Any]) -> bool:
    change.refilters = True
    call = change.call
    back = await filters.set_expression(
        change.conn, int(args["id"]), str(args["expression"]), call.actor.user_id or None, call.now
    )
    return back is not None


RESTORERS: Final = {
    "filter.state": _restore_state,
    "filter.expression": _restore_expression,
    "filter.excluded": _restore_excluded,
}
