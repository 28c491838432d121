"""What buttons narrow a topic by: kinds, languages, sources and eras as lists in a narrowing.

    chosen("Псков kind:court,media", "kind")              # ("court", "media")
    choose("Псков kind:court", "kind", ("media",))        # "Псков kind:media"

All other words of a narrowing stay as they were typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from filters.elsewhere import OPAQUE

__all__ = ["FIELDS", "choose", "chosen", "without_choices"]

FIELDS: Final = ("kind", "lang", "source", "era")

_CHOICE: Final = re.compile(
    r"(?<!\S)(kind|lang|source|era):([a-z]+(?:,[a-z]+)*|\d+(?:,\d+)*)(?!\S)"
)

_OPERATORS: Final = {"NOT", "НЕ", "AND", "И", "ТА", "І"}


def chosen(narrowing: str, field: str) -> tuple[str, ...]:
    """The values of the field that stand in it as a list by itself."""
    return tuple(
        value for found in _choices(narrowing) if found[1] == field for value in found[2].split(",")
    )


def choose(narrowing: str, field: str, values: Sequence[str]) -> str:
    """The narrowing with exactly these values of the field; none: with any."""
    kept = {each: chosen(narrowing, each) for each in FIELDS} | {field: tuple(values)}
    rest = without_choices(narrowing)
    lists = [f"{each}:{','.join(dict.fromkeys(kept[each]))}" for each in FIELDS if kept[each]]
    if rest and lists and _is_list(rest):
        rest = f"({rest})"
    return " ".join(filter(None, (rest, *lists)))


def without_choices(narrowing: str) -> str:
    """What was typed beside them."""
    for found in reversed([*_choices(narrowing)]):
        narrowing = narrowing[: found.start()] + narrowing[found.end() :]
    return " ".join(narrowing.split()) if '"' not in narrowing else narrowing.strip()


def _choices(narrowing: str) -> Iterator[re.Match[str]]:
    """Lists that hold for all of it: not in parentheses, quotes, or one of alternatives."""
    bare = _bare(narrowing)
    return (
        found
        for found in _CHOICE.finditer(bare)
        if _depth(bare[: found.start()]) == 0
        and not _is_list(_CHOICE.sub("", bare))
        and not _is_joined(bare[: found.start()], bare[found.end() :])
    )


def _is_joined(before: str, behind: str) -> bool:
    """Whether an operator takes what stands between: it was typed, and goes only with it."""
    return {*before.split()[-1:], *behind.split()[:1]} & _OPERATORS != set()


def _bare(text: str) -> str:
    return OPAQUE.sub(lambda found: "_" * len(found[0]), text)


def _depth(text: str) -> int:
    return text.count("(") - text.count(")")


def _is_list(text: str) -> bool:
    """Whether it holds alternatives outside of all parentheses."""
    bare = re.sub(r"\([^()]*\)", "()", re.sub(r"\([^()]*\)", "()", _bare(text)))
    return bool(re.search(r",|\||(?<!\S)(?:OR|ИЛИ|АБО|or|или|або)(?!\S)", bare))
