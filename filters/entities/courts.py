# ruff: noqa: E501 (tables of words read better unbroken)
"""Courts by kind and place: «Псковский гарнизонный военный суд», «Стрийський міськрайонний суд»."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from filters.entities.windows import Ranges, search

__all__ = ["CUES", "find_courts"]

CUES: Final = frozenset({"суд", "суда", "суду", "судо", "суде", "суді", "райс", "cour", "горс"})

_ADJECTIVE: Final = r"(?P<place>(?:[А-ЯЁІЇЄҐ][\w'’ʼ-]*(?:(?:ск|цк|ськ|цьк)(?:ий|ого|ому|им|ом|ім|ій|их)|н(?:ый|ого|ому|ым|ом|ий|им))|\d{1,3}(?:[-–](?:й|го|му|м|ом|им))?)(?:\s[А-ЯЁ][\w-]*(?:ск(?:ий|ого|ому|им|ом)|н(?:ый|ого|ому|ым|ом)))?)"
_KINDS: Final = (
    ("garrison", r"гарнизонн\w+ (?:военн\w+ )?суд\w*|гарнізонн\w+ (?:військов\w+ )?суд\w*"),
    ("military-district", r"окружн\w+ военн\w+ суд\w*"),
    ("fleet", r"флотск\w+ военн\w+ суд\w*"),
    (
        "appeal",
        r"апелл?[яі]ц\w+ суд\w*|апелляционн\w+ (?:военн\w+ )?суд\w*|кассационн\w+ (?:военн\w+ )?суд\w*",
    ),
    (
        "district",
        r"(?:городск\w+ )?районн\w+ суд\w*|райсуд\w*|міськрайонн\w+ суд\w*|міськрайсуд\w*|районний суд|міськ\w+ суд\w*|міськсуд\w*|городск\w+ суд\w*|горсуд\w*",
    ),
    ("region", r"областн\w+ суд\w*|краев\w+ суд\w*|обласн\w+ суд\w*"),
)
_CYRILLIC: Final = tuple(
    (kind, re.compile(rf"(?<!\w){_ADJECTIVE}\s+(?:{forms})(?!\w)")) for kind, forms in _KINDS
)
_PLAIN: Final = re.compile(r"(?<!\w)гарнизонн\w+ (?:военн\w+ )?суд\w*(?!\w)", re.IGNORECASE)
_ENGLISH: Final = re.compile(
    r"(?<!\w)(?:(?P<place>[A-Z][\w'-]+|\d{1,3}(?:st|nd|rd|th))(?:['’]s)?\s+)?(?:(?P<garrison>[Gg]arrison (?:[Mm]ilitary )?[Cc]ourt)|(?P<district>(?:[Cc]ity )?[Dd]istrict [Cc]ourt)|(?P<appeal>[Cc]ourt of (?:(?:[Mm]ilitary |[Cc]riminal )*)?[Aa]ppeals?))(?!\w)"
)
_TRANSLITERATION: Final = str.maketrans(
    dict(
        zip(
            "абвгдезийклмнопрстуфхыэіїєґёжцчшщюяьъ'’ʼ",
            [
                "a",
                "b",
                "v",
                "g",
                "d",
                "e",
                "z",
                "i",
                "y",
                "k",
                "l",
                "m",
                "n",
                "o",
                "p",
                "r",
                "s",
                "t",
                "u",
                "f",
                "kh",
                "y",
                "e",
                "i",
                "i",
                "e",
                "g",
                "e",
                "zh",
                "ts",
                "ch",
                "sh",
                "shch",
                "yu",
                "ya",
            ]
            + [""] * 5,
            strict=True,
        )
    )
)
_ADJECTIVE_END: Final = re.compile(r"(?:ск|цк|ськ|цьк)(?:ий|ого|ому|им|ом|ім|ій|их)$")


def find_courts(text: str, ranges: Ranges | None = None) -> Iterator[tuple[str, int, int, bool]]:
    """(id, start, end, inferred) of the courts a text names."""
    seen: list[tuple[int, int]] = []
    for kind, rule in _CYRILLIC:
        for found in search(rule, text, ranges):
            seen.append(found.span())
            yield f"court:{kind}:{_slug(found['place'])}", found.start(), found.end(), False
    for found in search(_PLAIN, text, ranges):
        if not any(start <= found.start() < end for start, end in seen):
            yield "court:garrison:unnamed", found.start(), found.end(), False
    for found in search(_ENGLISH, text, ranges):
        kind = next(name for name in ("garrison", "district", "appeal") if found[name])
        place = found["place"]
        if not place and kind == "district":
            continue
        start = found.start()
        if place in {"The", "A", "In", "An"}:
            place, start = "", found.start(kind)
        yield f"court:{kind}:{_slug(place) if place else 'unnamed'}", start, found.end(), False


def _slug(place: str) -> str:
    """A court's place as Latin letters, its adjective ending dropped: Псковский -> pskov."""
    number = re.match(r"\d+", place)
    if number:
        rest = place[number.end() :].split()[1:]
        return "-".join((number[0], *(_slug(word) for word in rest)))
    parts = [_ADJECTIVE_END.sub("", word.lower()) for word in place.split()]
    return "-".join(part.translate(_TRANSLITERATION) for part in parts)
