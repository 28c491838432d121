"""/entity: names added, edited and removed, each with its forms and a week's mentions."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.callbacks import Callback
from bot.chat.admin import entity_changes, entity_pages
from bot.chat.admin.proof import mentions
from bot.chat.asking import ask
from bot.chat.context import Context
from bot.chat.text import code, esc, pages, rows
from bot.commands import entities as commands
from bot.commands.calls import Refused
from bot.commands.entities import Compiled
from bot.i18n import Translator
from bot.rendered import Button
from bot.store import entities, filters
from filters.entities import Entity, entity_of
from filters.entities.build import compile_entity
from filters.entities.propose import (
    EntityError,
    EntityRequest,
    OrdinaryWord,
    propose,
    read,
    written,
)
from filters.places import Settlement, around, look_up, proposal

__all__ = ["entity", "pressed", "removed"]

_CHOICES = 5
# Words of which a report on soldiers holds one, in three languages.
_ARMY_WORDS: Final = (
    *("солдат*", "боец", "бойц*", "военн*", "воинск*", "мобилиз*", "фронт*", "бригад*", "полк"),
    *("полка", "штурм*", "всу", "зсу", "військ*", "боєць", "бійц*", "мобіліз*", "позиці*"),
    *("soldier*", "troop*", "army", "military", "brigade*", "regiment*", "mobili*", "front"),
)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be proposed: what was typed, and what buttons said since. `place` is a row of
    the table, `around` words of its region; `own` the id that is edited."""

    said: str
    place: Mapping[str, Any] | None = None
    around: tuple[str, ...] = ()
    near: tuple[str, ...] | None = None
    anyway: bool | None = None
    famous: bool | None = None
    own: str = ""

    def wish(self) -> EntityRequest:
        """Raises EntityError."""
        wish = read(self.said)
        if self.near is not None:
            wish = replace(wish, near=self.near)
        if self.anyway is not None:
            wish = replace(wish, anyway=self.anyway)
        return wish if self.famous is None else replace(wish, famous=self.famous)

    def payload(self) -> dict[str, Any]:
        return {
            "said": self.said,
            "place": None if self.place is None else dict(self.place),
            "around": list(self.around),
            "near": None if self.near is None else list(self.near),
            "anyway": self.anyway,
            "famous": self.famous,
            "own": self.own,
        }

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> _Plan:
        near = stored["near"]
        return cls(
            stored["said"],
            stored["place"],
            tuple(stored["around"]),
            None if near is None else tuple(near),
            stored["anyway"],
            stored["famous"],
            stored["own"],
        )


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


# add


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
        await ctx.start_job("entity.add", _offer(ctx, _Plan(rest, own=f"{wish.kind}:{wish.slug}")))
        return
    places = await asyncio.to_thread(look_up, wish.first, _CHOICES) if wish.kind == "place" else []
    if places:
        await _ask_which(ctx, rest, places)
        return
    await ctx.start_job("entity.add", _offer(ctx, _Plan(rest)))


async def _ask_which(ctx: Context, said: str, places: Sequence[Settlement]) -> None:
    t = ctx.t
    rows_ = [{"row": proposal(each), "around": list(around(each))} for each in places]
    token = await ctx.draft("places", {"said": said, "rows": rows_})
    buttons = [
        Button(_called(t, each), data=f"{Callback.ENTITY}:{n}:{token}")
        for n, each in enumerate(places, start=1)
    ]
    buttons.append(Button(t("Another place"), data=f"{Callback.ENTITY}:0:{token}"))
    await ctx.say(t("Which one?"), rows(buttons, 1))


def _called(t: Translator, place: Settlement) -> str:
    name = place.names.get(t.lang) or place.names["en"]
    region = "" if place.region == place.names["en"] else place.region
    inhabitants = t.number(place.population) if place.population else ""
    return ", ".join(filter(None, (name, region, place.country.upper(), inhabitants)))


