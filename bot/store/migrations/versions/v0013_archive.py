"""An index of the words of all items, for searching the archive; filled in the background."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# As they were in this revision; `schema.ARCHIVE_WORDS` may have moved on.
WORDS = {
    "sqlite": (
        "CREATE VIRTUAL TABLE archive_words USING fts5(words, content='', columnsize=0,"
        " detail=none, tokenize=\"unicode61 remove_diacritics 0 tokenchars '_'\")",
    ),
    "postgresql": (
        "CREATE TABLE archive_words (id BIGINT PRIMARY KEY REFERENCES archive (id)"
        " ON DELETE CASCADE, words TSVECTOR NOT NULL)",
        "CREATE INDEX ix_archive_words ON archive_words USING gin (words)",
    ),
}


def upgrade() -> None:
    op.create_table(
        "archive",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stale", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["items.id"], name=op.f("fk_archive_item_id_items"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive")),
        sa.UniqueConstraint("item_id", name=op.f("uq_archive_item_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_archive_at", "archive", ["at", "item_id"])
    op.create_index(
        "ix_archive_stale",
        "archive",
        ["stale"],
        sqlite_where=sa.text("stale"),
        postgresql_where=sa.text("stale"),
    )
    for statement in WORDS[op.get_bind().dialect.name]:
        op.execute(statement)
