"""Bytes to text: byte order mark, valid UTF-8, what was declared, detection.

Text that was encoded in UTF-8 twice is recognised by its letters, and read as it was meant.

The declared charset is often the server's default and wrong. Text that is valid
UTF-8 with letters outside ASCII is UTF-8 whatever is declared (other encodings
do not look so by chance); between the 8-bit Cyrillic encodings the letters decide,
since each decodes the others without an error, into nonsense.

A general detector needs a page of text: of a short headline it takes Cyrillic for accented
Latin. Cyrillic words are whole runs of bytes above ASCII, Latin ones have an accent here and
there; and of the readings as Cyrillic one is made of the commonest letters, in sane case.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
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
    return _encoded_once(_decoded(body, content_type))


def _decoded(body: bytes, content_type: str) -> str:
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
    if declared in _DEFAULTS or declared in _CYRILLIC:
        detected = _cyrillic(body[:200_000], declared) or detected
    if detected in ("", "utf-8") and not _any_utf8(body):
        detected = "cp1252"  # an accent or a quotation mark alone
    if detected == declared == "utf-8" or (declared == "utf-8" and _mostly_utf8(body, nearly)):
        return body.decode("utf-8", "replace")
    codec = declared
    if declared in _DEFAULTS or (declared in _CYRILLIC and detected in _CYRILLIC):
        codec = detected or declared
    return body.decode(_superset(codec or "utf-8"), "replace")


@dataclass(frozen=True, slots=True)
class _Twice:
    """Text that a publisher's program took for an 8-bit encoding and encoded in UTF-8 once more."""

    pair: re.Pattern[str]  # what each Cyrillic letter became
    run: re.Pattern[str]
    bytes_of: Mapping[int, int]


def _twice(codec: str, leads: str) -> _Twice:
    chars = {byte: bytes([byte]).decode(codec, "ignore") or chr(byte) for byte in range(128, 256)}
    # Latin-1 has controls where cp1252 has signs.
    bytes_of = {byte: byte for byte in range(128, 160)} | {ord(c): b for b, c in chars.items()}
    second = re.escape("".join(chr(char) for char, byte in bytes_of.items() if byte < 192))
    run = re.escape("".join(map(chr, bytes_of)))
    return _Twice(re.compile(f"[{leads}][{second}]"), re.compile(f"[{run}]+"), bytes_of)


_ENCODED_TWICE: Final = (_twice("cp1251", "РС"), _twice("cp1252", "ÐÑ"))
_MIN_PAIRS, _SHARE_OF_PAIRS = 20, 0.8  # of what is beyond ASCII; other texts have a few


def _encoded_once(text: str) -> str:
    sample = text[:100_000]
    if sample.isascii():
        return text
    beyond_ascii = 0
    for twice in _ENCODED_TWICE:
        pairs = sum(1 for _ in twice.pair.finditer(sample))
        if pairs < _MIN_PAIRS:
            continue
        beyond_ascii = beyond_ascii or sum(char > "\x7f" for char in sample)
        if 2 * pairs >= _SHARE_OF_PAIRS * beyond_ascii:
            return twice.run.sub(partial(_once, twice.bytes_of), text)
    return text


def _once(bytes_of: Mapping[int, int], run: re.Match[str]) -> str:
    """The words as they were meant; those that were encoded once stay, beside others."""
    meant = run[0].translate(bytes_of).encode("latin-1").decode("utf-8", "replace")
    return run[0] if 4 * meant.count("\ufffd") > len(meant) else meant


_RUNS: Final = re.compile(rb"(?<![A-Za-z\x80-\xff])[\x80-\xff]{2,}(?![A-Za-z])")
_HIGH: Final = re.compile(rb"[\x80-\xff]+")
_TRIED: Final = ("cp1251", "koi8-u", "cp866", "iso8859-5", "mac-cyrillic")
# Logarithms of how often letters stand in a hundred of a Russian text, Ukrainian ones beside them.
_LETTERS: Final = dict(
    zip(
        "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъёіїєґ",
        (
            *(2.4, 2.1, 2.1, 2.0, 1.9, 1.8, 1.7, 1.6, 1.5, 1.5, 1.2, 1.2, 1.1, 1.0, 1.0, 0.7, 0.6),
            *(0.5, 0.5, 0.5, 0.5, 0.4, 0.2, 0.0, -0.1, -0.3, -0.4, -0.7, -1.0, -1.1, -1.3, -2.0),
            *(-1.0, 1.4, -0.2, -0.2, -2.0),
        ),
        strict=True,
    )
)
_AROUND: Final = frozenset("«»—–…№“”„’•\u00a0\u00ad")


def _cyrillic(body: bytes, declared: str) -> str:
    """The Cyrillic encoding that makes words of these bytes, "" where none does."""
    runs = _RUNS.findall(body)[:5_000]
    inside, all_high = sum(map(len, runs)), sum(map(len, _HIGH.findall(body)[:50_000]))
    if inside * 2 < all_high or not runs:
        return ""  # accents in Latin words
    scores = {codec: _likeness(runs, codec) for codec in _TRIED}
    scores["cp1251"] += 0.25  # of the short that could be two, the one the web uses
    if declared in scores:
        scores[declared] += 0.3  # Macintosh's differs from cp1251 in capitals alone
    best = max(scores, key=scores.__getitem__)
    return best if scores[best] > 0.3 else ""


def _likeness(runs: list[bytes], codec: str) -> float:
    """How much the words look Russian or Ukrainian, for a letter on average."""
    score, count = 0.0, 0
    for run in runs:
        before_is_low = False
        for char in run.decode(codec, "replace"):
            if char in _AROUND:
                continue
            low = char.lower()
            count += 1
            score += _LETTERS.get(low, -3.0)
            if low != char:
                score -= 3.0 if before_is_low else 0.1
            before_is_low = low == char
    return score / count if count else 0.0


_PAIR: Final = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)


def _any_utf8(body: bytes) -> bool:
    return _PAIR.search(body[:200_000]) is not None


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
    name = name.lower().removeprefix("x-")  # x-mac-cyrillic, x-cp1251
    try:
        known = codecs.lookup(name).name if name else ""
    except (LookupError, ValueError):
        return ""
    return known if known in CODECS else ""


def _superset(codec: str) -> str:
    # As browsers do: who declares Latin-1 or ASCII writes windows-1252 quotation marks,
    # and Ukrainian letters in koi8 are those of koi8-u.
    return {"ascii": "cp1252", "iso8859-1": "cp1252", "koi8-r": "koi8-u"}.get(codec, codec)
