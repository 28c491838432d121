"""What to change of a filter that is often wrong: words beside which its finds are not meant.

    excluding(parse("отказ* суд"), parse("бензин*"))   # (отказ* NOT/s бензин*) суд

An exclusion explains a place, not a document: what is sought elsewhere in the text still counts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from filters.nodes import And, Facet, In, Meta, Node, Not, NotNear, Or, Query

__all__ = ["Proposal", "excluding", "proposals"]

_MOST: Final = 3
_RARE: Final = 0.5  # a word in more than this part of all that a filter finds says nothing


@dataclass(frozen=True, slots=True)
class Proposal:
    """A word beside which finds are not meant: of how many texts that were not true it would
    keep the filter away, and of how many of all that it found."""

    word: str
    false: int
    found: int


def excluding(query: Query, words: Query) -> Query:
    """The query whose point may not stand in a sentence with any of the words."""
    return Query(_excluding(query.root, words.root))


def _excluding(node: Node, words: Node) -> Node:
    match node:
        case Or(items) if any(isinstance(each, (And, In, Not)) for each in items):
            return Or(tuple(_excluding(each, words) for each in items))
        case And(items):
            # By custom the point comes first and its context after.
            for place, each in enumerate(items):
                if not isinstance(each, (Not, Meta, Facet)):
                    return And((*items[:place], _excluding(each, words), *items[place + 1 :]))
            return node
        case In(field, item):
            return In(field, _excluding(item, words))
        case Not() | Meta() | Facet():
            return node
        case _:
            return NotNear(node, words, unit="sentence")


def proposals(
    wrong: Sequence[Collection[str]],
    right: Sequence[Collection[str]],
    found: Sequence[Collection[str]],
    shown: Mapping[str, str],
) -> list[Proposal]:
    """The best words to leave out, each given by its lemma as `shown`; none that a true text has.

    `wrong`, `right` and `found` are the lemmas of the sentences that were not true, that were,
    and of all that the filter found of late.
    """
    spared = {word for words in right for word in words}
    counts: dict[str, int] = {}
    for words in wrong:
        for word in words:
            counts[word] = counts.get(word, 0) + 1
    among = {word: sum(word in words for words in found) for word in counts}
    usual = _RARE * len(found)
    kept = [
        word
        for word in counts
        if word not in spared and word in shown and (among[word] <= usual or len(found) < _MOST)
    ]
    # Most false ones first; of equals what touches least else; long words say more.
    kept.sort(key=lambda word: (-counts[word], among[word], -len(word), word))
    return [Proposal(shown[word], counts[word], among[word]) for word in kept[:_MOST]]
