"""A topic narrowed by buttons: army, stage, kind, language, source, and a place that is typed.

What is ticked adds up, and with what was typed; nothing ticked of a field means all of it. A
tap holds for every narrowing that the topic has here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from bot.alerts import words
from bot.alerts.volume import STAGES
from bot.callbacks import Callback
from bot.chat import elsewhere
from bot.chat.context import Context
from bot.chat.keyboards import ON
from bot.chat.paging import page_of
from bot.chat.subscriber import subscribing
from bot.chat.subscriber.topics import ALL_TOPICS, ARMIES, of_here, subscription_line
from bot.chat.text import Buttons, cut, esc, is_number, rows
from bot.commands import subscriptions as commands
from bot.commands.calls import Refused
from bot.i18n import LANGUAGES, Translator
from bot.model import SourceKind, SourceState, Subscription
from bot.model.rendered import Button
from bot.store import sources
from filters.choices import choose, chosen

__all__ = ["pressed", "typed"]

_PAGE: Final = 8
_KIND: Final = "place"
_ERAS: Final = ("now", "historical")
_FOR_ALL: Final = (
    *(("a", army) for army in ARMIES), *(("g", stage) for stage in STAGES), ("e", "historical"),
)  # fmt: skip
_LONGEST: Final = 60
_KINDS: Final = tuple(str(kind) for kind in SourceKind)


async def pressed(ctx: Context, value: str) -> None:
    """`<topic>` opens the page; `<topic>:<action>[:<value>[:<page>]]`; `*` is every topic here."""
    topic, _, rest = value.partition(":")
    if topic == ALL_TOPICS:
        await _of_all(ctx, rest)
        return
    action, what, number = [*rest.split(":"), "", "", ""][:3]
    subs = [each for each in await of_here(ctx, ctx.chat) if each.topic == topic]
    run = _ACTIONS.get(action)
    page = int(number or what) if is_number(number or what) else 0
    if not subs or run is None:
        await ctx.out_of_date()
    else:
        await run(ctx, subs, what, page)


async def _of_all(ctx: Context, rest: str) -> None:
    """Armies, stages and past wars of all that is followed here, in one go."""
    action, _, what = rest.partition(":")
    subs = await of_here(ctx, ctx.chat)
    if not subs or (action, what) not in (("", ""), *_FOR_ALL):
        await ctx.out_of_date()
        return
    if action:
        if action == "a":
            armies = _with_army(subs[0].armies, what)
            subs = [replace(each, armies=armies) for each in subs]
        elif action == "g":
            stages = _toggled(subs[0].stages, what, STAGES)
            subs = [replace(each, stages=stages) for each in subs]
        else:
            subs = _with(subs, "era", () if _has_past(subs[0]) else _ERAS)
        wanted = {s.topic: [each for each in subs if each.topic == s.topic] for s in subs}
        if isinstance(await commands.choose(ctx.backend, ctx.call(), wanted), Refused):
            await ctx.out_of_date()
            return
    await ctx.toast()
    await ctx.change(*await _page_of_all(ctx, subs))


async def _page_of_all(ctx: Context, subs: Sequence[Subscription]) -> tuple[str, Buttons]:
    t, first, data = ctx.t, subs[0], f"{Callback.NARROW}:{ALL_TOPICS}"
    lines = [f"<b>{t('What should come of all your topics?')}</b>"]
    lines += [await subscription_line(ctx, each) for each in subs]
    lines += _how_to_tick(t)
    stages = [_tick(words.stages(t, g), g in first.stages, f"{data}:g:{g}") for g in STAGES]
    back = Button("‹ " + t("Topics"), data=f"{Callback.TOPIC}:<")
    return "\n".join(lines), (*rows(_wars(t, first, data), 2), *rows(stages, 3), (back,))


async def _open(ctx: Context, subs: Sequence[Subscription], what: str, page: int) -> None:
    await ctx.expect_nothing()  # whoever goes back will type no place
    await ctx.toast()
    await ctx.change(*await _page(ctx, subs))


async def _army(ctx: Context, subs: Sequence[Subscription], what: str, page: int) -> None:
    if what not in ARMIES:
        await ctx.out_of_date()
        return
    armies = _with_army(subs[0].armies, what)
    await _put(ctx, [replace(each, armies=armies) for each in subs])


async def _era(ctx: Context, subs: Sequence[Subscription], what: str, page: int) -> None:
    if what not in _ERAS:
        await ctx.out_of_date()
        return
    await _put(ctx, _with(subs, "era", () if _has_past(subs[0]) else _ERAS))


async def _stage(ctx: Context, subs: Sequence[Subscription], what: str, page: int) -> None:
    if what not in STAGES:
        await ctx.out_of_date()
        return
    stages = _toggled(subs[0].stages, what, STAGES)
    await _put(ctx, [replace(each, stages=stages) for each in subs])


async def _kind(ctx: Context, subs: Sequence[Subscription], what: str, page: int) -> None:
    await _listed(ctx, subs, "kind", what, _KINDS)


async def _lang(ctx: Context, subs: Sequence[Subscription], what: str, page: int) -> None:
    await _listed(ctx, subs, "lang", what, tuple(LANGUAGES))


async def _listed(
    ctx: Context, subs: Sequence[Subscription], field: str, what: str, known: Sequence[str]
) -> None:
    if what not in known:
        await ctx.out_of_date()
        return
    values = _toggled(chosen(subs[0].narrowing, field), what, known)
    await _put(ctx, _with(subs, field, values))


async def _sources(ctx: Context, subs: Sequence[Subscription], what: str, page: int) -> None:
    await ctx.toast()
    await ctx.change(*await _sources_page(ctx, subs, page))


async def _source(ctx: Context, subs: Sequence[Subscription], what: str, page: int) -> None:
    async with ctx.services.store.read() as conn:
        known = [str(each.id) for each in await sources.list_all(conn)]
    if what not in known:
        await ctx.out_of_date()
        return
    values = _toggled(chosen(subs[0].narrowing, "source"), what, known)
    done = await _refined(ctx, _with(subs, "source", values))
    if done:
        await ctx.toast()
        await ctx.change(*await _sources_page(ctx, done, page))


async def _all(ctx: Context, subs: Sequence[Subscription], what: str, page: int) -> None:
    """The whole topic again; /undo has the narrowings."""
    await _put(ctx, [replace(subs[0], narrowing="", armies=(), stages=())])


async def _place(ctx: Context, subs: Sequence[Subscription], what: str, page: int) -> None:
    """Ask for the place to be typed."""
    await ctx.expect(_KIND, {"topic": subs[0].topic})
    back = Button("‹ " + ctx.t("Back"), data=f"{Callback.NARROW}:{subs[0].topic}:o")
    title = esc(words.topic(ctx.t, subs[0].topic))
    await ctx.toast()
    await ctx.change(
        ctx.t(
            "Which place should {topic} be limited to? Write its name, as in: Псков", topic=title
        ),
        ((back,),),
    )


async def typed(ctx: Context, text: str) -> bool:
    """A text in private: the place that was asked for, if it was. It narrows the topic beside what
    is ticked, and that is asked first, as /sub does."""
    asked = await ctx.expected(_KIND)
    place_name = " ".join(text.split())
    if asked is None or not place_name or len(place_name) > _LONGEST:
        return False
    of, topic = str(asked["of"]), str(asked["topic"])
    if of and not await elsewhere.speak_of_numbered(ctx, of):
        return False
    quoted = f'"{place_name}"' if " " in place_name and '"' not in place_name else place_name
    subs = [each for each in await of_here(ctx, ctx.chat) if each.topic == topic]
    if not subs:
        return False
    await subscribing.narrow_further(ctx, subs[0], quoted)
    return True


_ACTIONS: Mapping[str, Callable[[Context, Sequence[Subscription], str, int], Awaitable[None]]] = {
    "": _open,
    "o": _open,
    "a": _army,
    "g": _stage,
    "e": _era,
    "k": _kind,
    "l": _lang,
    "s": _sources,
    "S": _source,
    "p": _place,
    "x": _all,
}


async def _put(ctx: Context, wanted: Sequence[Subscription]) -> None:
    done = await _refined(ctx, wanted)
    if done:
        await ctx.toast()
        await ctx.change(*await _page(ctx, done))


async def _refined(ctx: Context, wanted: Sequence[Subscription]) -> list[Subscription]:
    """As it is stored now; nothing where that was refused, which has been said."""
    done = await commands.refine(ctx.backend, ctx.call(), wanted[0].topic, wanted)
    if isinstance(done, Refused):
        await ctx.out_of_date()
        return []
    return done


def _toggled(had: Sequence[str], value: str, order: Sequence[str]) -> tuple[str, ...]:
    """With the value or without it; all of them is the same as none."""
    new = {*had} ^ {value}
    return () if new >= {*order} else tuple(each for each in order if each in new)


def _with_army(had: Sequence[str], army: str) -> tuple[str, ...]:
    """The armies with this one or without it.

    Where nothing was chosen, other countries' armies come beside all that comes anyway, and
    without them that is again what comes unasked.
    """
    if not had and army == "other":
        return ARMIES
    new = {*had} ^ {army}
    return () if new == {*ARMIES} - {"other"} else tuple(each for each in ARMIES if each in new)


def _has_past(each: Subscription) -> bool:
    return "historical" in chosen(each.narrowing, "era")


def _how_to_tick(t: Translator) -> list[str]:
    return [
        t("Tap what you want; where nothing is ticked, all comes."),
        t("Other countries' armies and past wars come only if you tick them."),
    ]


def _wars(t: Translator, first: Subscription, data: str) -> list[Button]:
    """A button an army, and one for past wars."""
    labels = {army: words.army(t, army) for army in ARMIES} | {"other": t("Other armies")}
    return [
        *(_tick(labels[army], army in first.armies, f"{data}:a:{army}") for army in ARMIES),
        _tick(t("Past wars"), _has_past(first), f"{data}:e:historical"),
    ]


def _with(subs: Sequence[Subscription], field: str, values: Sequence[str]) -> list[Subscription]:
    return [replace(each, narrowing=choose(each.narrowing, field, values)) for each in subs]


async def _page(ctx: Context, subs: Sequence[Subscription]) -> tuple[str, Buttons]:
    t, first = ctx.t, subs[0]
    data = f"{Callback.NARROW}:{first.topic}"
    lines = [f"<b>{t('What should come of the topic?')}</b>"]
    lines += [await subscription_line(ctx, each) for each in subs]
    lines += _how_to_tick(t)
    kinds, langs = chosen(first.narrowing, "kind"), chosen(first.narrowing, "lang")
    stages = [_tick(words.stages(t, g), g in first.stages, f"{data}:g:{g}") for g in STAGES]
    of_kind = [
        _tick(words.kind(t, SourceKind(kind)), kind in kinds, f"{data}:k:{kind}") for kind in _KINDS
    ]
    of_lang = [_tick(name, lang in langs, f"{data}:l:{lang}") for lang, name in LANGUAGES.items()]
    more = [Button(t("Sources ›"), data=f"{data}:s:0")]
    if ctx.place.private:
        more.append(Button(t("Place…"), data=f"{data}:p"))
    back = [Button("‹ " + t("Back"), data=f"{Callback.WAY}:{first.topic}")]
    if first.narrowing or first.armies or first.stages or len(subs) > 1:
        back.append(Button(t("All of the topic"), data=f"{data}:x"))
    found = (
        *rows(_wars(t, first, data), 2), *rows(stages, 3), *rows(of_kind, 2), tuple(of_lang),
        tuple(more), tuple(back),
    )  # fmt: skip
    return "\n".join(lines), found


async def _sources_page(
    ctx: Context, subs: Sequence[Subscription], number: int
) -> tuple[str, Buttons]:
    t, first = ctx.t, subs[0]
    data = f"{Callback.NARROW}:{first.topic}"
    async with ctx.services.store.read() as conn:
        found = await sources.list_all(conn)
    active = sorted(
        (each for each in found if each.state is SourceState.ACTIVE),
        key=lambda each: each.title.casefold(),
    )
    ticked = chosen(first.narrowing, "source")
    page = page_of(active, number, _PAGE)
    buttons = [
        (_tick(cut(each.title, 40), str(each.id) in ticked, f"{data}:S:{each.id}:{page.number}"),)
        for each in page.items
    ]
    body = t("Only from these sources; where nothing is ticked, from all.")
    back = Button("‹ " + t("Back"), data=f"{data}:o")
    return body, (*buttons, *page.buttons(f"{data}:s"), (back,))


def _tick(label: str, on: bool, data: str) -> Button:
    return Button((ON if on else "") + label, data=data)
