"""Posts of channels where the bot is an administrator, as items.

The key is the message's number, as on the channel's public page; so is the address.
An album comes as several posts of which one has the caption: only that one is an item.
"""

from __future__ import annotations

from collections.abc import Iterator

import telegram
from telegram.constants import MessageEntityType

from bot.model import ParsedItem

__all__ = ["to_item"]

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


def to_item(post: telegram.Message) -> ParsedItem | None:
    """The post as an item; None for one that says nothing (service notes, parts of albums).

    Text is what a reader sees, links behind words are in `links`. An edited post
    has the same key.
    """
    text = _text(post)
    has = tuple(dict.fromkeys(name for name, field in _MEDIA if getattr(post, field)))
    if not text and (not has or post.media_group_id):
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
