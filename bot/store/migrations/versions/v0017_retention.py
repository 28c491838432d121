"""Alerts of which it is forgotten who was told: nobody is told of them any more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "alerts", sa.Column("closed", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
