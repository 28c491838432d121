"""What was learnt from answers, by when it was learnt; at most one fit is used.

Using one, or none again, bumps the generation in `bot.store.meta` in the same transaction:
what is matched is judged otherwise then. One that cannot be read is as if it were not there: all is
as shipped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import meta
from bot.store import schema as s
from bot.store.unreadable_rows import one_readable
from filters.learning import Effect, Learned
from filters.score import Thresholds

__all__ = ["Fit", "add", "get", "newest", "use", "used"]


@dataclass(frozen=True, slots=True)
class Fit:
    """A fit and what it would have changed in the month before `at` (aware UTC).

    `state` is proposed, used or left.
    """

    id: int
    at: datetime
    state: str
    learned: Learned
    effect: Effect


async def add(conn: AsyncConnection, learned: Learned, effect: Effect, now: datetime) -> Fit:
    """A new one, to be decided on; an older proposal is left."""
    f = s.fits.c
    await conn.execute(sa.update(s.fits).where(f.state == "proposed").values(state="left"))
    new = sa.insert(s.fits).values(
        at=now,
        content=_stored(learned),
        answers=learned.answers,
        more=effect.more,
        fewer=effect.fewer,
    )
    return _of((await conn.execute(new.returning(s.fits))).one())


async def get(conn: AsyncConnection, number: int) -> Fit | None:
    """The one of that number."""
    return await _one(conn, s.fits.c.id == number)


async def newest(conn: AsyncConnection) -> Fit | None:
    """The last one that was proposed, whatever became of it."""
    return await _one(conn, sa.true())


async def used(conn: AsyncConnection) -> Fit | None:
    """The one that judges now; None while all is as shipped."""
    return await _one(conn, s.fits.c.state == "used")


async def use(conn: AsyncConnection, number: int) -> int:
    """Judge by that one from now on, or (0) as shipped; the number of the one before, 0 for none.

    The one before is proposed no more.
    """
    f = s.fits.c
    before = await used(conn)
    await conn.execute(sa.update(s.fits).where(f.state == "used").values(state="left"))
    if number:
        await conn.execute(sa.update(s.fits).where(f.id == number).values(state="used"))
    await meta.bump_generation(conn)
    return before.id if before else 0


async def _one(conn: AsyncConnection, where: sa.ColumnElement[bool]) -> Fit | None:
    query = sa.select(s.fits).where(where).order_by(s.fits.c.id.desc()).limit(1)
    row = (await conn.execute(query)).one_or_none()
    return one_readable(row, _of, "fits")


def _stored(learned: Learned) -> dict[str, Any]:
    return {
        "thresholds": {t: [each.sure, each.possible] for t, each in learned.thresholds.items()},
        "priors": {key: list(counts) for key, counts in learned.priors.items()},
    }


def _of(row: sa.Row[Any]) -> Fit:
    content = row.content
    thresholds = {t: Thresholds(*each) for t, each in content["thresholds"].items()}
    priors = {key: (each[0], each[1]) for key, each in content["priors"].items()}
    learned = Learned(thresholds, priors, row.answers)
    return Fit(row.id, row.at, row.state, learned, Effect(row.more, row.fewer))
