"""Quiet and Normal: asked for, chosen, and what stands in the chat removed (/quiet, /normal)."""

from __future__ import annotations

from dataclasses import replace

from bot.callbacks import Callback
from bot.chat import quiet as quieting
from bot.chat.context import Context
from bot.chat.text import Buttons
from bot.commands import chats, screens
from bot.model import Chat, ChatMode
from bot.model.rendered import Button
from bot.store import threads

__all__ = [
    "answer_normal",
    "answer_quiet",
    "mode_text",
    "normal",
    "quiet",
    "set_mode",
    "show_swept",
    "unveil",
]


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
        await set_mode(ctx, ChatMode.QUIET)
        await show_swept(ctx)


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
        await set_mode(ctx, ChatMode.NORMAL)
        await ctx.say(mode_text(ctx))
        return
    body = ctx.t("Show texts of alerts here, on the lock screen too?")
    yes = Button(ctx.t("Show texts"), data=f"{Callback.SHOW_TEXTS}:1")
    await ctx.say(body, ((yes, Button(ctx.t("Stay quiet"), data=f"{Callback.SHOW_TEXTS}:0")),))


async def answer_normal(ctx: Context, value: str) -> None:
    """Whether to show texts was answered."""
    if await _agreed(ctx, value):
        await set_mode(ctx, ChatMode.NORMAL)
        await ctx.change(mode_text(ctx))


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


async def set_mode(ctx: Context, mode: ChatMode) -> None:
    await ctx.ensure_chat(mode)
    done = await chats.set_mode(ctx.backend, ctx.call(), mode)
    if isinstance(done, Chat):
        ctx.chat = done


async def show_swept(ctx: Context, buttons: Buttons = ()) -> None:
    """Remove what stands in the chat, then say what could not be reached."""
    services = ctx.services
    shown = ctx.message.message_id if ctx.message is not None else None
    services.edits.drop(ctx.place.chat_id)
    screen = await screens.clear_screen(ctx.backend, ctx.call())

    async def remove() -> None:
        left = await quieting.sweep(services.client, services.clock, ctx.place, screen, keep=shown)
        await screens.swept(ctx.backend, ctx.call(), left.done, keep=shown)
        body = "\n".join([mode_text(ctx), *_swept(ctx, left)])
        if shown is None:
            await ctx.say(body, buttons)
        else:
            await ctx.change_message(shown, body, buttons)
            await ctx.fade(shown)

    if ctx.place.within:
        # The question goes with its thread: the answer stands outside.
        ctx.place = replace(ctx.place, within=0)
        shown = await ctx.say(mode_text(ctx), buttons)
    else:
        await ctx.change(mode_text(ctx), buttons)
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


def mode_text(ctx: Context) -> str:
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
