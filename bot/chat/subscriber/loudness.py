"""How loudly, and when: ways of a topic, /hours 22-7, /digest, /cap, /vanish."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import replace

from bot.alerts import words
from bot.alerts.digest import page_count, render_page
from bot.alerts.volume import STAGES, next_digest, way_of
from bot.callbacks import Callback
from bot.chat.context import Context
from bot.chat.text import Buttons, esc, rows
from bot.commands import chats as chat_commands
from bot.commands import subscriptions
from bot.commands.alerts import REVEALED
from bot.commands.calls import Refused
from bot.i18n import Translator, msg
from bot.model import Chat, ChatMode, DigestEvery, Prefs, Subscription, Way
from bot.rendered import Button
from bot.store import chats, message_views
from bot.stories.edits import edited_all
from bot.views import DigestView

__all__ = [
    "cap",
    "cap_pressed",
    "described",
    "digest",
    "digest_page",
    "digest_pressed",
    "hours_of",
    "overview",
    "quiet_hours",
    "quiet_pressed",
    "vanish",
    "vanish_pressed",
    "way_pressed",
]

_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?")
_HOURS = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(?:-|–|—|\.\.)\s*(\d{1,2})(?:[:.](\d{2}))?")
_OFF = frozenset(
    ["off", "no", "0", "нет", "откл", "выкл", "выключить", "ні", "вимк", "вимкнути", "без"]
)
_ALLOWED = (1, 24, 40)
_CAPS = (3, 5, 10, 20)
_TIMES = (7 * 60, 9 * 60, 18 * 60, 21 * 60)
_MOST_TIMES = 5
_NIGHTS = ("22-7", "23-8", "0-9")

_WAYS: Mapping[Way, str] = {
    Way.URGENT: msg("urgent"),
    Way.NORMAL: msg("normal"),
    Way.SILENT: msg("silent"),
    Way.DIGEST: msg("digest"),
}
_EVERY = {
    DigestEvery.HOURLY: "hourly hour час ежечасно каждый-час щогодини щогодинно година",
    DigestEvery.DAILY: "daily day день ежедневно каждый-день щодня щоденно",
    DigestEvery.WEEKLY: "weekly week неделя еженедельно каждую-неделю щотижня щотижнево тиждень",
}
_EVERY_NAMES = {name: every for every, names in _EVERY.items() for name in names.split()}
_DAYS = (
    "mon monday пн понедельник понеділок",
    "tue tuesday вт вторник вівторок",
    "wed wednesday ср среда среду середа середу",
    "thu thursday чт четверг четвер",
    "fri friday пт пятница пятницу п'ятниця п'ятницю",
    "sat saturday сб суббота субботу субота суботу",
    "sun sunday вс воскресенье нд неділя неділю",
)
_DAY_NAMES = {name: number for number, names in enumerate(_DAYS) for name in names.split()}


def minute_of(said: str) -> int | None:
    """`9`, `9:00`, `09.30` as a minute of the day."""
    found = _CLOCK.fullmatch(said)
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        return None
    return int(found[1]) * 60 + int(found[2] or 0)


def hours_of(said: str) -> tuple[int, int] | None:
    """`22-7`, `22:30–7:00` as two minutes of the day; None if it is no such thing."""
    found = _HOURS.fullmatch(said.strip())
    if found is None:
        return None
    first, last = (
        minute_of(f"{found[n]}:{found[n + 1] or '00'}".replace("24:", "0:")) for n in (1, 3)
    )
    return None if first is None or last is None or first == last else (first, last)


def days_of(said: str) -> tuple[int, ...] | None:
    """`mon-fri`, `сб, вс` as days of the week, () for all of them; None if it is no such thing."""
    found: set[int] = set()
    for part in re.split(r"[\s,;]+", said.lower().replace("ʼ", "'").replace("’", "'").strip()):
        names = re.split(r"[-–—]", part)
        if not all(name in _DAY_NAMES for name in names) or len(names) > 2:
            return None
        first, last = _DAY_NAMES[names[0]], _DAY_NAMES[names[-1]]
        found |= {(first + n) % 7 for n in range((last - first) % 7 + 1)}
    return () if len(found) == 7 else tuple(sorted(found))


# --- ways of a topic ---


async def way_pressed(ctx: Context, value: str) -> None:
    """`<topic>` opens; `<topic>:=<way>` sets all; `<topic>:<stage>` goes on to the next way."""
    topic, _, what = value.partition(":")
    sub = None if ctx.chat is None else await _subscription(ctx, ctx.chat, topic)
    if ctx.chat is None or sub is None:
        await ctx.out_of_date()
        return
    ways = dict(sub.ways)
    if what.startswith("=") and what[1:] in list(Way):
        ways = {"": Way(what[1:])}
    elif what in STAGES:
        order = list(Way)
        now = way_of(sub, what)
        ways[what] = order[(order.index(now) + 1) % len(order)]
    if ways != sub.ways:
        await subscriptions.set_ways(ctx.backend, ctx.call(), topic, ways)
        sub = await _subscription(ctx, ctx.chat, topic) or sub
    await ctx.toast()
    await ctx.change(*_ways_page(ctx, sub))


def _ways_page(ctx: Context, sub: Subscription) -> tuple[str, Buttons]:
    """How alerts of one topic come."""
    t, topic = ctx.t, sub.topic
    body = "\n".join(
        [
            f"<b>{esc(words.topic(t, topic))}</b>",
            t("How shall it come?"),
            t("urgent: with sound, also at night; normal: with sound;"),
            t("silent: at once, without sound; digest: together, at a time you choose."),
        ]
    )
    data = f"{Callback.WAY}:{topic}"
    whole = tuple(
        Button(("✓ " if _all(sub, way) else "") + t(_WAYS[way]), data=f"{data}:={way}")
        for way in Way
    )
    stages = [
        Button(f"{words.stages(t, stage)}: {t(_WAYS[way_of(sub, stage)])}", data=f"{data}:{stage}")
        for stage in STAGES
    ]
    last = (
        Button("‹ " + t("Topics"), data=f"{Callback.TOPIC}:<"),
        Button(t("Narrow ›"), data=f"{Callback.NARROW}:{topic}"),
    )
    return body, (whole[:2], whole[2:], *rows(stages, 2), last)


def described(t: Translator, sub: Subscription) -> str:
    """`urgent, verdicts in the digest`, "" where nothing was chosen."""
    chosen = sub.ways.get("", Way.NORMAL)
    parts = [] if chosen is Way.NORMAL else [t(_WAYS[chosen])]
    parts += [
        f"{words.stages(t, stage)}: {t(_WAYS[way])}"
        for stage, way in sub.ways.items()
        if stage in STAGES
    ]
    return ", ".join(parts)


def _all(sub: Subscription, way: Way) -> bool:
    return sub.ways.get("", Way.NORMAL) is way


async def _subscription(ctx: Context, chat: Chat, topic: str) -> Subscription | None:
    async with ctx.services.store.read() as conn:
        subs = await chats.subscriptions(conn, chat.id)
    return next((each for each in subs if each.topic == topic), None)


# --- quiet hours ---


async def quiet_hours(ctx: Context) -> None:
    """`/hours 22-7`, `/hours 22-7 mon-fri`, `/hours off`; alone it shows them."""
    t = ctx.t
    if not ctx.args:
        chat = await ctx.ensure_chat()
        await ctx.say(*_quiet_page(t, chat.prefs, chat.tz))
        return
    head, _, tail = ctx.args.partition(" ")
    days = days_of(tail)
    hours = hours_of(ctx.args if days is None else head)
    if hours is None and ctx.args.lower() not in _OFF:
        await ctx.say(t("Between which hours? /hours 22-7, or /hours off."))
        return
    chat = await ctx.ensure_chat()
    first, last = hours or (None, None)
    prefs = replace(chat.prefs, quiet_from=first, quiet_to=last, quiet_days=days or ())
    await _keep(ctx, prefs)
    await ctx.say(*_quiet_page(t, prefs, chat.tz))


async def quiet_pressed(ctx: Context, value: str) -> None:
    """Hours were pressed (`22-7`, `off`), or whether urgent alerts come in them (`1`, `0`)."""
    chat = await ctx.ensure_chat()
    if value in ("0", "1"):
        prefs = replace(chat.prefs, quiet_urgent=value == "1")
    elif value == "off":
        prefs = replace(chat.prefs, quiet_from=None, quiet_to=None, quiet_days=())
    elif value in _NIGHTS:
        first, last = hours_of(value) or (None, None)
        prefs = replace(chat.prefs, quiet_from=first, quiet_to=last)
    else:
        await ctx.out_of_date()
        return
    await _keep(ctx, prefs)
    await ctx.toast()
    await ctx.change(*_quiet_page(ctx.t, prefs, ctx.tz))


def _quiet_page(t: Translator, prefs: Prefs, tz: str) -> tuple[str, Buttons]:
    now = (prefs.quiet_from, prefs.quiet_to)
    nights = [
        _choice(hours_of(each) == now, each.replace("-", "–"), f"{Callback.QUIET_HOURS}:{each}")
        for each in _NIGHTS
    ]
    if prefs.quiet_from is None or prefs.quiet_to is None:
        none = t("No quiet hours: alerts come as they happen.")
        sets = t("/hours 22-7 sets them, /hours 22-7 mon-fri for some days.")
        return f"{none}\n{sets}", (tuple(nights),)
    lines = [
        t(
            "Quiet from {first} to {last}, {place}. Then one summary.",
            first=_clock(prefs.quiet_from),
            last=_clock(prefs.quiet_to),
            place=esc(t.city(tz)),
        ),
        *_on_days(t, prefs),
        t("Urgent alerts come all the same.")
        if prefs.quiet_urgent
        else t("Urgent alerts wait too."),
        *_zone(t, tz),
    ]
    label = t("Let urgent ones wait") if prefs.quiet_urgent else t("Let urgent ones through")
    return "\n".join(lines), (
        (*nights, Button(t("Off"), data=f"{Callback.QUIET_HOURS}:off")),
        (Button(label, data=f"{Callback.QUIET_HOURS}:{0 if prefs.quiet_urgent else 1}"),),
    )


def _on_days(t: Translator, prefs: Prefs) -> list[str]:
    if not prefs.quiet_days:
        return []
    days = ", ".join(t.weekday_short(day) for day in prefs.quiet_days)
    return [t("Only on: {days}. /hours 22-7 makes it every day.", days=days)]


# --- the digest ---


async def digest(ctx: Context) -> None:
    """`/digest`, `/digest daily 9:00 18:00`, `/digest weekly mon 9:00`, `/digest hourly`."""
    t, said = ctx.t, ctx.args.lower().replace("ʼ", "'").replace("’", "'").split()
    chat = await ctx.ensure_chat()
    prefs, times = chat.prefs, set[int]()
    for word in said:
        minute = minute_of(word)
        if word in _EVERY_NAMES:
            prefs = replace(prefs, digest=_EVERY_NAMES[word])
        elif word in _DAY_NAMES:
            prefs = replace(prefs, digest=DigestEvery.WEEKLY, digest_day=_DAY_NAMES[word])
        elif minute is not None:
            times.add(minute)
        else:
            await ctx.say(t("When? /digest daily 9:00, /digest weekly mon 9:00, /digest hourly."))
            return
    prefs = _at(prefs, times) if times else prefs
    if prefs != chat.prefs:
        await _keep(ctx, prefs)
    await ctx.say(*_digest_page(ctx, prefs, chat.tz))


async def digest_pressed(ctx: Context, value: str) -> None:
    """A rhythm, a time or a weekday was pressed: `e:daily`, `a:540`, `d:0`."""
    what, _, chosen = value.partition(":")
    chat = await ctx.ensure_chat()
    prefs = chat.prefs
    if what == "e" and chosen in list(DigestEvery):
        prefs = replace(prefs, digest=DigestEvery(chosen))
    elif what == "a" and chosen.isdecimal() and len(chosen) < 5 and int(chosen) < 24 * 60:
        prefs = _at(prefs, {prefs.digest_at, *prefs.digest_more} ^ {int(chosen)})
    elif what == "d" and chosen in tuple("0123456"):
        prefs = replace(prefs, digest_day=int(chosen))
    else:
        await ctx.out_of_date()
        return
    await _keep(ctx, prefs)
    await ctx.toast()
    await ctx.change(*_digest_page(ctx, prefs, chat.tz))


def _at(prefs: Prefs, times: Set[int]) -> Prefs:
    """With exactly these times of the day; without any as it was."""
    if not times:
        return prefs
    first, *more = sorted(times)
    return replace(prefs, digest_at=first, digest_more=tuple(more[:_MOST_TIMES]))


def _times_said(prefs: Prefs) -> str:
    return ", ".join(_clock(at) for at in (prefs.digest_at, *prefs.digest_more))


def _digest_page(ctx: Context, prefs: Prefs, tz: str) -> tuple[str, Buttons]:
    t = ctx.t
    when = t.time(next_digest(prefs, tz, ctx.now), tz, ctx.now)
    if prefs.digest is DigestEvery.HOURLY:
        said = t("Digest: every hour, if there is something.")
    elif prefs.digest is DigestEvery.WEEKLY:
        day = t.weekday(prefs.digest_day)
        said = t("Digest: weekly, {day} {time}.", day=day, time=_times_said(prefs))
    else:
        said = t("Digest: daily at {time}.", time=_times_said(prefs))
    lines = [
        f"{said} {t('The next: {when}, {place}.', when=when, place=esc(t.city(tz)))}",
        *(
            []
            if ctx.discreet
            else [t("Verdicts and statistics come in it; /topics chooses what else does.")]
        ),
        *_zone(t, tz),
    ]
    every = {
        DigestEvery.HOURLY: t("Hourly"),
        DigestEvery.DAILY: t("Daily"),
        DigestEvery.WEEKLY: t("Weekly"),
    }
    shown = [
        tuple(_choice(prefs.digest is e, label, f"di:e:{e}") for e, label in every.items()),
    ]
    if prefs.digest is DigestEvery.WEEKLY:
        names = [t.weekday_short(day) for day in range(7)]
        shown.append(
            tuple(_choice(prefs.digest_day == n, name, f"di:d:{n}") for n, name in enumerate(names))
        )
    if prefs.digest is not DigestEvery.HOURLY:
        shown.append(
            tuple(
                _choice(at in (prefs.digest_at, *prefs.digest_more), _clock(at), f"di:a:{at}")
                for at in _TIMES
            )
        )
    return "\n".join(lines), tuple(shown)


async def digest_page(ctx: Context, value: str) -> None:
    """Show was pressed under a digest: a page of what it only counts."""
    number, _, page = value.partition(":")
    if not (_small(number) and _small(page)):
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
            await chat_commands.note_message(
                ctx.backend, chat.id, sent, ctx.now, ctx.now + REVEALED
            )
    else:
        await ctx.change(shown.html, shown.buttons)


# --- cap and vanishing ---


async def cap(ctx: Context) -> None:
    """`/cap 5`, `/cap off`; alone it shows the cap."""
    t, said = ctx.t, ctx.args.lower()
    chat = await ctx.ensure_chat()
    prefs = chat.prefs
    if said in _OFF:
        prefs = replace(prefs, cap=0)
    elif said.isdecimal() and 1 <= int(said[:6]) <= 1000:
        prefs = replace(prefs, cap=int(said))
    elif said:
        await ctx.say(t("How many a day at most? /cap 5, or /cap off."))
        return
    if prefs != chat.prefs:
        await _keep(ctx, prefs)
    await ctx.say(*_cap_page(ctx, prefs))


async def cap_pressed(ctx: Context, value: str) -> None:
    """A number was pressed."""
    if not _small(value) or int(value) > 1000:
        await ctx.out_of_date()
        return
    chat = await ctx.ensure_chat()
    prefs = replace(chat.prefs, cap=int(value))
    await _keep(ctx, prefs)
    await ctx.toast()
    await ctx.change(*_cap_page(ctx, prefs))


def _cap_page(ctx: Context, prefs: Prefs) -> tuple[str, Buttons]:
    t = ctx.t
    most = ctx.services.push_cap if prefs.cap is None else prefs.cap
    body = (
        t.n(
            "At most {n} alert a day; the rest comes in one summary. Urgent ones always come.",
            "At most {n} alerts a day; the rest comes in one summary. Urgent ones always come.",
            most,
        )
        if most
        else t("Every alert comes at once, however many there are.")
    )
    choices = [_choice(most == n, t.number(n), f"cp:{n}") for n in _CAPS]
    return body, ((*choices, _choice(most == 0, t("All"), "cp:0")),)


async def vanish(ctx: Context) -> None:
    """`/vanish 1h`, `/vanish 24h`, `/vanish 40h`, `/vanish off`."""
    t, said = ctx.t, ctx.args.lower().replace(" ", "")
    number = re.fullmatch(r"(\d{1,2})(?:h|ч|г|год|час\w*|hours?)?", said)
    if not said:
        await ctx.say(*_vanish_page(t, await ctx.ensure_chat()))
    elif said in _OFF:
        await _vanish(ctx, 0)
        await ctx.say(*_vanish_page(t, await ctx.ensure_chat()))
    elif number and int(number[1]) in _ALLOWED:
        await _vanish(ctx, int(number[1]))
        await ctx.say(*_vanish_page(t, await ctx.ensure_chat()))
    else:
        await ctx.say(t("After how long? /vanish 1h, 24h or 40h; /vanish off keeps messages."))


async def vanish_pressed(ctx: Context, value: str) -> None:
    """A time was pressed."""
    if value not in {str(hours) for hours in (0, *_ALLOWED)}:
        await ctx.out_of_date()
        return
    await _vanish(ctx, int(value))
    await ctx.toast()
    await ctx.change(*_vanish_page(ctx.t, await ctx.ensure_chat()))


async def _vanish(ctx: Context, hours: int) -> None:
    """Keep the choice; what is shown already goes by it too."""
    chat = await ctx.ensure_chat()
    await _keep(ctx, replace(chat.prefs, vanish=hours))
    if ctx.message is not None and not ctx.query_id and ctx.elsewhere is None:
        # This very command, written before it held.
        await ctx.fade(ctx.message.message_id, theirs=True)


def _vanish_page(t: Translator, chat: Chat) -> tuple[str, Buttons]:
    hours = 0 if chat.life is None else round(chat.life.total_seconds() / 3600)
    body = (
        t.n(
            "My messages here are deleted after {n} hour.",
            "My messages here are deleted after {n} hours.",
            hours,
        )
        if hours
        else t("My messages stay here.")
    )
    if chat.mode is ChatMode.QUIET and hours:
        body += " " + t("So is what you write to me.")
    choices = [_choice(hours == n, t("{n} h", n=n), f"va:{n}") for n in _ALLOWED]
    return body, ((*choices, _choice(not hours, t("Keep"), "va:0")),)


# --- all ---


def overview(ctx: Context, chat: Chat) -> list[tuple[str, str]]:
    """What was chosen, a line each, with the command that changes it."""
    t, prefs = ctx.t, chat.prefs
    pages = (
        (_digest_page(ctx, prefs, chat.tz), "/digest"),
        (_quiet_page(t, prefs, chat.tz), "/hours"),
        (_cap_page(ctx, prefs), "/cap"),
        (_vanish_page(t, chat), "/vanish"),
    )
    lines = [(body.partition("\n")[0], command) for (body, _), command in pages]
    return [(line, "" if command in line else command) for line, command in lines]


async def _keep(ctx: Context, prefs: Prefs) -> None:
    """Keep the choice for the chat that is meant, which was noted before."""
    done = await chat_commands.set_prefs(ctx.backend, ctx.call(), prefs)
    if not isinstance(done, Refused):
        ctx.chat = done


def _zone(t: Translator, tz: str) -> list[str]:
    """Tell a person without a time zone that the hours shown may not be theirs."""
    said = t("Times are shown as in {place}: /tz changes that.", place=esc(t.city(tz)))
    return [said] if tz == "UTC" else []


def _choice(chosen: bool, label: str, data: str) -> Button:
    return Button(("✓ " if chosen else "") + label, data=data)


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"


def _small(value: str) -> bool:
    return value.isdecimal() and value.isascii() and len(value) < 18
