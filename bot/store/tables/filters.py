"""What is searched for, beside what ships; and what was learnt from answers."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.columns import (
    NEVER_REUSED,
    BigId,
    StoredText,
    flag_column,
    id_column,
    int_column,
    json_column,
    ref_column,
    text_column,
    time_column,
)
from bot.store.tables.base import metadata

__all__ = [
    "answers",
    "entities",
    "exclusions",
    "filter_versions",
    "filters",
    "fits",
    "missed",
    "topics",
    "watches",
    "word_groups",
]

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
