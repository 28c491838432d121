"""Updates that Telegram brings to us, one a request, instead of our asking for them.

A request is answered 200 only after its update was kept in the inbox (channel posts, membership
changes) or handled (private updates, which are never stored); anything else makes Telegram bring
it again. Telegram proves itself by a secret that only it was told; whoever does not know it finds
nothing here. Path and secret follow from the bot's token, so that every process and every restart
has the same, and neither says anything about the token.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from starlette.requests import Request
from starlette.responses import Response

from bot.backoff import backoff
from bot.botapi.client import Client
from bot.botapi.receive import Inbox, Intake
from bot.botapi.updates import STORED, RawUpdate, raw_updates
from bot.clock import Clock
from bot.errors import DeliveryError, StoreError
from bot.ops.failures import log_failure
from bot.web import Listener, TooLarge, body_of, not_found

__all__ = ["SECRET_HEADER", "WebhookReceiver", "path_of", "secret_of"]

log = structlog.get_logger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
_MOST_BYTES = 1_000_000
_FIRST_WAIT, _LONGEST_WAIT = 2.0, 300.0
_CHECK_INTERVAL = timedelta(minutes=10)
_STRANGER_LOG_SECONDS = 3600.0
_MAX_CONNECTIONS = 20  # that Telegram may hold: so many people are served at once


def secret_of(token: str) -> str:
    """The secret that Telegram sends with each update."""
    return _derived(token, b"vigil webhook secret")


def path_of(token: str) -> str:
    """The path of the webhook."""
    return f"/telegram/{_derived(token, b'vigil webhook path')[:32]}"


def _derived(token: str, what: bytes) -> str:
    return hmac.new(token.encode(), what, hashlib.sha256).hexdigest()


@dataclass(slots=True)
class _Line:
    """Updates of one person, one after another."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    length: int = 0


class WebhookReceiver:
    """Takes updates at the listener's path and passes them on as `Receiver` does.

    `public_url` is the https address under which the listener is reached.
    """

    def __init__(
        self,
        client: Client,
        inbox: Inbox,
        intake: Intake,
        clock: Clock,
        *,
        listener: Listener,
        public_url: str,
        token: str,
    ) -> None:
        self._client = client
        self._inbox = inbox
        self._intake = intake
        self._clock = clock
        self._secret = secret_of(token)
        self._url = public_url.rstrip("/") + path_of(token)
        self._lines: dict[int, _Line] = {}
        self._flying: dict[int, asyncio.Future[bool]] = {}
        self._handled = 0  # the highest private update handled by this process
        self._owed: set[int] = set()  # taken and not handled: Telegram brings them again
        self._failures = 0
        self._stranger_at: float | None = None
        self._set = False  # by this process: what we ask for may have changed since the last
        self._remembered = False
        listener.add(path_of(token), self._called)

    async def run(self) -> None:
        """Tell Telegram where we are, and again whenever it has forgotten, until cancelled."""
        while True:
            await self._clock.sleep_until(await self.step(self._clock.now()))

    async def step(self, now: datetime) -> datetime:
        """Tell Telegram the address if it does not have it; when to look again."""
        try:
            if not self._set or not await self._client.has_webhook(self._url):
                await self._client.use_webhook(
                    self._url, secret=self._secret, connections=_MAX_CONNECTIONS
                )
                self._set = True
                log.info("webhook.set")
        except DeliveryError as error:
            self._failures += 1
            wait = backoff(self._failures, _FIRST_WAIT, _LONGEST_WAIT)
            log.warning("webhook.not_set", error=type(error).__name__, wait=wait)
            return now + timedelta(seconds=wait)
        self._failures = 0
        return now + _CHECK_INTERVAL

    async def _called(self, request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self._secret.encode()):
            self._note_stranger()
            return not_found()
        # What nobody can read is answered 200 too: Telegram would bring it for ever.
        updates, unread = await self._read(request)
        for form in unread:
            self._intake.pass_over(form)
        taken = [await self._take(update) for update in updates]
        await self._intake.tell_unreadable()
        return Response(status_code=200 if all(taken) else 503)

    def _note_stranger(self) -> None:
        """Now and then: strangers may call as often as they like."""
        now = self._clock.monotonic()
        if self._stranger_at is None or now - self._stranger_at >= _STRANGER_LOG_SECONDS:
            self._stranger_at = now
            log.warning("webhook.stranger")

    @staticmethod
    async def _read(request: Request) -> tuple[list[RawUpdate], list[str]]:
        try:
            return raw_updates(json.loads(await body_of(request, _MOST_BYTES)))
        except (ValueError, RecursionError, TooLarge):
            return [], ["update"]

    async def _take(self, update: RawUpdate) -> bool:
        """Whether the update is kept or handled; one that is on its way is waited for."""
        if (before := self._flying.get(update.update_id)) is not None:
            return await asyncio.shield(before)
        done = asyncio.get_running_loop().create_future()
        self._flying[update.update_id] = done
        taken = False
        try:
            taken = await self._pass_on(update)
        except StoreError as error:
            log_failure(log, "webhook.store_failed", error)
        finally:
            done.set_result(taken)
            del self._flying[update.update_id]
        return taken

    async def _pass_on(self, update: RawUpdate) -> bool:
        if not self._remembered:
            self._intake.remember(await self._inbox.last_handled())
            self._remembered = True
        if update.kind in STORED:
            await self._intake.keep(update)
            return True
        if self._intake.known(update):
            return True
        self._owed.add(update.update_id)
        line = self._lines.setdefault(update.person, _Line())
        line.length += 1
        try:
            async with line.lock:
                await self._intake.handle(update)
        finally:
            line.length -= 1
            if not line.length:
                self._lines.pop(update.person, None)
        self._owed.discard(update.update_id)
        self._handled = max(self._handled, update.update_id)
        # What is owed must come again after a crash: the mark stays below it.
        mark = min(self._handled, min(self._owed, default=self._handled + 1) - 1)
        await self._inbox.record_handled(mark, self._clock.now())
        return True
