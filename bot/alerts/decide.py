"""Decides what becomes of an item: a new alert, part of an alert, or archive only. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.model import Alert, ItemMatch, Source, Transport

__all__ = [
    "BACKDATED",
    "DIGESTED",
    "GAP",
    "Action",
    "Case",
    "Decision",
    "decide",
    "is_dated_back",
    "is_first_fetch",
    "is_missed",
    "pushed_topics",
]

GAP: Final = timedelta(hours=24)
"""What was published longer ago is no news: it is kept for search and digest only."""

BACKDATED: Final = timedelta(days=3)
"""A feed's entry that was not there before is news even if its date is so old: drafts are published
late, embargoes end, some feeds tell the day only."""

DIGESTED: Final = timedelta(days=31)
"""What was missed for longer than that is in the archive alone."""


class Action(StrEnum):
    KEEP = "keep"  # nothing to tell; a copy or a later text may
    ARCHIVE = "archive"  # told to nobody on purpose
    ALERT = "alert"  # the story's first
    REJOIN = "rejoin"  # offer the story's alert again, and show what has grown


@dataclass(frozen=True, slots=True)
class Case:
    """An item's new text, and what is known of the item and its story.

    `published` is None where the source does not say. Of an item seen before,
    `seen_at` is its first sight, `before` what its last text matched (None: a new
    item) and `archived` whether it was. `alerts` are the story's. `missed`: published
    while the source could not be read. `dated_back`: a feed that was read after that time
    did not have it then. `article`: the text has grown by the article that
    was fetched for it.
    """

    now: datetime
    seen_at: datetime
    published: datetime | None
    matches: Sequence[ItemMatch]
    first_fetch: bool = False
    before: Sequence[ItemMatch] | None = None
    archived: bool = False
    alerts: Sequence[Alert] = ()
    relation: str = "new"
    missed: bool = False
    dated_back: bool = False
    article: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """`alert_id` is the alert to offer again (REJOIN). `reason` is for logs.

    `late`: for digests only.
    """

    action: Action
    reason: str
    alert_id: int | None = None
    late: bool = False


def is_first_fetch(source: Source, published: datetime | None = None) -> bool:
    """Whether the source's posts fill the archive. What a channel posts to us is new by itself.

    So is, once visits have shown nothing at all, what was `published` after the
    source was added.
    """
    if source.archived_at is not None or source.transport is Transport.CHANNEL:
        return False
    if source.last_success is None or source.added_at is None or published is None:
        return True
    return published <= source.added_at


def is_missed(source: Source, published: datetime | None) -> bool:
    """Whether it was published after the source was last read."""
    return (
        published is not None
        and source.last_success is not None
        and published > source.last_success
    )


def is_dated_back(source: Source, published: datetime | None) -> bool:
    """Whether a new entry's date is older than the visit that did not find it yet.

    Only of feeds: Telegram dates posts itself, and an old one comes up when others go.
    """
    return (
        source.transport is Transport.FEED
        and published is not None
        and source.last_success is not None
        and published <= source.last_success
    )


def pushed_topics(matches: Sequence[ItemMatch]) -> frozenset[str]:
    """The topics that may be pushed: those surely asserted. What is only possible
    waits for digests and review."""
    return frozenset(m.topic for m in matches if m.certainty == "sure")


def decide(case: Case) -> Decision:
    """What to do with the text.

    A copy joins the alert of its story even if it matches nothing itself, so that it
    is counted. An edit offers the alert again only where it says something new: to chats
    that have no notice of it yet.
    """
    topics = pushed_topics(case.matches)
    if case.first_fetch:
        return Decision(Action.ARCHIVE, "first fetch")
    published = case.published or case.seen_at
    age = case.now - published
    is_new = case.before is None
    late = age > (BACKDATED if case.dated_back and is_new else GAP)
    found_late = (case.missed or case.dated_back) and is_new
    if case.article and not case.archived:
        # How long the article took makes nothing old; a day's outage makes it late.
        late = max(case.seen_at - published, case.now - case.seen_at) > GAP
        found_late = True
    if late:
        if not found_late or age > DIGESTED:
            return Decision(Action.ARCHIVE, "old")
        if not topics - pushed_topics(case.before or ()):
            # Without a sure match not into the archive: the article may say more, and digests
            # and review list what is possible.
            return Decision(Action.ARCHIVE if topics else Action.KEEP, "found late, nothing new")
        if case.alerts:
            last = max(case.alerts, key=lambda a: a.n).id
            return Decision(Action.REJOIN, "found late", last, late=True)
        return Decision(Action.ALERT, "found late", late=True)
    if case.archived and topics <= pushed_topics(case.before or ()):
        return Decision(Action.ARCHIVE, "archived before")
    if case.alerts and (case.before is None or topics):
        reason = "joins" if case.before is None else "edited"
        return Decision(Action.REJOIN, reason, max(case.alerts, key=lambda a: a.n).id)
    if topics:
        return Decision(Action.ALERT, "matches")
    return Decision(Action.KEEP, "only possible" if case.matches else "no match")
