"""A strict Bot API server on loopback.

It refuses what Telegram refuses, and more: methods and parameters that
python-telegram-bot does not know. Limits, ages and timestamps follow the clock
passed in; only long polling waits in real time. Other processes may use it too:

    async with BotApiEmulator(clock) as telegram:
        ...VIGIL_TELEGRAM_API=telegram.url, VIGIL_BOT_TOKEN=telegram.token
        telegram.people.says(USER, "/start")
        telegram.fail(DropAfter(), method="sendMessage")
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx
import telegram

from bot.clock import Clock, SystemClock
from bot.closing import Closing
from tests.support.loopback import Request
from tests.support.loopback_http import DROP, Answer, Loopback
from tests.support.telegram_limits import RateLimits
from tests.support.telegram_methods import PACED, Methods
from tests.support.telegram_people import People
from tests.support.telegram_updates import Updates
from tests.support.telegram_world import ApiError, Json, Place, Posted, World

__all__ = [
    "BotApiEmulator",
    "Delay",
    "DropAfter",
    "DropBefore",
    "Fault",
    "Hold",
    "Status",
    "Taken",
    "TooMany",
]

TOKEN = "7000000001:AAEmulatedTokenThatOpensNothingAtAll00"


@dataclass(slots=True)
class Fault:
    """Something that goes wrong on the way."""


@dataclass(slots=True)
class DropBefore(Fault):
    """The connection breaks; nothing was taken."""


@dataclass(slots=True)
class DropAfter(Fault):
    """Telegram takes the call, then the connection breaks: the answer is lost."""


@dataclass(slots=True)
class Status(Fault):
    """An error of the server or of what stands before it, not always as JSON."""

    code: int = 500
    body: bytes = b""
    taken: bool = False


@dataclass(slots=True)
class TooMany(Fault):
    """429 with `retry_after`."""

    retry_after: int = 5


@dataclass(slots=True)
class Hold(Fault):
    """No answer until `release` is set; `reached` is set when the call has come."""

    taken: bool = True
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class Delay(Fault):
    """The answer comes after that many real seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Taken:
    """A call that Telegram carried out."""

    at: datetime
    method: str
    parameters: Json
    result: Any


@dataclass(slots=True)
class _Plan:
    fault: Fault
    method: str
    chat_id: int | None
    times: int


