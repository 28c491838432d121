"""Where a page sends its reader by `<meta http-equiv="refresh">`. Pure; reads the head alone."""

from __future__ import annotations

import html
import re
from typing import Final

from bot.sources.text import web_link

__all__ = ["refreshed_to"]

_HEAD_BYTES: Final = 32 * 1024
_META: Final = re.compile(r"<meta\b[^>]{0,1000}>", re.I)
_REFRESH: Final = re.compile(r"http-equiv\s*=\s*[\"']?\s*refresh\b", re.I)
_CONTENT: Final = re.compile(r"\bcontent\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.I)
_TARGET: Final = re.compile(
    r"\s*(\d{1,4})(?:\.\d*)?\s*[;,]\s*(?:url\s*=\s*)?[\"']?([^\"']+)[\"']?\s*", re.I
)
_MAX_REFRESH_SECONDS: Final = 60  # seconds: a page that is read for longer is one


def refreshed_to(body: bytes, url: str) -> str:
    """The absolute address that the page at `url` leads on to, "" if it is no such page."""
    head = body[:_HEAD_BYTES].decode("latin-1")
    for meta in _META.findall(head):
        if not _REFRESH.search(meta):
            continue
        content = _CONTENT.search(meta)
        value = next((group for group in content.groups() if group), "") if content else ""
        target = _TARGET.fullmatch(html.unescape(value).strip())
        if target is not None and int(target[1]) <= _MAX_REFRESH_SECONDS:
            written = target[2].strip().encode("latin-1", "replace").decode("utf-8", "replace")
            found = web_link(written, url)
            return found if found != url else ""
    return ""
