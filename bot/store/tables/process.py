"""What the process itself keeps: its own marks, counts, what came and is not handled yet, what
could not be handled, and who changed what."""

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

__all__ = ["audit", "counters", "drafts", "inbox", "meta", "quarantine"]

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
