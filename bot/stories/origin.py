"""Which of two copies is the original, whichever was seen first. Pure.

Sources are read at different times: a repost may be there before what it repeats.
"""

from __future__ import annotations

from typing import Final

from bot.model import Item, ParsedItem
from bot.stories.copies import CONTAINED, copied
from bot.stories.identity import origin_of, story_keys
from bot.stories.relation import COPY_WINDOW, TextProfile, text_profile
from bot.urls import canonical_url

__all__ = ["is_original_of"]

_TEXT: Final = "text"


def is_original_of(new: ParsedItem, profile: TextProfile, old: Item) -> bool:
    """Whether `old` repeats `new`, although Vigil saw `new` later.

    A forward says so itself and is never the original. Where neither forwards, of two
    equal or nearly equal texts the one that was published first is.
    """
    known = ParsedItem(
        key=old.key,
        title=old.title,
        text=old.text,
        url=old.url,
        forwarded_from=old.forwarded_from,
    )
    own, origin, its = canonical_url(new.url), origin_of(new), origin_of(known)
    if origin and origin != own:
        return False
    if its:
        return its == own
    if new.published is None or old.published is None:
        return False
    if not new.published < old.published <= new.published + COPY_WINDOW:
        return False
    if {key for key in story_keys(new) if key.startswith(_TEXT)} & {*story_keys(known)}:
        return True
    other = text_profile(old.title, old.text)
    return (
        copied(other.shingles, profile.shingles, other.event_features, profile.event_features)
        >= CONTAINED
    )
