"""What was found is listed by the words that decided."""

from __future__ import annotations

import pytest

from bot.alerts.small_words import telling


@pytest.mark.parametrize(
    ("found", "listed"),
    [
        (["бойцы", "которых", "держат в", "в яме"], ["бойцы", "держат", "в яме"]),
        (["щоб його", "відмовилися", "собі"], ["відмовилися"]),
        (["they", "refused to", "Refused", "the front"], ["refused", "the front"]),
        (["не хотят", "не"], ["не хотят", "не"]),
    ],
)
def test_small_words_are_left_out(found: list[str], listed: list[str]) -> None:
    """A reader learns nothing from «которых»; a negation decides and stays."""
    assert telling(found) == listed


def test_what_was_found_is_never_nothing() -> None:
    """Who watches for «его» reads that it was found."""
    assert telling(["его"]) == ["его"]
