"""/entity forms, off, on, export: single forms of a name that was added, and whether it counts."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from bot.callbacks import Callback
from bot.chat.context import Context
from bot.chat.paging import page_of, turn_to
from bot.chat.subscriber.known_names import off_line
from bot.chat.text import Buttons, code, cut, esc, rows
from bot.commands import config_plan
from bot.commands import entities as commands
from bot.commands.calls import Refused
from bot.commands.config_file import write
from bot.commands.config_rows import Configuration
from bot.commands.entities import Compiled
from bot.model.rendered import Button
from bot.store import entities
from bot.store.entities import StoredEntity
from filters.entities.build import compile_entity
from filters.entities.forms import flatten

__all__ = ["export", "form_pressed", "forms", "switch", "turn", "typed"]

_KIND: Final = "entity.form"
_TYPED: Final = "entity.form.typed"
_MOST: Final = 24  # forms on a page
_MOST_BYTES: Final = 64  # that a button holds
_HOURS: Final = 24.0


async def forms(ctx: Context, each: StoredEntity) -> None:
    """`/entity forms person:petrova`: each form, dropped by a button; Add takes another."""
    await ctx.say(*await _page(ctx, each))


async def turn(ctx: Context, value: str) -> None:
    """`<page>:<id>`: more of its forms."""
    number, _, id_ = value.partition(":")
    each = await _stored(ctx, id_)
    if each is None:
        await ctx.out_of_date()
        return
    await turn_to(ctx, number, lambda ctx, number: _page(ctx, each, number))


async def _page(ctx: Context, each: StoredEntity, number: int = 0) -> tuple[str, Buttons]:
    t = ctx.t
    found = sorted({form for key in ("strong", "weak") for form in each.forms.get(key, ())})
    lines = [f"<b>{code(each.id)}</b>", t.n("{n} form", "{n} forms", len(found))]
    lines.append(f"<blockquote expandable>{esc(cut(', '.join(found), 2_500))}</blockquote>")
    if dropped := each.definition.get("drop"):
        lines.append(t("Dropped: {words}", words=esc(", ".join(dropped), 500)))
    lines.append(t("A tap drops a form; /undo brings it back."))
    buttons = []
    page = page_of(found, number, _MOST)
    for form in page.items:
        asked = {"id": each.id, "form": form}
        token = await ctx.draft(_KIND, asked, _HOURS)
        buttons.append(Button(f"✕ {cut(form, 24)}", data=f"{Callback.ENTITY}:drop:{token}"))
    token = await ctx.draft(_KIND, {"id": each.id, "form": ""}, _HOURS)
    add = Button(t("Add a form…"), data=f"{Callback.ENTITY}:more:{token}")
    turn_row = page.buttons(f"{Callback.ENTITY}:forms", f":{each.id}")
    if any(len(b.data.encode()) > _MOST_BYTES for row in turn_row for b in row):
        turn_row = ()
    return "\n".join(lines), (*rows(buttons, 2), *turn_row, (add,))


async def form_pressed(ctx: Context, action: str, token: str) -> None:
    """`drop` a form, or ask for one `more`."""
    asked = await ctx.take(token, _KIND)
    each = None if asked is None else await _stored(ctx, str(asked["id"]))
    if asked is None or each is None:
        await ctx.out_of_date()
        return
    await ctx.toast()
    if action == "more":
        await ctx.expect(_TYPED, {"id": each.id})
        await ctx.say(ctx.t("Write the form, as texts have it: one message each."))
        return
    dropped = [*each.definition.get("drop", ()), str(asked["form"])]
    await _put(ctx, {**each.definition, "drop": list(dict.fromkeys(dropped))})


async def typed(ctx: Context, text: str) -> bool:
    """A text in private: the form that Add asked for, if it did."""
    asked = await ctx.expected(_TYPED) if ctx.is_admin else None
    each = None if asked is None else await _stored(ctx, str(asked["id"]))
    form = " ".join(text.split())
    if each is None or len(flatten(form).replace(" ", "")) < 3 or len(form) > 80:
        return False
    await _put(ctx, {**each.definition, "also": [*each.definition.get("also", ()), form]})
    return True


async def _put(ctx: Context, row: Mapping[str, Any]) -> None:
    compiled = Compiled(row, await asyncio.to_thread(compile_entity, row))
    if not any(compiled.forms.get(key) for key in ("strong", "weak")) and not row.get("acronyms"):
        await ctx.say(ctx.t("That is its last form: /entity off or remove ends it."))
        return
    done = await commands.replace(ctx.backend, ctx.call(), compiled)
    each = None if isinstance(done, Refused) else await _stored(ctx, compiled.id)
    if each is None:
        await ctx.say(ctx.t("{id} is removed.", id=code(compiled.id)))
        return
    body, buttons = await _page(ctx, each)
    await ctx.say(f"{body}\n/undo", buttons)


async def switch(ctx: Context, each: StoredEntity, *, on: bool) -> None:
    """`/entity off …`, `/entity on …`: whether texts are searched for it; it stays known here."""
    row = {key: value for key, value in each.definition.items() if key != "off"}
    if not on:
        row["off"] = True
    shown = code(each.id)
    if row == each.definition:
        await ctx.say(ctx.t("{id}: it is so already.", id=shown))
        return
    await commands.replace(ctx.backend, ctx.call(), Compiled(row, each.forms))
    text = ctx.t("{id} counts again.", id=shown) if on else off_line(ctx.t, each.id)
    await ctx.say(f"{text} /undo")


async def export(ctx: Context, _: str) -> None:
    """`/entity export`: the names added here, as a file for /import."""
    t = ctx.t
    async with ctx.services.store.read() as conn:
        known = await config_plan.current(conn)
    if not known.entities:
        await ctx.say(t("Nobody has added a name here yet. /entity add does."))
        return
    config = replace(Configuration(), entities=known.entities)
    about = t(
        "Vigil's configuration of {day}. Send it to the bot, or /import, to have it again.",
        day=f"{ctx.now:%Y-%m-%d}",
    )
    caption = t.n("{n} name", "{n} names", len(known.entities))
    content = await asyncio.to_thread(write, config, about)
    await ctx.send_file(f"vigil-names-{ctx.now:%Y-%m-%d}.toml", content, caption, soon=ctx.discreet)


async def _stored(ctx: Context, id_: str) -> StoredEntity | None:
    async with ctx.services.store.read() as conn:
        return await entities.get(conn, id_)
