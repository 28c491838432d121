"""What admins are told unasked: in the admin chat, or else each in private."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.services import Services
from bot.chat.text import Buttons, esc
from bot.i18n import Translator, translator
from bot.model import Address, Chat, ChatState, Role, Source
from bot.store import chats, messages, people
from bot.store.messages import Lane

__all__ = ["tell_admins", "tell_gone"]


async def tell_admins(
    conn: AsyncConnection,
    body: Callable[[Translator], str],
    now: datetime,
    *,
    roots: Collection[int] = (),
    admin_chat: int | None = None,
    lane: Lane = Lane.URGENT,
    buttons: Callable[[Translator], Buttons] | None = None,
) -> int:
    """Queue `body` (ready HTML, in the language of each) in this transaction; how many got it.

    Wake the outbox afterwards. An admin who never wrote to the bot cannot be
    told.
    """
    if admin_chat is not None:
        known = await chats.by_address(conn, admin_chat)
        t = translator(known.lang if known else "en")
        where = known.id if known else Address(admin_chat, group=admin_chat < 0)
        await messages.queue_plain(conn, where, body(t), now, lane, buttons=_of(t, buttons))
        return 1
    told = 0
    for chat in await _private_chats(conn, roots):
        t = translator(chat.lang)
        await messages.queue_plain(conn, chat.id, body(t), now, lane, buttons=_of(t, buttons))
        told += 1
    return told


async def tell_gone(services: Services, conn: AsyncConnection, source: Source) -> int:
    """As `tell_admins`: a source says itself that it is gone, and is read no more."""

    def body(t: Translator) -> str:
        return t(
            "Source {id} «{title}» says that it is gone for good. It is no longer read;"
            " /source resume {id} tries again, /source remove {id} takes it off the list.",
            id=source.id,
            title=esc(source.title, 80),
        )

    now = services.clock.now()
    return await tell_admins(conn, body, now, roots=services.roots, admin_chat=services.admin_chat)


def _of(t: Translator, buttons: Callable[[Translator], Buttons] | None) -> Buttons:
    return buttons(t) if buttons is not None else ()


async def _private_chats(conn: AsyncConnection, roots: Collection[int]) -> list[Chat]:
    ids = [*roots]
    for role in (Role.ROOT, Role.ADMIN):
        ids += [person.telegram_id for person in await people.list_people(conn, role)]
    found = [await chats.by_address(conn, user_id) for user_id in dict.fromkeys(ids)]
    return [chat for chat in found if chat is not None and chat.state is not ChatState.BLOCKED]
