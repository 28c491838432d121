"""The elements of an XML feed, by feedparser's parsers, no text of an entry thrown away.

feedparser keeps one summary of an entry: each further description (`dc:description`,
`itunes:summary`, the caption of each picture of a gallery) takes the place of the one before.
Here every element that holds text is kept, with its role, in `content`; elements it does not
know (`yandex:full-text` and the like) are text by their names. A guid is never taken for a link.

    read = read_feed_xml(text)      read.version, read.head, read.entries
"""

from __future__ import annotations

import io
import re
import xml.sax
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from feedparser.api import LooseFeedParser, StrictFeedParser
from feedparser.exceptions import UndeclaredNamespace
from feedparser.sanitizer import replace_doctype

from bot.sources.feed_names import CAPTION, SUMMARY

__all__ = ["FeedXml", "read_feed_xml"]

_TEXT: Final = "text"

# By the name without its prefix, lower case; what engines call an entry's words.
_ROLES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("description", "summary", "abstract", "subtitle"), SUMMARY),
    **dict.fromkeys(("lead", "anons", "annotation", "teaser", "excerpt", "anonce"), SUMMARY),
    **dict.fromkeys(("full-text", "fulltext", "full_text", "fullitem", "encoded"), _TEXT),
    **dict.fromkeys(("content", "text", "body", "content_encoded"), _TEXT),
}
_CAPTIONS: Final = frozenset({"description", "title", "text"})  # of media:
_PLAIN: Final = frozenset({"summary", "abstract", "content"})  # text/plain where no type is said
_XML_DECLARATION: Final = re.compile(r"^<\?xml[^>]*\?>")


@dataclass(frozen=True, slots=True)
class FeedXml:
    """feedparser's version ("" if it is no feed), fields of the feed, and entries in order.

    Of an entry's `content` each detail has `value`, `type`, `base` and `role`. Its `dates` are
    lists of what is written, by `published`, `updated` and `created`.
    """

    version: str
    head: Mapping[str, Any]
    entries: Sequence[Mapping[str, Any]]
    well_formed: bool


def read_feed_xml(text: str) -> FeedXml:
    """What an XML feed says. Raises nothing that a stranger's letters could cause on purpose."""
    text = _XML_DECLARATION.sub("", text, count=1)
    if text.rfind("<![CDATA[") > text.rfind("]]>"):
        text += "]]>"  # a cut answer: what came of the last entry is read
    version, data, entities = replace_doctype(text.encode("utf-8", "replace"))
    strict = _strict(data)
    parser = strict or _loose(data, entities)
    version = str(version or parser.version)
    return FeedXml(version, parser.feeddata, parser.entries, well_formed=strict is not None)


def _strict(data: bytes) -> Any | None:
    """By expat; None where the XML is not well-formed."""
    parser = _Strict("", None, "utf-8")
    parser.resolve_relative_uris = parser.sanitize_html = False
    reader = xml.sax.make_parser()  # noqa: S317 - entities were taken out by replace_doctype
    reader.setFeature(xml.sax.handler.feature_namespaces, True)
    reader.setFeature(xml.sax.handler.feature_external_ges, False)
    reader.setContentHandler(parser)
    reader.setErrorHandler(parser)
    source = xml.sax.xmlreader.InputSource()
    source.setByteStream(io.BytesIO(data))
    try:
        reader.parse(source)
    except (xml.sax.SAXException, UndeclaredNamespace):
        return None
    return parser


def _loose(data: bytes, entities: Mapping[str, str]) -> Any:
    parser = _Loose("", None, "utf-8", entities)
    parser.resolve_relative_uris = parser.sanitize_html = False
    parser.feed(data.decode("utf-8", "replace"))
    return parser


class _AllText:
    """Before feedparser's mixin: takes over what holds an entry's words, its dates and its guid."""

    def __init__(self: Any, *args: Any) -> None:
        super().__init__(*args)
        self._open_tag = ""  # the element whose text is being read, as it is written
        self._nested = 0  # elements of its name inside

    def unknown_starttag(self: Any, tag: str, attrs: list[tuple[str, str]]) -> None:
        if self._open_tag:
            if tag in ("item", "entry"):
                self.unknown_endtag(self._open_tag)  # its end is missing; what follows is not it
            else:
                self._nested += tag == self._open_tag
        elif (role := self._role(tag)) is not None:
            self._open_tag, self._nested = tag, 0
            super().unknown_starttag("vigil:text", attrs)  # type: ignore[misc]
            self.contentparams["role"] = role
            return
        super().unknown_starttag(tag, attrs)  # type: ignore[misc]

    def unknown_endtag(self: Any, tag: str) -> None:
        if self._open_tag == tag:
            if not self._nested:
                self._open_tag, tag = "", "vigil:text"
            else:
                self._nested -= 1
        super().unknown_endtag(tag)  # type: ignore[misc]

    def _role(self: Any, tag: str) -> str | None:
        """What the text of this element is to its entry; None of all other elements."""
        if not self.inentry or self.insource or self.incontent or self.inimage or self.intextinput:
            return None
        prefix, _, name = tag.rpartition(":")
        if self.namespacemap.get(prefix, prefix) == "media":
            return CAPTION if name in _CAPTIONS else None
        return _ROLES.get(name)

    def _start_vigil_text(self: Any, attrs: dict[str, str]) -> None:
        prefix, _, name = self._open_tag.rpartition(":")
        kind = "text/plain" if name in _PLAIN and not prefix else "text/html"
        if name == "body":
            kind = "application/xhtml+xml"
        self.push_content("content", attrs, kind, 1)

    def _end_vigil_text(self: Any) -> None:
        self.pop_content("content")

    def _start_image(self: Any, attrs: dict[str, str]) -> None:
        depth = self.title_depth
        super()._start_image(attrs)  # type: ignore[misc]
        if self.inentry:
            self.title_depth = depth  # or the picture's title would take the place of the entry's

    def _end_published(self: Any) -> None:
        self._date("published")

    _end_issued = _end_pubdate = _end_dcterms_issued = _end_published

    def _end_updated(self: Any) -> None:
        self._date("updated")

    _end_modified = _end_lastbuilddate = _end_dc_date = _end_dcterms_modified = _end_updated

    def _end_created(self: Any) -> None:
        self._date("created")

    _end_dcterms_created = _end_created

    def _date(self: Any, name: str) -> None:
        """feedparser reads dates in ways that bot.sources.dates does not trust: kept as written."""
        value = self.pop(name)
        if value and value.strip():
            dates = self._get_context().setdefault("dates", {})
            dates.setdefault(name, []).append(value.strip())

    def _end_guid(self: Any) -> None:
        self.pop("id")
        self._save("guidislink", bool(self.guidislink))

    _end_id = _end_guid

    def handle_charref(self: Any, ref: str) -> None:
        """One impossible number must not cost the whole feed."""
        try:
            super().handle_charref(ref)  # type: ignore[misc]
        except (ValueError, OverflowError):
            self.handle_data("\ufffd")


class _Strict(_AllText, StrictFeedParser):  # type: ignore[misc]
    pass


class _Loose(_AllText, LooseFeedParser):  # type: ignore[misc]
    pass
