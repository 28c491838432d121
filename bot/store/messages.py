"""Messages: what is wanted in a chat, and what Telegram has taken.

The way of a message: queued, sending (committed before the call), then sent,
or retry (provably not taken), unknown (it may have been taken), dead. A sent
message whose wanted version is above the sent one is due for an edit.

Every `mark_*` on a message that is gone (its chat was forgotten or moved) does
nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import (
    Address,
    AlertView,
    Button,
    ChartView,
    Chat,
    ChatState,
    ChatType,
    DigestView,
    MessageKind,
    MessageState,
    NoticeState,
    ReplyView,
    SummaryView,
)
from bot.store import chats, digests, meta, posts, replies, views
from bot.store import schema as s
from bot.store.rows import chat_columns, chunks, joined_chat_of
from bot.store.set_aside import one_readable, readable

__all__ = [
    "EDIT_PAUSE",
    "FOLDING",
    "Content",
    "Message",
    "MessageView",
    "SendLane",
    "Taken",
    "Totals",
    "Work",
    "any_unknown",
    "by_telegram_message_id",
    "counts",
    "delete_at",
    "due",
    "fold",
    "get",
    "let_vanish",
    "mark_dead",
    "mark_deleted",
    "mark_edited",
    "mark_retry",
    "mark_sending",
    "mark_sent",
    "mark_sent_all",
    "mark_unknown",
    "next_due",
    "note",
    "queue_plain",
    "recent",
    "recover",
    "refresh",
    "reveal",
    "shown",
    "standing",
    "thread_of",
    "totals",
    "view",
    "views_of",
]


FOLDING = (MessageKind.ALERT, MessageKind.REPLY, MessageKind.SUMMARY, MessageKind.DIGEST)
"""What a Quiet chat shows folded."""

EDIT_PAUSE = timedelta(minutes=5)
"""Between two edits of a message whose story grows."""


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


@dataclass(frozen=True, slots=True)
class Taken:
    """What Telegram took: `version` was rendered, a later one stays due."""

    message_id: int
    telegram_message_id: int
    version: int
    at: datetime
    delete_at: datetime | None = None
    shows: str = ""  # the hash of the text


@dataclass(frozen=True, slots=True)
class Totals:
    """How many messages wait (one whose answer is unknown too), were sent, were given up."""

    waiting: int
    sent: int
    dead: int


Content = AlertView | ReplyView | SummaryView | DigestView | ChartView | str


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message with all that its text is made from.

    `content` is a str for PLAIN messages: HTML, rendered when it was queued.
    """

    message: Message
    content: Content
    buttons: tuple[tuple[Button, ...], ...] = ()  # of PLAIN messages


async def _reply(conn: AsyncConnection, row: sa.Row[Any]) -> ReplyView | None:
    """None where the alert is no longer shown, or the item has left the story.

    A follower gets the news even if the alert has vanished.
    """
    if row.reply_to is None or row.item_id is None:
        return None
    to = await get(conn, row.reply_to)
    alert = await views.alert_of_message(conn, row.reply_to)
    other = await views.joined(conn, row.item_id)
    shown = to is not None and to.state is MessageState.SENT
    if to is None or alert is None or other is None or not (shown or row.body):
        return None
    if alert.item_id != row.item_id and all(j.item_id != row.item_id for j in alert.joined):
        return None
    gone = (await posts.gone(conn, [row.item_id])).get(row.item_id)
    if row.body == "gone" and gone is None:
        return None  # it is back
    number = to.telegram_message_id if shown else None
    return ReplyView(alert, other, number, row.body, gone, row.id)


