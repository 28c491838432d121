"""Our own getUpdates loop: what must not be lost is committed before the offset moves.

Asking for updates from an offset makes Telegram forget all before it. So channel posts and
membership changes are kept in the inbox first; private updates (messages, buttons) are handled
first and never stored. What a crash leaves in between comes again and is known by its update id.

An update that nobody can read is passed over: the ones beside it are handled, the offset moves,
and `on_unreadable` hears of its form. It never stops the receiving.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
import telegram

from bot.botapi.client import Client
from bot.botapi.updates import STORED, RawUpdate, Unreadable, parsed, raw_updates, storable
from bot.clock import Clock
from bot.errors import DeliveryError, StoreError
from bot.ops.failures import log_failure
from bot.ops.trouble import Trouble

__all__ = ["Handler", "Inbox", "Intake", "Receiver"]

log = structlog.get_logger(__name__)

Handler = Callable[[telegram.Update], Awaitable[None]]

_RETRY_AFTER = timedelta(seconds=5)  # after a failure to ask or to store
# Telegram picks a new start for update ids after a quiet week, so a remembered id says nothing
# for longer; and it never gives back more than what it holds, far fewer than this.
_UPDATE_ID_TRUSTED = timedelta(days=6)
_UPDATE_ID_RESET_GAP = 10_000
_HANDLER_SECONDS = 60.0


class Inbox(Protocol):
    """Where updates that must not be lost are kept."""

    async def keep(
        self, update_id: int, kind: str, payload: Mapping[str, Any], now: datetime
    ) -> None:
        """Commit the update; keeping one again changes nothing.

        Raises StoreError when it may be kept later, Unreadable when it never can.
        """
        ...

    async def last_handled(self) -> tuple[int, datetime] | None:
        """The last private update handled, and when; None before the first."""
        ...

    async def record_handled(self, update_id: int, now: datetime) -> None:
        """Remember that private updates up to this id are handled. Raises StoreError."""
        ...


Heard = Callable[[Mapping[str, int]], Awaitable[None]]


async def _nobody(_: Mapping[str, int]) -> None:
    return None


class Intake:
    """What becomes of an update, however it came; `handle` gets private ones.

    What `handle` raises is logged without content. `wake` is called after something was
    kept in the inbox, `on_unreadable` with how many updates of each form were passed over;
    it must not raise.
    """

    def __init__(
        self,
        inbox: Inbox,
        handle: Handler,
        clock: Clock,
        *,
        wake: Callable[[], None] = lambda: None,
        on_unreadable: Heard = _nobody,
    ) -> None:
        self._inbox = inbox
        self._handle = handle
        self._clock = clock
        self._wake = wake
        self._on_unreadable = on_unreadable
        self._unread: Counter[str] = Counter()
        self._last: tuple[int, datetime] | None = None
        self._seen: deque[int] = deque(maxlen=2000)

    def remember(self, last: tuple[int, datetime] | None) -> None:
        """The last private update that was handled, and when."""
        self._last = last

    def pass_over(self, form: str) -> None:
        """One that nobody can read; `tell_unreadable` says so."""
        self._unread[form] += 1

    async def tell_unreadable(self) -> None:
        """Say how many were passed over since it was last said."""
        if self._unread:
            unread, self._unread = self._unread, Counter()
            await self._on_unreadable(unread)

    async def keep(self, update: RawUpdate) -> None:
        """Commit an update that must not be lost; others, and one again, do nothing."""
        if update.kind not in STORED or update.update_id in self._seen:
            return
        try:
            payload = storable(update)
            await self._inbox.keep(update.update_id, update.kind, payload, self._clock.now())
        except Unreadable as error:
            self.pass_over(error.form)
        else:
            self._wake()
        self._seen.append(update.update_id)

    def known(self, update: RawUpdate) -> bool:
        """Whether a private update was handled before, by this process or an earlier one."""
        if update.update_id in self._seen:
            return True
        if self._last is None:
            return False
        last, at = self._last
        recent = self._clock.now() - at < _UPDATE_ID_TRUSTED
        return recent and last - _UPDATE_ID_RESET_GAP < update.update_id <= last

    async def handle(self, update: RawUpdate) -> None:
        """Handle a private update, for at most a minute."""
        self._seen.append(update.update_id)
        if not update.kind:
            return
        try:
            read = parsed(update)
        except Unreadable as error:
            self.pass_over(error.form)
            return
        try:
            async with self._clock.timeout(_HANDLER_SECONDS):
                await self._handle(read)
        except Exception as err:  # noqa: BLE001 - one person's update never stops the others
            # No trace values, no text: the frames name the place, not the person.
            log.error(
                "receive.handler_failed",
                kind=update.kind,
                error=type(err).__name__,
                where=_where(err),
            )


class Receiver:
    """Asks Telegram for updates and passes them on.

    Private updates of one person are handled one after another, those of different
    people at once.
    """

    def __init__(
        self,
        client: Client,
        inbox: Inbox,
        intake: Intake,
        clock: Clock,
        *,
        poll_seconds: int = 25,
    ) -> None:
        self._client = client
        self._inbox = inbox
        self._intake = intake
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._offset: int | None = None
        self._started = False
        self._trouble = Trouble(clock)

    async def run(self) -> None:
        """Receive until cancelled."""
        while True:
            again = await self.step(self._clock.now())
            if again is not None:
                await self._clock.sleep_until(again)

    async def step(self, now: datetime) -> datetime | None:
        """Ask once (waiting up to `poll_seconds` for news) and pass on what came.

        Returns when to ask again, None for at once. Nothing is confirmed to
        Telegram that was not kept or handled.
        """
        try:
            if not self._started:
                await self._client.use_polling()
                self._intake.remember(await self._inbox.last_handled())
                self._started = True
            result = await self._client.get_updates(self._offset, seconds=self._poll_seconds)
        except DeliveryError as err:
            self._complain(err)
            return self._clock.now() + _RETRY_AFTER
        except StoreError as error:
            log_failure(log, "receive.store_failed", error)
            return self._clock.now() + _RETRY_AFTER
        if (seconds := self._trouble.worked()) is not None:
            log.info("receive.back", seconds=seconds)
        updates, unread = raw_updates(result)
        for form in unread:
            self._intake.pass_over(form)
        again = await self._pass_on(updates)
        await self._intake.tell_unreadable()
        # What has no number cannot be confirmed: it must not be asked for without a pause.
        return again if updates or not unread else self._clock.now() + _RETRY_AFTER

    async def _pass_on(self, updates: Sequence[RawUpdate]) -> datetime | None:
        try:
            for update in updates:
                await self._intake.keep(update)
            private = [u for u in updates if u.kind not in STORED and not self._intake.known(u)]
            await self._handle_all(private)
            if private:
                last = (private[-1].update_id, self._clock.now())
                self._intake.remember(last)
                await self._inbox.record_handled(*last)
        except StoreError as error:
            # The offset stays: Telegram gives all of them again.
            log_failure(log, "receive.store_failed", error, updates=len(updates))
            return self._clock.now() + _RETRY_AFTER
        if updates:
            self._offset = updates[-1].update_id + 1
        return None

    async def _handle_all(self, updates: Sequence[RawUpdate]) -> None:
        people: dict[int, list[RawUpdate]] = {}
        for update in updates:
            people.setdefault(update.person, []).append(update)
        await asyncio.gather(*map(self._handle_in_order, people.values()))

    async def _handle_in_order(self, updates: Sequence[RawUpdate]) -> None:
        for update in updates:
            await self._intake.handle(update)

    def _complain(self, err: DeliveryError) -> None:
        """Log why Telegram cannot be asked: once, however often it fails."""
        cause = err.__cause__
        if isinstance(cause, telegram.error.Conflict):
            if self._trouble.failed("conflict"):
                log.error(
                    "receive.conflict",
                    hint="another process receives updates with this token, or a webhook is set",
                )
        elif isinstance(cause, (telegram.error.InvalidToken, telegram.error.EndPointNotFound)):
            # PTB cannot tell the two apart: Telegram answers 404 to both.
            if self._trouble.failed("token"):
                log.error(
                    "receive.token_refused",
                    hint="Telegram no longer knows this token; set a new VIGIL_BOT_TOKEN"
                    " and restart",
                )
        elif self._trouble.failed("failed"):
            log.warning("receive.failed", error=type(err).__name__, words=str(err))


def _where(err: BaseException) -> str:
    trace = err.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    return f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"
