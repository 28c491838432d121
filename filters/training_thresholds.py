"""From which probability a topic is sure and possible, chosen on texts that were held out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from filters.packs import TOPICS
from filters.score import Thresholds
from filters.training_texts import CORE, Sample

__all__ = ["Told", "thresholds"]

_SURE_PRECISION: Final = 0.92
_STREAM_PRECISION: Final = 0.60  # of unselected posts, where one in thousands is true
_FORGIVEN: Final = 2  # wrong verbatim texts, so few that more or fewer are chance
_LEAST_SURE: Final = 35  # hundredths, from which the search for what all topics share begins
_FARTHEST: Final = 10  # hundredths by which a topic may differ from it,
_MOVE: Final = 5  # so many at a step,
_MOVE_COST: Final = 0.001  # for so much of F1 a hundredth
_POSSIBLE_RECALL: Final = 0.95
_LEAST_POSSIBLE: Final = 0.05
_OURS: Final = ("retold", "plain", "news")


@dataclass(frozen=True, slots=True)
class Told:
    """A text held out: what weights that had not seen it gave, by topic."""

    sample: Sample
    margins: Mapping[str, float]


def thresholds(
    told: Sequence[Told], slopes: Mapping[str, tuple[float, float]]
) -> dict[str, Thresholds]:
    """By topic the probabilities that make a text sure and possible, to two digits.

    Each topic by itself has too few real reports to say where. So all begin at one, the lowest
    from which core topics are right often enough, and each may move a little from it: as far as
    it is told better there, each step costing something, and core topics stay right.
    """
    clear = [each for each in told if not each.sample.doubtful]
    chances = [dict(zip(TOPICS, _chances(each, slopes, TOPICS), strict=True)) for each in clear]
    shared = _sure(clear, chances)
    steps = dict.fromkeys(TOPICS, shared)
    for topic in TOPICS:
        worth = {
            step: _told_well(topic, step, clear, chances) - _MOVE_COST * abs(step - shared)
            for step in range(shared - _FARTHEST, shared + _FARTHEST + 1, _MOVE)
            if step >= shared or _is_right({**steps, topic: step}, clear, chances)
        }
        steps[topic] = max(worth, key=lambda step: (worth[step], step))
    found = {}
    for topic in TOPICS:
        true = sorted(
            chance[topic]
            for each, chance in zip(clear, chances, strict=True)
            if topic in each.sample.labels
        )
        sure = steps[topic] / 100
        low = true[int((1 - _POSSIBLE_RECALL) * len(true))] if true else sure
        possible = max(_LEAST_POSSIBLE, math.floor(low * 100) / 100)
        found[topic] = Thresholds(sure, min(sure, possible))
    return found


def _told_well(
    topic: str, step: int, told: Sequence[Told], chances: Sequence[Mapping[str, float]]
) -> float:
    """F1 of a topic that is sure from so many hundredths on."""
    right = wrong = missed = 0.0
    for each, chance in zip(told, chances, strict=True):
        is_sure, is_true = chance[topic] * 100 >= step, topic in each.sample.labels
        right += each.sample.weight * (is_sure and is_true)
        wrong += each.sample.weight * (is_sure and not is_true)
        missed += each.sample.weight * (is_true and not is_sure)
    return 2 * right / (2 * right + wrong + missed) if right else 0.0


def _chances(
    told: Told, slopes: Mapping[str, tuple[float, float]], topics: Sequence[str]
) -> list[float]:
    """The probabilities of some topics; none that neither a filter nor grammar found is sure."""
    if not any(
        fired or features.tells or features.is_found for fired, features in told.sample.passages
    ):
        return [0.0] * len(topics)
    lines = [(*slopes[topic], told.margins[topic]) for topic in topics]
    return [1 / (1 + math.exp(-(slope * margin + shift))) for slope, shift, margin in lines]


def _sure(told: Sequence[Told], chances: Sequence[Mapping[str, float]]) -> int:
    """The lowest hundredths from which core topics are right often enough."""
    steps = range(_LEAST_SURE, 100)
    return next((step for step in steps if _is_right(dict.fromkeys(CORE, step), told, chances)), 99)


def _is_right(
    steps: Mapping[str, int], told: Sequence[Told], chances: Sequence[Mapping[str, float]]
) -> bool:
    """Whether of the texts in which a core topic is as likely as its step enough report one: of
    each kind of ours by itself, of the labelled verbatim ones, and of unselected posts. Verbatim
    ones are few, so that one wrong one more or less is chance: two are forgiven in each."""
    counts = {part: [0, 0] for part in (*_OURS, "stream", "")}
    for each, chance in zip(told, chances, strict=True):
        if any(chance[topic] * 100 >= steps[topic] for topic in CORE):
            count = counts[each.sample.kind if each.sample.kind in counts else ""]
            count[0] += 1
            count[1] += not each.sample.labels.isdisjoint(CORE)
    return all(
        right + (0 if part in _OURS else _FORGIVEN)
        >= (_STREAM_PRECISION if part == "stream" else _SURE_PRECISION) * number
        for part, (number, right) in counts.items()
    )
