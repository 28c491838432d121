"""What a file of the configuration holds: its rows, what it may name, its faults. Pure values.

Secrets never stand in the file: what was left out of a source is named in its `redacted`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.model import FullText, Priority, SourceKind, SourceState, Transport
from bot.store.filters import FilterState
from filters.query import QueryError

__all__ = [
    "Configuration",
    "EntityRow",
    "Fault",
    "FilterRow",
    "GroupRow",
    "Nameable",
    "SourceRow",
    "TopicRow",
    "Unreadable",
]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one entry: `where` as `filter 3`, a msgid with its values; of an
    expression the error, which says it in any language."""

    where: str
    msgid: str
    values: Mapping[str, str] = field(default_factory=dict)
    error: QueryError | None = None


class Unreadable(Exception):
    """Nothing of the file is taken, for these reasons."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source as an admin chose it; nothing of what was read. `proxy` holds no password.

    None is what the file does not say: a source that is there keeps its own, a new one has the
    default.
    """

    transport: Transport
    address: str
    identity: str
    title: str
    kind: SourceKind | None = None
    lang: str = ""
    state: SourceState = SourceState.ACTIVE
    priority: Priority | None = None
    fulltext: FullText | None = None
    tags: tuple[str, ...] | None = None
    telegram_id: int | None = None
    proxy: str = ""
    redacted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FilterRow:
    """A filter of an admin. Without a state the stored one keeps its own; a new one is active."""

    topic: str
    expression: str
    state: FilterState | None = None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A word group of an admin, which filters use as `@name`."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic of an admin, or what was chosen of one of the packs': then titles may be wanting.

    None, or no title, is what the file does not say, as in `SourceRow`; "" is the topic's own way.
    """

    id: str
    titles: Mapping[str, str]
    way: str | None = None
    off: bool | None = None


@dataclass(frozen=True, slots=True)
class EntityRow:
    """A name of an admin's, with the forms worked out of it (or chosen).

    `worked_out`: the file had none. Then a name that is there and reads the same keeps its own.
    """

    definition: Mapping[str, Any]
    forms: Mapping[str, Sequence[str]]
    worked_out: bool = False

    @property
    def id(self) -> str:
        return str(self.definition["id"])


@dataclass(frozen=True, slots=True)
class Configuration:
    """What admins have chosen. `off` are keys of the packs' filters that are switched off,
    `left_out` words beside which one of those is not meant."""

    sources: tuple[SourceRow, ...] = ()
    filters: tuple[FilterRow, ...] = ()
    entities: tuple[EntityRow, ...] = ()
    off: tuple[str, ...] = ()
    groups: tuple[GroupRow, ...] = ()
    topics: tuple[TopicRow, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Nameable:
    """What a file may name: topics, word groups, and what is built in and not for it to change."""

    topics: Collection[str]
    groups: Mapping[str, str]
    entities: Collection[str] = ()
    built_in_groups: Collection[str] = ()
    built_in_topics: Collection[str] = ()

    def with_topics(self, rows: Collection[TopicRow]) -> Nameable:
        """The same once these topics are there."""
        return replace(self, topics={*self.topics, *(row.id for row in rows)})

    def with_groups(self, rows: Collection[GroupRow]) -> Nameable:
        """The same once these groups are there."""
        return replace(self, groups={**self.groups, **{row.name: row.words for row in rows}})
