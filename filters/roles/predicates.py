"""Which words are predicates, of what kind, and whether each is negated, passive or not real."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from filters.grammar import Grammar
from filters.morphology import language_of
from filters.roles.lists import (
    ASKS_FOR,
    AWAY,
    BE,
    BEFORE_VERB,
    COMMANDED,
    CURSED,
    DECIDED,
    FED,
    GIVEN,
    HARDLY,
    INEDIBLE,
    INFINITIVE,
    LAID,
    LEADS,
    LEAVE_OF,
    MODAL,
    NEGATION,
    NONE_OF,
    OBEYS,
    OFFICE,
    PAPERS,
    PARTICIPLES,
    PERMISSION,
    PREDICATES,
    PREPOSITIONS,
    PRONOUNS,
    RETREATS,
    SAYS,
    STOPPED,
    STRIPPED,
    SWALLOWS,
    THROWN,
    UNLAWFUL,
    WEAPON,
    WILLED,
    WITHOUT,
    WONT,
)
from filters.roles.meaning import DEFIANT, POSTS, SOLDIERS, STOP
from filters.roles.words import Word

__all__ = [
    "is_defied",
    "is_foretold",
    "is_infinitive",
    "is_negated",
    "is_passive",
    "is_predicate",
    "is_refused",
    "is_said_of_a_thing",
    "is_swallowing",
    "is_withheld",
    "kind_at",
    "kind_of",
]

_KEPT: Final = 4_000  # forms; of those not met for so long few come again
_GOING: Final = frozenset(
    ("walked", "ran", "slip", "slips", "slipped", "sneaks", "sneaked", "snuck", "crept")
)
"""What says that somebody left only with “out”, “away” or the like behind it."""
_WENT: Final = frozenset(("пішов", "пішла", "пішли"))
"""Going, which is leaving unless it is negated."""
_OUT_OF: Final = frozenset(("з", "із", "зі", "from"))
_ONTO: Final = frozenset(("on", "in", "into", "off", "out", "up", "back"))
_THAT: Final = frozenset(("что", "що", "that", "больше", "більше"))
_AND: Final = frozenset(("and", "but", "и", "но", "і", "й", "та", "але"))
_THROWN_OUT: Final = ("выгна", "вигна", "викину")
_OF_SERVICE: Final = ("служб", "арми", "армі", "войск", "військ")
_BY_HIMSELF: Final = frozenset(("самовольно", "самовільно", "самочинно", "unlawfully", "illegally"))
_MEALS: Final = ("обед", "ужин", "перекур", "обід", "вечер", "lunch", "dinner")
_ASKED: Final = frozenset(("asked", "whether", "спросили", "запитали", "спитали"))
_BACK: Final = frozenset(("back", "out", "off", "away"))
_NO_DEED: Final = frozenset(
    ("have", "hesitate", "mind", "fail", "stop", "miss", "need", "forget", "know", "survive")
)
_TRIP: Final = ("полет", "летим", "поплыв", "поплив", "едем", "їдемо", "ездим", "їздимо")
_ARTICLES: Final = frozenset(("the", "a", "an", "his", "her", "its", "their", "our"))
_OF_TWO_WORDS: Final = frozenset(
    (
        *("went", "gone", "going", "go", "got", "turn", "turned", "show", "showed", "shown"),
        *("came", "come", "comes", "coming", "broke", "break", "breaks", "no", "нет", "ні"),
        *("put", "puts", "threw", "thrown", "throw"),
    )
)
_BEFORE_WONT: Final = frozenset((*WONT, *MODAL, "not", "never"))
_MORE: Final = frozenset(("more", "longer", "further"))
_DEEDS: Final = frozenset(("war_duty", "mission", "fight", "fight_strict"))
_REACH: Final = 10


def is_predicate(norm: str) -> bool:
    """Whether a word is one whose subject and object roles are asked for."""
    return bool(kind_of(norm))


@lru_cache(maxsize=_KEPT)
def kind_of(norm: str) -> str:
    """The kind of predicate that a form is by itself, or ""."""
    return next((kind for kind, pattern in PREDICATES if pattern.match(norm)), "")


@lru_cache(maxsize=_KEPT)  # asked of every word of a passage
def _is_laid(norm: str) -> bool:
    return bool(LAID.match(norm))


@lru_cache(maxsize=_KEPT)
def _is_stripped(norm: str) -> bool:
    return bool(STRIPPED.match(norm))


@lru_cache(maxsize=_KEPT)
def is_swallowing(norm: str) -> bool:
    """Whether a word says that something is swallowed."""
    return bool(SWALLOWS.match(norm))


@lru_cache(maxsize=_KEPT)
def _is_retreat(norm: str) -> bool:
    return bool(RETREATS.match(norm))


def kind_at(at: int, words: Sequence[Word], grammar: Grammar) -> str:
    """The kind of a predicate: “turned down” is two words, a leave is none."""
    norm = words[at].norm
    if _is_part_of_a_word(at, words) and language_of(norm) == "en":
        return ""  # “rebel-held”
    if norm == "down" and at and words[at - 1].norm.startswith("turn"):
        return "refuse"
    behind = words[at + 1].norm if at + 1 < len(words) else ""
    kind = _kind_by_two_words(at, norm, behind, words) if _is_of_two_words(norm) else ""
    kind = kind or kind_of(norm)
    if kind == "wont" and at and words[at - 1].norm in _ARTICLES:
        return ""  # “not one was hurt when the attack was ordered”
    if kind == "send_off":
        return "refuse" if _is_cursed(at, words, grammar) else ""
    if not kind and at and _is_what_will_not_be_done(at, words, grammar):
        return "wont"
    if norm == "mutiny" and not _is_verb_mutiny(at, words):
        return ""
    if kind == "return" and _is_willed(at, words):
        return "wont"
    if _lays_down_arms(at, words):
        return "stay"
    if kind == "leave":
        if behind in ("без", "without") and any(
            FED.match(each.norm) for each in words[at + 2 : at + 5]
        ):
            return "hurt"  # «залишили без їжі»
        if _is_not_gone(at, behind, words):
            return "wont"
        if norm in _GOING and behind not in AWAY:
            return ""
        if norm == "running" and behind not in ("away", "from", "off"):
            return ""
        if norm in ("desert", "deserts") and at:
            before = words[at - 1].norm
            if before in LEADS or before in PREPOSITIONS:
                return ""
        if norm in ("leave", "leaves") and at and words[at - 1].norm in LEAVE_OF:
            return ""
        if THROWN.match(norm) and any("hold" in each.groups for each in words[at + 1 : at + 5]):
            return "hold"  # «бросили в яму»
    if kind not in ("", "harm", "hurt", "hold") or at < 2 or words[at - 1].norm not in _BEFORE_WONT:
        return kind
    is_going = norm == "get" and at + 1 < len(words) and words[at + 1].norm in _ONTO
    is_be = norm in BE and not is_going
    is_open = not is_be and norm not in _NO_DEED  # “would not have hesitated”
    if is_open and language_of(norm) == "en":
        before, second = words[at - 1].norm, words[at - 2].norm
        if before in WONT or (before in ("not", "never") and second in MODAL):
            return "wont"  # “would not strafe the convoy”
        if before in MODAL and any(each.norm in NONE_OF for each in words[max(0, at - 8) : at]):
            return "wont"  # “nobody in the section would open fire”
        if before == "not" and second == "for" and norm.endswith("ing"):
            return "wont"  # “beaten for not crawling forward”
    return kind


def _is_verb_mutiny(at: int, words: Sequence[Word]) -> bool:
    """“Crews mutiny”, “threaten to mutiny”, and no “weekend's mutiny”."""
    if not at:
        return False
    before = words[at - 1]
    is_plural = before.norm.endswith(("s", "men")) and not before.norm.endswith(("'s", "’s"))
    return before.norm == "to" or (is_plural and not before.groups.isdisjoint(SOLDIERS))


