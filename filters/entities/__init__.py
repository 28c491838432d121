"""Entities: who, what and where a text speaks of, as canonical ids with places in the text.

`gazetteer` finds known names; `patterns` (laws, units, courts, counts, terms,
dates) what is written by rule. `forms` works out the cases of names when an
entity is saved, `propose` reads what is typed to save one.
"""

from __future__ import annotations

from filters.entities.gazetteer import Entity, Gazetteer, entity_of
from filters.entities.mention import EntityMention

__all__ = ["Entity", "EntityMention", "Gazetteer", "entity_of"]
