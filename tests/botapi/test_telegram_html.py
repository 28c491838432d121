"""The HTML rules the emulator holds us to."""

from __future__ import annotations

import contextlib
import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.telegram_html import CannotParse, Entity, parse_html, utf16_length


@pytest.mark.parametrize(
    ("markup", "text", "entities"),
    [
        ("plain", "plain", ()),
        ("<b>x</b>", "x", (Entity("bold", 0, 1),)),
        ("<B>x</B>", "x", (Entity("bold", 0, 1),)),
        ("🙂<i>ж</i>", "🙂ж", (Entity("italic", 2, 1),)),
        ("<b>a<i>b</i></b>", "ab", (Entity("bold", 0, 2), Entity("italic", 1, 1))),
        (
            '<a href="https://example.org/?a=1&amp;b=2">x</a>',
            "x",
            (Entity("text_link", 0, 1, "https://example.org/?a=1&b=2"),),
        ),
        ('<a href="javascript:alert(1)">x</a>', "x", ()),
        ("<blockquote expandable>q</blockquote>", "q", (Entity("expandable_blockquote", 0, 1),)),
        ('<span class="tg-spoiler">s</span>', "s", (Entity("spoiler", 0, 1),)),
        (
            "&lt;b&gt; &amp;amp; &#1078; &#x436; &quot; &nbsp; & &;",
            '<b> &amp; ж ж " &nbsp; & &;',
            (),
        ),
        ("a > b", "a > b", ()),
    ],
)
def test_what_is_accepted(markup: str, text: str, entities: tuple[Entity, ...]) -> None:
    assert parse_html(markup) == (text, entities)


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<script>x</script>", 'Unsupported start tag "script" at byte offset 0'),
        ("ы<p>x</p>", 'Unsupported start tag "p" at byte offset 2'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("a << b>", 'Unsupported start tag "<" at byte offset 2'),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("a <", "Unclosed start tag at byte offset 2"),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<a href="x>y</a>', "Unclosed start tag at byte offset 0"),
        ("<a href=x/y>z</a>", "Unexpected end of name token at byte offset 8"),
        ("<b/>", 'Unsupported start tag "b/" at byte offset 0'),
        ("<a =x>y</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
    ],
)
def test_what_is_refused(markup: str, words: str) -> None:
    with pytest.raises(CannotParse) as refused:
        parse_html(markup)

    assert str(refused.value) == words


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_escaped_text_always_parses_to_itself(text: str) -> None:
    assert parse_html(html.escape(text)) == (text.replace("'", "'"), ())


@given(st.text(alphabet="<>/ab&;#1\"'= i", max_size=30))
def test_any_markup_is_parsed_or_refused(markup: str) -> None:
    with contextlib.suppress(CannotParse):
        text, entities = parse_html(markup)
        assert all(0 <= e.offset < e.offset + e.length <= utf16_length(text) for e in entities)
