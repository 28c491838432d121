"""What narrows a topic, as people type it: words that must be there, and what is left out.

    parse_narrowing("кроме Псков, Бурятия")        # as -(Псков, Бурятия)
    parse_narrowing("-source:3 NOT stage:verdict")

Beside a topic an exclusion alone makes sense, as it does not in a filter: all of this except.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from filters.elsewhere import OPAQUE
from filters.nodes import And, Not, Query
from filters.query import parse

__all__ = ["as_typed", "excludes_only", "left_out", "parse_narrowing", "together"]

_DASH: Final = re.compile(r"(?<![^\s(])[−–—](?=[\w\"«“„(=@])")  # phones make one of a hyphen
_NOT: Final = re.compile(r"(?<![^\s(])(?:NOT|НЕ)\s+(?=[\w(_=@\"«“„])")
_COMMA: Final = re.compile(r"\s*,\s*(?=-[\w(_=@])")
_LISTED: Final = re.compile(r"(?<![^\s])-=?[\w'’*-]+(?:\s*,\s*=?[\w'’*]+)+(?!\S*:)")
_ONE: Final = re.compile(r"(?<!\S)-(?:\([^()]*\)|[^\s()]+)(?!\S)")
_EXCEPT: Final = re.compile(
    r"(?<!\S)(?:за исключением|за винятком|but not|кроме|крім|окрім|без|except|without)[ \t:]+",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(
    r"\s*,\s*(?:(?:и|та|і|or|and|или|або)\s+)?|\s+(?:и|та|і|and|или|або|or)\s+"
)
_LIST_ENDS: Final = re.compile(r"(?<!\S)(?:-|NOT\b|НЕ\b|\w+:)")


def parse_narrowing(text: str, groups: Mapping[str, str] = {}, *, kept: bool = False) -> Query:
    """The narrowing; it may only exclude. Raises QueryError.

    One that was `kept` is in the filter language already, and means what it meant then.
    """
    return parse(text if kept else as_typed(text), groups, kept=kept, free=True)


def as_typed(text: str) -> str:
    """The same in the filter language: «кроме …», «без …», `except …` become exclusions.

    What follows such a word up to the next one is a list; a `field:` ends it.
    """
    body = _put(_NOT, "-", _put(_DASH, "-", text))
    body = _put(_COMMA, " ", body)
    body = _lists(body)
    bare = _bare(body)
    marks = list(_EXCEPT.finditer(bare))
    if not marks:
        return " ".join(body.split())
    parts = [body[: marks[0].start()]]
    for mark, after in zip(marks, [*marks[1:], None], strict=True):
        end = len(body) if after is None else after.start()
        parts.append(_excluded(body[mark.end() : end], bare[mark.end() : end]))
    return " ".join(" ".join(parts).split())


def _bare(text: str) -> str:
    return OPAQUE.sub(lambda found: "_" * len(found[0]), text)


def _put(sign: re.Pattern[str], by: str, text: str) -> str:
    """Every place of the sign outside of quotation marks replaced."""
    for found in reversed([*sign.finditer(_bare(text))]):
        text = text[: found.start()] + by + text[found.end() :]
    return text


def _lists(text: str) -> str:
    """`-a, b` as `-(a, b)`: who leaves out a list of names leaves out all of them."""
    for found in reversed([*_LISTED.finditer(_bare(text))]):
        listed = text[found.start() + 1 : found.end()]
        text = f"{text[: found.start()]}-({listed}){text[found.end() :]}"
    return text


def excludes_only(query: Query) -> bool:
    """Whether it only says what is left out."""
    root = query.root
    items = root.items if isinstance(root, And) else (root,)
    return all(isinstance(each, Not) for each in items)


def left_out(narrowing: str) -> str:
    """What an exclusion leaves out, as a list; "" for a narrowing that says something else too."""
    bare = _bare(narrowing)
    found = [*_ONE.finditer(bare)]
    if not found or _ONE.sub("", bare).strip():
        return ""
    parts = (narrowing[each.start() + 1 : each.end()].strip("()") for each in found)
    return ", ".join(parts)


def together(first: str, second: str) -> str:
    """Both at once, of two narrowings as they are typed."""
    return " ".join(f"({each})" if "," in each else each for each in (first, second) if each)


def _excluded(typed: str, bare: str) -> str:
    """`-a`, or `-(a, b)` of a list; what follows a list stays as it is."""
    ends = _LIST_ENDS.search(bare)
    own = ends is None or ends.start() > 0
    upto = len(typed) if ends is None or not own else ends.start()
    if ends is not None and not own:  # кроме source:3
        upto = next((each.start() for each in _LIST_ENDS.finditer(bare, 1)), len(typed))
    listed, rest = typed[:upto].strip(" ,."), typed[upto:]
    cuts = [0]
    for found in _BETWEEN.finditer(bare[:upto].rstrip(" ,.")):
        cuts += [found.start(), found.end()]
    cuts.append(len(listed))
    items = [listed[a:b].strip() for a, b in zip(cuts[::2], cuts[1::2], strict=True)]
    items = [each.removeprefix("-") for each in items if each]
    if len(items) == 1 and (" " not in items[0] or OPAQUE.fullmatch(items[0])):
        return f"-{items[0]} {rest}"
    return f"-({', '.join(items)}) {rest}" if items else rest
