"""What answers teach: a proposal with its effect, [Use], and [Go back] from what is used."""

from __future__ import annotations

from bot.alerts import words
from bot.callbacks import Callback
from bot.chat.context import Context
from bot.chat.text import Buttons, esc, is_number
from bot.commands import learning as commands
from bot.commands.calls import Refused
from bot.model.rendered import Button
from bot.store import answers, fits
from bot.store.fits import Fit

__all__ = ["pressed", "propose_if_due", "state_lines"]

_MOST = 10


async def propose_if_due(ctx: Context) -> None:
    """After fifty more answers: what they would change, with a button to use it."""
    new = await commands.propose(ctx.backend, ctx.call(), ctx.services.reader.thresholds)
    if new is not None:
        await ctx.say(_proposal(ctx, new), _choice(ctx, new))


async def pressed(ctx: Context, value: str) -> None:
    """`use:<fit>`, `not:<fit>` (leave it), `back:<fit>` (as it was before that one)."""
    action, _, what = value.partition(":")
    number = int(what) if is_number(what) else 0
    async with ctx.services.store.read() as conn:
        fit = await fits.get(conn, number) if number else None
        used = await fits.used(conn)
    if fit is None or action not in ("use", "not", "back"):
        await ctx.out_of_date()
    elif action == "not":
        await ctx.toast()
        await ctx.change(ctx.t("Left as it is. After 50 more answers there is a new proposal."))
    elif action == "use":
        await _use(ctx, fit)
    elif used is None or used.id != fit.id:
        await ctx.out_of_date()
    else:
        await commands.use(ctx.backend, ctx.call(), 0)
        await ctx.toast()
        again = (Button(ctx.t("Use"), data=f"{Callback.LEARNING}:use:{fit.id}"),)
        await ctx.change(ctx.t("As shipped again: what was learnt is not used."), (again,))


async def _use(ctx: Context, fit: Fit) -> None:
    done = await commands.use(ctx.backend, ctx.call(), fit.id)
    if done is Refused.MISSING:
        await ctx.out_of_date()
        return
    await ctx.toast()
    body = ctx.t("Used from now on; what came in the last 24 hours is judged again.")
    await ctx.change(body, _back(ctx, fit))


def _proposal(ctx: Context, fit: Fit) -> str:
    t = ctx.t
    lines = [f"<b>{t('Learnt from {n} answers', n=t.number(fit.learned.answers))}</b>"]
    lines.append(
        t(
            "In the last 30 days it would have pushed {more} more and {fewer} fewer.",
            more=t.number(fit.effect.more),
            fewer=t.number(fit.effect.fewer),
        )
    )
    lines += _details(ctx, fit)
    lines.append(t("Nothing leaves this machine, and you can go back."))
    return "\n".join(lines)


def _details(ctx: Context, fit: Fit) -> list[str]:
    """Where the thresholds go, and which filters are believed least."""
    t, shipped, lines = ctx.t, ctx.services.reader.thresholds, []
    for topic, each in fit.learned.thresholds.items():
        before = round(100 * shipped[topic].sure) if topic in shipped else 0
        lines.append(
            t(
                "{topic}: pushed from {now} % on, as shipped {before} %",
                topic=esc(words.topic(t, topic)),
                now=round(100 * each.sure),
                before=before,
            )
        )
    return lines[:_MOST]


def _choice(ctx: Context, fit: Fit) -> Buttons:
    return (
        (
            Button(ctx.t("Use"), data=f"{Callback.LEARNING}:use:{fit.id}"),
            Button(ctx.t("Not now"), data=f"{Callback.LEARNING}:not:{fit.id}"),
        ),
    )


def _back(ctx: Context, fit: Fit) -> Buttons:
    return ((Button(ctx.t("Go back"), data=f"{Callback.LEARNING}:back:{fit.id}"),),)


async def state_lines(ctx: Context) -> tuple[list[str], Buttons]:
    """Whether what was learnt is used, and how far the next proposal is."""
    t = ctx.t
    async with ctx.services.store.read() as conn:
        used, newest = await fits.used(conn), await fits.newest(conn)
        count, left = await answers.count(conn), await commands.until_next(conn)
    lines = [t.n("{n} answer", "{n} answers", count)]
    if left > 0:
        lines[0] += " · " + t("next proposal after {n} more", n=t.number(left))
    if used is not None:
        when = t.time(used.at, ctx.tz, ctx.now)
        lines.append(t("What was learnt on {when} is used.", when=when))
        return lines, _back(ctx, used)
    if newest is not None and newest.state == "proposed":
        return [*lines, _proposal(ctx, newest)], _choice(ctx, newest)
    return lines, ()
