"""Items: what a source published, what was found in it, whether it is still there. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

__all__ = [
    "ENTRY_KEY",
    "SCORED",
    "Gone",
    "Item",
    "ItemMatch",
    "ParsedItem",
    "PostState",
    "PresenceChange",
    "Stored",
    "WatchedPost",
]


@dataclass(frozen=True, slots=True)
class ParsedItem:
    """One entry or post as a parser read it. Text is plain, paragraphs by newline.

    `key` is unique within the source: guid, message id or own permalink.
    `url` is the item's own permalink ("" if it has none), never a link inside
    the text. `forwarded_from` is the permalink of the original post
    (`https://t.me/name/id`), or "" .
    """

    key: str
    title: str = ""
    text: str = ""
    url: str = ""
    published: datetime | None = None
    author: str = ""
    lang: str = ""
    links: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    has: tuple[str, ...] = ()  # photo, video, document, poll, audio, link
    forwarded_from: str = ""
    forward_name: str = ""
    edited: bool = False


ENTRY_KEY: Final = "#entry:"
"""What stands in the keys of entries of roundups, and in no other."""


@dataclass(frozen=True, slots=True)
class Item:
    """A stored item in its current revision (1 is the first)."""

    id: int
    source_id: int
    key: str
    revision: int
    title: str
    text: str
    url: str
    lang: str
    published: datetime | None
    seen_at: datetime
    story_id: int | None
    forwarded_from: str = ""
    forward_name: str = ""
    archived: bool = False  # kept, told to nobody
    author: str = ""
    links: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    part_of: int | None = None  # the roundup of which it is an entry
    cut: bool = False  # a roundup that says nothing beside its entries


@dataclass(frozen=True, slots=True)
class Stored:
    """An item of one source as its last revision has it: enough to recognise it by."""

    key: str
    url: str
    title: str
    text: str
    published: datetime | None = None
    seen_at: datetime | None = None


class PostState(StrEnum):
    """What is known of a post's staying where it was published."""

    PRESENT = "present"
    EDITED = "edited"  # present, with another text than at first
    GONE = "gone"  # absent twice from a page that brackets it, refused by its own page
    UNKNOWN = "unknown"  # could not be seen when it was last looked for


@dataclass(frozen=True, slots=True)
class WatchedPost:
    """A stored post. `revision` is the item's as last looked at, `current` as stored now.

    An album stands for its numbers from `number` to `last_number`. Times are UTC.
    """

    item_id: int
    number: int
    last_number: int
    state: PostState
    revision: int
    current: int
    first_at: datetime
    seen_at: datetime
    absent_at: datetime | None = None
    absences: int = 0
    alerted: bool = False
    next_look: datetime | None = None


@dataclass(frozen=True, slots=True)
class PresenceChange:
    """What a look has changed. `verdict` is "" where there is nothing to prove."""

    state: PostState
    seen_at: datetime
    absent_at: datetime | None
    absences: int
    next_look: datetime | None
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Gone:
    """A post was removed between these times (UTC); `sha256` is of the copy that is kept.

    The copy is the page that last showed it, or, where none was kept, the item's text.
    """

    after: datetime
    before: datetime
    sha256: str


SCORED = "score/"
"""How the keys of matches begin that the score found and no filter; the topic follows."""


@dataclass(frozen=True, slots=True)
class ItemMatch:
    """item x filter, of one revision.

    `spans` are (field, start, end) in the item's original title and text;
    `sentence` is the span of the snippet. Facets are those of the match's own passage.
    `certainty` is "sure", which is pushed, or "possible", which only a digest and review
    count; `score` is how likely the topic is asserted, 0 to 1; `words` are the places of the
    words that weighed most. A match that no filter but the score found has a key beginning
    with `SCORED`.
    """

    topic: str
    filter_key: str
    spans: tuple[tuple[str, int, int], ...]
    sentence: tuple[str, int, int]
    army: str = "unknown"
    stage: str = "report"
    era: str = "now"
    evidence: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    certainty: str = "sure"
    score: float = 1.0
    words: tuple[tuple[str, int, int], ...] = ()
