"""Vigil's calls to Telegram: python-telegram-bot builds and parses, one table translates errors.

A call that fails raises a DeliveryError and nothing else (see bot.errors for what to do then).
Calls that post wait for their turn at the gate; calls that only ask or acknowledge do not.
"""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import structlog
import telegram
from telegram.error import TelegramError
from telegram.warnings import PTBDeprecationWarning, PTBUserWarning

from bot.alerts.charts import draw
from bot.botapi.errors import translate
from bot.botapi.message_forms import Form, aside_parameters, blank_picture, cut, forms_of, number_of
from bot.botapi.pacing import Gate, Permit
from bot.botapi.request import Request
from bot.clock import Clock
from bot.errors import (
    MessageGone,
    NothingChanged,
    NotSent,
    Problem,
    Rejected,
    SettingsError,
    TopicClosed,
    Unknown,
)
from bot.model import Address
from bot.model.rendered import Aside, Rendered

__all__ = ["ALLOWED_UPDATES", "CALL_SECONDS", "TELEGRAM", "Client"]

log = structlog.get_logger(__name__)

TELEGRAM = "https://api.telegram.org"
# Only what is handled: Telegram keeps what we do not ask for from us.
ALLOWED_UPDATES = (
    "message",
    "edited_message",
    "callback_query",
    "channel_post",
    "edited_channel_post",
    "my_chat_member",
)

# A whole call; read timeouts alone let a slow drip hold it for ever. Shorter than the lease.
CALL_SECONDS = 25.0
_POLL_SECONDS = 60.0  # a getUpdates beyond its waiting: it posts nothing
_MOST_CAPTION, _MOST_NAME = 1024, 128
_UNFENCED = ContextVar("_UNFENCED", default=False)
T = TypeVar("T")


class Client:
    """One bot. Build it in the event loop that uses it; `start` first, `close` last.

    `may_call` is asked in the last moment before a call leaves: False keeps it back as NotSent.
    Only `start` asks Telegram who we are without it, for that says nothing to anybody.

    Building raises SettingsError when the proxy cannot be used.
    """

    def __init__(
        self,
        token: str,
        clock: Clock,
        *,
        server: str = TELEGRAM,
        proxy: str | None = None,
        gate: Gate | None = None,
        read_seconds: float = 20.0,
        call_seconds: float = CALL_SECONDS,
        paid: bool = False,
        may_call: Callable[[], bool] = lambda: True,
    ) -> None:
        # Telegram takes Stars for what goes beyond the free rate, and only then.
        self._paid = paid or None
        self._call_seconds = call_seconds
        self._read_seconds = read_seconds
        self._older = False  # than what quotations and buttons that copy need
        self._may_call = may_call
        self.user: telegram.User | None = None
        """Who we are; None until Telegram was first reached."""

        # Until PTB 23 each RetryAfter warns of its own change of types; errors.py reads both.
        warnings.filterwarnings("ignore", category=PTBDeprecationWarning, message=".*retry_after.*")
        warnings.filterwarnings("ignore", category=PTBUserWarning, message=".*getUpdates")
        self.gate = gate or Gate(clock)
        self._clock = clock

        self._request = Request(64, proxy, read_seconds, self._permitted)
        self._url = f"{server.rstrip('/')}/bot{token}/"
        self.bot = telegram.Bot(
            token,
            base_url=f"{server.rstrip('/')}/bot",
            base_file_url=f"{server.rstrip('/')}/file/bot",
            request=self._request,
            get_updates_request=Request(2, proxy, read_seconds, self._permitted),
        )

    async def start(self) -> telegram.User:
        """Check the token and learn who we are.

        Raises SettingsError when Telegram refuses the token, DeliveryError when
        it cannot be asked; starting again is allowed.
        """
        token = _UNFENCED.set(True)
        try:
            await self.bot.initialize()
        except telegram.error.InvalidToken:
            raise SettingsError(
                [
                    Problem(
                        "VIGIL_BOT_TOKEN",
                        "Telegram does not know this token",
                        "Copy it again from @BotFather (/mybots, API Token).",
                    )
                ]
            ) from None  # its message quotes the token
        except TelegramError as err:
            raise translate(err) from err
        finally:
            _UNFENCED.reset(token)
        self.user = self.bot.bot
        return self.user

    @property
    def username(self) -> str:
        """Our @name without @; "" until Telegram was first reached."""
        return "" if self.user is None else self.user.username or ""

    @property
    def has_threads(self) -> bool:
        """Whether private chats with the bot can have threads, as Telegram last said.

        The bot's owner turns that on with @BotFather; Bot API 9.3 says it.
        """
        return self.user is not None and bool(self.user.has_topics_enabled)

    async def close(self) -> None:
        """Close all connections; calls in flight fail. Closing twice is allowed."""
        await self.bot.shutdown()

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

    async def get_me(self) -> telegram.User:
        """Who we are, asked anew (also a check that Telegram answers)."""
        self.user = await self._call(self.bot.get_me)
        return self.user

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

    def _permitted(self) -> bool:
        return _UNFENCED.get() or self._may_call()

    async def _ask(self, method: str, parameters: Mapping[str, Any]) -> Any:
        return await self._request.call(self._url + method, parameters)

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

    async def _paced(self, permit: Permit, call: Callable[[], Awaitable[T]]) -> T:
        error: BaseException | None = None
        try:
            return await self._call(call)
        except BaseException as err:
            error = err
            raise
        finally:
            self.gate.leave(permit, error)

    async def _call(self, call: Callable[[], Awaitable[T]], seconds: float | None = None) -> T:
        try:
            async with self._clock.timeout(seconds or self._call_seconds):
                return await call()
        except asyncio.CancelledError:
            raise
        except Exception as err:
            raise translate(err) from err


_NO_PREVIEW = {"is_disabled": True}
