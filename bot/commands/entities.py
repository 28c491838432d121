"""What admins do to entities. The texts of a day are matched again after each change."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog

from bot.commands.calls import Backend, Call, Refused
from bot.commands.roles import Command
from bot.commands.transaction import Change, changing
from bot.store import entities
from bot.store.audit import Undo
from bot.store.entities import StoredEntity

__all__ = ["RESTORERS", "Compiled", "add", "remove", "replace"]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Compiled:
    """An entity as it is stored: its row, and the forms worked out of it."""

    definition: Mapping[str, Any]
    forms: Mapping[str, Sequence[str]]

    @property
    def id(self) -> str:
        return str(self.definition["id"])


async def add(
    backend: Backend, call: Call, new: Compiled, known: Collection[str] = ()
) -> str | Refused:
    """A new one; its id. TAKEN where that is one of `known` (built in), or was added meanwhile."""
    async with changing(backend, call, Command.ENTITY_ADD) as change:
        by = call.actor.user_id or None
        if new.id in known or not await entities.add(
            change.conn, new.definition, new.forms, by, call.now
        ):
            return Refused.TAKEN
        await _record(change, new.id, Undo("entity.remove", {"id": new.id}))
    log.info("entity.added", kind=new.id.partition(":")[0])
    return new.id


async def replace(
    backend: Backend, call: Call, new: Compiled, *, was: Mapping[str, Any] | None = None
) -> str | Refused:
    """Other names or guards for one that an admin added; its id. MISSING where it is gone.

    `was` is the definition that was shown: CHANGED where somebody has made it another since.
    """
    async with changing(backend, call, Command.ENTITY_EDIT) as change:
        old = await entities.get(change.conn, new.id)
        by = call.actor.user_id or None
        if old is not None and was is not None and dict(old.definition) != dict(was):
            return Refused.CHANGED
        if old is None or not await entities.replace(
            change.conn, new.definition, new.forms, by, call.now
        ):
            return Refused.MISSING
        await _record(change, new.id, Undo("entity.restore", _stored(old)))
    log.info("entity.changed", kind=new.id.partition(":")[0])
    return new.id


async def remove(backend: Backend, call: Call, entity_id: str) -> str | Refused:
    """Forget one that an admin added; the other admins get a message. MISSING: built in."""
    async with changing(backend, call, Command.ENTITY_REMOVE) as change:
        old = await entities.get(change.conn, entity_id)
        if old is None or not await entities.remove(change.conn, entity_id):
            return Refused.MISSING
        await _record(change, entity_id, Undo("entity.restore", _stored(old)), tell=True)
    log.info("entity.removed", kind=entity_id.partition(":")[0])
    return entity_id


async def _record(change: Change, entity_id: str, inverse: Undo, *, tell: bool = False) -> None:
    change.refilters = True
    await change.record(f"entity:{entity_id}", inverse=inverse, tell=tell)


def _stored(old: StoredEntity) -> dict[str, Any]:
    forms = {kind: list(each) for kind, each in old.forms.items()}
    return {"definition": dict(old.definition), "forms": forms}


async def _restore(change: Change, args: Mapping[str, Any]) -> bool:
    change.refilters = True
    call, row, forms = change.call, args["definition"], args["forms"]
    by = call.actor.user_id or None
    return await entities.replace(change.conn, row, forms, by, call.now) or await entities.add(
        change.conn, row, forms, by, call.now
    )


async def _restore_removed(change: Change, args: Mapping[str, Any]) -> bool:
    change.refilters = True
    return await entities.remove(change.conn, str(args["id"]))


RESTORERS: Final = {"entity.restore": _restore, "entity.remove": _restore_removed}
