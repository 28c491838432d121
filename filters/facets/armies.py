"""Whose army: what names it outright, else the towns and courts that hint at one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, TypeAlias

from filters.facets.lists import EVIDENCE, Army, lists
from filters.rules import RuleText
from filters.towns import find_towns

__all__ = ["army_at", "army_of", "own_side"]

_Said: TypeAlias = tuple[Army, tuple[str, ...]]
_BEFORE_TOWN: Final = 60  # letters before a town that may say who is of it
_SENTENCE: Final = re.compile(r"(?<=[.!?…])[\"»”)]*\s+|\n\s*")


def army_at(near: Sequence[RuleText], whole: RuleText, *, roundup: bool, lead: str) -> _Said:
    """The nearest place that names an army outright, then the nearest whose towns hint at one.

    Of a roundup a town in the entry tells more than an army named in another. Another country's
    army counts where its own sentence, its paragraph or the beginning (`lead`) names it: further
    on it is an aside.
    """
    for places in (near, (whole,)) if roundup else ((*near, whole),):
        for tell in (_named, _hinted, _settled):
            before = ""
            for place in places:
                said = place.text.strip()
                if said == before:
                    continue  # the entry is the item
                before = said
                army, why = tell(place)
                if army == "other" and place is not near[0] and not any(w in lead for w in why):
                    continue
                if army != "unknown":
                    return army, why
    return "unknown", ()


def army_of(nearest: RuleText, whole: RuleText) -> _Said:
    """The nearest text that tells decides: the sentences that matched, then all of it."""
    return next((told for told in map(_named, (nearest, whole)) if told[1]), _hinted(whole))


def own_side(around: RuleText, own: str) -> RuleText:
    """What an entry tells of the side of the front that its part `own` speaks of."""
    across = lists().across
    text = around.text
    at = text.find(own) if own else -1
    if at < 0:
        return around
    for found in _SENTENCE.finditer(text):
        if across.match(text, found.end()):
            side = text[: found.start()] if found.end() > at else text[found.end() :]
            return lists().rules.of(side)
    return around


def _named(place: RuleText) -> _Said:
    """The army that a text names outright; who only tells of one counts where nothing else does."""
    known = lists()
    if not place.has_any(known.naming):
        return "unknown", ()
    led = _led(place)
    if led[1]:
        return led
    found = {army: place.first(rule, EVIDENCE) for army, rule in known.strong.items()}
    best = _winner(found)
    return (best, found[best]) if best else ("unknown", ())


def _led(place: RuleText) -> _Said:
    """The army that one who tells of it leads to («Минобороны РФ заявило, что в бригаде ВСУ …»)."""
    known = lists()
    for speaker in place.finditer(known.speaker):
        for army, rule in known.strong.items():
            for named in place.finditer(rule):
                between = place.text[speaker.end() : named.start()]
                if named.start() >= speaker.end() and known.led.fullmatch(between):
                    return army, (named[0],)
    return "unknown", ()


def _hinted(whole: RuleText) -> _Said:
    """The one army whose towns and courts a text names, those it is sent to aside."""
    if not whole.has_any(lists().hinting):
        return "unknown", ()
    quiet = whole.without(lists().destination)
    if quiet is not None:
        whole = lists().rules.of(quiet)
    no_town = lists().namesakes.has
    found = {army: whole.first(rule, EVIDENCE, no_town) for army, rule in lists().weak.items()}
    present = [army for army, words in found.items() if words]
    if len(present) == 1:
        return present[0], found[present[0]]
    return "unknown", ()


def _settled(place: RuleText) -> _Said:
    """The army of the country whose town soldiers are of or a court sits in («солдат из Кашина»,
    "a court in Lutsk"), or that a sentence opens with («У Малі солдати …»). Nothing where a text
    hints at more than one."""
    known, text = lists(), place.text
    rules = (*known.strong.values(), *known.weak.values())
    if place.has_any(known.naming | known.hinting) and any(place.first(each, 1) for each in rules):
        return "unknown", ()
    found: dict[Army, tuple[str, ...]] = {}
    for town, start, end in find_towns(text):
        army = _ARMY_OF.get(town.country)
        if army and _whose().search(text, max(0, start - _BEFORE_TOWN), start):
            found[army] = (*found.get(army, ()), text[start:end])
    if not found:
        for begins in (0, *(sentence.end() for sentence in _SENTENCE.finditer(text))):
            if far := known.far.match(text, begins):
                found["other"] = (far[0].split()[-1],)
    return next(iter(found.items())) if len(found) == 1 else ("unknown", ())


_ARMY_OF: Final[Mapping[str, Army]] = {"ru": "ru", "ua": "ua", "by": "other"}


@cache
def _whose() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{lists().of_town.pattern})\s\Z", re.IGNORECASE)


def _winner(found: Mapping[Army, Sequence[str]]) -> Army | None:
    """The army named more often; none where two are named alike."""
    if not any(found.values()):
        return None
    counts = sorted(
        ((len({w.casefold() for w in words}), army) for army, words in found.items()), reverse=True
    )
    if counts[0][0] == counts[1][0]:
        return None
    return counts[0][1]
