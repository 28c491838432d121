"""Which part of a page is its article.

    main_text(source, said)      paragraphs by newline

A page is cut into blocks of text (`blocks`). Whether one belongs to the article is judged by its
marks: its length, how much of it is links, where it stands and between what. Rules add theirs: that
its element or role says so (navigation, asides), its name (`comments`, `related`, `most-read`), its
heading ("Read also"), an article of its own below the first, mostly links. No rule decides alone:
`<body class="has-sidebar">` is no sidebar. What the marks are worth, alone (weights) and together
(trees), was learnt from pages that people had marked: `python -m bench.train_articles` makes
`article_weights.json`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.sources.blocks import Block, blocks
from bot.sources.dates import read_time
from bot.sources.text import all_joined, clean

__all__ = ["main_text", "page_blocks"]

_MIN_LETTERS_BELIEVED: Final = 200  # letters of an article that is none too short to be believed
_DOUBT: Final = 1.6  # in logits, beyond what was learnt: a further headline is a false alert
_LINKED_CELL: Final = 4.0  # in logits, against what is links alone in a table: a column beside
_LINKS_ALONE: Final = 0.95  # of its letters
_INSIDE: Final = -1.5  # in logits, for what its element says is a part of the article
_LATEST_DATE: Final = datetime(
    2100, 1, 1, tzinfo=UTC
)  # a line that is a date is one, whatever the day


def main_text(source: str, declared: str = "") -> str:
    """The article's text; `declared` is what the page itself names as its body, "" for nothing."""
    found = page_blocks(source)
    main = clean("\n".join(block.text for block in found if _belongs(block.marks)))
    if sum(map(str.isalpha, main)) < _MIN_LETTERS_BELIEVED:
        # A short note looks like navigation; words are lost by a wrong guess.
        whole = clean("\n".join(b.text for b in found if not any(map(_is_suspect, b.marks))))
        main = whole if len(whole) > len(main) else main
    if declared:
        main = all_joined([main, declared])  # neither is whole: on pages of others each lacks words
    return "\n".join(line for line in main.split("\n") if not _is_byline(line))


def page_blocks(source: str) -> Sequence[Block]:
    """The page's blocks, with the marks that rules give them too."""
    page = LexborHTMLParser(source)
    for node in page.css(_UNSEEN):
        node.decompose()
    return blocks(page, _suspects(page))


def _belongs(marks: Mapping[str, float]) -> bool:
    """Whether a block with these marks is a part of the article, more likely than not."""
    if "suspect by element" in marks:
        return False
    worth = _learnt().worth(marks)
    worth -= _DOUBT * (("suspect by links" in marks) + ("suspect by article" in marks))
    if "suspect by links" in marks and "in table" in marks:
        worth -= _LINKED_CELL * (marks.get("linked", 0.0) > _LINKS_ALONE)
    return worth > (_INSIDE if _is_part(marks) else 0)


def _is_part(marks: Mapping[str, float]) -> bool:
    """Whether it is a caption, an aside or a footer of an article, with words of its own."""
    return (
        not marks.keys().isdisjoint({"in article", "in main", "in best"})
        and ("is figcaption" in marks or not marks.keys().isdisjoint({"in aside", "in footer"}))
        and marks.get("linked", 0.0) < _LINKED_ASIDE_SHARE
        and not any(map(_is_suspect, marks))
    )


def _is_suspect(mark: str) -> bool:
    return mark.startswith("suspect")


_Tree = float | list[Any]
"""What it adds; or [mark, step, the tree up to the step, the tree beyond it]."""


@dataclass(frozen=True, slots=True)
class _Learnt:
    """What blocks of marked pages taught; see `bench.train_articles`."""

    bias: float
    weights: Mapping[str, float]
    trees: Sequence[_Tree]

    def worth(self, marks: Mapping[str, float]) -> float:
        """Above zero where a block with these marks belongs, more likely than not. In logits."""
        linear = sum(self.weights.get(name, 0.0) * value for name, value in marks.items())
        return self.bias + linear + sum(_leaf(tree, marks) for tree in self.trees)


