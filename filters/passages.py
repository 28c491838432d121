"""The passages of an item that may assert a topic: sentences that a filter touches, and
those where a soldier meets a trace of a topic.

A match lives in a passage. What makes a word unambiguous may come from its neighbours, the
title or the rest of its entry, as features; the event itself may not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from filters.analysis import Analysis
from filters.classes import Meeting
from filters.document import TITLE, Span
from filters.entries import Entry
from filters.explain import Known, matches
from filters.features import Around, Featurer, Features, Sentence, sentences_of
from filters.nodes import Query
from filters.score import Scorer

__all__ = ["PROBE", "MatchedFilter", "Passage", "Passages"]

_MIN_LETTERS_NAMED: Final = 4  # letters of a word worth naming
_MAX_PASSAGES_SCORED: Final = (
    16  # passages of one item that are scored, those with most filters first
)
_WHO: Final = (
    "soldier", "serviceman", "serving", "fighters", "in_the_ranks", "in_service", "serves",
    "commander", "army_itself", "draft", "called_up", "man_of_war", "perhaps_man_of_war",
    "asks_out", "refuser",
)  # fmt: skip
_FOLLOWED: Final = 3  # sentences behind one of refusers in which a punishment is theirs
_TRACES: Final = (
    "refuse", "refuse_plain", "refuse_firm", "disobey", "wont", "wont_he", "said_no",
    "will_not_obey", "flee", "hide", "not_return", "unlawfully", "injure", "feign", "maim",
    "pressed", "evade", "vanish", "out_of_the_war", "taken_away", "refusing", "leave",
    "defiance", "limb", "illness", "hold", "hurt", "refuser",
    "asks_out",
)  # fmt: skip
PROBE: Final = (
    f"({', '.join('@' + name for name in _WHO)}) NEAR/s "
    f"({', '.join('@' + name for name in _TRACES)})"
)
"""The query that finds what a score should look at though no filter of a topic does."""


class MatchedFilter(Protocol):
    """A filter that matched, as far as passages need to know of it."""

    @property
    def key(self) -> str: ...
    @property
    def topic(self) -> str: ...
    @property
    def spans(self) -> Sequence[Span]: ...


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence that may assert a topic: the number of its entry, the filters that touch it
    with their topics, its features."""

    span: Span
    entry: int
    fired: Mapping[str, str]
    features: Features


