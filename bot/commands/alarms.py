"""Messages that nobody asked for: about sources that fail, and to chats that got nothing.

The message and the record of it are one transaction: a crash neither repeats nor loses it.
`phrase`s come from chat, which knows the words.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from bot.commands.announcements import to_admins, to_roots
from bot.commands.calls import Backend
from bot.hours import quiet_until
from bot.model import AlarmKind, Source
from bot.model.rendered import Rendered
from bot.sources.health import HealthChange
from bot.store import (
    alerts,
    chats,
    digests,
    item_counts,
    messages,
    meta,
    source_alarms,
    unread_updates,
)
from bot.store.message_rows import SendLane

__all__ = [
    "News",
    "count_unread",
    "reassure",
    "tell",
    "tell_news",
    "tell_strange",
    "tell_unread",
    "watched",
]

_UNREAD_TOLD = "unread_updates_told"  # of `meta`
_LAST, _SINCE = "watched_at", "watching_since"  # of `meta`
_BREAK = timedelta(hours=12)
_MOST_CHATS = 5_000

Phrase = Callable[[str], Rendered]
"""A phrase in a given language."""


class News(Protocol):
    """A change in how a source fares."""

    @property
    def source(self) -> Source: ...

    @property
    def change(self) -> HealthChange: ...


N = TypeVar("N", bound=News)


async def tell(backend: Backend, phrase: Phrase, now: datetime) -> None:
    """Tell all admins."""
    async with backend.store.write() as conn:
        await to_admins(conn, backend, phrase, now)
    backend.wake_delivery()


async def tell_news(
    backend: Backend,
    found: Sequence[N],
    phrases: Callable[[Sequence[N]], Sequence[Phrase]],
    now: datetime,
) -> int:
    """Queue messages to admins about the new ones of these; how many messages that made.

    `phrases` makes messages of those that nobody told before.
    """
    async with backend.store.write() as conn:
        await source_alarms.drop_idle(conn)
        fresh = []
        for each in found:
            change, source_id = each.change, each.source.id
            if change.over:
                is_news = await source_alarms.clear(conn, source_id, _ended_by(change)) > 0
            else:
                is_news = await source_alarms.raised(conn, source_id, change.kind, now)
            if is_news:
                fresh.append(each)
        text = phrases(fresh)
        for phrase in text:
            await to_admins(conn, backend, phrase, now)
    if text:
        backend.wake_delivery()
    return len(text)


def _ended_by(change: HealthChange) -> list[AlarmKind]:
    if change.kind is AlarmKind.SILENT:
        return [AlarmKind.SILENT]
    return [AlarmKind.FAILING, AlarmKind.LAYOUT, AlarmKind.MOVED]


async def tell_strange(
    backend: Backend, source_id: int, phrase: Phrase | None, *, over: bool, now: datetime
) -> None:
    """Some posts of a channel's page could not be read (`phrase`, once), or all could (`over`)."""
    async with backend.store.write() as conn:
        if over:
            await source_alarms.clear(conn, source_id, [AlarmKind.STRANGE])
        if phrase is None or not await source_alarms.raised(
            conn, source_id, AlarmKind.STRANGE, now
        ):
            return
        await to_admins(conn, backend, phrase, now)
    backend.wake_delivery()


async def tell_unread(
    backend: Backend, forms: Mapping[str, int], phrase: Phrase, now: datetime
) -> None:
    """So many updates of each form could not be read: counted, told to root admins once."""
    async with backend.store.write() as conn:
        await unread_updates.count(conn, unread_updates.UPDATE, forms)
        if await meta.get(conn, _UNREAD_TOLD) or not await to_roots(conn, backend, phrase, now):
            return
        await meta.set_value(conn, _UNREAD_TOLD, now.isoformat())
    backend.wake_delivery()


async def count_unread(backend: Backend, forms: Collection[str]) -> None:
    """A post held forms of content that nobody reads yet; counted for /health."""
    async with backend.store.write() as conn:
        await unread_updates.count(conn, unread_updates.POST, dict.fromkeys(forms, 1))


async def watched(backend: Backend, since: datetime, now: datetime) -> bool:
    """Whether sources were watched without a break from `since` until now; notes that they are.

    After days offline nobody may say that nothing happened.
    """
    async with backend.store.write() as conn:
        last, begun = await meta.get(conn, _LAST), await meta.get(conn, _SINCE)
        if not (last and begun) or now - datetime.fromisoformat(last) > _BREAK:
            begun = now.isoformat()
            await meta.set_value(conn, _SINCE, begun)
        await meta.set_value(conn, _LAST, now.isoformat())
    return datetime.fromisoformat(begun) <= since


async def reassure(
    backend: Backend,
    since: datetime,
    now: datetime,
    phrase: Callable[[str, int, int], Rendered],
) -> int:
    """Write "Still watching" to the chats that got nothing since then; how many.

    Not in their quiet hours. `phrase` takes the language, how many items were read and how many
    sources cannot be.
    """
    async with backend.store.read() as conn:
        found = await chats.unheard(conn, since, _MOST_CHATS)
        if not found or await alerts.open_causes(conn, 1):
            return 0  # somebody may be about to hear
        read = sum((await item_counts.count_by_source(conn, since)).values())
        failing = await digests.unread(conn)
    count = 0
    async with backend.store.write() as conn:
        for chat in found:
            if quiet_until(chat.prefs, chat.tz, now) is not None:
                continue
            text = phrase(chat.lang, read, failing.sources if failing else 0)
            await messages.queue_plain(conn, chat.id, text.html, now, SendLane.BULK, silent=True)
            await chats.reassured(conn, chat.id, now)
            count += 1
    if count:
        backend.wake_delivery()
    return count
