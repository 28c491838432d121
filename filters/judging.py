"""What the reports of a text assert: filters find passages, the score says how sure it is.

A filter that people here wrote is believed as it is. Of the packs' filters the score decides,
passage by passage, with what answers have taught; what neither a filter nor grammar has found
is possible at most.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, NamedTuple, TypeAlias

from filters.analysis import Analysis
from filters.document import TEXT, TITLE, Span
from filters.entries import Entry
from filters.facets import Facets, facets_at, read_of
from filters.hits import Hit
from filters.learning import Judged, Learned
from filters.passages import Passage, Passages
from filters.rules import RuleText
from filters.score import ALSO, Certainty, Scorer
from filters.shares import shares

__all__ = ["Judge", "Judgement", "Match"]

_WEIGHTY: Final = 3  # words named of a match
_AS_CLEAR: Final = 0.05  # by how much less a sentence may say so than the title does


@dataclass(frozen=True, slots=True)
class Match:
    """A topic that a report asserts, surely or possibly.

    `passage` is the sentence that says so most clearly, `score` how likely it does, `facets`
    its own, `filters` the keys of those that matched there (none where only the score found
    it) and `words` those of the passage that weighed most. `entry` is its report's number.
    """

    topic: str
    certainty: Certainty
    score: float
    passage: Span
    facets: Facets
    filters: tuple[str, ...]
    words: tuple[Span, ...]
    entry: int


@dataclass(frozen=True, slots=True)
class Judge:
    """What judges passages: how to find them, how to score them; the filters whose word is
    not taken for it (the packs'), and those of them that only name an article of law; what
    the answers of people here have taught."""

    passages: Passages
    scorer: Scorer
    scored: frozenset[str]
    legal: frozenset[str]
    learned: Learned = field(default_factory=Learned)
    off: frozenset[str] = frozenset()  # topics that nothing is sought of
    trial: frozenset[str] = frozenset()  # own filters whose word is not taken for it yet


_Firing: TypeAlias = Mapping[tuple[int, str], Sequence[Hit]]


class _Told(NamedTuple):
    """A topic that a report asserts, before its facets are asked for; `keys` are its filters."""

    entry: int
    topic: str
    certainty: Certainty
    score: float
    span: Span
    keys: tuple[str, ...]


class Judgement:
    """What each report of one text asserts, worked out when first asked for."""

    def __init__(
        self,
        analysis: Analysis,
        cut: Sequence[Entry],
        fired: Sequence[Hit],
        judge: Judge | None,
        topic_of: Mapping[str, str],
    ) -> None:
        """`cut` are the text's reports, `fired` the filters that matched; without a judge each
        filter is believed. `topic_of` gives the topic of each filter by its key."""
        self._analysis = analysis
        self._cut = cut
        self._fired = fired
        self._judge = judge
        self._topic_of = topic_of
        self._chances_of: dict[Span, Mapping[str, float]] = {}
        self._shares: dict[int, Mapping[str, Sequence[Span]]] = {}

    @cached_property
    def matches(self) -> tuple[Match, ...]:
        """The topics surely or possibly asserted, by report; the strongest of an item first."""
        found = self._decide()
        told: dict[int, list[str]] = {}
        for each in found:
            told.setdefault(each.entry, []).append(each.topic)
        matches = [
            Match(
                topic=each.topic,
                certainty=each.certainty,
                score=round(each.score, 3),
                passage=each.span,
                facets=self._facets_of(each.entry, each.topic, each.span, told[each.entry]),
                filters=each.keys,
                words=self._weighty(each.topic, each.span),
                entry=each.entry,
            )
            for each in found
        ]
        return tuple(sorted(matches, key=self._strength))

    @cached_property
    def scored(self) -> Mapping[tuple[int, str], tuple[float, Passage]]:
        """The likeliest passage of each report for each topic."""
        best: dict[tuple[int, str], tuple[float, Passage]] = {}
        if self._judge is None:
            return best
        for passage in self._passages:
            for topic in self._judge.scorer.topics:
                if topic in self._judge.off:
                    continue
                score = self._chances(passage)[topic]
                known = best.get((passage.entry, topic))
                if known is None or score > known[0]:
                    best[passage.entry, topic] = score, passage
                elif _tells_more(passage, known[1]) and score > known[0] - _AS_CLEAR:
                    best[passage.entry, topic] = known[0], passage
        return best

    def certainty(self, match: Judged, passage: Passage) -> Certainty:
        """What the likelihood of a match in a passage means. What neither a filter nor grammar
        has found is never sure, nor what the score says of a topic whose pack filters are all
        off."""
        assert self._judge is not None
        tells = passage.features.tells
        is_clear = match.topic in passage.features.clear
        match = replace(match, tells=match.topic in tells, clear=is_clear)
        certainty = self._judge.learned.certainty(match, self._judge.scorer.thresholds[match.topic])
        is_found = bool(tells) or passage.features.is_found
        is_found = is_found or not all(map(self._is_on_trial, passage.fired))
        is_sure = is_found and self._is_sought(match.topic)
        return certainty if certainty != "sure" or is_sure else "possible"

    def _decide(self) -> list[_Told]:
        """What each report asserts: what people's own filters find, then what the score says of
        the others, then what filters on trial find besides."""
        firing: dict[tuple[int, str], list[Hit]] = {}
        for hit in self._fired:
            firing.setdefault((self._entry_of(hit.sentence), hit.topic), []).append(hit)
        found = self._believed(firing)
        found += self._judged(firing, {(each.entry, each.topic) for each in found})
        found += self._tried(firing, {(each.entry, each.topic) for each in found})
        return found

    def _believed(self, firing: _Firing) -> list[_Told]:
        """What filters find that are believed as they are."""
        found = []
        for (entry, topic), hits in firing.items():
            first = next((hit for hit in hits if self._is_believed(hit.key)), None)
            if first is not None:
                found.append(_Told(entry, topic, "sure", 1.0, first.sentence, _keys(hits)))
        return found

    def _judged(self, firing: _Firing, settled: Collection[tuple[int, str]]) -> list[_Told]:
        """What the score makes of each report and topic that is not settled yet."""
        judged = {
            (entry, topic): self.certainty(
                Judged(topic, score, _keys(firing.get((entry, topic), ()))), passage
            )
            for (entry, topic), (score, passage) in self.scored.items()
        }
        certain = {entry for (entry, _), certainty in judged.items() if certainty == "sure"}
        filtered = {
            of for of, hits in firing.items() if not all(self._is_on_trial(hit.key) for hit in hits)
        }
        named = {  # a report of one is most often one of the other too
            (entry, topic)
            for (entry, topic), (score, _) in self.scored.items()
            if entry in certain and score >= ALSO and (entry, topic) in filtered
        }
        led = {entry for entry, _ in named}
        found = []
        for (entry, topic), (score, passage) in self.scored.items():
            certainty = "sure" if (entry, topic) in named else judged[entry, topic]
            is_told = (entry, topic) in filtered or topic in passage.features.tells
            if entry in led and not is_told:
                continue  # the report is told, and only its words are like this topic's
            if certainty != "no" and (entry, topic) not in settled:
                keys = _keys(firing.get((entry, topic), ()))
                found.append(_Told(entry, topic, certainty, score, passage.span, keys))
        return found

    def _tried(self, firing: _Firing, settled: Collection[tuple[int, str]]) -> list[_Told]:
        """What only filters on trial find: possible at most."""
        found = []
        for (entry, topic), hits in firing.items():
            if (entry, topic) not in settled and any(self._is_own(hit.key) for hit in hits):
                first = next(hit for hit in hits if self._is_on_trial(hit.key))
                found.append(_Told(entry, topic, "possible", 1.0, first.sentence, _keys(hits)))
        return found

    @cached_property
    def _passages(self) -> Sequence[Passage]:
        if self._judge is None:
            return ()
        scored = [hit for hit in self._fired if not self._is_own(hit.key)]
        return self._judge.passages.find(self._analysis, self._cut, scored)

    def _is_sought(self, topic: str) -> bool:
        """Whether a pack's filter of the topic is at work."""
        assert self._judge is not None
        return any(self._topic_of.get(key) == topic for key in self._judge.scored)

    def _is_own(self, key: str) -> bool:
        """Whether people here wrote the filter: it is believed as it is."""
        return self._judge is None or key not in self._judge.scored

    def _is_on_trial(self, key: str) -> bool:
        return self._judge is not None and key in self._judge.trial

    def _is_believed(self, key: str) -> bool:
        return self._is_own(key) and not self._is_on_trial(key)

    def _entry_of(self, span: Span) -> int:
        cut = self._cut
        if len(cut) == 1 or span.field == TITLE:
            return 0
        return next((n for n, entry in enumerate(cut) if span.start < entry.end), len(cut) - 1)

    def _facets_of(self, entry: int, topic: str, span: Span, told: Sequence[str]) -> Facets:
        """The facets of a topic told in an entry, maybe beside others."""
        told_by = [
            passage
            for passage in self._passages
            if passage.entry == entry and topic in passage.fired.values()
        ]
        telling = [passage.span for passage in told_by]
        whole = Span(TEXT, self._cut[entry].start, self._cut[entry].end)
        keys = {hit for each in self._passages for hit in each.fired if each.fired[hit] == topic}
        if len(told) == 1 or (keys and self._is_bare(keys)):
            return self._told_at((span, *telling), whole, topic)
        own = self._shares_of(entry, whole, told)[topic]
        if not own:  # nobody's: where a filter finds it, most likely
            likeliest = max(told_by, key=lambda each: self._chances(each)[topic], default=None)
            own = (likeliest.span if likeliest else span,)
        if all(each.field == TITLE for each in own):  # it speaks of all below it
            return self._told_at(own, whole, topic)
        return self._told_at(own, whole, topic, shared=True)

    def _told_at(
        self, own: Sequence[Span], whole: Span, topic: str, *, shared: bool = False
    ) -> Facets:
        read = self._read_for_facets
        return facets_at(self._analysis, own, whole, topic=topic, shared=shared, read=read)

    @cached_property
    def _read_for_facets(self) -> RuleText:
        return read_of(self._analysis)

    def _shares_of(
        self, entry: int, whole: Span, told: Sequence[str]
    ) -> Mapping[str, Sequence[Span]]:
        """Which part of an entry speaks of which topic told there; worked out once."""
        known = self._shares.get(entry)
        if known is None:
            passages = [
                (passage, self._chances(passage))
                for passage in self._passages
                if passage.entry == entry
            ]
            title = Span(TITLE, 0, len(self._analysis.document.title))
            known = self._shares[entry] = shares(told, passages, whole, title)
        return known

    def _chances(self, passage: Passage) -> Mapping[str, float]:
        """How likely a passage asserts each topic; worked out once."""
        assert self._judge is not None
        known = self._chances_of.get(passage.span)
        if known is None:
            letters = self._cut[passage.entry].end - self._cut[passage.entry].start
            known = self._judge.scorer.probabilities(passage.features, letters)
            self._chances_of[passage.span] = known
        return known

    def _weighty(self, topic: str, span: Span) -> tuple[Span, ...]:
        if self._judge is None or topic not in self._judge.scorer.topics:
            return ()
        weights = self._judge.passages.weigh(self._analysis, span, topic, self._judge.scorer)
        return tuple(sorted(weights[:_WEIGHTY]))

    def _is_bare(self, keys: Collection[str]) -> bool:
        """Whether filters only name an article of law: what they find is told by the rest."""
        return self._judge is not None and self._judge.legal.issuperset(keys)

    def _strength(self, match: Match) -> tuple[bool, bool, float, int, str]:
        """Sure before possible; a topic that only an article number names comes last."""
        bare = bool(match.filters) and self._is_bare(match.filters)
        return match.certainty != "sure", bare, -match.score, match.entry, match.topic


def _keys(hits: Sequence[Hit]) -> tuple[str, ...]:
    return tuple(hit.key for hit in hits)


def _tells_more(passage: Passage, other: Passage) -> bool:
    """Whether it is a sentence of the text and the other the title, which is shown anyway."""
    return bool(passage.fired) and passage.span.field == TEXT and other.span.field == TITLE
