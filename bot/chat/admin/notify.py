"""The message to admins about a source that says it is gone."""

from __future__ import annotations

from bot.chat.services import Services
from bot.chat.text import esc, message
from bot.commands.announcements import to_admins
from bot.i18n import translator
from bot.model import Source
from bot.model.rendered import Rendered
from bot.store.connection import Connection

__all__ = ["tell_gone"]


async def tell_gone(services: Services, conn: Connection, source: Source) -> int:
    """Queue it in the transaction that notes it; to how many. It is read no more."""

    def phrase(lang: str) -> Rendered:
        t = translator(lang)
        return message(
            t(
                "Source {id} «{title}» says that it is gone for good. It is no longer read;"
                " /source resume {id} tries again, /source remove {id} takes it off the list.",
                id=source.id,
                title=esc(source.title, 80),
            )
        )

    return await to_admins(conn, services.backend, phrase, services.clock.now())
