"""What Vigil stores, as plain values that every room shares: sources, items, alerts, chats.

Values only: no I/O, no database, no Telegram types. All times are aware UTC. What a message
tells is in `bot/model/views.py`, what it looks like once rendered in `bot/model/rendered.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

__all__ = [
    "ENTRY_KEY",
    "PRIVATE_TOPIC",
    "SCORED",
    "UNREAD_AFTER",
    "Address",
    "AlarmKind",
    "Alert",
    "Cause",
    "Chat",
    "ChatMode",
    "ChatState",
    "ChatType",
    "DigestEvery",
    "FullText",
    "Gone",
    "Item",
    "ItemMatch",
    "MessageKind",
    "MessageState",
    "NoticeState",
    "OwnTopic",
    "ParsedItem",
    "PostState",
    "Prefs",
    "PresenceChange",
    "Priority",
    "Role",
    "Source",
    "SourceKind",
    "SourceState",
    "Stored",
    "Subscription",
    "Transport",
    "WatchedPost",
    "Way",
    "is_private",
]


PRIVATE_TOPIC: Final = "watch:"
"""What the topic of one chat's own words begins with. Nobody else may see or count it."""


def is_private(topic: str) -> bool:
    """Whether the topic is of one chat's own words."""
    return topic.startswith(PRIVATE_TOPIC)


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
    """What can be wrong with a source that admins are told of."""

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

    `titles` by language, none for those of the pack; `way` is how it comes to whoever has not
    chosen, None as usual; one that is `off` is neither offered nor matched.
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


class Role(StrEnum):
    ROOT = "root"
    ADMIN = "admin"
    SUBSCRIBER = "subscriber"
    STRANGER = "stranger"
