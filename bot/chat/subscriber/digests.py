"""The digest: when it comes (/digest), and what stands behind its Show."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

from bot.alerts.digest import page_count, render_page
from bot.alerts.volume import next_digest
from bot.callbacks import Callback
from bot.chat.context import Context
from bot.chat.subscriber.prefs import choice_button, keep_prefs, zone_note
from bot.chat.text import Buttons, esc, is_number
from bot.chat.times import DAY_NUMBERS, clock_text, minute_of
from bot.commands import screens
from bot.commands.alerts import REVEALED
from bot.model import ChatMode, DigestEvery, Prefs
from bot.model.views import DigestView
from bot.store import message_views
from bot.stories.edits import edited_all

__all__ = ["digest", "digest_page", "digest_pressed", "digest_settings"]


_TIMES = (7 * 60, 9 * 60, 18 * 60, 21 * 60)
_MOST_TIMES = 5
_EVERY = {
    DigestEvery.HOURLY: "hourly hour час ежечасно каждый-час щогодини щогодинно година",
    DigestEvery.DAILY: "daily day день ежедневно каждый-день щодня щоденно",
    DigestEvery.WEEKLY: "weekly week неделя еженедельно каждую-неделю щотижня щотижнево тиждень",
}
_EVERY_NAMES = {name: every for every, names in _EVERY.items() for name in names.split()}


async def digest(ctx: Context) -> None:
    """`/digest`, `/digest daily 9:00 18:00`, `/digest weekly mon 9:00`, `/digest hourly`."""
    t, typed = ctx.t, ctx.args.lower().replace("ʼ", "'").replace("’", "'").split()
    chat = await ctx.ensure_chat()
    prefs, times = chat.prefs, set[int]()
    for word in typed:
        minute = minute_of(word)
        if word in _EVERY_NAMES:
            prefs = replace(prefs, digest=_EVERY_NAMES[word])
        elif word in DAY_NUMBERS:
            prefs = replace(prefs, digest=DigestEvery.WEEKLY, digest_day=DAY_NUMBERS[word])
        elif minute is not None:
            times.add(minute)
        else:
            await ctx.say(t("When? /digest daily 9:00, /digest weekly mon 9:00, /digest hourly."))
            return
    prefs = _with_times(prefs, times) if times else prefs
    if prefs != chat.prefs:
        await keep_prefs(ctx, prefs)
    await ctx.say(*digest_settings(ctx, prefs, chat.tz))


async def digest_pressed(ctx: Context, value: str) -> None:
    """A rhythm, a time or a weekday was pressed: `e:daily`, `a:540`, `d:0`."""
    what, _, chosen = value.partition(":")
    chat = await ctx.ensure_chat()
    prefs = chat.prefs
    if what == "e" and chosen in list(DigestEvery):
        prefs = replace(prefs, digest=DigestEvery(chosen))
    elif what == "a" and chosen.isdecimal() and len(chosen) < 5 and int(chosen) < 24 * 60:
        prefs = _with_times(prefs, {prefs.digest_at, *prefs.digest_more} ^ {int(chosen)})
    elif what == "d" and chosen in tuple("0123456"):
        prefs = replace(prefs, digest_day=int(chosen))
    else:
        await ctx.out_of_date()
        return
    await keep_prefs(ctx, prefs)
    await ctx.toast()
    await ctx.change(*digest_settings(ctx, prefs, chat.tz))


def _with_times(prefs: Prefs, times: Set[int]) -> Prefs:
    """With exactly these times of the day; without any as it was."""
    if not times:
        return prefs
    first, *more = sorted(times)
    return replace(prefs, digest_at=first, digest_more=tuple(more[:_MOST_TIMES]))


def _times_text(prefs: Prefs) -> str:
    return ", ".join(clock_text(at) for at in (prefs.digest_at, *prefs.digest_more))


def digest_settings(ctx: Context, prefs: Prefs, tz: str) -> tuple[str, Buttons]:
    t = ctx.t
    when = t.time(next_digest(prefs, tz, ctx.now), tz, ctx.now)
    if prefs.digest is DigestEvery.HOURLY:
        rhythm = t("Digest: every hour, if there is something.")
    elif prefs.digest is DigestEvery.WEEKLY:
        day = t.weekday(prefs.digest_day)
        rhythm = t("Digest: weekly, {day} {time}.", day=day, time=_times_text(prefs))
    else:
        rhythm = t("Digest: daily at {time}.", time=_times_text(prefs))
    lines = [
        f"{rhythm} {t('The next: {when}, {place}.', when=when, place=esc(t.city(tz)))}",
        *(
            []
            if ctx.discreet
            else [t("Verdicts and statistics come in it; /topics chooses what else does.")]
        ),
        *zone_note(t, tz),
    ]
    every = {
        DigestEvery.HOURLY: t("Hourly"),
        DigestEvery.DAILY: t("Daily"),
        DigestEvery.WEEKLY: t("Weekly"),
    }
    shown = [
        tuple(
            choice_button(prefs.digest is e, label, f"{Callback.DIGEST}:e:{e}")
            for e, label in every.items()
        ),
    ]
    if prefs.digest is DigestEvery.WEEKLY:
        names = [t.weekday_short(day) for day in range(7)]
        shown.append(
            tuple(
                choice_button(prefs.digest_day == n, name, f"{Callback.DIGEST}:d:{n}")
                for n, name in enumerate(names)
            )
        )
    if prefs.digest is not DigestEvery.HOURLY:
        shown.append(
            tuple(
                choice_button(
                    at in (prefs.digest_at, *prefs.digest_more),
                    clock_text(at),
                    f"{Callback.DIGEST}:a:{at}",
                )
                for at in _TIMES
            )
        )
    return "\n".join(lines), tuple(shown)


async def digest_page(ctx: Context, value: str) -> None:
    """Show was pressed under a digest: a page of what it only counts."""
    number, _, page = value.partition(":")
    if not (is_number(number) and is_number(page)):
        await ctx.out_of_date()
        return
    async with ctx.services.store.read() as conn:
        found = await message_views.view(conn, int(number))
    # The number may be forged: only what was told in this very place is shown.
    if (
        found is None
        or not isinstance(found.content, DigestView)
        or found.message.chat.address.chat_id != ctx.place.chat_id
        or int(page) >= page_count(found.content)
    ):
        await ctx.out_of_date()
        return
    chat = found.message.chat
    await ctx.toast()
    content = replace(found.content, alerts=edited_all(found.content.alerts))
    shown = render_page(content, int(page), lang=chat.lang, tz=chat.tz)
    digest_itself = (
        ctx.message is not None and ctx.message.message_id == found.message.telegram_message_id
    )
    if digest_itself:
        sent = await ctx.say(shown.html, shown.buttons)
        if sent is not None and chat.mode is ChatMode.QUIET:
            # As Open does, for ten minutes.
            await screens.note_message(ctx.backend, chat.id, sent, ctx.now, ctx.now + REVEALED)
    else:
        await ctx.change(shown.html, shown.buttons)
