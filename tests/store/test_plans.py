"""How the databases find what is asked of a large one: by an index, never by reading all rows.

The plans are those of empty tables. SQLite plans by the form of a query where nothing was ANALYZEd,
as nothing is here; PostgreSQL is kept from reading a table through, and must find another way.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import MessageState
from bot.store import (
    Store,
    archive,
    due_messages,
    item_counts,
    item_pages,
    items,
    message_counts,
    vitals,
)
from filters.selection import Words
from tests.support.clock import ManualClock

Ask = Callable[[AsyncConnection, ManualClock], Awaitable[Any]]
LARGE = "items|revisions|messages|notices|archive|story_keys|stories"
# A line that reads a whole table. Allowed is to go along an index that holds all that is asked, or
# that holds a few rows of messages only.
_FEW = "COVERING INDEX|INDEX ix_messages_(unsent|stale|dead|next_try_at|fold_at|delete_at)"
WHOLE = {
    "sqlite": rf"^SCAN ({LARGE})\b(?! USING ({_FEW}))|^SEARCH ({LARGE})$",
    "postgresql": rf"Seq Scan on ({LARGE})\b",
}
ASKED: dict[str, Ask] = {
    "/health, items of a day": lambda conn, clock: item_counts.count_by_source(
        conn, _ago(clock, 1)
    ),
    "/health, all items": lambda conn, _: item_counts.count(conn),
    "/health, messages": lambda conn, _: message_counts.totals(conn),
    "/status": lambda conn, clock: vitals.look(conn, clock.now()),
    "what is matched again": lambda conn, clock: item_pages.older(conn, 3, _ago(clock, 7), 5),
    "items of late": lambda conn, clock: item_pages.recent(conn, _ago(clock, 7), 5),
    "an address": lambda conn, _: items.at_keys(conn, 1, ["https://a.example/"]),
    "a search": lambda conn, clock: archive.find(conn, Words(("суд",), False), _ago(clock, 30)),
    "a backtest's share": lambda conn, clock: archive.count(conn, _ago(clock, 7)),
    "stories of topics": lambda conn, clock: item_counts.count_stories_by_topic(
        conn, _ago(clock, 7)
    ),
    "what is due": lambda conn, clock: due_messages.due(conn, clock.now(), 300, busy=[1, 2]),
    "when something is due": lambda conn, clock: due_messages.next_due(conn, clock.now()),
}


def _ago(clock: ManualClock, days: int) -> Any:
    return clock.now() - timedelta(days=days)


@pytest.mark.parametrize("name", ASKED)
async def test_no_question_of_a_large_database_reads_a_whole_table(
    store: Store, clock: ManualClock, name: str
) -> None:
    """At 500,000 items what reads them all takes a second; what an index finds takes none."""
    seen: list[tuple[str, Any]] = []

    def note(*call: Any) -> None:
        seen.append((call[2], call[3]))

    async with store.read() as conn:
        if store.dialect == "postgresql":
            await conn.exec_driver_sql("SET LOCAL enable_seqscan = off")
        event.listen(conn.sync_connection, "before_cursor_execute", note)
        await ASKED[name](conn, clock)
        event.remove(conn.sync_connection, "before_cursor_execute", note)
        word = "EXPLAIN QUERY PLAN" if store.dialect == "sqlite" else "EXPLAIN"
        plans = {
            text: [str(row[-1]) for row in await conn.exec_driver_sql(f"{word} {text}", values)]
            for text, values in seen
            if text.startswith("SELECT") and "FROM" in text
        }
    whole = [
        (line, text)
        for text, lines in plans.items()
        for line in lines
        if re.search(WHOLE[store.dialect], line)
    ]

    assert plans
    assert whole == []


async def test_totals_are_the_counts_in_few_words(store: Store, clock: ManualClock) -> None:
    """Every state is in one of the three numbers."""
    states = list(MessageState)
    async with store.write() as conn:
        await conn.exec_driver_sql(
            "INSERT INTO chats (id, telegram_id, type, created_at)"
            " VALUES (1, 1, 'private', '2026-01-01 00:00:00')"
        )
        for state in states:
            await conn.exec_driver_sql(
                "INSERT INTO messages (chat_id, state, created_at)"
                f" VALUES (1, '{state}', '2026-01-01 00:00:00')"
            )
        totals = await message_counts.totals(conn)
        counts = await message_counts.counts(conn)

    waiting = ("queued", "sending", "retry", "unknown")
    assert counts == dict.fromkeys(states, 1)
    assert totals == message_counts.Totals(waiting=len(waiting), sent=len(states) - 5, dead=1)