async def _offer(ctx: Context, plan: _Plan) -> None:
    """Propose the entity and prove it on the last week; nothing is stored before Save."""
    t = ctx.t
    old = await entity_pages.stored(ctx, plan.own) if plan.own else None
    known = [each for each in await entity_pages.known_names(ctx) if each.id != plan.own]
    try:
        row, forms = await asyncio.to_thread(_proposed, plan, known)
    except OrdinaryWord as error:
        await _ask_guard(ctx, plan, [esc(error.message(t.lang))])
        return
    except EntityError as error:
        await ctx.say(esc(error.message(t.lang)))
        return
    if old is not None:
        # What the table of places gave, not typed, stays.
        row = {**{key: old.definition[key] for key in _FIELDS_KEPT if key in old.definition}, **row}
    new = entity_of(row, forms)
    lines = [t("Instead of {old}:", old=code(written(old.definition)))] if old else []
    lines += entity_pages.about(t, new)
    lines += _doubts(t, plan, new, known)
    if row.get("gender") == "f":
        lines.append(
            t("Declined as a woman's name; {mark} makes it a man's.", mark=code("gender:m"))
        )
    lines += await ctx.patiently(mentions(ctx, new), t("Reading the last 7 days…"))
    was = None if old is None else dict(old.definition)
    asked = {"row": row, "plan": plan.payload(), "was": was}
    token = await ctx.draft("entity", asked, hours=24)
    buttons = [Button(t("Save"), data=f"{Callback.ENTITY}:save:{token}")]
    if new.surnames:
        label = t("Only with the full name") if new.famous else t("The surname alone counts")
        buttons.append(Button(label, data=f"{Callback.ENTITY}:famous:{token}"))
    elif new.strong or new.weak:
        buttons.append(Button(t("Count only where…"), data=f"{Callback.ENTITY}:guard:{token}"))
    await ctx.say_all(pages(lines), rows(buttons, 2))


_FIELDS_KEPT: Final = ("country", "army", "also", "drop", "off")


