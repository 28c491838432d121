"""A filter before it is saved: read, proved on a week, kept or changed by a button.

The same for a new filter and for another expression of one that is there.
"""

from __future__ import annotations

from bot.alerts import words
from bot.callbacks import Callback
from bot.chat.admin.proof import WEEK, proof
from bot.chat.context import Context
from bot.chat.subscriber.known_names import unknown_names
from bot.chat.text import Buttons, code, error_text, esc
from bot.commands import filters as commands
from bot.commands.calls import Refused
from bot.commands.filters import Same
from bot.model.rendered import Button
from bot.store import filters
from bot.store.filters import Filter, FilterState, Origin
from filters.query import Query, QueryError, parse

__all__ = [
    "ask_words",
    "consider",
    "found",
    "reading_chosen",
    "refuse_pack",
    "saved_or_changed",
    "typed",
]

_TYPED = "filter.words"


async def consider(
    ctx: Context, topic: str, expression: str, of: Filter | None = None, *, kept: bool = False
) -> None:
    """Read the expression; then prove it on the last week, beside other work.

    `of` is the filter that shall have it; without one it is a new filter. `kept`: it is one of
    its own versions, read as it was then.
    """
    query = await _read(ctx, topic, expression, of, kept=kept)
    if query is None:
        return
    groups = ctx.services.reader.groups
    async with ctx.services.store.read() as conn:
        existing = await filters.list_all(conn, filters.KEPT)
    same = commands.same_as(existing, topic, expression, groups)
    if same is not None and (of is None or same.id != of.id):
        await ctx.say(_exists(ctx, same))
    elif of is not None and expression == of.expression:
        await ctx.say(ctx.t("{key} looks for exactly that already.", key=code(of.key)))
    else:
        work = _offer(ctx, topic, expression, query, of)
        await ctx.start_job("filter.add" if of is None else "filter.edit", work)


async def saved_or_changed(ctx: Context, action: str, token: str) -> None:
    """Save, Digest first or Change was pressed under a proof."""
    asked = await ctx.take(token, "filter")
    if asked is None:
        await ctx.out_of_date()
        return
    await ctx.toast()
    topic, expression = str(asked["topic"]), str(asked["expression"])
    key, version = str(asked.get("key", "")), int(asked.get("version", 0))
    if action == "change":
        typed = f"/filter edit {key} {expression}" if key else f"/filter add {topic} {expression}"
        await ask_words(ctx, topic, key, typed)
    elif topic not in ctx.services.reader.topics:
        await ctx.out_of_date()
    elif key:
        await ctx.say(await _edited(ctx, key, expression, version), reply=True)
    else:
        await ctx.say(await _added(ctx, topic, expression, trial=action == "trial"), reply=True)


async def ask_words(ctx: Context, topic: str, key: str, command: str) -> None:
    """Have the next text be the expression; the command to copy does it too, also later."""
    shown = code(command, 3500)
    if ctx.place.private:
        await ctx.expect(_TYPED, {"topic": topic, "key": key})
        text = ctx.t("Send the new expression alone, or tap to copy, change, send: {command}")
    else:
        text = ctx.t("Tap to copy, change, send: {command}")
    await ctx.say(text.format(command=shown))


async def typed(ctx: Context, text: str) -> bool:
    """A text in private: the expression that Change asked for, if it did."""
    asked = await ctx.expected(_TYPED) if ctx.is_admin else None
    if asked is None or str(asked["topic"]) not in ctx.services.reader.topics:
        return False
    of: Filter | None = None
    if key := str(asked["key"]):
        of = await found(ctx, key)
        if of is None:
            return True  # which was said
    await consider(ctx, str(asked["topic"]), " ".join(text.split()), of)
    return True


async def reading_chosen(ctx: Context, number: int, token: str) -> None:
    """One of the readings of what may mean two things."""
    asked = await ctx.take(token, "readings")
    readings = list(asked["readings"]) if asked else []
    if asked is None or not 1 <= number <= len(readings):
        await ctx.out_of_date()
        return
    of: Filter | None = None
    if key := str(asked.get("key", "")):
        async with ctx.services.store.read() as conn:
            of = await filters.get(conn, key)
        if of is None or of.state is FilterState.REMOVED:
            await ctx.out_of_date()
            return
    await ctx.toast()
    await consider(ctx, str(asked["topic"]), str(readings[number - 1]), of)


async def found(ctx: Context, typed: str, example: str = "/filter show f12") -> Filter | None:
    """The filter of that key or number; tells when there is none."""
    name = typed.split(maxsplit=1)[0].lower() if typed.split() else ""
    key = f"f{name}" if name.isdecimal() else name
    async with ctx.services.store.read() as conn:
        each = await filters.get(conn, key) if key else None
    if each is None or each.state is FilterState.REMOVED:
        await ctx.say(
            ctx.t("There is no filter “{key}”. /filter list shows them.", key=esc(name, 60))
            if name
            else ctx.t("Which filter? As in {example}", example=code(example))
        )
        return None
    return each


