"""The first minute: what is stored, Quiet or Normal, then topics (/start); and /privacy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.alerts import words
from bot.callbacks import Callback
from bot.chat import access, confirmation, keyboards, menu
from bot.chat.context import Context
from bot.chat.subscriber import topics
from bot.chat.subscriber.mode import mode_text, set_mode, show_swept
from bot.chat.text import Buttons, esc
from bot.commands import people
from bot.model import ChatMode, Role
from bot.model.rendered import Button

__all__ = ["choose_mode", "followed", "privacy", "spoken", "start"]

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
                "Telegram can see this chat. Vigil stores your chat number, choices and"
                " delivery records; no name or phone."
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
                "Vigil stores its number, choices and delivery records, nothing about its"
                " readers. /stop with its name deletes all of it."
            )
        )
        return
    lines = [
        privacy_text(ctx),
        t("Choices are topics, words of your own (/sub, /watch), follows, mutes and settings."),
        t(
            "For 48 h also the numbers and times of messages here, without their words: so /quiet"
            " can remove them."
        ),
        t(
            "/forget deletes all of it. Quiet also deletes what you write to me; turn on Telegram's"
            " passcode too."
        ),
        t("Your ✓ and ✗ and posts you reported as missed stay, without your number."),
    ]
    if ctx.role in {Role.ADMIN, Role.ROOT}:
        lines.append(t("What you changed as an admin stays too, without your number."))
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
    await set_mode(ctx, ChatMode(value))
    if (asked := await ctx.take_last(_LINK)) is not None:
        await _follow(ctx, asked)
    if value == ChatMode.QUIET:
        # Quiet names no topic before somebody asks.
        choose = (Button(ctx.t("Choose topics"), data=f"{Callback.TOPIC}:+"),)
        if shown:
            await show_swept(ctx, (choose,))
            return
        await ctx.change(mode_text(ctx), (choose,))
        if ctx.message is not None:
            await ctx.fade(ctx.message.message_id)
        return
    body, buttons = await topics.page(ctx)
    await ctx.change(f"{mode_text(ctx)}\n\n{body}", buttons)
    if ctx.message is not None:
        await ctx.fade(ctx.message.message_id)
