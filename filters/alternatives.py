"""Which alternatives of a long list a text can satisfy: those whose first word it has.

A group of the packs is hundreds of words and phrases, a text has a few of them. Asking each
alternative cost most of what a matching post cost; looking its word up costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Final

from filters.analysis import BEGINNING, Analysis
from filters.nodes import In, Near, Node, NotNear, Or, Phrase, Word

__all__ = ["alternatives"]

_MAX_ALTERNATIVES: Final = 6
_MAX_CACHED: Final = 2_000


class _Listed:
    """A list's alternatives by the keys of a word without which they cannot hold."""

    __slots__ = ("always", "by_key", "keys", "node")

    def __init__(self, node: Or, analysis: Analysis) -> None:
        self.node = node  # kept, so that no other comes to have its id
        self.always: list[int] = []
        self.by_key: dict[str, list[int]] = {}
        for number, item in enumerate(node.items):
            word = _needed(item)
            if word is None:
                self.always.append(number)
                continue
            for key in _keys(word, analysis):
                self.by_key.setdefault(key, []).append(number)
        self.keys = frozenset(self.by_key)


def alternatives(node: Or, analysis: Analysis) -> Sequence[Node]:
    """The alternatives that may hold, in their order: all that do hold, few others."""
    if len(node.items) <= _MAX_ALTERNATIVES:
        return node.items
    likely = analysis.likely.get(id(node))
    if likely is None:
        likely = analysis.likely[id(node)] = node, _likely(node, analysis)
    return likely[1]


def _likely(node: Or, analysis: Analysis) -> Sequence[Node]:
    known = analysis.analyser.listed
    listed = known.get(id(node))
    if not isinstance(listed, _Listed) or listed.node is not node:
        if len(known) >= _MAX_CACHED:
            known.clear()
        listed = known[id(node)] = _Listed(node, analysis)
    found = listed.keys & analysis.keys
    if not found and not listed.always:
        return ()
    numbers = {*listed.always, *chain.from_iterable(listed.by_key[key] for key in found)}
    return [node.items[number] for number in sorted(numbers)]


def _keys(word: Word, analysis: Analysis) -> Sequence[str]:
    if word.mode == "prefix":
        return (f"*{word.text[:BEGINNING]}",)
    return analysis.analyser.word_keys(word)


def _needed(node: Node) -> Word | None:
    """A word, looked up by its keys, without which a node cannot hold; None where none is known."""
    match node:
        case Word(mode=mode):
            return node if mode != "prefix" or len(node.text) >= BEGINNING else None
        case Phrase(words=words):
            return next((word for word in words if word.mode != "prefix"), _needed(words[0]))
        case Near(left=left, right=right):
            return _needed(left) or _needed(right)
        case NotNear(left=left):
            return _needed(left)
        case In(item=item):
            return _needed(item)
        case _:
            return None
