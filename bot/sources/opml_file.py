"""Files of sources, without reading what stands in them: writing one, and whether one is whole.

write_opml(title, entries, now) -> bytes     OPML 2.0, http://opml.org/spec2.opml

What strangers write is read in the worker (`bot.sources.opml`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime
from xml.etree import ElementTree as ET

from bot.sources.parsed import OutlineEntry
from bot.sources.text import printable

__all__ = ["is_cut", "write_opml"]


def is_cut(body: bytes) -> bool:
    """Whether the end of the file is missing, in whatever encoding; looks at its tail alone."""
    return b"</opml" not in body[-16_384:].replace(b"\0", b"").lower()


def write_opml(title: str, entries: Iterable[OutlineEntry], now: datetime) -> bytes:
    """The entries as a file that other readers take."""
    root = ET.Element("opml", version="2.0")
    head = ET.SubElement(root, "head")
    ET.SubElement(head, "title").text = printable(title)
    ET.SubElement(head, "dateCreated").text = format_datetime(now)
    body = ET.SubElement(root, "body")
    folders: dict[str, ET.Element] = {"": body}
    for entry in entries:
        name = printable(entry.title or entry.address).replace("\n", " ")
        given = {"type": "rss", "text": name, "title": name, "xmlUrl": printable(entry.address)}
        if entry.category:
            given["category"] = entry.category
        for tag in entry.tags or ("",):
            ET.SubElement(_made(folders, printable(tag).strip("/ ")), "outline", given)
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _made(folders: dict[str, ET.Element], path: str) -> ET.Element:
    """The folder of that path, made with those above it where they are not there yet."""
    if path not in folders:
        above, _, name = path.rpartition("/")
        folders[path] = ET.SubElement(
            _made(folders, above.strip("/ ")), "outline", text=name, title=name
        )
    return folders[path]
