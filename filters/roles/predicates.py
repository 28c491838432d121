"""Which words are predicates, of what kind, and whether each is negated, passive or not real."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from filters.grammar import Grammar
from filters.morphology import language_of
from filters.roles.lists import (
    AWAY,
    BE,
    BEFORE_VERB,
    CURSED,
    DECIDED,
    IF,
    INFINITIVE,
    LEADS,
    LEAVE_OF,
    MODAL,
    NEGATION,
    NONE_OF,
    OFFICE,
    PARTICIPLES,
    PREDICATES,
    PREPOSITIONS,
    PRONOUNS,
    THROWN,
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
    "is_unreal",
    "kind_at",
    "kind_of",
]

_KEPT: Final = 20_000
_GOING: Final = frozenset(
    ("walked", "ran", "slip", "slips", "slipped", "sneaks", "sneaked", "snuck", "crept")
)
"""What says that somebody left only with “out”, “away” or the like behind it."""
_DEEDS: Final = frozenset(("war_duty", "mission", "fight", "fight_strict"))
_REACH: Final = 10


def is_predicate(norm: str) -> bool:
    """Whether a word is one whose subject and object roles are asked for."""
    return bool(kind_of(norm))


@lru_cache(maxsize=_KEPT)
def kind_of(norm: str) -> str:
    """The kind of predicate that a form is by itself, or ""."""
    return next((kind for kind, pattern in PREDICATES if pattern.match(norm)), "")


def kind_at(at: int, words: Sequence[Word], grammar: Grammar) -> str:
    """The kind of a predicate: “turned down” is two words, a leave is none."""
    norm = words[at].norm
    if norm == "down" and at and words[at - 1].norm.startswith("turn"):
        return "refuse"
    if norm == "got" and at + 1 < len(words) and words[at + 1].norm == "up":
        return "rise"
    kind = kind_of(norm)
    if kind == "send_off":
        return "refuse" if _is_cursed(at, words, grammar) else ""
    if not kind and at and _is_what_will_not_be_done(at, words, grammar):
        return "wont"
    if kind == "leave":
        behind = words[at + 1].norm if at + 1 < len(words) else ""
        if norm in _GOING and behind not in AWAY:
            return ""
        if norm in ("desert", "deserts") and at:
            before = words[at - 1].norm
            if before in LEADS or before in PREPOSITIONS:
                return ""
        if norm in ("leave", "leaves") and at and words[at - 1].norm in LEAVE_OF:
            return ""
        if THROWN.match(norm) and any("hold" in each.groups for each in words[at + 1 : at + 5]):
            return "hold"  # «бросили в яму»
    is_open = kind in ("", "harm", "hurt", "hold") and at > 1 and norm not in BE
    if is_open and language_of(norm) == "en":
        before, second = words[at - 1].norm, words[at - 2].norm
        if before in WONT or (before in ("not", "never") and second in MODAL):
            return "wont"  # “would not strafe the convoy”
        if before == "not" and second == "for" and norm.endswith("ing"):
            return "wont"  # “beaten for not crawling forward”
    return kind


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
    for place in range(at - 1, max(-1, at - 4), -1):
        if words[place].norm in NEGATION or words[place].norm.endswith("n't"):
            return True
        if STOP.search(words[place + 1].before):
            break
    for place in range(at - 1, max(-1, at - _REACH), -1):
        if STOP.search(words[place + 1].before):
            return False
        if words[place].norm in NONE_OF:
            return True  # “none of the men obeyed”
    return False


def is_unreal(at: int, words: Sequence[Word]) -> bool:
    """Whether a condition or an intention stands close before a predicate."""
    for place in range(at - 1, max(-1, at - 6), -1):
        if words[place].norm in IF:
            return True
        if STOP.search(words[place + 1].before):
            return False
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
        return False
    if any(OFFICE.match(word.norm) for word in words):
        return True
    return not any(DECIDED.match(word.norm) for word in words)


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
