"""Makes the table of towns that facts are told of: `python -m bench.build_towns`.

Out of the table of places (`filters.places`) those of 40,000 people and more: their names in
three languages and every form a text may have them in, into packs/data/towns.json. Declining
4,000 forms at every start would cost seconds.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

from filters import places
from filters.entities.forms import flatten, phrase_forms

__all__ = ["main"]

_FEWEST: Final = 40_000
# Towns that both armies draw on, and the largest towns of such regions.
_OCCUPIED: Final = frozenset(
    ("Donetsk", "Luhansk", "Simferopol", "Sevastopol", "Melitopol", "Berdyansk", "Enerhodar")
)
_TARGET: Final = Path(places.__file__).parent / "packs" / "data" / "towns.json"


def main() -> int:
    """Rewrites the table; returns the exit status."""
    found = {
        place.geoname: place
        for spelt in places.table().values()
        for place in spelt
        if place.population >= _FEWEST and {"en", "ru", "uk"} <= place.names.keys()
    }
    rows: list[list[object]] = []
    taken: set[str] = set()
    for place in sorted(found.values(), key=lambda each: (-each.population, each.geoname)):
        names = place.names
        forms = {flatten(names["en"])}
        forms |= phrase_forms(names["ru"], "ru") | phrase_forms(names["uk"], "uk")
        forms -= taken  # of namesakes the larger
        taken |= forms
        if forms:
            held = _OCCUPIED.intersection((place.region, names["en"]))
            country = "" if held else place.country
            rows.append([names["en"], names["ru"], names["uk"], country, sorted(forms)])
    text = "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n"
    _TARGET.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(rows)} towns, {len(taken)} forms\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
