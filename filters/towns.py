"""Larger towns of Russia, Ukraine and Belarus in a text, each named in three languages.

Only behind a preposition («в Чите», "near Luhansk") and with a capital letter: so a town is
told from a word or a person of its name. `bench/build_towns.py` makes the table.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from filters.entities.forms import flatten

__all__ = ["Town", "find_towns", "town_of"]

_BEHIND: Final = re.compile(
    r"(?<!\w)(?i:в|во|из|под|возле|около|близ|города|городе|г\.|у|з|із|зі|під|біля|міста|місті|м\."
    r"|in|near|from|at|outside|around|of)\s"
    r"(?P<name>[А-ЯЁІЇЄҐA-Z][\w'’ʼ-]+(?:\s[А-ЯЁІЇЄҐA-Z][\w'’ʼ-]+)?)(?!\w)"
)


@dataclass(frozen=True, slots=True)
class Town:
    """A town's names: "en", "ru", "uk"; `country` is ru, ua or by, "" where two armies draw on
    it (what is occupied)."""

    names: Mapping[str, str]
    country: str = ""


def find_towns(text: str) -> Iterator[tuple[Town, int, int]]:
    """(town, start, end) of the towns a text places something in, in their order."""
    for found in _BEHIND.finditer(text):
        words = found["name"]
        for name in dict.fromkeys((words, words.split()[0])):
            town = _by_form().get(flatten(name))
            if town is not None:
                yield town, found.start("name"), found.start("name") + len(name)
                break


def town_of(name: str) -> Town | None:
    """The town of that name in any of its forms."""
    return _by_form().get(flatten(name))


@cache
def _by_form() -> Mapping[str, Town]:
    """Towns by every form of their names. Read once, some milliseconds."""
    data = resources.files("filters.packs").joinpath("data", "towns.json").read_text("utf-8")
    return {
        form: town
        for en, ru, uk, country, forms in json.loads(data)
        for town in (Town({"en": en, "ru": ru, "uk": uk}, country),)
        for form in forms
    }
