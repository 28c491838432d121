"""How sure it is that a passage asserts a topic: a calibrated linear score.

Filters find, and explain what they found; how far they can be trusted differs between them
and with what stands beside their words. The score weighs it: one weight a topic for each
feature (`filters.features`), trained by `vigil train` on labelled texts, kept in
`packs/data/score.bin`. A probability at or above a topic's `sure` is told at once, one at or
above its `possible` in the digest. No library is needed to read or use the weights.
"""

from __future__ import annotations

import json
import math
import zlib
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from struct import Struct
from typing import Final, Literal, TypeAlias

from filters.feature_numbers import BITS
from filters.features import Features

__all__ = [
    "ALSO",
    "CLEAR",
    "FEWEST_GRAMS",
    "GRAM_LENGTH",
    "LONG",
    "SCALE",
    "TELLS",
    "Certainty",
    "Scorer",
    "Thresholds",
    "blank",
    "gram_share",
    "long_shift",
    "pack_weights",
]

Certainty: TypeAlias = Literal["sure", "possible", "no"]

SCALE: Final = 1024
"""Weights are kept as integers, this many to one."""

ALSO: Final = 0.25
"""The probability from which a topic is sure in a report that surely asserts another one."""

TELLS: Final = 0.3
"""The probability from which a topic is sure where grammar itself tells that one who serves does
what a topic is about: of held-out texts of that kind that are so likely three of four are true, and
of labelled reports and unselected streams none is false."""

CLEAR: Final = 0.15
"""The same where grammar tells it of nobody but who serves and of nothing but a duty or a post."""

LONG: Final = 600
"""Letters from which a report is long. What a topic is named by in passing stands in long ones."""

_LONG_SHIFT: Final = 1.0  # by how much less a sentence of a long report counts

GRAM_LENGTH: Final = 3.0
"""The length that all grams of a passage share."""

FEWEST_GRAMS: Final = 80
"""A passage of fewer grams has a shorter share: three words are too few to judge by letters."""

_SIZE: Final = 1 << BITS
_MAGIC: Final = b"vigil score 1\n"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probabilities from which a topic is sure and possible."""

    sure: float
    possible: float

    def certainty(self, probability: float) -> Certainty:
        """What a probability means."""
        if probability >= self.sure:
            return "sure"
        return "possible" if probability >= self.possible else "no"


class Scorer:
    """The weights, read. Immutable; may be used from several threads."""

    def __init__(self, data: bytes) -> None:
        """`data` is what `pack_weights` made. Raises ValueError for anything else."""
        if not data.startswith(_MAGIC):
            raise ValueError("no weights of this release")
        head, _, body = data[len(_MAGIC) :].partition(b"\n")
        about = json.loads(head)
        if about["bits"] != BITS:
            raise ValueError("weights for other features")
        numbers = array("h")
        numbers.frombytes(zlib.decompress(body))
        self.topics: tuple[str, ...] = tuple(about["topics"])
        self.thresholds: Mapping[str, Thresholds] = {
            topic: Thresholds(*about["thresholds"][topic]) for topic in self.topics
        }
        self._slopes: Mapping[str, tuple[float, float]] = {
            topic: (about["slopes"][topic][0], about["slopes"][topic][1]) for topic in self.topics
        }
        self._plain = _Weights(numbers, range(0, len(numbers), 2 * _SIZE))
        self._grams = _Weights(numbers, range(_SIZE, len(numbers), 2 * _SIZE))

    def margin(self, topic: str, features: Features) -> float:
        """The weighed sum of a passage for a topic, before calibration."""
        return self._margins(features)[self.topics.index(topic)]

    def _margins(self, features: Features) -> list[float]:
        plain, grams = self._plain.sums(features.plain), self._grams.sums(features.grams)
        length = gram_share(len(features.grams))
        return [(one + other * length) / SCALE for one, other in zip(plain, grams, strict=True)]

    def probability(self, topic: str, features: Features, letters: int = 0) -> float:
        """How likely a passage of a report of so many letters asserts the topic, 0 to 1."""
        return self._calibrated(topic, self.margin(topic, features) - long_shift(letters))

    def probabilities(self, features: Features, letters: int = 0) -> Mapping[str, float]:
        """How likely a passage of a report of so many letters asserts each topic, 0 to 1."""
        shift = long_shift(letters)
        margins = zip(self.topics, self._margins(features), strict=True)
        return {topic: self._calibrated(topic, margin - shift) for topic, margin in margins}

    def _calibrated(self, topic: str, margin: float) -> float:
        slope, shift = self._slopes[topic]
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, slope * margin + shift))))

    def gram_weight(self, topic: str, grams: Sequence[int]) -> int:
        """The weights of some grams together, in parts of SCALE: which words weigh most."""
        return self._grams.sum_of(self.topics.index(topic), grams)


class _Weights:
    """The weights of each feature for all topics side by side: a passage has hundreds of features,
    and to fetch the weights of one from as many places as there are topics takes most of the time.
    """

    def __init__(self, numbers: array[int], starts: Sequence[int]) -> None:
        """Of the file's numbers, those of each topic from where they start."""
        self._topics = len(starts)
        self._rows = array("h", bytes(2 * _SIZE * self._topics))
        for at, start in enumerate(starts):
            self._rows[at :: self._topics] = numbers[start : start + _SIZE]
        row = Struct(f"{self._topics}h")
        self._size = row.size
        self._row_at = partial(row.unpack_from, self._rows)

    def sums(self, numbers: Sequence[int]) -> Sequence[int]:
        """By topic the weights of some features together."""
        if not numbers:
            return [0] * self._topics
        rows = map(self._row_at, map(self._size.__mul__, numbers))
        return list(map(sum, zip(*rows, strict=True)))

    def sum_of(self, topic: int, numbers: Sequence[int]) -> int:
        """The same for one topic, by its place."""
        rows, count = self._rows, self._topics
        return sum([rows[number * count + topic] for number in numbers])


def long_shift(letters: int) -> float:
    """By how much a passage's margin is lower for the length of its report."""
    return _LONG_SHIFT if letters >= LONG else 0.0


def gram_share(count: int) -> float:
    """How much each of so many grams of a passage counts."""
    return GRAM_LENGTH / math.sqrt(max(count, FEWEST_GRAMS))


def blank(topics: Sequence[str]) -> bytes:
    """Weights of nothing: what a reader needs to find passages before there are any."""
    zeros = [0] * _SIZE
    return pack_weights(
        dict.fromkeys(topics, (zeros, zeros)),
        dict.fromkeys(topics, (1.0, 0.0)),
        dict.fromkeys(topics, Thresholds(1.0, 1.0)),
    )


def pack_weights(
    weights: Mapping[str, tuple[Sequence[int], Sequence[int]]],
    slopes: Mapping[str, tuple[float, float]],
    thresholds: Mapping[str, Thresholds],
) -> bytes:
    """The file of weights: by topic the integers of plain features and of grams, the line
    that makes probabilities of margins, the thresholds."""
    topics = list(weights)
    numbers = array("h")
    for topic in topics:
        for kind in weights[topic]:
            if len(kind) != _SIZE:
                raise ValueError("a weight for each number is needed")
            numbers.extend(kind)
    about = {
        "bits": BITS,
        "topics": topics,
        "slopes": {topic: list(slopes[topic]) for topic in topics},
        "thresholds": {
            topic: [thresholds[topic].sure, thresholds[topic].possible] for topic in topics
        },
    }
    head = json.dumps(about, separators=(",", ":")).encode()
    return _MAGIC + head + b"\n" + zlib.compress(numbers.tobytes(), 9)
