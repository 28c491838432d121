"""The grammar of filters, and what is done to a text before it gets there.

Lists of plain words are nine tenths of the packs: each is taken whole, as one token. Several
values behind one field are opened into a list.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

from filters.elsewhere import OPAQUE

if TYPE_CHECKING:  # loaded with the first text that is parsed: the packs come parsed
    from lark import Lark

__all__ = ["PLAIN_ITEM", "PLAIN_LIST", "grammar", "lists_opened"]

# Lists of plain words, phrases and groups with commas make nine tenths of the packs. Each is
# taken whole, as one token of the grammar; whatever is not so plain goes the usual way.
_PLAIN: Final = (
    r"(?:(?!(?:AND|И|ТА|І|OR|ИЛИ|АБО|NOT|НЕ|and|и|та|і|or|или|або|чи)[\s(),])=?\w[\w'’*\-]*+"
    r"|@[\w\-]++|=?\"[^\"]*+\")"
)
PLAIN_ITEM: Final = re.compile(_PLAIN)
_PLAIN_BODY: Final = rf"\s*+{_PLAIN}(?:\s*+,\s*+{_PLAIN})++\s*+"
PLAIN_LIST: Final = re.compile(_PLAIN_BODY)
_LISTED_VALUES: Final = re.compile(
    r"(?<![^\s(\-–—])((?:title|text|source|kind|lang|author|url|tag|fwd|has):)"
    r"([^\s()\"«»,:]+(?:,[^\s()\"«»,:]+)+)(?=[\s)]|$)",
    re.IGNORECASE,
)
_LISTED_NAMES: Final = re.compile(
    r"(?<![^\s(\-–—])((?:army|stage|era|person|org|place|unit|court|law):)"
    r"([^\s()\"«»,]+(?:,[^\s()\"«»,]+)+)(?=[\s)]|$)",
    re.IGNORECASE,
)


def lists_opened(text: str) -> str:
    """`kind:media,court` as `kind:(media, court)`, and `army:ru,ua` as both apart."""

    def values(found: re.Match[str]) -> str:
        return f"{found[1]}({', '.join(found[2].split(','))})"

    def names(found: re.Match[str]) -> str:
        named = [each if ":" in each else found[1] + each for each in found[2].split(",")]
        return f"({', '.join(named)})"

    out, last = "", 0
    for opaque in [*OPAQUE.finditer(text), None]:
        piece = text[last : opaque.start() if opaque else None]
        out += _LISTED_NAMES.sub(names, _LISTED_VALUES.sub(values, piece))
        if opaque:
            out += opaque[0]
            last = opaque.end()
    return out


@cache
def grammar(*, plain_lists: bool) -> Lark:
    """The grammar; with `plain_lists` a list of plain items in parentheses is one token."""
    from lark import Lark

    text = resources.files("filters").joinpath("query.lark").read_text(encoding="utf-8")
    if plain_lists:
        text = text.replace("| paren | scoped", "| paren | scoped | PLAIN")
        text += f"PLAIN.6: /\\({_PLAIN_BODY}\\)/\n"
    return Lark(
        text, parser="lalr", lexer="basic", propagate_positions=False, maybe_placeholders=False
    )
