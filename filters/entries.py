"""A text cut into its entries: a roundup tells several events, any other text tells one.

Every way to cut the text that a pattern in it suggests (`filters.layouts`) is weighed by what
stands behind the pattern: whole statements that do not lean on one another (`filters.roundups`).
A list inside one story (demands, names, quotations, facts of one case) has the pattern and not
the statements, so doubt leaves a text whole: a story cut wrongly loses its context, a roundup
left whole only its places. Pure, a tenth of a millisecond for a text in paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from typing import Final

from filters.announcing import Heading, announces, heading_of
from filters.layouts import Layout, inline, layouts, paragraphs
from filters.lines import FEWEST_ALIKE, Line, lines_of
from filters.roundups import described, weighed
from filters.wording import Wording

__all__ = ["Entry", "entries", "guesses"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One report's place in the *text* (never the title), in code points of the original: from
    its mark, if any, up to before the space behind it. `body` is where its words begin."""

    start: int
    end: int
    body: int


_FEWEST_PLAIN: Final = 4  # paragraphs without marks below no heading that announces a roundup
_LINES_RUN_ON: Final = 4  # lines of a text that may have lost its line breaks
_LEAD_WORDS: Final = 14  # a lead that reports something is longer
_WORD: Final = re.compile(r"[^\W\d_][\w'’ʼ-]*")


@lru_cache(maxsize=8)  # whoever reads a text asks more than once
def entries(title: str, text: str) -> tuple[Entry, ...]:
    """The entries of a text, in order and apart from one another; always at least one.

    One entry stands for the whole item, its title included. Of several, the title, what
    stands before the first and between them is context of each, no report.
    """
    said: Wording | None = None
    best: Layout | None = None
    most = 0.0
    for layout, heading in guesses(title, text):
        said = said or Wording(text)
        found = described(layout, said, heading, hopeless=False)
        weight = weighed(found) if found else 0.0
        if weight > 0 and (best is None or _outdoes(layout, weight, best, most)):
            best, most = layout, weight
    if best is None:
        return (Entry(0, len(text), 0),)
    return _with_lead(text, best)


def _outdoes(layout: Layout, weight: float, other: Layout, most: float) -> bool:
    """Whether a way to cut weighs more than another, or finds all its entries and more."""
    starts = {start for start, _, _ in layout.places}
    others = {start for start, _, _ in other.places}
    if starts > others or others > starts:
        return starts > others
    return weight > most


def guesses(title: str, text: str) -> Iterator[tuple[Layout, Heading]]:
    """Each way to cut a text that is worth weighing, with the heading above its entries."""
    count = sum(map(bool, map(str.strip, text.splitlines())))
    seen: set[tuple[tuple[int, int], ...]] = set()
    lines: list[Line] = []
    ways: Iterator[Layout] = iter(())
    is_announced = announces(title)
    if count >= FEWEST_ALIKE or is_announced:  # two lines make no pattern
        lines = list(lines_of(text))
        ways = layouts(text, lines)
    if count > FEWEST_ALIKE or is_announced:  # three paragraphs are not enough
        ways = chain(ways, paragraphs(text, lines, _heading_lines(title, text, lines)))
    if count <= _LINES_RUN_ON:
        ways = chain(ways, inline(text))
    below = count > FEWEST_ALIKE and _announces_below(text, lines[-1])
    for layout in ways:
        kept = _without_heading(text, layout)
        places = tuple((start, end) for start, end, _ in kept.places)
        if len(places) > 1 and kept.in_order and places not in seen:
            seen.add(places)
            heading = heading_of(title, text, kept.above)
            if below and places[-1][1] <= lines[-1].start:
                heading = replace(heading, announces=True)
            fewest = _FEWEST_PLAIN if layout.key in ("blocks", "lines") else FEWEST_ALIKE
            if heading.announces or len(places) >= fewest:
                yield kept, heading


def _heading_lines(title: str, text: str, lines: Sequence[Line]) -> int:
    """How many of the first lines belong to the heading: none of them is a report."""
    for at, line in enumerate(lines[:3]):
        if announces(text[line.start : line.end], not title and at == 0):
            return at + 1
    return 0


def _announces_below(text: str, last: Line) -> bool:
    """Whether the line below all others says what stands above it, as a link to more does."""
    return not last.kind and announces(text[last.start : last.end], False)


def _without_heading(text: str, layout: Layout) -> Layout:
    """The heading may wear a mark too: it is no entry."""
    if not layout.places:
        return layout
    start, end, body = layout.places[0]
    said = text[body:end]
    if len(layout.above) < 2 and "\n" not in said and (said.endswith(":") or announces(said)):
        above = (*layout.above, Line(start, end, body, "", "", True))
        return replace(layout, places=layout.places[1:], above=above, values=layout.values[1:])
    return layout


def _with_lead(text: str, layout: Layout) -> tuple[Entry, ...]:
    """A lead that is a report of its own is an entry too; a heading is none."""
    found = tuple(Entry(*place) for place in layout.places)
    told = [
        line
        for line in layout.above
        if len(_WORD.findall(text[line.start : line.end])) > _LEAD_WORDS
        and not text[line.start : line.end].rstrip(" *_~").endswith(":")
    ]
    if not told:
        return found
    return (Entry(told[0].start, told[-1].end, told[0].start), *found)
