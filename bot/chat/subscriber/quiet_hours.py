"""Quiet hours: /hours 22-7."""

from __future__ import annotations

from dataclasses import replace

from bot.callbacks import Callback
from bot.chat.context import Context
from bot.chat.subscriber.prefs import OFF_WORDS, choice_button, keep_prefs, zone_note
from bot.chat.text import Buttons, esc
from bot.chat.times import clock_text, days_of, hours_of
from bot.i18n import Translator
from bot.model import Prefs
from bot.model.rendered import Button

__all__ = ["quiet_hours", "quiet_pressed", "quiet_settings"]


_NIGHTS = ("22-7", "23-8", "0-9")


async def quiet_hours(ctx: Context) -> None:
    """`/hours 22-7`, `/hours 22-7 mon-fri`, `/hours off`; alone it shows them."""
    t = ctx.t
    if not ctx.args:
        chat = await ctx.ensure_chat()
        await ctx.say(*quiet_settings(t, chat.prefs, chat.tz))
        return
    head, _, tail = ctx.args.partition(" ")
    days = days_of(tail)
    hours = hours_of(ctx.args if days is None else head)
    if hours is None and ctx.args.lower() not in OFF_WORDS:
        await ctx.say(t("Between which hours? /hours 22-7, or /hours off."))
        return
    chat = await ctx.ensure_chat()
    first, last = hours or (None, None)
    prefs = replace(chat.prefs, quiet_from=first, quiet_to=last, quiet_days=days or ())
    await keep_prefs(ctx, prefs)
    await ctx.say(*quiet_settings(t, prefs, chat.tz))


async def quiet_pressed(ctx: Context, value: str) -> None:
    """Hours were pressed (`22-7`, `off`), or whether urgent alerts come in them (`1`, `0`)."""
    chat = await ctx.ensure_chat()
    if value in ("0", "1"):
        prefs = replace(chat.prefs, quiet_urgent=value == "1")
    elif value == "off":
        prefs = replace(chat.prefs, quiet_from=None, quiet_to=None, quiet_days=())
    elif value in _NIGHTS:
        first, last = hours_of(value) or (None, None)
        prefs = replace(chat.prefs, quiet_from=first, quiet_to=last)
    else:
        await ctx.out_of_date()
        return
    await keep_prefs(ctx, prefs)
    await ctx.toast()
    await ctx.change(*quiet_settings(ctx.t, prefs, ctx.tz))


def quiet_settings(t: Translator, prefs: Prefs, tz: str) -> tuple[str, Buttons]:
    now = (prefs.quiet_from, prefs.quiet_to)
    nights = [
        choice_button(
            hours_of(each) == now, each.replace("-", "–"), f"{Callback.QUIET_HOURS}:{each}"
        )
        for each in _NIGHTS
    ]
    if prefs.quiet_from is None or prefs.quiet_to is None:
        none = t("No quiet hours: alerts come as they happen.")
        sets = t("/hours 22-7 sets them, /hours 22-7 mon-fri for some days.")
        return f"{none}\n{sets}", (tuple(nights),)
    lines = [
        t(
            "Quiet from {first} to {last}, {place}. Then one summary.",
            first=clock_text(prefs.quiet_from),
            last=clock_text(prefs.quiet_to),
            place=esc(t.city(tz)),
        ),
        *_on_days(t, prefs),
        t("Urgent alerts come all the same.")
        if prefs.quiet_urgent
        else t("Urgent alerts wait too."),
        *zone_note(t, tz),
    ]
    label = t("Let urgent ones wait") if prefs.quiet_urgent else t("Let urgent ones through")
    return "\n".join(lines), (
        (*nights, Button(t("Off"), data=f"{Callback.QUIET_HOURS}:off")),
        (Button(label, data=f"{Callback.QUIET_HOURS}:{0 if prefs.quiet_urgent else 1}"),),
    )


def _on_days(t: Translator, prefs: Prefs) -> list[str]:
    if not prefs.quiet_days:
        return []
    days = ", ".join(t.weekday_short(day) for day in prefs.quiet_days)
    return [t("Only on: {days}. /hours 22-7 makes it every day.", days=days)]
