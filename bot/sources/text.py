"""Plain text out of HTML, and small facts about text: links, language, whitespace.

Only the parsers use this; it runs in the worker process and imports nothing heavy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

__all__ = [
    "MAX_TEXT",
    "all_joined",
    "clean",
    "guess_language",
    "html_to_text",
    "joined",
    "links_of",
    "node_text",
    "printable",
    "unique",
    "web_link",
]


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
_SPACES = re.compile(r"[ \t\r\n\f\v\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
# What XML forbids and no text needs: controls but tab and newline, lone surrogates, non-characters.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """Text without what XML forbids: controls but tab and newline, lone surrogates."""
    return _CONTROLS.sub("", text)


def clean(text: str) -> str:
    """Text with one space between words, one newline between paragraphs, no controls."""
    lines = printable(text).replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(
        line for raw in lines.split("\n") if (line := _SPACES.sub(" ", raw).strip(" "))
    )


MAX_TEXT = 100_000
"""Characters of one item."""


def joined(summary: str, full: str) -> str:
    """The full text and what of the summary it does not say; no word is lost.

    A summary with a beginning of its own leads; what it says beyond an excerpt follows. Where
    it holds the full text already it is the answer: joining twice is joining once.
    """
    if not full or not summary:
        return (full or summary)[:MAX_TEXT]
    parts = _sentences(summary)
    long = _squeezed(full)
    missing = [part for part in parts if not _says(long, part)]
    if not missing:
        return full[:MAX_TEXT]
    short = _squeezed(summary)
    if long[:2_000] in short and all(_says(short, part) for part in _sentences(full)):
        return summary[:MAX_TEXT]
    if len(missing) == len(parts):
        return f"{summary}\n{full}"[:MAX_TEXT]
    own = "\n".join(missing)
    return (f"{own}\n{full}" if missing[0] == parts[0] else f"{full}\n{own}")[:MAX_TEXT]


def all_joined(texts: Iterable[str]) -> str:
    """Each text that those before it do not say, in order."""
    whole = ""
    for text in texts:
        whole = joined(whole, text)
    return whole


_SENTENCE_END = re.compile(r"(?<=[.!?\u2026])\s+|\n")
_CUT_OFF = re.compile(r"\u2026|\.\.\.")


def _sentences(text: str) -> list[str]:
    return [part for part in _SENTENCE_END.split(text[:MAX_TEXT]) if part]


def _says(squeezed: str, sentence: str) -> bool:
    """Whether the sentence stands in a text, whole or, where it is cut off, up to its last word."""
    wanted = _squeezed(sentence)
    if wanted in squeezed:
        return True
    cut = _without_cut_off(sentence)
    if cut == sentence and sentence[-1:] in ".!?":
        return False
    begun = _squeezed(cut.rpartition(" ")[0])
    return len(begun) >= 20 and begun in squeezed


def _without_cut_off(sentence: str) -> str:
    """The sentence up to its last word, where an ellipsis stands behind that."""
    end = len(sentence)
    while end and not (sentence[end - 1].isalnum() or sentence[end - 1] == "_"):
        end -= 1
    return sentence[:end] if _CUT_OFF.search(sentence, end) else sentence


def _squeezed(text: str) -> str:
    return re.sub(r"\W+", "", text[:MAX_TEXT]).casefold()


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
            out.append(text if depth_pre else _SPACES.sub(" ", text))
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


def unique(values: Iterable[str]) -> tuple[str, ...]:
    """Non-empty values, each once, in order."""
    return tuple(dict.fromkeys(value for value in values if value))


def web_link(href: str, base: str = "") -> str:
    """An absolute http(s) address, or "" if `href` gives none."""
    href = _ONE_SLASH.sub(r"\1//", href.strip())
    if not href:
        return ""
    try:
        host = urlsplit(base).netloc.lower()
        if host and href.lower().startswith((f"{host}/", f"www.{host}/")):
            href = f"//{href}"  # its own host, with the scheme forgotten
        url = urljoin(base, href) if base else href
        parts = urlsplit(url)
        if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
            return ""
    except ValueError:
        return ""
    return "" if _CONTROLS.search(url) or len(url) > 4096 else url.replace(" ", "%20")


_ONE_SLASH = re.compile(r"^(https?:)/(?=[^/])", re.I)
_UKRAINIAN = re.compile("[іїєґІЇЄҐ]")
_RUSSIAN = re.compile("[ыэъёЫЭЪЁ]")
_CYRILLIC = re.compile("[а-яА-ЯіїєґёІЇЄҐЁ]")
_LATIN = re.compile("[a-zA-Z]")


def guess_language(text: str) -> str:
    """`ru`, `uk`, `en` by letters, or "" when there are too few to tell.

    Latin letters are taken for English: other languages are none of ours.
    """
    sample = text[:20_000]
    cyrillic = len(_CYRILLIC.findall(sample))
    latin = len(_LATIN.findall(sample))
    if cyrillic + latin < 10:
        return ""
    if latin > cyrillic:
        return "en"
    ukrainian, russian = len(_UKRAINIAN.findall(sample)), len(_RUSSIAN.findall(sample))
    if ukrainian == russian:
        return ""
    return "uk" if ukrainian > russian else "ru"
