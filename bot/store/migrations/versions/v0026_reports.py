"""Reports of a roundup: items that are entries of other items."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("items", sa.Column("part_of", sa.BigInteger(), nullable=True))
    op.add_column("items", sa.Column("part_start", sa.Integer(), nullable=True))
    op.add_column("items", sa.Column("part_end", sa.Integer(), nullable=True))
    op.add_column(
        "items", sa.Column("cut", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    part = sa.text("part_of IS NOT NULL")
    op.create_index(
        "ix_items_part_of", "items", ["part_of"], sqlite_where=part, postgresql_where=part
    )
