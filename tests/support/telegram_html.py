"""Telegram's HTML mode, as its server reads it: allowed tags, entities, refusals in its words.

Follows `parse_html` of TDLib (td/telegram/MessageEntity.cpp), which the Bot API server calls.
Offsets in refusals are in bytes of UTF-8, entity offsets and lengths in UTF-16 units, as there.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CannotParse", "Entity", "parse_html", "utf16_length"]

_TAGS = {
    "a": "text_link",
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
    "pre": "pre",
    "code": "code",
    "blockquote": "blockquote",
}
_NAMED = {b"lt": "<", b"gt": ">", b"amp": "&", b"quot": '"'}
_MOST = 100
_SPACE = b" \t\r\n\0\x0b"


class CannotParse(Exception):
    """What the server says after "can't parse entities: "."""


@dataclass(frozen=True, slots=True)
class Entity:
    type: str
    offset: int  # UTF-16 units
    length: int
    url: str | None = None


@dataclass(slots=True)
class _Open:
    tag: str
    argument: str
    offset: int
    start: int  # in the output bytes


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def parse_html(html: str, api: tuple[int, int] = (10, 5)) -> tuple[str, tuple[Entity, ...]]:
    """The text people see and its entities; raises CannotParse as the server would refuse.

    `api` is the server's version: quotations came with 7.0, those that fold with 7.4.
    Telegram flattens a quotation within a quotation and drops entities beyond a hundred
    in silence; both are refused here.
    """
    text, entities = _Parser(html.encode(), api).run()
    if len(entities) > _MOST:
        raise CannotParse(f"emulator: {len(entities)} entities")
    return text, entities


class _Parser:
    def __init__(self, data: bytes, api: tuple[int, int]) -> None:
        self.data = data
        self.api = api
        self.i = 0
        self.out = bytearray()
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def run(self) -> tuple[str, tuple[Entity, ...]]:
        while self.i < len(self.data):
            char = self.data[self.i]
            if char == ord("&") and (decoded := self._entity()) is not None:
                self.out += decoded.encode()
            elif char != ord("<"):
                self.out.append(char)
                self.i += 1
            else:
                self._tag()
        if self.open:
            raise CannotParse(
                f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"'
            )
        ordered = sorted(self.entities, key=lambda e: (e.offset, -e.length))
        return self.out.decode(), tuple(ordered)

    def _at(self, index: int) -> int:
        """The byte there, or 0 past the end (the server reads C strings)."""
        return self.data[index] if index < len(self.data) else 0

    def _entity(self) -> str | None:
        """Decodes `&lt;` and `&#1234;` at the place; None leaves the ampersand as text."""
        end = self.i + 1
        if self._at(end) == ord("#"):
            end += 1
            hexadecimal = self._at(end) in b"xX"
            end += hexadecimal
            start = end
            digits = b"0123456789abcdefABCDEF" if hexadecimal else b"0123456789"
            while self._at(end) in digits and self._at(end):
                end += 1
            if end == start:
                return None
            code = int(self.data[start:end], 16 if hexadecimal else 10)
            if not 0 < code < 0x10FFFF or 0xD800 <= code < 0xE000:
                return None
            decoded = chr(code)
        else:
            while chr(self._at(end)).isascii() and chr(self._at(end)).isalpha():
                end += 1
            name = _NAMED.get(self.data[self.i + 1 : end])
            if name is None:
                return None
            decoded = name
        self.i = end + (self._at(end) == ord(";"))
        return decoded

    def _utf16(self) -> int:
        return utf16_length(self.out.decode())

    def _tag(self) -> None:
        begin = self.i
        self.i += 1
        if self.i >= len(self.data):
            raise CannotParse(f"Unclosed start tag at byte offset {begin}")
        if self.data[self.i] == ord("/"):
            self._end_tag(begin)
        else:
            self._start_tag(begin)

    def _skip_spaces(self) -> None:
        while self.i < len(self.data) and self.data[self.i] in _SPACE:
            self.i += 1

    def _until(self, stop: bytes) -> str:
        start = self.i
        while self.i < len(self.data) and self.data[self.i] not in stop:
            self.i += 1
        return self.data[start : self.i].decode(errors="replace")

    def _start_tag(self, begin: int) -> None:
        tag = self._until(_SPACE + b">").lower()
        if self.i >= len(self.data):
            raise CannotParse(f"Unclosed start tag at byte offset {begin}")
        if tag not in _TAGS or (tag == "blockquote" and self.api < (7, 0)):
            raise CannotParse(f'Unsupported start tag "{tag}" at byte offset {begin}')
        argument = ""
        while True:
            self._skip_spaces()
            if self._at(self.i) == ord(">"):
                break
            name = self._until(_SPACE + b"=>/\"'")
            if not name:
                raise CannotParse(f'Empty attribute name in the tag "{tag}" at byte offset {begin}')
            self._skip_spaces()
            if self._at(self.i) == ord("="):
                self.i += 1
                argument = _argument(tag, name, self._value(tag, begin)) or argument
            elif self.i >= len(self.data):
                raise CannotParse(f'Unclosed start tag "{tag}" at byte offset {begin}')
            elif tag == "blockquote" and name == "expandable":
                argument = "expandable"
        self.i += 1
        if tag == "blockquote" and any(each.tag == tag for each in self.open):
            raise CannotParse(f"emulator: a quotation within a quotation at byte offset {begin}")
        if tag == "span" and argument != "spoiler":
            raise CannotParse(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        self.open.append(_Open(tag, argument, self._utf16(), len(self.out)))

    def _value(self, tag: str, begin: int) -> str:
        self._skip_spaces()
        if self.i >= len(self.data):
            raise CannotParse(f'Unclosed start tag "{tag}" at byte offset {begin}')
        quote = self.data[self.i]
        if quote not in b"\"'":
            start = self.i
            while chr(self._at(self.i)).isalnum() or self._at(self.i) in (ord("."), ord("-")):
                self.i += 1
            value = self.data[start : self.i].decode(errors="replace").lower()
            if self._at(self.i) not in _SPACE + b">":
                raise CannotParse(f"Unexpected end of name token at byte offset {start}")
        else:
            self.i += 1
            collected = bytearray()
            while self.i < len(self.data) and self.data[self.i] != quote:
                decoded = self._entity() if self.data[self.i] == ord("&") else None
                if decoded is not None:
                    collected += decoded.encode()
                else:
                    collected.append(self.data[self.i])
                    self.i += 1
            self.i += 1
            value = collected.decode()
        if self.i >= len(self.data):
            raise CannotParse(f"Unclosed start tag at byte offset {begin}")
        return value

    def _end_tag(self, begin: int) -> None:
        if not self.open:
            raise CannotParse(f"Unexpected end tag at byte offset {begin}")
        self.i += 1
        name = self._until(_SPACE + b">").lower()
        self._skip_spaces()
        if self._at(self.i) != ord(">"):
            raise CannotParse(f"Unclosed end tag at byte offset {begin}")
        self.i += 1
        opened = self.open.pop()
        if name and name != opened.tag:
            raise CannotParse(
                f'Unmatched end tag at byte offset {begin}, expected "</{opened.tag}>", '
                f'found "</{name}>"'
            )
        self._close(opened)

    def _close(self, opened: _Open) -> None:
        length = self._utf16() - opened.offset
        if not length:
            return
        kind, url = _TAGS[opened.tag], None
        if opened.tag == "a":
            url = opened.argument or self.out[opened.start :].decode()
            # The server drops links it cannot open and keeps the words.
            if not url.startswith(("http://", "https://", "tg://", "mailto:", "tel:")):
                if ":" in url or "." not in url:
                    return
                url = "http://" + url
        elif opened.argument == "expandable" and self.api >= (7, 4):
            kind = "expandable_blockquote"
        self.entities.append(Entity(kind, opened.offset, length, url))


def _argument(tag: str, name: str, value: str) -> str:
    """The one attribute that counts for the tag; others are read over."""
    wanted = {"a": "href", "tg-emoji": "emoji-id", "code": "class", "span": "class"}.get(tag)
    if name != wanted:
        return ""
    if tag == "span":
        return value.removeprefix("tg-") if value.startswith("tg-") else ""
    return value
