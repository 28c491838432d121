"""What a passage is like, as numbered features for the score: words, groups, roles, filters.

A feature is a text hashed to a number (`filters.feature_numbers`); none is kept as text, so the
weights fit a plain array. Two kinds: `plain` ones count as they are, `grams`
(words, pairs of words, letters) share one unit of length, so that a long sentence does not
outweigh a short one by its length alone.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from filters.analysis import Analysis, Cut, spellings_of
from filters.classes import Classes
from filters.document import TEXT, TITLE, Span
from filters.feature_numbers import BESIDE, BITS, CONTEXT, gram_number, number
from filters.frames import Scene, frames, leaves, may_follow
from filters.grammar import Grammar
from filters.roles import ARMIES, CLEARLY, FINDING, TELLING, TELLS, Word, is_predicate, roles
from filters.roles.fiction import is_made_up, may_be_made_up

__all__ = ["Around", "Featurer", "Features", "Sentence", "sentences_of"]

_MOST_COUNTED: Final = 6
_MAX_FORMS_CACHED: Final = 30_000
_SHORTEST_GRAM: Final = 3
_LONGEST_GRAM: Final = 5
# Groups whose meeting in one passage says more than each by itself.
_MEETING: Final = (
    "soldier", "serviceman", "refuse", "refuse_plain", "refuse_firm", "refuse_else", "fight",
    "fight_strict", "order", "disobey", "leave", "flee", "post", "post_strict", "not_return",
    "leave_place", "hide", "away", "unlawfully", "injure", "wound", "limb", "self", "feign",
    "illness", "avoid", "hold", "hurt", "refuser", "kin", "draft", "evade", "commander", "legal",
    "mil_law", "other_refusal", "homeward", "lost", "unfit", "fraud", "called_up", "border_run",
)  # fmt: skip
# Groups of which one names somebody who serves, or is to.
_SERVING: Final = frozenset(
    ("soldier", "serviceman", "serving", "in_the_ranks", "commander", "draft", "called_up",
     "man_of_war")
)  # fmt: skip
# Titles of what is no report: an opinion, a quiz, an hour of everything.
_ASIDE: Final = re.compile(
    r"editorial|opinions?|letters|quiz|podcast|briefing|newsletter|live|column|cartoon|obituary|archive|"
    r"колонк\w*|мнени\w*|лекци\w*|выставк\w*|викторин\w*|музе\w*|подкаст\w*|думк\w*|лекці\w*|вистав\w*|музе\w*",
    re.IGNORECASE,
)
_OLD: Final = re.compile(r"1[0-9]{3}|200\d|201[0-3]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as a passage: its place, its words by number (`first` to before `last`)."""

    span: Span
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Around:
    """What touches a sentence and what stands about it: the filters that touch it with their
    topics, the topics of those that only touch other sentences of its entry, and by word
    numbers (first to before last) its entry and its neighbours; what sentences before it leave
    (`filters.frames`)."""

    fired: Mapping[str, str]
    elsewhere: Collection[str]
    entry: tuple[int, int]
    neighbours: tuple[int, int]
    left: frozenset[str] = frozenset()


@dataclass(slots=True)
class Features:
    """The features of one passage, as numbers below 2 ** BITS."""

    plain: list[int] = field(default_factory=list)
    grams: list[int] = field(default_factory=list)
    tells: frozenset[str] = frozenset()
    """The topics of which grammar says that one who serves does what they are about."""
    clear: frozenset[str] = frozenset()
    """Those of them of which nobody else and nothing else may be meant."""
    is_found: bool = False
    """Whether grammar finds a deed of a topic, whoever does it: the score says if it is theirs."""
    leaves: frozenset[str] = frozenset()
    """What it leaves for the sentences behind it (`filters.frames`)."""


@dataclass(frozen=True, slots=True)
class _Form:
    norm: str
    lemma: int
    grams: Sequence[int]  # an array: a tenth of a tuple's memory
    marks: tuple[str, ...]  # the features that it has by itself
    is_army: bool


_FINDING: Final = frozenset("r=" + mark for mark in FINDING)
_FICTIONAL: Final = "m=fiction"
_NO_REPORT: Final = "m=aside"
_BY_ITSELF: Final = (("m=old", _OLD), (_NO_REPORT, _ASIDE))


def _marks_of(norm: str) -> tuple[tuple[str, ...], bool]:
    """The features that a word has by itself, and whether it names an army."""
    marks = tuple(mark for mark, pattern in _BY_ITSELF if pattern.fullmatch(norm))
    return marks, ARMIES.match(norm) is not None


def sentences_of(analysis: Analysis) -> list[Sentence]:
    """The sentences of an item in order, the title's first."""
    return [Sentence(*each) for each in analysis.sentences()]


