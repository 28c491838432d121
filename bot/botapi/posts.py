"""The words of a message, from the JSON that Telegram sends, whatever form they have.

A channel may say the same thing as a text, a caption, a rich message, a checklist, a poll, a
file's name, a quotation or a button. Each is read here (fields of the Bot API 10.1,
https://core.telegram.org/bots/api#message). Wrong types are passed over, never raised: one odd
field must not hide the words beside it. Fields that hold words and are not known here are named in
`unread`, so that somebody learns of them before readers miss an alert.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Words", "origin_of", "words_of"]

Json = Mapping[str, Any]

_MEDIA = {
    "photo": "photo",
    "live_photo": "photo",
    "video": "video",
    "animation": "video",
    "video_note": "video",
    "document": "document",
    "audio": "audio",
    "voice": "audio",
    "poll": "poll",
    "paid_media": "photo",
}
# Service notes and facts about the message: the channel says nothing with them. (What strangers
# write there, with a gift or as an option of a poll, is not the channel's word.)
_WORDLESS_FIELDS = """
message_id message_thread_id direct_messages_topic from sender_chat sender_boost_count
sender_business_bot sender_tag date guest_query_id business_connection_id chat forward_origin
forward_from forward_from_chat forward_from_message_id forward_signature forward_sender_name
forward_date
is_topic_message is_automatic_forward reply_to_message reply_to_story reply_to_checklist_task_id
reply_to_poll_option_id via_bot guest_bot_caller_user guest_bot_caller_chat edit_date
has_protected_content is_from_offline is_paid_post media_group_id author_signature
paid_star_count entities caption_entities suggested_post_info effect_id photo live_photo
paid_media sticker story video video_note voice animation show_caption_above_media
has_media_spoiler contact dice location new_chat_members left_chat_member chat_owner_left
chat_owner_changed new_chat_title new_chat_photo delete_chat_photo group_chat_created
supergroup_chat_created channel_chat_created message_auto_delete_timer_changed
migrate_to_chat_id migrate_from_chat_id pinned_message successful_payment refunded_payment
users_shared chat_shared connected_website write_access_allowed passport_data
proximity_alert_triggered boost_added chat_background_set checklist_tasks_done
direct_message_price_changed forum_topic_created forum_topic_edited forum_topic_closed
forum_topic_reopened general_forum_topic_hidden general_forum_topic_unhidden giveaway_created
giveaway_completed managed_bot_created paid_message_price_changed poll_option_added
poll_option_deleted suggested_post_approved suggested_post_approval_failed
suggested_post_declined suggested_post_paid suggested_post_refunded video_chat_scheduled
video_chat_started video_chat_ended video_chat_participants_invited web_app_data gift
unique_gift gift_upgrade_sent
"""
_WORDLESS = frozenset(_WORDLESS_FIELDS.split())
# Within an unknown field these say how, not what.
_NO_WORDS_FIELDS = """
type url name language custom_emoji_id file_id file_unique_id mime_type emoji currency username
first_name last_name language_code set_name id date_time_format align valign bot_command
anchor_name reference_name credit_card thumbnail user chat location
"""
_NO_WORDS = frozenset(_NO_WORDS_FIELDS.split())
_ID = re.compile(r".*_id$")
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MIN_LABEL_WORDS = 3  # a button of as many words or more says something; «Подписаться» does not
_MAX_DEPTH = 24  # Telegram nests rich messages 16 deep


# How servers before Bot API 7.0 say that a message is forwarded.
_OLDER_ORIGIN = ("forward_date", "forward_from", "forward_from_chat", "forward_sender_name")


def origin_of(message: Json) -> Json | None:
    """The MessageOrigin of a forwarded message, also in an older server's form; else None.

    One that cannot be read counts as somebody's: a person who forwards a text has not written it.
    """
    origin = message.get("forward_origin")
    if isinstance(origin, Mapping) and origin.get("type"):
        return origin
    if origin is None and all(message.get(name) is None for name in _OLDER_ORIGIN):
        return None
    at = message.get("forward_date")
    when = at if isinstance(at, int) else message.get("date")
    chat, post = message.get("forward_from_chat"), message.get("forward_from_message_id")
    if isinstance(chat, Mapping) and isinstance(post, int):
        return {"type": "channel", "date": when, "chat": chat, "message_id": post}
    if isinstance(user := message.get("forward_from"), Mapping):
        return {"type": "user", "date": when, "sender_user": user}
    name = message.get("forward_sender_name")
    known = name if isinstance(name, str) else ""
    return {"type": "hidden_user", "date": when, "sender_user_name": known}


@dataclass(frozen=True, slots=True)
class Words:
    """`text` by lines; `links` and `tags` each once, in order; `has` what media it holds.

    `unread` are Telegram's names of fields that hold words and are read by nothing.
    """

    text: str = ""
    links: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    has: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


class _Found:
    """What was found so far, in the order in which a reader sees it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []

    def say(self, value: object) -> None:
        text = _string(value).strip()
        if text and text not in self.lines:
            self.lines.append(text)

    def link(self, value: object) -> None:
        url = _string(value).strip()
        if url:
            self.links.append(url if "://" in url or url.startswith("tg:") else f"https://{url}")

    def formatted(self, value: object, entities: object) -> None:
        """A text with Telegram's entities, whose offsets count UTF-16 units."""
        text = _string(value)
        self.say(text)
        units = text.encode("utf-16-le", errors="replace")
        for each in _objects(entities):
            start, length = each.get("offset"), each.get("length")
            if not (isinstance(start, int) and isinstance(length, int) and start >= 0):
                continue
            part = units[2 * start : 2 * (start + max(length, 0))]
            shown = part.decode("utf-16-le", errors="replace")
            if each.get("type") == "text_link":
                self.link(each.get("url"))
            elif each.get("type") == "url":
                self.link(shown)
            elif each.get("type") == "hashtag":
                self.tag(shown)

    def tag(self, shown: str) -> None:
        if tag := shown.removeprefix("#").partition("@")[0]:
            self.tags.append(tag)


