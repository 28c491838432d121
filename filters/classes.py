"""Which word groups of the packs a word belongs to: looked up once for each form.

The packs' groups say what a word can be (a soldier, a refusal, a cellar) as lists that
filters share. A score needs to know it of every word of a passage, so the lists are turned
round: form -> groups. Phrases of a group are found where their first word stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from filters.analysis import Analyser, Cut, as_written
from filters.nodes import Group, Node, Or, Phrase, Word
from filters.normalize import normalize_word
from filters.packs import query_of

__all__ = ["Classes"]

_KEPT: Final = 20_000
_SHORTEST_PREFIX: Final = 3


class Classes:
    """The groups by word form. `numbers` gives each group's number, by its name."""

    def __init__(self, analyser: Analyser, groups: Mapping[str, str], names: Iterable[str]) -> None:
        """`groups` are the packs' texts; `names` those to know of. Parses them once."""
        self._analyser = analyser
        self.names: tuple[str, ...] = tuple(names)
        self.numbers: Mapping[str, int] = {name: at for at, name in enumerate(self.names)}
        self._by_key: dict[str, set[int]] = {}
        self._by_prefix: dict[str, set[int]] = {}
        self._phrases: dict[str, dict[str, list[tuple[tuple[Word, ...], int]]]] = {}
        self._kept: dict[Cut, tuple[frozenset[int], tuple[str, ...], tuple[str, ...]]] = {}
        for number, name in enumerate(self.names):
            for node in _flat(query_of(f"@{name}", groups).root):
                self._learn(node, number)
        self._longest = max(map(len, self._by_prefix), default=0)

    def of(self, cuts: Sequence[Cut]) -> list[set[int]]:
        """The groups of each word of a run of words, those of its phrases included."""
        found: list[set[int]] = []
        begun: list[tuple[int, str]] = []
        for at, cut in enumerate(cuts):
            groups, phrases, _ = self._of_form(cut)
            found.append(set(groups))
            begun += ((at, key) for key in phrases)
        for at, key in begun:
            if at + 1 == len(cuts):
                continue
            seconds = self._phrases[key]
            for second in self._of_form(cuts[at + 1])[2]:
                for words, number in seconds.get(second, ()):
                    if len(words) == 2 or self._stands(words, cuts, at):
                        for place in range(at, at + len(words)):
                            found[place].add(number)
        return found

    def _of_form(self, cut: Cut) -> tuple[frozenset[int], tuple[str, ...], tuple[str, ...]]:
        known = self._kept.get(cut)
        if known is None:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            known = self._kept[cut] = self._look_up(cut)
        return known

    def _look_up(self, cut: Cut) -> tuple[frozenset[int], tuple[str, ...], tuple[str, ...]]:
        norm = normalize_word(as_written(cut))
        keys = self._analyser.token_keys(cut)
        groups: set[int] = set()
        for key in keys:
            groups |= self._by_key.get(key, set())
        starts = [
            "*" + norm[:length]
            for length in range(_SHORTEST_PREFIX, min(len(norm), self._longest) + 1)
        ]
        for start in starts:
            groups |= self._by_prefix.get(start[1:], set())
        told = (*keys, *starts)
        return frozenset(groups), tuple(key for key in told if key in self._phrases), told

    def _stands(self, words: Sequence[Word], cuts: Sequence[Cut], at: int) -> bool:
        return at + len(words) <= len(cuts) and all(
            self._is(word, cuts[at + offset]) for offset, word in enumerate(words)
        )

    def _is(self, word: Word, cut: Cut) -> bool:
        if word.mode == "prefix":
            return normalize_word(as_written(cut)).startswith(word.text)
        return not set(self._analyser.word_keys(word)).isdisjoint(self._analyser.token_keys(cut))

    def _first_keys(self, word: Word) -> tuple[str, ...]:
        """The keys by which a word of a phrase is found."""
        return ("*" + word.text,) if word.mode == "prefix" else self._analyser.word_keys(word)

    def _learn(self, node: Node, number: int) -> None:
        if isinstance(node, Word):
            if node.mode == "prefix":
                self._by_prefix.setdefault(node.text, set()).add(number)
            else:
                for key in self._analyser.word_keys(node):
                    self._by_key.setdefault(key, set()).add(number)
        elif isinstance(node, Phrase):
            keys = self._first_keys(node.words[0])
            for key in keys:
                seconds = self._phrases.setdefault(key, {})
                for second in self._first_keys(node.words[1]):
                    seconds.setdefault(second, []).append((node.words, number))


def _flat(node: Node) -> Iterable[Node]:
    """The words and phrases of a group; what is nearer to one another is left to filters."""
    if isinstance(node, Group):
        yield from _flat(node.item)
    elif isinstance(node, Or):
        for item in node.items:
            yield from _flat(item)
    else:
        yield node
