"""The buttons under an alert: Why?, Follow, ✓, ✗, Wrong army, More, and Open in a Quiet chat."""

from __future__ import annotations

from bot.alerts.buttons import split_choices
from bot.alerts.render import render_alert
from bot.alerts.why import render_why
from bot.chat.context import Context
from bot.chat.text import is_number
from bot.commands import alerts as commands
from bot.commands.alerts import Mark, Split
from bot.commands.calls import Refused
from bot.model import Chat, ChatMode, ChatType, MessageKind, MessageState
from bot.model.rendered import Rendered
from bot.model.views import AlertView
from bot.store import alert_views, chats, messages
from bot.store.notices import Notice
from bot.stories.edits import edited

__all__ = [
    "follow",
    "less",
    "more",
    "noise",
    "reveal",
    "reveal_reply",
    "split",
    "told_alert",
    "true",
    "why",
    "wrong_army",
]


async def why(ctx: Context, value: str) -> None:
    """The reasons, as a reply under the alert; in a Quiet chat in a popup that leaves no trace."""
    found = await _notice(ctx, value)
    if found is None:
        await ctx.out_of_date()
        return
    notice, chat = found
    async with ctx.services.store.read() as conn:
        view = await alert_views.alert(conn, notice.id)
        subs = await chats.subscriptions(conn, chat.id)
    if view is None:
        await ctx.out_of_date()
        return
    channel = chat.type is ChatType.CHANNEL
    keys = ctx.is_admin and ctx.place.private
    reasons = render_why(edited(view), subs, chat.lang, channel=channel, keys=keys)
    if chat.mode is ChatMode.QUIET:
        await ctx.toast(reasons.plain, alert=True)
    elif ctx.services.explained.first(notice.id, ctx.now):
        await ctx.toast()
        # In a group the buttons under the alert will do: the answer is for one person.
        there = ctx.place.type in (ChatType.PRIVATE, ChatType.CHANNEL)
        await ctx.say(reasons.html, reasons.buttons if there else (), reply=True)
    else:
        # A group has many thumbs.
        await ctx.toast(ctx.t("The answer stands under the alert."))


async def reveal(ctx: Context, value: str) -> None:
    """Show a Quiet alert for ten minutes."""
    if is_number(value) and await commands.reveal(ctx.backend, ctx.call(), int(value)):
        await ctx.toast()
    else:
        await ctx.out_of_date()


async def reveal_reply(ctx: Context, value: str) -> None:
    """Show a Quiet reply for ten minutes."""
    if is_number(value) and await commands.reveal_reply(ctx.backend, ctx.call(), int(value)):
        await ctx.toast()
    else:
        await ctx.out_of_date()


async def follow(ctx: Context, value: str) -> None:
    """Follow the story, or no longer."""
    if not is_number(value):
        await ctx.out_of_date()
        return
    followed = await commands.follow(ctx.backend, ctx.call(), int(value))
    if isinstance(followed, Refused):
        await ctx.out_of_date()
    elif followed:
        await ctx.toast(
            ctx.t(
                "Followed: a charge, verdict, appeal, removal or the first named source comes as a"
                " silent reply, at most one a day."
            )
        )
    else:
        await ctx.toast(ctx.t("No longer followed."))
    await _redraw(ctx, value)


async def noise(ctx: Context, value: str) -> None:
    """Noise: mark the alert as one that should not have come."""
    toast = ctx.t("Noted as noise: admins see it with the filter that found it.")
    await _mark(ctx, value, Mark.NOISE, toast)


async def true(ctx: Context, value: str) -> None:
    """✓: the alert is right; what found it is trusted more."""
    await _mark(ctx, value, Mark.TRUE, ctx.t("Noted as true: it teaches what to push here."))


async def wrong_army(ctx: Context, value: str) -> None:
    """The army was guessed wrongly."""
    toast = ctx.t("Noted: not that army. Admins see it with the filter.")
    await _mark(ctx, value, Mark.ARMY, toast)


async def _mark(ctx: Context, value: str, what: Mark, toast: str) -> None:
    if not is_number(value):
        await ctx.out_of_date()
        return
    marked = await commands.mark(ctx.backend, ctx.call(), int(value), what)
    if isinstance(marked, Refused):
        await ctx.out_of_date()
        return
    await ctx.toast(toast if marked else ctx.t("Taken back."))
    await _redraw(ctx, value)


