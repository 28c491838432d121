"""The keys that find an item's story again: its own address, its origin, its text.

Keys are global and unique. Links inside a text, empty or short captions and addresses
that name no single article are never keys: they would make one story of many, and
all but the first would be lost.

An address is a key only where somebody who knows says it: the source whose host or channel
it is on, or Telegram in the header of a forward. What a feed or a text says of others'
addresses is a hint: it names texts worth comparing and decides nothing by itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Final

from bot.model import ENTRY_KEY, ParsedItem, Source, Transport
from bot.stories.ownership import owns
from bot.urls import canonical_url, is_homepage

__all__ = [
    "SHORTEST_TEXT",
    "TEXT_KEY",
    "Identity",
    "body_text",
    "clean_text",
    "identify",
    "origin_of",
    "shared_urls",
    "story_keys",
    "url_keys",
    "whole_text",
]

TEXT_KEY: Final = "text:"
"""How the key of a text begins."""

SHORTEST_TEXT: Final = 40
"""Letters a clean text must have to stand for itself."""

# Signs, of which nearly always that many are letters.
_SIGNS_READ_FIRST: Final = 64

# Longer keys would not fit an index of PostgreSQL.
_LONGEST_URL: Final = 500


_SAID: Final = "said:"
"""How the key of an address begins that only others, or a feed on another host, have named."""


@dataclass(frozen=True)
class Identity:
    """`keys` say which story an item is of; `hints` name addresses to compare it with."""

    keys: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()

    @cached_property
    def stored(self) -> tuple[str, ...]:
        """The rows to keep: its keys, and hints marked as only named."""
        return (*self.keys, *(_SAID + hint for hint in self.hints))

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """The rows to look up: its keys, and whoever has or names the addresses it names."""
        named = [key for key in self.keys if not key.startswith(TEXT_KEY)]
        named_only = [_SAID + key for key in (*named, *self.hints)]
        return tuple(dict.fromkeys((*self.keys, *self.hints, *named_only)))


def identify(item: ParsedItem, source: Source, shared: Collection[str] = ()) -> Identity:
    """The item's keys and hints. An address is a key only if the source may vouch for it.

    `shared` are addresses (of `shared_urls`) that several items of its source have. An entry of a
    roundup has words alone: the addresses beside it are the roundup's.
    """
    if ENTRY_KEY in item.key:
        return Identity(tuple(_text_key(item)))
    keys: list[str] = []
    hints: list[str] = []
    own = canonical_url(item.url)
    if own and own not in shared and not is_homepage(own):
        (keys if owns(source, own) else hints).append(_url_key(own))
    origin = origin_of(item)
    if origin and not is_homepage(origin):
        # Telegram writes the header of a forward; a feed, or a line of text, may say anything.
        header = bool(item.forwarded_from) and origin.startswith("https://t.me/")
        header = header and source.transport is not Transport.FEED
        (keys if header else hints).append(_url_key(origin))
    keys += _text_key(item)
    return Identity(
        tuple(dict.fromkeys(keys)),
        tuple(dict.fromkeys(hint for hint in hints if hint not in keys)),
    )


def story_keys(item: ParsedItem, shared: Collection[str] = ()) -> tuple[str, ...]:
    """The item's keys, at most three, without doubting any address: for files, whose maker vouches.

    `shared` are addresses (of `shared_urls`) that several items of its source have.
    """
    keys = []
    own = canonical_url(item.url)
    if own and own not in shared and not is_homepage(own):
        keys.append(_url_key(own))
    origin = origin_of(item)
    if origin and not is_homepage(origin):
        keys.append(_url_key(origin))
    return tuple(dict.fromkeys((*keys, *_text_key(item))))


def _text_key(item: ParsedItem) -> list[str]:
    """The key of a text that is long enough to stand for itself."""
    clean = whole_text(item.title, item.text)
    if _letters(clean[:_SIGNS_READ_FIRST]) >= SHORTEST_TEXT or _letters(clean) >= SHORTEST_TEXT:
        return [TEXT_KEY + sha256(clean.encode()).hexdigest()]
    return []


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def origin_of(item: ParsedItem) -> str:
    """The canonical address of the post that the item forwards; "" where it tells none.

    As the source gave it, else as the first lines say: "Forwarded from … https://t.me/…/12".
    """
    if item.forwarded_from:
        return canonical_url(item.forwarded_from)
    for line in item.text[:_HEAD_LETTERS].split("\n")[:3]:
        if line.strip() and not _FORWARDED_AT.match(line):
            break
        for found in _POST.findall(line):
            return canonical_url(found if "://" in found else f"https://{found}")
    return ""


def shared_urls(items: Iterable[ParsedItem]) -> frozenset[str]:
    """Canonical addresses that more than one of a source's items give as their own.

    Ask with all that a fetch brought, known items too.
    """
    own = {item.key: canonical_url(item.url) for item in items}
    counts = Counter(url for url in own.values() if url)
    return frozenset(url for url, n in counts.items() if n > 1)


def url_keys(url: str) -> tuple[str, ...]:
    """The rows that an item with this address may have; none if it names no single article."""
    own = canonical_url(url)
    if not own or is_homepage(own):
        return ()
    return _url_key(own), _SAID + _url_key(own)


def _url_key(url: str) -> str:
    if len(url) <= _LONGEST_URL:
        return f"url:{url}"
    return "url#" + sha256(url.encode()).hexdigest()


@lru_cache(maxsize=16)  # asked for keys, then for shingles
def whole_text(title: str, text: str) -> str:
    """Title and text as one clean text; channels repeat the title as the first line."""
    title, text = clean_text(title), clean_text(text)
    return text if text.startswith(title) else f"{title} {text}".strip()


# --- cleaning ---

_DECORATION: Final = re.compile(
    r"[0-9#*]\ufe0f?\u20e3|[\u00ad\u0300\u0301\u200b-\u200f\u2060-\u2064\ufeff]"
)
# A signs' class is searched for eight times as fast as the set of a text's signs is made.
_DECORATES: Final = re.compile(r"[\u20e3\u00ad\u0300\u0301\u200b-\u200f\u2060-\u2064\ufeff]")
_APOSTROPHE: Final = re.compile(r"['’ʼ`´‘ʹ′]")
_APOSTROPHES: Final = re.compile(r"(?<=\w)['’ʼ`´‘ʹ′](?=\w)")
_WORDS: Final = re.compile(r"[^\W_]+")
_URL: Final = re.compile(r"https?://\S+", re.I)

# "This message (material) was made and (or) spread by a foreign agent …", in both wordings.
_AGENT_NOTICE: Final = re.compile(
    r"(?:данное|настоящее|данный|настоящий)\s+(?:сообщение|материал)[^\n]{0,400}?иностранн\w+\s+"
    r"(?:средств|агент)[^\n]{0,400}?(?:функции\s+иностранного\s+агента(?:[^\n]{0,120}?функции\s+"
    r"иностранного\s+агента)?\.?|(?:\n|$)|(?:либо|или)\s+касается\s+деятельности[^\n]{0,150}?"
    r"(?:18\s?\+|\n|$))",
    re.I,
)
_AGENT_REMARK: Final = re.compile(
    r"\([^()\n]{0,150}(?:иноагент|иностранн\w+ агент|нежелательн\w+ организаци)[^()\n]{0,150}\)"
    r"|^\s*\*+\s*(?:признан|внес|включ|организация признан)[^\n]*$",
    re.I | re.M,
)
_AGENT_WORDS: Final = ("иноагент", "иностранн", "нежелательн")
_STARRED_WORDS: Final = ("признан", "внес", "включ")  # of which one follows the stars of a remark
_HEAD_LETTERS: Final = 600
_POST: Final = re.compile(
    r"(?:https?://)?(?:www\.)?(?:t\.me|telegram\.me)/(?:s/)?(?:c/\d+|[A-Za-z]\w{3,})/\d+(?:/\d+)?",
    re.I,
)
_FORWARDED_AT: Final = re.compile(r"^\W*(?:переслан|переслав|репост|forwarded|reposted)", re.I)
_FORWARDED: Final = re.compile(
    r"^\W*(?:переслано|переслане|переслав\w*|репост|пересылка|forwarded|reposted)"
    r"(?:\s+(?:message|сообщение|повідомлення))?\s*(?:\b(?:из|от|з|із|від|from)\b[^\n]{0,100}|\W*)$",
    re.I,
)
# Invitations and the like, in the last lines of a post.
_FOOTER: Final = re.compile(
    r"\b(?:подпис(?:аться|ывай(?:ся|тесь)|ка\s+на)|підпис(?:атис[ья]|уй(?:ся|тесь|теся)|ка\s+на)"
    r"|(?:subscribe|follow\s+us|join\s+us|send\s+(?:us\s+)?news)"
    r"|(?:при|за)слать\s+новость|предложи(?:ть)?\s+новость|сообщи(?:ть)?\s+новость"
    r"|(?:надіслати|запропонувати|прислати)\s+новину"
    r"|читай(?:те)?\s+нас|читать\s+нас|читайте\s+(?:также|ещё|еще)|смотреть\s+нас"
    r"|мы\s+в\s+(?:telegram|телеграм\w*|vk|вк|max|дзен\w*|youtube|ютуб\w*|соцсет\w+)"
    r"|ми\s+в\s+(?:telegram|телеграм\w*|youtube|соцмереж\w+|viber)"
    r"|наш\s+(?:канал|чат|бот|сайт|youtube|ютуб|резервный)|без\s+vpn|vpn\s+без"
    r"|поддерж(?:ать|ите)\s+нас|підтрим(?:ати|айте)\s+нас|support\s+us|оставь(?:те)?\s+буст|boost)\b",
    re.I,
)
_LONGEST_FOOTER: Final = 120
_ONLY_NAMES: Final = re.compile(
    r"(?:\b(?:max|vk|telegram|youtube|rutube|вк|тг|дзен|чат|бот|сайт)\b|[^\w@#/+.:-]|@\w++|#[\w-]++"
    r"|(?:https?://)?t\.me/[\w+/-]++)+",
    re.I,
)


def clean_text(text: str) -> str:
    """The words of a text alone, so that copies are equal: lower case, single spaces.

    Without footers, invitations to subscribe, trailing hashtags and names of channels,
    "forwarded from", notices about foreign agents, emoji, stress marks, punctuation;
    ё is е; links in one spelling.
    """
    text = body_text(text)
    # Nearly all of a post's cost is here: what is not there is not looked for.
    if "://" in text:
        text = _URL.sub(lambda found: canonical_url(found[0]) or found[0], text)
    if _DECORATES.search(text):
        text = _DECORATION.sub("", text)
    if _APOSTROPHE.search(text):
        text = _APOSTROPHES.sub("", text)
    text = unicodedata.normalize("NFKC", text.casefold()).replace("ё", "е")
    return " ".join(_WORDS.findall(text))


@lru_cache(maxsize=16)
def body_text(text: str) -> str:
    """What the author says, as written: without footers, notices, "forwarded from"."""
    text = unicodedata.normalize("NFKC", text).replace("\u2028", "\n").replace("\u2029", "\n")
    lower = text.casefold()
    if "иностранн" in lower:
        text = _AGENT_NOTICE.sub("\n", text)
    words = _AGENT_WORDS + _STARRED_WORDS if "*" in text else _AGENT_WORDS
    if any(word in lower for word in words):
        text = _AGENT_REMARK.sub(" ", text)
    return "\n".join(_body(text.split("\n")))


def _body(lines: list[str]) -> list[str]:
    """Without what stands above and below a copied post."""
    lines = [line for line in lines if line.strip()]
    while len(lines) > 1 and _FORWARDED.match(lines[0]):
        del lines[0]
    while len(lines) > 1 and _is_footer(lines[-1]):
        del lines[-1]
    return lines


def _is_footer(line: str) -> bool:
    if _ONLY_NAMES.fullmatch(line):
        return True
    return len(line) <= _LONGEST_FOOTER and bool(_FOOTER.search(line))
