"""Posts that are looked at again, pages read backwards, what admins were told of sources."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column(
        "causes", sa.Column("late", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("chats", sa.Column("reassured_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("messages", sa.Column("buttons", sa.JSON(), nullable=True))
    op.create_table(
        "captures",
        sa.Column("sha256", sa.Text(), nullable=False),
        _text("url"),
        _time("at", required=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_captures")),
    )
    _posts()
    op.create_table(
        "sightings",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("item_id", _ID, nullable=False),
        _time("at", required=True),
        _text("verdict"),
        _text("url"),
        _text("sha256"),
        _text("error"),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_sightings_item_id_items")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sightings")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_sightings_item_id"), "sightings", ["item_id"])
    _pagings()
    op.create_table(
        "alarms",
        sa.Column("source_id", _ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        _time("at", required=True),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_alarms_source_id_sources")
        ),
        sa.PrimaryKeyConstraint("source_id", "kind", name=op.f("pk_alarms")),
    )


def _posts() -> None:
    op.create_table(
        "posts",
        sa.Column("item_id", _ID, autoincrement=False, nullable=False),
        sa.Column("source_id", _ID, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        _text("state", "present"),
        _int("revision", 1),
        _time("first_at", required=True),
        _time("seen_at", required=True),
        _time("absent_at"),
        _int("absences"),
        _time("gone_at"),
        _text("sha256"),
        sa.Column("alerted", sa.Boolean(), server_default=sa.false(), nullable=False),
        _time("next_look"),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_posts_item_id_items")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_posts_source_id_sources")
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_posts")),
    )
    op.create_index("ix_posts_source_number", "posts", ["source_id", "number"])
    op.create_index(
        "ix_posts_next_look",
        "posts",
        ["next_look"],
        sqlite_where=sa.text("next_look IS NOT NULL"),
        postgresql_where=sa.text("next_look IS NOT NULL"),
    )


def _pagings() -> None:
    op.create_table(
        "pagings",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("source_id", _ID, nullable=False),
        _text("purpose"),
        sa.Column("before", sa.BigInteger(), nullable=True),
        sa.Column("floor", sa.BigInteger(), server_default="0", nullable=False),
        _time("since"),
        _time("created_at", required=True),
        _time("next_try_at", required=True),
        _int("failures"),
        _text("error"),
        sa.Column("error_values", sa.JSON(), nullable=True),
        _int("pages"),
        _int("found"),
        _time("reached"),
        sa.Column("chat_id", sa.BigInteger(), nullable=True),
        sa.Column("thread_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        _text("lang"),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_pagings_source_id_sources")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pagings")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_pagings_next_try_at", "pagings", ["next_try_at"])


def _text(name: str, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def _time(name: str, *, required: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not required)


def _int(name: str, default: int = 0) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default=str(default), nullable=False)
