"""How far what joined was said of told alerts; what a chat split off goes in parts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("causes", sa.Column("said", sa.BigInteger(), nullable=True))
    part = sa.Column("part", sa.BigInteger(), server_default="0", nullable=False)
    op.add_column("splits", part)
    op.execute("UPDATE splits SET part = item_id")
    op.create_index("ix_splits_story_id", "splits", ["story_id"], unique=False)
    there = sa.text("reply_to IS NOT NULL")
    op.create_index(
        "ix_messages_reply_to",
        "messages",
        ["reply_to"],
        unique=False,
        sqlite_where=there,
        postgresql_where=there,
    )
