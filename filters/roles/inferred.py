"""What a deed is by the words around it: staying where one was told to go, laying down arms, a
mutiny, a trade's refusal to fight.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from filters.grammar import Grammar
from filters.roles.lists import (
    ALTHOUGH,
    AWAITS,
    CLIMBS,
    DEAD,
    DEMANDS,
    ENEMY,
    FRONT_ITSELF,
    GETS,
    GIVE_UP,
    ILL,
    LEADS,
    MUTINY,
    POWER,
    PREPOSITIONS,
    REAR,
    SPARED,
    SURRENDERS,
    TRADES,
)
from filters.roles.meaning import DUTY, REFUSALS, SOLDIERS
from filters.roles.objects import (
    asks_out,
    commands_to_go,
    is_commanded,
    is_toward_duty,
    is_unit_near,
)
from filters.roles.predicates import is_infinitive, is_negated, kind_of
from filters.roles.words import Word

__all__ = [
    "does_not_as_told",
    "gets_done",
    "is_done_to_be_spared",
    "is_feigned_to_be_spared",
    "is_mutiny",
    "is_said_of_oneself",
    "of_rising",
    "quits_a_post",
    "serves_by_what_he_does",
    "will_not_go",
]

_BUT: Final = frozenset(("но", "а", "однако", "але", "проте", "однак", "but", "yet"))
_GOING: Final = (
    "ехать",
    "поехать",
    "идти",
    "пойти",
    "возвращ",
    "вернуть",
    "служ",
    "воев",
    "їхати",
    "поїхати",
    "йти",
    "іти",
    "поверта",
    "поверну",
    "відправ",
    "отправ",
    "посла",
    "воюва",
    "викона",
)
_HIM: Final = frozenset(("his", "him", "their", "them", "ему", "йому", "им", "їм", "его", "його"))
_HOME: Final = frozenset(("домой", "додому", "home"))


def does_not_as_told(words: Sequence[Word], kinds: Sequence[str]) -> list[int]:
    """Where men told to shoot, to hold or to hurt do not: “ordered to fire, they did not shoot”."""
    return [
        at
        for at in range(3, len(words))
        if words[at - 1].norm == "not"
        and words[at - 2].norm in ("did", "do", "does")
        and (kinds[at] in ("harm", "hurt", "hold") or "war_duty" in words[at].groups)
        and is_commanded(words)
    ]


def will_not_go(at: int, words: Sequence[Word], kinds: Sequence[str]) -> bool:
    """Whether who stays was told to go; who lays down arms does so only to go home or to sit, not
    to surrender."""
    if kind_of(words[at].norm) == "stay":
        return _stays_against_an_order(at, words)
    if any(GIVE_UP.match(word.norm) or ENEMY.match(word.norm) for word in words[at + 4 :]):
        return False
    if any(SURRENDERS.match(word.norm) for word in words):
        return False
    is_more = any(
        kind in ("refuse", "stay", "disobey") or (kind == "wont" and is_negated(place, words))
        for place, kind in enumerate(kinds)
        if place != at
    )
    wants_home = any(word.norm in _HOME for word in words) and asks_out(words)
    return is_more or (wants_home and any(DEMANDS.match(word.norm) for word in words))


def _stays_against_an_order(at: int, words: Sequence[Word]) -> bool:
    """«Остались, хотя им велели идти», “were told to advance but stayed”: the order is before it,
    or told of as what they stayed in spite of; who only waits stays too."""
    if any(AWAITS.match(word.norm) for word in words):
        return False
    for place in commands_to_go(words):
        if place < at:
            if any(word.norm in _BUT for word in words[place + 1 : at]):
                return True
        elif any(word.norm in ALTHOUGH for word in words[at + 1 : place]) and not any(
            word.norm in ("after", "после", "після", "until", "пока", "поки", "before")
            for word in words[at + 1 : place]
        ):
            return True
    return False


def quits_a_post(at: int, words: Sequence[Word]) -> bool:
    """“Quit his post”, not “quit the army”."""
    near = words[at + 1 : at + 4]
    return any(not each.groups.isdisjoint(("post_strict", "place_of_duty")) for each in near) and (
        words[at].norm in ("quit", "quits", "quitting")
    )


def is_said_of_oneself(at: int, words: Sequence[Word], grammar: Grammar) -> bool:
    """«„Мы туда не вернёмся“, — сказали разведчики»: it is refused, and is no absence yet."""
    is_future = grammar.of(words[at].norm).is_future
    return is_future and any(not word.groups.isdisjoint(SOLDIERS) for word in words)


def serves_by_what_he_does(kind: str, what: str, at: int, doer: int, words: Sequence[Word]) -> bool:
    """Whether somebody of a trade serves, for he will not fight or has left a unit: “the medics
    refused to go to the front”, «водитель сбежал из батальона»; not a doctor at the front."""
    groups = words[doer].groups
    if "perhaps_man_of_war" not in groups or "fighters" in groups:
        return False
    if kind not in REFUSALS:
        return kind == "leave" and what == "post" and is_unit_near(at, words)
    if not TRADES.match(words[doer].norm) or _is_beside_others(doer, words):
        return False
    for near in words[at + 1 : at + 7]:
        if "," in near.before:
            return False
        if "fight_strict" in near.groups and not FRONT_ITSELF.match(near.norm):
            return True
    return False


def _is_beside_others(at: int, words: Sequence[Word]) -> bool:
    """«Журналисты и операторы»: a trade is what those are whom it is named with."""
    if at < 2 or words[at - 1].norm not in ("и", "і", "й", "та", "and"):
        return False
    return words[at - 2].groups.isdisjoint((*SOLDIERS, "perhaps_man_of_war"))


def is_feigned_to_be_spared(at: int, words: Sequence[Word]) -> bool:
    """Whether what is feigned is an illness, or anything that spares one the front."""
    near = words[at + 1 : at + 8]
    if any("illness" in word.groups for word in near):
        return True
    if any(ILL.match(word.norm) for word in near):
        return any(not word.groups.isdisjoint(("fight_strict", "mission")) for word in words)
    is_of_purpose = any(word.norm in ("чтобы", "щоб", "аби") for word in words[at + 1 :])
    return is_of_purpose and any("fight_strict" in word.groups for word in words[at + 1 :])


def is_done_to_be_spared(at: int, words: Sequence[Word]) -> bool:
    """“… his hand to miss the sailing”, «… руку, чтобы не ехать»: then it is his own."""
    if any(DEAD.match(each.norm) for each in words[at + 1 : at + 4]):
        return False
    for place in range(at + 1, min(len(words) - 1, at + 12)):
        norm, behind = words[place].norm, words[place + 1].norm
        if norm == "to" and (SPARED.match(behind) or _is_let_off(place, words)):
            return True
        if norm in ("so", "rather", "instead") and behind in ("as", "that", "than", "of", "he"):
            return True
        if norm in ("чтобы", "чтоб", "дабы", "щоб", "аби"):
            return any(_is_of_being_spared(each) for each in words[place + 1 : place + 6])
    return False


def gets_done(at: int, words: Sequence[Word], grammar: Grammar) -> int | None:
    """Where one gets another to hurt him: “paid a comrade to break his arm”, «попросил сослуживца
    прострелить ему ногу»."""
    norm = words[at].norm
    if not (is_infinitive(norm, grammar) or (at and words[at - 1].norm in ("to", "into"))):
        return None
    near = words[at + 1 : at + 5]
    if not any(each.norm in _HIM or "self" in each.groups for each in (*words[at - 2 : at], *near)):
        return None
    if all(each.groups.isdisjoint(("limb", "self")) and each.norm != "him" for each in near):
        return None
    for place in range(at - 1, max(-1, at - 9), -1):
        if GETS.match(words[place].norm):
            return place
        if "," in words[place].before or kind_of(words[place].norm):
            return None
    return None


def _is_of_being_spared(word: Word) -> bool:
    """Whether a word of a purpose is of the rear, a duty or going: «чтобы не ехать на фронт»."""
    return (
        bool(REAR.match(word.norm))
        or not word.groups.isdisjoint((*DUTY, "war_duty", "mission"))
        or kind_of(word.norm) in ("wont", "return", "leave", "evade")
        or word.norm.startswith(_GOING)
    )


def _is_let_off(at: int, words: Sequence[Word]) -> bool:
    """“To be evacuated”, “to leave the trenches”."""
    behind = words[at + 1 : at + 6]
    verbs = ("be", "get", "leave", "go")
    return behind[0].norm in verbs and any(REAR.match(each.norm) for each in behind)


def is_mutiny(at: int, words: Sequence[Word]) -> bool:
    """Whether men rise against those who command them, today, and not for power."""
    before = words[at - 1].norm if at else ""
    is_noun = words[at].norm == "mutiny" and (before in LEADS or before in PREPOSITIONS)
    return (
        bool(MUTINY.match(words[at].norm))
        and not is_noun
        and not any(POWER.match(word.norm) for word in words)
    )


def of_rising(at: int, what: str, words: Sequence[Word]) -> str:
    """What not getting up or out is about: a duty where one was told to or goes to one, a task
    where one stays under cover."""
    if is_commanded(words) or is_toward_duty(at, words):
        return "duty"
    is_under_cover = what in ("post", "duty", "warlike") and CLIMBS.match(words[at].norm)
    return "task" if is_under_cover else "nothing"
