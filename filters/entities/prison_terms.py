# ruff: noqa: E501, SIM905 (tables of words read better unbroken)
"""Prison terms in years: «шесть с половиной лет колонии», "5.5 years in prison".

`term:6.5`; of "three to seven years" the longer; `term:life`. Months count as twelfths.
A number of years is a term where words of punishment stand right behind it, or before it
in the clause; ages, service and time gone by are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from filters.entities.numbers import HALF, NUMBER, value
from filters.entities.windows import Ranges, lazy, search

__all__ = ["ALONE", "CUES", "PUNISHMENT_CUES", "SENTENCE_CUES", "find_terms"]

CUES: Final = frozenset(
    "лет лети годи года год годам меся мес мес. рокі роки рік року рока міся міс year mont полг полт півр годо годы годе году року роко пожи дові life деся пяте пяті вось семе".split()
)

# Words behind «год» that make it one year of punishment, and words that are a term alone.
PUNISHMENT_CUES: Final = frozenset(
    "усло коло лише тюрь дисб закл прин испр ув'я позб тюрм в'яз обме умов стро общ обще susp colo jail sent impr pris term".split()
)
SENTENCE_CUES: Final = frozenset(
    "приг осуж осуд полу назн дал дала дали прис влеп впая гроз свет нака срок поса сел отпр запр прос треб сниз смяг ужес увел сокр отси засу приз загр світ отри дав стро пока кара виро пом' змен відб реше ґрат арес "
    "face faci get gets got liab give hand rece puni pena maxi carr ask asks aske soug seek dema cut redu incr conv gave serv behi bars cust hard prob conf uphe want дают даду пред пере наст leav вима".split()
)
ALONE: Final = (
    "пожизн",
    "довічн",
    "пятерк",
    "пятерик",
    "семерк",
    "восьмерк",
    "десятк",
    "десятин",
    "червонец",
    "чирик",
    "п'ятірк",
    "сімк",
    "вісімк",
    "полгода",
    "півроку",
)

_YEARS: Final = (
    r"(?:лет|года|годам|год|годами|годах|роках|років|роки|рік|року|роками|рокам|years?|yrs?)"
)
_MONTHS: Final = r"(?:месяц\w*|мес\.?|місяц\w*|місяці\w*|міс\.?|months?)"
_PAREN: Final = r"(?:\s?\([\w' -]+\))?"
_TERM: Final = lazy(
    rf"(?<![\w.,№/-])(?:(?:between\s+{NUMBER}\s+and\s+)|(?:(?:от|від|from|с|з)\s+)?{NUMBER}(?:\s+{HALF})?(?:\s+(?:{_YEARS}|{_MONTHS}))?\s*(?:-|—|до|to|or|или|або|чи)\s*)?(?P<number>{NUMBER}|a|an|one and a half)(?:[\s-]+(?P<half>{HALF}))?{_PAREN}"
    rf"(?:[\s-](?P<unit>{_YEARS}|{_MONTHS})(?!\w)(?:\s(?P<later>and a half|с половиной|з половиною))?"
    rf"(?:\s*(?:и|і|та|й|and|,)?\s*(?P<more>{NUMBER}){_PAREN}[\s-]?{_MONTHS}(?!\w))?)",
    re.IGNORECASE,
)
_BARE_YEAR: Final = lazy(
    r"(?<!\w)(?P<unit>год|году|года|рік|року|полгода|півроку|полтора года|півтора року)(?=\s(?:условно|колони|лишения|тюрьмы|дисбат|заключения|принудит|исправит|ув'язнен|позбавлен|тюрми|в'язниц|обмежен|умовно|в колони|строг|общего))",
    re.IGNORECASE,
)
# «встретит новый год в колонии»
_CALENDAR: Final = lazy(
    r"(?<!\w)(?:нов|прошл|эт|цьог|кажд|последн|следующ|минул|наступн|перв|втор|трет|цел)\w*\s$",
    re.IGNORECASE,
)
_LIFE: Final = lazy(
    r"(?<!\w)(?:пожизненн\w+(?!\s(?:диктатор|президент|член|сенатор|гарант|содержан|пенси|подписк|ректор|суд|обслуж|гарантийн|мандат))(?:\s(?:лишени\w+ свободы|заключени\w+|срок\w*))?|довічн\w+(?:\s(?:позбавленн\w+ волі|ув'язненн\w+))|довічне(?!\w)|life (?:sentence|imprisonment|in prison|term)|(?:jailed|imprisoned|sentenced) (?:for|to) life)(?!\w)",
    re.IGNORECASE,
)
_SLANG: Final = lazy(
    r"(?<!\w)(?P<word>пятерк|пятерик|семерк|восьмерк|десятк|десятин|червонец|чирик|п'ятірк|сімк|вісімк)\w*[»\"]?(?=\s(?:строг|общ|колони|условн|за\s(?:сзч|соч|дезерт|самов|отказ)|суворо))",
    re.IGNORECASE,
)
_SLANG_YEARS: Final = {"пятер": 5, "семер": 7, "восьм": 8, "десят": 10, "червон": 10, "чирик": 10, "п'яті": 5, "сімк": 7, "вісім": 8}  # fmt: skip
_AFTER: Final = lazy(
    r"^(?:-long(?=\s(?:jail|prison|suspended|custodial)))?['\"»]?[\s,(]*(?:(?:общего|строгого|особого|суворого|в\s(?:исправительной\s)?колони\w+|у\sколонії|колони\w+|лишени\w+|тюрьм\w+|заключени\w+|тюремн\w+|в\sтюрьм\w+|условн\w+|умовно|испытательн\w+|принудительн\w+|исправительн\w+|дисциплинарн\w+|дисбат\w*|тримання в дисц\w*|[ву]\s(?:дисц\w+|исправ\w+|виправ\w+)|за\sрешетк\w+|поселени\w+|колонии-поселени\w+|с\sотбыванием|строгача|"
    r"ув'язненн\w*|позбавленн\w+\sволі|тюрми|в'язниц\w*|у\sв'язниц\w*|за\s(?:самов[оі]л|дезерт|оставлен|отказ|побег|неиспол|невиконан|втеч|непокор|СОЧ(?!\w)|СЗЧ(?!\w)|то,\sчто|те,\sщо)|for\s(?:desert|refusing|abandon|leaving\s(?:his|her|their|the))|за\sґратами|за\sгратами|обмеженн\w+\sволі|з\sвипроб\w+|(?:з\s)?іспитов\w+|в\sколонії|арешт[уі]|"
    r"(?:of\s+)?(?:in\s+(?:an?\s+)?(?:\w+[\s-]+){0,2}(?:prison|jail|penal|colony|custody|settlement|battalion|confinement)|imprisonment|behind\sbars|jail|prison|arrest|sentence|penal|suspended|hard\slabou?r|confinement|probation))\w*)",
    re.IGNORECASE,
)
_BEFORE: Final = lazy(
    r"(?<!\w)(?:приговор\w*|приговар\w+|осужд\w*|осуд(?:ил|ят)\w*|получил\w*|получит|назнач\w+|дал[иа]?|дают|дадут|присуди\w+|влепил\w*|впаял\w*|гроз(?:ит|ят|ило|или|ил|ила)|предусм\w+|передбач\w+|светит|наказан\w*|наказыва\w+|срок\w*|лишени\w+ свободы|ограничени\w+ свободы|лиш[её]?н свободы|колони\w+|посадил\w*|посадят|сел на|отправил\w*|запросил\w*|просил\w*|наста\w+ на|требов\w+|требу\w+|сниз\w+|смягч\w+|ужесточ\w+|увелич\w+|сократ\w+|отсид\w+|заключ[её]?н[аиы]? на|тюрьм\w+|"
    r"засудж\w*|засуд\w*|признач\w+|обмеженн\w+ волі|загрожує|світить|отримав\w*|отримали|дали|дав|позбавлен\w+|строк\w*|покаранн\w*|карається|ув'язн\w+|вирок\w*|пом'якш\w+|зменш\w+|посадили|присуди\w+|запроси\w+|просив|вимаг\w+|до \w+ засуд|іспитов\w+ строк\w*|"
    r"sentenc\w*|colony|jailed|imprisoned|faces?|facing|prison|imprisonment|confinement|deprivation of liberty|gets?|got|terms?|liable to|given|handed|received|punish\w*|penalty|maximum|carries|ask(?:ed|ing)? for|sought|seeks?|demand\w+|cut|reduced|increased|convicted|upheld|confirmed|wants?|gave|leaving (?:him|her|them) with|jail time|serve|serving|behind bars)(?!\w)"
    r"(?:[^.!?;\d]|\d+(?:-\w|\s?(?:УК|КК|ч\.|ст\.))){0,60}$",
    re.IGNORECASE,
)
# Ages are none whatever follows; time passed is none unless punishment follows.
_AGE: Final = lazy(
    r"(?:возраст\w*|достигш\w+|досяг\w+|мальчик\w*|девочк\w*|реб[её]н\w*|подростк\w*|детей|age[ds]?|вік\w*|исполнил\w+|исполнится|виповнил\w+|виповниться)\W{0,3}$",
    re.IGNORECASE,
)
_OF_AGE: Final = lazy(
    r"(?<!\w)(?:возраст\w*|віком|віку|years of age|minimum age)(?!\w)", re.IGNORECASE
)
# «осудили на год и восемь месяцев»
_YEAR_AND: Final = lazy(
    r"(?<!\w)(?:год|году|года|рік|року|a year)\s(?:и|і|та|й|and)\s$", re.IGNORECASE
)
_HIS: Final = lazy(
    r"(?<!\w)(?:ему|ей|им|мне|йому|їй|мені)(?:\W{1,2}(?:было|тогда|уже|всего|только|лише|вже|було|тоді|сейчас|зараз))?\W{0,3}$",
    re.IGNORECASE,
)
# «Осуждённому 23 года»: nothing was given to him
_AGED: Final = lazy(
    r"(?:\w(?:ому|ему|ові|еві)|(?:солдат|сержант|бойц|лейтенант|капитан|матрос|контрактник)у|мужчине|парню)\s(?:всего\s|уже\s|лише\s|вже\s)?$",
    re.IGNORECASE,
)
_GIVE: Final = lazy(
    r"(?<!\w)(?:да(?:л[иа]?|ют|дут|в)|присуди\w+|назнач\w+|признач\w+|влепил\w*|впаял\w*|гроз\w+|свет\w+|світ\w+|загрож\w+|запрос\w+|добав\w+|вынес\w*)(?!\w)",
    re.IGNORECASE,
)
_NOT: Final = lazy(
    r"(?:стаж\w*|за последни\w+|за останн\w+|прослуж\w+|служил\w*|служит|воев\w+|воює\w*|контракт(?!ник)\w* (?:\w+ )?на|(?:срок\w*|строк\w*) (?:действия )?(?:контракт\w*|служб\w*)|contract (?:of|for)|через|after|for the (?:past|last)|(?:leave|rest|rotation|pay|home) for|скрывал\w*|переховував\w*|в плену|у полоні|искал\w*|длится|триває|работал\w*|срок\w* службы[^.,;]{0,20}|строк\w* служби[^.,;]{0,20})\W{0,3}(?:\w+\W+)?$",
    re.IGNORECASE,
)
_NOT_BEHIND: Final = lazy(
    r"[\s,-]*(?:назад|спустя|ago|тому|служб\w*|of service|of war|of probation|probation(?:ary)?\speriod|войны|війни|запрета|заборони|old|контракт\w*|contract|опыт\w*|стаж\w*|after|later|experience|мобилизаци\w*|не был\w*|подряд|поспіль)(?!\w)",
    re.IGNORECASE,
)
# «с испытательным сроком 1 год»: the time of trial, not the term
_TRIAL: Final = lazy(
    r"(?:испытательн\w+ срок\w*|іспитов\w+ строк\w*|probation\w*|звільнен\w+ від|випробуванням(?: (?:строком|терміном|тривалістю))?|испытани\w+(?: сроком)?)\W*(?:в|у|на|тривалістю)?\W*$",
    re.IGNORECASE,
)

# Exile, a lost right to hold posts, restricted service are punishments, but no prison.
_ELSE: Final = lazy(
    r"(?<!\w)(?:срок\w* (?:службы|служби|носки|на примирение|эксплуатации|годности|действия|хранения|полномочий|аренды|давности)|(?:лиш|позбав)\w+(?:\s\w+){0,2}\sправ(?:а|ами)?|прав лиш\w+|ссылк\w+|высылк\w+|заслан\w+|лишени\w+ права|позбавленн\w+ права|с лишением|запрет\w*|заборон\w+|ограничени\w+ по (?:военной )?службе|службов\w+ обмеженн\w+|deprived of the right|banned|exile)(?!\w)[^.,;]{0,90}$",
    re.IGNORECASE,
)
# Custody before the trial is no term.
_CUSTODY: Final = lazy(
    r"(?:СИЗО|СІЗО|арестова\w+|под страж\w+|под арест\w*|продл\w+|арешт\w*|вартою|запобіжн\w+|remand\w*|custody|detention)\W+(?:\w+\W+){0,3}$",
    re.IGNORECASE,
)
# «просил десять лет, суд дал шесть»: the years are named just before
_ELLIPSIS: Final = lazy(
    rf"(?<!\w)(?:дал[иа]?|назначил[аи]?|получил[аи]?|снизил[аи]?\s(?:его\s)?до|призначи(?:в|ла|ли)|да(?:в|ла|ли)|отрима(?:в|ла|ли)|gave|got|received|imposed|handed down|settled on|reduced (?:it|this) to|cut (?:it|this) to)(?:\s(?:ему|им|йому|їм|him|them))?\s(?P<term>(?P<number>{NUMBER})(?:\s(?P<half>{HALF}))?)(?=\s?(?:[.,;!)](?!\d)|$)|\s(?:и|і|та|but|and|а|но|for|за)\s)|(?<=\s)(?:up to|до|[—-])\s(?P<most>(?P<upto>{NUMBER})(?:\s(?P<more>{HALF}))?)(?=\s(?:for|за)\s|\s?(?:[.,;!)](?!\d)|$))",
    re.IGNORECASE,
)
# «сержанту дали семь лет, матросу — шесть лет»: the next of one sentence.
_CHAIN: Final = 90
_NEXT: Final = lazy(r"[^.!?\n]*(?:\b(?:to|по|на|к|до|got|gets)|[—:-])\s", re.IGNORECASE)
_STOP: Final = lazy(r"[.!?]\s|\n")
# In a text longer than this, something near must speak of courts: credits have terms too.
_SHORT_TEXT_LETTERS: Final = 120
_PENAL: Final = lazy(
    r"(?<!\w)(?:суд(?!н)|присуд|світит|светит|confin|colony|судь|приговор|приговар|осужд|осуд|колон|тюр|заключ|лишени|лиш[её]н|свобод|уголов|угрож|гроз|дезерт|самов[оі]л|СОЧ|СЗЧ|ст\.|стать|дел[оауе]\b|арест|наказ|покара|вирок|засуд|ув'язн|позбавл|кримінал|справ|обвин|підозр|подозр|прокур|адвокат|статт|апел|condemn|court|prison|jail|sentenc|convict|desert|trial|charge|crim|law|penal|judge|guilty|punish|prosecut|imprison|AWOL|offen[cs]e)",
    re.IGNORECASE,
)


def find_terms(text: str, ranges: Ranges | None = None) -> Iterator[tuple[str, int, int, bool]]:
    """(id, start, end, inferred) of the prison terms a text names; the text as `plain` makes it."""
    told, ends = -_CHAIN, []
    for found in search(_TERM, text, ranges):
        after = _AFTER.match(text[found.end() : found.end() + 60])
        before = re.split(r"[.!?;\n](?=\s)", text[max(0, found.start() - 75) : found.start()])[-1]
        chained = found.start() - told < _CHAIN and _NEXT.fullmatch(text, told, found.start())
        if not after and not chained and not _BEFORE.search(before):
            continue
        if (
            not after
            and len(text) > _SHORT_TEXT_LETTERS
            and not _penal(text, found.start(), found.end())
        ):
            continue
        if _TRIAL.search(before) or _ELSE.search(before) or _NOT_BEHIND.match(text, found.end()):
            continue
        if not after and _OF_AGE.search(text, max(0, found.start() - 45), found.end() + 30):
            continue
        if _HIS.search(before) and not _GIVE.search(before):
            continue
        if not after and _AGED.search(before) and not _GIVE.search(before):
            continue
        if _AGE.search(before) or (not after and _NOT.search(before)):
            continue
        if found["unit"].lower().startswith(("мес", "міс", "mon")) and _CUSTODY.search(before):
            continue
        years = _years(found)
        start = found.start()
        if years and years < 1 and (year := _YEAR_AND.search(text, max(0, start - 12), start)):
            years, start = years + 1, year.start()
        if years is None or not 0 < years <= 40:
            continue
        told = found.end()
        ends.append(told)
        yield f"term:{years:g}", start, found.end(), False
    for found in search(_BARE_YEAR, text, ranges):
        word = found["unit"].lower()
        if _CALENDAR.search(text, max(0, found.start() - 14), found.start()):
            continue
        if not re.search(r"[\d\w]\s$", text[max(0, found.start() - 2) : found.start()]) or (
            word.startswith(("пол", "пів"))
            or not _ends_in_number(text[max(0, found.start() - 25) : found.start()])
        ):
            years = 0.5 if word in ("полгода", "півроку") else 1.5 if " " in word else 1.0
            if years != 1.5:
                yield f"term:{years:g}", found.start(), found.end(), False
    for found in search(_ELLIPSIS, text, ranges):
        years = value(found["number"] or found["upto"])
        span = found.span("term" if found["term"] else "most")
        if not years or years > 30 or found["number"] in ("1", "один"):
            continue
        if any(
            0 < found.start() - end < 110 and not _STOP.search(text, end, found.start())
            for end in ends
        ):
            yield f"term:{years + 0.5 * bool(found['half'] or found['more']):g}", *span, False
    for found in search(_LIFE, text, ranges):
        yield "term:life", found.start(), found.end(), False
    for found in search(_SLANG, text, ranges):
        word = found["word"].lower()
        years = next(number for stem, number in _SLANG_YEARS.items() if word.startswith(stem))
        yield f"term:{years:g}", found.start(), found.end(), False


def _penal(text: str, start: int, end: int) -> bool:
    return _PENAL.search(text, max(0, start - 200), end + 150) is not None


def _ends_in_number(words: str) -> bool:
    return re.search(rf"(?:{NUMBER}|{HALF})\s$", words, re.IGNORECASE) is not None


def _years(found: re.Match[str]) -> float | None:
    word = found["number"].lower()
    number = 1.0 if word in {"a", "an"} else 1.5 if word == "one and a half" else value(word)
    if number is None:
        return None
    if found["half"] or found["later"]:
        number += 0.5
    if found["unit"].lower().startswith(("мес", "міс", "mon")):
        return round(number / 12, 2)
    if found["more"]:
        number += round((value(found["more"]) or 0) / 12, 2)
    return number
