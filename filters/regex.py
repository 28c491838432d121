r"""Regular expressions, by RE2: time grows with the text, never with the pattern's cunning.

RE2 reads `\w`, `\d`, `\s` and `\b` as ASCII, which for Cyrillic is useless. So a
pattern is rewritten before it is compiled: the classes to classes of Unicode, and
`\b`, which no class can say, by marks. In a pattern that holds a `\b` every atom may
have marks before it, `\b` is a mark, and such patterns are given the text with two
marks at each edge of a word (two, so that `\b(\bword)` holds).

Patterns see the text as it was written: no lemmas, no ё folded into е.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from filters.document import TEXT, TITLE, Document
from filters.nodes import Regex
from filters.normalize import MARKS

__all__ = ["MAX_REGEXES", "Regexes", "problem"]

MAX_REGEXES: Final = 12
MAX_LENGTH: Final = 1_000
MAX_PROGRAM: Final = 16_000  # RE2's instructions; \w alone has 1,447
MAX_MEMORY: Final = 4 << 20
MOST: Final = 2_048  # places told of one pattern in one text
_MARK: Final = "\x01"
_EDGES: Final = re.compile(rf"[\w{MARKS}]+")

# Class escapes as the inside of a class. A complement is spelt out, since a class
# cannot hold one; \p{C} without the mark.
_CONTROLS: Final = r"\x0e-\x1f\x7f-\x84\x86-\x9f\x00\x02-\x08\p{Cf}\p{Co}"
_SIGNS: Final = r"\p{S}\p{Pd}\p{Ps}\p{Pe}\p{Pi}\p{Pf}\p{Po}"
_CLASSES: Final = {
    "w": r"\p{L}\p{M}\p{N}_",
    "d": r"\p{Nd}",
    "s": r"\t-\r\x85\p{Z}",
    "W": rf"\t-\r\x85\p{{Z}}{_SIGNS}{_CONTROLS}",
    "D": rf"\p{{L}}\p{{M}}\p{{Nl}}\p{{No}}\p{{P}}\p{{S}}\t-\r\x85\p{{Z}}{_CONTROLS}",
    "S": rf"\p{{L}}\p{{M}}\p{{N}}\p{{P}}\p{{S}}{_CONTROLS}",
}
_ESCAPE: Final = re.compile(
    r"\\(?:[pP](?:\{\^?\w+\}|\w)|x(?:\{[0-9A-Fa-f]{1,6}\}|[0-9A-Fa-f]{2})"
    r"|u[0-9A-Fa-f]{4}|[0-7]{3}|.)",
    re.DOTALL,
)
_QUANTIFIER: Final = re.compile(r"(?:[*+?]|\{\d+(?:,\d*)?\})\??")
_OPENING: Final = re.compile(r"\((?:\?(?:P?<[A-Za-z_]\w*>|[im]*(?:-[im]+)?:))?")
_FLAGS: Final = re.compile(r"\(\?[im]*(?:-[im]+)?\)")
_NAMED: Final = re.compile(r"\[:(\^?)\w+:\]")


class _Refused(ValueError):
    """What the language of patterns has not; an English message id."""


@dataclass(frozen=True, slots=True)
class _Compiled:
    pattern: Any
    marked: bool


def problem(regex: Regex) -> tuple[str, str] | None:
    """Why a pattern is not taken: an English message id and RE2's own reason, or None."""
    made = _compile(regex)
    return made if isinstance(made, tuple) else None


class Regexes:
    """One document as patterns see it. What was searched is kept for other filters."""

    __slots__ = ("_document", "_encoded", "_held", "_places")

    def __init__(self, document: Document) -> None:
        self._document = document
        self._encoded: dict[tuple[str, bool], bytes] = {}
        self._held: dict[tuple[Regex, str], bool] = {}
        self._places: dict[tuple[Regex, str], list[tuple[int, int]]] = {}

    def holds(self, regex: Regex, field: str) -> bool:
        """Whether the pattern is found in a field, or ("") in either."""
        if not field:
            return self.holds(regex, TITLE) or self.holds(regex, TEXT)
        known = self._held.get((regex, field))
        if known is None:
            made = _made(regex)
            found = made.pattern.search(self._bytes(field, made.marked))
            known = self._held[regex, field] = found is not None
        return known

    def places(self, regex: Regex, field: str) -> list[tuple[int, int]]:
        """Where it is found in a field's original text, at most 2,048 places."""
        known = self._places.get((regex, field))
        if known is None:
            known = self._places[regex, field] = self._find(_made(regex), field)
        return known

    def _find(self, made: _Compiled, field: str) -> list[tuple[int, int]]:
        data = self._bytes(field, made.marked)
        found: list[tuple[int, int]] = []
        at = offset = 0
        while len(found) < MOST and (match := made.pattern.search(data, at)):
            start, end = match.span()
            if start == end:  # an edge alone is no place
                end = start + 1
                while end < len(data) and data[end] & 0xC0 == 0x80:
                    end += 1
                offset += _length(data[at:end])
                at = end
                if at >= len(data):
                    break
                continue
            first = offset + _length(data[at:start])
            offset = first + _length(data[start:end])
            at = end
            if offset > first:
                found.append((first, offset))
        return found

    def _bytes(self, field: str, marked: bool) -> bytes:
        known = self._encoded.get((field, marked))
        if known is None:
            text = self._document.field(field).replace(_MARK, " ")
            if marked:
                text = _EDGES.sub(lambda m: f"{_MARK}{_MARK}{m[0]}{_MARK}{_MARK}", text)
            known = self._encoded[field, marked] = text.encode("utf-8", "replace")
        return known


