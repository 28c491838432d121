# ruff: noqa: E501 (tables of words read better unbroken)
"""Articles of law: «ч. 2.1 ст. 332 УК», «337-я статья», «статті 407 та 408 КК України».

An article number needs its code. A code without its country is placed by the
numbers both countries do not share; a bare number is taken only for a military
article in a text about the army, and marked as inferred.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from filters.entities.numbers import ORDINALS
from filters.entities.windows import Ranges, search

__all__ = ["CUES", "find_laws", "find_offences"]

CUES: Final = frozenset({"ст", "стат", "art", "arti", "ук", "кк", "кку", "ucmj"})

_RU: Final = frozenset({"328", "332", "333", "334", "335", "337", "338", "339", "352.1", "275.1"})
_UA: Final = frozenset({"335", "336", "402", "403", "404", "405", "407", "408", "409"})
_RU_BARE: Final = frozenset({"332", "337", "338", "339", "328"})
_UA_BARE: Final = frozenset({"336", "402", "403", "407", "408", "409"})
_ORDINAL: Final = "|".join(ORDINALS)
_PART: Final = (
    rf"(?:ч(?:аст[а-яіїє]*|\.)?|parts?|sections?|paragraphs?)\s*(?P<part>\d+(?:\.\d+)?|(?:{_ORDINAL})[а-яіїє]*)"
    r"(?:\s*(?:,|of|-й|-я)?\s*)"
)
_NUMBER: Final = r"\d{1,3}(?:[.\-–]\d{1,2}(?!\d))*"
_LIST: Final = rf"{_NUMBER}(?:\s*(?:,|и|і|й|та|або|или|or|and)\s*(?:ст\.?\s*)?{_NUMBER}(?![\d\s]*(?:лет|год|рок|тыс|тис|сут|діб)))*"
_ARTICLE: Final = re.compile(
    rf"(?<!\w)(?:{_PART})?(?:ст(?:ать[а-яё]+|атт[а-яіїє]+|атей|\.)?|articles?|art\.)\s*(?:№|—|–|-|:)?\s*(?P<list>{_LIST})",
    re.IGNORECASE,
)
_REVERSED: Final = re.compile(
    rf"(?<![\w.,])(?P<list>{_NUMBER})(?:[-–]?(?:й|я|ю|ой|ей|ую|ая|та|ту|тої|тою|ї|а|у|th|rd|nd|st))?\s+(?:стать[а-яё]+|статт[а-яіїє]+|article)(?!\w)"
    rf"|(?<![\w.,])(?P<coded>\d{{3}}(?:\.\d)?)\s+(?=(?:УК|КК|ККУ)(?!\w))",
)
_PART_AFTER: Final = re.compile(
    rf"\s*[,(]?\s*(?:ч(?:аст[а-яіїє]+|\.)|part)\s*(?P<part>\d+(?:\.\d+)?|(?:{_ORDINAL})[а-яіїє]*)",
    re.IGNORECASE,
)
_CODE: Final = re.compile(
    r"(?<!\w)(?:(?P<other>УПК|КПК|УИК|КВК|ГК|ЦК|НК|ПК|ТК|КЗпП|СК|ЖК|ЗК|БК|ГПК|ЦПК|АПК|Гражданск\w+|Цивільн\w+|Налогов\w+|Податков\w+|"
    r"Трудов\w+|Семейн\w+|Сімейн\w+|Конституци\w+|Конституці\w+|Civil Code|Constitution|Convention|Конвенци\w+|Конвенці\w+|NATO)"
    r"|(?P<koap>КоАП|КУпАП|КпАП|Кодекс\w* (?:РФ )?об административн\w+|Кодекс\w* України про адмін\w+)"
    r"|(?P<ucmj>UCMJ|Uniform Code)"
    r"|(?P<criminal>УК|ККУ|КК|Уголовн\w+ кодекс\w*|Кримінальн\w+ кодекс\w*|[Cc]riminal [Cc]ode|[Pp]enal [Cc]ode))(?!\w)"
)
_COUNTRY: Final = re.compile(
    r"(?P<ru>РФ|Росси\w+|Росії|Russia\w*)|(?P<ua>Украин\w+|Україн\w+|Ukrain\w+|ККУ|КК\b)|(?P<by>Беларус\w+|Белорус\w+|Білорус\w+|Belarus\w*|РБ\b)"
    r"|(?P<kz>Казахстан\w*|РК\b|Kazakhstan\w*)|(?P<us>U\.?S\.?\b)"
)
_MILITARY: Final = re.compile(
    r"воен|воин|солдат|служб|част[иьюе]|дезерт|самовол|приказ|призыв|мобилиз|гарнизон|військ|самов[іо]л|мобіл|наказ|повістк|soldier|military|desert|mobili|conscript|army",
    re.IGNORECASE,
)
_OFFENCES: Final = (
    (re.compile(r"дезертир\w*|desertion|deserters?(?!\w)", re.IGNORECASE), "338", "408"),
    (
        re.compile(
            r"самовольн\w+ оставлени\w+|самовільн\w+ залишенн\w+|самоволк\w*|absence without leave|absent without leave",
            re.IGNORECASE,
        ),
        "337",
        "407",
    ),
    (re.compile(r"(?<!\w)(?:СОЧ|СЗЧ|AWOL)(?!\w)"), "337", "407"),
    (
        re.compile(
            r"(?:неисполнени|невыполнени)\w+ приказ\w*|непокор\w+|failure to obey(?: (?:a|an|the))?(?: \w+)? (?:order|command)s?|невиконанн\w+ наказ\w*",
            re.IGNORECASE,
        ),
        "332",
        "402",
    ),
)

_Found = tuple[str, int, int, bool]


def find_laws(text: str, ranges: Ranges | None = None) -> Iterator[_Found]:
    """(id, start, end, inferred) of the articles a text names."""
    seen: set[tuple[int, int]] = set()
    for rule in (_ARTICLE, _REVERSED):
        for found in search(rule, text, ranges):
            group = "list" if found.groupdict().get("list") else "coded"
            for mention in _articles(text, found, group):
                if not any(start < mention[2] and mention[1] < end for start, end in seen):
                    seen.add(mention[1:3])
                    yield mention


def _articles(text: str, found: re.Match[str], group: str) -> Iterator[_Found]:
    start, end = found.span(group)
    part = _part(found.groupdict().get("part")) or _part_after(text, end)
    for number in re.finditer(_NUMBER, found[group]):
        code = number[0].replace("–", "-").replace("-", ".")
        placed = _place(text, found.start(), end, code)
        if placed is None:
            continue
        country, inferred = placed
        single = number[0] == found[group]
        name = f"law:{country}:{code}" + (f"/{part}" if part and single else "")
        first = found.start() if single else start + number.start()
        yield name, first, start + number.end(), inferred


def _part(words: str | None) -> str:
    if not words:
        return ""
    if words[0].isdigit():
        return words
    return next((number for stem, number in ORDINALS.items() if words.lower().startswith(stem)), "")


def _part_after(text: str, end: int) -> str:
    found = _PART_AFTER.match(text, end)
    return _part(found["part"]) if found else ""


def _place(text: str, start: int, end: int, number: str) -> tuple[str, bool] | None:
    """The code an article belongs to, and whether that was inferred; None for other laws."""
    tail = text[end : end + 90]
    code = _CODE.search(tail)
    if code is None:
        head = text[max(0, start - 40) : start]
        codes = list(_CODE.finditer(head))
        code, window = (codes[-1], head + tail) if codes else (None, head + tail)
    else:
        window = tail[code.start() : code.end() + 40]
        before = tail[: code.start()]
        if len(before) > 60 and re.search(r"[.!?]\s", before):
            code = None
    if code is None:
        return _bare(text, number)
    if code["other"]:
        return None
    if code["ucmj"]:
        return "us.ucmj", False
    country = _country(window, number)
    if code["koap"]:
        return f"{country[0]}.koap", country[1]
    return country


def _country(window: str, number: str) -> tuple[str, bool]:
    said = _COUNTRY.search(window)
    if said and said.lastgroup:
        return said.lastgroup, False
    if number in _UA and number not in _RU:
        return "ua", True
    return "ru", True


def _bare(text: str, number: str) -> tuple[str, bool] | None:
    if not _MILITARY.search(text):
        return None
    if number in _RU_BARE:
        return "ru", True
    return ("ua", True) if number in _UA_BARE else None


def find_offences(text: str, army: str) -> Iterator[_Found]:
    """Military offences by name, for their articles: inferred, and only where the army is known."""
    if army not in {"ru", "ua"}:
        return
    for rule, russian, ukrainian in _OFFENCES:
        for found in rule.finditer(text):
            number = russian if army == "ru" else ukrainian
            yield f"law:{army}:{number}", found.start(), found.end(), True
