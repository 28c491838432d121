"""No regular expression of ours can be made to run for ever by the text it reads.

Strangers write what we read. Where a repeated part can read the same letters in two ways, a
text of forty letters is tried in 2 ** 40 ways before it is refused (Weideman et al., "Analyzing
matching time behavior of backtracking regular expression matchers", CIAA 2016: exponential
degree of ambiguity). Each expression is read as an automaton of places; from each place of a
repeated part, two walks over the same letters must not both come back.
"""

from __future__ import annotations

import ast
import importlib
import re
import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOMS = ("bot", "filters")
ROOT = Path(__file__).parent.parent
# One letter of each kind that an expression may tell apart, beside those it names.
LETTERS = "aZяЯїґ07_ \t\n\u00a0.,:;!?-–—+*/\\|()[]{}<>«»\"'’“”@#$%&=~^`…•€\u0301\u200d🔹☎"
MOST_PLACES = 3_000
_COMPOSED = re.compile(r"\b(?:rf|fr)[\"']")
_REPEATED = re.compile(r"\)(?:[*+]|\{\{?\d*,)")  # a single letter repeated is read in one way

Letters = frozenset[str]


@dataclass(slots=True)
class Part:
    """Places where a part begins and ends, and whether it may be empty."""

    first: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)
    empty: bool = True


class Automaton:
    """Glushkov's automaton of an expression: a place a letter, and what may follow each."""

    def __init__(self, pattern: re.Pattern[str] | str, flags: int = 0) -> None:
        with warnings.catch_warnings(action="ignore"):  # texts that are no expressions
            tree = parser.parse(pattern, flags)
        self.flags = tree.state.flags
        self.letters: list[Letters] = []
        self.after: dict[int, Counter[int]] = defaultdict(Counter)  # in how many ways
        self.greedy: dict[int, Letters] = {}  # a place that gives nothing back: what it swallows
        self.looped: set[int] = set()
        self.alphabet = frozenset(LETTERS) | _named(tree)
        self.known: dict[str, Letters] = {}
        self.part(tree)

    def place(self, letters: Letters) -> Part:
        if not letters:
            return Part([], [], empty=False)
        self.letters.append(letters)
        number = len(self.letters) - 1
        return Part([number], [number], empty=False)

    def part(self, nodes: Iterable[tuple[Any, Any]]) -> Part:
        whole = Part()
        for kind, value in nodes:
            whole = self.joined(whole, self.node(kind, value))
        return whole

    def joined(self, one: Part, two: Part) -> Part:
        for end in one.last:
            self.after[end].update(two.first)
        return Part(
            one.first + two.first * one.empty,
            two.last + one.last * two.empty,
            one.empty and two.empty,
        )

    def node(self, kind: Any, value: Any) -> Part:
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            return self.repeated(*value, gives_back=kind is not op.POSSESSIVE_REPEAT)
        if kind is op.SUBPATTERN:
            return self.part(value[3])
        if kind is op.ATOMIC_GROUP:
            return self.part(value)
        if kind is op.BRANCH:
            ways = [self.part(way) for way in value[1]]
            return Part(
                [place for way in ways for place in way.first],
                [place for way in ways for place in way.last],
                any(way.empty for way in ways),
            )
        if kind is op.GROUPREF_EXISTS:
            return self.node(op.BRANCH, (None, [value[1], value[2] or []]))
        if kind in (op.AT, op.ASSERT, op.ASSERT_NOT, op.GROUPREF):
            return Part()
        return self.place(self.read(kind, value))

    def repeated(self, fewest: int, most: int, body: Any, *, gives_back: bool) -> Part:
        start = len(self.letters)
        part = self.part(body)
        single = len(self.letters) == start + 1
        # Of longer parts that give nothing back, no walk is tried again in another way.
        if most > 20 and (gives_back or single):
            for end in part.last:
                self.after[end].update(part.first)
            self.looped.update(range(start, len(self.letters)))
        if not gives_back and single:
            self.greedy[start] = self.letters[start]
        return Part(part.first, part.last, part.empty or fewest == 0)

    def read(self, kind: Any, value: Any) -> Letters:
        """The letters of our alphabet that a node of one letter reads."""
        source = {
            op.LITERAL: lambda: re.escape(chr(value)),
            op.NOT_LITERAL: lambda: f"[^{re.escape(chr(value))}]",
            op.ANY: lambda: ".",
            op.IN: lambda: _class(value),
        }[kind]()
        if source not in self.known:
            one = re.compile(source, self.flags & (re.I | re.S | re.A))
            self.known[source] = frozenset(filter(one.fullmatch, self.alphabet))
        return self.known[source]

    def ambiguous(self) -> str:
        """Letters after which two walks have come back to where they parted, or ""."""
        starts = [start for start in self.looped if self.after[start].total() > 1]
        return next(filter(None, map(self._two_walks, starts)), "")

    def _steps(self, place: int) -> Iterator[tuple[int, Letters, int]]:
        """What may follow a place, by which letters, in how many ways."""
        swallowed = self.greedy.get(place, frozenset())
        for after, ways in self.after[place].items():
            if after == place and swallowed:
                yield after, self.letters[after], 1
            else:
                yield after, self.letters[after] - swallowed, ways

    def _two_walks(self, start: int) -> str:
        seen = {(start, start, False)}
        waiting = [(start, start, False, "")]
        while waiting:
            one, two, parted, text = waiting.pop()
            for left, letters, ways in self._steps(one):
                for right, others, _ in self._steps(two):
                    shared = letters & others
                    now_parted = parted or left != right or (one == two and ways > 1)
                    state = (left, right, now_parted)
                    if not shared or state in seen:
                        continue
                    if left == right == start and now_parted:
                        return text + min(shared)
                    seen.add(state)
                    waiting.append((*state, text + min(shared)))
        return ""


