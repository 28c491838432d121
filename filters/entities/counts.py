# ruff: noqa: E501 (tables of words read better unbroken)
"""How many: «около 60 контрактников», «двое военнослужащих», "at least 234 servicemen".

`count:60`; `count:~60` about, `count:>=60` at least or more, `count:<=60` at most,
`count:20..30` between. Only people in uniform or refusers are counted; the dead, wounded
and captured are not, nor what people have (hours, kilometres).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

from filters.entities.count_words import (
    ABOUT,
    ACCIDENT,
    ADJECTIVAL,
    ADJECTIVE,
    ARMED,
    CALLED,
    CIVIL,
    FLIGHT,
    LEAST,
    LOSS,
    LOSSES,
    MOST,
    PEOPLE,
    WHO,
    WHO_DIED,
)
from filters.entities.numbers import CARDINAL_WORDS, NUMBER, at_least, value
from filters.entities.windows import Ranges, lazy, search

__all__ = ["find_counts"]

_FEW: Final = lazy(
    r"(?<!\w)(?:several|a few|few|many|some|несколько|нескольких|несколькими|нескольким|кілька|декілька|кількох|кількома"
    r"|(?P<couple>пару|пара|пары|a couple(?: of)?)|(?P<half>half a|пів|пол))\s$",
    re.IGNORECASE,
)
_SOME: Final = lazy(r"(?<!\w)[сз]\s$", re.IGNORECASE)
_NUM: Final = NUMBER
_COUNT: Final = lazy(
    rf"(?<![\w.,№$€/:-])(?:(?P<from>от|від|з|с|between|from)\s+(?P<low>{_NUM})\s+(?:до|and|to|по)\s+|(?:(?P<least>{LEAST})|(?P<most>{MOST})|(?P<about>{ABOUT}))\s+(?:(?:as many as|a|an|the|ніж)\s+)?)?"
    rf"(?:(?P<first>\d+|(?!(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)-)\w[\w']*)(?:-|\s(?:to|or|или|чи|або)\s)(?=\d|fif|twen|thir|for|six|sev|eig|nin|ten|elev|дв|тр|чет|чот|п'?я|ш|с|в|д))?(?P<number>{_NUM})(?P<of>\sof\s(?:hundreds|thousands|millions)(?!\w))?(?P<odd>\s(?:с\sлишним|с\sнебольшим|с\sгаком|[зі]+\sлишком|з\sгаком|odd)(?:\s(?P<times>тысяч\w*|тисяч\w*|сотн\w*|сот[еі]нь?|сотням|десятк\w+|thousand|hundred))?(?!\w))?(?:-?(?:ти|х|ми|м|ро|еро|мя|тьох)(?!\w))?\s+(?:из\s|з\s|of\s)?(?:the\s|these\s|those\s|our\s|his\s|her\s|their\s|наших\s|этих\s|його\s|її\s|их\s|їхніх\s|его\s|ее\s|своих\s|моих\s)?(?:(?:battalion|brigade|company|regiment|platoon|unit|division|army|garrison|country|town)'s\s)?{ADJECTIVE}(?P<who>{WHO})(?!\w)",
    re.IGNORECASE,
)
# «нас 47 человек», "14 of them", «оба солдата», «27 из них», «пара солдат»
_BOTH: Final = lazy(
    r"(?<!\w)(?P<both>пар[ау]|оба|обоих|обидва|обох|both)\s+(?:the\s)?(?P<who>солдат\w*|военнослужащ\w*|военных|бойц\w*|контрактник\w*|дезертир\w*|сержант\w*|матрос\w*|офицер\w*|офіцер\w*|десантник\w*|срочник\w*|військов\w+|бійц\w*|строковик\w*|soldiers|servicemen|men|deserters|conscripts|marines|sergeants|sailors|officers)(?!\w)",
    re.IGNORECASE,
)
# Those who do it are people: "more than twenty refused", «отказались трое».
_DID: Final = lazy(
    rf"(?<![\w.,№$€/:-])(?:(?P<least>{LEAST})\s|(?P<most>{MOST})\s|(?P<about>{ABOUT})\s)?(?P<number>{_NUM})\s(?:more\s)?(?:(?:have|had)\s(?:already\s)?)?(?:отказал(?:ись|ся)|сбежал[аи]?|дезертировал[аи]?|самовольно|самовільно|покинул[аи]\sчаст|не\sвернул(?:ись|ся)\sв\sчаст|refused(?:\sto|(?=\s?[.,;\"”]))|deserted|went\sAWOL|fled|escaped|walked\sout|відмовил(?:ись|ися)|втекл[аи]|дезертирувал[аи]?)(?!\w)",
    re.IGNORECASE,
)
_NUMBERED: Final = lazy(r"(?:units?|част\w*|в/ч|вч|№|N|No\.?)\s?$", re.IGNORECASE)
_TOGETHER: Final = r"(?:двое|трое|четверо|пятеро|шестеро|семеро|восьмеро|девятеро|десятеро|двоих|троих|четверых|пятерых|шестерых|семерых|двоим|троим|двоє|троє|п'ятеро|шестеро|семеро|восьмеро|дев'ятеро|двох|трьох|чотирьох|п'ятьох|шістьох|двом|трьом)"
_DONE_BY: Final = lazy(
    rf"(?<!\w)(?:(?:отказались|сбежали|дезертировали|відмовил(?:ись|ися)|втекли|дезертирували)\s|(?P<more>ещ[её]|ще)\s)(?P<number>{_TOGETHER})(?=\s?[.,;:!)]|$|\s[а-яіїє]+)",
    re.IGNORECASE,
)
# «Под суд пошли восемнадцать.», «за ними ще дев'ять.»
_AT_THE_END: Final = lazy(
    rf"(?<!\w)(?:(?:отказались|сбежали|бежали|дезертировали|ушли|пошли|вернулись|явились|відмовил(?:ись|ися)|втекли|утекли|дезертирували|пішли|повернул(?:ись|ися)|зникли)\s(?:(?:пока|лишь|только|уже|всего|поки|лише|тільки|вже)\s)?|(?P<more>ещ[её]|ще|another)\s)(?P<number>{CARDINAL_WORDS})(?=\s?(?:[;:!)]|[.,](?!\d))|$)",
    re.IGNORECASE,
)
_FOUND: Final = r"(?:найден[ыо]|нашли|задержаны|задержали|вернулись|вернули|пойманы|поймали|арестованы|арестовали|осуждены|скрылись|ушли|бежали|сбежали|отказались|знайшли|знайдено|затримали|затримано|повернулися|повернулись|повернули|спіймали|засуджено|пішли|зникли|втекли|утекли|відмовилися|відмовились)"
# «Задержаны пока двое.», «троих вернули», «Девятеро ушли»
_SOME_OF: Final = lazy(
    rf"(?<!\w)(?:{_FOUND}\s(?:(?:пока|лишь|только|уже|всего|поки|лише|тільки|вже)\s)?(?P<number>{_TOGETHER})(?=\s?[.,;:!)]|$)"
    rf"|(?P<first>{_TOGETHER})\s(?:не\s)?{_FOUND}(?!\w)(?!\s(?:м[её]ртв|погиб|убит|загибл)))",
    re.IGNORECASE,
)
# "four were caught", of those counted before
_CAUGHT: Final = lazy(
    rf"(?<![\w.,№$€/:-])(?P<number>{_NUM})\s(?:more\s|others\s)?(?:were|have been|had been)\s(?:later\s|soon\s|already\s)?(?:caught|arrested|detained|sentenced|convicted|charged|jailed|beaten|returned|found|freed|brought back|court-martialled)(?!\w)",
    re.IGNORECASE,
)
# What a text must hold for these to be worth a search.
_US: Final = (" us", " нас", " them", " них")
_THEM: Final = ("их ", "нас ", "Нас ", "Их ", "їх ", "Їх ")
_DEEDS: Final = (
    *(
        "отказал",
        "тказались",
        "сбежал",
        "амовольн",
        "амовільн",
        "окинул",
        "вернул",
        "езертир",
        "refused",
        "desert",
        "AWOL",
        "fled",
        "escaped",
    ),
    *("walked out", "ідмовил", "втекл", "ещё ", "еще ", "ще "),
)
# «контрактников шестьдесят»: about so many
_TURNED: Final = lazy(
    rf"(?<!\w)(?:солдат|человек|военных|контрактников|мобилизованных|бойцов|военнослужащих|дезертиров|отказников|осіб|бійців|військових|мобілізованих)\s(?:(?P<first>\d+)-)?(?P<number>{_NUM})(?=\s?[.,;)](?!\d)|\s(?:из|не|было|уже|отказ|сбеж|ушл|собра|сид|держ|з|вже|було|відмов|пішл|втек))",
    re.IGNORECASE,
)
# "the number of deserters exceeded 5,000", «число дезертиров достигло трёх тысяч»
_NUMBER_OF: Final = lazy(
    rf"(?<!\w)(?:number\sof|число|количество|кількість)\s(?:\w+\s)?{WHO}(?!\w)[^.!?;,]{{0,80}}?\s(?P<not>не\s|not\s)?"
    rf"(?:at|reached|is|was|stands\sat|(?P<more>exceed(?:s|ed)|topped|passed|превысил\w|превышает|перевищил\w|перевищує)|достигл?[оа]?|составил\w|составляет|сягнул[оа]|склал[оа]|становить|дорівнює)\s"
    rf"(?:(?P<least>{LEAST})\s|(?P<most>{MOST})\s|(?P<about>{ABOUT})\s)?(?:(?P<first>\d[\d ,]*\d|\d)(?:-|\s(?:to|до)\s))?(?P<number>{_NUM})(?!\w|\s?%|\s(?:процент|відсот|percent|times|раз|руб|грн|гривен|доллар|долар|штраф|тысяч\w* руб|тисяч\w* грн|дел|справ|million|year|лет|років))",
    re.IGNORECASE,
)
_OF_US: Final = lazy(
    rf"(?<![\w.,№$€/-])(?P<number>{_NUM})\s(?:of (?:us|(?P<them>them))|(?:из|із|з) (?:нас|(?P<there>них)))(?!\w)",
    re.IGNORECASE,
)
# «Их там десятки», «нас уже сорок»
_THEY_ARE: Final = lazy(
    rf"(?<!\w)(?:их|нас|їх)\s(?:(?:там|здесь|тут|уже|вже|было|було|набралось|набралося)\s){{1,2}}(?P<number>{_NUM})(?:\s(?P<about>примерно|приблизительно|приблизно|где-то|десь))?(?=\s?[.,;:!—]|$)",
    re.IGNORECASE,
)
# «солдаты втроём ушли»
_IN_COMPANY: Final = lazy(
    rf"(?<!\w)(?P<who>{WHO})\s(?P<number>вдво[её]м|втро[её]м|вчетвером|впятером|удвох|вдвох|утрьох|втрьох)(?!\w)",
    re.IGNORECASE,
)
_COMPANY: Final = (
    ("двоем", 2),
    ("двоём", 2),
    ("трое", 3),
    ("троё", 3),
    ("чет", 4),
    ("пят", 5),
    ("двох", 2),
    ("трьох", 3),
)
_SO_MANY: Final = ("двоем", "двоём", "втрое", "втроё", "четвером", "пятером", "двох", "трьох")
_COUNTED_BEFORE: Final = 240  # letters
_COUNTED_NEAR: Final = 120  # letters
_ONE_MORE: Final = lazy(
    rf"\s+(?:и|та|і|й|and)\s+(?P<number>{_NUM})\s+(?P<who>{WHO}|офицер\w*|офіцер\w*|сержант\w*|лейтенант\w*|sergeants?|corporals?|lieutenants?|captains?|privates?)(?!\w)",
    re.IGNORECASE,
)
# "1,700 of the 2,300 soldiers"
_OF: Final = lazy(
    rf"(?<![\w.,№$€/-])(?P<number>{NUMBER})\s(?:of(?:\s(?:the|these|those|its|some|about))?|из|з|із)\s$",
    re.IGNORECASE,
)
_SENTENCE_STOP: Final = lazy(r"[.!?]\s+(?=[A-ZА-ЯЁІЇЄҐ«\"—])|\n")


def _has(text: str, words: tuple[str, ...]) -> bool:
    return any(word in text for word in words)


def _by_deed(text: str, ranges: Ranges | None) -> Iterator[tuple[str, int, int, bool]]:
    """Numbers without a noun, of those who refuse or desert, and of «ещё двое» after a count."""
    if not _has(text, _DEEDS):
        return
    for found in search(_DID, text, ranges):
        number, least = value(found["number"]), bool(found["least"])
        if number is None:  # "Hundreds have refused"
            number, least = at_least(found["number"]), True
        if _NUMBERED.search(text, max(0, found.start() - 14), found.start()):
            continue  # «в/ч 31135 отказались»
        if number and number > 1 and _in_uniform(text, found.start(), found.end(), besides=True):
            mark = ">=" if least else "<=" if found["most"] else "~" if found["about"] else ""
            yield f"count:{mark}{_written(number)}", found.start(), found.end("number"), False
    for found in search(_DONE_BY, text, ranges):
        number = value(found["number"])
        told = _COUNT.search(text, max(0, found.start() - 90), found.start())
        if found["more"] and (told is None or PEOPLE.search(told["who"])):
            continue
        if not number or _lost(text, found.start("number"), found.end()):
            continue
        if _in_uniform(text, found.start(), found.end(), besides=True):
            yield f"count:{_written(number)}", *found.span("number"), False


def _of_those(text: str, ranges: Ranges | None) -> Iterator[tuple[str, int, int, bool]]:
    """Parts of people counted before, and people counted without a noun at the end of a clause."""
    for rule in (_AT_THE_END, _SOME_OF, _CAUGHT):
        for found in search(rule, text, ranges):
            place = "first" if rule is _SOME_OF and found["first"] else "number"
            number = value(found[place])
            asks = rule is _CAUGHT or (rule is _AT_THE_END and found["more"])
            if not number or number < 2 or (asks and not _is_told(text, found.start())):
                continue
            if _lost(text, found.start(), found.end()):
                continue
            if _in_uniform(text, *found.span(), besides=rule is not _AT_THE_END):
                yield f"count:{_written(number)}", *found.span(place), False


def _is_told(text: str, start: int) -> bool:
    """Whether soldiers are counted a little before."""
    told = _COUNT.search(text, max(0, start - _COUNTED_NEAR), start)
    return told is not None and not PEOPLE.search(told["who"])


def find_counts(text: str, ranges: Ranges | None = None) -> Iterator[tuple[str, int, int, bool]]:
    """(id, start, end, inferred) of the numbers of people a text counts; the text as `plain`
    makes it."""
    taken: list[tuple[int, int]] = []
    finders = (_counted, _by_deed, _of_those)
    for name, start, end, inferred in chain.from_iterable(find(text, ranges) for find in finders):
        if not any(low < end and start < high for low, high in taken):
            taken.append((start, end))
            yield name, start, end, inferred


def _counted(text: str, ranges: Ranges | None) -> Iterator[tuple[str, int, int, bool]]:
    for found in search(_COUNT, text, ranges):
        number = value(found["number"])
        vague = _vague(text, found, number)
        if vague:
            number = vague[1]
        if number is None or number < 1:
            continue
        if found["first"] and value(found["first"]) is None:
            continue  # «Су-27 истребителей»
        if _lost(text, found.start(), found.end()):
            continue
        who = found["who"]
        people = PEOPLE.search(who)
        if people and people["nation"] and vague:
            continue  # "millions of Ukrainians": a people, no unit
        if people and people["tried"] and not _is_for_flight(text, found.start(), found.end()):
            continue
        if people and people["home"] and not _is_called_up(text, found.start(), found.end()):
            continue
        if people and not _in_uniform(text, found.start(), found.end(), home=people["home"]):
            continue
        if ADJECTIVAL.match(text, found.start("who")):
            continue
        if number < 2 and not _one(found):
            continue
        whole = _OF.search(text, max(0, found.start() - 40), found.start())
        part = value(whole["number"]) if whole else None
        if whole and part and part > 1 and "couple" not in whole["number"].lower():
            yield f"count:{_written(part)}", whole.start(), whole.end("number"), False
        if vague:
            mark, number, start = vague
            yield f"count:{mark}{_written(number)}", start, found.end(), False
            continue
        yield _name(found, number), found.start(), found.end(), False
        more = _ONE_MORE.match(text, found.end())
        second = value(more["number"]) if more else None
        if more and second and (second == 1 or not _COUNT.match(text, more.start("number"))):
            yield f"count:{_written(second)}", more.start("number"), more.end(), False
    for found in search(_TURNED, text, ranges):
        number = value(found["number"])
        if not number or number < 2 or _lost(text, found.start(), found.end()):
            continue
        if _in_uniform(text, found.start(), found.end()):
            low = float(found["first"]) if found["first"] else 0
            told = f"{_written(low)}..{_written(number)}" if 0 < low < number else ""
            yield (
                f"count:{told or '~' + _written(number)}",
                found.start(),
                found.end("number"),
                False,
            )
    yield from _numbers_of(text, ranges)
    for found in search(_OF_US, text, ranges) if _has(text, _US) else ():
        number = value(found["number"])
        if not number or number < 2 or _lost(text, found.start(), found.end()):
            continue
        if (found["them"] or found["there"]) and not _COUNT.search(
            text, max(0, found.start() - _COUNTED_BEFORE), found.start()
        ):
            continue  # a part of those counted before
        if _in_uniform(text, found.start(), found.end()):
            yield f"count:{_written(number)}", found.start(), found.end(), False
    for found in search(_THEY_ARE, text, ranges) if _has(text, _THEM) else ():
        number = value(found["number"])
        bound = None if number else at_least(found["number"])
        if (number or bound or 0) > 1 and _in_uniform(text, found.start(), found.end()):
            mark = ">=" if not number else "~" if found["about"] else ""
            yield f"count:{mark}{_written(number or bound or 0)}", *found.span("number"), False
    for found in search(_IN_COMPANY, text, ranges) if _has(text.lower(), _SO_MANY) else ():
        said = found["number"].lower()
        number = next(number for letters, number in _COMPANY if letters in said)
        if not _lost(text, found.start(), found.end()):
            yield f"count:{number}", *found.span("number"), False
    for found in search(_BOTH, text, ranges):
        if not _lost(text, found.start(), found.end()):
            yield "count:2", found.start(), found.end(), False


def _numbers_of(text: str, ranges: Ranges | None) -> Iterator[tuple[str, int, int, bool]]:
    """Of "the number of deserters exceeded 5,000"."""
    for found in search(_NUMBER_OF, text, ranges):
        number, low = value(found["number"]), value(found["first"]) if found["first"] else None
        if not number or number < 2 or _lost(text, found.start(), found.end()):
            continue
        at_most = "<=" if found["most"] else "~" if found["about"] else ""
        more = found["more"] or found["least"]
        mark = "<=" if found["not"] else ">=" if more else at_most
        if found["not"] and not found["more"]:
            continue
        name = f"{_written(low)}..{_written(number)}" if low and low < number else ""
        start = found.start("first") if low else found.start("number")
        yield f"count:{name or mark + _written(number)}", start, found.end("number"), False


def _vague(text: str, found: re.Match[str], number: float | None) -> tuple[str, float, int] | None:
    """The bound, its number and where the words begin of «десятки», «несколько сотен», "a couple
    hundred", «больше сотни», «пять с лишним сотен»; None for a number that is told."""
    said, start = found["number"] + (found["of"] or ""), found.start()
    few = _FEW.search(text, max(0, found.start("number") - 14), found.start("number"))
    if found["odd"]:
        times = at_least(found["times"], one=True) if found["times"] else 1
        return (">=", number * times, start) if number and times else None
    if few and few["half"] and number == 12:
        return "", 6, few.start()
    if few and few["half"] and at_least(said, one=True) == 100:
        return "~", 50, few.start()
    if few and few["couple"] and number in (100, 1000):
        return "~", 2 * number, few.start()
    bound = at_least(said)
    if bound is None:
        # «с десяток»: about so many
        ten = number in (10, 12) and _SOME.search(text, max(0, start - 3), start)
        return ("~", number, ten.start()) if ten and number else None
    if few:
        return "~" if few["couple"] else ">=", bound, few.start()
    mark = ">=" if found["least"] else "<=" if found["most"] else "~" if found["about"] else ""
    if number is None and mark:
        return mark, at_least(said, one=True) or bound, start
    return (">=", bound, start) if number is None else None


