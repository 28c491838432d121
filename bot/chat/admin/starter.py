"""The list of sources to begin with: `bot/data/starter.opml` in the package."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from xml.etree import ElementTree as ET

from bot.model import SourceKind

__all__ = ["Entry", "starter_list"]


@dataclass(frozen=True, slots=True)
class Entry:
    """An address to read, and how to show it: "" and None take what the source says.

    Without an address it can only be named as one that cannot be added.
    """

    address: str
    title: str
    kind: SourceKind | None
    tags: tuple[str, ...] = ()


@cache
def starter_list() -> tuple[Entry, ...]:
    """In the order of the file. An outline's `category` is the kind."""
    text = resources.files("bot").joinpath("data", "starter.opml").read_text(encoding="utf-8")
    entries: list[Entry] = []
    for outline in ET.fromstring(text).iter("outline"):  # noqa: S314 - our own file
        address = outline.get("xmlUrl", "")
        kind = outline.get("category", "").strip("/").rpartition("/")[2]
        if address:
            title = outline.get("title") or outline.get("text") or ""
            entries.append(Entry(address, title, SourceKind(kind) if kind else None))
    return tuple(entries)
