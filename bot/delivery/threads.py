"""In which thread of a private chat a message stands; makes the thread with its first alert.

An alert stands in the thread of its topic, and what is said under it stands there too; digests and
summaries, which are of several topics, stand outside. Nothing waits for a thread: where Telegram
makes none, or the person deleted it, the alert comes into the chat itself, and they are told once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

import structlog

from bot.alerts.threads import name_of, said_gone, said_refused
from bot.botapi.pacing import Permit
from bot.clock import Clock
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
from bot.model import AlertView, Chat, ChatType, Rendered, ReplyView
from bot.store import Store, chats, messages, threads
from bot.store.connection import Connection
from bot.store.message_views import Content, MessageView

__all__ = ["Threads"]

log = structlog.get_logger(__name__)


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

        The permit is always given back. Raises DeliveryError: after NotSent nothing was posted.
        """
        chat = view.message.chat
        topic = _topic_of(view.content) if chat.threaded else None
        if chat.type is not ChatType.PRIVATE or (topic is None and reply_to is None):
            return await self._sender.send(chat.address, shown, reply_to=reply_to, permit=permit), 0
        try:
            thread = await self._found(chat, topic, reply_to)
        except BaseException as error:
            if permit is not None:
                self._sender.gate.leave(permit)
            if isinstance(error, StoreError):
                raise NotSent("Its thread could not be read") from error
            raise
        if thread is None:
            assert topic is not None
            thread, permit = await self._make(chat, topic, permit), None
        if thread:
            there = replace(chat.address, thread_id=thread)
            try:
                number, stands = await self._sender.send_within(
                    there, shown, reply_to=reply_to, permit=permit
                )
            except TopicClosed:
                permit = None
                await self._lost(chat, thread)
            else:
                if stands != thread:
                    await self._lost(chat, thread)
                return number, stands
        return await self._sender.send(chat.address, shown, reply_to=reply_to, permit=permit), 0

    async def _found(self, chat: Chat, topic: str | None, reply_to: int | None) -> int | None:
        """The thread it belongs in, 0 for the chat itself; None: it is still to be made."""
        async with self._store.read() as conn:
            if reply_to is not None:
                return await threads.of_message(conn, chat.id, reply_to)
            assert topic is not None
            thread = await threads.standing(conn, chat.id, topic)
            if thread is None and await threads.failed_lately(
                conn, chat.id, topic, self._clock.now()
            ):
                return 0
            return thread

    async def _make(self, chat: Chat, topic: str, permit: Permit | None) -> int:
        """A thread for the topic; 0 where Telegram makes none."""
        try:
            name = await self._name(chat, topic)
        except BaseException:
            if permit is not None:
                self._sender.gate.leave(permit)
            raise
        try:
            number = await self._sender.create_thread(chat.address, name, permit=permit)
        except (RetryLater, NotSent, Unreachable, Migrated):
            raise  # as of the message itself, which was not posted
        except Unknown as error:
            log.warning("thread.unknown", chat=chat.id, error=type(error).__name__)
            await self._write(lambda conn, now: threads.failed(conn, chat.id, topic, now))
            return 0
        except DeliveryError as error:
            log.warning("thread.refused", chat=chat.id, words=str(error))
            await self._write(lambda conn, now: _give_up(conn, chat, now))
            return 0
        await self._keep(chat, topic, number)
        return number

    async def _keep(self, chat: Chat, topic: str, number: int) -> None:
        """Note the new thread, unless the chat has chosen otherwise meanwhile."""
        try:
            async with self._store.write() as conn:
                fresh = await chats.get(conn, chat.id)
                if fresh is not None and fresh.threaded:
                    await threads.made(conn, chat.id, topic, number, self._clock.now())
                    log.info("thread.made", chat=chat.id)
                    return
        except StoreError as error:
            raise NotSent("Its thread could not be noted") from error
        await self._sender.delete_thread(chat.address, number)
        raise NotSent("The chat has no threads any more")

    async def _lost(self, chat: Chat, thread: int) -> None:
        """Somebody deleted the thread: its alerts come into the chat, which is said."""

        async def say(conn: Connection, now: datetime) -> None:
            topic = await threads.gone(conn, chat.id, thread)
            if topic is None or not chat.threaded:
                return
            name = name_of(topic, chat.lang, await threads.own_words(conn, chat.id, topic))
            await _say(conn, chat, said_gone(name, chat.lang), now)

        log.info("thread.gone", chat=chat.id)
        await self._write(say)

    async def _name(self, chat: Chat, topic: str) -> str:
        try:
            async with self._store.read() as conn:
                own = await threads.own_words(conn, chat.id, topic)
        except StoreError as error:
            raise NotSent("Its thread could not be named") from error
        return name_of(topic, chat.lang, own)

    async def _write(self, change: Callable[[Connection, datetime], Awaitable[None]]) -> None:
        """In a transaction; where the database fails the message shall come all the same."""
        try:
            async with self._store.write() as conn:
                await change(conn, self._clock.now())
        except StoreError as error:
            log.warning("thread.not_noted", error=type(error).__name__)


async def _give_up(conn: Connection, chat: Chat, now: datetime) -> None:
    fresh = await chats.get(conn, chat.id)
    if fresh is None or not fresh.prefs.threads:
        return
    await chats.set_prefs(conn, chat.id, replace(fresh.prefs, threads=False))
    await _say(conn, chat, said_refused(chat.lang), now)


async def _say(conn: Connection, chat: Chat, said: Rendered, now: datetime) -> None:
    await messages.queue_plain(conn, chat.id, said.html, now, buttons=said.buttons, silent=True)


def _topic_of(content: Content) -> str | None:
    """Of which one topic the message is; None of a digest, a summary, or what is no alert."""
    if isinstance(content, ReplyView):
        return content.alert.topic
    return content.topic if isinstance(content, AlertView) else None
