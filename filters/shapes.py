"""Queries compiled for verification: one function for each shape, shared by its filters.

A shape is a query with its words taken out. The function of a shape is given a
text and the filter's terms; ten thousand filters need a few dozen functions.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain, count
from typing import Any, Final, TypeAlias

from filters.analysis import GAP, Analysis
from filters.document import TITLE
from filters.intervals import Interval, join, joined, of_positions, phrase, union
from filters.nodes import And, Group, In, Meta, Near, Node, Not, Or, Phrase, Query, Unit, Word
from filters.terms import Terms

__all__ = ["Check", "Compiled", "Text", "compile_query"]

Params: TypeAlias = tuple[int, ...]
Check: TypeAlias = Callable[["Text", Params], bool]
_Places: TypeAlias = Callable[["Text", Params], list[Interval]]
Shape: TypeAlias = tuple[Any, ...]


class Text:
    """A text as the filters see it: its terms, and where each stands when asked."""

    __slots__ = ("_positions", "_terms", "analysis", "present")

    def __init__(self, analysis: Analysis, terms: Terms) -> None:
        self.analysis = analysis
        self._terms = terms
        self.present = terms.present(analysis)
        self._positions: dict[int, list[int]] | None = None

    def positions(self, term: int) -> Sequence[int]:
        """Where a term stands, in order."""
        if self._positions is None:
            found: dict[int, list[int]] = defaultdict(list)
            rows = map(self._terms.forms.__getitem__, self.analysis.surfaces)
            title = self.analysis.title_count
            places = chain(range(title), count(title + GAP)) if title else count(GAP)
            for place, row in zip(places, rows, strict=False):
                for each in row:
                    found[each].append(place)
            self._positions = found
        return self._positions.get(term, ())

    def positions_in(self, term: int, field: str) -> Sequence[int]:
        """Where a term stands in a field, or ("") in both."""
        found = self.positions(term)
        if not field or not found:
            return found
        middle = bisect_left(found, self.analysis.title_count)
        return found[:middle] if field == TITLE else found[middle:]

    def unit_of(self, unit: Unit) -> Callable[[int], int]:
        """Numbers the sentence or paragraph of a position."""
        return self.analysis.paragraph_of if unit == "paragraph" else self.analysis.sentence_of


@dataclass(frozen=True, slots=True)
class Compiled:
    """A query ready to match: `check` is None where having the required terms is enough."""

    check: Check | None
    params: Params
    required: tuple[int, ...]


def compile_query(query: Query, terms: Terms, shapes: dict[object, Check]) -> Compiled:
    """Numbers the query's terms (each held once) and finds or makes its shape's function."""
    params: list[int] = []
    shape = _shape(query.root, terms, params, "")
    required = tuple(dict.fromkeys(map(terms.intern, _required(query.root, terms))))
    if not required:
        raise ValueError("a filter of exclusions alone cannot be looked up")
    for term in {*params, *required}:
        terms.hold(term)
    check: Check | None = None
    if not _only_terms(shape) or len(required) > 2:
        found = shapes.get(shape)
        check = found if found is not None else shapes.setdefault(shape, _check(shape))
    return Compiled(check, tuple(params), required)


def _only_terms(shape: Shape) -> bool:
    """Whether a shape asks for nothing but the presence of terms, anywhere."""
    if shape[0] == "and":
        return all(_only_terms(part) for part in shape[1])
    return shape[0] == "term" and shape[2] in ("", "meta")


def _one_term(node: Node, terms: Terms) -> frozenset[str] | None:
    """The keys of a node that is a word, or a list of words joined by OR; else None."""
    if isinstance(node, Word):
        return terms.of_word(node)
    if isinstance(node, Group):
        return _one_term(node.item, terms)
    if isinstance(node, Or):
        parts = [_one_term(item, terms) for item in node.items]
        known = [part for part in parts if part is not None]
        return frozenset().union(*known) if len(known) == len(parts) else None
    return None


def _shape(node: Node, terms: Terms, params: list[int], field: str) -> Shape:
    keys = _one_term(node, terms)
    if keys is not None:
        params.append(terms.intern(keys))
        return ("term", len(params) - 1, field)
    match node:
        case Phrase():
            first = len(params)
            params += (terms.intern(terms.of_word(word)) for word in node.words)
            return ("phrase", first, len(params), field)
        case Near():
            left = _shape(node.left, terms, params, field)
            right = _shape(node.right, terms, params, field)
            return ("near", left, right, node.distance, node.unit, node.ordered)
        case And() | Or():
            kind = "and" if isinstance(node, And) else "or"
            return (kind, tuple(_alternatives(node, terms, params, field)))
        case Not():
            return ("not", _shape(node.item, terms, params, field))
        case In():
            return _shape(node.item, terms, params, node.field)
        case Meta():
            params.append(terms.intern(terms.of_meta(node)))
            return ("term", len(params) - 1, "meta")
        case Group():
            return _shape(node.item, terms, params, field)
        case _:
            raise TypeError(type(node).__name__)


def _alternatives(node: And | Or, terms: Terms, params: list[int], field: str) -> list[Shape]:
    """The parts of a node; in an OR, all single words become one term."""
    if isinstance(node, And):
        return [_shape(item, terms, params, field) for item in node.items]
    words = [keys for item in node.items if (keys := _one_term(item, terms)) is not None]
    others = [item for item in node.items if _one_term(item, terms) is None]
    shapes = []
    if words:
        params.append(terms.intern(frozenset().union(*words)))
        shapes.append(("term", len(params) - 1, field))
    return shapes + [_shape(item, terms, params, field) for item in others]


def _required(node: Node, terms: Terms) -> list[frozenset[str]]:
    """Terms all of which must be present for the node to hold; may be none."""
    keys = _one_term(node, terms)
    if keys is not None:
        return [keys]
    match node:
        case Phrase():
            return [terms.of_word(word) for word in node.words]
        case Near():
            return _required(node.left, terms) + _required(node.right, terms)
        case And():
            return [found for item in node.items for found in _required(item, terms)]
        case Or():
            return _of_alternatives([_required(item, terms) for item in node.items], terms)
        case In() | Group():
            return _required(node.item, terms)
        case Meta():
            return [terms.of_meta(node)]
        case _:
            return []


def _of_alternatives(
    alternatives: list[list[frozenset[str]]], terms: Terms
) -> list[frozenset[str]]:
    """What an OR requires: the union of its alternatives' rarest terms, and of the next."""
    ranked = [sorted(set(found), key=terms.rarity) for found in alternatives]
    depth = min(2, *(len(found) for found in ranked))
    return [frozenset().union(*(found[rank] for found in ranked)) for rank in range(depth)]


