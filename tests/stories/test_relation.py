"""Which story an item joins."""

from __future__ import annotations

import pytest

from bot.stories.relation import Relation, relate


@pytest.mark.parametrize(
    ("found", "alerted", "relation"),
    [
        ((), (), Relation("new")),
        ((7,), (), Relation("copy", 7, score=1.0, reasons=("key",))),
        ((9, 7), (), Relation("copy", 7, score=1.0, reasons=("key",))),
        ((9, 7), (9,), Relation("copy", 9, score=1.0, reasons=("key",))),
        ((9, 7), (9, 7), Relation("copy", 7, score=1.0, reasons=("key",))),
    ],
)
def test_item_joins_what_was_told_then_what_is_oldest(
    found: tuple[int, ...], alerted: tuple[int, ...], relation: Relation
) -> None:
    """An item that ties two stories together makes no third alert."""
    assert relate(found, alerted) == relation
