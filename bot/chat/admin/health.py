"""/health: what works and what does not, in a dozen lines."""

from __future__ import annotations

from datetime import timedelta

from bot.chat.context import Context
from bot.chat.text import esc, pages
from bot.i18n import Translator, msg
from bot.model import ChatState, MessageState, Source, SourceState
from bot.store import chats, inbox, items, messages, meta, sources

__all__ = ["failure", "health"]

_SHOWN = 10
_DAY = timedelta(hours=24)
# Counters an admin should hear of when they are not 0.
_COUNTED = {
    "messages_repeated": msg("sent again after no answer, perhaps twice"),
    "messages_unknown": msg("cut off while being sent"),
    "messages_given_up": msg("given up, never answered"),
    "messages_refused": msg("refused by Telegram in every form"),
    "messages_left_undeleted": msg("too old to be deleted"),
    "items_quarantined": msg("items that could not be handled"),
    "inbox_failed": msg("updates that could not be handled"),
}
_WAITING = (
    MessageState.QUEUED,
    MessageState.SENDING,
    MessageState.RETRY,
    MessageState.UNKNOWN,
)


async def health(ctx: Context) -> None:
    """`/health`, `/stats`."""
    t, now = ctx.t, ctx.now
    async with ctx.services.store.read() as conn:
        everything = await sources.list_all(conn)
        failing = await sources.list_failing(conn)
        by_source = await items.count_by_source(conn, now - _DAY)
        total = await items.count(conn)
        states = await messages.counts(conn)
        people = await chats.counts(conn)
        counters = await meta.counters(conn)
        pending = len(await inbox.pending(conn, 1000))
    active = [each for each in everything if each.state is SourceState.ACTIVE]
    lines = [
        t(
            "Sources: {active} read, {failing} failing, {other} paused or gone",
            active=len(active),
            failing=len(failing),
            other=len(everything) - len(active),
        ),
        t(
            "Items: {day} in 24 h, {total} in all",
            day=t.number(sum(by_source.values())),
            total=t.number(total),
        ),
        t(
            "Chats: {active} active, {paused} paused, {blocked} closed to us",
            active=people.get(ChatState.ACTIVE, 0),
            paused=people.get(ChatState.PAUSED, 0),
            blocked=people.get(ChatState.BLOCKED, 0),
        ),
        t(
            "Messages: {waiting} waiting, {sent} sent, {dead} given up",
            waiting=sum(states.get(state, 0) for state in _WAITING),
            sent=t.number(states.get(MessageState.SENT, 0) + states.get(MessageState.DELETED, 0)),
            dead=states.get(MessageState.DEAD, 0),
        ),
    ]
    if pending:
        lines.append(t("Updates from Telegram waiting: {n}", n=pending))
    lines += [f"{counters[name]} · {t(_COUNTED[name])}" for name in _COUNTED if counters.get(name)]
    if failing:
        lines += ["", t("Not read:")]
        lines += [_failing(t, each, ctx) for each in failing[:_SHOWN]]
        if len(failing) > _SHOWN:
            lines.append(t("and {n} more", n=len(failing) - _SHOWN))
    await ctx.say_all(pages(lines))


def _failing(t: Translator, each: Source, ctx: Context) -> str:
    since = (
        t("since {when}", when=t.time(each.last_success, ctx.tz, ctx.now))
        if each.last_success
        else t("never read")
    )
    return f"{each.id} {esc(each.title, 60)}, {since}: {failure(t, each)}"


def failure(t: Translator, each: Source) -> str:
    """Why the source could not be read, for people; the msgid comes from its reader."""
    try:
        return esc(t(each.error, **each.error_values), 200)
    except (KeyError, IndexError, ValueError):
        return esc(each.error, 200)