async def _redraw(ctx: Context, value: str) -> None:
    """Have the alert's buttons show what was pressed, folded or not as it stands."""
    found = await _notice(ctx, value)
    if found is None:
        return
    shown = await _shown(ctx, *found, more=found[0].id in ctx.services.unfolded)
    if shown is not None:
        # Pressed under its Why?, it may be gone: then there is nothing to show it on.
        ctx.services.edits.show(ctx.place.address, *shown, _nothing)


async def _nothing() -> None:
    return None


async def more(ctx: Context, value: str) -> None:
    """The whole text and all sources, in place of the short alert."""
    await _turn(ctx, value, more=True)


async def less(ctx: Context, value: str) -> None:
    """Short again."""
    await _turn(ctx, value, more=False)


async def _turn(ctx: Context, value: str, *, more: bool) -> None:
    found = await _notice(ctx, value)
    shown = None if found is None else await _shown(ctx, *found, more=more)
    if shown is None:
        await ctx.out_of_date()
        return
    number, rendered = shown
    ctx.services.unfolded.discard(int(value))
    if more:
        ctx.services.unfolded.add(int(value))
    await ctx.toast()
    await ctx.change_message(number, rendered.html, rendered.buttons)


async def _shown(
    ctx: Context, notice: Notice, chat: Chat, *, more: bool
) -> tuple[int, Rendered] | None:
    """Telegram's number of the alert, and how it reads; None where it is folded or gone."""
    async with ctx.services.store.read() as conn:
        view = await alert_views.alert(conn, notice.id)
        message = await messages.get(conn, notice.message_id) if notice.message_id else None
    if view is None or message is None or message.kind is not MessageKind.ALERT:
        return None
    if message.state is not MessageState.SENT or message.telegram_message_id is None:
        return None
    if chat.mode is ChatMode.QUIET and not message.revealed(ctx.now):
        return None
    rendered = render_alert(
        edited(view),
        lang=chat.lang,
        tz=chat.tz,
        mode=ChatMode.NORMAL,
        now=ctx.now,
        channel=chat.type is ChatType.CHANNEL,
        more=more,
    )
    return message.telegram_message_id, rendered


async def split(ctx: Context, value: str) -> None:
    """`<notice>` asks which text is of another story; `<notice>:<item>` splits it off.

    An admin does so for all, anybody else for this chat.
    """
    number, _, chosen = value.partition(":")
    found = await _notice(ctx, number)
    view = None
    if found is not None:
        async with ctx.services.store.read() as conn:
            view = await alert_views.alert(conn, found[0].id)
    if found is None or view is None or not view.joined:
        await ctx.out_of_date()
        return
    notice, chat = found
    if not chosen:
        shown = await _shown(ctx, notice, chat, more=True)
        if shown is None:
            await ctx.out_of_date()
            return
        await ctx.toast(ctx.t("Which one is about something else?"))
        choices = split_choices(view, chat.lang, chat.tz)
        await ctx.change_message(shown[0], shown[1].html, choices)
        return
    done: Split | Refused = Refused.MISSING
    if is_number(chosen):
        done = await commands.split(ctx.backend, ctx.call(), notice.id, int(chosen))
    if isinstance(done, Refused):
        await ctx.out_of_date()
    elif done is Split.FOR_ALL:
        await ctx.toast(ctx.t("Split for everybody: these are two stories now."))
    else:
        await ctx.toast(ctx.t("Split for this chat: it comes here by itself."))


async def _notice(ctx: Context, value: str) -> tuple[Notice, Chat] | None:
    """The notice of that number, if it was sent to the very chat that asks.

    The number comes from outside: another chat's notices are none of theirs.
    """
    if not is_number(value):
        return None
    async with ctx.services.store.read() as conn:
        here = await commands.told_here(conn, ctx.call(), int(value))
    return None if here is None else (here.notice, here.chat)


async def told_alert(ctx: Context, value: str) -> AlertView | None:
    """The alert of that notice, if it was told here and, in a Quiet chat, stands open."""
    found = await _notice(ctx, value)
    if found is None or await _shown(ctx, *found, more=True) is None:
        return None
    async with ctx.services.store.read() as conn:
        view = await alert_views.alert(conn, found[0].id)
    return None if view is None else edited(view)
