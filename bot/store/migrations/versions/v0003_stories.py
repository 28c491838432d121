"""Near texts, stories that go on, replies, follows, splits, feedback."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, column in (("item_bands", "band"), ("item_clues", "clue")):
        op.create_table(
            table,
            sa.Column(column, sa.BigInteger(), autoincrement=False, nullable=False),
            sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
            sa.PrimaryKeyConstraint(column, "item_id", name=op.f(f"pk_{table}")),
            sqlite_with_rowid=False,
        )
    op.create_table(
        "splits",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("story_id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_splits")),
        sa.UniqueConstraint(
            "item_id", "story_id", "chat_id", name=op.f("uq_splits_item_id_story_id_chat_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "follows",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("story_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_on", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "story_id", name=op.f("pk_follows")),
    )
    op.create_table(
        "feedback",
        sa.Column("notice_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("filter_key", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("notice_id", "kind", name=op.f("pk_feedback")),
    )
    op.add_column("stories", sa.Column("parent_id", sa.BigInteger(), nullable=True))
    op.add_column("messages", sa.Column("reply_to", sa.BigInteger(), nullable=True))
    op.add_column("messages", sa.Column("item_id", sa.BigInteger(), nullable=True))
    op.add_column("messages", sa.Column("edits", sa.Integer(), server_default="0", nullable=False))
