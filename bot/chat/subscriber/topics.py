"""Topics: toggles with a forecast, /sub, /unsub, /list."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from typing import Any

from bot.alerts import words
from bot.alerts.volume import DIGESTED
from bot.callbacks import Callback
from bot.chat import confirmation, keyboards
from bot.chat.context import Context
from bot.chat.subscriber.forecast import Facets, expected, rate
from bot.chat.subscriber.ways import described
from bot.chat.text import Buttons, code, esc, pages
from bot.commands import subscriptions
from bot.commands.calls import Refused
from bot.i18n import LANGUAGES, Translator
from bot.model import Chat, ChatMode, ChatState, ChatType, SourceKind, Subscription, is_private
from bot.model.rendered import Button
from bot.store import chats, sources, watches
from filters.choices import chosen, without_choices
from filters.narrowing import left_out
from filters.packs import Topic

__all__ = [
    "ALL_TOPICS",
    "ended",
    "find_topic",
    "follow",
    "list_",
    "no_such_topic",
    "of_here",
    "page",
    "subscription_line",
    "toggle",
    "topics",
    "unsub",
    "wrong_facet",
]

_MOST_LETTERS = 1_500  # of all words that narrow the topics of a page,
_FEWEST_LETTERS = 24  # and of each
ALL_TOPICS = "*"
"""In the data of a button: every topic there is, or that is followed here."""
ARMIES = ("ru", "ua", "other")  # another army comes only to who chose it, an unknown one to all
STAGES = ("report", "charge", "verdict", "appeal", "statistics", "commentary")


def find_topic(topics: Mapping[str, Topic], typed: str) -> tuple[str | None, str]:
    """The topic that `typed` begins with, by id or title in any language, and the rest.

    A beginning of at least three letters will do where only one topic has it.
    """
    names = {_fold(topic): topic for topic in topics}
    for topic, known in topics.items():
        names |= {_fold(name): topic for name in known.titles.values()}
    words = typed.split()
    for count in range(min(len(words), 4), 0, -1):
        if exact := names.get(_fold(" ".join(words[:count]))):
            return exact, " ".join(words[count:])
    first = _fold(words[0]) if words else ""
    near = {topic for name, topic in names.items() if _like(first, name)}
    return (near.pop(), " ".join(words[1:])) if len(near) == 1 else (None, typed)


def _like(typed: str, name: str) -> bool:
    """Whether it begins the name, or ends otherwise: «отказы» for «отказ»."""
    if len(typed) >= 3 and name.startswith(typed):
        return True
    stem = name.rstrip("аеиоуыьйяіїєaeiouy") or name
    return len(stem) >= 4 and typed.startswith(stem) and len(typed) - len(stem) <= 3


def _fold(name: str) -> str:
    return re.sub(r"[\s_-]+", " ", name.casefold().replace("ё", "е")).strip(" ,.:")


async def page(ctx: Context) -> tuple[str, Buttons]:
    """The topics of this place as toggles, with what each would say."""
    t, known = ctx.t, ctx.services.reader.topics
    weekly = await ctx.forecast.weekly(ctx.now)
    theirs = await of_here(ctx, ctx.chat)
    subs = {each.topic: each for each in theirs}
    lines = [f"<b>{t('Topics')}</b>", t("Tap to switch on or off.")]
    if weekly:
        lines.append(t("≈ counts the stories of the last 7 days."))
    else:
        lines.append(t("How many alerts each brings is known once sources have been read."))
    lines.append("")
    choices = []
    most = max(_FEWEST_LETTERS, min(300, _MOST_LETTERS // max(1, len(theirs))))
    for topic in known:
        name = words.topic(t, topic)
        choices.append((topic, name, topic in subs))
        if topic in subs:
            choices[-1] = (topic, _label(t, name, subs[topic]), True)
            of_topic = [each for each in theirs if each.topic == topic]
            lines += [f"✓ {await subscription_line(ctx, each, most)}" for each in of_topic]
        else:
            at_once, _ = expected(Subscription(0, 0, topic), weekly)
            lines.append(f"– {esc(name)} {rate(t, at_once)}".rstrip())
    lines += _in_digest(t, weekly, set(subs) or set(known))
    more = (
        Button(t("Army, stages ›"), data=f"{Callback.NARROW}:{ALL_TOPICS}")
        if subs
        else Button(t("All of them"), data=f"{Callback.TOPIC}:{ALL_TOPICS}")
    )
    return "\n".join(lines), keyboards.topics(t, choices, more)


def _label(t: Translator, name: str, each: Subscription) -> str:
    """`Refusal, Russian army`: a topic's button, with what narrows it in short."""
    ticked = [words.army(t, army) for army in each.armies]
    if ticked and len(ticked) == 1 and not (each.stages or each.narrowing):
        return f"{name}, {ticked[0]}"
    return f"{name} …" if each.narrowing or each.armies or each.stages else name


