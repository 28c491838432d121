"""`python -m bench.rooms`: counts the rooms of the code, their floors and the arrows between them.

A room is a package of `bot`, a module that lies in `bot` itself, or `filters`. An arrow leads from
one room to another that it imports. A room's floor is one above the highest that it imports. Which
floor each room has is a contract of import-linter in `pyproject.toml`: `make lint` holds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import grimp

__all__ = ["arrows", "floors", "main"]


def arrows() -> dict[str, set[str]]:
    """Which rooms each room imports."""
    graph = grimp.build_graph("bot", "filters", include_external_packages=False)
    found: dict[str, set[str]] = {}
    for module in graph.modules - {"bot"}:
        above = found.setdefault(_room(module), set())
        imported = {_room(each) for each in graph.find_modules_directly_imported_by(module)}
        above |= imported - {_room(module), "bot"}
    return found


def floors(found: Mapping[str, set[str]]) -> dict[int, list[str]]:
    """The rooms of each floor. Raises RecursionError where rooms import each other in a circle."""

    @cache
    def floor(room: str) -> int:
        return 1 + max(map(floor, found[room]), default=0)

    by_floor: dict[int, list[str]] = {}
    for room in sorted(found):
        by_floor.setdefault(floor(room), []).append(room)
    return by_floor


def _room(module: str) -> str:
    parts = module.split(".")
    return "filters" if parts[0] == "filters" else ".".join(parts[:2])


def main() -> None:
    found = arrows()
    by_floor = floors(found)
    count = sum(map(len, found.values()))
    print(f"{len(found)} rooms, {len(by_floor)} floors, {count} arrows")
    for floor in sorted(by_floor, reverse=True):
        print(f"{floor:3}  {', '.join(by_floor[floor])}")


if __name__ == "__main__":
    main()
