"""Lists of sources of other readers."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ParseFailed
from bot.sources.opml import MAX_ENTRIES, parse_opml
from bot.sources.opml_file import is_cut, write_opml
from bot.sources.parsed import OutlineEntry
from tests.support.examples import examples

NOW = datetime(2024, 4, 8, 9, tzinfo=UTC)
NESTED = """<?xml version="1.0" encoding="windows-1251"?><opml version="1.0"><body>
<outline text="Суды"><outline text="A &amp; B" xmlUrl="https://a.example/rss" category="/court"/>
<outline title="Т" text="t" XMLURL=" https://b.example/?x=1&amp;y=2 "></outline>
<outline text="again" xmlUrl="https://a.example/rss"/><outline text="folder"/></outline>
</body></opml>""".encode("cp1251")


def test_nested_lists_in_any_charset() -> None:
    """Folders are tags, each address counts once, titles and kinds are kept."""
    assert parse_opml(NESTED) == (
        OutlineEntry("https://a.example/rss", "A & B", "court", ("Суды",)),
        OutlineEntry("https://b.example/?x=1&y=2", "Т", "", ("Суды",)),
    )


@pytest.mark.parametrize(
    ("outlines", "tags"),
    [
        (
            '<outline text="A"><outline text="B"><outline xmlUrl="u:1"/></outline></outline>',
            ["A/B"],
        ),
        ('<outline xmlUrl="u:1"/><outline text="A"><outline xmlUrl="u:1"/></outline>', ["A"]),
        (
            '<outline text="A"><outline xmlUrl="u:1"/></outline>'
            '<outline title="B" text="b"><outline xmlUrl="u:1"/></outline>',
            ["A", "B"],
        ),
        ('<outline xmlUrl="u:1" category="/News/Chita,media, Война"/>', ["News/Chita", "Война"]),
        ('<outline text=" A&#10;B/ "><outline xmlUrl="u:1"></outline></outline>', ["A B"]),
        ('<outline text=""><outline><outline xmlUrl="u:1"/></outline></outline>', []),
        ('<outline text="A"></outline><outline xmlUrl="u:1"/>', []),
    ],
)
def test_folders_are_tags(outlines: str, tags: list[str]) -> None:
    """However they nest, and whichever of them an address lies in; also as OPML's categories."""
    [entry] = parse_opml(f"<opml><body>{outlines}</body></opml>".encode())

    assert list(entry.tags) == tags


@pytest.mark.parametrize(
    ("outline", "address"),
    [
        ('type="rss" text="N"', ""),
        ('type="atom" title="N" xmlUrl=" "', ""),
        ('type="link" text="N" url="https://n.example/"', "https://n.example/"),
        ('type="rss" text="N" htmlUrl="https://n.example/" xmlUrl=""', "https://n.example/"),
    ],
)
def test_what_has_no_feeds_address_is_named(outline: str, address: str) -> None:
    """So that its reader can say which of two hundred was left out; a page may lead to its feed."""
    found = parse_opml(f'<opml><outline {outline}/><outline xmlUrl="u:1"/></opml>'.encode())

    assert [(each.address, each.title) for each in found] == [(address, "N"), ("u:1", "")]


def test_broken_lists_are_read_as_far_as_they_go() -> None:
    """A bare & or a missing end loses no entry."""
    broken = b'<opml><body><outline text="A & B" xmlUrl="https://a.example/?x=1&b=2"/><outline xm'
    assert parse_opml(broken) == (OutlineEntry("https://a.example/?x=1&b=2", "A & B"),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1251"])
def test_a_file_that_breaks_off_is_known(encoding: str) -> None:
    """Whatever it is written in; what stands behind its end is no matter."""
    whole = NESTED.decode("cp1251").encode(encoding)

    assert not is_cut(whole + b"\n\n")
    assert is_cut(whole[:-20])


@pytest.mark.parametrize("body", [b"", b"hello", b"<opml></opml>", b"\xff\xfe\x00", NESTED[:120]])
def test_what_is_no_list_is_said_to_be_none(body: bytes) -> None:
    """No other exception comes out."""
    with pytest.raises(ParseFailed):
        parse_opml(body)


def test_entries_are_bounded() -> None:
    """A file of a million entries is no way to fill the memory."""
    many = b"".join(b'<outline xmlUrl="https://%d.example/"/>' % n for n in range(MAX_ENTRIES + 5))
    assert len(parse_opml(b"<opml><body>" + many)) == MAX_ENTRIES


@settings(max_examples=examples(50))
@given(
    st.lists(
        st.tuples(
            st.text(max_size=20),
            st.sampled_from(["", "court", "media"]),
            st.lists(st.sampled_from(["a", "a/b", "Ё, ж", "a/b/c"]), unique=True, max_size=3),
        ),
        max_size=5,
    )
)
def test_what_is_written_is_read(given: list[tuple[str, str, list[str]]]) -> None:
    """Other readers get well-formed XML, and we our own entries back."""
    entries = [
        OutlineEntry(f"https://e.example/{n}?a=1&b={n}", title, kind, tuple(tags))
        for n, (title, kind, tags) in enumerate(given)
    ]
    written = write_opml("Vigil", entries, NOW)

    assert ET.fromstring(written).tag == "opml"
    read = parse_opml(written) if entries else ()
    assert {(each.address, each.category, frozenset(each.tags)) for each in read} == {
        (each.address, each.category, frozenset(each.tags)) for each in entries
    }


@settings(max_examples=examples(50))
@given(
    st.binary(max_size=200)
    | st.lists(
        st.sampled_from(
            ["<opml>", "<outline ", "xmlUrl=", '"', "'", "/>", "</", "&", "<!", "ы", "\0"]
        )
    ).map(lambda parts: "".join(parts).encode())
)
def test_no_bytes_break_the_reader(body: bytes) -> None:
    """Entries, or that there are none."""
    with suppress(ParseFailed):
        assert all(entry.address for entry in parse_opml(body))
