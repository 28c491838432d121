"""Tells admins of sources that fail for a day, go silent, move or cannot be read any more;
once each, and again when that is over. Several at once are one message."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.callbacks import Callback
from bot.chat.admin.health import failure
from bot.chat.admin.source_texts import named, span
from bot.chat.services import Services
from bot.chat.text import Buttons, esc, message
from bot.commands import alarms as commands
from bot.i18n import Translator, translator
from bot.model import AlarmKind, Source, SourceState, Transport
from bot.model.rendered import Button, Rendered
from bot.sources.health import (
    SILENCE,
    HealthChange,
    changes,
    forecast,
    longest_pause,
    unread_for,
)
from bot.sources.previews import LAYOUT, MISSING, TAKEN
from bot.store import source_alarms, sources
from bot.store.connection import Connection
from bot.urls import short_url

__all__ = ["SourceAlarms"]

log = structlog.get_logger(__name__)

_MIN_UNREAD_BLOCKS = 3  # unread blocks, if they are half of all
_MAX_TOLD_SINGLY = 3  # so many are told one by one
_MAX_LISTED = 10
_RHYTHM_SPAN = timedelta(days=60)
_SILENCE_ASKED = timedelta(hours=1)
_ANSWER_SPAN = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class _News:
    source: Source
    change: HealthChange
    since: datetime | None = None  # of what is over: when it was told
    pause: timedelta | None = None


class SourceAlarms:
    """See the module."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._silence_at: datetime | None = None
        self._pauses: dict[int, tuple[datetime, timedelta | None]] = {}

    async def step(self, now: datetime) -> int:
        """Look at all sources, tell what is new; how many messages that made. Raises StoreError.

        The alarm and its message are one transaction.
        """
        asks = self._silence_at is None or not (
            self._silence_at <= now < self._silence_at + _SILENCE_ASKED
        )
        async with self._services.store.read() as conn:
            active = await sources.list_all(conn, [SourceState.ACTIVE])
            raised = await source_alarms.raised_alarms(conn)
            found = []
            for source in active:
                known = raised.get(source.id, {})
                seen, pause = source, None
                if asks and AlarmKind.SILENT not in known and _quiet(source, now):
                    seen, pause = await self._rhythm(conn, source, now)
                for change in changes(
                    seen, known, now, layout=LAYOUT, moved=(MISSING, TAKEN), pause=pause
                ):
                    found.append(_News(seen, change, known.get(change.kind), pause))
        if asks:
            self._silence_at = now
        if found or raised:
            answered = any(
                each.last_success is not None
                and not each.failures
                and each.transport is not Transport.CHANNEL
                and now - each.last_success < _ANSWER_SPAN
                for each in active
            )
            phrases = partial(_phrases, answered=answered, now=now)
            return await commands.tell_news(self._services.backend, found, phrases, now)
        return 0

    async def moved(self, source: Source, address: str) -> None:
        """The source is read at another address from now on."""
        where = (
            f"t.me/{address}" if source.transport is Transport.PREVIEW else short_url(address, 120)
        )

        def phrase(lang: str) -> Rendered:
            t = translator(lang)
            return message(
                t(
                    "Source {source} has moved: it is read at {address} now.",
                    source=named(t, source),
                    address=esc(where),
                )
            )

        await commands.tell(self._services.backend, phrase, self._services.clock.now())

    async def _rhythm(
        self, conn: Connection, source: Source, now: datetime
    ) -> tuple[Source, timedelta | None]:
        """The source with the time of its last item, and its longest pause: read once a day."""
        at, pause = self._pauses.get(source.id, (None, None))
        if at is not None and source.last_item_at is not None and now - at < timedelta(days=1):
            return source, pause
        times = await source_alarms.published(conn, source.id, now - _RHYTHM_SPAN)
        pause = longest_pause(times)
        self._pauses[source.id] = (now, pause)
        last = max(filter(None, (*times[:1], source.last_item_at)), default=None)
        return replace(source, last_item_at=last), pause

    async def strange(self, source: Source, unread: int, blocks: int) -> None:
        """Of a channel's page so many blocks could not be read, the others could."""
        grave = unread >= _MIN_UNREAD_BLOCKS and 2 * unread >= blocks

        def phrase(lang: str) -> Rendered:
            t = translator(lang)
            text = t(
                "Source {source}: {unread} of {blocks} posts on its page cannot be read.",
                source=named(t, source),
                unread=unread,
                blocks=blocks,
            )
            hint = t("Telegram's pages have another form now: Vigil must be updated.")
            return message(f"{text} {hint}")

        await commands.tell_strange(
            self._services.backend,
            source.id,
            phrase if grave else None,
            over=not unread,
            now=self._services.clock.now(),
        )


def _phrases(
    fresh: Sequence[_News], answered: bool, now: datetime
) -> list[Callable[[str], Rendered]]:
    """Their message: each in a line of its own, or one line for all if they are many."""
    groups: dict[HealthChange, list[_News]] = defaultdict(list)
    for each in fresh:
        groups[each.change].append(each)
    found: list[Callable[[str], Rendered]] = []
    for change, group in groups.items():
        if len(group) > _MAX_TOLD_SINGLY:
            found.append(partial(_message_of_many, group=group, answered=answered))
        else:
            found += [
                partial(_news_message, news=each, answered=answered, now=now) for each in group
            ]
        log.info("sources.told", kind=str(change.kind), over=change.over, n=len(group))
    return found


