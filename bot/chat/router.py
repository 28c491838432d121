"""From an update to its handler: who speaks, where, whether they may; then the one function.

A command or button of somebody not entitled changes nothing. In private a stranger gets
the neutral line; in groups only those who may use the bot are answered at all.
"""

from __future__ import annotations

import difflib
import re
from collections import OrderedDict
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import cast

import structlog
import telegram

from bot.botapi.updates import is_theirs
from bot.callbacks import Callback
from bot.chat import access, elsewhere, membership
from bot.chat.access import NEUTRAL
from bot.chat.admin import config, entity_changes, filter_saving, lists, store_trouble
from bot.chat.context import ANONYMOUS, Context, Place
from bot.chat.permissions import belongs, may_run, ranks
from bot.chat.routes import COMMANDS, PRESSES, TOPICAL, TypedCommand, concerns_a_chat
from bot.chat.services import Services
from bot.chat.subscriber import narrowing, start, watching, why_not
from bot.chat.subscriber.asked_post import asked_of, is_link, is_question
from bot.chat.subscriber.forecast import Forecast
from bot.chat.text import message as as_message
from bot.chat.text import plain
from bot.commands import chats as chat_commands
from bot.commands.roles import RULES, Command, Where
from bot.errors import DeliveryError, NotAllowed, StoreDown
from bot.i18n import language, translator
from bot.model import Chat, ChatState, ChatType, Role
from bot.store import chats, message_views

__all__ = ["Router"]

log = structlog.get_logger(__name__)

