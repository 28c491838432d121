# ruff: noqa: E501, SIM905 (tables of words read better unbroken)
"""Units: «76-я гв. дшд», «64 омсбр», «47 ОМБр», "155th Naval Infantry Brigade", «в/ч 64044».

Units carry their country: Russia's 155th brigade is not Ukraine's. The kind of unit tells
it first (motor rifles are Russia's, mechanised and assault brigades Ukraine's), then the
nearest words that name a country or its forces; where nothing does, it is "xx".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from filters.entities.numbers import ORDINAL, ordinal
from filters.entities.windows import Ranges, lazy, search

__all__ = ["ABBREVIATED", "CUES", "UNIT_KINDS", "find_units"]

_ABBREVIATIONS: Final = (
    "бр мбр омпбр мпбр омбр омсбр гвомсбр мсбр тбр отбр дшбр одшбр гвдшбр вдбр овдбр аембр оаембр аабр оабр абр шбр ошбр гшбр огшбр обр обрмп брмп обрспн брспн бртро обртро обрбпс бробпак бпс ртбр "
    "мсп омсп гвмсп тп отп гвтп дшп одшп гвдшп пдп гвпдп шп ошп сап гсап зрп омп "
    "дшд вдд гввдд гвдшд мсд гвмсд тд гвтд сд "
    "огшб омсб омпб мсб мпб ошб осб одшб дшб пдб обмп обтро отб орб рвб "
    "оа гвта та ак ombr odshbr oshbr"
).split()
ABBREVIATED: Final = frozenset(name[:4] for name in _ABBREVIATIONS if len(name) > 2)
CUES: Final = frozenset(
    "бриг полк диви диві бата арми армі корп тро ч вч войс воин війс част взво еска эска "
    "рот рота роты роти роту роте роті "
    "brig regi divi batt army corp unit comp plat squa".split()
) | {name[:4] for name in _ABBREVIATIONS}

_KINDS: Final = (
    (
        "brigade",
        r"бригад(?:а|ы|е|у|ой|и|і|ою|)|(?:гв)?о?(?:мс|мп|м|т|дш|вд|аем|аа|а|ш|гш|рт|е)?бр(?:мп|\s?спн|\s?тро|бпс|бпак)?|огшб|brigades?|ombr|odshbr|oshbr",
    ),
    (
        "regiment",
        r"полк(?:а|у|ом|е|ов|и|ів|ові|ах)?|(?:гв)?о?(?:мсп|тп|дшп|пдп|шп|сап|зрп)|regiments?",
    ),
    ("division", r"дивизи[яиюейх]+|дивізі[яїюєй]+|(?:гв)?(?:дшд|вдд|мсд|тд)|divisions?"),
    (
        "battalion",
        r"(?:\w+)?батальон(?:а|у|ом|е|ов|ы)?|батальйон(?:у|ом|і|ів|и|ові)?|о?(?:мс|мп|ш|дш|пд|с)б|отб|обмп|обтро|battalions?",
    ),
    ("army", r"арми[яиюей]+|армі[яїюєй]+|(?:гв)?та(?!\w)|оа|army|armies"),
    ("corps", r"(?:корпус(?:а|у|ом|е|і)?)|ак|corps"),
    ("company", r"рот(?:а|ы|е|у|ой|и|і|ою)|company"),
    ("platoon", r"взвод(?:а|у|ом|е|і)?|platoon"),
    ("squadron", r"эскадриль[яиюей]+|ескадриль[яіюєї]+|squadron"),
)
UNIT_KINDS: Final = (*(kind for kind, _ in _KINDS), "mu")
"""Kinds of units, as in their ids; `mu` is a military unit number, «в/ч 64044»."""

_KIND: Final = "|".join(f"(?P<{kind}>{forms})" for kind, forms in _KINDS)
_ENDING: Final = r"(?:\s?-\s?(?:ша|га|тя|та|ма|ва|вої|ву|вою|й|я|ю|го|ой|ей|ая|ую|му|м|ту|ї|ої|ій|та|тої|тій|тою|ою|а|е|х|му|шої|гої|мої|шу|гу))"
_ADJECTIVE: Final = r"(?:(?!(?:лет|год|рок|мая|июня|июля|січ|травня)\w*\s)(?:[\w«»\"'-]+(?:ая|яя|ой|ей|ую|юю|ого|его|ому|ый|ий|им|ым|ом|их|ых|ої|ій|ою|ьої|ня|ньої|ної|ім|[внкмтсршч]а|[внкмтсршч]у|[внкмтсршч]і)|гв\.?|отд\.?|окр\.?|мех\.?|мото\w*\.?|морск\.?|танк\.?|арт\.?|дес\w*\.?|шт\.?|возд\w*\.?|пех\.?)\s+|(?:гв|отд|окр)\.(?=\w))"
# A name in quotes before the kind: "155th «Anne of Kyiv» brigade".
_QUOTED: Final = r"(?:[«\"“„][^«»\"“”„\n]{2,40}[»\"”“]\s+)"
_NUMBERED: Final = rf"(?:\d{{1,4}}{_ENDING}?|{ORDINAL})"
_CYRILLIC: Final = lazy(
    rf"(?<![\w.,№/-])(?P<more>(?:\d{{1,4}}{_ENDING}?\s?(?:,|и|та|і|й)\s?)*)(?P<number>\d{{1,4}}|{ORDINAL})(?P<ending>{_ENDING})?(?:\s+|-(?=отд|окр|гв|мото|мех|танк|штурм|десант|морс|арт|зен|інж|інж))(?P<kinds>{_QUOTED}?{_ADJECTIVE}{{0,5}}?)"
    rf"(?:{_KIND})(?![\w])(?P<tail>\s+(?:морпех\w*|морпіх\w*|морск\w+ пехот\w+|морськ\w+ піхот\w+|спецназ\w*|тро(?!\w)|териториальн\w+ оборон\w+|территориальн\w+ оборон\w+|територіальн\w+ оборон\w+|тероборон\w+|нацгвард\w*))?",
    re.IGNORECASE,
)
_ENGLISH: Final = lazy(
    rf"(?<![\w.,-])(?P<number>\d{{1,4}}(?:st|nd|rd|th)|{ORDINAL})\s+(?P<kinds>{_QUOTED}?(?:(?-i:[A-Z])[\w.-]*\s+|separate\s+|guards\s+|motori[sz]ed\s+|motor\s+|mechani[sz]ed\s+|rifle\s+|naval\s+|infantry\s+|marine\s+|air\s+|assault\s+|airborne\s+|tank\s+|army\s+|combined\s+|arms\s+|territorial\s+|defen[cs]e\s+|mountain\s+|jaeger\s+|artillery\s+|special\s+|forces\s+|storm\s+|cavalry\s+){{0,6}}?)"
    rf"(?:{_KIND})(?!\w)",
    re.IGNORECASE,
)
_MILITARY_UNIT: Final = lazy(
    r"(?<!\w)(?P<word>в\s?[/\\]\s?ч|в\.\s?ч\.|вч|войсков\w+ част\w+|воинск\w+ част\w+|військов\w+ частин\w*|(?-i:Unit)(?=\s\d{4,5})|(?-i:[Uu]nit)(?=\s(?:[AА]-?\d{4}(?!\d)|(?:no\.?|number|№)\s?\d{4,5}))|army units?|част(?:ь|и|ью|ей)(?=\s(?:№\s?)?\d{5})|military units?)"
    r"\s*(?:п\.?\s?п\.?|полев\w+ почт\w+)?\s*(?:№|No\.?|N|number|номер)?[\s-]*(?P<numbers>(?:\d{5}|[АAТTВBЕE]\s?-?\d{4}|\d{4})(?!\d)(?:\s?(?:,|и|та|і|and)\s?(?:№\s?)?(?:\d{5}|[АAТTВB]-?\d{4})(?!\d))*)",
    re.IGNORECASE,
)
_EACH_NUMBER: Final = lazy(r"\d{5}|[АAТTВBЕE]\s?-?\d{4}|\d{4}", re.IGNORECASE)
_RU_KIND: Final = lazy(
    r"(?:донецк|луганск)\w+ армейск|омсбр|мсбр|мсп|мсд|мотостр|motor(?:ised|ized)? ?rifle|(?<!\w)гв\.|(?<!\w)гв(?!\w)|гвард|(?<!\w)гв[а-я]{2,5}(?!\w)|guards|общевойсков|загальновійськ|combined arms|tank army|славянск|слов'янськ|казач",
    re.IGNORECASE,
)
_UA_KIND: Final = lazy(
    r"омбр|одшбр|оаембр|омпбр|бртро|тро(?!\w)|(?<!десантно-)(?<!air )(?<!десантно)штурмов\w+ (?:бригад|полк)|(?<!air )assault (?:brigade|regiment)|ошбр|ошп|омпб|огшбр?|(?:механизирован|механізован)|mechani[sz]ed|мотопехотн|мотопіхотн|motori[sz]ed infantry|аеромобільн|аэромобильн|airmobile|територіальн|территориальн|тероборон|territorial|єгерськ|егерск|jaeger|повітрянодесантн|ombr|odshbr",
    re.IGNORECASE,
)
_MARINES: Final = lazy(
    r"морпех|морпіх|морск\w+ пех|морськ\w+ піх|обрмп|брмп|marine|naval infantry", re.IGNORECASE
)
# The brigades of marines: their numbers do not meet.
_MARINE_BRIGADES: Final = {"155": "ru", "40": "ru", "336": "ru", "810": "ru", "61": "ru", "35": "ua", "36": "ua", "37": "ua", "38": "ua"}  # fmt: skip
# Where units go to, stay or fight is not whose they are: «погибли в Украине», "war on Russia".
_ELSEWHERE: Final = r"(?<!\bв\s)(?<!\bво\s)(?<!\bна\s)(?<!\bу\s)(?<!\bдо\s)(?<!\bпротив\s)(?<!\bпроти\s)(?<!\bin\s)(?<!\bto\s)(?<!\binto\s)(?<!\bagainst\s)(?<!\bon\s)(?<!\bwith\s)"
_NEAR: Final = lazy(
    rf"{_ELSEWHERE}(?:(?P<ua>(?<!\w)(?:ВСУ|ЗСУ|AFU|UAF|НГУ|ССО|ТрО|ДШВ|ТЦК|СЗЧ|ДБР)(?!\w)|украинск|українськ|Украин|Україн|Ukrain|Kyiv)"
    r"|(?P<ru>[Рр]осси|[Рр]осі|(?<!\w)(?:РФ|рф|ВКС|ВДВ|ЦВО|ЗВО|ЮВО|ВВО|ТОФ|ЧФ|СФ|БФ|СВО|ДНР|ЛНР)(?!\w)|Russia|[Оо]ккупант|[Оо]купант|[Оо]ккупационн|[Оо]купаційн|[Пп]сковск|[Сс]пецопераци|(?:Черноморск|Тихоокеанск|Северн|Балтийск)\w+ флот|(?:Чорноморськ|Тихоокеанськ|Балтійськ)\w+ флот|(?:Black Sea|Pacific|Northern|Baltic) Fleet|Росгвард|Rosgvard|вагнер|Шторм Z|Storm.?Z|Кремл|Kremlin|Путин|Путін|Putin)"
    r"|(?P<us>(?<!\w)(?:U\.S\.|US|США)(?!\w)|American|американск|американськ)|(?P<by>Беларус|беларус|белорус|Білорус|білорус|Belarus)|(?P<il>Israel|израил|ізраїл|ЦАХАЛ)|(?P<pl>(?<!\w)(?:Polish|Poland|[Пп]ольск|[Пп]ольськ))|(?P<kz>[Кк]азахстан|Kazakh))"
)
# A possessive or adjective before the unit, with an adjective between at most; whose army behind.
_BEFORE: Final = lazy(
    r"(?<!\w)(?P<whose>[\w'-]{2,})\s(?:[\w-]{2,}(?:ой|ая|ую|ої|а|у|ей)\s)?$", re.IGNORECASE
)
_AFTER: Final = lazy(
    r"\s(?:of\s(?:the\s)?|\()?(?P<whose>(?:ВС\s)?[\w.'-]{2,}(?:\s(?:армии|армії|army|forces))?)",
    re.IGNORECASE,
)
_STREET: Final = lazy(r"(?:улиц\w+|ул\.|вулиц\w+|вул\.|проспект\w*|площад\w+)\s$", re.IGNORECASE)
_OF_ARMY: Final = lazy(
    r"арм|танк|механ|мотострел|стрел|кавал|воздуш|авиац|доброволь|африк|морск|army|tank|rifle|airborne|marine|cavalry",
    re.IGNORECASE,
)
_AMONG: Final = lazy(
    r"бриг|\w{1,4}бр(?!\w)|полк|дивиз|дивіз|батал|командир|командув|комкор|ЗСУ|ВСУ|военн|військ|войск|бійц|бойц|ДНР|ЛНР|окупац|оккупац|brigade|regiment|soldier|troops|commander",
    re.IGNORECASE,
)
_FEMININE: Final = lazy(r"-\s?(?:я|ая|а|та|ша|ма|га|тя|ої|ю|ую|у|ту|ій|ой)$")
_GENITIVE: Final = lazy(
    r"(?:роты|роти|полка|батальона|батальйону|бригады|бригади|дивизии|дивізії|взвода|взводу|корпуса|армии|армії)$",
    re.IGNORECASE,
)
_PERSON_BEFORE: Final = lazy(
    r"(?:солдат|бо[ей]?ц|бійц|бійц|боє?ц|командир|военн|військов|рядов|сержант|стрел|стріл|капитан|лейтенант|майор|комбат|служ|из|із|з|с|со|роты|роти|взвода|батальона|батальйону|мобилизованн|мобілізован|контрактник|штурмовик|отказник)\w*\s+$",
    re.IGNORECASE,
)
_LATIN: Final = str.maketrans("АТВЕ", "ATBE")
_REACH: Final = 70


def find_units(text: str, ranges: Ranges | None = None) -> Iterator[tuple[str, int, int, bool]]:
    """(id, start, end, inferred) of the units a text names by number; the text as `plain`
    makes it. Inferred is a country the unit's own words do not tell."""
    for found in search(_MILITARY_UNIT, text, ranges):
        for each in _EACH_NUMBER.finditer(found["numbers"]):
            start = found.start() if not each.start() else found.start("numbers") + each.start()
            end = found.start("numbers") + each.end()
            number = re.sub(r"[\s-]", "", each[0]).upper().translate(_LATIN).lower()
            country, inferred = _office(number, found["word"], text, start, end)
            yield f"unit:{country}:mu:{number}", start, end, inferred
    named = sorted(_numbered(text, ranges), key=lambda unit: unit[2])
    told_of = {unit[4] for unit in named} - {"xx"}
    # Where no country is named at all, units of one text are of one army.
    alone = len(told_of) == 1 and not _NEAR.search(text)
    company = told_of.pop() if alone else "xx"
    for place, (kind, number, start, end, country, inferred) in enumerate(named):
        beside = (
            other[4]
            for other in (*named[place + 1 : place + 2], *reversed(named[:place]))
            if other[4] != "xx" and _side_by_side(text, (start, end), other[2:4])
        )
        told = next(beside, company) if country == "xx" else country
        yield f"unit:{told}:{kind}:{number}", start, end, inferred


