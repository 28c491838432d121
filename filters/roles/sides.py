"""Who does it: one who serves, a unit, an army, kin, an office, a trade, anybody else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from filters.grammar import Grammar
from filters.roles.english import owner_in_english
from filters.roles.lists import (
    ARMIES,
    BEAST,
    CAPTIVE,
    CIVIL,
    CIVIL_DUTY,
    CREW,
    CROWD,
    ENEMY,
    ENROLLED,
    MANY,
    MILITARY,
    NONE_OF,
    OFFICE,
    PERSON,
    PRONOUNS,
    RANKS,
    REFUSER,
    REST,
    SHORT_RANKS,
    THIRD,
    THOSE,
    UNIT,
    UNITS,
    WE,
)
from filters.roles.meaning import CLEAR, SOLDIERS, STOP
from filters.roles.predicates import kind_of
from filters.roles.subjects import owner_of
from filters.roles.words import Word

__all__ = ["side_of", "side_of_owner"]

_MEMBERS: Final = frozenset(
    ("members", "member", "men", "women", "члены", "члени", "участники", "учасники")
)
_NO_SURNAMES: Final = frozenset(
    ("motors", "electric", "mills", "dynamics", "atomics", "foods", "airlines", "oil", "secretary",
     "america", "assembly", "council", "election", "strike", "league", "studios", "records",
     "insurance", "prosecutor", "director", "manager", "counsel", "hospital", "fund", "bank")
)  # fmt: skip
"""What stands behind “General”, “Major” or “Captain” in the name of a company or an office."""
_OF_SPORT: Final = frozenset(
    (
        "team",
        "club",
        "side",
        "skipper",
        "england",
        "india",
        "australia",
        "united",
        "cup",
        "ship's",
        "fire",
        "ferry",
        "airline",
        "police",
    )
)
_OF_TRADE: Final = ("airline", "commercial", "ferry", "liner", "civilian")
_PARTS: Final = frozenset(("один", "одна", "никто", "ніхто", "жоден", "жодна"))


def side_of(place: int | None, words: Sequence[Word], grammar: Grammar) -> str:
    """What the word at a place is, as who does something; "nobody" of no place."""
    if place is None:
        return "nobody"
    word = words[place]
    if any(ENEMY.match(each.norm) for each in words[max(0, place - 1) : place + 2]):
        return "other"  # «полк ворога покинув позиції»: driven out
    if REFUSER.match(word.norm):
        return "refuser"
    before = words[place - 1].norm if place else ""
    if _is_beast(place, words) or CAPTIVE.match(word.norm):
        return "other"
    if before in ("кличке", "кличці"):
        return "other"  # «верблюд по кличке Прапорщик»
    if "commander" in word.groups and "serviceman" not in word.groups:
        is_body = word.norm.startswith(("командован", "командуван", "command", "headquarter"))
        return "office" if is_body and not word.norm.startswith("commander") else "commander"
    is_trade = "perhaps_man_of_war" in word.groups
    behind = words[place + 1].norm if place + 1 < len(words) else ""
    if is_trade and (CIVIL_DUTY.match(behind) or before.startswith(_OF_TRADE)):
        return "other"  # «лётчики авиакомпании», “the airline's pilots”
    is_name = bool(behind) and words[place + 1].is_capital
    if BEAST.match(behind) and not is_name and not words[place + 1].before.strip():
        return "other"  # “the guard dog”
    if not word.groups.isdisjoint(SOLDIERS):
        return "soldier"
    if ARMIES.match(word.norm):
        return "army"
    if _is_enrolled(place, words, grammar):
        return "soldier"
    if is_trade and (kind := _trade(place, words)):
        return kind
    if UNIT.match(word.norm):
        return "unit"
    if word.norm in WE:
        return "we"
    if word.norm in NONE_OF or word.norm in _PARTS:
        behind = words[place + 1].norm if place + 1 < len(words) else ""
        if behind in ("of", "in", "from", "из", "з", "із", "зі") and _are_soldiers(
            words[place + 2 : place + 5]
        ):
            return "soldier"  # «ни один из матросов»
    if word.norm == "one" and _are_soldiers(words[place + 1 : place + 5]):
        return "soldier"  # “not one man of the squad”
    if word.norm in PRONOUNS or word.norm in THOSE:
        if CROWD.match(word.norm) and _are_soldiers(words[place + 1 : place + 2]):
            return "soldier"  # «двое матросов»
        return _side_of_pronoun(place, words)
    if "kin" in word.groups:
        return "kin"
    if is_trade or "fighters" in word.groups:
        return "man"
    if CREW.match(word.norm) and place and MILITARY.match(words[place - 1].norm):
        return "soldier"  # “a drone team”
    if OFFICE.match(word.norm):
        return "office"
    if _is_enrolled_behind(place, words):
        return "soldier"
    if word.norm in _MEMBERS and _is_of_a_body(place, words):
        return "unit"  # “twelve members of the unit”
    if word.norm in MANY:
        if _are_soldiers(words[place + 1 : place + 5]):
            return "soldier"
        return "bound" if _are_soldiers(words[:place]) else "person"
    if CROWD.match(word.norm):
        return "soldier" if _are_soldiers(words[place + 1 : place + 5]) else "crowd"
    if word.is_capital:
        return "soldier" if _is_named_with_rank(place, words) else "name"
    behind = words[place + 1].norm if place + 1 < len(words) else ""
    if MILITARY.match(before) or UNITS.match(behind):
        return "man"  # army telephonists, «повара полка»
    if grammar.of(word.norm).is_animate or PERSON.match(word.norm):
        return "man" if _is_of_a_unit(place, words) else "person"
    return "other"


def _side_of_pronoun(place: int, words: Sequence[Word]) -> str:
    """What a pronoun of the third person is by the nearest before it who may be meant."""
    is_rest = words[place].norm in REST
    for before in reversed(words[:place]):
        if ENEMY.match(before.norm):
            return "other"  # «выбили противника, и тот бежал»
        if not before.groups.isdisjoint(SOLDIERS):
            return "bound" if is_rest or words[place].norm in THIRD else "pronoun"
    if is_rest and any("order" in before.groups for before in words[:place]):
        return "bound"  # «приказ выполнили трое, остальные отказались»
    return "pronoun"


def _is_beast(place: int, words: Sequence[Word]) -> bool:
    """Whether a word is an animal: «Боєць Вовк», «позывной Медведь» are men."""
    if words[place].is_capital or not BEAST.match(words[place].norm):
        return False
    return not _is_named_with_rank(place, words)


def _is_named_with_rank(place: int, words: Sequence[Word]) -> bool:
    """«Рядовой Иван Вовк», «с позывным Медведь»: a name right behind who serves."""
    back = place
    while back > max(0, place - 3) and not words[back].before.strip():
        back -= 1
        if not words[back].is_capital or back == 0:
            break
    if back and words[back].before.strip() == "." and words[back - 1].norm in SHORT_RANKS:
        back -= 1  # “Spc. Jane Doe”
    is_call_sign = words[back].norm.startswith(("позывн", "позивн"))
    is_rank = words[back].norm in RANKS  # “Private Oduya”
    if is_rank and (words[back + 1 : back + 2] and words[back + 1].norm in _NO_SURNAMES):
        return False  # “General Electric”
    if is_rank and back and words[back - 1].norm in _OF_SPORT:
        return False  # “team captain Smith”
    return back < place and (is_call_sign or is_rank or _are_soldiers([words[back]]))


def _are_soldiers(near: Sequence[Word]) -> bool:
    return any(not word.groups.isdisjoint(SOLDIERS) for word in near)


def _is_enrolled(place: int, words: Sequence[Word], grammar: Grammar) -> bool:
    """“A mobilised miner”, «мобилизованный житель»: who serves by what is said of him."""
    is_from = False  # «мобилизованный из Вязьмы пекарь»
    for back in range(place - 1, max(-1, place - 4), -1):
        if words[back + 1].before.strip():
            return False
        if ENROLLED.match(words[back].norm):
            return not OFFICE.match(words[place].norm)
        form = grammar.of(words[back].norm)
        if form.is_preposition:
            is_from = True
        elif not (form.is_attribute or (not is_from and back == place - 1)):
            return False
    return False


def _is_enrolled_behind(place: int, words: Sequence[Word]) -> bool:
    """«Жители, призванные в армию, …», “convicts, recruited to fight, …”: said behind a comma."""
    for near in range(place + 1, min(len(words) - 1, place + 6)):
        if "," not in words[near].before:
            continue
        norm = words[near].norm
        is_to_fight = norm in ("recruited", "hired", "завербованные", "завербовані") and any(
            not each.groups.isdisjoint(("fight", "army")) for each in words[near + 1 : near + 4]
        )
        return is_to_fight or bool(ENROLLED.match(norm))
    return False


def _is_of_a_unit(place: int, words: Sequence[Word]) -> bool:
    """Whether a unit stands right behind a person: «ингуши из штурмовой роты»."""
    if place and CIVIL.match(words[place - 1].norm):
        return False
    for near in range(place + 1, min(len(words), place + 5)):
        if words[near].before.strip() or kind_of(words[near].norm):
            return False
        if UNITS.match(words[near].norm):
            is_gang = words[near].norm.startswith("бригад") and near > place + 2
            before = words[near - 1].norm
            return not is_gang or bool(MILITARY.match(before)) or before[0].isdigit()
    return False


def _is_of_a_body(place: int, words: Sequence[Word]) -> bool:
    """“Members of the crew”: a small body of men stands close behind, and nothing civil."""
    for near in range(place + 1, min(len(words), place + 5)):
        if words[near].before.strip() or kind_of(words[near].norm) or CIVIL.match(words[near].norm):
            return False
        if UNIT.match(words[near].norm):
            return True
    return False


def _trade(place: int, words: Sequence[Word]) -> str:
    """Of a trade or a group that may serve: "soldier" where an army or a unit stands beside it
    (“drivers of the 3rd brigade”), "other" where it is called civil, else ""."""
    for back in range(place - 1, max(-1, place - 4), -1):
        if STOP.search(words[back + 1].before):
            break
        if CIVIL.match(words[back].norm):
            return "other"
        if MILITARY.match(words[back].norm):
            return "soldier"
    for near in range(place + 1, min(len(words), place + 5)):
        if STOP.search(words[near].before) or kind_of(words[near].norm):
            break
        if near < place + 3 and CIVIL_DUTY.match(words[near].norm):
            return "other"  # «водитель скорой»
        if UNITS.match(words[near].norm):
            return "soldier"
        groups = words[near].groups
        if not groups.isdisjoint(SOLDIERS) and "unlawfully" not in groups:
            return "soldier"  # not «чоловік самовільно залишив»
    return ""


def side_of_owner(
    at: int, words: Sequence[Word], grammar: Grammar, *, english: bool
) -> tuple[str, int, bool]:
    """Whose refusal a noun tells of, the word after which stands what is refused, and whether
    grammar says so; else a soldier within a few words, or it is not said."""
    owner = owner_in_english(at, words) if english else owner_of(at, words, grammar)
    if owner is not None:
        who = side_of(owner, words, grammar)
        return who, max(at, owner), who in CLEAR
    near = words[max(0, at - 5) : at + 6]
    if _are_soldiers(near):
        return "soldier", at, False
    if any(ARMIES.match(word.norm) for word in near):
        return "army", at, False
    return "refuser" if any(REFUSER.match(word.norm) for word in near) else "nobody", at, False
