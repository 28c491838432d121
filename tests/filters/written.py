"""Texts that a regular expression reads, for tests: much faster than Hypothesis makes them."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from functools import cache
from typing import Any

__all__ = ["SIGNS", "written"]

# What may stand between: signs that part words, and those that only seem to.
SIGNS = [" ", " ", " в ", ", ", "_", "'", "''", "-", "\n", "’", "", "е́", " 5 "]
_LETTERS = "аеиікмнорстуьщіabdeint0159_'"


def written(source: str, chosen: random.Random) -> str:
    """A text that the pattern reads, looking round aside."""
    return _read(_parsed(source), chosen)


@cache
def _parsed(source: str) -> Any:
    """Reading a long pattern costs much more than writing a text for it."""
    return re._parser.parse(source)  # type: ignore[attr-defined]


def _read(pieces: Iterable[Any], chosen: random.Random) -> str:
    text = ""
    for kind, what in pieces:
        name = str(kind)
        if name == "LITERAL":
            text += chr(what)
        elif name == "BRANCH":
            text += _read(chosen.choice(what[1]), chosen)
        elif name == "SUBPATTERN":
            text += _read(what[3], chosen)
        elif name in ("MAX_REPEAT", "MIN_REPEAT"):
            least, most, inner = what
            times = chosen.randint(least, min(int(most), least + 2))
            text += "".join(_read(inner, chosen) for _ in range(times))
        elif name in ("IN", "ANY", "NOT_LITERAL"):
            text += _one_of(what, chosen) if name == "IN" else chosen.choice(_LETTERS)
    return text


def _one_of(members: Any, chosen: random.Random) -> str:
    kind, what = members[-1] if str(members[0][0]) == "NEGATE" else chosen.choice(members)
    name = str(kind)
    if str(members[0][0]) == "NEGATE":
        return chosen.choice("ая1 .")
    if name == "RANGE":
        return chr(chosen.randint(*what))
    if name == "CATEGORY":
        return chosen.choice({"SPACE": " \n", "DIGIT": "0123456789"}.get(str(what)[9:], _LETTERS))
    return chr(what)
