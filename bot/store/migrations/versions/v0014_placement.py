"""Matches that filters find no longer, and every development at the story its case began with.

A story that had become its own parent begins its case; chains of parents are cut to one step.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_LONGEST_CHAIN = 20


def upgrade() -> None:
    op.add_column(
        "matches",
        sa.Column("lapsed", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.execute("UPDATE stories SET parent_id = NULL WHERE parent_id = id")
    for _ in range(_LONGEST_CHAIN):
        op.execute(
            "UPDATE stories SET parent_id = (SELECT up.parent_id FROM stories AS up"
            " WHERE up.id = stories.parent_id)"
            " WHERE parent_id IN (SELECT id FROM stories WHERE parent_id IS NOT NULL)"
        )
        op.execute("UPDATE stories SET parent_id = NULL WHERE parent_id = id")
