"""/review: what is possible, said to be missed or called noise, one by one with ✓ ✗ Skip.

Missed posts come first, then noise, then what is possible, each newest first. Every answer
teaches: see `bot.chat.admin.learning`.
"""

from __future__ import annotations

import html
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.alerts import words
from bot.alerts.snippet import snippet
from bot.callbacks import Callback
from bot.chat.admin import learning, suggesting
from bot.chat.admin.filter_tests import read_lines
from bot.chat.context import Context
from bot.chat.text import Buttons, cut, esc, is_number, pages
from bot.commands import review as commands
from bot.commands import undo
from bot.commands.calls import Refused
from bot.commands.undo import Undone
from bot.i18n import msg
from bot.model.rendered import Button
from bot.model.views import AlertView
from bot.store import answers, missed_reports
from bot.store.answers import Asked
from bot.store.audit import Entry
from bot.store.connection import Connection
from bot.store.missed_reports import Missed
from bot.urls import safe_url, short_url
from filters.document import Document

__all__ = ["pressed", "review"]

_LONGEST: Final = 600
_FOR: Final = timedelta(days=30)
_KINDS: Final = "mnp"
_HEADINGS: Final[Mapping[str, str]] = {
    "n": msg("Called noise: {topic} · {score} %"),
    "p": msg("Possible: {topic} · {score} %"),
}


@dataclass(frozen=True, slots=True)
class Card:
    """What is asked: `kind` is m (missed), n (noise) or p (possible), with its number."""

    kind: str
    number: int
    asked: Asked | None = None
    missed: Missed | None = None


async def review(ctx: Context) -> None:
    """`/review`: a proposal that waits, then the first card."""
    await learning.propose_if_due(ctx)
    await ctx.start_job("review", _next(ctx, _KINDS[0], 0, ""))


async def pressed(ctx: Context, value: str) -> None:
    """`<action>:<kind>:<number>[:<more>]`: y, n, s (skip), t (a topic), u (undo), b (back), w."""
    action, kind, number, more = _parts(value)
    run = _ACTIONS.get(action)
    if run is None or not number or kind not in _KINDS:
        await ctx.out_of_date()
    else:
        await run(ctx, kind, number, more)


def _parts(value: str) -> tuple[str, str, int, str]:
    action, kind, number, more = [*value.split(":", 3), "", "", ""][:4]
    return action, kind, int(number) if is_number(number) else 0, more


# answers


async def _yes(ctx: Context, kind: str, number: int, more: str) -> None:
    if kind == "m":
        await _which_topic(ctx, number)
    else:
        await _decide(ctx, kind, number, true=True)


async def _no(ctx: Context, kind: str, number: int, more: str) -> None:
    if kind == "m":
        await _answer_text(
            ctx, kind, number, await commands.settle(ctx.backend, ctx.call(), number)
        )
    else:
        await _decide(ctx, kind, number, true=False)


async def _decide(ctx: Context, kind: str, number: int, *, true: bool) -> None:
    decide = commands.decide_noise if kind == "n" else commands.decide_match
    await _answer_text(ctx, kind, number, await decide(ctx.backend, ctx.call(), number, true))


async def _which_topic(ctx: Context, number: int) -> None:
    """A missed post is one of some topic: which."""
    found = await _card(ctx, "m", number)
    if found is None:
        await ctx.out_of_date()
        return
    await ctx.toast()
    rows = [
        (Button(words.topic(ctx.t, topic), data=f"{Callback.REVIEW}:t:m:{number}:{topic}"),)
        for topic in ctx.services.reader.topics
    ]
    back = Button(ctx.t("Back"), data=f"{Callback.REVIEW}:b:m:{number}")
    body = await _body(ctx, found, short=True)
    await ctx.change(f"{body}\n\n{ctx.t('Of which topic is it?')}", (*rows, (back,)))


async def _topic(ctx: Context, kind: str, number: int, topic: str) -> None:
    found = await _card(ctx, "m", number)
    if topic not in ctx.services.reader.topics or found is None or found.missed is None:
        await ctx.out_of_date()
        return
    reading = await ctx.services.pipeline.matcher.look(Document(text=found.missed.text))
    score = reading.scores.get(topic, 0.0)
    done = await commands.settle(ctx.backend, ctx.call(), number, topic, score)
    await _answer_text(ctx, "m", number, done)


