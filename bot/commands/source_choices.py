"""What admins choose for a source: its kind, full text, priority, tags, proxy and headers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import structlog

from bot.commands.calls import Backend, Call, Refused
from bot.commands.roles import Command
from bot.commands.transaction import Change, changing
from bot.model import FullText, Priority, Source, SourceKind, SourceState, Transport
from bot.store import sources
from bot.store.audit import Undo

__all__ = [
    "MOST_HEADERS",
    "add_tags",
    "join_tags",
    "restore_choice",
    "set_fulltext",
    "set_header",
    "set_kind",
    "set_priority",
    "set_proxy",
    "set_tags",
    "subject",
    "tags_of",
]

log = structlog.get_logger(__name__)


MOST_HEADERS = 20
_MOST_TAGS, _LONGEST_TAG = 20, 100


async def join_tags(
    change: Change, source: Source, tags: Sequence[str], *, recorded: bool = True
) -> None:
    """Beside those it has. `recorded`: whether that is a change of its own, which can be undone."""
    if not set(tags) <= set(source.tags):
        together = "\n".join(tags_of((*source.tags, *tags)))
        if recorded:
            await _choose(change, source.id, "tags", together, Command.SOURCE_TAGS)
        else:
            await _set_tags(change, source.id, together)


async def set_kind(
    backend: Backend, call: Call, source_id: int, kind: SourceKind
) -> Source | Refused:
    """What readers see the source as."""
    async with changing(backend, call, Command.SOURCE_KIND) as change:
        return await _choose(change, source_id, "kind", kind)


async def set_fulltext(
    backend: Backend, call: Call, source_id: int, fulltext: FullText
) -> Source | Refused:
    """Whether its articles are fetched. IMPOSSIBLE for channels: their posts are whole."""
    async with changing(backend, call, Command.SOURCE_FULLTEXT) as change:
        each = await sources.get(change.conn, source_id)
        feed = each is not None and each.transport is Transport.FEED
        if each is not None and not feed and fulltext is not FullText.OFF:
            return Refused.IMPOSSIBLE
        return await _choose(change, source_id, "fulltext", fulltext)


async def set_priority(
    backend: Backend, call: Call, source_id: int, priority: Priority
) -> Source | Refused:
    """Set how often it is polled."""
    async with changing(backend, call, Command.SOURCE_PRIORITY) as change:
        return await _choose(change, source_id, "priority", priority)


async def set_tags(
    backend: Backend, call: Call, source_id: int, tags: Sequence[str]
) -> Source | Refused:
    """By which admins find it, instead of those it has; see `tags_of`."""
    async with changing(backend, call, Command.SOURCE_TAGS) as change:
        return await _choose(change, source_id, "tags", "\n".join(tags_of(tags)))


async def add_tags(
    backend: Backend, call: Call, source_id: int, tags: Sequence[str]
) -> Source | Refused:
    """Beside those it has; a list of another reader brings its folders."""
    async with changing(backend, call, Command.SOURCE_TAGS) as change:
        each = await sources.get(change.conn, source_id)
        if each is None or each.state is SourceState.REMOVED:
            return Refused.MISSING
        await join_tags(change, each, tags)
        return await sources.get(change.conn, source_id) or each


def tags_of(typed: Iterable[str]) -> tuple[str, ...]:
    """As they are stored: each once, on one line, no more and no longer than is of use."""
    lines = (" ".join(each.split())[:_LONGEST_TAG].strip("/ ") for each in typed)
    return tuple(dict.fromkeys(filter(None, lines)))[:_MOST_TAGS]


async def _choose(
    change: Change, source_id: int, what: str, value: str, command: Command | None = None
) -> Source | Refused:
    each = await sources.get(change.conn, source_id)
    if each is None or each.state is SourceState.REMOVED:
        return Refused.MISSING
    was = _as_stored(each, what)
    if was != value:
        await _SETTERS[what](change, source_id, value)
        await change.record(
            subject(each),
            inverse=Undo("source.set", {"id": source_id, "what": what, "value": was}),
            command=command,
            title=each.title,
            was=was,
            to=str(value),
        )
    return await sources.get(change.conn, source_id) or each


def _as_stored(each: Source, what: str) -> str:
    """What was chosen, as the row holds it."""
    return "\n".join(each.tags) if what == "tags" else str(getattr(each, what))


async def _set_kind(change: Change, source_id: int, value: str) -> bool:
    return await sources.set_kind(change.conn, source_id, SourceKind(value))


async def _set_fulltext(change: Change, source_id: int, value: str) -> bool:
    return await sources.set_fulltext(change.conn, source_id, FullText(value))


async def _set_priority(change: Change, source_id: int, value: str) -> bool:
    return await sources.set_priority(change.conn, source_id, Priority(value))


async def _set_tags(change: Change, source_id: int, value: str) -> bool:
    return await sources.set_tags(change.conn, source_id, value.splitlines())


_SETTERS: Final = {
    "kind": _set_kind,
    "fulltext": _set_fulltext,
    "priority": _set_priority,
    "tags": _set_tags,
}


async def set_proxy(backend: Backend, call: Call, source_id: int, proxy: str) -> Source | Refused:
    """Its own way there ("": that of all). Not undone: it may hold a password, which the audit
    must not keep. IMPOSSIBLE for channels whose posts come by themselves."""
    async with changing(backend, call, Command.SOURCE_PROXY) as change:
        each = await sources.get(change.conn, source_id)
        if each is None or each.state is SourceState.REMOVED:
            return Refused.MISSING
        if each.transport is Transport.CHANNEL:
            return Refused.IMPOSSIBLE
        await sources.set_proxy(change.conn, source_id, proxy, call.now)
        await change.record(subject(each), title=each.title, own=bool(proxy))
        log.info("source.proxy", source=source_id, own=bool(proxy))
        return await sources.get(change.conn, source_id) or each


async def set_header(
    backend: Backend, call: Call, source_id: int, name: str, value: str
) -> Source | Refused:
    """What its own server is sent; "" takes the header away. Not undone, as with the proxy.

    IMPOSSIBLE for channels; TOO_MANY beyond `MOST_HEADERS`.
    """
    async with changing(backend, call, Command.SOURCE_HEADERS) as change:
        each = await sources.get(change.conn, source_id)
        if each is None or each.state is SourceState.REMOVED:
            return Refused.MISSING
        if each.transport is not Transport.FEED:
            return Refused.IMPOSSIBLE
        others = {n: v for n, v in each.headers.items() if n.lower() != name.lower()}
        headers = {**others, name: value} if value else others
        if len(headers) > MOST_HEADERS:
            return Refused.TOO_MANY
        await sources.set_headers(change.conn, source_id, headers, call.now)
        await change.record(subject(each), title=each.title, count=len(headers))
        log.info("source.headers", source=source_id, count=len(headers))
        return await sources.get(change.conn, source_id) or each


def subject(each: Source) -> str:
    return f"source:{each.id}"


async def restore_choice(change: Change, args: Mapping[str, Any]) -> bool:
    return await _SETTERS[args["what"]](change, int(args["id"]), str(args["value"]))
