"""What other languages of search and people write, and what that is here.

Google (AROUND, filetype:), Lucene and Media Cloud (^, TO, "a b"~5), Meltwater and
Brandwatch (ONEAR, NEAR/2f, <<<…>>>), Factiva (adj5, hd=), Westlaw and Lexis (/s, pre/5, !,
hlead()), Sphinx as in TGStat (<<, SENTENCE, "a b c"/2), Yandex (/(-2 +4), ~~), Integrum,
feed readers, and the signs people put for others (;, ’…’, a/b, lines). Read as words of this
language these would be found nowhere or, worse, mean something else in silence. So each
is refused with the filter rewritten; what needs several rewritings gets them one by one
in `filters.query`, which shows none that does not read. The signs are data
(`packs/data/habits.toml`); how each is mended stands in `filters.rewriting`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

from filters.errors import QueryError
from filters.rewriting import (
    FIELDS,
    MAY_FIND_NOTHING,
    MENDS,
    OPAQUE,
    QUOTED,
    TOLD,
    Mend,
    blanked,
    lines,
)
from filters.tables import table

__all__ = ["FIELDS", "OPAQUE", "QUOTED", "VALUES", "habits", "refuse_foreign"]

VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    field: {name: value for value, names in values.items() for name in names}
    for field, values in table("habits.toml")["values"].items()
}
"""Values of fields as people name them."""

# Longer filters are lists of our own; some of the signs cost the square of a text's length.
_MAX_LETTERS: Final = 2_000
_TWO: Final = "This may mean two things: which do you mean?"
_LINE: Final = re.compile(r"(?:(?:[-–—•*]|\d+[.)])[ \t]+)?[\w*'’@=_ \t]+")


class _Habit(NamedTuple):
    """A sign of another query language, outside quotation marks, and what it means."""

    sign: re.Pattern[str]
    hint: str
    mend: Mend


@cache
def habits() -> tuple[_Habit, ...]:
    """All habits in the order in which they are tried; read when first asked for."""
    data = table("habits.toml")
    found = []
    for habit in data["habits"]:
        sign, mend = habit["sign"], habit["mend"]
        while "{{" in sign:  # a part may have parts
            for name, part in data["parts"].items():
                sign = sign.replace(f"{{{{{name}}}}}", part)
        by = TOLD[mend](habit["by"]) if mend in TOLD else MENDS[mend]
        found.append(_Habit(re.compile(sign), habit["hint"], by))
    return tuple(found)


def refuse_foreign(text: str) -> None:
    """Raises QueryError at the first sign of another language, with the filter rewritten."""
    if len(text) > _MAX_LETTERS:
        return
    bare = blanked(text)
    rows = [line.strip() for line in bare.splitlines() if line.strip()]
    if len(rows) > 1 and all(map(_LINE.fullmatch, rows)):
        meant = lines(text)
        raise QueryError(0, _TWO, text=text, readings=meant, mend=meant[0])
    for sign, hint, mend in habits():
        found = sign.search(bare)
        meant = () if found is None else tuple(dict.fromkeys(mend(found, text)))
        if found is None or (mend in MAY_FIND_NOTHING and not meant):
            continue
        readings = meant if len(meant) > 1 else ()
        first = meant[0] if meant else ""
        raise QueryError(found.start(), hint, text=text, readings=readings, mend=first)
