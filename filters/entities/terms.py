# ruff: noqa: E501 (tables of words read better unbroken)
"""Prison terms in years: «шесть с половиной лет колонии», "5.5 years in prison"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from filters.entities.numbers import NUMBER, value
from filters.entities.windows import Ranges, search

__all__ = ["CUES", "find_terms"]

CUES: Final = frozenset(
    {
        "лет",
        "года",
        "год",
        "годам",
        "меся",
        "рокі",
        "роки",
        "рік",
        "року",
        "міся",
        "year",
        "mont",
        "полг",
        "полт",
        "годо",
        "годы",
    }
)

_UNIT: Final = r"(?P<unit>лет|года|годам|год|годами|месяц\w*|років|роки|рік|роками|рокам|місяц\w*|years?|months?)"
_TERM: Final = re.compile(
    rf"(?<![\w.,№])(?:(?P<low>{NUMBER})\s*(?:-|–|—|до|to|or|или)\s*)?(?P<number>{NUMBER}|полтора|півтора)(?:\s+(?P<half>с половиной|з половиною|and a half|and-a-half))?"
    rf"[\s-]{_UNIT}(?:\s*(?:и|і|та|and|,)?\s*(?P<more>{NUMBER})[\s-](?:месяц\w*|місяц\w*|months?))?(?!\w)",
    re.IGNORECASE,
)
_AFTER: Final = re.compile(
    r"^['’]?[\s,]*(?:(?:общего|строгого|особого|в колонии|колонии|колонію|лишени\w+|тюрьм\w+|заключени\w+|тюремн\w+|в тюрьм\w+|условн\w+|испытательн\w+|принудительн\w+|исправительн\w+|дисциплинарн\w+|за решетк\w+|за решётк\w+|поселени\w+|с отбыванием|"
    r"ув['’ʼ]язненн\w*|позбавленн\w+ волі|тюрми|в['’ʼ]язниц\w*|за ґратами|за гратами|обмеженн\w+|з випроб\w+|іспитов\w+|в колонії|"
    r"(?:of\s+)?(?:in\s+(?:a\s+)?(?:\w+\s+)?(?:prison|jail|penal|colony|custody)|imprisonment|behind bars|jail|prison|suspended|hard labou?r|confinement|probation|in a (?:penal )?colony))\w*)",
    re.IGNORECASE,
)
_BEFORE: Final = re.compile(
    r"(?:приговор\w*|осужден\w*|осудил\w*|получил\w*|назначил\w*|дали|грозит|наказани\w*|срок\w*|на срок|лишени\w+ свободы|колони\w+|засуд\w*|призначив\w*|загрожує|отримав|позбавлення волі|строк\w*|покаранн\w*|sentenced|jailed|imprisoned|faces?|facing|sentence|prison|gets?|got|term|liable to)"
    r"[^.!?;\d]{0,45}$",
    re.IGNORECASE,
)
_AGE: Final = re.compile(
    r"(?:возраст\w*|стаж\w*|age[ds]?|вік\w*|за последни\w+|за останн\w+|прослуж\w+|служил\w*|назад|тому)\W*$",
    re.IGNORECASE,
)


def find_terms(text: str, ranges: Ranges | None = None) -> Iterator[tuple[str, int, int, bool]]:
    """(id, start, end, inferred): `term:6.5` is six and a half years; of "2 to 3 years" the longer."""
    text = text.replace("ё", "е")
    for found in search(_TERM, text, ranges):
        after = _AFTER.match(text[found.end() : found.end() + 45])
        before = text[max(0, found.start() - 60) : found.start()]
        if not after and not _BEFORE.search(before):
            continue
        if _AGE.search(before) or re.match(
            r"\s*(?:назад|ago|тому|служб|of service)", text[found.end() :], re.IGNORECASE
        ):
            continue
        years = _years(found)
        if years is None or not 0 < years <= 40:
            continue
        yield f"term:{years:g}", found.start(), found.end(), False


def _years(found: re.Match[str]) -> float | None:
    word = found["number"].lower()
    number = 1.5 if word in {"полтора", "півтора"} else value(word)
    if number is None:
        return None
    if found["half"]:
        number += 0.5
    if found["unit"].lower().startswith(("меся", "міся", "mon")):
        return round(number / 12, 2)
    if found["more"]:
        more = value(found["more"])
        number += round((more or 0) / 12, 2)
    return number
