# ruff: noqa: E501, SIM905 (tables of words read better unbroken)
"""Courts by kind and place: «Псковский гарнизонный военный суд», «Стрийський міськрайонний суд».

`court:garrison:pskov`, `court:military-district:2-western`, `court:supreme:ru`. The place
is the stem of the court's name in Latin letters, the same from three languages where the
languages agree; "unnamed" where the text does not say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from filters.entities.court_places import DIRECTIONS, court_place
from filters.entities.numbers import ORDINAL, ordinal
from filters.entities.windows import Ranges, lazy, search

__all__ = ["COURT_KINDS", "CUES", "KIND_CUES", "find_courts"]

CUES: Final = frozenset(
    "суд суда суду судо суде суді суди суды суро райс горс мосг обла облс обл крае край апел касс каса вс гвс гарн ecth echr єспл еспч cour міск місь міс".split()
)

# Words near «суд» that make it a court of a kind; the name of one by itself.
KIND_CUES: Final = frozenset(
    "гарн окру флот апел касс каса адмі адми райо межр горр горо місь місь обла крае верх евро євро райс горс мосг севг сева облс гвс овс р міжр моск воєн воен військ вс колл ecth echr єспл еспч "
    "garr dist mili flee appe city town muni regi supr euro".split()
)

# «Псковский», «Южно-Сахалинского», «Ростовский-на-Дону», «Ленінський»
_ADJ: Final = r"(?:[А-ЯЁІЇЄҐ][\w'-]*?(?:(?:ск|цк|ськ|цьк|зьк)(?:ий|ого|ому|им|ом|ім|ій|их|ую|ая|ой)|н(?:ый|ого|ому|ым|ом|ий|им)|ов(?:ый|ого|ому|ым|ом)|еч(?:ий|ого)|[вн]ий)(?:-на-\w+)?|Спасск-Дальн(?:ий|его|ему|им|ем))"
_LOWER: Final = (
    r"(?:западн|восточн|южн|северн|центральн|приволжск|уральск|північн|південн|східн|західн)\w+"
)
_NUM: Final = rf"(?:\d{{1,3}}(?:-?\s?(?:й|го|му|м|ом|им))?|(?i:{ORDINAL}))"
_PLACE: Final = rf"(?:(?P<number>{_NUM})\s+)?(?P<place>(?:{_ADJ}|{_LOWER})(?:\s{_ADJ})?)?"
_COURT: Final = r"суд(?:а|у|ом|е|і|ові|ы|и|ов|ів|ами)?"
_KINDS: Final = (
    (
        "garrison",
        rf"(?:военн\w+\s)?гарнизонн\w+\s(?:военн\w+\s)?{_COURT}|(?:військов\w+\s)?гарнізонн\w+\s(?:військов\w+\s)?{_COURT}|ГВС|гарнизонн\w+(?=\s(?:и|,)\s)",
    ),
    ("military-district", rf"окружн\w+\sвоенн\w+\s{_COURT}|окружн\w+\sвійськов\w+\s{_COURT}|ОВС"),
    ("fleet", rf"флотск\w+\sвоенн\w+\s{_COURT}|флотськ\w+\sвійськов\w+\s{_COURT}"),
    ("military-appeal", rf"апелляционн\w+\sвоенн\w+\s{_COURT}"),
    ("military-cassation", rf"кассационн\w+\sвоенн\w+\s{_COURT}"),
    ("appeal", rf"апелл?[яі]ц\w+\s(?:\w+\s)?{_COURT}"),
    (
        "cassation",
        rf"кассационн\w+\s{_COURT}(?:\sобщей юрисдикции)?|касаційн\w+\s(?:\w+\s)?{_COURT}",
    ),
    (
        "administrative",
        rf"(?:окружн\w+\s)?адм[ii]н[іи]стративн\w+\s{_COURT}|окружн\w+\sадміністративн\w+\s{_COURT}",
    ),
    (
        "district",
        rf"(?:городск\w+\s)?районн\w+\s{_COURT}|рай{_COURT}|міськ-?районн\w+\s{_COURT}|міськрай{_COURT}|міськ\w+\s{_COURT}|міськ{_COURT}|городск\w+\s{_COURT}|гор{_COURT}|горрайонн\w+\s{_COURT}|р/с|межрайонн\w+\s{_COURT}",
    ),
    (
        "region",
        rf"областн\w+\s{_COURT}|обл{_COURT}|краев\w+\s{_COURT}|край{_COURT}|обласн\w+\s{_COURT}",
    ),
    # «Кяхтинский военный суд» is a garrison's, said short; «Западный военный суд» a district's.
    ("military", rf"(?:военн|військов)\w+\s{_COURT}"),
)
COURT_KINDS: Final = tuple(kind for kind, _ in _KINDS)
"""Kinds of courts, as in their ids; beside them stand the highest ones."""

_NO_PLACE: Final = lazy(
    r"(?:росси|росій|украин|україн|белорус|білорус|советск|радянськ|америк|израил|ізраїл|верховн|высш|вищ|главн|головн|международн|міжнародн|чрезвычайн|специальн|московск\w+ воен\w+ округ"
    r"|Russia|Ukrain|Belarus|Soviet|Americ|Israel|Egypt|Leban|Palestin|German|British|French|Polish|Turk|Iran|Kazakh|Armenia|Indian|Pakistan|Congo|Eritre|Burm|Myanmar|US|U\.S|UK|IDF|Special|Supreme|High|International|Top|Local|Nazi)",
    re.IGNORECASE,
)
# What a text must hold for a kind to be worth a look.
_STEMS: Final = {
    kind: tuple(
        variant for stem in stems.split() for variant in (stem, stem.capitalize(), stem.upper())
    )
    for kind, stems in {
        "garrison": "гарнизонн гарнізонн гвс",
        "military-district": "окружн овс",
        "fleet": "флотск флотськ",
        "military-appeal": "апелляцион",
        "military-cassation": "кассацион",
        "appeal": "апелл апел",
        "cassation": "кассацион касац",
        "administrative": "администр адміністр",
        "district": "район райсуд городск горрайон горсуд міськ р/с",
        "region": "областн облсуд краев крайсуд обласн",
        "military": "военн військов",
    }.items()
}
_CYRILLIC: Final = tuple(
    (
        kind,
        _STEMS[kind],
        lazy(
            rf"(?<![\w-]){_PLACE}\s?(?<!\w)(?i:{forms})(?!\w)(?P<of>\s(?:в\s|у\s|м\.\s?|г\.\s?|города\s|міста\s)?[А-ЯЁІЇЄҐ][\w'-]+)?"
        ),
    )
    for kind, forms in _KINDS
)
# «Суд Наро-Фоминского гарнизона», «военный суд Владивостокского гарнизона»
_OF_GARRISON: Final = lazy(
    rf"(?<!\w)(?:[Вв]оенн\w+\s|[Вв]ійськов\w+\s)?[Сс]уд\w{{0,2}}\s(?P<place>{_ADJ})\s(?:гарнизон|гарнізон)\w*"
)
_SUPREME: Final = lazy(
    rf"(?<!\w)(?:[Вв]ерховн\w+\s{_COURT}|ВС\sРФ(?=\s(?:отказ|отмен|оставил|рассмотр|признал)))(?!\w)(?P<tail>\s(?:РФ|Росси\w+|Росії|Украин\w+|України))?(?P<else>\s(?-i:[А-ЯІЇЄҐ])\w+)?",
    re.IGNORECASE,
)
_UKRAINIAN_CASSATION: Final = lazy(
    rf"(?<!\w)[Кк]асаційн\w+\s(?:кримінальн|цивільн|господарськ|адміністративн)\w+\s(?i:{_COURT})(?:\s(?:у|в)\sскладі\s[Вв]ерховного\s[Сс]уду)?(?!\w)"
)
_EUROPEAN: Final = lazy(
    r"(?<!\w)(?:[Ее]вропейск\w+ суд\w{0,2} по правам человека|[Єє]вропейськ\w+ суд\w{0,2} з прав людини|ЕСПЧ|ЄСПЛ|European Court of Human Rights|ECtHR|ECHR)(?!\w)"
)
_CITY_COURT: Final = lazy(r"(?<!\w)(?P<city>Мос|Севас?)(?:гор|обл)суд\w{0,2}(?!\w)")
_NAME: Final = r"(?:[A-Z][\w'-]*[\w])"
_ENGLISH: Final = lazy(
    rf"(?<!\w)(?:(?P<number>\d{{1,3}}(?:st|nd|rd|th)|(?:[Ff]irst|[Ss]econd|[Tt]hird))\s+)?(?:(?P<place>(?!Garrison){_NAME}(?:[ -]{_NAME}){{0,2}}?)(?:'s)?\s+)?"
    r"(?:(?P<district_military>[Dd]istrict [Mm]ilitary [Cc]ourt)|(?P<garrison>[Gg]arrison (?:[Mm]ilitary )?[Cc]ourt)|(?P<fleet>[Ff]leet [Mm]ilitary [Cc]ourt)|(?P<appeal>(?:[Mm]ilitary )?[Cc]ourt of (?:(?:[Mm]ilitary |[Cc]riminal )*)?[Aa]ppeals?|[Aa]ppeals? [Cc]ourt|[Aa]ppellate [Cc]ourt)|(?P<district>(?:[Cc]ity |[Tt]own |[Mm]unicipal )?(?:[Dd]istrict|[Cc]ity) [Cc]ourt)|(?P<region>[Rr]egional [Cc]ourt)|(?P<military>[Mm]ilitary [Cc]ourt))(?!\w)"
    rf"(?:\s(?:in|of)\s(?:the\s)?(?P<of>(?!(?:Russia|Ukraine|Siberia|Crimea|Belarus|Buryatia|Chechnya|Dagestan|Donbas|Tatarstan|Yakutia|Far|European)(?!\w)){_NAME}(?:-\w+)*))?"
)
_ENGLISH_GARRISON: Final = lazy(
    rf"(?<!\w)[Mm]ilitary [Cc]ourt (?:of|in|at) (?:the )?(?P<place>{_NAME}(?:[ -]{_NAME})?) [Gg]arrison(?!\w)"
)
_ENGLISH_SUPREME: Final = lazy(
    r"(?<!\w)(?:(?P<country>Russia|Ukraine)(?:'s|n|ian)\s)?Supreme Court(?!\w)(?:\sof\s(?P<of>Russia|Ukraine|the Russian Federation))?"
)
_RU: Final = lazy(
    r"(?<!\w)(?:РФ|рф)(?!\w)|[Рр]осси|[Рр]осі|Russia|военн\w+ коллеги|УК РФ|гарнизон", re.IGNORECASE
)
_UA: Final = lazy(r"[Уу]краин|[Уу]країн|Ukrain|КК(?!\w)|СЗЧ|ЗСУ|ВСУ|ККУ|ДБР|ТЦК")
_ARTICLES: Final = frozenset(
    {
        "The",
        "A",
        "An",
        "In",
        "At",
        "On",
        "This",
        "That",
        "By",
        "From",
        "But",
        "And",
        "Another",
        "Local",
    }
)

_Found = tuple[str, int, int, bool]


def find_courts(text: str, ranges: Ranges | None = None) -> Iterator[_Found]:
    """(id, start, end, inferred) of the courts a text names; the text as `plain` makes it."""
    taken: list[tuple[int, int]] = []

    def free(start: int, end: int) -> bool:
        if any(low < end and start < high for low, high in taken):
            return False
        taken.append((start, end))
        return True

    for finder in (_others, _by_rule, _in_english):
        for name, start, end, inferred in finder(text, ranges):
            if free(start, end):
                yield name, start, end, inferred


def _by_rule(text: str, ranges: Ranges | None) -> Iterator[_Found]:
    for sort, stems, rule in _CYRILLIC:
        if not any(stem in text for stem in stems):
            continue
        for found in search(rule, text, ranges):
            place, number, of = found["place"], found["number"], found["of"]
            kind = sort
            if of and of.split()[-1].isupper():
                of = None  # «Апелляционный суд США»
            if kind == "district" and place and _CITIES.match(found[0].lstrip()):
                kind = "region"
            start = found.start("number") if number else found.start("place") if place else None
            end = found.start("of") if of else found.end()
            if of and re.match(r"\s(?:област|кра[йяюе]|республик|округ)", text[found.end() :]):
                of, end = None, found.start("of")  # «двух судов Ростовской области»
            named = "-".join(
                filter(None, (_numbered(number), court_place(kind, place) if place else ""))
            )
            unnamed = not named and not (kind == "appeal" and of)
            if unnamed and kind in ("district", "region", "administrative", "appeal"):
                continue
            if not named and not of and _SEVERAL.search(found[0]):
                continue
            if kind == "military":
                short = _short(place)
                if short is None:
                    continue
                kind = short
                if place:
                    named = "-".join(filter(None, (_numbered(number), court_place(kind, place))))
            if not named and of:
                named, end = (
                    court_place(
                        kind, re.sub(r"^(?:в|у|м\.|г\.|города|міста)\s", "", of.strip()), noun=True
                    ),
                    found.end(),
                )
            if place and _SEVERAL.search(found[0]):
                # «Улан-Удэнский и Иркутский гарнизонные суды»
                first = _FIRST.search(text, max(0, start or 0) - 40, start or 0)
                if first:
                    yield (
                        f"court:{kind}:{court_place(kind, first['place'])}",
                        *first.span("place"),
                        False,
                    )
            if start is None:
                start = found.start() + len(found[0]) - len(found[0].lstrip())
            yield f"court:{kind}:{named or 'unnamed'}", start, end, False


_SEVERAL: Final = lazy(
    r"суд(?:ы|ов|ах|ам|ами|и|ів)(?!\w)|(?<=гарнизонных )суда(?!\w)", re.IGNORECASE
)
_FIRST: Final = lazy(rf"(?<![\w-])(?P<place>{_ADJ})\s(?:и|та|і|й)\s$")
# The courts of the three cities that are regions.
_CITIES: Final = lazy(
    r"(?:Московск|Санкт-Петербургск|Севастопольск)\w+\sгородск\w+\sсуд", re.IGNORECASE
)


def _short(place: str | None) -> str | None:
    """The kind of a military court named by its place alone; None where the word is no place."""
    if not place or _NO_PLACE.match(place):
        return None
    stems = (stem for _, stems in DIRECTIONS for stem in stems.split())
    return "military-district" if place.lower().startswith(tuple(stems)) else "garrison"


def _others(text: str, ranges: Ranges | None) -> Iterator[_Found]:
    for found in search(_OF_GARRISON, text, ranges):
        yield (
            f"court:garrison:{court_place('garrison', found['place'])}",
            found.start(),
            found.end(),
            False,
        )
    for found in search(_EUROPEAN, text, ranges):
        yield "court:echr", found.start(), found.end(), False
    for found in search(_CITY_COURT, text, ranges):
        yield (
            f"court:region:{'moscow' if found['city'] == 'Мос' else 'sevastopol'}",
            found.start(),
            found.end(),
            False,
        )
    for found in search(_ENGLISH_GARRISON, text, ranges):
        yield (
            f"court:garrison:{court_place('garrison', found['place'])}",
            found.start(),
            found.end(),
            False,
        )
    for found in search(_UKRAINIAN_CASSATION, text, ranges):
        yield "court:supreme:ua", found.start(), found.end(), False
    for rule in (_SUPREME, _ENGLISH_SUPREME):
        for found in search(rule, text, ranges):
            if found.groupdict().get("else") and not found["tail"]:
                continue  # of Brazil, of a republic
            said = " ".join(filter(None, found.groups()))
            country, inferred = _country(said, text)
            if country:
                yield (
                    f"court:supreme:{country}",
                    found.start(),
                    found.start("else") if found.groupdict().get("else") else found.end(),
                    inferred,
                )


def _in_english(text: str, ranges: Ranges | None) -> Iterator[_Found]:
    for found in search(_ENGLISH, text, ranges):
        kind = next(
            name
            for name in (
                *("district_military", "garrison", "fleet", "appeal", "district", "region"),
                "military",
            )
            if found[name]
        )
        place, of, start, end = found["place"], found["of"], found.start(), found.end()
        number = found["number"]
        words = place.split() if place else []
        while words and words[0] in _ARTICLES:
            words = words[1:]
            start = found.start(kind) if not words else found.start("place") + place.index(words[0])
        # "Kyiv's Pechersk District Court", "Odesa's Suvorovskyi"
        if len(words) > 1 and words[0].endswith("'s"):
            words = words[1:]
        place = " ".join(words)
        if of and (place or number):
            end = found.start("of") - len(text[found.end(kind) : found.start("of")])
            of = None
        if not (place or number or of) and kind in ("district", "region", "appeal"):
            continue
        if kind == "military":
            if not place or place[0].islower() or _NO_PLACE.match(place):
                continue
            kind = "military-district" if place.endswith("ern") or number else "garrison"
        if kind == "district_military":
            kind = "military-district"
        where = court_place(kind, place or of) if place or of else ""
        named = "-".join(filter(None, (_numbered(number), where)))
        yield f"court:{kind}:{named or 'unnamed'}", start, end, False


def _country(said: str, text: str) -> tuple[str, bool]:
    """Whose supreme court; the letters of the text are asked last: it is at home in one of two
    countries, and nobody's army hangs on it."""
    for inferred, words in ((False, said), (True, text)):
        russian, ukrainian = bool(_RU.search(words)), bool(_UA.search(words))
        if russian != ukrainian:
            return ("ru" if russian else "ua"), inferred
    if re.search("[іїєґ]", text):
        return "ua", True
    return ("ru" if re.search("[ыэъ]", text) else ""), True


def _numbered(number: str | None) -> str:
    value = ordinal(number) if number else None
    return str(value) if value else ""
