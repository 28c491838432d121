# ruff: noqa: E501, SIM905 (tables of words read better unbroken)
"""Articles of law: «ч. 2.1 ст. 332 УК», «337-я статья», «статті 407 та 408 КК України».

A place where an article may stand is found first (its word, or its number beside a code,
a part or an ordinal's ending); from there the list is read forward, each number with its
parts, and a part before it backward. Then the code: named after the list, before it, or,
for military numbers in a text about the army, inferred and marked `?`. Offences by name
give their article, marked `~`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from filters.entities.law_words import (
    country_of_towns,
    is_american,
    is_criminal,
    is_military,
    named_offences,
    offences,
)
from filters.entities.numbers import ORDINAL, ordinal, value
from filters.entities.windows import Ranges, lazy, search

__all__ = [
    "ARMIES",
    "CUES",
    "HUNDREDS",
    "OFFENCE_CUES",
    "find_laws",
    "find_offences",
    "may_find_offences",
    "military_country",
]

ARMIES: Final = ("ru", "ua")  # whose articles offences by name are known for

CUES: Final = frozenset(
    "ст стст стат art arti arts sect ук кк кку ukrf ucmj коап купа част ч".split()
    + [f"{number}" for number in (328, 332, 333, 334, 335, 336, 337, 338, 339, *range(402, 410))]
)

# Military offences and evasion: УК РФ 328, 331-352.1; КК України 335-337, 401-435.
_RU_BARE: Final = frozenset({"332", "337", "338", "339", "328", "352.1"})
_UA_BARE: Final = frozenset({"336", "402", "403", "405", "407", "408", "409"})
_RU_LAST: Final = 361
# Other articles that a text may mean without naming their code: Russia's crimes and fines,
# Ukraine's crimes and what soldiers are fined for, the punitive articles of the American code.
_RU_CRIME: Final = lazy(r"(?:10[5-9]|1[1-9]\d|2\d\d|3[0-5]\d|36[01])(?:\.\d)?")
_FINED: Final = lazy(r"(?:[5-9]|1\d|2[01])\.\d{1,2}(?:\.\d)?")
_UA_CRIME: Final = lazy(r"(?:109|1[1-9]\d|[23]\d\d|4[0-3]\d|44[0-7])(?:-\d)?")
_SOLDIERS_FINE: Final = lazy(r"172-(?:1\d|20)")
_UCMJ: Final = lazy(r"15|7[7-9]|[89]\d|1[0-2]\d|13[0-4]")
_ENGLISH: Final = lazy(r"[^а-яёіїєґ]{0,60}?(?:art|sect)", re.IGNORECASE)
_UKRAINIAN_LETTERS: Final = re.compile("[іїєґ]|статт", re.IGNORECASE)
_RUSSIAN_LETTERS: Final = re.compile("[ыэъё]|стать", re.IGNORECASE)
_TWO_DIGITS: Final = re.compile(r"articles?\s\d\d(?!\d)", re.IGNORECASE)  # American ones
_NEAR: Final = 160  # letters: how far a sentence is looked at
_NUMBER: Final = r"\d{1,3}(?:[.-]\d{1,2}(?!\d)){0,2}(?![\d%])(?!\s?(?:тыс|тис|грн|руб|млн|\$|€))"
_PRIM: Final = r"(?:\s?прим\w*\.?(?:\s?(?P<prim>\d)\b)?)"
_PRIM_RE: Final = lazy(_PRIM, re.IGNORECASE)
_ORD_END: Final = r"(?:-?(?:й|я|ю|ой|ей|ую|ая|га|гу|гої|та|ту|тої|тою|тій|тя|тю|ма|му|мої|мою|ша|ї|а|у|th|rd|nd|st)(?!\w))"
_ARTICLE: Final = r"(?:ст\.?\s?ст\.?|ст\.|ст(?=\s?\d)|стать(?:я|и|е|ю|ей|ям|ями|ях|ею)|статей|статт(?:я|і|ю|ею|ям|ями|ях)|articles?|arts?\.|arts?(?=\s\d)|sections?(?!\s\d(?:\.\d)?\sof\s(?:the\s)?art))"
_PART_WORD: Final = r"(?:част(?:ь|и|ью|ями|ям|ях|ей|ина|ини|ині|ину|иною|инами|инах)|ч\.?\s?ч\.?|ч\.|ч(?=\s?\d)|пункт\w*(?=\s\d\.\d)|п\.(?=\s?\d\.\d)|(?:sections?|clauses?)(?=\s\d(?:\.\d)?\sof\s)|parts?|paragraphs?|para\.?|subsections?|pt\.)"
_PART_VALUE: Final = rf"(?:\d{{1,2}}(?:\.\d)?(?![\d])(?:-?(?:й|я|ю|ой|ей|ої|ою|та))?|{ORDINAL}|(?:one|two|three|four|five)(?!\w))"
_AND: Final = r"(?:\s*(?:,|;|/|и|і|й|та|або|или|и/или|or|and)\s*|\s+(?:и|і|й|та|or|and)\s+)"
_PARTS: Final = rf"(?:{_PART_WORD}\s?(?P<parts>{_PART_VALUE}(?:{_AND}{_PART_VALUE})*)|(?P<ordered>{ORDINAL}|\d{{1,2}}-?(?:й|я|ю|ой|ей|ої|ою|та))\s+част(?:ь|и|ью|ина|ини|ині|ину|иною))"
_POINT: Final = r"(?:(?:п\.?\s?п\.?|п\.|пункт\w*|clauses?|points?)\s?[\"«„“”'(]?\w{1,2}[\"»“”')]?(?:\s*(?:,|и|та)\s*[\"«„“']?\w[\"»“”'])*[\s,]*)"
_PARTS_RE: Final = lazy(_PARTS, re.IGNORECASE)
_DOT: Final = lazy(r"(?<![\w.,])(?P<parts>\d\.\d)\s$")
_BEFORE: Final = lazy(
    rf"(?<!\w){_POINT}?{_PARTS}(?:\s*(?:,|of(?: the)?|до|к)?\s*|\s[\w-]+\s(?:в|у|к|до|из|з|із|of|to)\s)$",
    re.IGNORECASE,
)
_AFTER: Final = lazy(
    rf"{_ORD_END}?\s?(?:,?\s?\(?(?:{_POINT})?{_PARTS}\)?|\((?P<bracket>\d{{1,2}}(?:\.\d)?)\))",
    re.IGNORECASE,
)
# The military articles in words, counting or ordering.
_WORDED: Final = r"(?:(?<!\w)(?:триста\sтридцать\s(?:дв[ае]|втор\w+|семь|седьм\w+|восемь|восьм\w+|девять|девят\w+)|чотириста\s(?:два|друг\w+|три|трет\w+|п'ять|п'ят\w+|сім|сьом\w+|вісім|восьм\w+|дев'ять|дев'ят\w+))(?!\w))"
HUNDREDS: Final = frozenset(("триста", "чотириста"))  # as good as digits before an article
_ANCHOR: Final = lazy(
    # the article's word, then its number
    rf"(?<!\w){_ARTICLE}\s?(?:№|:|-|—)?\s?(?P<first>{_NUMBER})"
    # «337-я статья», «сто»: the number, then the word
    rf"|(?<![\w.,-])(?P<turned>(?=\d\d){_NUMBER}){_ORD_END}?\s(?:стать(?:я|и|е|ю|ей|ею|ям|ями|ях)|статт(?:я|і|ю|ею|ям|ями|ях)|article)(?!\w)(?!\s?№?\s?\d)"
    # «337 УК РФ», «338-я УК», «ч. 4 408 ККУ»
    rf"|(?<![\w.,-])(?P<coded>\d{{3}}(?:[.-]\d{{1,2}})?){_ORD_END}?(?=\s?,?\s?(?:УК|КК|ККУ)(?!\w))"
    # «337 часть 5», «337 ч. 5»
    r"|(?<![\w.,-])(?P<parted>(?:33[2789]|328|40[2-9]))(?=\s?,?\s?(?:ч\.|част(?:ь|и|ью|ина|иною))\s?\d)"
    # «по 337-й», «408-я»
    rf"|(?<![\w.,-])(?P<bare>(?:33[2789]|328|336|40[235789])){_ORD_END}(?=\s?(?:[.,;:)!?»\"]|$|част|ч\.|и\s|та\s|і\s))"
    # «это 337, самовольное оставление»: the number beside its offence's name
    r"|(?<![\w.,-])(?P<offence>(?:33[2789]|40[2-9]))(?=\s?[,:(—-]\s?[«\"(]?(?:самов[оі]льн|дезерт|неисполнен|невыполнен|непокор|невиконан|неявк|desert|AWOL|absen))"
    # «триста тридцать седьмая статья», «статья чотириста вісім»
    rf"|(?P<worded>{_WORDED})\s(?:стать(?:я|и|е|ю|ей|ею|ям|ями|ях)|статт(?:я|і|ю|ею))(?!\w)|(?<!\w)(?:стать(?:я|и|е|ю|ей|ею)|статт(?:я|і|ю|ею))\s(?P<told>{_WORDED})"
    # «по пятой части 337-й», «2.1 332 УК»
    rf"|(?<![\w.,-])(?P<after>33[2789]|40[235789])(?:(?<=части\s\d\d\d)|(?<=частью\s\d\d\d)|(?<=часть\s\d\d\d)|(?<=частині\s\d\d\d)|(?<=частиною\s\d\d\d)){_ORD_END}"
    # «по 337-й отпускают»: no unit, house or bus
    r"|(?:(?<=\bпо\s)|(?<=\bза\s)|(?<=\bз\s)|(?<=\bс\s)|(?<=\bна\s))(?P<named>(?:33[2789]|328|336|40[235789]))-(?:й|ю|ой|ою|ій)(?!\w)(?!(?:\s\w+)?\s(?:бриг|полк|див|бат|рот|част|арм|дорог|трас|школ|кварт|кімнат|комнат|автобус|палат|стран|стор|день|дні|дня|доб|сут|килом|кілом|высот|висот|рубе|рубіж|позиц|минут|хвил|отмет|позначк))",
    re.IGNORECASE,
)
# The next of a list: a number, with its word and part or without.
_NEXT: Final = lazy(
    rf"{_AND}(?:{_POINT})?(?:{_PARTS}\s?(?:of\s)?)?(?P<word>{_ARTICLE}\s?)?(?P<number>{_NUMBER})(?!\s?(?:-?(?:й|го|м|му)\s)?(?:лет|год|рок|сут|діб|meс|years?|months?|soldiers?|солдат|челов|військ|дел|справ|ч\.|январ|феврал|март|апрел|ма[яй]|июн|июл|август|сентябр|октябр|ноябр|декабр|січ|лют|берез|квіт|трав|черв|лип|серп|верес|жовт|лист|груд))",
    re.IGNORECASE,
)
_BEHIND_CODE: Final = lazy(
    rf"\s?,?\s?(?:(?:УК|КК|ККУ)(?!\w)|[Уу]головн\w+ [Кк]одекс\w*|[Кк]римінальн\w+ [Кк]одекс\w*)"
    rf"(?:\s(?:РФ|рф|Росси\w+(?: Федерации)?|Росії|Украин\w+|Україн\w+))?\s?[,(:]?\s?(?:{_POINT})?{_PARTS}",
    re.IGNORECASE,
)
# "Article 337.5", «ст. 332.2.1»: these articles have no newer sisters, so it is a part.
_DOTTED: Final = lazy(r"(?P<number>33[2789]|40[235789])[.](?P<part>\d(?:[.]\d)?)")
_RANGE: Final = lazy(r"\s?(?:-|—|по|to|до)\s?(?P<last>\d{3})(?!\d)", re.IGNORECASE)
_CODE: Final = lazy(
    r"(?<!\w)(?:(?P<other>УПК|КПК|УИК|КВК|ГК|ЦК|НК|ПК|ТК|КЗпП|СК|ЖК|ЗК|БК|ГПК|ЦПК|АПК|КАС|КАСУ|[Гг]ражданск\w+ кодекс\w*|[Цц]ивільн\w+ кодекс\w*|[Нн]алогов\w+ кодекс\w*|[Пп]одатков\w+ кодекс\w*|"
    r"[Тт]рудов\w+ кодекс\w*|[Сс]емейн\w+ кодекс\w*|[Сс]імейн\w+ кодекс\w*|[Уу]головно-процессуальн\w+|[Кк]римінальн\w+ процесуальн\w+|[Уу]головно-исполнительн\w+|Конституци\w+|Конституці\w+|"
    r"закон(?:а|е|у|ом)?(?!\w*проект)|[Зз]акону|Закон(?:а|і)?|[Уу]став\w*|[Сс]татут\w*|[Уу]каз\w*|[Пп]оложени\w+|ЕКПЧ|ЄСПЛ|ЕСПЧ|[Дд]оговор\w*|[Пп]акт\w*|"
    r"[Cc]ivil [Cc]ode|[Cc]onstitution|[Cc]onvention|[Cc]ovenant|ICCPR|ECHR|[Tt]reaty|[Ss]tatute|УК\sРСФСР|УК\sСССР|КК\sУРСР|КК\sУСРР|Конвенци\w+|Конвенці\w+|NATO|НАТО|[Cc]riminal [Pp]rocedure|[Ll]aw on|[Ll]abou?r [Cc]ode)"
    r"|(?P<koap>КоАП\w*|КРФоАП|[Кк]одекс\w* (?:РФ |Росси\w+ |Российской Федерации )?об административн\w+|[Аа]дминистративн\w+ кодекс\w*|[Cc]ode of [Aa]dministrative [Oo]ffen[cs]es|[Aa]dministrative [Cc]ode)"
    r"|(?P<kupap>КУпАП|КпАП|[Кк]одекс\w* України про адмін\w+|[Аа]дміністративн\w+ кодекс\w*)"
    r"|(?P<ucmj>UCMJ|Uniform Code)"
    r"|(?P<criminal>УК|ук(?=\s(?:РФ|рф)(?!\w))|кк(?=\s(?:рф|укра)\w*)|ККУ|КК|[Уу]головн\w+ кодекс\w*|[Кк]римінальн\w+ кодекс\w*|[Cc]riminal [Cc]ode|[Pp]enal [Cc]ode|(?:Russia|Ukraine)(?:n|'s|ian)? (?:\w+ )?[Cc]ode))(?!\w)"
)
_FOREIGN: Final = lazy(
    r"\s(?:ФРГ|ФРН|Герман|Німеч|Польш|Польщ|Франц|Эстони|Естоні|Латви|Латві|Литв|Грузи|Грузі|Армени|Вірмен|Азербайджан|Узбек|Узбец|Киргиз|Кыргыз|Таджик|Молдав|Молдов|Израил|Ізраїл|Турц|Туреч|Чехи|Чехі|Румын|Румун|Финлянд|Фінлянд|ДНР|ЛНР|of (?:Germany|Poland|France|Estonia|Latvia|Lithuania|Georgia|Armenia|Moldova|Israel|Turkey))"
)
_ANOTHER: Final = lazy(rf"(?<!\w){_ARTICLE}\s?№?\s?\d", re.IGNORECASE)
SENTENCE_END: Final = lazy(
    r"[!?\n]|(?<!\bст)(?<!\bч)(?<!\bп)(?<!\bгр)(?<!\bArt)(?<!\bArts)\.\s+(?=[А-ЯЁІЇЄA-Z«\"])"
)
_COUNTRY: Final = lazy(
    r"(?P<ru>РФ|рф(?!\w)|[Рр]осси\w+|[Рр]осії|[Рр]осійськ\w+|Russia\w*)|(?P<ua>[Уу]краин\w+|[Уу]країн\w+|Ukrain\w+|ККУ)|(?P<by>[Бб]еларус\w+|[Бб]елорус\w+|[Бб]ілорус\w+|Belarus\w*|(?<!\w)РБ(?!\w))"
    r"|(?P<kz>Казахстан\w*|(?<!\w)РК(?!\w)|Kazakhstan\w*)|(?P<us>(?<!\w)U\.?S\.?(?!\w)|США)"
)
_UKRAINIAN: Final = lazy(
    "самовільн|СЗЧ|непокор|з'явлен|залишенн|виконанн|симуляці|каліч", re.IGNORECASE
)
# The first letters of the words offences are named by.
OFFENCE_CUES: Final = frozenset(
    "дезе само неис невы непо неві неяв нез' оста зали симу член соч сзч dese abse awol unau fail refu diso feig mali self".split()
)
_ENGLISH_NUMBERS: Final = ("one", "two", "three", "four", "five")

_Found = tuple[str, int, int, bool]


@dataclass(slots=True)
class _Article:
    number: str
    start: int
    end: int
    parts: list[str] = field(default_factory=list)


def find_laws(text: str, ranges: Ranges | None = None) -> Iterator[_Found]:
    """(id, start, end, inferred) of the articles a text names; the text as `plain` makes it."""
    upto = -1
    for found in search(_ANCHOR, text, ranges):
        if found.start() < upto:
            continue
        articles, start, end = _read(text, found)
        upto = end
        for article in articles:
            plainly = found.lastgroup in ("worded", "told") or (
                found.lastgroup == "turned" and "-" in found[0]
            )
            plainly = plainly or found[0].lower().startswith("статт")
            placed = _place(text, start, end, article.number, plainly=plainly)
            if placed is None:
                continue
            country, mark = placed
            for part in article.parts or [""]:
                name = f"law:{country}:{_number(article.number, country)}" + (part and f"/{part}")
                yield name + mark, article.start, article.end, bool(mark)


def _read(text: str, found: re.Match[str]) -> tuple[list[_Article], int, int]:
    """The articles listed from an anchor on, and where the whole list begins and ends."""
    kind = found.lastgroup or "first"
    articles = [_Article(found[kind], found.start(), found.end())]
    if kind in ("worded", "told"):
        articles[0].number = _spoken(found[kind])
    if dotted := _DOTTED.fullmatch(found[kind]):
        articles[0].number, articles[0].parts = dotted["number"], [dotted["part"]]
    before = _BEFORE.search(text, max(0, found.start() - 70), found.start())
    if before:
        articles[0].parts = _values(before) or articles[0].parts
        articles[0].start = before.start()
    elif kind == "coded" and (dot := _DOT.search(text, max(0, found.start() - 6), found.start())):
        articles[0].parts, articles[0].start = [dot["parts"]], dot.start()
    start, end = articles[0].start, found.end()
    end = _finish(text, articles[0], end)
    if kind in ("first", "turned", "coded", "bare"):
        ranged = _RANGE.match(text, end)
        if ranged and not articles[0].parts and 0 < _step(articles[0].number, ranged["last"]) <= 12:
            low = int(articles[0].number)
            articles += [
                _Article(str(number), found.start(), ranged.end())
                for number in range(low + 1, int(ranged["last"]) + 1)
            ]
            end = ranged.end()
        while following := _NEXT.match(text, end):
            short = len(following["number"].split(".")[0].split("-")[0]) < 3
            if short and not following["word"] and not _TWO_DIGITS.match(found[0]):
                break
            article = _Article(following["number"], following.start("number"), following.end())
            article.parts = _values(following)
            if article.parts:
                article.start = following.start("parts" if following["parts"] else "ordered")
            articles.append(article)
            end = _finish(text, article, following.end())
    if len(articles) == 1 and not articles[0].parts:
        behind = _BEHIND_CODE.match(text, end)
        if behind and not _ANOTHER.match(text, behind.end() + 1):
            articles[0].parts = _values(behind)
    return articles, start, end


def _spoken(words: str) -> str:
    """A number of _WORDED in digits: its last word counts or orders."""
    *most, last = words.lower().split()
    rest = value(last)
    return f"{(value(' '.join(most)) or 0) + (ordinal(last) or 0 if rest is None else rest):.0f}"


def _step(first: str, last: str) -> int:
    return int(last) - int(first) if first.isdigit() and len(first) == 3 else 0


def _finish(text: str, article: _Article, end: int) -> int:
    """Reads «прим» and the parts behind a number; returns where the article ends."""
    prim = _PRIM_RE.match(text, end)
    if prim:
        # 332 and 337 have no «примечание-первая» article: people say so of their newer parts.
        if prim["prim"] or article.number not in _RU_BARE:
            article.number += "." + (prim["prim"] or "1")
        end = article.end = prim.end()
    after = _AFTER.match(text, end)
    if after and not article.parts:
        following = _ANOTHER.match(text, after.end() + 1)
        if following and not text[end : after.start() + 1].strip().startswith("("):
            # «ст. 337, ч. 3 ст. 339»: the part belongs to what follows
            return end
        article.parts = [after["bracket"]] if after["bracket"] else _values(after)
        end = article.end = after.end()
    return end


def _values(found: re.Match[str]) -> list[str]:
    """The parts a match of _PARTS names, as numbers."""
    words = found["parts"] or found["ordered"] or ""
    if not words:
        return []
    values: list[str] = []
    for each in re.finditer(_PART_VALUE, words, re.IGNORECASE):
        if each[0][0].isdigit():
            values.append(re.match(r"\d+(?:\.\d)?", each[0])[0])  # type: ignore[index]
        else:
            number = ordinal(each[0])
            if number is not None:
                values.append(str(number))
            elif each[0].lower() in _ENGLISH_NUMBERS:
                values.append(str(_ENGLISH_NUMBERS.index(each[0].lower()) + 1))
    return values


def _number(written: str, country: str) -> str:
    """As the country writes it: 352.1 in Russia, 336-1 in Ukraine."""
    return written.replace(".", "-") if country.startswith("ua") else written.replace("-", ".")


def _place(
    text: str, start: int, end: int, number: str, *, plainly: bool
) -> tuple[str, str] | None:
    """The code an article belongs to and its mark (`?`: inferred); None for other laws."""
    code, window = _code(text, start, end)
    if code is None:
        return _bare(text, start, end, number, plainly=plainly)
    if code["other"]:
        return None
    if code["ucmj"]:
        return "us.ucmj", ""
    if code["kupap"]:
        return "ua.kupap", ""
    if _FOREIGN.match(window, window.find(code[0]) + len(code[0])):
        return None
    country, sure = _country(code, window, number, text)
    if code["koap"]:
        return (f"{country or 'ru'}.koap", "") if country != "ua" else ("ua.kupap", "")
    if country is None:
        return None
    return country, "" if sure else "?"


def _code(text: str, start: int, end: int) -> tuple[re.Match[str] | None, str]:
    tail = text[end : end + 120]
    stop = SENTENCE_END.search(tail)
    if stop:
        tail = tail[: stop.start()]
    code = _CODE.search(tail)
    if code is not None:
        another = _ANOTHER.search(tail, 0, code.start())
        if (another and code.start() > 80) or (code["other"] and (another or code.start() > 25)):
            code = None
    if code is not None:
        return code, text[max(0, start - 25) : start] * bool(code.start() < 3) + tail[
            max(0, code.start() - 25) : code.end() + 45
        ]
    low = max(0, start - 60)
    head = text[low:start]
    broken = list(SENTENCE_END.finditer(head))
    if broken:
        head = head[broken[-1].end() :]
    codes = [
        found
        for found in _CODE.finditer(head)
        if found.end() >= len(head) - 25 or not found["other"]
    ]
    if codes:
        return codes[-1], head[max(0, codes[-1].start() - 30) :] + tail
    return _earlier(text, start)


def _earlier(text: str, start: int) -> tuple[re.Match[str] | None, str]:
    """The criminal code an earlier article of the same sentence was given to: «ст. 337 УК РФ
    (471 дело), ст. 334 об избиении»."""
    low = max(0, start - 240)
    for stop in SENTENCE_END.finditer(text, low, start):
        low = stop.end()
    codes = list(_CODE.finditer(text, low, start))
    if not codes or not codes[-1]["criminal"]:
        return None, ""
    return codes[-1], text[max(0, codes[-1].start() - 25) : codes[-1].end() + 45]


def _country(code: re.Match[str], window: str, number: str, text: str) -> tuple[str | None, bool]:
    """The country of a criminal code, and whether the text says so plainly."""
    said = _COUNTRY.search(code[0]) or _nearest(window, code[0])
    if said:
        return said.lastgroup, True
    word = code[0]
    if word in ("КК", "ККУ") or word.lower().startswith("кримін"):
        return "ua", True
    whole = int(re.match(r"\d+", number)[0])  # type: ignore[index]
    if word == "УК" or word.lower().startswith("уголов"):
        return ("ua" if whole > _RU_LAST else "ru"), True
    if code["koap"]:
        return None, False
    if whole > _RU_LAST or number in _UA_BARE:
        return "ua", False
    told = _countries(text) & {"ru", "ua", "by", "kz", "us"}
    if len(told) == 1:
        return next(iter(told)), False
    return ("ru", False) if number in _RU_BARE else (None, False)


def _nearest(window: str, word: str) -> re.Match[str] | None:
    """The country named nearest behind the code's word, or before it."""
    at = window.find(word)
    behind = _COUNTRY.match(window, at + len(word) + 1) or _COUNTRY.search(
        window, at + len(word), at + len(word) + 30
    )
    if behind:
        between = window[at + len(word) : behind.start()]
        if not re.search(r"[.,;()]", between):
            return behind
    return next(iter(reversed(list(_COUNTRY.finditer(window, 0, max(at, 0))))), None)


