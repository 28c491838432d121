"""One visit to a source: fetch, parse, say what to remember and when to come again.

Implements `bot.fetching.poller.SourceReader`. A preview page has no validator of its own, so the
newest post id that was read is kept in its place (`etag`): a gap since the last visit is seen, and
paged over by `bot.fetching.backfill`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache, partial
from hashlib import sha256
from urllib.parse import urlsplit

import structlog

from bot.errors import FetchFailed, ParseFailed, SourceError
from bot.fetching.poller import Visit
from bot.model import ParsedItem, Priority, Source, Transport
from bot.sources import schedule, validators
from bot.sources.discovery import feed_identity
from bot.sources.exchange import FetchResponse, request_for
from bot.sources.http import Fetcher
from bot.sources.hub import hub_of
from bot.sources.lanes import HostLane
from bot.sources.parsed import ParsedFeed
from bot.sources.previews import Previews
from bot.sources.refresh import refreshed_to
from bot.sources.rhythm import Rhythm
from bot.sources.worker import Parser
from bot.store.visits import DueSource, FetchRecord

__all__ = ["Visitor"]

log = structlog.get_logger(__name__)

# Telegram's pages are read some twenty a minute; a third is left for gaps and looks at posts.
_PAGES_AN_HOUR = 800
_POLLS_AN_HOUR = 360_000  # of feeds: what one process keeps up with, and some to spare

# Visits in a row that end at another address, and for how long, before it is adopted.
_AGREEMENTS, _AGREED_FOR = 3, timedelta(days=1)
_LATE = timedelta(days=7)  # a new entry dated back further comes of an archive that is put online


def _nobody(_: int) -> bool:
    return False


class Visitor:
    """Reads feeds and preview pages; `pace` says how eagerly.

    With `hubs` what feeds say of their hubs is remembered. `is_pushed` tells whether a
    source's hub brings what it publishes: such a one is asked rarely.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        parser: Parser,
        *,
        previews: Previews,
        pace: schedule.PollPace,
        rng: random.Random | None = None,
        hubs: bool = False,
        is_pushed: Callable[[int], bool] = _nobody,
    ) -> None:
        self._fetcher = fetcher
        self._parser = parser
        self._previews = previews
        self._pace = pace
        self._paces = {True: pace, False: pace}  # of preview pages, of feeds
        self._rng = rng or random.Random()  # noqa: S311 - spreads visits, keeps no secret
        self._hubs = hubs
        self._is_pushed = is_pushed

    async def read(self, source: Source, now: datetime) -> Visit:
        """Visit a FEED or PREVIEW source. Raises SourceError."""
        if source.transport is Transport.PREVIEW:
            return await self._preview(source, now)
        return await self._feed(source, now)

    def lane(self, due: DueSource) -> HostLane:
        """The host; Telegram's pages are a lane of their own, one at a time."""
        if due.transport is Transport.PREVIEW:
            return self._previews.lane
        return _host_lane(due.address)

    def next_after_failure(self, source: Source, now: datetime, error: SourceError) -> datetime:
        """With growing, scattered pauses; a Retry-After is waited out."""
        return schedule.next_try(
            now,
            failures=source.failures + 1,
            pace=self._pace,
            rng=self._rng,
            retry_after=error.retry_after if isinstance(error, FetchFailed) else None,
        )

    # feeds

    async def _feed(self, source: Source, now: datetime) -> Visit:
        whole = validators.wants_whole(source, now)
        answer = await self._fetcher.fetch(
            request_for(
                source,
                source.address,
                etag="" if whole else validators.to_send(source.etag),
                last_modified="" if whole else validators.to_send(source.last_modified),
            )
        )
        if answer.not_modified:
            return self._nothing_new(source, now, answer)
        digest = sha256(answer.body).hexdigest()
        if digest == source.body_hash:
            return self._nothing_new(source, now, answer, fresh=True)
        feed = await self._parsed(source, answer, now)
        newest = _newest(source, feed.items)
        etag, last_modified = _kept(source, answer, now, changed=newest != source.last_item_at)
        record = FetchRecord(
            at=now,
            next_due=None,
            # Of an answer without its end nothing is kept: the next one is read whole.
            etag=etag if feed.whole else "",
            last_modified=last_modified if feed.whole else "",
            body_hash=digest if feed.whole else "",
            title=feed.title if not source.title else None,
            archived_at=_archived(source, now),
            last_item_at=newest,
            hub=hub_of(answer, feed) if self._hubs and not source.proxy else None,
        )
        record = _moving(record, source, answer, now)
        learn = partial(
            self._learnt, record, source, feed.items, ttl=feed.ttl, max_age=answer.max_age
        )
        return Visit(learn(()), tuple(reversed(feed.items)), learn=learn)

    async def _parsed(self, source: Source, answer: FetchResponse, now: datetime) -> ParsedFeed:
        """The feed in the answer, or where its page leads on to. Raises SourceError."""
        try:
            return await self._parser.feed(
                answer.body, url=answer.url, now=now, content_type=answer.content_type
            )
        except ParseFailed:
            if not (further := refreshed_to(answer.body, answer.url)):
                raise
        answer = await self._fetcher.fetch(request_for(source, further))
        return await self._parser.feed(
            answer.body, url=answer.url, now=now, content_type=answer.content_type
        )

    def _nothing_new(
        self, source: Source, now: datetime, answer: FetchResponse, *, fresh: bool = False
    ) -> Visit:
        etag, last_modified = _kept(source, answer, now, changed=False) if fresh else (None, None)
        record = FetchRecord(
            at=now,
            next_due=None,
            etag=etag,
            last_modified=last_modified,
            archived_at=_archived(source, now),
        )
        record = _moving(record, source, answer, now)
        return Visit(self._learnt(record, source, (), (), max_age=answer.max_age))

    # preview pages

    async def _preview(self, source: Source, now: datetime) -> Visit:
        last = int(source.etag) if source.etag.isdecimal() else 0
        page = await self._previews.page(source, now, posts=last > 0)
        shown = page.shown
        items = shown.items
        renamed = shown.username if shown.username.lower() != source.address.lower() else ""
        known = source.telegram_id is not None and shown.chat_id == source.telegram_id
        # Posts since the last visit that have rolled off the newest page are read apart.
        gap = last and page.oldest > last + 1 and shown.before
        record = FetchRecord(
            at=now,
            next_due=None,
            etag=str(max(page.newest, last)) if page.newest else None,
            title=shown.title if not source.title and shown.title else None,
            address=renamed if renamed and known else None,
            # An empty page is a throttled reader's as often as an empty channel.
            archived_at=None if shown.empty else _archived(source, now),
            last_item_at=_newest(source, items),
            gap=(shown.before, last) if gap and shown.before else None,
        )
        learn = partial(self._learnt, record, source, items)
        return Visit(learn(()), items, shown.chat_id, page, learn)

    # what is learnt

    def _learnt(
        self,
        record: FetchRecord,
        source: Source,
        items: Sequence[ParsedItem],
        new: Collection[str],
        *,
        ttl: float | None = None,
        max_age: float | None = None,
    ) -> FetchRecord:
        """The record with how often the source publishes, when, and when to come again.

        `new` are the keys of items never seen before. What is dated after the last visit counts
        too: a hub may have brought it. Dates alone would not do: entries may come hours after
        their dates, or without any.
        """
        now, since, before = record.at, source.last_success, Rhythm.read(source.rhythm)
        if since is None or source.archived_at is None:
            rate = schedule.first_rate([item.published for item in items], now)
            fresh = items
        else:
            fresh = [item for item in items if _is_fresh(item, new, since, now)]
            seconds = (now - since).total_seconds()
            rate = schedule.learn_rate(source.rate, new=len(fresh), seconds=seconds)
        published = (item.published for item in fresh if item.published is not None)
        times = [when for when in published if when <= now]
        rhythm = before.with_items(times) if times else before
        due = self._due(source, now, rate, rhythm, ttl=ttl, max_age=max_age)
        return replace(record, next_due=due, rate=rate, rhythm=_told_apart(rhythm, before, source))

    def fit(self, loads: Iterable[tuple[Transport, float, Priority]]) -> None:
        """Ask all sources of these rates and priorities no more often than can be kept up.

        With fewer sources everything stays at the pace given. To be called now and then.
        """
        rates: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
        for transport, rate, priority in loads:
            rates[transport is Transport.PREVIEW].append((rate, priority.weight))
        for previews, budget in ((True, _PAGES_AN_HOUR), (False, _POLLS_AN_HOUR)):
            fitted = schedule.fit_pace(rates[previews], polls_per_hour=budget, pace=self._pace)
            hourly = max(self._pace.hourly, fitted.hourly)
            self._paces[previews] = replace(self._pace, hourly=hourly)

    def _due(
        self,
        source: Source,
        now: datetime,
        rate: float,
        rhythm: Rhythm,
        *,
        ttl: float | None = None,
        max_age: float | None = None,
    ) -> datetime:
        if self._is_pushed(source.id) and source.priority is not Priority.HIGH:
            max_age = self._pace.cap  # what its hub brings need not be asked for
        return schedule.next_due(
            now,
            rate=rate,
            rhythm=rhythm,
            weight=source.priority.weight,
            pace=self._paces[source.transport is Transport.PREVIEW],
            rng=self._rng,
            ttl=ttl,
            max_age=max_age,
        )


