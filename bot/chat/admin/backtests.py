"""/backtest: what a filter would have found, as counts, a picture, examples and a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from bot.alerts import charts
from bot.alerts.digest import is_dark
from bot.chat.admin.proof import example
from bot.chat.context import Context
from bot.chat.meanings import read_query
from bot.chat.subscriber.searching import days_and_rest
from bot.chat.text import code, cut, esc, pages
from bot.ingest.archive import Backtest, Progress, SearchHit
from bot.model import ChatMode
from bot.model.rendered import Chart
from bot.store import archive, filters
from bot.store.filters import FilterState
from bot.urls import safe_url
from filters.document import TITLE
from filters.query import Query, describe

__all__ = ["backtest", "of_filter"]

_EXAMPLES: Final = 3
_TABLE: Final = 5_000  # hits in the file, newest first
_BY_WEEK: Final = 62  # days; beyond them a bar is a week
_ROUNDED: Final = timedelta(days=1)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # which a spreadsheet would compute


async def backtest(ctx: Context) -> None:
    """`/backtest <query> [30d]`, `/backtest f12 [30d]`."""
    days, expression = days_and_rest(ctx.args)
    await _test(ctx, expression, days)


async def of_filter(ctx: Context, rest: str) -> None:
    """`/filter backtest f12 [30d]`: the same."""
    days, expression = days_and_rest(rest)
    await _test(ctx, expression, days)


async def _test(ctx: Context, typed: str, days: int) -> None:
    """Reads a query, or a filter by its id; answers when the archive is read."""
    t = ctx.t
    if not typed:
        words = code("/backtest самовольн* NEAR/3 оставлен* 30d")
        await ctx.say(t("A filter and how many days back, as in {example}", example=words))
        return
    async with ctx.services.store.read() as conn:
        stored = await filters.get(conn, typed.lower())
    there = stored is not None and stored.state is not FilterState.REMOVED
    expression = stored.expression if stored is not None and there else " ".join(typed.split())
    query = await read_query(ctx, expression, kept=there)
    if query is None:
        return
    await ctx.start_job("backtest", _answer(ctx, expression, query, days))


async def _answer(ctx: Context, expression: str, query: Query, days: int) -> None:
    t = ctx.t
    since = ctx.now - timedelta(days=days)
    progress = Progress()
    work = ctx.services.pipeline.archive.backtest(
        query, None, since, examples=_TABLE, progress=progress
    )
    reading = t.n("Reading the last {n} day…", "Reading the last {n} days…", days)
    found = await ctx.patiently(work, reading, progress)
    async with ctx.services.store.read() as conn:
        begins = await archive.oldest(conn, since)
    lines = _counted(ctx, query, found, days, begins)
    if found.hits:
        lines += ["", *(example(n, hit) for n, hit in enumerate(found.new[:_EXAMPLES], start=1))]
    # Pictures and files cannot stand behind Show.
    hidden = ctx.chat is not None and ctx.chat.mode is ChatMode.QUIET and ctx.place.private
    if found.hits and hidden:
        lines += ["", t("A picture and a table come in Normal only: /normal.")]
    await ctx.say_all(pages(lines))
    if not found.hits or hidden:
        return
    if charts.available():
        await ctx.show_chart(_chart(ctx, found, since.date(), days), code(cut(expression, 200)))
    await _send_table(ctx, found)


def _counted(
    ctx: Context, query: Query, found: Backtest, days: int, begins: datetime | None
) -> list[str]:
    """How much was found, in how many stories, how often."""
    t = ctx.t
    span = t.n("last {n} day", "last {n} days", days)
    lines = [
        f"<b>{t('Backtest, {span}', span=span)}</b>",
        t("Understood: {words}.", words=esc(cut(describe(query, t.lang), 800))),
    ]
    if not found.items or begins is None:
        return [*lines, t("The archive holds nothing of these days.")]
    read = t(
        "Read: {items} of {sources}.",
        items=t.n("{n} post", "{n} posts", found.items),
        sources=t.n("{n} source", "{n} sources", found.sources),
    )
    covered = timedelta(days=days)
    if ctx.now - begins < covered - _ROUNDED:
        covered = max(ctx.now - begins, _ROUNDED)
        read += " " + t("The archive begins on {day}.", day=t.day(begins, ctx.tz))
    if not found.hits:
        return [*lines, read, t("It finds none of them.")]
    hits = t.n("{n} hit", "{n} hits", found.hits)
    stories = t.n("{n} story", "{n} stories", found.stories)
    lines += [read, f"<b>{hits}, {stories}</b>"]
    if covered >= timedelta(weeks=1):
        week = t.number(round(found.stories * (timedelta(weeks=1) / covered), 1))
        lines.append(t("Stories a week: about {n}.", n=week))
    day, most = max(found.days, key=lambda pair: pair[1])
    if len(found.days) > 1:
        when = t.date(date.fromisoformat(day))
        lines.append(t("Most in one day: {n}, on {day}.", n=most, day=when))
    return lines


def _chart(ctx: Context, found: Backtest, first: date, days: int) -> Chart:
    """Hits a day, or a week where there are many days; days without any stand as nothing."""
    t, by_day = ctx.t, {date.fromisoformat(day): n for day, n in found.days}
    step = 7 if days > _BY_WEEK else 1
    last = max([ctx.now.date(), *by_day])
    starts = [first + timedelta(days=n) for n in range(0, (last - first).days + 1, step)]
    counts = tuple(
        sum(by_day.get(start + timedelta(days=n), 0) for n in range(step)) for start in starts
    )
    span = {"since": t.date(first), "until": t.date(last)}
    weekly = step > 1
    return Chart(
        title=t("Hits a week, {since} – {until}", **span)
        if weekly
        else t("Hits a day, {since} – {until}", **span),
        days=tuple(t.date(day) for day in starts),
        topics=(("", counts),),
        places_title="",
        places=(),
        dark=is_dark(ctx.now, ctx.tz),
    )


async def _send_table(ctx: Context, found: Backtest) -> None:
    t = ctx.t
    shown = min(found.hits, _TABLE)
    caption = t.n("{n} hit as a table", "{n} hits as a table", shown)
    if shown < found.hits:
        caption += ", " + t("the newest of {n}", n=t.number(found.hits))
    name = f"vigil-backtest-{ctx.now:%Y-%m-%d}.csv"
    await ctx.send_file(name, _table(found.new), caption)


def _table(hits: Sequence[SearchHit]) -> bytes:
    """CSV in UTF-8 with the mark by which spreadsheets know it; times in UTC."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["published", "source", "title", "sentence", "url", "story", "item"])
    for hit in hits:
        item, (field, start, end) = hit.item, hit.sentence
        text = item.title if field == TITLE else item.text
        writer.writerow(
            [
                (item.published or item.seen_at).strftime("%Y-%m-%d %H:%M"),
                _cell(hit.source.title),
                _cell(item.title),
                _cell(" ".join(text[start:end].split())),
                safe_url(item.url) or "",
                item.story_id or "",
                item.id,
            ]
        )
    return out.getvalue().encode("utf-8-sig")


def _cell(text: str) -> str:
    """A stranger's text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
