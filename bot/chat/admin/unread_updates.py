"""Counts what Vigil could not read of Telegram, logs it by form, alerts root admins once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from functools import partial

import structlog

from bot.chat.rate_limits import Once
from bot.chat.services import Services
from bot.chat.text import esc, message
from bot.commands import alarms
from bot.errors import StoreError
from bot.i18n import Translator, translator
from bot.model.rendered import Rendered
from bot.store import unread_updates
from bot.store.connection import Connection

__all__ = ["UnreadUpdates", "lines"]

log = structlog.get_logger(__name__)

_LOGGED_EVERY = timedelta(hours=1)
_SHOWN_FORMS = 5


class UnreadUpdates:
    """Counts updates that could not be read. Strangers can send them, so none costs a log line
    or a message of its own. Never raises; what the database does not take is counted with the next.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._waiting: Counter[str] = Counter()
        self._logged = Once(_LOGGED_EVERY, most=100)

    async def count(self, forms: Mapping[str, int]) -> None:
        """So many updates of each form could not be read."""
        now = self._services.clock.now()
        self._waiting.update(forms)
        if fresh := [form for form in forms if self._logged.first(form, now)]:
            log.error("updates.unreadable", forms=fresh)
        counted = dict(self._waiting)
        try:
            await alarms.tell_unread(self._services.backend, counted, partial(_alarm, counted), now)
        except StoreError:
            return  # whoever keeps updates meets the same failure, and says so
        self._waiting.clear()


async def lines(conn: Connection, t: Translator) -> list[str]:
    """For /health: what could not be read, by form."""
    found = []
    if updates := await unread_updates.counts(conn, unread_updates.UPDATE):
        found.append(
            t.n(
                "{n} update from Telegram that I could not read: {forms}",
                "{n} updates from Telegram that I could not read: {forms}",
                sum(updates.values()),
                forms=_named(updates),
            )
        )
    if posts := await unread_updates.counts(conn, unread_updates.POST):
        found.append(
            t.n(
                "{n} post of a form I cannot read: {forms}",
                "{n} posts of a form I cannot read: {forms}",
                sum(posts.values()),
                forms=_named(posts),
            )
        )
    return found


def _alarm(forms: Mapping[str, int], lang: str) -> Rendered:
    t = translator(lang)
    return message(
        t(
            "Telegram sent something that I cannot read: {forms}. It was passed over, everything"
            " else goes on. A newer version of Vigil may read it; /health counts what follows.",
            forms=_named(forms),
        )
    )


def _named(forms: Mapping[str, int]) -> str:
    shown = [esc(form, 60) for form in list(forms)[:_SHOWN_FORMS]]
    return ", ".join(shown) + (", …" if len(forms) > _SHOWN_FORMS else "")
