# ruff: noqa: E501 (tables of words read better unbroken)
"""Units: «76-я гв. дшд», «64 омсбр», «155th Naval Infantry Brigade», «в/ч 64044».

Units carry their country: Russia's 155th brigade is not Ukraine's. Where neither
the name nor the words around tell, the country is "xx".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from filters.entities.windows import Ranges, search

__all__ = ["CUES", "find_units"]

CUES: Final = frozenset(
    [
        "бриг",
        "полк",
        "диви",
        "диві",
        "бата",
        "арми",
        "армі",
        "корп",
        "омсб",
        "омбр",
        "мсбр",
        "мсп",
        "дшд",
        "вдд",
        "дшп",
        "дшбр",
        "одшб",
        "оаем",
        "обрм",
        "мсд",
        "омсп",
        "обрс",
        "тро",
        "ч",
        "войс",
        "воин",
        "війс",
        "рот",
        "рота",
        "роты",
        "роти",
        "роту",
        "brig",
        "regi",
        "divi",
        "batt",
        "army",
        "corp",
        "unit",
        "comp",
        "вч",
        "обр",
        "тд",
        "тп",
        "брмп",
        "овдб",
        "одшп",
        "пдп",
        "отбр",
        "бртр",
        "омпб",
    ]
)

_KINDS: Final = (
    (
        "brigade",
        r"бригад\w*|омсбр|омбр|мсбр|дшбр|одшбр|оаембр|обрмп|брмп|обр\s?спн|обрспн|овдбр|отбр|обр\s?тро|бртро|brigades?",
    ),
    ("regiment", r"полк(?:а|у|ом|е|ов|и)?|мсп|дшп|омсп|одшп|пдп|тп|regiments?"),
    ("division", r"дивизи\w+|дивізі\w+|дшд|вдд|мсд|тд|divisions?"),
    ("battalion", r"батальон\w*|батальйон\w*|battalions?|омсб|омпб"),
    ("army", r"арми[яиюей]+|армі[яїюєй]+|army"),
    ("corps", r"(?:армейск\w+ |армійськ\w+ )?корпус\w*|corps"),
    ("company", r"рот(?:а|ы|е|у|ой|и|і|ою)|company"),
)
_KIND: Final = "|".join(f"(?P<{kind}>{forms})" for kind, forms in _KINDS)
_ENDING: Final = r"(?:\s?[-–]?(?:й|я|ю|го|ой|ей|ая|ую|му|м|та|ту|ї|ої|ій|ша|га|тої|тій|ма|ая|а))?"
_CYRILLIC: Final = re.compile(
    rf"(?<![\w.,№-])(?P<number>\d{{1,4}}){_ENDING}\s+(?:(?:гв(?:\.|ард\w*\.?)?|отд(?:\.|ельн\w+)|окрем\w+|отдельн\w+|гвардейск\w+|мото\w+|механ\w+|десантно\w*(?:-\w+)?|"
    rf"штурмов\w+|воздушно-\w+|повітряно\w*|аеромобільн\w+|аэромобильн\w+|танков\w+|морск\w+|морськ\w+|артилл?ер\w+|общевойсков\w+|загальновійськов\w+|"
    rf"стрелков\w+|стрілецьк\w+|єгерськ\w+|горн\w+|гірсько\w*|инженерн\w+|ракетн\w+|зенитн\w+|разведыват\w+|дисциплинарн\w+|пехотн\w+|піхотн\w+|територіальн\w+|учебн\w+|навчальн\w+)\s+){{0,4}}"
    rf"(?:{_KIND})(?!\w)(?P<tail>\s+(?:морск\w+ пехот\w+|морськ\w+ піхот\w+|спецназ\w*|тро|територіальн\w+ оборон\w+))?",
    re.IGNORECASE,
)
_ENGLISH: Final = re.compile(
    rf"(?<![\w.,])(?P<number>\d{{1,4}})(?:st|nd|rd|th)\s+(?:[A-Z][\w-]*\s+|separate\s+|guards\s+|motorised\s+|motorized\s+|mechani[sz]ed\s+|rifle\s+|naval\s+|infantry\s+|marine\s+|air\s+|assault\s+|airborne\s+|tank\s+|army\s+){{0,5}}?"
    rf"(?:{_KIND})(?!\w)",
    re.IGNORECASE,
)
_MILITARY_UNIT: Final = re.compile(
    r"(?<!\w)(?:в\s?/\s?ч|вч|войсков\w+ част\w+|воинск\w+ част\w+|військов\w+ частин\w+|military unit)\s*(?:№|No\.?|N)?\s*(?P<number>\d{5}|[АAТTВB]\s?-?\d{4})(?!\d)",
    re.IGNORECASE,
)
_UA_MARK: Final = re.compile(
    r"омбр|одшбр|оаембр|бртро|тро|окрем\w+|механізован\w+|аеромобільн\w+|аэромобильн\w+|територіальн\w+|єгерськ\w+",
    re.IGNORECASE,
)
_RU_MARK: Final = re.compile(
    r"омсбр|мсбр|мсп|мсд|гв\.|гвард|guards|мотострел|motor(?:ised|ized)? rifle|общевойсков|загальновійськ",
    re.IGNORECASE,
)
_NEAR_UA: Final = re.compile(
    r"ВСУ|ЗСУ|AFU|украинск|українськ|Украины|України|Ukrain", re.IGNORECASE
)
_NEAR_RU: Final = re.compile(
    r"росси|росій|(?<!\w)РФ(?!\w)|Russia|оккупант|окупант|Росії|псковск|спецопераци", re.IGNORECASE
)
_REACH: Final = 70


def find_units(text: str, ranges: Ranges | None = None) -> Iterator[tuple[str, int, int, bool]]:
    """(id, start, end, inferred) of the units a text names by number."""
    seen: set[int] = set()
    for found in search(_MILITARY_UNIT, text, ranges):
        number = (
            re.sub(r"[\s-]", "", found["number"]).upper().translate(str.maketrans("АТВ", "ATB"))
        )
        country, inferred = ("ua", False) if not number[0].isdigit() else ("ru", True)
        seen.add(found.start())
        yield f"unit:{country}:mu:{number.lower()}", found.start(), found.end(), inferred
    for rule in (_CYRILLIC, _ENGLISH):
        for found in search(rule, text, ranges):
            if found.start() in seen:
                continue
            seen.add(found.start())
            kind = next(kind for kind, _ in _KINDS if found[kind])
            if (kind == "company" and found["number"] == "1") or (
                kind == "army" and len(found["number"]) > 2
            ):
                continue
            country, inferred = _country(text, found)
            yield f"unit:{country}:{kind}:{found['number']}", found.start(), found.end(), inferred


def _country(text: str, found: re.Match[str]) -> tuple[str, bool]:
    if _UA_MARK.search(found[0]):
        return "ua", False
    if _RU_MARK.search(found[0]):
        return "ru", False
    for window in (text[max(0, found.start() - _REACH) : found.end() + _REACH], text):
        ukrainian, russian = bool(_NEAR_UA.search(window)), bool(_NEAR_RU.search(window))
        if ukrainian != russian:
            return ("ua" if ukrainian else "ru"), True
    return "xx", True
