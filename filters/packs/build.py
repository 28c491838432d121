"""Keeps what a start would work out anew each time: `python -m filters.packs.build`.

Writes packs/data/roles.json and frames.json (the lists of roles.toml, frames.toml), tables.bin (the
tables that a start reads),
queries.bin (the packs' filters as read), lemmas.bin (the lemmas of their words), openings.bin
(what our own patterns can begin with) and countries.json (names of countries and towns abroad).
Working these out at every start would cost two seconds; tests hold the files and the packs
together. A file of lemmas made with other dictionaries than those installed is ignored.
"""

from __future__ import annotations

import sys
from pathlib import Path

from filters.packs.role_lists import compact

__all__ = ["main"]


def main() -> int:
    """Rewrites the files; returns the exit status."""
    data = Path(__file__).parent / "data"

    def write(name: str, kept: bytes) -> None:
        (data / name).write_bytes(kept)
        sys.stdout.write(f"{name}: {len(kept):,} bytes\n")

    for name in ("roles", "frames"):
        write(f"{name}.json", compact((data / f"{name}.toml").read_text("utf-8")).encode())
    # Only now: whatever reads texts reads the lists of roles when it is imported.
    from filters import prefilter, tables
    from filters.packs.countries import countries
    from filters.packs.derived import lemmas_of_packs, openings_of_patterns, queries_of_packs
    from filters.packs.kept import dump

    write("countries.json", countries().encode())
    write("tables.bin", tables.dump())
    # The filters first: the lemmas are those of their words.
    write("queries.bin", dump(queries_of_packs()))
    write("lemmas.bin", lemmas_of_packs())
    write("openings.bin", prefilter.dump(sorted(openings_of_patterns())))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
