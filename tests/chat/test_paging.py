"""Long lists: a page at a time, whatever number a button holds."""

from __future__ import annotations

import pytest

from bot.chat.paging import page_of


def test_pages_hold_each_entry_once_and_lead_to_their_neighbours():
    """Whoever turns all pages sees the whole list."""
    found = [*range(23)]

    pages = [page_of(found, number, 10) for number in range(3)]

    assert [each for page in pages for each in page.items] == found
    rows = [page.buttons("x", ":end") for page in pages]
    assert [[b.data for row in each for b in row] for each in rows] == [
        ["x:1:end"],
        ["x:0:end", "x:2:end"],
        ["x:1:end"],
    ]


@pytest.mark.parametrize("number", [2, 10**16])
def test_a_page_that_is_gone_is_the_last(number: int):
    """A list that became shorter since its buttons were drawn still answers them."""
    page = page_of([1, 2, 3], number, 2)

    assert (page.items, page.number, page.pages) == ([3], 1, 2)


def test_a_list_of_one_page_has_no_buttons_to_turn():
    """Neither has an empty one: a button that leads nowhere is noise."""
    assert page_of([1], 0, 5).buttons("x") == ()
    assert page_of([], 0, 5) == page_of([], 7, 5)
    assert page_of([], 0, 5).buttons("x") == ()
