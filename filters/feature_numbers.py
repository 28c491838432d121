"""The numbers of features: a feature is a text hashed to one (CRC-32, the same on every machine).

Which range it falls in tells how much it may weigh; which of them say what stands outside a
passage, or what is missing there, tells the sign that a weight may have.
"""

from __future__ import annotations

from typing import Final
from zlib import crc32

from filters.packs import TOPICS

__all__ = [
    "ABSENT_NUMBERS",
    "BESIDE",
    "BITS",
    "CONTEXT",
    "CONTEXT_NUMBERS",
    "MARKS",
    "MEETINGS",
    "STRONG",
    "gram_number",
    "number",
]

BITS: Final = 17
_MASK: Final = (1 << BITS) - 1
MARKS: Final = 1 << 14
"""Numbers below are who does what to whom, as all languages and verbs of a kind share it."""
STRONG: Final = 1 << 15
"""Numbers from MARKS to below say much by themselves: which filters, roles, moods."""
MEETINGS: Final = 1 << 16
"""Numbers from STRONG to below say little each: groups and their meetings, how many filters."""
_OUTSIDE: Final = 1 << 10
"""So many numbers at the end of each of these three say what something outside the passage has
a hand in: of whom a pronoun is said, a filter that asks for context, how many filters."""
# Groups that make a word unambiguous wherever in the entry they stand.
CONTEXT: Final = (
    "soldier", "army", "serviceman", "at_war", "mil_law", "legal", "draft", "sport", "stage",
    "fight_strict", "commander", "prigozhin", "in_service",
)  # fmt: skip
# Groups that a neighbouring sentence may hold for this one: «Они отказались. Их держат в яме.»
BESIDE: Final = (
    "soldier", "serviceman", "refuse", "refuse_firm", "wont", "disobey", "refuser", "hold", "hurt",
    "flee", "away", "not_return", "leave", "injure", "feign", "draft", "evade", "fight", "order",
    "mil_law", "wanted", "avoid",
)  # fmt: skip


def number(text: str) -> int:
    """The number of a plain feature: which range it falls in tells how much it may weigh."""
    found = crc32(text.encode())
    if text.startswith("r=x:"):
        return found % (MARKS - _OUTSIDE)
    if text.startswith("r=y:"):
        return MARKS - _OUTSIDE + found % _OUTSIDE
    if text.startswith(("r=", "f=", "m=", "bias")):
        return MARKS + found % (STRONG - MARKS - _OUTSIDE)
    if text.startswith("e="):
        return STRONG - _OUTSIDE + found % _OUTSIDE
    if text.startswith(("c=", "p=", "q=")):
        return STRONG + found % (MEETINGS - STRONG - _OUTSIDE)
    if text.startswith("n="):
        return MEETINGS - _OUTSIDE + found % _OUTSIDE
    return MEETINGS + found % (_MASK + 1 - MEETINGS)


def gram_number(text: str) -> int:
    """The number of a word or of letters."""
    return crc32(text.encode()) & _MASK


CONTEXT_NUMBERS: Final = tuple(
    sorted(
        number(text)
        for text in (
            *("a=" + name for name in CONTEXT),
            *("b=" + name for name in BESIDE),
            *("o=" + topic for topic in TOPICS),
        )
    )
) + tuple(at for end in (MARKS, STRONG, MEETINGS) for at in range(end - _OUTSIDE, end))
"""The features that say what stands outside a passage and its title, or may come of it."""

ABSENT_NUMBERS: Final = tuple(
    number(text) for text in ("m=nobody serves", "m=nobody serves beside", "m=no army")
)
"""The features that say that nobody serves here, beside it, and that there is no army at all: a
sentence more may take the last two away."""
