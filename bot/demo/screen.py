"""How the demo looks: alerts as a subscriber would see them, and what led to them."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from rich.box import ROUNDED
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.delivery.console import as_text
from bot.demo.script import OUTLETS, Form
from bot.model.rendered import Rendered

__all__ = ["Counts", "Screen", "opening"]

_WIDTH: Final = 80
_FOUND: Final = "bold yellow"
_FORMS: Final = {
    Form.RSS: "RSS",
    Form.ATOM: "Atom",
    Form.JSON: "JSON Feed",
    Form.CHANNEL: "Telegram channel",
}
_LANGUAGES: Final = {"ru": "Russian", "uk": "Ukrainian", "en": "English"}


@dataclass(slots=True)
class Counts:
    """What came of the news so far. `read` posts are `archived` or `new`."""

    read: int = 0
    archived: int = 0
    new: int = 0
    edited: int = 0
    matched: int = 0
    joined: int = 0
    sent: int = 0
    updated: int = 0
    replies: int = 0


def opening(console: Console) -> None:
    """What is about to be seen. Needs nothing of the engine, which takes a moment to load."""
    console.width = min(console.width, _WIDTH)
    console.print()
    console.print(Text.assemble(("Vigil", "bold"), "  a minute of invented news"))
    console.print(
        Text(
            "Five outlets publish on this machine alone. The real bot reads them, and this is"
            " the chat of someone who follows it. No account, no internet; Ctrl-C stops.",
            "dim",
        )
    )
    table = Table.grid(padding=(0, 2))
    for outlet in OUTLETS.values():
        about = f"{_FORMS[outlet.form]}, {_LANGUAGES[outlet.lang]}, {outlet.kind.value}"
        table.add_row(outlet.title, Text(about, "dim"))
    console.print(Padding(table, (1, 0, 1, 2)))


class Screen:
    """Prints to a console, in the order things happen; times in `zone`."""

    def __init__(self, console: Console, zone: tzinfo) -> None:
        self._out = console
        self._zone = zone
        console.width = min(console.width, _WIDTH)

    def archived(self, count: int) -> None:
        """What the first visits gave."""
        text = f"First visits: {count} old posts go to the archive, without alerts."
        self._out.print(Text(text, "dim"))

    def visit(self, when: datetime, title: str, *, new: int, edited: int, matched: int) -> None:
        """A visit that brought something."""
        counts = (_some(new, "new post"), _some(edited, "post", " edited"))
        came = ", ".join(filter(None, counts))
        consequence = ", no alert" if not matched else ", no second alert" if not new else ""
        self._out.print(Text(f"{self._clock(when)}  {title}: {came}{consequence}", "dim"))

    def trouble(self, what: str) -> None:
        self._out.print(Text(what, "red"))

    def alert(self, when: datetime, rendered: Rendered, why: Rendered | None) -> None:
        """A new message in the subscriber's chat, and why it came."""
        body: list[RenderableType] = [_shown(rendered)]
        labels = "  ".join(f"[ {b.text} ]" for row in rendered.buttons for b in row)
        if labels:
            body.append(Text(labels, "dim"))
        self._bubble(body, Text(f"{self._clock(when)}  new alert", "bold"), "cyan")
        if why is not None:
            grid = Table.grid(padding=(0, 2))
            grid.add_row(Text("Why?", "dim"), Text(why.plain, "dim"))
            self._out.print(Padding(grid, (0, 0, 1, 6)))

    def reply(self, when: datetime, rendered: Rendered, first: datetime) -> None:
        """A silent reply under the message that was sent at `first`."""
        title = Text(f"{self._clock(when)}  silent reply to the alert of {self._clock(first)}")
        self._bubble([_shown(rendered)], title, "dim")

    def update(self, when: datetime, rendered: Rendered, first: datetime) -> None:
        """A message that was sent at `first` and now reads otherwise."""
        title = Text(f"{self._clock(when)}  the alert of {self._clock(first)} now reads")
        self._bubble([_shown(rendered)], title, "dim")

    def summary(self, counts: Counts, *, stopped: bool) -> None:
        """What the minute came to, and where to go from here."""
        others = max(0, counts.new - counts.matched)
        rows = (
            ("posts read", counts.read, f"{counts.archived} of them old: archived, without alerts"),
            ("matched", counts.matched, f"the other {others} new posts matched nothing"),
            ("alerts sent", counts.sent, "one for each story"),
            ("copies joined", counts.joined, "the alert was updated, without a second one"),
            ("replies", counts.replies, "another report of a known story, without sound"),
            ("posts edited", counts.edited, "the alert shows the change if it matters"),
        )
        self._out.print()
        self._out.rule(Text("stopped" if stopped else "that was the minute"), style="dim")
        table = Table.grid(padding=(0, 2))
        table.add_column()
        table.add_column(justify="right", style="bold")
        for name, count, note in rows:
            if count:
                table.add_row(name, str(count), Text(note, "dim"))
        self._out.print(Padding(table, (1, 0, 1, 2)))
        further = Table.grid(padding=(0, 2))
        further.add_row("On any text:", Text(f"{_command()} try FILE, address or @channel", "bold"))
        further.add_row("Your own bot:", Text("VIGIL_BOT_TOKEN=… make run", "bold"))
        self._out.print(Padding(further, (0, 0, 1, 2)))

    def _bubble(self, body: list[RenderableType], title: Text, border: str) -> None:
        panel = Panel(
            Group(*body),
            title=title,
            title_align="left",
            box=ROUNDED,
            border_style=border,
            padding=(0, 1),
        )
        self._out.print(Padding(panel, (0, 0, 0, 4)))

    def _clock(self, when: datetime) -> str:
        return f"{when.astimezone(self._zone):%H:%M:%S}"


def _command() -> str:
    """How `vigil` is called here: `make demo` leaves it in .venv."""
    if shutil.which("vigil"):
        return "vigil"
    return os.path.relpath(sys.argv[0]) if sys.argv[0].endswith("vigil") else "python -m bot"


def _shown(rendered: Rendered) -> Text:
    """The message's own text; what matched stands out, and the heading."""
    text = as_text(rendered.html)
    for span in list(text.spans):
        if "bold" in str(span.style):
            text.stylize(_FOUND, span.start, span.end)
    text.stylize("bold cyan", 0, len(text.plain.partition("\n")[0]))
    return text


def _some(count: int, what: str, more: str = "") -> str:
    return f"{count} {what}{'s' if count > 1 else ''}{more}" if count else ""
