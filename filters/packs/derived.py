"""What a start would work out anew each time, worked out once: see `filters.packs.build`."""

from __future__ import annotations

from filters import prefilter
from filters.analysis import Analyser
from filters.document import Document
from filters.index import FilterSet
from filters.nodes import Query
from filters.packs import load_examples, load_packs, load_weights
from filters.packs.kept import mark_of
from filters.passages import PROBE
from filters.query import parse
from filters.reading import Reader, load_reader

__all__ = ["lemmas_of_packs", "openings_of_patterns", "queries_of_packs"]


def lemmas_of_packs() -> bytes:
    """The lemmas of all words that a reader with the packs asks for at its start."""
    packs, analyser = load_packs(), Analyser()
    reader = Reader(
        FilterSet(analyser),
        analyser,
        packs.entities,
        topics=packs.topics,
        filters=packs.filters,
        groups=packs.groups,
        weights=load_weights(),  # what judges passages asks for words of groups
    )
    return reader.cache()


def queries_of_packs() -> dict[bytes, Query]:
    """What a start reads, the filters and groups of the packs, each anew from its text."""
    packs = load_packs()
    texts = [*(each.query_text for each in packs.filters), *(f"@{name}" for name in packs.groups)]
    return {mark_of(text, packs.groups): parse(text, packs.groups) for text in [*texts, PROBE]}


def openings_of_patterns() -> set[str]:
    """The patterns that reading the packs' examples asks for."""
    reader = load_reader()
    for each in load_examples():
        reader.read(Document(each.text, each.title)).settle()
    return prefilter.asked
