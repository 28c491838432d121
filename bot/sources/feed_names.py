"""What the texts of a feed's entry are, by name: for whoever reads its XML and whoever uses it."""

from __future__ import annotations

from typing import Final

__all__ = ["CAPTION", "SUMMARY"]

SUMMARY: Final = "summary"
CAPTION: Final = "caption"
