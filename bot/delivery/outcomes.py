"""What becomes of a message after a call, by the error it ended with: one place, in a transaction.

Provably not sent is repeated freely. Unknown is repeated with growing pauses, at most `RESENDS`
times, each counted; then it is given up with an alarm. Edits and deletions repeat freely.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

import structlog

from bot.alerts.threads import left_message
from bot.backoff import backoff
from bot.errors import (
    DeliveryError,
    MessageGone,
    Migrated,
    NothingChanged,
    NotSent,
    Rejected,
    RetryLater,
    ServerFailed,
    TopicClosed,
    Unreachable,
)
from bot.model import ChatMode, ChatState, MessageKind, MessageState, NoticeState
from bot.store import chat_merging, chats, messages, meta, notices, threads
from bot.store.connection import Connection
from bot.store.message_rows import Message, Work

__all__ = ["RESENDS", "Outcome", "Unprepared", "record", "record_all", "settle"]

log = structlog.get_logger(__name__)

RESENDS = 6
_UNKNOWN_WAITS = (5, 10, 20, 60, 300, 690)  # seconds before each
_FIRST_WAIT, _LONGEST_WAIT = 2.0, 300.0
_LONGEST_RETRY = timedelta(seconds=_LONGEST_WAIT)
# Between two tries to delete a thread; and how long it may go on before the chat is told.
_THREAD_FIRST, _THREAD_LONGEST = timedelta(seconds=5), timedelta(hours=6)
_THREAD_TOLD = timedelta(minutes=1)


class Unprepared(NotSent):
    """It was not called for, whatever Telegram does: what it tells could not be read (our bug, a
    damaged row, the database), or the chat has chosen otherwise. It is prepared again."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One call that is over: `version` was shown; `error` is None if Telegram did it."""

    message: Message
    work: Work
    version: int
    at: datetime
    telegram_message_id: int | None = None
    error: BaseException | None = None
    epoch: int = 0  # under which it was called for
    shows: str = ""  # the hash of what was sent
    thread_id: int = 0  # of a private chat, in which it stands


async def record_all(conn: Connection, outcomes: Sequence[Outcome]) -> None:
    """As `record`, one after the other; what follows each other and was sent, in one go."""
    for sent, run in groupby(outcomes, _simply_sent):
        if sent:
            await _all_sent(conn, list(run))
        else:
            for outcome in run:
                await record(conn, outcome)


async def record(conn: Connection, outcome: Outcome) -> None:
    """Store the outcome; recording one for a message that is gone does nothing."""
    if outcome.work is Work.SEND:
        if outcome.error is not None and not await _still_ours(conn, outcome):
            return
        await _sent(conn, outcome)
    elif outcome.work is Work.EDIT:
        await _edited(conn, outcome)
    else:
        await _deleted(conn, outcome)


async def settle(conn: Connection, outcome: Outcome) -> None:
    """The least that ends `sending`, where `record` fails for this outcome alone.

    It reads nothing: what could not be recorded may be a row that cannot be read.
    """
    if outcome.work is not Work.SEND:
        return  # it was never claimed, and is still due
    message_id, there = outcome.message.id, outcome.telegram_message_id
    if outcome.error is None and there is not None:
        life = outcome.message.chat.life
        await messages.mark_sent(
            conn,
            message_id,
            there,
            outcome.version,
            outcome.at,
            delete_at=None if life is None else outcome.at + life,
            shows=outcome.shows,
            thread_id=outcome.thread_id,
        )
    elif isinstance(outcome.error, NotSent | RetryLater):
        await messages.mark_retry(
            conn, message_id, outcome.at + _LONGEST_RETRY, _reason(outcome.error)
        )
    else:
        again, why = outcome.at + _LONGEST_RETRY, _reason(outcome.error)
        await messages.mark_unknown(conn, message_id, again, why, counter=_counter(outcome))


