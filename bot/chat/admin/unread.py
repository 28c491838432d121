"""What Telegram sent and nobody could read: counted, logged by form, told to root admins once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.once import Once
from bot.chat.services import Services
from bot.chat.text import esc
from bot.errors import StoreError
from bot.i18n import Translator, translator
from bot.model import ChatState, Role
from bot.store import chats, messages, meta, people, unread
from bot.store.messages import Lane

__all__ = ["UnreadUpdates", "lines"]

log = structlog.get_logger(__name__)

_TOLD = "unread_updates_told"
_LOGGED_EVERY = timedelta(hours=1)
_SHOWN_FORMS = 5


class UnreadUpdates:
    """Hears of updates that were passed over. Strangers can send them: none costs a log line
    or a message each. Never raises; what the database does not take is counted with the next.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._waiting: Counter[str] = Counter()
        self._logged = Once(_LOGGED_EVERY, most=100)

    async def heard(self, forms: Mapping[str, int]) -> None:
        """So many updates of each form could not be read."""
        now = self._services.clock.now()
        self._waiting.update(forms)
        if fresh := [form for form in forms if self._logged.first(form, now)]:
            log.error("updates.unreadable", forms=fresh)
        counted = dict(self._waiting)
        try:
            async with self._services.store.write() as conn:
                await unread.count(conn, unread.UPDATE, counted)
                told = await self._tell_roots(conn, counted)
        except StoreError:
            return  # whoever keeps updates meets the same failure, and says so
        self._waiting.clear()
        if told:
            self._services.wake_delivery()

    async def _tell_roots(self, conn: AsyncConnection, forms: Mapping[str, int]) -> bool:
        """Once an installation: `/health` counts from then on. Whether somebody was told."""
        if await meta.get(conn, _TOLD):
            return False
        now = self._services.clock.now()
        roots = [*self._services.roots]
        roots += [person.telegram_id for person in await people.list_people(conn, Role.ROOT)]
        told = False
        for user_id in dict.fromkeys(roots):
            chat = await chats.by_address(conn, user_id)
            if chat is None or chat.state is ChatState.BLOCKED:
                continue
            body = _alarm(translator(chat.lang), forms)
            await messages.queue_plain(conn, chat.id, body, now, Lane.NORMAL)
            told = True
        if told:
            await meta.set_value(conn, _TOLD, now.isoformat())
        return told


async def lines(conn: AsyncConnection, t: Translator) -> list[str]:
    """For /health: what could not be read, by form."""
    found = []
    if updates := await unread.counts(conn, unread.UPDATE):
        found.append(
            t.n(
                "{n} update from Telegram that I could not read: {forms}",
                "{n} updates from Telegram that I could not read: {forms}",
                sum(updates.values()),
                forms=_named(updates),
            )
        )
    if posts := await unread.counts(conn, unread.POST):
        found.append(
            t.n(
                "{n} post of a form I cannot read: {forms}",
                "{n} posts of a form I cannot read: {forms}",
                sum(posts.values()),
                forms=_named(posts),
            )
        )
    return found


def _alarm(t: Translator, forms: Mapping[str, int]) -> str:
    return t(
        "Telegram sent something that I cannot read: {forms}. It was passed over, everything"
        " else goes on. A newer version of Vigil may read it; /health counts what follows.",
        forms=_named(forms),
    )


def _named(forms: Mapping[str, int]) -> str:
    shown = [esc(form, 60) for form in list(forms)[:_SHOWN_FORMS]]
    return ", ".join(shown) + (", …" if len(forms) > _SHOWN_FORMS else "")
