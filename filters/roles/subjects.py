"""Which word is the subject of a predicate, or whose a noun of refusing is: by agreement and case
in Russian and Ukrainian, by word order in English.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from filters.grammar import Form, Grammar
from filters.morphology import language_of
from filters.roles.lists import (
    BEFORE_VERB,
    CROWD,
    LEADS,
    LOCATIVE,
    MILITARY,
    OFFICE,
    PERSON,
    PREPOSITIONS,
    PRONOUNS,
    REFUSER,
    RELATIVE,
    REST,
    SAYS,
    THEN,
    THIRD,
    UNIT,
)
from filters.roles.meaning import SOLDIERS, STOP
from filters.roles.predicates import kind_of
from filters.roles.words import Word

__all__ = [
    "agent_by_case",
    "agent_of",
    "owner_in_english",
    "owner_of",
    "speaker_of",
    "subject_in_english",
    "subject_of",
    "whom_a_participle_is_said_of",
]

_REACH: Final = 10
_OBJECT_REACH: Final = 7
_ANY_NUMBER: Final = frozenset(("sing", "plur"))
_MEN: Final = frozenset((*SOLDIERS, "fighters", "perhaps_man_of_war"))


def subject_in_english(at: int, words: Sequence[Word]) -> int | None:
    """The nearest noun to the left that no preposition governs."""
    place = at - 1
    if at and words[place].norm == "having":
        return _subject_behind(at, words)
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
        governor = _governor(place, words)
        if best is None and governor and not _is_one_of(word) and _is_where(governor, words):
            place = governor - 1  # “miners from Vorkuta”: the miners
            continue
        governed = governor is not None and place > 3 and word.norm not in PRONOUNS
        if _is_telling_en(word) and not governed:
            return _antecedent(place, words) if word.norm in RELATIVE else place
        best = place if best is None else best
        place -= 1
    return best


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
        and bool(PERSON.match(words[at - 1].norm) or _is_one_of(words[at - 1]))
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


def agent_by_case(at: int, words: Sequence[Word], grammar: Grammar) -> int | None:
    """Who did it, of a passive in Russian or Ukrainian: the nearest instrumental that no
    preposition governs, behind it or before it."""
    near: list[int] = [*range(at + 1, min(len(words), at + 5)), *range(at - 1, max(-1, at - 4), -1)]
    for place in near:
        form = grammar.of(words[place].norm)
        if form.parts:
            is_by = form.is_noun and "ablt" in form.cases
        else:  # no dictionary knows it
            is_by = words[place].norm.endswith(("ами", "ями")) and _is_one_of(words[place])
        if is_by and not _is_governed(place, words, grammar):
            return place
    return None


def _is_telling_en(word: Word) -> bool:
    return _is_one_of(word) or word.norm in PRONOUNS or word.is_capital


def _is_one_of(word: Word) -> bool:
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
            if _is_object_of_another(place, at, words, grammar):
                other = place if other is None else other
                continue
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
    if other is not None:
        return other
    for place in range(at + 1, min(len(words), at + 1 + _OBJECT_REACH)):
        if STOP.search(words[place].before):
            break
        if _may_be_subject(place, words, grammar, wanted, verb):
            return place
    return None


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
            form = grammar.of(words[first].norm)
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
        are_several = not norm or norm.endswith(("s", "men", "crew", "they"))
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
