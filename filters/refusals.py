"""Refusals of a query: the place, what was expected, and a mend.

What other languages of search write is in `filters.elsewhere`; here is what is too much,
what the grammar refuses, and words that only the grammar tells from others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from filters.elsewhere import FIELDS, OPAQUE, refuse_foreign
from filters.errors import QueryError
from filters.mentions import ENTITY_KINDS
from filters.meta import FACET_FIELDS, META_FIELDS
from filters.normalize import words

if TYPE_CHECKING:
    from lark import Token, Tree
    from lark.exceptions import UnexpectedInput

__all__ = [
    "MIN_PREFIX",
    "explained",
    "refuse_early",
    "refuse_habits",
    "refuse_stars",
    "replaced",
    "start_of",
]

MAX_LENGTH: Final = 20_000
MAX_TOKENS: Final = 1_200
MAX_DEPTH: Final = 40
MIN_PREFIX: Final = 3

_PROXIMITY: Final = re.compile(r"(?:NEAR|BEFORE|ADJ|WITHIN|ONEAR)|(?:NEAR|BEFORE)/\w*")


def refuse_early(text: str, *, ask: bool = True) -> None:
    """What would cost too much, or is better said before the grammar sees it.

    Without `ask` other languages' signs are read as they always were.
    """
    if not text.strip(" \t\r\n,"):
        raise QueryError(0, "Nothing to look for: type a word.", text=text)
    if len(text) > MAX_LENGTH:
        raise QueryError(
            MAX_LENGTH, "A filter may have {most} characters.", {"most": str(MAX_LENGTH)}
        )
    bare = OPAQUE.sub(lambda m: "_" * len(m[0]), text)
    depth = 0
    for place in re.finditer(r"[()]", bare):
        depth += 1 if place[0] == "(" else -1
        if depth > MAX_DEPTH:
            raise QueryError(place.start(), "Parentheses are nested too deep.", text=text)
    pieces = len(re.findall(r"[^\s()|,]+|[()|,]", bare)) + len(OPAQUE.findall(text))
    if max(pieces, len(words(text))) > MAX_TOKENS:
        raise QueryError(
            0, "A filter may have {most} words and signs; split it.", {"most": str(MAX_TOKENS)}
        )
    if ask:
        refuse_foreign(text)


def _mended(text: str, start: int, end: int, instead: str) -> str:
    return (text[:start] + instead + text[end:]).strip()


_NAMES: Final[Mapping[str, str]] = {
    "WORD": "a word",
    "ENTITY": "person:name",
    "FACET": "army:ru",
    "PHRASE": "a phrase",
    "LPAR": "(",
    "RPAR": ")",
    "GROUP": "@group",
    "SCOPE": "field:",
    "NEAR": "NEAR/5",
    "AND": "AND",
    "OR": "OR",
    "COMMA": ",",
    "NOT": "NOT",
    "MINUS": "-",
    "REGEX": "/regex/",
    "$END": "the end",
}


def explained(text: str, error: UnexpectedInput) -> QueryError:
    """A refusal of the grammar in a person's words."""
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    if isinstance(error, UnexpectedCharacters):
        return _bad_character(text, error.pos_in_stream or 0)
    if not isinstance(error, UnexpectedToken):
        return QueryError(len(text), "The filter breaks off.", text=text)
    token = error.token
    names = {_NAMES[name] for name in error.accepts or error.expected if name in _NAMES}
    expected = tuple(sorted(names))
    if token.type == "$END":
        if ")" in names:
            return QueryError(
                len(text),
                "A parenthesis is not closed.",
                expected=expected,
                text=text,
                mend=_balanced(text),
            )
        return QueryError(
            len(text),
            "The filter breaks off: something must follow.",
            expected=expected,
            text=text,
            mend=_DANGLING_END.sub("", text).strip(),
        )
    at = token.start_pos or 0
    if token.type == "RPAR":
        empty = text[:at].rstrip().endswith("(")
        hint = (
            "Nothing stands in the parentheses."
            if empty
            else "A parenthesis closes that was not opened."
        )
        mend = "" if empty or "a word" in names else _balanced(text)
        return QueryError(at, hint, expected=expected, text=text, mend=mend)
    if token.type in {"AND", "OR", "COMMA", "NEAR"}:
        return QueryError(
            at,
            "“{word}” joins two things: something must stand before it. To look for the word "
            "itself, put it in quotes.",
            {"word": str(token)},
            expected=expected,
            text=text,
            mend=f"{text[:at].rstrip()} {text[at + len(token) :].lstrip()}".strip(),
        )
    return QueryError(
        at, "“{word}” cannot stand here.", {"word": str(token)}, expected=expected, text=text
    )


