"""The packs' filters as read: reading 400 of them anew at every start would cost a second.

Equal parts are one object, as they are in the file: a group of words is in dozens of filters. The
file is made by `python -m filters.packs.build`. A filter whose text, or the text of a group in it,
is another by now is not found and is read as ever.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any, Final

import msgspec

from filters.nodes import (
    And,
    Entity,
    Facet,
    Group,
    In,
    Meta,
    Near,
    Node,
    Not,
    NotNear,
    Or,
    Phrase,
    Query,
    Regex,
    Word,
)

__all__ = ["dump", "load", "mark_of"]

_KINDS: Final[tuple[type[Any], ...]] = (
    *(Word, Phrase, Near, NotNear, And, Or, Not, In, Meta, Entity, Regex, Facet, Group),
)
_TAGS: Final = {kind: tag for tag, kind in enumerate(_KINDS)}
# Fields that hold a node, or a tuple of them; all others are plain values.
_NODES: Final = frozenset({"item", "left", "right"})
_SEVERAL: Final = frozenset({"items", "words"})
_GROUP: Final = re.compile(r"@([\w-]+)")


def mark_of(text: str, groups: Mapping[str, str]) -> bytes:
    """Says whether a filter is the same: its text and those of the groups in it, and in those."""
    told, named, open_ = [text], set[str](), [text]
    while open_:
        for name in _GROUP.findall(open_.pop()):
            if name not in named and name in groups:
                named.add(name)
                told.append(f"{name}={groups[name]}")
                open_.append(groups[name])
    return blake2b("\0".join([told[0], *sorted(told[1:])]).encode(), digest_size=12).digest()


def dump(queries: Mapping[bytes, Query]) -> bytes:
    """As `load` reads them: by `mark_of`."""
    numbers: dict[Node, int] = {}
    rows: list[list[Any]] = []

    def number(node: Node) -> int:
        found = numbers.get(node)
        if found is not None:
            return found
        row: list[Any] = [_TAGS[type(node)]]
        for name in node.__match_args__:
            value = getattr(node, name)
            if name in _SEVERAL:
                row.append([number(each) for each in value])
            else:
                row.append(number(value) if name in _NODES else value)
        rows.append(row)
        numbers[node] = len(rows) - 1
        return numbers[node]

    roots = {mark: [number(query.root), list(query.hints)] for mark, query in queries.items()}
    return zlib.compress(msgspec.msgpack.encode([rows, roots]), 9)


def load(kept: bytes) -> dict[bytes, Query]:
    """The filters by their mark, from what `dump` made."""
    rows, roots = msgspec.msgpack.decode(zlib.decompress(kept), type=_File)
    nodes: list[Any] = []
    plans = [tuple(_plan(kind)) for kind in _KINDS]
    for tag, *values in rows:
        nodes.append(
            _KINDS[tag](
                *(
                    value
                    if how == 0
                    else nodes[value]
                    if how == 1
                    else tuple(map(nodes.__getitem__, value))
                    for how, value in zip(plans[tag], values, strict=True)
                )
            )
        )
    return {mark: Query(nodes[root], tuple(hints)) for mark, (root, hints) in roots.items()}


_File = tuple[list[list[Any]], dict[bytes, tuple[int, list[str]]]]


def _plan(kind: type[Any]) -> Iterable[int]:
    """How each field of the kind is kept: 0 as it is, 1 a node, 2 nodes."""
    return (1 if name in _NODES else 2 if name in _SEVERAL else 0 for name in kind.__match_args__)
