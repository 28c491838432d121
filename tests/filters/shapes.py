"""Queries of every shape the grammar allows, and texts that hold some of their words.

Hypothesis draws each choice of a query apart, which is slow and rarely makes the shapes
people type (a list beside an exclusion lost alerts for months). Here a seed makes
hundreds, so that a run can count what it reached and demand all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Final

from filters.analysis import Analyser, Analysis, Mention
from filters.anchors import anchored
from filters.document import Document
from filters.meta import meta
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
    Unit,
    Word,
    conj,
    disj,
)
from filters.normalize import normalize_word
from filters.query import parse
from tests.filters.strategies import GROUPS

__all__ = ["LISTED", "Shapes", "edges_of", "listed_of"]

# Few words, so that filters share them and texts hold some and not others.
_LINE: Final = "солдат солдата фронт фронте отказ отказа воевать хочет рота стали 332 deploy"
_FORMS: Final = tuple(_LINE.split())
_WORDS: Final = (
    *(Word(normalize_word(form)) for form in _FORMS),
    *(Word(normalize_word(form), "exact") for form in _FORMS[:4]),
    Word("солд", "prefix"),
    Word("отк", "prefix"),
    Word("СОЧ", "acronym"),
)
_METAS: Final = (("source", "pskov"), ("kind", "court"), ("lang", "ru"), ("has", "title"))
_PATTERNS: Final = ("person:chikov", "law:ru:337", "count>=10")
_MENTIONS: Final = ("person:chikov", "law:ru:337", "count:>=60", "count:2")
_REGEXES: Final = (r"отказ\w*", r"\bсолдат\b", r"\d", r"[А-ЯЁ]{2,}\b")
_UNITS: Final[tuple[Unit, ...]] = ("words", "words", "sentence", "paragraph")
_JOINTS: Final = (" ", " ", " ", " ", ", ", ". ", "! ", "\n\n")

LISTED: Final = range(1, 9)
"""How many words a list may have here; 1 is a word alone."""


class Shapes:
    """Makes queries and texts; one seed always makes the same."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)
        # Asked for again and again, so that filters share pairs of terms.
        self._pairs = [self._chance.sample(_WORDS, 2) for _ in range(3)]
        self._shared: list[Sequence[Node]] = [[self._listed()], [self._listed()], *self._pairs]

    def query(self) -> Query:
        """Half are of the kinds people type: lists that must be there, and lists that must not."""
        node = self._typed() if self._chance.random() < 0.5 else self._any(3)
        return Query(node if anchored(node) else conj([self._listed(), node]))

    def near(self) -> Query:
        """A NEAR, BEFORE or NOT/n of whatever may stand beside them."""
        return Query(self._near(2))

    def analysis(self, analyser: Analyser) -> Analysis:
        """A text of some of the words, with entities and facets such as others find."""
        chance = self._chance
        known = chance.sample((*_FORMS, "СОЧ", "не", "refused"), chance.randint(1, 9))
        text, title = self._text(known, 16), self._text(known, 4)
        document = Document(
            text=text,
            title=title if chance.random() < 0.6 else "",
            lang=chance.choice(("", "ru", "uk")),
            source=chance.choice(("Pskov Post", "radio")),
            kind=chance.choice(("court", "media")),
        )
        found = []
        for _ in range(chance.randint(0, 3)):
            field = chance.choice(("title", "text"))
            start = chance.randint(0, len(document.field(field)))
            end = min(start + chance.randint(0, 12), len(document.field(field)))
            found.append(Mention(chance.choice(_MENTIONS), field, start, end))
        analysis = analyser.analyse(document, found)
        told = {"army": chance.choice(("ru", "ua")), "stage": "verdict"}
        analysis.find_facets = lambda _: told
        return analysis

    def _text(self, known: list[str], longest: int) -> str:
        chance = self._chance
        return "".join(
            chance.choice(known) + chance.choice(_JOINTS) for _ in range(chance.randint(0, longest))
        )

    def _typed(self) -> Node:
        """`(a, b) -c`, `(a, b) (c, d) -(e, f)`, `"a b"`: most of what people write."""
        chance = self._chance
        if chance.random() < 0.2:
            one, other = chance.sample(chance.choice(self._pairs), 2)
            phrase = Phrase((one, other))
            return chance.choice((phrase, Near(one, other, chance.randint(1, 6), "words", True)))
        there: list[Node] = [self._listed() for _ in range(chance.choice((1, 1, 2, 2, 3)))]
        if chance.random() < 0.5:
            there = list(chance.choice(self._shared))
        if chance.random() < 0.2:
            there.append(self._condition())
        gone = [self._listed() for _ in range(chance.choice((0, 1, 1, 2)))]
        if chance.random() < 0.2:
            gone.append(self._place(1))
        return conj([*there, *(Not(each) for each in gone)])

    def _listed(self) -> Node:
        return disj(self._chance.sample(_WORDS, self._chance.choice(LISTED)))

    def _any(self, depth: int) -> Node:
        make: tuple[Callable[[int], Node], ...] = (
            self._place,
            self._all,
            self._all,
            self._either,
            lambda _: self._condition(),
            lambda deep: In(self._chance.choice(("title", "text")), self._in_field(deep)),
        )
        return self._chance.choice(make)(depth)

    def _all(self, depth: int) -> Node:
        if not depth:
            return self._place(0)
        items = [self._any(depth - 1) for _ in range(self._chance.randint(1, 3))]
        gone = [_negated(self._any(depth - 1)) for _ in range(self._chance.randint(0, 2))]
        return conj([*items, *gone])

    def _either(self, depth: int) -> Node:
        if not depth:
            return self._listed()
        items = [self._any(depth - 1) for _ in range(self._chance.randint(2, 4))]
        if self._chance.random() < 0.2:
            items.append(_negated(self._any(depth - 1)))
        return disj(items)

    def _in_field(self, depth: int) -> Node:
        """What may stand in a field: no other field, no condition beside the text."""
        chance = self._chance
        if not depth or chance.random() < 0.5:
            return self._place(depth)
        items = [self._in_field(depth - 1) for _ in range(2)]
        if chance.random() < 0.3:
            items.append(_negated(self._in_field(depth - 1)))
        return chance.choice((conj, disj))(items)

    def _condition(self) -> Node:
        chance = self._chance
        if chance.random() < 0.3:
            return chance.choice((Facet("army", "ru"), Facet("stage", "verdict")))
        found = [meta(*pair) for pair in chance.sample(_METAS, chance.choice((1, 1, 2)))]
        return disj(each for each in found if isinstance(each, Meta))

    def _place(self, depth: int) -> Node:
        """What has places in a text: all that may stand beside NEAR."""
        chance = self._chance
        if depth and chance.random() < 0.4:
            return self._near(depth)
        if depth and chance.random() < 0.2:
            return disj(self._place(depth - 1) for _ in range(chance.randint(2, 4)))
        make: tuple[Callable[[], Node], ...] = (
            self._listed,
            self._listed,
            lambda: chance.choice(_WORDS),
            lambda: Phrase(tuple(chance.choices(_WORDS, k=chance.choice((2, 2, 3))))),
            lambda: parse("@" + chance.choice(list(GROUPS)), GROUPS).root,
            lambda: Entity(chance.choice(_PATTERNS)),
            lambda: Regex(chance.choice(_REGEXES), chance.random() < 0.5),
        )
        return chance.choice(make)()

    def _near(self, depth: int) -> Node:
        unit = self._chance.choice(_UNITS)
        distance = self._chance.randint(1, 6) if unit == "words" else 0
        left, right = self._place(depth - 1), self._place(depth - 1)
        if self._chance.random() < 0.3:
            return NotNear(left, right, distance, unit)
        return Near(left, right, distance, unit, self._chance.random() < 0.4)


def _negated(node: Node) -> Node:
    return node if isinstance(node, Not) else Not(node)


def edges_of(node: Node) -> Iterator[tuple[str, str]]:
    """What stands directly in what, by the names of the nodes; groups are not looked into."""
    for child in _children(node):
        yield type(node).__name__, type(child).__name__
        yield from edges_of(child)


def _children(node: Node) -> tuple[Node, ...]:
    match node:
        case And() | Or():
            return node.items
        case Near() | NotNear():
            return node.left, node.right
        case Not() | In():
            return (node.item,)
        case Phrase():
            return node.words
        case Group() | Word() | Entity() | Regex() | Facet() | Meta():
            return ()


def listed_of(node: Node) -> Iterator[tuple[str, int]]:
    """How many words the lists have that an AND asks for, and those that it excludes."""
    for item in node.items if isinstance(node, And) else (node,):
        inner = item.item if isinstance(item, Not) else item
        words = inner.items if isinstance(inner, Or) else (inner,)
        if all(isinstance(word, Word) for word in words):
            yield "excluded" if isinstance(item, Not) else "required", len(words)
