"""Vigil's calls to Telegram: python-telegram-bot builds and parses, one table translates errors.

A call that fails raises a DeliveryError and nothing else (see bot.errors for what to do then).
Calls that post wait for their turn at the gate; calls that only ask or acknowledge do not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

import structlog
import telegram

from bot.alerts.charts import draw
from bot.botapi.message_forms import Form, aside_parameters, blank_picture, cut, forms_of, number_of
from bot.botapi.pacing import Permit
from bot.botapi.session import Session
from bot.errors import (
    MessageGone,
    NothingChanged,
    NotSent,
    Rejected,
    TopicClosed,
    Unknown,
)
from bot.model import Address
from bot.model.rendered import Aside, Rendered

__all__ = ["ALLOWED_UPDATES", "Client"]

log = structlog.get_logger(__name__)

# Only what is handled: Telegram keeps what we do not ask for from us.
ALLOWED_UPDATES = (
    "message",
    "edited_message",
    "callback_query",
    "channel_post",
    "edited_channel_post",
    "my_chat_member",
)

_POLL_SECONDS = 60.0  # a getUpdates beyond its waiting: it posts nothing
_MOST_CAPTION, _MOST_NAME = 1024, 128


class Client(Session):
    """The calls of one bot, over its session."""

    _older = False  # than what quotations and buttons that copy need

    # messages

    async def send(
        self,
        address: Address,
        rendered: Rendered,
        *,
        reply_to: int | None = None,
        permit: Permit | None = None,
        aside: Aside | None = None,
    ) -> int:
        """Post a message; its id in the chat.

        With `aside` one person of the group alone sees it where the server can do that (Bot
        API 10.2), and 0 is returned: such a message has no place in the chat. An older
        server reads over the wish, and all see it.

        Waits for its turn unless `permit` is given; the permit is always given
        back. HTML that Telegram refuses is posted as plain text, at last
        without buttons; a closed thread falls back to the chat. Raises
        DeliveryError: after Unknown the message may be there.
        """
        try:
            number, _ = await self._send(address, rendered, reply_to, permit, aside)
        except TopicClosed:
            if not address.thread_id:
                raise
            whole = replace(address, thread_id=0)
            number, _ = await self._send(whole, rendered, reply_to, None, aside)
        return number

    async def send_within(
        self,
        address: Address,
        rendered: Rendered,
        *,
        reply_to: int | None = None,
        permit: Permit | None = None,
    ) -> tuple[int, int]:
        """As `send`, into this very thread: the message's id, and the thread it stands in.

        That may be 0: Telegram was seen to read over a private chat's thread that was deleted
        (github.com/tdlib/telegram-bot-api/issues/854). Else raises TopicClosed.
        """
        return await self._send(address, rendered, reply_to, permit, None)

    async def _send(
        self,
        address: Address,
        rendered: Rendered,
        reply_to: int | None,
        permit: Permit | None,
        aside: Aside | None,
    ) -> tuple[int, int]:
        forms = forms_of(rendered, older=self._older)
        picture = None if rendered.chart is None else await asyncio.to_thread(draw, rendered.chart)
        while True:
            permit = permit or await self.gate.turn(address)
            post = (
                partial(self._post, address, forms[0], rendered.silent, reply_to, aside)
                if picture is None
                else partial(self._post_picture, address, forms[0], picture, rendered.silent)
            )
            try:
                sent = await self._paced(permit, post)
            except Rejected as err:
                if len(forms) == 1 and aside is None:
                    raise
                log.warning("message.refused", words=str(err), form=len(forms))
                if aside is None:
                    forms = forms[1:]
                aside = None  # what is wrong with it is not known: all may see the answer
            else:
                self._learn(forms[0])
                return sent
            permit = None

    def _learn(self, form: Form) -> None:
        """A server that took the older form after it refused the newest is an older one."""
        if form.older and not self._older:
            self._older = True
            log.warning("server.older", advice="update telegram-bot-api to 7.11 or newer")

    async def edit(
        self,
        address: Address,
        message_id: int,
        rendered: Rendered,
        *,
        permit: Permit | None = None,
    ) -> None:
        """Make an own message show `rendered`. Repeating it changes nothing and raises nothing.

        Raises MessageGone when it is not there (or too old to edit) and other DeliveryErrors.
        """
        forms = forms_of(rendered, older=self._older)
        while True:
            permit = permit or await self.gate.turn(address)
            try:
                await self._paced(permit, partial(self._change, address, message_id, forms[0]))
            except NothingChanged:
                return
            except Rejected:
                if len(forms) == 1:
                    raise
                forms, permit = forms[1:], None
            else:
                self._learn(forms[0])
                return

    async def delete(self, address: Address, message_id: int) -> None:
        """Delete an own message, at most 48 h old. Raises MessageGone when it is not there."""
        which = {"chat_id": address.chat_id, "message_id": message_id}
        await self._call(lambda: self._ask("deleteMessage", which))

    async def create_thread(
        self, address: Address, name: str, *, permit: Permit | None = None
    ) -> int:
        """Make a thread in a private chat; its number. The permit is always given back.

        Raises Rejected where the server or the bot's settings know no such threads, and other
        DeliveryErrors: after Unknown there may be one.
        """
        permit = permit or await self.gate.turn(address)
        wanted = {"chat_id": address.chat_id, "name": cut(name, _MOST_NAME)}
        try:
            made = await self._paced(permit, lambda: self._ask("createForumTopic", wanted))
            return int(made["message_thread_id"])
        except NotSent as error:
            if isinstance(error.__cause__, telegram.error.EndPointNotFound):
                raise Rejected("Telegram refuses: {words}", words="no such method") from error
            raise
        except (KeyError, TypeError, ValueError) as error:
            raise Unknown("No answer from Telegram: {cause}", cause="unreadable") from error

    async def delete_thread(self, address: Address, number: int) -> None:
        """Delete a thread of a private chat with all in it, however old.

        Raises MessageGone when it is not there, and other DeliveryErrors.
        """
        which = {"chat_id": address.chat_id, "message_thread_id": number}
        try:
            await self._call(lambda: self._ask("deleteForumTopic", which))
        except TopicClosed as error:
            raise MessageGone from error

    async def empty(self, address: Address, message_id: int, *, picture: bool = False) -> None:
        """Leave nothing to read (of a `picture`: to see) of an own message of any age.

        Raises MessageGone when it is not there, and other DeliveryErrors.
        """
        if not picture:
            await self.edit(address, message_id, Rendered("—", "—"))
            return
        media = telegram.InputMediaPhoto(blank_picture(), filename="empty.png")
        permit = await self.gate.turn(address)
        change = partial(self.bot.edit_message_media, media, address.chat_id, message_id)
        with suppress(NothingChanged):
            await self._paced(permit, change)

    async def send_document(
        self, address: Address, name: str, content: bytes, *, caption: str = ""
    ) -> int:
        """Post a file with a plain caption (at most 1,024 letters); the message's id.

        A closed thread falls back to the chat.
        """
        permit = await self.gate.turn(address)
        post = partial(
            self.bot.send_document,
            address.chat_id,
            content,
            caption=caption or None,
            filename=name,
        )
        thread = address.thread_id or None
        try:
            message = await self._paced(permit, partial(post, message_thread_id=thread))
        except TopicClosed:
            if thread is None:
                raise
            message = await self._paced(await self.gate.turn(address), post)
        return int(message.message_id)

    async def download(self, file_id: str, most: int) -> bytes | None:
        """A file that somebody sent; None if it has more than `most` bytes."""
        file = await self._call(lambda: self.bot.get_file(file_id))
        if file.file_size is not None and file.file_size > most:
            return None
        content = await self._call(file.download_as_bytearray)
        return bytes(content) if len(content) <= most else None

    async def answer(self, query_id: str, text: str = "", *, alert: bool = False) -> None:
        """End a button's spinner, with at most 200 letters. Raises MessageGone when too late."""
        parameters = {
            "callback_query_id": query_id,
            "text": cut(text, 200) or None,
            "show_alert": alert or None,
        }
        await self._call(lambda: self._ask("answerCallbackQuery", parameters))

    # questions

    async def get_chat(self, chat: int | str) -> telegram.ChatFullInfo:
        """A chat by id or @name. Raises Unreachable when there is none for us."""
        return await self._call(lambda: self.bot.get_chat(chat))

    async def member_status(self, chat_id: int, user_id: int) -> str:
        """creator, administrator, member, restricted, left or kicked."""
        member = await self._call(lambda: self.bot.get_chat_member(chat_id, user_id))
        return str(member.status)

    async def set_commands(
        self,
        commands: Sequence[tuple[str, str]],
        *,
        lang: str = "",
        chat_id: int | None = None,
        managers: bool = False,
    ) -> None:
        """The menu of commands for users of a language ("": all others).

        Of one chat with `chat_id`, of the administrators of all groups with
        `managers`; the narrower menu is the one that is shown.
        """
        scope: telegram.BotCommandScope | None = None
        if chat_id is not None:
            scope = telegram.BotCommandScopeChat(chat_id)
        elif managers:
            scope = telegram.BotCommandScopeAllChatAdministrators()
        await self._call(
            lambda: self.bot.set_my_commands(
                list(commands), scope=scope, language_code=lang or None
            )
        )

    async def use_polling(self) -> None:
        """Remove a webhook, if there is one; what waits at Telegram stays."""
        await self._call(lambda: self.bot.delete_webhook(drop_pending_updates=False))

    async def use_webhook(self, url: str, *, secret: str, connections: int) -> None:
        """Have updates brought to `url`, with `secret` in a header; what waits stays."""
        await self._call(
            lambda: self.bot.set_webhook(
                url,
                secret_token=secret,
                max_connections=connections,
                allowed_updates=ALLOWED_UPDATES,
                drop_pending_updates=False,
            )
        )

    async def has_webhook(self, url: str) -> bool:
        """Whether Telegram brings updates to `url`."""
        info = await self._call(self.bot.get_webhook_info)
        return info.url == url

    async def get_updates(self, offset: int | None, *, seconds: int, limit: int = 100) -> Any:
        """The JSON of updates from `offset` on, waiting up to `seconds` for one.

        Raw, since PTB reads all of them or none (see `bot.botapi.updates`). Asking with
        an offset confirms all before it: they never come again.
        """
        asked = {"limit": limit, "timeout": seconds, "allowed_updates": list(ALLOWED_UPDATES)}
        if offset is not None:
            asked["offset"] = offset
        return await self._call(
            lambda: self.bot.do_api_request(
                "getUpdates", api_kwargs=asked, read_timeout=self._read_seconds + seconds
            ),
            seconds=_POLL_SECONDS + seconds,
        )

    # inside

    async def _post(
        self,
        address: Address,
        form: Form,
        silent: bool,
        reply_to: int | None,
        aside: Aside | None,
    ) -> tuple[int, int]:
        message = await self._ask(
            "sendMessage",
            {
                "chat_id": address.chat_id,
                "text": form.text,
                "parse_mode": form.markup,
                "reply_markup": form.buttons,
                "disable_notification": silent or None,
                "message_thread_id": address.thread_id or None,
                "link_preview_options": _NO_PREVIEW,
                "allow_paid_broadcast": self._paid,
                "ephemeral_message_parameters": None if aside is None else aside_parameters(aside),
                "reply_parameters": None
                if reply_to is None
                else {"message_id": reply_to, "allow_sending_without_reply": True},
            },
        )
        return number_of(message), int(message.get("message_thread_id") or 0)

    async def _change(self, address: Address, message_id: int, form: Form) -> Any:
        parameters = {
            "chat_id": address.chat_id,
            "message_id": message_id,
            "text": form.text,
            "parse_mode": form.markup,
            "reply_markup": form.buttons,
            "link_preview_options": _NO_PREVIEW,
        }
        return await self._ask("editMessageText", parameters)

    async def _post_picture(
        self, address: Address, form: Form, picture: bytes, silent: bool
    ) -> tuple[int, int]:
        message = await self.bot.send_photo(
            address.chat_id,
            picture,
            caption=cut(form.text, _MOST_CAPTION),
            parse_mode=form.markup,
            reply_markup=telegram.InlineKeyboardMarkup.de_json(form.buttons, None)
            if form.buttons
            else None,
            disable_notification=silent or None,
            message_thread_id=address.thread_id or None,
            filename="week.png",
            allow_paid_broadcast=self._paid,
        )
        return int(message.message_id), int(message.message_thread_id or 0)


_NO_PREVIEW = {"is_disabled": True}
