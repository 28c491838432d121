"""What the answers of people here teach: thresholds of their own, trust in each filter. Pure.

Every ✓ and ✗ says whether a match was true. From them an installation refits, for each
topic, from which probability on a match is sure, and for each filter how far its word counts
here: a Beta distribution that begins at what filters are worth on average. Nothing else is
learnt and nothing leaves the machine; without answers all stays as shipped.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from filters.score import CLEAR, TELLS, Certainty, Thresholds

__all__ = ["EVERY", "Answer", "Effect", "Judged", "Learned", "effect", "refit"]

EVERY: Final = 50
"""So many answers make a new fit worth proposing."""

_WANTED_PRECISION: Final = 0.92
_MIN_ANSWERS: Final = 10  # answers on a topic below which its thresholds stay
_MAX_THRESHOLD_MOVE: Final = 0.25  # how far a threshold may move from where it ships
_PRIOR_TRUE: Final = 8.0  # a filter's prior: right in eight of ten
_PRIOR_FALSE: Final = 2.0
_MAX_LOG_ODDS_SHIFT: Final = 2.0  # the most, in log odds, that filters' priors may move a score
_MIN_PROBABILITY: Final = 0.02


@dataclass(frozen=True, slots=True)
class Judged:
    """A match as the score saw it: its topic, probability and filters; whether grammar `tells`
    it, which makes it sure sooner, or tells it so `clear`ly that nothing else may be meant."""

    topic: str
    score: float
    filters: tuple[str, ...] = ()
    tells: bool = False
    clear: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A match and whether somebody here said that it is true."""

    match: Judged
    true: bool


@dataclass(frozen=True, slots=True)
class Learned:
    """What a fit gave. `priors` are, by filter, the two counts of a Beta distribution."""

    thresholds: Mapping[str, Thresholds] = field(default_factory=dict)
    priors: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    answers: int = 0

    def adjusted(self, match: Judged) -> float:
        """The probability of a match once the trust in its filters here is counted in."""
        shifts = [
            _odds(true / (true + false)) - _odds(_PRIOR_TRUE / (_PRIOR_TRUE + _PRIOR_FALSE))
            for true, false in (self.priors[key] for key in match.filters if key in self.priors)
        ]
        if not shifts:
            return match.score
        shift = max(
            -_MAX_LOG_ODDS_SHIFT, min(_MAX_LOG_ODDS_SHIFT, sum(shifts) / len(match.filters))
        )
        return 1 / (1 + math.exp(-(_odds(match.score) + shift)))

    def certainty(self, match: Judged, shipped: Thresholds) -> Certainty:
        """How sure a match is here; `shipped` holds where nothing was learnt of its topic.

        What grammar tells is sure from `TELLS` on, what it tells clearly from `CLEAR` on, or
        later by as much as this topic is here.
        """
        here = self.thresholds.get(match.topic, shipped)
        if match.tells:
            least = CLEAR if match.clear else TELLS
            sure = min(here.sure, least + max(0.0, here.sure - shipped.sure))
            here = Thresholds(sure, min(here.possible, sure))
        return here.certainty(self.adjusted(match))


@dataclass(frozen=True, slots=True)
class Effect:
    """What a fit would have changed: matches pushed that were not, and the reverse."""

    more: int
    fewer: int


def refit(shipped: Mapping[str, Thresholds], answers: Sequence[Answer]) -> Learned:
    """Thresholds and priors from all answers given here. The same answers give the same fit."""
    counts: dict[str, list[float]] = {}
    for answer in answers:
        for key in answer.match.filters:
            count = counts.setdefault(key, [_PRIOR_TRUE, _PRIOR_FALSE])
            count[0 if answer.true else 1] += 1.0
    priors = {key: (true, false) for key, (true, false) in sorted(counts.items())}
    learned = Learned(priors=priors, answers=len(answers))
    thresholds = {}
    for topic, base in shipped.items():
        told = [
            (learned.adjusted(answer.match), answer.true)
            for answer in answers
            if answer.match.topic == topic
        ]
        if len(told) >= _MIN_ANSWERS:
            thresholds[topic] = _threshold(base, told)
    return Learned(thresholds, priors, len(answers))


def effect(
    learned: Learned,
    shipped: Mapping[str, Thresholds],
    recent: Iterable[tuple[Judged, Certainty]],
    using: Learned | None = None,
) -> Effect:
    """How `learned` would have pushed recent matches, each given with how sure it was then.

    `using` is the fit by which they were judged, None: as shipped.
    """
    more = fewer = 0
    for found, then in recent:
        base = shipped.get(found.topic)
        if base is None:
            continue  # no score says anything of it
        match = _as_judged(found, then, base, using or Learned())
        now = then if match is None else learned.certainty(match, base)
        more += now == "sure" and then != "sure"
        fewer += now != "sure" and then == "sure"
    return Effect(more, fewer)


def _as_judged(match: Judged, then: Certainty, base: Thresholds, using: Learned) -> Judged | None:
    """What was sure though its threshold did not make it so was told by grammar; None where that
    did not either: it was told beside another topic, which no threshold changes."""
    if then != "sure":
        return match
    told = replace(match, tells=True)
    for each in (match, told, replace(told, clear=True)):
        if any(fit.certainty(each, base) == "sure" for fit in (Learned(), using)):
            return each
    return None


def _threshold(base: Thresholds, told: Sequence[tuple[float, bool]]) -> Thresholds:
    """The lowest probability from which answers are right often enough, a doubt of one false
    and nine true ones counted in; not far from the shipped one."""
    sure = base.sure + _MAX_THRESHOLD_MOVE
    right = 0
    for seen, (chance, true) in enumerate(sorted(told, reverse=True), 1):
        right += true
        if (right + 9) / (seen + 10) >= _WANTED_PRECISION or right == seen:
            sure = chance
    sure = max(base.sure - _MAX_THRESHOLD_MOVE, min(base.sure + _MAX_THRESHOLD_MOVE, 0.99, sure))
    return Thresholds(round(sure, 3), round(min(base.possible, sure), 3))


def _odds(chance: float) -> float:
    held = max(_MIN_PROBABILITY, min(1 - _MIN_PROBABILITY, chance))
    return math.log(held / (1 - held))
