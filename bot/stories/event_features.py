"""The features of the event that a report tells, spelt alike for three languages. Pure.

Names (people, places) are reduced to the consonants of their Latin spelling, without
endings: «Лосеву», «Лосєва» and "Losev" are all `lsv`. Numbers, terms, units, articles of
the law and dates are read in figures and in words. Other words become concepts where
`lexicon` knows them, else consonants too: Russian and Ukrainian share most of them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from itertools import chain
from typing import Final

from bot.stories.event_numbers import counts
from bot.stories.event_stages import stage_of
from bot.stories.event_words import FIGURES, Seen, seen
from bot.stories.lexicon import lexicon
from bot.stories.spelling import LINE_NOISE, MOST_LETTERS, WORD, language

__all__ = [
    "EventFeatures",
    "alike",
    "event_features",
    "feature_keys",
    "shared",
]


@dataclass(frozen=True)
class EventFeatures:
    """`names` are sure (within a sentence), `maybe` stand at the head of one.

    `people` are pairs of names side by side. `counts` are numbers by what is counted
    (`t72` a term in months, `u114` a unit, `l337` an article, `d14.5` a date, `p80` people,
    `w3` a Wednesday, `n80` people or anything else). `speakers` are names of those who hold an
    office and say something: a minister speaks of many things a day. `whole` is the text that
    was read.
    """

    names: frozenset[str]
    maybe: frozenset[str]
    people: frozenset[tuple[str, str]]
    counts: frozenset[str]
    concepts: frozenset[str]
    words: frozenset[str]
    speakers: frozenset[str] = frozenset()
    whole: str = field(default="", repr=False, compare=False)

    @cached_property
    def stage(self) -> str:
        """How far the case has come; only of reports that may be of one event is it asked."""
        return stage_of(self.whole)

    @cached_property
    def lang(self) -> str:
        return language(self.whole)

    @cached_property
    def any_names(self) -> frozenset[str]:
        return self.names | self.maybe

    @cached_property
    def details(self) -> frozenset[str]:
        """Concepts that distinguish cases."""
        return self.concepts & lexicon().detail.keys()

    @cached_property
    def setting(self) -> frozenset[str]:
        """Concepts that occur in every case."""
        return self.concepts - lexicon().detail.keys()

    @cached_property
    def deeds(self) -> frozenset[str]:
        """What it says was done."""
        return frozenset(deed for deed, of in lexicon().deeds.items() if of & self.concepts)

    @cached_property
    def shorter(self) -> frozenset[str]:
        """All names without their last letter, where enough stays."""
        return frozenset(name[:-1] for name in self.any_names if len(name) > 3)

    @cached_property
    def told(self) -> frozenset[str]:
        """Words and what they mean, without names and numbers."""
        return self.words | self.concepts

    @cached_property
    def bag(self) -> frozenset[str]:
        """All features together."""
        return frozenset(
            chain(
                self.words,
                (f"#{concept}" for concept in self.concepts),
                (f"@{name[:5]}" for name in self.any_names),
                (f"={count}" for count in self.counts),
            )
        )

    def likeness(self, other: EventFeatures) -> float:
        """The cosine of both feature sets, 0..1; being long does not make two texts alike."""
        if not self.bag or not other.bag:
            return 0.0
        return len(self.bag & other.bag) / math.sqrt(len(self.bag) * len(other.bag))

    def strangers(self, other: EventFeatures) -> frozenset[str]:
        """Sure names of this text that the other has in no form."""
        return self.names - shared(self.names, other)

    def of_kind(self, kind: str) -> frozenset[str]:
        return self._kinds.get(kind, frozenset())

    @cached_property
    def _kinds(self) -> dict[str, frozenset[str]]:
        kinds: dict[str, set[str]] = {}
        for count in self.counts:
            kinds.setdefault(count[0], set()).add(count)
        return {kind: frozenset(found) for kind, found in kinds.items()}


def alike(one: str, other: str) -> bool:
    """Whether two skeletons are one name: equal, or one has an ending more."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    return len(short) >= 3 and len(long) - len(short) <= 1 and long.startswith(short)


def shared(ours: frozenset[str], theirs: EventFeatures) -> frozenset[str]:
    """Those of our names that are `alike` one of theirs."""
    names, shorter = theirs.any_names, theirs.shorter
    return frozenset(
        name
        for name in ours
        if name in names
        or (len(name) > 2 and name in shorter)
        or (len(name) > 3 and name[:-1] in names)
    )


_SENTENCE_END: Final = re.compile(r"[.!?…\n:;»«\"“”•|—–]\s*[\W]*$")
_PATRONYMIC: Final = re.compile(
    r"\w{2,}(?:ович|евич|йович|овна|евна|івна|ївна)(?:[аеуіиы]|ем|ом|ой|ою)?"
)
_ADJECTIVAL: Final = re.compile(
    r"\w+(?:[сц]к(?:ий|ая|ое|ие|ого|ой|ому|ом|им|ую|их)|[сц]ьк\w{1,3})"
    r"|(?:южн|северн|восточн|западн|північн|південн|східн|західн|центральн|верховн|государственн|державн"
    r"|больш|нов|стар|нижн|верхн|велик|красн|черн|чорн|бел)(?:ый|ая|ое|ые|ий|ого|ой|ому|ом|ым|им|ую|ых|их|а|ої|ій|у|е)"
    r"|north\w*|south\w*|east\w*|west\w*|new|great|supreme|central|united"
)
# One name in two languages whose consonants differ.
_ONE_NAME: Final = {"mkl": "nkl", "mkt": "nkt", "aktrn": "ktrn"}


