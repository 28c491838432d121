"""The tables. Alembic migrations must reach exactly this schema (a test holds it).

Times are UTC. Unique keys carry the promises: item keys, story keys,
alert (story, n), notice (chat, alert).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles

__all__ = [
    "ARCHIVE_WORDS",
    "OPEN",
    "PART",
    "STALE",
    "UNREADABLE_TIME",
    "UNSENT",
    "StoredJson",
    "StoredText",
    "Unreadable",
    "UnreadableTime",
    "UtcDateTime",
    "metadata",
    "soonest",
    "storable",
]

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UnreadableTime(datetime):
    """What stands where a time should and is none: long ago, and not to be taken for one."""


UNREADABLE_TIME = UnreadableTime(1970, 1, 1, tzinfo=UTC)


def soonest(times: Iterable[datetime | None]) -> datetime | None:
    """The first of these; None if there is none. What cannot be read is no time to come at."""
    return min(
        (when for when in times if when is not None and when is not UNREADABLE_TIME), default=None
    )


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """Aware UTC in and out; naive values are refused. SQLite keeps ISO text: one that is no time
    is read as `UNREADABLE_TIME`, not raised in the midst of a result."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        read: Any = self.impl_instance.dialect_impl(dialect).result_processor(dialect, coltype)

        def process(value: Any) -> Any:
            if value is None:
                return None
            try:
                when = value if read is None else read(value)
            except (ValueError, TypeError):
                return UNREADABLE_TIME
            return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)

        return process


