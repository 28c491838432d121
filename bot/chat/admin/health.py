"""/health: what works and what does not, in a dozen lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.chat.admin import store_trouble, unread_updates
from bot.chat.context import Context
from bot.chat.text import esc, pages
from bot.i18n import Translator, msg
from bot.model import AlarmKind, ChatState, Source, SourceState
from bot.store import (
    chats,
    inbox,
    item_counts,
    message_counts,
    meta,
    pagings,
    source_alarms,
    sources,
    unreadable_rows,
)
from bot.store.pagings import Paging
from bot.store.sizes import SIZES, Sizes, sizes_of

__all__ = ["error_text", "failure", "health"]

_SHOWN = 10
_DAY = timedelta(hours=24)
# Counters an admin should hear of when they are not 0.
_COUNTED = {
    "messages_repeated": msg("sent again after no answer, perhaps twice"),
    "messages_unknown": msg("cut off while being sent"),
    "messages_server_failed": msg("answered by Telegram with an error of its own, sent again"),
    "messages_given_up": msg("given up, never answered"),
    "messages_refused": msg("refused by Telegram in every form"),
    "messages_left_undeleted": msg("too old to be deleted"),
    "items_quarantined": msg("items that could not be handled"),
    "inbox_failed": msg("updates that could not be handled"),
}
_CLASSES = {
    "items": msg("items"),
    "matches": msg("matches"),
    "archive": msg("search index"),
    "near copies": msg("near copies"),
    "told": msg("who got what"),
    "articles": msg("articles and pages"),
    "inbox": msg("inbox"),
}


async def health(ctx: Context) -> None:
    """`/health`."""
    t, now = ctx.t, ctx.now
    async with ctx.services.store.read() as conn:
        everything = await sources.list_all(conn)
        failing = await sources.list_failing(conn)
        by_source = await item_counts.count_by_source(conn, now - _DAY)
        total = await item_counts.count(conn)
        written = await message_counts.totals(conn)
        people = await chats.counts(conn)
        counters = await meta.counters(conn)
        stored = sizes_of(await meta.get(conn, SIZES))
        pending = len(await inbox.pending(conn, 1000))
        raised = await source_alarms.raised_alarms(conn)
        behind = await pagings.list_all(conn)
        unread_forms = await unread_updates.lines(conn, t)
    lines = [*_sick(ctx, everything, failing, raised), *_behind(t, behind)]
    lines[:0] = [store_trouble.row_text(t, each) for each in unreadable_rows.known()[:_SHOWN]]
    if (down := ctx.services.store.down) is not None:
        lines.insert(0, store_trouble.trouble_text(t, down))
    if lines:
        lines.append("")
    lines += _figures(t, everything, (sum(by_source.values()), total), people, written)
    if stored is not None:
        lines.append(_stored(t, stored))
    if pending:
        lines.append(t("Updates from Telegram waiting: {n}", n=pending))
    lines += [f"{counters[name]} · {t(_COUNTED[name])}" for name in _COUNTED if counters.get(name)]
    lines += unread_forms
    await ctx.say_all(pages(lines))


def _figures(
    t: Translator,
    everything: Sequence[Source],
    items: tuple[int, int],
    people: Mapping[ChatState, int],
    written: message_counts.Totals,
) -> list[str]:
    """Counts of sources, items (in 24 hours, in all), chats and messages, a line each."""
    active = [each for each in everything if each.state is SourceState.ACTIVE]
    unread = sum(each.unread for each in active)
    return [
        t(
            "Sources: {read} read, {unread} unread, {other} paused or gone",
            read=len(active) - unread,
            unread=unread,
            other=len(everything) - len(active),
        ),
        t(
            "Items: {day} in 24 h, {total} in all",
            day=t.number(items[0]),
            total=t.number(items[1]),
        ),
        t(
            "Chats: {active} active, {paused} paused, {blocked} closed to us",
            active=people.get(ChatState.ACTIVE, 0),
            paused=people.get(ChatState.PAUSED, 0),
            blocked=people.get(ChatState.BLOCKED, 0),
        ),
        t(
            "Messages: {waiting} waiting, {sent} sent, {dead} given up",
            waiting=written.waiting,
            sent=t.number(written.sent),
            dead=written.dead,
        ),
    ]


def _stored(t: Translator, stored: Sizes) -> str:
    """How large the database is, what of it, and how fast it grows."""
    size = t.size(stored.now["all"])
    if stored.growth:
        line = t(
            "Database: {size}, {growth} a month",
            size=size,
            growth=t.size(stored.growth["all"], sign=True),
        )
    else:
        line = t("Database: {size}", size=size)
    parts = sorted(((n, name) for name, n in stored.now.items() if name != "all"), reverse=True)
    named = ", ".join(f"{t(_CLASSES[name])} {t.size(n)}" for n, name in parts[:4])
    return f"{line} ({named})" if named else line


def _sick(
    ctx: Context,
    everything: Sequence[Source],
    failing: Sequence[Source],
    raised: Mapping[int, Mapping[AlarmKind, datetime]],
) -> list[str]:
    """What is unread, has stopped, is silent, or failed once: the worst first."""
    t, lines = ctx.t, []
    if unread := [each for each in failing if each.unread]:
        lines.append(f"<b>{t('Unread:')}</b>")
        lines += [_failing(t, each, ctx) for each in unread[:_SHOWN]]
        if len(unread) > _SHOWN:
            lines.append(t("and {n} more", n=len(unread) - _SHOWN))
    stopped = [each for each in everything if each.state is SourceState.GONE]
    if stopped:
        lines.append(f"<b>{t('Stopped:')}</b>")
        lines += [
            f"{each.id} {esc(each.title, 60)}: {failure(t, each) or t('gone')}"
            for each in stopped[:_SHOWN]
        ]
    silent = [each for each in everything if AlarmKind.SILENT in raised.get(each.id, {})]
    if silent:
        names = ", ".join(f"{each.id} {esc(each.title, 40)}" for each in silent[:_SHOWN])
        lines.append(t("Silent against their habit: {sources}", sources=names))
    if hitches := [each for each in failing if not each.unread]:
        lines.append(t("Failed at the last visit:"))
        lines += [
            f"{each.id} {esc(each.title, 60)}: {failure(t, each)}" for each in hitches[:_SHOWN]
        ]
        if len(hitches) > _SHOWN:
            lines.append(t("and {n} more", n=len(hitches) - _SHOWN))
    return lines


def _behind(t: Translator, behind: Sequence[Paging]) -> list[str]:
    """Channels that are read backwards now."""
    if not behind:
        return []
    lines = [t("Being read back:")]
    for each in behind[:_SHOWN]:
        so_far = t.n("{n} page read", "{n} pages read", each.pages)
        why = f": {error_text(t, each.error, each.error_values)}" if each.failures else ""
        lines.append(f"{each.source.id} {esc(each.source.title, 60)}, {so_far}{why}")
    return lines


def _failing(t: Translator, each: Source, ctx: Context) -> str:
    """Since when, why, its last item, the next try."""
    since = (
        t("since {when}", when=t.time(each.last_success, ctx.tz, ctx.now))
        if each.last_success
        else t("never read")
    )
    parts = [f"{each.id} {esc(each.title, 60)}, {since}: {failure(t, each)}"]
    if each.last_item_at:
        parts.append(t("last item {when}", when=t.time(each.last_item_at, ctx.tz, ctx.now)))
    if each.next_due:
        parts.append(t("next try {when}", when=t.time(each.next_due, ctx.tz, ctx.now)))
    return " · ".join(parts)


def failure(t: Translator, each: Source) -> str:
    """Why the source could not be read, for people; the msgid comes from its reader."""
    return error_text(t, each.error, each.error_values)


def error_text(t: Translator, error: str, values: Mapping[str, object]) -> str:
    """An error's msgid with its values, for people."""
    try:
        return esc(t(error, **values), 200)
    except (KeyError, IndexError, ValueError):
        return esc(error, 200)