def _in_uniform(
    text: str, start: int, end: int, *, besides: bool = False, home: str | None = None
) -> bool:
    """Whether people just called people are soldiers or refusers: words of the army near
    (`besides` these words themselves), and none of a town, an accident, an audience; `home` is
    what those are called who live somewhere."""
    sentence = _sentence(text, start, end)
    if besides:
        sentence = sentence.replace(text[start:end], " ", 1)
    civil = CIVIL.search(f"{text[max(0, start - 120) : start]} {text[end : end + 120]}")
    if not home and not civil:
        civil = CIVIL.search(text, start, end)
    if not ARMED.search(sentence) or civil:
        return False
    before = re.split(r"[.!?\n](?=\s|$)", text[max(0, start - 60) : start])[-1]
    after = re.split(r"[.!?\n](?=\s|$)", text[end : end + 60])[0]
    return not ACCIDENT.search(f"{before} {after}")


def _is_for_flight(text: str, start: int, end: int) -> bool:
    """Whether those whom a court tries are tried for flight or refusal."""
    return FLIGHT.search(_sentence(text, start, end)) is not None


def _is_called_up(text: str, start: int, end: int) -> bool:
    """Whether a sentence says that people of a town are called up, or flee the call-up."""
    return CALLED.search(_sentence(text, start, end)) is not None


