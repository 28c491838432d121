"""What a query nearly finds."""

from __future__ import annotations

from functools import cache

import pytest

from filters.analysis import Analyser
from filters.document import Document
from filters.explain import matches
from filters.query import parse
from filters.relaxed import nearly


@cache
def analyser() -> Analyser:
    return Analyser()


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("рота -кино", "Рота снялась в кино."),
        ("рота NEAR/2 бунт", "Бунт начался вечером, говорят жители, а рота ушла."),
        ("рота NOT/3 кино", "Рота из кино."),
        ("рота бунт", "Рота ушла."),
        ("рота (бунт NEAR/1 штраф) вечер", "Рота. Бунт, и потом штраф. Вечер."),
        ("=рота -учения бунт", "Рота и учения: бунт."),
    ],
)
def test_what_lacks_one_condition_is_near(query: str, text: str) -> None:
    """And what the query itself finds never is."""
    asked, read = parse(query), analyser().analyse(Document(text=text))

    assert not matches(asked, read)
    assert any(matches(each, read) for each in nearly(asked))


@pytest.mark.parametrize(
    "query", ["рота -кино бунт", "рота NEAR/5 бунт", "рота, бунт", "рота NOT/3 кино", "рота"]
)
def test_a_hit_is_no_near_miss(query: str) -> None:
    read = analyser().analyse(Document(text="В роте начался бунт."))

    assert matches(parse(query), read)
    assert not any(matches(each, read) for each in nearly(parse(query)))
