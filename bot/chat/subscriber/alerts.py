"""The buttons under an alert: Why?, and Open in a Quiet chat."""

from __future__ import annotations

from datetime import timedelta

from bot.alerts.render import render_why
from bot.chat.context import Context
from bot.model import Chat, ChatMode
from bot.store import alerts, chats, messages, views

__all__ = ["REVEALED", "reveal", "why"]

REVEALED = timedelta(minutes=10)
"""How long Open shows the text of a Quiet alert."""


async def why(ctx: Context, value: str) -> None:
    """The reasons, as a reply under the alert; in a Quiet chat in a popup that leaves no trace."""
    found = await _notice(ctx, value)
    if found is None:
        await ctx.out_of_date()
        return
    notice, chat = found
    async with ctx.services.store.read() as conn:
        view = await views.alert(conn, notice.id)
        subs = await chats.subscriptions(conn, chat.id)
    if view is None:
        await ctx.out_of_date()
        return
    reasons = render_why(view, subs, chat.lang)
    if chat.mode is ChatMode.QUIET:
        await ctx.toast(reasons.plain, alert=True)
    elif ctx.services.explained.first(notice.id, ctx.now):
        await ctx.toast()
        await ctx.say(reasons.html, reasons.buttons, reply=True)
    else:
        # A group has many thumbs.
        await ctx.toast(ctx.t("The answer stands under the alert."))


async def reveal(ctx: Context, value: str) -> None:
    """Show a Quiet alert for ten minutes."""
    found = await _notice(ctx, value)
    if found is None or found[0].message_id is None or found[1].mode is not ChatMode.QUIET:
        await ctx.out_of_date()
        return
    async with ctx.services.store.write() as conn:
        await messages.reveal(conn, found[0].message_id, ctx.now + REVEALED)
    ctx.services.wake_delivery()
    await ctx.toast()


async def _notice(ctx: Context, value: str) -> tuple[alerts.Notice, Chat] | None:
    """The notice of that number, if it was told in the very chat where it is asked for.

    The number comes from outside: another chat's notices are none of theirs.
    """
    if not (value.isdecimal() and value.isascii() and len(value) < 18):
        return None
    async with ctx.services.store.read() as conn:
        notice = await alerts.get_notice(conn, int(value))
        chat = await chats.get(conn, notice.chat_id) if notice else None
    if notice is None or chat is None or chat.address.chat_id != ctx.place.chat_id:
        return None
    return notice, chat
