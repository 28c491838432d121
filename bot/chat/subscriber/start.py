"""The first minute: privacy, Quiet or Normal, then topics. And help, privacy, forgetting."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import structlog

from bot.alerts import words
from bot.callbacks import Callback
from bot.chat import access, confirmation, keyboards, menu
from bot.chat import quiet as quieting
from bot.chat.context import Context
from bot.chat.subscriber import topics
from bot.chat.text import Buttons, esc
from bot.commands import chats, people
from bot.errors import DeliveryError, MessageGone, RetryLater
from bot.model import Chat, ChatMode, Role
from bot.rendered import Button
from bot.store import threads

__all__ = [
    "answer_normal",
    "answer_quiet",
    "choose_mode",
    "followed",
    "forget",
    "forget_pressed",
    "normal",
    "privacy",
    "quiet",
    "spoken",
    "start",
    "unveil",
]

log = structlog.get_logger(__name__)

_WAITS = 5
_LINK = "link"  # topics of the link by which somebody came
_LINK_HOURS = 24


async def start(ctx: Context) -> None:
    """`/start`, with or without an invitation and topics. Groups get their own first step."""
    if not ctx.place.private or ctx.elsewhere is not None:
        await topics.topics(ctx)
        return
    kept = False  # an invitation that this person did not need
    code, wanted = access.start_parts(ctx.args, ctx.services.reader.topics)
    if code and (given := await access.redeem(ctx, code)):
        ctx.promoted = given is not ctx.role
        kept = not ctx.promoted
        ctx.role = given
    if ctx.role is Role.SUBSCRIBER and ctx.services.open:
        await people.admit(ctx.backend, ctx.call())
    known = ctx.chat is not None
    await ctx.ensure_chat()
    if ctx.message is not None:
        await ctx.fade(ctx.message.message_id, theirs=True)
    await menu.show(ctx.services.client, ctx.user_id, ctx.role, ctx.t)
    if wanted and known:
        await _offer(ctx, wanted)
        return
    if wanted:
        await ctx.draft(_LINK, {"topics": list(wanted)}, _LINK_HOURS)
    lines = []
    if ctx.promoted and ctx.role is Role.ROOT:
        lines.append(ctx.t("You are the root admin of this bot now. /help lists what you can do."))
    elif ctx.promoted and ctx.role is Role.ADMIN:
        lines.append(ctx.t("You are an admin of this bot now. /help lists what you can do."))
    elif kept:
        lines.append(
            ctx.t("You need no invitation. This one was not used up: pass it on to somebody else.")
        )
    await ctx.say("\n\n".join([*lines, privacy_text(ctx)]), _first(ctx))


def _first(ctx: Context) -> Buttons:
    """Quiet or Normal, and in which language."""
    mode = ctx.chat.mode if ctx.chat is not None else None
    return (*keyboards.modes(ctx.t, mode), *keyboards.languages(ctx.t.lang, ":start"))


async def spoken(ctx: Context) -> None:
    """A language was pressed under the first message: it says the same in that one."""
    await ctx.change(privacy_text(ctx), _first(ctx))


async def _offer(ctx: Context, wanted: Sequence[str]) -> None:
    """A link with topics, opened by somebody who is here already."""
    names = ", ".join(esc(words.topic(ctx.t, each)) for each in wanted)
    question = ctx.t("Subscribe to {topics}?", topics=names)
    await confirmation.ask(ctx, "topics.follow", question, ctx.t("Subscribe"), topics=list(wanted))


async def followed(ctx: Context, asked: Mapping[str, Any]) -> str:
    """Yes, subscribe to the topics of the link; what comes here then."""
    await _follow(ctx, asked)
    lines = [
        await topics.subscription_line(ctx, each) for each in await topics.of_here(ctx, ctx.chat)
    ]
    return "\n".join([*lines, "", "/topics"])


async def _follow(ctx: Context, asked: Mapping[str, Any]) -> None:
    known = ctx.services.reader.topics
    await topics.follow(ctx, [str(each) for each in asked["topics"] if each in known])


def privacy_text(ctx: Context) -> str:
    t = ctx.t
    return "\n".join(
        [
            t(
                "Telegram can see this chat. We store your chat number, choices and delivery"
                " records; no name or phone."
            ),
            t("Phone may be searched? Choose Quiet: no topics shown, messages deleted after 24 h."),
        ]
    )


async def privacy(ctx: Context) -> None:
    """`/privacy`: what is stored, how to have it deleted; of a channel: `/privacy @channel`."""
    t = ctx.t
    if ctx.elsewhere is not None:
        await ctx.say(
            t(
                "We store its number, choices and delivery records, nothing of its readers. /stop"
                " with its name deletes all of it."
            )
        )
        return
    lines = [
        privacy_text(ctx),
        t(
            "For 48 h also the numbers and times of messages here, without their words: so /quiet"
            " can remove them."
        ),
        t(
            "/forget deletes all of it. Quiet also deletes what you write to me; turn on Telegram's"
            " passcode too."
        ),
    ]
    if days := ctx.services.forget_blocked_days:
        lines.append(
            t.n(
                "If you block me, I forget this chat after {n} day.",
                "If you block me, I forget this chat after {n} days.",
                days,
            )
        )
    await ctx.say("\n".join(lines))


async def choose_mode(ctx: Context, value: str) -> None:
    """Quiet or Normal was pressed: in private only, a group has no lock screen of its own."""
    if value not in list(ChatMode) or not ctx.place.private:
        await ctx.out_of_date()
        return
    await ctx.toast()
    shown = ctx.chat is not None and ctx.chat.mode is ChatMode.NORMAL
    await _set_mode(ctx, ChatMode(value))
    if (asked := await ctx.take_last(_LINK)) is not None:
        await _follow(ctx, asked)
    if value == ChatMode.QUIET:
        # Quiet names no topic before somebody asks.
        choose = (Button(ctx.t("Choose topics"), data=f"{Callback.TOPIC}:+"),)
        if shown:
            await _show_swept(ctx, (choose,))
            return
        await ctx.change(_mode_text(ctx), (choose,))
        if ctx.message is not None:
            await ctx.fade(ctx.message.message_id)
        return
    body, buttons = await topics.page(ctx)
    await ctx.change(f"{_mode_text(ctx)}\n\n{body}", buttons)
    if ctx.message is not None:
        await ctx.fade(ctx.message.message_id)


async def quiet(ctx: Context) -> None:
    """`/quiet`: ask first, then hide texts and remove earlier answers."""
    if ctx.elsewhere is not None:
        await _no_mode(ctx)
        return
    if ctx.args or not ctx.place.private:
        await ctx.say(ctx.t("Quiet hours are /hours now: /hours 22-7, or /hours off."))
        return
    body = ctx.t(
        "Go quiet? Alerts will show only “New item”. What I said here and what you wrote to me"
        " is deleted now."
    )
    if await _has_threads(ctx):
        body += " " + ctx.t("Threads go too; the alerts of the last day come again, folded.")
    yes = Button(ctx.t("Go quiet"), data=f"{Callback.GO_QUIET}:1")
    await ctx.say(body, ((yes, Button(ctx.t("No"), data=f"{Callback.GO_QUIET}:0")),))


async def _has_threads(ctx: Context) -> bool:
    """Whether a thread of ours stands here, whatever is chosen now."""
    if ctx.chat is None:
        return False
    async with ctx.services.store.read() as conn:
        return bool(await threads.all_standing(conn, ctx.chat.id))


async def _no_mode(ctx: Context) -> None:
    await ctx.say(
        ctx.t(
            "Quiet and Normal are for private chats: what comes there all its readers see. Quiet"
            " hours there: /hours with its name, then 22-7."
        )
    )


async def answer_quiet(ctx: Context, value: str) -> None:
    """Whether to go quiet was answered."""
    if await _agreed(ctx, value):
        await _set_mode(ctx, ChatMode.QUIET)
        await _show_swept(ctx)


async def _agreed(ctx: Context, value: str) -> bool:
    """Whether Yes was pressed to another mode, in private; what else to say has been said."""
    if not ctx.place.private:
        await ctx.out_of_date()
        return False
    await ctx.toast()
    if value != "1":
        await ctx.change(ctx.t("Nothing was changed."))
    return value == "1"


async def normal(ctx: Context) -> None:
    """`/normal`: asks before texts are shown on a screen that was to show none."""
    if ctx.elsewhere is not None:
        await _no_mode(ctx)
        return
    if ctx.chat is None or ctx.chat.mode is not ChatMode.QUIET:
        await _set_mode(ctx, ChatMode.NORMAL)
        await ctx.say(_mode_text(ctx))
        return
    body = ctx.t("Show texts of alerts here, on the lock screen too?")
    yes = Button(ctx.t("Show texts"), data=f"{Callback.SHOW_TEXTS}:1")
    await ctx.say(body, ((yes, Button(ctx.t("Stay quiet"), data=f"{Callback.SHOW_TEXTS}:0")),))


async def answer_normal(ctx: Context, value: str) -> None:
    """Whether to show texts was answered."""
    if await _agreed(ctx, value):
        await _set_mode(ctx, ChatMode.NORMAL)
        await ctx.change(_mode_text(ctx))


async def unveil(ctx: Context, value: str) -> None:
    """Show was pressed under an answer that names topics: it is shown for ten minutes."""
    pages = ctx.services.veils.take(value, ctx.place.chat_id, ctx.services.clock.now())
    if not pages:
        await ctx.out_of_date()
        return
    await ctx.toast()
    ctx.topical = True
    first, *others = pages
    await ctx.change(*first)
    for body, buttons in others:
        await ctx.say(body, buttons)


async def _set_mode(ctx: Context, mode: ChatMode) -> None:
    await ctx.ensure_chat(mode)
    done = await chats.set_mode(ctx.backend, ctx.call(), mode)
    if isinstance(done, Chat):
        ctx.chat = done


async def _show_swept(ctx: Context, buttons: Buttons = ()) -> None:
    """Remove what stands in the chat, then say what could not be reached."""
    services = ctx.services
    shown = ctx.message.message_id if ctx.message is not None else None
    services.edits.drop(ctx.place.chat_id)
    screen = await chats.clear_screen(ctx.backend, ctx.call())

    async def remove() -> None:
        left = await quieting.sweep(services.client, services.clock, ctx.place, screen, keep=shown)
        await chats.swept(ctx.backend, ctx.call(), left.done, keep=shown)
        body = "\n".join([_mode_text(ctx), *_swept(ctx, left)])
        if shown is None:
            await ctx.say(body, buttons)
        else:
            await ctx.change_message(shown, body, buttons)
            await ctx.fade(shown)

    if ctx.place.within:
        # The question goes with its thread: the answer stands outside.
        ctx.place = replace(ctx.place, within=0)
        shown = await ctx.say(_mode_text(ctx), buttons)
    else:
        await ctx.change(_mode_text(ctx), buttons)
    services.jobs.start_beside("quiet.sweep", remove())


def _swept(ctx: Context, left: quieting.Left) -> list[str]:
    t = ctx.t
    lines: list[str] = []
    if left.deleted:
        lines.append(t.n("{n} message was deleted.", "{n} messages were deleted.", left.deleted))
    if left.overwritten:
        lines.append(
            t.n(
                "{n} message, too old to delete, shows “—” now.",
                "{n} messages, too old to delete, show “—” now.",
                left.overwritten,
            )
        )
    if left.later:
        lines.append(
            t.n(
                "Telegram did not answer about {n} message: I go on trying.",
                "Telegram did not answer about {n} messages: I go on trying.",
                left.later,
            )
        )
    if left.unreached:
        lines.append(
            t.n(
                "{n} message could not be reached.",
                "{n} messages could not be reached.",
                left.unreached,
            )
        )
    if left.unreached or left.overwritten:
        lines.append(
            t("My answers and your messages older than 48 h: delete them with Clear history.")
        )
    return lines


def _mode_text(ctx: Context) -> str:
    if ctx.chat is not None and ctx.chat.mode is ChatMode.QUIET:
        life = ctx.chat.life
        text = ctx.t("Quiet: you see only “New item”; Open shows it for 10 minutes.")
        kept = (
            ctx.t("Nothing is deleted. /vanish and /normal change that.")
            if life is None
            else ctx.t(
                "All is deleted after {n} h. /vanish and /normal change that.",
                n=round(life.total_seconds() / 3600),
            )
        )
        return f"{text} {kept}"
    return ctx.t("Normal: alerts show their text. /quiet changes that.")


async def forget(ctx: Context) -> None:
    """`/forget`, `/stop`: ask once, since it cannot be undone; `/stop @channel` of a channel."""
    t = ctx.t
    if ctx.args:
        await ctx.say(t("Write /stop alone for this chat, or /stop @channel for a channel."))
        return
    if ctx.elsewhere is not None:
        body = t("End all alerts in that channel and delete its subscriptions and records?")
    elif ctx.place.private:
        body = t(
            "Delete your subscriptions, settings, role and delivery records? You will get nothing"
            " more."
        )
        if not ctx.services.open and ctx.user_id not in ctx.services.roots:
            body += " " + t("To come back you will need a new invitation.")
    else:
        body = t("End all alerts here and delete this chat's subscriptions and records?")
    token = await ctx.draft("forget", {"thread": ctx.place.thread_id})
    yes = Button(t("Delete"), data=f"{Callback.FORGET}:yes:{token}")
    await ctx.say(body, ((yes, Button(t("Keep"), data=f"{Callback.FORGET}:no:{token}")),))


async def forget_pressed(ctx: Context, value: str) -> None:
    """Delete or Keep was pressed."""
    action, _, token = value.partition(":")
    asked = await ctx.take(token, "forget")
    if asked is None or asked.get("thread", 0) != ctx.place.thread_id:
        await ctx.out_of_date()
        return
    await ctx.toast()
    if action != "yes":
        await ctx.change(ctx.t("Kept. Nothing was changed."))
        return
    answered = asyncio.Event()
    unsure = False
    if ctx.elsewhere is not None:
        await chats.forget(ctx.backend, ctx.call())  # nothing of the person who asks
    else:
        unsure = await _forget(ctx, answered)
    if ctx.place.within:
        # The question goes with its thread: the answer stands outside.
        ctx.place, ctx.message = replace(ctx.place, within=0), None
    if not await ctx.services.store.scrub():
        log.info("chat.scrub_later")
    if ctx.elsewhere is not None:
        await ctx.change(ctx.t("Deleted. No more alerts come to that channel."))
    elif ctx.place.private:
        await menu.show(ctx.services.client, ctx.user_id, Role.STRANGER, ctx.t)
        await ctx.change(_forgotten(ctx, thread_left=unsure))
    else:
        await ctx.change(ctx.t("Deleted. No more alerts come here."))
    answered.set()


def _forgotten(ctx: Context, *, thread_left: bool) -> str:
    text = ctx.t("Deleted. What Telegram still shows, delete with the chat (Delete chat).")
    return f"{text} {ctx.t('A thread may be left here too.')}" if thread_left else text


async def _forget(ctx: Context, answered: asyncio.Event) -> bool:
    """Delete the place's rows; in private the person's too, and what can still be unsent.

    Whether a thread may be left of which nothing is known.
    """
    done = await chats.forget(ctx.backend, ctx.call())
    ctx.chat = None
    ctx.services.edits.drop(ctx.place.chat_id)
    if done.shown or done.threads:
        ctx.services.jobs.start_beside("unsend", _unsend(ctx, done, answered))
    return done.unsure


async def _unsend(ctx: Context, done: chats.Forgotten, answered: asyncio.Event) -> None:
    """Threads, alerts, and in a Quiet chat all else; the question itself becomes the answer,
    which says in the end whether a thread is left.
    """
    last = ctx.message.message_id if ctx.message else None
    client, address = ctx.services.client, ctx.place.address
    left = done.unsure
    for thread in done.threads:
        left |= not await _patiently(ctx, partial(client.delete_thread, address, thread))
    for number in done.shown:
        if number != last:
            await _patiently(ctx, partial(client.delete, address, number))
    if left and not done.unsure:
        await answered.wait()
        await ctx.change(_forgotten(ctx, thread_left=True))


async def _patiently(ctx: Context, delete: Callable[[], Awaitable[None]]) -> bool:
    """Whether it does not stand there any more."""
    clock = ctx.services.clock
    for _ in range(_WAITS):
        try:
            await delete()
        except RetryLater as error:
            await clock.sleep_until(clock.now() + timedelta(seconds=error.seconds))
        except MessageGone:
            return True
        except DeliveryError as error:
            log.info("chat.unsend_failed", error=type(error).__name__)
            return False
        else:
            return True
    return False
