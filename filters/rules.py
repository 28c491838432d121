r"""Rules made of many words and phrases, tried only where a word of the text may begin one.

As regular expressions a dozen rules of a hundred alternatives cost some 200 µs a post,
nearly all of it to find nothing. So each form is asked once, when it is first seen, which
alternatives it may begin (`filters.prefilter`), and a text of forms seen before costs one
look-up a word. What the alternatives mean is still said by Python's engine, tried at the
few words that are left. Where such a word is as common as «в», another that the
alternative surely needs further on must be in the text too.
"""

from __future__ import annotations

import re
import threading
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Final, cast

from filters.analysis import Analysis, Cut, as_written
from filters.entities.windows import lazy
from filters.prefilter import RUN, Openings, alternatives, later, opening, runs

__all__ = ["Rule", "RuleText", "Rules"]

_MAX_FORMS_CACHED: Final = 40_000  # forms
# Words so common that a text will have them, whatever it is about.
_COMMON: Final = """
в во у на с со з із из від за до по о об от про к як как что що не и і й та а но так для при под
через между против без это он она они мы все его ее их был было
the a an of in on to for by from with as at is was be that it he his they and or not into
лет год года годы ст ч
1 5 10 100 2024
"""


@dataclass(frozen=True, slots=True)
class Rule:
    """Words and phrases that say the same. Made by `Rules.add`."""

    number: int
    sources: tuple[str, ...]

    @property
    def patterns(self) -> list[str]:
        """The alternatives one by one: where several match at a place, the first of them does."""
        return [each + r"(?!\w)" for source in self.sources for each in alternatives(source)]


@dataclass(frozen=True, slots=True)
class _Word:
    """What a form may begin: where inside the form, the number of the rule and of the pattern,
    and a bit that stands for what the pattern needs further on (1: nothing). `asks` are all
    these bits, `has` those that the form itself stands for."""

    begins: tuple[tuple[int, int, int, int], ...]
    asks: int
    has: int


class Rules(dict[Cut, "_Word | None"]):
    """Rules, and what each form ever seen may begin of them. Add all before the first look."""

    def __init__(self) -> None:
        super().__init__()
        self._rules: list[Rule] = []
        self.patterns: list[re.Pattern[str]] = []
        self._known: list[tuple[int, int]] = []  # rule and needed bit of each pattern
        self._openings: Openings | None = None
        self._further: Openings | None = None
        self._lock = threading.Lock()

    def add(self, *sources: str) -> Rule:
        """A rule of alternatives, each whole words in any case. None may begin with a sign."""
        rule = Rule(len(self._rules), sources)
        self._rules.append(rule)
        return rule

    def __missing__(self, cut: Cut) -> _Word | None:
        with self._lock:
            if self._openings is None:
                self._build()
            if len(self) >= _MAX_FORMS_CACHED:
                self.clear()
            found = self[cut] = self._learn(as_written(cut))
        return found

    def of(self, text: str) -> RuleText:
        """A text with one е and one apostrophe, as the rules see it."""
        found = list(RUN.finditer(text)) if text else []
        words = list(map(self.__getitem__, [run[0] for run in found]))
        pairs = compress(zip(found, words, strict=True), words)
        hot = cast("list[tuple[int, _Word]]", [(run.start(), word) for run, word in pairs])
        has = _any(hot)
        return RuleText(self.patterns, text, _live(hot, has), has)

    def of_analysis(self, text: str, analysis: Analysis, shift: int) -> RuleText:
        """The same of a text whose words are cut: it is the title's, that of `shift` letters
        up to the text, and the text's."""
        if not analysis.is_coded or "''" in text:
            return self.of(text)
        words = list(map(self.__getitem__, analysis.cuts))
        hot = cast("list[tuple[int, _Word]]", list(compress(enumerate(words), words)))
        joined = self._joined(text) if "_" in text else []
        has = _any(hot) | _any([(start, word) for start, _, word in joined])
        live = _live(hot, has)
        if not live and not joined:
            return RuleText(self.patterns, text, (), has)
        titles = analysis.title_count
        starts = analysis.starts([number for number, _ in live])
        placed = [
            (start if number < titles else start + shift, word)
            for start, (number, word) in zip(starts, live, strict=True)
        ]
        if joined:
            # In order, so the one that could hold a word is the last that starts before it.
            begun = [start for start, _, _ in joined]
            placed = [
                (at, word)
                for at, word in placed
                if not (last := bisect_right(begun, at)) or at >= joined[last - 1][1]
            ]
            placed += _live([(start, word) for start, _, word in joined], has)
            placed.sort(key=_start)
        return RuleText(self.patterns, text, placed, has)

    def _joined(self, text: str) -> list[tuple[int, int, _Word]]:
        """Words that hold "_", a letter to patterns though it parts words as they are cut."""
        found: list[tuple[int, int, _Word]] = []
        at = text.find("_")
        while at >= 0:
            start = at
            while start and (text[start - 1].isalnum() or text[start - 1] == "'"):
                start -= 1
            run = RUN.search(text, start)
            assert run is not None
            found.append((run.start(), run.end(), self[run[0]] or _NO_WORD))
            at = text.find("_", run.end())
        return found

    def _build(self) -> None:
        sources = [(rule.number, source) for rule in self._rules for source in rule.patterns]
        derived = [(opening(source), later(source)) for _, source in sources]
        openings = Openings(begins for begins, _ in derived)
        common = {number for word in _COMMON.split() for number in openings.of(word)}
        further: dict[str, int] = {}
        for number, (rule, source) in enumerate(sources):
            word = derived[number][1]
            if word is not None and word.startswith(".*") and number not in common:
                word = None  # what may stand anywhere in a word takes longer to look for
            bit = 1 if word is None else further.setdefault(word, 2 << len(further))
            self._known.append((rule, bit))
            self.patterns.append(lazy(source, re.IGNORECASE))
        self._further = Openings(further)
        self._openings = openings

    def _learn(self, form: str) -> _Word | None:
        assert self._openings is not None
        assert self._further is not None
        begins: list[tuple[int, int, int, int]] = []
        has = 0
        for inside, word in runs(form):
            has |= sum(2 << number for number in self._further.of(word))
            begins += [
                (inside, self._known[number][0], number, self._known[number][1])
                for number in self._openings.of(word)
            ]
        asks = 0
        for *_, bit in begins:
            asks |= bit
        return _Word(tuple(begins), asks, has) if asks or has else None


