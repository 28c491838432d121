"""A few words of a clause, as a person would say them: without operators and codes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from filters.nodes import And, Group, In, Near, Node, NotNear, Or, Phrase, Word

__all__ = ["samples"]

_CYRILLIC: Final = re.compile("[а-яіїєґё]", re.IGNORECASE)
_MOST: Final = 5


def samples(node: Node, text: str = "", most: int = _MOST) -> tuple[list[str], bool]:
    """Words of which the clause wants one, and whether there are more; of the letters that the
    `text` is written in, if there are such. None where it asks for something else than words.
    """
    found = list(dict.fromkeys(_words(node)))
    script = bool(_CYRILLIC.search(text))
    alike = [each for each in found if bool(_CYRILLIC.search(each)) == script]
    chosen = alike or found
    return chosen[:most], len(chosen) > most


def _words(node: Node) -> Iterator[str]:
    match node:
        case Word(text, mode):
            yield f"{text}…" if mode == "prefix" else text
        case Phrase(words):
            yield " ".join(part for word in words for part in _words(word))
        case And(items) | Or(items):
            for each in items:
                yield from _words(each)
        case Near(left, right):
            yield from _words(left)
            yield from _words(right)
        case NotNear(left, _):
            yield from _words(left)
        case In(_, item) | Group(_, item):
            yield from _words(item)
        case _:
            return
