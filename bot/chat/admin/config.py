"""/export and /import: the whole configuration, or many filters, as one file."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

import structlog
import telegram

from bot.chat.confirmation import ask
from bot.chat.context import Context
from bot.chat.text import code, esc, pages, plain
from bot.commands import config_plan, configuration
from bot.commands.config_file import read, write
from bot.commands.config_plan import Plan
from bot.commands.config_rows import (
    Configuration,
    Fault,
    Nameable,
    Unreadable,
)
from bot.commands.groups import Broken
from bot.commands.roles import Command, may
from bot.errors import DeliveryError, NotAllowed
from bot.i18n import Translator
from bot.model import ChatMode
from bot.store import entities, topics
from bot.store.filters import FilterState

__all__ = ["export", "import_", "imported", "looks_like_configuration", "sent"]

log = structlog.get_logger(__name__)

_LARGEST: Final = 1024 * 1024
_MEGABYTES: Final = 1
_FAULTS: Final = 12  # named in chat; more are counted
_LACKING: Final = 8
_ENDINGS: Final = (".toml", ".csv")


def looks_like_configuration(document: telegram.Document) -> bool:
    """Whether a file may be one for /import, by its name."""
    return (document.file_name or "").lower().endswith(_ENDINGS)


async def export(ctx: Context) -> None:
    """`/export`: one TOML file from which `/import` makes the same state."""
    t = ctx.t
    if ctx.chat is not None and ctx.chat.mode is ChatMode.QUIET and ctx.args != "!":
        await ctx.say(
            t(
                "This chat is Quiet, and the file names all that is watched for."
                " {command} sends it.",
                command="/export !",
            )
        )
        return
    async with ctx.services.store.read() as conn:
        config = await config_plan.current(conn)
    if config == Configuration():
        await ctx.say(t("Nothing was chosen yet: no sources, no filters and no names of your own."))
        return
    about = t(
        "Vigil's configuration of {day}. Send it to the bot, or /import, to have it again.",
        day=f"{ctx.now:%Y-%m-%d}",
    )
    kinds = (config.sources, config.filters, config.entities, config.groups, config.topics)
    caption = _counted(t, *map(len, kinds))
    caption += " " + t("/import restores it elsewhere.")
    if redacted := sum(bool(row.redacted) for row in config.sources):
        caption += " " + t.n(
            "The secrets of {n} source (passwords, headers, keys) are not in it.",
            "The secrets of {n} sources (passwords, headers, keys) are not in it.",
            redacted,
        )
    name = f"vigil-{ctx.now:%Y-%m-%d}.toml"
    await ctx.send_file(name, await asyncio.to_thread(write, config, about), caption)


async def import_(ctx: Context) -> None:
    """`/import`, under a file or as the answer to one."""
    message = ctx.message
    replied = message.reply_to_message if message else None
    document = (message.document if message else None) or (replied.document if replied else None)
    if document is None:
        await ctx.say(
            ctx.t(
                "Send me a file: what /export gave (TOML), or filters as a table (CSV) with the"
                " columns topic,expression. I say what would change; a button does it."
            )
        )
    else:
        await sent(ctx, document)


async def sent(ctx: Context, document: telegram.Document) -> None:
    """A configuration has come: what it would change, and a button."""
    if (document.file_size or 0) > _LARGEST:
        await ctx.say(ctx.t("The file is too large: {most} MB at most.", most=_MEGABYTES))
        return
    work = _propose(ctx, document.file_id, document.file_name or "")
    await ctx.start_job("config.import", work)


async def imported(ctx: Context, asked: Mapping[str, Any]) -> str:
    """Import was pressed; what to say."""
    config = await _read(ctx, str(asked["file"]), str(asked["name"]))
    if isinstance(config, str):
        return config
    try:
        done = await configuration.put_in(ctx.backend, ctx.call(), config, await _known(ctx))
    except NotAllowed as error:
        return ctx.t(str(error))
    if done.broken is not None:
        return _breaks(ctx.t, done.broken)
    if done.empty:
        return ctx.t("Everything in it is here already. Nothing was changed.")
    head = ctx.t("Imported. {undo} takes all of it back.", undo="/undo")
    return "\n".join([head, *_summary(ctx.t, done)])


async def _propose(ctx: Context, file_id: str, name: str) -> None:
    t = ctx.t
    config = await _read(ctx, file_id, name)
    if isinstance(config, str):
        await ctx.say(config)
        return
    async with ctx.services.store.read() as conn:
        plan = await config_plan.to_do(conn, config, await _known(ctx))
    if plan.broken is not None:
        await ctx.say(_breaks(t, plan.broken))
        return
    if plan.empty:
        await ctx.say(t("Everything in it is here already. Nothing was changed."))
        return
    if plan.proxied and not may(ctx.call(), Command.SOURCE_PROXY, ctx.services.admin_chat):
        await ctx.say(t("The file sets proxies: only a root admin can import it."))
        return
    question = "\n".join([f"<b>{t('This would be imported:')}</b>", *_summary(t, plan)])
    await ask(ctx, "config.import", question, t("Import"), file=file_id, name=name)


async def _read(ctx: Context, file_id: str, name: str) -> Configuration | str:
    """The configuration of a file that was sent, or what to say of it."""
    t = ctx.t
    try:
        body = await ctx.services.client.download(file_id, _LARGEST)
    except DeliveryError as error:
        log.warning("config.download_failed", error=type(error).__name__)
        return t("Telegram does not give me the file: send it again.")
    if body is None:
        return t("The file is too large: {most} MB at most.", most=_MEGABYTES)
    try:
        return await asyncio.to_thread(read, body, name, await _known(ctx))
    except Unreadable as error:
        return _wrong(t, error.faults)


async def _known(ctx: Context) -> Nameable:
    """What a file may name. Of the names those that are built in, since those stay."""
    reader = ctx.services.reader
    async with ctx.services.store.read() as conn:
        own = {each.id for each in await entities.list_all(conn)}
        stored = [each.id for each in await topics.list_all(conn)]
    built_in = tuple(reader.given_groups)
    return Nameable(
        topics=(*reader.given_topics, *stored),
        groups=dict(reader.groups),
        entities=reader.known - own,
        built_in_groups=built_in,
        built_in_topics=tuple(reader.given_topics),
    )


def _wrong(t: Translator, faults: Sequence[Fault]) -> str:
    """Each fault with its place, for whoever fixes the file."""
    lines = [f"<b>{t('Nothing was imported. Fix this in the file and send it again:')}</b>"]
    for fault in faults[:_FAULTS]:
        why = t(fault.msgid, **fault.values) if fault.error is None else fault.error.message(t.lang)
        line = esc(why, 300)
        lines.append(f"{esc(fault.where)}: {line}" if fault.where else line)
    if len(faults) > _FAULTS:
        lines.append(t("and {n} more", n=len(faults) - _FAULTS))
    return pages(lines)[0]


def _breaks(t: Translator, broken: Broken) -> str:
    why = esc(broken.error.message(t.lang), 400)
    return t(
        "Not saved: {filter} could not be read any more. {why}", filter=code(broken.key), why=why
    )


def _counted(t: Translator, sources: int, filters: int, names: int, *others: int) -> str:
    groups, topics = [*others, 0, 0][:2]
    parts = [
        t.n("{n} topic", "{n} topics", topics) if topics else "",
        t.n("{n} source", "{n} sources", sources) if sources else "",
        t.n("{n} filter", "{n} filters", filters) if filters else "",
        t.n("{n} name", "{n} names", names) if names else "",
        t.n("{n} word group", "{n} word groups", groups) if groups else "",
    ]
    return ", ".join(filter(None, parts)) + "."


def _summary(t: Translator, plan: Plan) -> list[str]:
    """What is new, what changes, what is left out or must be set by hand."""
    lines = []
    new = (
        *(plan.new_sources, plan.new_filters, plan.new_entities, plan.new_groups),
        plan.new_topics,
    )
    if any(new):
        lines.append(t("New: {things}", things=_counted(t, *map(len, new))))
    changed = (
        *(plan.changed_sources, plan.left_out, plan.changed_entities, plan.changed_groups),
        plan.changed_topics,
    )
    if any(changed):
        lines.append(t("Changed: {things}", things=_counted(t, *map(len, changed))))
    if plan.switched:
        keys = ", ".join(f"{each.key} → {_state(t, state)}" for each, state in plan.switched)
        lines.append(t("Switched: {filters}", filters=esc(keys, 600)))
    if plan.same:
        lines.append(t("Here already: {n}", n=plan.same))
    if plan.unknown:
        lines.append(t("Unknown here, left out: {names}", names=esc(", ".join(plan.unknown), 300)))
    if plan.lacking:
        names = ", ".join(row.title for row in plan.lacking[:_LACKING])
        more = len(plan.lacking) - _LACKING
        names += f" {plain(t('and {n} more', n=more))}" if more > 0 else ""
        lines.append(
            t(
                "Paused until their proxy, header or key is set again: {names}",
                names=esc(names, 600),
            )
        )
    return lines


def _state(t: Translator, state: FilterState) -> str:
    labels = {FilterState.OFF: t("off"), FilterState.TRIAL: t("digest first")}
    return labels.get(state, t("on"))
