"""/settings: the chat's choices at a glance, how further reports of a story come, and threads."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from bot.callbacks import Callback
from bot.chat.context import Context
from bot.chat.subscriber import limits
from bot.chat.text import Buttons, esc
from bot.commands import chats
from bot.errors import DeliveryError
from bot.i18n import LANGUAGES, Translator
from bot.model import Chat, ChatMode, ChatType
from bot.model.rendered import Button

__all__ = ["choices", "reports_pressed", "threads_pressed"]

_EDITS = frozenset(["edits", "edit", "правки", "правка", "изменения", "зміни", "редагування"])
_REPLIES = frozenset(["replies", "reply", "ответы", "ответ", "відповіді", "відповідь"])


async def choices(ctx: Context) -> None:
    """`/settings`, `/settings edits`, `/settings replies`; of a channel: `/settings @channel`."""
    typed = ctx.args.lower().strip()
    chat = await ctx.ensure_chat()
    if typed in _EDITS or typed in _REPLIES:
        chat = await _choose(ctx, chat, typed in _EDITS)
    elif typed:
        await ctx.say(ctx.t("Write /settings, /settings edits or /settings replies."))
        return
    if chat.type is ChatType.PRIVATE:
        with suppress(DeliveryError):  # its owner may have turned threads on a moment ago
            await ctx.services.client.get_me()
    await ctx.say(*_page(ctx, chat))


async def reports_pressed(ctx: Context, value: str) -> None:
    """How further reports come was pressed."""
    chat = await _choose(ctx, await ctx.ensure_chat(), value == "1")
    await ctx.toast()
    await ctx.change(*_page(ctx, chat))


async def threads_pressed(ctx: Context, value: str) -> None:
    """A thread for each topic, or one chat, was pressed; of a private chat only."""
    chat = await ctx.ensure_chat()
    if chat.type is not ChatType.PRIVATE or (value == "1" and not _may_have_threads(ctx, chat)):
        await ctx.out_of_date()
        return
    prefs = replace(chat.prefs, threads=value == "1")
    done = await chats.set_prefs(ctx.backend, ctx.call(), prefs)
    await ctx.toast()
    await ctx.change(*_page(ctx, done if isinstance(done, Chat) else chat))


async def _choose(ctx: Context, chat: Chat, edits_only: bool) -> Chat:
    prefs = replace(chat.prefs, edits_only=edits_only)
    done = await chats.set_prefs(ctx.backend, ctx.call(), prefs)
    return done if isinstance(done, Chat) else chat


def _page(ctx: Context, chat: Chat) -> tuple[str, Buttons]:
    t, only = ctx.t, chat.prefs.edits_only
    lines = [f"<b>{t('Settings')}</b>"]
    lines += [f"{line} {command}".rstrip() for line, command in limits.overview(ctx, chat)]
    lines += [
        *(
            [f"{_mode(t, chat)} {'/normal' if chat.mode is ChatMode.QUIET else '/quiet'}"]
            if chat.type is ChatType.PRIVATE
            else []
        ),
        f"{LANGUAGES[chat.lang]} /lang · {esc(t.city(chat.tz))} /tz",
        "",
        f"<b>{t('Further reports of a story')}</b>",
        t("They stand in its alert only.")
        if only
        else t("They come as a silent reply under its alert."),
    ]
    row = (
        Button(("" if only else "✓ ") + t("Silent reply"), data=f"{Callback.REPORTS}:0"),
        Button(("✓ " if only else "") + t("Edits only"), data=f"{Callback.REPORTS}:1"),
    )
    threads_line, choices_ = _threads(ctx, chat)
    return "\n".join([*lines, *threads_line]), (row, *choices_)


def _threads(ctx: Context, chat: Chat) -> tuple[list[str], Buttons]:
    """The choice between one chat and a thread a topic; nothing where the bot has no threads."""
    t, chosen = ctx.t, chat.prefs.threads
    if chat.type is not ChatType.PRIVATE or not (ctx.services.client.has_threads or chosen):
        return [], ()
    heading = ["", f"<b>{t('Threads')}</b>"]
    if not chat.lasting:
        return [
            *heading,
            t("None: a thread’s name would show its topic in Quiet, and outlive what vanishes."),
        ], ()
    one = Button(("" if chosen else "✓ ") + t("One chat for all"), data=f"{Callback.THREADS}:0")
    if not ctx.services.client.has_threads:
        return [
            *heading,
            t("This bot’s threads are turned off: new alerts come into this chat."),
        ], ((one,),)
    line = (
        t("Each topic has a thread, opened by its first alert. Telegram can mute each one alone.")
        if chosen
        else t("All alerts come into this one chat.")
    )
    return [*heading, line], (
        (
            one,
            Button(("✓ " if chosen else "") + t("A thread a topic"), data=f"{Callback.THREADS}:1"),
        ),
    )


def _may_have_threads(ctx: Context, chat: Chat) -> bool:
    return chat.lasting and ctx.services.client.has_threads


def _mode(t: Translator, chat: Chat) -> str:
    if chat.mode is ChatMode.QUIET:
        return t("Quiet: no texts are shown until you press Open.")
    return t("Texts are shown.")
