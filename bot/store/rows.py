"""From rows to the values of `bot.model`, and what both databases share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import (
    Address,
    Alert,
    Cause,
    Chat,
    ChatMode,
    ChatState,
    ChatType,
    DigestEvery,
    FullText,
    Item,
    ItemMatch,
    NoticeState,
    Prefs,
    Priority,
    Source,
    SourceKind,
    SourceState,
    Subscription,
    Transport,
    Way,
)
from bot.store import unreadable_rows
from bot.store.columns import UNREADABLE_TIME, Unreadable
from bot.store.schema import chats

__all__ = [
    "Notice",
    "alert_of",
    "cause_of",
    "chat_columns",
    "chat_of",
    "chunks",
    "insert",
    "item_of",
    "joined_chat_of",
    "kind_of",
    "match_of",
    "notice_of",
    "prefs_of",
    "prefs_stored",
    "source_of",
    "subscription_of",
]

T = TypeVar("T")

# Both databases take at most about 32,000 values a statement.
_ROWS_A_STATEMENT = 1_000


@dataclass(frozen=True, slots=True)
class Notice:
    """Chat x alert, as stored. `message_id` is ours, None while there is no message."""

    id: int
    chat_id: int
    alert_id: int
    item_id: int
    revision: int
    topic: str
    state: NoticeState
    message_id: int | None
    created_at: datetime


def insert(conn: AsyncConnection, table: sa.Table) -> sqlite.Insert:
    """An INSERT that knows ON CONFLICT, in the dialect of `conn`."""
    if conn.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # a start on SQLite need not wait for it

        # The two classes have the same methods but no common ancestor for them.
        return cast("sqlite.Insert", postgresql.insert(table))
    return sqlite.insert(table)


def chunks(values: Iterable[T], size: int = _ROWS_A_STATEMENT) -> Iterator[list[T]]:
    """`values` in lists short enough for one statement."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk


def source_of(row: sa.Row[Any]) -> Source:
    """Raises ValueError for one that cannot be read: see `unreadable_rows`."""
    _check(row.headers, row.error_values)
    _check_times(row.added_at, row.archived_at, row.next_due, row.last_success, row.last_item_at)
    return Source(
        id=row.id,
        transport=Transport(row.transport),
        address=row.address,
        identity=row.identity,
        title=row.title,
        kind=SourceKind(row.kind),
        lang=row.lang,
        state=SourceState(row.state),
        telegram_id=row.telegram_id,
        etag=row.etag,
        last_modified=row.last_modified,
        body_hash=row.body_hash,
        added_at=row.added_at,
        archived_at=row.archived_at,
        next_due=row.next_due,
        last_success=row.last_success,
        last_item_at=row.last_item_at,
        failures=row.failures,
        error=row.error,
        error_values=row.error_values or {},
        rate=row.rate,
        rhythm=row.rhythm,
        priority=Priority(row.priority),
        fulltext=FullText(row.fulltext),
        tags=tuple(row.tags.splitlines()),
        proxy=row.proxy,
        headers=row.headers or {},
        moved_to=row.moved_to,
        moved_times=row.moved_times,
        moved_since=row.moved_since,
    )


def _check(*columns: object) -> None:
    for each in columns:
        if isinstance(each, Unreadable):
            raise ValueError("a column is no JSON")


def _check_times(*columns: datetime | None) -> None:
    for each in columns:
        if each is UNREADABLE_TIME:
            raise ValueError("a column is no time")


def kind_of(stored: str) -> SourceKind:
    """The kind of a source that is shown beside something else; the least known, if unreadable."""
    try:
        return SourceKind(stored)
    except ValueError:
        return SourceKind.ANONYMOUS


def item_of(row: sa.Row[Any]) -> Item:
    """Raises ValueError for one that cannot be read: see `unreadable_rows`."""
    _check(row.links, row.tags)
    _check_times(row.published, row.seen_at)
    return Item(
        id=row.id,
        source_id=row.source_id,
        key=row.key,
        revision=row.revision,
        title=row.title,
        text=row.text,
        url=row.url,
        lang=row.lang,
        published=row.published,
        seen_at=row.seen_at,
        story_id=row.story_id,
        forwarded_from=row.forwarded_from,
        forward_name=row.forward_name,
        archived=row.archived,
        author=row.author,
        links=tuple(row.links or ()),
        tags=tuple(row.tags or ()),
        part_of=row.part_of,
        cut=row.cut,
    )


def match_of(row: sa.Row[Any]) -> ItemMatch:
    """Raises ValueError or TypeError for one that cannot be read: see `unreadable_rows`."""
    _check(row.spans, row.sentence, row.evidence, row.words)
    return ItemMatch(
        topic=row.topic,
        filter_key=row.filter_key,
        spans=tuple(_span(span) for span in row.spans or ()),
        sentence=_span(row.sentence or ("title", 0, 0)),
        army=row.army,
        stage=row.stage,
        era=row.era,
        evidence={facet: tuple(words) for facet, words in (row.evidence or {}).items()},
        certainty=row.certainty,
        score=row.score,
        words=tuple(_span(span) for span in row.words or ()),
    )


