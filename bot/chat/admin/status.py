"""/status: what waits, how fast it goes, how large it is; /health says what is sick."""

from __future__ import annotations

from datetime import datetime
from importlib.metadata import version

from bot.chat.context import Context
from bot.i18n import Translator
from bot.store import inbox, meta, visits, vitals

__all__ = ["status"]

_MAX_UPDATES_COUNTED = 1_000  # updates counted


async def status(ctx: Context) -> None:
    """`/status`."""
    t, now = ctx.t, ctx.now
    async with ctx.services.store.read() as conn:
        found = await vitals.look(conn, now)
        due = await visits.next_due(conn)
        pending = len(await inbox.pending(conn, _MAX_UPDATES_COUNTED))
        generation = await meta.generation(conn)
    unindexed = await ctx.services.pipeline.archive.unindexed()
    waiting = t("Messages waiting: {n}", n=t.number(found.waiting))
    if found.waiting and found.since is not None:
        waiting += ", " + t("the oldest for {time}", time=_lasting(t, found.since, now))
    free = "" if found.free is None else ", " + t("{n} free on disk", n=_size(t, found.free))
    reading = t("none") if due is None or due >= now else _lasting(t, due, now)
    lines = [
        f"<b>Vigil {version('vigil')}</b>",
        waiting,
        t("Updates from Telegram waiting: {n}", n=pending),
        t("Reading of sources behind by: {time}", time=reading),
        t("Not yet in the archive's index: {n}", n=t.number(unindexed)),
        "",
        t(
            "Items: {hour} in an hour, {day} in 24 h",
            hour=t.number(found.items_hour),
            day=t.number(found.items_day),
        ),
        t("Sent in an hour: {n}", n=t.number(found.sent_hour)),
        "",
        f"{found.database}: {_size(t, found.size)}{free}",
        t("Generation of filters: {n}", n=generation),
    ]
    await ctx.say("\n".join(lines))


def _lasting(t: Translator, since: datetime, now: datetime) -> str:
    minutes = max(0, int((now - since).total_seconds()) // 60)
    if minutes < 120:
        return t("{n} min", n=minutes)
    return t("{n} h", n=t.number(minutes // 60))


def _size(t: Translator, size: int) -> str:
    megabytes = size / 1_000_000
    if megabytes < 1_000:
        return t("{n} MB", n=t.number(round(megabytes, 1)))
    return t("{n} GB", n=t.number(round(megabytes / 1_000, 1)))
