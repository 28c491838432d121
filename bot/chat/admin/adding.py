"""Taking up sources: one address, several, or the starter list, each read before it is added."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.callbacks import Callback
from bot.chat.admin.source_texts import (
    kinds_under,
    language_name,
    line,
    named,
    shown_tags,
    transport_name,
    wrong,
)
from bot.chat.admin.starter import Entry, starter_list
from bot.chat.admin.tuning import hide, is_root
from bot.chat.context import Context
from bot.chat.text import code, esc, pages
from bot.commands import source_choices
from bot.commands import sources as commands
from bot.commands.source_choices import MOST_HEADERS
from bot.commands.sources import FoundSource
from bot.errors import SourceError
from bot.i18n import Translator
from bot.model import Role, Source, SourceKind, SourceState, Transport
from bot.model.rendered import Button
from bot.sources.discovery import Offers, Probe, first_address, identity_of
from bot.sources.ways import parse_header, parse_proxy
from bot.sources.web_addresses import same_origin
from bot.store import sources
from bot.urls import short_url

__all__ = ["Added", "add", "add_entries", "add_pressed", "starter", "starter_pressed"]

_VIA = ("via", "через")
_WITH = re.compile(r"\s+(?:header|заголовок)\s+", re.I)
_NEXT = re.compile(r"\n\s*(?:(?:header|заголовок)\s+)?", re.I)
_SHUT = frozenset({401, 402, 403, 407, 451})
_MAX_ADDRESSES = 30
_MAX_CONCURRENT_CHECKS = 4
_MAX_FEEDS_OFFERED = 5


@dataclass(frozen=True, slots=True)
class _Way:
    """By which proxy an address is asked, with which headers; `of` is where these are for."""

    proxy: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    of: str = ""

    def headers_to(self, address: str) -> Mapping[str, str]:
        """None to another server than they were given for."""
        return self.headers if same_origin(address, self.of) else {}


_DIRECTLY: Final = _Way()


async def add(ctx: Context, rest: str) -> None:
    """`/source add <address>`, or several; of root admins also `<address> via <proxy>` and
    `<address> header Name: value`, further headers each on a line of its own."""
    head, *tail = _WITH.split(rest, maxsplit=1)
    headers = [line for line in _NEXT.split(tail[0]) if line.strip()] if tail else []
    addresses = list(dict.fromkeys(head.replace(",", " ").split()))
    t = ctx.t
    via = len(addresses) == 3 and addresses[1].lower() in _VIA
    if via or (headers and len(addresses) == 1):
        await _add_by(ctx, addresses[0], addresses[2] if via else "", headers)
        return
    if not addresses or headers:
        await ctx.say(
            t(
                "Which? The address of a site or feed, @channel or a t.me link, as in"
                " /source add @example"
            )
        )
    elif len(addresses) == 1:
        await ctx.start_job("source.add", _add_one(ctx, addresses[0]))
    else:
        if left := addresses[_MAX_ADDRESSES:]:
            again = code("/source add " + " ".join(left), 2_500)
            await ctx.say(
                t(
                    "The first {most} are added now. Left over, to send next: {command}",
                    most=_MAX_ADDRESSES,
                    command=again,
                )
            )
        entries = [Entry(address, "", None) for address in addresses[:_MAX_ADDRESSES]]
        await ctx.start_job("source.add_many", _add_many(ctx, entries))


async def _add_by(ctx: Context, address: str, typed: str, lines: Sequence[str]) -> None:
    """Of a source that answers only to a proxy, or to a header."""
    if not await is_root(ctx):
        return
    await hide(ctx)
    try:
        proxy = parse_proxy(typed) if typed else ""
        headers = dict(parse_header(line) for line in lines)
        if len(headers) > MOST_HEADERS:
            raise SourceError("At most {most} headers.", most=MOST_HEADERS)
    except SourceError as error:
        await ctx.say(wrong(ctx.t, error))
        return
    way = _Way(proxy, {n: v for n, v in headers.items() if v}, first_address(address))
    await ctx.start_job("source.add", _add_one(ctx, address, way))


async def add_pressed(ctx: Context, value: str) -> None:
    """A feed that was found at another address was chosen."""
    number, _, token = value.partition(":")
    asked = await ctx.take(token, "feeds")
    addresses = list(asked["addresses"]) if asked else []
    if not number.isdecimal() or len(number) > 2 or int(number) >= len(addresses):
        await ctx.out_of_date()
        return
    await ctx.toast()
    assert asked is not None
    way = _Way(
        str(asked.get("proxy", "")), asked.get("headers", {}), str(asked.get("headers_of", ""))
    )
    await ctx.start_job("source.add", _add_one(ctx, str(addresses[int(number)]), way))


# one


async def _add_one(ctx: Context, address: str, way: _Way = _DIRECTLY) -> None:
    t = ctx.t
    headers = way.headers_to(first_address(address))
    try:
        found = await ctx.patiently(
            ctx.services.discovery.probe(address, ctx.now, proxy=way.proxy, headers=headers),
            t("Reading {address}…", address=esc(address, 100)),
        )
    except SourceError as error:
        lines = [wrong(t, error)]
        if ctx.role is Role.ROOT and error.values.get("status") in _SHUT:
            lines.append(
                t("If it needs a header or a proxy: {command}", command=_how_else(address))
            )
        await ctx.say("\n".join(lines))
        return
    if isinstance(found, Offers):
        await _offer(ctx, found, way)
        return
    source, new = await _store(ctx, found, way=way)
    if not new:
        await ctx.say(t("It is there already: {source}", source=line(t, source)))
        return
    await ctx.say("\n".join(_answer(t, source, found)), kinds_under(t, source))


def _how_else(address: str) -> str:
    return code(f"/source add {address[:200]} header Cookie: …") + ", " + code("… via tor")


async def _offer(ctx: Context, found: Offers, way: _Way) -> None:
    t, feeds = ctx.t, found.feeds[:_MAX_FEEDS_OFFERED]
    asked = {
        "addresses": [feed.url for feed in feeds],
        "proxy": way.proxy,
        "headers": dict(way.headers),
        "headers_of": way.of,
    }
    token = await ctx.draft("feeds", asked, hours=24)
    lines = [t("{page} is a web page. Its feeds:", page=esc(short_url(found.url, 60)))]
    buttons = []
    for number, feed in enumerate(feeds):
        lines.append(f"{number + 1} {esc(feed.title, 60)} {esc(short_url(feed.url, 80))}")
        label = t("Add {n}", n=number + 1) if len(feeds) > 1 else t("Add")
        buttons.append(Button(label, data=f"{Callback.SOURCE}:add:{number}:{token}"))
    await ctx.say("\n".join(lines), (tuple(buttons),))


def _answer(t: Translator, source: Source, found: Probe) -> list[str]:
    """Title, kind, language, the last headlines, what comes next."""
    form = found.format if found.transport is Transport.FEED else transport_name(t, found.transport)
    about = " · ".join(filter(None, (form, language_name(t, found.lang))))
    lines = [t("Added: {source}", source=named(t, source)), about]
    lines += [f"· {esc(headline, 120)}" for headline in found.headlines]
    if not found.headlines:
        lines.append(t("It has no posts yet."))
    lines.append(t("Posts that are there already bring no alerts; new ones do."))
    lines.append(t("What is it?"))
    return lines


async def _store(
    ctx: Context,
    found: Probe,
    title: str = "",
    kind: SourceKind | None = None,
    *,
    way: _Way = _DIRECTLY,
    tags: tuple[str, ...] = (),
) -> tuple[Source, bool]:
    """The source of what was found, and whether it is new. A channel's kind is not guessed."""
    guess = SourceKind.MEDIA if found.transport is Transport.FEED else SourceKind.ANONYMOUS
    headers = way.headers_to(found.address) if found.transport is Transport.FEED else {}
    added = await commands.add(
        ctx.backend,
        ctx.call(),
        FoundSource(
            transport=found.transport,
            address=found.address,
            identity=found.identity,
            title=title or found.title,
            kind=kind or guess,
            lang=found.lang,
            telegram_id=found.telegram_id,
            tags=tags,
        ),
        proxy=way.proxy,
        headers=headers,
    )
    return added.source, added.new


