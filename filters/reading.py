"""A text read: which filters it matches, of which topics, whom it names, whose army.

The facade of this library: packs, entities, facets and the set of filters in one
object. Pure: no clock, no I/O but package data; caches go in and out as bytes.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Final, cast

from filters.alternatives import alternatives
from filters.analysis import Analyser, Analysis
from filters.document import TEXT, TITLE, Document, Span
from filters.entities import Entity, EntityMention, Gazetteer
from filters.entities.patterns import (
    find_patterns,
    may_name_offences,
    named_offences,
    settled,
)
from filters.explain import Explanation, matches
from filters.explain import spans as spans_of
from filters.facets import Facets, facets_of
from filters.facts import Fact, facts_of
from filters.index import FilterSet, Matches
from filters.index import Hit as IndexHit
from filters.nodes import And, Node, Not, Or, Query
from filters.packs import PackFilter, Topic, load_lemmas, load_packs

__all__ = ["Hit", "Reader", "Reading", "load_reader"]

# Known kinds of which some are taken away by what rules find: no places in courts' names.
_RULES: Final[Mapping[str, str]] = {"place": "court"}


@dataclass(frozen=True, slots=True)
class Hit:
    """One filter that matched. `sentence` is the one to show: it holds most of `spans`."""

    key: str
    topic: str
    spans: tuple[Span, ...]
    sentence: Span


class Reading:
    """What a text says to the filters. Which matched is known; what they touch, whom the
    text names and its facets are worked out when first asked for, since few texts match.

    A set of filters changed meanwhile changes nothing in it. `settle` works out all.
    """

    def __init__(
        self,
        analysis: Analysis,
        matched: Matches,
        topic_of: Mapping[str, str],
        known: Mapping[str, Entity] | None = None,
    ) -> None:
        self._known = known or {}
        self._analysis = analysis
        self._matched = matched
        self._topic_of = topic_of

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reading) and self._told() == other._told()

    def __hash__(self) -> int:
        return hash(self.topics)

    def __repr__(self) -> str:
        return f"Reading({', '.join(map(repr, self._told()))})"

    @property
    def matched(self) -> bool:
        """Whether any filter matched."""
        return bool(self._matched)

    @cached_property
    def hits(self) -> tuple[Hit, ...]:
        """The filters that matched, sorted by key."""
        if not self._matched:
            return ()
        topic_of = self._topic_of
        return tuple(_hit(hit, topic_of.get(hit.key, ""), self._analysis) for hit in self._matched)

    @cached_property
    def topics(self) -> tuple[str, ...]:
        """The topics of the filters that matched, sorted."""
        return tuple(sorted({self._topic_of.get(key, "") for key in self._matched.keys}))

    @cached_property
    def entities(self) -> tuple[EntityMention, ...]:
        """Everyone and everything known that the text names, in the order of the text."""
        return cast("tuple[EntityMention, ...]", self._analysis.mentions)

    @cached_property
    def facets(self) -> Facets:
        """Whose army, which stage, which era; of a text that matched nothing nothing is told."""
        if not self._matched:
            return Facets()
        sentences = dict.fromkeys(hit.sentence for hit in self.hits)
        return facets_of(self._analysis, sentences)

    @cached_property
    def facts(self) -> Mapping[Span, tuple[Fact, ...]]:
        """By the sentence of a hit, what it says of its event."""
        document = self._analysis.document
        return {
            sentence: facts_of(document, self.entities, sentence, self._known)
            for sentence in dict.fromkeys(hit.sentence for hit in self.hits)
        }

    @property
    def failed(self) -> tuple[str, ...]:
        """Keys of filters that raised: the others still matched."""
        return tuple(failure.key for failure in self._matched.failures)

    def settle(self) -> Reading:
        """Works out all that is not yet, so that asking costs nothing and raises nothing."""
        self._told()
        _ = self.facts
        return self

    def _told(self) -> tuple[object, ...]:
        return self.hits, self.topics, self.entities, self.facets, self.failed


class Reader:
    """Reads texts against the filters added so far. One for a process.

    Reading may happen in several threads; adding and removing filters must be held
    apart from it by the caller.
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
    ) -> None:
        self._filters = filterset
        self._analyser = analyser
        self._given: Mapping[str, Entity] = {entity.id: entity for entity in entities}
        self._entities = self._given
        self._gazetteer = Gazetteer(self._entities.values())
        # Readings keep it and look in it later: lent, it is copied before it is changed.
        self._topic_of: dict[str, str] = {}
        self._is_lent = False
        self.topics: Mapping[str, Topic] = {topic.id: topic for topic in topics}
        self._given_groups: Mapping[str, str] = dict(groups or {})
        self.groups = self._given_groups
        for each in filters:
            self.add_filter(each.key, each.topic, each.query)

    def add_filter(self, key: str, topic: str, query: Query) -> None:
        """Adds a filter, or replaces the one of that key."""
        self._filters.add(key, query)
        self._own_topics()[key] = topic

    def remove_filter(self, key: str) -> None:
        """Forgets a filter. Raises KeyError for an unknown key."""
        self._filters.remove(key)
        del self._own_topics()[key]

    def _own_topics(self) -> dict[str, str]:
        if self._is_lent:
            self._topic_of = dict(self._topic_of)
            self._is_lent = False
        return self._topic_of

    def use_entities(self, own: Iterable[Entity]) -> None:
        """Knows these beside those given at first, and no others any more; one of the same id
        stands in the other's place. Costs milliseconds."""
        self._entities = {**self._given, **{entity.id: entity for entity in own}}
        self._gazetteer = Gazetteer(self._entities.values())

    @property
    def given_groups(self) -> Mapping[str, str]:
        """The word groups given at first: those that ship with the packs."""
        return self._given_groups

    def use_groups(self, own: Mapping[str, str]) -> None:
        """Knows these word groups beside those given at first, and no others any more. Filters
        that use one must be added anew; `groups` is another object then."""
        self.groups = {**own, **self._given_groups}

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
        if matched:
            self._is_lent = True
        return Reading(analysis, matched, self._topic_of, self._entities)

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

    def explain_in(self, key: str, analysis: Analysis) -> Explanation:
        """As `explain`, of what `analyse` made of the text. Raises KeyError."""
        return self._filters.explain(key, analysis)

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


def load_reader(cache: bytes | None = None) -> Reader:
    """A reader with the packs. `cache` is an earlier process's `Reader.cache()`;
    damaged or of another release it is ignored."""
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
