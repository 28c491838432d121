"""Lines of a text, each with the mark it begins with: what entries of a roundup are told by.

A mark is anything that may begin line after line: a bullet, an emoji, a number, a letter, a
time, a date, a case's number, a hashtag, bold type, a link, a named place, a rule that parts
what stands above from what stands below. Pure; some microseconds a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import islice
from typing import Final, NamedTuple

from filters.headings import words

__all__ = ["FEWEST_ALIKE", "LINK", "PICTURE", "Line", "has_links", "lines_of"]


class Line(NamedTuple):
    """A line that is not empty, without the space around it, in code points of the text."""

    start: int
    end: int
    body: int  # where its words begin
    kind: str  # of its mark, "" without one
    value: str  # the mark itself
    fresh: bool  # an empty line stands before it


FEWEST_ALIKE: Final = 3  # lines that make a pattern

_DAY_LETTERS: Final = 50  # a date on a line of its own is no longer
PICTURE: Final = (
    "[\u2190-\u21ff\u2300-\u23ff\u2460-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d"
    "\U0001f000-\U0001faff]"
)
_SPACE: Final = r"[ \t\u00a0*_~>]*"
_DATE: Final = (
    r"(?:\d{1,2}[./]\d{1,2}(?:[./]\d{2,4})?|"
    r"\d{1,2}\s(?:{month})(?:\s\d{4}(?:\s(?:года|року))?)?"
    r"|(?:{month})\s\d{1,2}(?:,\s\d{4})?|(?:{day})(?:,\s\d{1,2}\s(?:{month}))?)"
)
_MARK: Final = (
    rf"{_SPACE}(?:"
    r"(?P<key>\d{1,2}\ufe0f?\u20e3|🔟)"
    r"|(?P<time>[\[(]?(?:[01]?\d|2[0-3])(?::|\.(?=[0-5]\d\s))[0-5]\d[\])]?)(?!\d)"
    r"(?:\s?[—–\-.:,|/]|(?=\s))"
    rf"|(?P<date>[\[(]?{_DATE}[\])]?(?=[*_]{{0,2}}\s?[—–\-.:|,/]|(?<=[\])])))"
    r"|(?P<number>(?:(?:№|#|No\.?)\s?)?\d{1,2})(?:\s?[.)](?=\s|[^\W\d])|\s?[/|]\s|\s[—–]\s|:\s)"
    r"|[(\[](?P<inside>\d{1,2})[)\]](?=\s)"
    r"|(?P<bullet>[•●○◦▪▫◾◽■□◆◇▶►▸‣⁃∙·¶§›»|=+/\\‖┃│¤†‡])[\ufe0e\ufe0f]?(?=[\s*_]|[^\W_])"
    r"|(?P<dash>[—–\-−]+>?|::|(?<!\*)\*(?!\*))(?=[\s*_]|[^\W\d_])"
    r"|(?P<case>№\s?\d[\w/-]*)(?:\s?[.):])?(?=\s)"
    r"|(?P<roman>[IVX]{1,4})[.)](?=\s)"
    r"|[(\[]?(?P<letter>[a-zа-яіїєґ])[)\]](?=\s)"
    r"|(?P<year>1\d{3}|20\d\d)(?:\s?(?:г\.|р\.|год|рік))?(?:\s?[—–:]|\s-|\.(?=\s))"
    r"|(?P<hash>\#[^\W\d]\w+(?:[ ,]+\#\w+)*)(?=[\s.:,—–-]|\Z)"
    rf"|(?P<picture>{PICTURE}(?:{PICTURE}|[\ufe0e\ufe0f\u200d])*+)"
    r")[ \t\u00a0*_~.:,|—–\-]*"
)
_BOLD: Final = re.compile(r"[ \t]*(\*\*|__)(?=\S)[^*_\n]{3,}\1")
# A headline that is a link, on a line of its own: what stands below it belongs to it.
_HEADLINE: Final = re.compile(r"[\s*_~>]*\[[^\]\n]{3,}\]\(https?://[^\s)]+\)[\s*_~.]*")
# The first words of a line are a link, and the news goes on behind them.
_LINKED: Final = re.compile(r"[ \t*_~>]*\[[^\]\n]{3,}\]\(https?://[^\s)]+\)")
# A place or a field named before the news: «Чита. Суд …», "Pskov: A court …".
_LABELLED: Final = (
    r"(?P<label>[A-ZА-ЯЁІЇЄҐ][\w'’ʼ-]+(?:[ ,/]{1,3}[\w'’ʼ()-]+){0,3})"
    r"[*_]{0,2}(?:\.|:|\s?[—–|/>]|\s-|\))[*_]{0,2}[^\S\n]+(?=[*_]{0,2}[A-ZА-ЯЁІЇЄҐ«\"“„\d])"
)
_LABEL: Final = re.compile(rf"[ \t*_~#(\[]*{_LABELLED}")
_NAMED: Final = re.compile(
    r"[ \t*_~#]*(?P<label>[A-ZА-ЯЁІЇЄҐ][\w'’ʼ-]+(?:[ ,]{1,2}[\w'’ʼ()-]+){0,2})"
    r"[*_]{0,2}(?::|\s[—–])[*_]{0,2}[^\S\n]+(?=[^\W_])"
)
LINK: Final = re.compile(r"(?:https?://|t\.me/|www\.)[^\s)\]>]+", re.IGNORECASE)
_RULE: Final = re.compile(r"[\W_]{1,80}")


def lines_of(text: str) -> Iterator[Line]:
    """The lines of a text that are not empty, in order."""
    marked = _mark().match
    dated = _day().fullmatch
    start = 0
    fresh = True
    for piece in text.splitlines(keepends=True):
        said = piece.strip()
        if said:
            at = start + len(piece) - len(piece.lstrip())
            end = at + len(said)
            may_be_marked = (
                not said[0].isalpha() or said[1:2] in (")", ".") or _names_time(said[:3])
            )
            mark = marked(text, at, end) if may_be_marked else None
            kind = mark.lastgroup if mark else None
            if mark and mark.end() == end and kind != "hash":
                kind = None
            if (
                may_be_marked
                and (not kind or kind == "date")
                and len(said) <= _DAY_LETTERS
                and dated(text, at, end)  # it heads what follows
            ):
                yield Line(at, end, end, "day", "", fresh)
            elif mark and kind:
                value = mark[kind]
                yield Line(
                    at, end, mark.end(), "number" if kind == "inside" else kind, value, fresh
                )
            else:
                named, value = _unmarked(text, said, at, end)
                yield Line(at, end, at, named, value, fresh)
        fresh = not said or piece.endswith("\u2029")
        start += len(piece)


def _unmarked(text: str, said: str, at: int, end: int) -> tuple[str, str]:
    """What a line begins with that is no sign: a link, a label, bold type."""
    if "](" in said:
        if _HEADLINE.fullmatch(text, at, end):
            return "link", ""
        if _LINKED.match(text, at, end):
            return "linked", ""
    if not said[0].isalnum() and _RULE.fullmatch(said):
        return "rule", ""
    if said[0].islower() or said[0] in '«"“„':
        return "", ""
    if label := _LABEL.match(text, at, end):
        return "label", label["label"]
    if label := _NAMED.match(text, at, end):
        return "named", label["label"]
    if said[:2] in ("**", "__") and _BOLD.match(text, at, end):
        return "bold", ""
    return "", ""


def has_links(text: str) -> bool:
    """Whether so many links stand in a text that each of its entries may have one."""
    signs = text.count("http") + text.count("t.me/") + text.count("www.")
    return signs >= FEWEST_ALIKE and (
        sum(1 for _ in islice(LINK.finditer(text), FEWEST_ALIKE)) == FEWEST_ALIKE
    )


@lru_cache(maxsize=4096)
def _names_time(begin: str) -> bool:
    """Whether the name of a day or a month or a Roman number may begin so."""
    low = begin.casefold()
    return low in _times() or "." in begin or ")" in begin


@cache
def _times() -> frozenset[str]:
    names = re.findall(r"[^\W\d_]{3,}", f"{words().month}|{words().day}".casefold())
    return frozenset({*(name[:3] for name in names), "май", "мая", "п'я", "п’я", "пʼя"})


@cache
def _mark() -> re.Pattern[str]:
    filled = _MARK.replace("{month}", words().month).replace("{day}", words().day)
    return re.compile(filled, re.IGNORECASE)


@cache
def _day() -> re.Pattern[str]:
    month, day = words().month, words().day
    date = rf"(?:\d{{1,2}}\s(?:{month})|(?:{month})\s\d{{1,2}})(?:,?\s\d{{4}})?(?:\s(?:года|року))?"
    number = r"\d{1,2}[./]\d{1,2}(?:[./]\d{2,4})?"
    return re.compile(
        rf"[\s*_~#>]*(?:{date}(?:,?\s\(?(?:{day})\)?)?|(?:{day})(?:,?\s\(?{date}\)?)?|{number})[\s*_~:.,]*",
        re.IGNORECASE,
    )
