"""Weights for `filters.score`, made anew from labelled texts: the work of `vigil train`.

Each topic is a logistic regression over the features of passages. A text that asserts a topic
does so in some passage, nobody said which: the likeliest is taken, weights are fitted, and the
likeliest by these weights is taken again. Each passage of a text without the topic is an
example against it. What stands outside a passage may only speak for it, what is missing only
against it. Probabilities and thresholds come from weights that have not seen the text: five
folds, texts of one source together. Liblinear's solver is the same arithmetic on every machine
and the weights are rounded, so that the same texts give the same weights.
Needs the extra `train` (scikit-learn); nothing else here does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any, Final

from filters.feature_numbers import (
    ABSENT_NUMBERS,
    BITS,
    CONTEXT_NUMBERS,
    MARKS,
    MEETINGS,
    STRONG,
)
from filters.features import Features
from filters.packs import TOPICS
from filters.score import SCALE, gram_share, long_shift, pack_weights
from filters.training_texts import CORE, Sample, gather
from filters.training_thresholds import Told, thresholds

__all__ = ["Sample", "Trained", "gather", "train"]

_SIZE: Final = 1 << BITS
_FOLDS: Final = 5
_PENALTY: Final = 0.4
_ROUNDS: Final = 2
_ANY: Final = "any core topic"
_SHARED: Final = 1.0  # how much what the core topics share counts beside what is a topic's own
# Kinds whose texts, held out, say what a margin means and where the thresholds are.
_HELD_OUT: Final = ("real", "retold", "stream", "plain", "news")
# What stands beside a passage may speak for it, never against: a vetoing sentence before or
# behind a report must not change what the report says. What is missing there may only speak
# against: a sentence more may take it away. So their weights have a sign.
_BESIDE: Final = frozenset(CONTEXT_NUMBERS)
_MISSING: Final = frozenset(ABSENT_NUMBERS)
_SIGN_ROUNDS: Final = 4  # fits after which weights of a wrong sign are left at nothing
# How far a weight may go before it costs as much as another: what every language shares and
# means much by itself (roles, filters) before groups that meet and before words and letters.
_REACH_MARKS, _REACH_STRONG, _REACH_MEETINGS, _REACH_PLAIN, _REACH_GRAMS = 4.0, 2.4, 0.4, 1.0, 1.0


@dataclass(frozen=True, slots=True)
class Trained:
    """The file of weights, and what texts unseen by the weights gave: by topic (margin before
    calibration, whether it is true) of each labelled text that was held out."""

    data: bytes
    held_out: Mapping[str, Sequence[tuple[float, bool]]]
    samples: int


def train(samples: Sequence[Sample]) -> Trained:
    """The weights of these samples. Raises ImportError without scikit-learn."""
    table = _Table.of(samples)
    held_out: dict[str, list[tuple[float, bool, float]]] = {topic: [] for topic in TOPICS}
    told: list[Told] = []
    folds = [_fold(sample.group) for sample in samples]
    for number in range(_FOLDS):
        rest = [at for at, fold in enumerate(folds) if fold != number]
        margins = {topic: table.rows @ w for topic, w in _all_fitted(table, rest).items()}
        for at, sample in enumerate(samples):
            if folds[at] != number or not sample.passages or sample.kind not in _HELD_OUT:
                continue
            shift = long_shift(sample.letters)
            best = {
                topic: float(max(found[table.rows_of(at)])) - shift
                for topic, found in margins.items()
            }
            for topic, margin in best.items():
                held_out[topic].append((margin, topic in sample.labels, sample.weight))
            told.append(Told(sample, best))
    slopes = {topic: _calibrated(held_out[topic]) for topic in TOPICS}
    fitted = _all_fitted(table, range(len(samples)))
    return Trained(
        pack_weights(
            {topic: _rounded(weights) for topic, weights in fitted.items()},
            slopes,
            thresholds(told, slopes),
        ),
        {topic: [(margin, true) for margin, true, _ in held_out[topic]] for topic in TOPICS},
        len(samples),
    )


def _fold(group: str) -> int:
    """Texts of one source fall into one fold."""
    return int(hashlib.md5(group.encode(), usedforsecurity=False).hexdigest(), 16) % _FOLDS


@dataclass(frozen=True, slots=True)
class _Table:
    """All samples with a row for each passage: `starts[n]` is the first row of sample n."""

    samples: Sequence[Sample]
    rows: Any
    starts: Sequence[int]

    @classmethod
    def of(cls, samples: Sequence[Sample]) -> _Table:
        starts = [0, *accumulate(len(sample.passages) for sample in samples)]
        return cls(samples, _matrix([f for s in samples for _, f in s.passages]), starts)

    def rows_of(self, number: int) -> slice:
        """The rows of a sample."""
        return slice(self.starts[number], self.starts[number + 1])

    def of_any(self) -> _Table:
        """The same, each text labelled as one of any core topic or of none."""
        return _Table([_of_any(each) for each in self.samples], self.rows, self.starts)


def _reach(number: int) -> float:
    if number < MARKS:
        return _REACH_MARKS
    if number < STRONG:
        return _REACH_STRONG
    return _REACH_MEETINGS if number < MEETINGS else _REACH_PLAIN


def _matrix(passages: Sequence[Features]) -> Any:
    from scipy.sparse import csr_matrix

    starts, columns, values = [0], list[int](), list[float]()
    for features in passages:
        columns += features.plain
        values += map(_reach, features.plain)
        columns += [_SIZE + number for number in features.grams]
        length = _REACH_GRAMS * gram_share(len(features.grams))
        values += [length] * len(features.grams)
        starts.append(len(columns))
    return csr_matrix((values, columns, starts), shape=(len(passages), 2 * _SIZE))


def _all_fitted(table: _Table, numbers: Iterable[int]) -> dict[str, Any]:
    """The weights of every topic learnt of some samples, as vectors of twice the size: plain
    ones, then grams.

    Whether a text reports anything of the kind at all is learnt of all core topics together,
    and which it is of each: a core topic's weights are the mean of both. Most topics have few
    examples, and what tells a report from a film is the same for all.
    """
    numbers = list(numbers)
    shared = _fit(_ANY, table.of_any(), numbers)
    found = {}
    for topic in TOPICS:
        alone = _fit(topic, table, numbers)
        found[topic] = (alone + _SHARED * shared) / (1 + _SHARED) if topic in CORE else alone
    return found


def _of_any(sample: Sample) -> Sample:
    """A sample as one of any core topic or of none."""
    labels = frozenset() if sample.labels.isdisjoint(CORE) else frozenset([_ANY])
    return replace(sample, labels=labels, only=_ANY if sample.only in CORE else sample.only)


def _fit(topic: str, table: _Table, numbers: Iterable[int]) -> Any:
    """The weights of one topic by itself, learnt of some samples."""
    import numpy as np

    known = [(n, table.samples[n]) for n in numbers if table.samples[n].passages]
    true = [(n, sample) for n, sample in known if topic in sample.labels]
    false = [
        (n, sample)
        for n, sample in known
        if topic not in sample.labels and (sample.only in ("", topic) or not sample.labels)
    ]
    against = np.concatenate([np.r_[table.rows_of(n)] for n, _ in false])
    shares = [
        sample.weight / max(1.0, len(sample.passages) ** 0.5)
        for _, sample in false
        for _ in sample.passages
    ]
    chosen = [table.starts[n] + _likeliest(sample, topic) for n, sample in true]
    weights: Any = None
    for number in range(1, _ROUNDS + 1):
        if weights is not None:
            margins = table.rows @ weights
            chosen = [table.starts[n] + int(margins[table.rows_of(n)].argmax()) for n, _ in true]
        weights = _signed(
            table.rows[np.r_[np.array(chosen, dtype=int), against]],
            np.r_[np.ones(len(true)), np.zeros(len(against))],
            np.array([sample.weight for _, sample in true] + shares),
            _SIGN_ROUNDS if number == _ROUNDS else 1,
        )
    return weights


def _signed(rows: Any, true: Any, shares: Any, rounds: int) -> Any:
    """The weights of a logistic regression whose features beside a passage may not speak
    against it, nor missing ones for it: those that would are left out, and the rest is fitted
    again."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    beside, missing = np.array(sorted(_BESIDE)), np.array(sorted(_MISSING))
    used = np.unique(rows.indices)  # the solver's work grows with the columns
    for _ in range(rounds):
        model = LogisticRegression(
            C=_PENALTY,
            solver="liblinear",
            dual=True,  # some 8 times as fast, to the fourth digit the same
            tol=1e-4,
            max_iter=1000,
            fit_intercept=False,
            random_state=0,
        )
        model.fit(rows[:, used], true, sample_weight=shares)
        weights = np.zeros(2 * _SIZE)
        weights[used] = model.coef_[0]
        wrong = np.r_[beside[weights[beside] < 0], missing[weights[missing] > 0]]
        if not wrong.size:
            break
        weights[wrong] = 0.0
        used = np.setdiff1d(used, wrong)
    return weights