_NO_WORD: Final = _Word((), 0, 0)


def _start(placed: tuple[int, _Word]) -> int:
    return placed[0]


def _any(hot: Sequence[tuple[int, _Word]]) -> int:
    """What further words a text has."""
    has = 1
    for _, word in hot:
        has |= word.has
    return has


def _live(hot: Sequence[tuple[int, _Word]], has: int) -> list[tuple[int, _Word]]:
    return [(at, word) for at, word in hot if word.asks & has]


class RuleText:
    """A text as rules see it: where which of them may match, and what they match."""

    __slots__ = ("_has", "_may", "_patterns", "_words", "text")

    def __init__(
        self,
        patterns: Sequence[re.Pattern[str]],
        text: str,
        words: Sequence[tuple[int, _Word]],
        has: int,
    ) -> None:
        """`words` begin at these places, in order; `has` is what further words there are."""
        self.text = text
        self._patterns = patterns
        self._words = words
        self._has = has
        self._may: dict[int, list[tuple[int, int]]] = {}
        may = self._may
        for start, word in words:
            for inside, rule, pattern, bit in word.begins:
                if bit & has:
                    may.setdefault(rule, []).append((start + inside, pattern))

    def part(self, start: int, end: int) -> RuleText:
        """A stretch of it that begins and ends with whole words, as `Rules.of` has it."""
        words = [(at - start, word) for at, word in self._words if start <= at < end]
        return RuleText(self._patterns, self.text[start:end], words, self._has)

    def starts(self, rule: Rule) -> list[int]:
        """Where a match of the rule may begin, in order."""
        return list(dict.fromkeys(start for start, _ in self._may.get(rule.number, ())))

    def finditer(self, rule: Rule) -> Iterator[re.Match[str]]:
        """What `finditer` gives of a pattern of all the rule's alternatives."""
        upto = 0
        for start, number in self._may.get(rule.number, ()):
            if start >= upto:
                found = self._patterns[number].match(self.text, start)
                if found:
                    yield found
                    upto = found.end()

    def has_any(self, rules: Collection[int]) -> bool:
        """Whether any of the rules, by number, may match."""
        return not self._may.keys().isdisjoint(rules)

    def first(
        self, rule: Rule, most: int, unless: Callable[[re.Match[str]], bool] | None = None
    ) -> tuple[str, ...]:
        """The first different words that the rule finds, but those of which `unless` is true."""
        if rule.number not in self._may:
            return ()
        words: dict[str, None] = {}
        for found in self.finditer(rule):
            if unless is not None and unless(found):
                continue
            words[found[0]] = None
            if len(words) == most:
                break
        return tuple(words)

    @property
    def is_empty(self) -> bool:
        """Whether no rule can match anything here."""
        return not self._may

    def without(self, rule: Rule) -> str | None:
        """The text with what the rule finds made spaces; None where it finds nothing."""
        pieces: list[str] = []
        upto = 0
        for found in self.finditer(rule):
            pieces += self.text[upto : found.start()], " "
            upto = found.end()
        return "".join((*pieces, self.text[upto:])) if pieces else None
