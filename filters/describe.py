"""What a filter was understood to mean, said in words: English, Russian, Ukrainian.

Every part has two cases, since «не дальше 3 слов от слов на …» needs the genitive.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

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
from filters.printing import print_node

__all__ = ["describe", "describe_node"]

_Case: TypeAlias = int  # 0 as subject, 1 after a preposition
_PARTS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "en": {
        "form": ("“{0}” in any form", "“{0}” in any form"),
        "exact": ("exactly “{0}”", "exactly “{0}”"),
        "prefix": ("words starting “{0}”", "words starting “{0}”"),
        "acronym": ("“{0}” in capitals", "“{0}” in capitals"),
        "phrase": ("the phrase “{0}”", "the phrase “{0}”"),
        "group": ("any of the group @{0}", "any of the group @{0}"),
        "facet": ("{0}: {1}", ""),
        "entity": ("{0} named", "{0} named"),
        "article": ("{0} named by its number", "{0} named by its number"),
        "regex": ("what the expression {0} finds", "what the expression {0} finds"),
        "any": ("any of: {0}", "any of: {0}"),
        "not": ("without {0}", "without {0}"),
        "title": ("in the title: {0}", "in the title: {0}"),
        "text": ("in the text: {0}", "in the text: {0}"),
        "source": ("source contains “{0}”", ""),
        "source_id": ("source number {0}", ""),
        "kind": ("kind of source: {0}", ""),
        "lang": ("language: {0}", ""),
        "author": ("author contains “{0}”", ""),
        "url": ("address or a link contains “{0}”", ""),
        "tag": ("tagged “{0}”", ""),
        "fwd": ("forwarded from “{0}”", ""),
        "has": ("has: {0}", ""),
        "word": ("{0}, right next to {1}", ""),
        "words": ("{0} within {2} words of {1}", ""),
        "sentence": ("{0} in one sentence with {1}", ""),
        "paragraph": ("{0} in one paragraph with {1}", ""),
        "ordered word": ("{0}, right before {1}", ""),
        "ordered words": ("{0} at most {2} words before {1}", ""),
        "ordered sentence": ("{0} before {1} in one sentence", ""),
        "ordered paragraph": ("{0} before {1} in one paragraph", ""),
        "not word": ("{0} with no {1} right next to it", ""),
        "not words": ("{0} with no {1} within {2} words", ""),
        "not sentence": ("{0} with no {1} in the same sentence", ""),
        "not paragraph": ("{0} with no {1} in the same paragraph", ""),
        "and": ("; and ", ""),
        "of words": ("word", "words"),
    },
    "ru": {
        "form": ("«{0}» в любой форме", "«{0}» в любой форме"),
        "exact": ("точно «{0}»", "точно «{0}»"),
        "prefix": ("слова на «{0}»", "слов на «{0}»"),
        "acronym": ("«{0}» заглавными", "«{0}» заглавными"),
        "phrase": ("фраза «{0}»", "фразы «{0}»"),
        "group": ("любое из группы @{0}", "любого из группы @{0}"),
        "facet": ("{0}: {1}", ""),
        "entity": ("упоминание {0}", "упоминания {0}"),
        "article": ("упоминание {0} по номеру", "упоминания {0} по номеру"),
        "regex": ("то, что находит выражение {0}", "того, что находит выражение {0}"),
        "any": ("любое из: {0}", "любого из: {0}"),
        "not": ("без: {0}", "без: {0}"),
        "title": ("в заголовке: {0}", ""),
        "text": ("в тексте: {0}", ""),
        "source": ("в названии источника «{0}»", ""),
        "source_id": ("источник № {0}", ""),
        "kind": ("вид источника: {0}", ""),
        "lang": ("язык: {0}", ""),
        "author": ("в имени автора «{0}»", ""),
        "url": ("в адресе или ссылке «{0}»", ""),
        "tag": ("метка «{0}»", ""),
        "fwd": ("переслано из «{0}»", ""),
        "has": ("есть: {0}", ""),
        "word": ("{0} вплотную к месту {1}", ""),
        "words": ("{0} не дальше {2} {3} от {1}", ""),
        "sentence": ("{0} в одном предложении, где и {1}", ""),
        "paragraph": ("{0} в одном абзаце, где и {1}", ""),
        "ordered word": ("{0}, сразу за этим {1}", ""),
        "ordered words": ("{0}, затем не дальше {2} {3} {1}", ""),
        "ordered sentence": ("{0}, затем в том же предложении {1}", ""),
        "ordered paragraph": ("{0}, затем в том же абзаце {1}", ""),
        "not word": ("{0} без {1} вплотную", ""),
        "not words": ("{0} без {1} в пределах {2} {3}", ""),
        "not sentence": ("{0} без {1} в том же предложении", ""),
        "not paragraph": ("{0} без {1} в том же абзаце", ""),
        "and": ("; и ", ""),
        "of words": ("слова", "слов"),
    },
    "uk": {
        "form": ("«{0}» у будь-якій формі", "«{0}» у будь-якій формі"),
        "exact": ("точно «{0}»", "точно «{0}»"),
        "prefix": ("слова на «{0}»", "слів на «{0}»"),
        "acronym": ("«{0}» великими", "«{0}» великими"),
        "phrase": ("фраза «{0}»", "фрази «{0}»"),
        "group": ("будь-яке з групи @{0}", "будь-якого з групи @{0}"),
        "facet": ("{0}: {1}", ""),
        "entity": ("згадка {0}", "згадки {0}"),
        "article": ("згадка {0} за номером", "згадки {0} за номером"),
        "regex": ("те, що знаходить вираз {0}", "того, що знаходить вираз {0}"),
        "any": ("будь-яке з: {0}", "будь-якого з: {0}"),
        "not": ("без: {0}", "без: {0}"),
        "title": ("у заголовку: {0}", ""),
        "text": ("у тексті: {0}", ""),
        "source": ("у назві джерела «{0}»", ""),
        "source_id": ("джерело № {0}", ""),
        "kind": ("вид джерела: {0}", ""),
        "lang": ("мова: {0}", ""),
        "author": ("в імені автора «{0}»", ""),
        "url": ("в адресі або посиланні «{0}»", ""),
        "tag": ("мітка «{0}»", ""),
        "fwd": ("переслано з «{0}»", ""),
        "has": ("є: {0}", ""),
        "word": ("{0} поруч із місцем {1}", ""),
        "words": ("{0} не далі {2} {3} від {1}", ""),
        "sentence": ("{0} в одному реченні, де й {1}", ""),
        "paragraph": ("{0} в одному абзаці, де й {1}", ""),
        "ordered word": ("{0}, одразу за цим {1}", ""),
        "ordered words": ("{0}, потім не далі {2} {3} {1}", ""),
        "ordered sentence": ("{0}, потім у тому ж реченні {1}", ""),
        "ordered paragraph": ("{0}, потім у тому ж абзаці {1}", ""),
        "not word": ("{0} без {1} поруч", ""),
        "not words": ("{0} без {1} у межах {2} {3}", ""),
        "not sentence": ("{0} без {1} у тому ж реченні", ""),
        "not paragraph": ("{0} без {1} у тому ж абзаці", ""),
        "and": ("; і ", ""),
        "of words": ("слова", "слів"),
    },
}


def describe(query: Query, lang: str = "en") -> str:
    """The query in words, one line, without a final stop; English for an unknown language."""
    return describe_node(query.root, lang)


def describe_node(node: Node, lang: str = "en") -> str:
    """One part of a query in words."""
    return _say(node, _PARTS.get(lang, _PARTS["en"]), 0)


def _say(node: Node, parts: Mapping[str, tuple[str, str]], case: _Case) -> str:
    match node:
        case Word():
            return parts[node.mode][case].format(node.text)
        case Phrase():
            return parts["phrase"][case].format(" ".join(_in_phrase(word) for word in node.words))
        case Group():
            return parts["group"][case].format(node.name)
        case Meta():
            return parts[node.field][0].format(node.value)
        case Facet():
            return parts["facet"][0].format(node.field, node.value)
        case Entity():
            kind = "article" if node.pattern.startswith("=") else "entity"
            return parts[kind][case].format(node.pattern.lstrip("="))
        case Regex():
            return parts["regex"][case].format(print_node(node))
        case In():
            return parts[node.field][0].format(_part(node.item, parts, 0))
        case Not():
            return parts["not"][0].format(_part(node.item, parts, 1))
        case Or():
            return parts["any"][case].format(
                ", ".join(_part(item, parts, case) for item in node.items)
            )
        case And():
            return parts["and"][0].join(_say(item, parts, 0) for item in node.items)
        case Near() | NotNear():
            return _near(node, parts)


def _near(node: Near | NotNear, parts: Mapping[str, tuple[str, str]]) -> str:
    kind = "word" if node.unit == "words" and node.distance == 1 else node.unit
    if isinstance(node, NotNear):
        name, genitive = f"not {kind}", True
    else:
        name = f"ordered {kind}" if node.ordered else kind
        genitive = not node.ordered and node.unit == "words"
    one, many = parts["of words"]
    count = one if node.distance % 10 == 1 and node.distance % 100 != 11 else many
    right = _part(node.right, parts, int(genitive))
    return parts[name][0].format(_part(node.left, parts, 0), right, node.distance, count)


def _part(node: Node, parts: Mapping[str, tuple[str, str]], case: _Case) -> str:
    """A part of a larger one: in parentheses where it has parts itself."""
    said = _say(node, parts, case)
    return f"({said})" if isinstance(node, And | Or | Near | NotNear) else said


def _in_phrase(word: Word) -> str:
    return word.text + "…" if word.mode == "prefix" else word.text
