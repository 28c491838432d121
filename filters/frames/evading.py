"""Draft-evasion: a summons, the call-up or the recruiters, and what is done instead of coming."""

from __future__ import annotations

from typing import Final

from filters.frames.purposes import SURELY, purpose_of
from filters.frames.scenes import Marks, Scene
from filters.roles.lists import EVADED

__all__ = ["of_evading"]

_REACH: Final = 9
_OTHERS: Final = frozenset(("office", "commander", "soldier", "unit", "refuser"))
_WHILE: Final = frozenset(("период", "період", "время", "час", "часы", "during", "after", "под"))
_TO: Final = frozenset(
    ("в", "у", "во", "по", "на", "до", "к", "to", "at", "for", "before", "by", "of")
)
_ELSE: Final = next(pattern for what, pattern in EVADED if what == "else")


def of_evading(scene: Scene) -> Marks:
    """Marks of who stays out of the call-up."""
    words, kinds = scene.words, scene.kinds
    summoned = [
        at
        for at, each in enumerate(kinds)
        if ("summons" in each and not (at and words[at - 1].norm in _WHILE))
        or (words[at].norm == "call" and words[at + 1 : at + 2] and words[at + 1].norm == "up")
    ]
    if not summoned and not scene.calls_up:
        return
    if scene.is_of_sport or any(_ELSE.match(word.norm) for word in words):
        return
    is_told = scene.mood_of_fakes == "told"
    if not scene.serves and scene.calls_up and (why := purpose_of(scene)) in SURELY:
        yield f"x:evades:{why}:{scene.mood_of_fakes}", ("draft-evasion",) if is_told else ()
    for at in range(len(kinds)):
        if not any(0 < abs(at - place) <= _REACH for place in summoned):
            continue
        deed = _deed_at(at, scene)
        if deed:
            yield f"x:evades:{deed}:{scene.mood_of_fakes}", ()
        if deed and is_told and (deed == "no show" or scene.is_done(at)):
            side = "soldier" if scene.serves else scene.who_does(at)
            is_open = side not in _OTHERS and deed != "talk" and not _is_a_name(at, deed, scene)
            yield f"x:evades:{deed}:{side}", ("draft-evasion",) if is_open else ()


def _deed_at(at: int, scene: Scene) -> str:
    """What is done instead of coming, or ""."""
    found = scene.kinds[at]
    if "shun" in found:
        return "talk" if scene.is_near("talk", at, 0, 4) else "shun"
    if "buy" in found and scene.is_near("paper", at, 3, 6):
        return "buy"
    if "appear" not in found or not scene.is_undone(at, 3) or scene.is_near("lawful", at, 0, 3):
        return ""
    return "" if _is_sent(at, scene) else "no show"


def _is_sent(at: int, scene: Scene) -> bool:
    """“The recruiter did not appear”, «повестка не пришла»: whether what does not come is what
    calls up."""
    for place in range(max(0, at - 4), at):
        if "summons" in scene.kinds[place]:
            before = {word.norm for word in scene.words[max(0, place - 2) : place]}
            return before.isdisjoint(_TO)
    return False


def _is_a_name(at: int, deed: str, scene: Scene) -> bool:
    """Whether a word only names evasion: laws and leaflets do («что грозит за неявку»)."""
    norm = scene.words[at].norm
    return deed == "shun" and (norm == "evasion" or scene.grammar.of(norm).is_noun)
