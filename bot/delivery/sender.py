"""Where messages go: what the outbox asks of Telegram, or of a terminal."""

from __future__ import annotations

from typing import Protocol

from bot.botapi.pacing import Gate, Permit
from bot.model import Address
from bot.model.rendered import Rendered

__all__ = ["Sender"]


class Sender(Protocol):
    """Where messages go: Telegram, or a terminal. Raises DeliveryError only."""

    gate: Gate

    async def send(
        self,
        address: Address,
        rendered: Rendered,
        *,
        reply_to: int | None = None,
        permit: Permit | None = None,
    ) -> int: ...

    async def send_within(
        self,
        address: Address,
        rendered: Rendered,
        *,
        reply_to: int | None = None,
        permit: Permit | None = None,
    ) -> tuple[int, int]: ...

    async def create_thread(
        self, address: Address, name: str, *, permit: Permit | None = None
    ) -> int: ...

    async def delete_thread(self, address: Address, number: int) -> None: ...

    async def edit(
        self,
        address: Address,
        message_id: int,
        rendered: Rendered,
        *,
        permit: Permit | None = None,
    ) -> None: ...

    async def delete(self, address: Address, message_id: int) -> None: ...

    async def empty(self, address: Address, message_id: int, *, picture: bool = False) -> None: ...
