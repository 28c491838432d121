"""Bytes to text: byte order mark, valid UTF-8, what was declared, detection.

The declared charset is often the server's default and wrong. Text that is valid
UTF-8 with letters outside ASCII is UTF-8 whatever is declared (other encodings
do not look so by chance); between the 8-bit Cyrillic encodings detection decides,
since each decodes the others without an error, into nonsense.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

from resiliparse.parse.encoding import detect_encoding

__all__ = ["CODECS", "decode"]

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that one's
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CYRILLIC: Final = frozenset(
    {"cp1251", "koi8-r", "koi8-u", "cp866", "iso8859-5", "mac-cyrillic", "ptcp154"}
)
# What a server says when nobody told it.
_DEFAULTS: Final = frozenset({"ascii", "iso8859-1", "cp1252", "utf-8", ""})
# No other codec is ever used: `declared` comes from strangers, and Python has odd ones.
CODECS: Final = frozenset(
    _CYRILLIC
    | _DEFAULTS - {""}
    | {"utf-16-le", "utf-16-be", "utf-16", "utf-32", "utf-32-le", "utf-32-be"}
    | {"iso8859-2", "iso8859-15", "cp1250", "cp1253", "cp1254", "cp1257", "iso8859-9"}
    | {"gb18030", "gbk", "gb2312", "big5", "euc_jp", "shift_jis", "euc_kr"}
)
_IN_HEADER = re.compile(r"""charset\s*=\s*["']?([\w.:-]+)""", re.I)
_IN_XML = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]+)["']""", re.I)
_IN_META = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:-]+)""", re.I)


def decode(body: bytes, content_type: str = "") -> str:
    """The text of a feed or page; bytes that fit nothing become U+FFFD. Never raises."""
    for mark, codec in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace")
    if wide := _wide(body):
        return body.decode(wide, "replace")
    try:
        return body.decode("utf-8")  # plain ASCII too
    except UnicodeDecodeError as error:
        nearly = error
    declared = _codec(_found(_IN_HEADER, content_type)) or _declared_inside(body)
    detected = _codec(detect_encoding(body[:200_000]) or "")
    if declared == "utf-8" and (detected == "utf-8" or _mostly_utf8(body, nearly)):
        return body.decode("utf-8", "replace")
    codec = declared
    if declared in _DEFAULTS or (declared in _CYRILLIC and detected in _CYRILLIC):
        codec = detected or declared
    return body.decode(_superset(codec or "utf-8"), "replace")


def _mostly_utf8(body: bytes, error: UnicodeDecodeError) -> bool:
    """Whether a few bytes spoil what is UTF-8 otherwise (a cut or a bad quotation)."""
    if error.start > len(body) - 4:
        return True
    text = body[:200_000].decode("utf-8", "replace")
    beyond_ascii = sum(char > "\x7f" for char in text)
    return text.count("\ufffd") * 20 <= beyond_ascii


def _wide(body: bytes) -> str:
    """UTF-16 or 32 without a mark, told by the zeros around the first `<` or `{`."""
    head = body[:4]
    if head in (b"<\0\0\0", b"{\0\0\0"):
        return "utf-32-le"
    if head in (b"\0\0\0<", b"\0\0\0{"):
        return "utf-32-be"
    if head[:2] in (b"<\0", b"{\0"):
        return "utf-16-le"
    return "utf-16-be" if head[:2] in (b"\0<", b"\0{") else ""


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[1] if match else ""


def _declared_inside(body: bytes) -> str:
    head = body[:2048]
    match = _IN_XML.search(head) or _IN_META.search(head)
    return _codec(match[1].decode("ascii", "replace")) if match else ""


def _codec(name: str) -> str:
    """Python's name of a charset, "" for what we do not use."""
    try:
        known = codecs.lookup(name).name if name else ""
    except (LookupError, ValueError):
        return ""
    return known if known in CODECS else ""


def _superset(codec: str) -> str:
    # As browsers do: who declares Latin-1 or ASCII writes windows-1252 quotation marks,
    # and Ukrainian letters in koi8 are those of koi8-u.
    return {"ascii": "cp1252", "iso8859-1": "cp1252", "koi8-r": "koi8-u"}.get(codec, codec)
