# ruff: noqa: E501 (tables of words read better unbroken)
"""The places courts are named for: one id from three languages, by packs/data/courts.toml.

«Читинский», «Читинського», «в Чите» and "Chita" are `chita`. A place that the table has not
is the stem of its name in Latin letters, which is often the same from all three: Псковский
-> pskov, Стрийський -> stryi, Pechersk -> pecher.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Final

from filters.entities.windows import lazy

__all__ = ["DIRECTIONS", "asked_place", "court_place", "court_town", "known_places"]

DIRECTIONS: Final = (
    ("western", "западн західн western"),
    ("eastern", "восточн східн eastern"),
    ("southern", "южн південн southern"),
    ("northern", "северн північн northern"),
    ("central", "центральн central"),
    ("volga", "приволжск"),
    ("ural", "уральск"),
)
"""Parts of a country that courts are named for, and how the words begin."""

_RUSSIAN: Final = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфыэёіїєґьъ'", [*"abvgdeziyklmnoprstufyee", "i", "i", "e", "g", "", "", ""], strict=True))
    | {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya"}
)  # fmt: skip
_UKRAINIAN: Final = _RUSSIAN | str.maketrans(
    {"и": "y", "г": "h", "й": "i", "є": "ie", "ю": "iu", "я": "ia"}
)
_ADJECTIVE_END: Final = lazy(
    r"(?:(?:ск|ськ|зьк|(?<=ц)к|(?<=ц)ьк)(?:ий|ого|ому|им|ом|ім|ій|их|ая|ой|ую)|(?<=[нчвц])(?:ый|ого|ому|ым|ом|ий|им))(?=$|-на-)"
)
_UKRAINIAN_END: Final = lazy(r"ьк(?:ий|ого|ому|им|ім|ій|их)$|[іїєґ]|ньому$")
_ENGLISH_END: Final = lazy(r"(?:sk(?:yi|yy|iy|y|ii|i)?|nyi|nyy)$")
_CASE_END: Final = lazy(r"(?<=[бвгджзклмнпрстфхцчшщ])(?:е|у|и|і|а|ом)$")
_NOUN_END: Final = lazy(r"[аеиоуыэюяій]+$")
# Russian and Ukrainian letters of one sound.
_ONE_SOUND: Final = str.maketrans("ёєэіїыйґ", "еееиииих", "ьъ'-") | str.maketrans("г", "х")


@dataclass(slots=True)
class _Table:
    """Ids by how a place sounds in Cyrillic letters, and by the stem of its Latin ones."""

    sounds: dict[str, str] = field(default_factory=dict)
    stems: dict[str, str] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)


def court_place(kind: str, written: str, *, noun: bool = False) -> str:
    """The last part of a court's id: from an adjective («Читинского», "Chita") or from the
    town a court is in (`noun`: «в Чите»)."""
    stem = _stem(written, noun=noun)
    tables = _tables()
    for table in (tables.get(kind), tables["places"]):
        if table is None:
            continue
        found = table.stems.get(stem) if written.isascii() else table.sounds.get(_sound(written))
        if found is not None:
            return found
    return stem


def asked_place(kind: str, part: str) -> str:
    """The same of an id's last part as somebody typed it: `novosibirsk`, `chitinsky`."""
    return court_place(kind, part.replace("-", " ").title()) if part.isascii() else part


def known_places(kind: str) -> frozenset[str]:
    """The places that courts of the kind are known for, as in their ids."""
    tables = _tables()
    own = tables.get(kind)
    return frozenset(
        {*(own.names if own else ()), *tables["places"].names, *(name for name, _ in DIRECTIONS)}
    )


def court_town(id_: str) -> Mapping[str, str]:
    """The names of the town in a court's id by language, "en" at least; none where the id has
    no town or one that no table knows."""
    from filters.towns import town_of  # it declines names, which need all of this package

    _, kind, *rest = id_.split(":")
    if not rest or rest[0] == "unnamed":
        return {}
    place = rest[0]
    for table in (_tables().get(kind), _tables()["places"]):
        for spelling in table.names.get(place, ()) if table else ():
            if (town := town_of(spelling)) is not None:
                return town.names
    for spelling in (place, f"{place}sk"):
        if (town := town_of(spelling)) is not None:
            return town.names
    return {}


def _sound(written: str) -> str:
    """A place's name without its ending and what two languages write otherwise."""
    return "".join(
        (_ADJECTIVE_END.sub("", word) if _ADJECTIVE_END.search(word) else _NOUN_END.sub("", word))
        for word in written.lower().split()
    ).translate(_ONE_SOUND)


def _stem(place: str, *, noun: bool = False) -> str:
    """A place as Latin letters, without its adjective's or (`noun`) its case's ending."""
    parts: list[str] = []
    for word in place.lower().split():
        told = next(
            (name for name, stems in DIRECTIONS if word.startswith(tuple(stems.split()))), None
        )
        if told and "-" not in word:
            parts.append(told)
        elif word.isascii():
            parts.append(_ENGLISH_END.sub("", word.removesuffix("'s")))
        else:
            bare = _CASE_END.sub("", word) if noun else _ADJECTIVE_END.sub("", word)
            if _UKRAINIAN_END.search(word):
                parts.append(bare.translate(_UKRAINIAN))
            else:
                parts.append(re.sub(r"(?<!\w)е", "ye", bare).translate(_RUSSIAN))
    return "-".join(parts)


@cache
def _tables() -> Mapping[str, _Table]:
    """The table of all kinds of court (`places`) and those of one kind. Read once."""
    text = resources.files("filters.packs").joinpath("data", "courts.toml").read_text("utf-8")
    tables: dict[str, _Table] = {}
    for kind, rows in tomllib.loads(text).items():
        table = tables[kind] = _Table()
        for id_, spellings in rows.items():
            table.stems[id_] = id_
            table.names[id_] = spellings.split()
            for spelling in spellings.split():
                if spelling.isascii():
                    for form in (spelling, spelling.replace("-", " ")):
                        table.stems[_stem(form)] = id_
                else:
                    table.sounds[_sound(spelling)] = id_
    return tables
