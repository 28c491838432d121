"""A message's text as it grows: what Telegram would refuse or misread never goes out."""

from __future__ import annotations

import pytest

from bot.alerts.body import MOST_ENTITIES, Body
from tests.support.telegram_html import parse_html


@pytest.mark.parametrize(
    "url",
    [
        "https://post.example/?a=1&copy=2",
        "https://post.example/?a=1&lt=2",
        "https://p.example/?q='x'",
    ],
)
def test_a_link_leads_where_it_was_meant_to(url: str) -> None:
    """An address goes into an attribute: of `&copy=` in it Telegram would make a letter."""
    _, [entity] = parse_html(Body().link(url, "here").html)

    assert entity.url == url


def test_a_quote_in_an_address_ends_no_attribute() -> None:
    """What a feed calls an address may hold markup; none of it is ours."""
    body = Body().link('https://post.example/?q="><b>loud</b>', "here")

    text, entities = parse_html(body.html)
    assert text == "here"
    assert [each.type for each in entities] == ["text_link"]


def test_a_message_has_room_for_a_hundred_entities() -> None:
    """Telegram drops the rest without a word: the last links would be plain text."""
    full, one = Body(), Body().bold("x")
    for _ in range(MOST_ENTITIES):
        full.bold("x")

    assert MOST_ENTITIES == 100
    assert full.fits()
    assert not full.fits(one)
    assert full.fits(Body().text("x"))
