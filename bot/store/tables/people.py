"""Who may do what, the chats, and what each has chosen to hear."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.columns import (
    NEVER_REUSED,
    StoredText,
    id_column,
    int_column,
    json_column,
    partial_index,
    ref_column,
    text_column,
    time_column,
)
from bot.store.tables.base import metadata

__all__ = ["chats", "follows", "invites", "mutes", "people", "said", "subscriptions"]

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
