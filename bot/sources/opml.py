"""Lists of sources as other readers write and read them (OPML 2.0, http://opml.org/spec2.opml).

parse_opml(body) -> tuple[OutlineEntry, ...]     in the worker, like all that strangers write
write_opml(title, entries, now) -> bytes

`category` of an entry is its kind as readers see it, where the file is ours. The folders that
an entry lies in are its tags: `Courts/Chita` is the folder Chita in the folder Courts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime
from typing import Final
from xml.etree import ElementTree as ET

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.errors import ParseFailed
from bot.model import SourceKind
from bot.sources.charset import decode
from bot.sources.text import clean, printable

__all__ = ["MAX_ENTRIES", "OutlineEntry", "is_cut", "parse_opml", "write_opml"]

MAX_ENTRIES: Final = 2_000
_KINDS: Final = frozenset(str(each) for each in SourceKind)
_FEEDS: Final = frozenset({"rss", "atom", "feed", "link"})
_MOST_TAGS: Final = 20
_DEEPEST: Final = 8  # folders in folders


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """An address as it was written, with its title and category ("" where there is none).

    Without an address it names something that was to be read, and cannot.
    """

    address: str
    title: str = ""
    category: str = ""
    tags: tuple[str, ...] = ()


def parse_opml(body: bytes, content_type: str = "") -> tuple[OutlineEntry, ...]:
    """Whatever is to be read, each address once with all its folders, in order.

    Read as HTML is: files with a bare & or a missing end are common, and each of their
    entries counts. Raises ParseFailed, and nothing else but MemoryError, if no entry has an
    address.
    """
    try:
        found = _entries(decode(body, content_type))
    except MemoryError:
        raise  # the list may be sound
    except Exception as error:
        raise ParseFailed("The list is broken: nothing in it can be read") from error
    if not any(each.address for each in found):
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
        entry = _entry(given, is_folder=any(n.tag == "outline" for n in node.iter()))
        if entry is None or (len(found) >= MAX_ENTRIES and entry.address not in found):
            continue
        key = entry.address or f"\0{entry.title}"
        known = found.get(key, entry)
        tags = dict.fromkeys((*known.tags, *entry.tags, *_folder(node)))
        found[key] = replace(known, tags=tuple(tags)[:_MOST_TAGS])
    return tuple(found.values())


def _entry(given: Mapping[str, str], *, is_folder: bool) -> OutlineEntry | None:
    """What the attributes of an outline name; None of a folder, a heading, a divider."""
    title = _title(given)
    # A bookmark, or a feed that lost its address: its page may name one.
    names = ("xmlurl",) if is_folder else ("xmlurl", "url", "htmlurl")
    address = next((a for n in names if (a := printable(given.get(n, "")).strip()[:4_096])), "")
    if not address and (is_folder or given.get("type", "").lower() not in _FEEDS or not title):
        return None
    categories = [each.strip("/ ") for each in clean(given.get("category", "")).split(",")]
    kind = next((k for each in categories if (k := each.rpartition("/")[2].lower()) in _KINDS), "")
    others = tuple(each for each in categories if each and each.rpartition("/")[2].lower() != kind)
    return OutlineEntry(address, title[:300], kind, others)


def _folder(node: LexborNode) -> tuple[str, ...]:
    """The path of folders that it lies in; () at the top."""
    names: list[str] = []
    above = node.parent
    while above is not None and len(names) < _DEEPEST:
        if above.tag == "outline" and (
            name := _title({n.lower(): value or "" for n, value in above.attributes.items()})
        ):
            names.append(name.strip("/ "))
        above = above.parent
    return ("/".join(reversed(names)),) if names else ()


def _title(given: Mapping[str, str]) -> str:
    return clean(given.get("title") or given.get("text") or "").replace("\n", " ")


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
