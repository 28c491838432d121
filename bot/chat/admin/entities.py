"""/entity: names added, edited and removed, each with its forms and a week's mentions."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.chat.admin import entity_changes, entity_pages
from bot.chat.admin.entity_proposals import (
    Proposal,
    ask_which,
    change_guard,
    choose_place,
    offer,
    save,
    take_guard,
)
from bot.chat.confirmation import ask
from bot.chat.context import Context
from bot.chat.text import code, esc, pages
from bot.commands import entities as commands
from bot.commands.calls import Refused
from bot.i18n import Translator
from bot.store import entities, filters
from filters.entities.propose import EntityError, read, written
from filters.places import look_up

__all__ = ["entity", "pressed", "removed"]

_CHOICES = 5


async def entity(ctx: Context) -> None:
    """`/entity …`."""
    word, rest = [*ctx.args.split(maxsplit=1), "", ""][:2]
    run = _COMMANDS.get(word.lower())
    if run is None:
        await ctx.say(_usage(ctx.t))
        return
    await run(ctx, rest.strip())


def _usage(t: Translator) -> str:
    return "\n".join(
        [
            t(
                "{command} and a name: shows its forms and a week's mentions, saves on a button",
                command="/entity add person",
            ),
            t(
                "Kinds: person, org, place, unit. Other spellings follow behind commas. The"
                " language may be said: {names}. Guards: {near} and words of which one stands in"
                " the same text, {stop} and words right beside which it is something else;"
                " {famous}: the surname alone counts.",
                names=code("ru:Имя uk:Ім’я en:Name"),
                near=code("near:"),
                stop=code("not:"),
                famous=code("famous:yes"),
            ),
            t(
                "{command}: as it was typed, to change; with names behind: the new ones",
                command="/entity edit person:petrova",
            ),
            t(
                "{command}: those added here; with a text: all that hold it",
                command="/entity list",
            ),
            t("{command}: its names, and a week's mentions", command="/entity show person:chikov"),
            t(
                "{command} and a text, or as a reply to a message: whom and what it names",
                command="/entity test",
            ),
            t("{command}: one name more", command="/entity alias person:petrova …"),
            t("{command}: its forms, to drop or add", command="/entity forms person:petrova"),
            t("{command}: stop it, start it", command="/entity off …, /entity on …"),
            t("{command}: for good", command="/entity remove person:petrova"),
            t("{command}: all added here as a file", command="/entity export"),
        ]
    )


async def _add(ctx: Context, rest: str) -> None:
    if not rest:
        await ctx.say(_usage(ctx.t))
        return
    try:
        wish = read(rest)
    except EntityError as error:
        await ctx.say(esc(error.message(ctx.t.lang)))
        return
    if wish.slug and await entity_pages.stored(ctx, f"{wish.kind}:{wish.slug}"):
        await ctx.start_job(
            "entity.add", offer(ctx, Proposal(rest, own=f"{wish.kind}:{wish.slug}"))
        )
        return
    places = await asyncio.to_thread(look_up, wish.first, _CHOICES) if wish.kind == "place" else []
    if places:
        await ask_which(ctx, rest, places)
        return
    await ctx.start_job("entity.add", offer(ctx, Proposal(rest)))


async def _edit(ctx: Context, rest: str) -> None:
    t = ctx.t
    each = await entity_pages.named(ctx, rest, "/entity edit person:petrova")
    if each is None:
        return
    stored = await entity_pages.stored(ctx, each.id)
    if stored is None:
        await ctx.say(t("{id} is built in and stays.", id=code(each.id)))
        return
    typed = " ".join(rest.split())
    if len(typed.split()) == 1:
        await ctx.say(
            t(
                "Copy, change and send: what stands in it replaces what was. {line}",
                line=code(f"/entity edit {written(stored.definition)}"),
            )
        )
        return
    await ctx.start_job("entity.add", offer(ctx, Proposal(typed, own=each.id)))


async def _alias(ctx: Context, rest: str) -> None:
    """`/entity alias person:petrova Анюта Петрова`: one name more, with proof."""
    own = await _own(ctx, rest, "/entity alias person:petrova Анюта Петрова")
    if own is None:
        return
    more = " ".join(rest.split()[1:])
    if not more:
        example = code("/entity alias person:petrova Анюта Петрова")
        await ctx.say(ctx.t("Which one? As in {example}", example=example))
        return
    id_, _, names = written(own.definition).partition(" ")
    await ctx.start_job("entity.add", offer(ctx, Proposal(f"{id_} {more} {names}", own=own.id)))


async def _own(ctx: Context, rest: str, example: str) -> entities.StoredEntity | None:
    """One that was added here, on or off; tells when it is none."""
    name = rest.split(maxsplit=1)[0].lower() if rest.split() else ""
    stored = await entity_pages.stored(ctx, name) if name else None
    if stored is None and (each := await entity_pages.named(ctx, rest, example)) is not None:
        await ctx.say(ctx.t("{id} is built in and stays.", id=code(each.id)))
    return stored


async def _forms(ctx: Context, rest: str) -> None:
    if own := await _own(ctx, rest, "/entity forms person:petrova"):
        await entity_changes.forms(ctx, own)


async def _off(ctx: Context, rest: str) -> None:
    if own := await _own(ctx, rest, "/entity off person:petrova"):
        await entity_changes.switch(ctx, own, on=False)


async def _on(ctx: Context, rest: str) -> None:
    if own := await _own(ctx, rest, "/entity on person:petrova"):
        await entity_changes.switch(ctx, own, on=True)


async def _remove(ctx: Context, rest: str) -> None:
    t = ctx.t
    each = await entity_pages.named(ctx, rest, "/entity remove person:petrova")
    if each is None:
        return
    if await entity_pages.stored(ctx, each.id) is None:
        await ctx.say(t("{id} is built in and stays.", id=code(each.id)))
        return
    lines = [t("Remove {id}?", id=code(each.id)), *await _filters_that_name(ctx, each.id)]
    await ask(ctx, "entity.remove", pages(lines)[0], t("Remove"), id=each.id)


async def removed(ctx: Context, asked: Mapping[str, Any]) -> str:
    """Yes was pressed; what to say."""
    t, id_ = ctx.t, str(asked["id"])
    if await commands.remove(ctx.backend, ctx.call(), id_) is Refused.MISSING:
        return t("Nothing is known as “{id}”. /entity list finds it.", id=esc(id_, 60))
    lines = [t("{id} is removed.", id=code(id_)), *await _filters_that_name(ctx, id_)]
    return pages(lines)[0]


async def _filters_that_name(ctx: Context, id_: str) -> list[str]:
    """Which filters name it."""
    async with ctx.services.store.read() as conn:
        left = await filters.list_all(conn, filters.KEPT)
    asked = re.compile(rf"(?<![\w:-]){re.escape(id_)}(?![\w:/-])", re.IGNORECASE)
    naming = [code(f.key) for f in left if asked.search(f.expression)]
    if not naming:
        return []
    return [ctx.t("Filters that still name it: {keys}.", keys=", ".join(naming))]


async def pressed(ctx: Context, value: str) -> None:
    """Save, or which place is meant."""
    action, _, token = value.partition(":")
    if action == "save":
        await save(ctx, token)
    elif action == "forms":
        await entity_changes.turn(ctx, token)
    elif action in ("drop", "more"):
        await entity_changes.form_pressed(ctx, action, token)
    elif action == "show":
        each = await entity_pages.of_id(ctx, token)
        if each is None:
            await ctx.out_of_date()
            return
        await ctx.toast()
        await ctx.start_job("entity.show", entity_pages.shown(ctx, each))
    elif action in ("famous", "guard"):
        await change_guard(ctx, action, token)
    elif action in ("any", "army", "there"):
        await take_guard(ctx, action, token)
    elif action.isdecimal() and len(action) == 1:
        await choose_place(ctx, int(action), token)
    else:
        await ctx.out_of_date()


_COMMANDS: Mapping[str, Callable[[Context, str], Awaitable[None]]] = {
    "add": _add,
    "edit": _edit,
    "list": entity_pages.list_,
    "show": entity_pages.show,
    "test": entity_pages.test,
    "remove": _remove,
    "alias": _alias,
    "forms": _forms,
    "off": _off,
    "on": _on,
    "export": entity_changes.export,
}
