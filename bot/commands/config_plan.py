"""What importing a configuration would do: what is new, what differs, what is there already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.commands import groups as group_commands
from bot.commands.config_rows import (
    Configuration,
    EntityRow,
    FilterRow,
    GroupRow,
    Nameable,
    SourceRow,
    TopicRow,
)
from bot.commands.groups import Broken
from bot.model import OwnTopic, Source, Transport
from bot.sources.ways import shown_proxy
from bot.store import entities, exclusions, filters, groups, sources, topics
from bot.store.connection import Connection
from bot.store.entities import StoredEntity
from bot.store.filters import Filter, FilterState, Origin
from bot.urls import without_secrets
from filters.query import QueryError, parse

__all__ = ["Plan", "current", "lists_of", "to_do"]

_OFF: Final = "off"  # of a name that texts are not searched for


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do. `unknown` are packs' filters that do not exist here.

    `lacking` are sources of the file whose proxy, headers or key it does not hold: they are
    paused until somebody sets them again.
    """

    new_sources: tuple[SourceRow, ...]
    changed_sources: tuple[tuple[Source, SourceRow], ...]
    new_filters: tuple[FilterRow, ...]
    switched: tuple[tuple[Filter, FilterState], ...]
    new_entities: tuple[EntityRow, ...]
    changed_entities: tuple[tuple[StoredEntity, EntityRow], ...]
    unknown: tuple[str, ...]
    same: int
    new_groups: tuple[GroupRow, ...] = ()
    changed_groups: tuple[tuple[GroupRow, GroupRow], ...] = ()
    new_topics: tuple[TopicRow, ...] = ()
    changed_topics: tuple[TopicRow, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()  # a pack's filter and its words
    broken: Broken | None = None  # a filter here that its groups would leave unreadable

    @property
    def lacking(self) -> tuple[SourceRow, ...]:
        return tuple(row for row in self.new_sources if row.redacted)

    @property
    def proxied(self) -> bool:
        """Whether it sets a proxy, which root admins may only."""
        return any(row.proxy for row in self.new_sources)

    @property
    def empty(self) -> bool:
        return not (
            self.new_sources
            or self.changed_sources
            or self.new_filters
            or self.switched
            or self.new_entities
            or self.changed_entities
            or self.new_groups
            or self.changed_groups
            or self.new_topics
            or self.changed_topics
            or self.left_out
        )


async def current(conn: Connection) -> Configuration:
    """What admins have chosen, without secrets: sources, filters, names, what is switched off."""
    stored = await filters.list_all(conn, filters.KEPT)
    return Configuration(
        sources=tuple(_source_row(each) for each in await sources.list_all(conn)),
        filters=tuple(
            FilterRow(f.topic, f.expression, f.state) for f in stored if f.origin is Origin.ADMIN
        ),
        topics=tuple(_topic_row(each) for each in await topics.list_all(conn)),
        left_out=tuple((await exclusions.all_words(conn)).items()),
        groups=tuple(GroupRow(*each) for each in (await groups.all_words(conn)).items()),
        entities=tuple(EntityRow(e.definition, e.forms) for e in await entities.list_all(conn)),
        off=tuple(
            sorted(f.key for f in stored if f.origin is Origin.PACK and f.state is FilterState.OFF)
        ),
    )


async def to_do(conn: Connection, config: Configuration, known: Nameable) -> Plan:
    """What `put_in` would do now."""
    before, known = known, known.with_groups(config.groups)
    there_groups = await groups.all_words(conn)
    changed_groups = [
        (GroupRow(row.name, there_groups[row.name]), row)
        for row in config.groups
        if there_groups.get(row.name, row.words) != row.words
    ]
    there_topics = {each.id: _topic_row(each) for each in await topics.list_all(conn)}
    rows = [_completed(row, there_topics.get(row.id)) for row in config.topics]
    topics_to_do = [row for row in rows if there_topics.get(row.id) != row]
    had = await exclusions.all_words(conn)
    new_groups = {row.name: row for row in config.groups if row.name not in there_groups}
    stored = await filters.list_all(conn, filters.KEPT)
    packs = {f.key: f for f in stored if f.origin is Origin.PACK}
    new_filters, switched, same = _filters_to_do(config, stored, packs, known)
    new_sources, changed_sources, same_sources = await _sources_to_do(conn, config)
    names = {each.id: each for each in await entities.list_all(conn)}
    named = [_named_as_there(row, names.get(row.id)) for row in config.entities]
    changed = [
        (names[row.id], row)
        for row in named
        if row.id in names and not _same_entity(names[row.id], row)
    ]
    new_entities = {row.id: row for row in named if row.id not in names}
    return Plan(
        new_sources=new_sources,
        changed_sources=changed_sources,
        new_filters=new_filters,
        switched=switched,
        new_entities=tuple(new_entities.values()),
        changed_entities=tuple(changed),
        unknown=tuple(key for key in (*config.off, *dict(config.left_out)) if key not in packs),
        same=same
        + same_sources
        + len(config.entities)
        - len(new_entities)
        - len(changed)
        + len(config.groups)
        - len(new_groups)
        - len(changed_groups)
        + len(config.topics)
        - len(topics_to_do),
        left_out=tuple(
            (key, words) for key, words in config.left_out if key in packs and had.get(key) != words
        ),
        new_topics=tuple(row for row in topics_to_do if row.id not in there_topics),
        changed_topics=tuple(row for row in topics_to_do if row.id in there_topics),
        new_groups=tuple(new_groups.values()),
        changed_groups=tuple(changed_groups),
        broken=await group_commands.broken_by(conn, before.groups, known.groups),
    )


def _filters_to_do(
    config: Configuration,
    stored: Sequence[Filter],
    packs: Mapping[str, Filter],
    known: Nameable,
) -> tuple[tuple[FilterRow, ...], tuple[tuple[Filter, FilterState], ...], int]:
    """The filters that are new, those to switch, and how many are there already."""
    there = {(f.topic, _asked(f.expression, known)): f for f in stored}
    new: dict[tuple[str, object], FilterRow] = {}
    switched: list[tuple[Filter, FilterState]] = []
    same = 0
    for row in config.filters:
        wanted = (row.topic, _asked(row.expression, known))
        old = there.get(wanted)
        if old is None:
            new[wanted] = row
        elif row.state is not None and old.state is not row.state:
            switched.append((old, row.state))
        else:
            same += 1
    for key in config.off:
        if key in packs and packs[key].state is not FilterState.OFF:
            switched.append((packs[key], FilterState.OFF))
    return tuple(new.values()), tuple(switched), same


def _source_row(each: Source) -> SourceRow:
    redacted = []
    proxy, address = shown_proxy(each.proxy), each.address
    if proxy != each.proxy:
        redacted.append("proxy")
    if each.headers:
        redacted.append("headers")
    if each.transport is Transport.FEED and (address := without_secrets(each.address)) != (
        each.address
    ):
        redacted.append("address")
    return SourceRow(
        transport=each.transport,
        address=address,
        identity="" if "address" in redacted else each.identity,
        title=each.title,
        kind=each.kind,
        lang=each.lang,
        state=each.state,
        priority=each.priority,
        fulltext=each.fulltext,
        tags=each.tags,
        telegram_id=each.telegram_id,
        proxy=proxy,
        redacted=tuple(redacted),
    )


async def _sources_to_do(
    conn: Connection, config: Configuration
) -> tuple[tuple[SourceRow, ...], tuple[tuple[Source, SourceRow], ...], int]:
    there = {each.identity: each for each in await sources.list_all(conn)}
    new: dict[str, SourceRow] = {}
    changed: list[tuple[Source, SourceRow]] = []
    same = 0
    for row in config.sources:
        old = there.get(row.identity)
        if old is None:
            new[row.identity] = row
        elif _chosen(_source_row(old)) != _chosen(full := _as_there(row, old)):
            changed.append((old, full))
        else:
            same += 1
    return tuple(new.values()), tuple(changed), same


def _as_there(row: SourceRow, old: Source) -> SourceRow:
    """The row with what it does not say taken from the source that is there."""
    return replace(
        row,
        kind=row.kind or old.kind,
        priority=row.priority or old.priority,
        fulltext=row.fulltext or old.fulltext,
        tags=old.tags if row.tags is None else row.tags,
    )


def _chosen(row: SourceRow) -> tuple[object, ...]:
    """What an import changes of a source that is there: never its title, state or way."""
    return row.kind, row.priority, row.fulltext, row.tags


def _topic_row(each: OwnTopic) -> TopicRow:
    return TopicRow(each.id, dict(each.titles), str(each.way or ""), each.off)


def _completed(row: TopicRow, old: TopicRow | None) -> TopicRow:
    """The row with what it does not say taken from the topic that is there, else the default."""
    usual = old or TopicRow(row.id, {}, "", off=False)
    return replace(
        row,
        titles={**usual.titles, **row.titles},
        way=usual.way if row.way is None else row.way,
        off=usual.off if row.off is None else row.off,
    )


def _asked(expression: str, known: Nameable) -> object:
    """The same for two expressions that ask for the same."""
    try:
        return parse(expression, known.groups)
    except QueryError:
        return expression


def _named_as_there(row: EntityRow, old: StoredEntity | None) -> EntityRow:
    """The row with what it does not say taken from the name that is there: whether it is off,
    and, where it reads the same, its forms."""
    definition = {name: given for name, given in row.definition.items() if name != _OFF}
    if row.definition.get(_OFF, old is not None and old.is_off):
        definition[_OFF] = True
    same = old is not None and definition == dict(old.definition)
    forms = old.forms if old is not None and row.worked_out and same else row.forms
    return replace(row, definition=definition, forms=forms)


def _same_entity(old: StoredEntity, row: EntityRow) -> bool:
    return dict(old.definition) == dict(row.definition) and lists_of(old.forms) == lists_of(
        row.forms
    )


def lists_of(forms: Mapping[str, Any]) -> dict[str, list[str]]:
    return {kind: list(each) for kind, each in forms.items()}
