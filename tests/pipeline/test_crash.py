"""A process that dies at any statement, and the next one that reads the source again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.errors import StoreError
from tests.pipeline.conftest import REFUSED, Newsroom, post

NUMBERS = ("шестидесяти", "сорока", "шестидесяти")


class Death(BaseException):
    """As SIGKILL: nothing of ours catches it."""


@contextmanager
def dies_at(statement: int) -> Iterator[list[int]]:
    """The nth statement from here is the last; yields how many there were."""
    seen = [0]

    def count(*_: Any) -> None:
        seen[0] += 1
        if seen[0] == statement:
            raise Death

    event.listen(Engine, "before_cursor_execute", count)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", count)


async def test_death_at_any_statement_loses_and_doubles_nothing(newsroom: Newsroom):
    """What was committed as seen will be told; what was not is read again."""
    room = newsroom
    await room.add_source("a")
    await room.subscribe(1001)
    batch = [post(REFUSED.replace(NUMBERS[0], n), str(i)) for i, n in enumerate(NUMBERS)]
    deaths = 0
    while True:
        try:
            with dies_at(2 + 2 * deaths):
                await room.publish("a", *batch, etag='"x"')
        except Death:
            deaths += 1
            assert (await room.source("a")).etag == "", "the source's row goes last"
            continue
        break

    assert deaths > 10
    assert (await room.source("a")).etag == '"x"'
    counts = await room.count()
    assert {name: counts[name] for name in ("items", "stories", "alerts", "causes")} == {
        "items": 3,
        "stories": 2,
        "alerts": 2,
        "causes": 3,
    }
    assert await room.told() == [(1001, "refusal")] * 2


@pytest.mark.parametrize("share", [0.25, 0.55])
async def test_death_between_transactions(newsroom: Newsroom, share: float):
    """Of a long batch the first pieces may be there already; the rest follows."""
    room = newsroom
    await room.add_source("a")
    batch = [post(REFUSED.replace(NUMBERS[0], str(n)), str(n)) for n in range(70)]
    with dies_at(0) as seen:
        await room.publish("b", *batch)
    with pytest.raises(Death), dies_at(int(seen[0] * share)):
        await room.publish("a", *batch, etag='"x"')
    stored = (await room.count())["items"]
    assert stored in (70, 120)
    assert (await room.source("a")).etag == ""

    done = await room.publish("a", *batch, etag='"x"')
    assert done.new == 140 - stored
    counts = await room.count()
    assert (counts["items"], counts["stories"], counts["causes"]) == (140, 70, 140)
    assert (await room.source("a")).etag == '"x"'


async def test_store_that_fails_is_named_and_leaves_the_source_due(newsroom: Newsroom):
    """A full disk or a lost connection quarantines nothing: the source is read again."""
    from sqlalchemy.exc import OperationalError

    room = newsroom
    await room.add_source("a")

    def fail(*args: Any) -> None:
        if "INSERT INTO items" in args[2]:
            raise OperationalError("INSERT", {}, Exception("disk is full"))

    event.listen(Engine, "before_cursor_execute", fail)
    try:
        with pytest.raises(StoreError):
            await room.publish("a", post(), etag='"x"')
    finally:
        event.remove(Engine, "before_cursor_execute", fail)

    assert (await room.source("a")).etag == ""
    done = await room.publish("a", post())
    assert (done.alerts, done.quarantined) == (1, 0)
