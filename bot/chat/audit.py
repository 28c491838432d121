"""/audit and /undo: what was done here, by whom, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping

from bot.callbacks import Callback
from bot.chat import menu
from bot.chat.admin.audit import deed, who
from bot.chat.context import Context
from bot.chat.text import Buttons, code, is_number
from bot.commands import undo as commands
from bot.commands.calls import Refused
from bot.commands.undo import Blocked, Undone
from bot.i18n import Translator, msg
from bot.model import Role
from bot.model.rendered import Button
from bot.store import audit as rows
from bot.store import people
from bot.store.audit import Entry
from bot.store.connection import Connection

__all__ = ["audit", "pressed", "undo"]

_PAGE = 12
_ALL, _HERE = "a", "h"  # of the installation, of this chat
_REFUSED: Mapping[Refused, str] = {
    Refused.MISSING: msg("There is nothing to undo."),
    Refused.SAME: msg("That was undone already."),
    Refused.IMPOSSIBLE: msg("That cannot be undone."),
    Refused.THEIRS: msg("Somebody else did that: a root admin can undo it."),
}

_LAST = ("last", "последнее", "останнє")


async def audit(ctx: Context) -> None:
    """`/audit`: of admins, what was done to the installation; `/audit here`: in this chat."""
    here = ctx.args.lower() in ("here", "здесь", "тут") or not _sees_all(ctx)
    await ctx.say(*await _page(ctx, _HERE if here else _ALL, None))


async def undo(ctx: Context) -> None:
    """`/undo`: your last change, or this chat's; `/undo 12`: the one of that number in /audit.

    A menu sends it bare: then it asks. `/undo last` does not.
    """
    typed = ctx.args.strip("#№ ")
    last = typed.lower() in _LAST
    typed = "" if last else typed
    if typed and not is_number(typed):
        await ctx.say(ctx.t("Write /undo, or /undo and a number from /audit."))
        return
    number = int(typed) if typed else None
    async with ctx.services.store.read() as conn:
        of_chat = await _is_of_chat(ctx, conn, number)
        at_once = number is not None or last or ctx.elsewhere is not None  # nothing of a menu
        entry = None if at_once else await _newest(ctx, conn, of_chat=of_chat)
    if entry is None:
        await ctx.say(await _undo(ctx, number, of_chat=of_chat))
        return
    t, scope = ctx.t, _HERE if of_chat else _ALL
    yes = Button(t("Undo"), data=f"{Callback.AUDIT}:u:{scope}:{entry.id}")
    no = Button(t("Keep"), data=f"{Callback.AUDIT}:k:{scope}:0")
    await ctx.say(t("Take back: {deed}?", deed=deed(t, entry)), ((yes, no),))


async def _newest(ctx: Context, conn: Connection, *, of_chat: bool) -> Entry | None:
    """What a bare /undo takes back, if there is anything."""
    if of_chat:
        return None if ctx.chat is None else await rows.newest(conn, ctx.chat.id)
    me = await rows.pseudonym(conn, ctx.user_id)
    return await rows.newest(conn, None, me) if me else None


async def pressed(ctx: Context, value: str) -> None:
    """`p:<scope>:<before>` turns to older rows; `u:<scope>:<number>` undoes one; `k:` keeps it."""
    action, _, rest = value.partition(":")
    scope, _, number = rest.partition(":")
    known = scope == _HERE or (scope == _ALL and _sees_all(ctx))
    if not known or not is_number(number):
        await ctx.out_of_date()
    elif action == "p":
        await ctx.toast()
        await ctx.change(*await _page(ctx, scope, int(number) or None))
    elif action == "k":
        await ctx.toast()
        await ctx.change(ctx.t("Kept. Nothing was changed."))
    elif action == "u":
        await ctx.toast()
        await ctx.say(await _undo(ctx, int(number), of_chat=scope == _HERE))
    else:
        await ctx.out_of_date()


def _sees_all(ctx: Context) -> bool:
    in_place = ctx.place.private or ctx.place.chat_id == ctx.services.admin_chat
    return ctx.is_admin and in_place


async def _is_of_chat(ctx: Context, conn: Connection, number: int | None) -> bool:
    """Whether the change that is meant is one of this chat alone."""
    if ctx.chat is None or not _sees_all(ctx):
        return not _sees_all(ctx)
    if number is not None:
        entry = await rows.get(conn, number)
        return entry is not None and entry.chat_id == ctx.chat.id
    me = await rows.pseudonym(conn, ctx.user_id)
    mine = await rows.newest(conn, None, me) if me else None
    here = await rows.newest(conn, ctx.chat.id)
    return here is not None and (mine is None or here.id > mine.id)


async def _undo(ctx: Context, number: int | None, *, of_chat: bool) -> str:
    t = ctx.t
    admins = await _admins(ctx)
    done = await commands.undo(ctx.backend, ctx.call(), number, of_chat=of_chat)
    if isinstance(done, Undone):
        for user_id in admins - await _admins(ctx):  # their menu names what they may no longer do
            await menu.show(ctx.services.client, user_id, Role.STRANGER, t)
        return t("Undone: {deed}.", deed=deed(t, done.entry))
    if isinstance(done, Blocked):
        return t(
            "It was changed again since: {deed}. First {undo}.",
            deed=deed(t, done.later),
            undo=code(f"/undo {done.later.id}"),
        )
    return t(_REFUSED.get(done, _REFUSED[Refused.IMPOSSIBLE]))


async def _admins(ctx: Context) -> set[int]:
    async with ctx.services.store.read() as conn:
        return {each.telegram_id for each in await people.list_people(conn, Role.ADMIN)}


async def _page(ctx: Context, scope: str, before: int | None) -> tuple[str, Buttons]:
    t = ctx.t
    chat_id = None if scope == _ALL or ctx.chat is None else ctx.chat.id
    async with ctx.services.store.read() as conn:
        found: list[Entry] = []
        if scope == _ALL or chat_id is not None:
            found = await rows.page(conn, _PAGE + 1, before, chat_id)
        names = await _names(ctx, conn)
    shown, older = found[:_PAGE], len(found) > _PAGE
    if not shown:
        return t("Nothing was changed yet."), ()
    lines = [_line(ctx, each, names) for each in shown]
    undoable = [each for each in shown if _may_undo(ctx, each, names)][:4]
    buttons = [
        Button(t("Undo {n}", n=each.id), data=f"{Callback.AUDIT}:u:{scope}:{each.id}")
        for each in undoable
    ]
    if older:
        last = shown[-1].id
        buttons.append(Button(t("Older ›"), data=f"{Callback.AUDIT}:p:{scope}:{last}"))
    return "\n".join(lines), (tuple(buttons[:2]), tuple(buttons[2:])) if buttons else ()


def _line(ctx: Context, entry: Entry, names: Mapping[str, str]) -> str:
    t = ctx.t
    when = t.time(entry.at, ctx.tz, ctx.now)
    by = names.get(entry.actor) or who(t, entry)
    line = f"{entry.id} · {when} · {by}: {deed(t, entry)}"
    return f"<s>{line}</s>" if entry.undone_by is not None else line


def _may_undo(ctx: Context, entry: Entry, names: Mapping[str, str]) -> bool:
    if entry.inverse is None or entry.undone_by is not None:
        return False
    mine = names.get(entry.actor) == _you(ctx.t)
    return entry.chat_id is not None or mine or ctx.role is Role.ROOT


async def _names(ctx: Context, conn: Connection) -> dict[str, str]:
    """By pseudonym: "you", and the numbers of those who are admins now, for admins in private."""
    found: dict[str, str] = {}
    if _sees_all(ctx):
        numbers = [*ctx.services.roots]
        numbers += [p.telegram_id for p in await people.list_people(conn, Role.ROOT)]
        numbers += [p.telegram_id for p in await people.list_people(conn, Role.ADMIN)]
        found = {await rows.pseudonym(conn, each): code(str(each)) for each in numbers}
    found[await rows.pseudonym(conn, ctx.user_id)] = _you(ctx.t)
    found.pop("", None)
    return found


def _you(t: Translator) -> str:
    return t("you")
