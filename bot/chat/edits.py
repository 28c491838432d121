"""Edits after presses: if a message was to show several things in turn, only the last is sent.

Telegram lets a chat be changed about once a second, and thumbs are faster. A press is answered and
done at once; its edit waits for its turn here, beside, and takes in what was pressed meanwhile.
While somebody goes on pressing, the next edit waits for a pause of theirs, though not for long.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from bot.botapi.client import Client
from bot.chat.jobs import Jobs
from bot.clock import Clock
from bot.errors import DeliveryError, MessageGone, Rejected, RetryLater
from bot.model import Address
from bot.model.rendered import Rendered

__all__ = ["Edits"]

log = structlog.get_logger(__name__)

_PACE_SECONDS = 1.0  # between two edits of one message
_PAUSE_SECONDS = 0.45  # without a press: whoever pressed looks at it now
_LONGEST_SECONDS = 1.65  # after an edit the next comes, however often is pressed
_MAX_TRIES = 3
_MAX_REMEMBERED = 1_000

_Key = tuple[Address, int]


@dataclass(slots=True)
class _Wish:
    rendered: Rendered
    instead: Callable[[], Awaitable[object]]
    at: float  # monotonic: when it was asked for
    tries: int = 0


class Edits:
    """For one event loop. What is asked for and not yet shown is lost with the process."""

    def __init__(self, client: Client, clock: Clock, jobs: Jobs) -> None:
        self._client = client
        self._clock = clock
        self._jobs = jobs
        self._wanted: dict[_Key, _Wish] = {}
        self._busy: set[_Key] = set()
        self._shown: OrderedDict[_Key, float] = OrderedDict()  # when each was last edited

    def show(
        self,
        address: Address,
        message_id: int,
        rendered: Rendered,
        instead: Callable[[], Awaitable[object]],
    ) -> None:
        """Make an own message show this soon; calls `instead` where it is gone or refuses."""
        key = (address, message_id)
        self._wanted[key] = _Wish(rendered, instead, self._clock.monotonic())
        if key not in self._busy:
            self._busy.add(key)
            self._jobs.start_at_once("chat.edit", self._run(key))

    def drop(self, chat_id: int, message_id: int | None = None) -> None:
        """The message, or all in the chat, is to be deleted: it is not shown again."""
        for address, number in list(self._wanted):
            if address.chat_id == chat_id and message_id in (None, number):
                del self._wanted[address, number]

    async def _run(self, key: _Key) -> None:
        try:
            while key in self._wanted:
                await self._lull(key)
                permit = await self._client.gate.turn(key[0])
                wish = self._wanted.pop(key, None)
                if wish is None:  # dropped meanwhile
                    self._client.gate.give_back(permit)
                    return
                try:
                    await self._client.edit(key[0], key[1], wish.rendered, permit=permit)
                except (MessageGone, Rejected):
                    await wish.instead()
                except RetryLater as error:
                    self._again(key, wish, error)
                except DeliveryError as error:
                    log.info("chat.edit_failed", error=type(error).__name__)
                self._remember(key)
        finally:
            self._busy.discard(key)

    async def _lull(self, key: _Key) -> None:
        """Wait while the message was edited a moment ago and is still being pressed."""
        edited = self._shown.get(key)
        while edited is not None and key in self._wanted:
            now = self._clock.monotonic()
            until = max(edited + _PACE_SECONDS, self._wanted[key].at + _PAUSE_SECONDS)
            wait = min(until, edited + _LONGEST_SECONDS) - now
            if wait <= 0:
                return
            await self._clock.sleep(wait)

    def _again(self, key: _Key, wish: _Wish, error: RetryLater) -> None:
        """The gate waits out what Telegram asked for; a newer wish goes first."""
        wish.tries += 1
        if wish.tries < _MAX_TRIES:
            self._wanted.setdefault(key, wish)
        else:
            log.warning("chat.edit_failed", error=type(error).__name__)

    def _remember(self, key: _Key) -> None:
        self._shown[key] = self._clock.monotonic()
        self._shown.move_to_end(key)
        while len(self._shown) > _MAX_REMEMBERED:
            self._shown.popitem(last=False)
