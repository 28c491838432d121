"""A word of a sentence as roles see it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Word"]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a sentence: normalised, its groups by name, and what stands before it that
    is no word (spaces, commas, dashes)."""

    norm: str
    groups: frozenset[str]
    before: str
    is_capital: bool