def _news_message(lang: str, news: _News, answered: bool, now: datetime) -> Rendered:
    t = translator(lang)
    return message(_one(t, news, answered, now), _buttons(t, news))


def _message_of_many(lang: str, group: Sequence[_News], answered: bool) -> Rendered:
    return message(_many(translator(lang), group, answered))


def _quiet(source: Source, now: datetime) -> bool:
    return source.last_item_at is None or now - source.last_item_at > SILENCE


# what is said


def _one(t: Translator, news: _News, answered: bool, now: datetime) -> str:
    source, change = news.source, news.change
    name = named(t, source)
    if change.over:
        return _over(t, news, name, now)
    match change.kind:
        case AlarmKind.FAILING:
            text = t(
                "Source {source} unread for {time}: {why}; {others}.",
                source=name,
                time=span(t, unread_for(source, now)),
                why=failure(t, source),
                others=_others(t, answered),
            )
            return f"{text}\n{_missed(t, source)}"
        case AlarmKind.LAYOUT:
            text = t("Source {source}: {why}.", source=name, why=failure(t, source))
            hint = t("Telegram's pages have another form now: Vigil must be updated.")
            return f"{text} {hint}\n{_missed(t, source)}"
        case AlarmKind.MOVED:
            text = t("Source {source}: {why}.", source=name, why=failure(t, source))
            return f"{text}\n{_missed(t, source)}"
    last = source.last_item_at
    return t(
        "Source {source} is read without error and has published nothing for {time}; in two"
        " months it never paused for longer than {pause}. Has it moved?",
        source=name,
        time=span(t, now - last if last else SILENCE),
        pause=span(t, news.pause or SILENCE),
    )


def _over(t: Translator, news: _News, name: str, now: datetime) -> str:
    if news.change.kind is AlarmKind.SILENT:
        return t("Source {source} publishes again.", source=name)
    # It is told of after a day, of other failures at once.
    unread = (now - news.since if news.since else timedelta()) + (
        timedelta(days=1) if news.change.kind is AlarmKind.FAILING else timedelta()
    )
    return t("Source {source} is read again, after {time}.", source=name, time=span(t, unread))


def _many(t: Translator, group: Sequence[_News], answered: bool) -> str:
    n, change = len(group), group[0].change
    if change.over:
        head = (
            t.n("{n} source publishes again:", "{n} sources publish again:", n)
            if change.kind is AlarmKind.SILENT
            else t.n("{n} source is read again:", "{n} sources are read again:", n)
        )
    elif change.kind is AlarmKind.FAILING:
        head = t.n(
            "{n} source unread for a day; {others}:",
            "{n} sources unread for a day; {others}:",
            n,
            others=_others(t, answered),
        )
    elif change.kind is AlarmKind.LAYOUT:
        head = t.n(
            "{n} channel cannot be read: Telegram's pages have another form now, Vigil must be"
            " updated.",
            "{n} channels cannot be read: Telegram's pages have another form now, Vigil must be"
            " updated.",
            n,
        )
    elif change.kind is AlarmKind.MOVED:
        head = t.n("{n} source is not where it was:", "{n} sources are not where they were:", n)
    else:
        head = t.n(
            "{n} source is read and silent against its habit:",
            "{n} sources are read and silent against their habit:",
            n,
        )
    lines = [head]
    for each in group[:_MAX_LISTED]:
        why = (
            "" if change.over or change.kind is AlarmKind.SILENT else f": {failure(t, each.source)}"
        )
        lines.append(f"· {named(t, each.source)}{why}")
    if n > _MAX_LISTED:
        lines.append(t("and {n} more", n=n - _MAX_LISTED) + " · /health")
    return "\n".join(lines)


def _others(t: Translator, answered: bool) -> str:
    if answered:
        return t("other sites answer")
    return t("no other site answers either, perhaps the network is down")


def _missed(t: Translator, source: Source) -> str:
    foretold = forecast(source)
    if foretold is None:
        return t("You may miss its posts.")
    a_day = round(foretold)
    if a_day < 1:
        return t("You may miss its posts, which are rare.")
    return t.n("You may miss about {n} post a day.", "You may miss about {n} posts a day.", a_day)


def _buttons(t: Translator, news: _News) -> Buttons:
    if news.change.over:
        return ()
    number = news.source.id
    retry = Button(t("Retry"), data=f"{Callback.SOURCE}:retry:{number}")
    proxy = Button(t("Proxy"), data=f"{Callback.SOURCE}:proxy:{number}")
    address = Button(t("New address"), data=f"{Callback.SOURCE}:address:{number}")
    match news.change.kind:
        case AlarmKind.FAILING:
            return ((retry, proxy, address),)
        case AlarmKind.LAYOUT:
            return ((retry,),)
        case AlarmKind.MOVED:
            return ((retry, address),)
    return ((address,),)
