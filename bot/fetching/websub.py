"""Feeds whose hub brings what they publish (WebSub, https://www.w3.org/TR/websub/).

A hub that a feed names is asked for it, and asks back at an address of ours that nobody else
knows; then it brings what is new, signed with a secret of that subscription. What is not
signed is not believed. Polling goes on as a net, rarely, for as long as the hub misses
nothing; the subscription is renewed before its lease ends, and left when the source is.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.backoff import backoff
from bot.clock import Clock
from bot.errors import ParseFailed, SourceError, StoreError
from bot.i18n import msg
from bot.ingest.pipeline import Pipeline
from bot.model import Source, SourceState
from bot.ops.failures import log_failure
from bot.sources.exchange import FetchRequest
from bot.sources.http import Fetcher
from bot.sources.hub import is_signed
from bot.sources.worker import Parser
from bot.store import Store, hub_subscriptions, meta, visits
from bot.store.hub_subscriptions import Subscription, SubscriptionState
from bot.web import Listener, body_of, not_found

__all__ = ["PATH", "WebSub"]

log = structlog.get_logger(__name__)

PATH = "/websub/{token}"
REFUSED = msg("The hub refuses: {reason}")
_MOST_BYTES = 10 * 1024 * 1024
_MAX_CONCURRENT = 20
_LEASE_ASKED = timedelta(days=7)  # asked for
_SHORTEST, _LONGEST = timedelta(minutes=10), timedelta(days=30)  # that is believed
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=10), timedelta(days=1)
_REFUSED_FOR = timedelta(days=7)
_MAX_UNSUBSCRIBES = 3
_MAX_CHALLENGE_LETTERS = 2_000  # letters


class WebSub:
    """See the module. `public_url` is the https address under which `listener` is reached.

    `step` asks hubs for what is wanted; call it now and then.
    """

    def __init__(
        self,
        store: Store,
        fetcher: Fetcher,
        parser: Parser,
        pipeline: Pipeline,
        clock: Clock,
        *,
        listener: Listener,
        public_url: str,
    ) -> None:
        self._store = store
        self._fetcher = fetcher
        self._parser = parser
        self._pipeline = pipeline
        self._clock = clock
        self._url = public_url.rstrip("/")
        self._pushing: set[int] = set()
        listener.add(PATH, self._called, methods=("GET", "POST"))

    def is_pushed(self, source_id: int) -> bool:
        """Whether the source's hub brings what it publishes, as far as was seen."""
        return source_id in self._pushing

    async def missed(self, source: Source) -> None:
        """A poll found what the hub did not bring: it is relied on again after its next push."""
        if source.id not in self._pushing:
            return
        self._pushing.discard(source.id)
        async with self._store.write() as conn:
            await hub_subscriptions.change(conn, source.id, last_push=None)
        log.info("websub.missed", source=source.id)

    async def step(self, now: datetime) -> None:
        """Ask hubs, renew, leave: whatever is due. Raises StoreError."""
        async with self._store.read() as conn:
            wanted = await hub_subscriptions.due(conn, now, _MAX_CONCURRENT)
        for each in wanted:
            await self._act(each, now)
        async with self._store.read() as conn:
            self._pushing = await hub_subscriptions.pushing(conn, now)

    # asking

    async def _act(self, each: Subscription, now: datetime) -> None:
        if each.source.state is SourceState.ACTIVE:
            # Also one that was left and is wanted again: subscribing renews.
            held = each.state is SubscriptionState.VERIFIED
            state = SubscriptionState.VERIFIED if held else SubscriptionState.ASKED
            await self._ask(each, "subscribe", state, now)
            return
        asked = each.state in (
            SubscriptionState.ASKED,
            SubscriptionState.VERIFIED,
            SubscriptionState.LEAVING,
        )
        fresh = each.state is not SubscriptionState.LEAVING
        if asked and (fresh or each.failures < _MAX_UNSUBSCRIBES):
            each_failures = 0 if fresh else each.failures
            await self._ask(each, "unsubscribe", SubscriptionState.LEAVING, now, each_failures)
        else:
            async with self._store.write() as conn:
                await self._left(conn, each)

    async def _ask(
        self,
        each: Subscription,
        mode: str,
        state: SubscriptionState,
        now: datetime,
        failures: int | None = None,
    ) -> None:
        tried = each.failures if failures is None else failures
        wait = backoff(tried, _FIRST_WAIT, _LONGEST_WAIT)
        # Committed before: hubs may ask back before they answer.
        async with self._store.write() as conn:
            await hub_subscriptions.change(
                conn, each.source.id, state=state, next_try=now + wait, failures=tried + 1
            )
        form = {
            "hub.mode": mode,
            "hub.topic": each.topic,
            "hub.callback": self._url + PATH.format(token=each.token),
            "hub.verify": "async",  # of PubSubHubbub 0.3, which old hubs still want
        }
        if mode == "subscribe":
            form["hub.secret"] = each.secret
            form["hub.lease_seconds"] = str(int(_LEASE_ASKED.total_seconds()))
        try:
            answer = await self._fetcher.fetch(FetchRequest(each.hub, form=form, follow=False))
            if answer.status >= 300:
                raise SourceError("The hub answers with a redirect; its feed must name the new one")
        except SourceError as error:
            log.info("websub.not_asked", source=each.source.id, mode=mode, error=error.key)
            async with self._store.write() as conn:
                await hub_subscriptions.change(
                    conn, each.source.id, error=error.key, error_values=error.plain_values
                )
        else:
            log.info("websub.asked", source=each.source.id, mode=mode)

    async def _left(self, conn: Any, each: Subscription) -> None:
        """Nothing is agreed with the hub any more; a paused source may want it again."""
        if each.source.state is SourceState.PAUSED:
            await hub_subscriptions.change(
                conn,
                each.source.id,
                state=SubscriptionState.IDLE,
                next_try=None,
                lease_until=None,
                failures=0,
                last_push=None,
            )
        else:
            await hub_subscriptions.delete(conn, each.source.id)

    # being called

    async def _called(self, request: Request) -> Response:
        async with self._store.read() as conn:
            each = await hub_subscriptions.by_token(conn, request.path_params["token"])
        if each is None:
            return not_found()
        if request.method == "POST":
            return await self._pushed(each, request)
        answer: dict[str, Callable[[Subscription, Request], Awaitable[Response]]] = {
            "subscribe": self._confirm,
            "unsubscribe": self._confirm_leaving,
            "denied": self._denied,
        }
        handle = answer.get(request.query_params.get("hub.mode", ""))
        if handle is None or request.query_params.get("hub.topic") != each.topic:
            return not_found()
        return await handle(each, request)

    async def _confirm(self, each: Subscription, request: Request) -> Response:
        """The hub asks whether it was we who asked."""
        wanted = each.state in (SubscriptionState.ASKED, SubscriptionState.VERIFIED)
        if not wanted or each.source.state is not SourceState.ACTIVE:
            return not_found()
        now = self._clock.now()
        asked = request.query_params.get("hub.lease_seconds", "")
        seconds = int(asked[:12]) if asked.isascii() and asked.isdecimal() else 0
        lease = (
            min(max(timedelta(seconds=seconds), _SHORTEST), _LONGEST) if seconds else _LEASE_ASKED
        )
        async with self._store.write() as conn:
            await hub_subscriptions.change(
                conn,
                each.source.id,
                state=SubscriptionState.VERIFIED,
                lease_until=now + lease,
                next_try=now + lease * 0.8,
                failures=0,
                error="",
                error_values=None,
            )
        log.info("websub.verified", source=each.source.id, seconds=lease.total_seconds())
        return _challenge(request)

    async def _confirm_leaving(self, each: Subscription, request: Request) -> Response:
        if each.state is not SubscriptionState.LEAVING:
            return not_found()
        async with self._store.write() as conn:
            await self._left(conn, each)
        log.info("websub.left", source=each.source.id)
        return _challenge(request)

    async def _denied(self, each: Subscription, request: Request) -> Response:
        reason = request.query_params.get("hub.reason", "")[:200] or "?"
        async with self._store.write() as conn:
            await hub_subscriptions.change(
                conn,
                each.source.id,
                state=SubscriptionState.REFUSED,
                next_try=self._clock.now() + _REFUSED_FOR,
                lease_until=None,
                error=REFUSED,
                error_values={"reason": reason},
            )
        log.info("websub.refused", source=each.source.id)
        return Response(status_code=200)

    async def _pushed(self, each: Subscription, request: Request) -> Response:
        """Something new. Answered when it is stored: what is not comes again, or by a poll."""
        body = await body_of(request, _MOST_BYTES)
        source = each.source
        if source.state is not SourceState.ACTIVE or each.state is SubscriptionState.LEAVING:
            return not_found()
        if not is_signed(body, each.secret, request.headers.get("x-hub-signature", "")):
            log.warning("websub.unsigned", source=source.id)
            async with self._store.write() as conn:
                await meta.bump(conn, "websub_unsigned")
            return Response(status_code=202)  # as the standard has it: taken, and not believed
        now = self._clock.now()
        try:
            if source.archived_at is None or not _as_safe(each.hub, source.address):
                raise ParseFailed("It is asked for instead")
            content_type = request.headers.get("content-type", "")
            feed = await self._parser.feed(
                body, url=source.address, now=now, content_type=content_type
            )
            done = await self._pipeline.ingest(source, tuple(reversed(feed.items)), None, now)
        except ParseFailed as error:
            log.info("websub.asked_instead", source=source.id, error=error.key)
            async with self._store.write() as conn:
                await visits.set_due(conn, source.id, now)
            return Response(status_code=202)
        except StoreError as error:
            log_failure(log, "websub.store_failed", error, source=source.id)
            return Response(status_code=503)
        times = [item.published for item in feed.items if item.published is not None]
        async with self._store.write() as conn:
            await hub_subscriptions.change(conn, source.id, last_push=now)
            await visits.note_item(conn, source.id, max(times, default=now))
        if each.state is SubscriptionState.VERIFIED:
            self._pushing.add(source.id)
        log.info("websub.pushed", source=source.id, read=done.read, new=done.new)
        return Response(status_code=200)


def _challenge(request: Request) -> Response:
    challenge = request.query_params.get("hub.challenge", "")[:_MAX_CHALLENGE_LETTERS]
    return PlainTextResponse(challenge, headers={"X-Content-Type-Options": "nosniff"})


def _as_safe(hub: str, address: str) -> bool:
    """Whether the secret came by an encrypted way, or the feed itself does not either."""
    return hub.startswith("https:") or not address.startswith("https:")
