"""A filter that matched, as people are shown it: the words that its point is about, and the
sentence that holds most of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from filters.alternatives import alternatives
from filters.analysis import Analysis
from filters.document import TEXT, TITLE, Span
from filters.explain import Known, matches
from filters.explain import spans as spans_of
from filters.index import FilterHit as IndexHit
from filters.nodes import And, Node, Not, Or, Query

__all__ = ["Hit", "hit_of", "shifted"]


@dataclass(frozen=True, slots=True)
class Hit:
    """One filter that matched. `sentence` is the one to show: it holds most of `spans`."""

    key: str
    topic: str
    spans: tuple[Span, ...]
    sentence: Span


def hit_of(hit: IndexHit, topic: str, analysis: Analysis) -> Hit:
    """The hit of a filter of that topic."""
    root = hit.query.root
    point = _point(root, analysis, hit.known)
    spans = (() if point is root else spans_of(Query(point), analysis, hit.known)) or hit.spans
    return Hit(hit.key, topic, spans, _sentence(spans, analysis))


def shifted(hit: Hit, by: int) -> Hit:
    """The hit of an entry as a place in the whole text."""
    spans = tuple(Span(span.field, span.start + by, span.end + by) for span in hit.spans)
    sentence = hit.sentence
    return replace(
        hit,
        spans=spans,
        sentence=Span(sentence.field, sentence.start + by, sentence.end + by),
    )


def _point(node: Node, analysis: Analysis, known: Known | None) -> Node:
    """What a query is about: of alternatives the one that holds; of conditions the first.

    By custom the point of a filter comes first and its context after.
    """
    while True:
        if isinstance(node, Or):
            likely = alternatives(node, analysis)
            holding = (item for item in likely if matches(Query(item), analysis, known))
            node = next(holding, node.items[0])
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
