"""In which thread of a private chat a message stands (0: in none)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    thread = sa.Column("thread_id", sa.BigInteger(), server_default="0", nullable=False)
    op.add_column("messages", thread)
