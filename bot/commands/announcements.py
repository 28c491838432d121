"""Messages to admins on Vigil's own initiative: in the admin chat, or else to each in private."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.commands.calls import Backend, Call
from bot.model import Address, ChatState, Role
from bot.model.rendered import Rendered
from bot.store import chats, messages, people
from bot.store.audit import Entry
from bot.store.connection import Connection
from bot.store.message_rows import SendLane

__all__ = ["places_of_admins", "to_admins", "to_other_admins", "to_place", "to_roots"]


async def to_admins(
    conn: Connection,
    backend: Backend,
    phrase: Callable[[str], Rendered],
    now: datetime,
    *,
    lane: SendLane = SendLane.URGENT,
    without: int | None = None,
) -> int:
    """Queue what `phrase` says in the language of each, in this transaction; to how many.

    Wake the outbox afterwards. An admin who never wrote to the bot cannot be told. `without`
    is the Telegram number of one who knows already.
    """
    if backend.admin_chat is not None:
        known = await chats.by_address(conn, backend.admin_chat)
        text = phrase(known.lang if known else "en")
        group = backend.admin_chat < 0
        where = known.id if known else Address(backend.admin_chat, group=group)
        await messages.queue_plain(conn, where, text.html, now, lane, buttons=text.buttons)
        return 1
    count = 0
    for place in await _private_places(conn, backend.roots, (Role.ROOT, Role.ADMIN)):
        if isinstance(place.where, int) and place.address.chat_id != without:
            text = phrase(place.lang)
            await messages.queue_plain(
                conn, place.where, text.html, now, lane, buttons=text.buttons
            )
            count += 1
    return count


async def places_of_admins(conn: Connection, backend: Backend) -> list[tuple[Address, str]]:
    """Where `to_admins` would tell, each with its language: for what no queue can carry."""
    if backend.admin_chat is not None:
        known = await chats.by_address(conn, backend.admin_chat)
        where = Address(backend.admin_chat, group=backend.admin_chat < 0)
        return [(where, known.lang if known else "en")]
    found = await _private_places(conn, backend.roots, (Role.ROOT, Role.ADMIN))
    return [(place.address, place.lang) for place in found]


async def to_other_admins(backend: Backend, conn: Connection, call: Call, entry: Entry) -> int:
    """Tell all admins but the actor of an audit row; nobody where all saw it being done."""
    if call.place.chat_id == backend.admin_chat:
        return 0
    return await to_admins(
        conn,
        backend,
        lambda lang: backend.phrase(entry, lang),
        call.now,
        lane=SendLane.NORMAL,
        without=call.actor.user_id,
    )


async def to_roots(
    conn: Connection, backend: Backend, phrase: Callable[[str], Rendered], now: datetime
) -> int:
    """As `to_admins`, for root admins alone and in private; also for those whom this database has
    not met: they may have written to the bot before it.
    """
    found = await _private_places(conn, backend.roots, (Role.ROOT,))
    for place in found:
        text = phrase(place.lang)
        await messages.queue_plain(
            conn, place.where, text.html, now, SendLane.NORMAL, buttons=text.buttons
        )
    return len(found)


async def to_place(conn: Connection, where: Address, text: Rendered, now: datetime) -> None:
    """Queue a late answer to the place of its question."""
    await messages.queue_plain(
        conn, where, text.html, now, SendLane.NORMAL, buttons=text.buttons, silent=text.silent
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """A private chat: `where` it is queued for is our id, or its address while it has none."""

    where: int | Address
    address: Address
    lang: str


async def _private_places(
    conn: Connection, roots: Collection[int], roles: Sequence[Role]
) -> list[_Place]:
    ids = [*roots]
    for role in roles:
        ids += [person.telegram_id for person in await people.list_people(conn, role)]
    found = []
    for user_id in dict.fromkeys(ids):
        chat = await chats.by_address(conn, user_id)
        if chat is None:
            if user_id in roots:
                found.append(_Place(Address(user_id), Address(user_id), "en"))
        elif chat.state is not ChatState.BLOCKED:
            found.append(_Place(chat.id, chat.address, chat.lang))
    return found
