"""An address fit to be shown: without secrets, short, its letters honest."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from bot.urls.hosts import host_of, split_url
from bot.urls.parameters import is_secret, is_secretive, kept_as_is

__all__ = ["safe_url", "short_url", "without_secrets"]

_MAX_LETTERS: Final = 2_000


def safe_url(url: str) -> str:
    """The address as a link for readers: http(s), no user name, secret or tracking in it.

    "" where that cannot be had. Unicode names stay readable to browsers as punycode.
    """
    parts = split_url(url)
    if parts is None:
        return ""
    host = host_of(parts)
    if not host or ("." not in host and ":" not in host):
        return ""
    netloc = f"[{host}]" if ":" in host else host
    if parts.port is not None and parts.port != {"http": 80, "https": 443}[parts.scheme]:
        netloc += f":{parts.port}"
    query = kept_as_is(parts.query)
    fragment = "" if is_secretive(parts.fragment) else parts.fragment
    whole = f"{parts.scheme}://{netloc}{parts.path}"
    whole += (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")
    whole = quote(whole, safe="%/:?#[]@!$&'()*+,;=~-._")
    return whole if len(whole) <= _MAX_LETTERS else ""


def without_secrets(url: str) -> str:
    """The address as it is, but for user name, password and parameters that are secrets."""
    parts = urlsplit(url)
    kept = [
        part
        for part in parts.query.split("&")
        if not is_secret(unquote(part.partition("=")[0]), part.partition("=")[2])
    ]
    netloc = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=netloc, query="&".join(kept)).geturl()


def short_url(url: str, longest: int = 48) -> str:
    """How a link reads in a message: no scheme, no `www.`, cut with an ellipsis when long.

    The host is always whole: it says where the link leads. A name in other letters than
    Latin ones has the name that computers use behind it: letters can look alike.
    """
    safe = safe_url(url)
    if not safe:
        return ""
    parts = urlsplit(safe)
    netloc = (parts.netloc or "").removeprefix("www.")
    host = _readable_host(netloc)
    real = "" if host == netloc else f" ({netloc})"
    path = _decoded(parts.path).rstrip("/")
    if parts.query:
        path += "?" + _decoded(parts.query)
    shown = host + path
    if len(shown) > longest:
        shown = host + path[: max(longest - len(host), 8)].rstrip("/") + "…"
    return shown + real


def _readable_host(netloc: str) -> str:
    """«пример.рф» rather than punycode, unless letters of two scripts could deceive."""
    host, colon, port = netloc.partition(":")
    if "xn--" not in host:
        return netloc
    try:
        name = host.encode("ascii").decode("idna")
    except UnicodeError:
        return netloc
    # Whoever registers a name in letters that look Latin has one script too: punycode tells.
    honest = all(map(_one_script, name.split("."))) and name.encode("idna").decode() == host
    return name + colon + port if honest else netloc


def _one_script(label: str) -> bool:
    scripts = {
        "" if c.isdigit() or c == "-" else unicodedata.name(c, "?").partition(" ")[0] for c in label
    }
    return len(scripts - {""}) <= 1


def _decoded(text: str) -> str:
    """Escapes as letters, where that is readable and harmless."""
    try:
        plain = unquote(text, errors="strict")
    except UnicodeDecodeError:
        return text
    return plain if re.fullmatch(r"[\w/.,:;=&?~+()@!-]*", plain) else text