def event_features(title: str, text: str) -> EventFeatures:
    """Of an item's words, best without footers. Any text, never an error."""
    whole = f"{title}\n{text}" if title and not text.startswith(title) else text or title
    whole = LINE_NOISE.sub(" ", whole[:MOST_LETTERS]).replace("\u0301", "")
    tokens = list(WORD.finditer(whole))
    words = [seen(found[0]) for found in tokens]
    told = _Told(whole)
    for number, (found, word) in enumerate(zip(tokens, words, strict=True)):
        if word is not FIGURES:
            told.add(number, found, word)
    for name in told.names:
        told.maybe.pop(name, None)
    weekdays = (word.weekday for word in words if word.weekday)
    return EventFeatures(
        names=frozenset(told.names),
        maybe=frozenset(told.maybe),
        people=frozenset(told.people),
        counts=frozenset(chain(counts(whole, tokens, words), weekdays)),
        concepts=frozenset(told.concepts),
        words=frozenset(told.words),
        speakers=frozenset(_speakers(told.placed, frozenset(told.saying), frozenset(told.offices))),
        whole=whole,
    )


class _Told:
    """What the words of a text tell, added one after the other."""

    def __init__(self, whole: str) -> None:
        self.whole = whole
        self.common = lexicon().common
        self.names: dict[str, None] = {}
        self.maybe: dict[str, None] = {}
        self.people: set[tuple[str, str]] = set()
        self.concepts: set[str] = set()
        self.words: set[str] = set()
        self.placed: list[tuple[int, str]] = []
        self.saying: set[int] = set()
        self.offices: set[int] = set()
        self._last_name, self._last_end, self._pair = "", -1, ("", "")

    def add(self, number: int, found: re.Match[str], word: Seen) -> None:
        """The word that stands at that place in the text."""
        lower, (concept, _, says, holds) = word.plain, word.read
        if "-" in lower:  # «солдат-дезертир» is both
            self.concepts.update(
                filter(None, (seen(part).read[0] for part in lower.split("-") if part))
            )
        if says:
            self.saying.add(number)
        if holds:
            self.offices.add(number)
        if word.is_capitalised:
            self._add_capitalised(number, found, word)
            return
        self._last_name = ""
        if concept:
            self.concepts.add(concept)
        elif word.skeleton:
            self.words.add(word.skeleton)

    def _add_capitalised(self, number: int, found: re.Match[str], word: Seen) -> None:
        lower, concept, bare = word.plain, word.read.concept, word.skeleton
        gap = self.whole[self._last_end : found.start()] if self._last_end >= 0 else "x"
        beside = gap.strip() == "" and "\n" not in gap
        if concept and self._last_name and beside and lower not in self.common:
            concept = ""  # «Илья Ветров»
        if concept:
            self.concepts.add(concept)
        if concept or lower in self.common or len(lower) < 3:
            if lower not in self.common:
                self._last_name = ""
            return
        if len(bare) < 2:
            return
        if self._last_name and beside and _PATRONYMIC.fullmatch(lower):
            self._last_end = found.end()
            return
        self._add_name(number, found, bare, beside=beside)
        self._last_name = "" if _ADJECTIVAL.fullmatch(lower) else bare
        self._last_end = found.end()

    def _add_name(self, number: int, found: re.Match[str], bare: str, *, beside: bool) -> None:
        self.placed.append((number, bare))
        head = self.whole[max(0, found.start() - 6) : found.start()]
        at_head = number == 0 or bool(_SENTENCE_END.search(head))
        (self.maybe if at_head else self.names)[bare] = None
        if self._last_name and beside:
            self.people.discard(self._pair)  # of three the last two: «Матрос Семён Лыков»
            self._pair = (_ONE_NAME.get(self._last_name, self._last_name), bare)
            self.people.add(self._pair)
            self.names |= {self._last_name: None, bare: None}
        else:
            self._pair = ("", "")


def _speakers(
    placed: Iterable[tuple[int, str]], saying: frozenset[int], offices: frozenset[int]
) -> Iterator[str]:
    """Names with an office before them and a verb of saying beside them."""
    for number, name in placed:
        if not saying.isdisjoint(range(number - 5, number + 4)) and not offices.isdisjoint(
            range(number - 6, number)
        ):
            yield name


def feature_keys(of: EventFeatures) -> tuple[int, ...]:
    """Numbers of 63 bits under which reports of one event are looked up, at most 48.

    Names, numbers, and pairs of a name with a detail: half a million reports name Donetsk, but few
    name Donetsk and a hangar.
    """
    names = sorted(name[:5] for name in of.any_names if len(name) >= 3)
    details = sorted(of.details)
    spelt = [f"n:{name}" for name in names[:20]]
    spelt += sorted(f"c:{count}" for count in of.counts if count[0] in "uln" and len(count) > 2)[:8]
    # «Чита» is two consonants, which alone would find half of all texts.
    beside = names[:4] + sorted(name for name in of.any_names if len(name) == 2)[:2]
    spelt += [f"b:{name}+{detail}" for detail in details[:6] for name in beside][:14]
    spelt += [f"k:{a}+{b}" for n, a in enumerate(details) for b in details[n + 1 :]][:12]
    return tuple(
        int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "little") >> 1
        for key in spelt[:48]
    )
