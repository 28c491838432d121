"""/feedback: what readers called noise or a wrong army, by the filter that found it."""

from __future__ import annotations

import html
from datetime import timedelta

from bot.alerts import words
from bot.chat.context import Context
from bot.chat.text import code, esc
from bot.model import SCORED
from bot.store import feedback as message_numbers
from bot.urls import safe_url

__all__ = ["feedback"]

_DAYS, _MOST_DAYS = 30, 365


async def feedback(ctx: Context) -> None:
    """`/feedback`, `/feedback 7` (days). Who said it is not stored."""
    t = ctx.t
    days = int(ctx.args) if ctx.args.isdecimal() and len(ctx.args) < 4 else _DAYS
    if (ctx.args and not ctx.args.isdecimal()) or not 1 <= days <= _MOST_DAYS:
        await ctx.say(t("How many days? /feedback or /feedback 7."))
        return
    async with ctx.services.store.read() as conn:
        found = await message_numbers.summary(conn, ctx.now - timedelta(days=days))
    if not found:
        await ctx.say(
            t.n(
                "Readers reported nothing in {n} day.",
                "Readers reported nothing in {n} days.",
                days,
            )
        )
        return
    lines = [t.n("What readers reported in {n} day:", "What readers reported in {n} days:", days)]
    for each in found:
        counts = [
            t("noise {n}", n=t.number(each.noise)) if each.noise else "",
            t("wrong army {n}", n=t.number(each.army)) if each.army else "",
            t.n("of {n} alert", "of {n} alerts", each.told),
        ]
        lines.append(f"\n{_found_by(ctx, each.filter_key)}: {', '.join(filter(None, counts))}")
        for text, url in each.examples:
            address = safe_url(url)
            short = esc(" ".join(text.split()), 80)
            link = f'<a href="{html.escape(address)}">{t("link")}</a>' if address else ""
            lines.append("· " + " · ".join(filter(None, (short, link))))
    if any(each.filter_key and not each.filter_key.startswith(SCORED) for each in found):
        lines.append("\n" + t("/filter show and its key says what a filter asks for."))
    await ctx.say("\n".join(lines))


def _found_by(ctx: Context, key: str) -> str:
    """A filter by its key; of what only the score found the topic."""
    t = ctx.t
    if key.startswith(SCORED):
        return f"{esc(words.topic(t, key.removeprefix(SCORED)))}, {t('no filter found it')}"
    return code(key) if key else t("no filter")
