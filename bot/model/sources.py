"""Sources: where reports come from, and how each is read. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

__all__ = [
    "UNREAD_AFTER",
    "AlarmKind",
    "FullText",
    "Priority",
    "Source",
    "SourceKind",
    "SourceState",
    "Transport",
]


class Transport(StrEnum):
    """How a source is read."""

    FEED = "feed"  # RSS, Atom, JSON Feed
    PREVIEW = "preview"  # a channel's public preview page
    CHANNEL = "channel"  # channel_post updates, where the bot is an admin


class SourceKind(StrEnum):
    """What a source is, as shown to readers."""

    COURT = "court"
    OFFICIAL = "official"
    MEDIA = "media"
    RIGHTS = "rights"
    ANONYMOUS = "anonymous"


class Priority(StrEnum):
    """How often a source is polled, relative to its rate of items."""

    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"

    @property
    def weight(self) -> float:
        """By how much an item of it counts more: four times the weight, twice the visits."""
        return {Priority.HIGH: 4.0, Priority.NORMAL: 1.0, Priority.LOW: 0.25}[self]


class FullText(StrEnum):
    """Whether the articles a feed names are fetched."""

    ON = "on"
    AUTO = "auto"  # where the feed itself says little
    OFF = "off"


class SourceState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"  # by an admin
    PENDING = "pending"  # a channel the bot was added to, not yet confirmed
    GONE = "gone"  # it says so itself; an admin was told
    REMOVED = "removed"  # by an admin; its items stay


class AlarmKind(StrEnum):
    """Troubles of a source that admins get alarms about."""

    FAILING = "failing"
    LAYOUT = "layout"
    MOVED = "moved"
    SILENT = "silent"
    STRANGE = "strange"  # half of a page cannot be read


UNREAD_AFTER: Final = 3
"""A source that failed at so many visits in a row is unread: some minutes after the first."""


@dataclass(frozen=True, slots=True)
class Source:
    """A feed or Telegram channel.

    `address` is what is fetched: a feed's URL, or the channel's name without @
    (for CHANNEL: the name, or "" of a private channel). `identity` is unique:
    the canonical URL, or `t.me/name`, or `tg:<stable chat id>`.
    """

    id: int
    transport: Transport
    address: str
    identity: str
    title: str
    kind: SourceKind
    lang: str
    state: SourceState
    telegram_id: int | None = None
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    added_at: datetime | None = None
    archived_at: datetime | None = None  # the first fetch, which tells nobody
    next_due: datetime | None = None
    last_success: datetime | None = None
    last_item_at: datetime | None = None
    failures: int = 0
    error: str = ""  # msgid of the last failure, "" when the last fetch went well
    error_values: Mapping[str, object] = field(default_factory=dict)
    rate: float = 0.0  # items a day, as last estimated
    rhythm: str = ""  # when they come, as bot.sources.rhythm writes it
    priority: Priority = Priority.NORMAL
    fulltext: FullText = FullText.OFF
    # Folders of the list that brought it ("Courts/Chita"), or an admin's.
    tags: tuple[str, ...] = ()
    proxy: str = field(default="", repr=False)  # its own way there; may hold a password
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    moved_to: str = ""  # where permanent redirects lead, not yet believed
    moved_times: int = 0
    moved_since: datetime | None = None

    @property
    def unread(self) -> bool:
        """Whether it cannot be read: an active source that failed at `UNREAD_AFTER` visits in
        a row. Lists, `/health`, digests and alarms all go by this; fewer failures are a hitch.
        """
        return self.state is SourceState.ACTIVE and self.failures >= UNREAD_AFTER
