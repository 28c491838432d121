"""People, chats and messages behind the Bot API emulator, and what Telegram refuses about them.

Dictionaries have the Bot API's own form. Times are aware UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.support.telegram_html import Entity, utf16_length

__all__ = [
    "BOT_ID",
    "ApiError",
    "Json",
    "Place",
    "Posted",
    "World",
    "check_text",
    "inline_keyboard",
]

BOT_ID = 7_000_000_001
Json = dict[str, Any]

_GONE = {
    "blocked": "bot was blocked by the user",
    "deactivated": "user is deactivated",
    "unknown": "bot can't initiate conversation with a user",
}


class ApiError(Exception):
    """A refusal: code, description, parameters."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


@dataclass(slots=True)
class Posted:
    """A message of the bot, with all that happened to it since."""

    chat_id: int
    message_id: int
    thread_id: int
    text: str
    html: str
    entities: tuple[Entity, ...]
    buttons: tuple[tuple[Json, ...], ...]
    silent: bool
    reply_to: int | None
    at: datetime
    preview: bool
    protected: bool = False
    document: tuple[str, bytes] | None = None
    photo: tuple[str, bytes] | None = None
    edits: list[tuple[datetime, str]] = field(default_factory=list)  # the text before each
    deleted: bool = False

    def styled(self, kind: str = "bold") -> list[str]:
        """The parts of the text in that style."""
        units = self.text.encode("utf-16-le")
        return [
            units[2 * e.offset : 2 * (e.offset + e.length)].decode("utf-16-le")
            for e in self.entities
            if e.type == kind
        ]

    def labels(self) -> list[str]:
        """The buttons' texts."""
        return [button["text"] for row in self.buttons for button in row]


@dataclass(slots=True)
class Place:
    """A chat as the bot finds it. `status` is the bot's own in it."""

    id: int
    type: str
    title: str = ""
    username: str = ""
    forum: bool = False
    status: str = "member"  # member, administrator, left, kicked, blocked, deactivated, unknown
    moved_to: int | None = None
    can_post: bool = True
    slow_seconds: int = 0  # slow mode: the bot waits as a member does, unless it is an admin
    last_said: datetime | None = None
    closed_threads: set[int] = field(default_factory=set)
    threads: set[int] = field(default_factory=set)
    names: dict[int, str] = field(default_factory=dict)  # of the threads that the bot made
    next_thread: int = 1  # private chats number threads by themselves, not as messages
    reads_over_lost_threads: bool = False  # as Telegram did in May 2026
    people: dict[int, str] = field(default_factory=dict)  # user -> creator, administrator, member
    next_id: int = 1
    posted: dict[int, Posted] = field(default_factory=dict)
    received: dict[int, Json] = field(default_factory=dict)
    aside: list[tuple[int, Posted]] = field(default_factory=list)  # seen by one person alone

    @property
    def group(self) -> bool:
        return self.type != "private"

    def take_id(self) -> int:
        self.next_id += 1
        return self.next_id - 1

    def delete_thread(self, thread_id: int) -> None:
        """With all that stands in it, whoever said it."""
        self.threads.discard(thread_id)
        self.names.pop(thread_id, None)
        for posted in self.posted.values():
            posted.deleted |= posted.thread_id == thread_id
        for number, said in list(self.received.items()):
            if said.get("message_thread_id") == thread_id:
                del self.received[number]

    def as_chat(self) -> Json:
        chat: Json = {"id": self.id, "type": self.type}
        if self.type == "private":
            chat["first_name"] = self.title
        else:
            chat["title"] = self.title
        if self.username:
            chat["username"] = self.username
        if self.forum:
            chat["is_forum"] = True
        return chat


