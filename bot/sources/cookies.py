"""Cookies for as long as one request and its redirects last."""

from __future__ import annotations

import re
from typing import Final

import httpx

from bot.sources.exchange import FetchResponse

__all__ = ["SET_COOKIE", "RequestCookies"]

SET_COOKIE: Final = "set-cookie"  # one a line, for a comma may stand in it


class RequestCookies:
    """What redirects set, given back to the server that set it while the request lasts.

    Guards against robots redirect to the same address with a cookie. Nothing is kept
    afterwards: a cookie would tell a site that it is we who come again.
    """

    _MOST: Final = 20

    def __init__(self) -> None:
        self._set: dict[tuple[str, str], str] = {}

    def take(self, url: httpx.URL, response: FetchResponse) -> None:
        for line in response.headers.get(SET_COOKIE, "").split("\n"):
            pair = line.partition(";")[0].strip()
            name, _, value = pair.partition("=")
            if name and _COOKIE.fullmatch(pair) and len(self._set) < self._MOST:
                self._set[url.host, name] = value

    def for_url(self, url: httpx.URL) -> str:
        return "; ".join(
            f"{name}={value}" for (host, name), value in self._set.items() if host == url.host
        )


_COOKIE: Final = re.compile(r"[\x21-\x3a\x3c-\x7e]+=[\x20-\x3a\x3c-\x7e]{0,2000}")