def _check(shape: Shape) -> Check:
    """The function that says whether a shape holds."""
    match shape:
        case ("term", i, "" | "meta"):
            return lambda text, p: p[i] in text.present
        case ("term", i, field):
            return lambda text, p: bool(text.positions_in(p[i], field))
        case ("and", parts):
            checks = [_check(part) for part in parts]
            return lambda text, p: all(check(text, p) for check in checks)
        case ("or", parts):
            checks = [_check(part) for part in parts]
            return lambda text, p: any(check(text, p) for check in checks)
        case ("not", part):
            check = _check(part)
            return lambda text, p: not check(text, p)
        case ("near", ("term", i, field), ("term", j, _), distance, "words", ordered):
            return _near_terms(i, j, field, distance, ordered)
        case ("near", left, right, distance, unit, ordered):
            return _near(left, right, _spec(distance, unit, ordered))
        case _:
            places = _places(shape)
            return lambda text, p: bool(places(text, p))


def _near_terms(i: int, j: int, field: str, distance: int, ordered: bool) -> Check:
    """The commonest NEAR, of two words, without building intervals."""
    before = 1 if ordered else -distance

    def check(text: Text, p: Params) -> bool:
        rights = text.positions_in(p[j], field)
        for left in text.positions_in(p[i], field):
            at = bisect_left(rights, left + before)
            while at < len(rights) and rights[at] <= left + distance:
                if rights[at] != left:
                    return True
                at += 1
        return False

    return check


def _near(left: Shape, right: Shape, near: Near) -> Check:
    lefts, rights = _places(left), _places(right)

    def check(text: Text, p: Params) -> bool:
        found = lefts(text, p)
        if not found:
            return False
        pairs = joined(near, found, rights(text, p), text.unit_of(near.unit))
        return next(pairs, None) is not None

    return check


def _places(shape: Shape) -> _Places:
    """The function that gives a shape's places, for what stands beside NEAR."""
    match shape:
        case ("term", i, field):
            return lambda text, p: of_positions(text.positions_in(p[i], field))
        case ("phrase", first, last, field):
            return lambda text, p: phrase(
                [text.positions_in(p[i], field) for i in range(first, last)]
            )
        case ("or", parts):
            several = [_places(part) for part in parts]
            return lambda text, p: union([places(text, p) for places in several])
        case ("near", left, right, distance, unit, ordered):
            near = _spec(distance, unit, ordered)
            lefts, rights = _places(left), _places(right)
            return lambda text, p: join(
                near, lefts(text, p), rights(text, p), text.unit_of(near.unit)
            )
        case _:
            raise TypeError(f"{shape[0]} has no place in a text")


def _spec(distance: int, unit: Unit, ordered: bool) -> Near:
    """A NEAR without its sides: what `joined` needs to know."""
    return Near(_NOTHING, _NOTHING, distance, unit, ordered)


_NOTHING: Final = Word("")
