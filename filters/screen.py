r"""Asks cheaply whether a costly pattern can match at all.

Python's engine tries every alternative at every place: a rule of a hundred words costs 40
to 200 µs a post. RE2 walks the text once, 3 µs, but has neither look-around nor `\b`. Left
out, they make a pattern that matches wherever the whole one does, and a few places more:
good to screen by. Classes are widened likewise: all that is not ASCII counts as a letter,
a digit and a space, since the classes of Unicode would make programs twenty times as long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

__all__ = ["find_all", "may_match"]

_VAIN: Final = 8
_MAX_MEMORY: Final = 16 << 20
_OTHER: Final = r"\x{80}-\x{10ffff}"
_WIDE: Final = {
    "w": rf"0-9A-Za-z_{_OTHER}",
    "d": rf"0-9{_OTHER}",
    "s": rf"\t-\r\x1c-\x20{_OTHER}",
}
_ANY: Final = r"(?s:.)"
_PIECE: Final = re.compile(
    r"(?P<look>\(\?<?[=!])|(?P<open>\((?:\?(?:P<\w+>|:|>|[ims]+:))?)|(?P<class>\[\^?\]?(?:\\.|[^\]\\])*\])"
    r"|(?P<repeat>(?:[*+?]|\{\d*,?\d*\})[?+]?)|(?P<escape>\\.)|(?P<other>.)",
    re.DOTALL,
)


def may_match(pattern: re.Pattern[str], text: str) -> bool:
    """False only where the pattern is surely nowhere in the text."""
    screen = _screen(pattern)
    return screen is None or screen.search(_encoded(text)) is not None


def find_all(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """What `pattern.finditer(text)` gives, for a pattern that never matches nothing.

    Python's engine is asked only where the wider pattern begins to match: wherever the
    whole one matches, the wider one does from the same letter on.
    """
    screen = _screen(pattern)
    if screen is None:
        yield from pattern.finditer(text)
        return
    data = _encoded(text)
    letters = place = 0  # so many letters lie before that byte
    vain = 0
    while maybe := screen.search(data, place):
        start = maybe.start()
        letters += len(data[place:start].decode())
        place = start
        found = pattern.match(text, letters)
        if found:
            yield found
        else:
            vain += 1
            if vain > _VAIN + len(text) // 200:  # this screen does not screen this text
                yield from pattern.finditer(text, letters)
                return
        end = max(letters + 1, found.end() if found else 0)
        place += len(text[letters:end].encode("utf-8", "replace"))
        letters = end


@lru_cache(maxsize=4)
def _encoded(text: str) -> bytes:
    """A text is asked of a dozen rules one after the other."""
    return text.encode("utf-8", "replace")


@lru_cache(maxsize=256)
def _screen(pattern: re.Pattern[str]) -> Any:
    """The wider pattern compiled by RE2, or None where it cannot be had."""
    import re2

    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.max_mem = _MAX_MEMORY
    options.case_sensitive = not pattern.flags & re.IGNORECASE
    options.dot_nl = bool(pattern.flags & re.DOTALL)
    if pattern.flags & (re.VERBOSE | re.MULTILINE):
        return None
    try:
        return re2.compile(_widened(pattern.pattern).encode(), options)
    except re2.error:
        return None


def _widened(source: str) -> str:
    out: list[str] = []
    depth = 0
    skipped = -1  # the depth at which a look-around began
    for found in _PIECE.finditer(source):
        kind, piece = found.lastgroup, found[0]
        if kind in ("look", "open"):
            if kind == "look" and skipped < 0:
                skipped = depth
            depth += 1
            if skipped < 0:
                out.append(piece if len(piece) > 1 and piece != "(?>" else "(?:")
            continue
        if piece == ")":
            depth -= 1
            if depth == skipped:
                skipped = -1
                out.append("(?:)")
            elif skipped < 0:
                out.append(piece)
            continue
        if skipped < 0:
            out.append(_wide(str(kind), piece))
    return "".join(out)


def _wide(kind: str, piece: str) -> str:
    if kind == "repeat":
        return piece[:-1] if len(piece) > 1 and piece[-1] == "+" else piece
    if kind == "escape":
        if piece[1] in "bBAZ":
            return "(?:)"
        if piece[1] in "WDS":
            return _ANY
        return f"[{_WIDE[piece[1]]}]" if piece[1] in _WIDE else piece
    if kind == "class":
        if piece[1] == "^" or re.search(r"\\[WDS]", piece):
            return _ANY
        return re.sub(r"\\([wds])", lambda m: _WIDE[m[1]], piece)
    return "(?:)" if piece in "^$" else piece
