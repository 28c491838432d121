"""A text cut into its entries: a roundup tells several events, any other text tells one.

A roundup is known by a repeated mark at the beginning of its lines (bullet, emoji, number,
time, date, place) or by its heading («Главное за день», "News in brief"), and by what stands
behind the marks: whole statements that do not lean on one another. A list inside one
story (demands, names, quotations, facts of one case) has the marks and not the statements,
so doubt leaves a text whole: a story cut wrongly loses its context, a roundup left whole
only its places. Pure, some tens of microseconds for a text without marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice, pairwise
from typing import Final

from filters.headings import (
    ANNOUNCING,
    DAYS,
    FOOTER,
    HEADING,
    LEANS,
    MONTHS,
    OF_ONE,
    ONE_STORY,
    SPAN_OF_TIME,
)

__all__ = ["Entry", "entries"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One report's place in the *text* (never the title), in code points of the original: from
    its mark, if any, up to before the space behind it. `body` is where its words begin."""

    start: int
    end: int
    body: int


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    body: int
    kind: str  # of its mark, "" without one
    value: str  # the mark itself
    fresh: bool  # an empty line stands before it


_FEWEST_UNTOLD: Final = 3  # entries that make a roundup without a heading that says so
_WORDS_OF_REPORT: Final = 5
_WORDS_OF_NEWS: Final = 3  # where a heading announces news
_HEADING_WORDS: Final = 14
_ROUNDUP_SCORE: Final = 2.5
# Points under a statement are most often about it.
_ROUNDUP_SCORE_UNDER_LEAD: Final = 4.5
_WORDS_BEFORE: Final = 3  # in a heading, before what announces

