"""How much comes and how long it stays: /cap, /vanish; and all that /settings shows of it."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.callbacks import Callback
from bot.chat.context import Context
from bot.chat.subscriber.digests import digest_settings
from bot.chat.subscriber.prefs import OFF_WORDS, choice_button, keep_prefs
from bot.chat.subscriber.quiet_hours import quiet_settings
from bot.chat.text import Buttons, is_number
from bot.i18n import Translator
from bot.model import Chat, ChatMode, Prefs

__all__ = ["cap", "cap_pressed", "overview", "vanish", "vanish_pressed"]

_ALLOWED = (1, 24, 40)
_CAPS = (3, 5, 10, 20)


async def cap(ctx: Context) -> None:
    """`/cap 5`, `/cap off`; alone it shows the cap."""
    t, typed = ctx.t, ctx.args.lower()
    chat = await ctx.ensure_chat()
    prefs = chat.prefs
    if typed in OFF_WORDS:
        prefs = replace(prefs, cap=0)
    elif typed.isdecimal() and 1 <= int(typed[:6]) <= 1000:
        prefs = replace(prefs, cap=int(typed))
    elif typed:
        await ctx.say(t("How many a day at most? /cap 5, or /cap off."))
        return
    if prefs != chat.prefs:
        await keep_prefs(ctx, prefs)
    await ctx.say(*_cap_page(ctx, prefs))


async def cap_pressed(ctx: Context, value: str) -> None:
    """A number was pressed."""
    if not is_number(value) or int(value) > 1000:
        await ctx.out_of_date()
        return
    chat = await ctx.ensure_chat()
    prefs = replace(chat.prefs, cap=int(value))
    await keep_prefs(ctx, prefs)
    await ctx.toast()
    await ctx.change(*_cap_page(ctx, prefs))


def _cap_page(ctx: Context, prefs: Prefs) -> tuple[str, Buttons]:
    t = ctx.t
    most = ctx.services.push_cap if prefs.cap is None else prefs.cap
    body = (
        t.n(
            "At most {n} alert a day; the rest comes in one summary. Urgent ones always come.",
            "At most {n} alerts a day; the rest comes in one summary. Urgent ones always come.",
            most,
        )
        if most
        else t("Every alert comes at once, however many there are.")
    )
    choices = [choice_button(most == n, t.number(n), f"{Callback.CAP}:{n}") for n in _CAPS]
    return body, ((*choices, choice_button(most == 0, t("All"), f"{Callback.CAP}:0")),)


async def vanish(ctx: Context) -> None:
    """`/vanish 1h`, `/vanish 24h`, `/vanish 40h`, `/vanish off`."""
    t, typed = ctx.t, ctx.args.lower().replace(" ", "")
    number = re.fullmatch(r"(\d{1,2})(?:h|ч|г|год|час\w*|hours?)?", typed)
    if not typed:
        await ctx.say(*_vanish_page(t, await ctx.ensure_chat()))
    elif typed in OFF_WORDS:
        await _vanish(ctx, 0)
        await ctx.say(*_vanish_page(t, await ctx.ensure_chat()))
    elif number and int(number[1]) in _ALLOWED:
        await _vanish(ctx, int(number[1]))
        await ctx.say(*_vanish_page(t, await ctx.ensure_chat()))
    else:
        await ctx.say(t("After how long? /vanish 1h, 24h or 40h; /vanish off keeps messages."))


async def vanish_pressed(ctx: Context, value: str) -> None:
    """A time was pressed."""
    if value not in {str(hours) for hours in (0, *_ALLOWED)}:
        await ctx.out_of_date()
        return
    await _vanish(ctx, int(value))
    await ctx.toast()
    await ctx.change(*_vanish_page(ctx.t, await ctx.ensure_chat()))


async def _vanish(ctx: Context, hours: int) -> None:
    """Keep the choice; what is shown already goes by it too."""
    chat = await ctx.ensure_chat()
    await keep_prefs(ctx, replace(chat.prefs, vanish=hours))
    if ctx.message is not None and not ctx.query_id and ctx.elsewhere is None:
        # This very command, written before it held.
        await ctx.fade(ctx.message.message_id, theirs=True)


def _vanish_page(t: Translator, chat: Chat) -> tuple[str, Buttons]:
    hours = 0 if chat.life is None else round(chat.life.total_seconds() / 3600)
    body = (
        t.n(
            "My messages here are deleted after {n} hour.",
            "My messages here are deleted after {n} hours.",
            hours,
        )
        if hours
        else t("My messages stay here.")
    )
    if chat.mode is ChatMode.QUIET and hours:
        body += " " + t("So is what you write to me.")
    choices = [
        choice_button(hours == n, t("{n} h", n=n), f"{Callback.VANISH}:{n}") for n in _ALLOWED
    ]
    return body, ((*choices, choice_button(not hours, t("Keep"), f"{Callback.VANISH}:0")),)


def overview(ctx: Context, chat: Chat) -> list[tuple[str, str]]:
    """What was chosen, a line each, with the command that changes it."""
    t, prefs = ctx.t, chat.prefs
    pages = (
        (digest_settings(ctx, prefs, chat.tz), "/digest"),
        (quiet_settings(t, prefs, chat.tz), "/hours"),
        (_cap_page(ctx, prefs), "/cap"),
        (_vanish_page(t, chat), "/vanish"),
    )
    lines = [(body.partition("\n")[0], command) for (body, _), command in pages]
    return [(line, "" if command in line else command) for line, command in lines]
