"""Queries compiled: their terms numbered, what they require, their shape's function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Final, NamedTuple

from filters.intervals import Interval
from filters.mentions import places as mentioned
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
from filters.pairs import Pairs
from filters.terms import Terms
from filters.verify import (
    Check,
    Listed,
    Params,
    Places,
    Searched,
    Shape,
    Text,
    check_of,
    listed_any,
)

__all__ = ["Apart", "Compiled", "Compiler"]

_GROUPS: Final = 1_000
# A list of so few words in one filter is registered by each; more, and they are one term.
_MAX_ROWS: Final = 4


class Apart(NamedTuple):
    """How far apart two terms may stand: a phrase of two words or NEAR between words."""

    left: int
    right: int
    distance: int
    ordered: bool


@dataclass(frozen=True, slots=True)
class Compiled:
    """A query ready to match.

    `required` are terms of which, of each row, one must be present. That is enough where
    there are at most two rows and nothing else is asked: `near` asks how far apart the two
    stand, `excluded` are terms that must not be there, `check` is the function of what is
    more than that, given `params`. `needed` are the required terms that nothing can stand for,
    asked before all else. `held` are the terms and lists to give back when the query goes.
    """

    required: tuple[tuple[int, ...], ...]
    held: tuple[int, ...]
    near: Apart | None = None
    excluded: frozenset[int] = frozenset()
    check: Check | None = None
    params: Params = ()
    needed: frozenset[int] = frozenset()

    @property
    def is_doubtful(self) -> bool:
        """Whether more is asked than that the terms of one pair are there."""
        return (
            self.check is not None
            or self.near is not None
            or bool(self.excluded)
            or len(self.required) > 2
            or any(len(row) > 1 for row in self.required)
        )


class Compiler:
    """Compiles queries over one set of terms; equal shapes share a function.

    A list holding more than single words (`@refuse` with its phrases) is numbered
    like a term, by a negative number, so that its places in a text are found once
    however many filters name it.
    """

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._checks: dict[Shape, Check] = {}
        self.lists: dict[int, Listed] = {}
        self.pairs = Pairs()
        self._numbers: dict[tuple[Node, str], int] = {}
        self._nodes: dict[int, tuple[Node, str]] = {}
        self._uses: dict[int, int] = {}
        self._next = -1

    def compile(self, query: Query) -> Compiled:
        """Numbers a query's terms and holds them until `release`.

        Raises ValueError for a query that requires nothing.
        """
        compiled = self._plain(query.root)
        if compiled is not None:
            self._hold(compiled.held)
            return compiled
        required_keys = _required(query.root, self._terms)
        if not required_keys:
            raise ValueError("a filter of exclusions alone cannot be looked up")
        params: list[int] = []
        whole = self._shape(query.root, params, "")
        # A regular expression is asked of the few texts left, unless it stands alone.
        cheap = [keys for keys in required_keys if not self._terms.is_search(keys)]
        required = tuple(dict.fromkeys(map(self._terms.intern, cheap or required_keys)))
        shape = _unproved(whole)
        held = tuple({*params, *required})
        self._hold(held)
        rows = tuple((term,) for term in required)
        if shape is None:
            return Compiled(rows, held, needed=frozenset(required))
        check = self._checks.get(shape)
        if check is None:
            check = self._checks[shape] = check_of(shape)
        needed = frozenset(required)
        return Compiled(rows, held, check=check, params=tuple(params), needed=needed)

    def _plain(self, root: Node) -> Compiled | None:
        """What most filters are: words that must be there or must not, or two words near
        each other. None for a query that asks for more."""
        terms = self._terms
        if isinstance(root, Phrase | Near):
            near = self._apart(root)
            if near is None:
                return None
            return Compiled(((near.left,), (near.right,)), (near.left, near.right), near)
        required: list[list[frozenset[str]]] = []
        excluded: list[frozenset[str]] = []
        for part in root.items if isinstance(root, And) else (root,):
            rows = excluded if isinstance(part, Not) else None
            found = _any_of(part.item if isinstance(part, Not) else part, terms)
            if found is None:
                return None
            if rows is None:
                required.append(found)
            else:
                rows += found
        if not required:
            return None
        if len(required) > 2 or len(list(product(*required))) > _MAX_ROWS:
            required = [[frozenset().union(*row)] for row in required]
        numbered = dict.fromkeys(tuple(dict.fromkeys(map(terms.intern, row))) for row in required)
        out = frozenset(map(terms.intern, excluded))
        held = tuple(out.union(*numbered))
        needed = frozenset(row[0] for row in numbered if len(row) == 1)
        return Compiled(tuple(numbered), held, excluded=out, needed=needed)

    def _apart(self, node: Phrase | Near) -> Apart | None:
        """A phrase or NEAR of two different terms, as their distance; None for another."""
        terms = self._terms
        if isinstance(node, Phrase):
            if len(node.words) != 2:
                return None
            sides = [terms.of_word(word) for word in node.words]
            distance, ordered = 1, True
        else:
            if node.unit != "words" or not isinstance(node.distance, int):
                return None
            found = [_one_term(side, terms) for side in (node.left, node.right)]
            sides = [side for side in found if side is not None]
            distance, ordered = node.distance, node.ordered
        if len(sides) != 2 or sides[0] == sides[1]:
            return None
        return Apart(terms.intern(sides[0]), terms.intern(sides[1]), distance, ordered)

    def number_of(self, node: Or, field: str) -> int | None:
        """The number of a list's term, or of its places in a field; None where it has none."""
        keys = _one_term(node, self._terms)
        return self._numbers.get((node, field)) if keys is None else self._terms.number_of(keys)

    def release(self, compiled: Compiled) -> None:
        """Gives back what a query held."""
        self._release(compiled.held)

    def _hold(self, numbers: tuple[int, ...]) -> None:
        for number in numbers:
            if number > 0:
                self._terms.hold(number)
            else:
                self._uses[number] += 1

    def _release(self, numbers: tuple[int, ...]) -> None:
        for number in numbers:
            if number > 0:
                self._terms.release(number)
                continue
            self._uses[number] -= 1
            if not self._uses[number]:
                params = self.lists[number].params
                # Texts may be being matched by a set that has it still.
                self.lists = {other: each for other, each in self.lists.items() if other != number}
                self.pairs = self.pairs.without(number)
                del self._uses[number], self._numbers[self._nodes.pop(number)]
                self._release(tuple(set(params)))

    def _shape(self, node: Node, params: list[int], field: str) -> Shape:
        terms = self._terms
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
                left = self._shape(node.left, params, field)
                right = self._shape(node.right, params, field)
                return ("near", left, right, node.distance, node.unit, node.ordered)
            case NotNear():
                left = self._shape(node.left, params, field)
                right = self._shape(node.right, params, field)
                return ("not near", left, right, node.distance, node.unit)
            case And():
                return ("and", tuple(self._shape(item, params, field) for item in node.items))
            case Or():
                # A regular expression may hold where no word is: that is no place.
                if _has_places(node) and not _has_regex(node):
                    params.append(self._list(node, field))
                    return ("list", len(params) - 1)
                return ("or", self._alternatives(node, params, field))
            case Not():
                return ("not", self._shape(node.item, params, field))
            case In():
                return self._shape(node.item, params, node.field)
            case Entity():
                params.append(self._list(node, field))
                return ("list", len(params) - 1)
            case Regex():
                params.append(self._list(node, field))
                return ("regex", len(params) - 1)
            case Facet():
                return ("facet", node.field, node.value)
            case Meta():
                params.append(terms.intern(terms.of_meta(node)))
                return ("term", len(params) - 1, "")
            case Group():
                return self._shape(node.item, params, field)
            case _:
                raise TypeError(type(node).__name__)

    def _list(self, node: Or | Entity | Regex, field: str) -> int:
        """The number of a list of phrases and the like, or of an entity, in a field."""
        known = self._numbers.get((node, field))
        if known is not None:
            return known
        params: list[int] = []
        if isinstance(node, Entity):
            term = self._terms.intern(self._terms.of_entity(node))
            params.append(term)
            listed = Listed(_mentioned(node, field), (term,), frozenset((term,)))
        elif isinstance(node, Regex):
            listed = Listed(Searched(node, field), ())
        else:
            shapes = self._alternatives(node, params, field)
            rarity = self._terms.rarity_of
            listed = listed_any(self._next, shapes, tuple(params), self.lists, rarity)
        number = self._next
        self._next -= 1
        if listed.firsts:
            self.pairs.add(number, listed.firsts, listed.seconds)
        self._numbers[node, field] = number
        self._nodes[number] = (node, field)
        self._uses[number] = 0
        self.lists[number] = listed
        self._hold(tuple(set(params)))
        return number

    def _alternatives(self, node: Or, params: list[int], field: str) -> tuple[Shape, ...]:
        """The parts of an OR, all its single words as one term."""
        terms = self._terms
        found = [_one_term(item, terms) for item in node.items]
        words = [keys for keys in found if keys is not None]
        shapes: list[Shape] = []
        if words:
            params.append(terms.intern(frozenset().union(*words)))
            shapes.append(("term", len(params) - 1, field))
        for item, keys in zip(node.items, found, strict=True):
            if keys is None:
                shapes.append(self._shape(item, params, field))
        return tuple(shapes)


