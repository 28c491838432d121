"""How a source is read: its articles, how eagerly, by which proxy, with which headers.

Proxies and headers hold secrets and decide where requests go: they are for root admins. What
is secret in them is never said again, and the message that brought it is deleted.
"""

from __future__ import annotations

import structlog

from bot.chat.admin.source_texts import fulltext_name, named, priority_name, shown_tags, wrong
from bot.chat.context import Context
from bot.chat.text import code, esc
from bot.commands import source_choices
from bot.commands.calls import Refused
from bot.errors import DeliveryError, SourceError
from bot.i18n import Translator
from bot.model import FullText, Priority, Role, Source
from bot.sources.exchange import DIRECT
from bot.sources.ways import parse_header, parse_proxy, shown_proxy

__all__ = [
    "ask_proxy",
    "fulltext",
    "gone",
    "header",
    "hide",
    "is_root",
    "priority",
    "proxy",
    "tags",
]

log = structlog.get_logger(__name__)


async def fulltext(ctx: Context, source: Source, typed: str) -> None:
    """`/source fulltext 3 on|auto|off`"""
    t = ctx.t
    chosen = next((each for each in FullText if each == typed.lower()), None)
    if chosen is None:
        await ctx.say(
            t(
                "Write /source fulltext {id} on, auto (only where the feed has little text) or"
                " off.",
                id=source.id,
            )
        )
        return
    done = await source_choices.set_fulltext(ctx.backend, ctx.call(), source.id, chosen)
    if done is Refused.IMPOSSIBLE:
        await ctx.say(t("Posts of channels are whole: there is no article to fetch."))
    elif not await gone(ctx, done):
        await ctx.say(f"{named(t, source)}: {fulltext_name(t, chosen)}.")


async def priority(ctx: Context, source: Source, typed: str) -> None:
    """`/source priority 3 high|normal|low`"""
    t = ctx.t
    chosen = next((each for each in Priority if each == typed.lower()), None)
    if chosen is None:
        await ctx.say(t("Write /source priority {id} high, normal or low.", id=source.id))
        return
    done = await source_choices.set_priority(ctx.backend, ctx.call(), source.id, chosen)
    if not await gone(ctx, done):
        await ctx.say(f"{named(t, source)}: {priority_name(t, chosen)}.")


async def tags(ctx: Context, source: Source, typed: str) -> None:
    """`/source tag 3 courts, Chita`; `-` takes all away."""
    t, name = ctx.t, named(ctx.t, source)
    if typed:
        chosen = [] if typed == "-" else typed.split(",")
        done = await source_choices.set_tags(ctx.backend, ctx.call(), source.id, chosen)
        if await gone(ctx, done) or not isinstance(done, Source):
            return
        source = done
    if source.tags:
        await ctx.say(f"{name}: {shown_tags(source)}.")
    else:
        how = code(t("/source tag {id} courts, Siberia", id=source.id))
        await ctx.say(t("{source} has no tags. To set them: {command}", source=name, command=how))


async def proxy(ctx: Context, source: Source, typed: str) -> None:
    """`/source proxy 3 socks5://host:port|tor|direct|off`"""
    t = ctx.t
    if not await is_root(ctx):
        return
    if not typed:
        await ctx.say(ask_proxy(t, source.id))
        return
    await hide(ctx)
    try:
        way = parse_proxy(typed)
    except SourceError as error:
        await ctx.say(wrong(t, error))
        return
    done = await source_choices.set_proxy(ctx.backend, ctx.call(), source.id, way)
    if done is Refused.IMPOSSIBLE:
        await ctx.say(t("Its posts come by themselves: nothing is fetched."))
    elif not await gone(ctx, done):
        await ctx.say(f"{named(t, source)}: {proxy_text(t, way)}. " + retry_hint(t, source))


def proxy_text(t: Translator, way: str) -> str:
    """By which way a source is read, without what is secret in it."""
    if not way:
        return t("read in the common way")
    if way == DIRECT:
        return t("read directly, without any proxy")
    return t("read by {proxy}", proxy=code(shown_proxy(way)))


def retry_hint(t: Translator, source: Source) -> str:
    return t("{command} tries it now.", command=f"/source retry {source.id}")


def ask_proxy(t: Translator, source_id: int | None = None) -> str:
    """Who can set one, and how."""
    return t(
        "A root admin sets one for a source: /source proxy {id} socks5://host:port (or http://,"
        " tor, direct, off); the operator for everything: VIGIL_PROXY.",
        id=source_id or 3,
    )


async def header(ctx: Context, source: Source, typed: str) -> None:
    """`/source header 3 Name: value`; without a value it is taken away."""
    t = ctx.t
    if not await is_root(ctx):
        return
    if not typed:
        await ctx.say(f"{named(t, source)}: {headers_text(t, source)}")
        return
    await hide(ctx)
    try:
        name, value = parse_header(typed)
    except SourceError as error:
        await ctx.say(wrong(t, error))
        return
    done = await source_choices.set_header(ctx.backend, ctx.call(), source.id, name, value)
    if done is Refused.IMPOSSIBLE:
        await ctx.say(t("Only feeds are asked with headers of their own."))
    elif done is Refused.TOO_MANY:
        await ctx.say(t("At most {most} headers.", most=source_choices.MOST_HEADERS))
    elif isinstance(done, Source):
        await ctx.say(f"{named(t, done)}: {headers_text(t, done)} {retry_hint(t, done)}")
    else:
        await gone(ctx, done)


def headers_text(t: Translator, source: Source) -> str:
    """The names of its headers; never what they hold."""
    if not source.headers:
        return t("no headers of its own. To set one: /source header {id} Name: value", id=source.id)
    names = ", ".join(esc(name, 60) for name in source.headers)
    return t("sent to its own server alone, values not shown: {names}.", names=names)


async def gone(ctx: Context, done: Source | Refused) -> bool:
    """Whether the source was removed meanwhile; says so then."""
    if isinstance(done, Source):
        return False
    await ctx.say(ctx.t("Which source? Its number, from {list}.", list="/source list"))
    return True


async def is_root(ctx: Context) -> bool:
    """Whether a root admin asks; says so if not."""
    if ctx.role is Role.ROOT:
        return True
    await ctx.say(ctx.t("Only a root admin can do that."))
    return False


async def hide(ctx: Context) -> None:
    """Delete the message that may hold a secret, where Telegram lets us."""
    if ctx.message is None:
        return
    try:
        await ctx.services.client.delete(ctx.place.address, ctx.message.message_id)
    except DeliveryError as error:
        log.info("secret.not_deleted", error=type(error).__name__)
        await ctx.say(ctx.t("I cannot delete your message: if it holds a password, delete it."))
