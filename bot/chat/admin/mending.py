"""What admins do about a source: try it again, give it a new address, fill its archive."""

from __future__ import annotations

from datetime import timedelta

import structlog

from bot.chat.admin.health import failure
from bot.chat.admin.source_texts import line, named, wrong
from bot.chat.admin.tuning import gone
from bot.chat.context import Context
from bot.chat.services import Services
from bot.chat.subscriber.pausing import length
from bot.chat.text import esc, message
from bot.commands import sources as commands
from bot.commands.announcements import to_place
from bot.commands.calls import Refused
from bot.commands.sources import FoundSource, Taken
from bot.errors import DeliveryError, SourceError
from bot.i18n import Translator, translator
from bot.model import Source, SourceState, Transport
from bot.sources.discovery import Offers
from bot.store import sources
from bot.store.connection import Connection
from bot.store.pagings import Paging
from bot.urls import short_url

__all__ = [
    "ask_address",
    "backfill",
    "backfilled",
    "progress",
    "readdress",
    "retry",
]

log = structlog.get_logger(__name__)

_MAX_BACKFILL = timedelta(days=366)
_PAGES_A_REPORT = 5  # pages between two edits of the answer


async def retry(ctx: Context, source: Source) -> None:
    """Read the source now and answer. If it works again, all admins get a message."""
    await ctx.start_job("source.retry", _retry(ctx, source))


async def _retry(ctx: Context, source: Source) -> None:
    t = ctx.t
    await ctx.patiently(
        ctx.services.visit(source), t("Reading {address}…", address=named(t, source))
    )
    async with ctx.services.store.read() as conn:
        after = await sources.get(conn, source.id)
    if after is None or after.state is not SourceState.ACTIVE:
        return
    if after.failures:
        await ctx.say(
            t(
                "Source {source}: still not read: {why}.",
                source=named(t, after),
                why=failure(t, after),
            )
        )
    else:
        await ctx.say(t("{source} is read again.", source=named(t, after)))


def ask_address(t: Translator, source: Source) -> str:
    """How to give it a new one."""
    return t("Send: /source address {id} and the new address, @channel or t.me link.", id=source.id)


async def readdress(ctx: Context, source: Source, typed: str) -> None:
    """`/source address 7 <address>`: the same source, read elsewhere from now on."""
    if not typed or len(typed.split()) != 1:
        await ctx.say(ask_address(ctx.t, source))
        return
    await ctx.start_job("source.address", _readdress(ctx, source, typed))


async def _readdress(ctx: Context, source: Source, typed: str) -> None:
    t = ctx.t
    if source.transport is Transport.CHANNEL:
        await ctx.say(t("Its posts come by themselves: it has no address to change."))
        return
    try:
        found = await ctx.patiently(
            ctx.services.discovery.probe(typed, ctx.now, proxy=source.proxy),
            t("Reading {address}…", address=esc(typed, 100)),
        )
    except SourceError as error:
        await ctx.say(wrong(t, error))
        return
    if isinstance(found, Offers):
        lines = [t("{page} is a web page. Its feeds:", page=esc(short_url(found.url, 60)))]
        lines += [f"/source address {source.id} {esc(feed.url, 200)}" for feed in found.feeds[:5]]
        await ctx.say("\n".join(lines))
        return
    there = FoundSource(
        transport=found.transport,
        address=found.address,
        identity=found.identity,
        title=source.title,
        kind=source.kind,
        lang=found.lang,
        telegram_id=found.telegram_id,
    )
    done = await commands.readdress(ctx.backend, ctx.call(), source.id, there)
    if isinstance(done, Taken):
        await ctx.say(t("It is there already: {source}", source=line(t, done.by)))
        return
    if await gone(ctx, done):
        return
    where = short_url(found.address, 120)
    if found.transport is Transport.PREVIEW:
        where = f"t.me/{found.address}"
    await ctx.say(
        t(
            "Source {source} is read at {address} now; posts that are there already bring no"
            " second alerts.",
            source=named(t, source),
            address=esc(where),
        )
    )


# backfill


async def backfill(ctx: Context, source: Source, typed: str) -> None:
    """`/source backfill 3 7d`: older posts into the archive, telling nobody."""
    t = ctx.t
    back = length(typed) if typed else None
    if back is None or not timedelta(hours=1) <= back <= _MAX_BACKFILL:
        await ctx.say(
            t("How far back? As in /source backfill {id} 7d; a year at most.", id=source.id)
        )
        return
    if source.transport is Transport.FEED or not source.address:
        await ctx.say(
            t("Only the public pages of channels lead into the past; a feed shows what it shows.")
        )
        return
    if source.state is not SourceState.ACTIVE or (
        source.archived_at is None and source.transport is Transport.PREVIEW
    ):
        await ctx.say(t("It is not read yet: try again when it is."))
        return
    since = ctx.now - back
    day = t.time(since, ctx.tz, ctx.now)
    sent = await ctx.say(
        t(
            "Reading older posts of {source} back to {when}. They bring no alerts.",
            source=named(t, source),
            when=day,
        )
    )
    done = await commands.backfill(
        ctx.backend,
        ctx.call(),
        source.id,
        since,
        where=ctx.place.address,
        message_id=sent,
        lang=t.lang,
    )
    if done is Refused.SAME:
        await ctx.say(t("One is under way for it already."))
    else:
        await gone(ctx, done)


async def progress(services: Services, paging: Paging) -> None:
    """Show in the answer how far a backfill is; now and then."""
    if paging.where is None or paging.message_id is None or paging.pages % _PAGES_A_REPORT:
        return
    t = translator(paging.lang)
    try:
        await services.client.edit(
            paging.where, paging.message_id, message(_so_far(t, paging), silent=True)
        )
    except DeliveryError as error:
        log.info("backfill.not_shown", error=type(error).__name__)


async def backfilled(services: Services, conn: Connection, paging: Paging) -> None:
    """It is done: said where it was asked for, in this transaction."""
    if paging.where is None:
        return
    t = translator(paging.lang)
    text = message(t("Done. {progress}", progress=_so_far(t, paging)))
    await to_place(conn, paging.where, text, services.clock.now())


def _so_far(t: Translator, paging: Paging) -> str:
    found = t.n("{n} post added to the archive", "{n} posts added to the archive", paging.found)
    reached = f", {t.time(paging.reached, 'UTC')} UTC" if paging.reached else ""
    pages = t.n("{n} page read", "{n} pages read", paging.pages)
    return f"{named(t, paging.source)}: {pages}{reached}; {found}."
