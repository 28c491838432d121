"""Which word is the subject of a predicate, or whose a noun of refusing is: by agreement and case
in Russian and Ukrainian (English: `filters.roles.english`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from filters.grammar import Form, Grammar
from filters.morphology import language_of
from filters.roles.english import is_one_of, subject_in_english
from filters.roles.lists import (
    CROWD,
    PRONOUNS,
    REST,
    SAYS,
    THIRD,
    UNIT,
    UNITS,
)
from filters.roles.meaning import SOLDIERS, STOP
from filters.roles.words import Word

__all__ = [
    "agent_by_case",
    "owner_of",
    "speaker_of",
    "subject_of",
    "whom_a_participle_is_said_of",
]

_REACH: Final = 10
_OBJECT_REACH: Final = 7
_WHILE: Final = frozenset(
    ("день", "месяц", "месяца", "месяцев", "год", "года", "лет", "час", "часов", "дней", "суток",
     "сутки", "тиждень", "місяць", "місяці", "місяців", "рік", "років", "днів", "годин", "доби")
)  # fmt: skip
"""For how long, which is no subject: «санитар месяц не появлялся в полку»."""
_ANY_NUMBER: Final = frozenset(("sing", "plur"))
_MEN: Final = frozenset((*SOLDIERS, "fighters", "perhaps_man_of_war"))


def agent_by_case(at: int, words: Sequence[Word], grammar: Grammar) -> int | None:
    """Who did it, of a passive in Russian or Ukrainian: the nearest instrumental that no
    preposition governs, behind it or before it."""
    near: list[int] = [*range(at + 1, min(len(words), at + 5)), *range(at - 1, max(-1, at - 4), -1)]
    for place in near:
        form = grammar.of(words[place].norm)
        if form.parts:
            is_by = form.is_noun and "ablt" in form.cases
        else:  # no dictionary knows it
            is_by = words[place].norm.endswith(("ами", "ями")) and is_one_of(words[place])
        if is_by and not _is_governed(place, words, grammar):
            return place
    return None


def subject_of(at: int, verb: Form, words: Sequence[Word], grammar: Grammar) -> int | None:
    """The nearest noun that agrees with the verb, first before it, then behind it."""
    wanted = verb.finite or _ANY_NUMBER
    if "GRND" in verb.parts and (len(verb.parts) == 1 or not at or "," in words[at].before):
        return _subject_of_clause_behind(at, verb, words, grammar)
    skip_to = at
    other: int | None = None
    for place in range(at - 1, max(-1, at - 1 - _REACH), -1):
        if place >= skip_to:
            continue
        if STOP.search(words[place + 1].before) and place < at - 1:
            break
        if "," in words[place + 1].before:
            skip_to = _before_inserted(place, words, grammar)
            if skip_to <= place:
                continue
        if _may_be_subject(place, words, grammar, wanted, verb):
            if _is_object_of_another(place, at, words, grammar) or (
                _may_be_an_owner(place, words, grammar)
                and any(not each.groups.isdisjoint(SOLDIERS) for each in words[:place])
            ):
                other = place if other is None else other
                continue
            if other is not None and words[place].groups.isdisjoint(_MEN):
                continue
            if words[place].norm.startswith(("котор", "як", "що", "кто", "хто")):
                for back in range(place - 1, max(-1, place - 5), -1):
                    is_one = not words[back].groups.isdisjoint(SOLDIERS)
                    if is_one or grammar.of(words[back].norm).is_noun:
                        return back
            if (
                place
                and "gent" in grammar.of(words[place].norm).cases
                and not words[place - 1].groups.isdisjoint((*SOLDIERS, "perhaps_man_of_war"))
                and _may_be_subject(place - 1, words, grammar, wanted, verb)
            ):
                return place - 1  # «захисники села відмовилися»
            return place
    if other is not None:
        return other
    for place in range(at + 1, min(len(words), at + 1 + _OBJECT_REACH)):
        if STOP.search(words[place].before):
            break
        if _may_be_subject(place, words, grammar, wanted, verb):
            return place
    return None


def _may_be_an_owner(place: int, words: Sequence[Word], grammar: Grammar) -> bool:
    """«Бойцы батальона армии отказались»: a thing that may stand in the genitive behind a noun."""
    form = grammar.of(words[place].norm)
    if not place or form.is_animate or "gent" not in form.cases or words[place].before.strip():
        return False
    return words[place].groups.isdisjoint(SOLDIERS) and words[place].norm not in PRONOUNS


def _is_object_of_another(place: int, at: int, words: Sequence[Word], grammar: Grammar) -> bool:
    """«Полки выносили резолюции и не шли»: what another verb before the “and” is about."""
    form = grammar.of(words[place].norm)
    if not place or form.is_animate or "accs" not in form.cases:
        return False
    if not words[place].groups.isdisjoint(SOLDIERS):
        return False
    before = grammar.of(words[place - 1].norm)
    is_behind_verb = bool(before.finite) and before.is_verb and not before.is_noun
    return is_behind_verb and any(
        each.norm in ("и", "і", "й", "та", "но", "але") for each in words[place + 1 : at]
    )


def _before_inserted(last: int, words: Sequence[Word], grammar: Grammar) -> int:
    """Where a clause between commas begins, which only says something of the noun before it:
    «Офицер, подавший рапорт, …», «Бойцы, которых бросили на штурм, …»; else beyond its end."""
    for first in range(last, max(0, last - _REACH), -1):
        if "," in words[first].before:
            is_not = words[first].norm in ("не", "никогда", "ніколи") and first < last
            form = grammar.of(words[first + is_not].norm)
            is_said = "PRTF" in form.parts and not form.is_noun
            is_oblique = words[first].norm.startswith(("котор", "яки", "яко")) and not form.subject
            return first if is_said or is_oblique else last + 1
        if STOP.search(words[first].before):
            break
    return last + 1


def _subject_of_clause_behind(
    at: int, verb: Form, words: Sequence[Word], grammar: Grammar
) -> int | None:
    """«Покинув пост, стрелок …»: of a gerund, who does what the main clause says."""
    is_behind = False
    for place in range(at + 1, min(len(words), at + 1 + _REACH)):
        if STOP.search(words[place].before):
            break
        is_behind = is_behind or "," in words[place].before
        if is_behind and _may_be_subject(place, words, grammar, _ANY_NUMBER, verb):
            return place
    for place in range(at - 1, max(-1, at - 1 - _REACH), -1):
        main = grammar.of(words[place].norm)
        if main.finite and "GRND" not in main.parts and not main.is_noun:
            return subject_of(place, main, words, grammar)  # «сорвали штурм, отказавшись …»
    for place in range(at - 1, max(-1, at - 1 - _REACH), -1):
        if _may_be_subject(place, words, grammar, _ANY_NUMBER, verb):
            return place
    return None


def speaker_of(subject: int, words: Sequence[Word], grammar: Grammar) -> tuple[int | None, bool]:
    """Who says what a pronoun will not do, and whether he says it of others: «генерал сказал
    писарям, что они не пойдут», where one speaks and several are meant."""
    if words[subject].norm not in THIRD:
        return None, False
    for place in range(subject - 1, max(-1, subject - 1 - _REACH), -1):
        if SAYS.match(words[place].norm):
            break
    else:
        return None, False
    if language_of(words[place].norm) == "en":
        speaker = subject_in_english(place, words)
        norm = "" if speaker is None else words[speaker].norm
        are_several = not norm or norm.endswith(("s", "men", "they"))
        are_several = are_several or bool(UNIT.match(norm) or UNITS.match(norm))
    else:
        form = grammar.of(words[place].norm)
        speaker = subject_of(place, form, words, grammar)
        are_several = "plur" in form.finite or not (form.finite or form.past)
    is_of_several = words[subject].norm in ("they", "они", "вони")
    return speaker, is_of_several and not are_several


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
    behind = words[place + 1].norm if place + 1 < len(words) else ""
    is_while = behind in _WHILE and CROWD.match(word.norm)
    if word.norm in _WHILE or is_while or _is_of_a_number(place, words):
        return False
    if word.norm in REST:
        return True
    if word.norm in PRONOUNS:
        return bool(form.subject & wanted) or not form.subject
    if len(word.norm) < 2 or form.is_preposition or "ADVB" in form.parts:
        return False
    if not (form.is_noun or (form.subject and not word.groups.isdisjoint(SOLDIERS))):
        # An unknown word of the soldiers' lists may be one; a number stands for its noun.
        return not form.parts and not word.groups.isdisjoint(SOLDIERS)
    if _is_governed(place, words, grammar):
        return False
    is_counted = _is_counted(place, words, grammar)
    if _is_owner(place, words, grammar) and not is_counted:
        return False
    if form.subject & wanted:
        return (
            not verb.past
            or "sing" not in wanted
            or not form.genders
            or bool(form.genders & verb.past)
        )
    return is_counted and "gent" in form.cases


def _is_of_a_number(place: int, words: Sequence[Word]) -> bool:
    """«В 1942-му», «два Ми-8»: letters beside a number are no noun."""
    if words[place].before == "-" and place and words[place - 1].norm.isdigit():
        return True
    behind = words[place + 1] if place + 1 < len(words) else None
    return behind is not None and behind.before == "-" and behind.norm[:1].isdigit()


def _is_counted(place: int, words: Sequence[Word], grammar: Grammar) -> bool:
    """Whether a number or a group stands before a noun, with what is said of it between them:
    «десять солдат», «около сорока бывших российских контрактников», «группа бойцов»."""
    for back in range(place - 1, max(-1, place - 6), -1):
        if CROWD.match(words[back].norm):
            return True
        if back < place - 3 and not grammar.of(words[back].norm).is_attribute:
            return False
    return False


def _is_owner(place: int, words: Sequence[Word], grammar: Grammar) -> bool:
    """Whether what stands before a noun says that it is a genitive: «пёс танкового полка»."""
    if not place or words[place].before.strip():
        return False
    before = grammar.of(words[place - 1].norm)
    if not before.parts and words[place - 1].norm.endswith(("ой", "ого", "его", "ої", "ього")):
        return True  # no dictionary knows «малийской»
    is_said_of_it = not before.parts.isdisjoint(("ADJF", "PRTF"))
    return is_said_of_it and "gent" in before.cases and "nomn" not in before.cases


def _is_governed(place: int, words: Sequence[Word], grammar: Grammar) -> bool:
    """Whether a preposition stands before the noun, adjectives between them passed over."""
    for back in range(place - 1, max(-1, place - 4), -1):
        form = grammar.of(words[back].norm)
        if form.is_preposition:
            return True
        if not form.is_attribute:
            return False
    return False


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