def _likeliest(sample: Sample, topic: str) -> int:
    """The passage that most filters of the topic touch, then most filters at all."""
    ranks = [
        (sum(each == topic for each in fired.values()), len(fired), -number)
        for number, (fired, _) in enumerate(sample.passages)
    ]
    return ranks.index(max(ranks))


def _rounded(weights: Any) -> tuple[list[int], list[int]]:
    """The weights as the reader has them, who knows no reach; integers."""
    import numpy as np

    reaches = np.full(2 * _SIZE, _REACH_GRAMS)
    reaches[:_SIZE] = [_reach(number) for number in range(_SIZE)]
    numbers = np.clip(np.rint(weights * reaches * SCALE), -32767, 32767).astype(int).tolist()
    return numbers[:_SIZE], numbers[_SIZE:]


def _calibrated(held_out: Iterable[tuple[float, bool, float]]) -> tuple[float, float]:
    """Slope and shift that make a probability of a margin (Platt), rounded."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    rows = list(held_out)
    model = LogisticRegression(C=1e3, solver="liblinear", tol=1e-6, intercept_scaling=10.0)
    model.fit(
        np.array([[margin] for margin, _, _ in rows]),
        np.array([true for _, true, _ in rows]),
        sample_weight=np.array([weight for _, _, weight in rows]),
    )
    return round(float(model.coef_[0][0]), 3), round(float(model.intercept_[0]), 3)
