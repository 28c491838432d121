"""Pressure: what is done to those who refuse, leave or ask out, and is no law.

Whom it is done to may be told in the same sentence («тех, кто просился домой, держат в яме») or
in one before it («Их держат в яме»); a court's sentence is none, nor is what they do to others.
"""

from __future__ import annotations

from typing import Final

from filters.frames.lists import THEM, kinds_of
from filters.frames.purposes import purpose_of
from filters.frames.refusers import names_refusers
from filters.frames.scenes import Marks, Scene
from filters.roles.lists import THOSE
from filters.roles.meaning import SOLDIERS
from filters.roles.moods import is_bidden
from filters.roles.predicates import is_negated, kind_of

__all__ = ["is_punishing", "of_punishing"]

_ALONE: Final = {
    "punish": "hurt",
    "lock": "lock",
    "shoot": "shoot",
    "threaten": "threaten",
    "dismiss": "dismiss",
    "penalise": "penalise",
}
_BAD: Final = ("punish", "shoot", "lock", "pen", "harm")
# A kind of deed, what stands near it, how far before and behind, what that is.
_WITH: Final = (
    ("keep", "pen", 4, 8, "keep"),
    ("keep", "kneel", 2, 5, "hurt"),
    ("strip", "goods", 4, 5, "strip"),
    ("without", "need", 0, 3, "starve"),
    ("march", "slaughter", 3, 6, "march"),
    ("visit", "home_folk", 6, 6, "visit"),
    ("bag", "head", 1, 4, "hurt"),
)
_DEEDS: Final = frozenset((*_ALONE, *(each[0] for each in _WITH), "give", "harm", "promise"))
_THEIRS: Final = frozenset(("refuser", "we", "bound", "soldier", "unit", "man", "pronoun", "crowd"))
_OF_SOLDIERS: Final = frozenset(("soldier", "unit", "refuser", "bound", "we"))
_BARE: Final = frozenset(("nobody", "pronoun", "bound", "crowd", "man", "name", "soldier"))
_THINGS: Final = frozenset(("other", "office", "commander"))
_LAWFUL: Final = frozenset(("strip", "march", "visit", "threaten", "shoot", "lock", "penalise"))
"""Deeds that a court or an investigator does too."""
_SAID_ONLY: Final = frozenset(("dismiss", "penalise"))
"""Deeds that tell of it only with what the score knows besides."""
_FIRES: Final = frozenset(("бить", "бил", "били", "бьют", "бив", "б'ють", "бити"))
_AT: Final = frozenset(("по", "из", "з", "із"))


def is_punishing(scene: Scene) -> bool:
    """Whether a sentence may tell of a punishment at all."""
    return not scene.present.isdisjoint(_DEEDS) and any(
        _deed_at(at, scene) for at in range(len(scene.kinds))
    )


def of_punishing(scene: Scene) -> Marks:
    """Marks of punishments."""
    if scene.present.isdisjoint(_DEEDS):
        return
    deeds = [(at, deed) for at in range(len(scene.kinds)) if (deed := _deed_at(at, scene))]
    whom = names_refusers(scene) if deeds else ""
    if not whom and (not deeds or "refuser" not in scene.before):
        return
    lawful = any("lawful" in each for each in scene.kinds)
    mood = scene.mood
    for at, deed in deeds:
        if _is_not_done(at, deed, scene) or (lawful and deed in _LAWFUL):
            continue
        if whom and _is_done_by_them(at, scene):
            yield f"x:punish:by them:{deed}", ()
        elif whom:
            yield f"x:punish:{deed}:{whom}:{mood}", ()
            is_plain = mood in ("told", "feared") and deed not in _SAID_ONLY
            is_plain = is_plain and not (deed == "starve" and whom == "told")
            yield f"x:punish:{whom}:{mood}", ("pressure",) if is_plain else ()
        elif _is_done_to_those_before(at, scene):
            is_plain = mood == "told" and deed not in _SAID_ONLY
            yield f"y:punish:{deed}:{mood}", ("pressure",) if is_plain else ()


def _deed_at(at: int, scene: Scene) -> str:
    """The punishment that a word tells of with those around it, or ""."""
    found = scene.kinds[at]
    if found.isdisjoint(_DEEDS):
        return ""
    for kind, deed in _ALONE.items():
        if kind in found:
            return deed
    for kind, other, before, behind, deed in _WITH:
        if kind in found and scene.is_near(other, at, before, behind):
            return deed
    if "give" in found and scene.is_undone(at, 2) and scene.is_near("goods", at, 3, 4):
        return "withhold"
    if "promise" in found and any(scene.is_near(each, at, 0, 6) for each in _BAD):
        return "threaten"
    is_maimed = "harm" in found and scene.is_near("limb", at, 2, 3) and not purpose_of(scene)
    is_maimed = is_maimed and not scene.is_near("bid", at, 9, 0)
    return "maim" if is_maimed and not scene.is_near("own", at, 3, 5) else ""


def _is_not_done(at: int, deed: str, scene: Scene) -> bool:
    """Whether it is denied, called for, what somebody refuses to do, firing at a place or a
    threat to who commands."""
    words = scene.words
    if (deed != "withhold" and is_negated(at, words)) or is_bidden(at, words):
        return True
    if at and kind_of(words[at - 1].norm) in ("refuse", "wont"):
        return True
    behind = words[at + 1 : at + 4]
    if words[at].norm in _FIRES and behind and behind[0].norm in _AT:
        if scene.is_near("at_own", at, 0, 3):
            return False
        return all("limb" not in kinds_of(word.norm) for word in behind)
    return deed == "threaten" and any(
        "commander" in word.groups and "," not in word.before for word in behind[:2]
    )


def _is_done_by_them(at: int, scene: Scene) -> bool:
    """Whether those who refuse or run do it: “deserters beat a shopkeeper”. Others who serve may
    do it to them, if it says so: “military police beat them”."""
    side = scene.who_does(at)
    if scene.is_done_to(at):
        return side in _THINGS  # the gates were locked
    if side == "nobody":
        form = scene.grammar.of(scene.words[at].norm)
        is_one = form.is_verb and "sing" in form.finite and "plur" not in form.finite
        return is_one and not scene.words[at].norm.endswith(("ю", "у"))  # not «расстреляю»
    return side == "refuser" or (side in _THEIRS and not _is_to_them(at, scene))


def _is_to_them(at: int, scene: Scene) -> bool:
    """Whether a pronoun or a refuser stands right behind a deed, or a pronoun right before it."""
    near = scene.words[max(0, at - 2) : at + 5]
    ahead = scene.words[max(0, at - 6) : at]  # «тех, кто просился домой, заперли»
    return (
        any(word.norm in THEM for word in near)
        or any(word.norm in THOSE for word in ahead)
        or scene.is_near("refuser", at, 0, 4)
    )


def _is_done_to_those_before(at: int, scene: Scene) -> bool:
    """Whether whom it is done to is a pronoun, or men, or nobody says whom («били всю ночь»)."""
    side = scene.who_does(at)
    if scene.is_done_to(at):
        return side in _BARE
    near = scene.words[max(0, at - 5) : at + 7]
    if any(word.norm in THEM for word in near):
        return side not in _OF_SOLDIERS
    if any(not word.groups.isdisjoint(SOLDIERS) for word in near):
        return side not in _OF_SOLDIERS and side != "pronoun"
    return side == "nobody" and "plur" in scene.grammar.of(scene.words[at].norm).finite
