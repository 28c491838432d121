"""What people do in Telegram, as updates to the bot. Verbs for tests."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tests.support.telegram_updates import Updates
from tests.support.telegram_world import Place, Posted, World

__all__ = ["People"]

Json = dict[str, Any]


class People:
    """Acts in the emulated Telegram. Every verb returns what a test needs to go on."""

    def __init__(self, world: World, updates: Updates, now: Callable[[], datetime]) -> None:
        self.world = world
        self.updates = updates
        self._now = now
        self._queries = itertools.count(1)
        self.files: dict[str, bytes] = {}  # by file id
        self.pressed: dict[str, Json] = {}  # query id -> its answer, {} until it came

    # places

    def person(
        self, user_id: int, name: str = "", *, lang: str = "en", username: str = ""
    ) -> Place:
        """A user who has not yet written to the bot."""
        return self.world.person(user_id, name, lang, username)

    def started(self, user_id: int, name: str = "", *, lang: str = "en") -> Place:
        """A user to whom the bot may write."""
        place = self.world.person(user_id, name, lang)
        place.status = "member"
        return place

    def group(
        self,
        chat_id: int,
        title: str = "Group",
        *,
        type: str = "supergroup",  # noqa: A002 - the Bot API's word
        threads: tuple[int, ...] = (),
        creator: int | None = None,
    ) -> Place:
        """A group, supergroup or channel the bot is in (a channel: as an admin)."""
        place = Place(chat_id, type, title, forum=bool(threads), threads=set(threads))
        if type == "channel":
            place.status = "administrator"
        if creator is not None:
            self.world.person(creator)
            place.people[creator] = "creator"
        self.world.places[chat_id] = place
        return place

    def channel(self, chat_id: int, title: str = "Channel", *, username: str = "") -> Place:
        place = self.group(chat_id, title, type="channel")
        place.username = username
        return place

    def forget_updates(self) -> None:
        """Drop what waits, as if it had been confirmed."""
        self.updates.waiting.clear()

    # acts

    def says(
        self,
        user_id: int,
        text: str,
        *,
        chat_id: int | None = None,
        thread_id: int = 0,
        reply_to: int | None = None,
        **more: Any,
    ) -> int | None:
        """`user_id` writes to the bot (or in a group); the update's id."""
        private = self.world.person(user_id)
        if chat_id is None:
            private.status = "member"
        place = self.world.places[user_id if chat_id is None else chat_id]
        message = self._message(place, text) | {"from": self.world.people[user_id]} | more
        if text.startswith("/"):
            length = len(text.split()[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        if thread_id:
            here = {"message_thread_id": thread_id, "is_topic_message": True}
            made = {"name": place.names.get(thread_id, "Topic"), "icon_color": 7322096}
            note = self._message(place, "") | here | {"message_id": thread_id}
            note |= {"from": self.world.bot, "forum_topic_created": made}
            message |= here | {"reply_to_message": note}
        if reply_to is not None and reply_to in place.posted:
            message["reply_to_message"] = self.world.message(place, place.posted[reply_to])
        place.received[message["message_id"]] = message
        return self.updates.add("message", message)

    def edits(self, user_id: int, text: str, *, chat_id: int | None = None) -> int | None:
        """`user_id` changes their last message of that chat into this; the update's id."""
        place = self.world.places[user_id if chat_id is None else chat_id]
        message = next(
            each for each in reversed(place.received.values()) if each["from"]["id"] == user_id
        )
        message |= {"text": text, "edit_date": int(self._now().timestamp())}
        return self.updates.add("edited_message", message)

    def sends_file(
        self, user_id: int, name: str, content: bytes, caption: str = "", **more: Any
    ) -> int | None:
        """`user_id` sends a file in private; the update's id."""
        file_id = f"file-{len(self.files) + 1}"
        self.files[file_id] = content
        document = {
            "file_id": file_id,
            "file_unique_id": file_id,
            "file_name": name,
            "file_size": len(content),
        }
        place = self.started(user_id)
        message = self._message(place, "") | {"from": self.world.people[user_id]}
        message |= {"document": document, **more}
        del message["text"]
        if caption:
            message["caption"] = caption
        place.received[message["message_id"]] = message
        return self.updates.add("message", message)

    def press(
        self, user_id: int, label: str, *, chat_id: int | None = None, message_id: int | None = None
    ) -> str:
        """`user_id` presses the button with that text (or data) on the latest message having it.

        Returns the query's id; its answer appears in `pressed`. A label that no
        message shows fails the test.
        """
        place = self.world.places[user_id if chat_id is None else chat_id]
        for posted in reversed(place.posted.values()):
            if posted.deleted or (message_id is not None and posted.message_id != message_id):
                continue
            for row in posted.buttons:
                for button in row:
                    if label in (button["text"], button.get("callback_data")):
                        return self.forge(user_id, button["callback_data"], place, posted)
        raise AssertionError(f"no button {label!r}: {[p.labels() for p in place.posted.values()]}")

    def forge(self, user_id: int, data: str, place: Place, posted: Posted | None = None) -> str:
        """A callback with any data, as a modified client may send it."""
        query_id = str(next(self._queries) + 4_000_000)
        self.world.person(user_id)
        query: Json = {
            "id": query_id,
            "from": self.world.people[user_id],
            "chat_instance": str(place.id),
            "data": data,
        }
        if posted is None:
            posted = next(reversed(place.posted.values()), None)
        if posted is not None:
            old = self._now() - posted.at >= timedelta(hours=48)
            number = {"message_id": posted.message_id, "chat": place.as_chat(), "date": 0}
            query["message"] = number if old else self.world.message(place, posted)
        self.pressed[query_id] = {}
        self.updates.add("callback_query", query)
        return query_id

    def posts(self, chat_id: int, text: str, **more: Any) -> int:
        """A post in a channel the bot is admin of; its message id."""
        place = self.world.places[chat_id]
        message = self._message(place, text) | {"sender_chat": place.as_chat()} | more
        place.received[message["message_id"]] = message
        self.updates.add("channel_post", message)
        return int(message["message_id"])

    def edits_post(self, chat_id: int, message_id: int, text: str) -> int | None:
        """The channel changes a post; the update's id."""
        place = self.world.places[chat_id]
        changed = place.received[message_id] | {
            "text": text,
            "edit_date": int(self._now().timestamp()),
        }
        place.received[message_id] = changed
        return self.updates.add("edited_channel_post", changed)

    def changes_membership(self, chat_id: int, status: str, *, by: int) -> int | None:
        """The bot becomes member, administrator, left, kicked (in private: blocked is kicked)."""
        place = self.world.places[chat_id]
        old = {"blocked": "kicked", "unknown": "left"}.get(place.status, place.status)
        place.status = "blocked" if (status, place.type) == ("kicked", "private") else status
        self.world.person(by)
        return self.updates.add(
            "my_chat_member",
            {
                "chat": place.as_chat(),
                "from": self.world.people[by],
                "date": int(self._now().timestamp()),
                "old_chat_member": self.world.member(self.world.bot, old),
                "new_chat_member": self.world.member(self.world.bot, status),
            },
        )

    def blocks(self, user_id: int) -> None:
        """`user_id` stops the bot, without an update (as when it was offline)."""
        self.world.person(user_id).status = "blocked"

    def moves(self, chat_id: int, new_id: int) -> Place:
        """A group becomes a supergroup with another id."""
        old = self.world.places[chat_id]
        new = self.group(new_id, old.title)
        new.people = dict(old.people)
        old.moved_to = new_id
        return new

    def deletes_thread(self, user_id: int, thread_id: int) -> None:
        """Somebody deletes a thread of their chat with the bot, which hears nothing of it."""
        self.world.places[user_id].delete_thread(thread_id)

    def closes_thread(self, chat_id: int, thread_id: int) -> None:
        place = self.world.places[chat_id]
        place.threads.discard(thread_id)
        place.closed_threads.add(thread_id)

    def _message(self, place: Place, text: str) -> Json:
        return {
            "message_id": place.take_id(),
            "date": int(self._now().timestamp()),
            "chat": place.as_chat(),
            "text": text,
        }
