"""A channel on the web, as Telegram's server shows it: pages of twenty, posts by themselves.

channel = ChannelPages(server, "pskov_live")
channel.post(7, "Отказались ехать", when=clock.now())
channel.delete(7)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from tests.support import pages
from tests.support.loopback import Request
from tests.support.source_server import Page, SourceServer

__all__ = ["ChannelPages"]

_PAGE = 20
_REFUSED = (
    '<html><body><div class="tgme_widget_message text_not_supported_wrap err_message'
    ' js-widget_message"><div class="tgme_widget_message_error" dir="auto">Post not found</div>'
    "</div></body></html>"
)


@dataclass
class ChannelPages:
    """`hidden` posts are shown by themselves only; `refusing` embeds answer so to all.

    `empty` shows what a slowed-down reader sees; `status` is answered instead of a page;
    with `landing` the name redirects there.
    """

    server: SourceServer
    name: str
    chat: int = pages.CHAT
    empty: bool = False
    status: int = 200
    landing: bytes = b""
    broken: bool = False
    blocks: dict[int, tuple[str, datetime]] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server.pages[f"/s/{self.name}"] = self._list
        self.server.pages[f"/{self.name}"] = lambda _: Page(self.landing)

    def post(self, number: int, text: str, when: datetime, meta: str = "") -> None:
        """A new post, or another text of one."""
        block = pages.post(self.name, number, text, when=when, meta=meta)
        wanted, ours = pages.view(number), pages.view(number, self.chat)
        self.blocks[number] = (block.replace(wanted, ours), when)
        self.server.pages[f"/{self.name}/{number}"] = self._own

    def delete(self, *numbers: int) -> None:
        for number in numbers:
            del self.blocks[number]

    def _list(self, seen: Request) -> Page:
        self.asked.append(seen.path)
        if self.landing:
            return Page(status=302, headers={"Location": f"https://t.me/{self.name}"})
        if self.status != 200:
            return Page(status=self.status)
        before = re.search(r"before=(\d+)", seen.path)
        last = int(before[1]) if before else 10**9
        shown = sorted(n for n in self.blocks if n < last and n not in self.hidden)[-_PAGE:]
        if self.empty:
            shown = []
        more = any(n < shown[0] for n in self.blocks) if shown else False
        html = pages.page(
            self.name,
            [self.blocks[n][0] for n in shown],
            before=shown[0] if more else None,
        )
        return Page(html.replace(b"js-message_text", b"text_2027") if self.broken else html)

    def _own(self, seen: Request) -> Page:
        self.asked.append(seen.path)
        if self.status != 200:
            return Page(status=self.status)
        number = int(re.findall(r"/(\d+)", seen.path)[0])
        if number not in self.blocks:
            return Page(_REFUSED.encode())
        return Page(f"<html><body>{self.blocks[number][0]}</body></html>".encode())
