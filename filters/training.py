"""Weights for `filters.score`, made anew from labelled texts: the work of `vigil train`.

Each topic is a logistic regression over the features of passages. A text that asserts a topic
does so in some passage, nobody said which: the likeliest is taken, weights are fitted, and the
likeliest by these weights is taken again. Each passage of a text without the topic is an
example against it. Probabilities and thresholds come from weights that have not seen the
text: five folds, texts of one source together. Liblinear's solver is the same arithmetic on
every machine and the weights are rounded, so that the same texts give the same weights.
Needs the extra `train` (scikit-learn); nothing else here does.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from filters.document import Document
from filters.features import (
    ABSENT_NUMBERS,
    BITS,
    CONTEXT_NUMBERS,
    MEETINGS,
    STRONG,
    Features,
)
from filters.packs import TOPICS, Example, load_examples
from filters.reading import Reader
from filters.score import GRAM_LENGTH, SCALE, Thresholds, pack_weights

__all__ = ["Sample", "Trained", "gather", "train"]

_SIZE: Final = 1 << BITS
_FOLDS: Final = 5
_PENALTY: Final = 0.2
_ROUNDS: Final = 2
_SURE_PRECISION: Final = 0.88
_SURE_RANGE: Final = (0.3, 0.34)
_POSSIBLE_RECALL: Final = 0.95
_WEIGHTS: Final[Mapping[str, float]] = {
    "real": 2.0, "retold": 1.5, "stream": 1.0, "own": 0.7, "example": 0.5, "roles": 0.7,
    "plain": 1.0,
}  # fmt: skip
_DOUBTFUL: Final = 0.3
# How far a weight may go before it costs as much as another: what every language shares and
# means much by itself (roles, filters) before groups that meet and before words and letters.
_REACH_STRONG, _REACH_MEETINGS, _REACH_PLAIN, _REACH_GRAMS = 2.4, 0.4, 1.0, 0.5
_LINK: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_ALIKE: Final = 120  # letters by which a stream's text is known as one that is labelled


@dataclass(slots=True)
class Sample:
    """A labelled text: its passages' features, each with how many filters of each topic
    touch it. `only` is the one topic an example beside a pack tells of."""

    id: str
    kind: str
    group: str
    labels: frozenset[str]
    doubtful: bool = False
    only: str = ""
    passages: list[tuple[Mapping[str, str], Features]] = field(default_factory=list)

    @property
    def weight(self) -> float:
        return _WEIGHTS[self.kind] * (_DOUBTFUL if self.doubtful else 1.0)


@dataclass(frozen=True, slots=True)
class Trained:
    """The file of weights, and what texts unseen by the weights gave: by topic (margin before
    calibration, whether it is true) of each labelled text that was held out."""

    data: bytes
    held_out: Mapping[str, Sequence[tuple[float, bool]]]
    samples: int


def gather(
    reader: Reader,
    data: Path,
    own: Path,
    told: Callable[[str], None],
    examples: Iterable[Example] | None = None,
) -> list[Sample]:
    """All samples: the labelled rows of split `train` and the streams under `data`, our own
    texts under `own`, the packs' examples or those given. `told` hears of each file.

    Raises OSError for files that cannot be read, ValueError for rows that are none.
    """
    samples: list[Sample] = []
    known: set[str] = set()
    for path in sorted(data.rglob("labelled.jsonl*")):
        told(path.name)
        for row in _rows(path):
            known |= {_alike(row["title"], row["text"]), _alike("", row["text"])}
            if row["split"] == "train":
                samples.append(_labelled(reader, row, row["kind"], row["id"], row["source"]))
    for name, kind in (("topics", "own"), ("roles", "roles"), ("kinds", "own"), ("plain", "plain")):
        told(f"{name}.jsonl")
        for number, row in enumerate(_rows(own / f"{name}.jsonl")):
            samples.append(_labelled(reader, row, kind, f"{name}-{number}", f"{name}-{number}"))
    judged: dict[str, list[str]] = json.loads((own / "streams_judged.json").read_text("utf-8"))
    for path in sorted((*data.rglob("stream_*.jsonl*"), *data.rglob("posts_*.jsonl.gz"))):
        told(path.name)
        name = path.name.partition(".")[0]
        for row in _rows(path):
            title, text = row.get("title") or "", _unmarked(row.get("text") or "")
            if _alike(title, text) in known or _alike("", text) in known:
                continue
            labels = judged.get(f"{name}/{row['id']}", [])
            sample = _sample(reader, title, text, f"{name}/{row['id']}", "stream")
            sample.labels, sample.group = frozenset(labels), name + str(row["id"])
            if sample.passages and labels != ["?"]:
                samples.append(sample)
    told("examples")
    for number, each in enumerate(load_examples() if examples is None else examples):
        sample = _sample(reader, each.title, each.text, f"example-{number}", "example")
        sample.labels = frozenset([each.topic] if each.match else [])
        sample.only, sample.group = each.topic, sample.id
        if each.match and not sample.passages:
            sample = _everywhere(reader, each.title, each.text, sample)
        samples.append(sample)
    return samples


def train(samples: Sequence[Sample]) -> Trained:
    """The weights of these samples. Raises ImportError without scikit-learn."""
    folds: list[list[Sample]] = [[] for _ in range(_FOLDS)]
    for sample in samples:
        number = int(hashlib.md5(sample.group.encode(), usedforsecurity=False).hexdigest(), 16)
        folds[number % _FOLDS].append(sample)
    held_out: dict[str, list[tuple[float, bool, float]]] = {topic: [] for topic in TOPICS}
    for number, fold in enumerate(folds):
        rest = [s for other, part in enumerate(folds) if other != number for s in part]
        for topic in TOPICS:
            weights = _fit(topic, rest)
            for sample in fold:
                if sample.passages and sample.kind in ("real", "retold", "stream"):
                    best = max(_margins(weights, [f for _, f in sample.passages]))
                    held_out[topic].append((best, topic in sample.labels, sample.weight))
    slopes = {topic: _calibrated(held_out[topic]) for topic in TOPICS}
    thresholds = {topic: _thresholds(held_out[topic], slopes[topic]) for topic in TOPICS}
    fitted = {topic: _rounded(_fit(topic, samples)) for topic in TOPICS}
    return Trained(
        pack_weights(fitted, slopes, thresholds),
        {topic: [(margin, true) for margin, true, _ in held_out[topic]] for topic in TOPICS},
        len(samples),
    )


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    data = path.read_bytes()
    for line in (gzip.decompress(data) if path.suffix == ".gz" else data).splitlines():
        yield json.loads(line)


def _unmarked(text: str) -> str:
    """Without the Markdown that dumps of Telegram hold and readers of it never see."""
    return _LINK.sub(r"\1", text).replace("**", "").replace("__", "")


def _alike(title: str | None, text: str | None) -> str:
    return re.sub(r"\W+", "", f"{title or ''}{text or ''}").casefold()[:_ALIKE]


def _labelled(reader: Reader, row: Mapping[str, Any], kind: str, name: str, group: str) -> Sample:
    title, text = row["title"] or "", row["text"]
    sample = _sample(reader, title, text, name, kind)
    sample.labels = frozenset(row["labels"]) - {"none"}
    sample.group, sample.doubtful = group, bool(row.get("ambiguous"))
    if sample.labels and not sample.passages:
        return _everywhere(reader, title, text, sample)
    return sample


def _sample(reader: Reader, title: str, text: str, name: str, kind: str) -> Sample:
    found = reader.passages(Document(text=text, title=title))
    return Sample(name, kind, name, frozenset(), passages=[(p.fired, p.features) for p in found])


def _everywhere(reader: Reader, title: str, text: str, sample: Sample) -> Sample:
    """A report in which no filter finds anything: each of its sentences may be the one."""
    found = reader.passages(Document(text=text, title=title), everywhere=True)
    sample.passages = [(p.fired, p.features) for p in found]
    return sample


def _reach(number: int) -> float:
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
        length = _REACH_GRAMS * GRAM_LENGTH / (len(features.grams) or 1) ** 0.5
        values += [length] * len(features.grams)
        starts.append(len(columns))
    return csr_matrix((values, columns, starts), shape=(len(passages), 2 * _SIZE))


def _margins(weights: Any, passages: Sequence[Features]) -> list[float]:
    return [float(each) for each in _matrix(passages) @ weights]


def _fit(topic: str, samples: Sequence[Sample]) -> Any:
    """The weights of a topic, as a vector of twice the size: plain ones, then grams."""
    import numpy as np
    from scipy.sparse import vstack
    from sklearn.linear_model import LogisticRegression

    true = [s for s in samples if topic in s.labels and s.passages]
    false = [
        s for s in samples if topic not in s.labels and (s.only in ("", topic) or not s.labels)
    ]
    against = [(features, s) for s in false for _, features in s.passages]
    shares = [s.weight / max(1.0, len(s.passages) ** 0.5) for _, s in against]
    beside = _matrix([features for features, _ in against])
    chosen = [_likeliest(sample, topic) for sample in true]
    weights: Any = None
    for _ in range(_ROUNDS):
        if weights is not None:
            for at, sample in enumerate(true):
                margins = _margins(weights, [f for _, f in sample.passages])
                chosen[at] = margins.index(max(margins))
        own = _matrix([s.passages[n][1] for s, n in zip(true, chosen, strict=True)])
        model = LogisticRegression(
            C=_PENALTY, solver="liblinear", tol=1e-4, fit_intercept=False, random_state=0
        )
        everything = vstack([own, beside]).tocsr()
        used = np.unique(everything.indices)  # the solver's work grows with the columns
        model.fit(
            everything[:, used],
            np.r_[np.ones(len(true)), np.zeros(len(against))],
            sample_weight=np.array([s.weight for s in true] + shares),
        )
        weights = np.zeros(2 * _SIZE)
        weights[used] = model.coef_[0]
        # What stands beside a passage may speak for it, never against: a vetoing sentence
        # before or behind a report must not change what the report says.
        beside_it = np.array(CONTEXT_NUMBERS)
        weights[beside_it] = np.maximum(weights[beside_it], 0.0)
        missing = np.array(ABSENT_NUMBERS)
        weights[missing] = np.minimum(weights[missing], 0.0)
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


def _thresholds(
    held_out: Sequence[tuple[float, bool, float]], slope: tuple[float, float]
) -> Thresholds:
    """The lowest probability whose texts at or above it are right often enough; and the
    highest that leaves few of the true ones below it. To two digits."""
    ranked = sorted(held_out, reverse=True)
    total = sum(true for _, true, _ in ranked)
    right = 0
    sure, possible = ranked[0][0], ranked[-1][0]
    for seen, (margin, true, _) in enumerate(ranked, 1):
        right += true
        if right / seen >= _SURE_PRECISION:
            sure = margin
        if true and right <= _POSSIBLE_RECALL * total:
            possible = margin

    def chance(margin: float) -> float:
        return 1 / (1 + math.exp(-(slope[0] * margin + slope[1])))

    least, most = _SURE_RANGE
    high = min(most, max(least, math.floor(chance(sure) * 100) / 100))
    return Thresholds(high, min(high, max(0.05, math.floor(chance(possible) * 100) / 100)))
