"""Queries as text that reads back to the same query."""

from __future__ import annotations

import re
from typing import Final

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

__all__ = ["print_node", "print_query", "print_word"]

_RESERVED: Final = frozenset(
    {"AND", "OR", "NOT", "И", "ИЛИ", "НЕ", "ТА", "АБО", "І", "NEAR", "BEFORE", "ADJ"}
    | {"and", "or", "и", "или", "та", "або", "і", "чи", "same", "except", "кроме", "крім", "окрім"}
    | {"SENT", "SAME", "MAYBE", "PRE", "ONEAR", "W", "N"}
)
_BARE_VALUE: Final = re.compile(r"[^\s()\"«»“”„‟‹›,|\-–—−@/][^\s()\"«»“”„‟‹›,|]*")


def print_query(query: Query) -> str:
    """The filter as text; `parse` (with the same groups) gives an equal query."""
    return print_node(query.root)


def print_node(node: Node) -> str:
    """One node as text."""
    match node:
        case Word():
            quoted = node.text in _RESERVED and node.mode in ("form", "acronym")
            return f'"{node.text}"' if quoted else print_word(node)
        case Phrase():
            return '"' + " ".join(print_word(word) for word in node.words) + '"'
        case Near() | NotNear():
            return _near(node)
        case And():
            return " ".join(_inside(item, And, Near, NotNear, Not) for item in node.items)
        case Or():
            return ", ".join(_inside(item, Or, Near, NotNear, Not) for item in node.items)
        case Not():
            return "-" + _inside(node.item)
        case In():
            return f"{node.field}:{_inside(node.item)}"
        case Meta():
            if node.field == "source_id":
                return f"source:{node.value}"
            bare = _BARE_VALUE.fullmatch(node.value) and not _reads_as_number(node)
            return f"{node.field}:{node.value}" if bare else f'{node.field}:"{node.value}"'
        case Facet():
            return f"{node.field}:{node.value}"
        case Entity():
            return node.pattern
        case Regex():
            return f"/{node.pattern}/{'i' if node.ignore_case else ''}"
        case Group():
            return "@" + node.name


def print_word(word: Word) -> str:
    """A word with the sign of its mode."""
    if word.mode == "exact":
        return "=" + word.text
    return word.text + "*" if word.mode == "prefix" else word.text


def _reads_as_number(node: Meta) -> bool:
    return node.field == "source" and node.value.isdecimal()


def _near(node: Near | NotNear) -> str:
    name = "NOT" if isinstance(node, NotNear) else "BEFORE" if node.ordered else "NEAR"
    reach = str(node.distance) if node.unit == "words" else node.unit[0]
    return f"{_inside(node.left, Near, NotNear)} {name}/{reach} {_inside(node.right)}"


def _inside(node: Node, *plain: type) -> str:
    """A part, in parentheses unless it is a single thing or of a kind that needs none."""
    text = print_node(node)
    single = isinstance(node, Word | Phrase | Meta | Entity | Regex | Facet | Group | In)
    return text if single or isinstance(node, plain) else f"({text})"
