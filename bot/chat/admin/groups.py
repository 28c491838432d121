"""/group: lists of words that filters use as @name; those of the packs are only shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from bot.chat.confirmation import ask
from bot.chat.context import Context
from bot.chat.meanings import say_error
from bot.chat.text import code, cut, esc, pages
from bot.commands import groups as commands
from bot.commands.calls import Refused
from bot.commands.groups import Broken, Used
from bot.i18n import Translator
from bot.store import groups

__all__ = ["group", "removed"]

_EXAMPLE: Final = "/group add garrison комендатур*, гауптвахт*"
_LINE: Final = 100
_WORDS: Final = 3_000
_KEYS: Final = 20


async def group(ctx: Context) -> None:
    """`/group …`."""
    word, rest = [*ctx.args.split(maxsplit=1), "", ""][:2]
    run = _COMMANDS.get(word.lower())
    if run is None:
        await ctx.say(_usage(ctx.t))
    else:
        await run(ctx, rest.strip())


def _usage(t: Translator) -> str:
    return "\n".join(
        [
            t(
                "A word group is a list of words; filters name it, as {example}",
                example="@music",
            ),
            t("{command}: a new one", command=_EXAMPLE),
            t("{command}: other words for it", command="/group edit garrison …"),
            t("{command}: its words, and which filters use it", command="/group show garrison"),
            t("{command}: all, also those built in", command="/group list"),
            t("{command}: when no filter uses it", command="/group remove garrison"),
        ]
    )


async def _add(ctx: Context, rest: str) -> None:
    await _put(ctx, rest, new=True)


async def _edit(ctx: Context, rest: str) -> None:
    name, words = _split(rest)
    async with ctx.services.store.read() as conn:
        own = await groups.all_words(conn)
    if name in own and not words:
        typed = code(f"/group edit {name} {own[name]}", _WORDS)
        await ctx.say(ctx.t("Tap to copy, change, send: {command}", command=typed))
    else:
        await _put(ctx, rest, new=False)


async def _put(ctx: Context, rest: str, *, new: bool) -> None:
    t, (name, words) = ctx.t, _split(rest)
    if not name or not words:
        await ctx.say(t("A name and words, as in {example}", example=code(_EXAMPLE)))
        return
    if not commands.is_name(name):
        await ctx.say(
            t("A name has letters, digits and - only, at most 40: {name}", name=esc(name))
        )
        return
    if error := commands.fault_of(name, words, ctx.services.reader.groups):
        await say_error(ctx, error, words)
        return
    packs = ctx.services.reader.given_groups
    done = await commands.put(ctx.backend, ctx.call(), name, words, packs, new=new)
    shown = code(f"@{name}")
    if isinstance(done, Broken):
        why = esc(done.error.message(t.lang), 400)
        await ctx.say(
            t(
                "Not saved: {filter} could not be read any more. {why}",
                filter=code(done.key),
                why=why,
            )
        )
    elif isinstance(done, Refused):
        await ctx.say(_refused(t, done, name, built_in=name in packs))
    elif new:
        example = code(f"/filter add desertion @{name}")
        await ctx.say(
            t("Saved. Filters may use {name} now, as in {example}", name=shown, example=example)
        )
    else:
        before = t("Until now: {words}. /undo", words=code(done.before, _WORDS))
        await ctx.say("\n".join([t("{name} is changed.", name=shown), before, *_users(t, done)]))


def _refused(t: Translator, why: Refused, name: str, *, built_in: bool) -> str:
    shown = code(f"@{name}")
    if why is Refused.SAME:
        return t("{name} has exactly these words already.", name=shown)
    if why is Refused.TAKEN and built_in:
        return t(
            "{name} is built in: choose another name. {show} shows its words.",
            name=shown,
            show=code(f"/group show {name}"),
        )
    if why is Refused.TAKEN:
        return t(
            "{name} exists already. {edit} changes it.",
            name=shown,
            edit=code(f"/group edit {name}"),
        )
    return t("There is no word group {name} of your own. /group list shows them.", name=shown)


async def _show(ctx: Context, rest: str) -> None:
    t, (name, _) = ctx.t, _split(rest)
    async with ctx.services.store.read() as conn:
        own = await groups.all_words(conn)
        used = await commands.users_of(conn, name)
    words = own.get(name) or ctx.services.reader.given_groups.get(name)
    if words is None:
        await ctx.say(
            t(
                "There is no word group {name}. /group list shows them.",
                name=code(f"@{cut(name, 40)}"),
            )
        )
        return
    built_in = "" if name in own else f" ({t('built in')})"
    lines = [f"{code(f'@{name}')}{built_in}", code(" ".join(words.split()), _WORDS)]
    await ctx.say_all(pages([*lines, *_users(t, used)]))


async def _list(ctx: Context, _: str) -> None:
    t = ctx.t
    async with ctx.services.store.read() as conn:
        own = await groups.all_words(conn)
    lines = [f"{code(f'@{name}')} {esc(words, _LINE)}" for name, words in own.items()]
    if not own:
        lines.append(t("There are none of your own yet: {example}", example=code(_EXAMPLE)))
    built_in = [f"@{name}" for name in sorted(ctx.services.reader.given_groups) if name not in own]
    lines += ["", t("Built in: {names}", names=esc(", ".join(built_in)))]
    await ctx.say_all(pages(lines))


async def _remove(ctx: Context, rest: str) -> None:
    t, (name, _) = ctx.t, _split(rest)
    async with ctx.services.store.read() as conn:
        there = name in await groups.all_words(conn)
        used = await commands.users_of(conn, name)
    if not there:
        await ctx.say(_refused(t, Refused.MISSING, name, built_in=False))
    elif used:
        await ctx.say(_in_use(t, name, used))
    else:
        question = t("Remove {name}? No filter uses it.", name=code(f"@{name}"))
        await ask(ctx, "group.remove", question, t("Remove"), name=name)


async def removed(ctx: Context, asked: Mapping[str, Any]) -> str:
    """Yes was pressed; what to say."""
    t, name = ctx.t, str(asked["name"])
    done = await commands.remove(ctx.backend, ctx.call(), name)
    if isinstance(done, Refused):
        return _refused(t, done, name, built_in=False)
    if done:
        return _in_use(t, name, done)
    return t("{name} is removed. {undo} brings it back.", name=code(f"@{name}"), undo="/undo")


def _in_use(t: Translator, name: str, used: Used) -> str:
    head = t("{name} stays: it is in use. Change what uses it first.", name=code(f"@{name}"))
    return "\n".join([head, *_users(t, used)])


def _users(t: Translator, used: Used) -> list[str]:
    lines = []
    if used.filters:
        keys = ", ".join(code(key) for key in used.filters[:_KEYS])
        more = len(used.filters) - _KEYS
        keys += f" {t('and {n} more', n=more)}" if more > 0 else ""
        lines.append(t("Filters that use it: {keys}", keys=keys))
    if used.groups:
        lines.append(
            t("Groups that hold it: {names}", names=", ".join(f"@{n}" for n in used.groups))
        )
    if used.private:
        lines.append(
            t.n(
                "{n} subscription or own word of a chat uses it.",
                "{n} subscriptions or own words of chats use it.",
                used.private,
            )
        )
    return lines


def _split(rest: str) -> tuple[str, str]:
    """The name, without @ and in small letters, and the words on one line."""
    name, _, words = rest.replace("\n", " ").partition(" ")
    return name.lstrip("@").lower(), " ".join(words.split())


_COMMANDS: Mapping[str, Callable[[Context, str], Awaitable[None]]] = {
    "add": _add,
    "edit": _edit,
    "show": _show,
    "list": _list,
    "remove": _remove,
}