_PICTURE: Final = (
    "[\u2190-\u21ff\u2300-\u23ff\u2460-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d"
    "\U0001f000-\U0001faff]"
)
_MARK: Final = re.compile(
    r"[ \t\u00a0*_~>]*(?:"
    r"(?P<key>\d{1,2}\ufe0f?\u20e3|🔟)"
    r"|(?P<time>(?:[01]?\d|2[0-3]):[0-5]\d)(?!\d)(?:\s?[—–\-.:,|]|(?=\s))"
    rf"|(?P<date>(?:\d{{1,2}}[./]\d{{1,2}}(?:[./]\d{{2,4}})?|"
    rf"\d{{1,2}}\s(?:{MONTHS})(?:\s\d{{4}}(?:\s(?:года|року))?)?"
    rf"|(?:{MONTHS})\s\d{{1,2}}(?:,\s\d{{4}})?|(?:{DAYS})(?:,\s\d{{1,2}}\s(?:{MONTHS}))?)(?=[*_]{{0,2}}\s?[—–\-.:|,]))"
    r"|(?P<number>(?:№\s?)?\d{1,2})(?:\s?[.)](?=\s|[^\W\d])|\s?/\s)"
    r"|(?P<bullet>[•●○◦▪▫◾◽■□◆◇▶►▸‣⁃∙·])"
    r"|(?P<dash>[—–\-−*+])(?=[\s*_]|[^\W\d_])"
    rf"|(?P<picture>{_PICTURE}(?:{_PICTURE}|[\ufe0e\ufe0f\u200d])*+)"
    r")[ \t\u00a0*_~.:,|—–\-]*",
    re.IGNORECASE,
)
# A place or a field named before the news: «Чита. Суд …», "Pskov: A court …".
_LABEL: Final = re.compile(
    r"[ \t*_~#]*(?P<label>[A-ZА-ЯЁІЇЄҐ][\w'’ʼ-]+(?:[ ,]{1,2}[\w'’ʼ()-]+){0,3})"
    r"[*_]{0,2}(?:\.|:|\s[—–-])[*_]{0,2}\s+(?=[*_]{0,2}[A-ZА-ЯЁІЇЄҐ«\"“„\d])"
)
# Both begin with what they look for, so that a text without it is passed at full speed.
_INLINE_BULLET: Final = re.compile(r"[•●▪◾■◆▶►🔹🔸🔻🔺](?<!\S.)\ufe0f?\s?(?=\S)", re.DOTALL)
_INLINE_NUMBER: Final = re.compile(r"\d\d?[.)]\s(?=[^\W\d_])")
_BEFORE_NUMBER: Final = re.compile(r"[.!?;:…»\"]\s")
_LINK: Final = re.compile(r"(?:https?://|t\.me/|www\.)[^\s)\]>]+", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W\d_][\w'’ʼ-]*")
_NAMED: Final = re.compile(r"(?<=[^\s.!?…:\]*_]\s)[«\"“„(]?([A-ZА-ЯЁІЇЄҐ][\w'’ʼ-]{2,})")
# Countries and offices stand in every second report: sharing them binds nothing.
_EVERYWHERE: Final = """
росси росій росі рф украи украї сша всу зсу russi ukrai ukrain киев киев київ москв mosco kyiv кремл
kreml минобо мінобо генпро генсек госду верхо европ європ нато дтп суд суда fort gener presi прези
"""
_BINDS_NOTHING: Final = frozenset(_EVERYWHERE.split())
_STEM_LETTERS: Final = 5
_CLOSED: Final = re.compile(r"[.!?…»\")\]]\W{0,40}\Z")
_QUOTED: Final = re.compile(r"\W*[«\"“„]")
_KINDS: Final = ("key", "time", "date", "number", "bullet", "dash", "picture", "label")


@lru_cache(maxsize=8)  # whoever reads a text asks more than once
def entries(title: str, text: str) -> tuple[Entry, ...]:
    """The entries of a text, in order and apart from one another; always at least one.

    One entry stands for the whole item, its title included. Of several, the title, what
    stands before the first and between them is context of each, no report.
    """
    whole = (Entry(0, len(text), 0),)
    if "\n" not in text and not _inline_marks(text):
        return whole
    lines = list(_lines(text))
    if len(lines) < 2:
        found = _inline(title, text)
    else:
        found = (
            _marked(title, text, lines) or _paragraphs(title, text, lines) or _inline(title, text)
        )
    return found or whole


def _lines(text: str) -> Iterator[_Line]:
    start = 0
    fresh = True
    for piece in text.splitlines(keepends=True):
        words = piece.strip()
        if words:
            at = start + len(piece) - len(piece.lstrip())
            end = at + len(words)
            mark = _MARK.match(text, at, end)
            if mark and mark.lastgroup and mark.end() < end:
                value = mark[mark.lastgroup]
                yield _Line(at, end, mark.end(), mark.lastgroup, value, fresh)
            else:
                label = _LABEL.match(text, at, end)
                kind, value = ("label", label["label"]) if label else ("", "")
                yield _Line(at, end, at, kind, value, fresh)
        fresh = not words or piece.endswith("\u2029")
        start += len(piece)


def _marked(title: str, text: str, lines: Sequence[_Line]) -> tuple[Entry, ...]:
    """Entries that begin with one kind of mark; the outermost kind, where lists are nested."""
    groups: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        if line.kind and not FOOTER.match(text, line.body, line.end):
            alike = line.kind + line.value if line.kind in ("bullet", "picture") else line.kind
            groups.setdefault(alike, []).append(number)
            if line.kind == "picture":
                groups.setdefault("pictures", []).append(number)
    for key, numbers in sorted(groups.items(), key=_outermost):
        begins = numbers
        if key.startswith("picture") and _announces(title or text[: lines[0].end].strip()):
            begins = groups["pictures"]  # under a heading each may have its own
        if _announces(text[lines[begins[0]].body : lines[begins[0]].end]):
            begins = begins[1:]  # the heading wears a mark too
        if len(begins) >= 2 and _in_order(key, [lines[n].value for n in begins]):
            heading = _heading(title, text, lines[: begins[0]])
            if _are_too_few(key, len(begins), heading):
                continue
            found = _cut(text, lines, begins)
            if _is_roundup(key, text, found, heading):
                return _with_lead(text, lines[: begins[0]], found)
    return ()


def _outermost(group: tuple[str, list[int]]) -> tuple[bool, int]:
    """Equal marks before mixed pictures, then what begins first."""
    return group[0] == "pictures", group[1][0]


def _in_order(key: str, values: Sequence[str]) -> bool:
    """Whether the marks count up from one, as numbers of a list do; others always are."""
    if key == "number":
        numbers = [int(re.sub(r"\D", "", value)) for value in values]
        return all(b == a + 1 for a, b in pairwise(numbers))
    if key == "label":  # one label again and again is who speaks
        return len({value.casefold() for value in values}) == len(values)
    return True


def _cut(text: str, lines: Sequence[_Line], numbers: Sequence[int]) -> list[Entry]:
    """Each from its mark up to the next; the last as long as the longest before it."""
    found: list[Entry] = []
    longest = 0
    for at, number in enumerate(numbers):
        following = numbers[at + 1] if at + 1 < len(numbers) else None
        stop = len(lines) if following is None else following
        last = number
        pieces = 0
        for inner in range(number + 1, stop):
            if following is None and (lines[inner].fresh or lines[inner].kind):
                pieces += 1
                if pieces > longest:
                    break
            if following is None and FOOTER.match(text, lines[inner].start, lines[inner].end):
                break
            last = inner
        if following is not None:
            longest = max(longest, sum(lines[n].fresh for n in range(number + 1, stop)))
        found.append(Entry(lines[number].start, lines[last].end, lines[number].body))
    return found


@dataclass(frozen=True)
class _Heading:
    """What stands above the entries: whether it announces a roundup, whether it binds them.
    Most is asked of few texts, and worked out then."""

    announces: bool
    title: str
    lead: str
    last: str  # the line right above them

    @cached_property
    def binds(self) -> bool:
        is_last = self.last.endswith(":") or not self.announces
        return bool(ONE_STORY.search(self.last if is_last else self.lead or self.title))

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(_stems(f"x {self.title}") | _stems(f"x {self.lead}"))


def _heading(title: str, text: str, above: Sequence[_Line]) -> _Heading:
    heads = [text[line.start : line.end] for line in above]
    announces = any(map(_announces, (title, *heads[:3])))
    last = heads[-1].rstrip(" *_~") if heads else title.rstrip()
    return _Heading(announces, title, " ".join(heads), last)


def _are_too_few(key: str, count: int, heading: _Heading) -> bool:
    """For a roundup that nothing announces."""
    return not heading.announces and (count < _FEWEST_UNTOLD or key == "pictures")


_ANNOUNCING: Final = re.compile("|".join(map(re.escape, sorted(ANNOUNCING))))


@lru_cache(maxsize=64)  # one head is asked about for each kind of mark
def _announces(head: str) -> bool:
    """Whether a short line is a roundup's heading: it begins so, or names its time."""
    if sum(1 for _ in islice(_WORD.finditer(head), _HEADING_WORDS + 1)) > _HEADING_WORDS:
        return False
    if not _ANNOUNCING.search(head.lower()):
        return False
    found = HEADING.search(head.replace("_", " ").strip(" *~\n"))
    if not found:
        return False
    before = len(_WORD.findall(head[: found.start()]))
    most = 0 if found[0].casefold() in OF_ONE else _WORDS_BEFORE
    return before <= most or bool(SPAN_OF_TIME.search(head))


def _stems(text: str) -> set[str]:
    stems = {name[1][:_STEM_LETTERS].casefold() for name in _NAMED.finditer(text)}
    return {stem for stem in stems if stem not in _BINDS_NOTHING}


def _is_roundup(key: str, text: str, found: Sequence[Entry], heading: _Heading) -> bool:
    """Whether entries are reports: a heading that says so, or what they are like."""
    untold = not heading.announces
    if _are_too_few(key, len(found), heading):
        return False
    bodies = [text[entry.body : entry.end] for entry in found]
    fewest = _WORDS_OF_REPORT if untold else _WORDS_OF_NEWS
    reports = [_is_report(body, fewest) for body in bodies]
    share = sum(reports) / len(bodies)
    if share < (0.8 if untold else 0.7) or sum(reports) < 2:
        return False
    leaning = sum(bool(LEANS.match(body.lstrip(" *_~"))) for body in bodies[1:])
    bound = _bound(bodies, heading)
    if heading.announces and not heading.binds and bound < 0.7:
        return leaning <= len(bodies) / 3
    if len(bodies) < _FEWEST_UNTOLD or share < 0.8 or key == "pictures":
        return False
    enough = _ROUNDUP_SCORE_UNDER_LEAD if heading.lead or heading.names else _ROUNDUP_SCORE
    return _evidence(key, bodies, heading, leaning, bound) >= enough


def _evidence(
    key: str, bodies: Sequence[str], heading: _Heading, leaning: int, bound: float
) -> float:
    """For and against a roundup that no heading announces, in hand-set weights."""
    count = len(bodies)
    links = len({found[0] for body in bodies for found in _LINK.finditer(body)})
    words = sorted(len(_WORD.findall(body)) for body in bodies)[count // 2]
    closed = sum(bool(_CLOSED.search(body, max(0, len(body) - 41))) for body in bodies) / count
    quoted = sum(bool(_QUOTED.match(body)) for body in bodies) / count
    apart = sum(len(_stems(f"x {body}")) >= 1 for body in bodies) / count
    score = 0.0
    score += 1.5 if links >= count * 0.6 else 0.0
    score += 1.0 if key in ("time", "label", "date") else 0.0
    score += 0.5 if key.startswith(("bullet", "picture")) else 0.0
    score += 1.0 if words >= 12 else 0.0
    score += 0.5 if words >= 20 else 0.0
    score += 0.5 if closed >= 0.6 else 0.0
    score += 1.0 if apart >= 0.8 and bound < 0.34 else 0.0
    score += 0.5 if not heading.lead else 0.0
    score += 1.0 if heading.announces else 0.0
    score -= 1.0 if key in ("dash", "number", "key") else 0.0
    score -= 1.0 if heading.lead.rstrip(" *_~").endswith(":") else 0.0
    score -= 2.0 if heading.binds else 0.0
    score -= 1.5 if quoted > 0.4 else 0.0
    score -= 2.0 if leaning > count / 5 else 0.0
    score -= 2.0 if bound >= 0.5 else 0.0
    score -= 1.0 if sum(body.rstrip().endswith((";", ",")) for body in bodies) >= count / 2 else 0.0
    score -= 1.0 if sum(body.rstrip(" *_~").endswith("?") for body in bodies) >= count / 2 else 0.0
    return score


def _is_report(body: str, fewest: int = _WORDS_OF_REPORT) -> bool:
    """Whether an entry states something by itself: a sentence's words and beginning."""
    words = _WORD.findall(_LINK.sub(" ", body))
    first = next((letter for letter in body if letter.isalnum()), "")
    return len(words) >= fewest and (first.isdigit() or not first.islower())


def _bound(bodies: Sequence[str], heading: _Heading) -> float:
    """The share of entries that name what the heading or most of the others name."""
    named = [_stems(f"x {body}") for body in bodies]
    counts: dict[str, int] = {}
    for names in named:
        for name in names:
            counts[name] = counts.get(name, 0) + 1
    most = max(counts.values(), default=0)
    by_heading = max((counts.get(name, 0) for name in heading.names), default=0)
    return max(most if most > 1 else 0, by_heading) / len(bodies)


def _with_lead(text: str, above: Sequence[_Line], found: Sequence[Entry]) -> tuple[Entry, ...]:
    """A lead that is a report of its own is an entry too; a heading is none."""
    told = [
        line
        for line in above
        if len(_WORD.findall(text[line.start : line.end])) > _HEADING_WORDS
        and not text[line.start : line.end].rstrip(" *_~").endswith(":")
    ]
    if not told:
        return tuple(found)
    return (Entry(told[0].start, told[-1].end, told[0].start), *found)


def _paragraphs(title: str, text: str, lines: Sequence[_Line]) -> tuple[Entry, ...]:
    """Without marks: a heading announces a roundup, or each paragraph has its own link."""
    heads = (title, *(text[line.start : line.end] for line in lines[:3]))
    # Each entry has a link of its own, or a heading says what they are.
    links = sum(1 for _ in islice(_LINK.finditer(text), _FEWEST_UNTOLD))
    if links < _FEWEST_UNTOLD and not any(map(_announces, heads)):
        return ()
    blocks: list[list[_Line]] = []
    for line in lines:
        if line.fresh or not blocks:
            blocks.append([])
        blocks[-1].append(line)
    if len(blocks) <= 2:  # a heading and lines below it
        blocks = [[line] for line in lines]
    found = [Entry(block[0].start, block[-1].end, block[0].start) for block in blocks]
    reports = [
        entry
        for entry in found
        if _is_report(text[entry.start : entry.end])
        and not FOOTER.match(text, entry.start, entry.end)
        and not (entry is found[0] and _announces(text[entry.start : entry.end]))
    ]
    if len(reports) < _FEWEST_UNTOLD:
        return ()
    above = [line for line in lines if line.end <= reports[0].start]
    heading = _heading(title, text, above)
    bodies = [text[entry.start : entry.end] for entry in reports]
    leaning = sum(bool(LEANS.match(body.lstrip(" *_~"))) for body in bodies[1:])
    bound = _bound(bodies, heading)
    if leaning > len(bodies) / 5 or heading.binds:
        return ()
    linked = sum(bool(_LINK.search(body)) for body in bodies) >= 0.8 * len(bodies)
    long = sum(len(_WORD.findall(body)) >= 2 * _WORDS_OF_REPORT for body in bodies) == len(bodies)
    if heading.announces and bound < 0.5:
        return tuple(reports)
    return tuple(reports) if linked and long and bound < 0.34 else ()


def _inline_marks(text: str) -> list[re.Match[str]]:
    """Bullets behind a space, numbers behind the end of a sentence, in order."""
    numbers = [
        mark
        for mark in _INLINE_NUMBER.finditer(text)
        if mark.start() == 0 or _BEFORE_NUMBER.fullmatch(text, mark.start() - 2, mark.start())
    ]
    marks = [*_INLINE_BULLET.finditer(text), *numbers]
    return sorted(marks, key=lambda mark: mark.start()) if numbers else marks


def _inline(title: str, text: str) -> tuple[Entry, ...]:
    """Marks that stand within one line, where a feed has lost the line breaks."""
    marks = _inline_marks(text)
    if len(marks) < 2:
        return ()
    numbered = [mark for mark in marks if mark[0][0].isdigit()]
    if numbered:
        values = [int(re.sub(r"\D", "", mark[0])) for mark in numbered]
        if len(numbered) != len(marks) or values != list(range(1, len(values) + 1)):
            return ()
    stops = [*(mark.start() for mark in marks[1:]), len(text)]
    found = [
        Entry(
            mark.start(),
            stop - len(text[mark.start() : stop]) + len(text[mark.start() : stop].rstrip()),
            mark.end(),
        )
        for mark, stop in zip(marks, stops, strict=True)
    ]
    before = text[: marks[0].start()].strip()
    above = [_Line(0, len(before), 0, "", "", True)] if before else []
    heading = _heading(title, text, above)
    key = "number" if numbered else "bullet"
    return tuple(found) if _is_roundup(key, text, found, heading) else ()
