"""Tags of sources: an admin's own, or the folders of the list that brought them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sources", sa.Column("tags", sa.Text(), server_default="", nullable=False))
