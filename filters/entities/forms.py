"""Every form an alias takes: cases, name orders, initials.

Worked out when an entity is saved, not when a text is read: the result is shown
to whoever saves it and kept as rows. Russian names are declined by pytrovich,
Ukrainian ones by shevchenko, other phrases by pymorphy's paradigms: the words
that agree with the head are declined, what follows the head stays.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final, Literal

from filters.entities.person_names import latin_spellings, read_name
from filters.morphology import analyser, has_names
from filters.normalize import normalize_word, words

__all__ = [
    "flatten",
    "is_common",
    "is_known",
    "is_womans",
    "person_forms",
    "phrase_forms",
    "surname_forms",
]

_CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")
_ADJECTIVE: Final = re.compile("(?:[сцз]ьк(?:ий|а)|[бвджклмнрст]ий)$")
_WOMANS: Final = re.compile("(?:[оеє]ва|[иіїы]на|[сц]ька|[сц]кая)$")
_DAUGHTER: Final = re.compile("(?:вна|чна|кызы|qizi)$")
_PROPER: Final = frozenset(("Name", "Surn", "Patr", "Geox", "Orgn", "Abbr"))


def flatten(alias: str) -> str:
    """An alias as the gazetteer compares it: normalised words, one space between."""
    return " ".join(normalize_word(word).removesuffix("'s") for word in words(alias))


def person_forms(name: str, lang: str, gender: Literal["m", "f"] = "m") -> frozenset[str]:
    """Forms of a full name: first and last in either order, in all cases, and as they are
    written in Latin letters.

    `name` is in either order (`filters.entities.person_names`); a patronymic may be left out,
    so it is in every form. `lang` is ru, uk or en. None for initials: they hold no first name.
    """
    person = read_name(name)
    first, middle, last = person.first, person.patronymic.split(), person.last
    if not first:
        return frozenset()
    forms = {
        f"{one} {other}"
        for spelt in latin_spellings(person, lang)
        for one, other in (spelt, spelt[::-1])
    }
    for case in _name_cases(lang):
        firsts = _declined(first, "first", lang, gender, case)
        lasts = _declined(last, "last", lang, gender, case)
        middles = [
            _declined(word, "middle", lang, gender, case) if lang != "en" else {word}
            for word in middle
        ]
        for one, family in itertools.product(firsts, lasts):
            forms.update((f"{one} {family}", f"{family} {one}"))
            for between in itertools.product(*middles):
                whole = " ".join((one, *between))
                forms.update((f"{whole} {family}", f"{family} {whole}"))
    return frozenset(flatten(form) for form in forms)


def surname_forms(name: str, lang: str, gender: Literal["m", "f"] = "m") -> frozenset[str]:
    """Forms of the surname alone."""
    person = read_name(name)
    cases = _name_cases(lang)
    forms = {form for case in cases for form in _declined(person.last, "last", lang, gender, case)}
    forms |= {last for _, last in latin_spellings(person, lang)}
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
        choices = [
            (part,) if column is None else column.get(case, (part,))
            for part, column in zip(parts, columns, strict=True)
        ]
        forms.update(" ".join(choice) for choice in itertools.product(*choices))
    return frozenset(forms)


def is_common(word: str, lang: str) -> bool:
    """Whether one word is in the dictionary as more than a name. The English one does not tell
    names from words: one it knows is taken for a word."""
    if lang == "en":
        import simplemma  # a twentieth of the time to import the bot, for whoever adds a name

        return bool(simplemma.is_known(flatten(word), lang="en"))
    for parse in _morph(lang).parse(flatten(word)):
        if not parse.is_known or _PROPER & parse.tag.grammemes:
            continue
        # The Ukrainian dictionary does not mark towns, but gives them no plural.
        if lang != "uk" or any("plur" in form.tag for form in parse.lexeme):
            return True
    return False


def is_known(word: str, lang: str) -> bool:
    """Whether the Russian or Ukrainian dictionary has one word. English has no dictionary here."""
    return lang != "en" and any(parse.is_known for parse in _morph(lang).parse(flatten(word)))


def is_womans(name: str, lang: str) -> bool:
    """Whether a full Russian or Ukrainian name is a woman's: by its first name where the
    dictionary knows that, else by its surname's ending."""
    person = read_name(name)
    if person.patronymic:
        return bool(_DAUGHTER.search(person.patronymic.lower()))
    genders = {
        parse.tag.gender
        for parse in _morph(lang).parse(person.first)
        if parse.is_known and "nomn" in parse.tag and "Name" in parse.tag.grammemes
    }
    if genders in ({"femn"}, {"masc"}):
        return genders == {"femn"}
    return bool(_WOMANS.search(person.last.lower()))


def _head(parts: Iterable[str], lang: str) -> int | None:
    """The place of the first noun in the nominative: up to it, words are declined."""
    for place, part in enumerate(parts):
        for parse in _morph(lang).parse(part):
            if "nomn" in parse.tag and parse.tag.POS == "NOUN":
                return place
        if not any("nomn" in p.tag for p in _morph(lang).parse(part)):
            return None
    return None