async def queue_plain(
    conn: AsyncConnection,
    where: int | Address,
    html: str,
    now: datetime,
    lane: SendLane = SendLane.NORMAL,
    *,
    buttons: Sequence[Sequence[Button]] = (),
    silent: bool = False,
) -> int:
    """A message whose HTML is ready, with rows of buttons; returns its id.

    `where` is the id of a chat of ours, or an address: a chat that we do not
    know yet (the admin chat) is noted, without subscriptions.
    """
    if isinstance(where, Address):
        type_ = ChatType.PRIVATE if where.chat_id > 0 else ChatType.SUPERGROUP
        chat = await chats.ensure(conn, where.chat_id, where.thread_id, type_, now=now)
        where = chat.id
    pressed = [[[each.text, each.data, each.url, each.copy] for each in row] for row in buttons]
    row = _row(where, MessageKind.PLAIN, lane, now)
    return await _insert(conn, row | {"body": html, "buttons": pressed or None, "silent": silent})


async def due(
    conn: AsyncConnection,
    now: datetime,
    limit: int,
    *,
    per_chat: int = 1,
    busy: Collection[int] = (),
) -> list[Message]:
    """Up to `limit` messages to send, edit or delete at `now`; `Message.work` says which.

    At most `per_chat` of one Telegram chat (all its threads together), so that a
    long queue of one hides nobody else's, and none of the chats whose Telegram
    ids are in `busy`. The lanes take turns: of twelve places urgent ones have eight,
    normal ones three, bulk one and deletions two between them, each by age; edits
    come after all of these. Chats that are blocked get nothing; paused ones only
    plain messages and what folds or deletes. Repeating it returns the same.
    """
    given: dict[str, Any] = {"now": now, "most": limit, "per_chat": per_chat}
    if busy:
        given["busy"] = list(busy)
    rows = await conn.execute(_due(bool(busy)), given)
    return readable(rows, _message_of, "messages")


async def next_due(conn: AsyncConnection, now: datetime) -> datetime | None:
    """When `due` will next have something: `now` if it has, None if nothing is planned.

    Only what is stored counts, not what is in flight or held back by `busy`.
    """
    if await due(conn, now, 1):
        return now
    times = (await conn.execute(_planned(), {"now": now})).one()
    return min((when for when in times if when is not None), default=None)


async def mark_sending(conn: AsyncConnection, ids: Collection[int], epoch: int) -> list[int]:
    """Take these messages for sending; commit before calling Telegram.

    Returns, by id, those that were still to be sent: send only them. Each one
    that may be a repetition is counted in the counter `messages_repeated`.
    """
    taken: list[sa.Row[Any]] = []
    for chunk in chunks(ids):
        statement = (
            sa.update(s.messages)
            .where(s.messages.c.id.in_(chunk), s.messages.c.state.in_(_TO_SEND))
            .values(
                state=MessageState.SENDING,
                epoch=epoch,
                attempts=s.messages.c.attempts + 1,
                next_try_at=None,
            )
            .returning(s.messages.c.id, s.messages.c.unknowns)
        )
        taken += (await conn.execute(statement)).all()
    if repeated := sum(row.unknowns > 0 for row in taken):
        await meta.bump(conn, "messages_repeated", repeated)
    return sorted(row.id for row in taken)


async def mark_sent(
    conn: AsyncConnection,
    message_id: int,
    telegram_message_id: int,
    version: int,
    now: datetime,
    *,
    delete_at: datetime | None = None,
    shows: str = "",
) -> None:
    """Record that Telegram took the message in `version`, and mark its notices as told.

    `version` is the wanted version that was rendered: a later one stays due. `shows` is
    the hash of the text.
    """
    taken = Taken(message_id, telegram_message_id, version, now, delete_at, shows)
    await mark_sent_all(conn, [taken])


async def mark_sent_all(conn: AsyncConnection, taken: Sequence[Taken]) -> None:
    """As `mark_sent`, of many in two statements."""
    if not taken:
        return
    await conn.execute(
        _MARK_SENT,
        [
            {
                "message": each.message_id,
                "number": each.telegram_message_id,
                "version": each.version,
                "at": each.at,
                "gone_at": each.delete_at,
                "hash": each.shows,
            }
            for each in taken
        ],
    )
    for chunk in chunks([each.message_id for each in taken]):
        await conn.execute(_MARK_TOLD, {"of_messages": chunk})


