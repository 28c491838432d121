"""What is known here of a post that somebody asks about: item, source, matches, notice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from bot.chat.context import Context
from bot.chat.subscriber.asked_post import Asked
from bot.model import Item, ItemMatch, ParsedItem, Source, Subscription, is_private
from bot.sources.discovery import identity_of
from bot.sources.telegram_addresses import channel_name
from bot.store import chats, item_matches, mutes, roundups, sources, traces
from bot.store.connection import Connection
from bot.store.mutes import Mute
from bot.store.traces import Notice
from bot.stories.identity import story_keys, url_keys, whole_text
from bot.urls import canonical_url

__all__ = ["Trace", "host_of", "trace_of"]


@dataclass(frozen=True, slots=True)
class Trace:
    """What is known of the post here; of a roundup also of its reports."""

    item: Item | None = None
    source: Source | None = None
    matches: tuple[ItemMatch, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    notice: Notice | None = None
    mute: Mute | None = None
    reports: tuple[Trace, ...] = ()


async def trace_of(ctx: Context, asked: Asked) -> Trace:
    async with ctx.services.store.read() as conn:
        item = None
        if asked.channel:
            item = await traces.of_channel(conn, asked.channel, asked.post)
        if item is None and asked.url:
            own = canonical_url(asked.url)
            at = await traces.at_keys(conn, url_keys(asked.url))
            item = next((each for each in at if canonical_url(each.url) == own), None)
        if item is None and asked.text:
            text = ParsedItem(key="", text=asked.text)
            clean = whole_text("", asked.text)
            at = await traces.at_keys(conn, story_keys(text))
            item = next((i for i in at if whole_text(i.title, i.text) == clean), None)
        if item is None:
            known = await sources.list_all(conn)
            return Trace(source=_source_of(asked, known), subscriptions=await _subs(ctx))
        subs = await _subs(ctx)
        trace = await _of_item(ctx, conn, item, subs)
        parts = (await roundups.parts_of(conn, [item.id])).get(item.id, ())
        reports = [await _of_item(ctx, conn, part, subs) for part in parts]
    return replace(trace, reports=tuple(each for each in reports if each.matches))


async def _of_item(
    ctx: Context, conn: Connection, item: Item, subs: tuple[Subscription, ...]
) -> Trace:
    source = await sources.get(conn, item.source_id)
    found = await item_matches.matches_of(conn, item.id)
    notice, mute = None, None
    if ctx.chat is not None and item.story_id is not None:
        notice = await traces.notice_in(conn, ctx.chat.id, item.story_id)
        muted = await mutes.muting(conn, item.source_id, [item.story_id], item.seen_at)
        mute = muted.get(ctx.chat.id)
    own_topics = {each.topic for each in subs}
    theirs = tuple(m for m in found if not is_private(m.topic) or m.topic in own_topics)
    return Trace(item, source, theirs, subs, notice, mute)


async def _subs(ctx: Context) -> tuple[Subscription, ...]:
    if ctx.chat is None:
        return ()
    async with ctx.services.store.read() as conn:
        return tuple(await chats.subscriptions(conn, ctx.chat.id))


def _source_of(asked: Asked, known: list[Source]) -> Source | None:
    """The source that would have had it: the channel, or a feed of the same site."""
    if asked.channel:
        for each in known:
            if each.telegram_id == asked.channel:
                return each
    name = channel_name(asked.url) if asked.url else None
    if name:
        return next((s for s in known if s.identity == f"t.me/{name.lower()}"), None)
    host = host_of(asked.url)
    same = [each for each in known if host and host_of(each.address) == host]
    return next(
        (s for s in same if s.identity == identity_of(asked.url)), same[0] if same else None
    )


def host_of(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
