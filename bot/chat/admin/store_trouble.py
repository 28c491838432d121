"""Tells admins that the database fails, past the outbox, which cannot queue anything then."""

from __future__ import annotations

from contextlib import suppress

import structlog

from bot.chat.services import Services
from bot.chat.text import message
from bot.commands.announcements import places_of_admins
from bot.errors import DeliveryError, StoreDown
from bot.i18n import Translator, translator
from bot.model import Address
from bot.store import unreadable_rows
from bot.store.unreadable_rows import SetAside

__all__ = ["StoreTrouble", "row_text", "trouble_text"]

log = structlog.get_logger(__name__)

_KNOWN_FOR, _AGAIN = 60.0, 30.0  # seconds
_NAMED = 10


class StoreTrouble:
    """`step` it every few seconds. Where admins are is remembered while it can be read."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._known: list[tuple[Address, str]] = [(Address(each), "en") for each in services.roots]
        self._read = self._tried = float("-inf")
        self._told: list[tuple[Address, str]] = []  # who heard of the trouble there is

    async def step(self) -> None:
        """Tell of a trouble once, and once that it is over. Raises StoreError."""
        down, now = self._services.store.down, self._services.clock.monotonic()
        if down is not None:
            if not self._told and now - self._tried >= _AGAIN:
                self._tried = now
                self._told = await self._tell(self._known, down)
            return
        if self._told:
            informed, self._told = self._told, []
            self._tried = float("-inf")
            await self._tell(informed, None)
        if now - self._read >= _KNOWN_FOR:
            services = self._services
            async with services.store.read() as conn:
                found = await places_of_admins(conn, services.backend)
            self._read, self._known = now, found or self._known
        if rows := unreadable_rows.fresh():
            await self._name(rows)

    async def _name(self, rows: list[SetAside]) -> None:
        """Rows that cannot be read, once."""
        for address, lang in self._known:
            t = translator(lang)
            words = "\n".join(row_text(t, each) for each in rows[:_NAMED])
            with suppress(DeliveryError):  # /health names them too
                await self._services.client.send(address, message(words))

    async def _tell(
        self, whom: list[tuple[Address, str]], down: StoreDown | None
    ) -> list[tuple[Address, str]]:
        reached = []
        for address, lang in whom:
            t = translator(lang)
            words = (
                trouble_text(t, down) if down else t("The database works again. Nothing was lost.")
            )
            try:
                await self._services.client.send(address, message(words))
                reached.append((address, lang))
            except DeliveryError as error:
                log.warning("store.admin_not_told", error=type(error).__name__)
        return reached


def row_text(t: Translator, row: SetAside) -> str:
    """A row that cannot be read, and what follows of it."""
    words = {
        "chats": t(
            "The record of chat {id} cannot be read ({why}): what it would get is held for it.",
            id=row.id,
            why=row.why,
        ),
        "sources": t(
            "The record of source {id} cannot be read ({why}): the source is left out.",
            id=row.id,
            why=row.why,
        ),
        "filters": t(
            "Filter {id} cannot be read ({why}): it finds nothing.", id=row.id, why=row.why
        ),
    }
    other = t(
        "A row of {table} cannot be read: {id} ({why}). It is left out.",
        table=row.table,
        id=row.id,
        why=row.why,
    )
    mend = t("All others go on. Put it right in the database, or back from a copy; then restart.")
    return f"{words.get(row.table, other)} {mend}"


def trouble_text(t: Translator, down: StoreDown) -> str:
    """What is wrong, what it means and how to fix it."""
    meanwhile = t(
        "Until then Vigil reads no sources, sends no alerts and changes nothing; nothing is lost."
    )
    return f"<b>{t(down.key)}.</b> {t(down.mend)} {meanwhile}"
