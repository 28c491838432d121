"""/review: posts that readers say were missed, one by one."""

from __future__ import annotations

import html

from bot.callbacks import Callback
from bot.chat.admin.filter_tests import read_lines
from bot.chat.context import Context
from bot.chat.text import Buttons, cut, esc, pages
from bot.commands import missed as commands
from bot.commands.calls import Refused
from bot.model import Button
from bot.store import missed
from bot.urls import safe_url, short_url

__all__ = ["pressed", "review"]

_LONGEST_TEXT = 600


async def review(ctx: Context) -> None:
    """`/review`: the newest post that is reported as missed, and how filters read it."""
    await ctx.start_job("review", _show(ctx, 0))


async def pressed(ctx: Context, value: str) -> None:
    """Seen to, or the next one: `<action>:<number>`."""
    action, _, what = value.partition(":")
    number = int(what) if what.isdecimal() and len(what) < 18 else 0
    if not number or action not in ("done", "next"):
        await ctx.out_of_date()
        return
    if action == "done":
        done = await commands.settle(ctx.backend, ctx.call(), number)
        if done is Refused.MISSING:
            await ctx.out_of_date()
            return
        await ctx.toast(ctx.t("Seen to. /undo takes it back."))
    await ctx.toast()
    await ctx.start_job("review", _show(ctx, number))


async def _show(ctx: Context, before: int) -> None:
    t = ctx.t
    async with ctx.services.store.read() as conn:
        each = await missed.next_open(conn, before)
        left = await missed.count_open(conn)
    if each is None:
        said = t("No missed posts are reported.") if not left else t("Those were all. /review")
        await ctx.change(said)
        return
    heading = t("Reported as missed: {n} open", n=t.number(left))
    times = t.n("said {n} time", "said {n} times", each.times)
    when = t.time(each.at, ctx.tz, ctx.now)
    lines = [f"<b>{heading}</b>", f"{when} · {times}"]
    if each.text:
        lines.append(f"<blockquote>{esc(cut(each.text, _LONGEST_TEXT))}</blockquote>")
    if url := safe_url(each.url):
        lines.append(f'<a href="{html.escape(url)}">{html.escape(short_url(url))}</a>')
    if each.text:
        lines += await read_lines(ctx, each.text)
    buttons: Buttons = (
        (
            Button(t("Seen to"), data=f"{Callback.REVIEW}:done:{each.id}"),
            Button(t("Next"), data=f"{Callback.REVIEW}:next:{each.id}"),
        ),
    )
    await ctx.change(pages(lines)[0], buttons)
