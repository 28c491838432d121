"""/watch: a chat's own words, proven on a week before saving; only this chat gets alerts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from bot.alerts import words
from bot.callbacks import Callback
from bot.chat.context import Context
from bot.chat.elsewhere import speak_of_numbered
from bot.chat.subscriber.forecast import rate
from bot.chat.subscriber.known_names import read_known
from bot.chat.text import Buttons, code, cut, esc
from bot.commands import subscriptions
from bot.commands import watches as commands
from bot.commands.calls import Refused
from bot.i18n import Translator
from bot.ingest.archive import Backtest
from bot.model.rendered import Button
from bot.store import watches
from bot.store.watches import Watch
from filters.own_words import as_meant, parse_own
from filters.query import describe, parse

__all__ = ["pressed", "typed", "watch"]

_KIND: Final = "watch"
_TYPED: Final = "watch.words"
_KEPT_HOURS: Final = 24.0
_WEEK: Final = timedelta(days=7)
_MANY_A_WEEK: Final = 70
_LONGEST_LABEL: Final = 28
_NUMBERED: Final = re.compile(r"#(\d{1,9})\s+(\S.*)", re.DOTALL)


async def watch(ctx: Context) -> None:
    """`/watch Зайцево`: proof and Keep; `/watch` alone: what is watched; `/watch #12 …`: change."""
    await ctx.ensure_chat()
    if not ctx.args:
        await ctx.say(*await _list(ctx))
        return
    numbered = _NUMBERED.fullmatch(ctx.args)
    number = int(numbered[1]) if numbered else 0
    if number and await _theirs(ctx, number) is None:
        await ctx.say(ctx.t("There are no words with that number here. /watch lists them."))
        return
    expression = " ".join((numbered[2] if numbered else ctx.args).split())
    if await read_known(ctx, expression) is None:
        return
    await ctx.start_job("watch", _offer(ctx, expression, number))


async def pressed(ctx: Context, value: str) -> None:
    """Any button of this page: `<action>:<token or number>`."""
    action, _, what = value.partition(":")
    if action in ("keep", "with", "change", "of"):
        asked = await ctx.take(what, _KIND)
        if asked is None:
            await ctx.out_of_date()
            return
        await ctx.toast()
        await _DECISIONS[action](ctx, asked)
        return
    if action == "list":
        await ctx.toast()
        await ctx.change(*await _list(ctx))
        return
    number = int(what) if what.isdecimal() else 0
    each = await _theirs(ctx, number)
    if each is None or action not in _ACTIONS:
        await ctx.out_of_date()
        return
    await ctx.toast()
    await _ACTIONS[action](ctx, each)


# before it is kept


async def _offer(ctx: Context, expression: str, number: int) -> None:
    """What was understood and what the last week had of it."""
    t = ctx.t
    groups = ctx.services.reader.groups
    query, own = parse(as_meant(expression, groups), groups), parse_own(expression, groups)
    found = await ctx.patiently(
        ctx.services.pipeline.backtest(own, None, ctx.now - _WEEK, examples=1),
        t("Reading the last 7 days…"),
    )
    lines = [t("Watching: {words}.", words=esc(cut(describe(query, t.lang), 500)))]
    lines.append(_proof(ctx, found))
    if found.hits > _MANY_A_WEEK:
        lines.append(t("That is a lot: more words beside it, or a topic, make it less."))
    lines.append(
        t("Only you see this.") if ctx.call().place.private else t("Only this chat sees it.")
    )
    asked = {"expression": expression, "number": number}
    buttons = [await _button(ctx, t("Keep"), "keep", asked)]
    if not number:
        buttons.append(await _button(ctx, t("With a topic…"), "with", asked))
    buttons.append(await _button(ctx, t("Change"), "change", asked))
    await ctx.say("\n".join(lines), (tuple(buttons),))


def _proof(ctx: Context, found: Backtest) -> str:
    t = ctx.t
    if not found.items:
        return t("No items yet in the last 7 days: nothing to prove it on.")
    if not found.hits:
        return t("Nothing in the last 7 days.")
    return t(
        "Last 7 days: {posts}, {stories}.",
        posts=t.n("{n} post", "{n} posts", found.hits),
        stories=t.n("{n} story", "{n} stories", found.stories),
    )


async def _keep(ctx: Context, asked: Mapping[str, Any]) -> None:
    t, number = ctx.t, int(asked["number"])
    expression, most = str(asked["expression"]), ctx.services.watch_limit
    if number:
        done = await commands.edit(ctx.backend, ctx.call(), number, expression)
    else:
        done = await commands.add(ctx.backend, ctx.call(), expression, most)
    match done:
        case Refused.TOO_MANY:
            text = t("You watch {n} already, the most there is. /watch ends some.", n=most)
        case Refused.SAME:
            text = t("You watch for that already. /watch lists all.")
        case Refused():
            text = t("There are no words with that number here. /watch lists them.")
        case _:
            text = t("Kept. /watch lists, pauses and ends what you watch for.")
    await ctx.change(text)


async def _with_topic(ctx: Context, asked: Mapping[str, Any]) -> None:
    """Which topic the words shall narrow."""
    rows = [
        (await _button(ctx, words.topic(ctx.t, topic), "of", {**asked, "topic": topic}),)
        for topic in ctx.services.reader.topics
    ]
    rows.append((await _button(ctx, ctx.t("Keep without a topic"), "keep", asked),))
    await ctx.change(ctx.t("Only where a post is also of the topic:"), tuple(rows))


async def _of_topic(ctx: Context, asked: Mapping[str, Any]) -> None:
    t, topic = ctx.t, str(asked["topic"])
    done = await subscriptions.subscribe(
        ctx.backend, ctx.call(), topic, narrowing=str(asked["expression"])
    )
    if isinstance(done, Refused):
        await ctx.change(t("That is too many subscriptions; /unsub ends some first."))
    else:
        name = esc(words.topic(t, topic))
        only = code(str(asked["expression"]), 300)
        await ctx.change(t("{topic}: only {narrowing}", topic=name, narrowing=only))


async def _change(ctx: Context, asked: Mapping[str, Any]) -> None:
    """The command again, to be copied by a tap and changed."""
    number = int(asked["number"])
    written = f"/watch {f'#{number} ' if number else ''}{asked['expression']}"
    if not ctx.place.private:
        await ctx.change(ctx.t("Copy it, change it, send it:") + "\n" + code(written))
        return
    await ctx.expect(_TYPED, {"number": number})
    text = ctx.t("Send the new words alone, or copy it, change it, send it:")
    await ctx.change(f"{text}\n{code(written)}")


async def typed(ctx: Context, text: str) -> bool:
    """A text in private: the words that Change asked for, if it did."""
    asked = await ctx.expected(_TYPED)
    if asked is None or (asked["of"] and not await speak_of_numbered(ctx, str(asked["of"]))):
        return False
    number = int(asked["number"])
    ctx.args, ctx.topical = f"#{number} {text}" if number else text, True
    await watch(ctx)
    return True


# what is kept


async def _list(ctx: Context) -> tuple[str, Buttons]:
    t, theirs = ctx.t, await _all(ctx)
    if not theirs:
        return t("You watch for no words of your own. As in: {example}", example=_example(t)), ()
    lines = [f"<b>{t('Your words')}</b>"]
    for each in theirs:
        paused = f" · {t('paused')}" if each.paused else ""
        lines.append(f"· {code(each.expression, 150)}{paused}")
    lines.append(t("Add more: {example}", example=_example(t)))
    rows = tuple(
        (Button(f"{cut(each.expression, _LONGEST_LABEL)} ›", data=_data("show", each.id)),)
        for each in theirs
    )
    return "\n".join(lines), rows


def _example(t: Translator) -> str:
    return code(t("/watch Zaitseve, “155th brigade”"))


async def _show(ctx: Context, each: Watch) -> None:
    t = ctx.t
    groups = ctx.services.reader.groups
    query = parse(as_meant(each.expression, groups), groups, kept=True)
    own = parse_own(each.expression, groups, kept=True)
    found = await ctx.services.pipeline.backtest(own, None, ctx.now - _WEEK, examples=1)
    lines = [
        f"<b>{t('Your words')}</b>",
        code(each.expression, 1000),
        esc(cut(describe(query, t.lang), 500)),
        " ".join(filter(None, (_proof(ctx, found), rate(t, found.stories)))),
    ]
    if each.paused:
        lines.append(t("Paused."))
    turn = ("resume", t("Resume")) if each.paused else ("pause", t("Pause"))
    first = (
        Button(turn[1], data=_data(turn[0], each.id)),
        Button(t("Change"), data=_data("edit", each.id)),
        Button(t("End"), data=_data("end", each.id)),
    )
    await ctx.change("\n".join(lines), (first, (Button("‹", data=f"{Callback.WATCH}:list:"),)))


async def _pause(ctx: Context, each: Watch) -> None:
    await _show_switched(ctx, await commands.pause(ctx.backend, ctx.call(), each.id, paused=True))


async def _resume(ctx: Context, each: Watch) -> None:
    await _show_switched(ctx, await commands.pause(ctx.backend, ctx.call(), each.id, paused=False))


async def _show_switched(ctx: Context, done: Watch | Refused) -> None:
    if isinstance(done, Watch):
        await _show(ctx, done)
    else:
        await ctx.change(*await _list(ctx))


async def _edit(ctx: Context, each: Watch) -> None:
    await _change(ctx, {"expression": each.expression, "number": each.id})


async def _ask_end(ctx: Context, each: Watch) -> None:
    """Once more: what it found is forgotten with it."""
    t = ctx.t
    row = (
        Button(t("End it"), data=_data("end!", each.id)),
        Button("‹", data=_data("show", each.id)),
    )
    await ctx.change(t("End {words} and forget it?", words=code(each.expression, 300)), (row,))


async def _end(ctx: Context, each: Watch) -> None:
    await commands.end(ctx.backend, ctx.call(), each.id)
    await ctx.change(*await _list(ctx))


_DECISIONS: Final = {"keep": _keep, "with": _with_topic, "of": _of_topic, "change": _change}
_ACTIONS: Final = {
    "show": _show,
    "pause": _pause,
    "resume": _resume,
    "edit": _edit,
    "end": _ask_end,
    "end!": _end,
}


async def _all(ctx: Context) -> list[Watch]:
    if ctx.chat is None:
        return []
    async with ctx.services.store.read() as conn:
        return await watches.of_chat(conn, ctx.chat.id)


async def _theirs(ctx: Context, number: int) -> Watch | None:
    if ctx.chat is None:
        return None
    async with ctx.services.store.read() as conn:
        return await watches.get(conn, ctx.chat.id, number)


async def _button(ctx: Context, label: str, action: str, asked: Mapping[str, Any]) -> Button:
    return Button(label, data=_data(action, await ctx.draft(_KIND, asked, _KEPT_HOURS)))


def _data(action: str, what: str | int) -> str:
    return f"{Callback.WATCH}:{action}:{what}"
