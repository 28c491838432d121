"""The examples of docs/filters.md are true."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from filters.analysis import Analyser
from filters.document import Document
from filters.index import matches
from filters.query import QueryError, parse

PAGE = Path(__file__).parents[2] / "docs" / "filters.md"
_ANALYSER = Analyser()


def blocks(kind: str) -> list[list[str]]:
    found = re.findall(rf"```{kind}\n(.*?)\n```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return [block.split("\n") for block in found]


@pytest.mark.parametrize("block", blocks("filter"), ids=lambda block: block[0])
def test_each_filter_matches_what_the_page_says(block: list[str]) -> None:
    """✓ lines match and ✗ lines do not."""
    query = parse(block[0])

    assert len(block) > 1
    for line in block[1:]:
        analysis = _ANALYSER.analyse(Document(text=line[2:]))
        assert matches(query, analysis) == (line[0] == "✓"), line


@pytest.mark.parametrize("block", blocks("refused"), ids=lambda block: block[0])
def test_what_the_page_calls_refused_is_refused(block: list[str]) -> None:
    """With the readings the page shows."""
    with pytest.raises(QueryError) as caught:
        parse(block[0])

    assert len(caught.value.readings) == 2
    assert all(reading in block[1] for reading in caught.value.readings)


def test_the_python_of_the_page_runs() -> None:
    """What a developer copies works."""
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")

    assert tried > 10
    assert failed == 0


def test_the_reference_names_every_field() -> None:
    """A field no one reads of is not there."""
    from filters.meta import META_FIELDS

    text = PAGE.read_text(encoding="utf-8")

    assert all(f"`{field}:x`" in text for field in META_FIELDS)
