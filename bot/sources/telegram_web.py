"""Public preview pages of Telegram channels (t.me/s/NAME): bytes to posts.

    parse_channel_page(body, now=...)   -> ParsedChannelPage

`/s/NAME` answers 302 to `/NAME` for groups, missing names, 18+ and channels without
preview: that is not followed, `/NAME` is read and told apart by `telegram_landing`.
A page without posts is not proof of anything: a throttled reader sees the same.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final
from urllib.parse import parse_qs, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.errors import LayoutChanged, ParseFailed
from bot.model import ParsedItem
from bot.sources.charset import decode
from bot.sources.dates import sane_time
from bot.sources.markup import links_of, node_text
from bot.sources.parsed import ChannelPost, ParsedChannelPage
from bot.sources.telegram_addresses import CHANNEL_NAME, channel_name
from bot.sources.text import clean, guess_language, unique, web_link

__all__ = [
    "parse_channel_page",
]


# --- a page of posts ----------------------------------------------------------------


def parse_channel_page(body: bytes, *, now: datetime, content_type: str = "") -> ParsedChannelPage:
    """The posts on a preview page.

    Raises LayoutChanged when there are blocks but none can be read, or when this is
    not a preview page at all; ParseFailed on bytes that are no page. `now` (aware UTC)
    tells impossible dates.
    """
    try:
        return _channel_page(LexborHTMLParser(decode(body, content_type)), now)
    except (ParseFailed, MemoryError):
        raise
    except Exception as error:
        raise ParseFailed("The channel's page is broken: nothing in it can be read") from error


def _channel_page(page: LexborHTMLParser, now: datetime) -> ParsedChannelPage:
    blocks = [node for node in page.css("div.tgme_widget_message") if _is_block(node)]
    posts = [post for post in (_post(node, now) for node in blocks) if post is not None]
    nothing = page.css_first(".tme_no_messages_found") is not None
    history = page.css_first(".tgme_channel_history") is not None
    if not posts and not (history and not blocks and _is_empty(page, nothing)):
        raise LayoutChanged("The channel's page has changed: its posts cannot be read")
    return ParsedChannelPage(
        title=_page_title(page),
        username=_username(page, blocks),
        chat_id=next(filter(None, map(_chat_id, blocks)), None),
        posts=tuple(sorted(posts, key=lambda post: post.ids[0])),
        before=_before(page),
        empty=not posts,
        unread=len(blocks) - len(posts),
    )


def _is_block(node: LexborNode) -> bool:
    return "err_message" not in _classes(node)


def _is_empty(page: LexborHTMLParser, nothing: bool) -> bool:
    """No posts and the page says so, or it has no block of any form (a new channel)."""
    return nothing or page.css_first(".tgme_widget_message_wrap, [data-post]") is None


def _post(node: LexborNode, now: datetime) -> ChannelPost | None:
    """The post in a block, or None if the block cannot be read."""
    data_post = (node.attributes.get("data-post") or "").strip("/")
    name, _, number = data_post.partition("/")
    if not CHANNEL_NAME.fullmatch(name) or not re.fullmatch(r"\d{1,12}", number):
        return None
    number_id = int(number)
    service = "service_message" in _classes(node)
    text_node = _own_text(node)
    has = _attachments(node, text_node)
    text = node_text(text_node) if text_node is not None else ""
    restricted = _is_restricted(node, text, has)
    text = _with_words(node, text)
    # A block we find neither words nor anything attached in is one we cannot read.
    if not (text or has or service or restricted):
        return None
    forwarded, forward_name = _forward(node)
    author = node.css_first(".tgme_widget_message_from_author")
    item = ParsedItem(
        key=number,
        text=text,
        url=f"https://t.me/{name}/{number}",
        published=_published(node, now),
        author=node_text(author)[:200] if author is not None else "",
        lang=guess_language(text),
        links=_links(node, text_node),
        tags=_hashtags(text_node),
        has=("restricted",) if restricted else has,
        forwarded_from=forwarded,
        forward_name=forward_name,
        edited=_is_edited(node),
    )
    reply = node.css_first("a.tgme_widget_message_reply[href]")
    return ChannelPost(
        item=item,
        ids=tuple(sorted({number_id, *_album_ids(node)})),
        reply_to=web_link(reply.attributes.get("href") or "") if reply is not None else "",
        views=_views(node),
        service=service,
        restricted=restricted,
    )


def _own_text(node: LexborNode) -> LexborNode | None:
    """The post's own text: the outer of two in an album, never the quoted reply's."""
    return node.css_first(".js-message_text")


_LINK_IN_TEXT = re.compile(r"https?://\S+|\bt\.me/\S+|@\w+", re.I)
_FEW_LETTERS: Final = 20


def _with_words(node: LexborNode, text: str) -> str:
    """The text with a poll's words; and where the post says nothing itself, with what its
    link's preview or its document's name say: then they are all a reader sees."""
    parts = [text]
    for part in node.css(
        ".tgme_widget_message_poll_question, .tgme_widget_message_poll_option_text"
    ):
        parts.append(node_text(part))
    if sum(map(str.isalpha, _LINK_IN_TEXT.sub("", "".join(parts)))) < _FEW_LETTERS:
        for part in node.css(
            ".link_preview_title, .link_preview_description, .tgme_widget_message_document_title"
        ):
            parts.append(node_text(part))
    return clean("\n".join(parts))


_KINDS: Final = (
    ("photo", "a.tgme_widget_message_photo_wrap"),
    ("video", ".tgme_widget_message_video_player, .tgme_widget_message_roundvideo_player"),
    ("audio", ".tgme_widget_message_voice_player, .tgme_widget_message_document_icon.audio"),
    ("document", ".tgme_widget_message_document_icon:not(.audio)"),
    ("poll", ".tgme_widget_message_poll"),
    ("location", ".tgme_widget_message_location_wrap"),
    ("contact", ".tgme_widget_message_contact_wrap"),
    ("sticker", ".tgme_widget_message_sticker_wrap"),
    (
        "other",
        ".tgme_widget_message_game, .tgme_widget_message_invoice, .tgme_widget_message_story",
    ),
)


def _attachments(node: LexborNode, text_node: LexborNode | None) -> tuple[str, ...]:
    kinds = [kind for kind, selector in _KINDS if node.css_first(selector) is not None]
    if text_node is not None and text_node.css_first("a[href^=http]") is not None:
        kinds.append("link")
    return tuple(kinds)


def _is_restricted(node: LexborNode, text: str, has: tuple[str, ...]) -> bool:
    """Hidden from the web. The same mark inside a video, or beside text, means nothing."""
    return not text and not has and node.css_first(".message_media_not_supported_wrap") is not None


def _published(node: LexborNode, now: datetime) -> datetime | None:
    stamp = node.css_first(".tgme_widget_message_date time[datetime]")
    try:
        when = datetime.fromisoformat((stamp.attributes.get("datetime") or "") if stamp else "")
    except ValueError:
        return None
    return sane_time(when, now)


def _links(node: LexborNode, text_node: LexborNode | None) -> tuple[str, ...]:
    inside = links_of(text_node, "") if text_node is not None else ()
    previews = node.css("a.tgme_widget_message_link_preview[href]")
    return unique([*inside, *(web_link(a.attributes.get("href") or "") for a in previews)])[:100]


def _hashtags(text_node: LexborNode | None) -> tuple[str, ...]:
    if text_node is None:
        return ()
    found = (node_text(a) for a in text_node.css('a[href^="?q="]'))
    return unique(tag.removeprefix("#") for tag in found if tag.startswith("#"))


def _forward(node: LexborNode) -> tuple[str, str]:
    """The original post's permalink ("" when only a name is given) and the name."""
    origin = node.css_first(".tgme_widget_message_forwarded_from_name")
    if origin is None:
        return "", ""
    href = web_link(origin.attributes.get("href") or "")
    name = channel_name(href) if href else None
    number = re.search(r"/(\d{1,12})/?(?:\?|$)", href)
    permalink = f"https://t.me/{name}/{number[1]}" if name and number else ""
    return permalink, node_text(origin).replace("\n", " ")[:200]


