"""/filter: add with a week's proof, list, show, off, on, remove; edit and test stand beside."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.alerts import words
from bot.callbacks import Callback
from bot.chat.admin import backtests, filter_saving, filter_tests, filter_versions
from bot.chat.admin.filter_saving import consider, found
from bot.chat.admin.proof import WEEK
from bot.chat.confirmation import ask
from bot.chat.context import Context
from bot.chat.jobs import Jobs
from bot.chat.paging import page_of, turn_to
from bot.chat.subscriber.topics import find_topic, no_such_topic
from bot.chat.text import Buttons, code, cut, esc, pages, rows
from bot.clock import Clock
from bot.commands import filters as commands
from bot.commands.calls import Refused
from bot.ingest.pipeline import Pipeline
from bot.model.rendered import Button
from bot.store import filters, item_counts
from bot.store.filters import Filter, FilterState, Origin
from filters.query import Query, QueryError, describe, parse

__all__ = ["ended", "filter_", "pressed", "take_up", "turn"]

_PAGE = 12
_LONGEST_KEY = 50  # of 64 bytes that a button holds
_EXAMPLE = "самовольн* NEAR/3 оставлен*"


async def filter_(ctx: Context) -> None:
    """`/filter …`."""
    word, rest = [*ctx.args.split(maxsplit=1), "", ""][:2]
    run = _COMMANDS.get(word.lower())
    if run is None:
        await ctx.say(_usage(ctx))
        return
    await run(ctx, rest.strip())


def _usage(ctx: Context) -> str:
    t = ctx.t
    return "\n".join(
        [
            t(
                "{command} and an expression: shows a week's hits, saves on a button",
                command="/filter add desertion",
            ),
            t("{command}: all, or one topic's", command="/filter list desertion"),
            t("{command}: what it is and what it catches", command="/filter show f12"),
            t(
                "{command} and a text, or as a reply to a message: what matches and why",
                command="/filter test",
            ),
            t(
                "{command} and an expression: the same before it is changed",
                command="/filter edit f12",
            ),
            t(
                "{command}: what it was, and back to that",
                command="/filter history f12, /filter revert f12",
            ),
            t("{command} and an expression: tries it on a week", command="/filter test ?"),
            t("{command}: counts, picture, table", command="/backtest f12 30d"),
            t("{command}: stop it, start it", command="/filter off f12, /filter on f12"),
            t("{command}: for good", command="/filter remove f12"),
        ]
    )


# add


async def _add(ctx: Context, rest: str) -> None:
    t, known = ctx.t, ctx.services.reader.topics
    if not rest:
        await ctx.say(
            t(
                "A topic and an expression, as in {example}",
                example=code(f"/filter add desertion {_EXAMPLE}"),
            )
        )
        return
    topic, expression = find_topic(known, rest)
    if topic is None:
        await ctx.say(no_such_topic(ctx))
        return
    if not expression:
        await ctx.say(
            t(
                "What should it look for? As in {example}",
                example=code(f"/filter add {topic} {_EXAMPLE}"),
            )
        )
        return
    await consider(ctx, topic, " ".join(expression.split()))


def _parsed(ctx: Context, each: Filter) -> Query | None:
    try:
        return parse(each.expression, ctx.services.reader.groups, kept=True)
    except QueryError:
        return None  # a word group it used is gone


# list and show


async def _list(ctx: Context, rest: str) -> None:
    topic: str | None = None
    if rest:
        topic, _ = find_topic(ctx.services.reader.topics, rest)
        if topic is None:
            await ctx.say(no_such_topic(ctx))
            return
    body, buttons = await _page(ctx, topic, 0)
    await ctx.say(body, buttons)


async def turn(ctx: Context, value: str) -> None:
    """Another page of the list."""
    topic, _, number = value.rpartition(":")
    if topic not in ("", *ctx.services.reader.topics):
        await ctx.out_of_date()
        return
    await turn_to(ctx, number, lambda ctx, number: _page(ctx, topic or None, number))


async def _page(ctx: Context, topic: str | None, number: int) -> tuple[str, Buttons]:
    """Without a topic: the admins' own filters, and how many each pack has."""
    t = ctx.t
    async with ctx.services.store.read() as conn:
        found = await filters.list_all(conn, filters.KEPT)
    packs: dict[str, int] = {}
    if topic is None:
        for each in found:
            if each.origin is Origin.PACK:
                packs[each.topic] = packs.get(each.topic, 0) + 1
        found = [each for each in found if each.origin is Origin.ADMIN]
    else:
        found = [each for each in found if each.topic == topic]
    page = page_of(found, number, _PAGE)
    lines = [_line(ctx, each, topic is None) for each in page.items]
    if not found:
        lines = [t("There are no filters of your own yet. /filter add makes one.")]
    if packs:
        lines += ["", t("Built in; /filter list and a topic shows them:")]
        lines += [f"{esc(words.topic(ctx.t, name))}: {n}" for name, n in packs.items()]
    shown = [
        Button(f"{each.key.rpartition('/')[2]} ›", data=f"{Callback.FILTER}:show:{each.key}")
        for each in page.items
        if len(each.key) <= _LONGEST_KEY
    ]
    by_topic = [
        Button(f"{words.topic(t, name)} ›", data=f"{Callback.FILTERS}:{name}:0") for name in packs
    ]
    turn_row = page.buttons(f"{Callback.FILTERS}:{topic or ''}")
    return "\n".join(lines), (*rows(shown, 3), *rows(by_topic, 2), *turn_row)