def _leaf(tree: _Tree, marks: Mapping[str, float]) -> float:
    while isinstance(tree, list):
        name, step, low, high = tree
        tree = low if marks.get(name, 0.0) <= step else high
    return tree


@cache
def _learnt() -> _Learnt:
    # Not importlib.resources, which costs the worker two megabytes.
    read = json.loads(Path(__file__).with_name("article_weights.json").read_text(encoding="utf-8"))
    return _Learnt(float(read["bias"]), read["weights"], read["trees"])


_BYLINE: Final = re.compile(r"\d{1,2}[:.]\d\d(?: Uhr)?|(?:by|von|par|por|автор:?) [\w. -]+", re.I)


def _is_byline(line: str) -> bool:
    return len(line) < 40 and bool(_BYLINE.fullmatch(line) or read_time(line, _LATEST_DATE))


# --- what rules suspect ----------------------------------------------------------------

_UNSEEN: Final = "script, style, template, iframe, svg, button, select"
_COMMENTS: Final = "[class~=comment], [class~=comment-body], [class~=reply]"
_FORUM_SHARE: Final = 0.6  # of the page's text in comments: they are what it is for
_UNREAD: Final = (
    "form, noscript, nav, menu, dialog, fieldset, [hidden], [aria-hidden=true],"
    " [role=navigation], [role=complementary], [role=contentinfo], [role=banner],"
    " [role=search], [role=dialog], [role=menu]"
)
_NAMES: Final = re.compile(
    r"(?:^|[-_\s])(?:comments?|commentlist|respond|reply|replies|disqus|discussion|kommentare?"
    r"|related|recommend\w*|similar|also|more-?(?:news|stories|articles|posts)"
    r"|most-?\w+|popular|trending|top-?news|latest|recent|other-?\w*news|next|prev\w*|siblings?"
    r"|side-?bar\w*|widgets?|textwidget|teasers|promo\w*|banner\w*|advert\w*|ad|sponsor\w*"
    r"|share|sharing|sharedaddy|social\w*|follow|subscribe\w*|subscription|newsletter|signup"
    r"|bread-?crumbs?|menu|nav|navigation|navbar|pagination|pager|paging|toolbar"
    r"|tags|tag-?list|tagcloud|categories|post-?meta|entry-?meta|entry-?utility|meta"
    r"|by-?line|authors?|author-?\w+|\w*author_\w+|bio|about-?author|dateline|timestamp|post-?date"
    r"|date|akismet\w*|nocomments|cookie\w*|borlabs\w*|callout|snippet|topics|post-?ratings"
    r"|copyrights?\w*|seitenfuss|citate|postmetadata|similarity\w*|listposts\w*|newreview|anzeige"
    r"|loading\w*|alert\w*"
    r"|footer|foot|copyright|disclaimer|cookies?|gdpr|consent|popup|overlay|login"
    r"|rating|votes?|likes?|counter|print|complementary|notice|skip|screen-?reader\w*)"
    r"(?:$|[-_\s\d])",
    re.I,
)
_TEASER: Final = re.compile(r"(?:^|[-_\s])teaser(?:$|[-_\s])", re.I)
_ARTICLE: Final = "article, main, [itemprop=articleBody], [role=main]"
_BLOCKS: Final = (
    "td, ul, ol, dl, div, section, table, aside, header, footer, p, h2, h3, h4, h5, h6, li"
)
_KEPT_SHARE: Final = 0.4  # of the page's text: a node that holds it is not taken out by its name
_LINES: Final = "h2, h3, h4, h5, h6, p, div, span, strong, b, small, a, td, li, dt, address"
_WITHIN: Final = ("span", "strong", "b", "small", "a")
_LINK_BLOCK_SHARE: Final = 0.6  # of a block's letters in links
_LINKED_ASIDE_SHARE: Final = 0.3  # of an aside's letters in links
_MIN_ARTICLE_LETTERS: Final = 200  # letters of what is an article
_BLOCKS_BELOW_HEADLINE: Final = 6  # blocks below a headline
_LINK_LIST_SHARE: Final = 0.5
_MAX_LETTERS_OUTSIDE_LINKS: Final = 25  # letters outside links, in a block of links


