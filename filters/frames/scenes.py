"""A sentence as frames see it: its words and their kinds, what roles tell of it, what the
sentences before it left; who does something there and whether it is told as real."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from filters.frames.lists import kinds_of
from filters.grammar import Grammar
from filters.morphology import language_of
from filters.roles import Word
from filters.roles.english import subject_in_english
from filters.roles.meaning import DUTY, SOLDIERS
from filters.roles.moods import is_bidden, is_unreal, moods_of, outlook_of
from filters.roles.predicates import is_negated, is_passive
from filters.roles.sides import side_of
from filters.roles.subjects import subject_of

__all__ = ["Marks", "Scene"]

Marks = Iterator[tuple[str, tuple[str, ...]]]
"""Marks, each with the topics that by itself it tells of."""

_CALLED_UP: Final = frozenset(("draft", "called_up"))
_OF_SERVICE: Final = frozenset((*DUTY, *_CALLED_UP, "army", "war_duty", "place_of_duty"))
_WOULD: Final = frozenset(("бы", "би"))
_AND: Final = frozenset(("and", "or", "then", "и", "і", "й", "та"))
_FAKES: Final = frozenset(("feign", "buy", "paper"))
_REACH: Final = 9


@dataclass(frozen=True)
class Scene:
    """A sentence. `told` are the topics that roles and filters tell of it by its own words,
    `before` is what sentences before it left (`filters.frames.leaves`)."""

    words: Sequence[Word]
    grammar: Grammar
    told: Collection[str] = ()
    before: Collection[str] = ()
    kinds: Sequence[frozenset[str]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kinds", [kinds_of(word.norm) for word in self.words])

    def is_near(self, kind: str, at: int, before: int, behind: int) -> bool:
        """Whether a word of a kind stands within so many words before or behind a place."""
        near = (*self.kinds[max(0, at - before) : at], *self.kinds[at + 1 : at + 1 + behind])
        return any(kind in each for each in near)

    def is_undone(self, at: int, reach: int) -> bool:
        """Whether a “not”, “never”, “failed” stands within so many words before a place."""
        return self.is_near("undone", at, reach, 0)

    @cached_property
    def present(self) -> frozenset[str]:
        """The kinds of all its words."""
        return frozenset[str]().union(*self.kinds)

    @cached_property
    def serves(self) -> bool:
        """Whether somebody who serves is named."""
        return any(
            not word.groups.isdisjoint(SOLDIERS) and "summons" not in kinds
            for word, kinds in zip(self.words, self.kinds, strict=True)
        )

    @cached_property
    def calls_up(self) -> bool:
        """Whether the call-up or those whom it is of are named."""
        return any(not word.groups.isdisjoint(_CALLED_UP) for word in self.words)

    @cached_property
    def is_of_service(self) -> bool:
        """Whether it names service, war or the call-up."""
        return any("service" in each for each in self.kinds) or any(
            not word.groups.isdisjoint(_OF_SERVICE) for word in self.words
        )

    @cached_property
    def is_of_sport(self) -> bool:
        """Whether it names sport."""
        return any("sport" in word.groups for word in self.words)

    @cached_property
    def mood(self) -> str:
        """How real what it tells is: "told", or what says otherwise."""
        return outlook_of(self.words, moods_of(self.words))

    @cached_property
    def mood_of_fakes(self) -> str:
        """The same where “fake” is said of an illness or a paper, and denies nothing."""
        real = [
            word
            for word, kinds in zip(self.words, self.kinds, strict=True)
            if kinds.isdisjoint(_FAKES)
        ]
        return outlook_of(real, moods_of(real))

    def is_done(self, at: int) -> bool:
        """Whether a deed is neither negated, nor bidden, nor only thought of."""
        if at + 1 < len(self.words) and self.words[at + 1].norm in _WOULD:
            return False  # «сломал бы палец»
        words = self.words
        return not (is_negated(at, words) or is_unreal(at, words) or is_bidden(at, words))

    def is_done_to(self, at: int) -> bool:
        """Whether a verb is passive: its subject is whom it is done to."""
        if language_of(self.words[at].norm) != "en":
            return self.grammar.of(self.words[at].norm).passive
        if is_passive(at, self.words):
            return True
        is_second = at > 1 and self.words[at - 1].norm in _AND
        return is_second and is_passive(at - 2, self.words)  # “are stopped and shot”

    def _first_of_two(self, at: int) -> int:
        """«Избили сторожа и заперли его»: where the verb before the “and” stands, whose subject
        is this one's too; the place itself of any other."""
        if at < 2 or self.words[at - 1].norm not in _AND:
            return at
        numbers = self.grammar.of(self.words[at].norm).finite
        for place in range(at - 2, max(-1, at - _REACH), -1):
            form = self.grammar.of(self.words[place].norm)
            if form.is_verb and not form.is_noun and form.finite & numbers:
                return place
        return at

    def who_does(self, at: int) -> str:
        """What the subject of a verb is, as roles name sides; "nobody" of none."""
        if language_of(self.words[at].norm) == "en":
            subject = subject_in_english(at, self.words)
        else:
            at = self._first_of_two(at)
            form = self.grammar.of(self.words[at].norm)
            subject = subject_of(at, form, self.words, self.grammar) if form.is_verb else None
        return side_of(subject, self.words, self.grammar)