async def _read(
    ctx: Context, topic: str, expression: str, of: Filter | None, *, kept: bool = False
) -> Query | None:
    """The expression understood, or its error told with the place and how to fix it."""
    try:
        query = parse(expression, ctx.services.reader.groups, kept=kept)
        if not kept and (unknown := await unknown_names(ctx, query)):
            await ctx.say(unknown)
            return None
        return query
    except QueryError as error:
        choices = list(error.readings) or ([error.mend] if error.mend else [])
        buttons: Buttons = ()
        if choices and topic:
            asked = {"topic": topic, "readings": choices, "key": of.key if of else ""}
            token = await ctx.draft("readings", asked)
            labels = (
                [str(n) for n in range(1, len(choices) + 1)]
                if len(choices) > 1
                else [ctx.t("Use that")]
            )
            buttons = (
                tuple(
                    Button(label, data=f"{Callback.FILTER}:{n}:{token}")
                    for n, label in enumerate(labels, start=1)
                ),
            )
        await ctx.say(error_text(error, expression, ctx.t.lang), buttons)
        return None


async def _offer(
    ctx: Context, topic: str, expression: str, query: Query, of: Filter | None
) -> None:
    """The proof, with Save and Change under it."""
    key = of.key if of is not None else ""
    body = await ctx.patiently(
        proof(ctx, topic, query, without=key, typed=expression), ctx.t("Reading the last 7 days…")
    )
    if of is not None:
        body[-1] += "\n" + await _before(ctx, of)
    kept = {"topic": topic, "expression": expression}
    if of is not None:
        kept |= {"key": key, "version": str(of.version)}
    token = await ctx.draft("filter", kept, hours=24)
    buttons: Buttons = (
        (
            Button(ctx.t("Save"), data=f"{Callback.FILTER}:save:{token}"),
            Button(ctx.t("Change"), data=f"{Callback.FILTER}:change:{token}"),
        ),
    )
    if of is None:  # a row of its own: three in one are cut on a phone
        buttons += ((Button(ctx.t("Digest first"), data=f"{Callback.FILTER}:trial:{token}"),),)
    await ctx.say_all(body, buttons)


async def _before(ctx: Context, of: Filter) -> str:
    """What the filter finds as it is now, to compare."""
    t, shown = ctx.t, code(of.expression, 500)
    try:
        query = parse(of.expression, ctx.services.reader.groups, kept=True)
    except QueryError:  # a word group it used is gone
        return t("Until now it finds nothing, it cannot be read: {expression}", expression=shown)
    old = await ctx.services.pipeline.backtest(query, None, ctx.now - WEEK, examples=0)
    return t(
        "{key} until now, {hits}: {expression}",
        key=code(of.key),
        hits=t.n("{n} hit", "{n} hits", old.hits),
        expression=shown,
    )


async def _added(ctx: Context, topic: str, expression: str, *, trial: bool) -> str:
    groups = ctx.services.reader.groups
    new = await commands.add(ctx.backend, ctx.call(), topic, expression, groups, trial=trial)
    if isinstance(new, Same):
        return _exists(ctx, new.filter)
    if trial:
        return ctx.t(
            "Saved as {key} under {topic}. What it finds is called possible: it comes in digests"
            " and in /review. {on} alerts at once.",
            key=code(new.key),
            topic=esc(words.topic(ctx.t, topic)),
            on=code(f"/filter on {new.key}"),
        )
    return ctx.t(
        "Saved as {key} under {topic}. What came in the last 24 hours is read again too."
        " {off} stops it.",
        key=code(new.key),
        topic=esc(words.topic(ctx.t, topic)),
        off=code(f"/filter off {new.key}"),
    )


async def _edited(ctx: Context, key: str, expression: str, version: int) -> str:
    """Saves the new version; what to say, also when somebody else was quicker."""
    t, groups = ctx.t, ctx.services.reader.groups
    new = await commands.edit(
        ctx.backend, ctx.call(), key, expression, version=version, groups=groups
    )
    if isinstance(new, Same):
        return _exists(ctx, new.filter)
    if new is Refused.CHANGED:
        async with ctx.services.store.read() as conn:
            there = await filters.get(conn, key)
        return t(
            "Not saved: somebody changed {key} meanwhile. It is now {expression}\n"
            "To have yours all the same, send {again}",
            key=code(key),
            expression=code(there.expression if there else "", 1000),
            again=code(f"/filter edit {key} {expression}", 1500),
        )
    if isinstance(new, Refused):
        return t("There is no filter “{key}”. /filter list shows them.", key=esc(key, 60))
    return t(
        "{key} is changed: version {n}. What came in the last 24 hours is read again too."
        " {revert} takes it back.",
        key=code(key),
        n=new.version,
        revert=code(f"/filter revert {key}"),
    )


def _exists(ctx: Context, same: Filter) -> str:
    key = code(same.key)
    if same.state is FilterState.OFF:
        return ctx.t("That filter exists: {key}. /filter on {key} starts it again.", key=key)
    return ctx.t("That filter exists: {key}.", key=key)


def refuse_pack(ctx: Context, each: Filter) -> str | None:
    """Why the filter cannot be edited, if it cannot: it comes with Vigil."""
    if each.origin is not Origin.PACK:
        return None
    return ctx.t(
        "{key} is built in and comes back with each release. Switch it off and add your own:"
        " {off}, then {add}",
        key=code(each.key),
        off=code(f"/filter off {each.key}"),
        add=code(f"/filter add {each.topic} {each.expression}", 2500),
    )
