"""Who acts in tests of commands, and what they act on."""

from __future__ import annotations

from bot.commands.calls import Actor, Backend, Call, Place
from bot.model import ChatType, Role
from bot.store import Store, people
from tests.support.clock import ManualClock

__all__ = ["ADMIN", "ADMIN_CHAT", "OTHER", "READER", "ROOT", "Desk"]

ROOT, ADMIN, OTHER, READER = 1, 2, 3, 4
ADMIN_CHAT = -1000


class Desk:
    """Commands on a real database: `desk.by(ADMIN)` is a call of theirs in private."""

    def __init__(self, store: Store, clock: ManualClock, admin_chat: int | None = None) -> None:
        self.store, self.clock = store, clock
        self.woken = self.refiltered = 0
        self.backend = Backend(
            store,
            roots=frozenset([ROOT]),
            admin_chat=admin_chat,
            wake_delivery=self._wake,
            filters_changed=self._refilter,
        )

    def _wake(self) -> None:
        self.woken += 1

    async def _refilter(self) -> None:
        self.refiltered += 1

    def by(self, user_id: int, role: Role | None = None, place: Place | None = None) -> Call:
        known = {ROOT: Role.ROOT, ADMIN: Role.ADMIN, OTHER: Role.ADMIN, READER: Role.SUBSCRIBER}
        actor = Actor(user_id, role or known.get(user_id, Role.STRANGER))
        own = Place(user_id, ChatType.PRIVATE)
        return Call(actor, place or own, self.clock.now(), manages=place is None)

    async def appoint(self) -> None:
        """Make the admins and the reader what `by` says they are."""
        async with self.store.write() as conn:
            for who, role in (
                (ADMIN, Role.ADMIN),
                (OTHER, Role.ADMIN),
                (READER, Role.SUBSCRIBER),
            ):
                await people.appoint(conn, who, role, ROOT, self.clock.now())
