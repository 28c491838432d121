"""The configuration as a file: written as TOML, read from TOML or CSV with every fault named.

Pure. Secrets never stand in the file: what was left out of a source is named in its `redacted`.
"""

from __future__ import annotations

import csv
import difflib
import io
import tomllib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final, TypeVar

import tomlkit

from bot.commands.groups import fault_of, is_name
from bot.commands.source_choices import tags_of
from bot.commands.topics import LONGEST_TITLE, is_id
from bot.errors import SourceError
from bot.i18n import msg
from bot.model import FullText, Priority, SourceKind, SourceState, Transport, Way
from bot.sources.discovery import identity_of
from bot.sources.ways import parse_proxy
from bot.store.filters import FilterState
from filters.entities import entity_of
from filters.entities.build import compile_entity
from filters.query import QueryError, parse

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
    "read",
    "write",
]

_FORMAT: Final = 1
_MAX_ENTRIES: Final = 5_000  # entries of one kind
_KINDS: Final = ("vigil", "off", "left_out", "topic", "source", "group", "filter", "entity")
_MAX_VALUE_LETTERS: Final = 4_000  # letters of one value
_T = TypeVar("_T")
_E = TypeVar("_E", bound=StrEnum)


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


def write(config: Configuration, about: str) -> bytes:
    """The file; `about` stands above it as a comment.

    What an import would otherwise leave as it is stands there, also where it is the default.
    """
    document = tomlkit.document()
    for line in about.splitlines():
        document.add(tomlkit.comment(line))
    document.add("vigil", tomlkit.item(_FORMAT))
    document.add("off", tomlkit.item(list(config.off)))
    if config.left_out:
        document.add("left_out", tomlkit.item(dict(config.left_out)))
    for name, rows in (
        ("topic", [_topic_table(each) for each in config.topics]),
        ("source", [_source_table(each) for each in config.sources]),
        ("group", [{"name": each.name, "words": each.words} for each in config.groups]),
        ("filter", [_filter_table(each) for each in config.filters]),
        ("entity", [_entity_table(each) for each in config.entities]),
    ):
        if rows:
            document.add(name, tomlkit.item(rows))
    return tomlkit.dumps(document).encode()


