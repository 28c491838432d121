"""The host of an address, as it is written and as a computer asks for it."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final
from urllib.parse import SplitResult, urlsplit

__all__ = ["host_of", "name_of_host", "split_url"]

_UNSAFE: Final = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff<>\"\\^`{|}]")


@lru_cache(maxsize=256)  # of one address it is asked for twice
def split_url(url: str) -> SplitResult | None:
    url = url.strip().encode(errors="replace").decode()  # halves of pairs
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not name_of_host(parts.netloc):
            return None
        if ":" in parts.netloc:
            parts.port  # noqa: B018 - raises when it is no number
    except ValueError:
        return None
    return parts  # its scheme is in lower case


@lru_cache(maxsize=1_024)
def name_of_host(netloc: str) -> str:
    """The host's name as it is written, in lower case. Addresses of few hosts are asked for."""
    return SplitResult("", netloc, "", "", "").hostname or ""


def host_of(parts: SplitResult) -> str:
    return _host_of(parts.netloc)


@lru_cache(maxsize=1_024)
def _host_of(netloc: str) -> str:
    """Lower case, punycode, without the final dot; "" where it is no host's name."""
    host = name_of_host(netloc).rstrip(".")
    if _UNSAFE.search(host):
        return ""
    if not host.isascii():
        labels = [_punycode(label) for label in host.split(".")]
        host = ".".join(labels) if all(labels) else ""
    return "" if _UNSAFE.search(host) or len(host) > 253 else host.lower()


def _punycode(label: str) -> str:
    """As a browser sends it; a name that no registry would give is encoded all the same."""
    if label.isascii():
        return label
    try:
        return label.encode("idna").decode("ascii")
    except UnicodeError:
        folded = unicodedata.normalize("NFKC", label).lower()
        if any(unicodedata.category(c)[0] in "CZ" for c in folded):
            return ""  # what nobody sees is no name
        return "xn--" + folded.encode("punycode").decode("ascii")
