"""What a predicate is about: a duty, a post, talk, oneself; whom it is done to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from filters.grammar import Form, Grammar
from filters.roles.lists import (
    ASKS_FOR,
    COMMANDED,
    COMMENT,
    CUSTOMER,
    ENEMY,
    ENLIST,
    EVADED,
    GIVE_UP,
    HEALING,
    LIGHT,
    MISSILE,
    NEGATION,
    OUT,
    OWN,
    PARTAKE,
    REFUSER,
    SERVE,
    SHELTER,
    STAYS,
    THEM,
    THROWN,
    UNITS,
    WEAPON,
)
from filters.roles.meaning import DUTY, LEAVING, OBJECTS, OTHER, POSTS, REFUSALS, SOLDIERS, STOP
from filters.roles.predicates import is_infinitive
from filters.roles.words import Word

__all__ = [
    "asks_out",
    "commands_to_go",
    "duty_before",
    "is_army_near",
    "is_commanded",
    "is_fighting_near",
    "is_gone_into_unit",
    "is_gone_to",
    "is_of_an_army",
    "is_own_near",
    "is_post_before",
    "is_toward_duty",
    "is_unit_near",
    "matter_before",
    "matter_of",
    "victim_of",
    "what_is_evaded",
]

_REACH: Final = 10
_OBJECT_REACH: Final = 7
_INTO: Final = frozenset(("на", "в", "у", "до", "к", "ко", "for", "to", "into", "in", "at"))
_OF_ARMIES: Final = frozenset(("training", "boot", "barracks", "ranks", "militia's", "army's"))
_AND: Final = frozenset(("and", "but", "и", "а", "но", "і", "й", "та", "але"))
_MEANWHILE: Final = frozenset(("as", "while", "when", "от", "від", "когда", "коли"))
"""What ends what is left: another clause, or whom one flees."""
_TOWARD: Final = frozenset(("на", "в", "у", "до", "for", "to"))
_OUT_OF: Final = frozenset(("из", "с", "со", "з", "із", "зі", "from"))


def matter_of(at: int, words: Sequence[Word], grammar: Grammar, *, english: bool, kind: str) -> str:
    """What a predicate of a kind is about: the first telling word behind it; "task" is a deed that
    no group knows. Who leaves or does not return leaves a post first of all."""
    leaves = kind in LEAVING
    weak = ""
    for place in range(at + 1, min(len(words), at + 1 + _OBJECT_REACH)):
        word = words[place]
        if STOP.search(word.before):
            break
        form = grammar.of(word.norm)
        if place > at + 1 and form.finite and "INFN" not in form.parts and not form.is_noun:
            break  # another clause
        if kind == "leave" and word.norm in _INTO and english is False:
            continue  # a phrase's first word
        if kind == "leave" and _is_elsewhere(place, at, words):
            break
        if leaves and (
            not word.groups.isdisjoint(POSTS) or (WEAPON.match(word.norm) and _is_hidden(words))
        ):
            return "post"
        found = _by_its_word(place, place - at, words)
        if found:
            return found
        if word.norm == "take" and words[place + 1 : place + 2] and words[place + 1].norm == "part":
            continue
        if LIGHT.match(word.norm):
            weak = weak or "talk"  # «помочь штурмовать», "to give the order to fire"
            continue
        found = _by_its_groups(word, place - at)
        if found == "warlike" and _is_carried_to_be_healed(place, words):
            return "else"
        if found == "mission":
            weak = found  # going: where to may follow
            continue
        if found:
            return found
        if weak == "mission":
            continue
        found = _by_whom_or_where(word, form, english=english)
        if found == "self" and kind in REFUSALS:
            continue  # «не взял в руки автомат»
        if found:
            return found
    return weak or ("task" if _is_deed(at, words, grammar, english=english) else "nothing")


def _is_elsewhere(place: int, at: int, words: Sequence[Word]) -> bool:
    """Whether what stands at a place is no longer what is left: it is where one goes («ушёл в
    полк»), or what is done then (“left and …”)."""
    word = words[place]
    if word.norm in _AND:
        return all(each.groups.isdisjoint(POSTS) for each in words[place + 1 : place + 3])
    if word.groups.isdisjoint(POSTS):
        return False
    return any(each.norm in _INTO for each in words[max(at + 1, place - 2) : place])


def _is_carried_to_be_healed(at: int, words: Sequence[Word]) -> bool:
    """«Везти наводчика в госпиталь», “carry the gunner to a doctor”: no duty to fight."""
    near = words[at + 1 : at + 6]
    return any(HEALING.match(each.norm) for each in near) and any(
        each.norm in ("в", "к", "до", "у", "to") for each in near
    )


def _is_hidden(words: Sequence[Word]) -> bool:
    """Whether a sentence tells that somebody hides: then a gun left is a post left."""
    return any("hide" in word.groups for word in words)


def _by_its_word(place: int, distance: int, words: Sequence[Word]) -> str:
    """What a word by itself says a predicate so many words before it is about, else ""."""
    norm = words[place].norm
    if norm.startswith(("подпис", "підпис", "sign")) and any(
        each.norm.startswith(("контракт", "contract")) for each in words[place + 1 : place + 5]
    ):
        return "draft"
    if norm.startswith(("отда", "відда", "give")) and any(
        "order" in each.groups for each in words[place + 1 : place + 3]
    ):
        return ""  # to give an order
    if norm == "leave" and _is_left_for_a_duty(place, words):
        return "duty"
    if distance < 4 and (GIVE_UP.match(norm) or _falls_back(place, words)):
        near = words[place + 1 : place + 4]
        if THROWN.match(norm) and any(MISSILE.match(each.norm) for each in near):
            return "warlike"
        return "shelter" if any(SHELTER.match(each.norm) for each in near) else "stay"
    if norm in ENLIST:
        return "draft"
    if norm in SERVE:
        served = words[place + 1 : place + 4]
        is_customer = any(CUSTOMER.match(each.norm) for each in served)
        if not is_customer or any(each.norm == "as" for each in served):
            return "service"
    if norm == "service" and all(each.norm != "to" for each in words[place + 1 : place + 3]):
        return "duty"  # «refuse service in Gaza», not to customers
    taken = words[place + 1 : place + 2]
    if norm in ("брати", "взяти", "брать", "принять", "принимать", "прийняти") and taken:
        place, norm = (place + 1, taken[0].norm) if PARTAKE.match(taken[0].norm) else (place, norm)
    if distance < 4 and PARTAKE.match(norm) and _is_private(words[place + 1 : place + 5]):
        return "talk"  # «участвовать в съёмках», "take part in a contest"
    return ""


def _is_left_for_a_duty(place: int, words: Sequence[Word]) -> bool:
    """“Refused to leave its trucks for the front”: what is refused is the going there."""
    for near in range(place + 1, min(len(words), place + 6)):
        if words[near].norm == "for":
            behind = words[near + 1 : near + 4]
            return any(not each.groups.isdisjoint((*DUTY, "war_duty")) for each in behind)
    return False


def _falls_back(place: int, words: Sequence[Word]) -> bool:
    """“Lay down”, “fall back”, “be taken prisoner”."""
    return (
        words[place].norm in ("lay", "fall", "taken")
        and place + 1 < len(words)
        and words[place + 1].norm in ("down", "back", "prisoner", "captive")
    )


def _by_its_groups(word: Word, distance: int) -> str:
    """What a word's groups say a predicate so many words before it is about, else ""."""
    groups = word.groups
    if COMMENT.match(word.norm) or (distance == 2 and word.norm in ("shot", "shots")):
        return "talk"  # “refused the shot”, on a vaccine
    if distance < 3 and "war_duty" in groups and "private_matter" not in groups:
        return "warlike"
    if not groups.isdisjoint(OTHER):
        return "else"
    if not groups.isdisjoint(DUTY):
        return "duty"
    if "private_matter" in groups:
        return "talk"
    if "war_duty" in groups:
        return "warlike"
    return "mission" if "mission" in groups else ""


