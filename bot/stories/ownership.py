"""Whose an address is: a source speaks for its own host or channel, and for no other. Pure.

An address that anybody could claim would let one source silence another: it would publish
under the address of a report that is still to come.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from bot.model import Source, Transport
from bot.urls import canonical_url

__all__ = ["owns"]


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# In front of a site's own name, where its feeds are served.
_FEED_LABELS: Final = _names("rss feed feeds xml export api static cdn")

# Second labels under which strangers register.
_PUBLIC: Final = _names(
    """com co org net gov edu ac in mil int info biz kiev kyiv lviv kharkov kharkiv odessa odesa
    dnepr dp msk spb nov"""
)

# One host, many authors: the host says nothing about whose a page is.
_SHARED: Final = _names(
    """medium.com vk.com ok.ru twitter.com youtube.com facebook.com instagram.com reddit.com
    livejournal.com blogspot.com wordpress.com substack.com github.io github.com gitlab.io
    gitlab.com t.me telegra.ph telegram.org dzen.ru zen.yandex.ru google.com news.google.com
    archive.org feedburner.com feeds.feedburner.com rsshub.app tumblr.com tilda.ws narod.ru
    ucoz.ru ucoz.net wixsite.com ghost.io threads.net bsky.app mastodon.social tiktok.com
    rutube.ru boosty.to patreon.com teletype.in notion.site nitter.net rss.app politepol.com
    fetchrss.com"""
)


def owns(source: Source, url: str) -> bool:
    """Whether a canonical address lies on the source's own host, or is a post of its channel."""
    if not url:
        return False
    parts = urlsplit(url)
    host, path = parts.hostname or "", parts.path
    if source.transport is Transport.FEED:
        site = _site(source.address)
        return bool(site) and (host == site or host.endswith(f".{site}"))
    if host != "t.me":
        return False
    segments = path.strip("/").split("/")
    if segments[0] == "c":
        return len(segments) > 1 and f"-100{segments[1]}" == str(source.telegram_id)
    names = {source.address, source.identity.removeprefix("t.me/")} - {""}
    return segments[0].lower() in {name.lower() for name in names}


@lru_cache(maxsize=4_096)
def _site(address: str) -> str:
    """The host a feed speaks for; "" for one that many authors share."""
    host = urlsplit(canonical_url(address)).hostname or ""
    if host in _SHARED:
        return ""
    first, _, rest = host.partition(".")
    if first in _FEED_LABELS and "." in rest:
        second, _, last = rest.partition(".")
        if ("." in last or second not in _PUBLIC) and rest not in _SHARED:
            return rest
    return host
