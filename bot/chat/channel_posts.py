"""Posts of channels where the bot is an administrator, as items.

The key is the message's number, as on the channel's public page; so is the address.
An album comes as several posts, of which one mostly has the caption: `Posts` makes one item
of them, whenever and in whatever order its parts come, with the number of its first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import telegram
from telegram.constants import MessageEntityType

from bot.botapi.receive import parse
from bot.chat.services import Services
from bot.model import ParsedItem, Source, SourceState
from bot.store import albums, inbox, sources
from bot.store.sources import FetchRecord

__all__ = ["Posts", "joined", "to_item"]

_MEDIA = (
    ("photo", "photo"),
    ("video", "video"),
    ("video", "animation"),
    ("video", "video_note"),
    ("document", "document"),
    ("audio", "audio"),
    ("audio", "voice"),
    ("poll", "poll"),
)


_PENDING = 100  # of the inbox, that may hold other parts


class Posts:
    """Takes what channels post to us. Repeating a post changes nothing."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def take(self, post: telegram.Message) -> None:
        """A new or edited post becomes an item, or a part of one. Raises StoreError.

        Other parts of its album that wait in the inbox are taken with it, so that an album
        is told whole.
        """
        services = self._services
        async with services.store.read() as conn:
            source = await sources.by_telegram_id(conn, post.chat.id)
        item = to_item(post)
        if source is None or source.state is not SourceState.ACTIVE or item is None:
            return
        if post.media_group_id:
            item = await self._album(source, post, item)
        now = services.clock.now()
        # An edit of an old post is no new item.
        times = [when for when in (source.last_item_at, item.published) if when is not None]
        name = post.chat.username or ""
        record = FetchRecord(
            at=now,
            next_due=None,
            last_item_at=max(times, default=None),
            address=name if name != source.address else None,
        )
        await services.pipeline.ingest(source, [item], record, now)

    async def _album(self, source: Source, post: telegram.Message, item: ParsedItem) -> ParsedItem:
        parts = {post.message_id: item}
        services = self._services
        async with services.store.read() as conn:
            waiting = await inbox.pending(conn, _PENDING)
        for entry in waiting:
            update = entry.payload.get(entry.kind)
            if not isinstance(update, Mapping) or not entry.kind.endswith("channel_post"):
                continue
            if update.get("media_group_id") != post.media_group_id:
                continue
            read = parse(entry.payload, services.client.bot)
            other = read.channel_post or read.edited_channel_post
            if other is None or other.chat.id != post.chat.id:
                continue
            part = to_item(other)
            # In order of coming: of one part the last text counts.
            if part is not None:
                parts[other.message_id] = part
        async with services.store.write() as conn:
            key, stored = await albums.join(
                conn,
                source.id,
                str(post.media_group_id),
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


def to_item(post: telegram.Message) -> ParsedItem | None:
    """The post as an item; None for one that says nothing (service notes).

    Text is what a reader sees, links behind words are in `links`. An edited post
    has the same key.
    """
    text = _text(post)
    has = tuple(dict.fromkeys(name for name, field in _MEDIA if getattr(post, field)))
    if not text and not has:
        return None
    links = tuple(dict.fromkeys(_links(post)))
    origin, name = _origin(post.forward_origin)
    return ParsedItem(
        key=str(post.message_id),
        text=text,
        url=_permalink(post.chat.username, post.message_id),
        published=post.date,
        author=post.author_signature or "",
        links=links,
        tags=tuple(dict.fromkeys(_tags(post))),
        has=(*has, "link") if links else has,
        forwarded_from=origin,
        forward_name=name,
        edited=post.edit_date is not None,
    )


def _text(post: telegram.Message) -> str:
    if post.poll is not None:
        options = [option.text for option in post.poll.options]
        return "\n".join([post.poll.question, *options])
    return (post.text or post.caption or "").strip()


def _permalink(username: str | None, number: int) -> str:
    return f"https://t.me/{username}/{number}" if username else ""


def _origin(origin: telegram.MessageOrigin | None) -> tuple[str, str]:
    """The original post's address, if it has one, and whose it was."""
    if isinstance(origin, telegram.MessageOriginChannel):
        return _permalink(origin.chat.username, origin.message_id), origin.chat.title or ""
    if isinstance(origin, telegram.MessageOriginChat):
        return "", origin.sender_chat.title or ""
    return "", ""  # a person's post: whose is not kept


def _links(post: telegram.Message) -> Iterator[str]:
    for entity, text in _entities(post):
        if entity.type == MessageEntityType.TEXT_LINK and entity.url:
            yield entity.url
        elif entity.type == MessageEntityType.URL:
            yield text if "://" in text else f"https://{text}"


def _tags(post: telegram.Message) -> Iterator[str]:
    for entity, text in _entities(post):
        if entity.type == MessageEntityType.HASHTAG:
            yield text.removeprefix("#").partition("@")[0]


def _entities(post: telegram.Message) -> Iterator[tuple[telegram.MessageEntity, str]]:
    if post.text:
        yield from post.parse_entities().items()
    elif post.caption:
        yield from post.parse_caption_entities().items()