# What joins something that was not written any more.
_DANGLING_END: Final = re.compile(
    r"(?:(?<=\s)(?:AND|OR|NOT|И|ИЛИ|НЕ|ТА|АБО|І|and|or|или|або|(?:NEAR|BEFORE|NOT)/\w++)"
    r"|[\s,|&(\-])++$"
)


def _balanced(text: str) -> str:
    """The filter without parentheses that close nothing, and with those that are missing."""
    bare = OPAQUE.sub(lambda m: "_" * len(m[0]), text)
    depth = 0
    out = ""
    for letter, mark in zip(text, bare, strict=True):
        if mark == ")" and not depth:
            continue
        depth += (mark == "(") - (mark == ")")
        out += letter
    return out.strip() + ")" * depth


def _bad_character(text: str, at: int) -> QueryError:
    mark = text[at] if at < len(text) else ""
    if mark in '"«“„‹‟':
        closing = {'"': '"', "«": "»", "“": "”", "„": "“", "‹": "›", "‟": "”"}[mark]
        return QueryError(
            at,
            "A quotation mark is not closed.",
            text=text,
            expected=(closing,),
            mend=text + closing,
        )
    if mark in "»”›":
        return QueryError(
            at,
            "A quotation mark closes that was not opened.",
            text=text,
            mend=_mended(text, at, at + 1, ""),
        )
    if mark in "-–—−":
        return QueryError(
            at,
            "A dash stands alone: to exclude a word, put it right before the word.",
            text=text,
            mend=_mended(text, at, len(text) - len(text[at + 1 :].lstrip()), ""),
        )
    return QueryError(at, "“{word}” cannot stand here.", {"word": mark}, text=text)


def start_of(where: Token | Tree[Token]) -> int:
    while not isinstance(where, str):
        where = where.children[0]
    return where.start_pos or 0


def replaced(text: str, token: Token, instead: str) -> str:
    start = token.start_pos or 0
    return _mended(text, start, start + len(token), instead)


def refuse_stars(token: Token, piece: str, text: str) -> None:
    """A star anywhere but at the end of a word."""
    if "*" not in piece.rstrip("*") and not (piece[0] == "=" and piece[-1] == "*"):
        return
    stem = re.split(r"[*?]", piece.lstrip("=*"), maxsplit=1)[0]
    whole = token.type == "WORD" and len(stem) >= MIN_PREFIX
    raise QueryError(
        start_of(token),
        "“*” may stand only at the end of a word, without “=”.",
        mend=replaced(text, token, stem + "*") if whole else "",
        text=text,
    )


def refuse_habits(token: Token, text: str) -> None:
    """A word that means something else in another language of search."""
    piece = str(token)

    def refuse(hint: str, instead: str) -> QueryError:
        return QueryError(start_of(token), hint, mend=replaced(text, token, instead), text=text)

    if "?" in piece.rstrip("?"):
        raise refuse(
            "“*” may stand only at the end of a word, without “=”.", piece.split("?", 1)[0] + "*"
        )
    if piece.startswith("+"):
        raise refuse(
            "“+” is not needed: every word must be there unless OR joins them.", piece.lstrip("+")
        )
    if fuzzy := re.fullmatch(r"(.+)~\d*", piece):
        raise refuse("“~” is not used: words match in all their forms already.", fuzzy[1])
    if _PROXIMITY.fullmatch(piece):
        number = re.search(r"\d+", piece)
        operator = "BEFORE" if piece.lower().startswith(("pre", "bef", "onear")) else "NEAR"
        raise refuse(
            "For words close together write NEAR/n, in this order BEFORE/n.",
            f"{operator}/{number[0] if number else 5}",
        )
    scope = re.fullmatch(r"(\w+):(\S*)", piece)
    if scope and (scope[1].isascii() or scope[1].lower() in FIELDS):
        raise _unknown_field(token, scope, text)


_HERE: Final = ("title", "text", *META_FIELDS, *ENTITY_KINDS, *FACET_FIELDS)


def _unknown_field(token: Token, scope: re.Match[str], text: str) -> QueryError:
    name, value = scope[1].lower(), scope[2]
    mend = ""
    if name in {"http", "https"}:
        mend = replaced(text, token, f'url:"{scope[0]}"')
    elif name in FIELDS:
        mend = replaced(text, token, f"{FIELDS[name]}:{value}")
    elif alike := get_close_matches(name, (*_HERE, *FIELDS), 1, 0.75):
        mend = replaced(text, token, f"{FIELDS.get(alike[0], alike[0])}:{value}")
    return QueryError(
        start_of(token),
        "There is no field “{name}:”.",
        {"name": name},
        expected=tuple(f"{field}:" for field in _HERE),
        mend=mend,
        text=text,
    )
