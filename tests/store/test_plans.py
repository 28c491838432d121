"""What is asked every moment reads an index, not every row ever written."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from bot.store import Store, alerts, inbox, messages, posts, sources
from tests.support.clock import ManualClock


@pytest.mark.parametrize("asked", ["due", "next_due", "open_causes", "pending", "sources", "posts"])
async def test_polled_queries_scan_no_table(sqlite_store: Store, clock: ManualClock, asked: str):
    """The bot does not slow down with its history."""
    asks = {
        "due": lambda conn: messages.due(conn, clock.now(), 30),
        "next_due": lambda conn: messages.next_due(conn, clock.now()),
        "open_causes": lambda conn: alerts.open_causes(conn, 10),
        "pending": lambda conn: inbox.pending(conn, 10),
        "posts": lambda conn: posts.due(conn, clock.now()),
        "sources": lambda conn: sources.due(conn, clock.now()),
    }
    statements = []

    @event.listens_for(sqlite_store._readers.sync_engine, "before_cursor_execute")
    def note(_conn, _cursor, statement, parameters, _context, _many):
        statements.append((statement, parameters))

    async with sqlite_store.read() as conn:
        await asks[asked](conn)
        steps = []
        for statement, parameters in [s for s in statements if s[0].startswith("SELECT")]:
            explained = await conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps += [row[3] for row in explained]

    assert [step for step in steps if "INDEX" in step]
    if asked == "posts":
        assert [step for step in steps if "ix_posts_next_look" in step]
    assert [
        s
        for s in steps
        if s.startswith(
            (
                "SCAN messages",
                "SCAN causes",
                "SCAN inbox",
                "SCAN sources",
                "SCAN chats",
                "SCAN posts",
            )
        )
        and "INDEX" not in s
    ] == []
