"""The probability that two reports, in any of three languages, tell one event. Pure.

A logistic model over features that a reader can follow: shared and contrary names,
numbers, terms, units, articles, details. `python -m bench.train_stories` makes the weights
(`weights.json`) from texts of our own; with embeddings another row of weights is used.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain
from typing import Final, TypeAlias

from bot.stories.event_features import EventFeatures, alike
from bot.stories.event_features import shared as shared_names
from bot.stories.lexicon import lexicon
from bot.stories.spelling import skeleton

__all__ = [
    "FEATURES",
    "case_likeness",
    "contradict",
    "features",
    "reasons",
    "same_person",
    "substance",
    "weights",
]

FEATURES: Final = (
    "names", "names_share", "person", "person_conflict", "name_conflict", "strangers",
    "numbers", "number_conflict", "term", "term_conflict", "unit", "unit_conflict",
    "law", "law_conflict", "date", "date_conflict", "count", "count_conflict", "details",
    "details_share", "place_detail", "setting", "words", "words_same_language", "grams",
    "other_language", "whole", "surname", "speaker", "figures", "cosine",
)  # fmt: skip


def features(
    one: EventFeatures, other: EventFeatures, contained: float = 0.0, cosine: float | None = None
) -> dict[str, float]:
    """Each about 0..1, by the names of FEATURES; those that are 0 are left out.

    `contained` is the containment of the clean texts' 5-grams, `cosine` that of their
    embeddings.
    """
    found: dict[str, float] = {}
    shared = shared_names(one.any_names, other)
    speakers = _speakers(one, other)
    if shared & speakers:
        found["speaker"] = 1.0
        shared -= speakers
    sure = min(len(one.names), len(other.names))
    all_names = one.names | other.names
    weight = sum(_weight(name, all_names) for name in shared)
    found["names"] = min(weight, 3) / 3
    least = min(sum(_weight(n, all_names) for n in each.any_names) for each in (one, other))
    found["names_share"] = min(1.0, weight / max(0.5, least))
    ours, theirs = (_persons(each, speakers) for each in (one, other))
    if ours and theirs:
        same = _any_same(ours, theirs)
        found["person"] = float(same)
        found["person_conflict"] = float(not same)
    found["surname"] = float(_surname(ours, other) or _surname(theirs, one))
    found["whole"] = min(1.0, one.likeness(other) / 0.6)
    found["name_conflict"] = float(bool(sure) and not shared)
    found["strangers"] = min(len(one.strangers(other)), len(other.strangers(one)), 3) / 3
    for kind, name in _KINDS:
        a, b = one.of_kind(kind), other.of_kind(kind)
        if not a or not b:
            continue
        both = a & b
        # A large number is one of its own, a small one may be anybody's.
        weighed = sum(1.0 if kind != "n" or len(count) > 3 else 0.6 for count in both)
        found["numbers" if name == "number" else name] = min(weighed, 2) / 2
        found[f"{name}_conflict"] = float(not both)
    figures = {
        n for n in one.of_kind("n") & other.of_kind("n") if float(n[1:]) >= _MIN_DISTINCTIVE_NUMBER
    }
    found["figures"] = min(len(figures), 2) / 2
    details = len(one.details & other.details)
    found["details"] = min(details, 5) / 5
    found["details_share"] = details / max(1, min(len(one.details), len(other.details)))
    found["place_detail"] = min(weight, 1) * min(details, 3) / 3
    found["setting"] = len(one.setting & other.setting) / max(1, len(one.setting | other.setting))
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


def contradict(one: EventFeatures, other: EventFeatures) -> bool:
    """Whether the two cannot tell one event: namesakes, other units, another number of people.

    Nothing contradicts that both name one person.
    """
    if _any_same(list(one.people), list(other.people)):
        return False
    if any(alike(a[-1], b[-1]) for a in one.people for b in other.people):
        return True
    if _strangers(one, other):
        return True
    terms = one.of_kind("t"), other.of_kind("t")
    if all(terms) and not terms[0] & terms[1] and one.people and other.people:
        named = any(alike(a[-1], name) for a in one.people for name in other.any_names)
        if not named and not any(
            alike(b[-1], name) for b in other.people for name in one.any_names
        ):
            return True
    a, b = one.of_kind("u"), other.of_kind("u")
    if a and b and not a & b:
        return True
    if _done_apart(one, other):
        return True
    return _counted_apart(one.of_kind("p"), other.of_kind("p"))


def _strangers(one: EventFeatures, other: EventFeatures) -> bool:
    """Whether each tells of people in full, not a name of whom is in the other, and no date
    and no unit says that it is one event all the same."""
    speakers = _speakers(one, other)
    ours, theirs = (_persons(each, speakers) for each in (one, other))
    if not ours or not theirs:
        return False
    of_one = {name for person in ours for name in person} | one.any_names
    of_other = {name for person in theirs for name in person} | other.any_names
    if _any_alike(ours, of_other) or _any_alike(theirs, of_one):
        return False
    return not any(one.of_kind(kind) & other.of_kind(kind) for kind in "du")


def _any_alike(people: Iterable[_Person], names: AbstractSet[str]) -> bool:
    return any(alike(name, each) for person in people for name in person for each in names)


def _done_apart(one: EventFeatures, other: EventFeatures) -> bool:
    """Whether the two tell deeds, none of them in both, and nobody and no number says that it is
    one event all the same."""
    if not one.deeds or not other.deeds or one.deeds & other.deeds:
        return False
    if _surname(list(one.people), other) or _surname(list(other.people), one):
        return False
    return not any(one.of_kind(kind) & other.of_kind(kind) for kind in "npd")


def _counted_apart(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether each gives a number of people and none of these is near one of the other's."""
    if not one or not other:
        return False
    ours, theirs = ([float(count[1:]) for count in each] for each in (one, other))
    return all(max(a, b) > 1.2 * min(a, b) for a in ours for b in theirs)


