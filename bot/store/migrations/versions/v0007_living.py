"""When a message may grow again, how it reads, what feedback is of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("edit_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("messages", sa.Column("shows", sa.Text(), server_default="", nullable=False))
    op.add_column("feedback", sa.Column("item_id", sa.BigInteger(), nullable=True))