def _line(ctx: Context, each: Filter, with_topic: bool) -> str:
    about = f" {esc(words.topic(ctx.t, each.topic))}:" * with_topic
    labels = {FilterState.OFF: ctx.t("off"), FilterState.TRIAL: ctx.t("digest first")}
    off = f" ({labels[each.state]})" if each.state in labels else ""
    return f"{code(each.key)}{off}{about} {esc(each.expression, 140)}"


async def _show(ctx: Context, rest: str) -> None:
    each = await found(ctx, rest)
    if each is not None:
        await _shown(ctx, each)


async def _shown(ctx: Context, each: Filter) -> None:
    t = ctx.t
    lines = [_line(ctx, each, with_topic=True).partition(":")[0], code(each.expression, 2500)]
    query = _parsed(ctx, each)
    if query is not None:
        lines.append(t("Understood: {words}.", words=esc(cut(describe(query, t.lang), 800))))
    if each.version > 1:
        lines.append(t("Version {n}.", n=each.version))
    buttons = [
        Button(t("Off"), data=f"{Callback.FILTER}:off:{each.key}")
        if each.state in filters.AT_WORK
        else Button(t("On"), data=f"{Callback.FILTER}:on:{each.key}")
    ]
    if each.state is FilterState.TRIAL:
        buttons.insert(0, Button(t("Alert at once"), data=f"{Callback.FILTER}:on:{each.key}"))
    if each.origin is Origin.ADMIN:
        buttons.append(Button(t("Remove"), data=f"{Callback.FILTER}:remove:{each.key}"))
        buttons.append(Button(t("Change"), data=f"{Callback.FILTER}:edit:{each.key}"))
    if each.version > 1:
        buttons.append(Button(t("Versions"), data=f"{Callback.FILTER}:history:{each.key}"))
    await ctx.say_all(pages(lines), rows(buttons, 2))


# off, on, remove


async def _off(ctx: Context, rest: str) -> None:
    await _switch_words(ctx, rest, FilterState.OFF)


async def _on(ctx: Context, rest: str) -> None:
    await _switch_words(ctx, rest, FilterState.ACTIVE)


async def _remove(ctx: Context, rest: str) -> None:
    await _switch_words(ctx, rest, FilterState.REMOVED)


async def _switch_words(ctx: Context, rest: str, state: FilterState) -> None:
    each = await found(ctx, rest)
    if each is None:
        return
    if state is FilterState.ACTIVE or each.state is state:
        await ctx.say(await _switch(ctx, each, state))
    else:
        await _ask_end(ctx, each, state)


