"""The groups of the story lexicon: texts that must have each and texts that must not."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from bot.stories.event_features import event_features
from bot.stories.event_stages import stage_of
from bot.stories.lexicon import lexicon

EXAMPLES = tomllib.loads(
    resources.files("bot.stories").joinpath("data/examples/lexicon.toml").read_text("utf-8")
)


def found(kind: str, text: str) -> frozenset[str]:
    if kind == "stages":
        return frozenset([stage_of(text)])
    return event_features("", text).concepts


@pytest.mark.parametrize("kind", ["setting", "detail", "stages"])
def test_each_group_is_found_where_it_must_and_nowhere_else(kind: str) -> None:
    """Each group has texts it is in, in the languages it has stems of, and texts with words that
    begin like its own in which it is not."""
    groups = getattr(lexicon(), kind)
    wrong = [
        (name, text)
        for name, texts in EXAMPLES[kind].items()
        for must in ("must", "must_not")
        for text in texts[must]
        if (name in found(kind, text)) != (must == "must")
    ]

    assert wrong == []
    assert set(EXAMPLES[kind]) == {name for name, stems in groups.items() if stems}
    assert all(texts["must"] and texts["must_not"] for texts in EXAMPLES[kind].values())


def test_lists_that_are_no_groups_are_whole() -> None:
    """Whole words in lower case are no names; numbers have a value each."""
    known = lexicon()

    assert all(word == word.lower() for word in known.common)
    assert known.numbers["семь"] == 7
    assert known.tens["forty"] == 40
    assert known.wide.isdisjoint(known.common)
