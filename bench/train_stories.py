"""Train the model of `bot.stories.likeness`: `python -m bench.train_stories`.

Pairs come from bench/data/stories_*.jsonl, our own texts, but the short ones. Stories that `case`
names as one count as one, since the model tells cases and the stage is a rule of its own.
Logistic regression by gradient descent with an L2 penalty. The second row of weights
needs the extra `embeddings`; without it that row stays as it is. `--check` writes nothing:
it trains without each file in turn and tells B³ of that file, an estimate for new texts.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

import numpy as np

from bench.quality_stories import items_of, measure, vectors_of
from bot.stories.event_features import EventFeatures, feature_keys
from bot.stories.likeness import FEATURES, weights
from bot.stories.relation import TextProfile, _cosine, _values, text_profile

DATA = Path(__file__).parent / "data"
TARGET = DATA.parent.parent / "bot" / "stories" / "weights.json"
_ROUNDS, _RATE, _PENALTY = 1200, 0.8, 0.0015
_THRESHOLD = 0.65


def pairs(rows: Sequence[dict[str, Any]], vectors: Sequence[tuple[float, ...]]) -> list[Any]:
    """(features, same case) of all pairs; those without a common clue count a third."""
    portraits = [text_profile(r["title"], r["text"], v) for r, v in zip(rows, vectors, strict=True)]
    found = []
    for (a, one), (b, other) in combinations(zip(rows, portraits, strict=True), 2):
        same = a.get("case", a["story"]) == b.get("case", b["story"])
        near = bool(set(feature_keys(one.event_features)) & set(feature_keys(other.event_features)))
        found.append((values(one, other), same, 1.0 if near or same else 0.15))
    chosen = random.Random(1)
    for one in portraits:
        for twin in twins(one, portraits, chosen):
            found.append((values(one, twin), False, 0.5))
    return found


def twins(
    one: TextProfile, others: Sequence[TextProfile], chosen: random.Random
) -> list[TextProfile]:
    """The same report of other people elsewhere: courts write one text a hundred times.

    Words and details stay. Of the names all, or all but the places, are another's; of a
    text with a date or a unit only these and the numbers change.
    """
    stranger = chosen.choice(
        [each for each in others if not each.event_features.names & one.event_features.names]
    )
    c, theirs = one.event_features, stranger.event_features
    surnames = frozenset(name for pair in c.people for name in pair)
    moved = frozenset(
        f"{count[0]}{int(float(count[1:])) + chosen.randint(1, 9)}"
        if count[0] in "ntu"
        else f"d{chosen.randint(1, 31)}.{chosen.randint(1, 12)}"
        if count[0] == "d"
        else count
        for count in c.counts
    )
    made = []
    if c.people and theirs.people:
        made.append(replace(c, names=theirs.names, maybe=theirs.maybe, people=theirs.people))
        kept = (c.names - surnames) | theirs.names
        made.append(replace(c, names=kept, people=theirs.people, counts=moved))
    elif theirs.names:
        made.append(replace(c, names=theirs.names, maybe=theirs.maybe, counts=moved))
    if any(count[0] in "du" for count in c.counts):
        made.append(replace(c, counts=moved, people=frozenset()))
    return [_told(one, each) for each in made]


def _told(one: TextProfile, other: EventFeatures) -> TextProfile:
    """The same text as if it told what `other` tells."""
    twin = replace(one)
    twin.__dict__["clues"] = other
    return twin


def values(one: TextProfile, other: TextProfile) -> dict[str, float]:
    """Features of the pair."""
    return _values(one, other, _cosine(one, other))


def train(samples: Sequence[Any], names: Sequence[str]) -> dict[str, float]:
    """Weights by name, with `bias`; both classes weigh the same."""
    x = np.array([[1.0, *(found.get(name, 0.0) for name in names)] for found, _, _ in samples])
    same = np.array([float(same) for _, same, _ in samples])
    weight = np.array([weight for _, _, weight in samples])
    weight *= np.where(same > 0, 0.5 / weight[same > 0].sum(), 0.5 / weight[same == 0].sum())
    w = np.zeros(x.shape[1])
    penalty = np.full(x.shape[1], _PENALTY)
    penalty[0] = 0
    for _ in range(_ROUNDS):
        error = (1 / (1 + np.exp(-x @ w)) - same) * weight
        w -= 4 * _RATE * (penalty * w + x.T @ error)
    return dict(zip(("bias", *names), (round(float(each), 3) for each in w), strict=True))


def check(files: Sequence[Path], names: Sequence[str]) -> None:
    """Tell B³ and pair F1 of each file by a model that has not seen it."""
    found = {path: items_of([path]) for path in files}
    made = {path: pairs(rows, [()] * len(rows)) for path, rows in found.items()}
    for path, rows in found.items():
        others = [pair for other in files if other != path for pair in made[other]]
        row = train(others, names) | {"threshold": _THRESHOLD}
        with patch.dict(cast("dict[str, Any]", weights()), {"plain": row}):
            figures = measure(rows, embedded=False, same_day=True)
        print(f"{path.name}: B³ {figures.b3:.3f}, pair F1 {figures.pair_f1:.3f}")


def main() -> None:
    """Write both rows of weights, or `--check`."""
    files = sorted(set(DATA.glob("stories_*.jsonl")) - set(DATA.glob("stories_short*.jsonl")))
    plain = [name for name in FEATURES if name != "cosine"]
    if "--check" in sys.argv:
        check(files, plain)
        return
    rows = items_of(files)
    made = json.loads(TARGET.read_text()) if TARGET.exists() else {}
    by_file = [items_of([path]) for path in files]
    samples = [pair for rows in by_file for pair in pairs(rows, [()] * len(rows))]
    made["plain"] = train(samples, plain) | {"threshold": _THRESHOLD}
    if vectors_of(rows[:1]):
        samples = [pair for rows in by_file for pair in pairs(rows, vectors_of(rows))]
        made["with_embeddings"] = train(samples, FEATURES) | {"threshold": _THRESHOLD}
    TARGET.write_text(json.dumps(made, indent=1, sort_keys=True) + "\n")
    for name, row in made.items():
        print(name, row)


if __name__ == "__main__":
    main()
