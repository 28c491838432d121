"""Which word groups of the packs a word belongs to: looked up once for each kind of word.

The packs' groups say what a word can be (a soldier, a refusal, a cellar) as lists that
filters share. A score needs to know it of every word of a passage. So each group is a term
of the filters' (`filters.terms`), which every form is looked up for anyway, and what a
form's terms say of groups is kept as bits. Phrases of a group are found where their first
word stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias, TypeVar

from filters.analysis import Analyser, Analysis, Cut, spellings_of
from filters.nodes import Group, Node, Or, Phrase, Word
from filters.packs import query_of
from filters.terms import Terms

__all__ = ["Classes", "Meeting", "Said"]

_MAX_FORMS_CACHED: Final = 20_000
_SHORTEST_PREFIX: Final = 3
_Row: TypeAlias = frozenset[int]


@dataclass(frozen=True, slots=True)
class Said:
    """What a form's terms say, as bits: its groups, and those in whose phrases it may stand
    first and second."""

    bits: int
    begun: int
    second: int


_K = TypeVar("_K")
_T = TypeVar("_T")
# Phrases of two words, and the rest of longer ones, each with the number of its group.
_Begun: TypeAlias = tuple[tuple[tuple[int, int], ...], tuple[tuple[tuple[Word, ...], int], ...]]


class _Kept(dict[_K, _T]):
    """What is worked out of a form's terms, kept; few kinds of forms differ in their terms."""

    def __init__(self, work_out: Callable[[_K], _T]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, row: _K) -> _T:
        if len(self) >= _MAX_FORMS_CACHED:
            self.clear()
        found = self[row] = self._work_out(row)
        return found


class Classes:
    """The groups by word form. `numbers` gives each group's number, by its name."""

    def __init__(
        self,
        analyser: Analyser,
        groups: Mapping[str, str],
        names: Iterable[str],
        terms: Terms | None = None,
    ) -> None:
        """`groups` are the packs' texts; `names` those to know of. Parses them once. `terms`
        are those of the filters that texts are matched with before they are asked of here."""
        self._analyser = analyser
        self._terms = Terms(analyser) if terms is None else terms
        self.names: tuple[str, ...] = tuple(names)
        self.numbers: Mapping[str, int] = {name: at for at, name in enumerate(self.names)}
        # Of each phrase: first key -> second key -> the phrase, its group.
        self._phrases: dict[str, dict[str, list[tuple[tuple[Word, ...], int]]]] = {}
        self._group_of: dict[int, int] = {}  # term -> groups, as bits
        # The same of groups in whose phrases a term stands first, and second.
        self._begun_by: dict[int, int] = {}
        self._second_of: dict[int, int] = {}
        self._said = _Kept(self.said_by)
        self._named = _Kept(self._names_of)
        self._keys: dict[Cut, tuple[str, ...]] = {}
        self._keys_of_words: dict[Word, frozenset[str]] = {}
        self._begun: dict[tuple[Cut, Cut], _Begun] = {}
        self._longest = 0
        for number, name in enumerate(self.names):
            self._learn([*_flat(query_of(f"@{name}", groups).root)], number)

    def bits(self, names: Iterable[str]) -> int:
        """Some groups, by name, as bits."""
        return sum(1 << self.numbers[name] for name in names)

    def of(self, analysis: Analysis) -> list[frozenset[str]]:
        """The groups of each word of an item, by name, those of its phrases included."""
        said = list(map(self._said.__getitem__, self.rows(analysis)))
        bits = [each.bits for each in said]
        for at, (one, other) in enumerate(pairwise(said)):
            if one.begun & other.second:
                for length, number in self.phrases_at(analysis.cuts, at):
                    for place in range(at, at + length):
                        bits[place] |= 1 << number
        return list(map(self._named.__getitem__, bits))

    def _names_of(self, bits: int) -> frozenset[str]:
        return frozenset(name for at, name in enumerate(self.names) if bits & 1 << at)

    def rows(self, analysis: Analysis) -> Sequence[_Row]:
        """The terms of each word, as matching has left them."""
        rows = analysis.rows.get(self._terms)
        return rows or list(map(self._terms.forms.__getitem__, analysis.cuts))

    def said_by(self, row: _Row) -> Said:
        """What a form's terms say."""
        bits = begun = second = 0
        for term in row:
            bits |= self._group_of.get(term, 0)
            begun |= self._begun_by.get(term, 0)
            second |= self._second_of.get(term, 0)
        return Said(bits, begun, second)

    def phrases_at(self, cuts: Sequence[Cut], at: int) -> Iterator[tuple[int, int]]:
        """The phrases that begin at a word: how many words each has, the number of its group."""
        pair = cuts[at], cuts[at + 1]
        begun = self._begun.get(pair)
        if begun is None:
            if len(self._begun) >= _MAX_FORMS_CACHED:
                self._begun.clear()
            begun = self._begun[pair] = self._begun_with(*pair)
        whole, longer = begun
        yield from whole
        for rest, number in longer:
            if self._stands(rest, cuts, at + 2):
                yield 2 + len(rest), number

    def _begun_with(self, one: Cut, two: Cut) -> _Begun:
        """The phrases of two words that these are, and those that they begin."""
        whole: dict[tuple[int, int], None] = {}
        longer: dict[tuple[tuple[Word, ...], int], None] = {}
        following = self._keys_of(two)
        for key in self._keys_of(one):
            seconds = self._phrases.get(key)
            if not seconds:
                continue
            for second in following:
                for words, number in seconds.get(second, ()):
                    if len(words) == 2:
                        whole[2, number] = None
                    else:
                        longer[words[2:], number] = None
        return tuple(whole), tuple(longer)

    def _keys_of(self, cut: Cut) -> tuple[str, ...]:
        """All keys that a word of a phrase may be found by, beginnings too."""
        known = self._keys.get(cut)
        if known is None:
            if len(self._keys) >= _MAX_FORMS_CACHED:
                self._keys.clear()
            norm = spellings_of(cut)[1]
            longest = min(len(norm), self._longest)
            starts = ("*" + norm[:end] for end in range(_SHORTEST_PREFIX, longest + 1))
            known = self._keys[cut] = (*self._analyser.token_keys(cut), *starts)
        return known

    def _stands(self, words: Sequence[Word], cuts: Sequence[Cut], at: int) -> bool:
        return at + len(words) <= len(cuts) and all(
            self._is(word, cuts[at + offset]) for offset, word in enumerate(words)
        )

    def _is(self, word: Word, cut: Cut) -> bool:
        if word.mode == "prefix":
            return spellings_of(cut)[1].startswith(word.text)
        keys = self._keys_of_words.get(word)
        if keys is None:
            keys = self._keys_of_words[word] = frozenset(self._analyser.word_keys(word))
        return not keys.isdisjoint(self._analyser.token_keys(cut))

    def _learn(self, nodes: Sequence[Node], number: int) -> None:
        alone: set[str] = set()
        first: set[str] = set()
        second: set[str] = set()
        for node in nodes:
            if isinstance(node, Word):
                alone |= self._terms.of_word(node)
            elif isinstance(node, Phrase):
                self._learn_phrase(node.words, number)
                first |= self._terms.of_word(node.words[0])
                second |= self._terms.of_word(node.words[1])
        for keys, groups in (
            (alone, self._group_of),
            (first, self._begun_by),
            (second, self._second_of),
        ):
            if keys:
                term = self._terms.intern(frozenset(keys))
                self._terms.hold(term)
                groups[term] = groups.get(term, 0) | 1 << number

    def _learn_phrase(self, words: tuple[Word, ...], number: int) -> None:
        one, two, *_ = words
        seconds = self._terms.of_word(two)
        for key in self._terms.of_word(one):
            known = self._phrases.setdefault(key, {})
            for second in seconds:
                known.setdefault(second, []).append((words, number))
        for word in words[:2]:
            if word.mode == "prefix":
                self._longest = max(self._longest, len(word.text))