@lru_cache(maxsize=4)
def _countries(text: str) -> Set[str | None]:
    """The countries that a text names: read once, however many articles it names."""
    return {found.lastgroup for found in _COUNTRY.finditer(text)}


def _bare(text: str, start: int, end: int, number: str, *, plainly: bool) -> tuple[str, str] | None:
    """Where an article without its code belongs. A military number needs a word of the army, of
    crime or of its country beside it, unless it is said as people say it of no other code
    («337-я статья»); any other one a word of crime in its sentence, and an army's country."""
    low, high = _sentence(text, start, end)
    criminal = is_criminal(text[low:high])
    if number in _RU_BARE or number in _UA_BARE:
        country = _of_military(text, number)
        near = plainly or is_military(text) or _countries(text) == {country}
        near = near or country_of_towns(text) == country
        # In English any country's article may have the number.
        near = near or (criminal and not _ENGLISH.match(text, start))
        return (country, "?") if near else None
    if not criminal:
        return None
    if _ENGLISH.match(text, start):
        return ("us.ucmj", "?") if _UCMJ.fullmatch(number) and is_american(text) else None
    return _of_crime(text, number)


def _of_military(text: str, number: str) -> str:
    """Ukraine's 332 is of those who bring men over the border; all other numbers tell."""
    if number == "332" and _is_ukrainian(text):
        return "ua"
    return "ru" if number in _RU_BARE else "ua"


