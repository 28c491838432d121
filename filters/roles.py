"""Who does what to whom in a sentence, as marks that a score can weigh.

Russian and Ukrainian tell it by endings: «солдаты отказались» and «солдатам отказали» share
every stem. So each predicate is asked for a subject that agrees with it and for what it
governs; English is asked by word order. No parser: a few rules about the nearest fitting
noun, each wrong now and then, which is why they end as weighed marks and not as verdicts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from filters.grammar import Form, Grammar
from filters.morphology import language_of
from filters.role_words import (
    ACTS,
    AFTER,
    ARMIES,
    ASKS,
    AWAY,
    BE,
    BEFORE_VERB,
    BY_ORDER,
    CIVIL,
    CLEAR,
    COARSE,
    COMMENT,
    CROWD,
    CUSTOMER,
    DEFIANT,
    ENEMY,
    ENLIST,
    EVADED,
    FICTION,
    GIVE_UP,
    IF,
    INFINITIVE,
    LAWFUL,
    LEADS,
    LEAVE_OF,
    LEAVING,
    LIGHT,
    MILITARY,
    MISSILE,
    MODAL,
    MOODS,
    NEGATION,
    NOBODY,
    NONE_OF,
    OBJECTS,
    OFFICE,
    OTHER,
    OWN,
    PARTAKE,
    PARTICIPLES,
    PERMISSION,
    POSTS,
    PREDICATES,
    PREPOSITIONS,
    PRONOUNS,
    REFUSABLE,
    REFUSALS,
    REFUSER,
    RELATIVE,
    SERVE,
    SERVICE,
    SHELTER,
    SOLDIERS,
    STOP,
    TELLING,
    THEIR_OWN,
    THEM,
    THIRD,
    THOSE,
    THROWN,
    UNIT,
    UNITS,
    UNLAWFUL,
    UNREAL,
    WE,
    WITHOUT,
    WONT,
)

__all__ = ["ARMIES", "TELLING", "TELLS", "Word", "is_predicate", "roles"]


_KEPT: Final = 20_000
_REACH: Final = 10
_OBJECT_REACH: Final = 7


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a sentence: normalised, its groups by name, and what stands before it that
    is no word (spaces, commas, dashes)."""

    norm: str
    groups: frozenset[str]
    before: str
    is_capital: bool


def roles(words: Sequence[Word], grammar: Grammar, above: frozenset[str]) -> Iterator[str]:
    """Marks of each predicate of a sentence: its kind with its subject, object and mood; and
    of the whole sentence, what it makes of what it tells (denied, called for, asked).

    `above` are the groups of the sentence before: a pronoun may stand for a soldier there. What
    only that makes of a predicate are marks of their own, "y:", beside the others.
    """
    moods = dict.fromkeys(filter(None, (_mood_of(word.norm) for word in words)))
    if any(
        left.norm in ("call", "calls", "called") and right.norm == "on"
        for left, right in pairwise(words)
    ):
        moods["called"] = None
    if words and words[0].norm in ("если", "якщо", "if"):
        moods["if"] = None
    if any(word.norm in NOBODY for word in words):
        moods["nobody"] = None
    if any(FICTION.match(word.norm) for word in words):
        moods["fiction"] = None
    if any("?" in word.before for word in words):
        moods["asked"] = None
    for mood in moods:
        yield f"m:{mood}"
    outside = _outlook(words, moods)
    kinds = [_kind_at(at, words) for at in range(len(words))]
    doers: dict[str, set[str]] = {}
    for at, kind in enumerate(kinds):
        if kind and not (kind in REFUSABLE and _is_refused(at, kinds, words)):
            for mark in _of_predicate(kind, at, words, grammar, above, outside, kinds):
                if mark.startswith(("x:no:", "x:away:")) and ">" not in mark:
                    _, act, side, _ = mark.split(":")
                    doers.setdefault(act, set()).add(side)
                yield mark
    for act, sides in doers.items():
        if sides.isdisjoint(THEIR_OWN):
            yield f"x:{act}:others only"  # a bakery refuses, whatever filters its words touch


TELLS: Final = "x:tells"
"""The mark which says of the one before it that by itself it tells of a topic (`TELLING`)."""


