"""What people answered whether a match is true, and what was learnt of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "answers",
        sa.Column("id", _ID, nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("score", sa.Float(), server_default="0", nullable=False),
        sa.Column("filters", sa.JSON(), nullable=True),
        sa.Column("decided", sa.Boolean(), nullable=True),
        sa.Column("said_true", sa.Integer(), server_default="0", nullable=False),
        sa.Column("said_false", sa.Integer(), server_default="0", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
        sa.UniqueConstraint("item_id", "topic", name=op.f("uq_answers_item_id_topic")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "fits",
        sa.Column("id", _ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), server_default="proposed", nullable=False),
        sa.Column("content", sa.JSON(), nullable=True),
        sa.Column("answers", sa.Integer(), server_default="0", nullable=False),
        sa.Column("more", sa.Integer(), server_default="0", nullable=False),
        sa.Column("fewer", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fits")),
        sqlite_autoincrement=True,
    )
    op.add_column("missed", sa.Column("topic", sa.Text(), server_default="", nullable=False))
