"""/search: the archive in the filter language, a page at a time; /last: what came of a topic."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from bot.alerts.snippet import Pieces, snippet
from bot.callbacks import Callback
from bot.chat.context import Context
from bot.chat.subscriber.known_names import read_known
from bot.chat.subscriber.topics import find_topic, no_such_topic
from bot.chat.text import Buttons, cut, esc
from bot.i18n import Translator
from bot.ingest.archive import MOST_READ, Order, Results, SearchHit
from bot.model.rendered import Button
from bot.store import archive, chats
from bot.urls import safe_url, short_url
from filters.document import TITLE
from filters.query import Query, describe, parse

__all__ = ["days_and_rest", "last", "search", "shown", "turn"]

_KIND: Final = "search"
_SHOWN: Final = 5
_LONGEST_SNIPPET: Final = 240
_USUAL_DAYS: Final = 30
_CHOICES: Final = (7, 30, 365)
_MOST_DAYS: Final = 3_650
_KEPT_HOURS: Final = 24.0
# `/search 90d отказ*`, or the days behind: people write both.
_DAYS: Final = re.compile(r"(?:^|(?<=\s))(\d{1,4})\s?(?:d|д|дн|дней|днів)(?=\s|$)", re.IGNORECASE)


async def search(ctx: Context) -> None:
    """`/search [30d] words`: what the archive holds of it, newest first."""
    t = ctx.t
    days, expression = days_and_rest(ctx.args)
    if not expression:
        await ctx.say(t("Words behind it, in any form: /search 90d Чита (суд, военком*)"))
        return
    if await read_known(ctx, expression) is None:
        return
    asked = {"expression": expression, "days": days, "skip": 0, "best": False}
    await ctx.start_job("search", _answer(ctx, asked))


async def turn(ctx: Context, value: str) -> None:
    """A page, an order or a span of days was pressed under an answer."""
    _, _, token = value.partition(":")
    asked = await ctx.take(token, _KIND)
    if asked is None:
        await ctx.out_of_date()
        return
    await ctx.toast()
    body, buttons = await _page(ctx, asked)
    await ctx.change(body, buttons)


async def last(ctx: Context) -> None:
    """`/last [topic]`: the newest posts of a topic, or of all that come here."""
    known = ctx.services.reader.topics
    if ctx.args:
        topic, _ = find_topic(known, ctx.args)
        if topic is None:
            await ctx.say(no_such_topic(ctx))
            return
        wanted = [topic]
    else:
        async with ctx.services.store.read() as conn:
            subs = await chats.subscriptions(conn, ctx.chat.id) if ctx.chat else []
        wanted = [each.topic for each in subs] or list(known)
    await ctx.say(*await _page(ctx, {"topics": wanted}))


async def _answer(ctx: Context, asked: Mapping[str, Any]) -> None:
    work = _page(ctx, asked)
    await ctx.say(*await ctx.patiently(work, ctx.t("Searching the archive…")))


async def _page(ctx: Context, asked: Mapping[str, Any]) -> tuple[str, Buttons]:
    """A page of what was asked, with the buttons of its neighbours."""
    if "topics" in asked:
        async with ctx.services.store.read() as conn:
            found = await archive.last_matched(conn, asked["topics"], _SHOWN)
        hits = [SearchHit(e.item, e.source, spans, sentence) for e, spans, sentence in found]
        return "\n".join(_lines(ctx, hits)).strip() or ctx.t("Nothing yet."), ()
    query = parse(asked["expression"], ctx.services.reader.groups)
    skip, days, best = int(asked["skip"]), int(asked["days"]), bool(asked["best"])
    results = await ctx.services.pipeline.archive.search(
        query,
        ctx.now - timedelta(days=days),
        limit=_SHOWN,
        skip=skip,
        order=Order.BEST if best else Order.NEWEST,
        read=MOST_READ,
    )
    lines = [*_head(ctx.t, query, results, days, skip), *_lines(ctx, results.hits)]
    if results.candidates >= MOST_READ and not results.more:
        n = ctx.t.number(MOST_READ)
        lines += ["", ctx.t("Only the newest {n} posts that may match were read.", n=n)]
    return "\n".join(lines), await _buttons(ctx, asked, results)


def _head(t: Translator, query: Query, results: Results, days: int, skip: int) -> list[str]:
    understood = esc(cut(describe(query, t.lang), 300))
    span = t.n("last {n} day", "last {n} days", days)
    if not results.hits:
        return [t("Nothing in the {span}: {words}.", span=span, words=understood)]
    first, until = skip + 1, skip + len(results.hits)
    which = f"{first}" if first == until else f"{first}–{until}"
    return [f"<b>{which}</b> · {span} · {understood}"]


def _lines(ctx: Context, hits: Sequence[SearchHit]) -> list[str]:
    return [line for hit in hits for line in ("", *shown(ctx, hit))]


def shown(ctx: Context, hit: SearchHit) -> list[str]:
    """Date and source; the sentence in a quotation; the address."""
    item, t = hit.item, ctx.t
    when = t.time(item.published or item.seen_at, ctx.tz, near=ctx.now)
    field, start, end = hit.sentence
    text = item.title if field == TITLE else item.text
    found = [(first, last_) for where, first, last_ in hit.spans if where == field]
    quote = _html(snippet(text, (start, end), found, _LONGEST_SNIPPET))
    lines = [f"{when} · {esc(hit.source.title, 40)}", f"<blockquote>{quote}</blockquote>"]
    if url := safe_url(item.url):
        lines.append(f'<a href="{html.escape(url)}">{html.escape(short_url(url))}</a>')
    return lines


def _html(pieces: Pieces) -> str:
    parts = ((html.escape(text, quote=False), bold) for text, bold in pieces)
    return "".join(f"<b>{text}</b>" if bold else text for text, bold in parts)


async def _buttons(ctx: Context, asked: Mapping[str, Any], results: Results) -> Buttons:
    """Newer and older; newest or closest; another span of days. Each with a token of its own."""
    t, skip = ctx.t, int(asked["skip"])
    turns: list[Button] = []
    if skip:
        turns.append(await _button(ctx, "‹", {**asked, "skip": max(0, skip - _SHOWN)}))
    if results.more:
        turns.append(await _button(ctx, "›", {**asked, "skip": skip + _SHOWN}))
    rows = [tuple(turns)] if turns else []
    if results.hits and (results.more or skip or len(results.hits) > 1):
        other = not asked["best"]
        label = t("Closest first") if other else t("Newest first")
        rows.append((await _button(ctx, label, {**asked, "best": other, "skip": 0}),))
    spans = [
        await _button(ctx, t.n("{n} day", "{n} days", n), {**asked, "days": n, "skip": 0})
        for n in _CHOICES
        if n != asked["days"] and (n > asked["days"] or results.hits)
    ]
    return (*rows, tuple(spans)) if spans else tuple(rows)


async def _button(ctx: Context, label: str, asked: Mapping[str, Any]) -> Button:
    return Button(label, data=_data("go", await ctx.draft(_KIND, asked, _KEPT_HOURS)))


def _data(action: str, token: str) -> str:
    return f"{Callback.SEARCH}:{action}:{token}"


def days_and_rest(typed: str) -> tuple[int, str]:
    """The days asked for (30 without), and the words."""
    found = _DAYS.search(typed)
    if found is None:
        return _USUAL_DAYS, typed.strip()
    rest = f"{typed[: found.start()]} {typed[found.end() :]}".strip()
    return min(max(int(found[1]), 1), _MOST_DAYS), rest