async def mark_retry(
    conn: AsyncConnection, message_id: int, next_try_at: datetime, reason: str = ""
) -> None:
    """Provably not taken: again at `next_try_at`. A sent message stays sent, its edit waits."""
    await _update(
        conn,
        message_id,
        state=sa.case(
            (s.messages.c.state == MessageState.SENDING, MessageState.RETRY),
            else_=s.messages.c.state,
        ),
        next_try_at=next_try_at,
        reason=reason,
    )


async def mark_unknown(
    conn: AsyncConnection,
    message_id: int,
    next_try_at: datetime,
    reason: str = "",
    *,
    counter: str = "messages_unknown",
) -> None:
    """No answer came, it may have been taken: counted, again at `next_try_at`.

    Only for a send; an edit repeats freely, with `mark_retry`. `counter` counts it.
    """
    changed = await conn.execute(
        sa.update(s.messages)
        .where(s.messages.c.id == message_id, s.messages.c.state == MessageState.SENDING)
        .values(
            state=MessageState.UNKNOWN,
            unknowns=s.messages.c.unknowns + 1,
            next_try_at=next_try_at,
            reason=reason,
        )
    )
    if changed.rowcount:
        await meta.bump(conn, counter)


async def mark_dead(
    conn: AsyncConnection,
    message_id: int,
    reason: str,
    notices: NoticeState = NoticeState.WITHDRAWN,
) -> None:
    """Give the message up. Its untold notices become `notices`.

    HELD keeps them for a summary, when the chat can be reached again.
    """
    await _update(conn, message_id, state=MessageState.DEAD, reason=reason, next_try_at=None)
    await _set_notices(conn, message_id, notices)


async def mark_edited(
    conn: AsyncConnection,
    message_id: int,
    version: int,
    now: datetime,
    *,
    shows: str | None = None,
    grown: bool = False,
) -> None:
    """Telegram shows `version`. A time to fold that has come by `now` is done with.

    `shows` is the hash of the text, if it is another now; `grown` counts the edit and
    lets the next one for growth wait `EDIT_PAUSE`.
    """
    m = s.messages.c
    values: dict[str, Any] = {
        "sent_version": version,
        "next_try_at": None,
        "fold_at": sa.case((m.fold_at <= now, None), else_=m.fold_at),
        "reason": "",
    }
    if shows is not None:
        values["shows"] = shows
    if grown:
        values |= {"edits": m.edits + 1, "edit_at": now + EDIT_PAUSE}
    await _update(conn, message_id, **values)


async def mark_deleted(conn: AsyncConnection, message_id: int, reason: str = "") -> None:
    """The message is no longer in the chat: neither edited nor deleted again."""
    await _update(
        conn,
        message_id,
        state=MessageState.DELETED,
        fold_at=None,
        delete_at=None,
        next_try_at=None,
        reason=reason,
    )


async def note(
    conn: AsyncConnection,
    chat_id: int,
    telegram_message_id: int,
    now: datetime,
    delete_at: datetime,
) -> None:
    """Remember a message of the chat only to delete it at `delete_at`.

    For answers that did not pass through the outbox, and in private chats for
    what the person wrote. Its text is not kept.
    """
    row = _row(chat_id, MessageKind.PLAIN, SendLane.BULK, now) | {
        "state": MessageState.SENT,
        "telegram_message_id": telegram_message_id,
        "sent_version": 1,
        "sent_at": now,
        "delete_at": delete_at,
    }
    await _insert(conn, row)