def _by_whom_or_where(word: Word, form: Form, *, english: bool) -> str:
    """Whether a predicate is about one who serves, a place or oneself, else ""."""
    if not word.groups.isdisjoint(SOLDIERS):
        return "soldier" if english or not form.cases or form.cases & OBJECTS else "other"
    if not word.groups.isdisjoint(POSTS):
        return "post"
    return "" if word.groups.isdisjoint(("limb", "self")) else "self"


def _is_private(near: Sequence[Word]) -> bool:
    for each in near:
        if "," in each.before:
            return False  # «…, пишет газета»
        if "private_matter" in each.groups:
            return True
    return False


def _is_deed(at: int, words: Sequence[Word], grammar: Grammar, *, english: bool) -> bool:
    """Whether an infinitive stands behind a predicate: something was to be done."""
    for place in range(at + 1, min(len(words), at + 4)):
        if STOP.search(words[place].before):
            return False
        norm = words[place].norm
        if english:
            if norm == "to" and place + 1 < len(words):
                return not STOP.search(words[place + 1].before)
        elif is_infinitive(norm, grammar):
            return True
    return False


def victim_of(at: int, words: Sequence[Word], grammar: Grammar, *, english: bool) -> str:
    """Whom holding or hurting is done to: on either side of it, nearest first."""
    for distance in range(1, _OBJECT_REACH):
        for place in (at + distance, at - distance):
            if not 0 <= place < len(words) or (english and place < at):
                continue
            word = words[place]
            if word.norm in THEM:
                return "them"
            if REFUSER.match(word.norm):
                return "refuser"
            form = grammar.of(word.norm)
            if not (english or form.cases & OBJECTS) or (not english and form.subject):
                continue
            if "commander" in word.groups and "serviceman" not in word.groups:
                return "commander"
            if not word.groups.isdisjoint(SOLDIERS):
                return "soldier"
            if "refuser" in word.groups and (english or form.is_noun):
                return "refuser"
            if "kin" in word.groups:
                return "kin"
    return ""


