"""What a text says to the filters: which matched, its topics and reports, whom it names, its facts.

Which filters matched is known at once. All else is worked out when first asked for, since few
texts match.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from filters.analysis import Analysis
from filters.document import Span
from filters.entities import Entity, EntityMention
from filters.entries import Entry, entries
from filters.facets import Facets
from filters.facts import Fact, facts_of
from filters.hits import Hit, hit_of, shifted
from filters.index import Matches
from filters.judging import Judge, Judgement, Match
from filters.score import Certainty

__all__ = ["Reading", "Report"]


@dataclass(frozen=True, slots=True)
class Report:
    """What an item tells of one event: the whole item, or an entry of a roundup, from `start`
    to before `end` of its text. `matches` are its topics, the strongest first."""

    start: int
    end: int
    matches: tuple[Match, ...]

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics it surely asserts, the strongest first."""
        return tuple(match.topic for match in self.matches if match.certainty == "sure")


class Reading:
    """What a text says to the filters. Which matched is known; what they touch, whom the
    text names, how sure that is and its facets are worked out when first asked for, since
    few texts match.

    A set of filters changed meanwhile changes nothing in it. `settle` works out all.
    """

    def __init__(
        self,
        analysis: Analysis,
        matched: Matches,
        topic_of: Mapping[str, str],
        judge: Judge | None = None,
        known: Mapping[str, Entity] | None = None,
        *,
        parts: Sequence[tuple[Entry, Analysis, Matches]] = (),
    ) -> None:
        """`parts`: of a roundup each entry, read as a text of its own."""
        self._known = known or {}
        self._analysis = analysis
        self._matched = matched
        self._parts = parts
        self._touched = bool(matched) or any(found for _, _, found in parts)
        self._topic_of = topic_of
        self._judge = judge

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reading) and self._told() == other._told()

    def __hash__(self) -> int:
        return hash(self.topics)

    def __repr__(self) -> str:
        return f"Reading({', '.join(map(repr, self._told()))})"

    @property
    def matched(self) -> bool:
        """Whether any topic is asserted, surely or possibly."""
        return self.is_looked_at and bool(self.matches)

    @cached_property
    def is_looked_at(self) -> bool:
        """Whether a filter matched, or what stands in the text is worth asking the score."""
        return self._touched or (
            self._judge is not None
            and self._judge.passages.is_worth_a_look(
                self._analysis,
                self._matched.known,
                [(analysis, found.known) for _, analysis, found in self._parts],
            )
        )

    @cached_property
    def fired(self) -> tuple[Hit, ...]:
        """Every filter that matched, whatever the score makes of it, sorted by key.

        Of a roundup once for each entry in which it matches; once for all where it takes
        words from several, or from the heading.
        """
        if not self._touched:
            return ()
        whole = self._hits(self._matched, self._analysis)
        if not self._parts:
            return tuple(whole)
        apart = [
            shifted(hit, entry.body)
            for entry, analysis, found in self._parts
            for hit in self._hits(found, analysis)
        ]
        told = {hit.key for hit in apart}
        hits = [*apart, *(hit for hit in whole if hit.key not in told)]
        return tuple(sorted(hits, key=lambda hit: hit.key))

    def _hits(self, found: Matches, analysis: Analysis) -> list[Hit]:
        topic_of = self._topic_of
        return [hit_of(hit, topic_of.get(hit.key, ""), analysis) for hit in found]

    @cached_property
    def hits(self) -> tuple[Hit, ...]:
        """The filters that matched where their topic is surely or possibly asserted."""
        told = {key for match in self.matches for key in match.filters}
        return tuple(hit for hit in self.fired if hit.key in told)

    @cached_property
    def topics(self) -> tuple[str, ...]:
        """The topics surely asserted, the strongest first."""
        return self._of("sure")

    @cached_property
    def possible(self) -> tuple[str, ...]:
        """The topics possibly asserted and nowhere surely, the likeliest first."""
        return tuple(topic for topic in self._of("possible") if topic not in self.topics)

    @property
    def caught(self) -> tuple[str, ...]:
        """The topics of all filters that matched, sorted: what they say without the score."""
        keys = {*self._matched.keys, *(key for *_, found in self._parts for key in found.keys)}
        return tuple(sorted({self._topic_of.get(key, "") for key in keys}))

    @cached_property
    def scores(self) -> Mapping[str, float]:
        """How likely each topic is asserted, where anything spoke for one; 0 to 1."""
        scores: dict[str, float] = {}
        for (_, topic), (score, _) in self._judgement.scored.items():
            scores[topic] = max(score, scores.get(topic, 0.0))
        for match in self.matches:
            scores[match.topic] = max(match.score, scores.get(match.topic, 0.0))
        return scores

    @cached_property
    def reports(self) -> tuple[Report, ...]:
        """The item's reports in order, those that assert nothing too; one for most texts."""
        return tuple(
            Report(
                entry.start,
                entry.end,
                tuple(match for match in self.matches if match.entry == number),
            )
            for number, entry in enumerate(self.entries)
        )

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The entries of its text: several of a roundup, one of any other text."""
        document = self._analysis.document
        return entries(document.title, document.text)

    @cached_property
    def matches(self) -> tuple[Match, ...]:
        """The topics surely or possibly asserted, by report; the strongest of an item first."""
        return self._judgement.matches if self.is_looked_at else ()

    @cached_property
    def _judgement(self) -> Judgement:
        return Judgement(self._analysis, self.entries, self.fired, self._judge, self._topic_of)

    @cached_property
    def entities(self) -> tuple[EntityMention, ...]:
        """Everyone and everything known that the text names, in the order of the text."""
        return cast("tuple[EntityMention, ...]", self._analysis.mentions)

    @cached_property
    def facets(self) -> Facets:
        """Whose army, which stage, which era: those of the strongest match; of a text that
        matched nothing nothing is told."""
        return self.matches[0].facets if self.matches else Facets()

    @cached_property
    def facts(self) -> Mapping[Span, tuple[Fact, ...]]:
        """By the sentence of a hit or the passage of a match, what it says of its event."""
        document = self._analysis.document
        return {
            sentence: facts_of(document, self.entities, sentence, self._known)
            for sentence in dict.fromkeys(
                (*(hit.sentence for hit in self.hits), *(match.passage for match in self.matches))
            )
        }

    @property
    def failed(self) -> tuple[str, ...]:
        """Keys of filters that raised: the others still matched."""
        every = (self._matched, *(found for *_, found in self._parts))
        return tuple(dict.fromkeys(failure.key for each in every for failure in each.failures))

    def settle(self) -> Reading:
        """Works out all that is not yet, so that asking costs nothing and raises nothing."""
        self._told()
        _ = self.facts
        return self

    def _told(self) -> tuple[object, ...]:
        return self.hits, self.matches, self.topics, self.entities, self.facets, self.failed

    def _of(self, certainty: Certainty) -> tuple[str, ...]:
        return tuple(dict.fromkeys(m.topic for m in self.matches if m.certainty == certainty))