def is_predicate(norm: str) -> bool:
    """Whether a word is one whose subject and object roles are asked for."""
    return bool(_kind_of(norm))


@lru_cache(maxsize=_KEPT)
def _kind_of(norm: str) -> str:
    return next((kind for kind, pattern in PREDICATES if pattern.match(norm)), "")


def _kind_at(at: int, words: Sequence[Word]) -> str:
    """The kind of a predicate: “turned down” is two words, a leave is none."""
    norm = words[at].norm
    if norm == "down" and at and words[at - 1].norm.startswith("turn"):
        return "refuse"
    kind = _kind_of(norm)
    if kind == "leave":
        behind = words[at + 1].norm if at + 1 < len(words) else ""
        if norm in ("walked", "ran") and behind not in AWAY:
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


def _is_refused(at: int, kinds: Sequence[str], words: Sequence[Word]) -> bool:
    """Whether a predicate is what somebody refuses to do: “refused to leave the town”."""
    if not (INFINITIVE.search(words[at].norm) or (at and words[at - 1].norm == "to")):
        return False
    for place in range(at - 1, max(-1, at - 4), -1):
        if STOP.search(words[place + 1].before):
            return False
        if kinds[place] in ("refuse", "refusal"):
            return True
    return False


@lru_cache(maxsize=_KEPT)
def _mood_of(norm: str) -> str:
    return next((mood for mood, pattern in MOODS if pattern.match(norm)), "")


def _outlook(words: Sequence[Word], moods: Collection[str]) -> str:
    """How real what the sentence tells is: "told", or the first mark that says otherwise."""
    if words and words[0].norm in ASKS:
        return "asked"
    return next((mood for mood in UNREAL if mood in moods), "told")


def _of_predicate(  # noqa: PLR0917
    kind: str,
    at: int,
    words: Sequence[Word],
    grammar: Grammar,
    above: frozenset[str],
    outlook: str,
    kinds: Sequence[str],
) -> Iterator[str]:
    english = language_of(words[at].norm) == "en"
    form = grammar.of(words[at].norm)
    denied = _is_negated(at, words)
    if kind in ("wont", "return") and not denied:
        return  # going and returning say something only where it was not done
    if english and _is_said_of_a_thing(at, words):
        return
    passive = is_clear = False
    told_from = at - (kind == "wont")  # the verb itself says what
    agent: int | None = None
    if kind in ("refusal", "evasion"):
        who, told_from, is_clear = _whose(at, words, grammar, english=english)
    elif english:
        passive = _is_passive(at - (words[at].norm == "down"), words)
        agent = _agent(at, words) if passive and kind == "refuse" else None
        who = _who(_subject_en(at, words) if agent is None else agent, words)
    else:
        passive = form.passive
        place = _attached(at, form, words, grammar)
        who = _who(_subject(at, form, words, grammar) if place is None else place, words)
    acts = kind in ("hold", "hurt")
    what = _victim(at, words, grammar, english=english) if acts else ""
    if agent is not None:
        passive, what = False, _behind(at, words)  # “the order was rejected by the platoon”
        what = "else" if what == "nothing" else what
    what = what or _what(told_from, words, grammar, english=english, leaves=kind in LEAVING)
    if what == "task" and kind not in REFUSALS:
        what = "nothing"
    if kind in ("wont", "refuse") and what == "nothing" and not english:
        what = _before(at, words, grammar)
    elif kind == "wont" and what == "nothing":
        what = "task"
    if kind in ("evasion", "evade"):
        what = _evaded(at, words)
    if kind == "refuse" and passive:
        kind = "deny"
    verb = f"{kind}!" if denied and kind not in ("wont", "return") else kind
    if passive:
        verb += "+"
    yield f"{verb}:{who}"
    yield f"{verb}:>{what}"
    yield f"{verb}:{who}>{what}"
    unreal = _is_unreal(at, words)
    if unreal:
        yield f"{verb}:if"
        yield f"{verb}:if:{who}"
    # The same in coarse words, which every language and every verb of a kind share.
    mood = "if" if unreal and kind not in ("wont", "return") else outlook
    act = "no" if is_clear else ACTS.get(kind, kind) + verb[len(kind) :]
    side = "soldier" if who == "commander" and not acts else COARSE.get(who, who)
    if who == "unit" and what in ("mission", "task"):
        side = "unit"  # the crew of a liner refuses to fly too
    to = COARSE.get(what, what)
    is_bound = who in ("pronoun", "nobody") and not passive and not above.isdisjoint(SOLDIERS)
    deed = "task" if act == "no" and to in ("soldier", "post") else to
    to = deed if side == "soldier" else to  # to relieve others, to open a bunker
    if act.startswith("away") and mood == "told":
        mood = _right_to_leave(at, words)
    if acts and to in ("soldier", "nothing") and _is_defied(at, kinds, words):
        to = "refuser"
    if kind == "harm" and to == "self" and not any(map(_is_own, words[at : at + _OBJECT_REACH])):
        to = "limb"
    whole = f"x:{act}:{side}>{to}:{mood}"
    yield whole
    if whole in TELLING and not (kind == "wont" and _is_foretold(at, words)):
        yield TELLS
    yield f"x:{act}:{side}:{mood}"
    if is_bound:
        yield f"y:{act}>{deed}:{mood}"
        yield f"y:{act}:{mood}"


