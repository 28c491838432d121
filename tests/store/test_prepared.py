"""A statement prepared for SQLite does what it does as any other."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bot.store import Store
from bot.store import schema as s
from bot.store.prepared import Prepared

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

_ASKED = sa.select(s.sources, s.sources.c.id.label("again")).where(
    s.sources.c.address.in_(sa.bindparam("at", expanding=True)),
    s.sources.c.added_at <= sa.bindparam("until"),
    s.sources.c.state == "active",
)
_ADDED = sa.insert(s.sources).returning(s.sources.c.id, s.sources.c.identity)
_MOVED = (
    sa.update(s.sources)
    .where(s.sources.c.identity == sa.bindparam("of"))
    .values(address=sa.bindparam("to"), failures=s.sources.c.failures + 1)
)


def _source(n: int) -> dict[str, Any]:
    times = [NOW, datetime(2026, 1, 1, 0, 0, 0, 5, tzinfo=UTC), None]
    return {
        "transport": "feed",
        "address": f"https://{n % 3}.example/\ud800\0",
        "identity": f"s{n}",
        "title": "x",
        "kind": "media",
        "lang": "ru",
        "added_at": NOW,
        "next_due": times[n % 3],
        "headers": {"a": ["ї"]} if n % 2 else None,
        "rate": n / 7,
    }


async def test_rows_and_effects_are_those_of_the_statement(store: Store) -> None:
    """Inserts of one and of many, updates, and questions with lists of any length."""
    add, move, ask = (
        Prepared(lambda _: _ADDED),
        Prepared(lambda _: _MOVED),
        Prepared(lambda _: _ASKED),
    )
    async with store.write() as conn:
        first = await add.each(conn, [_source(0)])
        made = await add.each(conn, [_source(n) for n in range(1, 9)])
        moves = [{"of": f"s{n}", "to": "moved"} for n in (2, 3)]
        assert await move.each(conn, moves) == []

        assert sorted(row.identity for row in (*first, *made)) == [f"s{n}" for n in range(9)]
        for at in ([], ["moved"], ["moved", "https://1.example/\ud800\0"], ["nowhere"]):
            values = {"at": at, "until": NOW}
            found = [tuple(row) for row in await ask(conn, values)]
            assert found == [tuple(row) for row in await conn.execute(_ASKED, values)]
            assert {row.failures for row in await ask(conn, {"at": ["moved"], "until": NOW})} == {1}


async def test_what_fails_is_named_as_any_other_statement(store: Store) -> None:
    """Whoever catches the database's errors catches this one's; no value is in its words."""
    add = Prepared(lambda _: _ADDED)
    async with store.write() as conn:
        with pytest.raises(IntegrityError) as caught:
            async with conn.begin_nested():
                await add.each(conn, [_source(1), _source(1)])

        assert "example" not in str(caught.value)
        assert len(await add.each(conn, [_source(1)])) == 1
