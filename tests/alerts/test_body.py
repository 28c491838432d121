"""A message's text as it grows: what Telegram would refuse or misread never goes out."""

from __future__ import annotations

import pytest

from bot.alerts.body import MOST_ENTITIES, MOST_UNITS, Body, clean, utf16
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


def test_a_quotation_is_one_entity_and_what_is_empty_none() -> None:
    """What is counted is what Telegram counts: a tag without letters is none."""
    quoted = Body().quote(Body().bold("x").text(" y"))

    assert quoted.entities == 2
    assert Body().bold(" ").html == " "
    assert Body().bold(" ").entities == Body().text("x").entities == 0
    assert Body().quote(Body()).html == ""
    assert not Body().text("")


@pytest.mark.parametrize(
    ("folds", "html", "plain"),
    [
        (False, "<blockquote>a <b>b</b></blockquote>", "«a b»"),
        (True, "<blockquote expandable>a <b>b</b></blockquote>", "a b"),
    ],
)
def test_a_quotation_stands_out_in_both_forms(folds: bool, html: str, plain: str) -> None:
    """Where no markup is shown, quotation marks say whose words they are; a list has none."""
    body = Body().quote(Body().marked([("a ", False), ("b", True)]), folds=folds)

    assert (body.html, body.plain, body.shown) == (html, plain, "a b")


def test_a_message_is_measured_by_its_longer_form() -> None:
    """Plain text spells links out, and Telegram counts an emoji as two."""
    link = Body().link("https://post.example/1", "here")

    assert link.plain == "here https://post.example/1"
    assert link.size == len(link.plain)
    assert Body().link("https://post.example/1").plain == "https://post.example/1"
    assert utf16("a😀\uffff") == 4
    assert Body().text("x" * MOST_UNITS).fits()
    assert not Body().text("x" * MOST_UNITS).fits(Body().text("x"))
    assert not Body().text("x" * MOST_UNITS).fits(reserve=1)


def test_an_unsafe_link_is_its_label_alone() -> None:
    """It leads nowhere; its words are read."""
    assert Body().link("javascript:alert(1)", "here").html == "here"
    assert not Body().link("javascript:alert(1)")


def test_markup_in_a_text_is_read_as_written() -> None:
    """Telegram would refuse a tag that it does not know, and hide one that it does."""
    assert parse_html(Body().text("<b>&amp;").bold("</b>").html)[0] == "<b>&amp;</b>"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain words", "plain words"),
        ("two  spaces", "two spaces"),
        ("a\n\tb\u00a0 c", "a b c"),
        ("a\x00\u2028b", "a b"),
        (" ё ", " ё "),
        ("x\u202eab\u200b\x07", "xab"),
        ("half \ud83d", "half \ufffd"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d👧", "👩\u200d👧"),
    ],
)
def test_a_strangers_text_is_shown_without_tricks(text: str, shown: str) -> None:
    """What turns or hides letters is gone; what composes them stays."""
    assert clean(text) == shown