def same_person(one: EventFeatures, other: EventFeatures) -> bool:
    """Whether both name one person in full, and not only as somebody who speaks."""
    speakers = _speakers(one, other)
    return _any_same(_persons(one, speakers), _persons(other, speakers))


def _speakers(one: EventFeatures, other: EventFeatures) -> frozenset[str]:
    """Names of the first text that speak in either, with those that stand beside them."""
    both = one.speakers | other.speakers
    if not both:
        return both
    found = {name for name in one.any_names if any(alike(name, each) for each in both)}
    return frozenset(chain(found, *(pair for pair in one.people if pair[-1] in found)))


_Person: TypeAlias = tuple[str, str]


def _persons(of: EventFeatures, speakers: frozenset[str]) -> list[_Person]:
    if not speakers:
        return list(of.people)
    return [each for each in of.people if not any(alike(each[-1], name) for name in speakers)]


def _any_same(ours: Sequence[_Person], theirs: Sequence[_Person]) -> bool:
    return any(_same_person(a, b) for a in ours for b in theirs)


def _surname(people: Sequence[_Person], other: EventFeatures) -> bool:
    """The other text names one of them by a surname that is not short, and nobody in full so."""
    there = {name for pair in other.people for name in pair}
    return any(
        len(pair[-1]) >= 4
        and bool(shared_names(frozenset(pair[-1:]), other))
        and not any(alike(pair[-1], name) for name in there)
        for pair in people
    )


def substance(one: EventFeatures, other: EventFeatures) -> bool:
    """Whether more is shared than one place and one subject; cheaper than `features`.

    A name or number of its own, or a place and what was there. Where that is little, two
    events are likelier than one.
    """
    speakers = _speakers(one, other)
    ours, theirs = (_persons(each, speakers) for each in (one, other))
    alike_by = one.likeness(other)
    if _one_death(one, other):
        return False
    if alike_by >= _SAME_PERSON_COSINE and (_surname(ours, other) or _surname(theirs, one)):
        return True
    if alike_by < _MIN_LIKENESS:
        return False
    for kind in "untp":
        if one.of_kind(kind) & other.of_kind(kind):
            return True
    names = shared_names(one.any_names, other) - speakers
    if not names:
        return len(one.details & other.details) >= _SHARED_DETAILS_WITHOUT_NAME
    if alike_by >= (
        _SAME_EVENT_COSINE if one.lang == other.lang else _SAME_EVENT_COSINE_ACROSS_LANGUAGES
    ):
        return True  # a line in two languages: all that it tells is told in both
    if same_person(one, other) or one.of_kind("d") & other.of_kind("d"):
        return True
    all_names = one.names | other.names
    weight = sum(_weight(name, all_names) for name in names)
    details = len(one.details & other.details)
    return weight >= 1.8 or (weight >= 0.5 and details >= 2) or details >= 3