async def _answer_text(ctx: Context, kind: str, number: int, done: Entry | Refused) -> None:
    """The next card, with Undo for this answer."""
    if done is Refused.MISSING:
        await ctx.out_of_date()
        return
    again = "" if isinstance(done, Refused) else f"{done.id}:{kind}{number}"
    if done is Refused.SAME:
        await ctx.toast(ctx.t("That has been answered already."))
    elif not isinstance(done, Refused) and done.details.get("was"):
        before = "✓" if done.details["was"] == "true" else "✗"
        text = ctx.t(
            "It was answered {before} before. Yours counts now; Undo takes it back.", before=before
        )
        await ctx.toast(text, alert=True)
    await ctx.toast()
    await ctx.start_job("review", _next_and_learn(ctx, kind, number, again))


async def _next_and_learn(ctx: Context, kind: str, number: int, again: str) -> None:
    await _next(ctx, kind, number, again)
    await learning.propose_if_due(ctx)


async def _skip(ctx: Context, kind: str, number: int, more: str) -> None:
    await ctx.toast()
    await ctx.start_job("review", _next(ctx, kind, number, ""))


async def _back(ctx: Context, kind: str, number: int, more: str) -> None:
    await ctx.toast()
    await ctx.start_job("review", _show_again(ctx, kind, number))


async def _undo(ctx: Context, kind: str, number: int, more: str) -> None:
    """Take back the answer to the card before, and ask it again."""
    entry = int(more) if is_number(more) else 0
    done = await undo.undo(ctx.backend, ctx.call(), entry) if entry else Refused.MISSING
    if not isinstance(done, Undone):
        await ctx.toast(ctx.t("That cannot be taken back any more."))
        return
    await ctx.toast(ctx.t("Taken back."))
    await ctx.start_job("review", _show_again(ctx, kind, number))


async def _words(ctx: Context, kind: str, number: int, more: str) -> None:
    """Filters of the words of a missed post, with their proof."""
    found = await _card(ctx, "m", number)
    if kind != "m" or found is None or found.missed is None or not found.missed.text:
        await ctx.out_of_date()
        return
    await ctx.toast()
    await suggesting.suggest(ctx, found.missed.text)


_ACTIONS: Mapping[str, Callable[[Context, str, int, str], Awaitable[None]]] = {
    "y": _yes,
    "n": _no,
    "s": _skip,
    "t": _topic,
    "u": _undo,
    "b": _back,
    "w": _words,
}


# cards


async def _next(ctx: Context, kind: str, before: int, again: str) -> None:
    """The card after that one; `again` undoes the last answer."""
    found: Card | None = None
    async with ctx.services.store.read() as conn:
        for each in _KINDS[_KINDS.index(kind) :]:
            found = found or await _after(ctx, conn, each, before if each == kind else 0)
        left = await missed_reports.count_open(conn)
        possible, noise = await answers.count_waiting(conn, ctx.now - _FOR)
    if found is None:
        await ctx.change(_nothing(ctx, left + possible + noise), _undo_alone(ctx, again))
        return
    counts = _counts(ctx, left, noise, possible)
    await ctx.change(f"{counts}\n\n{await _body(ctx, found)}", _buttons(ctx, found, again))


async def _after(ctx: Context, conn: Connection, kind: str, before: int) -> Card | None:
    if kind == "m":
        report = await missed_reports.next_open(conn, before)
        return None if report is None else Card(kind, report.id, missed=report)
    if kind == "n":
        asked = await answers.next_noise(conn, before)
    else:
        asked = await answers.next_possible(conn, ctx.now - _FOR, before)
    return None if asked is None else Card(kind, asked.number, asked=asked)


async def _show_again(ctx: Context, kind: str, number: int) -> None:
    found = await _card(ctx, kind, number)
    if found is None:
        await _next(ctx, kind, number, "")
    else:
        await ctx.change(await _body(ctx, found), _buttons(ctx, found, ""))


async def _card(ctx: Context, kind: str, number: int) -> Card | None:
    async with ctx.services.store.read() as conn:
        if kind == "m":
            report = await missed_reports.get(conn, number)
            return None if report is None else Card(kind, number, missed=report)
        of = answers.get if kind == "n" else answers.match_of_row
        asked = await of(conn, number)
        return None if asked is None else Card(kind, number, asked=asked)


def _counts(ctx: Context, left: int, noise: int, possible: int) -> str:
    t = ctx.t
    parts = [
        t("missed {n}", n=t.number(left)) if left else "",
        t("noise {n}", n=t.number(noise)) if noise else "",
        t("possible {n}", n=t.number(possible)) if possible else "",
    ]
    return t("To review: {what}", what=" · ".join(filter(None, parts)))


def _nothing(ctx: Context, left: int) -> str:
    t = ctx.t
    if left:
        return t("Those were all; what you skipped comes again with /review.")
    return t(
        "Nothing to review: no possible alert, no post reported as missed, nothing called noise."
    )


