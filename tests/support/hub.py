"""A WebSub hub on loopback: takes subscriptions, asks back, brings what is published."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.support.loopback import Request
from tests.support.source_server import Page, SourceServer

__all__ = ["Hub"]


@dataclass
class Hub:
    """Answers at `path` of a source server. `asked` is what it was asked, oldest first.

    The callback's host is a name from outside: `port` on loopback is called in its place.
    """

    server: SourceServer
    port: int
    path: str = "/hub"
    asked: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server.pages[self.path] = self._take

    @property
    def url(self) -> str:
        return self.server.url(self.path)

    def _take(self, seen: Request) -> Page:
        form = {name: values[0] for name, values in parse_qs(seen.body.decode()).items()}
        self.asked.append(form)
        return Page(status=202)

    async def verify(self, lease: int = 864_000, **changed: str) -> tuple[int, str]:
        """Ask back about the last request; the status and body of the answer."""
        last = self.asked[-1]
        query = {
            "hub.mode": last["hub.mode"],
            "hub.topic": last["hub.topic"],
            "hub.challenge": "c-1<x>",
            "hub.lease_seconds": str(lease),
        } | {f"hub.{name}": value for name, value in changed.items()}
        answer = await self._call("GET", params=query)
        return answer.status_code, answer.text

    async def push(self, body: bytes, method: str = "sha256", secret: str = "") -> int:
        """Bring something new, signed (with another `secret`); the answer's status."""
        known = next(one["hub.secret"] for one in reversed(self.asked) if "hub.secret" in one)
        made = hmac.new((secret or known).encode(), body, method).hexdigest()
        headers = {"X-Hub-Signature": f"{method}={made}", "Content-Type": "application/rss+xml"}
        return (await self._call("POST", content=body, headers=headers)).status_code

    async def _call(self, method: str, **more: object) -> httpx.Response:
        path = urlsplit(self.asked[-1]["hub.callback"]).path.removeprefix("/bot")
        async with httpx.AsyncClient(trust_env=False, timeout=30) as web:
            url = f"http://127.0.0.1:{self.port}{path}"
            return await web.request(method, url, **more)  # type: ignore[arg-type]
