"""A message's text in the making: HTML and plain at once, within Telegram's limits."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable
from typing import Final, NamedTuple

from bot.model.rendered import Button, Rendered
from bot.urls import safe_url, short_url

__all__ = ["MOST_ENTITIES", "MOST_UNITS", "Body", "clean", "utf16"]

MOST_UNITS: Final = 4096
"""UTF-16 units of one message, as shown: markup does not count."""

MOST_ENTITIES: Final = 100
"""Telegram drops those beyond."""

_JOINERS: Final = "\u200c\u200d"  # of Persian words and of composed emoji
_VARIATION: Final = "\ufe0e\ufe0f"


def clean(text: str) -> str:
    """A stranger's text as it may be shown: what turns or hides letters is gone.

    No control, direction or other invisible characters, every run of white space one
    space, halves of pairs U+FFFD.
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text
    shown: list[str] = []
    for char in text:
        if char.isspace() or char in "\x00\u2028\u2029":
            if not shown or shown[-1] != " ":
                shown.append(" ")
            continue
        category = unicodedata.category(char)
        if category == "Cs":
            shown.append("\ufffd")
        elif category not in ("Cc", "Cf") or char in _JOINERS:
            shown.append(char)
    return "".join(shown)


def utf16(text: str) -> int:
    """Its length as Telegram counts."""
    return len(text) + sum(char > "\uffff" for char in text)


class _Piece(NamedTuple):
    text: str
    kind: str = ""  # "", b, a; where a quotation begins and ends: q, or Q that folds, and /q
    url: str = ""


class Body:
    """Text, bold text, links and quotations in order. Texts of strangers pass `clean` first."""

    def __init__(self) -> None:
        self._pieces: list[_Piece] = []

    def text(self, text: str) -> Body:
        """Adds text, with newlines of ours; returns itself, as all do."""
        if text:
            self._pieces.append(_Piece(text))
        return self

    def bold(self, text: str) -> Body:
        if text.strip():
            self._pieces.append(_Piece(text, "b"))
        else:
            self.text(text)
        return self

    def marked(self, pieces: Iterable[tuple[str, bool]]) -> Body:
        """Adds (text, bold) pieces."""
        for text, is_bold in pieces:
            self.bold(text) if is_bold else self.text(text)
        return self

    def link(self, url: str, label: str = "") -> Body:
        """Adds a link with its short address, or a label; only the label if the link is unsafe."""
        safe = safe_url(url)
        if safe:
            self._pieces.append(_Piece(label or short_url(safe), "a", safe))
        else:
            self.text(label)
        return self

    def quote(self, inner: Body, *, folds: bool = False) -> Body:
        """Adds `inner` as a block that stands out as somebody else's words.

        One that `folds` shows three lines until it is tapped. Telegram sets no block
        within another. Plain text puts words in « », a list that folds as it is.
        """
        if inner:
            self._pieces.append(_Piece("", "Q" if folds else "q"))
            self._pieces += inner._pieces
            self._pieces.append(_Piece("", "/Q" if folds else "/q"))
        return self

    def add(self, other: Body) -> Body:
        self._pieces += other._pieces
        return self

    def __bool__(self) -> bool:
        return bool(self._pieces)

    @property
    def size(self) -> int:
        """UTF-16 units of the longer form: plain text spells links out."""
        return max(utf16(self.shown), utf16(self.plain))

    @property
    def entities(self) -> int:
        return sum(bool(piece.kind) and piece.kind[0] != "/" for piece in self._pieces)

    @property
    def shown(self) -> str:
        """What a reader sees of the HTML."""
        return "".join(piece.text for piece in self._pieces)

    @property
    def html(self) -> str:
        return "".join(_as_html(piece) for piece in self._pieces)

    @property
    def plain(self) -> str:
        return "".join(_as_plain(piece) for piece in self._pieces)

    def fits(self, *others: Body, reserve: int = 0) -> bool:
        """Whether one message holds this, `others` after it, and `reserve` units more."""
        parts = (self, *others)
        size = sum(each.size for each in parts) + reserve
        return size <= MOST_UNITS and sum(each.entities for each in parts) <= MOST_ENTITIES

    def rendered(self, *buttons: tuple[Button, ...]) -> Rendered:
        return Rendered(self.html, self.plain, buttons)


_BLOCKS = {
    "q": "<blockquote>",
    "Q": "<blockquote expandable>",
    "/q": "</blockquote>",
    "/Q": "</blockquote>",
}
_BLOCKS_PLAIN = {"q": "«", "/q": "»"}


def _as_html(piece: _Piece) -> str:
    if piece.kind in _BLOCKS:
        return _BLOCKS[piece.kind]
    text = html.escape(piece.text, quote=False)
    if piece.kind == "a":
        return f'<a href="{html.escape(piece.url)}">{text}</a>'
    return f"<b>{text}</b>" if piece.kind else text


def _as_plain(piece: _Piece) -> str:
    """Links spelled out: a label alone would lead nowhere."""
    if piece.kind != "a":
        return piece.text or _BLOCKS_PLAIN.get(piece.kind, "")
    return piece.url if piece.text == short_url(piece.url) else f"{piece.text} {piece.url}"
