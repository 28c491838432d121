"""Updates as Telegram sends them, read one by one from raw JSON.

python-telegram-bot reads a batch of updates whole or not at all: one gift without a field that
this version wants makes the hundred updates beside it unreadable, for ever. So a batch is taken
apart here, as JSON. Of a message only the fields that Vigil uses are given to that library, and
what it cannot read is `Unreadable` for that one update. Channel posts and membership changes
never pass through it: `bot.botapi.posts` and `membership_of` read them as they are.

What an update holds is never put into an error or a log: `form` names Telegram's own field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

import telegram

from bot.botapi.posts import origin_of, words_of

__all__ = [
    "STORED",
    "Membership",
    "RawUpdate",
    "Unreadable",
    "is_chat_id",
    "is_theirs",
    "membership_of",
    "parsed",
    "raw_updates",
    "storable",
]

STORED = frozenset({"channel_post", "edited_channel_post", "my_chat_member"})
_MESSAGES = ("message", "edited_message")
_PRIVATE = (*_MESSAGES, "callback_query")
_LARGEST_ID = 2**52  # the most that Telegram promises, and a database takes

# All of a message that anybody here reads. What is left out cannot make it unreadable.
_OF_MESSAGE = (
    "message_id",
    "message_thread_id",
    "is_topic_message",
    "date",
    "edit_date",
    "chat",
    "from",
    "sender_chat",
    "sender_business_bot",
    "via_bot",
    "forward_origin",
    "is_automatic_forward",
    "reply_to_message",
    "text",
    "entities",
    "caption",
    "caption_entities",
    "document",
    "migrate_to_chat_id",
)
_OF_THREADS = (
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_closed",
    "forum_topic_reopened",
)
_OF_CHAT = ("id", "type", "title", "username", "is_forum", "first_name")
_OF_USER = ("id", "is_bot", "first_name", "last_name", "username", "language_code")
_OF_DOCUMENT = ("file_id", "file_unique_id", "file_name", "mime_type", "file_size")
_OF_PRESS = ("id", "from", "chat_instance", "message", "inline_message_id", "data")


class Unreadable(Exception):
    """This update cannot be read. `form` is its kind and, where known, the field at fault."""

    def __init__(self, form: str) -> None:
        super().__init__(form)
        self.form = form


@dataclass(frozen=True, slots=True)
class RawUpdate:
    """One update. `kind` is the field that it carries, "" for one that we did not ask for.

    `person` is the number of who acts, 0 where nobody does.
    """

    update_id: int
    kind: str
    payload: Mapping[str, Any]
    person: int = 0


@dataclass(frozen=True, slots=True)
class Membership:
    """The bot's own standing in a chat changed from `old` to `new` (Telegram's words)."""

    chat_id: int
    chat_type: str
    title: str
    username: str
    user_id: int
    language: str
    old: str
    new: str


def raw_updates(result: object) -> tuple[list[RawUpdate], list[str]]:
    """What getUpdates answered, by update id, and the forms of what is no update.

    An update with a number is always among the first, so that it can be confirmed;
    one whose content is not even an object has the kind "".
    """
    found: list[RawUpdate] = []
    unread: list[str] = []
    for each in result if isinstance(result, list) else [result]:
        number = each.get("update_id") if isinstance(each, Mapping) else None
        if not isinstance(each, Mapping) or not _is_id(number):
            unread.append("update")
            continue
        kind = next((k for k in (*_PRIVATE, *sorted(STORED)) if k in each), "")
        content: Any = each.get(kind) if kind else {}
        if not isinstance(content, Mapping):
            unread.append(kind)
            kind, content = "", {}
        found.append(RawUpdate(number, kind, each, _id_in(content.get("from"))))
    return sorted(found, key=lambda update: update.update_id), unread


def storable(update: RawUpdate) -> dict[str, Any]:
    """What is kept of an update that must not be lost. Raises Unreadable.

    Of membership changes only what is needed, and no names of people.
    """
    content = update.payload[update.kind]
    if update.kind != "my_chat_member":
        return {"update_id": update.update_id, update.kind: dict(content)}
    change = membership_of(content)
    chat: dict[str, Any] = {"id": change.chat_id, "type": change.chat_type}
    if change.chat_type != "private":
        chat |= {"title": change.title, "username": change.username}
    return {
        "update_id": update.update_id,
        update.kind: {
            "chat": chat,
            "from": {"id": change.user_id, "language_code": change.language},
            "old_chat_member": {"status": change.old},
            "new_chat_member": {"status": change.new},
        },
    }


def membership_of(content: object) -> Membership:
    """A ChatMemberUpdated. Raises Unreadable.

    Only the statuses of it are read: the rights beside them differ by version.
    """
    form = "my_chat_member"
    change = _object(content, form)
    chat, user = _object(change.get("chat"), form), _object(change.get("from"), form)
    old = _object(change.get("old_chat_member"), form).get("status")
    new = _object(change.get("new_chat_member"), form).get("status")
    kind = chat.get("type")
    if not (is_chat_id(chat.get("id")) and _is_id(user.get("id"))):
        raise Unreadable(form)
    if not (isinstance(old, str) and isinstance(new, str) and kind in _CHAT_TYPES):
        raise Unreadable(form)
    return Membership(
        chat_id=chat["id"],
        chat_type=kind,
        title=_text(chat.get("title")),
        username=_text(chat.get("username")),
        user_id=user["id"],
        language=_text(user.get("language_code")),
        old=old,
        new=new,
    )


def parsed(update: RawUpdate) -> telegram.Update:
    """A message or a press as python-telegram-bot reads it. Raises Unreadable.

    What somebody else wrote has its words as text, whatever their form: it is read as a post.
    """
    content = update.payload[update.kind]
    reduced = _message(content) if update.kind in _MESSAGES else _press(content)
    whole = {"update_id": update.update_id, update.kind: reduced}
    found = _read(whole, update.kind)
    if found is None:
        raise Unreadable(_guilty(update, reduced))
    return found


def is_theirs(message: telegram.Message) -> bool:
    """Whether somebody other than the sender wrote the text: it is never a command.

    Forwarded, sent by way of a bot, posted for another chat, or a quotation.
    """
    if message.forward_origin is not None or message.via_bot is not None:
        return True
    if message.is_automatic_forward or message.sender_business_bot is not None:
        return True
    chat = message.sender_chat
    if chat is not None and chat.id != message.chat.id:
        return True
    words = message.text or message.caption or ""
    begin = len(words) - len(words.lstrip())
    entities = (*message.entities, *message.caption_entities)
    return any("blockquote" in each.type and each.offset <= begin for each in entities)


_CHAT_TYPES = ("private", "group", "supergroup", "channel")  # looked up by any value


def _read(whole: dict[str, Any], kind: str) -> telegram.Update | None:
    """None where the library raises, or leaves out what makes a message one."""
    try:
        found = telegram.Update.de_json(whole, None)
        content = getattr(found, kind)
        message = content if kind in _MESSAGES else content.message
        if kind == "callback_query" and not _is_id(content.from_user.id):
            return None
        if message is None:
            return found if kind == "callback_query" else None
        sound = is_chat_id(message.chat.id) and message.chat.type in _CHAT_TYPES
        sound = sound and _is_id(message.message_id) and _is_sound(message)
    except Exception:  # noqa: BLE001 - whatever it raises, it is this one update's
        return None
    return found if sound else None


def _is_sound(message: Any) -> bool:
    """Whether what handlers use has the types that they expect: the library does not look."""
    if not isinstance(message, telegram.Message):
        return True
    texts = (message.text, message.caption, message.chat.title)
    numbers = (message.message_thread_id, message.migrate_to_chat_id)
    user, reply = message.from_user, message.reply_to_message
    named = user is None or (
        _is_id(user.id) and isinstance(user.language_code, str | None) and _is_name(user)
    )
    return (
        named
        and all(isinstance(each, str | None) for each in texts)
        and all(each is None or is_chat_id(each) for each in numbers)
        and all(isinstance(e.type, str) and _is_place(e) for e in message.entities)
        and (message.document is None or _is_file(message.document))
        and (reply is None or _is_sound(reply))
    )


def _is_name(user: telegram.User) -> bool:
    return all(isinstance(each, str | None) for each in (user.first_name, user.username))


def _is_place(entity: telegram.MessageEntity) -> bool:
    return _is_id(entity.offset) and _is_id(entity.length)


def _is_file(file: telegram.Document) -> bool:
    size = file.file_size is None or _is_id(file.file_size)
    texts = (file.file_name, file.mime_type)
    return size and isinstance(file.file_id, str) and all(isinstance(t, str | None) for t in texts)


def _guilty(update: RawUpdate, reduced: Mapping[str, Any]) -> str:
    """The kind, with the first field without which the rest is readable."""
    for name in reduced:
        without = {key: value for key, value in reduced.items() if key != name}
        if _read({"update_id": update.update_id, update.kind: without}, update.kind) is not None:
            return f"{update.kind}.{name}"
    return update.kind


def _message(content: Mapping[str, Any], *, replied: bool = False) -> dict[str, Any]:
    kept = _some(content, _OF_MESSAGE)
    if (origin := origin_of(content)) is not None:
        kept["forward_origin"] = origin
    for name, fields in (("chat", _OF_CHAT), ("from", _OF_USER), ("document", _OF_DOCUMENT)):
        if isinstance(kept.get(name), Mapping):
            kept[name] = _some(kept[name], fields)
    reply = kept.pop("reply_to_message", None)
    # Whoever writes in a thread "replies" to the note that it was made: to nothing, that is.
    if isinstance(reply, Mapping) and not replied and "forum_topic_created" not in reply:
        kept["reply_to_message"] = _message(reply, replied=True)
    if any(each in content for each in _OF_THREADS):
        kept["forum_topic_edited"] = {}
    wordless = not kept.get("text") and not kept.get("caption")
    if wordless and (replied or _others(kept)) and (words := words_of(content).text):
        # A forwarded poll, checklist or rich message: what it says is its text.
        kept["text"] = words
    return kept


def _others(kept: Mapping[str, Any]) -> bool:
    return "forward_origin" in kept or "via_bot" in kept


def _press(content: Mapping[str, Any]) -> dict[str, Any]:
    kept = _some(content, _OF_PRESS)
    if isinstance(kept.get("message"), Mapping):
        kept["message"] = _message(kept["message"])
    if isinstance(kept.get("from"), Mapping):
        kept["from"] = _some(kept["from"], _OF_USER)
    return kept


def _some(whole: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: whole[name] for name in names if whole.get(name) is not None}


def _object(value: object, form: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise Unreadable(form)
    return value


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _id_in(value: object) -> int:
    number = value.get("id") if isinstance(value, Mapping) else None
    return number if _is_id(number) else 0


def _is_id(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LARGEST_ID


def is_chat_id(value: object) -> TypeGuard[int]:
    """Whether it is a number such as Telegram gives to chats and messages."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST_ID
