"""A configuration that was taken out is put in again, all of it or nothing.

Putting it into an empty installation gives the same state; into another it adds what is
missing, changes what differs, and removes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import structlog

from bot.commands import entities as entity_commands
from bot.commands import filters as filter_commands
from bot.commands import groups as group_commands
from bot.commands import sources as source_commands
from bot.commands import topics as topic_commands
from bot.commands.calls import Backend, Call
from bot.commands.config_plan import Plan, lists_of, to_do
from bot.commands.config_rows import (
    Configuration,
    Nameable,
    SourceRow,
)
from bot.commands.roles import Command, require
from bot.commands.transaction import Change, changing
from bot.model import OwnTopic, SourceKind, SourceState, Way
from bot.store import entities, exclusions, filters, groups, sources, topics
from bot.store.audit import Undo
from bot.store.connection import Connection
from bot.store.filters import Filter, FilterState

__all__ = ["RESTORERS", "put_in"]

log = structlog.get_logger(__name__)

_MOST_UNDONE: Final = 2_000  # steps that one audit row keeps


async def put_in(backend: Backend, call: Call, config: Configuration, known: Nameable) -> Plan:
    """Do all of it in one transaction; what was done: nothing where the plan is `empty` or a
    filter would be `broken`. A proxy needs a root admin (NotAllowed)."""
    async with changing(backend, call, Command.CONFIG_IMPORT) as change:
        plan = await to_do(change.conn, config, known)
        if plan.proxied:
            require(call, Command.SOURCE_PROXY, backend.admin_chat)
        if plan.empty or plan.broken is not None:
            return plan
        steps = [
            *await _put_sources(change, plan),
            *await _put_topics(change, plan),
            *await _put_groups(change, plan),
            *await _put_filters(change, plan),
            *await _put_entities(change, plan),
        ]
        change.refilters = bool(
            plan.new_filters
            or plan.switched
            or plan.new_entities
            or plan.changed_entities
            or plan.new_groups
            or plan.changed_groups
            or plan.new_topics
            or plan.changed_topics
            or plan.left_out
        )
        undo = {"steps": [[step.restorer, dict(step.args)] for step in steps]}
        await change.record(
            "config:import",
            inverse=Undo("config.steps", undo) if len(steps) <= _MOST_UNDONE else None,
            tell=True,
            sources=len(plan.new_sources) + len(plan.changed_sources),
            filters=len(plan.new_filters) + len(plan.switched),
            entities=len(plan.new_entities) + len(plan.changed_entities),
        )
    log.info("config.imported", steps=len(steps))
    return plan


# sources


async def _put_sources(change: Change, plan: Plan) -> list[Undo]:
    conn, now, steps = change.conn, change.call.now, []
    for row in plan.new_sources:
        source, _ = await sources.add(
            conn,
            transport=row.transport,
            address=row.address,
            identity=row.identity,
            title=row.title,
            kind=row.kind or SourceKind.MEDIA,
            lang=row.lang,
            now=now,
            # One that was read by a proxy or with a key is not asked without it.
            state=SourceState.PAUSED if row.redacted else row.state,
            telegram_id=row.telegram_id,
            added_by=change.call.actor.user_id or None,
        )
        if row.proxy and "proxy" not in row.redacted:
            await sources.set_proxy(conn, source.id, row.proxy, now)
        await _choose(conn, source.id, row)
        steps.append(Undo("source.state", {"id": source.id, "state": str(SourceState.REMOVED)}))
    for old, row in plan.changed_sources:
        await _choose(conn, old.id, row)
        for what in ("kind", "priority", "fulltext"):
            back = {"what": what, "id": old.id, "value": str(getattr(old, what))}
            steps.append(Undo("source.set", back))
        tags = {"what": "tags", "id": old.id, "value": "\n".join(old.tags)}
        steps.append(Undo("source.set", tags))
    return steps


async def _choose(conn: Connection, source_id: int, row: SourceRow) -> None:
    if row.kind is not None:
        await sources.set_kind(conn, source_id, row.kind)
    if row.priority is not None:
        await sources.set_priority(conn, source_id, row.priority)
    if row.fulltext is not None:
        await sources.set_fulltext(conn, source_id, row.fulltext)
    if row.tags is not None:
        await sources.set_tags(conn, source_id, row.tags)


# topics, groups, filters and names


async def _put_topics(change: Change, plan: Plan) -> list[Undo]:
    steps = []
    for row in (*plan.new_topics, *plan.changed_topics):
        old = await topics.get(change.conn, row.id)
        new = OwnTopic(row.id, row.titles, Way(row.way) if row.way else None, bool(row.off))
        await topics.put(change.conn, new, change.call.now)
        was = None if old is None else topic_commands.as_json(old)
        steps.append(Undo("topic.put", {"id": row.id, "was": was}))
    return steps


async def _put_groups(change: Change, plan: Plan) -> list[Undo]:
    """Undone after the filters that use them, since steps are undone from the last."""
    rows = [(None, row) for row in plan.new_groups]
    steps = []
    for old, row in [*rows, *((old.words, row) for old, row in plan.changed_groups)]:
        await groups.put(change.conn, row.name, row.words, change.call.now)
        steps.append(Undo("group.put", {"name": row.name, "words": old}))
    return steps


async def _put_filters(change: Change, plan: Plan) -> list[Undo]:
    conn, by, steps = change.conn, change.call.actor.user_id or None, []
    for row in plan.new_filters:
        new = await filters.add(conn, row.topic, row.expression, by, change.call.now)
        if row.state is not None and row.state is not FilterState.ACTIVE:
            await filters.set_state(conn, new.id, row.state)
        steps.append(_state(new, FilterState.REMOVED))
    had = await exclusions.all_words(conn)
    for key, words in plan.left_out:
        await exclusions.put(conn, key, words, change.call.now)
        steps.append(Undo("filter.excluded", {"key": key, "words": had.get(key, "")}))
    for old, state in plan.switched:
        await filters.set_state(conn, old.id, state)
        steps.append(_state(old, old.state))
    return steps


async def _put_entities(change: Change, plan: Plan) -> list[Undo]:
    conn, by, now = change.conn, change.call.actor.user_id or None, change.call.now
    steps = []
    for row in plan.new_entities:
        await entities.add(conn, row.definition, row.forms, by, now)
        steps.append(Undo("entity.remove", {"id": row.id}))
    for old, row in plan.changed_entities:
        await entities.replace(conn, row.definition, row.forms, by, now)
        before = {"definition": dict(old.definition), "forms": lists_of(old.forms)}
        steps.append(Undo("entity.restore", before))
    return steps


def _state(each: Filter, state: FilterState) -> Undo:
    return Undo("filter.state", {"id": each.id, "state": str(state)})


async def _undo_steps(change: Change, args: Mapping[str, Any]) -> bool:
    done = [await _PARTS[str(name)](change, each) for name, each in reversed(args["steps"])]
    return any(done)


_PARTS: Final = {
    **source_commands.RESTORERS,
    **filter_commands.RESTORERS,
    **entity_commands.RESTORERS,
    **group_commands.RESTORERS,
    **topic_commands.RESTORERS,
}
RESTORERS: Final = {"config.steps": _undo_steps}