async def let_vanish(
    conn: AsyncConnection, chat_id: int, life: timedelta | None, now: datetime
) -> None:
    """What the chat shows is deleted `life` after it was sent (at once if that is past).

    None: stays. Messages too old for Telegram to delete are left as they are.
    """
    m = s.messages.c
    shown = await conn.execute(
        sa.select(m.id, m.sent_at).where(
            m.chat_id == chat_id,
            m.state == MessageState.SENT,
            m.telegram_message_id.is_not(None),
            m.sent_at > now - replies.DELETABLE,
        )
    )
    times = [
        {"message": row.id, "when": None if life is None else max(now, row.sent_at + life)}
        for row in shown
    ]
    if times:
        await conn.execute(
            sa.update(s.messages)
            .where(m.id == sa.bindparam("message"))
            .values(delete_at=sa.bindparam("when", type_=s.UtcDateTime)),
            times,
        )


async def fold(conn: AsyncConnection, chat_id: int) -> None:
    """The chat is Quiet from now on: what stands there, however old, is folded by an edit.

    What was opened is closed too.
    """
    m = s.messages.c
    await conn.execute(
        sa.update(s.messages)
        .where(
            m.chat_id == chat_id,
            m.kind.in_(FOLDING),
            (m.state == MessageState.SENDING)
            | ((m.state == MessageState.SENT) & m.telegram_message_id.is_not(None)),
        )
        .values(
            wanted_version=m.wanted_version + 1,
            fold_at=None,
            edit_at=None,
            edits=sa.case((m.edits > 0, m.edits - 1), else_=0),
        )
    )


async def shown(conn: AsyncConnection, chat_id: int, since: datetime) -> list[int]:
    """Telegram's numbers of the chat's messages sent at or after `since` and not deleted."""
    query = sa.select(s.messages.c.telegram_message_id).where(
        s.messages.c.chat_id == chat_id,
        s.messages.c.state == MessageState.SENT,
        s.messages.c.sent_at >= since,
        s.messages.c.telegram_message_id.is_not(None),
    )
    return list(await conn.scalars(query.order_by(s.messages.c.id)))


async def standing(conn: AsyncConnection, chat_id: int) -> list[Message]:
    """All that stands in the chat and does not fold, however old, oldest first."""
    query = _joined().where(
        s.messages.c.chat_id == chat_id,
        s.messages.c.kind.not_in(FOLDING),
        s.messages.c.state == MessageState.SENT,
        s.messages.c.telegram_message_id.is_not(None),
    )
    rows = await conn.execute(query.order_by(s.messages.c.id))
    return readable(rows, _message_of, "messages")


async def delete_at(conn: AsyncConnection, ids: Collection[int], when: datetime) -> None:
    """Have the outbox delete these at `when`, however old: what is too old it empties."""
    for chunk in chunks(ids):
        await conn.execute(
            sa.update(s.messages).where(s.messages.c.id.in_(chunk)).values(delete_at=when)
        )


async def reveal(conn: AsyncConnection, message_id: int, until: datetime) -> None:
    """Show the text of a Quiet message until `until`; due for an edit at once."""
    await refresh(conn, message_id, fold_at=until)


async def refresh(
    conn: AsyncConnection, message_id: int, *, fold_at: datetime | None = None
) -> None:
    """Somebody pressed a button that changes the message: an edit at once that counts for none."""
    m = s.messages.c
    folds = {} if fold_at is None else {"fold_at": fold_at}
    await _update(
        conn,
        message_id,
        wanted_version=m.wanted_version + 1,
        edit_at=None,
        shows="",  # More may have put something else there
        edits=sa.case((m.edits > 0, m.edits - 1), else_=0),
        **folds,
    )


async def recover(conn: AsyncConnection, epoch: int, now: datetime) -> int:
    """At start: messages being sent under another epoch become UNKNOWN, due at `now`.

    Returns how many; each is counted in `messages_unknown`.
    """
    changed = await conn.execute(
        sa.update(s.messages)
        .where(
            sa.text(s.UNSENT),
            s.messages.c.state == MessageState.SENDING,
            s.messages.c.epoch != epoch,
        )
        .values(
            state=MessageState.UNKNOWN,
            unknowns=s.messages.c.unknowns + 1,
            next_try_at=now,
            reason="stopped while sending",
        )
    )
    if changed.rowcount:
        await meta.bump(conn, "messages_unknown", changed.rowcount)
    return changed.rowcount


