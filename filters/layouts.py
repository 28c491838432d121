"""Ways in which a text may be cut into entries: every pattern that comes again, line after line.

Whoever writes a roundup parts its reports by something: a mark at the beginning of their lines,
a heading above each, a link or a source below each, an empty line, a rule, a mark within the
line where a feed has lost its breaks. None of them is proof: a list of demands, a talk, a story
in paragraphs look alike. So each way is only a guess; `filters.roundups` weighs them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from filters.headings import words
from filters.lines import FEWEST_ALIKE, PICTURE, Line

__all__ = ["Layout", "inline", "layouts", "paragraphs"]

_FEWEST_TOLD: Final = 2  # entries under a heading that announces a roundup
_HEAD_WORDS: Final = 9  # a line that heads a report is no longer
_WORD: Final = re.compile(r"[^\W\d_][\w'’ʼ-]*")
_CLOSED: Final = re.compile(r"[.!?…;,»\"”][\s*_~)\]]*\Z")
# A report's last line: a link or whose report it is.
_ENDING: Final = re.compile(
    r"(?i:https?://|t\.me/|www\.)[^\s\]>]+[\s)*_.\]]{0,4}\Z"
    r"|(?<=[.!?…»\"] )\(?@\w+\)?\.?\Z|\([^()\n]{2,40}\)[.*_]{0,3}\Z"
    r"|\s[—–]\s[A-ZА-ЯЁІЇЄҐ][^.!?\n]{1,30}\.?\Z"
    r"|(?:→|↗️?|➡️?|👉)\s?[\w ]{2,20}\Z"
)
_INLINE_SIGN: Final = re.compile(
    rf"(?:[•●○▪◾■◆◇▶►▸|¶§‖]|//|{PICTURE})(?<!\S.)(?<!\S//)[\ufe0f\u20e3]?\s?(?=\S)", re.DOTALL
)
_INLINE_NUMBER: Final = re.compile(r"\(?\d\d?[.)]\s(?=[^\W\d_])")
_BEFORE_NUMBER: Final = re.compile(r"[.!?;:…»\"]\s")
_INLINE_DASH: Final = re.compile(r"(?:(?<=[.!?;:…] )|\A)[—–-]\s(?=[A-ZА-ЯЁІЇЄҐ«\"])")
_CLAUSE: Final = re.compile(r";\s+(?=[^\W_])")
_SENTENCE: Final = re.compile(r"(?<=[.!?…])[»\"”)]?\s+(?=[A-ZА-ЯЁІЇЄҐ«\"“„\d])")


@dataclass(frozen=True, slots=True)
class Layout:
    """One way to cut a text. `places`: where each entry starts, ends and its words begin.
    `values` are the marks themselves, `above` is what stands before the first."""

    key: str
    places: Sequence[tuple[int, int, int]]
    above: Sequence[Line]
    values: Sequence[str] = ()

    @property
    def in_order(self) -> bool:
        """Whether the marks count up, as numbers of a list do; others always are."""
        if self.key == "number":
            numbers = [int(re.sub(r"\D", "", value)) for value in self.values]
            return all(abs(b - a) == 1 for a, b in pairwise(numbers)) and len({*numbers}) == len(
                numbers
            )
        if self.key in ("letter", "roman"):
            return self.values[0].casefold() in ("a", "а", "i") and len({*self.values}) == len(
                self.values
            )
        if self.key in ("label", "named"):  # one label again and again is who speaks
            return len({value.casefold() for value in self.values}) == len(self.values)
        return True


def layouts(text: str, lines: Sequence[Line]) -> Iterator[Layout]:
    """By marks, the outermost first where lists are nested, then by headings, rules and
    endings."""
    groups = _groups(text, lines)
    for key, numbers in sorted(groups.items(), key=_outermost):
        if len(numbers) >= _FEWEST_TOLD and key != "rule":
            yield _by_lines(key, text, lines, numbers)
    if len(groups.get("rule", ())) >= _FEWEST_TOLD:
        yield from _ruled(text, lines, groups["rule"])
    if len(lines) > 2 * _FEWEST_TOLD:
        headed = _heads(text, lines)
        if len(headed) >= _FEWEST_TOLD:
            yield _by_lines("headed", text, lines, headed)
    yield from _ended(text, lines)


def _groups(text: str, lines: Sequence[Line]) -> dict[str, list[int]]:
    """The numbers of the lines that begin alike, and of those that begin with any picture."""
    groups: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        if line.kind and not words().footer.match(text, line.body, line.end):
            alike = line.kind + line.value if line.kind in ("bullet", "picture") else line.kind
            groups.setdefault(alike, []).append(number)
            if line.kind == "picture":
                groups.setdefault("pictures", []).append(number)
            elif line.kind == "label":
                groups.setdefault("named", []).append(number)
    if len(groups.get("label", ())) == len(groups.get("named", ())):
        groups.pop("named", None)
    return groups


def _outermost(group: tuple[str, list[int]]) -> tuple[bool, int]:
    """Equal marks before mixed pictures, then what begins first."""
    return group[0] == "pictures", group[1][0]


def _by_lines(key: str, text: str, lines: Sequence[Line], numbers: Sequence[int]) -> Layout:
    return Layout(
        key,
        _cut(text, lines, numbers),
        lines[: numbers[0]],
        [lines[number].value for number in numbers],
    )


def _cut(text: str, lines: Sequence[Line], numbers: Sequence[int]) -> list[tuple[int, int, int]]:
    """Each from its mark up to the next; the last as long as the longest before it."""
    found: list[tuple[int, int, int]] = []
    footer = words().footer.match
    longest = most = 0
    for at, number in enumerate(numbers):
        following = numbers[at + 1] if at + 1 < len(numbers) else None
        stop = len(lines) if following is None else following
        last = number
        pieces = 0
        for inner in range(number + 1, stop):
            if following is None:
                pieces += lines[inner].fresh or bool(lines[inner].kind)
                if pieces > longest or (at > 1 and inner - number > most):
                    break
                if footer(text, lines[inner].start, lines[inner].end):
                    break
            if lines[inner].kind != "rule":
                last = inner
        if following is not None:
            longest = max(longest, sum(lines[n].fresh for n in range(number + 1, stop)))
            most = max(most, stop - number - 1)
        found.append((lines[number].start, lines[last].end, lines[number].body))
    return found


def _ruled(text: str, lines: Sequence[Line], rules: Sequence[int]) -> Iterator[Layout]:
    """What stands between rules, and before the first where that is no heading."""
    stops = [-1, *rules, len(lines)]
    parts = [lines[a + 1 : b] for a, b in pairwise(stops)]
    found = [(part[0].start, part[-1].end, part[0].start) for part in parts if part]
    if len(found) < _FEWEST_TOLD:
        return
    yield Layout("rule", found, ())
    if len(found) > _FEWEST_TOLD and parts[0]:
        yield Layout("rule", found[1:], parts[0])


def _heads(text: str, lines: Sequence[Line]) -> list[int]:
    """Short lines, each above a longer one that says more, after an empty line or a report."""
    found: list[int] = []
    for number, (line, below) in enumerate(pairwise(lines)):
        if line.end - line.start > 90 or line.kind in ("rule", "time", "number", "bullet", "dash"):
            continue
        if not (line.fresh or (found and number - found[-1] > 1)) and number > 1:
            continue
        said = text[line.start : line.end]
        if _CLOSED.search(said) or below.end - below.start < 1.3 * len(said):
            continue
        if len(_WORD.findall(said)) > _HEAD_WORDS:
            continue
        if found and number - found[-1] < 2:
            found.pop()  # a heading above a heading
        found.append(number)
    return found


def _ended(text: str, lines: Sequence[Line]) -> Iterator[Layout]:
    """Runs of lines, each up to one that ends as the others do."""
    ends = [number for number, line in enumerate(lines) if _may_end(text, line)]
    if len(ends) < FEWEST_ALIKE:
        return
    ends = [
        n
        for n in ends
        if _ENDING.search(text, max(lines[n].start, lines[n].end - 120), lines[n].end)
    ]
    if len(ends) < FEWEST_ALIKE or (len(ends) > 0.6 * len(lines) and len(lines) > 4):
        return  # one a line: lines or paragraphs do
    stops = [-1, *ends]
    parts = [lines[a + 1 : b + 1] for a, b in pairwise(stops)]
    top = 1 if len(parts[0]) > 1 and parts[0][1].fresh else 0
    above, parts[0] = parts[0][:top], parts[0][top:]
    yield Layout("ended", [(p[0].start, p[-1].end, p[0].start) for p in parts], above)


def _may_end(text: str, line: Line) -> bool:
    """What settles most lines at once."""
    tail = text[max(line.start, line.end - 120) : line.end]
    if tail.rstrip(" .*_").endswith(")") or "http" in tail or "t.me/" in tail or "www." in tail:
        return True
    near = tail[-40:]
    return " — " in near or " – " in near or "@" in near or any(each in near for each in "→↗➡👉")


def paragraphs(text: str, lines: Sequence[Line], top: int) -> Iterator[Layout]:
    """Without marks: paragraphs, or lines where no empty one stands between them. The first
    `top` lines are a heading."""
    blocks: list[list[Line]] = []
    for line in lines[top:]:
        if line.kind == "rule":
            continue
        if line.fresh or not blocks:
            blocks.append([])
        blocks[-1].append(line)
    footer = words().footer.match
    blocks = [block for block in blocks if not footer(text, block[0].start, block[0].end)]
    above = list(lines[:top])
    if not top and len(blocks) > 1 and (_stands_out(blocks) or _is_head(text, blocks[0])):
        above, blocks = blocks[0], blocks[1:]
    if len(blocks) >= FEWEST_ALIKE:
        blocks = _without_tail(text, blocks)
        yield Layout("blocks", [(b[0].start, b[-1].end, b[0].start) for b in blocks], above)
    elif len(lines) - top >= FEWEST_ALIKE:
        rest = [line for block in blocks for line in block]
        if not above and len(rest) > FEWEST_ALIKE and _is_head(text, rest[:1]):
            above, rest = rest[:1], rest[1:]
        singles = _without_tail(text, [[line] for line in rest])
        yield Layout("lines", [(b[0].start, b[0].end, b[0].start) for b in singles], above)


def _stands_out(blocks: Sequence[Sequence[Line]]) -> bool:
    """Whether the first alone is in bold type or wears a picture, as a headline does."""
    first = blocks[0][0].kind
    return first in ("bold", "picture") and all(block[0].kind != first for block in blocks[1:])


def _is_head(text: str, block: Sequence[Line]) -> bool:
    said = text[block[0].start : block[-1].end]
    if len(block) > 1 or len(said) > 150:
        return False
    return not _CLOSED.search(said) or said.rstrip(" *_~").endswith(":")


def _without_tail(text: str, blocks: list[list[Line]]) -> list[list[Line]]:
    """Without a last one that is no statement beside the others."""
    if len(blocks) <= FEWEST_ALIKE:
        return blocks
    sizes = [len(_WORD.findall(text, b[0].start, b[-1].end)) for b in blocks]
    if sizes[-1] < 6 and 2 * sizes[-1] < min(sizes[:-1]):
        return blocks[:-1]
    return blocks


def inline(text: str) -> Iterator[Layout]:
    """Marks that stand within one line, where a feed has lost the line breaks."""
    numbers = [
        mark
        for mark in _INLINE_NUMBER.finditer(text)
        if mark.start() == 0 or _BEFORE_NUMBER.fullmatch(text, mark.start() - 2, mark.start())
    ]
    signs: dict[str, list[re.Match[str]]] = {}
    for mark in _INLINE_SIGN.finditer(text):
        signs.setdefault(mark[0].strip(), []).append(mark)
    pictures = [mark for marks in signs.values() for mark in marks if len(marks) == 1]
    guesses = [("number", numbers), *(("bullet", marks) for marks in signs.values())]
    guesses.append(("pictures", sorted(pictures, key=lambda mark: mark.start())))
    if text.count("— ") + text.count("– ") + text.count("- ") >= _FEWEST_TOLD:
        guesses.append(("dash", list(_INLINE_DASH.finditer(text))))
    for key, marks in guesses:
        if len(marks) >= _FEWEST_TOLD and _are_within(text, marks):
            values = [mark[0] for mark in marks]
            places = [(mark.start(), mark.end()) for mark in marks]
            parting = marks[0][0].strip() in ("|", "//")
            if parting and "\n" in text:
                continue  # it parts what stands on one line
            if parting and places[0][0] > 0:  # it stands between them
                places.insert(0, (0, 0))
            yield _inline(f"inline {key}" if key != "number" else key, text, places, values)


def _are_within(text: str, marks: Sequence[re.Match[str]]) -> bool:
    """Whether marks stand within lines, at most the first at the beginning of one."""
    return not any(text[: mark.start()].rstrip(" \t*_").endswith("\n") for mark in marks[1:])


def _inline(
    key: str, text: str, places: Sequence[tuple[int, int]], values: Sequence[str]
) -> Layout:
    stops = [*(start for start, _ in places[1:]), len(text)]
    found = [
        (start, stop - len(text[start:stop]) + len(text[start:stop].rstrip()), body)
        for (start, body), stop in zip(places, stops, strict=True)
    ]
    before = text[: places[0][0]].strip()
    above = [Line(0, len(before), 0, "", "", True)] if before else []
    return Layout(key, found, above, values)