def _is_foretold(at: int, words: Sequence[Word]) -> bool:
    """«Не будут участвовать», “will not take part”: others may say so of them."""
    near = words[max(0, at - 2) : at + 1]
    return any(word.norm.startswith("буд") or word.norm in ("will", "won't") for word in near)


def _right_to_leave(at: int, words: Sequence[Word]) -> str:
    """Whether who leaves may ("lawful"), may not ("unlawful"), or it is not said ("told")."""
    first, last = max(0, at - 5), min(len(words), at + 10)
    found = "told"
    for place in range(first, last):
        norm = words[place].norm
        without = place and (
            words[place - 1].norm in WITHOUT or words[max(0, place - 2)].norm in WITHOUT
        )
        if UNLAWFUL.match(norm) or (without and PERMISSION.match(norm)):
            return "unlawful"
        if LAWFUL.match(norm) and not without and not _from_leave(place, words):
            found = "lawful"
        if BY_ORDER.match(norm) and words[place - 1].norm in ("по", "за", "на"):
            found = "lawful"
        if SERVICE.match(norm) and place and words[place - 1].norm in AFTER:
            found = "lawful"
    return found


def _from_leave(place: int, words: Sequence[Word]) -> bool:
    """«Не вернулся из отпуска», "from furlough": a place, no right."""
    before = words[place - 1].norm if place else ""
    if before in ("с", "з", "із"):
        return words[place].norm.startswith(("отпуск", "відпустк"))  # not «с повышением»
    return before in ("из", "from", "after", "после")


def _is_defied(at: int, kinds: Sequence[str], words: Sequence[Word]) -> bool:
    """Whether somebody refuses or runs in the same sentence: whom that is done to."""
    return any(
        kind in DEFIANT or (kind in ("wont", "return") and _is_negated(place, words))
        for place, kind in enumerate(kinds)
        if place != at
    )


def _is_own(word: Word) -> bool:
    return "self" in word.groups or word.norm in OWN


def _is_negated(at: int, words: Sequence[Word]) -> bool:
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


def _is_unreal(at: int, words: Sequence[Word]) -> bool:
    for place in range(at - 1, max(-1, at - 6), -1):
        if words[place].norm in IF:
            return True
        if STOP.search(words[place + 1].before):
            return False
    return False


def _is_passive(at: int, words: Sequence[Word]) -> bool:
    if not words[at].norm.endswith(("ed", "en", "d", "t")):
        return False
    for place in range(at - 1, max(-1, at - 4), -1):
        if words[place].norm in BE:
            return True
        if words[place].norm not in BEFORE_VERB and not words[place].norm.endswith("ly"):
            return False
    return False


def _is_said_of_a_thing(at: int, words: Sequence[Word]) -> bool:
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


def _evaded(at: int, words: Sequence[Word]) -> str:
    """What is evaded: the first telling word behind it, or the one right before it."""
    near = (*words[at + 1 : at + 1 + _OBJECT_REACH], *words[max(0, at - 1) : at])
    for word in near:
        for what, pattern in EVADED:
            if pattern.match(word.norm):
                return what
    return "nothing"


