"""/pause and /resume. Nothing is lost: one summary follows."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.callbacks import Callback
from bot.chat.context import Context
from bot.chat.subscriber.topics import paused_line
from bot.commands import chats
from bot.commands.calls import Refused
from bot.i18n import msg
from bot.model import Chat, ChatState
from bot.model.rendered import Button

__all__ = ["length", "pause", "pause_pressed", "resume", "resume_pressed"]

_PIECE = re.compile(r"(\d{1,4})\s*([^\W\d_]+)\.?")
_UNITS = {
    timedelta(minutes=1): "m min mins minute minutes м мин минут минута минуты минуту хв хвилин",
    timedelta(hours=1): "h hour hours ч час часа часов г год година години годин годину",
    timedelta(days=1): "d day days д день дня дней дні днів сутки суток",
    timedelta(days=7): "w week weeks н нед неделя недели недель неделю тиждень тижні тижнів",
}
_LENGTHS = {name: length for length, names in _UNITS.items() for name in names.split()}
_MAX_PAUSE = timedelta(days=90)
_NOW = ("now", "сейчас", "зараз")
_SPANS = {"2h": msg("2 hours"), "1d": msg("1 day"), "": msg("Until /resume")}


def length(typed: str) -> timedelta | None:
    """`2h`, `3d`, «2 часа», «3 дня», `1h 30m`; None if it is none of these."""
    pieces = _PIECE.findall(typed.lower())
    if not pieces or _PIECE.sub("", typed).strip():
        return None
    total = timedelta()
    for number, unit in pieces:
        if unit not in _LENGTHS:
            return None
        total += int(number) * _LENGTHS[unit]
    return total


async def pause(ctx: Context) -> None:
    """`/pause 2h`, `/pause 3d`; alone it asks for how long."""
    t = ctx.t
    if not ctx.args:
        row = [
            Button(t(label), data=f"{Callback.PAUSE}:{length_typed}")
            for length_typed, label in _SPANS.items()
        ]
        no = Button(t("Do not pause"), data=f"{Callback.PAUSE}:no")
        await ctx.say(t("Hold everything back: for how long?"), (tuple(row), (no,)))
        return
    span = length(ctx.args)
    if span is None or not timedelta(minutes=1) <= span <= _MAX_PAUSE:
        await ctx.say(t("For how long? /pause 2h, /pause 3d, at most 90 days."))
        return
    await ctx.say(await _hold(ctx, span))


async def pause_pressed(ctx: Context, value: str) -> None:
    """For how long was pressed, or that it was not meant."""
    if value not in (*_SPANS, "no"):
        await ctx.out_of_date()
        return
    await ctx.toast()
    if value == "no":
        await ctx.change(ctx.t("Nothing was changed."))
        return
    await ctx.change(await _hold(ctx, length(value)))


async def _hold(ctx: Context, span: timedelta | None) -> str:
    """Pause the chat. Returns the answer."""
    t = ctx.t
    await ctx.ensure_chat()
    until = ctx.now + span if span else None
    paused = await chats.pause(ctx.backend, ctx.call(), until)
    if isinstance(paused, Chat):
        ctx.chat = paused
    return f"{paused_line(ctx)}\n{t('What happens meanwhile comes in one summary.')}"


async def resume(ctx: Context) -> None:
    """`/resume`: one summary of what was held, no flood. A menu sends it bare: then it asks."""
    t, held = ctx.t, ctx.chat is not None and ctx.chat.state is ChatState.PAUSED
    if held and ctx.args.lower() not in _NOW:
        yes = Button(t("Resume"), data=f"{Callback.RESUME}:")
        no = Button(t("Stay paused"), data=f"{Callback.RESUME}:no")
        await ctx.say(f"{paused_line(ctx)}\n{t('Resume now?')}", ((yes, no),))
        return
    await ctx.say(await _resume(ctx))


async def resume_pressed(ctx: Context, value: str) -> None:
    """Resume was pressed, or that it was not meant."""
    if value == "no":
        await ctx.toast()
        await ctx.change(ctx.t("Nothing was changed."))
        return
    text = await _resume(ctx)
    await ctx.toast()
    await ctx.say(text)


async def _resume(ctx: Context) -> str:
    t = ctx.t
    resumed = await chats.resume(ctx.backend, ctx.call())
    if isinstance(resumed, Refused):
        return t("You are not paused.")
    if not resumed.held:
        return t("Resumed. Nothing was missed.")
    return t.n(
        "Resumed. {n} story meanwhile: a summary follows.",
        "Resumed. {n} stories meanwhile: a summary follows.",
        resumed.held,
    )
