"""Which part of a report speaks of which of its topics: whose a verdict is.

«Сержанта осудили: ушёл из части. Ещё двоих держат в яме за отказ.»: the verdict is the
desertion's, not the refusal's. A sentence is that topic's which it tells most clearly, of
several if it tells them alike; what follows it and tells nothing («Суд дал ему пять лет.»)
goes with it, up to the next that tells something. A title that tells nothing goes with the
first.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from filters.document import TEXT, TITLE, Span
from filters.passages import Passage

__all__ = ["shares"]

_ALIKE: Final = 2.0  # by how much less likely, in log odds, a sentence may tell another topic too
_LEAST: Final = 0.2  # what is less likely is nobody's
_CLEAR: Final = 0.5  # what is likelier is told though no filter finds it
_MOST: Final = 0.999  # what is likelier is as likely


def shares(
    topics: Collection[str],
    passages: Sequence[tuple[Passage, Mapping[str, float]]],
    entry: Span,
    title: Span,
) -> Mapping[str, tuple[Span, ...]]:
    """By topic the parts of an entry that speak of it, the clearest first; none for one that no
    sentence tells. `passages` are the entry's, each with how likely it asserts each topic."""
    owned = [
        (passage.span, mine)
        for passage, chances in passages
        if (mine := _told(topics, passage, chances))
    ]
    owned += _left(topics, passages, owned)
    body = sorted((span, mine) for span, mine in owned if span.field == TEXT)
    parts = [(span, mine) for span, mine in owned if span.field == TITLE]
    if not parts and body and title.end:
        parts = [(title, dict.fromkeys(body[0][1], 0.0))]
    elif parts and _are_apart(parts[0][1], [mine for _, mine in body]):
        parts = []
    for number, (span, mine) in enumerate(body):
        start = span.start if number else entry.start
        end = body[number + 1][0].start if number + 1 < len(body) else entry.end
        parts.append((Span(TEXT, start, end), mine))
    found: dict[str, tuple[Span, ...]] = {}
    for topic in topics:
        own = [(-mine[topic], span) for span, mine in parts if topic in mine]
        found[topic] = tuple(span for _, span in sorted(own, key=_chance))
    return found


def _left(
    topics: Collection[str],
    passages: Sequence[tuple[Passage, Mapping[str, float]]],
    owned: Sequence[tuple[Span, Mapping[str, float]]],
) -> list[tuple[Span, dict[str, float]]]:
    """For a topic that no sentence tells clearly its likeliest, where that is no other's."""
    told = {topic for _, mine in owned for topic in mine}
    taken = {span for span, _ in owned}
    left: dict[Span, dict[str, float]] = {}
    for topic in topics:
        if topic in told or not passages:
            continue
        passage, chances = max(passages, key=lambda each: each[1].get(topic, 0.0))
        if passage.span not in taken and chances.get(topic, 0.0) > 0:
            left.setdefault(passage.span, {})[topic] = chances[topic]
    return list(left.items())


def _are_apart(titled: Collection[str], body: Sequence[Collection[str]]) -> bool:
    """Whether a title tells several topics that the text tells each in sentences of its own: its
    verdict is of one of them, nobody can say of which."""
    told = [frozenset(at for at, mine in enumerate(body) if topic in mine) for topic in titled]
    return len(set(told)) > 1 and all(told)


def _chance(part: tuple[float, Span]) -> float:
    return part[0]


def _told(
    topics: Collection[str], passage: Passage, chances: Mapping[str, float]
) -> dict[str, float]:
    """The topics that a filter or grammar finds in a passage and that it tells most clearly,
    each with its chance."""
    named = {*passage.fired.values(), *passage.features.tells}
    likely = {
        topic: min(_MOST, chances.get(topic, 1.0))
        for topic in topics
        if topic in named or chances.get(topic, 0.0) > _CLEAR
    }
    best = max(likely.values(), default=0.0)
    if best < _LEAST:
        return {}
    least = _odds(best) - _ALIKE
    return {topic: chance for topic, chance in likely.items() if _odds(chance) >= least}


def _odds(chance: float) -> float:
    return math.log(max(chance, 1e-6) / (1 - chance))
