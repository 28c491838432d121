"""What is at the address a person gave: a feed, a channel, a page that offers feeds, nothing.

    discovery = Discovery(fetcher, parser, web="https://t.me")
    found = await discovery.probe("https://example.org", now)
    match found:
        case Probe():    # readable: add it; it has a title, language, headlines
        case Offers():   # a web page: offer its feeds, then probe the chosen one

Whatever is wrong is raised as SourceError, its key fit to be shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from bot.errors import FetchFailed, ParseFailed, SourceError
from bot.model import ParsedItem, Transport
from bot.sources.exchange import FetchRequest, FetchResponse
from bot.sources.http import Fetcher
from bot.sources.hub import linked_feeds
from bot.sources.parsed import FeedLink, LandingKind, OutlineEntry
from bot.sources.refresh import refreshed_to
from bot.sources.telegram_addresses import channel_name, is_private_link, landing_url, page_url
from bot.sources.text import guess_language
from bot.sources.web_addresses import check_url, host_of, same_origin
from bot.sources.worker import Parser
from bot.urls import untracked

__all__ = ["Discovery", "Offers", "Probe", "feed_identity", "first_address", "identity_of"]

_HEADLINES: Final = 3
_HEADLINE: Final = 120  # characters
# Where feeds are when a page does not say: the engines' habits.
_HABITS: Final = ("feed", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "rss2/")
_MORE_HABITS: Final = (
    *("?feed=rss2", "news/rss/", "feeds/posts/default", "rss.php"),
    *("feed.json", "rss/index.xml", "rss/all.xml", "news/feed", "blog/feed"),
)
_REFRESHES: Final = 2
# Sites whose pages say nothing and whose feeds stand at a place of their own.
_SITES: Final = (
    (
        re.compile(r"https?://(?:www\.)?medium\.com/(?!feed/)(@?[\w.-]+)(?:[/?#].*)?"),
        "https://medium.com/feed/{}",
    ),
    (
        re.compile(r"https?://([\w-]+)\.medium\.com(?!/feed)(?:[/?#].*)?"),
        "https://{}.medium.com/feed",
    ),
    (
        re.compile(r"https?://([\w-]+)\.substack\.com(?!/feed)(?:[/?#].*)?"),
        "https://{}.substack.com/feed",
    ),
    (
        re.compile(r"https?://([\w-]+)\.livejournal\.com(?!/data)(?:[/?#].*)?"),
        "https://{}.livejournal.com/data/rss",
    ),
    (
        re.compile(r"https?://(?:www\.|old\.)?reddit\.com/(r/\w+)/?"),
        "https://www.reddit.com/{}/.rss",
    ),
    (
        re.compile(r"https?://(?:www\.)?youtube\.com/channel/([\w-]+).*"),
        "https://www.youtube.com/feeds/videos.xml?channel_id={}",
    ),
)
_NONE: Final[Mapping[str, str]] = {}
_FORMATS: Final = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}


@dataclass(frozen=True, slots=True)
class Probe:
    """A source that can be read, with what `store.sources.add` needs.

    `format` is RSS, Atom, JSON Feed or channel. `headlines` are the newest, at most
    three. `lang` is ru, uk, en, another the feed declares, or "". `telegram_id` is the
    channel's stable id where the page gives it.
    """

    transport: Transport
    address: str
    identity: str
    title: str
    format: str
    lang: str
    headlines: tuple[str, ...]
    telegram_id: int | None = None


@dataclass(frozen=True, slots=True)
class Offers:
    """A web page that is no source itself, and the feeds it names, the likeliest first."""

    url: str
    feeds: tuple[FeedLink, ...]


@dataclass(frozen=True, slots=True)
class _Way:
    """The proxy and headers for an address."""

    proxy: str
    headers: Mapping[str, str]
    address: str = ""  # whose server the headers are for

    def to(self, url: str) -> FetchRequest:
        headers = self.headers if same_origin(url, self.address) else {}
        return FetchRequest(url, headers=headers, proxy=self.proxy)


class Discovery:
    """Looks at addresses. `web` is the server of the preview pages."""

    def __init__(self, fetcher: Fetcher, parser: Parser, *, web: str = "https://t.me") -> None:
        self._fetcher = fetcher
        self._parser = parser
        self._web = web

    async def probe(
        self,
        text: str,
        now: datetime,
        *,
        proxy: str = "",
        headers: Mapping[str, str] = _NONE,
    ) -> Probe | Offers:
        """What `text` (an address, @name or t.me link) leads to. Tells and stores nothing.

        `now` is aware UTC; `proxy` and `headers` (to the address's own host) are a
        FetchRequest's. Raises SourceError.
        """
        text = text.strip().strip("<>")
        if is_private_link(text):
            raise SourceError(
                "This is a private channel: it is read when the bot is made its administrator"
            )
        if name := channel_name(text):
            return await self._channel(name, now, proxy)
        if text.startswith("@"):
            raise SourceError("This is no name of a channel")
        return await self._address(text, now, _Way(proxy, headers, first_address(text)))

    async def listed(self, body: bytes, now: datetime) -> tuple[OutlineEntry, ...]:
        """The entries of a list of sources (OPML). Raises ParseFailed."""
        return await self._parser.opml(body, now=now)

    # --- channels

    async def _channel(self, name: str, now: datetime, proxy: str) -> Probe:
        answer = await self._fetcher.fetch(
            FetchRequest(page_url(self._web, name), follow=False, proxy=proxy)
        )
        if 300 <= answer.status < 400:
            raise await self._why_not(name, now, proxy)
        page = await self._parser.channel(answer.body, now=now, content_type=answer.content_type)
        if page.empty and not page.title:
            raise FetchFailed("Telegram shows no posts of @{name} now; try again later", name=name)
        name = page.username or name
        return Probe(
            transport=Transport.PREVIEW,
            address=name,
            identity=f"t.me/{name.lower()}",
            title=page.title or name,
            format="channel",
            lang=_language(page.items),
            headlines=_headlines(page.items),
            telegram_id=page.chat_id,
        )

    async def _why_not(self, name: str, now: datetime, proxy: str) -> SourceError:
        """Why a name has no preview page."""
        answer = await self._fetcher.fetch(
            FetchRequest(landing_url(self._web, name), follow=False, proxy=proxy)
        )
        landing = await self._parser.landing(answer.body, now=now, content_type=answer.content_type)
        match landing.kind:
            case LandingKind.MISSING:
                return SourceError("There is no channel @{name}", name=name)
            case LandingKind.GROUP:
                return SourceError("@{name} is a group: only channels can be read", name=name)
            case LandingKind.PERSON:
                return SourceError("@{name} is a person or a bot, no channel", name=name)
        return SourceError(
            "@{name} has no public page (its owner has closed it, or it is marked 18+):"
            " it is read when the bot is made its administrator",
            name=name,
        )

    # --- web addresses

    async def _address(self, text: str, now: datetime, way: _Way) -> Probe | Offers:
        addresses = [*_known_sites(_candidates(text)), *_candidates(text)]
        answer = await self._first_answer(addresses, way)
        for _ in range(_REFRESHES):
            try:
                return await self._feed(answer, now)
            except ParseFailed as failed:
                failure = failed
            if not (further := refreshed_to(answer.body, answer.url)):
                break
            answer = await self._fetcher.fetch(way.to(further))
        links = linked_feeds(answer) + await self._parser.links(
            answer.body, url=answer.url, now=now, content_type=answer.content_type
        )
        links = tuple({link.url: link for link in reversed(links)}.values())[::-1]
        links = links or await self._by_habit(answer.url, now, way)
        if links:
            return Offers(answer.url, links)
        if failure.key == "This is a web page, not a feed":
            raise SourceError(
                "{host} is a web page, and no feed was found on it", host=host_of(answer.url)
            ) from failure
        raise failure

    async def _first_answer(self, urls: Sequence[str], way: _Way) -> FetchResponse:
        failure: FetchFailed | None = None
        for url in urls:
            try:
                return await self._fetcher.fetch(way.to(url))
            except FetchFailed as error:
                failure = failure or error
        raise failure or SourceError("This is neither a web address nor a channel")

    async def _feed(self, answer: FetchResponse, now: datetime) -> Probe:
        feed = await self._parser.feed(
            answer.body, url=answer.url, now=now, content_type=answer.content_type
        )
        address = answer.permanent_url or answer.asked
        return Probe(
            transport=Transport.FEED,
            address=address,
            identity=feed_identity(address),
            title=feed.title or host_of(address),
            format=_FORMATS[feed.format],
            lang=feed.lang,
            headlines=_headlines(feed.items),
        )

    async def _by_habit(self, url: str, now: datetime, way: _Way) -> tuple[FeedLink, ...]:
        """The feed at one of the usual places of the site, if there is one."""
        for place in _usual_places(url):
            try:
                answer = await self._fetcher.fetch(way.to(place))
                probe = await self._feed(answer, now)
            except FetchFailed as error:
                if "status" not in error.values:
                    break  # no site to go on asking
                continue
            except SourceError:
                continue
            return (FeedLink(probe.address, probe.title),)
        return ()


def _known_sites(urls: Sequence[str]) -> list[str]:
    """The feed's place on a site that is known for it."""
    found = ((pattern.fullmatch(url), place) for url in urls for pattern, place in _SITES)
    return list(dict.fromkeys(place.format(match[1]) for match, place in found if match))


def _usual_places(url: str) -> list[str]:
    """Below the page itself, then at the site's root."""
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}"
    below = f"{root}{parts.path.rstrip('/')}"
    own = [f"{below}/{habit}" for habit in _HABITS[:3]] if below != root else []
    return list(dict.fromkeys([*own, *(f"{root}/{habit}" for habit in _HABITS + _MORE_HABITS)]))