def _in_digest(t: Translator, weekly: Facets, topics: Set[str]) -> list[str]:
    """`verdicts ≈ 40/day, statistics ≈ 3/week: in the digest`, of these topics."""
    parts = []
    for stage in sorted(DIGESTED, reverse=True):
        count = sum(n for (topic, _, of), n in weekly.items() if of == stage and topic in topics)
        if count:
            parts.append(f"{words.stages(t, stage)} {rate(t, count)}")
    return [t("In the digest: {what}. /digest", what=", ".join(parts))] if parts else []


async def topics(ctx: Context) -> None:
    """`/topics`, and `/sub` with nothing behind it."""
    await ctx.ensure_chat()
    await ctx.say(*await page(ctx))


async def toggle(ctx: Context, topic: str) -> None:
    """A topic was pressed, or Done, or the list asks for the toggles."""
    if topic == "<":
        await ctx.toast()
        await ctx.change(*await page(ctx))
    elif topic == "+":
        await ctx.toast()
        await ctx.say(*await page(ctx))
    elif topic == ALL_TOPICS:
        await ctx.ensure_chat()
        await follow(ctx, list(ctx.services.reader.topics))
        await ctx.toast()
        await ctx.change(*await page(ctx))
    elif topic:
        await _toggle(ctx, await ctx.ensure_chat(), topic)
    else:
        await _done(ctx, ctx.chat)


async def follow(ctx: Context, wanted: Sequence[str]) -> None:
    """Subscribe to these topics as a whole; those that are followed stay as they are."""
    had = {each.topic for each in await of_here(ctx, ctx.chat)}
    chat_id = ctx.chat.id if ctx.chat else 0
    new = {topic: [Subscription(0, chat_id, topic)] for topic in wanted if topic not in had}
    await subscriptions.choose(ctx.backend, ctx.call(), new)


async def _toggle(ctx: Context, chat: Chat, topic: str) -> None:
    if topic not in ctx.services.reader.topics:
        await ctx.out_of_date()
        return
    name = words.topic(ctx.t, topic)
    if await _would_lose(ctx, chat, topic):
        await ctx.toast()
        question = ctx.t("End {topic}, with what you narrowed it by?", topic=esc(name))
        await confirmation.ask(ctx, "topic.end", question, ctx.t("Unsubscribe"), topic=topic)
        return
    on = await subscriptions.toggle(ctx.backend, ctx.call(), topic)
    if isinstance(on, Refused):
        await ctx.out_of_date()
        return
    # A popup of a Quiet chat names no topic.
    toast = "" if ctx.discreet else (f"+ {name}" if on else f"− {name}")
    await ctx.toast(toast)
    await ctx.change(*await page(ctx))


async def _would_lose(ctx: Context, chat: Chat, topic: str) -> bool:
    """Whether a tap would take away words that somebody typed."""
    theirs = [each for each in await of_here(ctx, chat) if each.topic == topic]
    return any(each.narrowing or each.armies or each.stages for each in theirs)


async def ended(ctx: Context, asked: Mapping[str, Any]) -> str:
    """Yes, end the topic and its narrowings."""
    topic = str(asked["topic"])
    await subscriptions.unsubscribe(ctx.backend, ctx.call(), topic, None)
    name = esc(words.topic(ctx.t, topic))
    return ctx.t("No longer subscribed: {topic}.", topic=name) + " /undo"


async def _done(ctx: Context, chat: Chat | None) -> None:
    t = ctx.t
    await ctx.toast()
    if ctx.discreet:
        await ctx.vanish()
        await ctx.say(t("Done. /help lists what else I can do."))
        return
    subs = await of_here(ctx, chat)
    if not subs:
        await ctx.change(t("No topics chosen: you will get no alerts. /topics chooses."))
        return
    lines = [await subscription_line(ctx, each) for each in subs]
    more = t("Times are shown as in {place}: /tz changes that.", place=esc(t.city(ctx.tz)))
    await ctx.change("\n".join([*lines, "", more, t("/help lists what else I can do.")]))


async def unsub(ctx: Context) -> None:
    """`/unsub <topic>`; alone it offers what there is."""
    t, known = ctx.t, ctx.services.reader.topics
    subs = await of_here(ctx, ctx.chat)
    if not ctx.args:
        if not subs:
            await ctx.say(t("There are no subscriptions here. /topics chooses."))
            return
        await ctx.say(*await page(ctx))
        return
    topic, rest = find_topic(known, ctx.args)
    if topic is None:
        topic, rest = next(((s.topic, "") for s in subs if s.topic == ctx.args), (None, ""))
    if topic is None:
        await ctx.say(no_such_topic(ctx))
        return
    removed = 0
    if ctx.chat is not None:
        removed = await subscriptions.unsubscribe(ctx.backend, ctx.call(), topic, rest or None)
    name = esc(words.topic(ctx.t, topic))
    await ctx.say(
        t("No longer subscribed: {topic}.", topic=name)
        if removed
        else t("You were not subscribed to {topic}. /list shows what you have.", topic=name)
    )


