"""`vigil place`: where a place is, and its row for entities.toml."""

from __future__ import annotations

import sys

from filters.places import Place, look_up, proposal

__all__ = ["place"]


def place(name: str) -> int:
    """Writes the places of a name as rows of TOML; returns the exit status, 1 for none."""
    found = look_up(name)
    if not found:
        sys.stderr.write(f"No place “{name}” in the table of Russia, Ukraine and Belarus.\n")
        return 1
    sys.stdout.write("\n".join(_row(each) for each in found))
    return 0


def _row(each: Place) -> str:
    row = proposal(each)
    names = ", ".join(f'{lang} = ["{name}"]' for lang, (name,) in row["names"].items())
    return (
        f"# {each.names['en']}, region of {each.region}, {each.latitude} {each.longitude}, "
        f"{each.population or '?'} people, geonames.org/{each.geoname}\n"
        f'[[entity]]\nid = "{row["id"]}"\nnames = {{ {names} }}\ncountry = "{row["country"]}"\n'
    )
