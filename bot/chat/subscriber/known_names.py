"""Names in a query that stand for nothing here: a source, a person, a law that does not exist."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Final

from bot.chat.context import Context
from bot.chat.meanings import read_query
from bot.chat.text import code, esc
from bot.i18n import Translator
from bot.model import Source
from bot.store import entities, sources
from filters.entities import Entity as Known
from filters.known_ids import nearest
from filters.nodes import Entity, Meta, Query, typed_leaves

__all__ = ["nearest_names", "off_line", "read_known", "unknown_names"]

_NEAREST: Final = 3


async def read_known(ctx: Context, expression: str) -> Query | None:
    """The expression as a query that names only what exists; else None, after saying why."""
    query = await read_query(ctx, expression)
    if query is not None and (unknown := await unknown_names(ctx, query)):
        await ctx.say(unknown)
        return None
    return query


async def unknown_names(ctx: Context, query: Query) -> str:
    """What of it does not exist, with the nearest that does, as HTML; "" where all is known."""
    nodes = [*typed_leaves(query.root)]
    lines = []
    if any(isinstance(each, Meta) and each.field.startswith("source") for each in nodes):
        async with ctx.services.store.read() as conn:
            known = await sources.list_all(conn)
        lines += [_source(ctx, each, known) for each in nodes if isinstance(each, Meta)]
    named = [each for each in nodes if isinstance(each, Entity)]
    off = await _off(ctx) if named else {}
    counted = ctx.services.reader.entities
    there = {**counted, **off}
    for each in named:
        asked = each.pattern.removeprefix("=")
        lines.append(off_line(ctx.t, asked) if asked in off else _entity(ctx, each, there))
    return "\n".join(dict.fromkeys(filter(None, lines)))


async def _off(ctx: Context) -> dict[str, Known]:
    """The names that texts are not searched for now."""
    async with ctx.services.store.read() as conn:
        return {each.id: each.entity for each in await entities.list_all(conn) if each.is_off}


def off_line(t: Translator, id_: str) -> str:
    """That texts are not searched for the name, and how they are again."""
    return t(
        "{id} counts no more; filters that name it find nothing by it. {on} brings it back.",
        id=code(id_),
        on=code(f"/entity on {id_}"),
    )


def _source(ctx: Context, asked: Meta, known: list[Source]) -> str:
    t = ctx.t
    if asked.field == "source_id":
        if any(str(each.id) == asked.value for each in known):
            return ""
        return t("There is no source {n}.", n=asked.value)
    if asked.field != "source":
        return ""
    names = {" ".join(each.title.casefold().split()): each for each in known}
    if any(asked.value in name for name in names):
        return ""
    if any(asked.value in each.identity.casefold() for each in known):
        return ""
    near = [names[each] for each in difflib.get_close_matches(asked.value, names, _NEAREST, 0.5)]
    offered = ", ".join(f"{code(f'source:{each.id}')} {esc(each.title, 40)}" for each in near)
    return _hint(ctx, f"source:{asked.value}", offered)


def _entity(ctx: Context, asked: Entity, known: Mapping[str, Known]) -> str:
    near = nearest(asked.pattern, known)
    if near is None:
        return ""
    offered = [*near, *_by_title(asked.pattern, known)]
    return _hint(ctx, asked.pattern, ", ".join(code(each) for each in dict.fromkeys(offered)))


def nearest_names(ctx: Context, id_: str) -> str:
    """`Nearest: …` for the id of a name that does not exist, as HTML; "" where none is like it."""
    known = ctx.services.reader.entities
    near = difflib.get_close_matches(id_, known, _NEAREST, 0.6) + _by_title(id_, known)
    listed = ", ".join(code(each) for each in dict.fromkeys(near))
    return ctx.t("Nearest: {offered}", offered=listed) if listed else ""


def _by_title(pattern: str, known: Mapping[str, Known]) -> list[str]:
    """Entities of the kind whose name, in any language, is like what was typed."""
    kind, _, wanted = pattern.removeprefix("=").partition(":")
    titles = {
        title.casefold(): each
        for each, one in known.items()
        if one.kind == kind
        for title in one.titles.values()
    }
    spaced = wanted.replace("_", " ").replace("-", " ")
    return [titles[each] for each in difflib.get_close_matches(spaced, titles, _NEAREST, 0.6)]


def _hint(ctx: Context, asked: str, offered: str) -> str:
    t = ctx.t
    if offered:
        return t("{name} does not exist. Nearest: {offered}", name=code(asked, 80), offered=offered)
    return t("{name} does not exist.", name=code(asked, 80))
