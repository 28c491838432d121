"""Why a text matches, or why not: clause by clause, with places in the original text.

This reads a query the plain way, node by node, with no index: it is also the
oracle the FilterSet is compared with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

from filters.alternatives import alternatives
from filters.analysis import Analysis
from filters.describe import describe_node
from filters.document import TITLE, Span
from filters.intervals import Interval, join, of_positions, phrase, remote, union
from filters.mentions import places as mentioned
from filters.mentions import searched
from filters.meta import holds as meta_holds
from filters.nodes import (
    And,
    Entity,
    Facet,
    Group,
    In,
    Meta,
    Near,
    Node,
    Not,
    NotNear,
    Or,
    Phrase,
    Query,
    Regex,
    Word,
)
from filters.printing import print_node

__all__ = ["Clause", "Explanation", "Known", "explain", "matches", "spans"]


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition of a query on one text.

    `spans` are the words that satisfy it (of an exclusion that failed: those it
    excludes). `parts` are the two sides of a NEAR that failed, so that a person can
    be told "this was found, but not that beside it"; of a NOT/n what was sought and,
    where it was found, the exclusion that failed.
    """

    node: Node
    held: bool
    spans: tuple[Span, ...]
    parts: tuple[Clause, ...] = ()

    @property
    def text(self) -> str:
        """The clause as it would be written."""
        return print_node(self.node)

    def describe(self, lang: str = "en") -> str:
        """The clause in words."""
        return describe_node(self.node, lang)


@dataclass(frozen=True, slots=True)
class Explanation:
    """A query and a text: whether it matches, and each clause's share in that."""

    matched: bool
    clauses: tuple[Clause, ...]

    @property
    def failed(self) -> tuple[Clause, ...]:
        """The clauses that did not hold, in the order they are written."""
        return tuple(clause for clause in self.clauses if not clause.held)

    @property
    def spans(self) -> tuple[Span, ...]:
        """All words that made it match, in order; none for a miss."""
        if not self.matched:
            return ()
        return tuple(sorted({span for clause in self.clauses for span in clause.spans}))


class Known(Protocol):
    """Where parts of queries stand in a text, as far as somebody has worked it out already."""

    def places(self, node: Or, field: str) -> Sequence[Interval] | None:
        """The places of a list in a field or ("") in both; None where they are not known."""


def matches(query: Query, analysis: Analysis, known: Known | None = None) -> bool:
    """Whether the query matches, found the plain way but for what is known."""
    return _Reading(analysis, "", known).holds(query.root)


def spans(query: Query, analysis: Analysis, known: Known | None = None) -> tuple[Span, ...]:
    """The words that make a query match, in order; none when it does not."""
    found = _Reading(analysis, "", known).proof(query.root)
    return _to_spans(analysis, found) if found else ()


def explain(query: Query, analysis: Analysis) -> Explanation:
    """Each clause of the query with the words that satisfy it, or the want of them."""
    root = query.root
    while isinstance(root, Group):
        root = root.item
    items = root.items if isinstance(root, And) else (query.root,)
    clauses = tuple(_clause(_Reading(analysis, ""), item) for item in items)
    return Explanation(all(clause.held for clause in clauses), clauses)


def _clause(reading: _Reading, node: Node) -> Clause:
    held = reading.holds(node)
    analysis = reading.analysis
    if held:
        return Clause(node, True, _to_spans(analysis, reading.evidence(node)))
    if isinstance(node, Not):
        return Clause(node, False, _to_spans(analysis, reading.evidence(node.item)))
    parts: tuple[Clause, ...] = ()
    bare, inner = _bare(reading, node)
    if isinstance(bare, Near):
        parts = (_clause(inner, bare.left), _clause(inner, bare.right))
    elif isinstance(bare, NotNear):
        sought = _clause(inner, bare.left)
        parts = (sought, _clause(inner, Not(bare.right))) if sought.held else (sought,)
    elif isinstance(bare, And):
        parts = tuple(_clause(inner, item) for item in bare.items)
    elif isinstance(bare, Or):
        parts = tuple(
            clause
            for item in _of_parts(bare)
            for clause in (_clause(inner, item),)
            if any(part.held and part.spans for part in clause.parts)
        )
    return Clause(node, False, (), parts)


@lru_cache(maxsize=4_096)
def _of_parts(node: Or) -> tuple[Node, ...]:
    """The alternatives that may fail in a part: of a list of words none, and most are lists."""
    return tuple(item for item in node.items if isinstance(_inner(item), _OF_PARTS))


_OF_PARTS: Final = (Near, NotNear, And)


def _inner(node: Node) -> Node:
    while isinstance(node, Group | In):
        node = node.item
    return node


