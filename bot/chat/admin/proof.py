"""What a filter would have caught in the last week, as an answer for an admin."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import timedelta

from bot.alerts.snippet import Pieces, snippet
from bot.chat.context import Context
from bot.chat.text import code, cut, esc, pages
from bot.i18n import Translator
from bot.ingest.archive import Backtest, SearchHit
from bot.store import chats
from filters.document import TEXT, TITLE, Span
from filters.entities import Entity
from filters.entities.offers import offers
from filters.nodes import Entity as Named
from filters.query import Query, describe
from filters.relaxed import nearly
from filters.texts import say

__all__ = ["SLOW", "example", "marked", "mentions", "proof"]

_SNIPPETS = 3
WEEK = timedelta(days=7)
_SNIPPET = 240
_NEAR_MISSES = 2
_FEWEST_TOO_MANY = 50  # hits a week, and
_TOO_BROAD = 0.1  # the share of all posts, beyond which a filter is called broad
SLOW = 0.0005
"""Seconds of CPU for each post that arrives: more than all filters together may take."""
_YEAR = timedelta(days=365)
_MOST_READ = 2_000  # posts of the year: all that are read wait in the one thread that matches


async def proof(
    ctx: Context, topic: str, query: Query, without: str = "", typed: str = ""
) -> list[str]:
    """Understood, hits of seven days, what is new, whom it concerns: pages of HTML.

    `without` is the filter's own key, where it is at work already; of words `typed` that name
    a unit, an article or a court, its id is offered.
    """
    t = ctx.t
    found = await ctx.services.pipeline.backtest(
        query, topic, ctx.now - WEEK, without=without, examples=_SNIPPETS
    )
    async with ctx.services.store.read() as conn:
        followers = await chats.count_subscribers(conn, topic) if topic else 0
    lines = [t("Understood: {words}.", words=esc(cut(describe(query, t.lang), 800)))]
    lines += [esc(say(t.lang, hint)) for hint in query.hints]
    lines += [
        t(
            "“{words}” finds these words; {id} finds it however it is written.",
            words=esc(typed[offer.start : offer.end], 60),
            id=code(offer.pattern),
        )
        for offer in offers(typed)
    ]
    if not found.items:
        return pages([*lines, t("No items yet in the last 7 days: nothing to prove it on.")])
    lines.append(_counted(t, found))
    lines += await _warnings(ctx, query, found)
    lines += [example(n, hit) for n, hit in enumerate(found.new, start=1)]
    lines += await _near_misses(ctx, query)
    if found.hits > found.caught and topic:
        lines.append(
            t(
                "{chats}: about +{n} a week.",
                chats=t.n("{n} chat", "{n} chats", followers),
                n=t.number(found.stories),
            )
        )
    return pages(lines)


async def _warnings(ctx: Context, query: Query, found: Backtest) -> list[str]:
    """That it is slow, finds too much, or never anything."""
    t = ctx.t
    amounts = await _amounts(ctx, query, found)
    spent = await ctx.services.pipeline.archive.cost(query, ctx.now - WEEK)
    if spent <= SLOW:
        return amounts
    n = t.number(round(1000 * spent, 1))
    slow = t(
        "Slow: {n} ms of work for each post that arrives. A rarer word that must occur makes it"
        " fast.",
        n=n,
    )
    return [slow, *amounts]


async def _amounts(ctx: Context, query: Query, found: Backtest) -> list[str]:
    t = ctx.t
    if found.hits > _FEWEST_TOO_MANY and found.hits > _TOO_BROAD * found.items:
        share = t.number(round(100 * found.hits / found.items))
        return [t("That is {share} % of all posts: too broad?", share=share)]
    if found.hits:
        return []
    last = await ctx.services.pipeline.archive.search(
        query, ctx.now - _YEAR, ctx.now - WEEK, limit=1, read=_MOST_READ
    )
    if not last.hits and last.candidates >= _MOST_READ:
        n = t.number(_MOST_READ)
        return [t("Nor in the newest {n} posts that may match: is there a slip in it?", n=n)]
    if not last.hits:
        return [t("Nor in the archive of a year: is there a slip in it?")]
    at = last.hits[0].item.published or last.hits[0].item.seen_at
    return [t("The last one came {when}.", when=t.time(at, ctx.tz, near=ctx.now))]


async def _near_misses(ctx: Context, query: Query) -> list[str]:
    """Posts of the week that lack one of its conditions: an exclusion, a distance, a word."""
    shown: dict[int, SearchHit] = {}
    for each in nearly(query):
        found = await ctx.services.pipeline.archive.search(
            each, ctx.now - WEEK, limit=1, read=_MOST_READ
        )
        shown |= {hit.item.id: hit for hit in found.hits}
        if len(shown) >= _NEAR_MISSES:
            break
    if not shown:
        return []
    return [ctx.t("Nearly:"), *(f"≈ {quoted(hit)}" for hit in shown.values())]


async def mentions(ctx: Context, entity: Entity) -> list[str]:
    """Where an entity, stored or not, was named in the last seven days: lines of HTML."""
    t = ctx.t
    found = await ctx.services.pipeline.backtest(
        Query(Named(entity.id)), None, ctx.now - WEEK, examples=_SNIPPETS, more=(entity,)
    )
    if not found.items:
        return [t("No items yet in the last 7 days: nothing to prove it on.")]
    return [
        _counted(t, found, alone=True),
        *(example(n, hit) for n, hit in enumerate(found.new, start=1)),
    ]


def _counted(t: Translator, found: Backtest, *, alone: bool = False) -> str:
    values = {
        "sources": t.n("{n} source", "{n} sources", found.sources),
        "hits": t.n("{n} hit", "{n} hits", found.hits),
    }
    if alone or not found.hits:
        return t("7 days, {sources}: {hits}.", **values)
    caught, new = t.number(found.caught), t.number(found.hits - found.caught)
    return t(
        "7 days, {sources}: {hits}; {caught} already caught, {new} new.",
        caught=caught,
        new=new,
        **values,
    )


def example(n: int, hit: SearchHit) -> str:
    """A hit as a line: its number, the sentence with what was found in bold, the source."""
    return f"{n} {quoted(hit)}"


def quoted(hit: SearchHit) -> str:
    """Its sentence with what was found in bold, and the source."""
    field, start, end = hit.sentence
    text = hit.item.title if field == TITLE else hit.item.text
    found = [(first, last) for where, first, last in hit.spans if where == field]
    quote = _html(snippet(text, (start, end), found, _SNIPPET))
    return f"«{quote}» {esc(hit.source.title, 40)}"


def marked(text: str, spans: Sequence[Span], most: int = _SNIPPET) -> str:
    """As much of a text as `most` letters hold around what was found, that in bold."""
    found = [(span.start, span.end) for span in spans if span.field == TEXT]
    return _html(snippet(text, (0, len(text)), found, most))


def _html(pieces: Pieces) -> str:
    parts = ((html.escape(text, quote=False), bold) for text, bold in pieces)
    return "".join(f"<b>{text}</b>" if bold else text for text, bold in parts)
