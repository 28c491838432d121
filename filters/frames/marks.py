"""The marks of all frames of a sentence, and what a sentence leaves for those behind it."""

from __future__ import annotations

from collections.abc import Collection

from filters.frames.bodies import has_hurt_himself, of_bodies
from filters.frames.evading import of_evading
from filters.frames.punishing import is_punishing, of_punishing
from filters.frames.purposes import purpose_of
from filters.frames.refusers import names_refusers
from filters.frames.scenes import Marks, Scene

__all__ = ["frames", "leaves", "may_follow"]


def frames(scene: Scene) -> Marks:
    """Marks of a sentence, each with the topics that it by itself tells of. Those that begin with
    "y:" come of sentences before it, all others of its own words."""
    yield from of_bodies(scene)
    yield from of_punishing(scene)
    yield from of_evading(scene)


def leaves(scene: Scene, tells: Collection[str]) -> frozenset[str]:
    """What a sentence that tells of some topics leaves for those behind it: that somebody serves
    ("soldier"), refuses, leaves, asks out or hurts himself to ("refuser"), hurt himself ("hurt").
    """
    found = {"soldier"} if scene.serves else set[str]()
    if "self-harm" in tells or names_refusers(scene):
        found.add("refuser")
    if has_hurt_himself(scene):
        found.add("hurt")
    return frozenset(found)


def may_follow(scene: Scene) -> bool:
    """Whether a sentence may tell of what is done to those of whom one before it told, or what
    somebody hurt himself for."""
    if "refuser" in scene.before and is_punishing(scene):
        return True
    return "hurt" in scene.before and bool(purpose_of(scene))
