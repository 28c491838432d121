"""What all tables share: the names that their keys and indexes get."""

from __future__ import annotations

import sqlalchemy as sa

__all__ = ["metadata"]

# Whose foreign keys the migration that made them named after the other table too.
_NAMED_AFTER_BOTH = frozenset(
    [
        "alarms",
        "album_parts",
        "archive",
        "articles",
        "pagings",
        "posts",
        "sightings",
        "watches",
        "websubs",
    ]
)


def _other_table(constraint: sa.Constraint, table: sa.Table) -> str:
    assert isinstance(constraint, sa.ForeignKeyConstraint)
    target = constraint.elements[0].target_fullname.partition(".")[0]
    return f"_{target}" if table.name in _NAMED_AFTER_BOTH else ""


metadata = sa.MetaData(
    naming_convention={
        "other_table": _other_table,
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s%(other_table)s",
        "pk": "pk_%(table_name)s",
    }
)