def _is_edited(node: LexborNode) -> bool:
    meta = node.css_first(".tgme_widget_message_meta")
    if meta is None:
        return False
    # The author's signature stands there too: only the words of the element itself count.
    own = (child.text_content or "" for child in _children(meta) if child.tag == "-text")
    return "edited" in " ".join(own).lower()


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.child
    while child is not None:
        yield child
        child = child.next


def _views(node: LexborNode) -> int | None:
    shown = node.css_first(".tgme_widget_message_views")
    match = re.fullmatch(r"([\d.]{1,9})\s*([KM]?)", node_text(shown)) if shown is not None else None
    try:
        return round(float(match[1]) * {"": 1, "K": 1e3, "M": 1e6}[match[2]]) if match else None
    except ValueError:
        return None


def _album_ids(node: LexborNode) -> Iterator[int]:
    for a in node.css('a[href*="?single"]'):
        if match := re.search(r"/(\d{1,12})\?single", a.attributes.get("href") or ""):
            yield int(match[1])


def _chat_id(node: LexborNode) -> int | None:
    """Telegram's id of the channel out of data-view: unsigned base64 of `{"c":-123,...}`."""
    data = node.attributes.get("data-view") or ""
    try:
        raw = base64.urlsafe_b64decode(data + "=" * (-len(data) % 4))
        inner = abs(int(json.loads(raw)["c"]))
    except (binascii.Error, ValueError, KeyError, TypeError, RecursionError):
        return None
    return -1_000_000_000_000 - inner if 0 < inner < 10**12 else None


def _before(page: LexborHTMLParser) -> int | None:
    """Where older posts are. Never rel=canonical: it names this page."""
    more = page.css_first("a.tme_messages_more[data-before]")
    text = (more.attributes.get("data-before") or "") if more is not None else ""
    link = page.css_first("link[rel=prev][href]")
    if not text.isascii() or not text.isdigit():
        query = urlsplit((link.attributes.get("href") or "") if link is not None else "").query
        text = (parse_qs(query).get("before") or [""])[0]
    return int(text) if re.fullmatch(r"[0-9]{1,12}", text) else None


def _page_title(page: LexborHTMLParser) -> str:
    for selector in (
        ".tgme_channel_info_header_title",
        ".tgme_header_title",
        ".tgme_widget_message_owner_name",
    ):
        node = page.css_first(selector)
        if node is not None and (title := node_text(node).replace("\n", " ")):
            return title
    return _meta(page, "og:title")


def _meta(page: LexborHTMLParser, name: str) -> str:
    node = page.css_first(f'meta[property="{name}"]')
    return clean(node.attributes.get("content") or "") if node is not None else ""


def _username(page: LexborHTMLParser, blocks: list[LexborNode]) -> str:
    shown = page.css_first(".tgme_channel_info_header_username")
    names = [node_text(shown).lstrip("@")] if shown is not None else []
    names += [(node.attributes.get("data-post") or "").partition("/")[0] for node in blocks]
    return next((name for name in names if CHANNEL_NAME.fullmatch(name)), "")


def _classes(node: LexborNode) -> list[str]:
    return (node.attributes.get("class") or "").split()


# --- a name without a preview -------------------------------------------------------