def words_of(message: Json) -> Words:
    """See the module. Never raises."""
    found = _Found()
    for name, read in _READERS.items():
        value = message.get(name)
        if value is not None:
            read(found, value, message)
    has = dict.fromkeys(kind for field, kind in _MEDIA.items() if message.get(field))
    links = tuple(dict.fromkeys(found.links))
    unread = [
        name if _FIELD.fullmatch(name) else "?"
        for name, value in message.items()
        if name not in _READERS and name not in _WORDLESS and _holds_words(value)
    ]
    return Words(
        text="\n".join(found.lines),
        links=links,
        tags=tuple(dict.fromkeys(found.tags)),
        has=(*has, "link") if links else tuple(has),
        unread=tuple(dict.fromkeys(unread)),
    )


# one reader a field


def _text(found: _Found, value: object, message: Json) -> None:
    found.formatted(value, message.get("entities"))


def _caption(found: _Found, value: object, message: Json) -> None:
    found.formatted(value, message.get("caption_entities"))


def _rich(found: _Found, value: object, _: Json) -> None:
    blocks = value.get("blocks") if isinstance(value, Mapping) else None
    for block in _objects(blocks):
        _block(found, block, 0)


def _checklist(found: _Found, value: object, _: Json) -> None:
    for each in _objects([value]):
        found.formatted(each.get("title"), each.get("title_entities"))
        for task in _objects(each.get("tasks")):
            found.formatted(task.get("text"), task.get("text_entities"))


def _poll(found: _Found, value: object, _: Json) -> None:
    for each in _objects([value]):
        found.formatted(each.get("description"), each.get("description_entities"))
        found.say(each.get("question"))
        for option in _objects(each.get("options")):
            # One that a voter added is not the channel's word.
            if not option.get("added_by_user"):
                found.say(option.get("text"))
        found.formatted(each.get("explanation"), each.get("explanation_entities"))


def _file(found: _Found, value: object, _: Json) -> None:
    for each in _objects([value]):
        # «Приказ_№5.pdf»: words joined by underscores are words.
        found.say(_string(each.get("file_name")).replace("_", " "))


def _audio(found: _Found, value: object, _: Json) -> None:
    for each in _objects([value]):
        found.say(each.get("performer"))
        found.say(each.get("title"))


def _titled(found: _Found, value: object, _: Json) -> None:
    """A game, an invoice, a venue."""
    for each in _objects([value]):
        for name in ("title", "description", "address"):
            found.say(each.get(name))
        found.formatted(each.get("text"), each.get("text_entities"))


