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

import gzip
import hashlib
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from filters.document import Document
from filters.entries import entries
from filters.feature_numbers import (
    ABSENT_NUMBERS,
    BITS,
    CONTEXT_NUMBERS,
    MARKS,
    MEETINGS,
    STRONG,
)
from filters.features import Features
from filters.packs import TOPICS, Example, load_examples
from filters.reading import Reader
from filters.score import SCALE, Thresholds, gram_share, long_shift, pack_weights

__all__ = ["Sample", "Trained", "gather", "train"]

_SIZE: Final = 1 << BITS
_FOLDS: Final = 5
_PENALTY: Final = 0.4
_ROUNDS: Final = 2
_CORE: Final = ("refusal", "desertion", "self-harm", "pressure")
_ANY: Final = "any core topic"
_SHARED: Final = 1.0  # how much what the core topics share counts beside what is a topic's own
_SURE_PRECISION: Final = 0.92
_FORGIVEN: Final = 2  # wrong verbatim texts, so few that more or fewer are chance
_LEAST_SURE: Final = 35  # hundredths, from which the search for what all topics share begins
_FARTHEST: Final = 10  # hundredths by which a topic may differ from it,
_MOVE: Final = 5  # so many at a step,
_MOVE_COST: Final = 0.001  # for so much of F1 a hundredth
_POSSIBLE_RECALL: Final = 0.95
_LEAST_POSSIBLE: Final = 0.05
_WEIGHTS: Final[Mapping[str, float]] = {
    "real": 2.0, "retold": 1.5, "stream": 1.0, "own": 0.7, "example": 0.5, "roles": 0.7,
    "plain": 1.0, "news": 1.2, "others": 0.3, "told": 0.7,
}  # fmt: skip
_DOUBTFUL: Final = 0.3
# Kinds whose texts, held out, say what a margin means and where the thresholds are.
_HELD_OUT: Final = ("real", "retold", "stream", "plain", "news")
_OURS: Final = ("retold", "plain", "news")
_OWN: Final = (
    ("topics", "own"), ("roles", "roles"), ("kinds", "own"), ("plain", "plain"), ("news", "news"),
    ("contrasts", "others"), ("long", "others"), ("told", "told"),
)  # fmt: skip
# What stands beside a passage may speak for it, never against: a vetoing sentence before or
# behind a report must not change what the report says. What is missing there may only speak
# against: a sentence more may take it away. So their weights have a sign.
_BESIDE: Final = frozenset(CONTEXT_NUMBERS)
_MISSING: Final = frozenset(ABSENT_NUMBERS)
_SIGN_ROUNDS: Final = 4  # fits after which weights of a wrong sign are left at nothing
# How far a weight may go before it costs as much as another: what every language shares and
# means much by itself (roles, filters) before groups that meet and before words and letters.
_REACH_MARKS, _REACH_STRONG, _REACH_MEETINGS, _REACH_PLAIN, _REACH_GRAMS = 4.0, 2.4, 0.4, 1.0, 1.0
_LINK: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_ALIKE: Final = 120  # letters by which a stream's text is known as one that is labelled


@dataclass(slots=True)
class Sample:
    """A labelled text: its passages' features, each with how many filters of each topic
    touch it. `only` is the one topic an example beside a pack tells of, `letters` the length of
    its longest report."""

    id: str
    kind: str
    group: str
    labels: frozenset[str]
    doubtful: bool = False
    only: str = ""
    letters: int = 0
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
    for name, kind in _OWN:
        told(f"{name}.jsonl")
        for number, row in enumerate(_rows(own / f"{name}.jsonl")):
            group = row.get("pair", f"{name}-{number}")
            samples.append(_labelled(reader, row, kind, f"{name}-{number}", group))
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
    table = _Table.of(samples)
    held_out: dict[str, list[tuple[float, bool, float]]] = {topic: [] for topic in TOPICS}
    told: list[_Told] = []
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
            told.append(_Told(sample, best))
    slopes = {topic: _calibrated(held_out[topic]) for topic in TOPICS}
    fitted = _all_fitted(table, range(len(samples)))
    return Trained(
        pack_weights(
            {topic: _rounded(weights) for topic, weights in fitted.items()},
            slopes,
            _thresholds(told, slopes),
        ),
        {topic: [(margin, true) for margin, true, _ in held_out[topic]] for topic in TOPICS},
        len(samples),
    )


