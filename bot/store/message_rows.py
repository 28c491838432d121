"""A message as a row: what it is, what is due for it, and how it is read and written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import (
    Chat,
    MessageKind,
    MessageState,
)
from bot.store import schema as s
from bot.store.rows import chat_columns, joined_chat_of

__all__ = [
    "FOLDING",
    "TO_SEND",
    "Message",
    "SendLane",
    "Work",
    "insert",
    "joined",
    "message_of",
    "new_row",
    "update",
]

FOLDING = (MessageKind.ALERT, MessageKind.REPLY, MessageKind.SUMMARY, MessageKind.DIGEST)
"""What a Quiet chat shows folded."""


class SendLane(StrEnum):
    """Of the messages of one chat, urgent ones go first."""

    URGENT = "urgent"
    NORMAL = "normal"
    BULK = "bulk"


class Work(StrEnum):
    """What is due for a message."""

    SEND = "send"
    EDIT = "edit"  # render it again: it has grown, or must be folded
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Message:
    """One Telegram message in one chat. Times are UTC."""

    id: int
    chat: Chat
    kind: MessageKind
    state: MessageState
    lane: SendLane
    telegram_message_id: int | None
    wanted_version: int
    sent_version: int
    attempts: int
    unknowns: int  # sends that were never answered
    epoch: int  # who holds it while it is being sent
    created_at: datetime
    next_try_at: datetime | None
    sent_at: datetime | None
    fold_at: datetime | None
    delete_at: datetime | None
    reason: str
    silent: bool = False
    edits: int = 0  # for growth
    edit_at: datetime | None = None  # it may grow again from then on
    shows: str = ""  # a hash of what Telegram last took

    def revealed(self, now: datetime) -> bool:
        """Whether a Quiet message shall show its text at `now`."""
        return self.fold_at is not None and self.fold_at > now

    def work(self, now: datetime) -> Work | None:
        """What `due` returned it for, or None when nothing is due at `now`."""
        if self.next_try_at is not None and self.next_try_at > now:
            return None
        if self.state in (MessageState.QUEUED, MessageState.RETRY, MessageState.UNKNOWN):
            return Work.SEND
        if self.state is not MessageState.SENT or self.telegram_message_id is None:
            return None
        if self.delete_at is not None and self.delete_at <= now:
            return Work.DELETE
        if self.fold_at is not None and self.fold_at <= now:
            return Work.EDIT
        rested = self.edit_at is None or self.edit_at <= now
        return Work.EDIT if rested and self.wanted_version > self.sent_version else None


def joined() -> sa.Select[Any]:
    return sa.select(s.messages, *chat_columns()).join_from(
        s.messages, s.chats, s.messages.c.chat_id == s.chats.c.id
    )


def message_of(row: sa.Row[Any]) -> Message:
    """The row as a message. Raises ValueError where a column holds what it cannot."""
    counts = (row.wanted_version, row.sent_version, row.attempts, row.unknowns, row.edits)
    if any(type(each) is not int for each in counts):
        raise ValueError("a column is no number")
    return Message(
        id=row.id,
        chat=joined_chat_of(row),
        kind=MessageKind(row.kind),
        state=MessageState(row.state),
        lane=SendLane(row.lane),
        telegram_message_id=row.telegram_message_id,
        wanted_version=row.wanted_version,
        sent_version=row.sent_version,
        attempts=row.attempts,
        unknowns=row.unknowns,
        epoch=row.epoch,
        created_at=row.created_at,
        next_try_at=row.next_try_at,
        sent_at=row.sent_at,
        fold_at=row.fold_at,
        delete_at=row.delete_at,
        reason=row.reason,
        silent=row.silent,
        edits=row.edits,
        edit_at=row.edit_at,
        shows=row.shows,
    )


def new_row(chat_id: int, kind: MessageKind, lane: SendLane, now: datetime) -> dict[str, Any]:
    return {"chat_id": chat_id, "kind": kind, "lane": lane, "created_at": now}


async def insert(conn: AsyncConnection, row: dict[str, Any]) -> int:
    statement = sa.insert(s.messages).values(**row).returning(s.messages.c.id)
    message_id: int = (await conn.execute(statement)).scalar_one()
    return message_id


async def update(conn: AsyncConnection, message_id: int, **values: Any) -> None:
    await conn.execute(sa.update(s.messages).where(s.messages.c.id == message_id).values(**values))


TO_SEND = [MessageState.QUEUED, MessageState.RETRY, MessageState.UNKNOWN]
"""States in which a message waits to be sent."""
