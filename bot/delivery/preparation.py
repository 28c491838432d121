"""What a message shows at the moment of its call, and whether its chat still wants it.

A message is read with its chat as stored now: whoever has unsubscribed, paused or blocked since it
was queued gets nothing. One that cannot be rendered shows the least that tells; one that cannot be
read keeps no other back.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from bot.delivery.outcomes import Unprepared
from bot.errors import StoreError
from bot.hours import quiet_until
from bot.model import ChatState, MessageKind
from bot.model.rendered import Rendered
from bot.model.views import AlertView, DigestView, ReplyView, SummaryView
from bot.store import Store, chats, message_rows, message_views, messages
from bot.store.connection import Connection
from bot.store.message_rows import Message, Work
from bot.store.message_views import Content, MessageView
from bot.store.transient import passes

__all__ = ["Preparation", "Prepared", "Render", "digest_of"]

log = structlog.get_logger(__name__)

Render = Callable[[MessageView, datetime], Rendered]
"""The text of an alert or summary as it shall look now. Pure."""

Prepared = tuple[MessageView, Rendered | None] | Unprepared | None
"""What to call for, with its text (deletions have none); None: nothing is to be called for."""


class Preparation:
    """See the module."""

    def __init__(self, store: Store, render: Render) -> None:
        self._store = store
        self._render = render

    async def read(self, wanted: Sequence[tuple[Message, Work]], now: datetime) -> list[Prepared]:
        """What each message shows, from one moment of the database; see `_prepared`.

        Where one cannot be read each is read by itself: it must not keep the others back.
        """
        try:
            async with self._store.read() as conn:
                return await self._prepared(conn, wanted, now)
        except Exception as error:
            if isinstance(error, StoreError) and passes(error):
                raise
        found: list[Prepared] = []
        for message, work in wanted:
            try:
                async with self._store.read() as conn:
                    found += await self._prepared(conn, [(message, work)], now)
            except Exception as error:
                if isinstance(error, StoreError) and passes(error):
                    raise
                log.exception("message.unreadable", message=message.id, times=message.attempts)
                found.append(Unprepared("It cannot be read: {name}", name=type(error).__name__))
        return found

    async def _prepared(
        self, conn: Connection, wanted: Sequence[tuple[Message, Work]], now: datetime
    ) -> list[Prepared]:
        """The messages as stored now, and rendered; None for what shall not be called for.

        Read together: an alert to hundreds of chats is mostly the same rows.
        """
        views = await message_views.views_of(
            conn, [m.id for m, w in wanted if w is not Work.DELETE]
        )
        heard = {
            view.message.chat.id
            for view in views.values()
            if view.message.kind is not MessageKind.PLAIN
        }
        topics = {
            chat_id: {each.topic for each in found}
            for chat_id, found in (await chats.subscriptions_of(conn, heard)).items()
        }
        prepared: list[Prepared] = []
        for message, work in wanted:
            if work is Work.DELETE:
                prepared.append(await self._to_delete(conn, message, now))
            else:
                prepared.append(self._to_show(views.get(message.id), work, topics, now))
        return prepared

    @staticmethod
    async def _to_delete(
        conn: Connection, message: Message, now: datetime
    ) -> tuple[MessageView, None] | None:
        fresh = await messages.get(conn, message.id)
        if fresh is None or fresh.work(now) is not Work.DELETE:
            return None
        return MessageView(fresh, ""), None

    def _to_show(
        self,
        view: MessageView | None,
        work: Work,
        topics: Mapping[int, Collection[str]],
        now: datetime,
    ) -> tuple[MessageView, Rendered] | None:
        if view is None or (work is Work.EDIT and view.message.work(now) is not Work.EDIT):
            return None
        if work is Work.SEND and not self._still_wanted(view, topics.get(view.message.chat.id, ())):
            return None
        shown = self._shown(view, now)
        if work is Work.EDIT and view.message.shows == digest_of(shown):
            return None  # as it reads already: folded, or a change that is none
        return view, shown

    def _shown(self, view: MessageView, now: datetime) -> Rendered:
        try:
            if isinstance(view.content, str):
                return _plain_of(view)
            return _hushed(self._render(view, now), view.message, now)
        except Exception:
            # Our bug; an ugly alert is better than none, and it must not stop the others.
            log.exception("message.not_rendered", message=view.message.id)
            return _bare(view.content)

    @staticmethod
    def _still_wanted(view: MessageView, topics: Collection[str]) -> bool:
        """Whether the chat, as stored now with its topics, wants this very text."""
        chat = view.message.chat
        if view.message.kind is MessageKind.PLAIN:
            return chat.state is not ChatState.BLOCKED
        if chat.state is not ChatState.ACTIVE:
            return False
        if view.message.kind is MessageKind.CHART:
            return bool(topics)
        return all(each.followed or each.topic in topics for each in _alerts_of(view.content))


def _alerts_of(content: Content) -> tuple[AlertView, ...]:
    if isinstance(content, (SummaryView, DigestView)):
        return content.alerts
    if isinstance(content, ReplyView):
        return (content.alert,)
    return (content,) if isinstance(content, AlertView) else ()


def _hushed(shown: Rendered, message: Message, now: datetime) -> Rendered:
    """Without sound where the chat asked for silence, or sleeps by now."""
    chat = message.chat
    asleep = (
        message.lane is not message_rows.SendLane.URGENT
        and quiet_until(chat.prefs, chat.tz, now) is not None
    )
    return replace(shown, silent=True) if message.silent or asleep else shown


def digest_of(shown: Rendered) -> str:
    """A short hash of text and buttons: equal ones need no edit."""
    return hashlib.sha256(repr((shown.html, shown.buttons)).encode()).hexdigest()[:16]


def rendered_plain(body: str) -> Rendered:
    """A message from ready HTML, with its plain text."""
    return Rendered(body, html.unescape(re.sub(r"<[^<>]+>", "", body)))


def _plain_of(view: MessageView) -> Rendered:
    assert isinstance(view.content, str)
    return replace(rendered_plain(view.content), buttons=view.buttons, silent=view.message.silent)


def _bare(content: Content) -> Rendered:
    """The minimal alert: what happened and where to read it."""
    if isinstance(content, str):
        return rendered_plain(content)
    views = _alerts_of(content)
    lines = [f"{v.title or v.text[:200]}\n{v.source_title} {v.url}" for v in views]
    text = "\n\n".join(lines)[:3500]
    return Rendered(html.escape(text), text)
