"""Words that tell a roundup from a list inside one story: headings, lead-ins, footers.

They are data, `packs/data/roundups.toml`, with texts in which each list must and must not be
found beside it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

__all__ = ["Words", "words"]


_SPAN: Final = (
    r"\b(?:за|к|ко|на|до|с|от|від|for|of|at|by|this|today|сегодня|сьогодні)\b[^.!?]{0,14}"
    r"(?:день|дня|сутки|недел\w*|ноч\w+|утр\w+|вечер\w*|час\w*|добу|доби|тиж\w+|ніч|ранк\w*|вечір"
    r"|годин\w*|{day}|{month}|day|week|morning|evening|night|hour|\d{1,2}[.:]\d{2})"
)


@dataclass(frozen=True, slots=True)
class Words:
    """The lists, compiled. `month` and `day` are alternatives for a pattern of one's own.

    `heading` announces a roundup; a word that begins with one of `letters`, here by their first
    three, stands in whatever it finds. Of these `weak` ones sum up what stands above unless they
    begin the text, or name a `span` of time. `one_story` says that what follows belongs together,
    `account` does where nothing is announced.
    `leans`, `of_one` and `footer` begin an entry: one that leans on the entry before it, one of
    a count or a talk, one that is no entry. `pronouns` stand for somebody named elsewhere, a
    writer says `oneself` in a diary or a talk. `weights` are those of `filters.entries.untold`.
    """

    month: str
    day: str
    letters: Mapping[str, tuple[str, ...]]
    heading: re.Pattern[str]
    weak: re.Pattern[str]
    span: re.Pattern[str]
    one_story: re.Pattern[str]
    account: re.Pattern[str]
    leans: re.Pattern[str]
    of_one: re.Pattern[str]
    footer: re.Pattern[str]
    pronouns: re.Pattern[str]
    oneself: re.Pattern[str]
    common: frozenset[str]
    fields: Mapping[str, tuple[tuple[str, str], ...]]
    weights: Mapping[str, float]


@cache
def words() -> Words:
    """The lists of this release, read when first asked for."""
    text = resources.files("filters.packs").joinpath("data/roundups.toml").read_text("utf-8")
    data = tomllib.loads(text)
    month, day = data["month"], data["day"]
    headings = [pattern for each in data["heading"].values() for pattern in each]
    # What all share is tried once at a place, not once a pattern.
    first = "|".join(each[1:] for each in headings if each.startswith("^"))
    within = "|".join(each for each in headings if not each.startswith("^"))
    heading = rf"^\W*(?:{first})|\b(?:{within})"
    heading = heading.replace("{month}", month).replace("{day}", day)
    return Words(
        month=month,
        day=day,
        letters=_by_three(data["letters"].split()),
        heading=re.compile(heading, re.IGNORECASE),
        weak=re.compile(rf"\W*(?:{_either(data['weak'])})\W*", re.IGNORECASE),
        span=re.compile(_SPAN.replace("{month}", month).replace("{day}", day), re.IGNORECASE),
        account=re.compile(rf"\b(?:{_either(data['account'])})\b", re.IGNORECASE),
        one_story=re.compile(rf"\b(?:{_either(data['one_story'])})\b", re.IGNORECASE),
        leans=re.compile(rf"(?:{_either(data['leans'])})\b", re.IGNORECASE),
        of_one=re.compile(rf"(?:{_either(data['of_one'])})\b", re.IGNORECASE),
        footer=re.compile(rf"[\W_]*(?:{_either(data['footer'])})", re.IGNORECASE),
        pronouns=re.compile(rf"\b(?:{_either(data['pronouns'])})\b", re.IGNORECASE),
        oneself=re.compile(rf"\b(?:{_either(data['oneself'])})\b", re.IGNORECASE),
        common=frozenset(data["common"].split()),
        fields=_fields(data["fields"]),
        weights=data["weights"],
    )


def _fields(lists: Mapping[str, str]) -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for field, begins in lists.items():
        for begin in begins.split():
            found.setdefault(begin[:3], []).append((begin, field))
    return {three: tuple(each) for three, each in found.items()}


def _by_three(begins: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for each in begins:
        found[each[:3]] = (*found.get(each[:3], ()), each)
    return found


def _either(lists: Mapping[str, Any]) -> str:
    return "|".join(lists.values())
