"""The tables. Alembic migrations must reach exactly this schema (a test holds it).

Times are UTC. Unique keys carry the promises: item keys, story keys,
alert (story, n), notice (chat, alert).
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from bot.store.columns import (
    NEVER_REUSED,
    BigId,
    StoredList,
    StoredText,
    flag_column,
    id_column,
    int_column,
    json_column,
    partial_index,
    ref_column,
    text_column,
    time_column,
)

__all__ = ["ARCHIVE_WORDS", "OPEN", "PART", "STALE", "UNSENT", "metadata"]

# Whose foreign keys the migration that made them named after the other table too.
_NAMED_AFTER_BOTH = frozenset(
    [
        "alarms",
        "album_parts",
        "archive",
        "articles",
        "pagings",
        "posts",
        "sightings",
        "watches",
        "websubs",
    ]
)


def _other_table(constraint: sa.Constraint, table: sa.Table) -> str:
    assert isinstance(constraint, sa.ForeignKeyConstraint)
    target = constraint.elements[0].target_fullname.partition(".")[0]
    return f"_{target}" if table.name in _NAMED_AFTER_BOTH else ""


metadata = sa.MetaData(
    naming_convention={
        "other_table": _other_table,
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s%(other_table)s",
        "pk": "pk_%(table_name)s",
    }
)


# name -> text: epoch of this process, filter generation, getUpdates offset, first-run flags
meta = sa.Table(
    "meta",
    metadata,
    sa.Column("name", StoredText, primary_key=True),
    text_column("value"),
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
    id_column(),
    text_column("transport"),
    text_column("address"),
    sa.Column("identity", StoredText, nullable=False, unique=True),
    text_column("title"),
    text_column("kind"),
    text_column("lang"),
    text_column("state", "active"),
    sa.Column("telegram_id", sa.BigInteger, nullable=True),
    text_column("etag"),
    text_column("last_modified"),
    text_column("body_hash"),
    time_column("added_at", required=True),
    sa.Column("added_by", sa.BigInteger, nullable=True),
    time_column("archived_at"),
    time_column("next_due"),
    time_column("last_success"),
    time_column("last_item_at"),
    int_column("failures"),
    text_column("error"),
    json_column("error_values"),
    sa.Column("rate", sa.Float, nullable=False, server_default="0"),
    text_column("priority", "normal"),  # high, normal, low
    text_column("fulltext", "off"),  # on, auto, off: whether articles are fetched
    text_column("proxy"),  # by which it is reached; may hold a password
    json_column("headers"),  # sent to its own host; may hold secrets
    text_column("moved_to"),  # where permanent redirects have led, how often, since when
    int_column("moved_times"),
    time_column("moved_since"),
    text_column("rhythm"),  # when it publishes, see bot/sources/rhythm.py
    text_column("tags"),  # an admin's own, a line each
    sa.Index("ix_sources_due", "state", "next_due"),
    sa.Index("ix_sources_telegram_id", "telegram_id"),
    **NEVER_REUSED,
)

stories = sa.Table(
    "stories",
    metadata,
    id_column(),
    time_column("created_at", required=True),
    time_column("last_item_at", required=True),
    sa.Column("parent_id", sa.BigInteger, nullable=True),  # a development: of which story
    **NEVER_REUSED,
)

# Where near texts are looked up: marks of all items of a month (read into memory: an index
# here would be written at a dozen places an item), clues of the matched ones of a year, of
# which a row is its own key.
item_marks = sa.Table(
    "item_marks",
    metadata,
    id_column(),
    sa.Column("item_id", sa.BigInteger, nullable=False),
    sa.Column("marks", sa.LargeBinary, nullable=False),
    **NEVER_REUSED,
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
    id_column(),
    sa.Column("item_id", sa.BigInteger, nullable=False),
    sa.Column("story_id", sa.BigInteger, nullable=False),
    sa.Column("chat_id", sa.BigInteger, nullable=False, server_default="0"),
    time_column("at", required=True),
    # The item with which it stands apart: itself, or the one it came because of.
    sa.Column("part", sa.BigInteger, nullable=False, server_default="0"),
    sa.UniqueConstraint("item_id", "story_id", "chat_id"),
    sa.Index("ix_splits_story_id", "story_id"),
    **NEVER_REUSED,
)

# chat x story: told of what comes next, whatever it subscribes to
follows = sa.Table(
    "follows",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("story_id", sa.BigInteger, primary_key=True, autoincrement=False),
    time_column("since", required=True),
    sa.Column("told_on", StoredText, nullable=False, server_default=""),
)

# chat x source or story: not told of it, for a while or ever
mutes = sa.Table(
    "mutes",
    metadata,
    id_column(),
    ref_column("chat_id", "chats.id", nullable=False),
    text_column("kind"),  # source, story
    sa.Column("target_id", sa.BigInteger, nullable=False),
    time_column("until"),  # null: until it is ended
    time_column("created_at", required=True),
    sa.UniqueConstraint("chat_id", "kind", "target_id"),
    sa.Index("ix_mutes_target_id", "target_id"),
    **NEVER_REUSED,
)

# what people said of an alert: noise, wrong army
feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column("notice_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", StoredText, primary_key=True),
    text_column("filter_key"),
    time_column("at", required=True),
    sa.Column("item_id", sa.BigInteger, nullable=True),
)

# posts of which readers said that they were missed; nobody's name stands beside it
missed = sa.Table(
    "missed",
    metadata,
    id_column(),
    sa.Column("key", StoredText, nullable=False, unique=True),  # of an item, address or text
    text_column("url"),
    text_column("text"),
    sa.Column("item_id", sa.BigInteger, nullable=True),
    int_column("times", 1),
    time_column("at", required=True),
    time_column("settled_at"),  # an admin has seen to it
    text_column("topic"),  # which it should have been told under; "" if none, or not settled
    **NEVER_REUSED,
)

# item x topic: whether it asserts it, as people say; what the score and filters said then
answers = sa.Table(
    "answers",
    metadata,
    id_column(),
    sa.Column("item_id", sa.BigInteger, nullable=False),
    sa.Column("topic", StoredText, nullable=False),
    int_column("revision", 1),
    sa.Column("score", sa.Float, nullable=False, server_default="0"),
    json_column("filters"),  # keys of those that matched
    sa.Column("decided", sa.Boolean, nullable=True),  # by an admin; stands above what readers say
    int_column("said_true"),  # by how many readers, under their alerts
    int_column("said_false"),
    time_column("at", required=True),
    sa.UniqueConstraint("item_id", "topic"),
    **NEVER_REUSED,
)

# what was learnt from answers: thresholds of the topics, trust in each filter
fits = sa.Table(
    "fits",
    metadata,
    id_column(),
    time_column("at", required=True),
    text_column("state", "proposed"),  # proposed, used, left
    json_column("content"),
    int_column("answers"),  # so many there were
    int_column("more"),  # matches of a month that it would have pushed, and that were not
    int_column("fewer"),
    **NEVER_REUSED,
)

# every key by which an item of the story can be found again, as 64 bits of its hash; global
story_keys = sa.Table(
    "story_keys",
    metadata,
    sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
    ref_column("story_id", "stories.id", nullable=False, index=True),
    sqlite_with_rowid=False,
)

items = sa.Table(
    "items",
    metadata,
    id_column(),
    ref_column("source_id", "sources.id", nullable=False),
    sa.Column("key", StoredText, nullable=False),
    int_column("revision", 1),
    text_column("title"),
    text_column("text"),
    text_column("text_hash"),  # of title and text as stored: another one is a revision
    text_column("url"),
    text_column("lang"),
    text_column("author"),
    *(sa.Column(name, StoredList, nullable=True) for name in ("links", "tags", "has")),
    text_column("forwarded_from"),
    text_column("forward_name"),
    time_column("published"),
    time_column("seen_at", required=True),
    flag_column("archived"),
    ref_column("story_id", "stories.id", nullable=True, index=True),
    text_column("relation", "new"),  # new, copy, same, development
    int_column("generation"),  # of filters it was matched with
    time_column("revised_at"),  # when its current text was first seen, if that is not the first
    # A report of a roundup: which item it is an entry of, and from where to where in its text.
    sa.Column("part_of", sa.BigInteger, nullable=True),
    sa.Column("part_start", sa.Integer, nullable=True),
    sa.Column("part_end", sa.Integer, nullable=True),
    flag_column("cut"),  # a roundup that says nothing beside its entries: compared with nothing
    sa.UniqueConstraint("source_id", "key"),
    sa.Index("ix_items_seen_at", "seen_at", "source_id"),  # with the source: for counts alone
    **NEVER_REUSED,
)

PART = "part_of IS NOT NULL"
partial_index("ix_items_part_of", items.c.part_of, PART)

# Which items the archive's index holds; their words lie in `archive_words` (`store.archive`).
archive = sa.Table(
    "archive",
    metadata,
    id_column(),
    sa.Column(
        "item_id", BigId, sa.ForeignKey("items.id", ondelete="CASCADE"), nullable=False, unique=True
    ),
    time_column("at", required=True),  # published, else seen_at
    flag_column("stale"),  # the item has another text by now
    sa.Index("ix_archive_at", "at", "item_id"),
    **NEVER_REUSED,
)
partial_index("ix_archive_stale", archive.c.stale, "stale")
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
    id_column(),
    ref_column("item_id", "items.id", nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    text_column("title"),
    text_column("text"),
    text_column("text_hash"),
    time_column("seen_at", required=True),
    sa.UniqueConstraint("item_id", "number"),
    **NEVER_REUSED,
)

matches = sa.Table(
    "matches",
    metadata,
    id_column(),
    ref_column("item_id", "items.id", nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    text_column("topic"),
    text_column("filter_key"),
    json_column("spans"),  # [[field, start, end], ...]
    json_column("sentence"),  # [field, start, end]
    text_column("army", "unknown"),
    text_column("stage", "report"),
    text_column("era", "now"),
    json_column("evidence"),
    flag_column("lapsed"),  # found with filters of before: nobody is told because of it any more
    text_column("certainty", "sure"),
    sa.Column("score", sa.Float, server_default="1", nullable=False),
    json_column("words"),  # [[field, start, end], ...]
    sa.UniqueConstraint("item_id", "revision", "filter_key"),
    sa.Index("ix_matches_filter_key", "filter_key"),
    **NEVER_REUSED,
)

alerts = sa.Table(
    "alerts",
    metadata,
    id_column(),
    ref_column("story_id", "stories.id", nullable=False),
    int_column("n"),
    time_column("created_at", required=True),
    flag_column("closed"),  # who was told is forgotten: nobody is told of it any more
    sa.UniqueConstraint("story_id", "n"),
    **NEVER_REUSED,
)

# work for expansion: this item makes the alert wanted (again) by chats without a notice
causes = sa.Table(
    "causes",
    metadata,
    id_column(),
    ref_column("alert_id", "alerts.id", nullable=False),
    ref_column("item_id", "items.id", nullable=False),
    sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
    time_column("created_at", required=True),
    sa.Column("cursor", sa.BigInteger, nullable=False, server_default="0"),
    flag_column("done"),
    flag_column("late"),  # found after a gap, no news any more: for digests only
    # The last notice whose message was told of it; null: chats are still walked.
    sa.Column("said", sa.BigInteger, key="edit_cursor", nullable=True),
    sa.UniqueConstraint("alert_id", "item_id", "revision"),
    **NEVER_REUSED,
)
OPEN = "NOT done"
partial_index("ix_causes_open", causes.c.created_at, OPEN)

chats = sa.Table(
    "chats",
    metadata,
    id_column(),
    sa.Column("telegram_id", sa.BigInteger, nullable=False),
    sa.Column("thread_id", sa.BigInteger, nullable=False, server_default="0"),
    text_column("type"),
    text_column("state", "active"),
    text_column("reason"),  # why it is blocked
    text_column("mode", "normal"),
    text_column("lang", "en"),
    text_column("tz", "UTC"),
    time_column("created_at", required=True),
    time_column("paused_at"),
    time_column("paused_until"),  # by itself; null: until resumed
    json_column("prefs"),  # what differs from the defaults of bot.model.Prefs
    text_column("pushed_on"),  # the chat's date of its last push, and how many on it
    int_column("pushed"),
    time_column("digest_due"),  # when held for the digest shall come; null: nothing is
    time_column("summary_due"),  # likewise what quiet hours and cap hold
    time_column("reassured_at"),  # when it last heard that nothing happened
    time_column("blocked_at"),  # when it was first seen closed to us
    sa.UniqueConstraint("telegram_id", "thread_id"),
    **NEVER_REUSED,
)

partial_index("ix_chats_digest_due", chats.c.digest_due, "digest_due IS NOT NULL")
partial_index("ix_chats_summary_due", chats.c.summary_due, "summary_due IS NOT NULL")

# Numbers and times of all that was said in private, for as long as it can be deleted.
said = sa.Table(
    "said",
    metadata,
    id_column(),
    sa.Column("telegram_chat_id", sa.BigInteger, nullable=False),
    sa.Column("telegram_message_id", sa.BigInteger, nullable=False),
    time_column("at", required=True),
    sa.Index("ix_said_telegram_chat_id", "telegram_chat_id"),
    sa.Index("ix_said_at", "at"),
    **NEVER_REUSED,
)

subscriptions = sa.Table(
    "subscriptions",
    metadata,
    id_column(),
    ref_column("chat_id", "chats.id", nullable=False),
    text_column("topic"),
    text_column("narrowing"),
    json_column("armies"),
    json_column("stages"),
    time_column("created_at", required=True),
    json_column("ways"),  # stage -> urgent, normal, silent, digest; "" for all others
    sa.UniqueConstraint("chat_id", "topic", "narrowing"),
    sa.Index("ix_subscriptions_topic", "topic", "chat_id"),
    **NEVER_REUSED,
)

messages = sa.Table(
    "messages",
    metadata,
    id_column(),
    ref_column("chat_id", "chats.id", nullable=False),
    text_column("kind", "alert"),
    text_column("state", "queued"),
    text_column("lane", "normal"),  # urgent, normal, bulk
    text_column("body"),  # of PLAIN messages: HTML
    sa.Column("telegram_message_id", sa.BigInteger, nullable=True),
    int_column("wanted_version", 1),
    int_column("sent_version"),
    int_column("attempts"),
    int_column("unknowns"),  # outcomes never answered
    sa.Column("epoch", sa.BigInteger, nullable=False, server_default="0"),
    time_column("created_at", required=True),
    time_column("next_try_at"),
    time_column("sent_at"),
    time_column("fold_at"),  # Quiet: revealed until then
    time_column("delete_at"),
    text_column("reason"),
    flag_column("silent"),
    sa.Column("reply_to", sa.BigInteger, nullable=True),  # a message of ours
    sa.Column("item_id", sa.BigInteger, nullable=True),  # of a reply: what it tells of
    int_column("edits"),  # for growth, of at most so many
    json_column("buttons"),  # of PLAIN messages: rows of [text, data, url, copy]
    time_column("edit_at"),  # it may grow again from then on
    text_column("shows"),  # a hash of what Telegram last took
    sa.Column("thread_id", sa.BigInteger, nullable=False, server_default="0"),  # in private
    sa.Index("ix_messages_chat_id", "chat_id"),
    **NEVER_REUSED,
)

# What the outbox asks for every moment, among all messages ever sent.
# A plain index on the state would be preferred to these and hold nearly every row.
UNSENT = "state IN ('queued', 'sending', 'retry', 'unknown')"
DEAD = "state = 'dead'"
STALE = "state = 'sent' AND wanted_version > sent_version"
partial_index("ix_messages_unsent", messages.c.chat_id, UNSENT)
partial_index("ix_messages_stale", messages.c.chat_id, STALE)
partial_index("ix_messages_next_try_at", messages.c.next_try_at, "next_try_at IS NOT NULL")
partial_index("ix_messages_fold_at", messages.c.fold_at, "fold_at IS NOT NULL")
partial_index("ix_messages_reply_to", messages.c.reply_to, "reply_to IS NOT NULL")
partial_index("ix_messages_delete_at", messages.c.delete_at, "delete_at IS NOT NULL")
partial_index("ix_messages_sent_at", messages.c.sent_at, "sent_at IS NOT NULL")
partial_index("ix_messages_dead", messages.c.chat_id, DEAD)

notices = sa.Table(
    "notices",
    metadata,
    id_column(),
    ref_column("chat_id", "chats.id", nullable=False),
    ref_column("alert_id", "alerts.id", nullable=False),
    ref_column("item_id", "items.id", nullable=False),  # the item this chat is told of
    int_column("revision", 1),
    text_column("topic"),
    text_column("state", "queued"),
    ref_column("message_id", "messages.id", nullable=True),
    time_column("created_at", required=True),
    sa.UniqueConstraint("chat_id", "alert_id"),
    sa.Index("ix_notices_alert_id", "alert_id"),
    sa.Index("ix_notices_message_id", "message_id"),
    sa.Index("ix_notices_chat_state", "chat_id", "state"),
    **NEVER_REUSED,
)

# appointed and invited people; root admins of the settings are not stored
people = sa.Table(
    "people",
    metadata,
    sa.Column("telegram_id", sa.BigInteger, primary_key=True, autoincrement=False),
    text_column("role"),
    time_column("since", required=True),
    sa.Column("invited_by", sa.BigInteger, nullable=True),
)

# invitations and the claim link: only the hash of a code is kept
invites = sa.Table(
    "invites",
    metadata,
    sa.Column("code_hash", StoredText, primary_key=True),
    text_column("role"),
    sa.Column("created_by", sa.BigInteger, nullable=True),
    time_column("created_at", required=True),
    time_column("expires_at", required=True),
    time_column("used_at"),
)

# what a button would do, kept on our side: a callback carries only the token
drafts = sa.Table(
    "drafts",
    metadata,
    sa.Column("token", StoredText, primary_key=True),
    sa.Column("user_id", sa.BigInteger, nullable=False),
    sa.Column("telegram_chat_id", sa.BigInteger, nullable=False),
    text_column("kind"),
    json_column("payload"),
    time_column("created_at", required=True),
    time_column("expires_at", required=True),
)

filters = sa.Table(
    "filters",
    metadata,
    id_column(),
    sa.Column("key", StoredText, nullable=False, unique=True),  # topic/name of a pack, or f<id>
    text_column("topic"),
    text_column("expression"),
    text_column("origin", "admin"),  # pack, admin
    text_column("state", "active"),  # active, off, removed
    int_column("version", 1),
    time_column("created_at", required=True),
    sa.Column("created_by", sa.BigInteger, nullable=True),
    **NEVER_REUSED,
)

# Own words of one chat: a filter nobody else sees, under the topic `watch:<filter_id>`.
watches = sa.Table(
    "watches",
    metadata,
    sa.Column(
        "filter_id", BigId, sa.ForeignKey("filters.id"), primary_key=True, autoincrement=False
    ),
    ref_column("chat_id", "chats.id", nullable=False, index=True),
)

filter_versions = sa.Table(
    "filter_versions",
    metadata,
    ref_column("filter_id", "filters.id", primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    text_column("expression"),
    time_column("at", required=True),
    sa.Column("by", sa.BigInteger, nullable=True),
)

# known names that admins added beside those of the packs
entities = sa.Table(
    "entities",
    metadata,
    sa.Column("key", StoredText, primary_key=True),  # person:petrova
    json_column("definition"),  # as a row of filters/packs/data/entities.toml
    json_column("forms"),  # what was worked out of it
    time_column("created_at", required=True),
    sa.Column("created_by", sa.BigInteger, nullable=True),
)

# words beside which a pack's filter is not meant here
exclusions = sa.Table(
    "exclusions",
    metadata,
    sa.Column("filter_key", StoredText, primary_key=True),
    text_column("words"),
    time_column("at", required=True),
)

# topics of admins, and what they chose of those of the packs
topics = sa.Table(
    "topics",
    metadata,
    sa.Column("name", StoredText, primary_key=True),  # what the code calls its id
    json_column("titles"),  # by language; none: those of the pack
    text_column("way"),  # how it comes to whoever has not chosen; "" as usual
    flag_column("is_off"),
    time_column("changed_at", required=True),
)

# lists of words that filters use as @name, beside those of the packs
word_groups = sa.Table(
    "word_groups",
    metadata,
    sa.Column("name", StoredText, primary_key=True),
    sa.Column("words", StoredText, nullable=False),
    time_column("changed_at", required=True),
)

# who changed what, when, and how to undo it; people stand here by a pseudonym
audit = sa.Table(
    "audit",
    metadata,
    id_column(),
    time_column("at", required=True),
    text_column("actor"),  # "" once the person was forgotten
    text_column("command"),
    text_column("subject"),  # source:7
    sa.Column("chat_id", sa.BigInteger, nullable=True),  # of a chat alone: deleted with it
    json_column("details"),
    json_column("inverse"),  # [restorer, arguments]; null: cannot be undone
    sa.Column("undone_by", sa.BigInteger, nullable=True),
    sa.Index("ix_audit_chat_id", "chat_id", "id"),
    sa.Index("ix_audit_subject", "subject"),
    **NEVER_REUSED,
)

# channel posts and membership changes, committed before the offset moves
inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("update_id", sa.BigInteger, primary_key=True, autoincrement=False),
    text_column("kind"),
    json_column("payload"),
    time_column("received_at", required=True),
    time_column("handled_at"),
    int_column("attempts"),
    text_column("error"),
)
partial_index("ix_inbox_pending", inbox.c.update_id, "handled_at IS NULL")

# an item that could not be handled: kept, reported, never in the way
quarantine = sa.Table(
    "quarantine",
    metadata,
    id_column(),
    ref_column("source_id", "sources.id", nullable=True),
    text_column("item_key"),
    json_column("payload"),
    text_column("error"),
    time_column("at", required=True),
    **NEVER_REUSED,
)

# pages as they came (zlib), by the hash of their bytes: what a sighting is proved with
captures = sa.Table(
    "captures",
    metadata,
    sa.Column("sha256", StoredText, primary_key=True),
    text_column("url"),
    time_column("at", required=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
)

# items of channels: whether the public page still shows them, and when to look again
posts = sa.Table(
    "posts",
    metadata,
    sa.Column("item_id", BigId, sa.ForeignKey("items.id"), primary_key=True, autoincrement=False),
    ref_column("source_id", "sources.id", nullable=False),
    sa.Column("number", sa.BigInteger, nullable=False),  # Telegram's, within the channel
    sa.Column("last_number", sa.BigInteger, nullable=False),  # of an album's last part
    text_column("state", "present"),  # present, edited, gone, unknown
    int_column("revision", 1),  # of the item, as last looked at
    time_column("first_at", required=True),  # when it was published, as far as is known
    time_column("seen_at", required=True),  # when a page last showed it
    time_column("absent_at"),  # when a page first did not, since then
    int_column("absences"),
    time_column("gone_at"),  # when it was found to be gone
    text_column("sha256"),  # of the kept page that last showed it
    flag_column("alerted"),
    time_column("next_look"),
    sa.Index("ix_posts_source_number", "source_id", "number"),
)
partial_index("ix_posts_next_look", posts.c.next_look, "next_look IS NOT NULL")

# the evidence of each state: which page, when, the hash of its bytes ("" where none came)
sightings = sa.Table(
    "sightings",
    metadata,
    id_column(),
    ref_column("item_id", "items.id", nullable=False, index=True),
    time_column("at", required=True),
    text_column("verdict"),  # present, edited, absent, refused, shown, unknown
    text_column("url"),
    text_column("sha256"),
    text_column("error"),  # why nothing could be seen
    **NEVER_REUSED,
)

# pages of a channel still to be read backwards: over a gap, or into the past on request
pagings = sa.Table(
    "pagings",
    metadata,
    id_column(),
    ref_column("source_id", "sources.id", nullable=False),
    text_column("purpose"),  # gap, backfill
    sa.Column("before", sa.BigInteger, nullable=True),  # the next page; null: the newest
    sa.Column("floor", sa.BigInteger, nullable=False, server_default="0"),  # known from here down
    time_column("since"),  # of a backfill: how far back
    time_column("created_at", required=True),
    time_column("next_try_at", required=True),
    int_column("failures"),
    text_column("error"),
    json_column("error_values"),
    int_column("pages"),
    int_column("found"),  # items that were new
    time_column("reached"),  # the oldest publication read
    sa.Column("chat_id", sa.BigInteger, nullable=True),  # who asked: a Telegram chat,
    sa.Column("thread_id", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("message_id", sa.BigInteger, nullable=True),  # the answer that shows progress
    text_column("lang"),
    sa.Index("ix_pagings_next_try_at", "next_try_at"),
    **NEVER_REUSED,
)

# what admins were told of a source and need not hear again until it has passed
alarms = sa.Table(
    "alarms",
    metadata,
    ref_column("source_id", "sources.id", primary_key=True, autoincrement=False),
    sa.Column("kind", StoredText, primary_key=True),  # failing, silent, moved, layout
    time_column("at", required=True),
)

# posts that came one by one and are one album: the item has the key of them all
album_parts = sa.Table(
    "album_parts",
    metadata,
    ref_column("source_id", "sources.id", primary_key=True, autoincrement=False),
    sa.Column("album", StoredText, primary_key=True),  # Telegram's media_group_id
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    text_column("key"),
    json_column("part"),
    time_column("at", required=True),
)

# articles of items whose source says little itself: wanted, then read or failed, once
articles = sa.Table(
    "articles",
    metadata,
    sa.Column("item_id", BigId, sa.ForeignKey("items.id"), primary_key=True, autoincrement=False),
    ref_column("source_id", "sources.id", nullable=False),
    text_column("url"),
    text_column("state", "wanted"),  # wanted, read, failed
    time_column("wanted_at", required=True),
    time_column("next_try"),  # null: nothing more to do
    int_column("attempts"),
    time_column("read_at"),
    text_column("sha256"),  # of the page that is kept
    text_column("title"),
    text_column("text"),
    text_column("error"),
    json_column("error_values"),
    sa.Index("ix_articles_source_id", "source_id", "wanted_at"),
)
partial_index("ix_articles_next_try", articles.c.next_try, "next_try IS NOT NULL")

# subscriptions at hubs that bring what a feed publishes (WebSub)
websubs = sa.Table(
    "websubs",
    metadata,
    ref_column("source_id", "sources.id", primary_key=True, autoincrement=False),
    text_column("hub"),
    text_column("topic"),
    sa.Column("token", StoredText, nullable=False, unique=True),  # of the path it calls
    text_column("secret"),
    text_column("state", "wanted"),  # wanted, asked, verified, refused, leaving
    time_column("next_try"),  # null: waits for nothing
    time_column("lease_until"),
    int_column("failures"),
    text_column("error"),
    json_column("error_values"),
    time_column("last_push"),
)
partial_index("ix_websubs_next_try", websubs.c.next_try, "next_try IS NOT NULL")
