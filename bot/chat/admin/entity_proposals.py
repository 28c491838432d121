"""A name proposed before it is saved: its forms, its doubts, a week of mentions, its buttons.

Nothing is stored before Save. What was typed and what buttons said since is the proposal, kept
as a draft of the person who made it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.callbacks import Callback
from bot.chat.admin import entity_pages
from bot.chat.admin.proof import mentions
from bot.chat.context import Context
from bot.chat.text import code, esc, pages, rows
from bot.commands import entities as commands
from bot.commands.calls import Refused
from bot.commands.entities import Compiled
from bot.i18n import Translator
from bot.model.rendered import Button
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
from filters.places import Settlement, around, proposal

__all__ = ["Proposal", "ask_which", "change_guard", "choose_place", "offer", "save", "take_guard"]


# Words of which a report on soldiers holds one, in three languages.
_ARMY_WORDS: Final = (
    *("солдат*", "боец", "бойц*", "военн*", "воинск*", "мобилиз*", "фронт*", "бригад*", "полк"),
    *("полка", "штурм*", "всу", "зсу", "військ*", "боєць", "бійц*", "мобіліз*", "позиці*"),
    *("soldier*", "troop*", "army", "military", "brigade*", "regiment*", "mobili*", "front"),
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was typed, and what buttons said since. `place` is a row of
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
    def of(cls, stored: Mapping[str, Any]) -> Proposal:
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


async def ask_which(ctx: Context, typed: str, places: Sequence[Settlement]) -> None:
    t = ctx.t
    rows_ = [{"row": proposal(each), "around": list(around(each))} for each in places]
    token = await ctx.draft("places", {"said": typed, "rows": rows_})
    buttons = [
        Button(_place_name(t, each), data=f"{Callback.ENTITY}:{n}:{token}")
        for n, each in enumerate(places, start=1)
    ]
    buttons.append(Button(t("Another place"), data=f"{Callback.ENTITY}:0:{token}"))
    await ctx.say(t("Which one?"), rows(buttons, 1))


def _place_name(t: Translator, place: Settlement) -> str:
    name = place.names.get(t.lang) or place.names["en"]
    region = "" if place.region == place.names["en"] else place.region
    inhabitants = t.number(place.population) if place.population else ""
    return ", ".join(filter(None, (name, region, place.country.upper(), inhabitants)))


async def offer(ctx: Context, plan: Proposal) -> None:
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


def _proposed(
    plan: Proposal, known: Sequence[Entity]
) -> tuple[dict[str, Any], dict[str, list[str]]]:
    row = propose(plan.wish(), known, plan.place)
    return row, compile_entity(row)


def _doubts(t: Translator, plan: Proposal, new: Entity, known: Iterable[Entity]) -> list[str]:
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
                "Its letters do not show the language: taken for Russian and Ukrainian; {mark} or"
                " {other} says which.",
                mark=code("ru:"),
                other=code("uk:"),
            )
        )
    return lines


async def _ask_guard(ctx: Context, plan: Proposal, lines: Sequence[str]) -> None:
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


async def choose_place(ctx: Context, number: int, token: str) -> None:
    asked = await ctx.take(token, "places")
    places = list(asked["rows"]) if asked else []
    if asked is None or number > len(places):
        await ctx.out_of_date()
        return
    await ctx.toast()
    plan = Proposal(str(asked["said"]))
    if number:
        chosen = places[number - 1]
        plan = replace(plan, place=chosen["row"], around=tuple(chosen["around"]))
    await ctx.start_job("entity.add", offer(ctx, plan))


async def change_guard(ctx: Context, action: str, token: str) -> None:
    """Another guard for what is offered."""
    asked = await ctx.take(token, "entity")
    if asked is None:
        await ctx.out_of_date()
        return
    await ctx.toast()
    plan = Proposal.of(asked["plan"])
    if action == "guard":
        await _ask_guard(ctx, plan, [code(asked["row"]["id"])])
        return
    plan = replace(plan, famous=not asked["row"].get("famous", False))
    await ctx.start_job("entity.add", offer(ctx, plan))


async def take_guard(ctx: Context, action: str, token: str) -> None:
    asked = await ctx.take(token, "guard")
    if asked is None:
        await ctx.out_of_date()
        return
    await ctx.toast()
    plan = Proposal.of(asked)
    near = {"any": (), "army": _ARMY_WORDS, "there": plan.around}[action]
    plan = replace(plan, near=near, anyway=action == "any")
    await ctx.start_job("entity.add", offer(ctx, plan))


async def save(ctx: Context, token: str) -> None:
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
