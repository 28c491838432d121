"""Sources taken up, paused, removed, moved, read into the past; see also `source_choices.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog

from bot.commands.calls import Backend, Call, Refused
from bot.commands.roles import Command
from bot.commands.source_choices import join_tags, restore_choice, subject
from bot.commands.transaction import Change, changing
from bot.model import Address, Source, SourceKind, SourceState, Transport
from bot.store import pagings, sources, visits
from bot.store.audit import Undo
from bot.store.visits import FetchRecord

__all__ = [
    "RESTORERS",
    "Added",
    "ChannelUsed",
    "FoundSource",
    "Taken",
    "add",
    "backfill",
    "log",
    "readdress",
    "set_state",
    "use_channel",
]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FoundSource:
    """A source as it was read before it is added. `title` and `kind` as readers shall see them."""

    transport: Transport
    address: str
    identity: str
    title: str
    kind: SourceKind
    lang: str
    telegram_id: int | None = None
    tags: tuple[str, ...] = ()  # added to those it has


@dataclass(frozen=True, slots=True)
class Added:
    """`new` is False where the source was there already; `renamed` where it has moved there."""

    source: Source
    new: bool
    renamed: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """Another source is read at that address already."""

    by: Source


async def add(
    backend: Backend,
    call: Call,
    found: FoundSource,
    *,
    proxy: str = "",
    headers: Mapping[str, str] | None = None,
) -> Added:
    """Take up a source that was read, asked by `proxy` and with `headers` (root admins).

    A channel whose stable number is known is the same source under another name.
    """
    command = Command.SOURCE_PROXY if proxy or headers else Command.SOURCE_ADD
    async with changing(backend, call, command) as change:
        if same := await _same_channel(change, found):
            await join_tags(change, same.source, found.tags)
            return same
        source, new = await sources.add(
            change.conn,
            transport=found.transport,
            address=found.address,
            identity=found.identity,
            title=found.title,
            kind=found.kind,
            lang=found.lang,
            now=call.now,
            telegram_id=found.telegram_id,
            added_by=call.actor.user_id or None,
        )
        await join_tags(change, source, found.tags, recorded=not new)
        source = await sources.get(change.conn, source.id) or source
        if not new:
            return Added(source, new=False)
        if proxy:
            await sources.set_proxy(change.conn, source.id, proxy, call.now)
        if headers:
            await sources.set_headers(change.conn, source.id, headers, call.now)
        await change.record(
            subject(source),
            inverse=_state_undo(source.id, SourceState.REMOVED),
            command=Command.SOURCE_ADD,
            title=source.title,
        )
    log.info("source.added", source=source.id, transport=str(source.transport))
    return Added(source, new=True)


async def _same_channel(change: Change, found: FoundSource) -> Added | None:
    """The channel that is read already, perhaps by the name it had before."""
    if found.telegram_id is None or found.transport is not Transport.PREVIEW:
        return None
    known = await sources.by_telegram_id(change.conn, found.telegram_id)
    if known is not None and known.state is SourceState.ACTIVE:
        return Added(known, new=False)
    renamed = await sources.by_chat(change.conn, found.telegram_id)
    taken = await sources.by_identity(change.conn, found.identity)
    if renamed is None or renamed.identity == found.identity or taken is not None:
        return None
    await _move(change, renamed, found)
    log.info("source.renamed", source=renamed.id)
    return Added(await sources.get(change.conn, renamed.id) or renamed, new=False, renamed=True)


async def set_state(
    backend: Backend, call: Call, source_id: int, state: SourceState
) -> Source | Refused:
    """Pause, resume, remove; the source as it is then. Of a removal the other admins get a message.

    A pending channel that is resumed becomes active: its first post may bring an alert, since
    there is no archive to fill.
    """
    async with changing(backend, call, Command.SOURCE_STATE) as change:
        each = await sources.get(change.conn, source_id)
        if each is None or each.state is SourceState.REMOVED:
            return Refused.MISSING
        if each.state is not state:
            await _set_state(change, each, state)
            await change.record(
                subject(each),
                inverse=_state_undo(each.id, each.state),
                tell=state is SourceState.REMOVED,
                title=each.title,
                was=str(each.state),
                to=str(state),
            )
        now = await sources.get(change.conn, source_id)
    log.info("source.state", source=source_id, state=str(state))
    return now or each


async def _set_state(change: Change, each: Source, state: SourceState) -> None:
    now = change.call.now
    await sources.set_state(change.conn, each.id, state, now)
    if each.state is SourceState.PENDING and state is SourceState.ACTIVE:
        confirmed = FetchRecord(at=now, next_due=None, archived_at=now)
        await visits.record_fetch(change.conn, each.id, confirmed)


@dataclass(frozen=True, slots=True)
class ChannelUsed:
    """The channel is a source now; `replaced`: its public page, read so far, no longer is."""

    source: Source
    replaced: bool


async def use_channel(
    backend: Backend, call: Call, telegram_id: int, name: str
) -> ChannelUsed | Refused:
    """A channel that made the bot its administrator becomes a source."""
    async with changing(backend, call, Command.SOURCE_ADD) as change:
        source = await sources.by_telegram_id(change.conn, telegram_id)
        if source is None or source.state is SourceState.REMOVED:
            return Refused.MISSING
        await _set_state(change, source, SourceState.ACTIVE)
        page = await sources.by_identity(change.conn, f"t.me/{name.lower()}") if name else None
        replaced = page is not None and page.state is SourceState.ACTIVE
        if page is not None and replaced:
            await sources.set_state(change.conn, page.id, SourceState.REMOVED, call.now)
            await change.record(
                subject(page),
                inverse=_state_undo(page.id, page.state),
                command=Command.SOURCE_STATE,
                title=page.title,
                was=str(page.state),
                to=str(SourceState.REMOVED),
            )
        await change.record(
            subject(source), inverse=_state_undo(source.id, source.state), title=source.title
        )
        return ChannelUsed(source, replaced)


async def readdress(
    backend: Backend, call: Call, source_id: int, found: FoundSource
) -> Source | Taken | Refused:
    """The same source, read elsewhere from now on. A removed one gives up the address."""
    async with changing(backend, call, Command.SOURCE_ADDRESS) as change:
        each = await sources.get(change.conn, source_id)
        if each is None or each.state is SourceState.REMOVED:
            return Refused.MISSING
        other = await sources.by_identity(change.conn, found.identity)
        if other is not None and other.id != source_id:
            if other.state is not SourceState.REMOVED:
                return Taken(other)
            await sources.give_up_identity(change.conn, other.id)
        await _move(change, each, found)
        log.info("source.readdressed", source=source_id)
        return await sources.get(change.conn, source_id) or each


async def _move(change: Change, source: Source, found: FoundSource) -> None:
    same_channel = (
        found.transport is Transport.PREVIEW
        and source.transport is Transport.PREVIEW
        and found.telegram_id is not None
        and found.telegram_id == source.telegram_id
    )
    await sources.readdress(
        change.conn,
        source.id,
        transport=found.transport,
        address=found.address,
        identity=found.identity,
        telegram_id=found.telegram_id,
        now=change.call.now,
        # Of the same channel the last number read still counts: what came since is a gap.
        keep_place=same_channel,
    )
    back = {
        "id": source.id,
        "transport": str(source.transport),
        "address": source.address,
        "identity": source.identity,
        "telegram_id": source.telegram_id,
    }
    await change.record(
        subject(source),
        inverse=Undo("source.address", back),
        command=Command.SOURCE_ADDRESS,
        title=source.title,
    )


async def backfill(
    backend: Backend,
    call: Call,
    source_id: int,
    since: datetime,
    *,
    where: Address,
    message_id: int | None,
    lang: str,
) -> Source | Refused:
    """Older posts of a channel into the archive, telling nobody.

    Progress is shown in the message `message_id` at `where`. SAME: one is under way;
    IMPOSSIBLE: of a feed, or before its first visit.
    """
    async with changing(backend, call, Command.SOURCE_BACKFILL) as change:
        each = await sources.get(change.conn, source_id)
        if each is None or each.state is SourceState.REMOVED:
            return Refused.MISSING
        if each.transport is Transport.FEED or not each.address:
            return Refused.IMPOSSIBLE
        new = await pagings.add_backfill(
            change.conn,
            source_id,
            # From the last post read: what has come since is news, and the next visit's.
            int(each.etag) + 1 if each.etag.isdecimal() else None,
            since,
            call.now,
            where=where,
            message_id=message_id,
            lang=lang,
        )
        if not new:
            return Refused.SAME
        await change.record(subject(each), title=each.title, since=since.isoformat())
        return each


# undoing


def _state_undo(source_id: int, state: SourceState) -> Undo:
    return Undo("source.state", {"id": source_id, "state": str(state)})


async def _restore_state(change: Change, args: Mapping[str, Any]) -> bool:
    each = await sources.get(change.conn, int(args["id"]))
    if each is None:
        return False
    await _set_state(change, each, SourceState(args["state"]))
    return True


async def _restore_address(change: Change, args: Mapping[str, Any]) -> bool:
    each = await sources.get(change.conn, int(args["id"]))
    other = await sources.by_identity(change.conn, str(args["identity"]))
    if each is None or (other is not None and other.id != each.id):
        return False
    return await sources.readdress(
        change.conn,
        each.id,
        transport=Transport(args["transport"]),
        address=str(args["address"]),
        identity=str(args["identity"]),
        telegram_id=args["telegram_id"],
        now=change.call.now,
    )


RESTORERS: Final = {
    "source.state": _restore_state,
    "source.set": restore_choice,
    "source.address": _restore_address,
}