_HEADINGS: Final = """
read (?:also|more|next)|related(?: \\w+)?\\W*$|you (?:may|might) also
see also|more (?:on|from|stories)
most (?:read|popular)|trending\\W*$|(?:view |leave a |post a |no |\\d+ )?comments?\\b|leave a reply
share (?:this|on)|last (?:modified|updated)|sign up|log ?in|print\\b|never miss|if you enjoyed
we want to hear|copyright|©|\\(c\\)|tags?:|posted (?:in|on|by)
filed under|advertisement|subscribe\\b
newsletter\\W*$|weiterlesen|lesen sie (?:auch|mehr)|mehr (?:zum thema|aus|lesen)|auch interessant
ähnliche|komment(?:ar|ier)|themen:|schlagw|anzeige|das könnte|bisher keine|alle artikel
weitere (?:informationen|artikel)|teilen|drucken|nach oben|zur startseite|möchten sie den
lire (?:aussi|la suite)|sur le même|à lire|commentaires?|partager|leer más|te puede|leggi
zobacz|czytaj|zapraszamy|opublikowano
чита(?:йте|ть) (?:также|ещ[её]|далее|по теме|больше)|по теме|похожие|новости по теме|смотрите также
сам(?:ое|ые) (?:читаемо|популярно|читаемы|популярны)|популярн(?:ое|ые)\\W*$
комментари[ийев]+\\W*\\d*\\W*$|оставить комментарий
поделиться|подпи(?:сывайтесь|шитесь|саться)|теги\\b|метки\\b|реклама\\W*$
другие новости|ещ[её] новости
главное за|материалы по теме|автор:|опубликовано|дата публикации|просмотров\\b
читайте (?:також|ще)|за темою|схожі|новини за темою|найпопулярніше
коментар[іи]?[йв]?\\W*\\d*\\W*$|поділитися
підпис(?:уйтесь|атися)|інші новини|дивіться також|більше новин|опубліковано|переглядів
дата публікації
"""
_HEADING: Final = re.compile(
    r"(?:\W|\d)*(?:" + "|".join(_HEADINGS.strip().splitlines()) + ")", re.I
)


def _suspects(page: LexborHTMLParser) -> Mapping[str, Set[int]]:
    """Elements that rules take for no part of the article, by rule."""
    body = page.body
    whole = 0 if body is None else _letters(body)
    if body is None or not whole:
        return {}
    unread = (node for node in page.css(_UNREAD) if _letters(node) < _KEPT_SHARE * whole)
    return {
        "element": _ids(unread),
        "name": _ids(_by_name(body, whole)),
        "article": _ids(_next_articles(page, whole)),
        "links": _ids(_blocks_of_links(body, whole)),
        "heading": _ids(_with_headings(body)),
    }


def _ids(nodes: Iterable[LexborNode]) -> Set[int]:
    """The elements' numbers; of one within a line, that of the line that it makes up."""
    found = set()
    for node in nodes:
        found.add(node.mem_id)
        parent = node.parent
        if parent is not None and node.tag in _WITHIN and _letters(parent) == _letters(node):
            found.add(parent.mem_id)
    return found


