"""Proxies and headers of a source, as root admins write them, and what may be shown of them."""

from __future__ import annotations

import re
from typing import Final

import httpx

from bot.errors import SourceError
from bot.sources.exchange import DIRECT

__all__ = ["TOR", "parse_header", "parse_proxy", "shown_proxy"]

TOR: Final = "socks5://127.0.0.1:9050"
"""Where Tor listens when nobody has said otherwise."""

_SCHEMES: Final = frozenset({"http", "https", "socks5", "socks5h"})
_TOKEN: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_MAX_HEADER_LETTERS: Final = 4_000
# What the connection, the safe decoding of a body and the memory of what was read rest on.
_OURS: Final = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "content-type",
        "expect",
        "host",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
        "keep-alive",
        "range",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


def parse_proxy(text: str) -> str:
    """The address of a proxy; "" for `off`, DIRECT for none at all, Tor's for `tor`.

    Names are resolved by the proxy, so socks5 and socks5h are the same. Raises
    SourceError, which repeats nothing of what was written.
    """
    text = text.strip()
    known = {"off": "", "none": "", DIRECT: DIRECT, "tor": TOR}
    if text.lower() in known:
        return known[text.lower()]
    failure = SourceError(
        "This is no address of a proxy: write socks5://host:port, http://host:port, tor or off"
    )
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, UnicodeError, TypeError, ValueError):
        raise failure from None  # it may quote a password
    if url.scheme not in _SCHEMES or not url.host or url.path not in ("", "/") or url.query:
        raise failure
    return text.rstrip("/")


def shown_proxy(proxy: str) -> str:
    """The proxy without its user name and password."""
    if proxy in ("", DIRECT):
        return proxy
    url = httpx.URL(proxy)
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def parse_header(text: str) -> tuple[str, str]:
    """`Name: value`; the value "" takes the header away. Raises SourceError."""
    name, colon, value = text.partition(":")
    name, value = name.strip(), value.strip()
    if not colon or not _TOKEN.fullmatch(name):
        raise SourceError("This is no header: write it as Name: value")
    if name.lower() in _OURS or name.lower().startswith("proxy-"):
        raise SourceError("Vigil itself sets the header {name}", name=name)
    try:
        value.encode("latin-1")
    except UnicodeError:
        raise SourceError("A header takes Latin letters only") from None
    if len(value) > _MAX_HEADER_LETTERS or any(ord(c) < 32 or ord(c) == 127 for c in value):
        raise SourceError("The value of this header is too long or holds line breaks")
    return name, value
