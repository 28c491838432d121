# ruff: noqa: E501 (tables of words read better unbroken)
"""How many: «около 60 контрактников», «двое военнослужащих», "at least 234 servicemen".

Only people in uniform or refusers are counted; the dead and wounded are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from filters.entities.numbers import NUMBER, value
from filters.entities.windows import Ranges, search

__all__ = ["CUES", "find_counts"]

CUES: Final = frozenset(
    {
        "солд",
        "воен",
        "конт",
        "моби",
        "боец",
        "бойц",
        "сроч",
        "дезе",
        "отка",
        "чело",
        "мужч",
        "росг",
        "військ",
        "війс",
        "бійц",
        "моб",
        "мобі",
        "строк",
        "стро",
        "відм",
        "осіб",
        "люде",
        "особ",
        "чоло",
        "sold",
        "serv",
        "troo",
        "cons",
        "recr",
        "dese",
        "men",
        "peop",
        "refu",
        "cont",
        "rese",
        "mari",
        "guar",
        "pers",
        "матр",
        "деса",
        "офиц",
        "офіц",
        "offi",
        "приз",
    }
)

_WHO: Final = (
    r"(?:солдат\w*|военнослужащ\w*|военн(?:ых|ым|ыми|ые)|контрактник\w*|мобилизованн\w*|бойц\w*|срочник\w*|дезертир\w*|отказник\w*|отказавш\w*|росгвардейц\w*|десантник\w*|матрос\w*|офицер\w*|призывник\w*|человек|мужчин\w*|"
    r"військовослужбовц\w*|військов(?:их|им|ими|і)|солдат\w*|бійц\w*|мобілізован\w*|строковик\w*|контрактник\w*|відмовник\w*|осіб|людей|чоловік\w*|десантник\w*|офіцер\w*|"
    r"soldiers?|servicem[ae]n|service members|troops|conscripts?|recruits?|deserters?|refuseniks?|contract soldiers|reservists?|marines?|guardsm[ae]n|military servicem[ae]n|military personnel|officers?|people|men|personnel)"
)
_PEOPLE: Final = re.compile(
    r"(?:человек|мужчин\w*|осіб|людей|чоловік\w*|people|men)$", re.IGNORECASE
)
_LEAST: Final = r"не менее|не меньше|минимум|как минимум|больше|более|свыше|по меньшей мере|щонайменше|не менше|понад|більше|more than|at least|over|no fewer than"
_ABOUT: Final = r"около|порядка|примерно|приблизительно|почти|до|близько|приблизно|майже|about|around|some|roughly|nearly|almost|up to|approximately"
_ADJECTIVE: Final = r"(?:(?:российск|украинск|росс|псковск|молод|мобилизованн|контрактн|російськ|українськ|воен|бывш|своих|таких|наших|рядов|Russian|Ukrainian|contract|military|mobili[sz]ed|young|drafted|his|its|our|other|enlisted|British|American|U\.?S\.?|Israeli|French|German)[\w.]*\s+){0,2}"
_COUNT: Final = re.compile(
    rf"(?<![\w.,№$€-])(?:(?P<least>{_LEAST})\s+|(?P<about>{_ABOUT})\s+)?(?P<number>{NUMBER})(?:[-–]?(?:ти|х|ми|м|ро|еро))?\s*(?P<scale>тыс\.?|тысяч\w*|тис\.?|тисяч\w*|thousand|hundred)?\s+(?:of\s+)?(?:the\s+|our\s+|his\s+)?{_ADJECTIVE}(?P<who>{_WHO})(?!\w)",
    re.IGNORECASE,
)
_LOSS: Final = re.compile(
    r"погиб\w*|убит\w*|ранен\w*|потер\w*|пленн?\w*|загин\w*|вбит\w*|поранен\w*|втрат\w*|полон\w*|killed|dead|died|wounded|lost|losing|casualt\w*|captured|deaths?|ликвидир\w*|уничтож\w*|знищ\w*|ліквід\w*|пострада\w*",
    re.IGNORECASE,
)
_CONTEXT: Final = re.compile(
    r"отказ|дезерт|самовол|сбежа|покину|остав|подвал|удержив|воен|солдат|служ|відмов|втекл|утекл|залиш|самовіл|військ|підвал|утриму|refus|desert|fled|AWOL|unit|soldier|servic|left|held|troops|battal|brigad",
    re.IGNORECASE,
)


def find_counts(text: str, ranges: Ranges | None = None) -> Iterator[tuple[str, int, int, bool]]:
    """(id, start, end, inferred): `count:60`, `count:>=60` (at least), `count:~60` (about)."""
    text = text.replace("ё", "е")
    for found in search(_COUNT, text, ranges):
        number = value(found["number"])
        if number is None or number < 1:
            continue
        scale = (found["scale"] or "").lower()
        number *= (
            1000 if scale.startswith(("ты", "ти", "th")) else 100 if scale.startswith("h") else 1
        )
        if number < 2 and not found["who"].lower().startswith(
            ("солдат", "воен", "soldier", "serv", "війс", "контр")
        ):
            continue
        beside = text[max(0, found.start() - 25) : found.end() + 25]
        if _LOSS.search(beside):
            continue
        if _PEOPLE.search(found["who"]) and not _CONTEXT.search(
            text[max(0, found.start() - 120) : found.end() + 120]
        ):
            continue
        mark = ">=" if found["least"] else "~" if found["about"] else ""
        yield (
            f"count:{mark}{number:g}" if number < 1e6 else f"count:{mark}{number:.0f}",
            found.start(),
            found.end(),
            False,
        )
