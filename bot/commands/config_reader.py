"""Tables of a configuration file become rows, with every fault named. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from typing import Any, Final, TypeVar

from bot.commands.config_rows import (
    Configuration,
    EntityRow,
    Fault,
    FilterRow,
    GroupRow,
    Nameable,
    SourceRow,
    TopicRow,
    Unreadable,
)
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

__all__ = ["FORMAT", "TableReader"]

FORMAT: Final = 1
"""The file's `vigil`: raised when an older Vigil could not read what a newer one writes."""

_MAX_ENTRIES: Final = 5_000  # of one kind
_KINDS: Final = ("vigil", "off", "left_out", "topic", "source", "group", "filter", "entity")
_MAX_VALUE_LETTERS: Final = 4_000
_T = TypeVar("_T")
_E = TypeVar("_E", bound=StrEnum)


class TableReader:
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
        if tables.get("vigil", FORMAT) != FORMAT:
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
