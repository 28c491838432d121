"""Posts of channels where the bot is an administrator, as items.

The key is the message's number, as on the channel's public page; so is the address.
An album comes as several posts, of which one mostly has the caption: `Posts` makes one item
of them, whenever and in whatever order its parts come, with the number of its first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from bot.botapi.posts import Words, origin_of, words_of
from bot.botapi.updates import Unreadable, is_chat_id
from bot.chat.services import Services
from bot.commands import alarms, channels
from bot.model import ParsedItem, Source, SourceState
from bot.store import inbox, sources
from bot.store.visits import FetchRecord

__all__ = ["Posts", "joined", "to_item"]

_PENDING = 100  # of the inbox, that may hold other parts
_LAST_TIME = 253_402_300_799  # the end of the year 9999


class Posts:
    """Takes what channels post to us. Repeating a post changes nothing."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def take(self, post: Mapping[str, Any]) -> None:
        """A new or edited post becomes an item, or a part of one. Raises StoreError, Unreadable.

        Other parts of its album that wait in the inbox are taken with it, so an album is one item.
        """
        services, words = self._services, words_of(post)
        channel, name = _channel(post)
        async with services.store.read() as conn:
            source = await sources.by_telegram_id(conn, channel)
        item = _item(post, words)
        if source is None or source.state is not SourceState.ACTIVE:
            return
        if words.unread:
            await self._note_unread(words.unread)
        if item is None:
            return
        if post.get("media_group_id"):
            item = await self._album(source, post, item)
        now = services.clock.now()
        # An edit of an old post is no new item.
        times = [when for when in (source.last_item_at, item.published) if when is not None]
        record = FetchRecord(
            at=now,
            next_due=None,
            last_item_at=max(times, default=None),
            address=name if name != source.address else None,
        )
        await services.pipeline.ingest(source, [item], record, now)

    async def _note_unread(self, forms: tuple[str, ...]) -> None:
        await alarms.count_unread(self._services.backend, forms)

    async def _album(self, source: Source, post: Mapping[str, Any], item: ParsedItem) -> ParsedItem:
        parts = {int(post["message_id"]): item}
        services = self._services
        async with services.store.read() as conn:
            waiting = await inbox.pending(conn, _PENDING)
        for entry in waiting:
            other = entry.payload.get(entry.kind)
            if not isinstance(other, Mapping) or not entry.kind.endswith("channel_post"):
                continue
            if other.get("media_group_id") != post["media_group_id"]:
                continue
            with suppress(Unreadable):
                part = to_item(other) if _channel(other)[0] == _channel(post)[0] else None
                # In order of coming: of one part the last text counts.
                if part is not None:
                    parts[int(part.key)] = part
        key, stored = await channels.join_album(
            services.backend,
            source.id,
            str(post["media_group_id"]),
            {number: _plain(part) for number, part in parts.items()},
            services.clock.now(),
        )
        return joined(key, [_from_plain(part) for part in stored])


def joined(key: str, parts: Sequence[ParsedItem]) -> ParsedItem:
    """The album of these parts, in the order of their numbers, as one item of this key."""
    first = parts[0]
    published = [part.published for part in parts if part.published is not None]
    address, _, number = first.url.rpartition("/")
    return replace(
        first,
        key=key,
        url=f"{address}/{key}" if number else "",
        text="\n".join(dict.fromkeys(part.text for part in parts if part.text)),
        published=min(published, default=None),
        links=_each(part.links for part in parts),
        tags=_each(part.tags for part in parts),
        has=_each(part.has for part in parts),
        forwarded_from=next((p.forwarded_from for p in parts if p.forwarded_from), ""),
        forward_name=next((p.forward_name for p in parts if p.forward_name), ""),
        edited=any(part.edited for part in parts),
    )


def _each(found: Iterator[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for some in found for each in some))


def _plain(part: ParsedItem) -> dict[str, Any]:
    when = part.published
    return asdict(part) | {"published": None if when is None else when.isoformat()}


def _from_plain(stored: Mapping[str, Any]) -> ParsedItem:
    when = stored["published"]
    lists = {name: tuple(stored[name]) for name in ("links", "tags", "has")}
    return ParsedItem(
        **{**stored, **lists, "published": datetime.fromisoformat(when) if when else None}
    )


def to_item(post: Mapping[str, Any]) -> ParsedItem | None:
    """A Message of Telegram's JSON as an item; None for one that says nothing (service notes).

    Text is what a reader sees, links behind words are in `links`. An edited post
    has the same key. Raises Unreadable when it cannot be known which post of which chat it is.
    """
    return _item(post, words_of(post))


def _item(post: Mapping[str, Any], words: Words) -> ParsedItem | None:
    number, username = post.get("message_id"), _channel(post)[1]
    if not is_chat_id(number):
        raise Unreadable("channel_post.message_id")
    if not words.text and not words.has:
        return None
    origin, name = _origin(origin_of(post))
    return ParsedItem(
        key=str(number),
        text=words.text,
        url=_permalink(username, number),
        published=_time(post.get("date")),
        author=_string(post.get("author_signature")),
        links=words.links,
        tags=words.tags,
        has=words.has,
        forwarded_from=origin,
        forward_name=name,
        edited=bool(post.get("edit_date")),
    )


def _channel(post: Mapping[str, Any]) -> tuple[int, str]:
    """The channel's number and name. Raises Unreadable."""
    chat = post.get("chat")
    number = chat.get("id") if isinstance(chat, Mapping) else None
    if not isinstance(chat, Mapping) or not is_chat_id(number):
        raise Unreadable("channel_post.chat")
    return number, _string(chat.get("username"))


def _permalink(username: str, number: int) -> str:
    return f"https://t.me/{username}/{number}" if username else ""


def _time(value: object) -> datetime | None:
    """Unix time; None where that is none, or out of what a clock can show."""
    if not isinstance(value, int) or not 0 < value < _LAST_TIME:
        return None
    return datetime.fromtimestamp(value, UTC)


def _origin(origin: object) -> tuple[str, str]:
    """The original post's address, if it has one, and whose it was."""
    if not isinstance(origin, Mapping):
        return "", ""
    chat = origin.get("chat") or origin.get("sender_chat")
    if not isinstance(chat, Mapping):
        return "", ""  # a person's post: whose is not kept
    title, number = _string(chat.get("title")), origin.get("message_id")
    if origin.get("type") != "channel" or not isinstance(number, int):
        return "", title
    return _permalink(_string(chat.get("username")), number), title


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
