"""What people ask of a large database is counted from indexes alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_items_seen_at", "items")
    op.create_index("ix_items_seen_at", "items", ["seen_at", "source_id"])
    _partial("ix_messages_sent_at", "sent_at", "sent_at IS NOT NULL")
    _partial("ix_messages_dead", "chat_id", "state = 'dead'")


def _partial(name: str, column: str, where: str) -> None:
    op.create_index(
        name, "messages", [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )
