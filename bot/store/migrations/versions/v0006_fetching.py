"""Priority, full text, proxy and headers of sources; redirects counted; articles; hubs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def _text(name: str, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def upgrade() -> None:
    op.add_column("sources", _text("priority", "normal"))
    op.add_column("sources", _text("fulltext", "off"))
    op.add_column("sources", _text("proxy"))
    op.add_column("sources", sa.Column("headers", sa.JSON(), nullable=True))
    op.add_column("sources", _text("moved_to"))
    op.add_column(
        "sources", sa.Column("moved_times", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column("sources", sa.Column("moved_since", TIME, nullable=True))
    op.create_table(
        "articles",
        sa.Column("item_id", BIG, autoincrement=False, nullable=False),
        sa.Column("source_id", BIG, nullable=False),
        _text("url"),
        _text("state", "wanted"),
        sa.Column("wanted_at", TIME, nullable=False),
        sa.Column("next_try", TIME, nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("read_at", TIME, nullable=True),
        _text("sha256"),
        _text("title"),
        _text("text"),
        _text("error"),
        sa.Column("error_values", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_articles_item_id_items")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_articles_source_id_sources")
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_articles")),
    )
    op.create_index("ix_articles_source_id", "articles", ["source_id", "wanted_at"])
    _partial("ix_articles_next_try", "articles")
    op.create_table(
        "websubs",
        sa.Column("source_id", BIG, autoincrement=False, nullable=False),
        _text("hub"),
        _text("topic"),
        sa.Column("token", sa.Text(), nullable=False),
        _text("secret"),
        _text("state", "wanted"),
        sa.Column("next_try", TIME, nullable=True),
        sa.Column("lease_until", TIME, nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        _text("error"),
        sa.Column("error_values", sa.JSON(), nullable=True),
        sa.Column("last_push", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_websubs_source_id_sources")
        ),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_websubs")),
        sa.UniqueConstraint("token", name=op.f("uq_websubs_token")),
    )
    _partial("ix_websubs_next_try", "websubs")


def _partial(name: str, table: str) -> None:
    there = sa.text("next_try IS NOT NULL")
    op.create_index(name, table, ["next_try"], sqlite_where=there, postgresql_where=there)