def _fold(group: str) -> int:
    """Texts of one source fall into one fold."""
    return int(hashlib.md5(group.encode(), usedforsecurity=False).hexdigest(), 16) % _FOLDS


@dataclass(frozen=True, slots=True)
class _Told:
    """A text held out: what weights that had not seen it gave, by topic."""

    sample: Sample
    margins: Mapping[str, float]


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
    sample.only = row.get("only", "")
    if sample.labels and not sample.passages:
        return _everywhere(reader, title, text, sample)
    return sample


def _sample(reader: Reader, title: str, text: str, name: str, kind: str) -> Sample:
    found = reader.passages(Document(text=text, title=title))
    letters = max(entry.end - entry.start for entry in entries(title, text))
    passages = [(p.fired, p.features) for p in found]
    return Sample(name, kind, name, frozenset(), letters=letters, passages=passages)


def _everywhere(reader: Reader, title: str, text: str, sample: Sample) -> Sample:
    """A report in which no filter finds anything: each of its sentences may be the one."""
    found = reader.passages(Document(text=text, title=title), everywhere=True)
    sample.passages = [(p.fired, p.features) for p in found]
    return sample


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
        found[topic] = (alone + _SHARED * shared) / (1 + _SHARED) if topic in _CORE else alone
    return found


def _of_any(sample: Sample) -> Sample:
    """A sample as one of any core topic or of none."""
    labels = frozenset() if sample.labels.isdisjoint(_CORE) else frozenset([_ANY])
    return replace(sample, labels=labels, only=_ANY if sample.only in _CORE else sample.only)


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


def _thresholds(
    told: Sequence[_Told], slopes: Mapping[str, tuple[float, float]]
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
    topic: str, step: int, told: Sequence[_Told], chances: Sequence[Mapping[str, float]]
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
    told: _Told, slopes: Mapping[str, tuple[float, float]], topics: Sequence[str]
) -> list[float]:
    """The probabilities of some topics; none that neither a filter nor grammar found is sure."""
    if not any(
        fired or features.tells or features.is_found for fired, features in told.sample.passages
    ):
        return [0.0] * len(topics)
    lines = [(*slopes[topic], told.margins[topic]) for topic in topics]
    return [1 / (1 + math.exp(-(slope * margin + shift))) for slope, shift, margin in lines]


def _sure(told: Sequence[_Told], chances: Sequence[Mapping[str, float]]) -> int:
    """The lowest hundredths from which core topics are right often enough."""
    steps = range(_LEAST_SURE, 100)
    return next(
        (step for step in steps if _is_right(dict.fromkeys(_CORE, step), told, chances)), 99
    )


def _is_right(
    steps: Mapping[str, int], told: Sequence[_Told], chances: Sequence[Mapping[str, float]]
) -> bool:
    """Whether of the texts in which a core topic is as likely as its step enough report one: of
    each kind of ours by itself, and of the verbatim ones. These are few, so that one wrong one
    more or less is chance: two are forgiven."""
    counts = {part: [0, 0] for part in (*_OURS, "")}
    for each, chance in zip(told, chances, strict=True):
        if any(chance[topic] * 100 >= steps[topic] for topic in _CORE):
            count = counts[each.sample.kind if each.sample.kind in _OURS else ""]
            count[0] += 1
            count[1] += not each.sample.labels.isdisjoint(_CORE)
    return all(
        right + (0 if part else _FORGIVEN) >= _SURE_PRECISION * number
        for part, (number, right) in counts.items()
    )
