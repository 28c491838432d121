"""How sure a match is: what is possible only is never pushed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "matches", sa.Column("certainty", sa.Text(), server_default="sure", nullable=False)
    )
    op.add_column("matches", sa.Column("score", sa.Float(), server_default="1", nullable=False))
    op.add_column("matches", sa.Column("words", sa.JSON(), nullable=True))
