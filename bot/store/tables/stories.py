"""Which items tell of one event, and of what there is an alert."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.columns import (
    NEVER_REUSED,
    flag_column,
    id_column,
    int_column,
    partial_index,
    ref_column,
    time_column,
)
from bot.store.tables.base import metadata

__all__ = [
    "OPEN",
    "alerts",
    "causes",
    "item_clues",
    "item_marks",
    "splits",
    "stories",
    "story_keys",
]

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

# every key by which an item of the story can be found again, as 64 bits of its hash; global
story_keys = sa.Table(
    "story_keys",
    metadata,
    sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
    ref_column("story_id", "stories.id", nullable=False, index=True),
    sqlite_with_rowid=False,
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