def _paradigm(word: str, lang: str) -> dict[str, tuple[str, ...]]:
    """case -> forms, in the number (and gender) of the nominative the word stands in.

    Ukrainian has two endings in some cases («Маріуполі», «Маріуполю»): all are taken.
    """
    for parse in _morph(lang).parse(word) if has_names(word) else ():
        if "nomn" not in parse.tag:
            continue
        tag = parse.tag
        found: dict[str, list[str]] = {}
        for form in parse.lexeme:
            if form.tag.number != tag.number or form.tag.case not in _CASES:
                continue
            if tag.POS in ("ADJF", "PRTF") and form.tag.gender != tag.gender:
                continue
            spelt = normalize_word(form.word)
            if spelt not in found.setdefault(form.tag.case, []):
                found[form.tag.case].append(spelt)
        if lang == "uk" and tag.POS == "NOUN" and tag.number == "sing":
            found.setdefault("loct", []).extend(
                form
                for form in _locatives(normalize_word(word), found.get("datv", []))
                if form not in found["loct"]
            )
        return {case: tuple(forms) for case, forms in found.items()}
    return {}


def _locatives(word: str, datives: Iterable[str]) -> Iterator[str]:
    """Locatives the dictionary leaves out: «у Маріуполі» beside «Маріуполеві»."""
    if word.endswith("ь") and any(form.endswith(("ю", "еві")) for form in datives):
        yield word[:-1] + "і"


def _name_cases(lang: str) -> tuple[str, ...]:
    return {"en": ("nomn",), "uk": (*_CASES, "voct")}.get(lang, _CASES)


@lru_cache(maxsize=4096)
def _declined(word: str, part: str, lang: str, gender: str, case: str) -> frozenset[str]:
    """The forms of one part of a name in a case."""
    if lang == "en" or case == "nomn":
        return frozenset((word,))
    if lang == "ru":
        return frozenset(
            {_decline_ru(word, part, gender, case)} | _by_dictionary(word, part, lang, gender, case)
        )
    if _ADJECTIVE.search(word):
        # the library takes Зеленський for a noun
        return frozenset(_adjective_uk(word, gender, case))
    found: set[str] = set()
    # writers mix the two endings: «Павлові Чикову», «Павлу Чикову»
    for each in ("datv", "loct") if case in ("datv", "loct") else (case,):
        found.add(_decline_uk(word, part, gender, each))
        found |= _by_dictionary(word, part, lang, gender, each)
    return frozenset(found)


def _by_dictionary(word: str, part: str, lang: str, gender: str, case: str) -> set[str]:
    """What the dictionary gives for a name it knows as one, of that gender."""
    grammeme = {"first": "Name", "last": "Surn"}.get(part, "Patr")
    wanted = "femn" if gender == "f" else "masc"

    def fits(tag: Any) -> bool:
        return tag.gender == wanted and tag.number in (None, "sing")

    forms: set[str] = set()
    for parse in _morph(lang).parse(word) if has_names(word) else ():
        if "nomn" in parse.tag and grammeme in parse.tag and fits(parse.tag):
            forms.update(
                form.word.capitalize()
                for form in parse.lexeme
                if form.tag.case == case and fits(form.tag)
            )
    return forms


def _adjective_uk(word: str, gender: str, case: str) -> set[str]:
    """«Зеленський», «Сирська»: surnames declined as adjectives."""
    stem = word[:-2] if word.endswith(("ий", "ій")) else word[:-1]
    men = {
        "gent": "ого",
        "datv": "ому",
        "accs": "ого",
        "ablt": "им",
        "loct": "ому ім",
        "voct": "ий",
    }
    women = {"gent": "ої", "datv": "ій", "accs": "у", "ablt": "ою", "loct": "ій", "voct": "а"}
    endings = women if gender == "f" else men
    return {stem + ending for ending in endings[case].split()}


def _decline_ru(word: str, part: str, gender: str, case: str) -> str:
    from pytrovich.enums import Case, Gender, NamePart
    from pytrovich.maker import PetrovichDeclinationMaker

    name = {"first": NamePart.FIRSTNAME, "last": NamePart.LASTNAME}.get(part, NamePart.MIDDLENAME)
    kind = Gender.FEMALE if gender == "f" else Gender.MALE
    cases = {
        "gent": Case.GENITIVE,
        "datv": Case.DATIVE,
        "accs": Case.ACCUSATIVE,
        "ablt": Case.INSTRUMENTAL,
        "loct": Case.PREPOSITIONAL,
    }
    return str(PetrovichDeclinationMaker().make(name, kind, cases[case], word))


def _decline_uk(word: str, part: str, gender: str, case: str) -> str:
    import shevchenko

    key = {"first": "givenName", "last": "familyName"}.get(part, "patronymicName")
    kind = shevchenko.GrammaticalGender("feminine" if gender == "f" else "masculine")
    name = shevchenko.DeclensionInput(gender=kind, **{key: word})
    ask = {
        "gent": shevchenko.in_genitive,
        "datv": shevchenko.in_dative,
        "accs": shevchenko.in_accusative,
        "ablt": shevchenko.in_ablative,
        "loct": shevchenko.in_locative,
        "voct": shevchenko.in_vocative,
    }
    return str(ask[case](name).get(key) or word)


def _morph(lang: str) -> Any:
    return analyser("uk" if lang == "uk" else "ru")
