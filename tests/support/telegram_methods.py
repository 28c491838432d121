"""The Bot API's methods over the emulated world. Parameters come decoded."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.telegram_html import CannotParse, Entity, parse_html, utf16_length
from tests.support.telegram_people import People
from tests.support.telegram_updates import Updates
from tests.support.telegram_world import (
    ApiError,
    Json,
    Place,
    Posted,
    World,
    check_text,
    inline_keyboard,
)

__all__ = ["PACED", "Methods"]

# What counts against the limits on messages.
PACED = frozenset(
    {
        "sendMessage",
        "sendDocument",
        "sendPhoto",
        "editMessageText",
        "editMessageMedia",
        "editMessageReplyMarkup",
        "createForumTopic",
    }
)


class Methods:
    """One coroutine for each method, by the Bot API's own name."""

    def __init__(
        self, world: World, updates: Updates, people: People, now: Callable[[], datetime]
    ) -> None:
        self.world = world
        self.updates = updates
        self.people = people
        self._now = now
        self.commands: dict[tuple[str, str], list[Json]] = {}

    async def getMe(self) -> Json:
        return self.world.bot

    async def getUpdates(
        self, offset: int = 0, limit: int = 100, timeout: int = 0, allowed_updates: Any = None
    ) -> list[Json]:
        return await self.updates.get(offset, limit, timeout, allowed_updates)

    async def setWebhook(self, url: str, **more: Any) -> bool:
        if url and not url.startswith("https://"):
            raise ApiError(400, "Bad Request: bad webhook: An HTTPS URL must be provided")
        if allowed := more.get("allowed_updates"):
            self.updates.allowed = frozenset(allowed)
        self.updates.webhook = {"url": url, **more} if url else None
        return True

    async def deleteWebhook(self, drop_pending_updates: bool = False) -> bool:
        self.updates.webhook = None
        if drop_pending_updates:
            self.updates.waiting.clear()
        return True

    async def getWebhookInfo(self) -> Json:
        return {
            "url": (self.updates.webhook or {}).get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self.updates.waiting),
        }

    async def sendMessage(self, chat_id: Any, text: str, **more: Any) -> Json:
        place = self.world.writable(chat_id, more.get("message_thread_id"))
        shown, entities = self._parsed(text, more.get("parse_mode"))
        check_text(shown)
        # What an older server does not know it reads over.
        aside = more.get("ephemeral_message_parameters") if self.world.api >= (10, 2) else None
        if aside and place.type not in ("group", "supergroup"):
            raise ApiError(400, "Bad Request: ephemeral messages are for groups only")
        posted = self._post(place, shown, text, entities, more)
        if aside:
            place.aside.append((aside["receiver_user_id"], place.posted.pop(posted.message_id)))
            return self.world.message(place, posted) | {"ephemeral_message_id": len(place.aside)}
        preview = more.get("link_preview_options") or {}
        posted.preview = not preview.get("is_disabled", False)
        return self.world.message(place, posted)

    async def sendDocument(self, chat_id: Any, document: Any, **more: Any) -> Json:
        place = self.world.writable(chat_id, more.get("message_thread_id"))
        caption = more.get("caption") or ""
        shown, entities = self._parsed(caption, more.get("parse_mode"))
        if shown:
            check_text(shown, 1024)
        if not isinstance(document, tuple):
            raise ApiError(400, "Bad Request: emulator: only uploaded documents are emulated")
        posted = self._post(place, shown, caption, entities, more)
        posted.document = document
        return self.world.message(place, posted)

    async def getFile(self, file_id: str) -> Json:
        content = self.people.files.get(file_id)
        if content is None:
            raise ApiError(400, "Bad Request: invalid file_id")
        if len(content) > 20_000_000:
            raise ApiError(400, "Bad Request: file is too big")
        return {
            "file_id": file_id,
            "file_unique_id": file_id,
            "file_size": len(content),
            "file_path": f"documents/{file_id}",
        }

    async def sendPhoto(self, chat_id: Any, photo: Any, **more: Any) -> Json:
        place = self.world.writable(chat_id, more.get("message_thread_id"))
        caption = more.get("caption") or ""
        shown, entities = self._parsed(caption, more.get("parse_mode"))
        if shown:
            check_text(shown, 1024)
        if not isinstance(photo, tuple) or not photo[1].startswith((b"\x89PNG", b"\xff\xd8")):
            raise ApiError(400, "Bad Request: IMAGE_PROCESS_FAILED")
        if len(photo[1]) > 10_000_000:
            raise ApiError(413, "Request Entity Too Large")
        posted = self._post(place, shown, caption, entities, more)
        posted.photo = photo
        return self.world.message(place, posted)

    async def createForumTopic(self, chat_id: Any, name: str, **more: Any) -> Json:
        """In private chats only: in groups the bot makes none."""
        place = self.world.writable(chat_id, None)
        if place.type != "private" or not self.world.bot["has_topics_enabled"]:
            raise ApiError(400, "Bad Request: the chat is not a forum")
        if not 1 <= utf16_length(name) <= 128:
            raise ApiError(400, "Bad Request: TOPIC_TITLE_INVALID")
        thread = place.next_thread
        place.next_thread += 1
        place.threads.add(thread)
        place.names[thread] = name
        return {"message_thread_id": thread, "name": name, "icon_color": 7322096}

    async def deleteForumTopic(self, chat_id: Any, message_thread_id: int) -> bool:
        place = self.world.writable(chat_id, None)
        if message_thread_id not in place.threads:
            raise ApiError(400, "Bad Request: TOPIC_ID_INVALID")
        place.delete_thread(message_thread_id)
        return True

    async def editMessageText(
        self, text: str, chat_id: Any = None, message_id: int | None = None, **more: Any
    ) -> Json:
        place, posted = self._own(chat_id, message_id, "edit")
        if posted.photo is not None or posted.document is not None:
            raise ApiError(400, "Bad Request: there is no text in the message to edit")
        shown, entities = self._parsed(text, more.get("parse_mode"))
        check_text(shown)
        buttons = inline_keyboard(more.get("reply_markup"), self.world.api)
        if (shown, entities, buttons) == (posted.text, posted.entities, posted.buttons):
            raise _not_modified()
        posted.edits.append((self._now(), posted.text))
        posted.text, posted.html, posted.entities = shown, text, entities
        posted.buttons = buttons
        return self.world.message(place, posted)

    async def editMessageMedia(
        self, media: Json, chat_id: Any = None, message_id: int | None = None, **more: Any
    ) -> Json:
        place, posted = self._own(chat_id, message_id, "edit")
        photo = media.get("media")
        if media.get("type") != "photo" or not isinstance(photo, tuple) or posted.photo is None:
            raise ApiError(400, "Bad Request: emulator: only photos are replaced by photos")
        if not photo[1].startswith((b"\x89PNG", b"\xff\xd8")):
            raise ApiError(400, "Bad Request: IMAGE_PROCESS_FAILED")
        posted.edits.append((self._now(), posted.text))
        posted.photo, posted.text, posted.entities = photo, media.get("caption", ""), ()
        posted.buttons = inline_keyboard(more.get("reply_markup"), self.world.api)
        return self.world.message(place, posted)

    async def editMessageReplyMarkup(
        self, chat_id: Any = None, message_id: int | None = None, reply_markup: Any = None
    ) -> Json:
        place, posted = self._own(chat_id, message_id, "edit")
        buttons = inline_keyboard(reply_markup, self.world.api)
        if buttons == posted.buttons:
            raise _not_modified()
        posted.edits.append((self._now(), posted.text))
        posted.buttons = buttons
        return self.world.message(place, posted)

    async def deleteMessage(self, chat_id: Any, message_id: int) -> bool:
        place = self.world.place(chat_id)
        if message_id in place.received and message_id not in place.posted:
            at = datetime.fromtimestamp(place.received[message_id]["date"], UTC)
            if place.type == "private" and self._now() - at < timedelta(hours=48):
                del place.received[message_id]
                return True
            raise ApiError(400, "Bad Request: message can't be deleted")
        _, posted = self._own(chat_id, message_id, "delete")
        if self._now() - posted.at >= timedelta(hours=48):
            raise ApiError(400, "Bad Request: message can't be deleted for everyone")
        posted.deleted = True
        return True

    async def answerCallbackQuery(
        self, callback_query_id: str, text: str = "", **more: Any
    ) -> bool:
        answer = self.people.pressed.get(str(callback_query_id))
        if answer is None or answer:
            raise ApiError(
                400,
                "Bad Request: query is too old and response timeout expired or query ID is invalid",
            )
        if len(text) > 200:
            raise ApiError(400, "Bad Request: MESSAGE_TOO_LONG")
        answer |= {"text": text, **more}
        return True

    async def sendChatAction(self, chat_id: Any, action: str, **more: Any) -> bool:
        self.world.writable(chat_id, more.get("message_thread_id"))
        return True

    async def getChat(self, chat_id: Any) -> Json:
        place = self._visible(chat_id)
        return place.as_chat() | {
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(
                (
                    "unlimited_gifts",
                    "limited_gifts",
                    "unique_gifts",
                    "premium_subscription",
                    "gifts_from_channels",
                ),
                False,
            ),
        }

    async def getChatMember(self, chat_id: Any, user_id: int) -> Json:
        place = self._visible(chat_id)
        if user_id == self.world.bot["id"]:
            return self.world.member(self.world.bot, place.status)
        if user_id not in self.world.people:
            raise ApiError(400, "Bad Request: PARTICIPANT_ID_INVALID")
        status = place.people.get(user_id, "left")
        return self.world.member(self.world.people[user_id], status)

    async def getChatAdministrators(self, chat_id: Any) -> list[Json]:
        place = self._visible(chat_id)
        admins = [u for u, status in place.people.items() if status != "member"]
        return [self.world.member(self.world.people[u], place.people[u]) for u in admins]

    async def getChatMemberCount(self, chat_id: Any) -> int:
        return len(self._visible(chat_id).people) + 1

    async def leaveChat(self, chat_id: Any) -> bool:
        self._visible(chat_id).status = "left"
        return True

    async def setMyCommands(
        self, commands: list[Json], scope: Json | None = None, language_code: str = ""
    ) -> bool:
        if len(commands) > 100:
            raise ApiError(400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            name, description = command["command"], command["description"]
            valid = 1 <= len(name) <= 32 and name.isascii() and name == name.lower()
            if not valid or not name.replace("_", "").isalnum():
                raise ApiError(400, "Bad Request: BOT_COMMAND_INVALID")
            if not 1 <= len(description) <= 256:
                raise ApiError(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
        self.commands[(scope or {"type": "default"})["type"], language_code] = commands
        return True

    async def getMyCommands(self, scope: Json | None = None, language_code: str = "") -> list[Json]:
        return self.commands.get(((scope or {"type": "default"})["type"], language_code), [])

    async def deleteMyCommands(self, scope: Json | None = None, language_code: str = "") -> bool:
        self.commands.pop(((scope or {"type": "default"})["type"], language_code), None)
        return True

    def _visible(self, chat_id: Any) -> Place:
        place = self.world.place(chat_id)
        if place.type == "channel" and place.status in ("left", "kicked"):
            raise ApiError(403, f"Forbidden: bot is not a member of the {place.type} chat")
        return place

    def _own(self, chat_id: Any, message_id: int | None, verb: str) -> tuple[Place, Posted]:
        place = self.world.writable(chat_id, None) if verb == "edit" else self.world.place(chat_id)
        posted = place.posted.get(message_id or 0)
        if posted is None or posted.deleted:
            if message_id in place.received and verb == "edit":
                raise ApiError(400, "Bad Request: message can't be edited")
            raise ApiError(400, f"Bad Request: message to {verb} not found")
        return place, posted

    def _parsed(self, text: str, mode: str | None) -> tuple[str, tuple[Entity, ...]]:
        if mode is None:
            return text, ()
        if mode.lower() != "html":
            raise ApiError(400, "Bad Request: emulator: only HTML is emulated")
        try:
            return parse_html(text, self.world.api)
        except CannotParse as err:
            raise ApiError(400, f"Bad Request: can't parse entities: {err}") from err

    def _post(
        self, place: Place, shown: str, html: str, entities: tuple[Entity, ...], more: Json
    ) -> Posted:
        if place.slow_seconds and place.status != "administrator":
            ready = place.last_said and place.last_said + timedelta(seconds=place.slow_seconds)
            if ready and self._now() < ready:
                wait = math.ceil((ready - self._now()).total_seconds())
                raise ApiError(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
            place.last_said = self._now()
        buttons = inline_keyboard(more.get("reply_markup"), self.world.api)
        reply = more.get("reply_parameters") or {}
        reply_to = reply.get("message_id")
        if reply_to is not None and not self._there(place, reply_to):
            if not reply.get("allow_sending_without_reply"):
                raise ApiError(400, "Bad Request: message to be replied not found")
            reply_to = None
        thread = more.get("message_thread_id") or 0
        posted = Posted(
            chat_id=place.id,
            message_id=place.take_id(),
            thread_id=thread if thread in place.threads else 0,
            text=shown,
            html=html,
            entities=entities,
            buttons=buttons,
            silent=bool(more.get("disable_notification")),
            reply_to=reply_to,
            at=self._now(),
            preview=True,
            protected=bool(more.get("protect_content")),
        )
        place.posted[posted.message_id] = posted
        return posted

    @staticmethod
    def _there(place: Place, message_id: int) -> bool:
        posted = place.posted.get(message_id)
        return message_id in place.received or (posted is not None and not posted.deleted)


def _not_modified() -> ApiError:
    return ApiError(
        400,
        "Bad Request: message is not modified: specified new message content and reply markup "
        "are exactly the same as a current content and reply markup of the message",
    )
