"""Which news of a story its followers get. Pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from bot.model import SourceKind

__all__ = ["STAGES", "reason"]

STAGES: Final = ("appeal", "verdict", "charge")
"""The furthest first."""


def reason(
    kind: SourceKind,
    stages: Collection[str],
    kinds_before: Collection[SourceKind],
    stages_before: Collection[str],
) -> str:
    """Why a report that joined a followed story is worth a word; "" if it is not.

    A stage that the story had not reached, or `named`: the first source of a story that
    only anonymous ones had told. `kinds_before` and `stages_before` are of its earlier
    texts; reposts are no sources.
    """
    for stage in STAGES:
        if stage in stages:
            # A charge in a story that has its verdict is no news.
            reached = STAGES[: STAGES.index(stage) + 1]
            if not any(each in stages_before for each in reached):
                return stage
            break
    anonymous = bool(kinds_before) and all(each is SourceKind.ANONYMOUS for each in kinds_before)
    return "named" if anonymous and kind is not SourceKind.ANONYMOUS else ""
