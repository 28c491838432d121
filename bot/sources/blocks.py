"""What a page is made of: its blocks of text in order, each with the marks of an article's text.

    for block in blocks(page): block.text, block.marks

A mark is a named number between 0 and about 6: how long a block is and how much of it is links,
whether its neighbours are long, in which elements it stands, whether they are named as engines name
their articles, how far it is from the element with most of the page's paragraphs. What the marks
are worth `main_text` knows.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

__all__ = ["Block", "blocks"]

_BLOCK: Final = frozenset(
    {
        *("p", "div", "section", "article", "main", "li", "ul", "ol", "dl", "dt", "dd"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "table", "tr", "td", "th", "tbody", "thead"),
        *("blockquote", "pre", "figure", "figcaption", "header", "footer", "nav", "aside"),
        *("form", "address", "body", "fieldset", "center", "details", "summary", "hr"),
        *("option", "label", "video"),
    }
)
_BREAK: Final = "\v"
_DEEP: Final = 60  # elements within each other; what lies deeper is text of the last of them
_MOST: Final = 5_000  # blocks of a page
_SHORT, _LONG, _GOOD = 5, 150, 60  # words; letters; letters of a paragraph that counts
_BIG: Final = 0.4  # of a page's letters: a name of what holds that much says nothing
_OWN_TAGS: Final = frozenset(
    {"p", "li", "td", "div", "blockquote", "figcaption", "pre", "h1", "h2", "h3", "h4", "dd"}
)
_AROUND: Final = frozenset(
    {"article", "main", "aside", "header", "footer", "ul", "table", "figure", "blockquote"}
    | {"section"}
)
_ARTICLE: Final = re.compile(
    r"(?:^|[-_\s])(?:articles?|article-?body|content|entry|entry-?content|post|post-?content"
    r"|post-?body|story|story-?body|text|body|bodytext|artikel\w*|beitrag\w*|main|inhalt"
    r"|maincontent|copy|paragraph|absatz|single|hentry|prose|lead|intro|teaser-?text)"
    r"(?:$|[-_\s\d])",
    re.I,
)
_NAMES: Final = {
    "comments": re.compile(r"comment|kommentar|respond|reply|disqus|discussion", re.I),
    "further": re.compile(
        r"related|recommend|similar|also|more-|most|popular|trending|latest|recent|teaser|next|prev"
        r"|sidebar|widget",
        re.I,
    ),
    "about": re.compile(
        r"meta|byline|author|date|tag|categor|breadcrumb|share|social|caption|credit|bio", re.I
    ),
    "frame": re.compile(
        r"footer|copyright|cookie|gdpr|newsletter|subscribe|banner|advert|promo|popup|modal|login"
        r"|nav|menu",
        re.I,
    ),
}
_STEPS: Final[Mapping[str, Sequence[float]]] = {
    "letters": tuple(math.log1p(n) for n in (10, 25, 50, 100, 200, 400)),
    "linked": (0.01, 0.3, 0.6, 0.9),
    "read": (0.02, 0.1, 0.7, 0.9, 0.97),
    "place": (0.05, 0.15, 0.7, 0.9, 0.97),
    "from the best": (0.1, 0.3, 0.5, 0.7),
}
_ONE: Final = ("letters", "linked", "long", "ends", "is p", "is li", "is div", "is td", "short")
_OTHER: Final = ("in best", "in article", "in main", "named near", "from the best", "long around")
_TOGETHER: Final = {one: tuple((other, f"{one} & {other}") for other in _OTHER) for one in _ONE}
_PASSED: Final = {
    name: tuple((step, f"{name} > {number}") for number, step in enumerate(steps))
    for name, steps in _STEPS.items()
}


_Path = tuple[LexborNode, ...]


@dataclass(slots=True)
class Block:
    """Text between two borders of block elements; `path` are the elements, outermost first."""

    text: str
    letters: int
    linked: int  # letters in links
    path: _Path
    marks: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class _Element:
    """What is known of an element that holds blocks."""

    tag: str
    letters: int = 0
    linked: int = 0
    blocks: int = 0
    paragraphs: float = 0.0  # letters of long blocks with few links in it, near ones count more
    names: frozenset[str] = frozenset()
    article: bool = False


def blocks(
    page: LexborHTMLParser, suspects: Mapping[str, Set[int]] = MappingProxyType({})
) -> Sequence[Block]:
    """The page's blocks that have a letter, with their marks.

    `suspects` are elements (their `mem_id`) that a rule takes for no part of an article, by rule.
    """
    body = page.body
    found = [] if body is None else _cut(body)
    if found:
        _mark(found, suspects)
    return found


# --- cutting


class _Cutter:
    def __init__(self) -> None:
        self.found: list[Block] = []
        self._text: list[str] = []
        self._linked = 0

    def text(self, text: str, linked: bool) -> None:
        self._text.append(text)
        if linked:
            self._linked += _letters(text)

    def end(self, path: _Path) -> None:
        lines = (" ".join(line.split()) for line in "".join(self._text).split(_BREAK))
        text = "\n".join(filter(None, lines))
        if (letters := _letters(text)) and len(self.found) < _MOST:
            self.found.append(Block(text, letters, self._linked, path))
        self._text, self._linked = [], 0

    def walk(
        self, node: LexborNode, path: tuple[LexborNode, ...], linked: bool, depth: int
    ) -> None:
        child = node.child
        while child is not None and len(self.found) < _MOST:
            tag = child.tag or ""
            if tag == "-text":
                self.text(child.text(deep=False) or "", linked)
            elif tag == "br":
                self.text(_BREAK, linked)
            elif depth >= _DEEP:
                self.text(f" {child.text(deep=True) or ''} ", linked or tag == "a")
            elif tag in _BLOCK:
                self.end(path)
                inside = (*path, child)
                self.walk(child, inside, linked, depth + 1)
                self.end(inside)
            elif tag[:1] not in ("-", "_", "!"):
                self.walk(child, path, linked or tag == "a", depth + 1)
            child = child.next


def _cut(body: LexborNode) -> list[Block]:
    cutter = _Cutter()
    cutter.walk(body, (body,), False, 0)
    cutter.end((body,))
    return cutter.found


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


# --- marking


def _mark(found: Sequence[Block], suspects: Mapping[str, Set[int]]) -> None:
    elements = _elements(found)
    whole = sum(block.letters for block in found)
    best = max(elements, key=lambda key: elements[key].paragraphs)
    before = 0
    headed = False
    for number, block in enumerate(found):
        holds = [elements[node.mem_id] for node in block.path]
        marks = dict(_own(block))
        marks["place"] = number / len(found)  # from 0, the top of the page, to 1
        marks["read"] = before / whole
        marks |= dict(_places(block, holds, whole, best))
        for rule, ids in suspects.items():
            if any(node.mem_id in ids for node in block.path):
                marks[f"suspect by {rule}"] = 1.0
        headed = headed or any(each.tag == "h1" for each in holds)
        marks["below h1"] = float(headed)
        block.marks = marks
        before += block.letters
    for number, block in enumerate(found):
        block.marks |= dict(_beside(found, number))
    for block in found:
        _combine(block.marks)


def _elements(found: Sequence[Block]) -> dict[int, _Element]:
    elements: dict[int, _Element] = {}
    for block in found:
        for node in block.path:
            each = elements.get(node.mem_id)
            if each is None:
                each = elements[node.mem_id] = _Element(node.tag or "")
                named = f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}"
                if len(named) > 1:
                    each.article = _ARTICLE.search(named) is not None
                    each.names = frozenset(k for k, v in _NAMES.items() if v.search(named))
            each.letters += block.letters
            each.linked += block.linked
            each.blocks += 1
        if block.letters > _GOOD and block.linked < 0.3 * block.letters:
            for node, share in zip(block.path[::-1], (1.0, 1.0, 0.5, 0.25), strict=False):
                elements[node.mem_id].paragraphs += share * block.letters
    return elements


def _own(block: Block) -> Iterator[tuple[str, float]]:
    text, words = block.text, len(block.text.split())
    yield "letters", math.log1p(block.letters)
    yield "linked", block.linked / block.letters
    yield "ends", float(text[-1] in '.!?…»"”“')
    yield "stops", min(1.0, 5 * sum(char in ".,;:!?" for char in text) / words)
    yield "comma", float("," in text)
    yield "digits", sum(map(str.isdigit, text)) / len(text)
    yield "capitals", sum(map(str.isupper, text)) / block.letters
    yield "short", float(words < _SHORT)
    yield "long", float(block.letters > _LONG)


def _places(
    block: Block, holds: Sequence[_Element], whole: int, best: int
) -> Iterator[tuple[str, float]]:
    tags = [each.tag for each in holds]
    if tags[-1] in _OWN_TAGS:
        yield f"is {tags[-1]}", 1.0
    for tag in _AROUND.intersection(tags):
        yield f"in {tag}", 1.0
    small = [each for each in holds if each.letters <= _BIG * whole]
    for name in _NAMES:
        yield f"in {name}", float(any(name in each.names for each in small))
    yield "named", float(any(each.article for each in holds))
    yield "named near", float(any(each.article for each in holds[-4:]))
    for name, each in (("parent", holds[-2:-1]), ("grandparent", holds[-3:-2])):
        yield f"linked in {name}", each[0].linked / each[0].letters if each else 0.0
        yield f"share of {name}", each[0].letters / whole if each else 1.0
    yield "blocks in parent", math.log1p(holds[-2].blocks) if len(holds) > 1 else 0.0
    ids = [node.mem_id for node in block.path]
    yield "in best", float(best in ids)
    yield "from the best", (len(ids) - 1 - ids.index(best)) / 5 if best in ids else 2.0


def _beside(found: Sequence[Block], number: int) -> Iterator[tuple[str, float]]:
    for side, at in (("before", number - 1), ("after", number + 1)):
        if 0 <= at < len(found):
            for name in ("letters", "linked", "ends", "in best", "long"):
                yield f"{name} {side}", found[at].marks[name]
    around = found[max(0, number - 5) : number + 6]
    yield "long around", sum(each.marks["long"] for each in around) / len(around)
    yield "linked around", sum(each.marks["linked"] for each in around) / len(around)


def _combine(marks: dict[str, float]) -> None:
    """Add the steps that the marks pass, and the products of some."""
    for name, steps in _PASSED.items():
        value = marks[name]
        for step, passed in steps:
            if value > step:
                marks[passed] = 1.0
    for one, others in _TOGETHER.items():
        if value := marks.get(one, 0.0):
            for other, both in others:
                if other in marks:
                    marks[both] = value * marks[other]
    for name in [name for name, value in marks.items() if not value]:
        del marks[name]
