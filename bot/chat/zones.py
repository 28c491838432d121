"""Time zones as people name them: a city or country in three languages, `+3`, an IANA name."""

from __future__ import annotations

import difflib
import re
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel.core import Locale, get_global

__all__ = ["find_zone", "nearest_places"]

_OFFSET = re.compile(r"(?:utc|gmt|мск)?([+-])(\d{1,2})(?::?(\d{2}))?")
# Offsets with minutes have no Etc zone; a place stands for each.
_UNEVEN = {
    "+3:30": "Asia/Tehran",
    "+4:30": "Asia/Kabul",
    "+5:30": "Asia/Kolkata",
    "+5:45": "Asia/Kathmandu",
    "+6:30": "Asia/Yangon",
    "+9:30": "Australia/Darwin",
    "-3:30": "America/St_Johns",
}
# Where people live, that CLDR does not list as a zone's city.
_ALSO = {
    "Europe/Kyiv": "київ киев kyiv kiev львів львов lviv lvov харків харьков kharkiv одеса одесса "
    "odesa odessa дніпро днепр dnipro чернігів чернигов chernihiv полтава poltava вінниця винница "
    "vinnytsia запоріжжя запорожье zaporizhzhia миколаїв николаев mykolaiv",
    "Europe/Moscow": "мск msk питер петербург санкт-петербург петроград казань нижний-новгород "
    "ростов ростов-на-дону краснодар воронеж псков мурманск петрозаводск грозный махачкала сочи "
    "peterburg petersburg st-petersburg saint-petersburg kazan rostov krasnodar voronezh pskov",
    "Asia/Yekaterinburg": "челябинск уфа пермь тюмень chelyabinsk ufa perm tyumen",
    "Asia/Irkutsk": "улан-удэ ulan-ude бурятия",
    "Europe/Warsaw": "краків краков krakow вроцлав wroclaw гданськ гданьск gdansk",
    "Europe/Berlin": "мюнхен мюнхен munich гамбург hamburg",
    "Asia/Tbilisi": "батуми батумі batumi",
    "America/New_York": "вашингтон washington boston",
}


def find_zone(typed: str) -> str | None:
    """The IANA name of the zone that was meant, or None.

    Case, ё, hyphens and dots do not matter. A country counts where it has one zone
    (Ukraine: Kyiv). An offset is Etc/GMT, which has no summer time.
    """
    folded = _fold(typed)
    if offset := _OFFSET.fullmatch(re.sub(r"\s+", "", typed.lower().replace("−", "-"))):
        moscow = typed.lower().lstrip().startswith("мск")
        return _of_offset(offset[1], int(offset[2]) + 3 * moscow, offset[3] or "00")
    return _places().get(folded)


def nearest_places(typed: str, most: int = 3) -> list[str]:
    """Places we know whose names are nearly that, nearest first, in the letters they have."""
    near = difflib.get_close_matches(_fold(typed), _places(), n=most, cutoff=0.75)
    return [name.title() for name in near]


def _of_offset(sign: str, hours: int, minutes: str) -> str | None:
    if minutes != "00":
        return _UNEVEN.get(f"{sign}{hours}:{minutes}")
    if not hours:
        return "UTC"
    # POSIX counts the other way round: Etc/GMT-3 is three hours east.
    name = f"Etc/GMT{'-' if sign == '+' else '+'}{hours}"
    return name if name in available_timezones() else None


@cache
def _places() -> dict[str, str]:
    """Folded name -> IANA name. Later sources of names overrule earlier ones."""
    current: dict[str, str] = dict(get_global("zone_aliases"))
    found: dict[str, str] = {}
    for name in sorted(available_timezones()):
        if name.startswith(("posix/", "right/")) or name == "localtime":
            continue
        zone = current.get(name, name)
        found.setdefault(_fold(name), zone)
        if "/" in name and not name.startswith("Etc/"):
            found.setdefault(_fold(name.rpartition("/")[2]), zone)
    for lang in ("en_GB", "ru", "uk"):
        _add_names(Locale.parse(lang), current, found)
    for zone, names in _ALSO.items():
        found |= {_fold(name): zone for name in names.split()}
    found |= dict.fromkeys(("utc", "gmt", "z"), "UTC")
    return {name: zone for name, zone in found.items() if _exists(zone)}


def _add_names(locale: Locale, current: dict[str, str], found: dict[str, str]) -> None:
    for name, zone_names in locale.time_zones.items():
        if city := zone_names.get("city"):
            found[_fold(str(city))] = current.get(name, name)
    for territory, zones in get_global("territory_zones").items():
        country = locale.territories.get(territory)
        living = [zone for zone in zones if zone != "Europe/Simferopol"]
        if country and len(living) == 1:
            found.setdefault(_fold(country), living[0])


def _exists(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError):
        return False
    return True


def _fold(name: str) -> str:
    return re.sub(r"[\s_.’'`-]+", " ", name.casefold().replace("ё", "е")).strip()