def _named(tree: Any) -> Letters:
    """The letters that an expression names, and one of each range."""
    found: set[str] = set()
    for kind, value in tree:
        if kind in (op.LITERAL, op.NOT_LITERAL):
            found.add(chr(value))
        elif kind is op.RANGE:
            found.update((chr(value[0]), chr(value[1])))
        elif isinstance(value, (list, parser.SubPattern)):
            found |= _named(value)
        elif isinstance(value, tuple):
            for inner in value:
                if isinstance(inner, parser.SubPattern):
                    found |= _named(inner)
                elif isinstance(inner, list):
                    for way in inner:
                        found |= _named(way)
    return frozenset(found)


def _class(items: Any) -> str:
    names = {
        op.CATEGORY_DIGIT: r"\d",
        op.CATEGORY_NOT_DIGIT: r"\D",
        op.CATEGORY_SPACE: r"\s",
        op.CATEGORY_NOT_SPACE: r"\S",
        op.CATEGORY_WORD: r"\w",
        op.CATEGORY_NOT_WORD: r"\W",
    }
    told = ""
    for kind, value in items:
        if kind is op.NEGATE:
            told += "^"
        elif kind is op.LITERAL:
            told += re.escape(chr(value))
        elif kind is op.RANGE:
            told += f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
        else:
            told += names[value]
    return f"[{told}]"


def _written() -> Iterator[tuple[str, str]]:
    """Each expression that stands in the code as it is, and where."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            code = path.read_text(encoding="utf-8")
            for node in ast.walk(ast.parse(code)) if _REPEATED.search(code) else ():
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    text = node.value
                    yield text, f"{path.relative_to(ROOT)}:{node.lineno}"
                elif isinstance(node, ast.JoinedStr):
                    text = "".join(
                        part.value if isinstance(part, ast.Constant) else "x"
                        for part in node.values
                    )
                    yield text, f"{path.relative_to(ROOT)}:{node.lineno}"
            if _COMPOSED.search(code):
                name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
                for said, value in vars(importlib.import_module(name)).items():
                    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                        yield value.pattern, f"{name}.{said}"


def _automaton(text: str) -> Automaton | None:
    try:
        found = Automaton(text)
    except (re.error, OverflowError, RecursionError, KeyError):
        return None
    return found if len(found.letters) <= MOST_PLACES else None


def test_no_expression_reads_a_text_in_exponentially_many_ways() -> None:
    """Every text of the code that can be an expression is tried as one."""
    tried = {text: where for text, where in _written() if _REPEATED.search(text)}
    bad = [
        f"{where}: {text[:80]!r} reads {walk!r} in two ways"
        for text, where in tried.items()
        if (automaton := _automaton(text)) is not None and (walk := automaton.ambiguous())
    ]
    assert len(tried) > 80
    assert not bad, "\n".join(bad)


@pytest.mark.parametrize(
    ("pattern", "hangs"),
    [
        (r"(?:\s*!?\w+)+\s*", True),
        (r"(?:\s*!?\w++)+\s*", False),
        (r"(\d+)(?:\s*[-.,_\s]\s*|,\s*)*(\d{4})", True),
        (r"(?:\s+|<.*?>)*", True),
        (r"(ab|\wb)*c", True),
        (r"(a|b)*c", False),
        (r"(?:a+b)*", False),
        (r"(?:a*)*b", True),
        (r"(?:a+)*+b", False),
        (r"\w+(?:[’ʼ]\w+)*", True),  # the second is a letter
        (r"\w++(?:[’ʼ]\w++)*", False),
        (r"(?:\w+[ ,]{1,2})*\.", False),
        (r"(?:\w+[ ,]{0,2})*\.", True),
    ],
)
def test_the_search_tells_those_that_hang(pattern: str, hangs: bool) -> None:
    assert bool(Automaton(pattern).ambiguous()) is hangs