async def _still_ours(conn: Connection, o: Outcome) -> bool:
    """Whether no other process has taken the message over since: then it is theirs to tell."""
    held = await messages.get(conn, o.message.id)
    return held is not None and held.epoch == o.epoch


def _simply_sent(o: Outcome) -> bool:
    return o.work is Work.SEND and o.error is None


async def _all_sent(conn: Connection, outcomes: Sequence[Outcome]) -> None:
    # /vanish may have been said while the calls were under way.
    now = await chats.get_many(conn, {o.message.chat.id for o in outcomes})
    taken = []
    for o in outcomes:
        assert o.telegram_message_id is not None
        chat = now.get(o.message.chat.id)
        gone_at = None if chat is None or chat.life is None else o.at + chat.life
        number = o.telegram_message_id
        taken.append(
            messages.Taken(o.message.id, number, o.version, o.at, gone_at, o.shows, o.thread_id)
        )
    await messages.mark_sent_all(conn, taken)
    for o in outcomes:
        chat = now.get(o.message.chat.id)
        if chat is None or not o.thread_id:
            continue
        if chat.mode is ChatMode.QUIET or await threads.ends(conn, chat.id, o.thread_id, o.at):
            # Chosen while it was on its way: the thread goes, and nobody has read it there.
            await threads.take_back(conn, chat.id, o.at, o.at, only=o.message.id)


async def _sent(conn: Connection, o: Outcome) -> None:
    message, error = o.message, o.error
    if error is None:
        await _all_sent(conn, [o])
    elif isinstance(error, (Unreachable, TopicClosed)):
        await messages.mark_dead(conn, message.id, _reason(error), NoticeState.HELD)
        await _block(conn, message, error)
    elif isinstance(error, Migrated):
        await messages.mark_retry(conn, message.id, o.at, "moved")
        await chat_merging.migrate(conn, message.chat.address.chat_id, error.chat_id)
    elif isinstance(error, (RetryLater, NotSent)):
        await messages.mark_retry(conn, message.id, o.at + _wait(message, error), _reason(error))
    elif isinstance(error, Rejected) and message.kind is MessageKind.CHART:
        # A chat that takes no pictures has its digest all the same.
        await messages.mark_dead(conn, message.id, _reason(error))
        log.info("message.picture_refused", message=message.id, words=str(error))
    elif isinstance(error, Rejected):
        await messages.mark_dead(conn, message.id, _reason(error))
        await meta.bump(conn, "messages_refused")
        log.error("message.refused_in_every_form", message=message.id, words=str(error))
    else:
        await _unknown(conn, o)


async def _unknown(conn: Connection, o: Outcome) -> None:
    """No answer, or an exception nobody named: it may be there."""
    wait = _UNKNOWN_WAITS[min(o.message.unknowns, len(_UNKNOWN_WAITS) - 1)]
    await messages.mark_unknown(
        conn,
        o.message.id,
        o.at + timedelta(seconds=wait),
        _reason(o.error),
        counter=_counter(o),
    )
    if o.message.unknowns < RESENDS:
        log.warning("message.unknown", message=o.message.id, times=o.message.unknowns + 1)
        return
    # Held, not withdrawn: it may never have come, so the next summary names it.
    await messages.mark_dead(conn, o.message.id, "never answered", NoticeState.HELD)
    await meta.bump(conn, "messages_given_up")
    log.error("message.given_up", message=o.message.id, times=o.message.unknowns + 1)


def _counter(o: Outcome) -> str:
    """An answer that says 5xx is no silence."""
    return "messages_server_failed" if isinstance(o.error, ServerFailed) else "messages_unknown"


async def _edited(conn: Connection, o: Outcome) -> None:
    message, error = o.message, o.error
    if isinstance(error, MessageGone):
        await messages.mark_deleted(conn, message.id, "gone")
        return
    if error is None or isinstance(error, (NothingChanged, Rejected)):
        if isinstance(error, Rejected):
            log.error("message.edit_refused", message=message.id, words=str(error))
        # A growing story is edited now and then; folding (Quiet) neither waits nor counts.
        folds = message.fold_at is not None and message.fold_at <= o.at
        await messages.mark_edited(
            conn, message.id, o.version, o.at, shows=o.shows, grown=not folds
        )
        return
    await _again(conn, o)