def _of_crime(text: str, number: str) -> tuple[str, str] | None:
    if _is_ukrainian(text):
        if _SOLDIERS_FINE.fullmatch(number):
            return "ua.kupap", "?"
        return ("ua", "?") if _UA_CRIME.fullmatch(number) else None
    if _countries(text) - {"ru", "ua"} or "ua" in _countries(text):
        return None
    if _FINED.fullmatch(number):
        return "ru.koap", "?"
    return ("ru", "?") if _RU_CRIME.fullmatch(number) else None


def _is_ukrainian(text: str) -> bool:
    return _UKRAINIAN_LETTERS.search(text) is not None and not _RUSSIAN_LETTERS.search(text)


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    low, high = max(0, start - _NEAR), min(len(text), end + _NEAR)
    for stop in SENTENCE_END.finditer(text, low, start):
        low = stop.end()
    found = SENTENCE_END.search(text, end, high)
    return low, found.start() if found else high


def military_country(number: str) -> str:
    """The country whose code has a military offence, or evasion, at that number: "ru", "ua";
    "" where neither does by the number alone."""
    return "ru" if number in _RU_BARE else "ua" if number in _UA_BARE else ""


def may_find_offences(text: str) -> bool:
    """Whether a text holds an offence's words, whatever the army."""
    low = text.casefold()
    return any(
        any(map(low.__contains__, each.letters)) and each.words.search(text) for each in offences()
    )


def find_offences(text: str, army: str) -> Iterator[_Found]:
    """Military offences by name as their articles: inferred, and only where the army is known or
    the words are Ukrainian («самовільне залишення», «СЗЧ», «непокора»)."""
    for offence, found in named_offences(text):
        country = army
        if army not in ARMIES:
            if army != "unknown" or not _UKRAINIAN.search(found[0]):
                continue
            country = "ua"
        number = offence.ru if country == "ru" else offence.ua
        yield f"law:{country}:{number}~", found.start(), found.end(), True
