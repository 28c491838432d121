"""What a query is made of. Built by `filters.query.parse`; all values are plain and frozen.

`conj` and `disj` keep the one shape a query may have: no AND directly in an AND,
no OR directly in an OR, none of one item.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, TypeAlias

__all__ = [
    "And",
    "Entity",
    "Facet",
    "Group",
    "In",
    "Meta",
    "Near",
    "Node",
    "Not",
    "NotNear",
    "Or",
    "Phrase",
    "Query",
    "Regex",
    "Unit",
    "Word",
    "conj",
    "disj",
    "excludes",
    "reaches_far",
    "typed_leaves",
]

Mode: TypeAlias = Literal["form", "exact", "prefix", "acronym"]
Unit: TypeAlias = Literal["words", "sentence", "paragraph"]


class _Hashed:
    """Keeps its hash: trees of hundreds of words are looked up again and again."""

    __slots__ = ("_hash",)
    _hash: int

    def __hash__(self) -> int:
        try:
            return self._hash
        except AttributeError:
            names = self.__match_args__  # type: ignore[attr-defined]
            found = hash((type(self).__name__, *(getattr(self, name) for name in names)))
            object.__setattr__(self, "_hash", found)
            return found


@dataclass(frozen=True, slots=True)
class Word(_Hashed):
    """One word: in all its forms, exactly, by its beginning, or in capitals.

    `text` is normalised; an acronym's keeps its capitals.
    """

    text: str
    mode: Mode = "form"

    __hash__ = _Hashed.__hash__


@dataclass(frozen=True, slots=True)
class Phrase(_Hashed):
    """Two or more words in a row."""

    words: tuple[Word, ...]

    __hash__ = _Hashed.__hash__


@dataclass(frozen=True, slots=True)
class Near(_Hashed):
    """Two things close together; `distance` counts words where `unit` is "words"."""

    left: Node
    right: Node
    distance: int = 0
    unit: Unit = "words"
    ordered: bool = False

    __hash__ = _Hashed.__hash__


@dataclass(frozen=True, slots=True)
class NotNear(_Hashed):
    """`left` where no `right` is that close, before or after it.

    A `right` all of whose words are of the `left` itself is no other thing and
    excludes nothing; one that holds it among others does.
    """

    left: Node
    right: Node
    distance: int = 0
    unit: Unit = "words"

    __hash__ = _Hashed.__hash__


@dataclass(frozen=True, slots=True)
class And(_Hashed):
    items: tuple[Node, ...]

    __hash__ = _Hashed.__hash__


@dataclass(frozen=True, slots=True)
class Or(_Hashed):
    items: tuple[Node, ...]

    __hash__ = _Hashed.__hash__


@dataclass(frozen=True, slots=True)
class Not:
    item: Node


@dataclass(frozen=True, slots=True)
class In:
    """A condition on the title or the text alone."""

    field: str
    item: Node


@dataclass(frozen=True, slots=True)
class Meta:
    """A condition on what is known of the item: its source, kind, language, address."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Entity:
    """A known person, law, unit, court; or a number: `person:chikov`, `count>=10`."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Regex:
    """A regular expression over the text as written; `pattern` as between its slashes."""

    pattern: str
    ignore_case: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """A condition on whose army, what stage, which era the text is of.

    Facets are worked out only for what else matches, so one alone finds nothing.
    """

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Group(_Hashed):
    """A named list of words, with the meaning it had when the query was read."""

    name: str
    item: Node

    __hash__ = _Hashed.__hash__


Node: TypeAlias = (
    Word | Phrase | Near | NotNear | And | Or | Not | In | Meta | Entity | Regex | Facet | Group
)


@dataclass(frozen=True, slots=True)
class Query:
    """A filter, read. `hints` are remarks (English message ids) that change nothing."""

    root: Node
    hints: tuple[str, ...] = field(default=(), compare=False)


def conj(items: Iterable[Node]) -> Node:
    """All of them. ValueError for none."""
    flat = _flatten(items, And)
    return flat[0] if len(flat) == 1 else And(flat)


def disj(items: Iterable[Node]) -> Node:
    """Any of them. ValueError for none."""
    flat = _flatten(items, Or)
    return flat[0] if len(flat) == 1 else Or(flat)


def _flatten(items: Iterable[Node], kind: type[And] | type[Or]) -> tuple[Node, ...]:
    flat: dict[Node, None] = {}
    for item in items:
        if isinstance(item, kind):
            flat.update(dict.fromkeys(item.items))
        else:
            flat[item] = None
    if not flat:
        raise ValueError("nothing to join")
    return tuple(flat)


def excludes(node: Node) -> bool:
    """Whether words anywhere in a text may keep it from matching."""
    match node:
        case Not():
            return True
        case And(items) | Or(items):
            return any(map(excludes, items))
        case In(_, item):
            return excludes(item)
        case Group():
            return _group_excludes(node)
    return False


@lru_cache(maxsize=1_000)  # dozens of filters name one group
def _group_excludes(group: Group) -> bool:
    return excludes(group.item)


def reaches_far(node: Node) -> bool:
    """Whether what it asks for may stand in several sentences, however far apart."""
    match node:
        case And(items):
            return sum(not isinstance(item, Not) for item in items) > 1 or any(
                map(reaches_far, items)
            )
        case Or(items):
            return any(map(reaches_far, items))
        case Near(left, right, _, unit):
            return unit == "paragraph" or reaches_far(left) or reaches_far(right)
        case NotNear(left):
            return reaches_far(left)
        case In(_, item) | Group(item=item):
            return reaches_far(item)
        case Facet():
            return True
    return False


def typed_leaves(node: Node) -> Iterator[Node]:
    """What was typed in it: terms, entities and fields, not the words of the groups it names."""
    match node:
        case And(items) | Or(items):
            for each in items:
                yield from typed_leaves(each)
        case Not(item) | In(_, item):
            yield from typed_leaves(item)
        case Group():
            return
        case Near(left, right) | NotNear(left, right):
            yield from typed_leaves(left)
            yield from typed_leaves(right)
        case _:
            yield node
