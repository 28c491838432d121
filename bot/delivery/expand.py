"""From the cause of an alert to notices and messages, in batches, each one transaction.

A cause walks the chats by id. Its cursor moves in the transaction that writes the notices, and a
notice is unique for chat and alert: so after a crash a batch is repeated and nobody gets it twice.
Then the cause walks the older notices: it queues an edit of their messages, and a reply if a report
in other words has joined.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.alerts.decide import pushed_topics
from bot.alerts.following import reason
from bot.alerts.volume import route
from bot.alerts.words import topic_rank
from bot.backoff import backoff
from bot.errors import StoreError
from bot.hours import day_of
from bot.model import (
    Cause,
    Chat,
    ChatState,
    Item,
    ItemMatch,
    NoticeState,
    Source,
    Subscription,
    Way,
    is_private,
)
from bot.store import (
    Store,
    alerts,
    chats,
    digests,
    follows,
    item_matches,
    items,
    message_rows,
    mutes,
    notices,
    replies,
    sources,
    splits,
    stories,
)
from bot.store.connection import Connection
from bot.store.transient import passes

__all__ = ["Audience", "Choose", "Expander", "Wanted"]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A chat that wants the item: under which topic, and how loudly."""

    topic: str
    way: Way = Way.NORMAL


Choose = Callable[[Sequence[Subscription]], Wanted | None]
"""Why a chat with these subscriptions shall hear of the item; None: it shall not."""

Audience = Callable[[Item, Source, Sequence[ItemMatch]], Choose]
"""Reads an item once, for any number of chats. Pure."""


@dataclass(frozen=True, slots=True)
class _LoadedCause:
    """A cause with what it offers, and who wants that."""

    cause: Cause
    item: Item
    source: Source
    matches: Sequence[ItemMatch]
    choose: Choose


_CAUSES_A_STEP = 50
_FIRST_WAIT, _LONGEST_WAIT = 5, 3600  # seconds, after a failure