class Placed:
    """Where lists stand in a text that filters were matched with, for who shows a match."""

    __slots__ = ("_compiler", "_text")

    def __init__(self, text: Text, compiler: Compiler) -> None:
        self._text = text
        self._compiler = compiler

    def places(self, node: Or, field: str) -> Sequence[Interval] | None:
        """As `filters.explain.Known` says."""
        number = self._compiler.number_of(node, field)
        return None if number is None else self._text.known_places(number, field)


def _mentioned(node: Entity, field: str) -> Places:
    return lambda text, _: mentioned(node, text.analysis, field)


def _unproved(shape: Shape) -> Shape | None:
    """What is left to check of a shape all of whose required terms are known present."""
    if shape[0] == "term" and not shape[2]:
        return None
    if shape[0] != "and":
        return shape
    left = tuple(part for part in map(_unproved, shape[1]) if part is not None)
    return ("and", left) if left else None


def _one_term(node: Node, terms: Terms) -> frozenset[str] | None:
    """The keys of a node that is a word, or a list of words joined by OR; else None."""
    if isinstance(node, Word):
        return terms.of_word(node)
    if isinstance(node, Group):
        group = terms.of_group.get(id(node.item))
        if group is None:
            # Packs name one group in dozens of filters; its nodes are shared. The item is
            # kept, so that no other can come to have its id.
            group = (node.item, _one_term(node.item, terms), _required(node.item, terms))
            if len(terms.of_group) >= _GROUPS:
                terms.of_group.clear()
            terms.of_group[id(node.item)] = group
        return group[1]
    if isinstance(node, Or):
        known = terms.of_list.get(id(node))
        if known is None:
            # A list is asked about again for each part of a filter that it stands in. It is kept,
            # so that no other can come to have its id.
            if len(terms.of_list) >= _GROUPS:
                terms.of_list.clear()
            known = terms.of_list[id(node)] = (node, _union(node, terms))
        return known[1]
    return None