async def recent(
    conn: AsyncConnection, now: datetime, within: timedelta
) -> list[tuple[Address, datetime]]:
    """Where and when messages were sent, or edited because they grew, so short a time ago.

    Of the newest hundred thousand: the outbox sends two thousand a minute.
    """
    m, c = s.messages.c, s.chats.c
    newest = sa.select(sa.func.max(m.id) - _MAX_RECENT).scalar_subquery()
    since, edited = now - within, now - within + EDIT_PAUSE
    rows = await conn.execute(
        sa.select(c.telegram_id, c.type, m.sent_at, m.edit_at)
        .join_from(s.messages, s.chats, m.chat_id == c.id)
        .where(m.id > newest, (m.sent_at > since) | (m.edit_at > edited))
    )
    found = []
    for row in rows:
        where = Address(row.telegram_id, group=row.type != ChatType.PRIVATE)
        if row.sent_at is not None and row.sent_at > since:
            found.append((where, row.sent_at))
        if row.edit_at is not None and row.edit_at > edited:
            found.append((where, row.edit_at - EDIT_PAUSE))
    return found


async def any_unknown(conn: AsyncConnection) -> bool:
    """Whether there is a message that may have come and is to be tried again."""
    query = sa.select(s.messages.c.id).where(
        sa.text(s.UNSENT), s.messages.c.state == MessageState.UNKNOWN
    )
    return (await conn.execute(query.limit(1))).first() is not None


async def counts(conn: AsyncConnection) -> dict[MessageState, int]:
    """Messages by state; states without any are absent."""
    rows = await conn.execute(
        sa.select(s.messages.c.state, sa.func.count().label("n")).group_by(s.messages.c.state)
    )
    return {MessageState(row.state): row.n for row in rows}


async def totals(conn: AsyncConnection) -> Totals:
    """As `counts` in few words, from indexes alone: however many were ever sent."""
    count = sa.select(sa.func.count()).select_from(s.messages)
    waiting = await conn.scalar(count.where(sa.text(s.UNSENT))) or 0
    dead = await conn.scalar(count.where(sa.text(s.DEAD))) or 0
    return Totals(waiting, (await conn.scalar(count) or 0) - waiting - dead, dead)


async def get(conn: AsyncConnection, message_id: int) -> Message | None:
    """The message, or None."""
    row = (await conn.execute(_joined().where(s.messages.c.id == message_id))).one_or_none()
    return one_readable(row, _message_of, "messages")


async def by_telegram_message_id(
    conn: AsyncConnection, chat_id: int, telegram_message_id: int
) -> Message | None:
    """The message that Telegram shows under this number in our chat `chat_id`."""
    query = _joined().where(
        s.messages.c.chat_id == chat_id,
        s.messages.c.telegram_message_id == telegram_message_id,
    )
    row = (await conn.execute(query.order_by(s.messages.c.id.desc()).limit(1))).one_or_none()
    return one_readable(row, _message_of, "messages")


async def thread_of(
    conn: AsyncConnection, telegram_id: int, telegram_message_id: int
) -> int | None:
    """In which thread of the Telegram chat the message stands; None if it is not one of ours."""
    query = (
        sa.select(s.chats.c.thread_id)
        .join_from(s.messages, s.chats, s.messages.c.chat_id == s.chats.c.id)
        .where(
            s.chats.c.telegram_id == telegram_id,
            s.messages.c.telegram_message_id == telegram_message_id,
        )
        .limit(1)
    )
    thread: int | None = await conn.scalar(query)
    return thread


async def view(conn: AsyncConnection, message_id: int) -> MessageView | None:
    """All that the message's text is made from, as stored now.

    None when it is gone, or has no notice any more.
    """
    return (await views_of(conn, [message_id])).get(message_id)


