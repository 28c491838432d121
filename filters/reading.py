"""Reading a text: the filters and topics that it matches, whom it names, whose army.

The facade of this library: packs, entities, facets and the set of filters in one
object. Pure: no clock, no I/O but package data; caches go in and out as bytes.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Final, cast

from filters.alternatives import alternatives
from filters.analysis import Analyser, Analysis
from filters.classes import Classes
from filters.document import TEXT, TITLE, Document, Span
from filters.entities import Entity, EntityMention, Gazetteer
from filters.entities.patterns import (
    find_patterns,
    may_name_offences,
    named_offences,
    settled,
)
from filters.entries import Entry, entries
from filters.explain import Explanation, matches
from filters.explain import spans as spans_of
from filters.facets import Facets, facets_at, facets_of
from filters.facts import Fact, facts_of
from filters.features import Featurer
from filters.grammar import Grammar
from filters.index import FilterHit as IndexHit
from filters.index import FilterSet, Matches
from filters.learning import Judged, Learned
from filters.nodes import And, Node, Not, Or, Query, excludes, reaches_far
from filters.packs import PackFilter, Topic, load_lemmas, load_packs, load_weights, query_of
from filters.passages import PROBE, Passage, Passages
from filters.score import ALSO, Certainty, Scorer, Thresholds
from filters.shares import shares

__all__ = ["Hit", "Match", "Reader", "Reading", "Report", "load_reader"]

# Known kinds of which some are taken away by what rules find: no places in courts' names.
_RULES: Final[Mapping[str, str]] = {"place": "court"}


_WEIGHTY: Final = 3  # words named of a match
_AS_CLEAR: Final = 0.05  # by how much less a sentence may say so than the title does


@dataclass(frozen=True, slots=True)
class Hit:
    """One filter that matched. `sentence` is the one to show: it holds most of `spans`."""

    key: str
    topic: str
    spans: tuple[Span, ...]
    sentence: Span


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
        self._chances_of: dict[Span, Mapping[str, float]] = {}
        self._shares: dict[int, Mapping[str, Sequence[Span]]] = {}

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
                self._analysis, [analysis for _, analysis, _ in self._parts]
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
            _shifted(hit, entry.body)
            for entry, analysis, found in self._parts
            for hit in self._hits(found, analysis)
        ]
        told = {hit.key for hit in apart}
        hits = [*apart, *(hit for hit in whole if hit.key not in told)]
        return tuple(sorted(hits, key=lambda hit: hit.key))

    def _hits(self, found: Matches, analysis: Analysis) -> list[Hit]:
        topic_of = self._topic_of
        return [_hit(hit, topic_of.get(hit.key, ""), analysis) for hit in found]

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
        for (_, topic), (score, _) in self._scored.items():
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
        if not self.is_looked_at:
            return ()
        cut = self.entries
        found: list[tuple[int, str, Certainty, float, Span, tuple[str, ...]]] = []
        firing: dict[tuple[int, str], list[Hit]] = {}
        tried: dict[tuple[int, str], list[Hit]] = {}
        for hit in self.fired:
            firing.setdefault((self._entry_of(hit.sentence), hit.topic), []).append(hit)
        for (entry, topic), hits in firing.items():
            own = [hit for hit in hits if self._is_own(hit.key)]
            if believed := [hit for hit in own if not self._is_on_trial(hit.key)]:
                keys = tuple(hit.key for hit in hits)
                found.append((entry, topic, "sure", 1.0, believed[0].sentence, keys))
            elif own:
                tried[entry, topic] = hits
        settled = {(entry, topic) for entry, topic, *_ in found}
        judged = {
            (entry, topic): self._certainty(
                Judged(topic, score, tuple(hit.key for hit in firing.get((entry, topic), ()))),
                passage,
            )
            for (entry, topic), (score, passage) in self._scored.items()
        }
        certain = {entry for (entry, _), certainty in judged.items() if certainty == "sure"}
        filtered = {
            of for of, hits in firing.items() if not all(self._is_on_trial(hit.key) for hit in hits)
        }
        named = {  # a report of one is most often one of the other too
            (entry, topic)
            for (entry, topic), (score, _) in self._scored.items()
            if entry in certain and score >= ALSO and (entry, topic) in filtered
        }
        led = {entry for entry, _ in named}
        for (entry, topic), (score, passage) in self._scored.items():
            certainty = "sure" if (entry, topic) in named else judged[entry, topic]
            is_told = (entry, topic) in filtered or topic in passage.features.tells
            if entry in led and not is_told:
                continue  # the report is told, and only its words are like this topic's
            if certainty != "no" and (entry, topic) not in settled:
                keys = tuple(hit.key for hit in firing.get((entry, topic), ()))
                found.append((entry, topic, certainty, score, passage.span, keys))
        settled |= {(entry, topic) for entry, topic, *_ in found}
        for (entry, topic), hits in tried.items():
            if (entry, topic) not in settled:
                own = [hit for hit in hits if self._is_on_trial(hit.key)]
                keys = tuple(hit.key for hit in hits)
                found.append((entry, topic, "possible", 1.0, own[0].sentence, keys))
        told: dict[int, list[str]] = {}
        for entry, topic, *_ in found:
            told.setdefault(entry, []).append(topic)
        matches = [
            Match(
                topic=topic,
                certainty=certainty,
                score=round(score, 3),
                passage=span,
                facets=self._facets_of(entry, topic, span, cut, told[entry]),
                filters=keys,
                words=self._weighty(topic, span),
                entry=entry,
            )
            for entry, topic, certainty, score, span, keys in found
        ]
        return tuple(sorted(matches, key=self._strength))

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

    @cached_property
    def _passages(self) -> tuple[tuple[Entry, ...], list[Passage]]:
        if self._judge is None:
            return self.entries, []
        scored = [hit for hit in self.fired if not self._is_own(hit.key)]
        return self._judge.passages.find(self._analysis, scored)

    @cached_property
    def _scored(self) -> Mapping[tuple[int, str], tuple[float, Passage]]:
        """The likeliest passage of each report for each topic."""
        best: dict[tuple[int, str], tuple[float, Passage]] = {}
        if self._judge is None:
            return best
        for passage in self._passages[1]:
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

    def _certainty(self, match: Judged, passage: Passage) -> Certainty:
        """What neither a filter nor grammar has found is never sure, nor what the score says of
        a topic whose pack filters are all off."""
        assert self._judge is not None
        tells = passage.features.tells
        match = replace(match, tells=match.topic in tells)
        certainty = self._judge.learned.certainty(match, self._judge.scorer.thresholds[match.topic])
        is_found = bool(tells) or not all(map(self._is_on_trial, passage.fired))
        is_sure = is_found and self._is_sought(match.topic)
        return certainty if certainty != "sure" or is_sure else "possible"

    def _is_sought(self, topic: str) -> bool:
        """Whether a pack's filter of the topic is at work."""
        assert self._judge is not None
        return any(self._topic_of.get(key) == topic for key in self._judge.scored)

    def _is_own(self, key: str) -> bool:
        """Whether people here wrote the filter: it is believed as it is."""
        return self._judge is None or key not in self._judge.scored

    def _is_on_trial(self, key: str) -> bool:
        return self._judge is not None and key in self._judge.trial

    def _entry_of(self, span: Span) -> int:
        cut = self.entries
        if len(cut) == 1 or span.field == TITLE:
            return 0
        return next((n for n, entry in enumerate(cut) if span.start < entry.end), len(cut) - 1)

    def _facets_of(
        self, entry: int, topic: str, span: Span, cut: Sequence[Entry], told: Sequence[str]
    ) -> Facets:
        """The facets of a topic told in an entry, maybe beside others."""
        telling = [
            passage.span
            for passage in self._passages[1]
            if passage.entry == entry and topic in passage.fired.values()
        ]
        whole = Span(TEXT, cut[entry].start, cut[entry].end)
        keys = {hit for each in self._passages[1] for hit in each.fired if each.fired[hit] == topic}
        if len(told) == 1 or (keys and self._is_bare(keys)):
            return facets_at(self._analysis.document, (span, *telling), whole, topic=topic)
        own = self._shares_of(entry, whole, told)[topic] or (*telling, span)[:1]
        if all(each.field == TITLE for each in own):  # it speaks of all below it
            return facets_at(self._analysis.document, own, whole, topic=topic)
        return facets_at(self._analysis.document, own, whole, topic=topic, shared=True)

    def _shares_of(
        self, entry: int, whole: Span, told: Sequence[str]
    ) -> Mapping[str, Sequence[Span]]:
        """Which part of an entry speaks of which topic told there; worked out once."""
        known = self._shares.get(entry)
        if known is None:
            passages = [
                (passage, self._chances(passage))
                for passage in self._passages[1]
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
            scorer = self._judge.scorer
            known = {topic: scorer.probability(topic, passage.features) for topic in scorer.topics}
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


def _tells_more(passage: Passage, other: Passage) -> bool:
    """Whether it is a sentence of the text and the other the title, which is shown anyway."""
    return bool(passage.fired) and passage.span.field == TEXT and other.span.field == TITLE


class Reader:
    """Reads texts against the filters added so far. One for a process.

    May be used from several threads: each text is read by a whole set of filters, before a
    change or after it. Who changes several together reads in the same thread.
    """

    def __init__(
        self,
        filterset: FilterSet,
        analyser: Analyser,
        entities: Iterable[Entity] = (),
        *,
        topics: Iterable[Topic] = (),
        filters: Iterable[PackFilter] = (),
        groups: Mapping[str, str] | None = None,
        weights: bytes | None = None,
    ) -> None:
        """`weights` are the score's; without them every filter's word is taken for it."""
        self._filters = filterset
        self._analyser = analyser
        self._given: Mapping[str, Entity] = {entity.id: entity for entity in entities}
        self._entities = self._given
        self._gazetteer = Gazetteer(self._entities.values())
        # Readings keep it and look in it later: lent, it is copied before it is changed.
        self._topic_of: dict[str, str] = {}
        self._is_lent = False
        self._given_topics: Mapping[str, Topic] = {topic.id: topic for topic in topics}
        self.topics = self._given_topics
        # Filters that may find an entry where they do not find the whole text.
        self._excluding: set[str] = set()
        self._given_groups: Mapping[str, str] = dict(groups or {})
        self.groups = self._given_groups
        filters = tuple(filters)
        self._packs = {each.key: each.query for each in filters}
        self._judge = self._judging(weights, filters) if weights is not None else None
        for each in filters:
            self.add_filter(each.key, each.topic, each.query)

    def _judging(self, weights: bytes, filters: Iterable[PackFilter]) -> Judge:
        classes = Classes(self._analyser, self.groups, self.groups, self._filters.terms)
        asking = [each.key for each in filters if reaches_far(each.query.root)]
        featurer = Featurer(classes, Grammar(), asking)
        passages = Passages(featurer, query_of(PROBE, self.groups))
        legal = frozenset(each.key for each in filters if "law:" in each.query_text)
        return Judge(passages, Scorer(weights), frozenset(self._packs), legal)

    def add_filter(
        self, key: str, topic: str, query: Query, *, scored: bool = False, trial: bool = False
    ) -> None:
        """Adds a filter, or replaces the one of that key.

        One that is not the packs' own, word for word, was written by people here: it is
        believed as it is, whatever the score says; not one of the packs' of which they only
        left something out (`scored`). What one on `trial` finds is possible at most.
        """
        topics = self._own_topics()
        before = topics.get(key)
        topics[key] = topic  # first, for whoever reads in another thread
        try:
            self._filters.add(key, query)
        except ValueError:
            if before is None:
                del topics[key]
            else:
                topics[key] = before
            raise
        (self._excluding.add if excludes(query.root) else self._excluding.discard)(key)
        if self._judge is not None and (trial or key in self._judge.trial):
            others = self._judge.trial - {key}
            self._judge = replace(self._judge, trial=others | ({key} if trial else set()))
        if self._judge is not None and key in self._packs:
            asked = {key} if scored or self._packs[key] == query else set[str]()
            self._judge = replace(self._judge, scored=self._judge.scored - {key} | asked)

    def remove_filter(self, key: str) -> None:
        """Forgets a filter. Raises KeyError for an unknown key."""
        self._filters.remove(key)
        self._excluding.discard(key)
        if self._judge is not None and key in self._judge.trial:
            self._judge = replace(self._judge, trial=self._judge.trial - {key})
        del self._own_topics()[key]

    def _own_topics(self) -> dict[str, str]:
        if self._is_lent:
            self._topic_of = dict(self._topic_of)
            self._is_lent = False
        return self._topic_of

    def use_entities(self, own: Iterable[Entity]) -> None:
        """Knows these beside those given at first, and no others any more; one of the same id
        stands in the other's place. Costs milliseconds."""
        entities = {**self._given, **{entity.id: entity for entity in own}}
        if entities != self._entities:
            self._entities = entities
            self._gazetteer = Gazetteer(entities.values())

    @property
    def given_groups(self) -> Mapping[str, str]:
        """The word groups given at first: those that ship with the packs."""
        return self._given_groups

    def use_groups(self, own: Mapping[str, str]) -> None:
        """Knows these word groups beside those given at first, and no others any more. Filters
        that use one must be added anew; `groups` is another object then."""
        self.groups = {**own, **self._given_groups}

    def use_learned(self, learned: Learned | None) -> None:
        """Judges what it reads from now on by what answers have taught; None: as shipped."""
        if self._judge is not None:
            self._judge = replace(self._judge, learned=learned or Learned())

    def use_topics(self, own: Iterable[Topic], off: Iterable[str] = ()) -> None:
        """Knows these topics beside those given at first, or in their place, and no others any
        more; those that are `off` neither. Filters of one that is off are not to be added."""
        hidden = frozenset(off)
        known = {**self._given_topics, **{topic.id: topic for topic in own}}
        self.topics = {id_: topic for id_, topic in known.items() if id_ not in hidden}
        if self._judge is not None:
            self._judge = replace(self._judge, off=hidden)

    @property
    def given_topics(self) -> Mapping[str, Topic]:
        """The topics given at first: those of the packs."""
        return self._given_topics

    @property
    def thresholds(self) -> Mapping[str, Thresholds]:
        """By topic the probabilities that make it sure and possible, as shipped."""
        return self._judge.scorer.thresholds if self._judge is not None else {}

    def gazetteer_with(self, more: Iterable[Entity]) -> Gazetteer:
        """What would be known with `more` too, for `analyse`."""
        return Gazetteer({**self._entities, **{each.id: each for each in more}}.values())

    @property
    def analyser(self) -> Analyser:
        """What cuts and lemmatises the texts; it may be used from several threads."""
        return self._analyser

    @property
    def entities(self) -> Mapping[str, Entity]:
        """The entities known by name, by id."""
        return self._entities

    @property
    def known(self) -> frozenset[str]:
        """The ids of the entities known by name."""
        return frozenset(self._entities)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of all filters, sorted."""
        return tuple(sorted(self._topic_of))

    def topic_of(self, key: str) -> str:
        """The topic of the filter of that key, "" for none."""
        return self._topic_of.get(key, "")

    def analyse(self, document: Document, gazetteer: Gazetteer | None = None) -> Analysis:
        """The document as filters see it, with its entities and facets when they ask.
        `gazetteer` finds its names instead of this reader's."""
        analysis = self._analyser.analyse(document)
        analysis.find_mentions = (
            self._mentions if gazetteer is None else partial(self._mentions, gazetteer=gazetteer)
        )
        analysis.find_facets = _asked
        return analysis

    def read(self, document: Document) -> Reading:
        """Matches one text. Never raises for a text, however strange."""
        analysis = self.analyse(document)
        matched = self._filters.match(analysis)
        # What an exclusion keeps from the whole may stand in an entry without what excludes it.
        parts = self._parts(document) if matched or self._excluding else []
        self._is_lent = True
        return Reading(analysis, matched, self._topic_of, self._judge, self._entities, parts=parts)

    def _parts(self, document: Document) -> list[tuple[Entry, Analysis, Matches]]:
        """The entries of a roundup, each matched as a text of its own; nothing of other texts."""
        cut = entries(document.title, document.text)
        if len(cut) == 1:
            return []
        found = []
        for entry in cut:
            text = document.text[entry.body : entry.end]
            analysis = self.analyse(replace(document, title="", text=text))
            found.append((entry, analysis, self._filters.match(analysis)))
        return found

    def passages(self, document: Document, *, everywhere: bool = False) -> list[Passage]:
        """The passages of a text that the score would look at, or all: for training."""
        analysis = self.analyse(document)
        matched = self._filters.match(analysis)
        judge = self._judge
        reading = Reading(analysis, matched, self._topic_of, judge, self._entities)
        if judge is None or not (reading.is_looked_at or everywhere):
            return []
        return judge.passages.find(analysis, reading.fired, everywhere=everywhere)[1]

    def match(self, analysis: Analysis) -> Matches:
        """The filters that match what `analyse` made of a text."""
        return self._filters.match(analysis)

    def another_set(self) -> FilterSet:
        """An empty set for queries of another kind, such as what subscriptions narrow by;
        it takes this reader's analyses and shares its dictionaries."""
        return FilterSet(self._analyser)

    def explain(self, key: str, document: Document) -> Explanation:
        """Why the filter of that key matches a text or does not. Raises KeyError."""
        return self._filters.explain(key, self.analyse(document))

    def explain_all(
        self, document: Document, but: Callable[[str], bool] = lambda topic: False
    ) -> Iterator[tuple[str, Explanation]]:
        """`explain` of every filter, by key, `but` those of some topics. The text is analysed
        once, and what one filter has found of a group serves the others."""
        analysis = self.analyse(document)
        for key in self.keys:
            if not but(self._topic_of.get(key, "")):
                yield key, self._filters.explain(key, analysis)

    def cache(self) -> bytes:
        """The lemmas learnt so far, to start the next process warm."""
        return self._analyser.cache()

    def _mentions(
        self, analysis: Analysis, kind: str, gazetteer: Gazetteer | None = None
    ) -> tuple[EntityMention, ...]:
        """All mentions, or at least all of a kind."""
        names = gazetteer or self._gazetteer
        ruled = find_patterns(analysis, _RULES.get(kind, kind))
        found = settled(names.find(analysis) if not kind or kind in names.kinds else [], ruled)
        if kind in ("", "law") and may_name_offences(analysis):
            told = analysis.facets
            if told.get("era") == "now":  # of 1917 today's articles say nothing
                found = _merged(found, named_offences(analysis, told["army"], found))
        return tuple(sorted(found, key=_place))


def _hit(hit: IndexHit, topic: str, analysis: Analysis) -> Hit:
    root = hit.query.root
    point = _point(root, analysis)
    spans = (() if point is root else spans_of(Query(point), analysis)) or hit.spans
    return Hit(hit.key, topic, spans, _sentence(spans, analysis))


def _shifted(hit: Hit, by: int) -> Hit:
    """The hit of an entry as a place in the whole text."""
    spans = tuple(Span(span.field, span.start + by, span.end + by) for span in hit.spans)
    sentence = hit.sentence
    return replace(
        hit,
        spans=spans,
        sentence=Span(sentence.field, sentence.start + by, sentence.end + by),
    )


def _asked(analysis: Analysis) -> Mapping[str, str]:
    """Facets as filters ask for them: `army:ru`, `stage:verdict`, `era:now`."""
    facets = facets_of(analysis)
    return {"army": facets.army, "stage": facets.stage, "era": facets.era}


def _merged(found: list[EntityMention], more: list[EntityMention]) -> list[EntityMention]:
    """Both, without offences whose article is named itself."""
    named = {m.id.rstrip("?").partition("/")[0] for m in found if m.kind == "law"}
    fresh = [m for m in more if m.id.rstrip("~") not in named]
    return [*found, *fresh]


def _place(mention: EntityMention) -> tuple[bool, int, int]:
    return mention.field != TITLE, mention.start, -mention.end


def _point(node: Node, analysis: Analysis) -> Node:
    """What a query is about: of alternatives the one that holds; of conditions the first.

    By custom the point of a filter comes first and its context after.
    """
    while True:
        if isinstance(node, Or):
            node = next(
                (item for item in alternatives(node, analysis) if matches(Query(item), analysis)),
                node.items[0],
            )
        elif isinstance(node, And):
            node = next((item for item in node.items if not isinstance(item, Not)), node.items[0])
        else:
            return node


def _sentence(spans: tuple[Span, ...], analysis: Analysis) -> Span:
    """The sentence holding most spans; of equals the one in the text, then the first."""
    if not spans:
        whole = TEXT if analysis.document.text else TITLE
        return analysis.sentence_at(whole, 0)
    if len(spans) == 1:
        return analysis.sentence_at(spans[0].field, spans[0].start)
    counts: dict[Span, int] = {}
    for span in spans:
        sentence = analysis.sentence_at(span.field, span.start)
        counts[sentence] = counts.get(sentence, 0) + 1
    return max(counts, key=lambda s: (counts[s], s.field == TEXT, -s.start))


def load_reader(cache: bytes | None = None, *, weights: bytes | None = None) -> Reader:
    """A reader with the packs. `cache` is an earlier process's `Reader.cache()`;
    damaged or of another release it is ignored. `weights` replace those that ship."""
    with _collecting_later():
        packs = load_packs()
        analyser = Analyser(load_lemmas(), cache)
        return Reader(
            FilterSet(analyser),
            analyser,
            packs.entities,
            topics=packs.topics,
            filters=packs.filters,
            groups=packs.groups,
            weights=load_weights() if weights is None else weights,
        )


@contextmanager
def _collecting_later() -> Iterator[None]:
    """Without the cyclic garbage collector: nearly all that a load makes stays, and looking
    through it again and again was a sixth of a start."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