# many


async def starter(ctx: Context) -> None:
    """`/source starter`: what is in the list, and a button."""
    t, entries = ctx.t, starter_list()
    token = await ctx.draft("starter", {}, hours=24)
    lines = [
        t.n(
            "{n} source to begin with: independent media, courts, rights groups.",
            "{n} sources to begin with: independent media, courts, rights groups.",
            len(entries),
        ),
        *(f"· {esc(entry.title, 60)}" for entry in entries),
        t("Each is read once before it is added; that takes a minute or two."),
    ]
    button = Button(t("Add all"), data=f"{Callback.SOURCE}:starter:{token}")
    await ctx.say_all(pages(lines), ((button,),))


async def starter_pressed(ctx: Context, token: str) -> None:
    """Add all was pressed."""
    if await ctx.take(token, "starter") is None:
        await ctx.out_of_date()
        return
    await ctx.toast()
    await ctx.start_job("source.starter", _add_many(ctx, starter_list()))


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one entry of a list, and the line that tells it (HTML)."""

    line: str
    new: bool = False
    known: bool = False


async def _add_many(ctx: Context, entries: Sequence[Entry]) -> None:
    """A line each, in the order given; one that fails does not stop the others."""
    t = ctx.t
    results = await add_entries(ctx, entries)
    good = sum(each.new for each in results)
    lines = [t.n("{n} added.", "{n} added.", good)]
    await ctx.say_all(pages([*lines, *(each.line for each in results)]))


async def add_entries(ctx: Context, entries: Sequence[Entry]) -> list[Added]:
    """Read each once, several at a time, and add what can be read; in the order given."""
    t, places = ctx.t, asyncio.Semaphore(_MAX_CONCURRENT_CHECKS)

    async def one(entry: Entry) -> Added:
        async with places:
            return await _line_for(ctx, entry)

    return await ctx.patiently(
        asyncio.gather(*map(one, entries)),
        t.n("Reading {n} address…", "Reading {n} addresses…", len(entries)),
    )


async def _line_for(ctx: Context, entry: Entry) -> Added:
    t, address = ctx.t, esc(short_url(entry.address, 60) or entry.address, 60)
    if entry.title:
        address = f"«{esc(entry.title, 60)}» {address}".strip()
    if not entry.address:
        return Added(f"✗ {address}: " + t("The file gives no address for it."))
    if known := await _there(ctx, entry.address):
        tagged = await source_choices.add_tags(ctx.backend, ctx.call(), known.id, entry.tags)
        known = tagged if isinstance(tagged, Source) else known
        return Added(f"= {named(t, known)}{_tagged(known)}", known=True)
    try:
        found = await ctx.services.discovery.probe(entry.address, ctx.now)
    except SourceError as error:
        return Added(f"✗ {address}: {wrong(t, error)}")
    if isinstance(found, Offers):
        offered = found.feeds[0].url
        line = t("{page} is a web page; its feed: {feed}", page=address, feed=esc(offered, 200))
        return Added(f"✗ {line}")
    source, new = await _store(ctx, found, entry.title, entry.kind, tags=entry.tags)
    line = f"{'✓' if new else '='} {named(t, source)}{_tagged(source)}"
    return Added(line, new=new, known=not new)


def _tagged(source: Source) -> str:
    return f" · {shown_tags(source)}" if source.tags else ""


async def _there(ctx: Context, address: str) -> Source | None:
    """The source that has this address already, without asking for it."""
    identity = identity_of(address)
    if not identity:
        return None
    async with ctx.services.store.read() as conn:
        known = await sources.by_identity(conn, identity)
    return None if known is None or known.state is SourceState.REMOVED else known