def _prize(found: _Found, value: object, _: Json) -> None:
    for each in _objects([value]):
        found.say(each.get("prize_description"))


def _quote(found: _Found, value: object, _: Json) -> None:
    for each in _objects([value]):
        found.formatted(each.get("text"), each.get("entities"))


def _reply(found: _Found, value: object, message: Json) -> None:
    """What is shown of a post of another chat that this one answers."""
    for each in _objects([value]):
        for name in ("checklist", "poll", "document", "audio", "game", "venue", "giveaway"):
            if each.get(name) is not None:
                _READERS[name](found, each[name], each)
        _preview(found, each.get("link_preview_options"), message)


def _preview(found: _Found, value: object, _: Json) -> None:
    for each in _objects([value]):
        if each.get("is_disabled") is not True:
            found.link(each.get("url"))


def _buttons(found: _Found, value: object, _: Json) -> None:
    for each in _objects([value]):
        rows = each.get("inline_keyboard")
        for row in rows if isinstance(rows, list) else []:
            for button in _objects(row):
                if button.get("url"):
                    found.link(button["url"])
                    label = _string(button.get("text"))
                    if len(label.split()) >= _MIN_LABEL_WORDS:
                        found.say(label)


_READERS: Mapping[str, Callable[[_Found, object, Json], None]] = {
    "text": _text,
    "caption": _caption,
    "rich_message": _rich,
    "checklist": _checklist,
    "checklist_tasks_added": _checklist,
    "poll": _poll,
    "document": _file,
    "audio": _audio,
    "game": _titled,
    "invoice": _titled,
    "venue": _titled,
    "giveaway": _prize,
    "giveaway_winners": _prize,
    "quote": _quote,
    "external_reply": _reply,
    "link_preview_options": _preview,
    "reply_markup": _buttons,
}


# rich messages


def _block(found: _Found, block: Json, depth: int) -> None:
    """A block's own text is a line; blocks inside it follow. Kinds that we do not know too."""
    if depth > _MAX_DEPTH:
        return
    for name, value in block.items():
        if name in _NO_WORDS or _ID.match(name):
            continue
        if name in ("blocks", "items"):
            for each in _objects(value):
                _block(found, each, depth + 1)
        elif name == "cells":
            for row in value if isinstance(value, list) else []:
                cells = (_inline(found, cell.get("text"), 0) for cell in _objects(row))
                found.say(" ".join(filter(None, cells)))
        elif name == "caption" and isinstance(value, Mapping) and "type" not in value:
            for part in ("text", "credit"):
                found.say(_inline(found, value.get(part), 0))
        elif name in ("document", "audio"):
            _READERS[name](found, value, block)
        elif name not in ("photo", "video", "animation", "voice_note", "label"):
            found.say(_inline(found, value, 0))


def _inline(found: _Found, rich: object, depth: int) -> str:
    """A RichText: a string, a list of them, or an object around one."""
    if isinstance(rich, str):
        return rich
    if depth > _MAX_DEPTH:
        return ""
    if isinstance(rich, list):
        return "".join(_inline(found, each, depth + 1) for each in rich)
    if not isinstance(rich, Mapping):
        return ""
    if rich.get("url"):
        found.link(rich["url"])
    known = [name for name in ("text", "alternative_text", "expression") if name in rich]
    names = known[:1] or [n for n in rich if n not in _NO_WORDS and not _ID.match(n)]
    text = " ".join(filter(None, (_inline(found, rich[name], depth + 1) for name in names)))
    if rich.get("type") == "hashtag":
        found.tag(_string(rich.get("hashtag")) or text)
    return text


# what is unknown


def _holds_words(value: object, depth: int = 0) -> bool:
    """Whether somewhere in it stands a text that a person may have written."""
    if isinstance(value, str):
        return any(map(str.isalpha, value))
    if depth > _MAX_DEPTH:
        return False
    if isinstance(value, list):
        return any(_holds_words(each, depth + 1) for each in value)
    if isinstance(value, Mapping):
        return any(
            _holds_words(each, depth + 1)
            for name, each in value.items()
            if name not in _NO_WORDS and not _ID.match(name)
        )
    return False


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _objects(value: object) -> Iterator[Json]:
    """The objects of a list; none of anything else."""
    for each in value if isinstance(value, list) else ():
        if isinstance(each, Mapping):
            yield each
