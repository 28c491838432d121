"""Asks for an address while all is well, so that somebody outside notices when it is not.

All is well: the database answers, no source has been left waiting, one at least was read
(if there are any to read), and Telegram answers.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from bot.errors import DeliveryError, SourceError, StoreError
from bot.model import SourceState, Transport
from bot.sources.exchange import FetchRequest
from bot.sources.http import Fetcher
from bot.store import Store, sources

__all__ = ["Heartbeat"]

log = structlog.get_logger(__name__)

_MAX_WAIT_FOR_TURN = timedelta(minutes=15)
# Where all sources are quiet they are read every two hours.
_READ_WITHIN = timedelta(hours=3)


class Heartbeat:
    """`url` is a secret: who knows it can say that we are well. `telegram` asks Telegram."""

    def __init__(
        self,
        store: Store,
        fetcher: Fetcher,
        url: str,
        telegram: Callable[[], Awaitable[object]],
    ) -> None:
        self._store = store
        self._fetcher = fetcher
        self._url = url
        self._telegram = telegram

    async def step(self, now: datetime) -> bool:
        """Ask for the address if all is well; whether it was reached."""
        why = await self._ill(now)
        if why:
            log.warning("heartbeat.withheld", why=why)
            return False
        try:
            await self._fetcher.fetch(FetchRequest(self._url))
        except SourceError as error:
            log.warning("heartbeat.unreached", error=type(error).__name__)
            return False
        return True

    async def _ill(self, now: datetime) -> str:
        """What is not well; "" if all is."""
        try:
            async with self._store.read() as conn:
                active = await sources.list_all(conn, [SourceState.ACTIVE])
            read = [each for each in active if each.transport is not Transport.CHANNEL]
            if any(
                each.next_due is not None and each.next_due < now - _MAX_WAIT_FOR_TURN
                for each in read
            ):
                return "sources wait"
            added = [each.added_at for each in read if each.added_at is not None]
            good = [each.last_success for each in read if each.last_success is not None]
            young = bool(added) and now - min(added) < _READ_WITHIN
            if read and not young and (not good or now - max(good) > _READ_WITHIN):
                return "no source is read"
            await self._telegram()
        except StoreError:
            return "the database fails"
        except DeliveryError:
            return "Telegram does not answer"
        return ""
