"""The words of the design as plain values, shared by every room.

Values only: no I/O, no database, no Telegram types. All times are aware UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
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
    "AlertView",
    "Button",
    "Cause",
    "Changed",
    "Chart",
    "ChartView",
    "Chat",
    "ChatMode",
    "ChatState",
    "ChatType",
    "DigestEvery",
    "DigestView",
    "FullText",
    "Gone",
    "Item",
    "ItemMatch",
    "Joined",
    "MessageKind",
    "MessageState",
    "NoticeState",
    "OwnTopic",
    "ParsedItem",
    "PostState",
    "Prefs",
    "PresenceChange",
    "Priority",
    "Rendered",
    "ReplyView",
    "Role",
    "Source",
    "SourceKind",
    "SourceState",
    "Stored",
    "Subscription",
    "SummaryView",
    "TextVersion",
    "Transport",
    "Unread",
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
    tags: tuple[
        str, ...
    ] = ()  # folders of the list that brought it ("Courts/Chita"), or an admin's
    proxy: str = field(default="", repr=False)  # its own way there; may hold a password
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def unread(self) -> bool:
        """Whether it cannot be read: an active source that failed at `UNREAD_AFTER` visits in
        a row. Lists, `/health`, digests and alarms all go by this; fewer failures are a hitch.
        """
        return self.state is SourceState.ACTIVE and self.failures >= UNREAD_AFTER

    moved_to: str = ""  # where permanent redirects lead, not yet believed
    moved_times: int = 0
    moved_since: datetime | None = None


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


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: `data` (at most 64 bytes), a `url`, or what it copies.

    `copy` holds at most 256 letters. Older servers show no such button: it is a help only.
    """

    text: str
    data: str = ""
    url: str = ""
    copy: str = ""


@dataclass(frozen=True, slots=True)
class Aside:
    """For whom alone of a group a message is: Telegram's number, and the press it answers."""

    user_id: int
    query_id: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a message shall be: Telegram's HTML, rows of buttons.

    `plain` is the same without markup, for when Telegram refuses the HTML.
    """

    html: str
    plain: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    silent: bool = False
    chart: Chart | None = None  # a picture, whose caption the text is


@dataclass(frozen=True, slots=True)
class Chart:
    """What a week's picture shows: alerts a day by topic, and the places named most.

    Titles, days and places are as they shall be read; `others` names what has no colour of
    its own. `dark`: for eyes in the dark.
    """

    title: str
    days: tuple[str, ...]
    topics: tuple[tuple[str, tuple[int, ...]], ...]  # title -> a count for each day
    places_title: str
    places: tuple[tuple[str, int], ...]
    others: str = ""
    dark: bool = False


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

    The item is the one this chat is told of. `spans` and `sentence` are
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
    topics possibly got, which is told nowhere else."""

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
