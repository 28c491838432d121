"""Which word is the subject of an English predicate, or whose an English noun of refusing is: by
word order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from filters.roles.lists import (
    BEFORE_VERB,
    DAYS,
    INSERTED,
    LEADS,
    LOCATIVE,
    MANY,
    MILITARY,
    OFFICE,
    PERSON,
    PREPOSITIONS,
    PRONOUNS,
    REFUSER,
    RELATIVE,
    THEN,
    UNIT,
)
from filters.roles.meaning import SOLDIERS, STOP
from filters.roles.predicates import kind_of
from filters.roles.words import Word

__all__ = ["agent_of", "is_one_of", "owner_in_english", "subject_in_english"]

_REACH: Final = 10
_MEN: Final = frozenset((*SOLDIERS, "fighters", "perhaps_man_of_war"))


def subject_in_english(at: int, words: Sequence[Word]) -> int | None:
    """The nearest noun to the left that no preposition governs."""
    place = at - 1
    if at and words[place].norm == "having":
        return _subject_behind(at, words)
    while place >= 0 and (words[place].norm in BEFORE_VERB or words[place].norm.endswith("ly")):
        place -= 1
    place = _before_inserted(place, words)
    if _is_whole(place, words) or (
        place > 0 and MILITARY.match(words[place - 1].norm) and not words[place].before.strip()
    ):
        return place
    if place > 0 and _is_owned(place, words):
        return place  # “the platoon's families”
    best: int | None = None
    reach = max(-1, at - 1 - _REACH)
    while place > reach:
        if STOP.search(words[place + 1].before) and best is None and place < at - 1:
            return None
        word = words[place]
        governor = _governor(place, words)
        if best is None and governor and not is_one_of(word) and _is_where(governor, words):
            place = governor - 1  # “miners from Vorkuta”: the miners
            continue
        governed = governor is not None and place > 3 and word.norm not in PRONOUNS
        if _is_said_of_next(place, words, best):
            place -= 1  # “Russian bankers”
            continue
        if _is_telling_en(word) and not governed:
            return _antecedent(place, words) if word.norm in RELATIVE else place
        best = place if best is None else best
        place -= 1
    first = _first_of_men(at, words) if _is_one_more(at, words) else None
    return best if first is None else first


def _is_one_more(at: int, words: Sequence[Word]) -> bool:
    """Whether a verb is a second one of its subject: “sat in their buses … and would not go”."""
    place = at - 1
    while place >= 0 and words[place].norm in BEFORE_VERB:
        place -= 1
    return place >= 0 and words[place].norm in ("and", "but", "then", "or")


def _first_of_men(at: int, words: Sequence[Word]) -> int | None:
    """The first who serves in the clause that ends at a place, where nothing governs him."""
    first = max((place for place in range(at) if STOP.search(words[place].before)), default=0)
    for place in range(first, at):
        if kind_of(words[place].norm):
            return None
        if not words[place].groups.isdisjoint(SOLDIERS) and _governor(place, words) is None:
            return place
    return None


def _before_inserted(last: int, words: Sequence[Word]) -> int:
    """The word before a clause between commas that only says something of it: “A unit, sent from
    the coast to retake the dam, refused”."""
    if "," not in words[last + 1].before:
        return last
    for first in range(last, max(0, last - _REACH), -1):
        if "," in words[first].before:
            norm = words[first].norm
            is_said = norm.endswith(("ed", "ing")) or norm in INSERTED
            return first - 1 if is_said else last
        if STOP.search(words[first].before):
            break
    return last


def _is_owned(place: int, words: Sequence[Word]) -> bool:
    """Whether who is named right before a word only owns what it names."""
    before = words[place - 1].norm
    return (
        not is_one_of(words[place])
        and words[place].norm not in PRONOUNS
        and _governor(place, words) is None
        and before.endswith(("'s", "s'", "’s", "s’"))
    )


def _subject_behind(at: int, words: Sequence[Word]) -> int | None:
    """“Having left his post, the gunner hid”: who does what the main clause says."""
    is_behind = False
    for place in range(at + 1, min(len(words), at + 1 + _REACH)):
        is_behind = is_behind or "," in words[place].before
        if is_behind and _is_telling_en(words[place]):
            return place
    return None


def _governor(place: int, words: Sequence[Word]) -> int | None:
    """The preposition within three words before a word."""
    for back in range(place - 1, max(-1, place - 4), -1):
        if words[back].norm in PREPOSITIONS:
            return back
    return None


def _is_where(at: int, words: Sequence[Word]) -> bool:
    """Whether a preposition says where from or where somebody named right before it is."""
    return (
        words[at].norm in LOCATIVE
        and bool(PERSON.match(words[at - 1].norm) or is_one_of(words[at - 1]))
        and not any(STOP.search(each.before) or "," in each.before for each in words[at : at + 3])
    )


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
                (words[place - 2].norm in PREPOSITIONS and not _begins_clause(place - 2, words))
                or words[place - 2].norm.endswith("ed")
                or kind_of(words[place - 2].norm)
            )
        )
    )


def _begins_clause(at: int, words: Sequence[Word]) -> bool:
    """“… went back after the ferry refused”: what follows has a subject of its own; in “the men
    after the battle refused” it has not."""
    return words[at].norm in THEN and at > 1 and not _is_of_men(words[at - 1])


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


def _is_said_of_next(place: int, words: Sequence[Word], best: int | None) -> bool:
    """Whether a nation's name only says whose somebody is."""
    return (
        best == place + 1
        and words[place].norm.endswith(("ian", "ish", "ese", "eli", "can", "nch"))
        and not words[best].before.strip()
    )


def _is_telling_en(word: Word) -> bool:
    is_name = word.is_capital and word.norm not in DAYS
    return is_one_of(word) or word.norm in PRONOUNS or is_name or word.norm in MANY


def is_one_of(word: Word) -> bool:
    """Whether a word names who serves or may serve, a unit or an office."""
    return _is_of_men(word) or bool(OFFICE.match(word.norm))


def _is_of_men(word: Word) -> bool:
    return not word.groups.isdisjoint(_MEN) or bool(UNIT.match(word.norm))


def _antecedent(place: int, words: Sequence[Word]) -> int:
    """The soldier before a relative pronoun, or the pronoun itself."""
    for back in range(place - 1, max(-1, place - 5), -1):
        if not words[back].groups.isdisjoint(SOLDIERS) or REFUSER.match(words[back].norm):
            return back
    return place


def owner_in_english(at: int, words: Sequence[Word]) -> int | None:
    """“The captain's refusal”, “a refusal by the crew”, “the refusal of the crew to sail”."""
    is_possessive = words[at].before.strip() in ("'", "’")
    if at and (is_possessive or words[at - 1].norm.endswith(("'s", "s'", "’s"))):
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
