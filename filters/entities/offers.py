"""What somebody typed as words that has an id: «155-я бригада», «ст. 337 УК РФ».

Words find the words; the id finds the thing however a text writes it. So `/entity` and a
filter's proof offer the id: `unit:*:brigade:155`, `law:ru:337`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from filters.entities import courts, laws, units
from filters.entities.numbers import plain

__all__ = ["CODE", "Offer", "offered", "offers"]

# A military article without its code: a filter has no sentence that would tell the army.
_BARE: Final = re.compile(
    r"(?<!\w)(?:ст\.?|стать(?:я|и|е|ю|ей)|статт(?:я|і|ю|ею)|article|art\.)\s?(?P<number>\d{3})(?![\w.])"
    r"|(?<![\w.])(?P<turned>\d{3})-?(?:я|ю|й|ой|а|ї)?\s(?:стать(?:я|и|е|ю|ей)|статт(?:я|і|ю|ею))(?!\w)",
    re.IGNORECASE,
)
_SIGNS: Final = " \t.,;:!?\"'«»“”„()"


@dataclass(frozen=True, slots=True)
class Offer:
    """An id for the words from `start` to `end` (code points); `*` where the words do not say
    whose it is."""

    pattern: str
    start: int
    end: int


def offers(text: str) -> list[Offer]:
    """Units, articles and courts that a query or a name tells in words, in their order."""
    written = plain(text)
    found = sorted(_found(written), key=lambda offer: (offer.start, -offer.end))
    kept: list[Offer] = []
    for offer in found:
        if not kept or offer.start >= kept[-1].end:
            kept.append(offer)
    return kept


def offered(text: str) -> Offer | None:
    """The offer for a text that is nothing but the name of one such thing."""
    found = offers(text)
    if len(found) != 1:
        return None
    rest = text[: found[0].start] + text[found[0].end :]
    # Whose code it is stands behind the article.
    return found[0] if not CODE.sub("", rest).strip(_SIGNS) else None


CODE: Final = re.compile(
    r"(?<!\w)(?:(?:УК|КК|ККУ|КоАП)(?:\s(?:РФ|Росси[ия]|Украин[аы]|Україн[аи]))?"
    r"|of the (?:Russian |Ukrainian )?[Cc]riminal [Cc]ode(?: of (?:Russia|Ukraine))?)(?!\w)"
)
"""Whose code an article is of, as it stands behind the article."""


def _found(text: str) -> Iterator[Offer]:
    for name, start, end, inferred in units.find_units(text):
        _, country, rest = name.split(":", 2)
        yield Offer(f"unit:{'*' if inferred else country}:{rest}", start, end)
    for name, start, end, _ in laws.find_laws(text):
        yield Offer(name.rstrip("?"), start, end)
    for name, start, end, _ in courts.find_courts(text):
        if not name.endswith(":unnamed"):
            yield Offer(name, start, end)
    for bare in _BARE.finditer(text):
        number = bare["number"] or bare["turned"]
        if country := laws.military_country(number):
            yield Offer(f"law:{country}:{number}", *bare.span())
