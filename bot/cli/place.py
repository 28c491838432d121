"""`vigil place`: where a place is, and its row for entities.toml."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from filters.entities.forms import flatten
from filters.packs import load_packs
from filters.places import Settlement, look_up, proposal

__all__ = ["place"]


def place(name: str) -> int:
    """Writes the places of a name as rows of TOML; returns the exit status, 1 for none."""
    found = look_up(name)
    if not found:
        sys.stderr.write(f"No place “{name}” in the table of Russia, Ukraine and Belarus.\n")
        return 1
    sys.stdout.write("\n".join(_row(each) for each in found))
    return 0


def _row(each: Settlement) -> str:
    row = proposal(each)
    names = ", ".join(
        f"{lang} = [" + ", ".join(f'"{name}"' for name in listed) + "]"
        for lang, listed in row["names"].items()
    )
    known = _known(row)
    # The id of another region's place of that name has the region behind it.
    another = any(row["id"].startswith(f"{each}-") for each in known)
    relation = "a namesake of" if another else "known already as"
    return (f"# {relation} {', '.join(known)}\n" if known else "") + (
        f"# {each.names['en']}, region of {each.region}, {each.latitude} {each.longitude}, "
        f"{each.population or '?'} people, geonames.org/{each.geoname}\n"
        f'[[entity]]\nid = "{row["id"]}"\nnames = {{ {names} }}\ncountry = "{row["country"]}"\n'
    )


def _known(row: Mapping[str, Any]) -> list[str]:
    """The ids of the packs' places that have one of its names."""
    names = {flatten(name) for listed in row["names"].values() for name in listed}
    return [
        each.id
        for each in load_packs().entities
        if each.kind == "place" and names & (each.strong | each.weak)
    ]