def _union(node: Or, terms: Terms) -> frozenset[str] | None:
    parts: list[frozenset[str]] = []
    for item in node.items:
        part = _one_term(item, terms)
        if part is None:
            return None
        parts.append(part)
    return frozenset().union(*parts)


def _any_of(node: Node, terms: Terms) -> list[frozenset[str]] | None:
    """The terms that each satisfy a node: the words of a short list, or the one term
    of a long one or of a group, which many filters name. None where places or more count."""
    if isinstance(node, Meta):
        return [terms.of_meta(node)]
    if isinstance(node, Or) and len(node.items) <= _MAX_ROWS:
        rows = [_any_of(item, terms) for item in node.items]
        found = [keys for row in rows if row is not None for keys in row]
        return found if None not in rows and len(found) <= _MAX_ROWS else None
    keys = _one_term(node, terms)
    return None if keys is None else [keys]


_PLACED: Final = (Word, Phrase, Near, NotNear, Entity, Regex)


def _has_places(node: Node) -> bool:
    """Whether a node has places in the text (is no condition beside it, and no AND or NOT)."""
    if isinstance(node, Group | Or):
        return _all_have_places(node)
    return isinstance(node, _PLACED)


@lru_cache(maxsize=_GROUPS)
def _all_have_places(node: Group | Or) -> bool:
    items = node.items if isinstance(node, Or) else (node.item,)
    return all(map(_has_places, items))


def _has_regex(node: Node) -> bool:
    if isinstance(node, Group | Or):
        return _any_has_regex(node)
    return isinstance(node, Regex)


@lru_cache(maxsize=_GROUPS)
def _any_has_regex(node: Group | Or) -> bool:
    items = node.items if isinstance(node, Or) else (node.item,)
    return any(map(_has_regex, items))


def _required(node: Node, terms: Terms) -> list[frozenset[str]]:
    """Terms that must all be present for the node to hold; may be none."""
    keys = _one_term(node, terms)
    if keys is not None:
        return [keys]
    match node:
        case Phrase():
            return [terms.of_word(word) for word in node.words]
        case Near():
            return _required(node.left, terms) + _required(node.right, terms)
        case NotNear():
            return _required(node.left, terms)
        case And():
            return [found for item in node.items for found in _required(item, terms)]
        case Or():
            return _of_alternatives([_required(item, terms) for item in node.items], terms)
        case Group():
            return terms.of_group[id(node.item)][2]  # put there by _one_term
        case In():
            return _required(node.item, terms)
        case Meta():
            return [terms.of_meta(node)]
        case Entity():
            return [terms.of_entity(node)]
        case Regex():
            return [terms.of_regex(node)]
        case _:
            return []


def _of_alternatives(
    alternatives: list[list[frozenset[str]]], terms: Terms
) -> list[frozenset[str]]:
    """What an OR requires: the union of its alternatives' rarest terms, and of the next."""
    ranked = [
        sorted(set(found), key=terms.rarity) if len(found) > 1 else found for found in alternatives
    ]
    depth = min(2, *(len(found) for found in ranked))
    return [frozenset().union(*(found[rank] for found in ranked)) for rank in range(depth)]
