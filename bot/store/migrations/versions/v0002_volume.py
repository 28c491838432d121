"""How loudly and when a chat is told: ways, cap, quiet hours, digests, vanishing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("chats", sa.Column("prefs", sa.JSON(), nullable=True))
    op.add_column("chats", sa.Column("pushed_on", sa.Text(), server_default="", nullable=False))
    op.add_column("chats", sa.Column("pushed", sa.Integer(), server_default="0", nullable=False))
    for name in ("digest_due", "summary_due"):
        op.add_column("chats", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        op.create_index(
            f"ix_chats_{name}",
            "chats",
            [name],
            sqlite_where=sa.text(f"{name} IS NOT NULL"),
            postgresql_where=sa.text(f"{name} IS NOT NULL"),
        )
    op.add_column("subscriptions", sa.Column("ways", sa.JSON(), nullable=True))
    op.add_column(
        "messages", sa.Column("silent", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
