"""Reading a text: the filters and topics that it matches, whom it names, whose army.

The facade of this library: packs, entities, facets and the set of filters in one
object. Pure: no clock, no I/O but package data; caches go in and out as bytes.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Final

from filters.analysis import Analyser, Analysis
from filters.classes import Classes
from filters.document import TITLE, Document
from filters.entities import Entity, EntityMention, Gazetteer
from filters.entities.patterns import (
    find_patterns,
    may_name_offences,
    named_offences,
    settled,
)
from filters.entries import Entry, entries
from filters.explain import Explanation
from filters.facets import facets_of
from filters.features import Featurer
from filters.findings import Reading, Report
from filters.grammar import Grammar
from filters.hits import Hit
from filters.index import FilterSet, Matches
from filters.judging import Judge, Match
from filters.learning import Learned
from filters.nodes import Query, excludes, reaches_far
from filters.packs import PackFilter, Topic, load_lemmas, load_packs, load_weights, query_of
from filters.passages import PROBE, Passage, Passages
from filters.score import Scorer, Thresholds

__all__ = ["Hit", "Match", "Reader", "Reading", "Report", "load_reader"]

# Known kinds of which some are taken away by what rules find: no places in courts' names.
_RULES: Final[Mapping[str, str]] = {"place": "court"}


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
        return judge.passages.find(analysis, reading.entries, reading.fired, everywhere=everywhere)

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
    through it again and again was a sixth of a start. So it is old from the beginning, where
    nothing was frozen before."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was and not gc.get_freeze_count():
            gc.freeze()
            gc.unfreeze()
        if was:
            gc.enable()
