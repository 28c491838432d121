"""What a text says about an article whose code it does not name, and offences by their names.

Data: `packs/data/laws.toml`, which a researcher can read and mend, with texts in which each list
must and must not be found.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from filters.entities.windows import lazy

__all__ = [
    "Offence",
    "country_of_towns",
    "is_american",
    "is_criminal",
    "is_military",
    "named_offences",
    "offences",
]


@dataclass(frozen=True, slots=True)
class Offence:
    """A soldier's crime: its name here, its article in Russia's code and in Ukraine's, the words,
    and letters one of which stands wherever they do."""

    name: str
    ru: str
    ua: str
    words: re.Pattern[str]
    letters: tuple[str, ...]


@cache
def _data() -> Mapping[str, Any]:
    text = resources.files("filters.packs").joinpath("data/laws.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def _list(name: str, before: str = "") -> re.Pattern[str]:
    return re.compile(f"{before}(?:{'|'.join(_data()[name].values())})", re.IGNORECASE)


@cache
def offences() -> tuple[Offence, ...]:
    """Those of this release."""
    return tuple(
        Offence(
            row["name"],
            row["ru"],
            row["ua"],
            lazy(row["words"], 0 if row.get("capitals") else re.IGNORECASE),
            tuple(row["letters"]),
        )
        for row in _data()["offence"]
    )


def named_offences(text: str) -> Iterator[tuple[Offence, re.Match[str]]]:
    """Each place where an offence is named, offence by offence."""
    low = text.casefold()
    for each in offences():
        if any(map(low.__contains__, each.letters)):
            for found in each.words.finditer(text):
                yield each, found


@lru_cache(maxsize=4)
def is_military(text: str) -> bool:
    """Whether a text has a word of the army."""
    return _list("military").search(text) is not None


@lru_cache(maxsize=16)
def is_criminal(sentence: str) -> bool:
    """Whether a sentence has a word of crime, trial or punishment."""
    return _list("criminal", r"(?<!\w)").search(sentence) is not None


@lru_cache(maxsize=4)
def is_american(text: str) -> bool:
    """Whether an English text is of the American army, and of no other country."""
    rules = _data()["american"]
    return re.search(rules["any"], text) is not None and re.search(rules["elsewhere"], text) is None


@lru_cache(maxsize=4)
def country_of_towns(text: str) -> str:
    """ "ru" or "ua" where the towns and regions that an English text names are of one of them
    only, else ""."""
    towns = _data()["towns"]
    found = [country for country in towns if re.search(towns[country], text) is not None]
    return found[0] if len(found) == 1 else ""
