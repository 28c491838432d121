"""What buttons narrow by is added to what was typed, and taken away, without touching that."""

from __future__ import annotations

import pytest

from filters.choices import FIELDS, choose, chosen, without_choices
from filters.narrowing import parse_narrowing

TYPED = (
    "",
    "Псков",
    "Псков, Тула",
    "(Псков, Тула) -учения",
    '"kind:court в кавычках" Чита',
    "-Псков",
    "Псков OR Тула",
    "(kind:court, Псков)",
    "NOT era:historical",
    "Псков AND kind:court",
    "source:3 И Псков",
)


@pytest.mark.parametrize("typed", TYPED)
def test_choices_come_and_go(typed: str) -> None:
    """Each field by itself; in the end what was typed means what it meant."""
    values = {
        "kind": ("court", "media"),
        "lang": ("ru",),
        "source": ("3", "17"),
        "era": ("now", "historical"),
    }
    narrowed = typed
    for field in FIELDS:
        narrowed = choose(narrowed, field, values[field])
        parse_narrowing(narrowed)
    held = {field: chosen(narrowed, field) for field in FIELDS}
    rest = without_choices(narrowed)
    for field in FIELDS:
        narrowed = choose(narrowed, field, ())

    assert held == values
    assert rest in (typed, f"({typed})")
    assert narrowed in (typed, f"({typed})")
    if typed:
        assert parse_narrowing(narrowed).root == parse_narrowing(typed).root


def test_a_choice_is_put_in_the_place_of_another() -> None:
    """Only lists that hold for all of it are choices; one of two alternatives is none."""
    assert choose("Псков kind:court", "kind", ("media",)) == "Псков kind:media"
    assert chosen("kind:court, Псков", "kind") == ()
    assert chosen("-kind:court Псков", "kind") == ()
    assert chosen("NOT era:historical", "era") == ()
