"""Every form an alias takes: cases, name orders, initials.

Worked out when an entity is saved, not when a text is read: the result is shown
to whoever saves it and kept as rows. Russian names are declined by pytrovich,
Ukrainian ones by shevchenko, other phrases by pymorphy's paradigms: the words
that agree with the head are declined, what follows the head stays.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Literal

from filters.normalize import normalize_word, words

__all__ = ["flatten", "person_forms", "phrase_forms", "surname_forms"]

_CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")
_LOCK = threading.Lock()


def flatten(alias: str) -> str:
    """An alias as the gazetteer compares it: normalised words, one space between."""
    return " ".join(normalize_word(word).removesuffix("'s") for word in words(alias))


def person_forms(name: str, lang: str, gender: Literal["m", "f"] = "m") -> frozenset[str]:
    """Forms of a full name: first and last in either order, in all cases.

    `name` is "First Last" (the last word is the surname); `lang` is ru, uk or en.
    """
    first, last = name.split(maxsplit=1)[0], name.rsplit(maxsplit=1)[-1]
    if lang == "en":
        pairs = [(first, last)]
    else:
        firsts, lasts = (
            _decline(first, "first", lang, gender),
            _decline(last, "last", lang, gender),
        )
        # Ukrainian has two endings in some cases, and writers mix them.
        pairs = (
            list(itertools.product(firsts, lasts))
            if lang == "uk"
            else list(zip(firsts, lasts, strict=True))
        )
    forms: set[str] = set()
    for given, family in pairs:
        forms.update((f"{given} {family}", f"{family} {given}"))
    return frozenset(flatten(form) for form in forms)


def surname_forms(name: str, lang: str, gender: Literal["m", "f"] = "m") -> frozenset[str]:
    """Forms of the surname alone."""
    last = name.rsplit(maxsplit=1)[-1]
    forms = [last] if lang == "en" else _decline(last, "last", lang, gender)
    return frozenset(flatten(form) for form in forms)


def phrase_forms(phrase: str, lang: str) -> frozenset[str]:
    """Forms of an organisation's or a place's name in all cases of its own number."""
    plain = flatten(phrase)
    if lang == "en":
        return frozenset((plain,))
    parts = plain.split()
    head = _head(parts, lang)
    if head is None:
        return frozenset((plain,))
    columns = [_paradigm(part, lang) if place <= head else None for place, part in enumerate(parts)]
    forms = {plain}
    for case in _CASES:
        forms.add(
            " ".join(
                part if column is None else column.get(case, part)
                for part, column in zip(parts, columns, strict=True)
            )
        )
    return frozenset(forms)


def _head(parts: Iterable[str], lang: str) -> int | None:
    """The place of the first noun in the nominative: up to it, words are declined."""
    for place, part in enumerate(parts):
        for parse in _morph(lang).parse(part):
            if "nomn" in parse.tag and parse.tag.POS == "NOUN":
                return place
        if not any("nomn" in p.tag for p in _morph(lang).parse(part)):
            return None
    return None


def _paradigm(word: str, lang: str) -> dict[str, str]:
    """case -> form, in the number of the nominative the word stands in."""
    for parse in _morph(lang).parse(word):
        if "nomn" not in parse.tag:
            continue
        number = parse.tag.number
        found: dict[str, str] = {}
        for case in _CASES:
            form = parse.inflect({case, number} if number else {case})
            if form is not None:
                found[case] = normalize_word(form.word)
        return found
    return {}


def _decline(word: str, part: Literal["first", "last"], lang: str, gender: str) -> list[str]:
    return _decline_uk(word, part, gender) if lang == "uk" else _decline_ru(word, part, gender)


def _decline_ru(word: str, part: str, gender: str) -> list[str]:
    from pytrovich.enums import Case, Gender, NamePart
    from pytrovich.maker import PetrovichDeclinationMaker

    maker = PetrovichDeclinationMaker()
    name = NamePart.FIRSTNAME if part == "first" else NamePart.LASTNAME
    kind = Gender.FEMALE if gender == "f" else Gender.MALE
    cases = (Case.GENITIVE, Case.DATIVE, Case.ACCUSATIVE, Case.INSTRUMENTAL, Case.PREPOSITIONAL)
    return [word, *(str(maker.make(name, kind, case, word)) for case in cases)]


def _decline_uk(word: str, part: str, gender: str) -> list[str]:
    import shevchenko

    key = "givenName" if part == "first" else "familyName"
    kind = shevchenko.GrammaticalGender("feminine" if gender == "f" else "masculine")
    name = shevchenko.DeclensionInput(gender=kind, **{key: word})
    ask = (
        shevchenko.in_nominative,
        shevchenko.in_genitive,
        shevchenko.in_dative,
        shevchenko.in_accusative,
        shevchenko.in_ablative,
        shevchenko.in_locative,
        shevchenko.in_vocative,
    )
    return [str(case(name).get(key) or word) for case in ask]


@lru_cache(maxsize=2)
def _load(lang: str) -> Any:
    import pymorphy3

    return pymorphy3.MorphAnalyzer(lang=lang)


def _morph(lang: str) -> Any:
    with _LOCK:
        return _load("uk" if lang == "uk" else "ru")
