"""Alerts, the causes that offer them, and the states of notices and messages. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = ["Alert", "Cause", "MessageKind", "MessageState", "NoticeState"]


@dataclass(frozen=True, slots=True)
class Alert:
    """A story's cause for telling: n = 0 the first; n = -item where a chat split that item off
    for itself.
    """

    id: int
    story_id: int
    n: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Cause:
    """An item because of which an alert is (again) offered to chats.

    Expansion walks chats by id, `cursor` is the last; then the notices told before by id,
    whose messages show what is new: `edit_cursor` is the last of these, None while chats are
    walked.
    """

    id: int
    alert_id: int
    item_id: int
    created_at: datetime
    cursor: int = 0
    edit_cursor: int | None = None
    done: bool = False
    revision: int = 1  # of the item
    late: bool = False  # found after a gap, no news any more: for digests only


class NoticeState(StrEnum):
    QUEUED = "queued"
    TOLD = "told"
    HELD = "held"  # for a summary: after a pause, quiet hours, beyond the cap
    DIGEST = "digest"  # for the chat's next digest
    WITHDRAWN = "withdrawn"


class MessageKind(StrEnum):
    ALERT = "alert"
    SUMMARY = "summary"  # one message for many notices
    DIGEST = "digest"  # a summary at a time the chat chose, ranked
    REPLY = "reply"  # under an alert: another report of what it tells
    CHART = "chart"  # the picture of a weekly digest
    THREAD = "thread"  # no message: a private chat's thread for the topic in `body`
    PLAIN = "plain"  # text that was rendered when queued (to admins)


class MessageState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"  # committed before the call, with the holder's epoch
    SENT = "sent"
    RETRY = "retry"  # provably not taken; again at `next_try_at`
    UNKNOWN = "unknown"  # may have been taken; again at `next_try_at`, counted
    DEAD = "dead"  # given up, with a reason
    DELETED = "deleted"  # was sent, then deleted on purpose (Quiet)
