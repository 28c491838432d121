"""Who acts, where and when; and what is acted on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.model import Address, Chat, ChatType, Role
from bot.model.rendered import Rendered
from bot.store import Store
from bot.store.audit import Entry

__all__ = ["OPERATOR", "Actor", "Backend", "Call", "Place", "Refused", "operator_call"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `user_id` is Telegram's number, never logged and never in an audit row."""

    user_id: int
    role: Role

    @property
    def is_admin(self) -> bool:
        return self.role in (Role.ADMIN, Role.ROOT)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command was given: Telegram's numbers, thread 0 for none.

    A thread of a forum is a chat of its own (`thread_id`); one of a private chat is not: it only
    says where the answer stands (`within`).
    """

    chat_id: int
    type: ChatType
    thread_id: int = 0
    title: str = ""
    within: int = 0

    @property
    def private(self) -> bool:
        return self.type is ChatType.PRIVATE

    @property
    def address(self) -> Address:
        return Address(self.chat_id, self.thread_id, group=not self.private)

    @property
    def screen(self) -> Address:
        """Where answers stand."""
        return Address(self.chat_id, self.thread_id or self.within, group=not self.private)


@dataclass(frozen=True, slots=True)
class Call:
    """One use of a command. `now` is aware UTC.

    `manages`: the actor may decide for the place, since it is theirs or Telegram said, just
    now, that they administer it.
    """

    actor: Actor
    place: Place
    now: datetime
    manages: bool = False

    def at(self, place: Place) -> Call:
        """The same call at another place that, by Telegram's word, the actor administers."""
        return replace(self, place=place, manages=True)

    def of(self, chat: Chat) -> Call:
        """As `at`, of a chat of ours."""
        address = chat.address
        return self.at(Place(address.chat_id, chat.type, address.thread_id))


OPERATOR: Final = Actor(0, Role.ROOT)
"""Whoever has the machine: the command line acts as they do."""


def operator_call(now: datetime) -> Call:
    """A use of a command from the command line."""
    return Call(OPERATOR, Place(0, ChatType.PRIVATE), now, manages=True)


class Refused(StrEnum):
    """Why a command changed nothing."""

    MISSING = "missing"  # there is no such thing, or no longer
    SAME = "same"  # it is so already
    TAKEN = "taken"  # another has the name, key or address
    IMPOSSIBLE = "impossible"  # of this thing never
    TOO_MANY = "too many"
    CHANGED = "changed"  # by somebody else meanwhile
    THEIRS = "theirs"  # another person's: only a root admin may


def _nobody() -> None:
    return None


async def _nothing() -> None:
    return None


def _plainly(entry: Entry, lang: str) -> Rendered:
    """Where nobody phrases: the command's own name. English whatever `lang` is."""
    line = f"{entry.command} {entry.subject}".strip()
    return Rendered(line, line)


@dataclass(slots=True)
class Backend:
    """What commands act on.

    `roots` are the root admins of the settings, `admin_chat` where messages
    to all admins go. After a commit `wake_delivery` is called when there is something to send, and
    `filters_changed` when what is matched has changed. `phrase` words an audit row for admins
    who are told of it (ready HTML).
    """

    store: Store
    roots: frozenset[int] = frozenset()
    admin_chat: int | None = None
    wake_delivery: Callable[[], None] = _nobody
    filters_changed: Callable[[], Awaitable[None]] = _nothing
    phrase: Callable[[Entry, str], Rendered] = _plainly
