"""Numbers and times of what was said in private, and since when a chat is closed to us."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "said",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("telegram_chat_id", sa.BigInteger(), nullable=False),
        sa.Column("telegram_message_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_said")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_said_telegram_chat_id", "said", ["telegram_chat_id"])
    op.create_index("ix_said_at", "said", ["at"])
    op.add_column("chats", sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True))
