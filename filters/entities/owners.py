"""Whose a ministry is that a text names without saying so: «Минобороны», "the Defence Ministry".

It is another country's where that country stands behind it («Минобороны Грузии») or before it
("Poland's", "the Georgian", «грузинское»), or where the sentence opens with a place abroad
(«В Варшаве …»). Names of countries, languages and towns come from CLDR by way of Babel, declined
when the packs are built (`filters.packs.countries`); a running bot only reads them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Final

from filters.entities.forms import flatten

__all__ = ["AROUND", "is_anothers"]

AROUND: Final = 160  # letters before and behind a name that are worth a look

_CAPITAL: Final = "A-ZА-ЯЁІЇЄҐ"
_WORDS: Final = rf"(?P<name>[{_CAPITAL}][\w'’ʼ-]*(?:\s[{_CAPITAL}][\w'’ʼ-]*){{0,2}})"
_BEHIND: Final = re.compile(rf"\s(?:of\s(?:the\s)?)?{_WORDS}")
_OPENING: Final = re.compile(rf"(?:\A|[.!?…\n]\W*)\W*(?:В|Во|У|In)\s(?:the\s)?{_WORDS}[^.!?…\n]*\Z")
_POSSESSIVE: Final = re.compile(r"(?<!\w)(?P<name>[A-Z][\w-]+?)(?:['’]s|s['’])\s(?:[a-z]+\s)?\Z")
_NATION: Final = re.compile(r"(?<!\w)(?P<name>[A-Z][a-z]+)\s\Z")
_OF_NATION: Final = re.compile(r"\w{2,}(?:[iea]an|[bc]an|ese|ish|qi|eli|tani|iti|udi)")
_ADJECTIVE: Final = re.compile(
    r"(?:(?<!\w)(?P<name>[а-яёіїєґ-]+[сц]ь?к(?:ое|е|ого|ому|ом|им))"
    r"|(?:\A|[.!?…\n]\W*)(?P<first>[А-ЯЁІЇЄҐ][а-яёіїєґ-]+[сц]ь?к(?:ое|е)))\s\Z"
)


def is_anothers(before: str, behind: str, own: Sequence[str]) -> bool:
    """Whether what stands around a ministry's name says that it is of another country.

    `before` and `behind` are of its field, up to `AROUND` letters; `own` are words of its
    country, a trailing * makes a prefix.
    """
    after = _BEHIND.match(behind)
    if after and _is_abroad(after["name"]):
        return True
    opening = _OPENING.search(before)
    if opening and _is_abroad(opening["name"]):
        return True
    adjective = _ADJECTIVE.search(before)
    if adjective and not _is_own(adjective["name"] or adjective["first"], own):
        return True
    possessive = _POSSESSIVE.search(before)
    if possessive and not possessive["name"].endswith("day"):
        return not _is_own(possessive["name"], own)
    nation = _NATION.search(before)
    return nation is not None and _is_nation(nation["name"]) and not _is_own(nation["name"], own)


def _is_abroad(names: str) -> bool:
    words = flatten(names).split()
    return any(" ".join(words[:count]) in _places() for count in range(len(words), 0, -1))


def _is_nation(word: str) -> bool:
    return word.lower() in _languages() or _OF_NATION.fullmatch(word) is not None


def _is_own(word: str, own: Sequence[str]) -> bool:
    flat = flatten(word)
    return any(flat.startswith(o[:-1]) if o.endswith("*") else flat == o for o in own)


@cache
def _kept() -> dict[str, list[str]]:
    data = resources.files("filters.packs").joinpath("data", "countries.json").read_text("utf-8")
    kept: dict[str, list[str]] = json.loads(data)
    return kept


@cache
def _places() -> frozenset[str]:
    return frozenset(_kept()["places"])


@cache
def _languages() -> frozenset[str]:
    return frozenset(_kept()["languages"])
