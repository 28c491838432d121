"""Screening a costly pattern loses nothing it would have found."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import filters.facets
from filters.screen import _screen, find_all, may_match

RULES = [rule for rule in vars(filters.facets).values() if isinstance(rule, re.Pattern)]
for _table in vars(filters.facets).values():
    if isinstance(_table, dict):
        RULES += [rule for rule in _table.values() if isinstance(rule, re.Pattern)]

PATTERNS = [
    re.compile(source, re.IGNORECASE)
    for source in (
        r"(?<!\w)(?:отказ\w*|не\s+(?:хот|жела)\w+)(?!\w)",
        r"\bв[\s/-]+ч\b(?=\s\d{2,})",
        r"(?:а|б(?!(?:в|г)д))+?[^\W\d]{2}$",
        r"(?<=[«\"])[А-Яё]++[\s–-]*(?P<n>\d+)",
        r"^\W*(?:да|[ё\]\d])\S\D",
    )
]
_PIECES = (
    """отказ отказались не хотел жела в/ч в ч 12 345 а б вд гд «Да ё] ё7 да! да; СВО ЕЩЁ 1999"""
)
_LETTERS = "отказнехвч12абгд«ё]-–/ \n"
TEXTS = st.one_of(
    st.lists(st.sampled_from(_PIECES.split()), max_size=8).map(" ".join),
    st.text(_LETTERS, max_size=20),
)


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=200)
@given(TEXTS)
def test_what_matches_passes(text: str) -> None:
    """A screen may let too much through, never too little; and what is found is the same."""
    for pattern in (*PATTERNS, *RULES):
        found = [match.span() for match in pattern.finditer(text)]
        assert [match.span() for match in find_all(pattern, text)] == found
        if found:
            assert may_match(pattern, text)


@pytest.mark.parametrize("pattern", [*PATTERNS, *RULES], ids=lambda pattern: pattern.pattern[:30])
def test_every_rule_has_its_screen(pattern: re.Pattern[str]) -> None:
    """One that RE2 cannot read would let all pass and save nothing."""
    assert _screen(pattern) is not None
    assert not may_match(pattern, "zzz")
