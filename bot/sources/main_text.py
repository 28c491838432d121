"""What of a page is its article.

    main_text(source, said)      paragraphs by newline

resiliparse's guess of the main content loses little, and keeps what stands beside it. So what
surely is no article is taken out of the tree first: by its element or role (navigation, asides),
by the names that engines give it (`comments`, `related`, `most-read`), by its heading ("Read
also") with the links below, and blocks that are mostly links. A node that holds much of the
page's text is never taken out by its name: `<body class="has-sidebar">` is no sidebar. Lists,
captions and asides inside the article stay unless they are links.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from resiliparse.extract.html2text import extract_plain_text
from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.sources.dates import read_time
from bot.sources.text import all_joined, clean, node_text

__all__ = ["main_text"]

_ENOUGH: Final = 200  # letters of an article that is none too short to be believed
_MOST: Final = 0.8  # of what is on the page: an articleBody that long is the article
_FAR: Final = datetime(2100, 1, 1, tzinfo=UTC)  # a line that is a date is one, whatever the day


def main_text(source: str, said: str = "") -> str:
    """The article's text; `said` is what the page itself describes as its body, "" for nothing."""
    page = LexborHTMLParser(source)
    _prune(page)
    pruned = page.html or ""
    main = clean(_extract(pruned, main=True))
    if sum(map(str.isalpha, main)) < _ENOUGH:
        # Words are lost by a wrong guess of what is "main"; a short note's navigation is short too.
        whole = clean(_extract(pruned, main=False))
        main = whole if len(whole) > len(main) else main
    else:
        main = all_joined([main, *_parts_inside(page)])
    if said:
        main = said if len(said) > _MOST * len(main) else all_joined([main, said])
    return "\n".join(line for line in main.split("\n") if not _is_byline(line))


def _parts_inside(page: LexborHTMLParser) -> Iterator[str]:
    """Lists, captions and asides of the article, which resiliparse takes for a page's furniture."""
    for selector in _CONTAINERS:
        container = next((n for n in page.css(selector) if _letters(n) >= _OWN), None)
        if container is not None:
            for node in container.css(_PARTS):
                if node.tag != "p" and _linked(node) < _ASIDE:
                    yield node_text(node)
            return


def _extract(source: str, *, main: bool) -> str:
    text: str = extract_plain_text(
        source,
        preserve_formatting=True,
        main_content=main,
        list_bullets=False,
        alt_texts=False,
        links=False,
        form_fields=False,
        noscript=False,
    )
    return text


_BYLINE: Final = re.compile(r"\d{1,2}[:.]\d\d(?: Uhr)?|(?:by|von|par|por|автор:?) [\w. -]+", re.I)


def _is_byline(line: str) -> bool:
    return len(line) < 40 and bool(_BYLINE.fullmatch(line) or read_time(line, _FAR))


# --- what is taken out ----------------------------------------------------------------

_UNSEEN: Final = "script, style, template, iframe, svg, button, select"
_COMMENTS: Final = "[class~=comment], [class~=comment-body], [class~=reply]"
_FORUM: Final = 0.6  # of the page's text in comments: they are what it is for
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
_MUCH: Final = 0.4  # of the page's text: a node that holds it is not taken out by its name
_LINES: Final = "h2, h3, h4, h5, h6, p, div, span, strong, b, small, a, td, li, dt, address"
_LINKED: Final = 0.6  # of a block's letters in links
_ASIDE: Final = 0.3  # of an aside's letters in links
_OWN: Final = 200  # letters of what is an article
_CONTAINERS: Final = ("[itemprop=articleBody]", "article", "main")
_PARTS: Final = "ul, ol, dl, figcaption, aside, footer"
_BELOW: Final = 6  # blocks below a headline
_HALF: Final = 0.5
_FEW: Final = 25  # letters outside links, in a block of links


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


def _prune(page: LexborHTMLParser) -> None:
    """Take out of the tree what is no part of the article. Changes the page."""
    body = page.body
    if body is None:
        return
    _take_out(page.css(_UNSEEN))
    whole = _letters(body)
    if not whole:
        return
    _take_out(node for node in page.css(_UNREAD) if _letters(node) < _MUCH * whole)
    _take_out(_by_name(body, whole))
    _take_out(_next_articles(page, whole))
    _take_out(_blocks_of_links(body, whole))
    for quote in body.css("blockquote[class]"):
        del quote.attrs["class"]  # resiliparse takes twitter-tweet for a button
    _take_out(_with_headings(body))


def _take_out(nodes: Iterable[LexborNode]) -> None:
    """Chosen first and taken out afterwards: what lay inside a node is gone with it."""
    chosen: dict[int, LexborNode] = {}
    for node in nodes:
        if node.tag not in ("body", "html"):
            chosen.setdefault(node.mem_id, node)
    ids = {*chosen}
    for node in [node for node in chosen.values() if not _within(node, ids)]:
        node.decompose()


def _by_name(body: LexborNode, whole: int) -> Iterator[LexborNode]:
    forum = sum(_letters(node) for node in body.css(_COMMENTS)) > _FORUM * whole
    inside = {node.mem_id for node in body.css(_ARTICLE)}
    for node in body.css("aside, footer, header, [class], [id]"):
        if node.tag in ("article", "main", "h1"):
            continue
        named = f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}"
        found = _NAMES.search(named)
        if found and forum and found[0].strip("-_ ").lower() in ("comment", "reply"):
            continue
        teaser = node.tag != "p" and _TEASER.search(named) and node.css_first("a") is not None
        if (found or teaser or _stands_beside(node, inside)) and _letters(node) < _MUCH * whole:
            yield node


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
    for _ in range(_BELOW):
        while node is not None and node.tag == "-text":
            node = node.next
        if node is None or node.tag not in ("ul", "ol", "div", "p", "section"):
            return
        if _linked(node) < _HALF:
            return
        yield node
        node = node.next


def _stands_beside(node: LexborNode, inside: set[int]) -> bool:
    """Whether its element says that it is no part of the text; of an article, where it is links."""
    if node.tag == "header":
        return not _within(node, inside) and node.css_first("h1") is None
    if node.tag not in ("aside", "footer"):
        return False
    return not _within(node, inside) or _linked(node) > _ASIDE


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
    first = next((n for n, each in enumerate(articles) if each.css_first("h1") is not None), 0)
    others = articles[first + 1 :]
    if _letters(articles[first]) < _OWN:
        outside = whole - sum(map(_letters, articles))
        others = articles if outside >= max(_OWN, _MUCH * whole) else []
    return [node for node in others if node.css_first("h1, h2, h3") is not None]


def _blocks_of_links(body: LexborNode, whole: int) -> Iterator[LexborNode]:
    for node in body.css(_BLOCKS):
        links = sum(_letters(link) for link in node.css("a"))
        own = _letters(node) if links else 0
        if links and links > _LINKED * own and own - links < max(_FEW, 0.02 * whole):
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
