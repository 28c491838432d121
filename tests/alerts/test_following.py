"""What those who follow a story hear of."""

from __future__ import annotations

import pytest

from bot.alerts.following import reason
from bot.model import SourceKind

ANONYMOUS, MEDIA, COURT = SourceKind.ANONYMOUS, SourceKind.MEDIA, SourceKind.COURT


@pytest.mark.parametrize(
    ("kind", "stages", "kinds_before", "stages_before", "why"),
    [
        (MEDIA, {"report"}, {ANONYMOUS}, {"report"}, "named"),
        (MEDIA, {"report"}, {ANONYMOUS, MEDIA}, {"report"}, ""),
        (ANONYMOUS, {"report"}, {ANONYMOUS}, {"report"}, ""),
        (MEDIA, {"report"}, set(), set(), ""),  # nothing was told before
        (COURT, {"verdict"}, {MEDIA}, {"report", "charge"}, "verdict"),
        (COURT, {"charge"}, {MEDIA}, {"report", "verdict"}, ""),
        (COURT, {"charge"}, {ANONYMOUS}, {"verdict"}, "named"),
        (MEDIA, {"appeal", "verdict"}, {MEDIA}, {"verdict"}, "appeal"),
        (MEDIA, {"commentary"}, {MEDIA}, {"report"}, ""),
    ],
)
def test_a_new_stage_or_the_first_named_source(
    kind: SourceKind,
    stages: set[str],
    kinds_before: set[SourceKind],
    stages_before: set[str],
    why: str,
) -> None:
    """Whoever follows a story hears of what changes it, not of each retelling."""
    assert reason(kind, stages, kinds_before, stages_before) == why