def feed_identity(url: str) -> str:
    """What makes two addresses the same feed: not http or https, the host's case, a port
    by default, a slash at the end, a fragment, what only tracks. The rest of the query counts."""
    parsed = check_url(url)
    port = f":{parsed.port}" if parsed.port not in (None, 80, 443) else ""
    query = untracked(parsed.query.decode("ascii", "replace"))
    query = f"?{query}" if query else ""
    return f"https://{parsed.host}{port}{parsed.path.rstrip('/')}{query}"


def identity_of(text: str) -> str:
    """The identity a source of this address would have; "" where that is not known unread."""
    if name := channel_name(text):
        return f"t.me/{name.lower()}"
    try:
        return feed_identity(first_address(text))
    except FetchFailed:
        return ""


def first_address(text: str) -> str:
    """The address that `text` most likely means, "" if it is none."""
    return "".join(_candidates(text.strip().strip("<>"))[:1])


def _candidates(text: str) -> tuple[str, ...]:
    """The addresses `text` may mean, likeliest first; none if it is no address."""
    if re.match(r"feed:(//)?https?:", text, re.I):  # feed:https://example.org/rss
        text = re.sub(r"^feed:(//)?", "", text, flags=re.I)
    text = re.sub(r"^feed://", "https://", text, flags=re.I)
    if re.match(r"[a-z][a-z0-9+.-]*://", text, re.I):
        return (text,)
    if re.fullmatch(r"([^\s/@:?#]+\.[^\s/@:.?#]{2,}|[\d.]{7,15})(:\d+)?([/?#]\S*)?", text):
        return (f"https://{text}", f"http://{text}")
    return ()


def _headlines(items: Sequence[ParsedItem]) -> tuple[str, ...]:
    """The newest by date; those without a date keep their place, after dated ones."""
    oldest = datetime.min.replace(tzinfo=UTC)
    newest = sorted(items, key=lambda item: item.published or oldest, reverse=True)
    shown = (item.title or item.text.partition("\n")[0] for item in newest)
    return tuple(_cut(line) for line in shown if line)[:_HEADLINES]


def _cut(line: str) -> str:
    return line if len(line) <= _HEADLINE else line[: _HEADLINE - 1].rstrip() + "…"


def _language(items: Sequence[ParsedItem]) -> str:
    return guess_language("\n".join(item.text for item in items))
