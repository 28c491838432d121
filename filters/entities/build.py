"""Works out the forms of the entities that ship with the packs: `python -m filters.entities.build`.

Reads packs/data/entities.toml, writes entities.forms.json beside it. Declining
at every start would cost a second; a test holds the two files together.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from filters.entities.forms import flatten, person_forms, phrase_forms, surname_forms
from filters.entities.person_names import latin_spellings, read_name

__all__ = ["compile_entity", "main"]


def compile_entity(row: Mapping[str, Any]) -> dict[str, list[str]]:
    """The forms of one entity as entities.toml describes it, sorted."""
    kind = str(row["id"]).partition(":")[0]
    gender = row.get("gender", "m")
    strong: set[str] = {flatten(spelling) for spelling in row.get("also", ())}
    surnames: set[str] = set()
    initials: set[str] = set()
    weak: set[str] = set()
    for lang, names in row.get("names", {}).items():
        for name in names:
            if kind == "person":
                strong |= person_forms(name, lang, gender)
                surnames |= surname_forms(name, lang, gender)
                person = read_name(name)
                initials.add(person.initial)
                initials |= {first[0].lower() for first, _ in latin_spellings(person, lang)}
            else:
                strong |= phrase_forms(name, lang)
    for lang, names in row.get("weak", {}).items():
        for name in names:
            weak |= phrase_forms(name, lang)
    dropped = {flatten(form) for form in row.get("drop", ())}
    strong, weak, surnames = strong - dropped, weak - dropped, surnames - dropped
    found = {
        "strong": strong,
        "surnames": surnames - strong,
        "initials": initials,
        "weak": weak - strong,
    }
    return {key: sorted(forms) for key, forms in found.items() if forms}


def main() -> int:
    """Rewrites the file of forms; returns the exit status."""
    data = Path(__file__).parent.parent / "packs" / "data"
    rows = tomllib.loads((data / "entities.toml").read_text(encoding="utf-8"))["entity"]
    forms = {row["id"]: compile_entity(row) for row in rows}
    target = data / "entities.forms.json"
    target.write_text(
        json.dumps(forms, ensure_ascii=False, indent=0, sort_keys=True) + "\n", encoding="utf-8"
    )
    sys.stdout.write(
        f"{len(forms)} entities, {sum(len(f) for e in forms.values() for f in e.values())} forms\n"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
