# ruff: noqa: E501 (tables of words read better unbroken)
"""Numbers that a report tells, by what is counted: terms, units, articles, dates, people. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from bot.stories.event_words import FIGURES, Seen, value

__all__ = ["counts"]

_UNIT_NOUN: Final = re.compile(
    r"^(?:бригад|полк|дивизи|дивізі|батальон|батальйон|brigad|regim|divis|battalion|омсбр|обр|омбр|мсп)"
)
_YEARS: Final = re.compile(r"^(?:лет$|год|рок[иіуа]?в?|роки|years?$|year)")
_MONTHS: Final = re.compile(r"^(?:месяц|місяц|months?$)")
# «трое» are people, «три» may be anything
_PEOPLE: Final = re.compile(
    r"дво(?:е|є|их|им|х)|тро(?:е|є|их|им|х)|(?:ч[еє]твер|пят[её]р|п'ятер|шестер|семер|восьмер|десят[еє]р)\w{0,3}",
    re.I,
)
_PERSON: Final = re.compile(
    r"(?:солдат|военн|військов|бойц|бійц|боєц|человек|людей|осіб|мужчин|чолов|мобилиз|мобіліз|контрактник"
    r"|отказник|відмовник|дезертир|срочник|строковик|сотрудник|офицер|офіцер|врач|лікар|сослужив|штурмовик"
    r"|soldier|servicem|troops|men$|people|refuser|deserter|conscript|officer|fighter|doctor|recruit|trainee"
    r"|mobilis|mobiliz)"
)
_THOUSANDS: Final = (
    (re.compile(r"(?:тысяч|тыс$|тис$|тисяч|thousand)"), 1e3),
    (re.compile(r"(?:млн$|миллион|мільйон|million)"), 1e6),
)
_PERCENT: Final = re.compile(r"^\s*%")
_MONTH_NAMES: Final = (
    "янв січ jan", "фев лют feb", "мар берез mar", "апр квіт apr", "мая май трав may",
    "июн черв jun", "июл лип jul", "авг серп aug", "сен верес sep", "окт жовт oct", "ноя листоп nov",
    "дек груд dec",
)  # fmt: skip
_LAW_CUE: Final = re.compile(
    r"(?:\bст(?:\.|ать\w*|атт\w*)|\barticles?|\bч(?:\.|астью|астина)\s*\d+\s*ст\.?)\s*$", re.I
)
_DAY: Final = re.compile(r"(\d\d?)\.(\d\d)(?:\.(?:20)?\d\d)?")
_MONTH_CUE: Final = re.compile(
    r"\b((?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6})\.? $", re.I
)
_PART_CUE: Final = re.compile(r"(?:\bч\.|\bчаст(?:ь|ью|и|ина|иною)|\bparts?)\s*$", re.I)


def counts(whole: str, tokens: Sequence[re.Match[str]], seen: Sequence[Seen]) -> Iterator[str]:
    """Numbers by kind. «пять лет и шесть месяцев», "five and a half years": t66."""
    term, term_ends = 0.0, -9
    joined = -1
    for number, (found, word) in enumerate(zip(tokens, seen, strict=True)):
        if word.number is None and word is not FIGURES:
            continue
        if (day := _DAY.fullmatch(found[0])) and 1 <= int(day[1]) <= 31 and 1 <= int(day[2]) <= 12:
            yield f"d{int(day[1])}.{int(day[2])}"
            continue
        told = None if number == joined else value(found[0])
        if told is None:
            continue
        in_figures = found[0].isdigit()
        before = whole[max(0, found.start() - 16) : found.start()]
        after = [each[0].lower() for each in tokens[number + 1 : number + 5]]
        if told >= 20 and not found[0][0].isdigit() and after:
            ones = value(after[0])  # «двадцать семь»
            if ones is not None and ones < 10 and not after[0][0].isdigit():
                told, joined, after = told + ones, number + 1, after[1:]
        for thousands, times in _THOUSANDS:
            if after and told < 1000 and thousands.match(after[0]):
                told, after = told * times, after[1:]
        if in_figures and _LAW_CUE.search(before):
            yield f"l{found[0]}"
        elif _PART_CUE.search(before) and told < 10:
            continue
        elif in_figures and _is_unit(after):
            yield f"u{found[0]}"
        elif after and (month := _month(after[0])) and 1 <= told <= 31 and told == int(told):
            yield f"d{int(told)}.{month}"
        elif 1 <= told <= 31 and (said := _MONTH_CUE.search(before)) and told == int(told):
            yield f"d{int(told)}.{_month(said[1].lower())}"  # "March 8"
        elif told < 60 and (months := _months(told, after)):
            if number - term_ends > 4 or months >= 12:
                if term:
                    yield f"t{term:g}"
                term = 0.0
            term, term_ends = term + months, number
        elif in_figures and 1900 <= told <= 2100:
            continue  # a year: said of half of all texts
        elif _PERCENT.match(whole[found.end() :][:2]):
            continue
        elif told > 1:
            people = _PEOPLE.fullmatch(found[0]) or any(map(_PERSON.match, after[:2]))
            if people and told == int(told):
                yield f"p{told:g}"
            if told >= 4 or in_figures or people:
                yield f"n{told:g}"
    if term:
        yield f"t{term:g}"


def _is_unit(after: list[str]) -> bool:
    """«114-й отдельной бригады»: the noun within four words, no other number before it."""
    for word in after:
        if word[0].isdigit():
            return False
        if _UNIT_NOUN.match(word):
            return True
    return False


def _months(value: float, after: list[str]) -> float:
    """The term that the number and the words after it tell; 0 where it is none."""
    words = [word for word in after if word not in ("с", "з", "and", "a", "half", "половиной")]
    half = 6 if words != after and ("half" in after[:3] or "половиной" in after[:2]) else 0
    if words and _YEARS.match(words[0]):
        return value * 12 + half
    return value if words and _MONTHS.match(words[0]) else 0


def _month(word: str) -> int:
    for number, stems in enumerate(_MONTH_NAMES, 1):
        if any(word.startswith(stem) for stem in stems.split()):
            return number
    return 0
