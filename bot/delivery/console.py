"""A sender that prints: what a subscriber would see, in a terminal."""

from __future__ import annotations

import itertools
from html.parser import HTMLParser

from rich.console import Console, ConsoleRenderable, Group
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from bot.botapi.pacing import Gate, Limits, Pacer, Permit
from bot.clock import Clock
from bot.errors import MessageGone, Rejected
from bot.model import Address
from bot.model.rendered import Rendered

__all__ = ["ConsoleSender", "as_text"]

# A terminal has no limits; one message at a time in a chat still keeps their order.
_NO_LIMITS = Limits(per_second=10_000, chat_seconds=0.0, group_per_minute=10_000)
_STYLES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strike",
    "del": "strike",
    "strike": "strike",
    "code": "cyan",
    "pre": "cyan",
    "blockquote": "italic",
    "tg-spoiler": "dim",
}
_BAR = "▎ "  # before each line of a quotation


class ConsoleSender:
    """Implements bot.delivery.sender.Sender on a rich console.

    `names` titles the panels: whose chat it is; chats without a name are not printed.
    `sent` and `edited` count.
    """

    def __init__(self, console: Console, clock: Clock, names: dict[int, str]) -> None:
        self.gate = Gate(clock, Pacer(_NO_LIMITS))
        self.sent = 0
        self.edited = 0
        self._console = console
        self._names = names
        self._numbers = itertools.count(1)
        self._shown: dict[tuple[int, int], Rendered] = {}

    async def send(
        self,
        address: Address,
        rendered: Rendered,
        *,
        reply_to: int | None = None,
        permit: Permit | None = None,
    ) -> int:
        """Print the message; its number."""
        self._leave(permit)
        number = next(self._numbers)
        self._shown[address.chat_id, number] = rendered
        self.sent += 1
        self.show(address, number, rendered, edited=False)
        return number

    async def send_within(
        self,
        address: Address,
        rendered: Rendered,
        *,
        reply_to: int | None = None,
        permit: Permit | None = None,
    ) -> tuple[int, int]:
        """As `send`: a terminal has no threads."""
        return await self.send(address, rendered, reply_to=reply_to, permit=permit), 0

    async def create_thread(
        self, address: Address, name: str, *, permit: Permit | None = None
    ) -> int:
        """A terminal has no threads: raises Rejected."""
        self._leave(permit)
        raise Rejected("A terminal has no threads")

    async def delete_thread(self, address: Address, number: int) -> None:
        """There is none: raises MessageGone."""
        raise MessageGone

    async def edit(
        self,
        address: Address,
        message_id: int,
        rendered: Rendered,
        *,
        permit: Permit | None = None,
    ) -> None:
        """Print the message as it is now, unless that is how it was. Raises MessageGone."""
        self._leave(permit)
        before = self._shown.get((address.chat_id, message_id))
        if before is None:
            raise MessageGone
        if before == rendered:
            return
        self._shown[address.chat_id, message_id] = rendered
        self.edited += 1
        self.show(address, message_id, rendered, edited=True)

    async def delete(self, address: Address, message_id: int) -> None:
        """Forget the message. Raises MessageGone."""
        if self._shown.pop((address.chat_id, message_id), None) is None:
            raise MessageGone

    async def empty(self, address: Address, message_id: int, *, picture: bool = False) -> None:
        """As `delete`."""
        await self.delete(address, message_id)

    def _leave(self, permit: Permit | None) -> None:
        if permit is not None:
            self.gate.leave(permit)

    def show(self, address: Address, message_id: int, rendered: Rendered, *, edited: bool) -> None:
        """Print a message. Override it to print otherwise."""
        name = self._names.get(address.chat_id)
        if name is None:
            return
        body: list[ConsoleRenderable] = [as_text(rendered.html)]
        for row in rendered.buttons:
            labels = "  ".join(f"[{button.text}]" for button in row)
            body.append(Padding(Text(labels, style="dim"), (1, 0, 0, 0)))
        title = Text(name + (" (edited)" if edited else ""), style="bold")
        self._console.print(Panel(Group(*body), title=title, title_align="left", width=76))


def as_text(html: str) -> Text:
    """Telegram's HTML in a terminal's styles; links become clickable where that works."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = Text()
        self._styles: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        style = _STYLES.get(tag, "")
        if tag == "a" and (href := dict(attrs).get("href")):
            style = f"underline link {href}"
        if tag == "blockquote":
            self.text.append(_BAR, "dim")
        self._styles.append((tag, style))

    def handle_endtag(self, tag: str) -> None:
        for index in range(len(self._styles) - 1, -1, -1):
            if self._styles[index][0] == tag:
                del self._styles[index]
                return

    def handle_data(self, data: str) -> None:
        if any(tag == "blockquote" for tag, _ in self._styles):
            data = data.replace("\n", f"\n{_BAR}")
        self.text.append(data, " ".join(style for _, style in self._styles if style))