async def _body(ctx: Context, card: Card, *, short: bool = False) -> str:
    lines: list[str] = []
    if card.missed is not None:
        lines = await _missed(ctx, card.missed, short=short)
    elif card.asked is not None:
        lines = _match(ctx, card.kind, card.asked)
    return pages(lines)[0]


async def _missed(ctx: Context, each: Missed, *, short: bool) -> list[str]:
    t = ctx.t
    times = t.n("reported {n} time", "reported {n} times", each.times)
    lines = [f"<b>{t('Reported as missed')}</b>", f"{t.time(each.at, ctx.tz, ctx.now)} · {times}"]
    if each.text:
        lines.append(f"<blockquote>{esc(cut(each.text, _LONGEST))}</blockquote>")
    if url := safe_url(each.url):
        lines.append(f'<a href="{html.escape(url)}">{html.escape(short_url(url))}</a>')
    if each.text and not short:
        lines += await read_lines(ctx, each.text)
    if not short:
        lines.append(t("Should an alert have come?"))
    return lines


def _match(ctx: Context, kind: str, asked: Asked) -> list[str]:
    """`Possible: Desertion · 62 %`, the passage, what speaks for it and against it."""
    t, view = ctx.t, asked.view
    topic = esc(words.topic(t, view.topic))
    heading = t(_HEADINGS[kind], topic=topic, score=round(100 * view.score))
    lines = [f"<b>{heading}</b>"]
    if kind == "n":
        counts = [t("noise {n}", n=t.number(asked.said_false))]
        counts += [t("true {n}", n=t.number(asked.said_true))] if asked.said_true else []
        lines.append(t("Readers reported: {what}", what=", ".join(counts)))
    lines.append(f"<blockquote>{_passage(view)}</blockquote>")
    source = esc(view.source_title, 60)
    if url := safe_url(view.url):
        source += f' · <a href="{html.escape(url)}">{html.escape(short_url(url))}</a>'
    lines += [source, _speaks_for(ctx, asked)]
    if against := _speaks_against(ctx, asked):
        lines.append(against)
    lines.append(t("Does it tell of {topic}?", topic=topic))
    return lines


def _passage(view: AlertView) -> str:
    field, start, end = view.sentence
    text = view.title if field == "title" else view.text
    found = [(a, b) for where, a, b in view.words or view.spans if where == field]
    pieces = snippet(text, (start, end), found, _LONGEST)
    shown = ((html.escape(part, quote=False), bold) for part, bold in pieces)
    return "".join(f"<b>{part}</b>" if bold else part for part, bold in shown)


def _speaks_for(ctx: Context, asked: Asked) -> str:
    t, view = ctx.t, asked.view
    fields = {"title": view.title, "text": view.text}
    weighty = (esc(fields.get(field, "")[a:b], 40) for field, a, b in view.words)
    found = [f"«{each}»" for each in dict.fromkeys(filter(None, weighty))]
    if asked.filters:
        found.append(t.n("{n} filter", "{n} filters", len(asked.filters)))
    return t("Speaks for it: {what}.", what=", ".join(found) or "—")


def _speaks_against(ctx: Context, asked: Asked) -> str:
    t, view = ctx.t, asked.view
    found = [] if asked.filters else [t("no filter found it")]
    found += [t("no army is named near it")] if view.army == "unknown" else []
    found += [t("another army")] if view.army == "other" else []
    return t("Against: {what}.", what=", ".join(found)) if found else ""


def _buttons(ctx: Context, card: Card, again: str) -> Buttons:
    t, key = ctx.t, f"{card.kind}:{card.number}"
    row = [
        Button(t("✓ Yes"), data=f"{Callback.REVIEW}:y:{key}"),
        Button(t("✗ No"), data=f"{Callback.REVIEW}:n:{key}"),
        Button(t("Skip"), data=f"{Callback.REVIEW}:s:{key}"),
    ]
    suggests: Buttons = ()
    if card.missed is not None and card.missed.text:
        suggests = ((Button(t("Suggest words"), data=f"{Callback.REVIEW}:w:{key}"),),)
    return (tuple(row), *suggests, *_undo_alone(ctx, again))


def _undo_alone(ctx: Context, again: str) -> Buttons:
    """Undo of the answer before: `<audit row>:<kind><number>`."""
    if not again:
        return ()
    entry, _, key = again.partition(":")
    data = f"{Callback.REVIEW}:u:{key[0]}:{key[1:]}:{entry}"
    return ((Button(ctx.t("Undo"), data=data),),)
