"""Who refuses, leaves or asks out, however a sentence names them: whom pressure is put on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from filters.frames.scenes import Scene
from filters.roles import Word
from filters.roles.meaning import SOLDIERS
from filters.roles.predicates import is_negated, kind_of

__all__ = ["names_refusers"]

_DEEDS: Final = frozenset(("wants_out", "appeal", "renew", "turns", "ended"))
_REFUSING: Final = frozenset(("refuse", "refusal", "disobey"))
_LEFT: Final = frozenset(("refusal", "desertion"))
_FOR: Final = frozenset(("за", "for", "over", "after", "после", "після"))
_WHO: Final = frozenset(("кто", "хто", "who", "тех", "тих", "тем", "тим", "those", "anyone"))
_KINDS_OF_DEEDS: Final = frozenset(("refusal", "refuse", "disobey"))
_ASKING: Final = ("кто", "хто", "who", "котор", "які", "який", "яких", "яким")
_MEN: Final = frozenset(
    ("men", "those", "anyone", "everyone", "all", "тех", "тих", "тем", "тим", "те", "ті", "всех",
     "усіх", "всем", "усім")
)  # fmt: skip


def names_refusers(scene: Scene) -> str:
    """How a sentence names them: "told" where it tells of it, "named" by a word, "asks out",
    "turns back", "who refuses"; "" if it does not."""
    if not _LEFT.isdisjoint(scene.told):
        return "told"
    if any("captive" in each for each in scene.kinds):
        return ""
    for at, each in enumerate(scene.kinds):
        if "refuser" in each or ("refusing" in each and not _is_said_of_others(at, scene.words)):
            return "named"
    for at, each in enumerate(scene.kinds):
        if (not each.isdisjoint(_DEEDS) or kind_of(scene.words[at].norm) in _REFUSING) and (
            found := _by_a_deed(at, scene)
        ):
            return found
    return ""


def _by_a_deed(at: int, scene: Scene) -> str:
    """How a word names them with those around it, or ""."""
    words, kinds, kind = scene.words, scene.kinds[at], kind_of(scene.words[at].norm)
    if not kinds and kind not in _KINDS_OF_DEEDS:
        return ""  # nearly all words
    is_of_who = any(word.norm in _WHO for word in words[max(0, at - 4) : at])
    if "wants_out" in kinds and scene.is_near("exit", at, 0, 7):
        is_written = any("appeal" in each for each in scene.kinds)
        if scene.serves or is_written or (is_of_who and _is_of_the_field(scene)):
            return "asks out"
    is_for = any(word.norm in _FOR for word in words[max(0, at - 2) : at])
    if "appeal" in kinds and ((is_for and scene.serves) or scene.is_near("exit", at, 0, 3)):
        return "asks out"
    if "renew" in kinds and scene.is_undone(at, 2) and scene.is_near("exit", at, 0, 3):
        return "asks out"
    if "turns" in kinds and scene.is_near("back", at, 0, 3):
        return "turns back"
    if "turns" in kinds and any("at_own" in each for each in scene.kinds):
        return "turns back"
    if "ended" in kinds and scene.serves and scene.is_near("contract", at, 4, 4):
        return "asks out"
    if kind == "refusal" and scene.serves and at and words[at - 1].norm in _FOR:
        return "named"
    if kind in ("refuse", "disobey") and _is_of_men_who(at, words) and not is_negated(at, words):
        return "who refuses"
    return ""


def _is_of_men_who(at: int, words: Sequence[Word]) -> bool:
    """Whether a verb is said of soldiers or men “who …”, and not of a landlord who refuses."""
    for place in range(at - 1, max(0, at - 5), -1):
        if words[place].norm.startswith(_ASKING):
            before = words[place - 1]
            return before.norm in _MEN or not before.groups.isdisjoint(SOLDIERS)
    return False


def _is_of_the_field(scene: Scene) -> bool:
    """Whether service is named, or a place where no employer keeps anybody."""
    return scene.is_of_service or any("pen" in each or "punish" in each for each in scene.kinds)


def _is_said_of_others(at: int, words: Sequence[Word]) -> bool:
    """«Таксиста, отказавшегося ехать»: whether a participle is of somebody who does not serve."""
    near = words[max(0, at - 3) : at]
    if not near or any(not word.groups.isdisjoint(SOLDIERS) or word.norm in _WHO for word in near):
        return False
    return "," in words[at].before or near[-1].norm.endswith(("а", "ов", "ых", "ів", "их"))
