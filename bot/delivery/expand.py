"""From the cause of an alert to notices and messages, in batches, each one transaction.

A cause walks the chats by id. Its cursor moves in the transaction that writes the notices, and a
notice is unique for chat and alert; so a crash repeats a batch without telling anyone twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Cause, ChatState, Item, ItemMatch, NoticeState, Source, Subscription
from bot.store import Store, alerts, chats, items, messages, sources

__all__ = ["Audience", "Choose", "Expander", "Wanted"]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A chat shall hear of the item under this topic, in this lane."""

    topic: str
    lane: messages.Lane = messages.Lane.NORMAL


Choose = Callable[[Sequence[Subscription]], Wanted | None]
"""Why a chat with these subscriptions shall hear of the item; None: it shall not."""

Audience = Callable[[Item, Source, Sequence[ItemMatch]], Choose]
"""Reads an item once, for any number of chats. Pure."""

_CAUSES = 50
_FIRST_WAIT, _LONGEST_WAIT = 5, 3600  # seconds, after a failure


class Expander:
    """Offers alerts to chats; see the module."""

    def __init__(self, store: Store, audience: Audience, *, batch: int = 500) -> None:
        self._store = store
        self._audience = audience
        self._batch = batch
        self._ill: dict[int, tuple[int, datetime]] = {}  # cause -> failures, not before

    async def step(self, now: datetime) -> bool:
        """One batch of every open cause, oldest first; whether there was any.

        A cause that fails is logged and tried again later; the others go on.
        """
        async with self._store.read() as conn:
            causes = await alerts.open_causes(conn, _CAUSES + len(self._ill))
        moved = False
        for cause in causes:
            failures, again = self._ill.get(cause.id, (0, now))
            if again > now:
                continue
            try:
                moved |= await self._expand(cause, now)
            except Exception:
                log.exception("expand.failed", cause=cause.id, times=failures + 1)
                wait = min(_FIRST_WAIT * 2**failures, _LONGEST_WAIT)
                self._ill[cause.id] = (failures + 1, now + timedelta(seconds=wait))
            else:
                self._ill.pop(cause.id, None)
        return moved

    def next_due(self) -> datetime | None:
        """When a cause that failed will be tried again."""
        return min((again for _, again in self._ill.values()), default=None)

    async def reconsider(self, conn: AsyncConnection, message_ids: Sequence[int]) -> None:
        """Before these messages are sent: their chats may have left the topics meanwhile.

        An alert that a chat still wants for another topic is told under that one,
        any other is withdrawn.
        """
        for notice in await alerts.drop_unfollowed(conn, message_ids):
            topic = await self._other_topic(conn, notice)
            if topic is not None:
                await alerts.set_topic(conn, notice.id, topic)
            else:
                await alerts.withdraw_notices(conn, [notice.id])

    async def _other_topic(self, conn: AsyncConnection, notice: alerts.Notice) -> str | None:
        item = await items.get(conn, notice.item_id, notice.revision)
        source = await sources.get(conn, item.source_id) if item else None
        if item is None or source is None:
            return None
        matches = await items.matches_of(conn, item.id, notice.revision)
        followed = await chats.subscriptions(conn, notice.chat_id)
        try:
            wanted = self._audience(item, source, matches)(followed)
        except Exception:
            # Our bug: it must not keep the other messages back, nor cost this one.
            log.exception("reconsider.failed", notice=notice.id)
            topics = {m.topic for m in matches}
            return next((each.topic for each in followed if each.topic in topics), None)
        return None if wanted is None else wanted.topic

    async def _expand(self, cause: Cause, now: datetime) -> bool:
        async with self._store.write() as conn:
            # As it was committed: a text changed since has a cause of its own.
            item = await items.get(conn, cause.item_id, cause.revision)
            source = await sources.get(conn, item.source_id) if item else None
            if item is None or source is None:
                await alerts.advance_cause(conn, cause.id, cause.cursor, done=True)
                return True
            if cause.cursor == 0:
                # What was told before this cause came shows it by an edit.
                await alerts.bump_messages(conn, cause.alert_id)
            matches = await items.matches_of(conn, item.id, cause.revision)
            candidates = await alerts.candidates(
                conn, {m.topic for m in matches}, cause.cursor, self._batch, cause.alert_id
            )
            choose = self._audience(item, source, matches)
            wanted = [(c, w) for c in candidates if (w := choose(c.subscriptions)) is not None]
            new = await alerts.insert_notices(
                conn, [_notice(cause, item, c, w) for c, w in wanted], now
            )
            lanes = {c.chat.id: w.lane for c, w in wanted}
            await self._queue(conn, new, lanes, now)
            cursor = candidates[-1].chat.id if candidates else cause.cursor
            done = len(candidates) < self._batch
            await alerts.advance_cause(conn, cause.id, cursor, done=done)
        log.info("expand.batch", cause=cause.id, notices=len(new), done=done)
        return True

    @staticmethod
    async def _queue(
        conn: AsyncConnection,
        notices: Sequence[alerts.Notice],
        lanes: dict[int, messages.Lane],
        now: datetime,
    ) -> None:
        queued = [n for n in notices if n.state is NoticeState.QUEUED]
        queued.sort(key=lambda n: (lanes[n.chat_id], n.id))
        for lane, same in groupby(queued, key=lambda n: lanes[n.chat_id]):
            await messages.queue_alerts(conn, list(same), now, lane)


def _notice(cause: Cause, item: Item, to: alerts.Candidate, wanted: Wanted) -> alerts.NewNotice:
    paused = to.chat.state is ChatState.PAUSED
    return alerts.NewNotice(
        chat_id=to.chat.id,
        alert_id=cause.alert_id,
        item_id=item.id,
        topic=wanted.topic,
        revision=item.revision,
        state=NoticeState.HELD if paused else NoticeState.QUEUED,
    )
