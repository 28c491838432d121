"""Which word is the subject of a predicate, or whose a noun of refusing is: by agreement and case
in Russian and Ukrainian, by word order in English.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from filters.grammar import Form, Grammar
from filters.roles.lists import (
    BEFORE_VERB,
    CROWD,
    LEADS,
    MILITARY,
    OFFICE,
    PREPOSITIONS,
    PRONOUNS,
    REFUSER,
    RELATIVE,
    UNIT,
)
from filters.roles.meaning import SOLDIERS, STOP
from filters.roles.predicates import kind_of
from filters.roles.words import Word

__all__ = [
    "agent_of",
    "owner_in_english",
    "owner_of",
    "subject_in_english",
    "subject_of",
    "whom_a_participle_is_said_of",
]

_REACH: Final = 10
_OBJECT_REACH: Final = 7


def subject_in_english(at: int, words: Sequence[Word]) -> int | None:
    """The nearest noun to the left that no preposition governs."""
    place = at - 1
    while place >= 0 and (words[place].norm in BEFORE_VERB or words[place].norm.endswith("ly")):
        place -= 1
    if _is_whole(place, words) or (
        place > 0 and MILITARY.match(words[place - 1].norm) and not words[place].before.strip()
    ):
        return place
    best: int | None = None
    reach = max(-1, at - 1 - _REACH)
    while place > reach:
        if STOP.search(words[place + 1].before) and best is None and place < at - 1:
            return None
        word = words[place]
        governed = any(
            words[back].norm in PREPOSITIONS for back in range(place - 1, max(-1, place - 4), -1)
        )
        if _is_telling_en(word) and not (governed and place > 3 and word.norm not in PRONOUNS):
            return _antecedent(place, words) if word.norm in RELATIVE else place
        best = place if best is None else best
        place -= 1
    return best


def _is_whole(place: int, words: Sequence[Word]) -> bool:
    """Whether right before the verb stands a noun with its article and nothing governs it:
    whoever is named farther off does not do it (“… because the hoist would not …”)."""
    return (
        place > 0
        and words[place - 1].norm in LEADS
        and not words[place].before.strip()
        and (
            place < 2
            or not (
                words[place - 2].norm in PREPOSITIONS
                or words[place - 2].norm.endswith("ed")
                or kind_of(words[place - 2].norm)
            )
        )
    )


def agent_of(at: int, words: Sequence[Word]) -> int | None:
    """Who did it, of a passive: the first telling word behind “by”, or the last of its words."""
    for place in range(at + 1, min(len(words) - 1, at + 4)):
        if words[place].norm != "by":
            continue
        last = place + 1
        for near in range(place + 1, min(len(words), place + 6)):
            if STOP.search(words[near].before) or words[near].norm in PREPOSITIONS:
                break
            last = near
        telling = (near for near in range(last, place, -1) if _is_telling_en(words[near]))
        return next(telling, last)
    return None


def _is_telling_en(word: Word) -> bool:
    return (
        word.norm in PRONOUNS
        or not word.groups.isdisjoint(SOLDIERS)
        or not word.groups.isdisjoint(("fighters", "perhaps_man_of_war"))
        or bool(OFFICE.match(word.norm) or UNIT.match(word.norm))
        or word.is_capital
    )


def _antecedent(place: int, words: Sequence[Word]) -> int:
    """The soldier before a relative pronoun, or the pronoun itself."""
    for back in range(place - 1, max(-1, place - 5), -1):
        if not words[back].groups.isdisjoint(SOLDIERS) or REFUSER.match(words[back].norm):
            return back
    return place


def subject_of(at: int, verb: Form, words: Sequence[Word], grammar: Grammar) -> int | None:
    """The nearest noun that agrees with the verb, first before it, then behind it."""
    wanted = verb.finite or frozenset(("sing", "plur"))
    for place in range(at - 1, max(-1, at - 1 - _REACH), -1):
        if STOP.search(words[place + 1].before) and place < at - 1:
            break
        if _may_be_subject(place, words, grammar, wanted, verb):
            if words[place].norm.startswith(("котор", "як", "що", "кто", "хто")):
                for back in range(place - 1, max(-1, place - 5), -1):
                    if grammar.of(words[back].norm).is_noun:
                        return back
            if (
                place
                and "gent" in grammar.of(words[place].norm).cases
                and not words[place - 1].groups.isdisjoint((*SOLDIERS, "perhaps_man_of_war"))
                and _may_be_subject(place - 1, words, grammar, wanted, verb)
            ):
                return place - 1  # «захисники села відмовилися»
            return place
    for place in range(at + 1, min(len(words), at + 1 + _OBJECT_REACH)):
        if STOP.search(words[place].before):
            break
        if _may_be_subject(place, words, grammar, wanted, verb):
            return place
    return None


def whom_a_participle_is_said_of(
    at: int, form: Form, words: Sequence[Word], grammar: Grammar
) -> int | None:
    """Whom a participle is said of: the soldier or refuser close before it, or behind it."""
    if not form.is_attribute:
        return None
    if at:
        owner = grammar.of(words[at - 1].norm)
        if owner.is_noun and owner.cases & form.cases:
            return at - 1  # «жителей, отказавшихся …»
    near = (*range(at - 1, max(-1, at - 4), -1), *range(at + 1, min(len(words), at + 5)))
    return next((place for place in near if not words[place].groups.isdisjoint(SOLDIERS)), None)


def _may_be_subject(
    place: int, words: Sequence[Word], grammar: Grammar, wanted: frozenset[str], verb: Form
) -> bool:
    word = words[place]
    form = grammar.of(word.norm)
    if word.norm in PRONOUNS:
        return bool(form.subject & wanted) or not form.subject
    if len(word.norm) < 2:
        return False
    if not (form.is_noun or (form.subject and not word.groups.isdisjoint(SOLDIERS))):
        # An unknown word of the soldiers' lists may be one; a number stands for its noun.
        return not form.parts and not word.groups.isdisjoint(SOLDIERS)
    if _is_governed(place, words, grammar):
        return False
    if form.subject & wanted:
        return (
            not verb.past
            or "sing" not in wanted
            or not form.genders
            or bool(form.genders & verb.past)
        )
    # «Десять солдат отказались», «группа бойцов отказалась»: a genitive behind its number.
    return "gent" in form.cases and any(
        CROWD.match(words[back].norm) for back in range(place - 1, max(-1, place - 4), -1)
    )


def _is_governed(place: int, words: Sequence[Word], grammar: Grammar) -> bool:
    """Whether a preposition stands before the noun, adjectives between them passed over."""
    for back in range(place - 1, max(-1, place - 4), -1):
        form = grammar.of(words[back].norm)
        if form.is_preposition:
            return True
        if not form.is_attribute:
            return False
    return False


def owner_in_english(at: int, words: Sequence[Word]) -> int | None:
    """“The captain's refusal”, “a refusal by the crew”, “the refusal of the crew to sail”."""
    if at and words[at - 1].norm.endswith(("'s", "s'", "’s")):
        return at - 1
    if at + 2 < len(words) and words[at + 1].norm in ("by", "of"):
        last = at + 2
        for near in range(at + 2, min(len(words), at + 8)):
            if STOP.search(words[near].before) or words[near].norm in PREPOSITIONS:
                break
            if _is_telling_en(words[near]):
                return near
            last = near
        return last
    return None


def owner_of(at: int, words: Sequence[Word], grammar: Grammar) -> int | None:
    """«Отказ бойцов …»: the genitive right behind the noun, attributes passed over."""
    for near in range(at + 1, min(len(words), at + 5)):
        if words[near].before.strip():
            return None
        form = grammar.of(words[near].norm)
        if form.is_attribute or words[near].norm.rstrip("-абгйымияо").isdigit():
            continue
        known = not form.parts and not words[near].groups.isdisjoint(SOLDIERS)
        return near if known or (form.is_noun and "gent" in form.cases) else None
    return None
