"""The filter doctor: from what people called not true a word to leave out, from what they
reported as missed words to add, each with its effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.alerts import words
from bot.callbacks import Callback
from bot.chat.admin.filter_saving import consider
from bot.chat.admin.suggesting import expressions
from bot.chat.context import Context
from bot.chat.text import Buttons, code, cut, esc, pages
from bot.commands import filters as commands
from bot.commands import undo
from bot.commands.calls import Refused
from bot.commands.undo import Undone
from bot.ingest.archive import MOST_READ
from bot.ingest.matcher import Matcher
from bot.model.rendered import Button
from bot.model.views import AlertView
from bot.store import answers, exclusions, filters, missed_reports
from bot.store.filters import Filter, FilterState, Origin
from filters.doctoring import Proposal, excluding, proposals
from filters.document import Document
from filters.explain import matches
from filters.printing import print_query
from filters.query import Query, QueryError, parse

__all__ = ["pressed"]

_ASKED: Final = 30
_FOUND: Final = 200
_FOR: Final = timedelta(days=30)
_LEAST: Final = 4  # letters of a word worth leaving out
_KIND: Final = "doctor"
_MISSED: Final = 20  # posts reported as missed that are read,
_LOOKED_INTO: Final = 5  # and from which words are taken
_MOST_ADDED: Final = 2
_SIGNS: Final = "«»“”„\"'()[].,;:!?…—–-"


@dataclass(frozen=True, slots=True)
class Addition:
    """An expression that finds `missed` of the `of` posts that were missed, and `new` others."""

    expression: str
    missed: int
    of: int
    new: int


async def pressed(ctx: Context, value: str) -> None:
    """`a:<key>` asks for a change; `t:<token>` tries it; `u:<audit row>` takes it back."""
    action, _, what = value.partition(":")
    if action == "a":
        each = await _filter(ctx, what)
        if each is not None:
            await ctx.toast()
            await ctx.start_job("doctor", _propose(ctx, each))
            return
    elif action == "t":
        asked = await ctx.take(what, _KIND)
        each = None if asked is None else await _filter(ctx, str(asked["key"]))
        if asked is not None and each is not None:
            await ctx.toast()
            if "also" in asked:
                await _add(ctx, each, str(asked["also"]))
            else:
                await _try(ctx, each, str(asked["word"]))
            return
    elif action == "u" and what.isdecimal() and await _take_back(ctx, int(what[:17])):
        return
    await ctx.out_of_date()


async def _filter(ctx: Context, key: str) -> Filter | None:
    async with ctx.services.store.read() as conn:
        each = await filters.get(conn, key) if key else None
    return None if each is None or each.state is FilterState.REMOVED else each


async def _propose(ctx: Context, each: Filter) -> None:
    t = ctx.t
    async with ctx.services.store.read() as conn:
        wrong = await answers.texts_of_filter(conn, each.key, true=False, most=_ASKED)
        right = await answers.texts_of_filter(conn, each.key, true=True, most=_ASKED)
        left_out = (await exclusions.all_words(conn)).get(each.key, "")
    query = _read(ctx, each, left_out)
    added = [] if query is None else await _additions(ctx, each, query)
    if query is None or not (wrong or added):
        await ctx.say(
            t("Nobody has called a find false or reported a missed post: there is nothing to fix.")
        )
        return
    archive = ctx.services.pipeline.archive
    found = await archive.search(query, ctx.now - _FOR, limit=_FOUND, read=MOST_READ)
    matcher = ctx.services.pipeline.matcher
    surfaces: dict[str, str] = {}
    of_wrong = [await _lemmas(matcher, view, surfaces) for view in wrong]
    of_right = [await _lemmas(matcher, view, None) for view in right]
    sentences = [_sentence(h.item.title, h.item.text, h.sentence) for h in found.hits]
    of_found = await matcher.words([Document(text=sentence) for sentence in sentences])
    best = proposals(of_wrong, of_right, of_found, surfaces) if wrong else []
    lines = [f"<b>{code(each.key)}</b> · {esc(words.topic(t, each.topic))}"]
    lines += [_line(ctx, n, one, wrong, len(found.hits)) for n, one in enumerate(best, start=1)]
    if found.candidates >= MOST_READ:
        n = t.number(MOST_READ)
        lines.append(t("Only the newest {n} posts that may match were read.", n=n))
    if best:
        lines.append(
            t("The other finds of a text still count: what is left out is the place, not the text.")
        )
    elif wrong:
        lines.append(t("No word stands only beside false finds and beside no true one."))
    lines += [
        t(
            "{n}. Also {expression}: of posts reported as missed it finds {found} of {of}; in 30"
            " days {new} more.",
            n=n,
            expression=code(one.expression),
            found=one.missed,
            of=one.of,
            new=one.new,
        )
        for n, one in enumerate(added, start=len(best) + 1)
    ]
    buttons = (*await _buttons(ctx, each, best), *await _add_buttons(ctx, each, added))
    await ctx.say(pages(lines)[0], buttons)


async def _additions(ctx: Context, each: Filter, query: Query) -> list[Addition]:
    """Words of posts that were missed of its topic and that it does not find, each with how many
    of them it would find, and how many more in the archive."""
    async with ctx.services.store.read() as conn:
        reported = await missed_reports.of_topic(conn, each.topic, _MISSED)
    analyse, groups = ctx.services.reader.analyse, ctx.services.reader.groups
    texts = [analyse(Document(text=one.text)) for one in reported if one.text]
    lost = [text for text in texts if not matches(query, text)]
    found: dict[str, Addition] = {}
    for text in lost[:_LOOKED_INTO]:
        for expression in (await expressions(ctx, text.document.text))[:1]:
            wanted = parse(expression, groups)
            hit = sum(matches(wanted, other) for other in lost)
            had = await ctx.services.pipeline.backtest(
                wanted, each.topic, ctx.now - _FOR, examples=0
            )
            new = had.hits - had.caught
            found.setdefault(expression, Addition(expression, hit, len(lost), new))
    return sorted(found.values(), key=lambda one: (-one.missed, one.new))[:_MOST_ADDED]


async def _add_buttons(ctx: Context, each: Filter, added: Sequence[Addition]) -> Buttons:
    rows = []
    for one in added:
        token = await ctx.draft(_KIND, {"key": each.key, "also": one.expression}, 24)
        label = ctx.t("Try: also {word}", word=cut(one.expression, 24))
        rows.append((Button(label, data=f"{Callback.DOCTOR}:t:{token}"),))
    return tuple(rows)


async def _add(ctx: Context, each: Filter, expression: str) -> None:
    """An admin's filter gets it as an alternative; beside a pack's it is a filter of its own."""
    if each.origin is Origin.PACK:
        await consider(ctx, each.topic, expression)
        return
    query = _read(ctx, each, "")
    if query is not None:
        await consider(ctx, each.topic, f"({print_query(query)}), ({expression})", each)


def _line(ctx: Context, number: int, one: Proposal, wrong: Sequence[AlertView], found: int) -> str:
    return ctx.t(
        "{n}. Not in a sentence with {word}: drops {false} of {wrong} false finds and no true"
        " one; {fewer} of {found} finds of 30 days.",
        n=number,
        word=code(one.word),
        false=one.false,
        wrong=len(wrong),
        found=found,
        fewer=one.found,
    )


async def _buttons(ctx: Context, each: Filter, best: Sequence[Proposal]) -> Buttons:
    found = []
    for one in best:
        token = await ctx.draft(_KIND, {"key": each.key, "word": one.word}, 24)
        label = ctx.t("Try: without {word}", word=cut(one.word, 24))
        found.append((Button(label, data=f"{Callback.DOCTOR}:t:{token}"),))
    return tuple(found)


async def _try(ctx: Context, each: Filter, word: str) -> None:
    """Of a pack's filter at once; an admin's goes the way of /filter edit, with its proof."""
    t = ctx.t
    if each.origin is not Origin.PACK:
        query = _read(ctx, each, word)
        if query is not None:
            await consider(ctx, each.topic, print_query(query), each)
        return
    groups = ctx.services.reader.groups
    done = await commands.exclude(ctx.backend, ctx.call(), each.key, word, groups)
    if done is Refused.SAME:
        await ctx.change(t("That is left out already."))
        return
    if isinstance(done, Refused):
        await ctx.change(t("There is no filter “{key}”. /filter list shows them.", key=each.key))
        return
    back = Button(t("Take back"), data=f"{Callback.DOCTOR}:u:{done.id}")
    await ctx.change(
        t(
            "{key} no longer counts what stands in a sentence with {words}. What came in the last"
            " 24 hours is read again.",
            key=code(each.key),
            words=code(word),
        ),
        ((back,),),
    )


async def _take_back(ctx: Context, entry_id: int) -> bool:
    done = await undo.undo(ctx.backend, ctx.call(), entry_id)
    if not isinstance(done, Undone):
        return False
    await ctx.toast(ctx.t("Taken back."))
    key = done.entry.subject.partition(":")[2]
    await ctx.change(ctx.t("{key} is as it was.", key=code(key)))
    return True


def _read(ctx: Context, each: Filter, left_out: str) -> Query | None:
    groups = ctx.services.reader.groups
    try:
        query = parse(each.expression, groups, kept=True)
        return excluding(query, parse(left_out, groups, kept=True)) if left_out else query
    except QueryError:
        return None  # a word group it used is gone


async def _lemmas(matcher: Matcher, view: AlertView, surfaces: dict[str, str] | None) -> set[str]:
    """The lemmas of a find's sentence without the find itself; `surfaces` gets a form of each."""
    field, start, end = view.sentence
    found = [(a, b) for where, a, b in view.spans if where == field]
    text = view.title if field == "title" else view.text
    forms: list[str] = []
    at = start
    for word in text[start:end].split():
        at = text.index(word, at)
        inside = any(at < b and at + len(word) > a for a, b in found)
        form = word.strip(_SIGNS).lower()
        if not inside and len(form) >= _LEAST and form.isalpha():
            forms.append(form)
        at += len(word)
    keys = await matcher.words([Document(text=form) for form in forms])
    lemmas: set[str] = set()
    for form, key in zip(forms, keys, strict=True):
        lemmas |= key
        if surfaces is not None:
            for lemma in key:
                surfaces.setdefault(lemma, form)
    return lemmas


def _sentence(title: str, text: str, sentence: tuple[str, int, int]) -> str:
    field, start, end = sentence
    return (title if field == "title" else text)[start:end]