async def views_of(conn: AsyncConnection, message_ids: Collection[int]) -> dict[int, MessageView]:
    """As `view`, of many in one go; those that it has none of are absent."""
    rows: list[sa.Row[Any]] = []
    for chunk in chunks(message_ids):
        rows += await conn.execute(_joined().where(s.messages.c.id.in_(chunk)))
    unsent = {row.id: row.sent_version == 0 for row in rows if row.kind == MessageKind.ALERT}
    told = await views.alerts_of_messages(conn, unsent) if unsent else {}
    found: dict[int, MessageView] = {}
    for row in rows:
        message = one_readable(row, _message_of, "messages")
        if message is None:
            continue
        if message.kind is MessageKind.ALERT:
            content: Content | None = told.get(row.id)
        else:
            content = await _content(conn, row, message)
        if content is not None:
            found[row.id] = MessageView(message, content, _buttons_of(row))
    return found


async def _content(conn: AsyncConnection, row: sa.Row[Any], message: Message) -> Content | None:
    """What a message that is no alert tells, or None if it tells nothing any more."""
    if message.kind is MessageKind.PLAIN:
        return str(row.body)
    if message.kind is MessageKind.REPLY:
        return await _reply(conn, row)
    if message.kind is MessageKind.SUMMARY:
        return await views.summary(conn, message.id)
    if message.kind is MessageKind.DIGEST:
        return await digests.view(conn, message.id, message.created_at)
    return await digests.chart(conn, message.chat, message.created_at)


def _buttons_of(row: sa.Row[Any]) -> tuple[tuple[Button, ...], ...]:
    return tuple(tuple(Button(*each) for each in line) for line in row.buttons or ())


_MAX_RECENT = 100_000
_MARK_SENT = (
    sa.update(s.messages)
    .where(s.messages.c.id == sa.bindparam("message"))
    .values(
        state=MessageState.SENT,
        telegram_message_id=sa.bindparam("number", type_=s.messages.c.telegram_message_id.type),
        sent_version=sa.bindparam("version", type_=s.messages.c.sent_version.type),
        sent_at=sa.bindparam("at", type_=s.UtcDateTime),
        next_try_at=None,
        delete_at=sa.bindparam("gone_at", type_=s.UtcDateTime),
        shows=sa.bindparam("hash", type_=s.messages.c.shows.type),
        reason="",
    )
)
_MARK_TOLD = (
    sa.update(s.notices)
    .where(
        s.notices.c.message_id.in_(sa.bindparam("of_messages", expanding=True)),
        s.notices.c.state == NoticeState.QUEUED,
    )
    .values(state=NoticeState.TOLD)
)
_TO_SEND = [MessageState.QUEUED, MessageState.RETRY, MessageState.UNKNOWN]


_NOW = sa.bindparam("now", type_=s.UtcDateTime)


@cache
def _due(with_busy: bool) -> sa.Select[Any]:
    """What `due` asks: built once, as building it takes longer than asking."""
    m, c = s.messages.c, s.chats.c
    ready = m.next_try_at.is_(None) | (m.next_try_at <= _NOW)
    open_chat = (c.state == ChatState.ACTIVE) | (
        (c.state == ChatState.PAUSED) & (m.kind == MessageKind.PLAIN)
    )
    sends = m.state.in_(_TO_SEND)
    deletes = sa.and_(m.state == MessageState.SENT, m.delete_at <= _NOW)
    rank = sa.case(
        (sends & (m.lane == SendLane.URGENT), 0),
        (sends & (m.lane == SendLane.NORMAL), 1),
        (sends, 2),
        (deletes, 3),
        (m.fold_at.is_not(None), 0),  # somebody waits for Open, or it must be folded
        else_=4,
    )
    place = sa.func.row_number().over(partition_by=c.telegram_id, order_by=(rank, m.id))
    chosen = (
        sa.select(m.id, rank.label("rank"), place.label("place"))
        .join_from(s.messages, s.chats, m.chat_id == c.id)
        .where(
            m.id.in_(sa.union_all(*_due_branches())),
            ready,
            c.state != ChatState.BLOCKED,
            open_chat | (m.fold_at <= _NOW) | (m.delete_at <= _NOW),
        )
    )
    if with_busy:
        chosen = chosen.where(c.telegram_id.not_in(sa.bindparam("busy", expanding=True)))
    first = chosen.subquery()
    nth = sa.func.row_number().over(partition_by=first.c.rank, order_by=first.c.id)
    turns = (
        sa.select(first.c.id, (nth * _shares(first.c.rank)).label("turn"))
        .where(first.c.place <= sa.bindparam("per_chat", type_=sa.Integer))
        .subquery()
    )
    return (
        _joined()
        .join(turns, turns.c.id == m.id)
        .order_by(turns.c.turn, m.id)
        .limit(sa.bindparam("most", type_=sa.Integer))
    )


