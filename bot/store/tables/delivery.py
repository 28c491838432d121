"""What is sent to chats, and what each was told of."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.columns import (
    NEVER_REUSED,
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

__all__ = ["DEAD", "STALE", "UNSENT", "feedback", "messages", "notices"]

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