def is_commanded(words: Sequence[Word]) -> bool:
    """Whether a sentence tells of an order of their own: no enemy's, none to give up, none to
    oneself."""
    for at, word in enumerate(words):
        if COMMANDED.match(word.norm):
            behind = words[at + 1 : at + 4]
            return not (
                any(ENEMY.match(each.norm) for each in words[max(0, at - 2) : at])
                or any(each.norm in NEGATION or GIVE_UP.match(each.norm) for each in behind)
                or any(STAYS.match(each.norm) for each in behind)
                or any(each.norm in OWN for each in behind)
            )
    return False


def commands_to_go(words: Sequence[Word]) -> list[int]:
    """Where a sentence tells of an order of their own to go or to fight."""
    if not is_commanded(words):
        return []
    return [
        at
        for at, word in enumerate(words)
        if COMMANDED.match(word.norm)
        and any(
            not each.groups.isdisjoint(("mission", "war_duty", "fight"))
            for each in words[at + 1 : at + 6]
        )
    ]


def asks_out(words: Sequence[Word]) -> bool:
    """Whether somebody asks to be let out of it: “men who had asked to be sent home”."""
    return any(
        ASKS_FOR.match(word.norm) and any(OUT.match(each.norm) for each in words[at + 1 : at + 8])
        for at, word in enumerate(words)
    )


def is_gone_into_unit(at: int, words: Sequence[Word]) -> bool:
    """Whether a unit stands by its preposition beside a going: «в часть не поехал»."""
    for place in (*range(at - 1, max(-1, at - 5), -1), *range(at + 1, min(len(words), at + 4))):
        if words[place].norm in ("в", "у", "до"):
            near = words[place + 1 : place + 3]
            return any(UNITS.match(each.norm) for each in near)
    return False


def is_toward_duty(at: int, words: Sequence[Word]) -> bool:
    """Whether a duty stands by its preposition close to a verb: «в атаку не поднялись»."""
    for place in (*range(at + 1, min(len(words), at + 4)), *range(at - 1, max(-1, at - 6), -1)):
        if words[place].norm in _TOWARD:
            near = words[place + 1 : place + 3]
            if any(not each.groups.isdisjoint((*DUTY, "war_duty")) for each in near):
                return all("," not in each.before for each in near)
    return False


