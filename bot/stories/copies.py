"""Near copies: the same text with another footer, an emoji more or its last sentence less.

A text is cleaned (`identity.clean_text`) and cut into character 5-grams. Two texts are
copies when the smaller set lies in the larger one by .80, unless each has a number or a
name that the other lacks: courts and weather services write one sentence a hundred times.
What is compared at all is found by `candidates`. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from bot.stories.event_features import EventFeatures

__all__ = [
    "CONTAINED",
    "Shingles",
    "apart",
    "are_of_size",
    "copied",
    "may_be_copy",
    "numbers_of",
    "shingles",
    "template",
]

CONTAINED: Final = 0.80
_GRAM_LETTERS: Final = 5
_MIN_GRAMS: Final = 30  # grams: shorter texts ("Отбой") say nothing of their own
_MAX_GROWTH: Final = 1.6  # what is longer by more tells more than its original
_MAX_SHRINKAGE: Final = 4.0  # a line out of a long digest is no copy of the digest
_TEMPLATE_SHARE: Final = 0.65
_MAX_OTHER_WORDS_SHARE: Final = 0.14  # of all, on both sides: two texts of one form
_DIGITS: Final = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Shingles:
    """A clean text as what is compared of it."""

    grams: frozenset[int]
    numbers: frozenset[str]
    size: int = 0  # letters: a text that repeats itself is as long as it is

    @property
    def comparable(self) -> bool:
        return len(self.grams) >= _MIN_GRAMS


def shingles(clean: str, numbers: frozenset[str] | None = None) -> Shingles:
    """Of a text that `identity.clean_text` made; `numbers` are its own, where they are known."""
    # Hashes take half the memory of the grams; they differ from process to process.
    last = len(clean) - _GRAM_LETTERS
    grams = frozenset([hash(clean[n : n + _GRAM_LETTERS]) for n in range(last + 1)])
    return Shingles(grams, numbers_of(clean) if numbers is None else numbers, len(clean))


def numbers_of(clean: str) -> frozenset[str]:
    """The numbers in figures of a clean text."""
    return frozenset(number.lstrip("0") for number in _DIGITS.findall(clean))


def are_of_size(new: int, old: int) -> bool:
    """Whether a text of so many letters may be a copy of one of so many."""
    return new <= old * _MAX_GROWTH and old <= new * _MAX_SHRINKAGE


def may_be_copy(new: Shingles, old: Shingles) -> bool:
    """Whether `copied` may be `CONTAINED` or more. Ask it first: features cost more than grams."""
    if not (new.comparable and old.comparable and are_of_size(new.size, old.size)):
        return False
    return len(new.grams & old.grams) >= CONTAINED * min(len(new.grams), len(old.grams))


def copied(new: Shingles, old: Shingles, of_new: EventFeatures, of_old: EventFeatures) -> float:
    """How far `new` is a copy of `old`, 0..1; below `CONTAINED` it is no copy.

    A new text may be cut as much as it likes, within reason; one that is longer by more
    than half tells something of its own.
    """
    if not (new.comparable and old.comparable and are_of_size(new.size, old.size)):
        return 0.0
    contained = len(new.grams & old.grams) / min(len(new.grams), len(old.grams))
    if contained < CONTAINED:
        return contained
    if contrary(new, old, of_new, of_old) or _other_words(of_new, of_old):
        return 0.0
    return contained


def template(new: Shingles, old: Shingles, of_new: EventFeatures, of_old: EventFeatures) -> bool:
    """Whether two texts were made from one template: near copies except for names and numbers."""
    a, b = len(new.grams), len(old.grams)
    if not a or not b or len(new.grams & old.grams) < _TEMPLATE_SHARE * min(a, b):
        return False
    return contrary(new, old, of_new, of_old)


def apart(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether each has one that the other lacks: two texts with such numbers are no copies."""
    return not (ours <= theirs or theirs <= ours)


def contrary(new: Shingles, old: Shingles, of_new: EventFeatures, of_old: EventFeatures) -> bool:
    """Whether each has a number, a name or a weekday that the other lacks."""
    if apart(new.numbers, old.numbers):
        return True
    if of_new.counts - of_old.counts and of_old.counts - of_new.counts:
        return True  # numbers in words
    return bool(of_new.strangers(of_old) and of_old.strangers(of_new))


def _other_words(of_new: EventFeatures, of_old: EventFeatures) -> bool:
    """«День мужчин» and «день лизинга»: in few words one is much."""
    ours, theirs = of_new.told, of_old.told
    other = min(len(ours - theirs), len(theirs - ours))
    return other > _MAX_OTHER_WORDS_SHARE * min(len(ours), len(theirs))