_COMMAND = re.compile(r"/([a-z0-9_]{1,32})(?:@(\w+))?(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)
_MENDED_FOR = timedelta(hours=1)
_MOST_READ = 1_000  # messages of which a hash is remembered, to tell an edit from none


class Router:
    """Handles messages and buttons. Repeats are the caller's business."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._forecast = Forecast(services.store)
        self._read: OrderedDict[tuple[int, int], int] = OrderedDict()  # hashes, as last read

    async def handle(self, update: telegram.Update) -> None:
        """Act on one update; kinds that are not ours do nothing.

        After an exception that nobody named the person reads one line; then it is raised.
        """
        try:
            if update.message is not None:
                await self._message(update.message)
            elif update.edited_message is not None:
                await self._edited(update.edited_message)
            elif update.callback_query is not None:
                await self._press(update.callback_query)
        except DeliveryError as error:
            log.warning("chat.failed", error=type(error).__name__)
        except StoreDown as error:
            await self._apologise(update, error)  # the store has logged it, once
        except Exception:
            await self._apologise(update)
            raise

    # messages

    async def _edited(self, message: telegram.Message) -> None:
        """A command that its writer has changed since is run as it reads now.

        What is not a command, or old, or reads as before (Telegram tells of previews too), is
        left. So is what was not read since the start: it may have run before, as it reads now.
        """
        text = (message.text or "").strip()
        changed = message.edit_date is not None and message.edit_date - message.date <= _MENDED_FOR
        before = self._read.get((message.chat.id, message.message_id))
        reads_otherwise = before is not None and before != hash(text)
        if changed and reads_otherwise and _COMMAND.fullmatch(text):
            await self._message(message)

    async def _message(self, message: telegram.Message) -> None:
        text_or_caption = message.caption if message.document is not None else message.text
        text, place = text_or_caption or "", place_of(message)
        if place.private or text.strip().startswith("/"):
            self._remember((message.chat.id, message.message_id), text.strip())
        # A text that somebody else wrote is a post to be tested, whatever it begins with.
        found = None if is_theirs(message) else _COMMAND.fullmatch(text.strip())
        if message.forum_topic_edited is not None:
            return  # a thread was made, named, closed: nobody speaks to us
        if message.migrate_to_chat_id is not None:
            await membership.moved(self._services, place.chat_id, message.migrate_to_chat_id)
            return
        if message.from_user is None or (found is None and not place.private):
            return
        addressed = found[2] if found else None
        if addressed and addressed.lower() != self._services.client.username.lower():
            return
        name = found[1].lower() if found else ""
        if not place.private and not addressed and name not in COMMANDS:
            return  # a command of another bot
        ctx = await self._context(message.from_user, place)
        if not self._services.pace.allows(ctx.user_id, ctx.now):
            if ctx.role is not Role.STRANGER and self._services.slowed.first(ctx.user_id, ctx.now):
                await ctx.say(ctx.t("Too fast for me: I left out what came just now."))
            return
        ctx.message = message
        ctx.args = (found[3] or "").strip() if found else ""
        with suppress(StoreDown):  # /health must be answered all the same
            await ctx.fade(message.message_id, theirs=True)
        await self._command(ctx, name)

    def _remember(self, key: tuple[int, int], text: str) -> None:
        self._read[key] = hash(text)
        self._read.move_to_end(key)
        while len(self._read) > _MOST_READ:
            self._read.popitem(last=False)

    async def _command(self, ctx: Context, name: str) -> None:
        command = COMMANDS.get(name)
        if name and ctx.place.private and ctx.role is not Role.STRANGER:
            await ctx.expect_nothing()
        if ctx.user_id == ANONYMOUS and not self._as_the_group(ctx):
            await self._unseen(ctx)
        elif ctx.role is Role.STRANGER and not (name == "start" and await self._invited(ctx)):
            await self._turn_away(ctx)
        elif ctx.services.open and ctx.chat is None and ctx.place.private and not ctx.is_admin:
            await start.start(ctx)
        elif command is None or not ranks(ctx, command.needs):
            await self._unknown(ctx, name)
        elif not belongs(ctx, command.needs):
            await ctx.say(ctx.t("That works in a private chat with me only."))
        elif await self._manages(ctx, command.needs):
            if not await self._elsewhere(ctx, command):
                return
            ctx.topical = command.needs in TOPICAL
            ctx.command, ctx.said = name, ctx.args
            try:
                await command.run(ctx)
            except NotAllowed as error:
                await ctx.say(_refusal(ctx, error))
        else:
            await ctx.say(ctx.t("Only an administrator of this chat can do that."), reply=True)

    async def _elsewhere(self, ctx: Context, command: TypedCommand) -> bool:
        """`/digest @channel daily 9:00` in private: the chat meant is the channel.

        False where there is none such with them, which has been said.
        """
        first, _, rest = ctx.args.partition(" ")
        if not (ctx.place.private and elsewhere.is_channel_name(first)):
            return True
        if command.whole:
            await ctx.say(
                ctx.t("That is about the bot as a whole, not one channel: send the command alone.")
            )
            return False
        if not command.elsewhere:
            return True
        if await elsewhere.speak_of_named(ctx, first, quietly=command.words):
            ctx.args = rest.strip()
            return True
        return command.words

    async def _invited(self, ctx: Context) -> bool:
        """A stranger's /start: whether its code lets them in; uses it up."""
        if not (ctx.place.private and ctx.args):
            return False
        code, topics_ = access.start_parts(ctx.args, self._services.reader.topics)
        given = await access.redeem(ctx, code)
        if given is None:
            return False
        ctx.role, ctx.args = given, "-".join(["t", *topics_]) if topics_ else ""
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
            if ctx.is_admin and document is not None and config.looks_like_configuration(document):
                await config.sent(ctx, document)
                return
            if ctx.message is not None and await self._answers(ctx, ctx.message):
                return
            if ctx.message is not None and await self._asks_why(ctx, ctx.message):
                return
            await ctx.say(ctx.t("I understand commands only. /help lists them."))
            return
        known = [n for n, c in COMMANDS.items() if ranks(ctx, c.needs)]
        if near := difflib.get_close_matches(name, known, n=1):
            await ctx.say(
                ctx.t("There is no /{name}. Did you mean /{near}?", name=name, near=near[0])
            )
        else:
            await ctx.say(ctx.t("There is no /{name}. /help lists what there is.", name=name))

    async def _answers(self, ctx: Context, message: telegram.Message) -> bool:
        """A text that a button asked for, as the name of a place; neither a forwarded one nor a
        link is any: that is asked about, and the question stays open."""
        if is_theirs(message) or not message.text or is_link(message.text):
            return False
        ctx.manages = True  # in private: the router hears nothing else
        for take in (narrowing.typed, watching.typed, filter_saving.typed, entity_changes.typed):
            if await take(ctx, message.text):
                return True
        return False

    async def _asks_why(self, ctx: Context, message: telegram.Message) -> bool:
        """A forwarded post, a link or a pasted text: what became of it."""
        text = message.text or message.caption or ""
        if not is_theirs(message) and not is_question(text):
            return False
        ctx.manages, ctx.topical = True, True  # in private: the router hears nothing else
        await why_not.answer(ctx, asked_of(message))
        return True

    async def _manages(self, ctx: Context, needs: Command) -> bool:
        """Whether the person decides for the place, where that is needed; Telegram is asked."""
        where = RULES[needs].where
        if where not in (Where.MANAGED, Where.MANAGED_OR_ADMINS):
            return True
        ctx.manages = await access.is_manager(ctx)
        return may_run(ctx, needs)

    def _as_the_group(self, ctx: Context) -> bool:
        """Whether an administrator speaks as a group that one of our people brought in.

        Telegram lets nobody else post as the group. Who it is it does not say, so they may do
        what a subscriber who administers the group may, and nothing of the installation.
        """
        chat = ctx.message.sender_chat if ctx.message is not None else None
        known = ctx.chat is not None or ctx.services.open
        if chat is None or chat.id != ctx.place.chat_id or not known:
            return False
        ctx.hidden, ctx.role = True, Role.SUBSCRIBER
        return True

    async def _unseen(self, ctx: Context) -> None:
        """Posted as a group that is not ours yet: somebody who may use the bot brings it in."""
        if self._services.turned_away.first(ctx.place.chat_id, ctx.now):
            await ctx.say(
                ctx.t("I cannot see who you are: send the first command as yourself."), reply=True
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
            await self._pressed(ctx, what, value)
        await ctx.toast()

    async def _pressed(self, ctx: Context, what: str, value: str) -> None:
        if what == Callback.ELSEWHERE:
            number, _, data = value.partition(":")
            what, _, value = data.partition(":")
            known = ctx.role is not Role.STRANGER and ctx.place.private
            there = known and await elsewhere.speak_of_numbered(ctx, number)
            if known and not (there and concerns_a_chat(what)):
                await ctx.out_of_date()
                return
        press = PRESSES.get(what)
        anybody = press is not None and RULES[press.needs].role is Role.STRANGER
        if ctx.role is Role.STRANGER and (ctx.place.private or not anybody):
            await ctx.toast(NEUTRAL)
        elif press is None or not (ranks(ctx, press.needs) and belongs(ctx, press.needs)):
            await ctx.out_of_date()
        elif await self._manages(ctx, press.needs):
            try:
                await press.run(ctx, value)
            except NotAllowed as error:
                # Not a toast: the press may have had its answer already.
                await ctx.say(_refusal(ctx, error))
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
            manages=place.private and place.chat_id == user.id,
        )

    async def _chat(self, place: Place) -> Chat | None:
        """What is stored of the place. A person who writes has not blocked us."""
        async with self._services.store.read() as conn:
            chat = await chats.by_address(conn, place.chat_id, place.thread_id)
        if chat is not None and chat.state is ChatState.BLOCKED:
            now = self._services.clock.now()
            return await chat_commands.reopen(self._services.backend, chat.id, now)
        return chat

    async def _remembered(self, message: telegram.MaybeInaccessibleMessage) -> Place | None:
        """The place of a message of which Telegram gives only the number; None if unknown."""
        place = _place(message.chat)
        if not (place.private or message.chat.is_forum):
            return place
        async with self._services.store.read() as conn:
            thread = await message_views.thread_of(conn, place.chat_id, message.message_id)
        if place.private:
            return replace(place, within=thread or 0)
        return None if thread is None else replace(place, thread_id=thread)

    async def _apologise(self, update: telegram.Update, down: StoreDown | None = None) -> None:
        """In the app's language: what is stored of the chat may be what failed."""
        message = update.message or update.edited_message
        query, user = update.callback_query, update.effective_user
        t = translator(language(user.language_code if user else None))
        words = t("Something went wrong here, not with you. Try again in a minute.")
        if down is not None and user is not None and user.id in self._services.roots:
            words = store_trouble.trouble_text(t, down)
        elif down is not None:
            words = t(
                "The database does not work at the moment: I can change nothing now, and"
                " nothing is lost. Try again later."
            )
        with suppress(DeliveryError):
            if query is not None:
                await self._services.client.answer(query.id, plain(words))
            elif message is not None:
                where = place_of(message).screen
                await self._services.client.send(where, as_message(words, silent=True))


def _refusal(ctx: Context, error: NotAllowed) -> str:
    """The router asked before: this is a right that the command in hand wants beyond that."""
    log.info("chat.not_allowed")
    return ctx.t(error.key)


def place_of(message: telegram.Message) -> Place:
    """Where the message stands; a thread counts only where a forum has topics."""
    place, thread = _place(message.chat), message.message_thread_id
    if not (message.is_topic_message and thread):
        return place
    return replace(place, within=thread) if place.private else replace(place, thread_id=thread)


def _place(chat: telegram.Chat) -> Place:
    return Place(chat.id, ChatType(chat.type), 0, chat.title or "")
