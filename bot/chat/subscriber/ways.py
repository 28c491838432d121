"""How loudly a topic comes: urgent, normal, silent, in the digest."""

from __future__ import annotations

from collections.abc import Mapping

from bot.alerts import words
from bot.alerts.volume import STAGES, way_of
from bot.callbacks import Callback
from bot.chat.context import Context
from bot.chat.text import Buttons, esc, rows
from bot.commands import subscriptions
from bot.i18n import Translator, msg
from bot.model import Chat, Subscription, Way
from bot.model.rendered import Button
from bot.store import chats

__all__ = ["described", "way_pressed"]

_WAYS: Mapping[Way, str] = {
    Way.URGENT: msg("urgent"),
    Way.NORMAL: msg("normal"),
    Way.SILENT: msg("silent"),
    Way.DIGEST: msg("digest"),
}


async def way_pressed(ctx: Context, value: str) -> None:
    """`<topic>` opens; `<topic>:=<way>` sets all; `<topic>:<stage>` goes on to the next way."""
    topic, _, what = value.partition(":")
    sub = None if ctx.chat is None else await _subscription(ctx, ctx.chat, topic)
    if ctx.chat is None or sub is None:
        await ctx.out_of_date()
        return
    ways = dict(sub.ways)
    if what.startswith("=") and what[1:] in list(Way):
        ways = {"": Way(what[1:])}
    elif what in STAGES:
        order = list(Way)
        now = way_of(sub, what)
        ways[what] = order[(order.index(now) + 1) % len(order)]
    if ways != sub.ways:
        await subscriptions.set_ways(ctx.backend, ctx.call(), topic, ways)
        sub = await _subscription(ctx, ctx.chat, topic) or sub
    await ctx.toast()
    await ctx.change(*_ways_page(ctx, sub))


def _ways_page(ctx: Context, sub: Subscription) -> tuple[str, Buttons]:
    """How alerts of one topic come."""
    t, topic = ctx.t, sub.topic
    body = "\n".join(
        [
            f"<b>{esc(words.topic(t, topic))}</b>",
            t("How should it come?"),
            t("urgent: with sound, also at night; normal: with sound;"),
            t("silent: at once, without sound; digest: together, at a time you choose."),
        ]
    )
    data = f"{Callback.WAY}:{topic}"
    whole = tuple(
        Button(("✓ " if _is_whole(sub, way) else "") + t(_WAYS[way]), data=f"{data}:={way}")
        for way in Way
    )
    stages = [
        Button(f"{words.stages(t, stage)}: {t(_WAYS[way_of(sub, stage)])}", data=f"{data}:{stage}")
        for stage in STAGES
    ]
    last = (
        Button("‹ " + t("Topics"), data=f"{Callback.TOPIC}:<"),
        Button(t("Narrow ›"), data=f"{Callback.NARROW}:{topic}"),
    )
    return body, (whole[:2], whole[2:], *rows(stages, 2), last)


def described(t: Translator, sub: Subscription) -> str:
    """`urgent, verdicts in the digest`, "" where nothing was chosen."""
    chosen = sub.ways.get("", Way.NORMAL)
    parts = [] if chosen is Way.NORMAL else [t(_WAYS[chosen])]
    parts += [
        f"{words.stages(t, stage)}: {t(_WAYS[way])}"
        for stage, way in sub.ways.items()
        if stage in STAGES
    ]
    return ", ".join(parts)


def _is_whole(sub: Subscription, way: Way) -> bool:
    return sub.ways.get("", Way.NORMAL) is way


async def _subscription(ctx: Context, chat: Chat, topic: str) -> Subscription | None:
    async with ctx.services.store.read() as conn:
        subs = await chats.subscriptions(conn, chat.id)
    return next((each for each in subs if each.topic == topic), None)
