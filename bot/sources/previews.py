"""Public preview pages of channels, one page at a time: what they show, and what else they mean.

A page without posts where there must be some is a throttled reader's; so is a 429. Both are
`Throttled`: nothing is concluded from them, and after several in a row nobody is asked for a
while. A name that leads nowhere, to a group, to a channel without a page, or to another
channel than before is said in words that help.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.backoff import backoff
from bot.errors import FetchFailed
from bot.i18n import msg
from bot.model import Source
from bot.sources.exchange import FetchResponse, request_for
from bot.sources.http import Fetcher
from bot.sources.lanes import HostLane
from bot.sources.parsed import LandingKind, ParsedChannelPage
from bot.sources.telegram_addresses import embed_url, landing_url, page_url
from bot.sources.web_addresses import solo_host
from bot.sources.worker import Parser

__all__ = ["LAYOUT", "MISSING", "TAKEN", "PostPage", "PreviewPage", "Previews", "Throttled"]

log = structlog.get_logger(__name__)

_SLOW_DOWN = frozenset({420, 429, 503})
_IN_A_ROW = 3  # empty pages of different channels before it is us and not them
_FIRST_REST, _LONGEST_REST = timedelta(minutes=5), timedelta(hours=1)

LAYOUT = (
    msg("The channel's page has changed: its posts cannot be read"),
    msg("The channel's page has changed: it cannot be recognised"),
)
"""The errors for pages whose form has changed."""

MISSING = msg("There is no channel @{name} any more: it was renamed, deleted or made private")
_EMPTY = msg("Telegram shows @{name} without posts, as to readers it slows down")
_SLOWER = msg("Telegram asks us to read its pages more slowly")
TAKEN = msg("The name @{name} belongs to another channel now")


class Throttled(FetchFailed):
    """Telegram slows us down; what it shows now proves nothing."""


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """A page of posts as it came at `at` (UTC)."""

    url: str
    at: datetime
    body: bytes = field(repr=False)
    shown: ParsedChannelPage

    @property
    def newest(self) -> int:
        """The highest number on it, 0 of an empty one."""
        return max(self.shown.ids, default=0)

    @property
    def oldest(self) -> int:
        """The lowest number on it, 0 of an empty one."""
        return min(self.shown.ids, default=0)


@dataclass(frozen=True, slots=True)
class PostPage:
    """A post's own page, and whether it refuses to show the post."""

    url: str
    at: datetime
    body: bytes = field(repr=False)
    missing: bool


class Previews:
    """`web` is the server of the pages."""

    def __init__(self, fetcher: Fetcher, parser: Parser, *, web: str) -> None:
        self._fetcher = fetcher
        self._parser = parser
        self._web = web.rstrip("/")
        self.lane = HostLane(solo_host(web), width=1, dedicated=True)
        """In which the pages are read."""
        self._empty: set[int] = set()  # sources that came empty since a page was last good
        self._rests = 0
        self._rest_until: datetime | None = None

    async def page(
        self, source: Source, now: datetime, before: int | None = None, *, posts: bool = False
    ) -> PreviewPage:
        """The newest posts of the channel, or those below `before`.

        With `posts` (or `before`) there must be some. Raises SourceError: Throttled when
        nothing may be concluded, LayoutChanged when nobody can read it any more.
        """
        url = page_url(self._web, source.address, before)
        answer = await self._ask(source, url, now)
        if 300 <= answer.status < 400:
            raise await self._why_not(source, now)
        page = await self._parser.channel(answer.body, now=now, content_type=answer.content_type)
        if None not in (source.telegram_id, page.chat_id) and source.telegram_id != page.chat_id:
            raise FetchFailed(TAKEN, name=source.address)
        if page.empty and (posts or before is not None):
            raise self._came_empty(source, now)
        if not page.empty:
            self._empty.clear()
            self._rests = 0
        return PreviewPage(answer.url or url, now, answer.body, page)

    async def post(self, source: Source, number: int, now: datetime) -> PostPage:
        """The post's own page. Raises SourceError when it is neither the post nor a refusal."""
        url = embed_url(self._web, source.address, number)
        answer = await self._ask(source, url, now)
        if 300 <= answer.status < 400:
            raise await self._why_not(source, now)
        missing = await self._parser.missing(answer.body, now=now, content_type=answer.content_type)
        return PostPage(answer.url or url, now, answer.body, missing)

    async def _ask(self, source: Source, url: str, now: datetime) -> FetchResponse:
        until = self._rest_until
        if until is not None and now < until <= now + _LONGEST_REST:
            raise _throttled((until - now).total_seconds())
        try:
            return await self._fetcher.fetch(request_for(source, url, follow=False))
        except FetchFailed as error:
            if error.values.get("status") not in _SLOW_DOWN:
                raise
            self._rest(now, error.retry_after)
            raise _throttled(error.retry_after) from error

    async def _why_not(self, source: Source, now: datetime) -> FetchFailed:
        """Why there is no preview page. A name given up may be taken: a person looks at it."""
        answer = await self._ask(source, landing_url(self._web, source.address), now)
        landing = await self._parser.landing(answer.body, now=now, content_type=answer.content_type)
        name = source.address
        match landing.kind:
            case LandingKind.MISSING:
                return FetchFailed(MISSING, name=name)
            case LandingKind.CHANNEL:
                return FetchFailed(
                    "The channel @{name} has no public page: its owner has closed it, or it"
                    " is marked 18+",
                    name=name,
                )
            case LandingKind.GROUP:
                return FetchFailed("@{name} is a group, not a channel", name=name)
        return FetchFailed("@{name} is a person or a bot, not a channel", name=name)

    def _came_empty(self, source: Source, now: datetime) -> Throttled:
        self._empty.add(source.id)
        if len(self._empty) >= _IN_A_ROW:
            self._empty.clear()
            self._rest(now, None)
        return Throttled(_EMPTY, name=source.address)

    def _rest(self, now: datetime, retry_after: float | None) -> None:
        wait = backoff(self._rests, _FIRST_REST, _LONGEST_REST)
        asked = min(timedelta(seconds=retry_after or 0), _LONGEST_REST)
        self._rests += 1
        self._rest_until = now + max(wait, asked)
        log.warning("previews.throttled", rest=(self._rest_until - now).total_seconds())


def _throttled(retry_after: float | None) -> Throttled:
    return Throttled(_SLOWER, retry_after=retry_after)
