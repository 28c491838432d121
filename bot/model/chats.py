"""Chats: who receives, what each subscribes to, and how loudly it comes. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

__all__ = [
    "PRIVATE_TOPIC",
    "Address",
    "Chat",
    "ChatMode",
    "ChatState",
    "ChatType",
    "DigestEvery",
    "OwnTopic",
    "Prefs",
    "Role",
    "Subscription",
    "Way",
    "is_private",
]


PRIVATE_TOPIC: Final = "watch:"
"""What the topic of one chat's own words begins with. Nobody else may see or count it."""


def is_private(topic: str) -> bool:
    """Whether the topic is of one chat's own words."""
    return topic.startswith(PRIVATE_TOPIC)


class ChatType(StrEnum):
    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"


class ChatState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"  # by the subscriber: alerts are held for one summary
    BLOCKED = "blocked"  # Telegram refuses: blocked, kicked, deactivated


class Way(StrEnum):
    """How loudly an alert comes."""

    URGENT = "urgent"  # with sound, past cap and (if the chat allows) quiet hours
    NORMAL = "normal"
    SILENT = "silent"  # at once, without sound
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class OwnTopic:
    """A topic that an admin made, or what was chosen of one of the packs'.

    `titles` by language, none for those of the pack; `way` is how it comes to chats that have
    not chosen, None as usual; one that is `off` is neither offered nor matched.
    """

    id: str
    titles: Mapping[str, str] = field(default_factory=dict)
    way: Way | None = None
    off: bool = False


class DigestEvery(StrEnum):
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Prefs:
    """What a chat chose about volume. Minutes are of the day in the chat's zone."""

    cap: int | None = None  # pushes a day; None: the setting, 0: no cap
    quiet_from: int | None = None
    quiet_to: int | None = None
    quiet_days: tuple[int, ...] = ()  # on which they begin, 0 is Monday; none: on every day
    quiet_urgent: bool = True  # urgent alerts pass quiet hours
    digest: DigestEvery = DigestEvery.DAILY
    digest_at: int = 9 * 60
    digest_more: tuple[int, ...] = ()  # further times of the same day
    digest_day: int = 0  # of a weekly one: 0 is Monday
    vanish: int | None = None  # hours; None: 24 in Quiet mode, else never; 0: never
    edits_only: bool = False  # further reports of a told story show in the alert alone
    threads: bool = False  # in private: a thread of Telegram's for each topic


class ChatMode(StrEnum):
    QUIET = "quiet"  # "New item [Open]"; messages deleted after 24 h
    NORMAL = "normal"


@dataclass(frozen=True, slots=True)
class Address:
    """Where Telegram puts a message: a chat and, in a forum, a thread (0: none)."""

    chat_id: int
    thread_id: int = 0
    group: bool = False  # groups and channels have the 20-a-minute limit


@dataclass(frozen=True, slots=True)
class Chat:
    """A private chat, group, forum topic or channel that receives."""

    id: int
    address: Address
    type: ChatType
    state: ChatState
    mode: ChatMode
    lang: str
    tz: str  # IANA name
    paused_at: datetime | None = None
    paused_until: datetime | None = None  # None while paused: until resumed
    prefs: Prefs = Prefs()
    pushed_on: str = ""  # the chat's date of the last push
    pushed: int = 0  # pushes on that date

    @property
    def life(self) -> timedelta | None:
        """How long messages stay in the chat; None: for good."""
        hours = self.prefs.vanish
        if hours is None:
            hours = 24 if self.mode is ChatMode.QUIET else 0
        return timedelta(hours=hours) if hours else None

    @property
    def threaded(self) -> bool:
        """Whether alerts stand in a thread for each topic.

        A thread's name says the topic for as long as it stands: so there is none in Quiet, nor
        where messages shall leave no trace.
        """
        return self.type is ChatType.PRIVATE and self.prefs.threads and self.lasting

    @property
    def lasting(self) -> bool:
        """Whether what is shown may stay as it is: neither Quiet nor vanishing."""
        return self.mode is ChatMode.NORMAL and self.life is None


@dataclass(frozen=True, slots=True)
class Subscription:
    """chat x topic, narrowed by armies or stages (empty: all) or an expression."""

    id: int
    chat_id: int
    topic: str
    narrowing: str = ""  # a filter expression, "" for none
    armies: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    ways: Mapping[str, Way] = field(default_factory=dict)  # by stage, "" for the others


class Role(StrEnum):
    ROOT = "root"
    ADMIN = "admin"
    SUBSCRIBER = "subscriber"
    STRANGER = "stranger"