class Passages:
    """Finds the passages of items. One for a process."""

    def __init__(self, featurer: Featurer, probe: Query) -> None:
        """`probe` is PROBE, read with the packs' groups."""
        self._featurer = featurer
        self._probe = probe
        self._meeting = Meeting(featurer.classes, _WHO, _TRACES)

    def is_worth_a_look(
        self,
        analysis: Analysis,
        known: Known | None = None,
        parts: Sequence[tuple[Analysis, Known | None]] = (),
    ) -> bool:
        """Whether a soldier and a trace of a topic stand in one sentence, as PROBE asks.

        Most texts are told by which groups their words can be of at all, nearly all others
        by where these words stand; only where phrases decide is the query itself asked. `parts`
        are the entries of a roundup, read as texts of their own; of each text it is `known` what
        matching has found.
        """
        who, traces = self._meeting.places(analysis)
        if not who:
            return False
        beside: dict[int, list[int]] = {}
        for at in traces:
            beside.setdefault(analysis.sentence_of(analysis.position(at)), []).append(at)
        is_doubtful = False
        for at, alone in who.items():
            for other in beside.get(analysis.sentence_of(analysis.position(at)), ()):
                if alone and traces[other] and at != other:
                    return True
                is_doubtful = True
        if not is_doubtful:
            return False
        texts = ((analysis, known), *parts)
        return any(matches(self._probe, each, found) for each, found in texts)

    def find(
        self,
        analysis: Analysis,
        cut: Sequence[Entry],
        hits: Sequence[MatchedFilter],
        *,
        everywhere: bool = False,
    ) -> list[Passage]:
        """The passages of an item, in order; `cut` are its entries. `everywhere` takes every
        sentence, whatever stands in it: for training on reports that no filter finds."""
        sentences = sentences_of(analysis)
        if not sentences:
            return []
        classes = self._featurer.classes_of(analysis)
        fired = _fired(analysis, sentences, hits)
        chosen = [
            at
            for at, sentence in enumerate(sentences)
            if everywhere or fired[at] or _is_trace(classes[sentence.first : sentence.last])
        ]
        if len(chosen) > _MAX_PASSAGES_SCORED:
            chosen = sorted(
                sorted(chosen, key=lambda at: (-len(fired[at]), at))[:_MAX_PASSAGES_SCORED]
            )
        of_entry = [_entry_of(sentence, cut) for sentence in sentences]
        wanted = set(chosen)
        passages: list[Passage] = []
        left: dict[int, frozenset[str]] = {}
        for at, sentence in enumerate(sentences):
            near = [each for each in range(at - _FOLLOWED, at) if each in left]
            before = frozenset[str]().union(
                *(left[each] for each in near if of_entry[each] == of_entry[at])
            )
            # «Их держат в яме», right behind one of refusers, which neither filter nor trace finds
            if at not in wanted and not (
                before and self._featurer.may_follow(analysis, sentence, classes, before)
            ):
                continue
            around = _around(at, sentences, fired, of_entry, before)
            features = self._featurer.features(analysis, sentence, classes, around)
            left[at] = features.leaves
            passages.append(Passage(sentence.span, of_entry[at], fired[at], features))
        return passages

    def weigh(self, analysis: Analysis, span: Span, topic: str, scorer: Scorer) -> list[Span]:
        """The words of a passage that speak for a topic, the weightiest first."""
        first, last = analysis.positions_of(span.field, span.start, span.end) or (0, -1)
        weights: list[tuple[int, Span]] = []
        for at in range(analysis.number(first), analysis.number(last) + 1 if last >= 0 else 0):
            weight = scorer.gram_weight(topic, self._featurer.grams_of(analysis, at))
            if weight > 0 and len(analysis.surfaces[at]) >= _MIN_LETTERS_NAMED:
                position = analysis.position(at)
                weights.append((-weight, analysis.span(position, position)))
        return [place for _, place in sorted(weights)]


def _around(
    at: int,
    sentences: Sequence[Sentence],
    fired: Sequence[Mapping[str, str]],
    of_entry: Sequence[int],
    left: frozenset[str],
) -> Around:
    """What stands about a sentence, in its own entry only."""
    same = [other for other, entry in enumerate(of_entry) if entry == of_entry[at]]
    before = at - 1 if at - 1 in same else at
    behind = at + 1 if at + 1 in same else at
    return Around(
        fired=fired[at],
        elsewhere={topic for other in same if other != at for topic in fired[other].values()},
        entry=(sentences[same[0]].first, sentences[same[-1]].last),
        neighbours=(sentences[before].first, sentences[behind].last),
        left=left,
    )


def _fired(
    analysis: Analysis, sentences: Sequence[Sentence], hits: Sequence[MatchedFilter]
) -> list[dict[str, str]]:
    """The filters that touch each sentence, with their topics."""
    numbers = {(s.span.field, s.span.start): at for at, s in enumerate(sentences)}
    fired: list[dict[str, str]] = [{} for _ in sentences]
    for hit in hits:
        for span in hit.spans:
            place = analysis.sentence_at(span.field, span.start)
            at = numbers.get((place.field, place.start))
            if at is not None:
                fired[at][hit.key] = hit.topic
    return fired


def _is_trace(classes: Sequence[frozenset[str]]) -> bool:
    found = frozenset[str]().union(*classes)
    return not found.isdisjoint(_WHO) and not found.isdisjoint(_TRACES)


def _entry_of(sentence: Sentence, cut: Sequence[Entry]) -> int:
    """The entry a sentence belongs to; a title and a heading are the first one's."""
    if len(cut) == 1 or sentence.span.field == TITLE:
        return 0
    for number, entry in enumerate(cut):
        if sentence.span.start < entry.end:
            return number
    return len(cut) - 1