def _subject_en(at: int, words: Sequence[Word]) -> int | None:
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
                or _kind_of(words[place - 2].norm)
            )
        )
    )


def _agent(at: int, words: Sequence[Word]) -> int | None:
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


def _subject(at: int, verb: Form, words: Sequence[Word], grammar: Grammar) -> int | None:
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


def _attached(at: int, form: Form, words: Sequence[Word], grammar: Grammar) -> int | None:
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


def _who(place: int | None, words: Sequence[Word]) -> str:
    if place is None:
        return "nobody"
    word = words[place]
    if any(ENEMY.match(each.norm) for each in words[max(0, place - 1) : place + 2]):
        return "other"  # «полк ворога покинув позиції»: driven out
    if REFUSER.match(word.norm):
        return "refuser"
    if "commander" in word.groups and "serviceman" not in word.groups:
        return "commander"
    if not word.groups.isdisjoint(SOLDIERS):
        return "soldier"
    if ARMIES.match(word.norm):
        return "army"
    is_trade = "perhaps_man_of_war" in word.groups
    if is_trade and (kind := _trade(place, words)):
        return kind
    if UNIT.match(word.norm):
        return "unit"
    if word.norm in WE:
        return "we"
    if word.norm in PRONOUNS or word.norm in THOSE:
        is_bound = word.norm in THIRD and any(
            not before.groups.isdisjoint(SOLDIERS) for before in words[:place]
        )
        return "bound" if is_bound else "pronoun"
    if "kin" in word.groups:
        return "kin"
    if is_trade or "fighters" in word.groups:
        return "man"
    if OFFICE.match(word.norm):
        return "office"
    if CROWD.match(word.norm):
        near = words[place + 1 : place + 5]
        return "soldier" if any(not w.groups.isdisjoint(SOLDIERS) for w in near) else "crowd"
    if word.is_capital:
        return "name"
    before = words[place - 1].norm if place else ""
    behind = words[place + 1].norm if place + 1 < len(words) else ""
    if MILITARY.match(before) or UNITS.match(behind):
        return "man"  # army telephonists, «повара полка»
    return "other"


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
        if STOP.search(words[near].before) or _kind_of(words[near].norm):
            break
        if UNITS.match(words[near].norm) or not words[near].groups.isdisjoint(SOLDIERS):
            return "soldier"
    return ""


def _whose(
    at: int, words: Sequence[Word], grammar: Grammar, *, english: bool
) -> tuple[str, int, bool]:
    """Whose refusal a noun tells of, the word after which stands what is refused, and whether
    grammar says so; else a soldier within a few words, or it is not said."""
    owner = _owner_en(at, words) if english else _owner(at, words, grammar)
    if owner is not None:
        who = _who(owner, words)
        return who, max(at, owner), who in CLEAR
    near = words[max(0, at - 5) : at + 6]
    if any(not word.groups.isdisjoint(SOLDIERS) for word in near):
        return "soldier", at, False
    if any(ARMIES.match(word.norm) for word in near):
        return "army", at, False
    return "refuser" if any(REFUSER.match(word.norm) for word in near) else "nobody", at, False


def _owner_en(at: int, words: Sequence[Word]) -> int | None:
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


def _owner(at: int, words: Sequence[Word], grammar: Grammar) -> int | None:
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


def _behind(at: int, words: Sequence[Word]) -> str:
    """What is not wanted, where it stands before the verb: «на штурм не пойдём»."""
    for place in range(at - 1, max(-1, at - 3 - _REACH), -1):
        if not words[place].groups.isdisjoint(("fight", "fight_strict", "order", "war_duty")):
            return "duty"
        if STOP.search(words[place].before):
            break
    return "nothing"


def _before(at: int, words: Sequence[Word], grammar: Grammar) -> str:
    """What is not wanted, where it stands before the verb: «на штурм не пойдём», «приказ
    минировать мост рота выполнять не стала»."""
    found = "nothing"
    for place in range(at - 1, max(-1, at - 2 - _REACH), -1):
        word = words[place]
        if not word.groups.isdisjoint(("fight", "fight_strict", "order")):
            return "duty"
        if _is_infinitive(word.norm, grammar):
            if "war_duty" in word.groups:
                return "warlike"
            if "private_matter" in word.groups or COMMENT.match(word.norm):
                return "talk"
            found = "task"
        if STOP.search(word.before):
            break
    return found


