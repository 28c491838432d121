"""The words of an item that an alert shows: its sentence, with what was found marked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from bot.alerts.body import clean

__all__ = ["Pieces", "is_found", "plain_text", "snippet"]

Pieces = list[tuple[str, bool]]
"""Texts in order, each bold or not."""

_CONTEXT_LETTERS: Final = 40  # letters around a find that stands far from the others
_SNAP_LETTERS: Final = 24  # letters given up to end at a word
_MAX_FIND_LETTERS: Final = 600
_MAX_BOLD: Final = 30  # in a title, and in a text: with the links fewer than Telegram's 100
_CAPITAL: Final = r"[A-ZА-ЯЁІЇЄҐ][\w'’-]+"
# A place that a sentence begins with is kept where the sentence is cut.
_LEAD: Final = re.compile(
    rf"[«\"“]?(?:В|Во|У|Під|Под|На|Біля|Возле|In|Near|At)\s{_CAPITAL}(?:\s{_CAPITAL}|\s(?:области|крае|області|region|oblast))?(?!\w)"
)
_DATELINE: Final = re.compile(rf"{_CAPITAL}(?:[\s-]{_CAPITAL}){{0,2}}(?:\.|:|\s[—–-])\s+")
_MARKS: Final = ("Mn", "Mc", "Me")


def snippet(
    text: str, sentence: tuple[int, int], finds: Iterable[tuple[int, int]], longest: int = 300
) -> Pieces:
    """The sentence, or as much of it as `longest` letters hold around the finds.

    Offsets are code points of `text`; finds elsewhere are left out, those that cross the
    sentence's ends widen it. No find is cut, unless it alone is longer than a message
    bears. Cuts are marked by an ellipsis.
    """
    start, end = _within(sentence, len(text))
    found = _merged(_within(f, len(text)) for f in finds)
    found = [(a, b) for a, b in found if a < end and b > start][:_MAX_BOLD]
    found = [(a, min(b, a + _MAX_FIND_LETTERS)) for a, b in found]
    if found:
        start, end = min(start, found[0][0]), max(end, found[-1][1])
    start = _dateline(text, start)
    windows = _windows(text, (start, end), found, longest)
    lead = _LEAD.match(text, start, end)
    if lead and windows and windows[0][0] > lead.end():
        windows = [lead.span(), *windows]
    pieces: Pieces = []
    for a, b in windows:
        if pieces:
            pieces.append((" … ", False))
        elif a > start and text[start:a].strip():
            pieces.append(("…", False))
        pieces += _marked(text, a, b, found)
    if windows and windows[-1][1] < end and text[windows[-1][1] : end].strip():
        pieces.append(("…", False))
    return _tidy(pieces)


def _dateline(text: str, start: int) -> int:
    """Where a sentence begins with the place named before it: «Чита. Суд приговорил …»."""
    line = text.rfind("\n", 0, start) + 1
    found = _DATELINE.fullmatch(text, line, start)
    return line if found else start


def plain_text(pieces: Pieces) -> str:
    """The pieces' letters alone."""
    return "".join(text for text, _ in pieces)


def is_found(pieces: Pieces) -> bool:
    """Whether anything is marked."""
    return any(bold for _, bold in pieces)


def _within(span: tuple[int, int], length: int) -> tuple[int, int]:
    start = min(max(span[0], 0), length)
    return start, min(max(span[1], start), length)


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order, overlapping and touching ones as one."""
    merged: list[tuple[int, int]] = []
    for a, b in sorted(span for span in spans if span[0] < span[1]):
        if merged and a <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(b, merged[-1][1]))
        else:
            merged.append((a, b))
    return merged


def _windows(
    text: str, whole: tuple[int, int], found: Sequence[tuple[int, int]], longest: int
) -> list[tuple[int, int]]:
    """The parts of the whole to show."""
    start, end = whole
    if end - start <= longest:
        return [whole]
    if not found:
        return [(start, _word_end(text, start, start + longest))]
    first, last = found[0][0], found[-1][1]
    if last - first <= longest:
        return [_around(text, whole, (first, last), longest)]
    windows: list[tuple[int, int]] = []
    for a, b in found:
        wide = _around(text, whole, (a, b), min(b - a + 2 * _CONTEXT_LETTERS, longest))
        more = _merged([*windows, wide])
        if windows and sum(y - x for x, y in more) > longest:
            break
        windows = more
    return [_uncut(window, found) for window in windows]


def _around(
    text: str, whole: tuple[int, int], core: tuple[int, int], longest: int
) -> tuple[int, int]:
    """The core with what stands on both sides of it, from word to word."""
    room = max(longest - (core[1] - core[0]), 0)
    start = max(core[0] - room // 2, whole[0])
    end = min(start + core[1] - core[0] + room, whole[1])
    start = min(max(end - longest, whole[0]), core[0])
    end = max(end, core[1])
    if start > whole[0]:
        start = _word_start(text, start, core[0])
    if end < whole[1]:
        end = _word_end(text, core[1], end)
    return start, end


def _uncut(window: tuple[int, int], found: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The window without parts of finds that lie across its ends."""
    start, end = window
    for a, b in found:
        start = b if a < start < b else start
        end = a if a < end < b else end
    return start, end


def _word_start(text: str, start: int, most: int) -> int:
    for place in range(start, min(start + _SNAP_LETTERS, most)):
        if text[place].isspace():
            return place + 1
    while start < most and _tears(text, start):
        start += 1
    return start


def _word_end(text: str, least: int, end: int) -> int:
    for place in range(end, max(end - _SNAP_LETTERS, least), -1):
        if text[place].isspace():
            return place
    while end > least and _tears(text, end):
        end -= 1
    return end


def _tears(text: str, place: int) -> bool:
    """Whether a cut here parts a letter from its marks, or a composed emoji."""
    if text[place - 1 : place] == "\u200d" or text[place] == "\u200d":
        return True
    return unicodedata.category(text[place]) in _MARKS


def _marked(text: str, start: int, end: int, found: Sequence[tuple[int, int]]) -> Pieces:
    pieces: Pieces = []
    at = start
    for a, b in found:
        if a >= end or b <= start:
            continue
        pieces += [(text[at:a], False), (text[a:b], True)]
        at = b
    return [*pieces, (text[at:end], False)]


def _tidy(pieces: Pieces) -> Pieces:
    """Clean, single spaces, none of them bold or at the ends."""
    tidy: Pieces = []
    spaced = True
    for raw, bold in pieces:
        text = clean(raw)
        core = text.strip(" ")
        before = " " if text.startswith(" ") and not spaced else ""
        after = " " if text.endswith(" ") and core else ""
        _append(tidy, before, False)
        _append(tidy, core, bold)
        _append(tidy, after, False)
        if text:
            spaced = not core or bool(after)
    while tidy and not tidy[-1][0].rstrip(" "):
        tidy.pop()
    if tidy:
        tidy[-1] = (tidy[-1][0].rstrip(" "), tidy[-1][1])
    return tidy


def _append(tidy: Pieces, text: str, bold: bool) -> None:
    if not text:
        return
    if tidy and tidy[-1][1] is bold and not bold:
        tidy[-1] = (tidy[-1][0] + text, bold)
    else:
        tidy.append((text, bold))
