"""In which thread of a private chat a message stands; makes the thread with its first alert.

An alert stands in the thread of its topic, and what is said under it stands there too; digests and
summaries, which are of several topics, stand outside. Nothing waits for a thread: where Telegram
makes none, or the person deleted it, the alert comes into the chat itself, and they are told once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import structlog

from bot.alerts.threads import gone_message, name_of, refused_message
from bot.botapi.pacing import Permit
from bot.clock import Clock
from bot.delivery.outcomes import Unprepared
from bot.delivery.sender import Sender
from bot.errors import (
    DeliveryError,
    Migrated,
    NotSent,
    RetryLater,
    StoreError,
    TopicClosed,
    Unknown,
    Unreachable,
)
from bot.model import Chat, ChatType
from bot.model.rendered import Rendered
from bot.model.views import AlertView, ReplyView
from bot.store import Store, chats, messages, threads
from bot.store.connection import Connection
from bot.store.message_views import Content, MessageView

__all__ = ["Threads"]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Try:
    """A thread that is being made: its row, and how it shall be called."""

    row_id: int
    name: str


class Threads:
    """See the module. One chat is asked for at a time: its messages go one by one."""

    def __init__(self, store: Store, sender: Sender, clock: Clock) -> None:
        self._store = store
        self._sender = sender
        self._clock = clock

    async def send(
        self, view: MessageView, shown: Rendered, permit: Permit | None, reply_to: int | None
    ) -> tuple[int, int]:
        """Post the message where it belongs: Telegram's number of it, and of its thread (0: none).

        The permit is always given back. Raises DeliveryError: after NotSent nothing was posted,
        after Unprepared it is to be prepared again.
        """
        chat = view.message.chat
        topic = _topic_of(view.content) if chat.threaded else None
        if chat.type is not ChatType.PRIVATE or (topic is None and reply_to is None):
            return await self._sender.send(chat.address, shown, reply_to=reply_to, permit=permit), 0
        made: _Try | None = None
        try:
            thread, reply_to = await self._found(chat, topic, reply_to)
            if thread is None:
                assert topic is not None
                made = await self._begin(chat, topic)
        except BaseException as error:
            if permit is not None:
                self._sender.gate.give_back(permit)
            if isinstance(error, StoreError):
                raise Unprepared("Its thread could not be read") from error
            raise
        if made is not None:
            thread, permit = await self._make(chat, made, permit), None
        if thread:
            there = replace(chat.address, thread_id=thread)
            try:
                number, stands = await self._sender.send_within(
                    there, shown, reply_to=reply_to, permit=permit
                )
            except TopicClosed:
                permit = None
                await self._missed(chat, thread)
            else:
                if stands != thread:
                    await self._write(partial(_lost, chat=chat, thread=thread))
                return number, stands
        return await self._sender.send(chat.address, shown, reply_to=reply_to, permit=permit), 0

    async def _found(
        self, chat: Chat, topic: str | None, reply_to: int | None
    ) -> tuple[int | None, int | None]:
        """The thread it belongs in, 0 for the chat itself, None: it is still to be made; and what
        it answers there.

        Where the thread is to go it answers nothing: it would go with it, perhaps unread.
        """
        async with self._store.read() as conn:
            if reply_to is not None:
                thread = await threads.of_message(conn, chat.id, reply_to)
                if thread and (not chat.lasting or await threads.ends(conn, chat.id, thread)):
                    return 0, None
                return thread, reply_to
            assert topic is not None
            stands = await threads.standing(conn, chat.id, topic)
            if stands is None and await threads.failed_lately(
                conn, chat.id, topic, self._clock.now()
            ):
                return 0, None
            return stands, None

    async def _begin(self, chat: Chat, topic: str) -> _Try:
        """Note that a thread is being made, before anybody is asked for it."""
        async with self._store.write() as conn:
            fresh = await chats.get(conn, chat.id)
            if fresh is None or not fresh.threaded:
                raise Unprepared("The chat has no threads any more")
            own = await threads.own_words(conn, chat.id, topic)
            row_id = await threads.trying(conn, chat.id, topic, self._clock.now())
            return _Try(row_id, name_of(topic, fresh.lang, own))

    async def _make(self, chat: Chat, made: _Try, permit: Permit | None) -> int:
        """A thread for the topic; 0 where Telegram makes none. Whatever is wrong with the thread
        is not wrong with the alert, which then comes into the chat and has an outcome of its own.
        """
        try:
            number = await self._sender.create_thread(chat.address, made.name, permit=permit)
        except (RetryLater, NotSent):
            await self._write(lambda conn, _: threads.not_made(conn, made.row_id))
            raise  # as of the message itself, which was not posted
        except Unknown as error:
            log.warning("thread.unknown", chat=chat.id, error=type(error).__name__)
            return 0
        except (Unreachable, Migrated):
            await self._write(lambda conn, _: threads.not_made(conn, made.row_id))
            return 0
        except DeliveryError as error:
            log.warning("thread.refused", chat=chat.id, words=str(error))
            await self._write(partial(_give_up, chat=chat, made=made))
            return 0
        await self._keep(chat, made, number)
        return number

    async def _keep(self, chat: Chat, made: _Try, number: int) -> None:
        """Note the new thread; raises Unprepared where the chat has chosen otherwise meanwhile."""
        try:
            async with self._store.write() as conn:
                now = self._clock.now()
                fresh = await chats.get(conn, chat.id)
                wanted = fresh is not None and fresh.threaded
                await threads.made(conn, made.row_id, number, now, None if wanted else now)
        except StoreError as error:
            await self._remove(chat, number)
            raise Unprepared("Its thread could not be noted") from error
        if wanted:
            log.info("thread.made", chat=chat.id)
            return
        if fresh is None:
            await self._remove(chat, number)  # the outbox knows nothing of it
        raise Unprepared("The chat has no threads any more")

    async def _remove(self, chat: Chat, number: int) -> None:
        """Delete a thread of which nothing is stored."""
        try:
            await self._sender.delete_thread(chat.address, number)
        except DeliveryError as error:
            log.warning("thread.not_removed", chat=chat.id, error=type(error).__name__)

    async def _missed(self, chat: Chat, thread: int) -> None:
        """The thread is not there any more; raises Unprepared if it went because of the chat's
        choice: then the message must not be shown as it was rendered.
        """
        try:
            async with self._store.write() as conn:
                fresh = await _lost(conn, self._clock.now(), chat=chat, thread=thread)
        except StoreError as error:
            raise Unprepared("Its thread could not be read") from error
        if fresh is None or fresh.mode is not chat.mode:
            raise Unprepared("The chat has chosen otherwise")

    async def _write(self, change: Callable[[Connection, datetime], Awaitable[object]]) -> None:
        """In a transaction; where the database fails the message shall come all the same."""
        try:
            async with self._store.write() as conn:
                await change(conn, self._clock.now())
        except StoreError as error:
            log.warning("thread.not_noted", error=type(error).__name__)


async def _lost(conn: Connection, now: datetime, *, chat: Chat, thread: int) -> Chat | None:
    """Somebody deleted the thread: its alerts come into the chat, with a note. Returns the chat."""
    log.info("thread.gone", chat=chat.id)
    known = await threads.gone(conn, chat.id, thread)
    fresh = await chats.get(conn, chat.id)
    if known and fresh is not None and fresh.threaded:
        await _say(conn, fresh, gone_message(fresh.lang), now)
    return fresh


async def _give_up(conn: Connection, now: datetime, *, chat: Chat, made: _Try) -> None:
    await threads.not_made(conn, made.row_id)
    fresh = await chats.get(conn, chat.id)
    if fresh is None or not fresh.prefs.threads:
        return
    await chats.set_prefs(conn, chat.id, replace(fresh.prefs, threads=False))
    await _say(conn, fresh, refused_message(fresh.lang), now)


async def _say(conn: Connection, chat: Chat, text: Rendered, now: datetime) -> None:
    await messages.queue_plain(conn, chat.id, text.html, now, buttons=text.buttons, silent=True)


def _topic_of(content: Content) -> str | None:
    """Of which one topic the message is; None of a digest, a summary, or what is no alert."""
    if isinstance(content, ReplyView):
        return content.alert.topic
    return content.topic if isinstance(content, AlertView) else None
