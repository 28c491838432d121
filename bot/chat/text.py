"""Text for people: escaped, within Telegram's limits, split where lines end."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from bot.alerts.body import clean, utf16
from bot.model.rendered import Button, Rendered
from filters.query import QueryError

__all__ = [
    "Buttons",
    "code",
    "cut",
    "error_text",
    "esc",
    "is_number",
    "message",
    "pages",
    "plain",
    "rows",
]

Buttons = tuple[tuple[Button, ...], ...]

_MOST_UNITS = 3900  # of 4,096, counted with markup: more than Telegram counts
_TAG = re.compile(r"<[^<>]+>")


def esc(text: str, most: int = 0) -> str:
    """A stranger's text on one line, safe inside HTML; cut to `most` letters if given."""
    line = clean(text).strip()
    return html.escape(cut(line, most) if most else line, quote=False)


def is_number(text: str) -> bool:
    """Whether it is a whole number that a database takes, as the data of a button may hold one.

    The data may be forged: digits of other alphabets and endless ones are none.
    """
    return text.isdecimal() and text.isascii() and len(text) < 18


def code(text: str, most: int = 1500) -> str:
    """Text to copy by a tap."""
    return f"<code>{html.escape(cut(text, most), quote=False)}</code>"


def cut(text: str, most: int) -> str:
    """At most `most` letters, whole words where that is possible."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    space = head.rfind(" ")
    return (head[:space] if space > most * 2 // 3 else head).rstrip(" ,;:.") + "…"


def message(body: str, buttons: Buttons = (), *, silent: bool = False) -> Rendered:
    """A message of ready HTML."""
    return Rendered(body, plain(body), buttons, silent)


def pages(lines: Iterable[str], most: int = _MOST_UNITS) -> list[str]:
    """Lines of ready HTML joined into as few messages as they fit in.

    Markup must open and close within a line. A line too long for a message
    loses its markup and its end.
    """
    found: list[str] = []
    page: list[str] = []
    left = most
    for each in lines:
        line = each if utf16(each) <= most else _shortened(each, most)
        need = utf16(line) + 1
        if page and need > left:
            found.append("\n".join(page))
            page, left = [], most
        page.append(line)
        left -= need
    if page:
        found.append("\n".join(page))
    return found


def plain(line: str) -> str:
    """A line of ready HTML without its markup."""
    return html.unescape(_TAG.sub("", line))


def _shortened(line: str, most: int) -> str:
    # Escaping makes a text at most five times as long.
    return html.escape(cut(plain(line), most // 6), quote=False)


def rows(buttons: Sequence[Button], width: int) -> Buttons:
    """Buttons in rows of `width`."""
    return tuple(tuple(buttons[at : at + width]) for at in range(0, len(buttons), width))


def error_text(error: QueryError, expression: str, lang: str) -> str:
    """What is wrong, the place underlined, how to fix it."""
    at = error.position
    lines = [html.escape(line, quote=False) for line in error.message(lang).splitlines()]
    # Readings begin with the place already, and each of them is the whole.
    if 0 < at < len(expression) and error.text == expression and not error.readings:
        before, wrong = expression[max(0, at - 60) : at], expression[at : at + 40]
        shown = f"{html.escape(before, quote=False)}<u>{html.escape(wrong, quote=False)}</u>"
        lines.append(shown + ("…" if len(expression) > at + 40 else ""))
    return "\n".join(lines)
