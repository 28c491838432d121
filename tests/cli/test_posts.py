"""Lines of JSON: what is a post, and what is said of those that are none."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.posts import BadLine, parse, written
from filters.document import Document


def test_fields_become_the_document() -> None:
    post = parse(
        b'{"id": 7, "text": "t", "title": "T", "source": "@s", "lang": "ru-RU",'
        b' "published": "2024-04-08T09:14:00+03:00", "tags": ["a"], "other": 1, "url": null}'
    )

    assert post.id == 7
    assert post.document == Document(
        text="t",
        title="T",
        source="@s",
        lang="ru",
        tags=("a",),
        published=datetime(2024, 4, 8, 6, 14, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("line", "wrong", "mend"),
    [
        (b"{", "not JSON", "jq -c . FILE"),
        (b'[{"id": 1}]', "an array", "jq -c '.[]' FILE"),
        (b"id,text", "not JSON", '"id": "1"'),
        (b'{"text": "x"}', 'no "id"', "Give each post one"),
        (b'{"id": true, "text": "x"}', '"id" is neither', "quotes"),
        (b'{"id": 1}', 'no "text"', '"text"'),
        (b'{"id": 1, "body": "x"}', 'no "text"', 'Rename "body"'),
        (b'{"id": 1, "text": 5}', '"text" is not text', "quotes"),
        (b'{"id": 1, "text": "x", "tags": "a"}', '"tags" is not a list', "leave it out"),
        (b'{"id": 1, "text": "x", "published": "yesterday"}', "is no time", "2024-04-08"),
        (b'{"id": 1, "text": "x", "published": "0001-01-01T00:00+14:00"}', "is no time", "2024"),
        (b'{"id": 1, "text": "\xff"}', "not UTF-8", "iconv"),
        (b"[" * 100_000, "not JSON", "jq"),
    ],
)
def test_bad_line_says_how_to_mend_it(line: bytes, wrong: str, mend: str) -> None:
    """A person with a file of a million lines must know what to do."""
    with pytest.raises(BadLine) as caught:
        parse(line)

    assert wrong in caught.value.wrong
    assert mend in caught.value.mend


@given(st.binary(max_size=60))
def test_no_bytes_raise_anything_else(line: bytes) -> None:
    with suppress(BadLine):
        parse(line)


@given(st.text(st.characters(exclude_categories=[])))
def test_every_text_is_written_as_json_in_utf_8(text: str) -> None:
    """JSON may name half a surrogate pair; the answer must still be readable JSON."""
    line = written({"id": text})

    assert json.loads(line.decode("utf-8")) == {"id": text}
    assert line.count(b"\n") == 1
