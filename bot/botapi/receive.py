"""Our own getUpdates loop: what must not be lost is committed before the offset moves.

Asking for updates from an offset makes Telegram forget all before it. So channel posts and
membership changes are kept in the inbox first; private updates (messages, buttons) are handled
first and never stored. What a crash leaves in between comes again and is known by its update id.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
import telegram

from bot.botapi.client import Client
from bot.clock import Clock
from bot.errors import DeliveryError, StoreError

__all__ = ["STORED", "Handler", "Inbox", "Intake", "Receiver", "kind_of", "parse"]

log = structlog.get_logger(__name__)

STORED = frozenset({"channel_post", "edited_channel_post", "my_chat_member"})
Handler = Callable[[telegram.Update], Awaitable[None]]

_AGAIN = timedelta(seconds=5)  # after a failure to ask or to store
# Telegram picks a new start for update ids after a quiet week, so a remembered id says nothing
# for longer; and it never gives back more than what it holds, far fewer than this.
_MEMORY = timedelta(days=6)
_BEHIND = 10_000
_HANDLER_SECONDS = 60.0


class Inbox(Protocol):
    """Where updates that must not be lost are kept."""

    async def keep(
        self, update_id: int, kind: str, payload: Mapping[str, Any], now: datetime
    ) -> None:
        """Commit the update; keeping one again changes nothing. Raises StoreError."""
        ...

    async def last_handled(self) -> tuple[int, datetime] | None:
        """The last private update handled, and when; None before the first."""
        ...

    async def record_handled(self, update_id: int, now: datetime) -> None:
        """Remember that private updates up to this id are handled. Raises StoreError."""
        ...


class Intake:
    """What becomes of an update, however it came; `handle` gets private ones.

    What `handle` raises is logged without content. `wake` is called after something was
    kept in the inbox.
    """

    def __init__(
        self,
        inbox: Inbox,
        handle: Handler,
        clock: Clock,
        *,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self._inbox = inbox
        self._handle = handle
        self._clock = clock
        self._wake = wake
        self._last: tuple[int, datetime] | None = None
        self._seen: deque[int] = deque(maxlen=2000)

    def remember(self, last: tuple[int, datetime] | None) -> None:
        """The last private update that was handled, and when."""
        self._last = last

    async def keep(self, update: telegram.Update) -> None:
        """Commit an update that must not be lost; others, and one again, do nothing."""
        kind = kind_of(update)
        if kind not in STORED or update.update_id in self._seen:
            return
        payload = _without_names(kind, update.to_dict())
        await self._inbox.keep(update.update_id, kind, payload, self._clock.now())
        self._seen.append(update.update_id)
        self._wake()

    def known(self, update: telegram.Update) -> bool:
        """Whether a private update was handled before, by this process or an earlier one."""
        if update.update_id in self._seen:
            return True
        if self._last is None:
            return False
        last, at = self._last
        recent = self._clock.now() - at < _MEMORY
        return recent and last - _BEHIND < update.update_id <= last

    async def handle(self, update: telegram.Update) -> None:
        """Handle a private update, for at most a minute."""
        self._seen.append(update.update_id)
        try:
            async with self._clock.timeout(_HANDLER_SECONDS):
                await self._handle(update)
        except Exception as err:  # noqa: BLE001 - one person's update never stops the others
            # No trace values, no text: the frames name the place, not the person.
            log.error(
                "receive.handler_failed",
                kind=kind_of(update),
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
            updates = await self._client.get_updates(self._offset, seconds=self._poll_seconds)
        except DeliveryError as err:
            self._complain(err)
            return self._clock.now() + _AGAIN
        except StoreError:
            log.exception("receive.store_failed")
            return self._clock.now() + _AGAIN
        return await self._pass_on(sorted(updates, key=lambda u: u.update_id))

    async def _pass_on(self, updates: Sequence[telegram.Update]) -> datetime | None:
        try:
            for update in updates:
                await self._intake.keep(update)
            private = [u for u in updates if kind_of(u) not in STORED and not self._intake.known(u)]
            await self._handle_all(private)
            if private:
                last = (private[-1].update_id, self._clock.now())
                self._intake.remember(last)
                await self._inbox.record_handled(*last)
        except StoreError:
            # The offset stays: Telegram gives all of them again.
            log.exception("receive.store_failed", updates=len(updates))
            return self._clock.now() + _AGAIN
        if updates:
            self._offset = updates[-1].update_id + 1
        return None

    async def _handle_all(self, updates: Sequence[telegram.Update]) -> None:
        people: dict[int, list[telegram.Update]] = {}
        for update in updates:
            user = update.effective_user
            people.setdefault(user.id if user else 0, []).append(update)
        await asyncio.gather(*map(self._handle_in_order, people.values()))

    async def _handle_in_order(self, updates: Sequence[telegram.Update]) -> None:
        for update in updates:
            await self._intake.handle(update)

    def _complain(self, err: DeliveryError) -> None:
        cause = err.__cause__
        if isinstance(cause, telegram.error.Conflict):
            log.error(
                "receive.conflict",
                hint="another process receives updates with this token, or a webhook is set",
            )
        elif isinstance(cause, telegram.error.InvalidToken):
            log.error(
                "receive.token_refused",
                hint="Telegram no longer knows this token; set a new VIGIL_BOT_TOKEN and restart",
            )
        else:
            log.warning("receive.failed", error=type(err).__name__, words=str(err))


def kind_of(update: telegram.Update) -> str:
    """The name of the field that the update carries, "" if we know none."""
    for kind in ("message", "callback_query", *STORED):
        if getattr(update, kind) is not None:
            return kind
    return ""


def parse(payload: Mapping[str, Any], bot: telegram.Bot | None = None) -> telegram.Update:
    """The update that was kept in the inbox, as it was."""
    return telegram.Update.de_json(dict(payload), bot)


def _without_names(kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    """Membership changes without the names of people: only ids are needed, so only ids are kept."""
    if kind != "my_chat_member":
        return payload
    change = dict(payload[kind])
    change["from"] = _nameless(change["from"])
    if change["chat"]["type"] == "private":
        change["chat"] = {"id": change["chat"]["id"], "type": "private"}
    change.pop("invite_link", None)
    return {"update_id": payload["update_id"], kind: change}


def _nameless(user: Mapping[str, Any]) -> dict[str, Any]:
    kept = {k: user[k] for k in ("id", "is_bot", "language_code") if k in user}
    return kept | {"first_name": ""}


def _where(err: BaseException) -> str:
    trace = err.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    return f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"
