"""What something is done for: to be spared service, or right before one is to go."""

from __future__ import annotations

from typing import Final

from filters.frames.scenes import Scene

__all__ = ["SURELY", "purpose_of"]

SURELY: Final = frozenset(("spared", "stays"))
"""Purposes that say themselves what somebody wants out of."""
_BEGINNING: Final = frozenset(("aim", "before", "undone"))
_REACH: Final = 10
_GET: Final = frozenset(
    ("be", "get", "avoid", "escape", "dodge", "evade", "miss", "skip", "shirk", "stay", "go",
     "win", "earn", "secure", "obtain", "keep", "have", "catch")
)  # fmt: skip
"""What stands behind a “to” of purpose; “to hospital” is none."""
_INSTEAD: Final = frozenset(("rather", "instead", "вместо", "замість", "avoiding", "avoid"))
_UNWILLING: Final = frozenset(
    ("хотел", "хотели", "хотів", "хотіли", "хотевший", "желая", "бажаючи")
)


def purpose_of(scene: Scene) -> str:
    """ "spared" where somebody is to be let off, "stays" where he is not to go, "before" right
    before the departure; "" where no purpose is told."""
    kinds = scene.kinds
    if scene.present.isdisjoint(_BEGINNING):
        return ""
    for at, found in enumerate(kinds):
        if "aim" in found and (why := _aimed_at(at, scene)):
            return why
        if scene.words[at].norm in _UNWILLING and scene.is_undone(at, 1):
            return "stays" if scene.is_near("going", at, 0, 4) else ""
        if "before" in found and scene.is_near("away", at, 0, 4):
            return "before"
    return ""


def _aimed_at(at: int, scene: Scene) -> str:
    words, kinds = scene.words, scene.kinds
    norm = words[at].norm
    if norm == "because" or (
        norm == "to" and (at + 1 >= len(words) or words[at + 1].norm not in _GET)
    ):
        return ""
    if norm in _INSTEAD:
        is_going = scene.is_near("going", at, 0, 5) or scene.is_near("service", at, 0, 5)
        return "stays" if is_going else ""
    for place in range(at + 1, min(len(kinds), at + 1 + _REACH)):
        if "undone" in kinds[place] and scene.is_near("going", place, 0, at + _REACH - place):
            return "stays"
        if "spared" in kinds[place]:
            return "spared"
    return ""