async def _deleted(conn: Connection, o: Outcome) -> None:
    message, error = o.message, o.error
    if message.kind is MessageKind.THREAD:
        await _thread_deleted(conn, o)
    elif error is None or isinstance(error, MessageGone):
        await messages.mark_deleted(conn, message.id)
    elif isinstance(error, Rejected):
        await messages.mark_deleted(conn, message.id, "too old to delete")
        await meta.bump(conn, "messages_left_undeleted")
        log.error("message.not_deleted", message=message.id, words=str(error))
    else:
        await _again(conn, o)


async def _thread_deleted(conn: Connection, o: Outcome) -> None:
    """A thread has no age at which it can no longer be deleted: it is tried for as long as it
    stands. Where Telegram refuses, or does not answer for a while, the chat gets one message.
    """
    message, error = o.message, o.error
    if error is None or isinstance(error, MessageGone):
        await threads.gone(conn, message.chat.id, message.telegram_message_id or 0)
        return
    row = await messages.get(conn, message.id)
    if row is None or row.state is not MessageState.SENT:
        return  # the chat was forgotten, or the thread found gone meanwhile
    if isinstance(error, (RetryLater, NotSent)):
        await messages.mark_retry(conn, row.id, o.at + _wait(message, error), row.reason)
        return
    overdue = o.at - (message.delete_at or o.at)
    refused = isinstance(error, (Rejected, Unreachable))
    wait = max(overdue, _THREAD_TOLD if refused else _THREAD_FIRST)
    reason = row.reason
    if refused or overdue >= _THREAD_TOLD:
        log.warning("thread.not_deleted", chat=message.chat.id, error=type(error).__name__)
        if not await threads.any_left(conn, message.chat.id):
            text, after = left_message(message.chat.lang), o.at + messages.AFTER_SWEEP
            await messages.queue_plain(
                conn, message.chat.id, text.html, o.at, silent=True, after=after
            )
        reason = threads.LEFT
    await messages.mark_retry(conn, row.id, o.at + min(wait, _THREAD_LONGEST), reason)


async def _again(conn: Connection, o: Outcome) -> None:
    """An edit or deletion that was not done: later, or never in a chat that is closed to us."""
    if isinstance(o.error, Unreachable):
        await _block(conn, o.message, o.error)
    if isinstance(o.error, Migrated):
        await chat_merging.migrate(conn, o.message.chat.address.chat_id, o.error.chat_id)
        return
    wait = _wait(o.message, o.error)
    await messages.mark_retry(conn, o.message.id, o.at + wait, _reason(o.error))


async def _block(conn: Connection, message: Message, error: DeliveryError) -> None:
    """The Telegram chat is closed to us: nothing more goes there, what waits is held."""
    log.info("chat.unreachable", chat=message.chat.id, reason=_reason(error))
    for chat in await chats.by_telegram_id(conn, message.chat.address.chat_id):
        await chats.set_state(conn, chat.id, ChatState.BLOCKED, _reason(error))
        await notices.hold_notices(conn, chat.id)


def _wait(message: Message, error: BaseException | None) -> timedelta:
    if isinstance(error, RetryLater):
        return timedelta(seconds=error.seconds)
    if isinstance(error, NotSent) and not isinstance(error, Unprepared):
        # The outbox as a whole waits while Telegram is not reached; then all go at once.
        return timedelta(seconds=_FIRST_WAIT)
    return timedelta(seconds=backoff(message.attempts, _FIRST_WAIT, _LONGEST_WAIT))


def _reason(error: BaseException | None) -> str:
    if isinstance(error, Unreachable):
        return error.reason
    return type(error).__name__
