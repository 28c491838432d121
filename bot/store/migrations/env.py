"""Where Alembic enters. `connection` is handed over by `bot.store.upgrade`."""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from bot.store.columns import StoredText, UtcDateTime
from bot.store.schema import metadata


def written(kind: str, what: Any, _context: object) -> str | Literal[False]:
    """Types of ours as the plain ones below them.

    A migration must not change its meaning when a class of ours does.
    """
    if kind != "type":
        return False
    if isinstance(what, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(what, StoredText):
        return "sa.Text()"
    if isinstance(what, sa.BigInteger) and what._variant_mapping:
        return 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")'
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    compare_type=True,
    render_as_batch=True,
    render_item=written,
)
with context.begin_transaction():
    context.run_migrations()
