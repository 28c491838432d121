"""Entities that admins added, with the forms of their names.

Every change bumps the generation in `bot.store.meta`, in the same transaction: what
was read before may name them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import meta
from bot.store import schema as s
from bot.store.rows import insert
from bot.store.unreadable_rows import readable
from filters.entities import Entity, entity_of

__all__ = ["StoredEntity", "add", "get", "list_all", "remove", "replace"]


@dataclass(frozen=True, slots=True)
class StoredEntity:
    """`definition` is a row as those of filters/packs/data/entities.toml, `forms` what was
    worked out of it."""

    id: str
    definition: Mapping[str, Any]
    forms: Mapping[str, Sequence[str]]
    created_at: datetime
    created_by: int | None

    @property
    def is_off(self) -> bool:
        """Whether texts are not searched for it."""
        return bool(self.definition.get("off"))

    @property
    def entity(self) -> Entity:
        """As the gazetteer takes it."""
        return entity_of(self.definition, self.forms)


async def list_all(conn: AsyncConnection) -> list[StoredEntity]:
    """All of them, by id."""
    rows = await conn.execute(sa.select(s.entities).order_by(s.entities.c.key))
    return readable(rows, _of, "entities", key="key")


async def get(conn: AsyncConnection, entity_id: str) -> StoredEntity | None:
    """The entity of that id, if an admin added one."""
    found = (
        await conn.execute(sa.select(s.entities).where(s.entities.c.key == entity_id))
    ).one_or_none()
    return next(iter(readable([found], _of, "entities", key="key")), None) if found else None


def _of(row: sa.Row[Any]) -> StoredEntity:
    """Raises for one that cannot be read: see `unreadable_rows`."""
    each = StoredEntity(row.key, row.definition, row.forms, row.created_at, row.created_by)
    if each.entity.id != row.key:
        raise ValueError("of another id")
    return each


async def add(
    conn: AsyncConnection,
    definition: Mapping[str, Any],
    forms: Mapping[str, Sequence[str]],
    by: int | None,
    now: datetime,
) -> bool:
    """A new entity; False, and nothing is changed, where its id is taken."""
    new = insert(conn, s.entities).values(
        key=definition["id"],
        definition=dict(definition),
        forms={kind: list(each) for kind, each in forms.items()},
        created_at=now,
        created_by=by,
    )
    statement = new.on_conflict_do_nothing(index_elements=["key"]).returning(s.entities.c.key)
    if (await conn.execute(statement)).one_or_none() is None:
        return False
    await meta.bump_generation(conn)
    return True


async def replace(
    conn: AsyncConnection,
    definition: Mapping[str, Any],
    forms: Mapping[str, Sequence[str]],
    by: int | None,
    now: datetime,
) -> bool:
    """Other names or guards for an entity there is; False where it is gone."""
    changed = await conn.execute(
        sa.update(s.entities)
        .where(s.entities.c.key == definition["id"])
        .values(
            definition=dict(definition),
            forms={kind: list(each) for kind, each in forms.items()},
            created_at=now,
            created_by=by,
        )
    )
    if not changed.rowcount:
        return False
    await meta.bump_generation(conn)
    return True


async def remove(conn: AsyncConnection, entity_id: str) -> bool:
    """Forget the entity; whether there was one."""
    gone = await conn.execute(sa.delete(s.entities).where(s.entities.c.key == entity_id))
    if not gone.rowcount:
        return False
    await meta.bump_generation(conn)
    return True
