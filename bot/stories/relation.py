"""Which story an item belongs to, once the stories of its keys are known.

The seam for what comes later: near copies bring further candidates with a score, the
same event in other words another relation, a next stage a development.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["Relation", "RelationKind", "relate"]

RelationKind: TypeAlias = Literal["new", "copy"]


@dataclass(frozen=True, slots=True)
class Relation:
    """`story_id` is None for an item that begins a story."""

    kind: RelationKind
    story_id: int | None = None


def relate(found: Collection[int], alerted: Collection[int] = ()) -> Relation:
    """The relation of an item whose keys belong to the stories `found`.

    Of several the one that was alerted goes first, then the oldest: whoever was
    told of it must not be told again under another. `alerted` are those of `found`
    that have an alert.
    """
    if not found:
        return Relation("new")
    return Relation("copy", min(found, key=lambda story: (story not in alerted, story)))
