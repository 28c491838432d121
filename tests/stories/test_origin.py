"""Which of two copies is the original."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.model import Item, ParsedItem
from bot.stories.origin import is_original_of
from bot.stories.relation import text_profile

NOW = datetime(2025, 3, 1, 9, tzinfo=UTC)
TEXT = "Под Псковом около шестидесяти контрактников отказались ехать на полигон, пишут их жёны."
ORIGIN = "https://t.me/pskovpost/12"


@pytest.mark.parametrize(
    ("new_hours", "new_forwards", "old_forwards", "other", "original"),
    [
        (-1, "", "", "", True),  # published before, read after
        (1, "", "", "", False),
        (None, "", "", "", False),  # nobody knows when
        (1, "", ORIGIN, "", True),  # the older says whom it forwards
        (-1, ORIGIN + "3", "", "", False),  # a forward is never the original
        (-1, "", "https://t.me/third/1", "", False),
        (-1, "", "", "Совсем другой текст о том же полигоне, который написал кто-то ещё.", False),
        (-24 * 40, "", "", "", False),  # an old text that comes back
    ],
)
def test_original_is_told_by_the_forward_then_by_the_time(
    new_hours: float | None, new_forwards: str, old_forwards: str, other: str, original: bool
) -> None:
    """What is named first is what was published first, not what was read first."""
    at = None if new_hours is None else NOW + timedelta(hours=new_hours)
    new = ParsedItem(
        key="1", text=TEXT, url=ORIGIN + "?single", published=at, forwarded_from=new_forwards
    )
    old = Item(
        id=1, source_id=1, key="7", revision=1, title="", text=other or f"❗️ {TEXT}", url="",
        lang="", published=NOW, seen_at=NOW, story_id=1, forwarded_from=old_forwards,
    )  # fmt: skip

    assert is_original_of(new, text_profile("", TEXT), old) is original
