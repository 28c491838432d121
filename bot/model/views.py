"""What a message tells, as it is read from the database when the message is sent. Values only.

The store reads a view (`bot/store/alert_views.py`), `bot/alerts` renders it. All times are aware
UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.model import Gone, ItemMatch, SourceKind

__all__ = [
    "AlertView",
    "Changed",
    "ChartView",
    "DigestView",
    "Joined",
    "ReplyView",
    "SummaryView",
    "TextVersion",
    "Unread",
]


@dataclass(frozen=True, slots=True)
class Joined:
    """Another item of the same story, as an alert names it."""

    source_title: str
    url: str
    published: datetime | None
    seen_at: datetime
    repost: bool  # a copy of the text; reposts never count as sources
    item_id: int = 0


@dataclass(frozen=True, slots=True)
class Changed:
    """What edits changed since the alert: (was, is), either may be "".

    `at` is when the last of them was seen.
    """

    at: datetime
    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TextVersion:
    """A text that an item had since the notice, first seen at `seen_at`; `matches` are of the
    notice's topic."""

    title: str
    text: str
    seen_at: datetime
    matches: tuple[ItemMatch, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertView:
    """All that an alert of one chat may show, read at the time of sending.

    The item is the one this chat's alert is about. `spans` and `sentence` are
    (field, start, end) in its `title` and `text`. They are of the text that was told; where the
    item was edited since, `versions` are its texts, that one first, and `bot.stories.edits` says
    which to show.
    """

    notice_id: int
    topic: str
    army: str
    stage: str
    title: str
    text: str
    spans: tuple[tuple[str, int, int], ...]
    sentence: tuple[str, int, int]
    evidence: Mapping[str, tuple[str, ...]]
    filter_key: str
    source_title: str
    source_kind: SourceKind
    url: str
    published: datetime | None
    seen_at: datetime
    joined: tuple[Joined, ...] = ()
    repost: bool = False  # whether this item itself is a copy of another
    gone: Gone | None = None  # this item was removed where it was published
    changed: Changed | None = None  # what this item no longer says, or says since
    item_id: int = 0
    certainty: str = "sure"  # or possible
    score: float = 1.0  # how likely the topic is asserted; 1 where people wrote the filter
    words: tuple[tuple[str, int, int], ...] = ()  # places of what weighed most
    development: bool = False  # the story goes on from another
    followed: bool = False  # the chat follows the story
    marks: frozenset[str] = frozenset()  # what was said of it: noise, army
    reply_to: int | None = None  # Telegram's number of the alert the case began with here
    roundup: str | None = None  # of an entry of one: its title, "" where it has none
    versions: tuple[TextVersion, ...] = ()

    def showing(self, version: TextVersion) -> AlertView:
        """With that text, and what was found in it."""
        whole = ("title", 0, len(version.title))
        view = replace(
            self,
            title=version.title,
            text=version.text,
            sentence=whole if version.title else ("text", 0, len(version.text)),
        )
        if not version.matches:
            return view
        first = version.matches[0]
        return replace(
            view,
            army=first.army,
            stage=first.stage,
            spans=_merged(span for match in version.matches for span in match.spans),
            sentence=first.sentence,
            evidence=first.evidence,
            filter_key=first.filter_key,
            certainty=first.certainty,
            score=first.score,
            words=first.words,
        )


def _merged(spans: Iterable[tuple[str, int, int]]) -> tuple[tuple[str, int, int], ...]:
    """The same letters as sorted spans that do not overlap."""
    merged: list[tuple[str, int, int]] = []
    for where, start, end in sorted(spans):
        if merged and merged[-1][0] == where and start <= merged[-1][2]:
            merged[-1] = (where, merged[-1][1], max(merged[-1][2], end))
        else:
            merged.append((where, start, end))
    return tuple(merged)


@dataclass(frozen=True, slots=True)
class ReplyView:
    """A report that joined a told story: said under the alert. `to` is Telegram's number of it.

    To those who follow the story `reason` says why: `named` (the first source that is not
    anonymous), `gone`, or the stage that was reached. `to` is None where the alert is gone.
    """

    alert: AlertView
    other: Joined
    to: int | None
    reason: str = ""
    gone: Gone | None = None
    message_id: int = 0  # ours, for Open
    facts: tuple[str, ...] = ()  # packed: what it says that no text of the story said before


@dataclass(frozen=True, slots=True)
class SummaryView:
    """One message for many notices: after a pause, or beyond a cap."""

    since: datetime
    until: datetime
    alerts: tuple[AlertView, ...]
    more: int = 0  # beyond those listed


@dataclass(frozen=True, slots=True)
class Unread:
    """How many sources are unread (see `Source.unread`), of how many active, since when at the
    longest.
    """

    sources: int
    of: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class DigestView:
    """A digest: its stories, how many more there are, what could not be read; and what its
    topics possibly got, which nothing else shows."""

    message_id: int
    until: datetime
    alerts: tuple[AlertView, ...]
    more: int = 0
    unread: Unread | None = None
    possible: tuple[AlertView, ...] = ()


@dataclass(frozen=True, slots=True)
class ChartView:
    """A chat's alerts of a week: (topic, when, text) of each story."""

    since: datetime
    until: datetime
    told: tuple[tuple[str, datetime, str], ...]
