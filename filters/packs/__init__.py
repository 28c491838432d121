"""The packs: topics, filters, word groups and entities that ship with Vigil.

Data, in TOML a researcher can read: `data/groups.toml` (word groups),
`data/<topic>.toml` (titles and filters), `data/entities.toml`; beside them
`data/examples/<topic>.toml`, texts that must and must not match, which tests read
and a running bot does not. See docs/packs.md.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

from filters.entities.gazetteer import Entity, entity_of
from filters.nodes import Query
from filters.packs.kept import load, mark_of
from filters.query import parse
from filters.tables import table

__all__ = [
    "TOPICS",
    "Example",
    "PackFilter",
    "Packs",
    "Topic",
    "load_examples",
    "load_lemmas",
    "load_packs",
    "load_weights",
    "query_of",
]

TOPICS: Final = ("refusal", "desertion", "self-harm", "pressure", "draft-evasion")


@dataclass(frozen=True, slots=True)
class Topic:
    """What a subscriber chooses. `titles` by language; `core` topics push, others only on wish."""

    id: str
    titles: Mapping[str, str]
    core: bool
    about: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PackFilter:
    """A filter of a pack. `key` is "topic/name", stable across releases."""

    key: str
    topic: str
    query_text: str
    query: Query
    note: str


@dataclass(frozen=True, slots=True)
class Packs:
    """All packs together. `groups` are the texts of the word groups, by name."""

    topics: tuple[Topic, ...]
    filters: tuple[PackFilter, ...]
    groups: Mapping[str, str]
    entities: tuple[Entity, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A text of our own and whether it must match its topic."""

    topic: str
    lang: str
    match: bool
    text: str
    title: str = ""


@cache
def load_packs() -> Packs:
    """The packs of this release. Read once; repeating costs nothing. Raises QueryError for a
    filter that does not parse, which a test excludes."""
    groups = {name: str(group["words"]).strip() for name, group in table("groups.toml").items()}
    topics: list[Topic] = []
    filters: list[PackFilter] = []
    for name in TOPICS:
        pack = table(f"{name}.toml")
        topics.append(Topic(name, pack["titles"], bool(pack["core"]), pack.get("about", {})))
        for row in pack["filter"]:
            text = " ".join(str(row["query"]).split())
            key = f"{name}/{row['name']}"
            query = query_of(text, groups)
            filters.append(PackFilter(key, name, text, query, row.get("note", "")))
    return Packs(tuple(topics), tuple(filters), groups, tuple(_entities()))


def query_of(text: str, groups: Mapping[str, str]) -> Query:
    """As `parse`, of what is read at every start: from the file that ships, where it is there."""
    return _kept().get(mark_of(text, groups)) or parse(text, groups)


@cache
def _kept() -> Mapping[bytes, Query]:
    return load(_data("queries.bin").read_bytes())


def load_lemmas() -> bytes:
    """The lemmas of the words that the packs hold, as `Analyser` keeps them: with these a
    start looks up hardly any. Made by `python -m filters.packs.build`."""
    return _data("lemmas.bin").read_bytes()


def load_weights() -> bytes:
    """The weights of the score, as `filters.score` reads them. Made by `vigil train`."""
    return _data("score.bin").read_bytes()


def load_examples() -> Iterator[Example]:
    """The texts beside the packs: for tests and docs, not read by a running bot."""
    for topic in TOPICS:
        pack = tomllib.loads(_text(f"examples/{topic}.toml"))
        for lang, sets in pack.items():
            for kind, match in (("must", True), ("must_not", False)):
                for row in sets.get(kind, ()):
                    title, text = ("", row) if isinstance(row, str) else row
                    yield Example(topic, lang, match, text, title)


def _entities() -> Iterator[Entity]:
    forms: dict[str, dict[str, list[str]]] = json.loads(_text("entities.forms.json"))
    for row in table("entities.toml")["entity"]:
        yield entity_of(row, forms[row["id"]])


def _data(name: str) -> Traversable:
    return resources.files("filters.packs").joinpath("data", *name.split("/"))


def _text(name: str) -> str:
    return _data(name).read_text(encoding="utf-8")
