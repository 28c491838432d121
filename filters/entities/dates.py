# ruff: noqa: E501, SIM905 (tables of words read better unbroken)
"""Dates: «6 апреля», "2 to 4 April", «П'ятого травня», "Feb. 24, 2022", 15.02.2024.

`date:2022-04-06`, a month `date:2022-02`, days of a month `date:2022-04-02..04`, over the
end of a month or year as ISO 8601 shortens it: `date:2024-03-28..04-03`. A missing year is
the publication's or, for a day still to come then, the year before; where the publication
is unknown it stays open: `date:--04-06`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from filters.entities.numbers import ORDINAL, any_of, ordinal
from filters.entities.windows import Ranges, lazy, search

__all__ = ["CUES", "find_dates"]

_NAMES: Final = (
    "январь января январю январем январе янв січень січня січні січнем січ january jan",
    "февраль февраля февралю февралем феврале фев лютий лютого лютому лютим лют february feb",
    "март марта марту мартом марте мар березень березня березні березнем бер march mar",
    "апрель апреля апрелю апрелем апреле апр квітень квітня квітні квітнем квіт april apr",
    "май мая маю маем мае травень травня травні травнем трав may",
    "июнь июня июню июнем июне июн червень червня червні червнем черв june jun",
    "июль июля июлю июлем июле июл липень липня липні липнем лип july jul",
    "август августа августу августом августе авг серпень серпня серпні серпнем серп august aug",
    "сентябрь сентября сентябрю сентябрем сентябре сен сент вересень вересня вересні вереснем вер september sept sep",
    "октябрь октября октябрю октябрем октябре окт жовтень жовтня жовтні жовтнем жовт october oct",
    "ноябрь ноября ноябрю ноябрем ноябре ноя нояб листопад листопада листопаді листопаду листопадом лист november nov",
    "декабрь декабря декабрю декабрем декабре дек грудень грудня грудні груднем груд december dec",
)
_BY_THEMSELVES: Final = frozenset(
    word
    for names in _NAMES
    for word in names.split()
    if word.endswith(("ь", "й", "т", "листопад", "лютий"))
)
_MONTHS: Final = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split()}
CUES: Final = frozenset(name[:4] for name in _MONTHS)
# Short names that are also words, or parts of others, are names of months only with a stop.
_DOTTED: Final = "бер вер лип лист січ черв лют мар сен ноя окт дек янв фев апр авг серп трав груд жовт квіт июн июл нояб сент".split()
_FULL: Final = any_of(set(_MONTHS) - set(_DOTTED))
_MONTH: Final = rf"(?:(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.(?=,?\s?\d)|(?:{_FULL})(?!\w)|(?:{any_of(_DOTTED)})\.|(?:янв|фев|апр|авг|сен|сент|окт|ноя|нояб|дек|січ|квіт|трав|черв|серп|жовт|груд)(?!\w))"
_NOT_NEXT: Final = r"(?!-?\s?(?:лет|летн|річн|год|рок|years?|soldiers?|times|солдат|людей|челов|военн|військ|дел(?!\w)|справ(?!\w)|час|км|%|тыс|тис|:\d))"
_YEAR_END: Final = r"(?:(?:-?(?:го|м|й|му)(?!\w))?(?:\s?(?:г\.|г(?!\w)|годах?|года|году|год|р\.|р(?!\w)|року|році|рік))?)"
_YEAR: Final = rf"(?:(?:,?\s+(?:of\s)?(?P<year>(?:19|20)\d\d|1[5-8]\d\d)(?!\d){_YEAR_END})|\s(?P<past>прошлого года|минувшего года|минулого року|торік|last year)|\s(?P<words>две тысячи {ORDINAL}|дві тисячі {ORDINAL}))?"
_NUM: Final = rf"(?:\d{{1,2}}(?:st|nd|rd|th|-?(?:го|е|м|му|ого|ше|те|го))?(?![\w:%])|{ORDINAL})"
_AND: Final = r"\s*(?:,|и|та|й|і|and|&)\s*"
_TO: Final = r"\s*(?:-|—|до|по|to|till|until|through)\s*"
_DAYS: Final = lazy(
    rf"(?<![\w.,:-])(?P<days>{_NUM}(?:(?:{_AND}|{_TO}|\s(?:на|or|или)\s){_NUM}){{0,4}})\s+(?:of\s+)?(?P<month>{_MONTH})(?!\w){_YEAR}",
    re.IGNORECASE,
)
_MONTH_FIRST: Final = lazy(
    rf"(?<!\w)(?P<month>{_MONTH})\s+(?:the\s)?(?P<days>\d{{1,2}}(?:st|nd|rd|th)?(?![\d:%\w])(?:(?:{_AND}|{_TO})\d{{1,2}}(?:st|nd|rd|th)?(?![\d:%\w]))*){_NOT_NEXT}(?:,?\s+(?P<year>(?:19|20)\d\d)(?!\d))?",
    re.IGNORECASE,
)
_MONTH_YEAR: Final = lazy(
    rf"(?<!\w)(?:(?P<first>{_FULL})(?:\s?-\s?|\s(?:to|по|до)\s))?(?P<month>{_MONTH}),?\s+(?:of\s)?(?:(?P<year>(?:19|20)\d\d)(?!\d){_YEAR_END}|(?P<past>прошлого года|минувшего года|минулого року|last year|of last year)|(?P<words>две тысячи {ORDINAL}|дві тисячі {ORDINAL}))",
    re.IGNORECASE,
)
_IN_DIGITS: Final = lazy(r"\d[./-]\d\d?[./-]\d|\d\d\.\d\d")
_ISO: Final = lazy(
    r"(?<![\w-])(?P<year>(?:19|20)\d\d)-(?P<month>0[1-9]|1[0-2])-(?P<day>[0-3]\d)(?![\w-]*\d)"
)
_NUMERIC: Final = lazy(
    r"(?<![\w.,/-])(?P<day>[0-3]?\d)(?P<mark>[./])(?P<month>[01]?\d)(?P=mark)(?P<year>(?:19|20)\d\d|[0-4]\d)(?!\w)(?![./]\d)"
)
_DAY_MONTH: Final = lazy(
    r"(?<![\w.,/-])(?P<lead>(?:[Сс]|[Вв]ід|[Дд]о|[Пп]о|от|[Нн]а|з|on|since)\s)(?P<day>[0-3]\d)\.(?P<month>0[1-9]|1[0-2])(?!\w)(?!\.\d)(?!\s?(?:%|млн|тыс|тис))"
)
_BETWEEN: Final = lazy(r"\s*(?:-|—|по|до|to|and|till|until|through)\s*$", re.IGNORECASE)
_FROM: Final = lazy(
    r"(?<!\w)(?:с|со|з|із|від|from|between|from the|период с|період з)\s$", re.IGNORECASE
)
_STREET: Final = lazy(
    r"(?:ул\.|улиц\w+|вул\.|вулиц\w+|street|площад\w+|площ\w+|пл\.|проспект\w*|сквер\w*|парк\w*|завод\w*|имени|імені)\s[«\"]?$",
    re.IGNORECASE,
)

_Found = tuple[str, int, int, bool]


def find_dates(
    text: str,
    published: datetime | None,
    ranges: Ranges | None = None,
    numeric: Ranges | None = None,
) -> Iterator[_Found]:
    """(id, start, end, inferred) of the dates a text names; the text as `plain` makes it.
    Inferred is a year the text does not give. `ranges`: where names of months stand,
    `numeric`: where numbers touch."""
    found = sorted(_dates(text, published, ranges, numeric), key=lambda each: (each[1], -each[2]))
    upto = 0
    place = 0
    while place < len(found):
        name, start, end, inferred = found[place]
        place += 1
        if start < upto:
            continue
        following = next((each for each in found[place:] if each[1] >= end), None)
        if following and _spans(text, (start, end), following):
            joined = _joined(_of_year(name, following) if inferred else name, following[0])
            if joined:
                name, end = joined, following[2]
        upto = end
        yield name, start, end, inferred


def _dates(
    text: str, published: datetime | None, ranges: Ranges | None, numeric: Ranges | None
) -> Iterator[_Found]:
    if ranges is None or ranges:
        for found in search(_DAYS, text, ranges):
            if not _STREET.search(text, max(0, found.start() - 14), found.start()):
                yield from _listed(found, published)
        for found in search(_MONTH_FIRST, text, ranges):
            if not found["month"].isascii() and found["month"].lower() not in _BY_THEMSELVES:
                continue  # «в начале июля 23-летний солдат»
            yield from _listed(found, published)
        for found in search(_MONTH_YEAR, text, ranges):
            month = _month(found["month"])
            year = _said_year(found, published)
            first = _month(found["first"] or "")
            if 0 < first < month and year:
                yield f"date:{year}-{first:02}..{month:02}", found.start(), found.end(), False
            elif month and year:
                yield f"date:{year}-{month:02}", found.start(), found.end(), False
    if numeric is None and not _IN_DIGITS.search(text):
        return
    for rule in (_ISO, _NUMERIC):
        for found in search(rule, text, numeric):
            name = _numeric(found)
            if name:
                yield name, found.start(), found.end(), False
    for found in search(_DAY_MONTH, text, numeric):
        name = _one(int(found["day"]), int(found["month"]), "", published)
        if name:
            yield name, found.start("day"), found.end(), True


def _listed(found: re.Match[str], published: datetime | None) -> Iterator[_Found]:
    """The days of one month: each of a list by itself, a stretch as one."""
    month = _month(found["month"])
    if not month:
        return
    words = found["days"]
    if (
        found["month"].rstrip(".").islower()
        and found["month"].isascii()
        and found["month"] in {"may", "march", "mar", "jan", "sep", "dec"}
    ):
        return
    year = _said_year(found, published)
    pieces = list(re.finditer(rf"\d{{1,2}}|{ORDINAL}", words, re.IGNORECASE))
    days = [ordinal(piece[0]) or 0 for piece in pieces]
    base = found.start("days")
    place = 0
    while place < len(days):
        last = place
        if place + 1 < len(days):
            between = words[pieces[place].end() : pieces[place + 1].start()]
            if (
                re.search(
                    r"-\s?$|—|до|по|to|till|until|through|на",
                    re.sub(r"^-?(?:st|nd|rd|th|го|е|м|му|ого)(?!\w)", "", between),
                )
                and days[place] < days[place + 1]
            ):
                last = place + 1
        name = _one(days[place], month, year, published)
        if name:
            if last > place and _one(days[last], month, year, published):
                name += f"..{days[last]:02}"
            first = place == 0
            final = last == len(days) - 1
            start = found.start() if first else base + pieces[place].start()
            end = found.end() if final else base + pieces[last].end()
            yield name, start, end, not year
        place = last + 1


def _said_year(found: re.Match[str], published: datetime | None) -> str:
    groups = found.groupdict()
    if groups.get("year"):
        return str(groups["year"])
    if groups.get("past") and published:
        return str(published.year - 1)
    if groups.get("words"):
        number = ordinal(str(groups["words"]).split(maxsplit=2)[2])
        return str(2000 + number) if number else ""
    return ""


def _numeric(found: re.Match[str]) -> str | None:
    year = found["year"]
    day, month = int(found["day"]), int(found["month"])
    if len(year) == 2:
        if found.groupdict().get("mark") == "/" or len(found["day"]) < 2:
            return None
        year = f"20{year}"
    return _one(day, month, year, None)


def _one(day: int, month: int, year: str, published: datetime | None) -> str | None:
    """A day as an id; None where the calendar has no such day."""
    guessed = year or (_year(day, month, published) if published else "")
    try:
        date(int(guessed or 2024), month, day)
    except ValueError:
        return None
    return f"date:{guessed or '-'}-{month:02}-{day:02}"


def _year(day: int, month: int, published: datetime) -> str:
    """The publication's year; the one before for what lay over a month ahead of it."""
    try:
        told = date(published.year, month, day)
    except ValueError:
        return str(published.year)
    return str(published.year - (told > published.date() + timedelta(days=31)))


