"""Entities and numbers that others found in a text, as filters ask for them.

`person:chikov` asks for an id, part by part: `*` stands for any one part, and parts
left out at the end for any (`unit:*:brigade:155`, `law:ru`). The last part may be
narrowed: `law:ru:337` is any part of the article, `law:ru:337/5` the fifth.
An offence by name, `law:ru:338~`, is its article too; `=law:ru:338` asks for the article
named itself. `count>=10` asks for a number: people counted, or (`term`) years of prison.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from filters.analysis import Analysis
from filters.document import TEXT, TITLE
from filters.entities.court_places import asked_place
from filters.intervals import Interval
from filters.nodes import Entity, Regex

__all__ = ["ENTITY_KINDS", "entity", "kind_of", "names", "places", "searched"]

ENTITY_KINDS: Final = ("person", "org", "place", "unit", "court", "law")
_ID: Final = re.compile(r"(?:[a-z]+|=law)(?::[\w.*/\-]+)+")
_NUMBER: Final = re.compile(r"(count|term)(>=|<=|=|>|<)(\d+(?:\.\d+)?)")
_KIND: Final = re.compile("=?([a-z]*)")
_VALUE: Final = re.compile(r"\d+(?:\.\d+)?$")
_COMPARE: Final[Mapping[str, Callable[[float, float], bool]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}


def entity(written: str) -> Entity | None:
    """The entity a query asks for, or None where it is not written as one."""
    pattern = written.lower()
    if pattern.startswith("court:") and pattern.count(":") == 2:
        _, kind, place = pattern.split(":")
        pattern = f"court:{kind}:{asked_place(kind, place)}"
    whole = _ID.fullmatch(pattern) or _NUMBER.fullmatch(pattern)
    return Entity(pattern) if whole else None


def kind_of(pattern: str) -> str:
    """The kind of entity a pattern asks for: "law", "count"."""
    return _KIND.match(pattern)[1]  # type: ignore[index]


@lru_cache(maxsize=1 << 14)
def names(pattern: str, mention: str) -> bool:
    """Whether an entity's id, or a number's, is one the pattern asks for."""
    number = _NUMBER.fullmatch(pattern)
    if number:
        value = _VALUE.search(mention)
        if not value or mention.partition(":")[0] != number[1]:
            return False
        return _COMPARE[number[2]](float(value[0]), float(number[3]))
    if pattern.startswith("="):
        if mention.endswith("~"):
            return False
        pattern = pattern[1:]
    asked, given = pattern.split(":"), mention.lower().rstrip("~?").split(":")
    if len(asked) > len(given):
        return False
    return all(
        want in ("*", have) or have.startswith(want + "/")
        for want, have in zip(asked, given, strict=False)
    )


def places(asked: Entity, analysis: Analysis, field: str) -> list[Interval]:
    """Where the entities a query asks for stand, in a field or ("") in both."""
    found: set[Interval] = set()
    for mention in analysis.mentions_of(kind_of(asked.pattern)):
        if field in ("", mention.field) and names(asked.pattern, mention.id):
            words = analysis.positions_of(mention.field, mention.start, mention.end)
            if words:
                first, last = words
                found.add((first, last, ((first, last),)))
    return sorted(found)


def searched(regex: Regex, analysis: Analysis, field: str) -> list[Interval]:
    """The words a regular expression touches, in a field or ("") in both."""
    found: set[Interval] = set()
    for name in (field,) if field else (TITLE, TEXT):
        for start, end in analysis.regexes.places(regex, name):
            words = analysis.positions_of(name, start, end)
            if words:
                first, last = words
                found.add((first, last, ((first, last),)))
    return sorted(found)