def _is_part_of_a_word(at: int, words: Sequence[Word]) -> bool:
    """Whether a hyphen binds a word to the one before or behind it."""
    behind = words[at + 1].before if at + 1 < len(words) else ""
    return "-" in (words[at].before, behind)


@lru_cache(maxsize=_KEPT)
def _is_of_two_words(norm: str) -> bool:
    """Whether a word may be a predicate by a word beside it: asked of every word of a passage."""
    return (
        norm in _OF_TWO_WORDS
        or norm.startswith(_THROWN_OUT)
        or any(pattern.match(norm) for pattern in (SWALLOWS, RETREATS, SAYS, STRIPPED))
    )


def _kind_by_two_words(at: int, norm: str, behind: str, words: Sequence[Word]) -> str:
    """The kind of a verb and the word behind or before it together, or ""."""
    if norm.startswith(_THROWN_OUT) and any(
        each.norm.startswith(_OF_SERVICE) for each in words[at + 1 : at + 5]
    ):
        return "hurt"  # «выгнали из армии»
    if is_swallowing(norm):
        return "harm" if any(INEDIBLE.match(each.norm) for each in words[at + 1 : at + 4]) else ""
    if norm in ("went", "gone", "going", "go") and behind in ("awol", "absent"):
        is_of_his = at > 1 and words[at - 2].norm.endswith(("'s", "’s"))
        is_thing = is_of_his and words[at - 1].groups.isdisjoint(SOLDIERS)
        return "" if is_thing else "leave"  # “the sergeant's luggage went AWOL”
    if _is_retreat(norm) and _retreats_by_himself(at, norm, behind, words):
        return "leave"
    if behind == "up" and norm in ("got", "turn", "turned", "show", "showed", "shown"):
        return "rise" if norm == "got" else "return"
    if behind == "back" and norm in ("came", "come", "comes", "coming"):
        return "return"
    if behind == "out" and norm in ("broke", "break", "breaks"):
        is_of = at + 2 < len(words) and words[at + 2].norm == "of"
        return "leave" if is_of else ""
    if at and norm in ("no", "нет", "ні") and SAYS.match(words[at - 1].norm):
        is_ordered = any(COMMANDED.match(each.norm) for each in words[: at - 1])
        is_ordered = is_ordered and all(each.norm not in _ASKED for each in words[: at - 1])
        is_answer = behind == "to" or is_ordered
        return "refuse" if norm != "no" or is_answer else ""  # «сказали „нет“ штурму»
    if behind in ("отказом", "відмовою") and SAYS.match(norm):
        return "refuse"
    if norm in ("put", "puts", "threw", "thrown", "throw"):
        near = words[at + 1 : at + 8]
        if any(each.norm in ("bullet", "bullets", "round") for each in near[:3]):
            return "harm"
        return "hold" if any("hold" in each.groups for each in words[at + 1 : at + 12]) else ""
    if (
        _is_stripped(norm)
        and _is_of_refusers(words)
        and any(PAPERS.match(each.norm) for each in words[max(0, at - 5) : at + 8])
    ):
        return "hurt" if not GIVEN.match(norm) or (at and words[at - 1].norm == "не") else ""
    return ""