def is_unit_near(at: int, words: Sequence[Word]) -> bool:
    """Whether a unit stands close behind a predicate."""
    for word in words[at + 1 : at + 6]:
        if word.norm in _AND or "," in word.before:
            return False
        if UNITS.match(word.norm):
            return True
    return False


def is_of_an_army(at: int, words: Sequence[Word]) -> bool:
    """Whether what is left, in the same clause, is an army's or a unit: “fled the regiment”."""
    for word in words[at + 1 : at + 6]:
        if word.norm in _AND or word.norm in _MEANWHILE or "," in word.before:
            return False
        if "army" in word.groups or UNITS.match(word.norm) or word.norm in _OF_ARMIES:
            return True
    return False


def is_army_near(at: int, words: Sequence[Word]) -> bool:
    """Whether what is left is an army's and nothing else: «сбежал из гарнизона»."""
    return any("army" in word.groups for word in words[at + 1 : at + 5])


def is_fighting_near(at: int, words: Sequence[Word], reach: int = _OBJECT_REACH) -> bool:
    """Whether words that mean nothing but fighting stand behind a predicate, or close before."""
    return any("fight_strict" in word.groups for word in words[max(0, at - 4) : at + 1 + reach])


def matter_before(at: int, words: Sequence[Word], grammar: Grammar) -> str:
    """What is not wanted, where it stands before the verb: «на штурм не пойдём», «приказ
    минировать мост рота выполнять не стала»."""
    found = "nothing"
    for place in range(at - 1, max(-1, at - 2 - _REACH), -1):
        word = words[place]
        if not word.groups.isdisjoint(DUTY):
            return "duty"
        if is_infinitive(word.norm, grammar):
            if "war_duty" in word.groups:
                return "warlike"
            if "private_matter" in word.groups or COMMENT.match(word.norm):
                return "talk"
            found = "task"
        if STOP.search(word.before):
            break
    return found


def is_gone_to(at: int, words: Sequence[Word]) -> bool:
    """Whether a leaving is a going to a duty: «ушёл на штурм», “left for the front”."""
    for place in range(at + 1, min(len(words), at + 5)):
        if STOP.search(words[place].before):
            return False
        if words[place].norm in _TOWARD:
            near = words[place : place + 4]
            return any(not each.groups.isdisjoint((*DUTY, "war_duty")) for each in near)
    return False


def is_post_before(at: int, words: Sequence[Word]) -> bool:
    """Whether the post left stands before the verb: «из части ушли двое»."""
    for place in range(at - 1, max(-1, at - 1 - _REACH), -1):
        if not words[place].groups.isdisjoint(POSTS) and any(
            each.norm in _OUT_OF for each in words[max(0, place - 2) : place]
        ):
            return True
        if STOP.search(words[place].before):
            return False
    return False


def duty_before(at: int, words: Sequence[Word]) -> str:
    """What is not wanted, where it stands before the verb: «на штурм не пойдём»."""
    for place in range(at - 1, max(-1, at - 3 - _REACH), -1):
        if not words[place].groups.isdisjoint((*DUTY, "war_duty")):
            return "duty"
        if STOP.search(words[place].before):
            break
    return "nothing"


def what_is_evaded(at: int, words: Sequence[Word]) -> str:
    """What is evaded: the first telling word behind it, or the one right before it."""
    near = (*words[at + 1 : at + 1 + _OBJECT_REACH], *words[max(0, at - 1) : at])
    for word in near:
        for what, pattern in EVADED:
            if pattern.match(word.norm):
                return what
    return "nothing"


def is_own_near(at: int, words: Sequence[Word]) -> bool:
    """Whether “oneself” or “one's own” stands behind a predicate."""
    return any("self" in word.groups or word.norm in OWN for word in words[at : at + _OBJECT_REACH])