async def _ask_end(ctx: Context, each: Filter, state: FilterState) -> None:
    """Before a filter finds nothing any more: how much that was."""
    t, key = ctx.t, code(each.key)
    recipients = await _count_recipients(ctx, each)
    lost = t.n("{n} story a week", "{n} stories a week", recipients)
    if state is FilterState.REMOVED and each.origin is Origin.ADMIN:
        question, yes = t("Remove {key}? It found {lost}.", key=key, lost=lost), t("Remove")
    else:
        question, yes = t("Switch {key} off? It found {lost}.", key=key, lost=lost), t("Off")
    await ask(ctx, "filter.end", question, yes, key=each.key, state=str(state))


async def _count_recipients(ctx: Context, each: Filter) -> int:
    async with ctx.services.store.read() as conn:
        return await item_counts.count_stories_of_filter(conn, each.key, ctx.now - WEEK)


async def ended(ctx: Context, asked: Mapping[str, Any]) -> str:
    """Yes was pressed; what to say."""
    async with ctx.services.store.read() as conn:
        each = await filters.get(conn, str(asked["key"]))
    if each is None:
        return ctx.t("There is no filter “{key}”. /filter list shows them.", key=asked["key"])
    return await _switch(ctx, each, FilterState(asked["state"]))


async def _switch(ctx: Context, each: Filter, state: FilterState) -> str:
    """Does it, takes it up at once; what to say."""
    t, key = ctx.t, code(each.key)
    done = await commands.set_state(ctx.backend, ctx.call(), each.key, state)
    if isinstance(done, Refused):
        return t("There is no filter “{key}”. /filter list shows them.", key=esc(each.key, 60))
    state = done.state
    if state is FilterState.REMOVED:
        again = code(f"/filter add {each.topic} {each.expression}", 3000)
        return t("{key} is removed. To have it again: {again}", key=key, again=again)
    if state is FilterState.OFF:
        return t("{key} is off. {on} starts it again.", key=key, on=code(f"/filter on {each.key}"))
    return t("{key} is on.", key=key)


async def take_up(pipeline: Pipeline, jobs: Jobs, clock: Clock) -> None:
    """Match with what was changed from now on; recent items again, beside other work."""
    await pipeline.take_up_filters()
    jobs.start_beside("rematch", pipeline.rematch(clock.now()))


# buttons


async def pressed(ctx: Context, value: str) -> None:
    """Save, Digest first, Change, a reading, On, Off, Remove, Versions, Back to 2."""
    action, _, rest = value.partition(":")
    if action in ("on", "off", "remove"):
        await _switched_by_button(ctx, action, rest)
    elif action in ("save", "trial", "change"):
        await filter_saving.saved_or_changed(ctx, action, rest)
    elif action == "show":
        async with ctx.services.store.read() as conn:
            each = await filters.get(conn, rest) if rest else None
        if each is None or each.state is FilterState.REMOVED:
            await ctx.out_of_date()
            return
        await ctx.toast()
        await _shown(ctx, each)
    elif action == "edit":
        await ctx.toast()
        await filter_versions.edit(ctx, rest)
    elif action == "history":
        await ctx.toast()
        await filter_versions.history(ctx, rest)
    elif action == "back":
        await filter_versions.back(ctx, rest)
    elif action.isdecimal() and len(action) < 3:
        await filter_saving.reading_chosen(ctx, int(action), rest)
    else:
        await ctx.out_of_date()


async def _switched_by_button(ctx: Context, action: str, key: str) -> None:
    states = {
        "on": FilterState.ACTIVE,
        "off": FilterState.OFF,
        "remove": FilterState.REMOVED,
    }
    async with ctx.services.store.read() as conn:
        each = await filters.get(conn, key) if key else None
    if each is None or each.state is FilterState.REMOVED:
        await ctx.out_of_date()
        return
    await ctx.toast()
    if action == "on":
        await ctx.change(await _switch(ctx, each, states[action]))
    else:
        await _ask_end(ctx, each, states[action])


_COMMANDS: Mapping[str, Callable[[Context, str], Awaitable[None]]] = {
    "add": _add,
    "list": _list,
    "show": _show,
    "test": filter_tests.test,
    "backtest": backtests.of_filter,
    "edit": filter_versions.edit,
    "history": filter_versions.history,
    "revert": filter_versions.revert,
    "off": _off,
    "on": _on,
    "remove": _remove,
}
