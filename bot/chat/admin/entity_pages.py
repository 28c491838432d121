"""Names as they are shown: /entity list, show and test."""

from __future__ import annotations

from collections.abc import Sequence

from bot.callbacks import Callback
from bot.chat.admin.proof import mentions
from bot.chat.context import Context
from bot.chat.paging import page_of, turn_to
from bot.chat.subscriber.known_names import nearest_names, off_line
from bot.chat.text import Buttons, code, esc, pages, rows
from bot.i18n import Translator
from bot.model.rendered import Button
from bot.store import entities
from filters.document import Document
from filters.entities import Entity
from filters.entities.forms import flatten
from filters.entities.offers import offered

__all__ = [
    "about",
    "known_names",
    "list_",
    "named",
    "of_id",
    "show",
    "shown",
    "stored",
    "test",
    "turn",
]

_LONGEST_ID = 50  # of 64 bytes that a button holds
_PAGE = 20
_MOST_FOUND = 30
_MOST_FORMS = 60


async def stored(ctx: Context, id_: str) -> entities.StoredEntity | None:
    """What is stored under that id; None of what is built in, or unknown."""
    async with ctx.services.store.read() as conn:
        return await entities.get(conn, id_)


async def known_names(ctx: Context) -> list[Entity]:
    """All there are, also those that are off: texts are searched for the others only."""
    async with ctx.services.store.read() as conn:
        own = await entities.list_all(conn)
    off = {each.id: each.entity for each in own if each.is_off}
    return list({**ctx.services.reader.entities, **off}.values())


def about(t: Translator, each: Entity) -> list[str]:
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


async def list_(ctx: Context, rest: str) -> None:
    """`/entity list`, with a text: all that hold it."""
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
        for each in sorted(await known_names(ctx), key=lambda each: each.id)
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


async def turn(ctx: Context, value: str) -> None:
    """Another page of the list."""
    await turn_to(ctx, value, _page)


async def _page(ctx: Context, number: int) -> tuple[str, Buttons]:
    t = ctx.t
    async with ctx.services.store.read() as conn:
        own = await entities.list_all(conn)
    page = page_of(own, number, _PAGE)
    lines = [_line(t, each.entity, each.is_off) for each in page.items]
    each_one = [
        Button(f"{each.entity.id} ›", data=f"{Callback.ENTITY}:show:{each.entity.id}")
        for each in page.items
        if len(each.entity.id.encode()) <= _LONGEST_ID
    ]
    if not own:
        lines = [t("Nobody has added a name here yet. /entity add does.")]
    built_in = len(ctx.services.reader.known - {each.id for each in own})
    lines += ["", t("Built in: {n}; /entity list and a text finds them.", n=built_in)]
    return "\n".join(lines), (*rows(each_one, 2), *page.buttons(Callback.ENTITIES))


def _line(t: Translator, each: Entity, off: bool = False) -> str:
    mark = f" ({t('not counted')})" if off else ""
    return f"{code(each.id)}{mark} {esc(_title(t, each), 80)}"


async def show(ctx: Context, rest: str) -> None:
    """`/entity show person:chikov`."""
    if each := await named(ctx, rest, "/entity show person:chikov"):
        await ctx.start_job("entity.show", shown(ctx, each))


async def shown(ctx: Context, each: Entity) -> None:
    """Answer with the name, its forms and a week's mentions; its id is copied by a tap."""
    own = await stored(ctx, each.id)
    off = own is not None and own.is_off
    found = await ctx.patiently(mentions(ctx, each), ctx.t("Reading the last 7 days…"))
    notes = [off_line(ctx.t, each.id)] if off else []
    copied = Button(ctx.t("Copy {id}", id=each.id), copy=each.id)
    await ctx.say_all(pages([*about(ctx.t, each), *notes, *found]), ((copied,),))


async def of_id(ctx: Context, id_: str) -> Entity | None:
    """The one of that id, on or off: the store first, which has those that are off."""
    kept = await stored(ctx, id_) if id_ else None
    return ctx.services.reader.entities.get(id_) if kept is None else kept.entity


async def named(ctx: Context, typed: str, example: str) -> Entity | None:
    """The known entity of that id, on or off; tells when there is none."""
    name = typed.split(maxsplit=1)[0].lower() if typed.split() else ""
    each = await of_id(ctx, name)
    offer = offered(typed) if each is None else None
    if offer is not None:
        await ctx.say(
            ctx.t(
                "“{words}” finds these words; {id} finds it however it is written.",
                words=esc(typed, 60),
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


async def test(ctx: Context, rest: str) -> None:
    """`/entity test` with a text, or as a reply: whom and what it names."""
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