class Expander:
    """Offers alerts to chats; see the module."""

    def __init__(
        self, store: Store, audience: Audience, *, cap: int = 10, batch: int = 500
    ) -> None:
        self._store = store
        self._audience = audience
        self._cap = cap
        self._batch = batch
        self.urgent = False
        """Whether the last step queued what shall overtake."""
        # cause -> failures, when it failed last, not before
        self._ill: dict[int, tuple[int, datetime, datetime]] = {}

    async def step(self, now: datetime) -> bool:
        """One batch of every open cause, oldest first; whether there was any.

        A cause that fails is logged and tried again later; the others go on. Raises StoreError
        when the database fails, which is no cause's fault.
        """
        async with self._store.read() as conn:
            causes = await alerts.open_causes(conn, _CAUSES_A_STEP + len(self._ill))
        moved = self.urgent = False
        for cause in causes:
            failures, failed, again = self._ill.get(cause.id, (0, now, now))
            if failed <= now < again:  # not after the clock was set back
                continue
            try:
                moved |= await self._expand(cause, now)
            except Exception as error:
                if isinstance(error, StoreError) and passes(error):
                    raise  # of the database: the cause has nothing to do with it
                log.exception("expand.failed", cause=cause.id, times=failures + 1)
                wait = backoff(failures, _FIRST_WAIT, _LONGEST_WAIT)
                self._ill[cause.id] = (failures + 1, now, now + timedelta(seconds=wait))
            else:
                self._ill.pop(cause.id, None)
        return moved

    def next_due(self) -> datetime | None:
        """When a cause that failed will be tried again."""
        return min((again for _, _, again in self._ill.values()), default=None)

    async def reconsider(self, conn: Connection, message_ids: Sequence[int]) -> None:
        """Check these messages again before sending: their chats may have left the topics.

        If a chat still wants the alert for another topic, it comes under that topic; otherwise it
        is withdrawn.
        """
        for notice in await notices.drop_unfollowed(conn, message_ids):
            topic = await self._other_topic(conn, notice)
            if topic is not None:
                await notices.set_topic(conn, notice.id, topic)
            else:
                await notices.withdraw_notices(conn, [notice.id])

    async def _other_topic(self, conn: Connection, notice: notices.Notice) -> str | None:
        item = await items.get(conn, notice.item_id, notice.revision)
        source = await sources.get(conn, item.source_id) if item else None
        if item is None or source is None:
            return None
        matches = await item_matches.matches_of(conn, item.id, notice.revision)
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
        new = edited = 0
        async with self._store.write() as conn:
            # As it was committed: a text changed since has a cause of its own.
            item = await items.get(conn, cause.item_id, cause.revision)
            source = await sources.get(conn, item.source_id) if item else None
            if item is None or source is None:
                await alerts.advance_cause(conn, cause.id, cause.cursor, edit_cursor=0, done=True)
                return True
            matches = await item_matches.matches_of(conn, item.id, cause.revision)
            loaded = _LoadedCause(
                cause, item, source, matches, self._audience(item, source, matches)
            )
            cursor, done = cause.cursor, False
            if cause.edit_cursor is None:
                new, cursor, done = await self._offer(conn, loaded, now)
                await alerts.advance_cause(conn, cause.id, cursor)
            if done or cause.edit_cursor is not None:
                edited, last, done = await self._show(conn, loaded, now)
                await alerts.advance_cause(conn, cause.id, cursor, edit_cursor=last, done=done)
        log.info("expand.batch", cause=cause.id, notices=new, shown=edited, done=done)
        return True

    async def _offer(
        self, conn: Connection, loaded: _LoadedCause, now: datetime
    ) -> tuple[int, int, bool]:
        """Notices for the next chats; how many are new, the last chat, whether it was the last."""
        cause, item, matches = loaded.cause, loaded.item, loaded.matches
        family = await follows.family_of_alert(conn, cause.alert_id)
        root = family.root_id if family is not None and family.development else None
        candidates = await alerts.candidates(
            conn,
            {m.topic for m in matches},
            cause.cursor,
            self._batch,
            cause.alert_id,
            followed=root,
        )
        muted = await mutes.muting(conn, item.source_id, _stories(item, family), now)
        willing = [each for each in candidates if each.chat.id not in muted]
        wanted = self._wanted(willing, loaded.choose)
        if root is not None:
            await self._add_followers(
                conn, root, willing, _public(pushed_topics(matches)), wanted, now=now
            )
        new = await self._tell(
            conn,
            notices.Offer(cause.alert_id, item.id, item.revision, now),
            [
                (c.chat, replace(w, way=Way.DIGEST) if cause.late else w)
                for c in candidates
                if (w := wanted.get(c.chat.id)) is not None
            ],
        )
        cursor = candidates[-1].chat.id if candidates else cause.cursor
        return new, cursor, len(candidates) < self._batch

    async def _show(
        self, conn: Connection, loaded: _LoadedCause, now: datetime
    ) -> tuple[int, int, bool]:
        """Queue edits, and replies about what joined, for notices older than this cause.

        Of the next notices: how many, the last, whether it was the last.
        """
        cause, after = loaded.cause, loaded.cause.edit_cursor or 0
        earlier = await alerts.told_before(conn, cause, after, self._batch)
        message_ids = sorted({message_id for _, message_id in earlier})
        await alerts.bump(conn, message_ids)
        same = await items.relation_of(conn, loaded.item.id) == "same"
        if earlier and same:
            family = await follows.family_of_alert(conn, cause.alert_id)
            of = _stories(loaded.item, family)
            heard = await mutes.without_muted(conn, message_ids, loaded.item.source_id, of, now)
            await self._say_joined(conn, loaded, cause.alert_id, heard, now)
        if not after:
            await self._show_split_off(conn, loaded, now, same=same)
        return len(earlier), earlier[-1][0] if earlier else after, len(earlier) < self._batch

    async def _show_split_off(
        self, conn: Connection, loaded: _LoadedCause, now: datetime, *, same: bool
    ) -> None:
        """The same, only in chats that split off the item behind this cause."""
        item, story_id = loaded.item, loaded.item.story_id
        if story_id is None:
            return
        for chat_id, part in (await splits.parts_of(conn, story_id, item.id)).items():
            alert = await alerts.create(conn, story_id, -part, now)
            chat = await chats.get(conn, chat_id)
            wanted = loaded.choose(await chats.subscriptions(conn, chat_id))
            if chat is not None and wanted is not None and chat.state is not ChatState.BLOCKED:
                offer = notices.Offer(alert.id, item.id, item.revision, now)
                await self._tell(conn, offer, [(chat, replace(wanted, way=Way.SILENT))])
            await alerts.bump_messages(conn, alert.id)
            if same:
                await self._say_joined(conn, loaded, alert.id, None, now)

    @staticmethod
    def _wanted(candidates: Sequence[alerts.Candidate], choose: Choose) -> dict[int, Wanted]:
        chosen = {c.chat.id: choose(c.subscriptions) for c in candidates}
        return {chat_id: want for chat_id, want in chosen.items() if want is not None}

    @staticmethod
    async def _add_followers(
        conn: Connection,
        root: int,
        candidates: Sequence[alerts.Candidate],
        topics: Collection[str],
        wanted: dict[int, Wanted],
        *,
        now: datetime,
    ) -> None:
        """Offer a development to followers of the story: at once, without sound, once a day.

        A second one on a day waits for the digest; nothing makes quieter what the chat
        wants louder by itself.
        """
        if not topics:
            return
        followers = await follows.told_on(conn, root, [c.chat.id for c in candidates])
        days: dict[int, str] = {}
        for chat in (c.chat for c in candidates if c.chat.id in followers):
            own = wanted.get(chat.id)
            if own is not None and own.way is not Way.DIGEST:
                continue
            day = day_of(chat.tz, now)
            fresh = followers[chat.id] != day
            topic = own.topic if own is not None else min(topics, key=topic_rank)
            wanted[chat.id] = Wanted(topic, Way.SILENT if fresh else Way.DIGEST)
            if fresh:
                days[chat.id] = day
        await follows.note_told(conn, root, days)

    @staticmethod
    async def _say_joined(
        conn: Connection,
        loaded: _LoadedCause,
        alert_id: int,
        within: Collection[int] | None,
        now: datetime,
    ) -> None:
        """Queue a visible reply for a report that probably tells the same: nothing is swallowed.

        Where the chat was told all that it says, it stays an edit of the alert, which names it.
        """
        item = loaded.item
        if item.story_id is not None:
            kinds, stages = await stories.told_by(conn, item.story_id, item.id)
            own = {m.stage for m in loaded.matches}
            if why := reason(loaded.source.kind, own, kinds, stages):
                await replies.queue_for_followers(conn, alert_id, item.id, why, now, within=within)
        facts = [each for m in loaded.matches for each in m.evidence.get("facts", ())]
        await replies.queue(conn, alert_id, item.id, now, within=within, facts=facts)

    async def _tell(
        self, conn: Connection, offer: notices.Offer, wanted: Sequence[tuple[Chat, Wanted]]
    ) -> int:
        """Insert notices for these chats, each sent, held or queued for the digest; how many are
        new.
        """
        groups: dict[notices.NoticeDelivery, list[int]] = defaultdict(list)
        later: dict[tuple[datetime, bool], list[int]] = defaultdict(list)
        pushed: dict[str, list[int]] = defaultdict(list)
        for chat, want in wanted:
            to = route(chat, want.way, offer.at, self._cap)
            delivery = notices.NoticeDelivery(
                want.topic, to.state, _LANES[to.way], to.way is Way.SILENT
            )
            groups[delivery].append(chat.id)
            if to.due is not None:
                later[to.due, to.state is NoticeState.DIGEST].append(chat.id)
            if to.counts:
                pushed[day_of(chat.tz, offer.at)].append(chat.id)
            self.urgent |= (
                delivery.lane is message_rows.SendLane.URGENT and to.state is NoticeState.QUEUED
            )
        new = 0
        for delivery, chat_ids in groups.items():
            new += await notices.add_notices(conn, offer, delivery, chat_ids)
        for (when, digest), chat_ids in later.items():
            await digests.hold_until(conn, when, chat_ids, digest=digest)
        for day, chat_ids in pushed.items():
            await digests.pushed(conn, day, chat_ids)
        return new


def _stories(item: Item, family: follows.Family | None) -> list[int]:
    """The item's story, and the one its case began with."""
    found = {item.story_id, family.root_id if family else None}
    return [each for each in found if each is not None]


def _public(topics: Collection[str]) -> list[str]:
    """Leaves out watches of single chats, so that followers do not learn what others look for."""
    return [topic for topic in topics if not is_private(topic)]


_LANES = {
    Way.URGENT: message_rows.SendLane.URGENT,
    Way.NORMAL: message_rows.SendLane.NORMAL,
    Way.SILENT: message_rows.SendLane.BULK,
    Way.DIGEST: message_rows.SendLane.BULK,
}
