"""Where items come from: sources, what is still to be read of them, and how each is heard."""

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

__all__ = ["alarms", "album_parts", "pagings", "sources", "websubs"]

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