def _kept(
    source: Source, answer: FetchResponse, now: datetime, *, changed: bool
) -> tuple[str, str]:
    """ETag and Last-Modified as the source's row keeps them."""
    return (
        validators.kept(answer.etag, source.etag, changed=changed, now=now),
        validators.kept(answer.last_modified, source.last_modified, changed=changed, now=now),
    )


def _is_fresh(item: ParsedItem, new: Collection[str], since: datetime, now: datetime) -> bool:
    """Whether the source published it since the last visit; not an archive that it shows again."""
    when = item.published
    if when is None:
        return item.key in new
    return when > (min(since, now - _LATE) if item.key in new else since)


def _told_apart(rhythm: Rhythm, before: Rhythm, source: Source) -> str | None:
    """The rhythm as the row keeps it, if it has changed."""
    if rhythm is before and source.rhythm:
        return None
    written = rhythm.written()
    return written if written != source.rhythm else None


@lru_cache(maxsize=20_000)
def _host_lane(address: str) -> HostLane:
    parts = urlsplit(address)
    return HostLane(parts.netloc.lower())


def _moving(
    record: FetchRecord, source: Source, answer: FetchResponse, now: datetime
) -> FetchRecord:
    """The record with where permanent redirects lead; the new address once it is believed.

    One answer of a hotel's network, or an hour of a broken server, must not move a source:
    several visits must agree over a day.
    """
    to = answer.permanent_url
    if to is None or to == source.address:
        return replace(record, moved=("", 0, None)) if source.moved_to else record
    if to != source.moved_to or source.moved_since is None or now < source.moved_since:
        return replace(record, moved=(to, 1, now))
    times = source.moved_times + 1
    if times < _AGREEMENTS or now - source.moved_since < _AGREED_FOR:
        return replace(record, moved=(to, times, source.moved_since))
    log.info("source.moved", source=source.id)
    return replace(record, address=to, identity=feed_identity(to), moved=("", 0, None))


def _archived(source: Source, now: datetime) -> datetime | None:
    return now if source.archived_at is None else None


def _newest(source: Source, items: Sequence[ParsedItem]) -> datetime | None:
    times = [item.published for item in items if item.published is not None]
    if source.last_item_at is not None:
        times.append(source.last_item_at)
    return max(times, default=None)