def _retreats_by_himself(at: int, norm: str, behind: str, words: Sequence[Word]) -> bool:
    """«Рота самовольно снялась с позиций», “pulled out without orders”: what says so stands with
    the verb, and what is left is no recipe and no landlord's barracks."""
    if language_of(norm) == "en" and norm not in ("withdrew", "retreated") and behind not in _BACK:
        return False
    if behind in ("от", "від", "для"):
        return False  # «отступил от рецепта»
    if norm.startswith(("снял", "знял")) and all(
        each.norm not in ("с", "со", "з", "із", "зі") for each in words[at + 1 : at + 3]
    ):
        return False
    for place in range(max(0, at - 4), min(len(words), at + 9)):
        if any("," in each.before for each in words[min(at, place) + 1 : max(at, place) + 1]):
            continue
        if abs(place - at) < 4 and words[place].norm in _BY_HIMSELF:
            return True
        near = words[max(0, place - 2) : place]
        if PERMISSION.match(words[place].norm) and any(each.norm in WITHOUT for each in near):
            is_anothers = [each.norm for each in words[place + 1 : place + 2]] == ["of"]
            return not is_anothers and all(
                not each.norm.startswith(_MEALS) for each in words[at + 1 : at + 3]
            )
    return False


def _is_willed(at: int, words: Sequence[Word]) -> bool:
    """«Решили не возвращаться», “voted not to return”: not to come back is willed."""
    near = words[max(0, at - 4) : at]
    return (
        any(WILLED.match(each.norm) for each in near)
        and any(each.norm in NEGATION for each in near)
        and bool(INFINITIVE.match(words[at].norm) or words[at - 1].norm == "to")
    )


def _lays_down_arms(at: int, words: Sequence[Word]) -> bool:
    """«Сложили оружие и потребовали …», “threw down their rifles and sat”."""
    return _is_laid(words[at].norm) and any(
        WEAPON.match(each.norm) for each in words[at + 1 : at + 5]
    )


