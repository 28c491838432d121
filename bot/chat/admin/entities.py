"""/entity: add and edit with its forms and a week's mentions, list, show, test, remove."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.callbacks import Callback
from bot.chat import keyboards
from bot.chat.admin import entity_changes
from bot.chat.admin.proof import mentions
from bot.chat.asking import ask
from bot.chat.context import Context
from bot.chat.subscriber.known_names import nearest_names, off_line
from bot.chat.text import Buttons, code, esc, pages, rows
from bot.commands import entities as commands
from bot.commands.calls import Refused
from bot.commands.entities import Compiled
from bot.i18n import Translator
from bot.model import Button
from bot.store import entities, filters
from filters.document import Document
from filters.entities import Entity, entity_of
from filters.entities.build import compile_entity
from filters.entities.forms import flatten
from filters.entities.offers import offered
from filters.entities.propose import (
    EntityError,
    EntityRequest,
    OrdinaryWord,
    propose,
    read,
    written,
)
from filters.places import Settlement, around, look_up, proposal

__all__ = ["entity", "pressed", "removed", "turned"]

_LONGEST_ID = 50  # of 64 bytes that a button holds
_PAGE = 20
_MOST_FOUND = 30
_MOST_FORMS = 60
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
                names=code("ru:Имя uk:Ім'я en:Name"),
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
    if wish.slug and await _stored(ctx, f"{wish.kind}:{wish.slug}"):
        await ctx.start_job("entity.add", _offer(ctx, _Plan(rest, own=f"{wish.kind}:{wish.slug}")))
        return
    places = await asyncio.to_thread(look_up, wish.first, _CHOICES) if wish.kind == "place" else []
    if places:
        await _ask_which(ctx, rest, places)
        return
    await ctx.start_job("entity.add", _offer(ctx, _Plan(rest)))


async def _stored(ctx: Context, id_: str) -> entities.StoredEntity | None:
    async with ctx.services.store.read() as conn:
        return await entities.get(conn, id_)


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
    old = await _stored(ctx, plan.own) if plan.own else None
    known = [each for each in await _known(ctx) if each.id != plan.own]
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
    lines += _about(t, new)
    lines += _doubts(t, plan, new, known)
    if row.get("gender") == "f":
        lines.append(
            t("Declined as a woman's name; {mark} makes it a man's.", mark=code("gender:m"))
        )
    lines += await ctx.patiently(mentions(ctx, new), t("Reading the last 7 days…"))
    token = await ctx.draft("entity", {"row": row, "plan": plan.payload()}, hours=24)
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


async def _known(ctx: Context) -> list[Entity]:
    """All there are, also those that are off: texts are searched for the others only."""
    async with ctx.services.store.read() as conn:
        own = await entities.list_all(conn)
    off = {each.id: each.entity for each in own if each.is_off}
    return list({**ctx.services.reader.entities, **off}.values())


def _about(t: Translator, each: Entity) -> list[str]:
    """Its id, names, forms and what guards it."""
    lines = [_line(t, each)]
    if each.titles:
        lines.append("; ".join(f"{lang}: {esc(name)}" for lang, name in each.titles.items()))
    # Acronyms have one form.
    forms = [*sorted(each.strong | each.weak | each.surnames), *sorted(each.acronyms)]
    shown = ", ".join(forms[:_MOST_FORMS]) + ("…" if len(forms) > _MOST_FORMS else "")
    counted = t.n("{n} form", "{n} forms", len(forms))
    lines.append(f"{counted}: <blockquote expandable>{esc(shown)}</blockquote>")
    if each.surnames and not each.famous:
        lines.append(t("The surname alone counts where the full name or initial stands too."))
    if each.acronyms:
        listed = ", ".join(sorted(each.acronyms))
        lines.append(t("Only in capitals: {words}.", words=esc(listed)))
    if each.near:
        lines.append(
            t(
                "Counts where one of these stands in the same text: {words}.",
                words=esc(_few(each.near)),
            )
        )
    elif each.weak:
        lines.append(t("Counts with a capital letter only."))
    if each.famous:
        lines.append(t("The surname alone counts too."))
    if each.stop:
        lines.append(
            t("Not where right beside it stands: {words}.", words=esc(", ".join(sorted(each.stop))))
        )
    return lines


def _few(words: Sequence[str]) -> str:
    return ", ".join(words[:_MOST_FORMS]) + ("…" if len(words) > _MOST_FORMS else "")


def _title(t: Translator, each: Entity) -> str:
    titles = each.titles
    return titles.get(t.lang) or next(iter((*titles.values(), *sorted(each.acronyms))), "")


# list and show


async def _list(ctx: Context, rest: str) -> None:
    if rest:
        await ctx.say_all(pages(await _found(ctx, rest)))
        return
    body, buttons = await _page(ctx, 0)
    await ctx.say(body, buttons)


async def _found(ctx: Context, text: str) -> list[str]:
    t, asked = ctx.t, flatten(text)
    wanted = text.strip().lower()
    found = [
        each
        for each in sorted(await _known(ctx), key=lambda each: each.id)
        if wanted in each.id
        or (asked and any(asked in form for form in each.strong | each.weak))
        or text.strip() in each.acronyms
    ]
    if not found:
        return [t("No known name holds “{text}”.", text=esc(text, 60))]
    counted = ctx.services.reader.entities
    lines = [_line(t, each, each.id not in counted) for each in found[:_MOST_FOUND]]
    if len(found) > _MOST_FOUND:
        lines.append(t("and {n} more", n=len(found) - _MOST_FOUND))
    return lines


async def turned(ctx: Context, value: str) -> None:
    """Another page of the list."""
    if not value.isdecimal() or len(value) > 4:
        await ctx.out_of_date()
        return
    await ctx.toast()
    await ctx.change(*await _page(ctx, int(value)))


async def _page(ctx: Context, number: int) -> tuple[str, Buttons]:
    t = ctx.t
    async with ctx.services.store.read() as conn:
        own = await entities.list_all(conn)
    last = max(0, (len(own) - 1) // _PAGE)
    number = min(number, last)
    page = own[_PAGE * number :][:_PAGE]
    lines = [_line(t, each.entity, each.is_off) for each in page]
    each_one = [
        Button(f"{each.entity.id} ›", data=f"{Callback.ENTITY}:show:{each.entity.id}")
        for each in page
        if len(each.entity.id.encode()) <= _LONGEST_ID
    ]
    turn = keyboards.pager(Callback.ENTITIES, number, last + 1)
    if not own:
        lines = [t("Nobody has added a name here yet. /entity add does.")]
    built_in = len(ctx.services.reader.known - {each.id for each in own})
    lines += ["", t("Built in: {n}; /entity list and a text finds them.", n=built_in)]
    return "\n".join(lines), (*rows(each_one, 2), *([turn] if turn else []))


def _line(t: Translator, each: Entity, off: bool = False) -> str:
    mark = f" ({t('not counted')})" if off else ""
    return f"{code(each.id)}{mark} {esc(_title(t, each), 80)}"


async def _show(ctx: Context, rest: str) -> None:
    if each := await _named(ctx, rest, "/entity show person:chikov"):
        await ctx.start_job("entity.show", _shown(ctx, each))


async def _shown(ctx: Context, each: Entity) -> None:
    own = await _stored(ctx, each.id)
    off = own is not None and own.is_off
    found = await ctx.patiently(mentions(ctx, each), ctx.t("Reading the last 7 days…"))
    said = [off_line(ctx.t, each.id)] if off else []
    await ctx.say_all(pages([*_about(ctx.t, each), *said, *found]))


async def _of_id(ctx: Context, id_: str) -> Entity | None:
    """The one of that id, on or off: the store first, which has those that are off."""
    stored = await _stored(ctx, id_) if id_ else None
    return ctx.services.reader.entities.get(id_) if stored is None else stored.entity


async def _named(ctx: Context, said: str, example: str) -> Entity | None:
    """The known entity of that id, on or off; tells when there is none."""
    name = said.split(maxsplit=1)[0].lower() if said.split() else ""
    each = await _of_id(ctx, name)
    offer = offered(said) if each is None else None
    if offer is not None:
        await ctx.say(
            ctx.t(
                "“{words}” finds these words; {id} finds it however it is written.",
                words=esc(said, 60),
                id=code(offer.pattern),
            )
        )
    elif each is None:
        await ctx.say(
            " ".join(
                [
                    ctx.t("Nothing is known as “{id}”. /entity list finds it.", id=esc(name, 60)),
                    nearest_names(ctx, name),
                ]
            ).strip()
            if name
            else ctx.t("Which one? As in {example}", example=code(example))
        )
    return each


# test


async def _test(ctx: Context, rest: str) -> None:
    t = ctx.t
    replied = ctx.message.reply_to_message if ctx.message else None
    text = ((replied.text or replied.caption or "") if replied else "").strip() or rest
    if not text:
        await ctx.say(t("Reply with /entity test to a message, or write a text behind it."))
        return
    found: dict[str, dict[str, None]] = {}
    reading = await ctx.services.pipeline.matcher.look(Document(text=text))
    for each in reading.entities:
        words = f"«{esc(text[each.start : each.end], 60)}»"
        found.setdefault(each.id, {})[words] = None
    if not found:
        await ctx.say(t("It names nobody and nothing known."))
        return
    await ctx.say_all(pages(f"{code(id_)} {', '.join(words)}" for id_, words in found.items()))


# edit


async def _edit(ctx: Context, rest: str) -> None:
    t = ctx.t
    each = await _named(ctx, rest, "/entity edit person:petrova")
    if each is None:
        return
    stored = await _stored(ctx, each.id)
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
    stored = await _stored(ctx, name) if name else None
    if stored is None and (each := await _named(ctx, rest, example)) is not None:
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
    each = await _named(ctx, rest, "/entity remove person:petrova")
    if each is None:
        return
    if await _stored(ctx, each.id) is None:
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
        await entity_changes.turned(ctx, token)
    elif action in ("drop", "more"):
        await entity_changes.form_pressed(ctx, action, token)
    elif action == "show":
        each = await _of_id(ctx, token)
        if each is None:
            await ctx.out_of_date()
            return
        await ctx.toast()
        await ctx.start_job("entity.show", _shown(ctx, each))
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
        done = await commands.replace(ctx.backend, ctx.call(), new)
    else:
        done = await commands.add(ctx.backend, ctx.call(), new, ctx.services.reader.known)
    # Somebody may have saved another under that id since it was proposed, or removed it.
    if done is Refused.MISSING:
        await ctx.say(t("{id} is removed.", id=code(own)), reply=True)
        return
    if done is Refused.TAKEN:
        await ctx.say(t("{id} exists already.", id=code(new.id)), reply=True)
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
    "list": _list,
    "show": _show,
    "test": _test,
    "remove": _remove,
    "alias": _alias,
    "forms": _forms,
    "off": _off,
    "on": _on,
    "export": entity_changes.export,
}