class BotApiEmulator(Closing):
    """See the module. `refused` lists what was answered with an error: (method, description)."""

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        token: str = TOKEN,
        limits: RateLimits | None = None,
        port: int = 0,
    ) -> None:
        self.clock = clock or SystemClock()
        self.token = token
        self.limits = limits or RateLimits()
        self.world = World()
        self.updates = Updates()
        self.people = People(self.world, self.updates, self.clock.now)
        self.methods = Methods(self.world, self.updates, self.people, self.clock.now)
        self.taken: list[Taken] = []
        self.refused: list[tuple[str, str]] = []
        self.asked: Counter[int] = Counter()
        """Posting calls by chat, whatever became of them."""
        self.asked_to_wait: Counter[int] = Counter()
        """Seconds by chat, of `TooMany`."""
        self._plans: list[_Plan] = []
        self._chance: tuple[random.Random, float, tuple[Fault, ...]] | None = None
        self._http = Loopback(self._answer, port)

    # running

    async def start(self) -> Self:
        await self._http.start()
        return self

    async def stop(self) -> None:
        await self._http.stop()

    async def close(self) -> None:
        """As `stop`."""
        await self.stop()

    async def __aenter__(self) -> Self:
        return await self.start()

    @property
    def url(self) -> str:
        """The server's address, as in VIGIL_TELEGRAM_API."""
        return f"http://127.0.0.1:{self._http.port}"

    @asynccontextmanager
    async def unreachable(self) -> AsyncIterator[None]:
        """Within the block connecting is refused: nothing can have been taken."""
        await self._http.stop()
        try:
            yield
        finally:
            await self._http.start()

    async def bring(self, port: int) -> list[int]:
        """Bring what waits to the webhook, whose server listens on loopback at `port`.

        One request an update, in order; what is not answered 2xx stays. Returns the statuses.
        """
        hook = self.updates.webhook
        assert hook is not None, "no webhook is set"
        path = urlsplit(hook["url"]).path
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook.get("secret_token", "")}
        statuses = []
        async with httpx.AsyncClient(trust_env=False, timeout=30) as web:
            for update in list(self.updates.waiting):
                url = f"http://127.0.0.1:{port}{path}"
                statuses.append((await web.post(url, json=update, headers=headers)).status_code)
                if statuses[-1] == 200:
                    self.updates.waiting.remove(update)
        return statuses

    def fail(
        self,
        fault: Fault,
        *,
        method: str = "sendMessage",
        chat_id: int | None = None,
        times: int = 1,
    ) -> Fault:
        """Let the next `times` calls of `method` (to `chat_id`) go wrong; returns the fault."""
        self._plans.append(_Plan(fault, method, chat_id, times))
        return fault

    def forgive(self) -> None:
        """What was to go wrong and has not yet goes well."""
        self._plans.clear()
        self._chance = None

    def fail_at_random(self, chance: random.Random, share: float, faults: Sequence[Fault]) -> None:
        """From now on that share of posting calls goes wrong in one of these ways."""
        self._chance = (chance, share, tuple(faults))

    # reading

    def transcript(self, chat_id: int) -> list[Posted]:
        """The bot's messages in a chat that are still there, oldest first."""
        place = self.world.places.get(chat_id)
        return [] if place is None else [p for p in place.posted.values() if not p.deleted]

    def texts(self, chat_id: int) -> list[str]:
        return [posted.text for posted in self.transcript(chat_id)]

    def place(self, chat_id: int) -> Place:
        return self.world.places[chat_id]

    def times(self, method: str = "sendMessage") -> list[datetime]:
        """When calls of `method` were carried out."""
        return [call.at for call in self.taken if call.method == method]

    def count_429(self) -> int:
        return sum(text.startswith("Too Many Requests") for _, text in self.refused)

    # answering

    async def _answer(self, request: Request) -> Answer | None:
        method = request.path.rsplit("/", 1)[-1]
        if unquote(request.path).startswith(f"/file/bot{self.token}/documents/"):
            content = self.people.files.get(method)
            return Answer(404, b"") if content is None else Answer(200, content)
        try:
            name = self._method(request.path)
            parameters = _parameters(request)
            fault = self._fault(name, parameters)
            self._count(name, parameters, fault)
            if isinstance(fault, DropBefore):
                return DROP
            if isinstance(fault, Status) and not fault.taken:
                return Answer(fault.code, fault.body or _error(fault.code, "Server error"))
            if isinstance(fault, TooMany):
                raise _too_many(fault.retry_after)
            if isinstance(fault, Hold) and not fault.taken:
                await _held(fault)
            result = await self._carry_out(name, parameters)
        except ApiError as err:
            self.refused.append((method, err.description))
            return Answer(err.code, _error(err.code, err.description, **err.parameters))
        return await self._after(fault, result)

    @staticmethod
    async def _after(fault: Fault | None, result: Any) -> Answer | None:
        """What becomes of the answer to a call that was carried out."""
        if isinstance(fault, DropAfter):
            return DROP
        if isinstance(fault, Status):
            return Answer(fault.code, fault.body or _error(fault.code, "Server error"))
        if isinstance(fault, Hold):
            await _held(fault)
        if isinstance(fault, Delay):
            await asyncio.wait({asyncio.Future()}, timeout=fault.seconds)
        return Answer(200, json.dumps({"ok": True, "result": result}).encode())

    def _method(self, path: str) -> str:
        head, _, name = path.removeprefix("/").partition("/")
        if not head.startswith("bot") or ":" not in head or not name:
            raise ApiError(404, "Not Found")
        if head != f"bot{self.token}":
            raise ApiError(401, "Unauthorized")
        if _known(name) is None:
            raise ApiError(404, "Not Found: method not found")
        if getattr(self.methods, name, None) is None:
            raise ApiError(501, f"emulator: {name} is not emulated")
        return name

    def _fault(self, method: str, parameters: Json) -> Fault | None:
        for plan in self._plans:
            if plan.method == method and plan.chat_id in (None, parameters.get("chat_id")):
                plan.times -= 1
                if plan.times <= 0:
                    self._plans.remove(plan)
                return plan.fault
        if self._chance is not None and method in PACED:
            chance, share, faults = self._chance
            if chance.random() < share:
                return chance.choice(faults)
        return None

    def _count(self, name: str, parameters: Json, fault: Fault | None) -> None:
        if name in PACED:
            chat_id = parameters.get("chat_id", 0)
            self.asked[chat_id] += 1
            if isinstance(fault, TooMany):
                self.asked_to_wait[chat_id] += fault.retry_after

    async def _carry_out(self, name: str, parameters: Json) -> Any:
        _check(name, parameters)
        if name in PACED:
            self._pace(parameters)
        result = await getattr(self.methods, name)(**parameters)
        if name != "getUpdates":
            self.taken.append(Taken(self.clock.now(), name, parameters, result))
        return result

    def _pace(self, parameters: Json) -> None:
        place = self.world.places.get(parameters.get("chat_id", 0))
        if place is None:
            return
        wait = self.limits.take(
            place.id,
            self.clock.now().timestamp(),
            group=place.group,
            paid=bool(parameters.get("allow_paid_broadcast")),
        )
        if wait:
            raise _too_many(wait)


