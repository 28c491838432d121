"""Own words of a chat: filters that nobody else sees."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "watches",
        sa.Column("filter_id", _ID, autoincrement=False, nullable=False),
        sa.Column("chat_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["filter_id"], ["filters.id"], name=op.f("fk_watches_filter_id_filters")
        ),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_watches_chat_id_chats")),
        sa.PrimaryKeyConstraint("filter_id", name=op.f("pk_watches")),
    )
    op.create_index(op.f("ix_watches_chat_id"), "watches", ["chat_id"])