def _length(data: bytes) -> int:
    """Characters of the original text in a piece that may cut through none."""
    return len(data.decode("utf-8", "replace")) - data.count(b"\x01")


def _made(regex: Regex) -> _Compiled:
    made = _compile(regex)
    if isinstance(made, tuple):
        raise ValueError(made[0])
    return made


@lru_cache(maxsize=512)
def _compile(regex: Regex) -> _Compiled | tuple[str, str]:
    import re2

    if len(regex.pattern) > MAX_LENGTH:
        return "A regular expression is too large.", ""
    try:
        written, marked = _rewritten(regex.pattern)
    except _Refused as refused:
        return str(refused), ""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MAX_MEMORY
    options.case_sensitive = not regex.ignore_case
    try:
        pattern = re2.compile(written.encode(), options)
        size = pattern.programsize
    except (re2.error, UnicodeEncodeError) as error:
        reason = error.args[0] if error.args and isinstance(error.args[0], bytes) else b""
        if b"too large" in reason:
            return "A regular expression is too large.", ""
        return "The regular expression cannot be read: {reason}", reason.decode("utf-8", "replace")
    if size > MAX_PROGRAM:
        return "A regular expression is too large.", ""
    if pattern.search(b"") is not None:
        return "This regular expression matches even an empty text.", ""
    return _Compiled(pattern, marked)


def _rewritten(pattern: str) -> tuple[str, bool]:
    """The pattern as RE2 shall read it, and whether it needs the marked text."""
    marked = any(piece == r"\b" for piece in _ESCAPE.findall(pattern))
    out: list[str] = []
    at = 0
    while at < len(pattern):
        piece, at = _piece(pattern, at, marked)
        out.append(piece)
    return "".join(out), marked


def _piece(pattern: str, at: int, marked: bool) -> tuple[str, int]:
    letter = pattern[at]
    if letter == "\\":
        return _escape(pattern, at, marked)
    if letter == "[":
        inside, at = _class(pattern, at, marked)
        return _atom(inside, marked), at
    if letter == "(":
        opening = _FLAGS.match(pattern, at) or _OPENING.match(pattern, at)
        assert opening
        if opening[0] == "(" and pattern.startswith("(?", at):
            raise _Refused("A regular expression has no look-ahead, no flags but i and m.")
        return opening[0], opening.end()
    if quantifier := _QUANTIFIER.match(pattern, at):
        return quantifier[0], quantifier.end()
    if letter in ")|":
        return letter, at + 1
    if letter in "^$":
        if not marked:
            return letter, at + 1
        return (f"(?:^{_MARK}*)" if letter == "^" else f"(?:{_MARK}*$)"), at + 1
    if letter == ".":
        return _atom(rf"[^\n{_MARK}]" if marked else ".", marked), at + 1
    return _atom(rf"\{letter}" if letter in "{}]" else letter, marked), at + 1


def _escape(pattern: str, at: int, marked: bool) -> tuple[str, int]:
    found = _ESCAPE.match(pattern, at)
    if not found:
        return "\\", at + 1  # RE2 says that it trails
    written, name, end = found[0], found[0][1], found.end()
    if name == "b":
        return _MARK, end
    if name in "wds":
        return _atom(f"[{_CLASSES[name]}]", marked), end
    if name in "WDS":
        return _atom(f"[^{_CLASSES[name.lower()]}{_MARK}]", marked), end
    if name in "Az":
        edge = rf"(?:\A{_MARK}*)" if name == "A" else rf"(?:{_MARK}*\z)"
        return (edge if marked else written), end
    if name == "Q":
        close = pattern.find("\\E", end)
        close = len(pattern) if close < 0 else close
        literal = "".join(_atom(_quoted(c), marked) for c in pattern[end:close])
        return literal, min(close + 2, len(pattern))
    if name in "BCEGKXZ" or (name.isdigit() and len(written) == 2 and name != "0"):
        raise _Refused("This sign of regular expressions is not used here.")
    if name == "u" and len(written) == 6:
        return _atom(_hex(written), marked), end
    if name == "P" and marked:
        return _atom(f"[^{_MARK}{written.replace('P', 'p', 1)}]", marked), end
    return _atom(written, marked), end


def _hex(written: str) -> str:
    """What Python writes as `\\u0301`, as RE2 does."""
    return rf"\x{{{written[2:]}}}" if len(written) == 6 else written


def _quoted(letter: str) -> str:
    return "\\" + letter if letter.isascii() and not letter.isalnum() else letter


def _atom(written: str, marked: bool) -> str:
    return f"(?:{_MARK}*{written})" if marked else written


def _class(pattern: str, at: int, marked: bool) -> tuple[str, int]:
    """A class from its "[" on, and where it ends."""
    at += 1
    out = ["["]
    negated = pattern.startswith("^", at)
    if negated:
        out.append("^" + (_MARK if marked else ""))
        at += 1
    first = True
    while at < len(pattern):
        letter = pattern[at]
        if letter == "]" and not first:
            return "".join(out) + "]", at + 1
        first = False
        if named := _NAMED.match(pattern, at):
            if named[1] and marked:
                raise _Refused("This sign of regular expressions is not used here.")
            out.append(named[0])
            at = named.end()
        elif letter == "\\" and (found := _ESCAPE.match(pattern, at)):
            name = found[0][1]
            if name in "bBQEZACz" or (name == "P" and marked):
                raise _Refused("This sign of regular expressions is not used here.")
            out.append(_hex(found[0]) if name == "u" else _CLASSES.get(name, found[0]))
            at = found.end()
        else:
            out.append(r"\[" if letter == "[" else r"\]" if letter == "]" else letter)
            at += 1
    return "".join(out), at  # RE2 says that it is not closed