def read(body: bytes, name: str, known: Nameable) -> Configuration:
    """The configuration of a file. Raises Unreadable with all that is wrong with it.

    Declining names that come without their forms takes some 0.1 s of CPU each.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable([Fault("", msg("The file is not UTF-8: save it as UTF-8."))]) from None
    if name.lower().endswith(".csv"):
        tables: Mapping[str, Any] = {"filter": _csv_rows(text)}
    else:
        try:
            tables = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            why = {"why": str(error)}
            raise Unreadable([Fault("", msg("This is not TOML: {why}"), why)]) from None
    return _Reader(known).read(tables)


def _source_table(row: SourceRow) -> dict[str, Any]:
    table: dict[str, Any] = {"transport": str(row.transport), "address": row.address}
    table["title"] = row.title
    for name in ("kind", "priority", "fulltext", "lang", "proxy"):
        if getattr(row, name):
            table[name] = str(getattr(row, name))
    if row.state is not SourceState.ACTIVE:
        table["state"] = str(row.state)
    if row.identity and row.identity != identity_of(row.address):
        table["identity"] = row.identity
    if row.telegram_id is not None:
        table["telegram_id"] = row.telegram_id
    if row.tags is not None:
        table["tags"] = list(row.tags)
    if row.redacted:
        table["redacted"] = list(row.redacted)
    return table


def _topic_table(row: TopicRow) -> dict[str, Any]:
    titles = {"titles": dict(row.titles)} if row.titles else {}
    chosen = {name: choice for name in ("way", "off") if (choice := getattr(row, name)) is not None}
    return {"id": row.id, **titles, **chosen}


def _filter_table(row: FilterRow) -> dict[str, Any]:
    other = {} if row.state is None else {"state": str(row.state)}
    return {"topic": row.topic, "expression": row.expression, **other}


def _entity_table(row: EntityRow) -> dict[str, Any]:
    return {"off": False, **row.definition, "forms": _plain(row.forms)}


def _plain(forms: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {kind: list(each) for kind, each in forms.items()}


def _csv_rows(text: str) -> list[dict[str, Any]]:
    """Filters as a table with the columns topic, expression and perhaps state."""
    head = text.partition("\n")[0]
    mark = ";" if head.count(";") > head.count(",") else ","
    rows = csv.DictReader(io.StringIO(text), delimiter=mark)
    names = [str(name).strip().lower() for name in rows.fieldnames or ()]
    if "topic" not in names or "expression" not in names:
        raise Unreadable(
            [Fault("", msg("The first line of a CSV file names its columns: topic,expression"))]
        )
    rows.fieldnames = names
    return [{k: v for k, v in row.items() if v is not None and v != ""} for row in rows]


class _Reader:
    """Reads tables; gathers every fault instead of stopping at the first."""

    def __init__(self, known: Nameable) -> None:
        self._known = known
        self._faults: list[Fault] = []
        # An export holds words as they were saved, maybe before a question was asked of such;
        # a table that somebody wrote is asked what it means.
        self._saved = False

    def read(self, tables: Mapping[str, Any]) -> Configuration:
        self._saved = "vigil" in tables
        self._names("", tables, _KINDS)
        if tables.get("vigil", _FORMAT) != _FORMAT:
            self._fault("", msg("The file is of a newer Vigil."))
        off = tables.get("off", [])
        if not (isinstance(off, list) and all(isinstance(each, str) for each in off)):
            self._fault("off", msg("This must be a list of names."))
            off = []
        topics = self._each(tables, "topic", self._topic)
        self._known = self._known.with_topics(topics)
        groups = self._each(tables, "group", self._group)
        self._known = self._known.with_groups(groups)
        for row in groups:
            if error := fault_of(row.name, row.words, self._known.groups, kept=self._saved):
                self._faults.append(Fault(f"group @{row.name}", str(error), error=error))
        config = Configuration(
            topics=topics,
            groups=groups,
            sources=self._each(tables, "source", self._source),
            filters=self._each(tables, "filter", self._filter),
            entities=self._each(tables, "entity", self._entity),
            off=tuple(off),
            left_out=self._left_out(tables),
        )
        if not self._faults and config == Configuration():
            self._fault("", msg("There is nothing in the file."))
        if self._faults:
            raise Unreadable(self._faults)
        return config

    def _left_out(self, tables: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        found = tables.get("left_out", {})
        if not isinstance(found, dict) or not all(isinstance(w, str) for w in found.values()):
            self._fault("left_out", msg("This must be a table of filters and words."))
            return ()
        for key, words in found.items():
            try:
                parse(words, self._known.groups, kept=self._saved)
            except QueryError as error:
                self._faults.append(Fault(f"left_out {key}", str(error), error=error))
        return tuple(found.items())

    def _each(
        self, tables: Mapping[str, Any], name: str, one: Callable[[str, Mapping[str, Any]], _T]
    ) -> tuple[_T, ...]:
        rows = tables.get(name, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self._fault(name, msg("Write it as [[{name}]], once for each."), name=name)
            return ()
        if len(rows) > _MAX_ENTRIES:
            self._fault(name, msg("Too many: {most} at most."), most=str(_MAX_ENTRIES))
            return ()
        found = []
        for number, row in enumerate(rows, start=1):
            before = len(self._faults)
            made = one(f"{name} {number}", row)
            if len(self._faults) == before:
                found.append(made)
        return tuple(found)

    def _source(self, where: str, row: Mapping[str, Any]) -> SourceRow:
        self._names(where, row, SourceRow.__dataclass_fields__)
        address = self._text(where, row, "address")
        transport = self._choice(where, row, "transport", Transport) or Transport.FEED
        identity = self._text(where, row, "identity") or identity_of(address)
        if not identity:
            self._fault(where, msg("This is no address: {text}"), text=address)
        telegram_id = row.get("telegram_id")
        if telegram_id is not None and type(telegram_id) is not int:
            self._fault(where, msg("{name} must be a number."), name="telegram_id")
            telegram_id = None
        return SourceRow(
            transport=transport,
            address=address,
            identity=identity,
            title=self._text(where, row, "title") or address,
            kind=self._choice(where, row, "kind", SourceKind),
            lang=self._text(where, row, "lang"),
            state=self._choice(where, row, "state", SourceState) or SourceState.ACTIVE,
            priority=self._choice(where, row, "priority", Priority),
            fulltext=self._choice(where, row, "fulltext", FullText),
            telegram_id=telegram_id,
            proxy=self._proxy(where, row),
            tags=tags_of(self._list(where, row, "tags")) if "tags" in row else None,
            redacted=tuple(self._list(where, row, "redacted")),
        )

    def _list(self, where: str, row: Mapping[str, Any], name: str) -> list[str]:
        entries = row.get(name, [])
        if not isinstance(entries, list):
            self._fault(where, msg("This must be a list of names."))
            return []
        return [str(each) for each in entries]

    def _proxy(self, where: str, row: Mapping[str, Any]) -> str:
        address = self._text(where, row, "proxy")
        try:
            return parse_proxy(address) if address else ""
        except SourceError:
            self._fault(where, msg("This is no address of a proxy."))
            return ""

    def _topic(self, where: str, row: Mapping[str, Any]) -> TopicRow:
        self._names(where, row, ("id", "titles", "way", "off"))
        topic_id = self._text(where, row, "id")
        titles = row.get("titles", {})
        if not isinstance(titles, dict) or not all(isinstance(t, str) for t in titles.values()):
            self._fault(where, msg("Its titles stand as en, ru and uk."))
            titles = {}
        if not is_id(topic_id):
            self._fault(where, msg("A topic's id has small Latin letters, digits and - only."))
        elif topic_id not in self._known.built_in_topics and set(titles) != {"en", "ru", "uk"}:
            self._fault(where, msg("Its titles stand as en, ru and uk."))
        if any(not t.strip() or len(t) > LONGEST_TITLE for t in titles.values()):
            self._fault(where, msg("A title has {n} letters at most."), n=str(LONGEST_TITLE))
        way = self._text(where, row, "way") if "way" in row else None
        if way and way not in list(Way):
            self._unknown(where, "way", way, [str(each) for each in Way])
        off = row.get("off")
        if "off" in row and type(off) is not bool:
            self._fault(where, msg("{name} must be true or false."), name="off")
        return TopicRow(topic_id, {k: v.strip() for k, v in titles.items()}, way, off)

    def _filter(self, where: str, row: Mapping[str, Any]) -> FilterRow:
        self._names(where, row, ("topic", "expression", "state"))
        topic = self._text(where, row, "topic")
        expression = " ".join(self._text(where, row, "expression").split())
        if topic not in self._known.topics:
            self._unknown(where, "topic", topic, self._known.topics)
        try:
            parse(expression, self._known.groups, kept=self._saved)
        except QueryError as error:
            self._faults.append(Fault(where, str(error), error=error))
        state = self._choice(where, row, "state", FilterState)
        return FilterRow(topic, expression, state)

    def _group(self, where: str, row: Mapping[str, Any]) -> GroupRow:
        self._names(where, row, ("name", "words"))
        name = self._text(where, row, "name").lstrip("@").lower()
        if not is_name(name):
            self._fault(where, msg("A group's name has letters, digits and - only."))
        elif name in self._known.built_in_groups:
            self._fault(where, msg("{id} is built in."), id=f"@{name}")
        return GroupRow(name, " ".join(self._text(where, row, "words").split()))

    def _entity(self, where: str, row: Mapping[str, Any]) -> EntityRow:
        definition = {name: value for name, value in row.items() if name != "forms"}
        entity_id = self._text(where, row, "id")
        if ":" not in entity_id:
            self._fault(where, msg("Its id is missing, as in person:petrova."))
        elif entity_id in self._known.entities:
            self._fault(where, msg("{id} is built in."), id=entity_id)
        try:
            forms = row["forms"] if "forms" in row else compile_entity(definition)
            entity_of(definition, forms)
            forms = {str(kind): [str(form) for form in each] for kind, each in forms.items()}
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            self._fault(where, msg("{id} cannot be read as a name."), id=entity_id)
            forms = {}
        return EntityRow(definition, forms, worked_out="forms" not in row)

    # values

    def _text(self, where: str, row: Mapping[str, Any], name: str) -> str:
        value = row.get(name, "")
        if not isinstance(value, str) or len(value) > _MAX_VALUE_LETTERS:
            self._fault(where, msg("{name} must be a text."), name=name)
            return ""
        return value.strip()

    def _choice(self, where: str, row: Mapping[str, Any], name: str, kind: type[_E]) -> _E | None:
        text = self._text(where, row, name).lower()
        known = {str(each): each for each in kind if each != "removed"}  # which no file asks for
        if text and text not in known:
            self._unknown(where, name, text, known)
        return known.get(text)

    def _names(self, where: str, row: Mapping[str, Any], known: Collection[str]) -> None:
        for name in row:
            if name not in known:
                self._unknown(where, "", str(name), known)

    def _unknown(self, where: str, name: str, given: str, known: Collection[str]) -> None:
        near = difflib.get_close_matches(given, list(known), 1, 0.4) or list(known)[:8]
        self._fault(
            where,
            msg("{name} “{said}” is not known. There is: {known}"),
            name=name,
            said=given,
            known=", ".join(near),
        )

    def _fault(self, where: str, msgid: str, **values: str) -> None:
        self._faults.append(Fault(where, msgid, values))
