"""Lists of sources as other readers write and read them (OPML 2.0, http://opml.org/spec2.opml).

parse_opml(body) -> tuple[OutlineEntry, ...]     in the worker, like all that strangers write

`category` of an entry is its kind as readers see it, where the file is ours. The folders that
an entry lies in are its tags: `Courts/Chita` is the folder Chita in the folder Courts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.errors import ParseFailed
from bot.model import SourceKind
from bot.sources.charset import decode
from bot.sources.parsed import OutlineEntry
from bot.sources.text import clean, printable

__all__ = ["MAX_ENTRIES", "parse_opml"]

MAX_ENTRIES: Final = 2_000
_KINDS: Final = frozenset(str(each) for each in SourceKind)
_FEEDS: Final = frozenset({"rss", "atom", "feed", "link"})
_MOST_TAGS: Final = 20
_DEEPEST: Final = 8  # folders in folders


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
