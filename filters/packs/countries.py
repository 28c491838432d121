"""Names of countries abroad and of their towns in three languages, for packs/data/countries.json.

From CLDR by way of Babel, in every case. Only `filters.packs.build` asks; Russia and Ukraine are
left out, so that whatever is found is neither's.
"""

from __future__ import annotations

import json
from typing import Final

from babel.core import Locale, get_global

from filters.entities.forms import flatten, phrase_forms
from filters.places import table
from filters.towns import town_of

__all__ = ["countries"]

_AT_HOME: Final = frozenset(("RU", "UA"))
_LEAST_LETTERS: Final = 5  # of a language's name: "Even" and "Ga" are words
# What CLDR has under another name only, and capitals that name no time zone.
_MORE: Final = {
    "ru": (
        *("США", "Молдавия", "Белоруссия", "Беларусь", "Кыргызстан", "КНДР", "ОАЭ", "КНР"),
        *("Анкара", "Астана", "Пекин", "Вашингтон", "Тегеран", "Нью-Дели"),
    ),
    "uk": ("США", "КНДР", "ОАЕ", "КНР", "Анкара", "Астана", "Пекін", "Вашингтон", "Тегеран"),
    "en": (
        *("US", "USA", "UK", "Britain", "Turkey", "UAE", "Ankara", "Astana", "Beijing"),
        *("Washington", "Tehran", "Czech Republic", "Chisinau"),
    ),
}


def countries() -> str:
    """The file: forms of `places`, names of `languages` in English (they name nations too)."""
    zones = get_global("zone_territories")
    places: set[str] = set()
    for lang, more in _MORE.items():
        locale = Locale(lang)
        abroad = {each for each in zones.values() if each.isalpha()} - _AT_HOME
        names = {locale.territories[each] for each in abroad if each in locale.territories}
        for zone, territory in zones.items():
            if territory in abroad and zone.count("/") == 1 and not zone.startswith("Antarctica"):
                known = locale.time_zones.get(zone, {}).get("city")
                if known or lang == "en":
                    names.add(known or zone.partition("/")[2].replace("_", " "))
        for name in names | set(more):
            places |= phrase_forms(name, lang)
    languages = {
        flatten(name)
        for name in Locale("en").languages.values()
        if name.isalpha() and len(name) >= _LEAST_LETTERS
    } | {"thai"}
    places = {place for place in places if not _is_at_home(place)}
    kept = {"languages": sorted(languages), "places": sorted(places)}
    return json.dumps(kept, ensure_ascii=False, indent=0) + "\n"


def _is_at_home(form: str) -> bool:
    """Whether it is also a larger town of Russia or Ukraine: «в Туле» is not in Thule."""
    town = town_of(form)
    known = table().get(flatten(town.names["en"]), ()) if town else ()
    return any(place.country.upper() in _AT_HOME for place in known)