def _is_of_refusers(words: Sequence[Word]) -> bool:
    """Whether a sentence names who refuses, runs or asks for something: whose papers are taken
    for it, and not for safety's sake."""
    groups = ("refuser", "refusing", "refuse_firm", "disobey")
    return any(not word.groups.isdisjoint(groups) or ASKS_FOR.match(word.norm) for word in words)


def is_withheld(at: int, words: Sequence[Word]) -> bool:
    """«Не отдают паспорта»: what is not given is taken."""
    return bool(GIVEN.match(words[at].norm))


def _is_not_gone(at: int, behind: str, words: Sequence[Word]) -> bool:
    """«Не пішов на штурм», “would not leave the trench for another assault”: nobody has left, and
    that is the refusal."""
    if words[at].norm in _WENT:
        if at > 1 and words[at - 2].norm in HARDLY:
            return False
        if any(UNLAWFUL.match(each.norm) for each in words[at + 1 : at + 4]):
            return False  # «не пішов у СЗЧ»
        return at > 0 and words[at - 1].norm == "не" and behind not in _OUT_OF
    if at < 2:
        return False
    before, second = words[at - 1].norm, words[at - 2].norm
    by_none = before in MODAL and any(each.norm in NONE_OF for each in words[max(0, at - 8) : at])
    if not (by_none or before in WONT or (before in ("not", "never") and second in MODAL)):
        return False
    for place in range(at + 1, min(len(words), at + 6)):
        if words[place].norm == "for":
            return any(not each.groups.isdisjoint(_DEEDS) for each in words[place + 1 : place + 4])
    return False


def _is_what_will_not_be_done(at: int, words: Sequence[Word], grammar: Grammar) -> bool:
    """«Не поползут», «не попливе»: whatever is a duty, negated and in the future."""
    word = words[at]
    return (
        words[at - 1].norm == "не"
        and not word.groups.isdisjoint(_DEEDS)
        and grammar.of(word.norm).is_future
    )


def _is_cursed(at: int, words: Sequence[Word], grammar: Grammar) -> bool:
    """«Послали командира», and that is all: whoever is sent somewhere is not sent off."""
    if at + 1 >= len(words) or "commander" not in words[at + 1].groups:
        return False
    form = grammar.of(words[at + 1].norm)
    if "accs" not in form.cases or words[at + 1].before.strip():
        return False
    behind = words[at + 2] if at + 2 < len(words) else None
    return behind is None or bool(behind.before.strip() or CURSED.match(behind.norm))


def is_refused(at: int, kinds: Sequence[str], words: Sequence[Word]) -> bool:
    """Whether a predicate is what somebody refuses to do: “refused to leave the town”."""
    if not (INFINITIVE.search(words[at].norm) or (at and words[at - 1].norm == "to")):
        return False
    for place in range(at - 1, max(-1, at - 4), -1):
        if STOP.search(words[place + 1].before):
            return False
        if kinds[place] in ("refuse", "refusal"):
            return True
    return False


def is_negated(at: int, words: Sequence[Word]) -> bool:
    """Whether a “not” close before a predicate, or a “none” in its clause, negates it."""
    is_noun = kind_of(words[at].norm) in ("refusal", "evasion") or words[at].norm.endswith("ing")
    for place in range(at - 1, max(-1, at - 4), -1):
        if "," in words[place + 1].before:
            break  # «бойцы, которым не дали оружия, отказались»
        norm = words[place].norm
        if kind_of(norm) in ("refuse", "reject"):
            break  # «не отказались выполнять приказ»
        if norm in _AND or (norm.endswith("ed") and norm not in BEFORE_VERB):
            break  # «не выдержали и отказались», “who never trained together refused”
        is_without = norm in WITHOUT  # «без жодної відмови виїхав»
        if (norm in NEGATION and (is_noun or not is_without)) or norm.endswith("n't"):
            return True
        if STOP.search(words[place + 1].before):
            break
    if OBEYS.match(words[at].norm) and any(
        STOPPED.match(each.norm) for each in words[max(0, at - 2) : at]
    ):
        return True
    if _is_of_not_one(at, words):
        return True
    near = [each.norm for each in words[at + 1 : at + 3]]
    if near[:1] == ["no"] and near[1:] and near[1] in _MORE:
        return True  # “would fight no more”
    for place in range(at - 1, max(-1, at - _REACH), -1):
        if STOP.search(words[place + 1].before):
            return False
        if words[place].norm in NONE_OF:
            return True  # “none of the men obeyed”
    return False