def storable(text: str) -> str:
    """`text` with what no database takes (NUL, halves of pairs) replaced by U+FFFD.

    One for one: spans into the text stay true.
    """
    if text.isascii():
        return text.replace("\0", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError:
        text = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
    return text.replace("\0", "\ufffd")


class StoredText(sa.types.TypeDecorator[str]):
    """Text from strangers: see `storable`."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(str(value))


class Unreadable(dict[str, Any]):
    """What stands where JSON should and is none: empty, and not to be taken for a choice."""


class StoredJson(sa.types.TypeDecorator[Any]):
    """JSON; a text that is none is read as `Unreadable`, not raised in the midst of a result."""

    impl = sa.JSON
    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        read = super().result_processor(dialect, coltype)

        def process(value: Any) -> Any:
            try:
                return value if read is None else read(value)
            except ValueError:
                return Unreadable()

        return process


# SQLite gives row ids by itself to INTEGER keys only.
BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _id() -> sa.Column[int]:
    return sa.Column("id", BigId, primary_key=True, autoincrement=True)


# Else SQLite gives the id of a deleted row to the next one: an answer of Telegram
# that comes after a chat has left would then mark somebody else's message as sent.
_NEVER_REUSED: dict[str, Any] = {"sqlite_autoincrement": True}


def _ref(name: str, target: str, **kw: Any) -> sa.Column[int]:
    return sa.Column(name, BigId, sa.ForeignKey(target), **kw)


def _text(name: str, default: str = "", **kw: Any) -> sa.Column[str]:
    return sa.Column(name, StoredText, nullable=False, server_default=default, **kw)


def _time(name: str, *, required: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, UtcDateTime, nullable=not required)


def _int(name: str, default: int = 0) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default=str(default))


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false())


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, StoredJson, nullable=True)


def _partial_index(name: str, column: sa.Column[Any], where: str) -> None:
    sa.Index(name, column, sqlite_where=sa.text(where), info={"where": where})


@compiles(sa.schema.CreateIndex, "postgresql")
def _create_partial(create: sa.schema.CreateIndex, compiler: Any, **options: Any) -> str:
    """`postgresql_where` would load the dialect, which a start on SQLite need not wait for."""
    statement: str = compiler.visit_create_index(create, **options)
    where = create.element.info.get("where")
    return f"{statement} WHERE {where}" if where else statement


# name -> text: epoch of this process, filter generation, getUpdates offset, first-run flags
meta = sa.Table(
    "meta",
    metadata,
    sa.Column("name", StoredText, primary_key=True),
    _text("value"),
)

# name -> count: repeats after unknown outcomes, quarantined items, ...
counters = sa.Table(
    "counters",
    metadata,
    sa.Column("name", StoredText, primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False, server_default="0"),
)

sources = sa.Table(
    "sources",
    metadata,
    _id(),
    _text("transport"),
    _text("address"),
    sa.Column("identity", StoredText, nullable=False, unique=True),
    _text("title"),
    _text("kind"),
    _text("lang"),
    _text("state", "active"),
    sa.Column("telegram_id", sa.BigInteger, nullable=True),
    _text("etag"),
    _text("last_modified"),
    _text("body_hash"),
    _time("added_at", required=True),
    sa.Column("added_by", sa.BigInteger, nullable=True),
    _time("archived_at"),
    _time("next_due"),
    _time("last_success"),
    _time("last_item_at"),
    _int("failures"),
    _text("error"),
    _json("error_values"),
    sa.Column("rate", sa.Float, nullable=False, server_default="0"),
    _text("priority", "normal"),  # high, normal, low
    _text("fulltext", "off"),  # on, auto, off: whether articles are fetched
    _text("proxy"),  # by which it is reached; may hold a password
    _json("headers"),  # sent to its own host; may hold secrets
    _text("moved_to"),  # where permanent redirects have led, how often, since when
    _int("moved_times"),
    _time("moved_since"),
    _text("rhythm"),  # when it publishes, see bot/sources/rhythm.py
    _text("tags"),  # an admin's own, a line each
    sa.Index("ix_sources_due", "state", "next_due"),
    sa.Index("ix_sources_telegram_id", "telegram_id"),
    **_NEVER_REUSED,
)

stories = sa.Table(
    "stories",
    metadata,
    _id(),
    _time("created_at", required=True),
    _time("last_item_at", required=True),
    sa.Column("parent_id", sa.BigInteger, nullable=True),  # a development: of which story
    **_NEVER_REUSED,
)

# Where near texts are looked up: marks of all items of a month (read into memory: an index
# here would be written at a dozen places an item), clues of the matched ones of a year, of
# which a row is its own key.
item_marks = sa.Table(
    "item_marks",
    metadata,
    _id(),
    sa.Column("item_id", sa.BigInteger, nullable=False),
    sa.Column("marks", sa.LargeBinary, nullable=False),
    **_NEVER_REUSED,
)
item_clues = sa.Table(
    "item_clues",
    metadata,
    sa.Column("clue", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("item_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

# people said that the item is not of the story: for all, or (chat) for one chat
splits = sa.Table(
    "splits",
    metadata,
    _id(),
    sa.Column("item_id", sa.BigInteger, nullable=False),
    sa.Column("story_id", sa.BigInteger, nullable=False),
    sa.Column("chat_id", sa.BigInteger, nullable=False, server_default="0"),
    _time("at", required=True),
    # The item with which it stands apart: itself, or the one it came because of.
    sa.Column("part", sa.BigInteger, nullable=False, server_default="0"),
    sa.UniqueConstraint("item_id", "story_id", "chat_id"),
    sa.Index("ix_splits_story_id", "story_id"),
    **_NEVER_REUSED,
)

# chat x story: told of what comes next, whatever it subscribes to
follows = sa.Table(
    "follows",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("story_id", sa.BigInteger, primary_key=True, autoincrement=False),
    _time("since", required=True),
    sa.Column("told_on", StoredText, nullable=False, server_default=""),
)

# chat x source or story: not told of it, for a while or ever
mutes = sa.Table(
    "mutes",
    metadata,
    _id(),
    _ref("chat_id", "chats.id", nullable=False),
    _text("kind"),  # source, story
    sa.Column("target_id", sa.BigInteger, nullable=False),
    _time("until"),  # null: until it is ended
    _time("created_at", required=True),
    sa.UniqueConstraint("chat_id", "kind", "target_id"),
    sa.Index("ix_mutes_target_id", "target_id"),
    **_NEVER_REUSED,
)

# what people said of an alert: noise, wrong army
feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column("notice_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", StoredText, primary_key=True),
    _text("filter_key"),
    _time("at", required=True),
    sa.Column("item_id", sa.BigInteger, nullable=True),
)

# posts of which readers said that they were missed; nobody's name stands beside it
missed = sa.Table(
    "missed",
    metadata,
    _id(),
    sa.Column("key", StoredText, nullable=False, unique=True),  # of an item, address or text
    _text("url"),
    _text("text"),
    sa.Column("item_id", sa.BigInteger, nullable=True),
    _int("times", 1),
    _time("at", required=True),
    _time("settled_at"),  # an admin has seen to it
    _text("topic"),  # which it should have been told under; "" if none, or not settled
    **_NEVER_REUSED,
)

# item x topic: whether it asserts it, as people say; what the score and filters said then
answers = sa.Table(
    "answers",
    metadata,
    _id(),
    sa.Column("item_id", sa.BigInteger, nullable=False),
    sa.Column("topic", StoredText, nullable=False),
    _int("revision", 1),
    sa.Column("score", sa.Float, nullable=False, server_default="0"),
    _json("filters"),  # keys of those that matched
    sa.Column("decided", sa.Boolean, nullable=True),  # by an admin; stands above what readers say
    _int("said_true"),  # by how many readers, under their alerts
    _int("said_false"),
    _time("at", required=True),
    sa.UniqueConstraint("item_id", "topic"),
    **_NEVER_REUSED,
)

# what was learnt from answers: thresholds of the topics, trust in each filter
fits = sa.Table(
    "fits",
    metadata,
    _id(),
    _time("at", required=True),
    _text("state", "proposed"),  # proposed, used, left
    _json("content"),
    _int("answers"),  # so many there were
    _int("more"),  # matches of a month that it would have pushed, and that were not
    _int("fewer"),
    **_NEVER_REUSED,
)

# every key by which an item of the story can be found again, as 64 bits of its hash; global
story_keys = sa.Table(
    "story_keys",
    metadata,
    sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
    _ref("story_id", "stories.id", nullable=False, index=True),
    sqlite_with_rowid=False,
)

items = sa.Table(
    "items",
    metadata,
    _id(),
    _ref("source_id", "sources.id", nullable=False),
    sa.Column("key", StoredText, nullable=False),
    _int("revision", 1),
    _text("title"),
    _text("text"),
    _text("text_hash"),  # of title and text as stored: another one is a revision
    _text("url"),
    _text("lang"),
    _text("author"),
    _json("links"),
    _json("tags"),
    _json("has"),
    _text("forwarded_from"),
    _text("forward_name"),
    _time("published"),
    _time("seen_at", required=True),
    _flag("archived"),
    _ref("story_id", "stories.id", nullable=True, index=True),
    _text("relation", "new"),  # new, copy, same, development
    _int("generation"),  # of filters it was matched with
    _time("revised_at"),  # when its current text was first seen, if that is not the first
    # A report of a roundup: which item it is an entry of, and from where to where in its text.
    sa.Column("part_of", sa.BigInteger, nullable=True),
    sa.Column("part_start", sa.Integer, nullable=True),
    sa.Column("part_end", sa.Integer, nullable=True),
    _flag("cut"),  # a roundup that says nothing beside its entries: compared with nothing
    sa.UniqueConstraint("source_id", "key"),
    sa.Index("ix_items_seen_at", "seen_at", "source_id"),  # with the source: for counts alone
    **_NEVER_REUSED,
)

PART = "part_of IS NOT NULL"
_partial_index("ix_items_part_of", items.c.part_of, PART)

# Which items the archive's index holds; their words lie in `archive_words` (`store.archive`).
archive = sa.Table(
    "archive",
    metadata,
    _id(),
    sa.Column(
        "item_id", BigId, sa.ForeignKey("items.id", ondelete="CASCADE"), nullable=False, unique=True
    ),
    _time("at", required=True),  # published, else seen_at
    _flag("stale"),  # the item has another text by now
    sa.Index("ix_archive_at", "at", "item_id"),
    **_NEVER_REUSED,
)
_partial_index("ix_archive_stale", archive.c.stale, "stale")
# What no column type names: a table of FTS5, or a tsvector. Kept by id of `archive`.
ARCHIVE_WORDS: Mapping[str, tuple[str, ...]] = {
    "sqlite": (
        "CREATE VIRTUAL TABLE archive_words USING fts5(words, content='', columnsize=0,"
        " detail=none, tokenize=\"unicode61 remove_diacritics 0 tokenchars '_'\")",
    ),
    "postgresql": (
        "CREATE TABLE archive_words (id BIGINT PRIMARY KEY REFERENCES archive (id)"
        " ON DELETE CASCADE, words TSVECTOR NOT NULL)",
        "CREATE INDEX ix_archive_words ON archive_words USING gin (words)",
    ),
}

for _dialect, _statements in ARCHIVE_WORDS.items():
    for _statement in _statements:
        _ddl = sa.DDL(_statement)  # type: ignore[no-untyped-call]
        sa.event.listen(archive, "after_create", _ddl.execute_if(dialect=_dialect))
_ddl = sa.DDL("DROP TABLE IF EXISTS archive_words")  # type: ignore[no-untyped-call]
sa.event.listen(archive, "before_drop", _ddl)

# texts that items had before the current one, which is in `items` alone
revisions = sa.Table(
    "revisions",
    metadata,
    _id(),
    _ref("item_id", "items.id", nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    _text("title"),
    _text("text"),
    _text("text_hash"),
    _time("seen_at", required=True),
    sa.UniqueConstraint("item_id", "number"),
    **_NEVER_REUSED,
)

matches = sa.Table(
    "matches",
    metadata,
    _id(),
    _ref("item_id", "items.id", nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    _text("topic"),
    _text("filter_key"),
    _json("spans"),  # [[field, start, end], ...]
    _json("sentence"),  # [field, start, end]
    _text("army", "unknown"),
    _text("stage", "report"),
    _text("era", "now"),
    _json("evidence"),
    _flag("lapsed"),  # found with filters of before: nobody is told because of it any more
    _text("certainty", "sure"),
    sa.Column("score", sa.Float, server_default="1", nullable=False),
    _json("words"),  # [[field, start, end], ...]
    sa.UniqueConstraint("item_id", "revision", "filter_key"),
    sa.Index("ix_matches_filter_key", "filter_key"),
    **_NEVER_REUSED,
)

alerts = sa.Table(
    "alerts",
    metadata,
    _id(),
    _ref("story_id", "stories.id", nullable=False),
    _int("n"),
    _time("created_at", required=True),
    _flag("closed"),  # who was told is forgotten: nobody is told of it any more
    sa.UniqueConstraint("story_id", "n"),
    **_NEVER_REUSED,
)

# work for expansion: this item makes the alert wanted (again) by chats without a notice
causes = sa.Table(
    "causes",
    metadata,
    _id(),
    _ref("alert_id", "alerts.id", nullable=False),
    _ref("item_id", "items.id", nullable=False),
    sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
    _time("created_at", required=True),
    sa.Column("cursor", sa.BigInteger, nullable=False, server_default="0"),
    _flag("done"),
    _flag("late"),  # found after a gap, no news any more: for digests only
    # The last notice whose message was told of it; null: chats are still walked.
    sa.Column("said", sa.BigInteger, key="edit_cursor", nullable=True),
    sa.UniqueConstraint("alert_id", "item_id", "revision"),
    **_NEVER_REUSED,
)
OPEN = "NOT done"
_partial_index("ix_causes_open", causes.c.created_at, OPEN)

chats = sa.Table(
    "chats",
    metadata,
    _id(),
    sa.Column("telegram_id", sa.BigInteger, nullable=False),
    sa.Column("thread_id", sa.BigInteger, nullable=False, server_default="0"),
    _text("type"),
    _text("state", "active"),
    _text("reason"),  # why it is blocked
    _text("mode", "normal"),
    _text("lang", "en"),
    _text("tz", "UTC"),
    _time("created_at", required=True),
    _time("paused_at"),
    _time("paused_until"),  # by itself; null: until resumed
    _json("prefs"),  # what differs from the defaults of bot.model.Prefs
    _text("pushed_on"),  # the chat's date of its last push, and how many on it
    _int("pushed"),
    _time("digest_due"),  # when held for the digest shall come; null: nothing is
    _time("summary_due"),  # likewise what quiet hours and cap hold
    _time("reassured_at"),  # when it last heard that nothing happened
    _time("blocked_at"),  # when it was first seen closed to us
    sa.UniqueConstraint("telegram_id", "thread_id"),
    **_NEVER_REUSED,
)

_partial_index("ix_chats_digest_due", chats.c.digest_due, "digest_due IS NOT NULL")
_partial_index("ix_chats_summary_due", chats.c.summary_due, "summary_due IS NOT NULL")

# Numbers and times of all that was said in private, for as long as it can be deleted.
said = sa.Table(
    "said",
    metadata,
    _id(),
    sa.Column("telegram_chat_id", sa.BigInteger, nullable=False),
    sa.Column("telegram_message_id", sa.BigInteger, nullable=False),
    _time("at", required=True),
    sa.Index("ix_said_telegram_chat_id", "telegram_chat_id"),
    sa.Index("ix_said_at", "at"),
    **_NEVER_REUSED,
)

subscriptions = sa.Table(
    "subscriptions",
    metadata,
    _id(),
    _ref("chat_id", "chats.id", nullable=False),
    _text("topic"),
    _text("narrowing"),
    _json("armies"),
    _json("stages"),
    _time("created_at", required=True),
    _json("ways"),  # stage -> urgent, normal, silent, digest; "" for all others
    sa.UniqueConstraint("chat_id", "topic", "narrowing"),
    sa.Index("ix_subscriptions_topic", "topic", "chat_id"),
    **_NEVER_REUSED,
)

messages = sa.Table(
    "messages",
    metadata,
    _id(),
    _ref("chat_id", "chats.id", nullable=False),
    _text("kind", "alert"),
    _text("state", "queued"),
    _text("lane", "normal"),  # urgent, normal, bulk
    _text("body"),  # of PLAIN messages: HTML
    sa.Column("telegram_message_id", sa.BigInteger, nullable=True),
    _int("wanted_version", 1),
    _int("sent_version"),
    _int("attempts"),
    _int("unknowns"),  # outcomes never answered
    sa.Column("epoch", sa.BigInteger, nullable=False, server_default="0"),
    _time("created_at", required=True),
    _time("next_try_at"),
    _time("sent_at"),
    _time("fold_at"),  # Quiet: revealed until then
    _time("delete_at"),
    _text("reason"),
    _flag("silent"),
    sa.Column("reply_to", sa.BigInteger, nullable=True),  # a message of ours
    sa.Column("item_id", sa.BigInteger, nullable=True),  # of a reply: what it tells of
    _int("edits"),  # for growth, of at most so many
    _json("buttons"),  # of PLAIN messages: rows of [text, data, url, copy]
    _time("edit_at"),  # it may grow again from then on
    _text("shows"),  # a hash of what Telegram last took
    sa.Column("thread_id", sa.BigInteger, nullable=False, server_default="0"),  # in private
    sa.Index("ix_messages_chat_id", "chat_id"),
    **_NEVER_REUSED,
)

# What the outbox asks for every moment, among all messages ever sent.
# A plain index on the state would be preferred to these and hold nearly every row.
UNSENT = "state IN ('queued', 'sending', 'retry', 'unknown')"
DEAD = "state = 'dead'"
STALE = "state = 'sent' AND wanted_version > sent_version"
_partial_index("ix_messages_unsent", messages.c.chat_id, UNSENT)
_partial_index("ix_messages_stale", messages.c.chat_id, STALE)
_partial_index("ix_messages_next_try_at", messages.c.next_try_at, "next_try_at IS NOT NULL")
_partial_index("ix_messages_fold_at", messages.c.fold_at, "fold_at IS NOT NULL")
_partial_index("ix_messages_reply_to", messages.c.reply_to, "reply_to IS NOT NULL")
_partial_index("ix_messages_delete_at", messages.c.delete_at, "delete_at IS NOT NULL")
_partial_index("ix_messages_sent_at", messages.c.sent_at, "sent_at IS NOT NULL")
_partial_index("ix_messages_dead", messages.c.chat_id, DEAD)

notices = sa.Table(
    "notices",
    metadata,
    _id(),
    _ref("chat_id", "chats.id", nullable=False),
    _ref("alert_id", "alerts.id", nullable=False),
    _ref("item_id", "items.id", nullable=False),  # the item this chat is told of
    _int("revision", 1),
    _text("topic"),
    _text("state", "queued"),
    _ref("message_id", "messages.id", nullable=True),
    _time("created_at", required=True),
    sa.UniqueConstraint("chat_id", "alert_id"),
    sa.Index("ix_notices_alert_id", "alert_id"),
    sa.Index("ix_notices_message_id", "message_id"),
    sa.Index("ix_notices_chat_state", "chat_id", "state"),
    **_NEVER_REUSED,
)

# appointed and invited people; root admins of the settings are not stored
people = sa.Table(
    "people",
    metadata,
    sa.Column("telegram_id", sa.BigInteger, primary_key=True, autoincrement=False),
    _text("role"),
    _time("since", required=True),
    sa.Column("invited_by", sa.BigInteger, nullable=True),
)

# invitations and the claim link: only the hash of a code is kept
invites = sa.Table(
    "invites",
    metadata,
    sa.Column("code_hash", StoredText, primary_key=True),
    _text("role"),
    sa.Column("created_by", sa.BigInteger, nullable=True),
    _time("created_at", required=True),
    _time("expires_at", required=True),
    _time("used_at"),
)

# what a button would do, kept on our side: a callback carries only the token
drafts = sa.Table(
    "drafts",
    metadata,
    sa.Column("token", StoredText, primary_key=True),
    sa.Column("user_id", sa.BigInteger, nullable=False),
    sa.Column("telegram_chat_id", sa.BigInteger, nullable=False),
    _text("kind"),
    _json("payload"),
    _time("created_at", required=True),
    _time("expires_at", required=True),
)

filters = sa.Table(
    "filters",
    metadata,
    _id(),
    sa.Column("key", StoredText, nullable=False, unique=True),  # topic/name of a pack, or f<id>
    _text("topic"),
    _text("expression"),
    _text("origin", "admin"),  # pack, admin
    _text("state", "active"),  # active, off, removed
    _int("version", 1),
    _time("created_at", required=True),
    sa.Column("created_by", sa.BigInteger, nullable=True),
    **_NEVER_REUSED,
)

# Own words of one chat: a filter nobody else sees, under the topic `watch:<filter_id>`.
watches = sa.Table(
    "watches",
    metadata,
    sa.Column(
        "filter_id", BigId, sa.ForeignKey("filters.id"), primary_key=True, autoincrement=False
    ),
    _ref("chat_id", "chats.id", nullable=False, index=True),
)

filter_versions = sa.Table(
    "filter_versions",
    metadata,
    _ref("filter_id", "filters.id", primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    _text("expression"),
    _time("at", required=True),
    sa.Column("by", sa.BigInteger, nullable=True),
)

# known names that admins added beside those of the packs
entities = sa.Table(
    "entities",
    metadata,
    sa.Column("key", StoredText, primary_key=True),  # person:petrova
    _json("definition"),  # as a row of filters/packs/data/entities.toml
    _json("forms"),  # what was worked out of it
    _time("created_at", required=True),
    sa.Column("created_by", sa.BigInteger, nullable=True),
)

# words beside which a pack's filter is not meant here
exclusions = sa.Table(
    "exclusions",
    metadata,
    sa.Column("filter_key", StoredText, primary_key=True),
    _text("words"),
    _time("at", required=True),
)

# topics of admins, and what they chose of those of the packs
topics = sa.Table(
    "topics",
    metadata,
    sa.Column("name", StoredText, primary_key=True),  # what the code calls its id
    _json("titles"),  # by language; none: those of the pack
    _text("way"),  # how it comes to whoever has not chosen; "" as usual
    _flag("is_off"),
    _time("changed_at", required=True),
)

# lists of words that filters use as @name, beside those of the packs
word_groups = sa.Table(
    "word_groups",
    metadata,
    sa.Column("name", StoredText, primary_key=True),
    sa.Column("words", StoredText, nullable=False),
    _time("changed_at", required=True),
)

# who changed what, when, and how to undo it; people stand here by a pseudonym
audit = sa.Table(
    "audit",
    metadata,
    _id(),
    _time("at", required=True),
    _text("actor"),  # "" once the person was forgotten
    _text("command"),
    _text("subject"),  # source:7
    sa.Column("chat_id", sa.BigInteger, nullable=True),  # of a chat alone: deleted with it
    _json("details"),
    _json("inverse"),  # [restorer, arguments]; null: cannot be undone
    sa.Column("undone_by", sa.BigInteger, nullable=True),
    sa.Index("ix_audit_chat_id", "chat_id", "id"),
    sa.Index("ix_audit_subject", "subject"),
    **_NEVER_REUSED,
)

# channel posts and membership changes, committed before the offset moves
inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("update_id", sa.BigInteger, primary_key=True, autoincrement=False),
    _text("kind"),
    _json("payload"),
    _time("received_at", required=True),
    _time("handled_at"),
    _int("attempts"),
    _text("error"),
)
_partial_index("ix_inbox_pending", inbox.c.update_id, "handled_at IS NULL")

# an item that could not be handled: kept, reported, never in the way
quarantine = sa.Table(
    "quarantine",
    metadata,
    _id(),
    _ref("source_id", "sources.id", nullable=True),
    _text("item_key"),
    _json("payload"),
    _text("error"),
    _time("at", required=True),
    **_NEVER_REUSED,
)

# pages as they came (zlib), by the hash of their bytes: what a sighting is proved with
captures = sa.Table(
    "captures",
    metadata,
    sa.Column("sha256", StoredText, primary_key=True),
    _text("url"),
    _time("at", required=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
)

# items of channels: whether the public page still shows them, and when to look again
posts = sa.Table(
    "posts",
    metadata,
    sa.Column("item_id", BigId, sa.ForeignKey("items.id"), primary_key=True, autoincrement=False),
    _ref("source_id", "sources.id", nullable=False),
    sa.Column("number", sa.BigInteger, nullable=False),  # Telegram's, within the channel
    sa.Column("last_number", sa.BigInteger, nullable=False),  # of an album's last part
    _text("state", "present"),  # present, edited, gone, unknown
    _int("revision", 1),  # of the item, as last looked at
    _time("first_at", required=True),  # when it was published, as far as is known
    _time("seen_at", required=True),  # when a page last showed it
    _time("absent_at"),  # when a page first did not, since then
    _int("absences"),
    _time("gone_at"),  # when it was found to be gone
    _text("sha256"),  # of the kept page that last showed it
    _flag("alerted"),
    _time("next_look"),
    sa.Index("ix_posts_source_number", "source_id", "number"),
)
_partial_index("ix_posts_next_look", posts.c.next_look, "next_look IS NOT NULL")

# the evidence of each state: which page, when, the hash of its bytes ("" where none came)
sightings = sa.Table(
    "sightings",
    metadata,
    _id(),
    _ref("item_id", "items.id", nullable=False, index=True),
    _time("at", required=True),
    _text("verdict"),  # present, edited, absent, refused, shown, unknown
    _text("url"),
    _text("sha256"),
    _text("error"),  # why nothing could be seen
    **_NEVER_REUSED,
)

# pages of a channel still to be read backwards: over a gap, or into the past on request
pagings = sa.Table(
    "pagings",
    metadata,
    _id(),
    _ref("source_id", "sources.id", nullable=False),
    _text("purpose"),  # gap, backfill
    sa.Column("before", sa.BigInteger, nullable=True),  # the next page; null: the newest
    sa.Column("floor", sa.BigInteger, nullable=False, server_default="0"),  # known from here down
    _time("since"),  # of a backfill: how far back
    _time("created_at", required=True),
    _time("next_try_at", required=True),
    _int("failures"),
    _text("error"),
    _json("error_values"),
    _int("pages"),
    _int("found"),  # items that were new
    _time("reached"),  # the oldest publication read
    sa.Column("chat_id", sa.BigInteger, nullable=True),  # who asked: a Telegram chat,
    sa.Column("thread_id", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("message_id", sa.BigInteger, nullable=True),  # the answer that shows progress
    _text("lang"),
    sa.Index("ix_pagings_next_try_at", "next_try_at"),
    **_NEVER_REUSED,
)

# what admins were told of a source and need not hear again until it has passed
alarms = sa.Table(
    "alarms",
    metadata,
    _ref("source_id", "sources.id", primary_key=True, autoincrement=False),
    sa.Column("kind", StoredText, primary_key=True),  # failing, silent, moved, layout
    _time("at", required=True),
)

# posts that came one by one and are one album: the item has the key of them all
album_parts = sa.Table(
    "album_parts",
    metadata,
    _ref("source_id", "sources.id", primary_key=True, autoincrement=False),
    sa.Column("album", StoredText, primary_key=True),  # Telegram's media_group_id
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    _text("key"),
    _json("part"),
    _time("at", required=True),
)

# articles of items whose source says little itself: wanted, then read or failed, once
articles = sa.Table(
    "articles",
    metadata,
    sa.Column("item_id", BigId, sa.ForeignKey("items.id"), primary_key=True, autoincrement=False),
    _ref("source_id", "sources.id", nullable=False),
    _text("url"),
    _text("state", "wanted"),  # wanted, read, failed
    _time("wanted_at", required=True),
    _time("next_try"),  # null: nothing more to do
    _int("attempts"),
    _time("read_at"),
    _text("sha256"),  # of the page that is kept
    _text("title"),
    _text("text"),
    _text("error"),
    _json("error_values"),
    sa.Index("ix_articles_source_id", "source_id", "wanted_at"),
)
_partial_index("ix_articles_next_try", articles.c.next_try, "next_try IS NOT NULL")

# subscriptions at hubs that bring what a feed publishes (WebSub)
websubs = sa.Table(
    "websubs",
    metadata,
    _ref("source_id", "sources.id", primary_key=True, autoincrement=False),
    _text("hub"),
    _text("topic"),
    sa.Column("token", StoredText, nullable=False, unique=True),  # of the path it calls
    _text("secret"),
    _text("state", "wanted"),  # wanted, asked, verified, refused, leaving
    _time("next_try"),  # null: waits for nothing
    _time("lease_until"),
    _int("failures"),
    _text("error"),
    _json("error_values"),
    _time("last_push"),
)
_partial_index("ix_websubs_next_try", websubs.c.next_try, "next_try IS NOT NULL")
