"""A test that hangs ends, and the others go on."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import ExitStack
from types import coroutine

import pytest

from tests.support.time_limit import TookTooLong, within


@coroutine
def turn() -> Generator[None, None, None]:
    yield


async def wait() -> None:
    await asyncio.get_running_loop().create_future()


async def run() -> None:
    """As one that goes on whatever happens."""
    while True:
        try:
            await turn()
        except Exception:
            continue


@pytest.mark.parametrize("hangs", [wait, run])
def test_a_limit_ends_what_waits_and_what_runs(hangs) -> None:
    """Whether the loop waits or tasks run all the time, and catch all errors."""
    with ExitStack() as limit:

        async def test() -> None:
            tasks = [asyncio.create_task(hangs()) for _ in range(3)]
            limit.enter_context(within(0.2, again=0.1))
            await asyncio.wait(tasks)

        with pytest.raises(TookTooLong, match="longer than"):
            asyncio.run(test())
