"""/source: add with what it says, list, show, pause, resume, remove, kind, starter."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

from bot.alerts import words
from bot.callbacks import Callback
from bot.chat.admin import adding, lists, mending, tuning
from bot.chat.admin.source_texts import (
    address_to_copy,
    described,
    kinds_under,
    line,
    named,
    numbered,
)
from bot.chat.confirmation import ask
from bot.chat.context import Context
from bot.chat.paging import page_of, turn_to
from bot.chat.text import Buttons, code, cut, esc, is_number, pages, rows
from bot.commands import source_choices
from bot.commands import sources as commands
from bot.commands.calls import Refused
from bot.errors import DeliveryError
from bot.model import Source, SourceKind, SourceState, Transport
from bot.model.rendered import Button
from bot.store import articles, hub_subscriptions, item_pages, sources

__all__ = ["pressed", "removed", "source", "turn"]

log = structlog.get_logger(__name__)

_PAGE = 15
_LABEL = 18  # letters of a title on a button
_LAST = 3
_KINDS_SAID = {
    "суд": SourceKind.COURT,
    "офіційне": SourceKind.OFFICIAL,
    "официальный": SourceKind.OFFICIAL,
    "сми": SourceKind.MEDIA,
    "змі": SourceKind.MEDIA,
    "медиа": SourceKind.MEDIA,
    "медіа": SourceKind.MEDIA,
    "правозащитники": SourceKind.RIGHTS,
    "правозахисники": SourceKind.RIGHTS,
    "аноним": SourceKind.ANONYMOUS,
    "анонім": SourceKind.ANONYMOUS,
}


async def source(ctx: Context) -> None:
    """`/source …`; an address alone is an addition."""
    word, rest = [*numbered(ctx.args).split(maxsplit=1), "", ""][:2]
    run = _COMMANDS.get(word.lower())
    if run is not None:
        await run(ctx, rest.strip())
    elif "." in word or word.startswith("@"):
        await adding.add(ctx, ctx.args)
    elif word.isdecimal():
        await _show(ctx, word)
    else:
        await ctx.say(_usage(ctx))


def _usage(ctx: Context) -> str:
    t = ctx.t
    return "\n".join(
        [
            t("{command} and an address, @channel or t.me link", command="/source add"),
            t(
                "{command}: one that only a proxy leads to (root admins)",
                command="/source add … via tor",
            ),
            t("{command}: all; a number shows one", command="/source list"),
            t("{command}: stop reading, go on", command="/source pause 3, /source resume 3"),
            t(
                "{command}: what readers see: {kinds}",
                command="/source kind 3 court",
                kinds=", ".join(SourceKind),
            ),
            t("{command}: no longer read; what was read stays", command="/source remove 3"),
            t("{command}: the same source, at another address", command="/source address 3 …"),
            t("{command}: read it now", command="/source retry 3"),
            t("{command}: older posts into the archive", command="/source backfill 3 7d"),
            t("{command}: fetch its articles: on, auto, off", command="/source fulltext 3 auto"),
            t("{command}: ask it more or less often", command="/source priority 3 high"),
            t("{command}: tags of your own", command="/source tag 3 …, /source list …"),
            t(
                "{command}: a proxy of its own (root admins)",
                command="/source proxy 3 socks5://host:port",
            ),
            t("{command}: what its server is sent (root admins)", command="/source header 3 …"),
            t("{command}: a list to begin with", command="/source starter"),
            t(
                "{command}: all as a file (OPML); a file sent to me is added",
                command="/source export",
            ),
        ]
    )


# list and show


async def _list(ctx: Context, rest: str) -> None:
    if rest:
        await _list_tagged(ctx, rest)
        return
    body, buttons = await _page(ctx, 0)
    await ctx.say(body, buttons)


async def _list_tagged(ctx: Context, tag: str) -> None:
    """Those with a tag, or in a folder of that name."""
    t, wanted = ctx.t, tag.lower().lstrip("#")
    async with ctx.services.store.read() as conn:
        known = await sources.list_all(conn)
    found = [each for each in known if any(_within(one.lower(), wanted) for one in each.tags)]
    if found:
        head = t.n("{n} source", "{n} sources", len(found))
        await ctx.say_all(pages([head, *(line(t, each) for each in found)]))
        return
    tags = sorted({one for each in known for one in each.tags})
    lines = [t("No source has the tag {tag}.", tag=esc(tag, 60))]
    if tags:
        lines.append(t("Tags: {tags}", tags=esc(", ".join(tags), 1_000)))
    await ctx.say("\n".join(lines))


def _within(path: str, wanted: str) -> bool:
    return f"/{wanted}/" in f"/{path}/"


async def turn(ctx: Context, value: str) -> None:
    """Another page of the list."""
    await turn_to(ctx, value, _page)


async def _page(ctx: Context, number: int) -> tuple[str, Buttons]:
    t = ctx.t
    async with ctx.services.store.read() as conn:
        found = await sources.list_all(conn)
    if not found:
        return t("There are no sources yet. /source add, or /source starter to begin with."), ()
    page = page_of(found, number, _PAGE)
    lines = [line(t, each) for each in page.items]
    head = t.n("{n} source", "{n} sources", len(found))
    each_one = [
        Button(
            f"{each.id} {cut(each.title or each.address, _LABEL)} ›",
            data=f"{Callback.SOURCE}:show:{each.id}",
        )
        for each in page.items
    ]
    return "\n".join([head, *lines]), (*rows(each_one, 2), *page.buttons(Callback.SOURCES))


async def _show(ctx: Context, rest: str) -> None:
    each = await _found(ctx, rest)
    if each is not None:
        await _shown(ctx, each)


async def _shown(ctx: Context, each: Source) -> None:
    async with ctx.services.store.read() as conn:
        last = await item_pages.last_of_source(conn, each.id, _LAST)
        read = await articles.count(conn, each.id, ctx.now)
        hub = await hub_subscriptions.get(conn, each.id)
    t, number = ctx.t, each.id
    buttons = [
        Button(t("Pause"), data=f"{Callback.SOURCE}:pause:{number}")
        if each.state is SourceState.ACTIVE
        else Button(t("Resume"), data=f"{Callback.SOURCE}:resume:{number}"),
        Button(t("Remove"), data=f"{Callback.SOURCE}:remove:{number}"),
    ]
    copied = address_to_copy(each)
    more = ((Button(t("Copy the address"), copy=copied),),) if copied else ()
    await ctx.say_all(pages(described(ctx, each, last, read, hub)), (tuple(buttons), *more))


async def _found(ctx: Context, typed: str) -> Source | None:
    """The source of that number; tells when there is none."""
    word = typed.split(maxsplit=1)[0].strip("#№") if typed.split() else ""
    each = await _get(ctx, word)
    if each is None:
        await ctx.say(ctx.t("Which source? Its number, from {list}.", list="/source list"))
    return each


async def _get(ctx: Context, number: str) -> Source | None:
    if not is_number(number):
        return None
    async with ctx.services.store.read() as conn:
        each = await sources.get(conn, int(number))
    return None if each is None or each.state is SourceState.REMOVED else each


# pause, resume, remove, kind


async def _pause(ctx: Context, rest: str) -> None:
    if each := await _found(ctx, rest):
        await ctx.say(await _set(ctx, each, SourceState.PAUSED))


async def _resume(ctx: Context, rest: str) -> None:
    if each := await _found(ctx, rest):
        await ctx.say(await _set(ctx, each, SourceState.ACTIVE))


async def _remove(ctx: Context, rest: str) -> None:
    if each := await _found(ctx, rest):
        await _ask_removal(ctx, each)


async def _ask_removal(ctx: Context, each: Source) -> None:
    t = ctx.t
    question = t("Stop reading {source}? What was read stays.", source=named(t, each))
    await ask(ctx, "source.remove", question, t("Remove"), id=each.id)


async def removed(ctx: Context, asked: Mapping[str, Any]) -> str:
    """Yes was pressed; what to say."""
    each = await _get(ctx, str(asked["id"]))
    if each is None:
        return ctx.t("Which source? Its number, from {list}.", list="/source list")
    return await _set(ctx, each, SourceState.REMOVED)


async def _set(ctx: Context, each: Source, state: SourceState) -> str:
    """Does it; what to say, with the way back."""
    t, name = ctx.t, named(ctx.t, each)
    done = await commands.set_state(ctx.backend, ctx.call(), each.id, state)
    if isinstance(done, Refused):
        return t("Which source? Its number, from {list}.", list="/source list")
    if state is SourceState.PAUSED:
        return t("{source} is paused. /source resume {id} goes on.", source=name, id=each.id)
    if state is SourceState.ACTIVE:
        return t("{source} is read again.", source=name)
    if each.transport is Transport.CHANNEL:
        return t("{source} is removed; what was read stays.", source=name)
    again = code(f"/source add {each.address}")
    return t(
        "{source} is removed; what was read stays. To have it again: {again}",
        source=name,
        again=again,
    )


async def _kind(ctx: Context, rest: str) -> None:
    t = ctx.t
    number, typed = [*rest.split(maxsplit=1), "", ""][:2]
    each = await _found(ctx, number)
    if each is None:
        return
    kind = _KINDS_SAID.get(typed.lower()) or next(
        (k for k in SourceKind if k == typed.lower()), None
    )
    if kind is None:
        await ctx.say(f"{named(t, each)}: {t('What is it?')}", kinds_under(t, each)[:-1])
        return
    done = await source_choices.set_kind(ctx.backend, ctx.call(), each.id, kind)
    if await tuning.gone(ctx, done):
        return
    await ctx.say(
        t("{source} is shown as: {kind}.", source=named(t, each), kind=words.kind(t, kind))
    )


async def _address(ctx: Context, rest: str) -> None:
    number, _, typed = rest.partition(" ")
    if each := await _found(ctx, number):
        await mending.readdress(ctx, each, typed.strip())


async def _backfill(ctx: Context, rest: str) -> None:
    number, _, typed = rest.partition(" ")
    if each := await _found(ctx, number):
        await mending.backfill(ctx, each, typed.strip())


async def _retry(ctx: Context, rest: str) -> None:
    if each := await _found(ctx, rest):
        await mending.retry(ctx, each)


def _on_source(
    act: Callable[[Context, Source, str], Awaitable[None]],
) -> Callable[[Context, str], Awaitable[None]]:
    """A command of the form `/source word 3 …`."""

    async def run(ctx: Context, rest: str) -> None:
        number, typed = [*rest.split(maxsplit=1), "", ""][:2]
        if each := await _found(ctx, number):
            await act(ctx, each, typed.strip())

    return run


async def _starter(ctx: Context, _: str) -> None:
    await adding.starter(ctx)


# buttons


async def pressed(ctx: Context, value: str) -> None:
    """A kind, Pause, Resume, Remove, an address found, the starter list."""
    action, _, rest = value.partition(":")
    if action == "add":
        await adding.add_pressed(ctx, rest)
    elif action == "starter":
        await adding.starter_pressed(ctx, rest)
    elif action == "kind":
        await _kind_pressed(ctx, rest)
    elif action == "proxy":
        await ctx.toast()
        await ctx.say(tuning.ask_proxy(ctx.t, int(rest) if rest.isdecimal() else None))
    elif action in ("retry", "address") and (each := await _get(ctx, rest)):
        await ctx.toast()
        if action == "retry":
            await mending.retry(ctx, each)
        else:
            await ctx.say(mending.ask_address(ctx.t, each))
    elif action == "show" and (each := await _get(ctx, rest)):
        await ctx.toast()
        await _shown(ctx, each)
    elif action == "remove" and (each := await _get(ctx, rest)):
        await ctx.toast()
        await _ask_removal(ctx, each)
    elif action in _STATES and (each := await _get(ctx, rest)):
        await ctx.toast()
        await ctx.change(await _set(ctx, each, _STATES[action]))
    else:
        await ctx.out_of_date()


async def _kind_pressed(ctx: Context, rest: str) -> None:
    number, _, kind = rest.partition(":")
    each = await _get(ctx, number)
    if each is None or kind not in list(SourceKind):
        await ctx.out_of_date()
        return
    await source_choices.set_kind(ctx.backend, ctx.call(), each.id, SourceKind(kind))
    await ctx.toast(words.kind(ctx.t, SourceKind(kind)))
    changed = await _get(ctx, number)
    if changed is None or ctx.message is None:
        return
    try:
        await ctx.change(ctx.message.text_html, kinds_under(ctx.t, changed))
    except DeliveryError:
        log.info("source.kind_not_shown", source=each.id)


_STATES = {
    "pause": SourceState.PAUSED,
    "resume": SourceState.ACTIVE,
}
_COMMANDS: Mapping[str, Callable[[Context, str], Awaitable[None]]] = {
    "add": adding.add,
    "list": _list,
    "show": _show,
    "pause": _pause,
    "resume": _resume,
    "remove": _remove,
    "kind": _kind,
    "address": _address,
    "retry": _retry,
    "backfill": _backfill,
    "fulltext": _on_source(tuning.fulltext),
    "priority": _on_source(tuning.priority),
    "tag": _on_source(tuning.tags),
    "tags": _on_source(tuning.tags),
    "proxy": _on_source(tuning.proxy),
    "header": _on_source(tuning.header),
    "starter": _starter,
    "import": lists.import_,
    "export": lists.export,
}