def _victim(at: int, words: Sequence[Word], grammar: Grammar, *, english: bool) -> str:
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


def _what(at: int, words: Sequence[Word], grammar: Grammar, *, english: bool, leaves: bool) -> str:
    """What the predicate is about: the first telling word behind it; "task" is a deed that no
    group knows. Who `leaves` leaves a post first of all."""
    weak = ""
    for place in range(at + 1, min(len(words), at + 1 + _OBJECT_REACH)):
        if STOP.search(words[place].before):
            break
        word = words[place]
        form = grammar.of(word.norm)
        if place > at + 1 and form.finite and "INFN" not in form.parts and not form.is_noun:
            break  # another clause
        if leaves and not word.groups.isdisjoint(POSTS):
            return "post"
        gives_up = GIVE_UP.match(word.norm) or (
            word.norm in ("lay", "fall")
            and place + 1 < len(words)
            and words[place + 1].norm in ("down", "back")
        )
        if place < at + 4 and gives_up:
            near = words[place + 1 : place + 4]
            if THROWN.match(word.norm) and any(MISSILE.match(each.norm) for each in near):
                return "warlike"
            return "shelter" if any(SHELTER.match(each.norm) for each in near) else "stay"
        if word.norm in ENLIST:
            return "draft"
        if word.norm in SERVE:
            served = words[place + 1 : place + 4]
            is_customer = any(CUSTOMER.match(each.norm) for each in served)
            if not is_customer or any(each.norm == "as" for each in served):
                return "service"
        if word.norm == "service" and "to" not in {
            each.norm for each in words[place + 1 : place + 3]
        }:
            return "duty"  # «refuse service in Gaza», not to customers
        if (
            place < at + 4
            and PARTAKE.match(word.norm)
            and _is_private(words[place + 1 : place + 5])
        ):
            return "talk"  # «участвовать в съёмках», "take part in a contest"
        if word.norm == "take" and words[place + 1 : place + 2] and words[place + 1].norm == "part":
            continue
        if LIGHT.match(word.norm):
            weak = weak or "talk"  # «помочь штурмовать», "to give the order to fire"
            continue
        if COMMENT.match(word.norm):
            return "talk"
        if place < at + 3 and "war_duty" in word.groups and "private_matter" not in word.groups:
            return "warlike"
        if not word.groups.isdisjoint(OTHER):
            return "else"
        if not word.groups.isdisjoint(("fight", "fight_strict", "order")):
            return "duty"
        if "private_matter" in word.groups:
            return "talk"
        if "war_duty" in word.groups:
            return "warlike"
        if "mission" in word.groups:
            weak = "mission"  # going: where to may follow
            continue
        if weak == "mission":
            continue
        if not word.groups.isdisjoint(SOLDIERS):
            if english:
                return "soldier"
            return "soldier" if not form.cases or form.cases & {"accs", "datv", "gent"} else "other"
        if not word.groups.isdisjoint(POSTS):
            return "post"
        if not word.groups.isdisjoint(("limb", "self")):
            return "self"
    return weak or ("task" if _is_deed(at, words, grammar, english=english) else "nothing")


def _is_private(near: Sequence[Word]) -> bool:
    return any("private_matter" in each.groups for each in near)


def _is_deed(at: int, words: Sequence[Word], grammar: Grammar, *, english: bool) -> bool:
    """Whether an infinitive stands behind a predicate: something was to be done."""
    for place in range(at + 1, min(len(words), at + 4)):
        if STOP.search(words[place].before):
            return False
        norm = words[place].norm
        if english:
            if norm == "to" and place + 1 < len(words):
                return not STOP.search(words[place + 1].before)
        elif _is_infinitive(norm, grammar):
            return True
    return False


def _is_infinitive(norm: str, grammar: Grammar) -> bool:
    """Whether a Russian or Ukrainian word is one, or looks it and no dictionary has it."""
    if len(norm) <= 3 or not INFINITIVE.search(norm):
        return False
    form = grammar.of(norm)
    return not form.parts or "INFN" in form.parts or (form.is_verb and not form.finite)
