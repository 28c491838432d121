"""Lists of sources as files: OPML sent to the bot is added, a line of report an entry;
`/source export` sends one back."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
import telegram

from bot.chat.admin.adding import Added, add_entries
from bot.chat.admin.source_texts import wrong
from bot.chat.admin.starter import Entry
from bot.chat.context import Context
from bot.chat.text import pages, plain
from bot.commands.source_choices import tags_of
from bot.errors import DeliveryError, SourceError
from bot.i18n import Translator
from bot.model import Source, SourceKind, Transport
from bot.sources.opml_file import is_cut, write_opml
from bot.sources.parsed import OutlineEntry
from bot.store import sources

__all__ = ["export", "import_", "looks_like_list", "sent"]

log = structlog.get_logger(__name__)

_MAX_FILE_BYTES = 2 * 1024 * 1024
_MAX_ENTRIES = 1_000
_IN_CHAT = 60  # lines; a longer report is a file
_ENDINGS = (".opml", ".xml", ".opml.txt")


def looks_like_list(document: telegram.Document) -> bool:
    """Whether a file may be a list of sources, by its name or type."""
    name, kind = (document.file_name or "").lower(), (document.mime_type or "").lower()
    return name.endswith(_ENDINGS) or "opml" in kind


async def import_(ctx: Context, _: str) -> None:
    """`/source import`, under a file or as the answer to one."""
    message = ctx.message
    replied = message.reply_to_message if message else None
    document = (message.document if message else None) or (replied.document if replied else None)
    if document is None:
        await ctx.say(
            ctx.t("Send me a file of sources (OPML, as other readers export it), and I add them.")
        )
        return
    await sent(ctx, document)


async def sent(ctx: Context, document: telegram.Document) -> None:
    """A list of sources has come: each entry is read once, and added or not."""
    if (document.file_size or 0) > _MAX_FILE_BYTES:
        await ctx.say(ctx.t("The file is too large: {most} MB at most.", most=2))
        return
    await ctx.start_job("source.import", _import(ctx, document.file_id))


async def _import(ctx: Context, file_id: str) -> None:
    t, services = ctx.t, ctx.services
    try:
        body = await services.client.download(file_id, _MAX_FILE_BYTES)
    except DeliveryError as error:
        log.warning("source.import_failed", error=type(error).__name__)
        await ctx.say(t("Telegram does not give me the file: send it again."))
        return
    if body is None:
        await ctx.say(t("The file is too large: {most} MB at most.", most=2))
        return
    try:
        listed = await services.discovery.listed(body, services.clock.now())
    except SourceError as error:
        await ctx.say(wrong(t, error))
        return
    entries = [_entry(each) for each in listed[:_MAX_ENTRIES]]
    added = await add_entries(ctx, entries)
    log.info("source.imported", entries=len(listed), added=sum(a.new for a in added))
    await _report(ctx, added, left_out=len(listed) - len(entries), cut=is_cut(body))


def _entry(listed: OutlineEntry) -> Entry:
    kind = next((each for each in SourceKind if each == listed.category), None)
    title = "" if listed.title == listed.address else listed.title
    return Entry(listed.address, title, kind, tags_of(listed.tags))


async def _report(ctx: Context, added: Sequence[Added], left_out: int, *, cut: bool) -> None:
    """How many of each, then a line an entry; as a file where they are many."""
    t = ctx.t
    head = [_summary(t, added)]
    if cut:
        head.append(t("The file breaks off before its end: entries may be missing."))
    if left_out:
        head.append(
            t(
                "{n} more are left out: {most} entries at most in a file.",
                n=left_out,
                most=_MAX_ENTRIES,
            )
        )
    lines = [each.line for each in added]
    if len(lines) <= _IN_CHAT:
        await ctx.say_all(pages([*head, *lines]))
        return
    text = "\n".join(plain(line) for line in lines) + "\n"
    try:
        number = await ctx.services.client.send_document(
            ctx.place.screen, "vigil-report.txt", text.encode(), caption="\n".join(head)
        )
        await ctx.fade(number)
    except DeliveryError as error:
        log.warning("source.report_failed", error=type(error).__name__)
        await ctx.say_all(pages([*head, *lines]))


def _summary(t: Translator, added: Sequence[Added]) -> str:
    new, known = sum(a.new for a in added), sum(a.known for a in added)
    return t(
        "{added} added, {known} there already, {refused} refused.",
        added=new,
        known=known,
        refused=len(added) - new - known,
    )


async def export(ctx: Context, _: str) -> None:
    """`/source export`: all that is not removed, without proxies and headers."""
    t, now = ctx.t, ctx.services.clock.now()
    async with ctx.services.store.read() as conn:
        found = await sources.list_all(conn)
    entries = [each for source in found if (each := _outline(source)) is not None]
    if not entries:
        await ctx.say(t("There are no sources yet. /source add, or /source starter to begin with."))
        return
    caption = t.n("{n} source", "{n} sources", len(entries))
    caption += ". " + t("Proxies and headers are not in the file.")
    if closed := len(found) - len(entries):
        caption += " " + t("Left out, without a public address: {n}.", n=closed)
    name = f"vigil-sources-{now:%Y-%m-%d}.opml"
    try:
        sent_id = await ctx.services.client.send_document(
            ctx.place.screen, name, write_opml("Vigil", entries, now), caption=caption
        )
    except DeliveryError as error:
        log.warning("source.export_failed", error=type(error).__name__)
        await ctx.say(t("The file could not be sent: try again."))
        return
    await ctx.fade(sent_id)


def _outline(source: Source) -> OutlineEntry | None:
    """The source as other readers may take it up; None of a private channel."""
    if not source.address:
        return None
    address = source.address
    if source.transport is not Transport.FEED:
        address = f"https://t.me/s/{source.address}"
    return OutlineEntry(address, source.title, str(source.kind), source.tags)
