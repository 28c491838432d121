"""Work that a restart cut short: the bot asks the person, once, to try again."""

from __future__ import annotations

import structlog

from bot.chat.context import BEGUN
from bot.chat.services import Services
from bot.chat.text import code, message
from bot.commands import drafts
from bot.errors import DeliveryError
from bot.i18n import translator
from bot.model import Address

__all__ = ["tell_lost"]

log = structlog.get_logger(__name__)


async def tell_lost(services: Services) -> None:
    """At the start, about work that was begun and not done. Names the command, not its words."""
    for person, chat, asked in await drafts.take_all(services.backend, BEGUN, services.clock.now()):
        t = translator(str(asked.get("lang", "en")))
        command_text = str(asked.get("said", ""))
        lost = (
            t(
                "A restart ended the work on {command} before it was done: send it again.",
                command=code(command_text, 40),
            )
            if command_text
            else t("A restart ended what you asked for last before it was done: ask again.")
        )
        where = Address(chat, int(asked.get("thread", 0)), group=chat != person)
        log.info("chat.work_lost", private=chat == person)
        try:
            await services.client.send(where, message(lost, silent=True))
        except DeliveryError as error:
            log.info("chat.answer_failed", error=type(error).__name__)