async def _held(fault: Hold) -> None:
    fault.reached.set()
    await fault.release.wait()


def _too_many(seconds: int) -> ApiError:
    return ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def _error(code: int, description: str, **parameters: int) -> bytes:
    body: Json = {"ok": False, "error_code": code, "description": description}
    if parameters:
        body["parameters"] = parameters
    return json.dumps(body).encode()


@functools.cache
def _known(method: str) -> dict[str, inspect.Parameter] | None:
    """The method's parameters by python-telegram-bot's signature; None if it has no such method.

    Keyword-only parameters are that library's own (timeouts, shortcuts).
    """
    # The library's own helpers have no camelCase name; of the API's, only `close` has no capital.
    if "_" in method or not (any(map(str.isupper, method[1:])) or method == "close"):
        return None
    function = getattr(telegram.Bot, method, None)
    if not inspect.iscoroutinefunction(function):
        return None
    return {
        p.name: p
        for p in inspect.signature(function).parameters.values()
        if p.kind is p.POSITIONAL_OR_KEYWORD and p.name != "self"
    }


# What came after the version that python-telegram-bot speaks.
_NEWER = {"sendMessage": {"ephemeral_message_parameters"}}


def _check(method: str, parameters: Json) -> None:
    known = _known(method)
    assert known is not None
    if unknown := parameters.keys() - known.keys() - _NEWER.get(method, set()):
        raise ApiError(400, f"Bad Request: emulator: unknown parameters {sorted(unknown)}")
    for name, parameter in known.items():
        if parameter.default is parameter.empty and name not in parameters:
            raise ApiError(400, f"Bad Request: parameter {name} is required")


# Texts are never decoded: "123" is a text, 123 a number.
_TEXTS = {"text", "caption", "parse_mode", "callback_query_id", "url", "secret_token", "action"}


def _parameters(request: Request) -> Json:
    kind = request.headers.get("content-type", "")
    if not request.body:
        return {}
    if kind.startswith("application/json"):
        return {k: v for k, v in json.loads(request.body).items() if v is not None}
    if kind.startswith("multipart/form-data"):
        return _multipart(kind, request.body)
    pairs = parse_qsl(request.body.decode(), keep_blank_values=True, strict_parsing=True)
    return {name: _decoded(name, value) for name, value in pairs}


def _multipart(kind: str, body: bytes) -> Json:
    message = BytesParser(policy=HTTP).parsebytes(
        b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body
    )
    found: Json = {}
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        filename = part.get_filename()
        if filename is None:
            found[name] = _decoded(name, content.decode())
        else:
            found[name] = (filename, content)
    for name, value in list(found.items()):
        if isinstance(value, str) and value.startswith("attach://"):
            found[name] = found.pop(value.removeprefix("attach://"))
        elif isinstance(value, dict) and str(value.get("media")).startswith("attach://"):
            value["media"] = found.pop(value["media"].removeprefix("attach://"))
    return found


def _decoded(name: str, value: str) -> Any:
    if name in _TEXTS:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
