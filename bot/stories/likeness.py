"""How probably two reports, in any of three languages, are of one event. Pure.

A logistic model over features that a reader can follow: shared and contrary names,
numbers, terms, units, articles, details. `python -m bench.train_stories` makes the weights
(`weights.json`) from texts of our own; with embeddings another row of weights is used.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

from bot.stories.clues import Clues, alike, skeleton
from bot.stories.clues import shared as shared_names
from bot.stories.lexicon import COUNTRIES, DETAIL

__all__ = ["FEATURES", "case_likeness", "features", "reasons", "weights"]

FEATURES: Final = (
    "names", "names_share", "person", "person_conflict", "name_conflict", "strangers",
    "numbers", "number_conflict", "term", "term_conflict", "unit", "unit_conflict",
    "law", "law_conflict", "date", "date_conflict", "details", "details_share",
    "setting", "words", "words_same_language", "grams", "other_language", "cosine",
)  # fmt: skip


def features(
    one: Clues, other: Clues, contained: float = 0.0, cosine: float | None = None
) -> dict[str, float]:
    """Each about 0..1, by the names of FEATURES; those that are 0 are left out.

    `contained` is the containment of the clean texts' 5-grams, `cosine` that of their
    embeddings.
    """
    found: dict[str, float] = {}
    shared = shared_names(one.any_names, other.any_names)
    sure = min(len(one.names), len(other.names))
    said = one.names | other.names
    weight = sum(_weight(name, said) for name in shared)
    found["names"] = min(weight, 3) / 3
    least = min(sum(_weight(n, said) for n in each.any_names) for each in (one, other))
    found["names_share"] = min(1.0, weight / max(0.5, least))
    if one.people and other.people:
        same = any(_same_person(a, b) for a in one.people for b in other.people)
        found["person"] = float(same)
        found["person_conflict"] = float(not same)
    found["name_conflict"] = float(bool(sure) and not shared)
    found["strangers"] = min(len(one.strangers(other)), len(other.strangers(one)), 3) / 3
    for kind, name, least in (
        ("n", "number", 1), ("t", "term", 1), ("u", "unit", 1), ("l", "law", 1), ("d", "date", 1),
    ):  # fmt: skip
        a, b = one.of_kind(kind), other.of_kind(kind)
        key = "numbers" if name == "number" else name
        found[key] = min(len(a & b), 2) / 2
        found[f"{name}_conflict"] = float(len(a) >= least and len(b) >= least and not a & b)
    details = [{c for c in each.concepts if c in DETAIL} for each in (one, other)]
    both = details[0] & details[1]
    found["details"] = min(len(both), 4) / 4
    found["details_share"] = len(both) / max(1, min(len(details[0]), len(details[1])))
    setting = [each.concepts - DETAIL.keys() for each in (one, other)]
    found["setting"] = len(setting[0] & setting[1]) / max(1, len(setting[0] | setting[1]))
    words = len(one.words & other.words) / max(3, min(len(one.words), len(other.words)))
    found["words"] = words
    if one.lang == other.lang:
        found["words_same_language"] = words
        found["grams"] = contained
    else:
        found["other_language"] = 1.0
    if cosine is not None:
        found["cosine"] = max(0.0, (cosine - 0.80) / 0.20)
    return {name: value for name, value in found.items() if value}


def case_likeness(values: Mapping[str, float]) -> float:
    """The probability that the pair with these features tells one event, 0..1."""
    row = weights()["with_embeddings" if "cosine" in values else "plain"]
    z = row["bias"] + sum(row.get(name, 0.0) * value for name, value in values.items())
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, z))))


def reasons(values: Mapping[str, float], most: int = 4) -> tuple[str, ...]:
    """The features that spoke loudest, for or against: `+names`, `-term_conflict`."""
    row = weights()["with_embeddings" if "cosine" in values else "plain"]
    said = {name: row.get(name, 0.0) * value for name, value in values.items()}
    loudest = sorted(said, key=lambda name: -abs(said[name]))[:most]
    return tuple(("+" if said[name] > 0 else "-") + name for name in loudest if said[name])


@cache
def weights() -> Mapping[str, Mapping[str, float]]:
    """Rows `plain` and `with_embeddings`, each with `bias`, `threshold` and the features."""
    text = (files("bot.stories") / "weights.json").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[str, float]] = json.loads(text)
    return found


def _weight(name: str, sure: frozenset[str]) -> float:
    """Countries and words that only stand at the head of sentences tell little."""
    value = 0.25 if name in _wide() else min(len(name), 4) / 4
    return value if name in sure else value / 2


@cache
def _wide() -> frozenset[str]:
    return frozenset(skeleton(name) for name in COUNTRIES)


def _same_person(one: Sequence[str], other: Sequence[str]) -> bool:
    """The last of two names is the surname, or both stand the other way round."""
    return alike(one[-1], other[-1]) or (alike(one[0], other[-1]) and alike(one[-1], other[0]))
