"""What to leave out of a filter: a word beside which its finds were never true."""

from __future__ import annotations

import pytest

from filters.doctoring import Proposal, excluding, proposals
from filters.explain import matches
from filters.packs import load_packs
from filters.printing import print_query
from filters.query import parse
from tests.filters.test_index import read

LEFT_OUT = parse("бензин*")


@pytest.mark.parametrize(
    "filter_",
    ["отказ*", "отказ* солдат", "солдат отказ*", "(отказ* NEAR/5 солдат), (отказ* солдат)",
     "title:отказ*, text:отказ*", "отказ* -кино", "lang:ru отказ*", "(отказ*, солдат) NEAR/s рота"],
)  # fmt: skip
def test_an_exclusion_explains_a_place(filter_: str) -> None:
    """The sentence with the word is not meant; the same words elsewhere in the text are."""
    query = parse(filter_)
    mended = excluding(query, LEFT_OUT)
    beside = "Солдат роты получил отказ, бензина нет."
    elsewhere = f"{beside} Солдат роты написал отказ."

    assert matches(query, read(beside))
    assert not matches(mended, read(beside))
    assert matches(mended, read(elsewhere))
    assert parse(print_query(mended)).root == mended.root


def test_every_filter_of_the_packs_can_be_mended() -> None:
    """Whatever its form, the mended one reads back from its text."""
    packs = load_packs()
    for each in packs.filters:
        mended = excluding(each.query, LEFT_OUT)

        assert parse(print_query(mended), packs.groups, kept=True).root == mended.root, each.key


def test_the_best_word_is_beside_what_was_not_true_alone() -> None:
    """Not one that a true text has, nor one that half of all finds have."""
    said = {word: word for word in ("ужин", "повар", "часть", "редкий")}
    wrong = [{"ужин", "часть", "повар"}, {"ужин", "часть"}, {"ужин", "редкий"}]
    right = [{"повар", "фронт"}]
    found = [{"часть"}] * 8 + [{"ужин"}] * 3 + [{"редкий"}]

    best = proposals(wrong, right, found, said)

    assert best == [Proposal("ужин", 3, 3), Proposal("редкий", 1, 1)]
