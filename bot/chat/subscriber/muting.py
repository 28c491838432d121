"""Under an alert: mute its source or its story, for a while or for good; /mutes undoes it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.callbacks import Callback
from bot.chat.context import Context
from bot.chat.paging import Page, page_of, turn_to
from bot.chat.text import Buttons, cut, esc, is_number
from bot.commands import mutes as commands
from bot.commands.calls import Refused
from bot.i18n import zone
from bot.model.rendered import Button
from bot.store import alert_views, messages, mutes, sources, stories
from bot.store.mutes import Mute, Muted

__all__ = ["ended", "mute", "muted_line", "mutes_", "pressed", "replied_to", "snooze"]

_MORNING: Final = 8
_SHOWN: Final = 20  # mutes on a page
_LONGEST_DAYS: Final = 365
_DAYS: Final = re.compile(r"(\d{1,3})\s*(?:d|д|дн|дней|дня|день|дні|днів|days?)?")
_MONDAY: Final = re.compile(r"mon(?:day)?|пн|понедельник\w?|понеділ\w+", re.IGNORECASE)
_STORY: Final = re.compile(r"story|сюжет|историю?|історі[яю]", re.IGNORECASE)


async def pressed(ctx: Context, value: str) -> None:
    """`<notice>:source|story|day|monday` under an alert."""
    number, _, what = value.partition(":")
    if what not in ("source", "story", "day", "monday") or not is_number(number):
        await ctx.out_of_date()
        return
    kind: Muted = "source" if what == "source" else "story"
    until = {"day": _days(ctx, 1), "monday": _monday(ctx)}.get(what)
    done = await commands.mute(ctx.backend, ctx.call(), int(number), kind, until)
    if isinstance(done, Refused):
        await ctx.out_of_date()
    else:
        await ctx.toast(_muted_text(ctx, done))


async def mute(ctx: Context) -> None:
    """`/mute` or `/mute story`, as a reply to an alert."""
    kind: Muted = "story" if _STORY.fullmatch(ctx.args.strip()) else "source"
    await _reply(ctx, kind, None)


async def snooze(ctx: Context) -> None:
    """`/snooze`, `/snooze 3d`, `/snooze monday`, as a reply to an alert: its story, for a while."""
    typed = ctx.args.strip().lower()
    days = _DAYS.fullmatch(typed)
    if _MONDAY.fullmatch(typed):
        until = _monday(ctx)
    elif not typed or (days is not None and 0 < int(days[1]) <= _LONGEST_DAYS):
        until = _days(ctx, int(days[1]) if days else 1)
    else:
        await ctx.say(ctx.t("For how long? /snooze, /snooze 3d or /snooze monday."))
        return
    await _reply(ctx, "story", until)


async def mutes_(ctx: Context) -> None:
    """`/mutes`: all that is muted here, each ended by a button."""
    await ctx.say(*await _page(ctx))


async def ended(ctx: Context, value: str) -> None:
    """One of the list was pressed, or another page of it (`p:1`)."""
    action, _, number = value.partition(":")
    if action == "p":
        await turn_to(ctx, number, _page)
        return
    if not is_number(value):
        await ctx.out_of_date()
        return
    done = await commands.end(ctx.backend, ctx.call(), int(value))
    if isinstance(done, Refused):
        await ctx.out_of_date()
        return
    await ctx.toast(ctx.t("No longer muted."))
    await ctx.change(*await _page(ctx))


async def replied_to(ctx: Context) -> int | None:
    """The notice of the alert that the command replies to; None where it is none of ours."""
    replied = ctx.message.reply_to_message if ctx.message is not None else None
    if replied is None or ctx.screen is None:
        return None
    async with ctx.services.store.read() as conn:
        found = await messages.by_telegram_message_id(conn, ctx.screen.id, replied.message_id)
        view = None if found is None else await alert_views.alert_of_message(conn, found.id)
    return None if view is None else view.notice_id


def muted_line(ctx: Context, each: Mute) -> str:
    """That a post did not come because of it."""
    t = ctx.t
    what = t("its source") if each.kind == "source" else t("its story")
    if each.until is None:
        return t("You muted {what}. /mutes", what=what)
    when = t.time(each.until, ctx.tz, ctx.now)
    return t("You muted {what} until {when}. /mutes", what=what, when=when)


async def _reply(ctx: Context, kind: Muted, until: datetime | None) -> None:
    number = await replied_to(ctx)
    done: Mute | Refused = Refused.MISSING
    if number is not None:
        told_at = None if ctx.elsewhere is None else ctx.place
        done = await commands.mute(ctx.backend, ctx.call(), number, kind, until, told_at=told_at)
    if isinstance(done, Refused) and ctx.elsewhere is not None:
        await ctx.say(
            ctx.t("Reply with it to an alert of yours: that source or story is muted there then.")
        )
    elif isinstance(done, Refused):
        await ctx.say(ctx.t("Reply with it to an alert. /mutes lists what is muted."))
    else:
        await ctx.say(_muted_text(ctx, done), reply=True)


def _muted_text(ctx: Context, each: Mute) -> str:
    t = ctx.t
    what = t("the source") if each.kind == "source" else t("the story")
    if each.until is None:
        return t("Muted: {what}. /mutes ends it.", what=what)
    when = t.time(each.until, ctx.tz, ctx.now)
    return t("Muted until {when}: {what}. /mutes ends it.", what=what, when=when)


async def _page(ctx: Context, number: int = 0) -> tuple[str, Buttons]:
    t, found = ctx.t, []
    page: Page[Mute] = page_of([], 0, _SHOWN)
    if ctx.chat is not None:
        async with ctx.services.store.read() as conn:
            every = await mutes.of_chat(conn, ctx.chat.id, ctx.now)
            page = page_of(every, number, _SHOWN)
            for each in page.items:
                if each.kind == "source":
                    source = await sources.get(conn, each.target_id)
                    name = source.title if source else ""
                else:
                    name = await stories.first_words(conn, each.target_id)
                found.append((each, name))
    if not found:
        return t("Nothing is muted here. Under an alert: More, Mute."), ()
    lines = [f"<b>{t('Muted')}</b>"]
    rows = []
    for each, name in found:
        kind = t("source") if each.kind == "source" else t("story")
        until = t.time(each.until, ctx.tz, ctx.now) if each.until else ""
        ends = t("until {when}", when=until) if until else ""
        lines.append(" · ".join(filter(None, (kind, esc(name, 80), ends))))
        rows.append((Button(f"✕ {cut(name or kind, 28)}", data=f"{Callback.MUTES}:{each.id}"),))
    return "\n".join(lines), (*rows, *page.buttons(f"{Callback.MUTES}:p"))


def _days(ctx: Context, count: int) -> datetime:
    return ctx.now + timedelta(days=count)


def _monday(ctx: Context) -> datetime:
    """Eight in the morning of the next Monday, where the chat is."""
    local = ctx.now.astimezone(zone(ctx.tz))
    day = local.date() + timedelta(days=7 - local.weekday())
    morning = datetime(day.year, day.month, day.day, _MORNING, tzinfo=zone(ctx.tz))
    return morning.astimezone(UTC)