def _sentence(text: str, start: int, end: int) -> str:
    """The sentence a number stands in, and of its neighbours what is nearest."""
    stops = [stop.end() for stop in _SENTENCE_STOP.finditer(text, max(0, start - 220), start)]
    low = stops[-1] if stops else max(0, start - 220)
    stop = _SENTENCE_STOP.search(text, end, end + 220)
    high = stop.start() if stop else end + 220
    return text[min(low, max(0, start - 60)) : max(high, end + 60)]


def _one(found: re.Match[str]) -> bool:
    """Count one soldier only where the text writes 1 or stresses the word beside it."""
    return bool(found["least"] or found["about"])


def _lost(text: str, start: int, end: int) -> bool:
    """Whether those counted are dead, wounded or captured: said beside them in the clause."""
    far = re.split(r"[.!?;\n]", text[max(0, start - 120) : start])[-1]
    after = re.split(r"[.!?;,\n]", text[end : end + 28])[0]
    return bool(
        LOSS.search(far, max(0, len(far) - 25))
        or LOSS.search(after)
        or LOSS.search(text, start, end)
        or LOSSES.search(far)
        or WHO_DIED.match(text, end)
    )


def _name(found: re.Match[str], number: float) -> str:
    low = found["low"] or found["first"]
    lower = value(low) if low else None
    if lower is not None and lower < number:
        return f"count:{_written(lower)}..{_written(number)}"
    before = found.string[: found.start()].rstrip()[-8:].lower()
    about = found["about"] or before[-1:] in ("~", "≈") or before.endswith(("человек", "чоловік"))
    mark = ">=" if found["least"] else "<=" if found["most"] else "~" if about else ""
    return f"count:{mark}{_written(number)}"


def _written(number: float) -> str:
    return f"{number:g}" if number < 1e6 else f"{number:.0f}"
