"""/sub: topics by name, narrowed by words, armies, stages, or all of a topic except.

What a topic was narrowed by before is never lost in silence: it is asked, Replace or Keep both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.callbacks import Callback
from bot.chat.context import Context
from bot.chat.meanings import say_error
from bot.chat.subscriber.known_names import unknown_names
from bot.chat.subscriber.topics import (
    ARMIES,
    STAGES,
    find_topic,
    no_such_topic,
    of_here,
    subscription_line,
    topics,
    wrong_facet,
)
from bot.chat.text import esc
from bot.commands import subscriptions as commands
from bot.commands.calls import Refused
from bot.model import ChatState, Subscription
from bot.model.rendered import Button
from filters.elsewhere import VALUES
from filters.narrowing import as_typed, excludes_only, parse_narrowing, together
from filters.packs import Topic
from filters.query import QueryError, describe

__all__ = ["narrow_further", "pressed", "sub", "topics_and_rest"]

_KIND: Final = "sub"
# «армия:рф», "stage:приговоры": fields and values as people name them, too.
_FIELDS: Final = {
    said: field
    for field, names in {"army": "army армия армія", "stage": "stage стадия стадія"}.items()
    for said in names.split()
}
_NARROW: Final = re.compile(
    rf"(?<!\S)({'|'.join(_FIELDS)}):([^\W\d_,]+(?:,[^\W\d_,]+)*,?)(?!\S)", re.I
)
_JOINED: Final = re.compile(r"\s*(?:[,;&+]|(?:и|та|і|and)(?=\s))\s*", re.IGNORECASE)
_MIN_TOPIC_LETTERS: Final = 5  # letters of a second topic's name: fewer may be a word that narrows


@dataclass(frozen=True, slots=True)
class Narrowings:
    """What stands behind the topics in /sub."""

    narrowing: str = ""
    armies: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    excludes: bool = False

    @property
    def whole(self) -> bool:
        return not (self.narrowing or self.armies or self.stages)


def topics_and_rest(known: Mapping[str, Topic], typed: str) -> tuple[list[str], str]:
    """The topics that `typed` begins with, `отказ, дезертирство` two of them, and the rest."""
    topic, rest = _one(known, typed)
    found = [] if topic is None else [topic]
    while topic is not None and rest:
        joined = _JOINED.match(rest)
        behind = rest[joined.end() :] if joined else rest
        first = re.split(r"[\s,;]+", behind, maxsplit=1)[0]
        topic, after = _one(known, behind)
        if topic is None or topic in found or len(first) < _MIN_TOPIC_LETTERS:
            break
        found.append(topic)
        rest = after
    return found, rest.strip()


def _one(known: Mapping[str, Topic], typed: str) -> tuple[str | None, str]:
    """One topic, up to a comma, and all that stands behind it as it was written."""
    head, comma, tail = typed.partition(",")
    topic, rest = find_topic(known, head)
    if topic is None:
        return None, typed
    return topic, f"{rest}{comma}{tail}" if rest else f"{comma}{tail}"


async def sub(ctx: Context) -> None:
    """`/sub <topic>[, <topic>…] [narrowing]`."""
    known = ctx.services.reader.topics
    if not ctx.args:
        await topics(ctx)
        return
    chosen, rest = topics_and_rest(known, ctx.args)
    if not chosen:
        await ctx.say(no_such_topic(ctx))
        return
    wish = await _wish(ctx, rest)
    if wish is not None:
        await _put(ctx, chosen, wish)


async def narrow_further(ctx: Context, each: Subscription, words: str) -> None:
    """These words beside what the topic is narrowed by; asked before it takes that place."""
    wish = await _wish(ctx, words)
    if wish is not None:
        more = together(each.narrowing, wish.narrowing)
        await _put(ctx, [each.topic], Narrowings(more, each.armies, each.stages))


async def _put(ctx: Context, chosen: Sequence[str], wish: Narrowings) -> None:
    """Subscribe where nothing else was chosen; ask where something was."""
    t = ctx.t
    chat = await ctx.ensure_chat()
    theirs = await of_here(ctx, chat)
    asked = [topic for topic in chosen if _collides(wish, theirs, topic)]
    done: list[str] = []
    for topic in chosen:
        if topic not in asked:
            new = await commands.subscribe(
                ctx.backend,
                ctx.call(),
                topic,
                narrowing=wish.narrowing,
                armies=wish.armies,
                stages=wish.stages,
            )
            if isinstance(new, Refused):
                await ctx.say(t("That is too many subscriptions; /unsub ends some first."))
                return
            done.append(await subscription_line(ctx, new))
    lines = [t("Subscribed: {what}", what=each) for each in done]
    if wish.narrowing:
        query = parse_narrowing(wish.narrowing, ctx.services.reader.groups)
        lines.append(t("Understood: {words}.", words=esc(describe(query, t.lang))))
    if done and chat.state is ChatState.PAUSED:
        lines.append(t("You are paused: /resume."))
    if not asked:
        await ctx.say("\n".join(lines))
        return
    await _ask(ctx, lines, asked, wish, theirs)


async def _ask(
    ctx: Context,
    lines: Sequence[str],
    asked: Sequence[str],
    wish: Narrowings,
    theirs: Sequence[Subscription],
) -> None:
    """`You have Refusal: all. [Replace] [Keep both]`."""
    t = ctx.t
    new = Subscription(0, 0, asked[0], wish.narrowing, wish.armies, wish.stages)
    had = [each for each in theirs if each.topic in asked]
    line = await subscription_line(ctx, new)
    body = [t("New: {what}", what=f"{line} · {t('All of the topic')}" if wish.whole else line)]
    body += lines
    body += [t("You have: {what}", what=await subscription_line(ctx, each)) for each in had]
    payload = {
        "topics": list(asked),
        "narrowing": wish.narrowing,
        "armies": list(wish.armies),
        "stages": list(wish.stages),
        "excludes": wish.excludes,
    }
    token = await ctx.draft(_KIND, payload, 24)
    one_is_whole = wish.whole or all(_is_whole(each) for each in had)
    other = t("Leave as it is") if one_is_whole else t("Keep both")
    buttons = (
        Button(t("Replace"), data=f"{Callback.SUBBED}:replace:{token}"),
        Button(other, data=f"{Callback.SUBBED}:{'leave' if one_is_whole else 'both'}:{token}"),
    )
    await ctx.say("\n".join(body), (buttons,))


async def pressed(ctx: Context, value: str) -> None:
    """Replace, Keep both or Leave as it is."""
    action, _, token = value.partition(":")
    asked = await ctx.take(token, _KIND)
    if asked is None or action not in ("replace", "both", "leave"):
        await ctx.out_of_date()
        return
    await ctx.toast()
    if action == "leave":
        await ctx.change(ctx.t("Kept. Nothing was changed."))
        return
    lines: list[str] = []
    for topic in asked["topics"]:
        done = await _narrow(ctx, str(topic), asked, both=action == "both")
        if isinstance(done, Refused):
            await ctx.change(ctx.t("That is too many subscriptions; /unsub ends some first."))
            return
        lines += [
            ctx.t("Subscribed: {what}", what=await subscription_line(ctx, each)) for each in done
        ]
    await ctx.change("\n".join(lines))


async def _narrow(
    ctx: Context, topic: str, asked: Mapping[str, Any], *, both: bool
) -> list[Subscription] | Refused:
    return await commands.narrow(
        ctx.backend,
        ctx.call(),
        topic,
        narrowing=str(asked["narrowing"]),
        armies=asked["armies"],
        stages=asked["stages"],
        excludes=bool(asked["excludes"]),
        both=both,
    )


def _collides(wish: Narrowings, theirs: Sequence[Subscription], topic: str) -> bool:
    """Whether it would take the place of something else that was chosen of the topic."""
    had = [each for each in theirs if each.topic == topic]
    same = [
        each
        for each in had
        if (each.narrowing, each.armies, each.stages) == (wish.narrowing, wish.armies, wish.stages)
    ]
    return bool(had) and not same


def _is_whole(each: Subscription) -> bool:
    return not (each.narrowing or each.armies or each.stages)


async def _wish(ctx: Context, rest: str) -> Narrowings | None:
    """What narrows the topics; None where that was amiss and has been said."""
    facets: dict[str, tuple[str, ...]] = {"army": (), "stage": ()}
    allowed: Mapping[str, Sequence[str]] = {"army": ARMIES, "stage": STAGES}
    for found in _NARROW.finditer(rest):
        name = _FIELDS[str(found[1]).lower()]
        for facet in str(found[2]).lower().strip(",").split(","):
            value = VALUES[name].get(facet, facet)
            if value not in allowed[name]:
                await ctx.say(wrong_facet(ctx.t, facet))
                return None
            facets[name] += (value,)
    narrowing = as_typed(_NARROW.sub(" ", rest).strip(" ,;"))
    excludes = False
    if narrowing:
        try:
            query = parse_narrowing(narrowing, ctx.services.reader.groups)
        except QueryError as error:
            await say_error(ctx, error, narrowing)
            return None
        if unknown := await unknown_names(ctx, query):
            await ctx.say(unknown)
            return None
        excludes = excludes_only(query)
    return Narrowings(narrowing, facets["army"], facets["stage"], excludes)
