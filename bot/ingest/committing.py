"""Surveys, places and stores a batch, in as few transactions as it takes.

Within a process one batch is surveyed and stored at a time, so that nothing comes between; where
another process was faster, the batch is surveyed again. A batch that fails is tried once more item
by item, each in a savepoint.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Final, TypeAlias

import structlog

from bot.ingest.placement import IncomingText
from bot.ingest.surroundings import Overtaken
from bot.ingest.survey import blank_survey, survey
from bot.ingest.transaction import Arrival, Transaction
from bot.store import Store, fingerprints
from bot.store.connection import Connection
from bot.store.transient import may_pass
from bot.stories.candidates import Candidates
from bot.stories.identity import url_keys

__all__ = ["AddressKnown", "Committer", "Row"]

log = structlog.get_logger(__name__)

# Surveys of a batch in which other processes may be faster; after that nothing is surveyed for.
_MAX_SURVEYS: Final = 5

# Batches that the fingerprints in memory are trusted for where no other process writes.
_ITEMS_READ_WHOLE: Final = 1_000


Row: TypeAlias = tuple[int, int, Sequence[int]]
"""A row of fingerprints: its number, the item, the hashes."""


class Committer:
    """See the module. One for a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._candidates = Candidates()
        self._placing = asyncio.Lock()
        self._whole = 0

    async def commit(
        self,
        batch: Sequence[IncomingText],
        stored: Mapping[int, int],
        now: datetime,
        arrival: Arrival,
        finish: Callable[[Connection], Awaitable[None]],
        *,
        unsure: bool = False,
    ) -> Counter[str]:
        """Survey, place and store; `finish` is done in the same transaction.

        `stored`: ids of the items among the batch that are stored, by place. If `unsure`, raises
        AddressKnown where one of the others has an address that is known.
        """
        one_by_one = False
        async with self._placing:
            # Ends: a patient attempt is never overtaken, one item by item fails in no item.
            for attempt in itertools.count():
                alone = await self._catch_up()
                seen = None if attempt or stored else blank_survey(self._candidates, batch)
                if seen is None:
                    seen = await survey(
                        self._store, self._candidates, batch, stored, now, alone=alone
                    )
                    if unsure and _named(batch, stored, seen.by_key):
                        raise AddressKnown
                begun = partial(
                    Transaction,
                    now=now,
                    candidates=self._candidates,
                    survey=seen,
                    arrival=arrival,
                    patient=attempt >= _MAX_SURVEYS - 1,
                    alone=alone,
                    fresh=not stored and not one_by_one,
                )
                work = partial(_taken, batch, finish, begun, one_by_one=one_by_one)
                try:
                    done = await self._store.write_at_once(work, relating=True)
                    break
                except Overtaken:
                    continue
                except _OneFailed as error:
                    log.warning("items.tried_apart", error=type(error.__cause__).__name__)
                    one_by_one = True
                except BaseException:
                    self._whole = 0  # it may have been committed all the same
                    raise
            for row in sorted(done.fingerprinted):
                self._candidates.add(*row)
        return done.done

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[tuple[Connection, list[Row]]]:
        """A transaction while no batch is placed. Rows of fingerprints that are added to the list
        are known once it is committed.
        """
        added: list[Row] = []
        async with self._placing, self._store.write(relating=True) as conn:
            yield conn, added
        for row in added:
            self._candidates.add(*row)

    async def _catch_up(self) -> bool:
        """Know all fingerprints that are stored; whether nobody else can store any meanwhile."""
        if self._whole:
            self._whole -= 1
            return True
        alone = self._store.exclusive
        if alone or not self._candidates.last:
            async with self._store.read() as conn:
                await fingerprints.catch_up(conn, self._candidates, purged=True)
        self._whole = _ITEMS_READ_WHOLE if alone else 0
        return alone


class AddressKnown(Exception):
    """A new entry may be one that is stored under another guid: look for it first."""


def _named(
    batch: Sequence[IncomingText], stored: Mapping[int, int], by_key: Mapping[str, int]
) -> bool:
    """Whether the address of one of the new items is known."""
    return any(
        key in by_key
        for n, each in enumerate(batch)
        if n not in stored and each.entry is None
        for key in url_keys(each.item.url)
    )


class _OneFailed(Exception):
    """One of a batch brought its transaction down; its cause says how."""


async def _taken(
    batch: Sequence[IncomingText],
    finish: Callable[[Connection], Awaitable[None]],
    begun: Callable[[Connection], Transaction],
    conn: Connection,
    *,
    one_by_one: bool,
) -> Transaction:
    """The transaction that `begun` gives, with the batch taken and finished."""
    work = begun(conn)
    if one_by_one:
        await work.take_one_by_one(batch)
    else:
        try:
            await work.take(batch)
        except Exception as error:
            if may_pass(error) or isinstance(error, Overtaken):
                raise
            raise _OneFailed from error
    await finish(conn)
    return work