_Numbered = tuple[str, str, int, int, str, bool]


def _numbered(text: str, ranges: Ranges | None) -> Iterator[_Numbered]:
    """(kind, number, start, end, country, inferred) of units with a number of their own."""
    taken: list[tuple[int, int]] = []
    for rule in (_CYRILLIC, _ENGLISH):
        for found in search(rule, text, ranges):
            if any(start < found.end() and found.start() < end for start, end in taken):
                continue
            kind = next(kind for kind, _ in _KINDS if found[kind])
            # «80-я ОДШБ»: a brigade, as its ending tells; the same letters are a battalion's
            if kind == "battalion" and _FEMININE.search(found.groupdict().get("ending") or ""):
                kind = "brigade"
            number = ordinal(found["number"])
            if not number or _no_unit(text, found, kind, number):
                continue
            taken.append(found.span())
            country, inferred = _country(text, found, str(number))
            earlier = found.groupdict().get("more") or ""
            for each in re.finditer(r"\d+", earlier):
                start = found.start() + each.start()
                yield kind, each[0], start, start + len(each[0]), country, inferred
            start = found.start("number") if earlier else found.start()
            yield kind, str(number), start, found.end(), country, inferred


def _side_by_side(text: str, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether one unit is named as part of the other: «331-го полка 98-й дивизии»."""
    low, high = sorted((one, other))
    return (
        re.fullmatch(
            r"[\s,(]*(?:of (?:the )?|in (?:the )?|у складі |из состава |из )?",
            text[low[1] : high[0]],
        )
        is not None
    )


def _office(number: str, word: str, text: str, start: int, end: int) -> tuple[str, bool]:
    """The country of a numbered office: Ukraine's begin with a letter, Russia's have five digits;
    four digits have the interior troops of both."""
    if not number[0].isdigit():
        return "ua", False
    if len(number) == 5:
        near = _near(text, start, end)
        return (near, False) if near in ("kz", "by") else ("ru", False)
    near = _near(text, start, end)
    return near or ("ua" if word.lower().startswith("військ") else "ru"), True


def _no_unit(text: str, found: re.Match[str], kind: str, number: int) -> bool:
    """Counts of units («3 роты»), years and what only sounds like a unit («вторая армия мира»)."""
    digits = found["number"][0].isdigit()
    words = found["kinds"] or ""
    quoted = text[max(0, found.start() - 1) : found.start()], text[found.end() : found.end() + 1]
    if kind == "company" and quoted in (("«", "»"), ('"', '"')):
        return True  # a film
    if _STREET.search(text, max(0, found.start() - 20), found.start()):
        return True
    if kind == "army" and (number > 99 or not digits):
        return True
    if kind == "corps" and (number > 99 or (not digits and "арм" not in words.lower())):
        return True
    if (
        kind == "corps"
        and not _OF_ARMY.search(words)
        and not _AMONG.search(text, max(0, found.start() - 70), found.end() + 60)
    ):
        return True  # «в 1 корпусе школы»
    if not digits and found["number"].isascii() and kind in ("company", "division", "squadron"):
        return found["number"][0].islower()
    ending = found.groupdict().get("ending")
    if digits and not ending and "more" in found.groupdict() and not words and number < 5:
        form = found[kind] or found["battalion"]
        if _GENITIVE.search(form):
            return not _PERSON_BEFORE.search(text[max(0, found.start() - 25) : found.start()])
    return kind in ("company", "platoon", "squadron") and number > 99


def _country(text: str, found: re.Match[str], number: str) -> tuple[str, bool]:
    whole = found[0]
    if beside := _beside(text, found.start(), found.end()):
        return beside, False
    if _MARINES.search(whole) and found["brigade"] and number in _MARINE_BRIGADES:
        return _MARINE_BRIGADES[number], False
    near = _near(text, found.start(), found.end())
    if _RU_KIND.search(whole):
        return (near, False) if near not in ("", "ru", "ua") else ("ru", False)
    if _UA_KIND.search(whole):
        return (near, False) if near not in ("", "ru", "ua") else ("ua", False)
    if near:
        return near, True
    told = _only(text)
    if told is not None:
        return told, True
    if re.search(r"окрем|separate", whole, re.IGNORECASE):
        return "ua", True
    return "xx", True


def _beside(text: str, start: int, end: int) -> str:
    """The country that a word right beside the unit names: «российская 40-я бригада», «155-я
    бригада ВСУ», "the 20th brigade of the Ukrainian army"; "" for none or two."""
    inside = {found.lastgroup or "" for found in _NEAR.finditer(text, start, end)}
    if len(inside) == 1:
        return inside.pop()
    before = _BEFORE.search(text, max(0, start - 40), start)
    after = _AFTER.match(text, end, end + 40)
    told = {
        found.lastgroup or ""
        for beside in (before, after)
        if beside
        for found in _NEAR.finditer(text, *beside.span("whose"))
    }
    return told.pop() if len(told) == 1 else ""


@lru_cache(maxsize=4)
def _only(text: str) -> str | None:
    """The one country a text names; None for several, known after two, or for none."""
    only: str | None = None
    for found in _NEAR.finditer(text):
        if only is not None and found.lastgroup != only:
            return None
        only = found.lastgroup or ""
    return only


def _near(text: str, start: int, end: int) -> str:
    """The country named nearest within reach, in the sentence first; "" for none."""
    low, high = max(0, start - _REACH), end + _REACH
    best, country = _REACH + 1, ""
    for found in _NEAR.finditer(text, low, min(len(text), high)):
        between = text[found.end() : start] if found.end() <= start else text[end : found.start()]
        distance = len(between) + (35 if re.search(r"[.!?]\s", between) else 0)
        if distance < best:
            best, country = distance, found.lastgroup or ""
    return country
