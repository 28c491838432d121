"""What the recognisers return."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["EntityMention"]


@dataclass(frozen=True, slots=True)
class EntityMention:
    """An entity found in a text.

    `id` is canonical (`person:chikov`, `law:ru:337/5`, `count:>=60`); `kind` its
    first part. `start` and `end` are code points of the original `field`.
    `inferred` marks what the text does not say outright: an offence by name for
    its article, a bare article number, a unit's country from its context.
    """

    id: str
    kind: str
    field: str
    start: int
    end: int
    inferred: bool = False