def _is_of_not_one(at: int, words: Sequence[Word]) -> bool:
    """“Not one man of the squad climbed out”, and not “not one but three”."""
    for place in range(at - 1, max(0, at - _REACH), -1):
        if "," in words[place + 1].before or STOP.search(words[place + 1].before):
            return False
        if words[place].norm in ("but", "nor", "and"):
            return False
        if words[place].norm == "one" and words[place - 1].norm == "not":
            return True
    return False


def is_passive(at: int, words: Sequence[Word]) -> bool:
    """Whether an English form stands behind a form of “be” or “get”."""
    if not words[at].norm.endswith(("ed", "en", "d", "t")):
        return False
    for place in range(at - 1, max(-1, at - 4), -1):
        if words[place].norm in BE:
            return True
        if words[place].norm not in BEFORE_VERB and not words[place].norm.endswith("ly"):
            return False
    return False


def is_said_of_a_thing(at: int, words: Sequence[Word]) -> bool:
    """Whether a participle is only what a noun behind it is like: “inspected abandoned flats”."""
    if words[at].norm in ("wounded", "injured"):
        return at == 0 or words[at - 1].norm in LEADS or words[at - 1].norm in PREPOSITIONS
    if words[at].norm not in PARTICIPLES or at + 1 >= len(words):
        return False
    behind = words[at + 1]
    if behind.norm in PREPOSITIONS or behind.norm in LEADS or STOP.search(behind.before):
        return False
    if at == 0:
        return True
    before = words[at - 1].norm
    if words[at].norm != "escaped" and behind.groups.isdisjoint(POSTS):
        doer = words[at - 1]
        if (
            doer.groups.isdisjoint(SOLDIERS)
            and before not in PRONOUNS
            and before not in BEFORE_VERB
            and not before.endswith("ly")
        ):
            return True  # “tours deserted streets”
    return (
        before in PREPOSITIONS or before in LEADS or (before.endswith("ed") and before != "armed")
    )


def is_foretold(at: int, who: str, words: Sequence[Word], grammar: Grammar) -> bool:
    """«Не будут участвовать», “will not take part”: others may say so of them. Who says that they
    never will again, or of whom it was said before, says it himself."""
    near = words[max(0, at - 2) : at + 1]
    is_future = grammar.of(words[at].norm).is_future or any(
        word.norm.startswith("буд") or word.norm in ("will", "won't") for word in near
    )
    if not is_future or who in ("we", "bound"):
        return who == "we" and is_future and _is_a_trip(at, words)
    if any(OFFICE.match(word.norm) for word in words):
        return True
    if _is_said_by_them(at, words):
        return False
    return not any(DECIDED.match(word.norm) for word in words)


def _is_a_trip(at: int, words: Sequence[Word]) -> bool:
    """«Дальше не полетим»: not to go on is no refusal where nothing is of war, nor for ever."""
    return words[at].norm.startswith(_TRIP) and not any(
        DECIDED.match(word.norm) or not word.groups.isdisjoint((*SOLDIERS, *_DEEDS, "army"))
        for place, word in enumerate(words)
        if place != at
    )


def _is_said_by_them(at: int, words: Sequence[Word]) -> bool:
    """«Матросы заявили, что не будут …»: nobody else is named between the saying and the deed."""
    for place in range(at - 1, max(-1, at - 5), -1):
        norm = words[place].norm
        if SAYS.match(norm):
            return place > 0 and any(
                not each.groups.isdisjoint(SOLDIERS) for each in words[max(0, place - 5) : place]
            )
        if norm not in NEGATION and norm not in _THAT and not norm.startswith("буд"):
            return False
    return False


def is_defied(at: int, kinds: Sequence[str], words: Sequence[Word]) -> bool:
    """Whether somebody refuses or runs in the same sentence: whom that is done to."""
    return any(
        kind in DEFIANT or (kind in ("wont", "return") and is_negated(place, words))
        for place, kind in enumerate(kinds)
        if place != at
    )


def is_infinitive(norm: str, grammar: Grammar) -> bool:
    """Whether a Russian or Ukrainian word is one, or looks it and no dictionary has it."""
    if len(norm) <= 3 or not INFINITIVE.search(norm):
        return False
    form = grammar.of(norm)
    return not form.parts or "INFN" in form.parts or (form.is_verb and not form.finite)