def _by_name(body: LexborNode, whole: int) -> Iterator[LexborNode]:
    forum = sum(_letters(node) for node in body.css(_COMMENTS)) > _FORUM_SHARE * whole
    inside = {node.mem_id for node in body.css(_ARTICLE)} | _ids(_holders(body, whole))
    for node in body.css("aside, footer, header, [class], [id]"):
        if node.tag in ("article", "main", "h1"):
            continue
        named = f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}"
        found = _NAMES.search(named)
        if found and forum and found[0].strip("-_ ").lower() in ("comment", "reply"):
            continue
        teaser = node.tag != "p" and _TEASER.search(named) and node.css_first("a") is not None
        if (found or teaser or _stands_beside(node, inside)) and _letters(
            node
        ) < _KEPT_SHARE * whole:
            yield node


def _holders(body: LexborNode, whole: int) -> Iterator[LexborNode]:
    """Elements whose own paragraphs are much of the page: what stands between them is the text's,
    as in an `article`."""
    own: dict[int, int] = {}
    for paragraph in body.css("div > p, section > p, td > p"):
        parent = paragraph.parent
        assert parent is not None
        before = own.get(parent.mem_id, 0)
        own[parent.mem_id] = before + _letters(paragraph)
        if before <= _KEPT_SHARE * whole < own[parent.mem_id]:
            yield parent


def _with_headings(body: LexborNode) -> Iterator[LexborNode]:
    """Lines that head what is no article, and the links below such a headline."""
    for node in body.css(_LINES):
        heads = (node.tag or "")[:1] == "h" or node.tag in ("strong", "b")
        if not 0 < _letters(node) < (60 if heads else 40):
            continue
        if _HEADING.match(" ".join((node.text(deep=True) or "").split())):
            yield node
            if heads:
                yield from _links_below(node)


def _links_below(heading: LexborNode) -> Iterator[LexborNode]:
    node = heading.next
    for _ in range(_BLOCKS_BELOW_HEADLINE):
        while node is not None and node.tag == "-text":
            node = node.next
        if node is None or node.tag not in ("ul", "ol", "div", "p", "section"):
            return
        if _linked(node) < _LINK_LIST_SHARE:
            return
        yield node
        node = node.next


def _stands_beside(node: LexborNode, inside: set[int]) -> bool:
    """Whether its element says that it is no part of the text; of an article, where it is links."""
    if node.tag == "header":
        return not _within(node, inside) and node.css_first("h1") is None
    if node.tag not in ("aside", "footer"):
        return False
    return not _within(node, inside) or _linked(node) > _LINKED_ASIDE_SHARE


def _linked(node: LexborNode) -> float:
    own = _letters(node)
    return sum(_letters(link) for link in node.css("a")) / own if own else 0.0


def _next_articles(page: LexborHTMLParser, whole: int) -> list[LexborNode]:
    """What stands below the article for further reading has a headline of its own."""
    every = page.css("article")
    ids = {node.mem_id for node in every}
    articles = [node for node in every if not _within(node, ids)]
    if not articles:
        return []
    inner = [node for node in every if _within(node, ids) and node.css_first("h1") is None]
    first = next((n for n, each in enumerate(articles) if each.css_first("h1") is not None), 0)
    others = articles[first + 1 :]
    if _letters(articles[first]) < _MIN_ARTICLE_LETTERS:
        outside = whole - sum(map(_letters, articles))
        others = articles if outside >= max(_MIN_ARTICLE_LETTERS, _KEPT_SHARE * whole) else []
    return [node for node in others + inner if node.css_first("h1, h2, h3") is not None]


def _blocks_of_links(body: LexborNode, whole: int) -> Iterator[LexborNode]:
    for node in body.css(_BLOCKS):
        links = sum(_letters(link) for link in node.css("a"))
        own = _letters(node) if links else 0
        if (
            links
            and links > _LINK_BLOCK_SHARE * own
            and own - links < max(_MAX_LETTERS_OUTSIDE_LINKS, 0.02 * whole)
        ):
            yield node


def _within(node: LexborNode, containers: set[int]) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.mem_id in containers:
            return True
        parent = parent.parent
    return False


def _letters(node: LexborNode) -> int:
    return len("".join((node.text(deep=True) or "").split()))
