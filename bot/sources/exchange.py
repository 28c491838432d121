"""A request for what a source publishes, and its answer. Values only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.model import Source, Transport
from bot.sources.web_addresses import same_origin

__all__ = ["DIRECT", "FetchRequest", "FetchResponse", "request_for"]

DIRECT: Final = "direct"
"""In the place of a proxy: none, whatever the settings say."""


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """What to fetch. `etag` and `last_modified` are given back as they came.

    With `follow` False a redirect is an answer like any other. `headers` go to the
    first host only, and not to a place of it without encryption. `proxy` is instead of
    that of the settings: an address like theirs, or DIRECT for none. A `form` is posted;
    a redirect is not followed then, whatever `follow` says.
    """

    url: str
    etag: str = ""
    last_modified: str = ""
    follow: bool = True
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    proxy: str = field(default="", repr=False)
    form: Mapping[str, str] = field(default_factory=dict, repr=False)


def request_for(
    source: Source, url: str, *, etag: str = "", last_modified: str = "", follow: bool = True
) -> FetchRequest:
    """The request for `url` on behalf of the source: through its proxy, with its headers.

    The headers go to the origin of the source's own address and to no other.
    """
    own = source.headers and source.transport is Transport.FEED
    headers = source.headers if own and same_origin(url, source.address) else {}
    return FetchRequest(url, etag, last_modified, follow, headers, source.proxy)


@dataclass(frozen=True, slots=True)
class FetchResponse:
    """An answer of status 2xx, 304, or (not followed) 3xx.

    `asked` is the address of the request, `url` where it came from in the end.
    `permanent_url` is where the leading permanent redirects (301, 308) lead, None
    without such; adopt it when it repeats.
    `headers` have names in lower case. `max_age` and `retry_after` are seconds.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    permanent_url: str | None = None
    asked: str = ""

    @property
    def not_modified(self) -> bool:
        return self.status == 304

    @property
    def etag(self) -> str:
        return self.headers.get("etag", "")

    @property
    def last_modified(self) -> str:
        return self.headers.get("last-modified", "")

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")

    @property
    def location(self) -> str:
        """Where a redirect that was not followed leads, "" if there is none."""
        return self.headers.get("location", "")

    @property
    def max_age(self) -> float | None:
        """How long the answer is good for by Cache-Control."""
        match = re.search(
            r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", self.headers.get("cache-control", ""), re.I
        )
        return float(match[1]) if match else None
