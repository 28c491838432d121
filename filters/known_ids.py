"""Ids in a query that no text can ever hold, and the nearest ones that it may.

    nearest("unit:ru:brigad:155", names)   # ("unit:ru:brigade:155",)
    nearest("law:ru:337", names)           # None: that is one

People, organisations and places are those known by name. Articles, units and courts follow
rules, which say which countries, codes, kinds and numbers there are.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Final

from filters.entities.court_places import known_places
from filters.entities.courts import COURT_KINDS
from filters.entities.units import UNIT_KINDS
from filters.nodes import Entity, Query, typed_leaves

__all__ = ["CODES", "nearest", "unknown_ids"]

CODES: Final[Mapping[str, int]] = {
    "ru": 361, "ua": 447, "by": 466, "kz": 467, "us": 999, "ru.koap": 0, "ua.kupap": 0,
    "by.koap": 0, "kz.koap": 0, "us.ucmj": 0,
}  # fmt: skip
"""Codes of law by country, and the last article of a criminal one; 0: any number."""

_LISTED: Final = ("person", "org", "place")
_COUNTRIES: Final = ("ru", "ua", "xx")
_HIGHEST: Final = ("supreme", "echr")
_NEAREST: Final = 3
_ARTICLE: Final = re.compile(r"(\d+)(?:[.-]\d+)*(?:/[\w.]+)?")


def nearest(pattern: str, names: Collection[str]) -> tuple[str, ...] | None:
    """None where a text may hold what the pattern asks for; else up to three ids like it that
    it may, the likest first. `names` are the ids known by name."""
    head = "=" * pattern.startswith("=")
    kind, *parts = pattern.removeprefix("=").split(":")
    check = _CHECKS.get(kind)
    if kind in _LISTED:
        found = _listed(kind, parts, names)
    elif check is not None and not _is_named(pattern, names):
        found = check(parts)
    else:
        found = None
    return None if found is None else tuple(f"{head}{kind}:{each}" for each in found[:_NEAREST])


def unknown_ids(query: Query, names: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The ids in a query that no text can ever hold, each with the nearest that it may."""
    asked = [leaf.pattern for leaf in typed_leaves(query.root) if isinstance(leaf, Entity)]
    found = {pattern: nearest(pattern, names) for pattern in asked}
    return {pattern: near for pattern, near in found.items() if near is not None}


def _is_named(pattern: str, names: Collection[str]) -> bool:
    return pattern.removeprefix("=") in names


def _listed(kind: str, parts: list[str], names: Collection[str]) -> list[str] | None:
    if len(parts) != 1 or "*" in parts[0]:
        return None
    of_kind = [name.partition(":")[2] for name in names if name.startswith(f"{kind}:")]
    if any(name.rstrip("~?") == parts[0] for name in of_kind):
        return None
    return get_close_matches(parts[0], of_kind, _NEAREST, 0.6)


def _law(parts: list[str]) -> list[str] | None:
    code, *rest = parts
    codes = [code] if code == "*" else _like(code, CODES)
    if not rest or rest[0] == "*":
        return None if code in codes else codes
    number = _ARTICLE.fullmatch(rest[0].rstrip("~?"))
    if code in codes and number and (code == "*" or _there(code, int(number[1]))):
        return None
    if number is None:
        return codes
    # The article is there, in another country's code.
    codes = [each for each in codes if each != "*" and _there(each, int(number[1]))]
    others = [each for each in ("ru", "ua") if _there(each, int(number[1]))]
    return [f"{each}:{rest[0]}" for each in dict.fromkeys(codes or others)]


def _there(code: str, number: int) -> bool:
    return 0 < number <= (CODES[code] or number)


def _unit(parts: list[str]) -> list[str] | None:
    country, kind, *rest = [*parts, "*"] if len(parts) == 1 else parts
    countries = [country] if country == "*" else _like(country, _COUNTRIES)
    kinds = [kind] if kind == "*" else _like(kind, UNIT_KINDS)
    if country in countries and kind in kinds:
        return None
    where = countries or ["*"]
    return [":".join([place, each, *rest]) for place in where for each in kinds]


def _court(parts: list[str]) -> list[str] | None:
    kind, *rest = parts
    kinds = [kind] if kind == "*" else _like(kind, (*COURT_KINDS, *_HIGHEST))
    if kind not in kinds:
        return [":".join([each, *rest]) for each in kinds]
    places = known_places(kind)
    if kind in ("*", *_HIGHEST) or not rest or rest[0] in ("*", "unnamed") or rest[0] in places:
        return None
    # The table holds the towns of all garrison courts; of others a stem may be one.
    near = get_close_matches(rest[0], places, _NEAREST, 0.6)
    return [f"{kind}:{each}" for each in near] if near or kind in _TABLED else None


_TABLED: Final = ("garrison", "fleet", "military-district")


def _like(typed: str, known: Collection[str]) -> list[str]:
    """Itself where it is known, else what is like it."""
    near = get_close_matches(typed, known, _NEAREST, 0.6)
    return [typed] if typed in known else sorted(near, key=lambda each: each[:1] != typed[:1])


_CHECKS: Final = {"law": _law, "unit": _unit, "court": _court}
