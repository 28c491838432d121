"""Times of whole seconds lose their empty fraction, as they are written now.

SQLite compares times as text: with both ways in one table, a page of a list that begins at a
time would leave out what happened in the same second.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_WHOLE = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9] [0-9][0-9]:[0-9][0-9]:[0-9][0-9].000000"


def upgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        return
    inspector = sa.inspect(bind)
    for table in inspector.get_table_names():
        for column in inspector.get_columns(table):
            if isinstance(column["type"], sa.DateTime):
                name: sa.ColumnClause[str] = sa.column(column["name"])
                op.execute(
                    sa.update(sa.table(table, name))
                    .where(name.op("GLOB")(_WHOLE))
                    .values({name: sa.func.substr(name, 1, 19)})
                )
