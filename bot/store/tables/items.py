"""What was published: items, their earlier texts, what was found in them, their articles, the
index of the archive, and what proves that a post stood there."""

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
from bot.store.tables.base import metadata

__all__ = [
    "ARCHIVE_WORDS",
    "PART",
    "archive",
    "articles",
    "captures",
    "items",
    "matches",
    "posts",
    "revisions",
    "sightings",
]

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
