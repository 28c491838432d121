"""Words that people type for themselves: a name in capitals is meant in all its cases.

In a filter a word stands for its lemma, and that of a village or a surname that no dictionary
knows is a guess: «Зайцево» would not find «в Зайцеве». Whoever writes a filter can name an
entity; whoever types `/watch Зайцево` cannot. So a capitalised word outside quotation marks
also stands for the forms that its ending declines to, and a unit, court or article in quotation
marks ("155-я бригада") for however a text writes it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Final, Literal

from filters.entities.forms import phrase_forms, surname_forms
from filters.entities.offers import offered
from filters.nodes import And, In, Near, Node, Not, NotNear, Or, Query, Word, conj, disj
from filters.normalize import normalize_word
from filters.query import QueryError, parse

__all__ = ["as_meant", "parse_own"]

_QUOTED: Final = re.compile(r'"[^"]*"|«[^»]*»|“[^”]*”|„[^“”]*[“”]|/[^/]*/')
_NAME: Final = re.compile("(?<![\\w=:])[А-ЯІЇЄҐЁ][а-яіїєґё’'-]{3,}(?![\\w*])")
_SURNAME: Final = re.compile("(?:[оеє]ва?|[иії]на?|енко|[сц]ь?кий|ська|ская)$")
_UKRAINIAN: Final = re.compile("[іїєґ’']")
_RUSSIAN: Final = re.compile("[ыэъё]")


def as_meant(expression: str, groups: Mapping[str, str]) -> str:
    """With its id beside each quoted thing: `("155-я бригада", unit:*:brigade:155)`."""

    def named(found: re.Match[str]) -> str:
        of = None if found[0].startswith(("=", "/")) else offered(found[0])
        return found[0] if of is None else f"({found[0]}, {of.pattern})"

    meant = re.sub(f"=?(?:{_QUOTED.pattern})", named, expression)
    if meant != expression:
        try:
            parse(meant, groups, kept=True)
        except QueryError:  # it stands where an id may not
            return expression
    return meant


def parse_own(expression: str, groups: Mapping[str, str], *, kept: bool = False) -> Query:
    """As `parse`, with every capitalised name in all its forms, and what `as_meant` adds.

    Raises QueryError.
    """
    query = parse(as_meant(expression, groups), groups, kept=kept)
    typed = {normalize_word(name) for name in _NAME.findall(_QUOTED.sub(" ", expression))}
    return replace(query, root=_widened(query.root, typed)) if typed else query


def _widened(node: Node, typed: set[str]) -> Node:
    match node:
        case Word(text, "form") if text in typed:
            return disj((node, *(Word(form, "exact") for form in sorted(_forms(text)))))
        case And(items):
            return conj(_widened(item, typed) for item in items)
        case Or(items):
            return disj(_widened(item, typed) for item in items)
        case Not(item):
            return Not(_widened(item, typed))
        case Near(left, right) | NotNear(left, right):
            return replace(node, left=_widened(left, typed), right=_widened(right, typed))
        case In(field, item):
            return In(field, _widened(item, typed))
        case _:
            return node


@lru_cache(maxsize=1 << 12)
def _forms(word: str) -> frozenset[str]:
    """The cases of a place's name, and of a surname where its ending may be one."""
    found: set[str] = set()
    for lang, other in (("ru", _UKRAINIAN), ("uk", _RUSSIAN)):
        if other.search(word):
            continue
        found |= phrase_forms(word, lang)
        if _SURNAME.search(word):
            gender: Literal["m", "f"] = "f" if word.endswith(("а", "я")) else "m"
            found |= surname_forms(word.capitalize(), lang, gender)
    return frozenset(form for form in found if form != word and form.isalpha())
