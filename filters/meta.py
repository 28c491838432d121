"""Conditions on what is known of an item beside its words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from filters.analysis import Analysis
from filters.nodes import Facet, Meta

__all__ = ["FACET_FIELDS", "META_FIELDS", "facet", "holds", "is_equal", "meta", "values"]

META_FIELDS: Final = ("source", "kind", "lang", "author", "url", "tag", "fwd", "has")
FACET_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "army": ("ru", "ua", "other", "unknown"),
    "stage": ("report", "charge", "verdict", "appeal", "statistics", "commentary"),
    "era": ("now", "historical"),
}
_EQUAL: Final = frozenset({"kind", "lang", "tag", "has", "source_id"})
_ALLOWED: Final[Mapping[str, tuple[str, ...]]] = {
    "kind": ("court", "official", "media", "rights", "anonymous"),
    "lang": ("ru", "uk", "en"),
    "has": ("title", "text", "link", "tag", "author", "forward"),
}


def meta(field: str, value: str) -> Meta | tuple[str, ...]:
    """The condition, or the values the field allows when this is none of them."""
    value = value.replace('"', "").casefold().strip()
    if field in {"source", "tag", "fwd"}:
        value = value.lstrip("@#")
    value = " ".join(value.split())
    allowed = _ALLOWED.get(field)
    if (allowed and value not in allowed) or not value:
        return allowed or ("…",)
    return Meta(field, value)


def facet(field: str, value: str) -> Facet | tuple[str, ...]:
    """The condition on a facet, or the values it may have when this is none of them."""
    allowed = FACET_FIELDS[field]
    return Facet(field, value.lower()) if value.lower() in allowed else allowed


def values(field: str, analysis: Analysis) -> tuple[str, ...]:
    """What an item has for a field, folded as conditions are."""
    document = analysis.document
    if field == "lang":
        return (analysis.lang,)
    if field == "has":
        has = {
            "title": document.title,
            "text": document.text,
            "link": document.links,
            "tag": document.tags,
            "author": document.author,
            "forward": document.forwarded_from,
        }
        return tuple(name for name, what in has.items() if what)
    raw: Mapping[str, tuple[str, ...]] = {
        "source": (document.source,),
        "source_id": (str(document.source_id or ""),),
        "kind": (document.kind,),
        "author": (document.author,),
        "url": (document.url, *document.links),
        "tag": tuple(tag.lstrip("#") for tag in document.tags),
        "fwd": (document.forwarded_from,),
    }
    return tuple(" ".join(value.casefold().split()) for value in raw[field] if value)


def is_equal(field: str) -> bool:
    """Whether a field's value must be equal; else it must be contained."""
    return field in _EQUAL


def holds(condition: Meta, analysis: Analysis) -> bool:
    """`kind`, `lang`, `tag`, `has` and a source's number must be equal, others contain it."""
    found = values(condition.field, analysis)
    if is_equal(condition.field):
        return condition.value in found
    return any(condition.value in value for value in found)
