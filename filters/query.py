"""The filter language: text -> query, and back.

`parse` reads, `print_query` writes; `parse(print_query(q)) == q`. Errors say where, what was
expected and how to mend it, in three languages; a mend that is shown reads. The grammar is in
query.lark (`filters.syntax`), its tree becomes nodes in `filters.building`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from filters.anchors import anchored
from filters.building import MAX_DISTANCE, read
from filters.describe import describe
from filters.elsewhere import OPAQUE
from filters.errors import QueryError
from filters.nodes import And, Node, Not, Or, Query
from filters.printing import print_query
from filters.word_groups import groups_in

__all__ = [
    "MAX_DISTANCE",
    "Query",
    "QueryError",
    "describe",
    "groups_in",
    "is_anchored",
    "parse",
    "print_query",
]

_LOWER_OPERATOR: Final = re.compile(r"(?<![^\s()])(?:not|near)(?![^\s()])")
_MAX_MEND_STEPS: Final = 12
_MOST_READINGS: Final = 4  # more are not read by anybody
_LONG_QUERY_LETTERS: Final = 1_000


def parse(
    text: str, groups: Mapping[str, str] = {}, *, kept: bool = False, free: bool = False
) -> Query:
    """Reads a filter. `groups` gives the texts of word groups by name, without "@".

    Raises QueryError: nothing else, whatever the text. What another search would read
    otherwise is refused with the filter rewritten; a filter that was `kept` before such a
    question was asked is read as it was then. One that is `free` stands beside another, as
    what narrows a topic does: it may only exclude, and then matches nearly everything.
    """
    known = tuple(groups.items())
    try:
        root = _root(text, known, ask=True, free=free)
    except QueryError as error:
        if kept:
            return Query(_root(text, known, ask=False, free=free))
        _put_right(
            error, groups, _MAX_MEND_STEPS if len(text) <= _LONG_QUERY_LETTERS else 1, free=free
        )
        raise
    hints = []
    if _LOWER_OPERATOR.search(OPAQUE.sub('""', text)):
        hints.append("Operators are written in capitals: OR, AND, NOT.")
    return Query(root, tuple(hints))


@lru_cache(maxsize=512)
def _root(text: str, groups: tuple[tuple[str, str], ...], *, ask: bool, free: bool) -> Node:
    """A filter read: who saves one has it compared with all others, each time."""
    return read(text, dict(groups), (), ask=ask, free=free)


def _put_right(error: QueryError, groups: Mapping[str, str], steps: int, *, free: bool) -> None:
    """Leaves of an error's mend and readings what reads, mended again where that is needed."""
    found = [_righted(each, groups, steps, free=free) for each in error.readings or (error.mend,)]
    right = _likely(tuple(dict.fromkeys(each for several in found for each in several)), groups)
    error.readings = right if len(right) > 1 else ()
    error.mend = right[0] if right else ""


def _likely(readings: tuple[str, ...], groups: Mapping[str, str]) -> tuple[str, ...]:
    """The first few meanings, one of each, without those that nobody means: "this, or anything
    without that"."""
    if len(readings) < 2:
        return readings
    found: dict[Node, str] = {}
    for each in readings:
        found.setdefault(read(each, groups, (), free=True), each)
    meant = {node: text for node, text in found.items() if not _hangs(node)} or found
    return tuple(meant.values())[:_MOST_READINGS]


def _hangs(node: Node) -> bool:
    """Whether an alternative of it only excludes."""
    if isinstance(node, Or):
        return any(isinstance(each, Not) or _hangs(each) for each in node.items)
    return isinstance(node, And) and any(map(_hangs, node.items))


def _righted(text: str, groups: Mapping[str, str], steps: int, *, free: bool) -> tuple[str, ...]:
    for _ in range(steps if text else 0):
        try:
            read(text, groups, (), free=free)
        except QueryError as error:
            if error.readings:
                half = steps // 2
                several = [_righted(each, groups, half, free=free) for each in error.readings]
                return tuple(dict.fromkeys(each for found in several for each in found))
            if not error.mend or error.mend == text:
                return ()
            text = error.mend
        else:
            return (text,)
    return ()


def is_anchored(query: Query) -> bool:
    """Whether the query asks for something to be there, so that an index can find it."""
    return anchored(query.root)