def _one_death(one: EventFeatures, other: EventFeatures) -> bool:
    """Whether only one of two short reports mentions a death: no report would leave it out."""
    if ("dead" in one.concepts) == ("dead" in other.concepts):
        return False
    teller, silent = (one, other) if "dead" in one.concepts else (other, one)
    return len(teller.bag) <= _ONE_LINE_FEATURES and len(silent.bag) <= _TWO_LINES_FEATURES


_ONE_LINE_FEATURES: Final = 8  # words, names and numbers that a report of a line has
_TWO_LINES_FEATURES: Final = 14
_MIN_LIKENESS: Final = 0.22  # of all that is told; two reports of one event share .25 to .9
_MIN_DISTINCTIVE_NUMBER: Final = 60  # numbers that are not anybody's
_SAME_EVENT_COSINE: Final = 0.65  # the same where a name is shared,
_SAME_EVENT_COSINE_ACROSS_LANGUAGES: Final = (
    0.50  # and in another language, where fewer words are known
)
_SAME_PERSON_COSINE: Final = 0.12  # the same where one person is named
_SHARED_DETAILS_WITHOUT_NAME: Final = 4  # details shared by two reports without a common name


def case_likeness(values: Mapping[str, float]) -> float:
    """The probability that the pair with these features tells one event, 0..1."""
    row = weights()["with_embeddings" if "cosine" in values else "plain"]
    z = row["bias"] + sum(row.get(name, 0.0) * value for name, value in values.items())
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, z))))


def reasons(values: Mapping[str, float], most: int = 4) -> tuple[str, ...]:
    """The features that decided most, for or against: `+names`, `-term_conflict`."""
    row = weights()["with_embeddings" if "cosine" in values else "plain"]
    effects = {name: row.get(name, 0.0) * value for name, value in values.items()}
    loudest = sorted(effects, key=lambda name: -abs(effects[name]))[:most]
    return tuple(("+" if effects[name] > 0 else "-") + name for name in loudest if effects[name])


@cache
def weights() -> Mapping[str, Mapping[str, float]]:
    """Rows `plain` and `with_embeddings`, each with `bias`, `threshold` and the features."""
    text = (files("bot.stories") / "weights.json").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[str, float]] = json.loads(text)
    return found


@lru_cache(maxsize=16_384)
def _rarity(name: str) -> float:
    return 0.25 if name in _wide() else min(len(name), 4) / 4


def _weight(name: str, sure: frozenset[str]) -> float:
    """How much a name weighs: countries and words at the head of sentences weigh little."""
    value = _rarity(name)
    return value if name in sure else value / 2


@cache
def _wide() -> frozenset[str]:
    return frozenset(skeleton(name) for name in lexicon().wide)


def _same_person(one: Sequence[str], other: Sequence[str]) -> bool:
    """Name and surname, in either order."""
    (a, b), (c, d) = one, other
    return (_one_name(a, c) and alike(b, d)) or (_one_name(a, d) and alike(b, c))


def _one_name(one: str, other: str) -> bool:
    """«Константин», «Костянтин»: the letters of the shorter stand in the longer in order."""
    if alike(one, other):
        return True
    short, long = sorted((one, other), key=len)
    if len(short) == 2:
        return long.startswith(short) and len(long) == 3  # «Вадим» lost an ending it has not
    letters = iter(long)
    return len(short) >= 3 and all(letter in letters for letter in short)


_KINDS: Final = (
    ("n", "number"), ("t", "term"), ("u", "unit"), ("l", "law"), ("d", "date"), ("p", "count"),
)  # fmt: skip
