"""The filters that nearly matched a text: what they found, and what was not there.

Words such as «soldier» stand in nearly every filter and say nothing; a word that few
filters know says much. So each found word weighs the less the more filters know it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from filters.document import Document, Span
from filters.explain import Clause
from filters.nodes import And, Group, In, Near, Node, Not, NotNear, Or
from filters.printing import print_node
from filters.reading import Reader

__all__ = ["Miss", "near_misses"]

_COMMON_WORD_SHARE: Final = 0.25  # of all filters: a word that more of them know says nothing
_WHOLE_CONDITION_WEIGHT: Final = 3  # how much more a condition met whole says than half of one
_MAX_SHOWN_LETTERS: Final = 60
_MAX_SHOWN: Final = 4


@dataclass(frozen=True, slots=True)
class Miss:
    """A filter that did not match: the words found, what was wanting (in English), and the
    words because of which it was excluded."""

    key: str
    found: tuple[str, ...]
    wanting: tuple[str, ...]
    excluded: tuple[str, ...] = ()


def near_misses(reader: Reader, document: Document, most: int = 3) -> tuple[Miss, ...]:
    """Up to `most` filters that nearly matched, the nearest first; one for each topic.

    Costs up to a hundred milliseconds: every filter is read the plain way, on one analysis.
    """
    failed: dict[str, tuple[Clause, ...]] = {}
    known: Counter[Span] = Counter()
    for key, explained in reader.explain_all(document):
        if not explained.matched:
            failed[key] = explained.clauses
            known.update(set(_spans(explained.clauses)))
    few = _COMMON_WORD_SHARE * len(reader.keys)
    ranked: list[tuple[float, str]] = []
    for key, clauses in failed.items():
        spans = set(_spans(clauses))
        if any(known[span] <= few for span in spans):
            whole = {span for clause in clauses if clause.held for span in clause.spans}
            weight = sum(
                (_WHOLE_CONDITION_WEIGHT if span in whole else 1) / known[span] for span in spans
            )
            ranked.append((weight / (1 + len(set(_wanting(clauses)))), key))
    ranked.sort(key=lambda each: (-each[0], each[1]))
    chosen: dict[str, Miss] = {}
    for _, key in ranked:
        if len(chosen) < most and _topic(key) not in chosen:
            chosen[_topic(key)] = _miss(key, failed[key], document)
    return tuple(chosen.values())


def _miss(key: str, clauses: Sequence[Clause], document: Document) -> Miss:
    against = [each for each in clauses if not each.held and isinstance(_bare(each.node), Not)]
    rest = [each for each in clauses if each not in against]
    return Miss(
        key,
        _found(rest, document),
        tuple(dict.fromkeys(_wanting(rest))),
        _found(against, document),
    )


def _found(clauses: Sequence[Clause], document: Document) -> tuple[str, ...]:
    spans = sorted(set(_spans(clauses)))
    words = (document.field(span.field)[span.start : span.end] for span in spans)
    return tuple(dict.fromkeys(words))


def _topic(key: str) -> str:
    return key.partition("/")[0]


def _spans(clauses: Iterable[Clause]) -> Iterator[Span]:
    """The words found, also in clauses that failed as a whole."""
    for clause in clauses:
        yield from clause.spans
        if not clause.spans:
            yield from _spans(clause.parts)


def _wanting(clauses: Iterable[Clause]) -> Iterator[str]:
    for clause in clauses:
        if clause.held:
            continue
        node = _bare(clause.node)
        if isinstance(node, Not):
            yield f"without {_words(node.item)}"
        elif not clause.parts or not any(part.held or part.parts for part in clause.parts):
            yield _words(clause.node)
        elif all(part.held for part in clause.parts) and isinstance(node, Near):
            yield _closer(node)
        elif isinstance(node, Or):
            yield min(_wanting(clause.parts), key=len, default=_words(node))
        else:
            yield from _wanting(clause.parts)


def _closer(node: Near) -> str:
    if node.unit == "words":
        return f"both within {node.distance} words{', in this order' if node.ordered else ''}"
    return f"both in one {node.unit}"


def _words(node: Node) -> str:
    """A clause in few words: some of its alternatives stand for all."""
    alternatives = list(_alternatives(node))
    shown: list[str] = []
    for each in alternatives:
        if len(shown) == _MAX_SHOWN or sum(map(len, shown)) + len(each) > _MAX_SHOWN_LETTERS:
            break
        shown.append(each)
    more = len(alternatives) - len(shown)
    if not shown:
        text = alternatives[0]
        return (
            text
            if len(text) <= _MAX_SHOWN_LETTERS
            else text[:_MAX_SHOWN_LETTERS].rpartition(" ")[0] + " …"
        )
    return ("any of: " if len(alternatives) > 1 else "") + ", ".join(shown) + (" …" if more else "")


def _alternatives(node: Node) -> Iterator[str]:
    bare = _bare(node)
    if isinstance(bare, Or):
        for item in bare.items:
            if isinstance(item, Group):
                yield print_node(item)
            else:
                yield from _alternatives(item)
    elif isinstance(bare, Near):
        near = f"within {bare.distance} words of"
        near = near if bare.unit == "words" else f"in one {bare.unit} with"
        yield f"({_words(bare.left)}) {near} ({_words(bare.right)})"
    elif isinstance(bare, NotNear):
        near = f"within {bare.distance} words" if bare.unit == "words" else f"in one {bare.unit}"
        yield f"({_words(bare.left)}) without ({_words(bare.right)}) {near}"
    elif isinstance(bare, And):
        yield " and ".join(_words(item) for item in bare.items)
    else:
        yield print_node(node if isinstance(node, Group) else bare)


def _bare(node: Node) -> Node:
    while isinstance(node, Group | In):
        node = node.item
    return node