async def list_(ctx: Context) -> None:
    """`/list`: what comes here, and how."""
    t, chat = ctx.t, ctx.chat
    subs = await of_here(ctx, ctx.chat)
    lines = [await subscription_line(ctx, each) for each in subs]
    if not lines:
        lines = [t("There are no subscriptions here. /topics chooses.")]
    if chat is not None:
        async with ctx.services.store.read() as conn:
            own = len(await watches.of_chat(conn, chat.id))
        lines += [t("Your words: {n}. /watch", n=own)] if own else []
    if chat is not None:
        about = [LANGUAGES[t.lang], esc(t.city(chat.tz))]
        if chat.type is ChatType.PRIVATE:
            about.insert(0, t("Quiet") if chat.mode is ChatMode.QUIET else t("Normal"))
        lines += ["", " · ".join(about)]
        if chat.state is ChatState.PAUSED:
            lines.append(paused_line(ctx))
    buttons: list[Button] = [Button(t("Topics"), data=f"{Callback.TOPIC}:+")]
    if chat is not None and chat.state is ChatState.PAUSED:
        buttons.append(Button(t("Resume"), data=f"{Callback.RESUME}:"))
    await ctx.say_all(pages(lines), (tuple(buttons),))


def paused_line(ctx: Context) -> str:
    """How long the chat is paused."""
    t = ctx.t
    if ctx.chat is not None and ctx.chat.paused_until is not None:
        when = t.time(ctx.chat.paused_until, ctx.tz, ctx.now)
        return t("Paused until {when}. /resume ends that.", when=when)
    return t("Paused until /resume.")


def no_such_topic(ctx: Context) -> str:
    """What topics there are."""
    known = ctx.services.reader.topics
    lines = [ctx.t("There is no such topic. There are:")]
    lines += [f"{code(topic)} {esc(words.topic(ctx.t, topic))}" for topic in known]
    return "\n".join(lines)


def wrong_facet(t: Translator, typed: str) -> str:
    """A facet's value that does not exist."""
    return t(
        "“{said}” is unknown. army: {armies}. stage: {stages}.",
        said=esc(typed, 40),
        armies=", ".join(f"{army} ({words.army(t, army)})" for army in ARMIES),
        stages=", ".join(f"{stage} ({words.stages(t, stage)})" for stage in STAGES),
    )


def esc_lines(text: str) -> str:
    """Several lines of plain text as HTML."""
    return "\n".join(esc(line, 1000) for line in text.splitlines())


async def subscription_line(ctx: Context, each: Subscription, most: int = 300) -> str:
    """`Refusal ≈ 2/day`, `Desertion: only …`; of words that narrow it at most so many letters."""
    t = ctx.t
    weekly = await ctx.forecast.weekly(ctx.now)
    line = esc(words.topic(ctx.t, each.topic))
    if also := _unasked_for(t, each):
        line = t("{topic}, also {more}", topic=line, more=", ".join(also))
    only, rest = await _ticked(ctx, each), without_choices(each.narrowing)
    excluded = left_out(rest)
    only += [code(rest, most)] if rest and not excluded else []
    at_once, later = expected(each, weekly)
    volume = [rate(t, at_once)] if at_once else []
    volume += [t("digest {rate}", rate=rate(t, later))] if later else []
    volume += [described(t, each)] if each.ways else []
    if only:
        line = t("{topic}: only {narrowing}", topic=line, narrowing=" · ".join(only))
    if excluded:
        line = t("{topic}, except {what}", topic=line, what=code(excluded, most))
    ways_text = " · ".join(volume)
    # `Refusal ≈ 2/week`, but `Desertion · digest ≈ 1/day`.
    return (
        f"{line} {ways_text}".rstrip() if at_once else " · ".join(filter(None, (line, ways_text)))
    )


def _unasked_for(t: Translator, each: Subscription) -> list[str]:
    """What it brings that others get only when they ask: other countries' armies, past wars."""
    found = [t("other armies")] if {*each.armies} >= {*ARMIES} else []
    eras = chosen(each.narrowing, "era")
    return [*found, t("past wars")] if {*eras} >= {"now", "historical"} else found


async def _ticked(ctx: Context, each: Subscription) -> list[str]:
    """What narrows it beside words: `Russian army`, `verdicts, appeals`, `media`."""
    t = ctx.t
    lists = [
        [] if {*each.armies} >= {*ARMIES} else [words.army(t, army) for army in each.armies],
        [words.stages(t, stage) for stage in each.stages],
        [t("past wars")] if chosen(each.narrowing, "era") == ("historical",) else [],
        [words.kind(t, SourceKind(kind)) for kind in chosen(each.narrowing, "kind")],
        [LANGUAGES.get(lang, lang) for lang in chosen(each.narrowing, "lang")],
    ]
    if of := chosen(each.narrowing, "source"):
        async with ctx.services.store.read() as conn:
            titles = {str(one.id): one.title for one in await sources.list_all(conn)}
        lists.append([f"«{esc(titles.get(one, one), 40)}»" for one in of])
    return [", ".join(found) for found in lists if found]


async def of_here(ctx: Context, chat: Chat | None) -> list[Subscription]:
    """What the chat follows, its own words left out."""
    if chat is None:
        return []
    async with ctx.services.store.read() as conn:
        found = await chats.subscriptions(conn, chat.id)
    return [each for each in found if not is_private(each.topic)]  # those are /watch's
