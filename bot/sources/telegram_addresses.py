"""Addresses of Telegram channels: the name in what people paste, and the pages to read. Pure.

channel_name("https://t.me/s/example?before=9") -> "example"
page_url(web, "example", before=900)            -> where its posts stand
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qs, urlsplit

__all__ = [
    "CHANNEL_NAME",
    "channel_name",
    "embed_url",
    "is_private_link",
    "landing_url",
    "page_url",
]

_HOSTS: Final = frozenset({"t.me", "telegram.me", "telegram.dog"})
CHANNEL_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")
# First parts of t.me addresses that are functions of Telegram, not names.
_FUNCTIONS: Final = (
    "addemoji addlist addstickers addtheme boost confirmphone contact giftcode invoice joinchat"
    " login proxy setlanguage share socks"
)
_RESERVED: Final = frozenset(_FUNCTIONS.split())


def channel_name(text: str) -> str | None:
    """The channel named by `@name`, a t.me link in any of its forms, or tg://resolve.

    None when `text` names none: a bare word is no name, nor is an invitation link.
    """
    text = text.strip()
    if text.startswith("@"):
        return text[1:] if _is_name(text[1:]) else None
    url = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    if parts.scheme == "tg" and host == "resolve":
        name = (parse_qs(parts.query).get("domain") or [""])[0]
        return name if _is_name(name) else None
    if parts.scheme not in ("http", "https"):
        return None
    path = [part for part in parts.path.split("/") if part]
    if host.endswith(".t.me"):
        path = [host.removesuffix(".t.me").replace("-", "_"), *path]
    elif host not in _HOSTS:
        return None
    if path and path[0] == "s":
        path = path[1:]
    return path[0] if path and _is_name(path[0]) else None


def is_private_link(text: str) -> bool:
    """Whether `text` leads into a private channel: an invitation, or t.me/c/ID."""
    try:
        parts = urlsplit(text.strip() if "://" in text else f"https://{text.strip()}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return False
    return host in _HOSTS and bool(re.match(r"/(\+|%2b|joinchat/|c/\d)", parts.path, re.I))


def page_url(web: str, name: str, before: int | None = None) -> str:
    """The newest posts, or those with ids below `before`; `web` is the server's address."""
    return f"{web.rstrip('/')}/s/{name}" + (f"?before={before}" if before else "")


def landing_url(web: str, name: str) -> str:
    """The page that tells what NAME is when it has no preview."""
    return f"{web.rstrip('/')}/{name}"


def embed_url(web: str, name: str, post_id: int) -> str:
    """One post by itself; see `is_missing_post`."""
    return f"{web.rstrip('/')}/{name}/{post_id}?embed=1&mode=tme"


def _is_name(text: str) -> bool:
    return bool(CHANNEL_NAME.fullmatch(text)) and text.lower() not in _RESERVED
