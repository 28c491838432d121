"""Queries as text that reads back to the same query."""

from __future__ import annotations

import re
from typing import Final

from filters.elsewhere import refuse_foreign
from filters.errors import QueryError
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
_SIGNS: Final = re.compile(
    r"""(?x) (?: не|not|без|without|но|але|but|а|and|та|і|й|и|or|или|або|чи|xor|andnot|except|кроме
    |крім|окрім|near|within|adj|pre|onear|before|w|n|s|p|same|sent|sentence|paragraph|around|atleast
    |maybe|рядом|перед|поруч|any|all|none|either|followed|by|count|term|title|text|site )[0-9]*"""
)
"""Words that may be signs, here or in other languages of search, beside certain others."""
_BARE_VALUE: Final = re.compile(r"[^\s()\"«»“”„‟‹›,|\-–—−@/][^\s()\"«»“”„‟‹›,|]*")


def print_query(query: Query) -> str:
    """The filter as text; `parse` (with the same groups) gives an equal query.

    A word that may be a sign, here or in another language of search, is quoted; so is each word
    where several together would be one.
    """
    text = print_node(query.root)
    try:
        refuse_foreign(text)
    except QueryError:
        return _node(query.root, quoted=True)
    return text


def print_node(node: Node) -> str:
    """One node as text."""
    return _node(node, quoted=False)


def _node(node: Node, *, quoted: bool) -> str:
    def inside(item: Node, *plain: type) -> str:
        """A part, in parentheses unless it is a single thing or of a kind that needs none."""
        single = isinstance(item, Word | Phrase | Meta | Entity | Regex | Facet | Group | In)
        text = _node(item, quoted=quoted)
        return text if single or isinstance(item, plain) else f"({text})"

    match node:
        case Word():
            sign = node.text in _RESERVED or _SIGNS.fullmatch(node.text)
            apart = node.mode != "prefix" and (sign or quoted)
            return f'"{print_word(node)}"' if apart else print_word(node)
        case Phrase():
            return '"' + " ".join(print_word(word) for word in node.words) + '"'
        case Near() | NotNear():
            name = "NOT" if isinstance(node, NotNear) else "BEFORE" if node.ordered else "NEAR"
            reach = str(node.distance) if node.unit == "words" else node.unit[0]
            return f"{inside(node.left, Near, NotNear)} {name}/{reach} {inside(node.right)}"
        case And():
            return " ".join(inside(item, And, Near, NotNear, Not) for item in node.items)
        case Or():
            return ", ".join(inside(item, Or, Near, NotNear, Not) for item in node.items)
        case Not():
            return "-" + inside(node.item)
        case In():
            return f"{node.field}:{inside(node.item)}"
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
