"""/filter edit, history, revert: another expression for a filter, and the way back."""

from __future__ import annotations

from bot.callbacks import Callback
from bot.chat.admin.filter_saving import ask_words, consider, found, refuse_pack
from bot.chat.context import Context
from bot.chat.text import Buttons, code, pages, rows
from bot.model.rendered import Button
from bot.store import audit, filters
from bot.store.filters import Filter, FilterState, FilterVersion

__all__ = ["back", "edit", "history", "revert"]

_SHOWN = 10  # versions; older ones are reverted to by number
_LETTERS = 700


async def edit(ctx: Context, rest: str) -> None:
    """`/filter edit f12 <expression>`; without one the expression is given to copy."""
    each = await _editable(ctx, rest, "/filter edit f12 самовольн*")
    if each is None:
        return
    expression = " ".join(rest.split()[1:])
    if expression:
        await consider(ctx, each.topic, expression, each)
    else:
        typed = f"/filter edit {each.key} {each.expression}"
        await ask_words(ctx, each.topic, each.key, typed)


async def history(ctx: Context, rest: str) -> None:
    """`/filter history f12`: what it was, newest first, each with a button that goes back."""
    each = await found(ctx, rest, "/filter history f12")
    if each is not None:
        await ctx.say_all(*await _versions(ctx, each))


async def revert(ctx: Context, rest: str) -> None:
    """`/filter revert f12`: to the version before; `/filter revert f12 3`: to the third."""
    each = await _editable(ctx, rest, "/filter revert f12")
    if each is None:
        return
    typed = rest.split()[1:]
    number = typed[0] if typed else str(each.version - 1)
    if typed and not (number.isascii() and number.isdecimal() and len(number) < 9):
        await ctx.say(ctx.t("Which version? As in {example}", example=code("/filter revert f12 2")))
    elif each.version == 1:
        await ctx.say(ctx.t("{key} was never changed.", key=code(each.key)))
    else:
        await _propose(ctx, each, int(number))


async def back(ctx: Context, value: str) -> None:
    """`<key>:<version>`: a button of the history."""
    key, _, number = value.rpartition(":")
    async with ctx.services.store.read() as conn:
        each = await filters.get(conn, key) if key else None
    plain = number.isascii() and number.isdecimal() and len(number) < 9
    if each is None or each.state is FilterState.REMOVED or not plain:
        await ctx.out_of_date()
    elif (why := refuse_pack(ctx, each)) is not None:
        await ctx.toast()
        await ctx.say(why)
    else:
        await ctx.toast()
        await _propose(ctx, each, int(number))


async def _propose(ctx: Context, each: Filter, number: int) -> None:
    """An older version, proved before it is saved as a new one."""
    async with ctx.services.store.read() as conn:
        versions = await filters.list_versions(conn, each.id)
    wanted = next((old for old in versions if old.version == number), None)
    if wanted is None:
        await ctx.say(
            ctx.t(
                "{key} has versions 1 to {n}. {history} shows them.",
                key=code(each.key),
                n=each.version,
                history=code(f"/filter history {each.key}"),
            )
        )
    else:
        await consider(ctx, each.topic, wanted.expression, each, kept=True)


async def _editable(ctx: Context, rest: str, example: str) -> Filter | None:
    """The filter meant; tells when there is none, or when it is a pack's."""
    each = await found(ctx, rest, example)
    if each is not None and (why := refuse_pack(ctx, each)) is not None:
        await ctx.say(why)
        return None
    return each


async def _versions(ctx: Context, each: Filter) -> tuple[list[str], Buttons]:
    t = ctx.t
    async with ctx.services.store.read() as conn:
        versions = await filters.list_versions(conn, each.id)
        by = {old.by: await audit.pseudonym(conn, old.by) for old in versions if old.by is not None}
    lines = [f"<b>{t('Versions of {key}', key=code(each.key))}</b>"]
    lines += [_line(ctx, each, old, by.get(old.by or 0, "")) for old in versions[:_SHOWN]]
    if len(versions) > _SHOWN:
        lines.append(t("and {n} more", n=len(versions) - _SHOWN))
    if refuse_pack(ctx, each) is not None:
        return pages(lines), ()
    buttons = [
        Button(
            t("Back to {n}", n=old.version), data=f"{Callback.FILTER}:back:{each.key}:{old.version}"
        )
        for old in versions[1:_SHOWN]
        if old.expression != each.expression
    ]
    return pages(lines), rows(buttons[:6], 3)


def _line(ctx: Context, each: Filter, old: FilterVersion, by: str) -> str:
    t = ctx.t
    who = t("you") if old.by == ctx.user_id else by
    about = [f"<b>{old.version}</b>", t.time(old.at, ctx.tz, ctx.now), *([who] if who else [])]
    if old.version == each.version:
        about.append(t("now"))
    return f"{' · '.join(about)}\n{code(old.expression, _LETTERS)}"
