"""/stats: the week's alerts of this chat, by day and topic, by army, by place; as a picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Final

from bot.alerts import charts, words
from bot.alerts.digest import chart_of
from bot.chat.context import Context
from bot.chat.text import esc, pages
from bot.model.views import ChartView
from bot.store import digests
from filters.document import Document

__all__ = ["stats"]

_PLACES: Final = 5
_MOST_CAPTION: Final = 940  # and the name of the channel


async def stats(ctx: Context) -> None:
    """`/stats`: only what came to this very chat is counted, and nothing of others."""
    t, chat = ctx.t, ctx.chat
    if chat is None:
        await ctx.say(t("No alerts came here in the last 7 days."))
        return
    until = ctx.now + timedelta(seconds=1)  # what came this very moment counts
    async with ctx.services.store.read() as conn:
        view = await digests.chart(conn, chat, until)
        armies = await digests.armies(conn, chat, until)
    if view is None:
        await ctx.say(t("No alerts came here in the last 7 days."))
        return
    await ctx.start_job("stats", _show(ctx, view, armies))


async def _show(ctx: Context, view: ChartView, armies: dict[str, int]) -> None:
    assert ctx.chat is not None
    t = ctx.t
    chart = chart_of(view, partial(_places, ctx), lang=t.lang, tz=ctx.chat.tz)
    topics = Counter(topic for topic, _, _ in view.told)
    lines = [t.n("{n} story in 7 days", "{n} stories in 7 days", len(view.told))]
    lines += [
        f"{esc(words.topic(t, topic))}: {t.number(topics[topic])}"
        for topic in sorted(topics, key=words.topic_rank)
    ]
    named = [
        f"{esc(words.army(t, army) or t('army not named'))}: {t.number(n)}"
        for army, n in sorted(armies.items(), key=lambda pair: -pair[1])
    ]
    lines += ["", " · ".join(named)] if named else []
    places = [f"{esc(place, 40)} {t.number(n)}" for place, n in chart.places[:_PLACES]]
    lines += [t("Places: {names}", names=", ".join(places))] if places else []
    body = pages(lines)[0]
    # A picture cannot be veiled, and says in large type what is watched for.
    if charts.available() and not ctx.discreet and len(body) < _MOST_CAPTION:
        await ctx.show_chart(chart, body)
    else:
        await ctx.say(body)


def _places(ctx: Context, text: str) -> Iterator[tuple[str, str]]:
    reader = ctx.services.reader
    for mention in reader.analyse(Document(text=text)).mentions:
        known = reader.entities.get(mention.id)
        if known is not None and known.kind == "place":
            titles = known.titles
            yield mention.id, titles.get(ctx.t.lang) or next(iter(titles.values()), mention.id)