class World:
    """`api` is the server's version: what came later is refused as that server refuses it."""

    def __init__(self) -> None:
        self.api = (10, 1)
        self.people: dict[int, Json] = {}
        self.places: dict[int, Place] = {}
        self.bot = {
            "id": BOT_ID,
            "is_bot": True,
            "first_name": "Vigil",
            "username": "vigil_test_bot",
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
            "has_topics_enabled": False,
            "allows_users_to_create_topics": False,
        }

    def person(self, user_id: int, name: str = "", lang: str = "en", username: str = "") -> Place:
        """A user and their private chat; until they write, the bot may not write to them."""
        if user_id not in self.people:
            user: Json = {"id": user_id, "is_bot": False, "first_name": name or f"User {user_id}"}
            if lang:
                user["language_code"] = lang
            if username:
                user["username"] = username
            self.people[user_id] = user
            self.places[user_id] = Place(
                user_id, "private", user["first_name"], username, status="unknown"
            )
        return self.places[user_id]

    @staticmethod
    def member(user: Json, status: str) -> Json:
        """A ChatMember object with the fields its status requires."""
        member: Json = {"user": user, "status": status}
        if status == "creator":
            member["is_anonymous"] = False
        elif status == "administrator":
            rights = (
                "can_be_edited is_anonymous can_manage_chat can_delete_messages "
                "can_manage_video_chats can_restrict_members can_promote_members can_change_info "
                "can_invite_users can_post_stories can_edit_stories can_delete_stories"
            )
            member |= dict.fromkeys(rights.split(), False)
        elif status == "kicked":
            member["until_date"] = 0
        return member

    def place(self, chat_id: object) -> Place:
        """The chat the bot names, or Telegram's refusal."""
        place: Place | None = None
        if isinstance(chat_id, str) and chat_id.startswith("@"):
            names = {p.username.lower(): p for p in self.places.values() if p.username}
            place = names.get(chat_id[1:].lower())
        elif isinstance(chat_id, int):
            place = self.places.get(chat_id)
        if place is None:
            raise ApiError(400, "Bad Request: chat not found")
        return place

    def writable(self, chat_id: object, thread_id: int | None) -> Place:
        """The chat, if the bot may write there now."""
        place = self.place(chat_id)
        if place.moved_to is not None:
            raise ApiError(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=place.moved_to,
            )
        if place.status in _GONE:
            raise ApiError(403, f"Forbidden: {_GONE[place.status]}")
        if place.status == "kicked":
            raise ApiError(403, f"Forbidden: bot was kicked from the {place.type} chat")
        if place.status == "left":
            raise ApiError(403, f"Forbidden: bot is not a member of the {place.type} chat")
        if not place.can_post or (place.type == "channel" and place.status != "administrator"):
            raise ApiError(400, "Bad Request: not enough rights to send text messages to the chat")
        if thread_id:
            private = place.type == "private" and self.bot["has_topics_enabled"]
            known = thread_id in place.threads | place.closed_threads
            if private and not known and place.reads_over_lost_threads:
                return place
            if not (place.forum or private) or not known:
                raise ApiError(400, "Bad Request: message thread not found")
            if thread_id in place.closed_threads:
                raise ApiError(400, "Bad Request: TOPIC_CLOSED")
        return place

    def message(self, place: Place, posted: Posted) -> Json:
        """The Message object of what the bot posted."""
        sender: Json = (
            {"sender_chat": place.as_chat()} if place.type == "channel" else {"from": self.bot}
        )
        message: Json = {
            "message_id": posted.message_id,
            "date": int(posted.at.timestamp()),
            "chat": place.as_chat(),
            **sender,
        }
        if posted.photo is not None:
            size = {"file_id": "p", "file_unique_id": "p", "width": 780, "height": 700}
            message["photo"] = [size]
            if posted.text:
                message["caption"] = posted.text
        elif posted.document is None:
            message["text"] = posted.text
        else:
            name = posted.document[0]
            message["document"] = {"file_id": name, "file_unique_id": name, "file_name": name}
            if posted.text:
                message["caption"] = posted.text
        if posted.thread_id:
            message |= {"message_thread_id": posted.thread_id, "is_topic_message": True}
        if posted.entities:
            bare = posted.document is None and posted.photo is None
            key = "entities" if bare else "caption_entities"
            message[key] = [
                {"type": e.type, "offset": e.offset, "length": e.length}
                | ({"url": e.url} if e.url else {})
                for e in posted.entities
            ]
        if posted.buttons:
            message["reply_markup"] = {"inline_keyboard": [list(row) for row in posted.buttons]}
        if posted.edits:
            message["edit_date"] = int(posted.edits[-1][0].timestamp())
        return message


def check_text(text: str, limit: int = 4096) -> None:
    """After entities parsing; the server counts UTF-16 units at worst, so do we."""
    if not text.strip():
        raise ApiError(400, "Bad Request: message text is empty")
    if utf16_length(text) > limit:
        raise ApiError(400, "Bad Request: message is too long")


def inline_keyboard(markup: object, api: tuple[int, int] = (10, 5)) -> tuple[tuple[Json, ...], ...]:
    """The rows of an inline keyboard, or Telegram's refusal."""
    if markup is None or markup == {}:
        return ()
    if not isinstance(markup, dict) or not isinstance(markup.get("inline_keyboard"), list):
        raise ApiError(400, "Bad Request: object expected as reply markup")
    rows = tuple(tuple(row) for row in markup["inline_keyboard"])
    if sum(map(len, rows)) > 100 or any(len(row) > 8 for row in rows):
        raise ApiError(400, "Bad Request: reply markup is too long")
    for button in _flat(rows):
        _check_button(button, api)
    return rows


def _flat(rows: tuple[tuple[Json, ...], ...]) -> Iterator[Json]:
    for row in rows:
        yield from row


def _check_button(button: Json, api: tuple[int, int]) -> None:
    known = {"text", "callback_data", "url", "style", "web_app", "copy_text"}
    if unknown := button.keys() - known:
        raise ApiError(400, f"Bad Request: emulator: unknown button fields {sorted(unknown)}")
    if not button.get("text", "").strip():
        raise ApiError(400, "Bad Request: can't parse inline keyboard button: text is empty")
    actions = button.keys() & {"callback_data", "url", "web_app", "copy_text"}
    if api < (7, 11):
        actions -= {"copy_text"}  # an older server reads over it
    if len(actions) != 1:
        raise ApiError(
            400,
            "Bad Request: can't parse inline keyboard button: "
            "Text buttons are unallowed in the inline keyboard",
        )
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= 64:
        raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")
    copied = button.get("copy_text", {"text": "-"})
    if copied.keys() != {"text"} or not 1 <= len(copied["text"]) <= 256:
        raise ApiError(400, "Bad Request: can't parse inline keyboard button: COPY_TEXT_INVALID")
    url = button.get("url", "https://example.org")
    web = url.startswith(("http://", "https://")) and "." in url
    if " " in url or not (web or url.startswith("tg://")):
        raise ApiError(
            400,
            f"Bad Request: inline keyboard button URL '{url}' is invalid: Wrong HTTP URL",
        )
