"""The connection of one bot: its token, its limits, one HTTP request a call, one table of errors.

A call that fails raises a DeliveryError and nothing else (see bot.errors for what to do then).
Calls that post wait for their turn at the gate; calls that only ask or acknowledge do not.
"""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from typing import Any, TypeVar

import telegram
from telegram.error import TelegramError
from telegram.warnings import PTBDeprecationWarning, PTBUserWarning

from bot.botapi.errors import translate
from bot.botapi.pacing import Gate, Permit
from bot.botapi.request import Request
from bot.clock import Clock
from bot.errors import Problem, SettingsError

__all__ = ["Session"]

_TELEGRAM = "https://api.telegram.org"

# A whole call; read timeouts alone let a slow drip hold it for ever. Shorter than the lease.
_CALL_SECONDS = 25.0
_UNFENCED = ContextVar("_UNFENCED", default=False)
T = TypeVar("T")


class Session:
    """One bot. Build it in the event loop that uses it; `start` first, `close` last.

    `may_call` is asked in the last moment before a call leaves: False keeps it back as NotSent.
    Only `start` asks Telegram who we are without it, for that says nothing to anybody.

    Building raises SettingsError when the proxy cannot be used.
    """

    def __init__(
        self,
        token: str,
        clock: Clock,
        *,
        server: str = _TELEGRAM,
        proxy: str | None = None,
        gate: Gate | None = None,
        read_seconds: float = 20.0,
        call_seconds: float = _CALL_SECONDS,
        paid: bool = False,
        may_call: Callable[[], bool] = lambda: True,
    ) -> None:
        # Telegram takes Stars for what goes beyond the free rate, and only then.
        self._paid = paid or None
        self._call_seconds = call_seconds
        self._read_seconds = read_seconds
        self._may_call = may_call
        self.user: telegram.User | None = None
        """Who we are; None until Telegram was first reached."""

        # Until PTB 23 each RetryAfter warns of its own change of types; errors.py reads both.
        warnings.filterwarnings("ignore", category=PTBDeprecationWarning, message=".*retry_after.*")
        warnings.filterwarnings("ignore", category=PTBUserWarning, message=".*getUpdates")
        self.gate = gate or Gate(clock)
        self._clock = clock

        self._request = Request(64, proxy, read_seconds, self._permitted)
        self._url = f"{server.rstrip('/')}/bot{token}/"
        self.bot = telegram.Bot(
            token,
            base_url=f"{server.rstrip('/')}/bot",
            base_file_url=f"{server.rstrip('/')}/file/bot",
            request=self._request,
            get_updates_request=Request(2, proxy, read_seconds, self._permitted),
        )

    async def start(self) -> telegram.User:
        """Check the token and learn who we are.

        Raises SettingsError when Telegram refuses the token, DeliveryError when
        it cannot be asked; starting again is allowed.
        """
        token = _UNFENCED.set(True)
        try:
            await self.bot.initialize()
        except telegram.error.InvalidToken:
            raise SettingsError(
                [
                    Problem(
                        "VIGIL_BOT_TOKEN",
                        "Telegram does not know this token",
                        "Copy it again from @BotFather (/mybots, API Token).",
                    )
                ]
            ) from None  # its message quotes the token
        except TelegramError as err:
            raise translate(err) from err
        finally:
            _UNFENCED.reset(token)
        self.user = self.bot.bot
        return self.user

    @property
    def username(self) -> str:
        """Our @name without @; "" until Telegram was first reached."""
        return "" if self.user is None else self.user.username or ""

    @property
    def has_threads(self) -> bool:
        """Whether private chats with the bot can have threads, as Telegram last said.

        The bot's owner turns that on with @BotFather; Bot API 9.3 says it.
        """
        return self.user is not None and bool(self.user.has_topics_enabled)

    async def close(self) -> None:
        """Close all connections; calls in flight fail. Closing twice is allowed."""
        await self.bot.shutdown()

    async def get_me(self) -> telegram.User:
        """Who we are, asked again (also a check that Telegram answers)."""
        self.user = await self._call(self.bot.get_me)
        return self.user

    # for the calls

    def _permitted(self) -> bool:
        return _UNFENCED.get() or self._may_call()

    async def _ask(self, method: str, parameters: Mapping[str, Any]) -> Any:
        return await self._request.call(self._url + method, parameters)

    async def _paced(self, permit: Permit, call: Callable[[], Awaitable[T]]) -> T:
        error: BaseException | None = None
        try:
            return await self._call(call)
        except BaseException as err:
            error = err
            raise
        finally:
            self.gate.leave(permit, error)

    async def _call(self, call: Callable[[], Awaitable[T]], seconds: float | None = None) -> T:
        try:
            async with self._clock.timeout(seconds or self._call_seconds):
                return await call()
        except asyncio.CancelledError:
            raise
        except Exception as err:
            raise translate(err) from err