def _proposed(plan: _Plan, known: Sequence[Entity]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    row = propose(plan.wish(), known, plan.place)
    return row, compile_entity(row)


def _doubts(t: Translator, plan: _Plan, new: Entity, known: Iterable[Entity]) -> list[str]:
    """What may be otherwise than meant: namesakes, a language only guessed."""
    lines = []
    namesakes = [each.id for each in known if (new.strong | new.weak) & (each.strong | each.weak)]
    if new.kind == "place" and namesakes:
        lines.append(
            t(
                "Also called so: {ids}. A text with the name names both, unless the guards part"
                " them.",
                ids=", ".join(map(code, namesakes)),
            )
        )
    titles = new.titles
    if (
        plan.place is None
        and "ru:" not in plan.said
        and "ru" in titles
        and titles["ru"] == titles.get("uk")
    ):
        lines.append(
            t(
                "Its letters do not tell the language: taken for Russian and Ukrainian; {mark} or"
                " {other} says which.",
                mark=code("ru:"),
                other=code("uk:"),
            )
        )
    return lines


async def _ask_guard(ctx: Context, plan: _Plan, lines: Sequence[str]) -> None:
    """Where a name counts that means other things too: one tap, or typed."""
    t = ctx.t
    token = await ctx.draft("guard", plan.payload())
    choices = [Button(t("Wherever it has a capital letter"), data=f"{Callback.ENTITY}:any:{token}")]
    choices.append(Button(t("Near words of the army"), data=f"{Callback.ENTITY}:army:{token}"))
    if plan.around:
        choices.append(
            Button(t("Near words of its region"), data=f"{Callback.ENTITY}:there:{token}")
        )
    await ctx.say("\n".join([*lines, t("Where does it count?")]), rows(choices, 1))


# edit


async def _edit(ctx: Context, rest: str) -> None:
    t = ctx.t
    each = await entity_pages.named(ctx, rest, "/entity edit person:petrova")
    if each is None:
        return
    stored = await entity_pages.stored(ctx, each.id)
    if stored is None:
        await ctx.say(t("{id} is built in and stays.", id=code(each.id)))
        return
    said = " ".join(rest.split())
    if len(said.split()) == 1:
        await ctx.say(
            t(
                "Copy, change and send: what stands in it replaces what was. {line}",
                line=code(f"/entity edit {written(stored.definition)}"),
            )
        )
        return
    await ctx.start_job("entity.add", _offer(ctx, _Plan(said, own=each.id)))


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
    await ctx.start_job("entity.add", _offer(ctx, _Plan(f"{id_} {more} {names}", own=own.id)))


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


# remove


async def _remove(ctx: Context, rest: str) -> None:
    t = ctx.t
    each = await entity_pages.named(ctx, rest, "/entity remove person:petrova")
    if each is None:
        return
    if await entity_pages.stored(ctx, each.id) is None:
        await ctx.say(t("{id} is built in and stays.", id=code(each.id)))
        return
    lines = [t("Remove {id}?", id=code(each.id)), *await _naming(ctx, each.id)]
    await ask(ctx, "entity.remove", pages(lines)[0], t("Remove"), id=each.id)


async def removed(ctx: Context, asked: Mapping[str, Any]) -> str:
    """Yes was pressed; what to say."""
    t, id_ = ctx.t, str(asked["id"])
    if await commands.remove(ctx.backend, ctx.call(), id_) is Refused.MISSING:
        return t("Nothing is known as “{id}”. /entity list finds it.", id=esc(id_, 60))
    lines = [t("{id} is removed.", id=code(id_)), *await _naming(ctx, id_)]
    return pages(lines)[0]


async def _naming(ctx: Context, id_: str) -> list[str]:
    """Which filters name it."""
    async with ctx.services.store.read() as conn:
        left = await filters.list_all(conn, filters.KEPT)
    asked = re.compile(rf"(?<![\w:-]){re.escape(id_)}(?![\w:/-])", re.IGNORECASE)
    naming = [code(f.key) for f in left if asked.search(f.expression)]
    if not naming:
        return []
    return [ctx.t("Filters that still name it: {keys}.", keys=", ".join(naming))]


# buttons


async def pressed(ctx: Context, value: str) -> None:
    """Save, or which place is meant."""
    action, _, token = value.partition(":")
    if action == "save":
        await _saved(ctx, token)
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
        await _changed(ctx, action, token)
    elif action in ("any", "army", "there"):
        await _guarded(ctx, action, token)
    elif action.isdecimal() and len(action) == 1:
        await _chosen(ctx, int(action), token)
    else:
        await ctx.out_of_date()


async def _chosen(ctx: Context, number: int, token: str) -> None:
    asked = await ctx.take(token, "places")
    places = list(asked["rows"]) if asked else []
    if asked is None or number > len(places):
        await ctx.out_of_date()
        return
    await ctx.toast()
    plan = _Plan(str(asked["said"]))
    if number:
        chosen = places[number - 1]
        plan = replace(plan, place=chosen["row"], around=tuple(chosen["around"]))
    await ctx.start_job("entity.add", _offer(ctx, plan))


async def _changed(ctx: Context, action: str, token: str) -> None:
    """Another guard for what is offered."""
    asked = await ctx.take(token, "entity")
    if asked is None:
        await ctx.out_of_date()
        return
    await ctx.toast()
    plan = _Plan.of(asked["plan"])
    if action == "guard":
        await _ask_guard(ctx, plan, [code(asked["row"]["id"])])
        return
    plan = replace(plan, famous=not asked["row"].get("famous", False))
    await ctx.start_job("entity.add", _offer(ctx, plan))


async def _guarded(ctx: Context, action: str, token: str) -> None:
    asked = await ctx.take(token, "guard")
    if asked is None:
        await ctx.out_of_date()
        return
    await ctx.toast()
    plan = _Plan.of(asked)
    near = {"any": (), "army": _ARMY_WORDS, "there": plan.around}[action]
    plan = replace(plan, near=near, anyway=action == "any")
    await ctx.start_job("entity.add", _offer(ctx, plan))


async def _saved(ctx: Context, token: str) -> None:
    asked = await ctx.take(token, "entity")
    if asked is None:
        await ctx.out_of_date()
        return
    await ctx.toast()
    t, row = ctx.t, asked["row"]
    own = str(asked["plan"]["own"])
    forms = await asyncio.to_thread(compile_entity, row)
    new = Compiled(row, forms)
    if own:
        done = await commands.replace(ctx.backend, ctx.call(), new, was=asked.get("was"))
    else:
        done = await commands.add(ctx.backend, ctx.call(), new, ctx.services.reader.known)
    # Somebody may have saved another under that id since it was proposed, or removed it.
    if done is Refused.MISSING:
        await ctx.say(t("{id} is removed.", id=code(own)), reply=True)
        return
    if done is Refused.TAKEN:
        await ctx.say(t("{id} exists already.", id=code(new.id)), reply=True)
        return
    if done is Refused.CHANGED:
        there = await entity_pages.stored(ctx, own)
        await ctx.say(
            t(
                "Not saved: somebody changed {key} meanwhile. It is now {expression}\n"
                "To have yours all the same, send {again}",
                key=code(own),
                expression=code(written(there.definition) if there else "", 1000),
                again=code(f"/entity edit {written(row)}", 1500),
            ),
            reply=True,
        )
        return
    await ctx.say(
        t(
            "Saved. Filters may name {id} now, as in {example}. What came in the last 24 hours is"
            " read again too.",
            id=code(row["id"]),
            example=code(f"/filter add desertion {row['id']}"),
        ),
        reply=True,
    )


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
