"""The meaning of a query, as slowly and plainly as it can be said: the last oracle.

Every choice of words is tried, over tokens, without indexes, caches or intervals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from filters.analysis import Analysis, Token
from filters.mentions import names
from filters.meta import holds as meta_holds
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
    Regex,
    Word,
)
from filters.normalize import fold

# A choice: which tokens (by number) stand for which word or phrase.
Choice = tuple[tuple[int, ...], ...]


def token_is(word: Word, token: Token, analysis: Analysis) -> bool:
    if word.mode == "prefix":
        return token.norm.startswith(word.text)
    if word.mode == "acronym":
        return fold(token.surface) == word.text
    if word.text == token.norm:
        return True
    if word.mode == "exact":
        return False
    lemmas = analysis.analyser.morphology.lemmas(word.text)
    wanted = {word.text} if word.text in lemmas else {word.text, *lemmas}
    return bool(wanted & set(token.lemmas))


def choices(node: Node, analysis: Analysis, field: str) -> Iterator[Choice]:
    tokens = analysis.tokens
    match node:
        case Word():
            for i, token in enumerate(tokens):
                if field in ("", token.field) and token_is(node, token, analysis):
                    yield ((i,),)
        case Phrase():
            size = len(node.words)
            for i in range(len(tokens) - size + 1):
                window = tokens[i : i + size]
                if len({t.field for t in window}) == 1 and all(
                    field in ("", t.field) and token_is(w, t, analysis)
                    for w, t in zip(node.words, window, strict=True)
                ):
                    yield (tuple(range(i, i + size)),)
        case Entity():
            for mention in analysis.mentions:
                run = tuple(
                    i
                    for i, token in enumerate(tokens)
                    if token.field == mention.field
                    and token.start < mention.end
                    and token.end > mention.start
                )
                if run and field in ("", mention.field) and names(node.pattern, mention.id):
                    yield (run,)
        case Regex():
            for name, start, end in searched(node, analysis, field):
                run = tuple(
                    i
                    for i, token in enumerate(tokens)
                    if token.field == name and token.start < end and token.end > start
                )
                if run:
                    yield (run,)
        case Or():
            for item in node.items:
                yield from choices(item, analysis, field)
        case Group():
            yield from choices(node.item, analysis, field)
        case NotNear():
            rights = list(choices(node.right, analysis, field))
            for left in choices(node.left, analysis, field):
                if not any(disturbs(node, left, right, analysis) for right in rights):
                    yield left
        case Near():
            rights = list(choices(node.right, analysis, field))
            for left in choices(node.left, analysis, field):
                for right in rights:
                    if near(node, left, right, analysis):
                        yield (*left, *right)


def searched(node: Regex, analysis: Analysis, field: str) -> list[tuple[str, int, int]]:
    """Found by Python's own engine, whose `\\w` and `\\b` know every script.

    A combining mark is no part of a word there, so the texts are told without.
    """
    pattern = re.compile(node.pattern, re.IGNORECASE if node.ignore_case else 0)
    return [
        (name, *match.span())
        for name in ("title", "text")
        if field in ("", name)
        for match in pattern.finditer(analysis.document.field(name).replace("\u0301", "x"))
    ]


def near(node: Near, left: Choice, right: Choice, analysis: Analysis) -> bool:
    a, b = words_of(left), words_of(right)
    if set(a) & set(b):
        return False
    if node.ordered and not max(a) < min(b):
        return False
    return close(node, a, b, analysis)


def disturbs(node: NotNear, left: Choice, right: Choice, analysis: Analysis) -> bool:
    a, b = words_of(left), words_of(right)
    return not set(b) <= set(a) and close(node, a, b, analysis)


def words_of(choice: Choice) -> list[int]:
    return [i for run in choice for i in run]


def close(node: Near | NotNear, a: list[int], b: list[int], analysis: Analysis) -> bool:
    ends = [analysis.tokens[i] for i in (min(a), max(a), min(b), max(b))]
    if len({t.field for t in ends}) > 1:
        return False
    if node.unit == "sentence":
        return len({t.sentence for t in ends}) == 1
    if node.unit == "paragraph":
        return len({t.paragraph for t in ends}) == 1
    return min(b) - max(a) <= node.distance and min(a) - max(b) <= node.distance


def holds(node: Node, analysis: Analysis, field: str = "") -> bool:
    match node:
        case And():
            return all(holds(item, analysis, field) for item in node.items)
        case Or():
            return any(holds(item, analysis, field) for item in node.items)
        case Not():
            return not holds(node.item, analysis, field)
        case Group():
            return holds(node.item, analysis, field)
        case In():
            return holds(node.item, analysis, node.field)
        case Regex():
            return bool(searched(node, analysis, field))
        case Meta():
            return meta_holds(node, analysis)
        case Facet():
            return analysis.facets.get(node.field) == node.value
        case _:
            return any(True for _ in choices(node, analysis, field))