def _month(name: str) -> int:
    return _MONTHS.get(name.lower().rstrip("."), 0)


def _spans(text: str, first: tuple[int, int], second: _Found) -> bool:
    """Whether two dates are the ends of a stretch: «с 28 марта по 3 апреля»."""
    between = text[first[1] : second[1]]
    if not _BETWEEN.fullmatch(between):
        return False
    opened = _FROM.search(text, max(0, first[0] - 12), first[0]) is not None
    return opened or bool(re.fullmatch(r"\s*(?:-|—|to|through|по)\s*", between))


def _of_year(name: str, second: _Found) -> str:
    """The first end of a stretch in the year the second end gives: «с 22 июня по 31 декабря
    1941 года»."""
    year = second[0].removeprefix("date:")[:4]
    if second[3] or not year.isdigit() or not re.match(r"date:(?:\d{4}|-)-\d\d-\d\d$", name):
        return name
    day = name[-5:]
    return f"date:{int(year) - (day > second[0][10:15])}-{day}"


def _joined(first: str, second: str) -> str | None:
    """Two ends as one id, the second without what it shares with the first."""
    one, other = first.removeprefix("date:"), second.removeprefix("date:")
    if ".." in one or ".." in other or one.count("-") != other.count("-"):
        return None
    if one[:-2] == other[:-2] and one.count("-") > 1:
        return f"date:{one}..{other[-2:]}" if other > one else None
    if one.startswith("--") or one[:4] == other[:4]:
        head, tail = (one[:2], other[2:]) if one.startswith("--") else (one[:5], other[5:])
        if one.startswith(head) and other > one:
            return f"date:{one}..{tail}"
        return None
    return f"date:{one}..{other}" if other > one else None