class Featurer:
    """Makes features. One for a process; it keeps what it learnt of each word form."""

    def __init__(self, classes: Classes, grammar: Grammar, asking: Collection[str] = ()) -> None:
        """`asking` are the keys of filters that ask for words outside the sentence they touch."""
        self._asking = frozenset(asking)
        self._classes = classes
        self._grammar = grammar
        self._forms: dict[Cut, _Form] = {}
        self._numbers: dict[str, int] = {}

    def classes_of(self, analysis: Analysis) -> list[frozenset[str]]:
        """The groups of each word of an item, by name."""
        return self._classes.of(analysis)

    @property
    def classes(self) -> Classes:
        """What says which groups a word belongs to."""
        return self._classes

    def features(
        self,
        analysis: Analysis,
        sentence: Sentence,
        classes: Sequence[frozenset[str]],
        around: Around,
    ) -> Features:
        """The features of a sentence of an item whose words have these groups."""
        made = Features()
        self._grams(analysis, sentence, made)
        plain = dict.fromkeys(self._plain(analysis, sentence, classes, around, made))
        made.is_found = not _FINDING.isdisjoint(plain)
        known = self._numbers
        for text in plain:
            found = known.get(text)
            if found is None:
                if len(known) >= _MAX_FORMS_CACHED:
                    known.clear()
                found = known[text] = number(text)
            made.plain.append(found)
        return made

    def may_follow(
        self,
        analysis: Analysis,
        sentence: Sentence,
        classes: Sequence[frozenset[str]],
        left: Collection[str],
    ) -> bool:
        """Whether a sentence may tell what ends what sentences before it `left` open."""
        words = self._words(analysis, sentence, classes)
        return may_follow(Scene(words, self._grammar, before=left))

    def _grams(self, analysis: Analysis, sentence: Sentence, made: Features) -> None:
        seen: dict[int, None] = {}
        before = 0
        for cut in analysis.cuts[sentence.first : sentence.last]:
            form = self._form(analysis, cut)
            if not form.lemma:
                before = 0
                continue
            seen[form.lemma] = None
            seen[(before * 31 + form.lemma * 17 + 7) % (1 << BITS)] = None
            seen.update(dict.fromkeys(form.grams))
            before = form.lemma
        made.grams.extend(seen)

    def grams_of(self, analysis: Analysis, at: int) -> tuple[int, ...]:
        """The grams that one word of an item has by itself."""
        form = self._form(analysis, analysis.cuts[at])
        return (form.lemma, *form.grams) if form.lemma else ()

    def _form(self, analysis: Analysis, cut: Cut) -> _Form:
        known = self._forms.get(cut)
        if known is None:
            if len(self._forms) >= _MAX_FORMS_CACHED:
                self._forms.clear()
            norm = spellings_of(cut)[1]
            if is_predicate(norm):
                # Who refused and what tells, the verb by itself does not: no grams of it.
                known = self._forms[cut] = _Form(norm, 0, (), *_marks_of(norm))
                return known
            lemmas = analysis.analyser.morphology.lemmas(norm)
            word = "#" if norm.isdigit() else f"_{norm}_"
            grams = {
                gram_number("g" + word[at : at + size])
                for size in range(_SHORTEST_GRAM, _LONGEST_GRAM + 1)
                for at in range(len(word) - size + 1)
            }
            lemma = gram_number("w" + (lemmas[0] if lemmas else word))
            known = self._forms[cut] = _Form(
                norm, lemma, array("I", sorted(grams)), *_marks_of(norm)
            )
        return known

    def _plain(
        self,
        analysis: Analysis,
        sentence: Sentence,
        classes: Sequence[frozenset[str]],
        around: Around,
        made: Features,
    ) -> Iterator[str]:
        """The features as texts; says in `made` which topics grammar tells of, and what the
        sentence leaves for those behind it."""
        yield "bias"
        topics = list(around.fired.values())
        for key in around.fired:
            yield ("e=" if key in self._asking else "f=") + key
        # That there are so many, not how many there are: a filter more takes nothing away.
        for topic in set(topics):
            for count in range(1, min(4, topics.count(topic)) + 1):
                yield f"n={topic}:{count}"
        for count in range(1, min(_MOST_COUNTED, len(topics)) + 1):
            yield f"n={count}"
        for topic in around.elsewhere:
            yield "o=" + topic
        yield from self._of_groups(sentence, classes)
        yield from self._of_context(analysis, sentence, classes, around)
        words = self._words(analysis, sentence, classes)
        above = self._above(analysis, sentence, classes, around)
        yield from self._of_grammar(words, above, around, made)
        forms = [self._form(analysis, cut) for cut in analysis.cuts[sentence.first : sentence.last]]
        for form in forms:
            yield from form.marks
        yield f"len={min(8, len(words) // 6)}"
        if not made.tells and not any(form.is_army for form in forms):
            yield from self._of_nobody(analysis, sentence, classes, around)

    def _above(
        self,
        analysis: Analysis,
        sentence: Sentence,
        classes: Sequence[frozenset[str]],
        around: Around,
    ) -> frozenset[str] | None:
        """The groups of the sentence before; None where that one tells of fiction."""
        first = around.neighbours[0]
        if self._is_made_up(analysis, first, sentence.first):
            return None
        return frozenset[str]().union(*classes[first : sentence.first])

    def _of_grammar(
        self,
        words: Sequence[Word],
        above: frozenset[str] | None,
        around: Around,
        made: Features,
    ) -> Iterator[str]:
        """What grammar says of a sentence; in `made` the topics that it tells of by itself and
        what it leaves for the sentences behind it."""
        tells: dict[str, bool] = {}  # each with whether it is told clearly
        last = ""
        for mark in roles(words, self._grammar, above or frozenset()):
            if mark == TELLS:
                tells.setdefault(TELLING[last], False)
            if mark == CLEARLY:
                tells[TELLING[last]] = True
                continue
            yield "r=" + mark
            if mark == "m:fiction":
                yield _FICTIONAL
            last = mark if mark != TELLS else last
        if tells and self._asking.issuperset(around.fired):
            yield f"r={TELLS} alone"  # no filter touches this sentence by its own words
        own = {topic for key, topic in around.fired.items() if key not in self._asking}
        scene = Scene(words, self._grammar, own.union(tells), around.left)
        for mark, topics in frames(scene):
            yield "r=" + mark
            if topics and (above is not None or mark.startswith("x:")):
                for topic in topics:
                    tells.setdefault(topic, False)
                yield "r=" + mark[0] + ":frame tells"
        made.tells = frozenset(tells)
        made.clear = frozenset(topic for topic in tells if tells[topic])
        made.leaves = leaves(scene, tells)

    def _of_nobody(
        self,
        analysis: Analysis,
        sentence: Sentence,
        classes: Sequence[frozenset[str]],
        around: Around,
    ) -> Iterator[str]:
        """That nobody serves in the sentence, in its neighbours, nor anywhere in its entry."""
        first, last = around.neighbours
        if any(not _SERVING.isdisjoint(each) for each in classes[sentence.first : sentence.last]):
            return
        yield "m=nobody serves"
        if any(not _SERVING.isdisjoint(each) for each in classes[first:last]):
            return
        yield "m=nobody serves beside"
        first, last = around.entry
        named = (*classes[: analysis.title_count], *classes[first:last])
        if not any("army" in each for each in named):
            yield "m=no army"

    def _of_groups(self, sentence: Sentence, classes: Sequence[frozenset[str]]) -> Iterator[str]:
        places: dict[str, list[int]] = {}
        for at in range(sentence.first, sentence.last):
            for name in classes[at]:
                places.setdefault(name, []).append(at)
        for name in places:
            yield "c=" + name
        meeting = [name for name in _MEETING if name in places]
        for left, name in enumerate(meeting):
            for other in meeting[left + 1 :]:
                yield f"p={name}~{other}"
                if _are_near(places[name], places[other]):
                    yield f"q={name}~{other}"

    def _of_context(
        self,
        analysis: Analysis,
        sentence: Sentence,
        classes: Sequence[frozenset[str]],
        around: Around,
    ) -> Iterator[str]:
        if sentence.span.field != TITLE and analysis.title_count:
            above = frozenset[str]().union(*classes[: analysis.title_count])
            cuts = analysis.cuts[: analysis.title_count]
            title = [self._form(analysis, cut).marks for cut in cuts]
            if self._is_made_up(analysis, 0, analysis.title_count):
                yield "m=fiction above"
            if any(_NO_REPORT in marks for marks in title):
                yield "m=aside above"
            for name in CONTEXT:
                if name in above:
                    yield "t=" + name
        first, last = around.entry
        rest = frozenset[str]().union(
            *classes[first : sentence.first], *classes[sentence.last : last]
        )
        for name in CONTEXT:
            if name in rest:
                yield "a=" + name
        first, last = around.neighbours
        beside = frozenset[str]().union(
            *classes[first : sentence.first], *classes[sentence.last : last]
        )
        for name in BESIDE:
            if name in beside:
                yield "b=" + name

    def _is_made_up(self, analysis: Analysis, first: int, last: int) -> bool:
        """Whether words (first to before last) of one field tell of a film, a novel, a game."""
        cuts = analysis.cuts[first:last]
        if not any(may_be_made_up(self._form(analysis, cut).norm) for cut in cuts):
            return False
        field = TITLE if first < analysis.title_count else TEXT
        start = analysis.place(analysis.position(first))[0]
        sentence = Sentence(Span(field, start, start), first, last)
        return is_made_up(self._words(analysis, sentence, [frozenset()] * last))

    def _words(
        self, analysis: Analysis, sentence: Sentence, classes: Sequence[frozenset[str]]
    ) -> list[Word]:
        text = analysis.document.field(sentence.span.field)
        words: list[Word] = []
        upto = sentence.span.start
        for at in range(sentence.first, sentence.last):
            start, end = analysis.place(analysis.position(at))
            form = self._form(analysis, analysis.cuts[at])
            capital = text[start : start + 1].isupper() and at > sentence.first
            words.append(Word(form.norm, classes[at], text[upto:start], capital))
            upto = end
        return words


def _are_near(left: Sequence[int], right: Sequence[int]) -> bool:
    """Whether two groups stand within six words, by different words."""
    return any(0 < abs(a - b) <= 6 for a in left for b in right)