_ONE, _ONE_FIRST, _ONE_SECOND, _OTHER, _OTHER_FIRST, _OTHER_SECOND = (1 << n for n in range(6))
_ALL_MARKS: Final = range(1 << 6)


def _any_of(mark: int) -> str:
    """A class of bytes that have a mark."""
    return "[" + "".join(f"\\x{byte:02x}" for byte in _ALL_MARKS if byte & mark) + "]"


class Meeting:
    """Where words of two sets of groups stand, found by patterns over one byte a word."""

    # Of each set: a word of it, and the first of two words that may begin one of its phrases.
    _PATTERNS: Final = tuple(
        (
            re.compile(_any_of(mark).encode()),
            re.compile(f"{_any_of(first)}(?={_any_of(second)})".encode()),
        )
        for mark, first, second in (
            (_ONE, _ONE_FIRST, _ONE_SECOND),
            (_OTHER, _OTHER_FIRST, _OTHER_SECOND),
        )
    )

    def __init__(self, classes: Classes, one: Iterable[str], other: Iterable[str]) -> None:
        """Of the groups of these names."""
        self._classes = classes
        self._bits = classes.bits(one), classes.bits(other)
        self._marks = _Kept(self._mark)

    def places(self, analysis: Analysis) -> tuple[dict[int, bool], dict[int, bool]]:
        """Where words of each set stand, by number, with whether a word is of the set by
        itself or only as part of a phrase. Both are empty where one is."""
        marks = bytes(map(self._marks.__getitem__, self._classes.rows(analysis)))
        found: list[dict[int, bool]] = []
        for bits, (alone, begun) in zip(self._bits, self._PATTERNS, strict=True):
            places = {each.start(): True for each in alone.finditer(marks)}
            for each in begun.finditer(marks):
                at = each.start()
                for length, number in self._classes.phrases_at(analysis.cuts, at):
                    if bits & 1 << number:
                        for place in range(at, at + length):
                            places.setdefault(place, False)
            if not places:
                return {}, {}
            found.append(places)
        one, other = found
        return one, other

    def _mark(self, row: _Row) -> int:
        said = self._classes.said_by(row)
        mark = 0
        for at, bits in enumerate(self._bits):
            for nth, having in enumerate((said.bits, said.begun, said.second)):
                mark |= bool(having & bits) << (3 * at + nth)
        return mark


def _flat(node: Node) -> Iterable[Node]:
    """The words and phrases of a group; what is nearer to one another is left to filters."""
    if isinstance(node, Group):
        yield from _flat(node.item)
    elif isinstance(node, Or):
        for item in node.items:
            yield from _flat(item)
    else:
        yield node
