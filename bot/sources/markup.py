"""Plain text out of HTML: what a reader sees of it, and where its links lead."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.sources.text import SPACES, clean, unique, web_link

__all__ = ["html_to_text", "links_of", "node_text"]


def _names(line: str) -> frozenset[str]:
    return frozenset(line.split())


# Elements that begin and end a line. Everything else is inline.
_BLOCKS = _names(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset"
    " figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section"
    " summary table tbody td tfoot th thead tr ul"
)
_CELLS = _names("td th")
# How an item of a list may begin by itself.
_MARKED = re.compile(r"\s*(?:[•●○◦▪▫◾◽■□◆◇▶►▸‣⁃∙·—–*-]|\d{1,2}[.)])")
_MARK_ALONE = re.compile(r"\s*(?:\d{1,2}(?:[.)]|[:.]\d\d)?|№\s?\d{1,2}|[•●▪■◆▶►–—-])\s*")
_LONGEST_MARK = 40  # with the spaces of a page's source
# Nothing a reader sees.
_UNSEEN = _names(
    "audio button canvas embed head iframe input link math meta noscript object script select"
    " source style svg template textarea title track video"
)


def html_to_text(html: str) -> str:
    """What a reader sees of a piece of HTML: paragraphs kept, one newline between them.

    Text without markup comes back as it is (entities decoded).
    """
    if "<" not in html and "&" not in html:
        return clean(html)
    body = LexborHTMLParser(html).body
    return node_text(body) if body is not None else ""


def node_text(root: LexborNode) -> str:
    """The text below a node, laid out by the rules of HTML's white space.

    What a list puts before its items is kept as a bullet: it tells a roundup from paragraphs.
    Numbers of lists become bullets too, since no author wrote them and a number counts as said.
    Walks without recursion: pages nested a hundred thousand deep exist.
    """
    out: list[str] = []
    depth_pre = 0
    bullet = False  # an item of a list has begun, and none of its text has come yet
    glued = False  # a cell with a time or a number alone has ended: the next one goes on
    node: LexborNode | None = root
    while node is not None:
        tag = node.tag
        if tag == "-text":
            text = node.text_content or ""
            if text.strip():
                out.append(" " if glued else "• " if bullet and not _MARKED.match(text) else "")
                bullet = glued = False
            out.append(text if depth_pre else SPACES.sub(" ", text))
        elif tag == "br" or tag in _BLOCKS:
            out.append("" if glued else "\n")
            bullet = tag == "li" or bullet
        if tag == "pre":
            depth_pre += 1
        child = None if tag is None or tag in _UNSEEN else node.child
        while child is None and node is not None:
            if node.tag in _BLOCKS:
                bullet = bullet and node.tag != "li"
                glued = _is_mark(node) or (glued and node.tag != "tr")
                out.append("" if glued else "\n")
            if node.tag == "pre":
                depth_pre -= 1
            if node.mem_id == root.mem_id:
                node = None
                break
            child = node.next
            node = node.parent if child is None else node
            if child is None and node is not None:
                continue
        node = child
    return clean("".join(out))


def _is_mark(node: LexborNode) -> bool:
    """Whether a cell of a table holds no more than a time, a number or a bullet."""
    return node.tag in _CELLS and bool(_MARK_ALONE.fullmatch((node.text() or "")[:_LONGEST_MARK]))


def links_of(root: LexborNode | LexborHTMLParser, base: str) -> tuple[str, ...]:
    """The http(s) links below a node, absolute, each once, in order."""
    return unique(web_link(a.attributes.get("href") or "", base) for a in root.css("a[href]"))
