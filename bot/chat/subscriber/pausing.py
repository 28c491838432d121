"""/pause, /resume, and pauses that end by themselves. Nothing is lost: one summary follows."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import structlog

from bot.chat.context import Context
from bot.chat.services import Services
from bot.chat.subscriber.topics import paused_line
from bot.model import Chat, ChatState
from bot.store import chats

__all__ = ["end_pauses", "length", "pause", "reopen", "resume", "resume_pressed"]

log = structlog.get_logger(__name__)

_PIECE = re.compile(r"(\d{1,4})\s*([^\W\d_]+)\.?")
_UNITS = {
    timedelta(minutes=1): "m min mins minute minutes м мин минут минута минуты минуту хв хвилин",
    timedelta(hours=1): "h hour hours ч час часа часов г год година години годин годину",
    timedelta(days=1): "d day days д день дня дней дні днів сутки суток",
    timedelta(days=7): "w week weeks н нед неделя недели недель неделю тиждень тижні тижнів",
}
_LENGTHS = {name: length for length, names in _UNITS.items() for name in names.split()}
_LONGEST = timedelta(days=90)


def length(said: str) -> timedelta | None:
    """`2h`, `3d`, «2 часа», «3 дня», `1h 30m`; None if it is none of these."""
    pieces = _PIECE.findall(said.lower())
    if not pieces or _PIECE.sub("", said).strip():
        return None
    total = timedelta()
    for number, unit in pieces:
        if unit not in _LENGTHS:
            return None
        total += int(number) * _LENGTHS[unit]
    return total


async def pause(ctx: Context) -> None:
    """`/pause`, `/pause 2h`, `/pause 3d`."""
    t = ctx.t
    span = length(ctx.args) if ctx.args else None
    if ctx.args and (span is None or not timedelta(minutes=1) <= span <= _LONGEST):
        await ctx.say(t("For how long? /pause 2h, /pause 3d, at most 90 days; or just /pause."))
        return
    chat = await ctx.ensure_chat()
    async with ctx.services.store.write() as conn:
        until = ctx.now + span if span else None
        await chats.pause(conn, chat.id, ctx.now, until)
        ctx.chat = await chats.get(conn, chat.id)
    ctx.services.wake_delivery()
    await ctx.say(f"{paused_line(ctx)}\n{t('What happens meanwhile comes in one summary.')}")


async def resume(ctx: Context) -> None:
    """`/resume`: one summary of what was held, no flood."""
    await ctx.say(await _resume(ctx))


async def resume_pressed(ctx: Context, _: str) -> None:
    """Resume was pressed."""
    said = await _resume(ctx)
    await ctx.toast()
    await ctx.say(said)


async def _resume(ctx: Context) -> str:
    t, chat = ctx.t, ctx.chat
    if chat is None or chat.state is not ChatState.PAUSED:
        return t("You are not paused.")
    count = await _wake(ctx.services, chat, ctx.now)
    if not count:
        return t("Resumed. Nothing was missed.")
    return t.n(
        "Resumed. {n} story meanwhile: a summary follows.",
        "Resumed. {n} stories meanwhile: a summary follows.",
        count,
    )


async def reopen(services: Services, chat: Chat, now: datetime) -> None:
    """The chat was closed to us and is open again: what waited comes in one summary."""
    await _wake(services, chat, now)


async def end_pauses(services: Services, now: datetime) -> datetime | None:
    """Resume the chats whose pause is over at `now`; when the next one will be."""
    async with services.store.read() as conn:
        over = await chats.pauses_over(conn, now)
    for chat in over:
        await _wake(services, chat, now)
    async with services.store.read() as conn:
        return await chats.next_pause_over(conn)


async def _wake(services: Services, chat: Chat, now: datetime) -> int:
    async with services.store.write() as conn:
        count = await chats.resume(conn, chat.id, now)
    services.wake_delivery()
    log.info("chat.resumed", chat=chat.id, held=count)
    return count
