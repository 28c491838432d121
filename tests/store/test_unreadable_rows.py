"""Rows set aside: kept for the process, told once."""

from __future__ import annotations

import pytest

from bot.store import unreadable_rows


def test_a_row_is_told_once_and_stays_known() -> None:
    """However often it is met; a row of the same id in another table is another."""
    for table, row_id in (("fits", 1), ("fits", 1), ("posts", 1), ("chats", "a")):
        unreadable_rows.note(table, row_id, "ValueError")
    told = [(each.table, each.id) for each in unreadable_rows.fresh()]

    assert told == [("fits", 1), ("posts", 1), ("chats", "a")]
    assert unreadable_rows.fresh() == []
    assert len(unreadable_rows.known()) == 3
    assert (unreadable_rows.ids("posts"), unreadable_rows.ids("chats")) == ([1], [])


@pytest.mark.parametrize("turn", [1, 2])
def test_no_test_knows_the_rows_of_another(turn: int) -> None:
    """Whichever runs first: each of our tests reads a database of its own."""
    before = unreadable_rows.known(), unreadable_rows.fresh()
    unreadable_rows.note("fits", turn, "TypeError")

    assert before == ([], [])