def _span(stored: Sequence[Any]) -> tuple[str, int, int]:
    field, start, end = stored
    return field, start, end


def alert_of(row: sa.Row[Any]) -> Alert:
    return Alert(id=row.id, story_id=row.story_id, n=row.n, created_at=row.created_at)


def cause_of(row: sa.Row[Any]) -> Cause:
    return Cause(
        id=row.id,
        alert_id=row.alert_id,
        item_id=row.item_id,
        created_at=row.created_at,
        cursor=row.cursor,
        edit_cursor=row.edit_cursor,
        done=row.done,
        revision=row.revision,
        late=row.late,
    )


def chat_columns() -> list[sa.Label[Any]]:
    """The columns of chats for a join; `joined_chat_of` reads them."""
    return [column.label(f"of_chat_{column.name}") for column in chats.c]


_CHAT = tuple(column.name for column in chats.c)


def chat_of(row: sa.Row[Any]) -> Chat:
    values = row._mapping
    return _chat({name: values[name] for name in _CHAT})


def joined_chat_of(row: sa.Row[Any]) -> Chat:
    values = row._mapping
    return _chat({name: values[f"of_chat_{name}"] for name in _CHAT})


def _chat(values: dict[str, Any]) -> Chat:
    """A chat that cannot be read is set aside: paused, so that its alerts are held,
    and Quiet, so that nothing shows what it may have chosen to hide."""
    private = values["telegram_id"] > 0
    other = ChatType.PRIVATE if private else ChatType.SUPERGROUP
    bad: list[str] = []
    type_ = _or(bad, "type", lambda: ChatType(values["type"]), other)
    mode = _or(bad, "mode", lambda: ChatMode(values["mode"]), ChatMode.QUIET)
    prefs = _or(bad, "prefs", lambda: prefs_of(values["prefs"]), _PLAIN)
    state = _or(bad, "state", lambda: ChatState(values["state"]), ChatState.PAUSED)
    bad += [name for name in _CHAT if values[name] is UNREADABLE_TIME]
    if bad:
        unreadable_rows.note("chats", values["id"], ", ".join(bad))
        mode = ChatMode.QUIET
        state = state if state is ChatState.BLOCKED else ChatState.PAUSED
    return Chat(
        id=values["id"],
        address=Address(
            values["telegram_id"], values["thread_id"], group=type_ is not ChatType.PRIVATE
        ),
        type=type_,
        state=state,
        mode=mode,
        lang=values["lang"],
        tz=values["tz"],
        paused_at=values["paused_at"],
        paused_until=values["paused_until"],
        prefs=prefs,
        pushed_on=values["pushed_on"],
        pushed=values["pushed"],
    )


def _or(bad: list[str], column: str, read: Callable[[], T], other: T) -> T:
    """What `read` gives, or `other` where the column, named in `bad` then, cannot be read."""
    try:
        return read()
    except (ValueError, TypeError, KeyError):
        bad.append(column)
        return other


_PLAIN = Prefs()


def prefs_of(stored: Mapping[str, Any] | None) -> Prefs:
    if isinstance(stored, Unreadable):
        raise ValueError("prefs are no JSON")
    if not stored:
        return _PLAIN
    values = dict(stored)
    if "digest" in values:
        values["digest"] = DigestEvery(values["digest"])
    for name in ("digest_more", "quiet_days"):
        if name in values:
            values[name] = tuple(int(each) for each in values[name])
    return Prefs(**values)


def prefs_stored(prefs: Prefs) -> dict[str, Any]:
    """What differs from the defaults: those may change, choices may not."""
    return {k: v for k, v in asdict(prefs).items() if v != getattr(_PLAIN, k)}


def subscription_of(row: sa.Row[Any]) -> Subscription:
    """Raises ValueError for one that cannot be read: see `unreadable_rows`."""
    _check(row.armies, row.stages, row.ways)
    return Subscription(
        id=row.id,
        chat_id=row.chat_id,
        topic=row.topic,
        narrowing=row.narrowing,
        armies=tuple(row.armies or ()),
        stages=tuple(row.stages or ()),
        ways={stage: Way(way) for stage, way in (row.ways or {}).items()},
    )


def notice_of(row: sa.Row[Any]) -> Notice:
    return Notice(
        id=row.id,
        chat_id=row.chat_id,
        alert_id=row.alert_id,
        item_id=row.item_id,
        revision=row.revision,
        topic=row.topic,
        state=NoticeState(row.state),
        message_id=row.message_id,
        created_at=row.created_at,
    )
