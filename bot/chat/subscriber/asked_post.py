"""Which post is asked about: a forwarded one, a link, or a text that was pasted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import telegram

__all__ = ["Asked", "asked_of", "is_link", "is_question"]

_URL: Final = re.compile(r"(?:https?://|(?:www\.)?t\.me/)[^\s<>\"«»]+", re.IGNORECASE)
_FEWEST_WORDS: Final = 5  # of a text that is a post, not a remark


@dataclass(frozen=True, slots=True)
class Asked:
    """A post that is asked about. `channel` and `post` are Telegram's numbers, 0 if unknown."""

    url: str = ""
    text: str = ""
    channel: int = 0
    post: int = 0
    origin: str = ""
    """What Telegram calls the place it was forwarded from."""


def is_question(text: str) -> bool:
    """Whether a text without a command is a post or an address rather than small talk."""
    return bool(_URL.search(text)) or len(text.split()) >= _FEWEST_WORDS


def is_link(text: str) -> bool:
    """Whether it is an address alone, or with a remark of a few words about it."""
    found = _URL.search(text)
    rest = "" if found is None else f"{text[: found.start()]} {text[found.end() :]}"
    return found is not None and len(rest.split()) < _FEWEST_WORDS


def asked_of(message: telegram.Message | None, typed: str = "") -> Asked:
    """The post in a message, or what stands behind a command."""
    text = typed.strip()
    if message is not None and not text:
        text = (message.text or message.caption or "").strip()
    origin = message.forward_origin if message is not None and not typed else None
    if isinstance(origin, telegram.MessageOriginChannel):
        name = origin.chat.username or ""
        url = f"https://t.me/{name}/{origin.message_id}" if name else ""
        title = origin.chat.title or name
        return Asked(url, text, origin.chat.id, origin.message_id, title)
    if origin is not None:
        return Asked(text=text)
    found = _URL.search(text)
    if found is None:
        return Asked(text=text)
    url = found[0].rstrip(".,;:!?)")
    rest = f"{text[: found.start()]} {text[found.end() :]}".strip()
    enough = len(rest.split()) >= _FEWEST_WORDS  # fewer are a remark about the link
    return Asked(url if "://" in url else f"https://{url}", rest if enough else "")
