"""Which web addresses may be fetched, and whether two are of one server. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import httpx

from bot.errors import FetchFailed

__all__ = ["check_url", "host_of", "netloc", "origin_of", "same_origin", "solo_host"]

_MAX_URL: Final = 4096
_HOST: Final = re.compile(rb"[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f:.]{2,45}")


@lru_cache(maxsize=20_000)
def check_url(url: str) -> httpx.URL:
    """The address, if it is one of the web. Raises FetchFailed if it is anything else.

    Every visit requests the same addresses, and parsing one takes a tenth of a poll.
    """
    try:
        if len(url) > _MAX_URL:
            raise FetchFailed("This is not a web address", refused=True)
        parsed = httpx.URL(url.strip())
        host = parsed.raw_host
    except (httpx.InvalidURL, UnicodeError, TypeError, ValueError) as error:
        raise FetchFailed("This is not a web address", refused=True) from error
    port_is_one = parsed.port is None or 0 < parsed.port < 65_536
    if parsed.scheme not in ("http", "https") or not port_is_one or not _HOST.fullmatch(host):
        raise FetchFailed("This is not a web address", refused=True)
    if parsed.userinfo:
        raise FetchFailed("The address holds a user name or password; remove them", refused=True)
    return parsed.copy_with(fragment=None)


@lru_cache(maxsize=20_000)
def host_of(url: str) -> str:
    """The host in an address, as people see it; "" if there is none."""
    try:
        return httpx.URL(url).host
    except (httpx.InvalidURL, UnicodeError, TypeError, ValueError):
        return ""


def same_origin(one: str, other: str) -> bool:
    """Whether both are addresses of one server, asked the same way. Raises nothing."""
    try:
        return origin_of(check_url(one)) == origin_of(check_url(other))
    except FetchFailed:
        return False


def solo_host(url: str) -> str:
    """The name under which `FetchSettings.solo_hosts` knows the host of `url`."""
    parsed = check_url(url)
    return netloc(parsed)


def origin_of(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port  # httpx has left out the usual port


def netloc(url: httpx.URL) -> str:
    return url.host if url.port is None else f"{url.host}:{url.port}"
