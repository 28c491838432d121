"""`vigil search`: the archive of the bot's database, in the filter language."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from rich.console import Console
from rich.text import Text

from bot.alerts.snippet import snippet
from bot.cli.exit_codes import MISUSED, ends_in_exit_code, fail, say
from bot.cli.readers import warn_of_unknown_ids
from bot.clock import SystemClock
from bot.ingest.archive import MOST_READ, Archive, Order, Results, SearchHit
from bot.ingest.matcher import Matcher
from bot.settings import load
from bot.store import Store, entities, groups
from filters.document import TITLE
from filters.query import Query, QueryError, describe, parse
from filters.reading import load_reader

__all__ = ["search"]

_MAX_WIDTH = 100
_SPAN = re.compile(r"(\d{1,5})([dwmy])")
_DAYS: Mapping[str, int] = {"d": 1, "w": 7, "m": 30, "y": 365}
_ALL = datetime(1970, 1, 1, tzinfo=UTC)


@ends_in_exit_code
def search(
    expression: str,
    since: str,
    until: str,
    *,
    best: bool,
    limit: int,
    skip: int,
    as_json: bool,
    whole: bool = False,
) -> int:
    """Print what the archive holds; 0, 1 when nothing was found, 2 for a query or date amiss."""
    now = SystemClock().now()
    try:
        begin, end = _moment(since, now) or _ALL, _moment(until, now)
    except ValueError as error:
        say(f"vigil: {error}")
        return MISUSED
    most = None if whole else max(MOST_READ, skip + limit + 1)
    asked = _Asked(begin, end, Order.BEST if best else Order.NEWEST, limit, skip, most)
    try:
        query, results = asyncio.run(_find(load(os.environ).settings.database, expression, asked))
    except QueryError as error:
        say(f"vigil: {error.message('en')}")
        return MISUSED
    if most is not None and results.candidates >= most and not results.more:
        say(f"Only the newest {most} posts that may match were read: --all reads every one.")
    if as_json:
        for hit in results.hits:
            print(json.dumps(_row(hit), ensure_ascii=False))
    else:
        _show(query, results, skip)
    return 0 if results.hits else 1


@dataclass(frozen=True, slots=True)
class _Asked:
    """`most` is how many posts may be read, None: all that may match."""

    begin: datetime
    end: datetime | None
    order: Order
    limit: int
    skip: int
    most: int | None


async def _find(url: str, expression: str, asked: _Asked) -> tuple[Query, Results]:
    """What the database holds. Raises QueryError and StoreError."""
    reader = load_reader()
    store = await Store.open_to_read(url)
    matcher = Matcher(reader)
    try:
        async with store.read() as conn:
            stored = await entities.list_all(conn)
            named = [each.entity for each in stored if not each.is_off]
            own = await groups.all_words(conn)
        await matcher.take_up([], named, 1, own)
        query = parse(expression, reader.groups)
        warn_of_unknown_ids(query, reader)
        archive = Archive(store, matcher)
        left = await archive.unindexed()
        if left:
            say(f"{left} of the posts are not indexed yet; a running bot catches up.")
        return query, await archive.search(
            query,
            asked.begin,
            asked.end,
            limit=asked.limit,
            skip=asked.skip,
            order=asked.order,
            indexed=True,
            read=asked.most,
        )
    finally:
        matcher.close()
        await store.close()


def _moment(written: str, now: datetime) -> datetime | None:
    """`30d`, `2w`, `6m`, `1y` ago, or the beginning of a date (UTC); None for nothing."""
    if not written:
        return None
    if span := _SPAN.fullmatch(written.lower()):
        return now - timedelta(days=int(span[1]) * _DAYS[span[2]])
    try:
        day = datetime.strptime(written, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise ValueError(
            f"“{written}” is neither a time (30d, 2w, 6m, 1y) nor a date (2026-11-28)"
        ) from None
    return datetime.combine(day, time(), UTC)


def _row(hit: SearchHit) -> dict[str, Any]:
    item = hit.item
    return {
        "id": item.id,
        "source": hit.source.title,
        "url": item.url,
        "published": (item.published or item.seen_at).isoformat(),
        "title": item.title,
        "text": item.text,
        "spans": [list(span) for span in hit.spans],
    }


def _show(query: Query, results: Results, skip: int) -> None:
    if not results.hits:
        fail(f"nothing found. Understood: {describe(query, 'en')}.")
        return
    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    console.width = min(console.width, _MAX_WIDTH)
    for number, hit in enumerate(results.hits, start=skip + 1):
        at = hit.item.published or hit.item.seen_at
        head = f"{number}. {at:%Y-%m-%d %H:%M} UTC · {hit.source.title}"
        console.print(Text.assemble((head, "bold"), f"  {hit.item.url}"))
        field, start, end = hit.sentence
        found = [(a, b) for where, a, b in hit.spans if where == field]
        text = hit.item.title if field == TITLE else hit.item.text
        pieces = snippet(text, (start, end), found)
        console.print(Text.assemble("   ", *((t, "bold yellow" if b else "") for t, b in pieces)))
    if results.more:
        say(f"There are more: --skip {skip + len(results.hits)}")
