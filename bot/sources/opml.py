"""Lists of sources as other readers write and read them (OPML 2.0, http://opml.org/spec2.opml).

parse_opml(body) -> tuple[OutlineEntry, ...]     in the worker, like all that strangers write
write_opml(title, entries, now) -> bytes

`category` of an entry is its kind as readers see it, where the file is ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Final
from xml.etree import ElementTree as ET

from selectolax.lexbor import LexborHTMLParser

from bot.errors import ParseFailed
from bot.sources.charset import decode
from bot.sources.text import clean, printable

__all__ = ["MAX_ENTRIES", "OutlineEntry", "is_cut", "parse_opml", "write_opml"]

MAX_ENTRIES: Final = 2_000


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """An address as it was written, with its title and category ("" where there is none)."""

    address: str
    title: str = ""
    category: str = ""


def parse_opml(body: bytes, content_type: str = "") -> tuple[OutlineEntry, ...]:
    """The entries that have an address, each address once, in order.

    Read as HTML is: files with a bare & or a missing end are common, and each of their
    entries counts. Raises ParseFailed, and nothing else, if there are none.
    """
    try:
        found = _entries(decode(body, content_type))
    except Exception as error:
        raise ParseFailed("The list is broken: nothing in it can be read") from error
    if not found:
        raise ParseFailed("This is no list of sources (OPML)")
    return found


def is_cut(body: bytes) -> bool:
    """Whether the end of the file is missing, in whatever encoding; looks at its tail alone."""
    return b"</opml" not in body[-16_384:].replace(b"\0", b"").lower()


def _entries(text: str) -> tuple[OutlineEntry, ...]:
    found: dict[str, OutlineEntry] = {}
    # An element without an end would nest each outline in the one before.
    page = LexborHTMLParser(text.replace("/>", "></outline>"))
    for node in page.css("outline"):
        given = {name.lower(): value or "" for name, value in node.attributes.items()}
        address = printable(given.get("xmlurl", "")).strip()[:4_096]
        if address and address not in found and len(found) < MAX_ENTRIES:
            title = clean(given.get("title") or given.get("text") or "").replace("\n", " ")
            category = given.get("category", "").strip("/ ").rpartition("/")[2].lower()
            found[address] = OutlineEntry(address, title[:300], category[:50])
    return tuple(found.values())


def write_opml(title: str, entries: Iterable[OutlineEntry], now: datetime) -> bytes:
    """The entries as a file that other readers take."""
    root = ET.Element("opml", version="2.0")
    head = ET.SubElement(root, "head")
    ET.SubElement(head, "title").text = printable(title)
    ET.SubElement(head, "dateCreated").text = format_datetime(now)
    body = ET.SubElement(root, "body")
    for entry in entries:
        name = printable(entry.title or entry.address).replace("\n", " ")
        given = {"type": "rss", "text": name, "title": name, "xmlUrl": printable(entry.address)}
        if entry.category:
            given["category"] = entry.category
        ET.SubElement(body, "outline", given)
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"
