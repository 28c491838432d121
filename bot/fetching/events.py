"""Events of sources that other rooms listen to: a source is gone, has moved, was read.

The readers of sources know nothing of chat. The engine gives them one `SourceEvents`, and the
application connects to it what writes to people.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVarTuple

from bot.model import Source
from bot.store.connection import Connection
from bot.store.pagings import Paging

__all__ = ["Signal", "SourceEvents"]

Values = TypeVarTuple("Values")


class Signal(Generic[*Values]):
    """One kind of event. Await it with what happened: each listener is called in turn.

    What a listener raises reaches the caller, so a transaction is undone whole.
    """

    def __init__(self) -> None:
        self._listeners: list[Callable[[*Values], Awaitable[None]]] = []

    def connect(self, listener: Callable[[*Values], Awaitable[None]]) -> None:
        """Call `listener` from now on."""
        self._listeners.append(listener)

    @property
    def has_listeners(self) -> bool:
        """Whether there is a listener: without one the event need not be worked out."""
        return bool(self._listeners)

    async def __call__(self, *values: *Values) -> None:
        for listener in self._listeners:
            await listener(*values)


@dataclass(frozen=True, slots=True)
class SourceEvents:
    """Every kind of event; without listeners an event does nothing."""

    gone: Signal[Connection, Source] = field(default_factory=Signal)
    """It says that it is gone: in the transaction that stops it."""

    moved: Signal[Source, str] = field(default_factory=Signal)
    """It has been read at another address, which is kept."""

    brought: Signal[Source] = field(default_factory=Signal)
    """A visit found something new."""

    unread: Signal[Source, int, int] = field(default_factory=Signal)
    """So many blocks of a channel's page could not be read, of so many; 0 of them once again."""

    paged: Signal[Paging] = field(default_factory=Signal)
    """One more page of what lies behind was read for a chat, outside of transactions."""

    caught_up: Signal[Connection, Paging] = field(default_factory=Signal)
    """All of what lies behind was read for a chat: in the transaction that ends it."""
