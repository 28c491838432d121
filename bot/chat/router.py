"""From an update to its handler: who speaks, where, whether they may; then the one function.

A command or button of somebody not entitled changes nothing. In private a stranger gets
the neutral line; in groups only those who may use the bot are answered at all.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import cast

import structlog
import telegram

from bot.botapi.updates import is_theirs
from bot.chat import access, membership, menu
from bot.chat.access import NEUTRAL
from bot.chat.admin import entities as entity_commands
from bot.chat.admin import feedback, filter_tests, health, lists
from bot.chat.admin import filters as filter_commands
from bot.chat.admin import sources as source_commands
from bot.chat.context import Context, Place
from bot.chat.services import Services
from bot.chat.subscriber import alerts, choices, loudness, pausing, preferences, start, topics
from bot.chat.subscriber.forecast import Forecast
from bot.chat.text import message as as_message
from bot.errors import DeliveryError
from bot.i18n import language, translator
from bot.model import Chat, ChatState, ChatType, Role
from bot.store import chats, messages

__all__ = ["Router"]

log = structlog.get_logger(__name__)

_COMMAND = re.compile(r"/([a-z0-9_]{1,32})(?:@(\w+))?(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)
_RANK = {Role.STRANGER: 0, Role.SUBSCRIBER: 1, Role.ADMIN: 2, Role.ROOT: 3}
_CHAT_ID = re.compile(r"-\d{5,15}")
_ANONYMOUS = 1087968824  # GroupAnonymousBot: an admin who hides who they are


@dataclass(frozen=True, slots=True)
class _Command:
    """`role` is the least; `admin` ones are for private chats and the admin chat alone."""

    run: Callable[[Context], Awaitable[None]]
    role: Role = Role.SUBSCRIBER
    private: bool = False
    admin: bool = False
    volume: bool = False  # may be said of a channel: /cap @channel 5


@dataclass(frozen=True, slots=True)
class _Press:
    """`open` buttons change nothing of the chat's: everybody who sees them may press."""

    run: Callable[[Context, str], Awaitable[None]]
    role: Role = Role.SUBSCRIBER
    open: bool = False


_COMMANDS: Mapping[str, _Command] = {
    "start": _Command(start.start),
    "help": _Command(menu.help_),
    "topics": _Command(topics.topics),
    "sub": _Command(topics.sub),
    "unsub": _Command(topics.unsub),
    "list": _Command(topics.list_),
    "pause": _Command(pausing.pause),
    "resume": _Command(pausing.resume),
    "lang": _Command(preferences.lang),
    "tz": _Command(preferences.tz),
    "quiet": _Command(start.quiet, volume=True),
    "digest": _Command(loudness.digest, volume=True),
    "cap": _Command(loudness.cap, volume=True),
    "vanish": _Command(loudness.vanish, volume=True),
    "settings": _Command(choices.choices, volume=True),
    "normal": _Command(start.normal, private=True),
    "privacy": _Command(start.privacy),
    "forget": _Command(start.forget),
    "stop": _Command(start.forget),
    "invite": _Command(access.invite, Role.ADMIN, private=True),
    "admins": _Command(access.admins, Role.ADMIN, private=True),
    "revoke": _Command(access.revoke, Role.ADMIN, private=True),
    "source": _Command(source_commands.source, Role.ADMIN, admin=True),
    "filter": _Command(filter_commands.filter_, Role.ADMIN, admin=True),
    "entity": _Command(entity_commands.entity, Role.ADMIN, admin=True),
    "feedback": _Command(feedback.feedback, Role.ADMIN, admin=True),
    "health": _Command(health.health, Role.ADMIN, admin=True),
    "stats": _Command(health.health, Role.ADMIN, admin=True),
}
_PRESSES: Mapping[str, _Press] = {
    "m": _Press(start.choose_mode),
    "t": _Press(topics.toggle),
    "l": _Press(preferences.lang_pressed),
    "r": _Press(pausing.resume_pressed),
    "f": _Press(start.forget_pressed),
    "why": _Press(alerts.why, open=True),
    "open": _Press(alerts.reveal, open=True),
    "ro": _Press(alerts.reveal_reply, open=True),
    "mo": _Press(alerts.more, open=True),
    "le": _Press(alerts.less, open=True),
    "fo": _Press(alerts.follow),
    "no": _Press(alerts.noise),
    "wa": _Press(alerts.wrong_army),
    "sp": _Press(alerts.split),
    "dg": _Press(loudness.digest_page, open=True),
    "w": _Press(loudness.way_pressed),
    "qh": _Press(loudness.quiet_pressed),
    "di": _Press(loudness.digest_pressed),
    "cp": _Press(loudness.cap_pressed),
    "va": _Press(loudness.vanish_pressed),
    "rp": _Press(choices.reports_pressed),
    "c": _Press(membership.chosen),
    "s": _Press(source_commands.pressed, Role.ADMIN),
    "sl": _Press(source_commands.turned, Role.ADMIN),
    "q": _Press(filter_commands.pressed, Role.ADMIN),
    "ql": _Press(filter_commands.turned, Role.ADMIN),
    "e": _Press(entity_commands.pressed, Role.ADMIN),
    "el": _Press(entity_commands.turned, Role.ADMIN),
}


