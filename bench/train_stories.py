"""Train the model of `bot.stories.likeness`: `python -m bench.train_stories`.

Pairs come from bench/data/stories_train*.jsonl, our own texts; stories that `of` names as
one case count as one, since the model tells cases and the stage is a rule of its own.
Plain logistic regression by gradient descent with an L2 penalty; no dependencies. The
second row of weights needs the extra `embeddings`; without it that row stays as it is.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

from bench.quality_stories import items_of, vectors_of
from bot.stories.clues import clue_keys
from bot.stories.likeness import FEATURES
from bot.stories.relation import Portrait, _values, portrait

DATA = Path(__file__).parent / "data"
TARGET = DATA.parent.parent / "bot" / "stories" / "weights.json"
_ROUNDS, _RATE, _PENALTY = 1200, 0.8, 0.0015


def pairs(rows: Sequence[dict[str, Any]], vectors: Sequence[Sequence[float]]) -> list[Any]:
    """(features, same case) of all pairs; those without a common clue count a third."""
    portraits = [portrait(r["title"], r["text"], v) for r, v in zip(rows, vectors, strict=True)]
    found = []
    for (a, one), (b, other) in combinations(zip(rows, portraits, strict=True), 2):
        same = a.get("case", a["story"]) == b.get("case", b["story"])
        near = bool(set(clue_keys(one.clues)) & set(clue_keys(other.clues)))
        found.append((values(one, other), same, 1.0 if near or same else 0.15))
    chosen = random.Random(1)
    for one in portraits:
        for twin in twins(one, portraits, chosen):
            found.append((values(one, twin), False, 0.5))
    return found


def twins(one: Portrait, others: Sequence[Portrait], chosen: random.Random) -> list[Portrait]:
    """The same report of other people elsewhere: courts write one text a hundred times.

    Words and details stay. Of the names all, or all but the places, are another's; of a
    text with a date or a unit only these and the numbers change.
    """
    stranger = chosen.choice([each for each in others if not each.clues.names & one.clues.names])
    c, theirs = one.clues, stranger.clues
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
    return [replace(one, clues=each) for each in made]


def values(one: Portrait, other: Portrait) -> dict[str, float]:
    """Features of the pair."""
    return _values(one, other)


def train(samples: Sequence[Any], names: Sequence[str]) -> dict[str, float]:
    """Weights by name, with `bias`."""
    weights = dict.fromkeys(("bias", *names), 0.0)
    positives = sum(weight for _, same, weight in samples if same)
    negatives = sum(weight for _, same, weight in samples if not same)
    scale = {True: 0.5 / positives, False: 0.5 / negatives}
    for _ in range(_ROUNDS):
        slope = {name: _PENALTY * w if name != "bias" else 0.0 for name, w in weights.items()}
        for found, same, weight in samples:
            z = weights["bias"] + sum(weights[n] * x for n, x in found.items() if n in weights)
            error = (1 / (1 + math.exp(-z)) - same) * weight * scale[same]
            slope["bias"] += error
            for name, x in found.items():
                if name in slope:
                    slope[name] += error * x
        for name in weights:
            weights[name] -= _RATE * slope[name] * 4
    return {name: round(w, 3) for name, w in weights.items()}


def main() -> None:
    """Write both rows of weights."""
    random.seed(1)
    rows = items_of(sorted(DATA.glob("stories_train*.jsonl")))
    made = json.loads(TARGET.read_text()) if TARGET.exists() else {}
    plain = [name for name in FEATURES if name != "cosine"]
    made["plain"] = train(pairs(rows, [()] * len(rows)), plain) | {"threshold": 0.6}
    vectors = vectors_of(rows)
    if vectors:
        row = train(pairs(rows, vectors), FEATURES)
        made["with_embeddings"] = row | {"threshold": 0.6}
    TARGET.write_text(json.dumps(made, indent=1, sort_keys=True) + "\n")
    for name, row in made.items():
        print(name, row)


if __name__ == "__main__":
    main()
