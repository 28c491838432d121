"""A rendered message as parameters for Telegram's servers, newer and older ones. Pure.

A message has several forms: a server that refuses one may take the next."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import Any
from zlib import compress, crc32

from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.alerts.body import MOST_UNITS
from bot.model.rendered import Aside, Button, Rendered

__all__ = ["Form", "aside_parameters", "blank_picture", "cut", "forms_of", "keyboard", "number_of"]


@dataclass(frozen=True, slots=True)
class Form:
    """One way to say a message. `older`: what only a newer server knows is left out."""

    markup: str | None
    text: str
    buttons: dict[str, Any] | None
    older: bool = False


_QUOTATION = re.compile(r"<blockquote( expandable)?>(.*?)</blockquote>", re.DOTALL)


def forms_of(rendered: Rendered, *, older: bool) -> list[Form]:
    """What to try, in this order: HTML, HTML of older servers, plain text, plain without buttons.

    Quotations came with Bot API 7.0, those that fold with 7.4, buttons that copy with 7.11:
    a server of one's own may be older. One that is known to be is not asked for them.
    """
    newest, buttons = keyboard(rendered), keyboard(rendered, copying=False)
    plain = cut(rendered.plain, MOST_UNITS)
    html = _QUOTATION.sub(_unquoted, rendered.html)
    forms = [Form(ParseMode.HTML, rendered.html, newest)]
    if (html, buttons) != (rendered.html, newest):
        forms = [*([] if older else forms), Form(ParseMode.HTML, html, buttons, older=True)]
    forms.append(Form(None, plain, buttons))
    if buttons is not None:
        forms.append(Form(None, plain, None))
    return [form for form in forms if form.text.strip()] or forms[:1]


def _unquoted(found: re.Match[str]) -> str:
    return found[2] if found[1] else f"«{found[2]}»"


def keyboard(rendered: Rendered, *, copying: bool = True) -> dict[str, Any] | None:
    """The buttons as Telegram wants them, with those that copy or without; None of none."""
    rows = [[_button(each) for each in row if copying or not each.copy] for row in rendered.buttons]
    rows = [row for row in rows if row]
    return {"inline_keyboard": rows} if rows else None


def aside_parameters(aside: Aside) -> dict[str, Any]:
    """https://core.telegram.org/bots/api#ephemeralmessageparameters"""
    whom: dict[str, Any] = {"receiver_user_id": aside.user_id}
    return whom | ({"callback_query_id": aside.query_id} if aside.query_id else {})


def number_of(message: Any) -> int:
    """The number of the message in an answer that says it was taken; 0 of an aside."""
    try:
        if "ephemeral_message_id" in message:
            return 0
        return int(message["message_id"])
    except (KeyError, TypeError, ValueError) as error:
        raise TelegramError("Invalid server response") from error


def _button(button: Button) -> dict[str, Any]:
    if button.url:
        return {"text": button.text, "url": button.url}
    if button.copy:
        return {"text": button.text, "copy_text": {"text": button.copy}}
    return {"text": button.text, "callback_data": button.data}


def blank_picture(size: int = 32) -> bytes:
    """A white square as PNG (grey, 8 bits; https://www.w3.org/TR/png-3/)."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc32(kind + body))

    header = struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0)
    rows = (b"\0" + b"\xff" * size) * size
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", compress(rows)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def cut(text: str, units: int) -> str:
    """At most that many UTF-16 units, which is how Telegram counts."""
    if len(text.encode("utf-16-le")) <= 2 * units:
        return text
    begin = text.encode("utf-16-le")[: 2 * (units - 1)].decode("utf-16-le", errors="ignore")
    return begin + "…"