def _bare(reading: _Reading, node: Node) -> tuple[Node, _Reading]:
    """A node out of its groups and fields, with the reading its field asks for."""
    while isinstance(node, Group | In):
        if isinstance(node, In):
            reading = _Reading(reading.analysis, node.field)
        node = node.item
    return node, reading


def _to_spans(analysis: Analysis, found: Sequence[Interval]) -> tuple[Span, ...]:
    places = {witness for interval in found for witness in interval[2]}
    return tuple(sorted(analysis.span(first, last) for first, last in places))


class _Reading:
    """A text read by a query's nodes, in one field or ("") in both."""

    def __init__(self, analysis: Analysis, field: str, known: Known | None = None) -> None:
        self.analysis = analysis
        self.field = field
        self.known = known

    def holds(self, node: Node) -> bool:
        match node:
            case And():
                return all(self.holds(item) for item in node.items)
            case Or():
                if (known := self._known(node)) is not None:
                    return bool(known)
                return any(map(self.holds, alternatives(node, self.analysis)))
            case Not():
                return not self.holds(node.item)
            case Group():
                return self._group_holds(node.item)
            case In():
                return _Reading(self.analysis, node.field, self.known).holds(node.item)
            case Meta():
                return meta_holds(node, self.analysis)
            case Facet():
                return self.analysis.facets.get(node.field) == node.value
            case Regex():
                return self.analysis.regexes.holds(node, self.field)
            case _:
                return bool(self.intervals(node))

    def _known(self, node: Or) -> Sequence[Interval] | None:
        return None if self.known is None else self.known.places(node, self.field)

    def intervals(self, node: Node) -> Sequence[Interval]:
        """The places of a node that has places. Raises TypeError for another."""
        match node:
            case Word():
                return of_positions(self._positions(node))
            case Phrase():
                return self._phrase(node)
            case Or():
                if (known := self._known(node)) is not None:
                    return known
                return union(map(self.intervals, alternatives(node, self.analysis)))
            case Group():
                return self._group(node.item)
            case Entity():
                return mentioned(node, self.analysis, self.field)
            case Regex():
                return searched(node, self.analysis, self.field)
            case Near() | NotNear():
                unit = self.analysis.sentence_of
                if node.unit == "paragraph":
                    unit = self.analysis.paragraph_of
                left = self.intervals(node.left)
                right = self.intervals(node.right) if left else []
                if isinstance(node, NotNear):
                    return list(remote(node, left, right, unit))
                return join(node, left, right, unit)
            case _:
                raise TypeError(f"{type(node).__name__} has no place in a text")

    def proof(self, node: Node) -> Sequence[Interval] | None:
        """The places that make a node hold, or None where it does not: both in one pass."""
        match node:
            case And():
                every: list[Sequence[Interval]] = []
                for item in node.items:
                    found = self.proof(item)
                    if found is None:
                        return None
                    every.append(found)
                return union(every)
            case Or():
                if (known := self._known(node)) is not None:
                    return known or None
                may = alternatives(node, self.analysis)
                held = [found for item in may if (found := self.proof(item)) is not None]
                return union(held) if held else None
            case Group():
                return self.proof(node.item)
            case In():
                return _Reading(self.analysis, node.field, self.known).proof(node.item)
            case Not() | Meta() | Facet():
                return [] if self.holds(node) else None
            case Regex():
                return self.intervals(node) if self.holds(node) else None
            case _:
                return self.intervals(node) or None

    def evidence(self, node: Node) -> Sequence[Interval]:
        """The places that make a node hold; none for exclusions and conditions beside the text."""
        match node:
            case And():
                return union([self.evidence(item) for item in node.items if self.holds(item)])
            case Or():
                may = alternatives(node, self.analysis)
                return union([self.evidence(item) for item in may if self.holds(item)])
            case Not() | Meta() | Facet():
                return []
            case Group():
                return self.evidence(node.item)
            case In():
                return _Reading(self.analysis, node.field).evidence(node.item)
            case _:
                return self.intervals(node)

    def _phrase(self, node: Phrase) -> list[Interval]:
        every: list[Sequence[int]] = []
        for word in node.words:
            found = self._positions(word)
            if not found:
                return []  # as in nearly all texts
            every.append(found)
        return phrase(every)

    def _group(self, item: Node) -> Sequence[Interval]:
        """The places of a group's list, worked out once for all filters that name it."""
        found, key = self.analysis.found, (id(item), self.field)
        if key not in found:
            found[key] = item, self.intervals(item)
        return found[key][1]

    def _group_holds(self, item: Node) -> bool:
        held, key = self.analysis.held, (id(item), self.field)
        if key not in held:
            held[key] = item, self.holds(item)
        return held[key][1]

    def _positions(self, word: Word) -> Sequence[int]:
        found = self.analysis.positions(word)
        if not self.field:
            return found
        title = self.field == TITLE
        count = self.analysis.title_count
        return [p for p in found if (p < count) == title]
