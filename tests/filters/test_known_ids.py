"""Ids that no text can hold are told from those it can, and the nearest are offered."""

from __future__ import annotations

import pytest

from filters.entities.court_places import known_places
from filters.known_ids import nearest
from tests.support.readers import shipped_reader

NAMES = frozenset({"person:ivanova", "org:agora", "place:tula", "unit:ua:brigade:3"})


@pytest.mark.parametrize(
    "pattern",
    [
        *("law:ru:337", "law:ru:337/5", "=law:ua:408", "law:ru:352.1", "law:ua:336-1", "law:ru"),
        *("law:*:332", "law:ru.koap:20.3.3", "law:us.ucmj:86", "unit:ru", "unit:*:brigade:155"),
        *("unit:ua:battalion", "unit:ru:mu:64044", "unit:xx:regiment:20", "unit:ru:*:9"),
        *("court:garrison", "court:garrison:chita", "court:*:chita", "court:supreme:ua"),
        *(
            "court:echr",
            "court:district:zelenodolsky",
            "person:ivanova",
            "person:iv*",
            "place:tula",
        ),
        *("place:tula", "unit:ua:brigade:3", "count>=10", "term>5"),
    ],
)
def test_what_a_text_may_hold_is_taken(pattern: str) -> None:
    """Whatever is written as the rules and the known names have it."""
    assert nearest(pattern, NAMES) is None


@pytest.mark.parametrize(
    ("pattern", "offered"),
    [
        ("law:rus:337", "law:ru:337"),
        ("law:ru:408", "law:ua:408"),
        ("law:ru:9999", None),
        ("unit:ru:brigad:155", "unit:ru:brigade:155"),
        ("unit:ukr:regiment:20", "unit:*:regiment:20"),
        ("court:garnison:chita", "court:garrison:chita"),
        ("court:garrison:chitta", "court:garrison:chita"),
        ("court:fleet:qqqq", None),
        ("person:ivanowa", "person:ivanova"),
        ("place:tulla", "place:tula"),
        ("org:zzz", None),
    ],
)
def test_what_no_text_holds_has_the_nearest_beside_it(pattern: str, offered: str | None) -> None:
    """The likest first, each one that a text may hold."""
    near = nearest(pattern, NAMES)

    assert near is not None
    assert near[:1] == ((offered,) if offered else ())
    assert all(nearest(each, NAMES) is None for each in near)


def test_every_id_of_the_packs_is_taken() -> None:
    """No filter that ships names something that does not exist."""
    reader = shipped_reader()

    assert [each for each in reader.known if nearest(each, reader.known) is not None] == []
    assert {"chita", "western", "baltic"} <= known_places("fleet")
