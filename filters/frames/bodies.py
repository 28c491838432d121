"""Self-harm: what somebody does to his own body, and what it spares him.

«Солдат выпил уксус, чтобы не ехать на фронт», “a gunner paid a friend to break his jaw before
the flight”: no one verb tells it, nor one limb; the deed and the purpose together do.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from filters.frames.lists import HE, LAYS, UNDER, kinds_of
from filters.frames.purposes import SURELY, purpose_of
from filters.frames.scenes import Marks, Scene

__all__ = ["has_hurt_himself", "of_bodies"]

_DEEDS: Final = frozenset(("feign", "harm", "take", "gain", "bid"))
_WEAK: Final = frozenset(("limb", "oneself", "gain"))
"""Deeds that tell of it only where it is said what for."""
_CLEAR: Final = frozenset(("feign", "harm", "bid"))
_BY_SUBJECT: Final = frozenset(("feign", "harm", "take"))
_OTHERS: Final = frozenset(("office", "commander", "other", "kin"))
_HIS: Final = frozenset(("his", "their", "her"))
_ONLY_ONES_OWN: Final = frozenset(
    ["shot", "chopped", "hammered", "sliced", "drove", "severed", "hacked"]
)
"""English verbs with which “his foot” is one's own: to break one's ankle is most often chance."""
_EACH: Final = frozenset(
    (
        *(("друг", other) for other in ("друга", "другу")),
        *((one, two) for one in ("один", "одне") for two in ("одного", "одному")),
        ("each", "other"),
        ("one", "another"),
    )
)
_BY_ITSELF: Final = ("malinger", "симуля")
_MAIMING: Final = ("maim", "mutilat", "покалеч", "калеч", "каліч", "покаліч", "изувеч")
_STARVING: Final = ("starv", "морил", "морив", "голода")
_BY_CHANCE: Final = (
    "holster", "unload", "clean", "hunt", "fell", "чист", "разря", "розря", "охот", "полюв",
    "поспор", "случай", "випадк", "accident", "посвар", "ссор", "quarrel",
)  # fmt: skip
_INTENT: Final = ("намерен", "намір", "intent", "мечта", "мрія")


def of_bodies(scene: Scene) -> Marks:
    """Marks of what is done to one's own body."""
    found = _deed(scene)
    if not found and "hurt" not in scene.before:
        return
    why = purpose_of(scene)
    is_he = any(word.norm in HE for word in scene.words)
    if not found:
        if why in SURELY and "hurt" in scene.before and is_he:
            yield f"y:body:{why}", ("self-harm",) if scene.mood_of_fakes == "told" else ()
        return
    deed, at = found
    side = "soldier" if scene.serves else "recruit" if scene.calls_up else "nobody"
    yield f"x:body:{deed}:{why or 'no purpose'}:{scene.mood_of_fakes}", ()
    yield f"x:body:{side}:{why or 'no purpose'}", ()
    if scene.mood_of_fakes != "told" or not _is_his_own_doing(deed, at, scene):
        return
    is_aimed = why in SURELY or (why == "before" and deed not in _WEAK)
    if is_aimed and (scene.serves or scene.calls_up or scene.is_of_service):
        is_before_service = scene.calls_up and not scene.serves
        yield "x:body", ("self-harm", "draft-evasion") if is_before_service else ("self-harm",)
    elif scene.serves and (deed in _CLEAR or _maims(at, scene)) and not _is_chance(scene):
        yield "x:body", ("self-harm",)
    elif is_he and "soldier" in scene.before and (why or deed in _CLEAR):
        yield "y:body", ("self-harm",)


def has_hurt_himself(scene: Scene) -> bool:
    """Whether somebody who serves hurt himself or played ill, whatever for."""
    return scene.serves and _deed(scene) is not None


def _is_his_own_doing(deed: str, at: int, scene: Scene) -> bool:
    if scene.is_of_sport or not scene.is_done(at):
        return False
    if any(word.norm.startswith(_INTENT) for word in scene.words[max(0, at - 2) : at]):
        return False
    return deed not in _BY_SUBJECT or scene.who_does(at) not in _OTHERS


def _is_chance(scene: Scene) -> bool:
    return any(word.norm.startswith(_BY_CHANCE) for word in scene.words)


def _deed(scene: Scene) -> tuple[str, int] | None:
    """What is done to a body and where it is told, the clearest first."""
    weak: tuple[str, int] | None = None
    for at, kinds in enumerate(scene.kinds):
        if kinds.isdisjoint(_DEEDS) and scene.words[at].norm not in LAYS:
            continue
        if _plays_ill(at, scene):
            return "feign", at
        is_harm = "harm" in kinds
        is_own = is_harm and _is_own(at, scene)
        if is_harm and scene.is_near("limb", at, 5, 8):
            if is_own:
                return "harm", at
            weak = weak or ("limb", at)
        if _lays(at, scene):
            weak = weak or ("limb", at)
        if "take" in kinds and (scene.is_near("stuff", at, 4, 8) or _starves(at, scene)):
            return "take", at
        if "bid" in kinds and _bids(at, scene):
            return "bid", at
        if "gain" in kinds and scene.is_near("ill", at, 0, 4):
            weak = weak or ("gain", at)
        if is_own:
            weak = weak or ("oneself", at)
    return weak


def _maims(at: int, scene: Scene) -> bool:
    """«Калечил себя»: whether a verb of maiming needs no limb."""
    return scene.words[at].norm.startswith(_MAIMING) and _is_own(at, scene)


def _starves(at: int, scene: Scene) -> bool:
    return scene.words[at].norm.startswith(_STARVING) and scene.is_near("own", at, 2, 2)


def _plays_ill(at: int, scene: Scene) -> bool:
    if "feign" not in scene.kinds[at]:
        return False
    if scene.words[at].norm.startswith(_BY_ITSELF):
        return True
    return scene.is_near("ill", at, 4, 7) or scene.is_near("limb", at, 0, 4)


def _is_own(at: int, scene: Scene) -> bool:
    """Whether “oneself”, “one's own” or “each other” stands near a deed."""
    if scene.is_near("own", at, 4, 7):
        return True
    words = scene.words
    if words[at].norm in _ONLY_ONES_OWN and any(
        one.norm in _HIS and "limb" in kinds_of(two.norm)
        for one, two in pairwise(words[at + 1 : at + 6])
    ):
        return True
    near = words[max(0, at - 4) : at + 7]
    return any((one.norm, two.norm) in _EACH for one, two in pairwise(near))


def _lays(at: int, scene: Scene) -> bool:
    """“Put his hand under the ramp”, «положил руку под колесо»."""
    words = scene.words
    if words[at].norm not in LAYS or not scene.is_near("limb", at, 0, 4):
        return False
    return any(word.norm in UNDER for word in words[at + 1 : at + 7])


def _bids(at: int, scene: Scene) -> bool:
    """Whether somebody is asked or paid to hurt a limb."""
    return any(
        "harm" in scene.kinds[place] and scene.is_near("limb", place, 5, 6)
        for place in range(at + 1, min(len(scene.kinds), at + 9))
    )