class Router:
    """Handles messages and buttons. Repeats are the caller's business."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._forecast = Forecast(services.store)

    async def handle(self, update: telegram.Update) -> None:
        """Act on one update; kinds that are not ours do nothing.

        An exception that nobody named is told to the person in one line, then raised.
        """
        try:
            if update.message is not None:
                await self._message(update.message)
            elif update.callback_query is not None:
                await self._press(update.callback_query)
        except DeliveryError as error:
            log.warning("chat.failed", error=type(error).__name__)
        except Exception:
            await self._apologise(update)
            raise

    # messages

    async def _message(self, message: telegram.Message) -> None:
        said = message.caption if message.document is not None else message.text
        text, place = said or "", place_of(message)
        # A text that somebody else wrote is a post to be tested, whatever it begins with.
        found = None if is_theirs(message) else _COMMAND.fullmatch(text.strip())
        if message.migrate_to_chat_id is not None:
            await membership.moved(self._services, place.chat_id, message.migrate_to_chat_id)
            return
        if message.from_user is None or (found is None and not place.private):
            return
        addressed = found[2] if found else None
        if addressed and addressed.lower() != self._services.client.username.lower():
            return
        name = found[1].lower() if found else ""
        if not place.private and not addressed and name not in _COMMANDS:
            return  # a command of another bot
        ctx = await self._context(message.from_user, place)
        if not self._services.pace.allows(ctx.user_id, ctx.now):
            if ctx.role is not Role.STRANGER and self._services.slowed.first(ctx.user_id, ctx.now):
                await ctx.say(ctx.t("Too fast for me: I left out what came just now."))
            return
        ctx.message = message
        ctx.args = (found[3] or "").strip() if found else ""
        await ctx.fade(message.message_id, theirs=True)
        await self._command(ctx, name)

    async def _command(self, ctx: Context, name: str) -> None:
        command = _COMMANDS.get(name)
        if ctx.user_id == _ANONYMOUS:
            await self._unseen(ctx)
        elif ctx.role is Role.STRANGER and not (name == "start" and await self._invited(ctx)):
            await self._turn_away(ctx)
        elif ctx.services.open and ctx.chat is None and ctx.place.private and not ctx.is_admin:
            await start.start(ctx)
        elif command is None or _RANK[ctx.role] < _RANK[command.role]:
            await self._unknown(ctx, name)
        elif not self._belongs(ctx, command):
            await ctx.say(ctx.t("That works in a private chat with me only."))
        elif command.admin or await self._manages(ctx):
            if command.volume and not await self._elsewhere(ctx):
                return
            await command.run(ctx)

    async def _elsewhere(self, ctx: Context) -> bool:
        """`/digest @channel daily 9:00` in private: the chat meant is the channel."""
        said, _, rest = ctx.args.partition(" ")
        if not ctx.place.private or not (said.startswith("@") or _CHAT_ID.fullmatch(said)):
            return True
        chat = await topics.channel_of(ctx, said)
        if chat is not None:
            ctx.subject, ctx.args = chat, rest.strip()
        return chat is not None

    async def _invited(self, ctx: Context) -> bool:
        """A stranger's /start: whether its code lets them in; uses it up."""
        if not (ctx.place.private and ctx.args):
            return False
        given = await access.redeem(ctx, ctx.args)
        if given is None:
            return False
        ctx.role, ctx.args = given, ""
        ctx.promoted = True
        return True

    async def _turn_away(self, ctx: Context) -> None:
        """The one neutral line, not more than once a day in a chat, whatever was tried."""
        if self._services.turned_away.first(ctx.place.chat_id, ctx.now):
            log.info("chat.stranger", private=ctx.place.private)
            await ctx.say(NEUTRAL)

    async def _unknown(self, ctx: Context, name: str) -> None:
        """Nothing we know. In a group only a command addressed to us comes here."""
        if not name:
            document = ctx.message.document if ctx.message is not None else None
            if ctx.is_admin and document is not None and lists.looks_like_list(document):
                await lists.sent(ctx, document)
                return
            if ctx.is_admin and ctx.message is not None and is_theirs(ctx.message):
                await filter_tests.forwarded(ctx)
                return
            await ctx.say(ctx.t("I understand commands only. /help lists them."))
            return
        known = [n for n, c in _COMMANDS.items() if _RANK[c.role] <= _RANK[ctx.role]]
        if near := difflib.get_close_matches(name, known, n=1):
            await ctx.say(
                ctx.t("There is no /{name}. Did you mean /{near}?", name=name, near=near[0])
            )
        else:
            await ctx.say(ctx.t("There is no /{name}. /help lists what there is.", name=name))

    def _belongs(self, ctx: Context, command: _Command) -> bool:
        if ctx.place.private or not (command.private or command.admin):
            return True
        return command.admin and ctx.place.chat_id == ctx.services.admin_chat

    async def _manages(self, ctx: Context) -> bool:
        if await access.is_manager(ctx):
            return True
        await ctx.say(ctx.t("Only an administrator of this chat can do that."), reply=True)
        return False

    async def _unseen(self, ctx: Context) -> None:
        """An administrator of the group who posts as the group: Telegram does not say who."""
        if self._services.turned_away.first(ctx.place.chat_id, ctx.now):
            await ctx.say(
                ctx.t("I cannot see who you are: send it as yourself, not anonymously."), reply=True
            )

    # buttons

    async def _press(self, query: telegram.CallbackQuery) -> None:
        message = query.message
        if message is None:
            # From an inline message: we send none.
            with suppress(DeliveryError):
                await self._services.client.answer(query.id)
            return
        what, _, value = (query.data or "").partition(":")
        press = _PRESSES.get(what)
        # PTB parses a message that is not accessible as one of 1970.
        there = isinstance(message, telegram.Message) and message.is_accessible
        shown = cast("telegram.Message", message) if there else None
        # Of one older than 48 hours Telegram tells no more than its number.
        place = place_of(shown) if shown else await self._remembered(message)
        ctx = await self._context(query.from_user, place or _place(message.chat))
        ctx.query_id, ctx.message, ctx.under = query.id, shown, message.message_id
        if not self._services.pace.allows(ctx.user_id, ctx.now):
            await ctx.toast(ctx.t("Too fast for me: I left out what came just now."))
        elif place is None:
            await ctx.out_of_date()  # which topic of the forum it stood in is not known
        else:
            await self._pressed(ctx, press, value)
        await ctx.toast()

    async def _pressed(self, ctx: Context, press: _Press | None, value: str) -> None:
        if ctx.role is Role.STRANGER and not (press and press.open and not ctx.place.private):
            await ctx.toast(NEUTRAL)
        elif press is None or (_RANK[ctx.role] < _RANK[press.role] and not press.open):
            await ctx.out_of_date()
        elif press.open or press.role is Role.ADMIN or await access.is_manager(ctx):
            await press.run(ctx, value)
        else:
            await ctx.toast(ctx.t("Only an administrator of this chat can do that."))

    # both

    async def _context(self, user: telegram.User, place: Place) -> Context:
        services, now = self._services, self._services.clock.now()
        chat = await self._chat(place)
        # What was chosen with /lang stands before what the app is set to.
        lang = chat.lang if chat else language(user.language_code)
        return Context(
            services=services,
            user_id=user.id,
            role=await access.role_of(services, user.id),
            place=place,
            t=translator(lang),
            now=now,
            forecast=self._forecast,
            chat=chat,
        )

    async def _chat(self, place: Place) -> Chat | None:
        """What is stored of the place. A person who writes has not blocked us."""
        async with self._services.store.read() as conn:
            chat = await chats.by_address(conn, place.chat_id, place.thread_id)
        if chat is not None and chat.state is ChatState.BLOCKED:
            await pausing.reopen(self._services, chat, self._services.clock.now())
            async with self._services.store.read() as conn:
                return await chats.get(conn, chat.id)
        return chat

    async def _remembered(self, message: telegram.MaybeInaccessibleMessage) -> Place | None:
        """Where a message stands of which only the number is told; None if we do not know."""
        place = _place(message.chat)
        if not message.chat.is_forum:
            return place
        async with self._services.store.read() as conn:
            thread = await messages.thread_of(conn, place.chat_id, message.message_id)
        return None if thread is None else replace(place, thread_id=thread)

    async def _apologise(self, update: telegram.Update) -> None:
        """In the app's language: what is stored of the chat may be what failed."""
        message, query, user = update.message, update.callback_query, update.effective_user
        t = translator(language(user.language_code if user else None))
        words = t("Something went wrong here, not with you. Try again in a minute.")
        with suppress(DeliveryError):
            if query is not None:
                await self._services.client.answer(query.id, words)
            elif message is not None:
                where = place_of(message).address
                await self._services.client.send(where, as_message(words, silent=True))


def place_of(message: telegram.Message) -> Place:
    """Where the message stands; a thread counts only where a forum has topics."""
    place = _place(message.chat)
    if message.is_topic_message and message.message_thread_id:
        return Place(place.chat_id, place.type, message.message_thread_id, place.title)
    return place


def _place(chat: telegram.Chat) -> Place:
    return Place(chat.id, ChatType(chat.type), 0, chat.title or "")
