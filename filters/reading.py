"""A text read: which filters it matches, of which topics, whom it names, whose army.

The facade of this library: packs, entities, facets and the set of filters in one
object. Pure: no clock, no I/O but package data; caches go in and out as bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from filters.analysis import Analyser, Analysis, Mention
from filters.document import TEXT, TITLE, Document, Span
from filters.entities import Entity, EntityMention, Gazetteer
from filters.entities.patterns import find_patterns, named_offences, settled
from filters.explain import Explanation, matches
from filters.explain import spans as spans_of
from filters.facets import Facets, find_facets
from filters.index import FilterSet
from filters.index import Hit as IndexHit
from filters.nodes import And, Node, Not, Or, Query
from filters.packs import PackFilter, Topic, load_packs

__all__ = ["Hit", "Reader", "Reading", "load_reader"]


@dataclass(frozen=True, slots=True)
class Hit:
    """One filter that matched. `sentence` is the one to show: it holds most of `spans`."""

    key: str
    topic: str
    spans: tuple[Span, ...]
    sentence: Span


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says to the filters. Facets are worked out only where something matched.

    `failed` are keys of filters that raised: the others still matched.
    """

    hits: tuple[Hit, ...] = ()
    topics: tuple[str, ...] = ()
    entities: tuple[EntityMention, ...] = ()
    facets: Facets = field(default_factory=Facets)
    failed: tuple[str, ...] = ()


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
        self._entities = {entity.id: entity for entity in entities}
        self._gazetteer = Gazetteer(self._entities.values())
        self._topic_of: dict[str, str] = {}
        self.topics: Mapping[str, Topic] = {topic.id: topic for topic in topics}
        self.groups: Mapping[str, str] = dict(groups or {})
        for each in filters:
            self.add_filter(each.key, each.topic, each.query)

    def add_filter(self, key: str, topic: str, query: Query) -> None:
        """Adds a filter, or replaces the one of that key."""
        self._filters.add(key, query)
        self._topic_of[key] = topic

    def remove_filter(self, key: str) -> None:
        """Forgets a filter. Raises KeyError for an unknown key."""
        self._filters.remove(key)
        del self._topic_of[key]

    def add_entities(self, entities: Iterable[Entity]) -> None:
        """Adds entities, or replaces those of the same ids. Costs milliseconds."""
        self._entities.update((entity.id, entity) for entity in entities)
        self._gazetteer = Gazetteer(self._entities.values())

    @property
    def known(self) -> frozenset[str]:
        """The ids of the entities known by name."""
        return frozenset(self._entities)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of all filters, sorted."""
        return tuple(sorted(self._topic_of))

    def analyse(self, document: Document) -> Analysis:
        """The document with its entities, as filters see it."""
        return self._analyse(document)[0]

    def read(self, document: Document) -> Reading:
        """Matches one text. Never raises for a text, however strange."""
        analysis, found = self._analyse(document)
        matched = self._filters.match(analysis)
        failed = tuple(failure.key for failure in matched.failures)
        if not matched:
            return Reading(entities=tuple(found), failed=failed)
        hits = tuple(self._hit(hit, analysis) for hit in matched)
        facets = find_facets(document, dict.fromkeys(hit.sentence for hit in hits))
        topics = tuple(sorted({hit.topic for hit in hits}))
        offences = named_offences(analysis, facets.army)
        return Reading(hits, topics, _merged(found, offences), facets, failed)

    def another_set(self) -> FilterSet:
        """An empty set for queries of another kind, such as what subscriptions narrow by;
        it takes this reader's analyses and shares its dictionaries."""
        return FilterSet(self._analyser)

    def explain(self, key: str, document: Document) -> Explanation:
        """Why the filter of that key matches a text or does not. Raises KeyError."""
        return self._filters.explain(key, self.analyse(document))

    def cache(self) -> bytes:
        """The lemmas learnt so far, to start the next process warm."""
        return self._analyser.cache()

    def _analyse(self, document: Document) -> tuple[Analysis, list[EntityMention]]:
        analysis = self._analyser.analyse(document)
        found = self._mentions(analysis)
        analysis.mentions = tuple(Mention(m.id, m.field, m.start, m.end) for m in found)
        analysis.facets = lambda: _named(find_facets(document))
        return analysis, found

    def _mentions(self, analysis: Analysis) -> list[EntityMention]:
        found = settled(self._gazetteer.find(analysis), find_patterns(analysis))
        return sorted(found, key=_place)

    def _hit(self, hit: IndexHit, analysis: Analysis) -> Hit:
        root = self._filters.query(hit.key).root
        point = _point(root, analysis)
        spans = (() if point is root else spans_of(Query(point), analysis)) or hit.spans
        topic = self._topic_of.get(hit.key, "")
        return Hit(hit.key, topic, spans, _sentence(spans, analysis))


def _named(facets: Facets) -> Mapping[str, str]:
    """Facets as filters ask for them: `army:ru`, `stage:verdict`, `era:now`."""
    return {"army": facets.army, "stage": facets.stage, "era": facets.era}


def _merged(found: list[EntityMention], more: list[EntityMention]) -> tuple[EntityMention, ...]:
    """Both, in the order of the text, without offences whose article is named itself."""
    named = {m.id.rstrip("?").partition("/")[0] for m in found if m.kind == "law"}
    fresh = [m for m in more if m.id.rstrip("~") not in named]
    return tuple(sorted((*found, *fresh), key=_place))


def _place(mention: EntityMention) -> tuple[bool, int, int]:
    return mention.field != TITLE, mention.start, -mention.end


def _point(node: Node, analysis: Analysis) -> Node:
    """What a query is about: of alternatives the one that holds; of conditions the first.

    By custom the point of a filter comes first and its context after.
    """
    while True:
        if isinstance(node, Or):
            node = next(
                (item for item in node.items if matches(Query(item), analysis)), node.items[0]
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
    packs = load_packs()
    analyser = Analyser(cache)
    return Reader(
        FilterSet(analyser),
        analyser,
        packs.entities,
        topics=packs.topics,
        filters=packs.filters,
        groups=packs.groups,
    )