@cache
def _planned() -> sa.Select[Any]:
    """The next time of each kind, from an index of its own."""
    m = s.messages.c
    alive = s.chats.c.state != ChatState.BLOCKED
    joined = sa.join(s.messages, s.chats, m.chat_id == s.chats.c.id)
    times = [
        sa.select(sa.func.min(column))
        .select_from(joined)
        .where(column > _NOW, m.state.in_(states), alive)
        for column, states in (
            (m.next_try_at, [*_TO_SEND, MessageState.SENT]),
            (m.fold_at, [MessageState.SENT]),
            (m.delete_at, [MessageState.SENT]),
        )
    ]
    # Not joined: the partial index wants its condition as it stands.
    writable = sa.exists().where(s.chats.c.id == m.chat_id, alive)
    growing = sa.select(sa.func.min(m.edit_at))
    times.append(growing.where(sa.text(s.STALE), m.edit_at > _NOW, writable))
    return sa.select(*(each.scalar_subquery() for each in times))


def _due_branches() -> list[sa.Select[Any]]:
    """Ids by reason, each read from an index of its own.

    Both databases use a partial index only where they see its very condition.
    """
    m = s.messages.c
    ready = m.next_try_at.is_(None) | (m.next_try_at <= _NOW)
    shown = sa.and_(m.state == MessageState.SENT, m.telegram_message_id.is_not(None), ready)
    return [
        sa.select(m.id).where(sa.text(s.UNSENT), m.state.in_(_TO_SEND), ready),
        sa.select(m.id).where(sa.text(s.STALE), shown, m.edit_at.is_(None) | (m.edit_at <= _NOW)),
        sa.select(m.id).where(shown, m.fold_at <= _NOW),
        sa.select(m.id).where(shown, m.delete_at <= _NOW),
    ]


def _shares(rank: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """The distance between the turns of a lane: the smaller, the more turns."""
    return sa.case((rank == 0, 3), (rank == 1, 8), (rank == 2, 24), (rank == 3, 12), else_=10**6)


def _row(chat_id: int, kind: MessageKind, lane: SendLane, now: datetime) -> dict[str, Any]:
    return {"chat_id": chat_id, "kind": kind, "lane": lane, "created_at": now}


async def _insert(conn: AsyncConnection, row: dict[str, Any]) -> int:
    statement = sa.insert(s.messages).values(**row).returning(s.messages.c.id)
    message_id: int = (await conn.execute(statement)).scalar_one()
    return message_id


async def _update(conn: AsyncConnection, message_id: int, **values: Any) -> None:
    await conn.execute(sa.update(s.messages).where(s.messages.c.id == message_id).values(**values))


async def _set_notices(conn: AsyncConnection, message_id: int, state: NoticeState) -> None:
    await conn.execute(
        sa.update(s.notices)
        .where(s.notices.c.message_id == message_id, s.notices.c.state == NoticeState.QUEUED)
        .values(state=state)
    )


def _joined() -> sa.Select[Any]:
    return sa.select(s.messages, *chat_columns()).join_from(
        s.messages, s.chats, s.messages.c.chat_id == s.chats.c.id
    )


def _message_of(row: sa.Row[Any]) -> Message:
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
