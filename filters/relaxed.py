"""What a query nearly finds: the same with one of its conditions left out. Pure.

A proof shows such texts beside the hits: what an exclusion, a distance or a word kept out says
more of a filter than what it found.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from filters.nodes import And, Near, Node, Not, NotNear, Query, conj

__all__ = ["nearly"]

_MOST: Final = 4


def nearly(query: Query) -> tuple[Query, ...]:
    """Queries for texts that lack one condition of this one: exclusions first, then distances,
    then one word or clause after another. None of them finds what the query finds."""
    found = list(dict.fromkeys(_loosened(query.root)))[:_MOST]
    return tuple(Query(conj((each, Not(query.root)))) for each in found)


def _loosened(root: Node) -> Iterator[Node]:
    match root:
        case NotNear(left, _):
            yield left
        case Near(left, right):
            yield conj((left, right))
        case And(items):
            wanted = [each for each in items if not isinstance(each, Not)]
            if wanted and len(wanted) < len(items):
                yield conj(wanted)
            for n, each in enumerate(items):
                if isinstance(each, Near | NotNear):
                    others = (*items[:n], *items[n + 1 :])
                    yield from (conj((*others, loose)) for loose in _loosened(each))
            if len(wanted) > 1:
                for each in wanted:
                    yield conj(other for other in items if other is not each)
