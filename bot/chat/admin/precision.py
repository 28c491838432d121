"""/precision: how often what each filter found was true, worst first; its texts; Off there."""

from __future__ import annotations

import html
from typing import Final

from bot.alerts import words
from bot.alerts.snippet import snippet
from bot.callbacks import Callback
from bot.chat.admin import learning
from bot.chat.context import Context
from bot.chat.paging import page_of
from bot.chat.text import Buttons, code, cut, esc, is_number, pages
from bot.model.rendered import Button
from bot.model.views import AlertView
from bot.store import answers, exclusions, filters
from bot.store.answers import Record
from bot.store.filters import Filter, FilterState
from bot.urls import safe_url

__all__ = ["precision", "pressed", "quoted"]

_PAGE: Final = 8
_FALSE, _TRUE = 4, 2
_QUOTE: Final = 220


async def precision(ctx: Context) -> None:
    """`/precision`: all filters that people have answered about; `/precision f12`: one."""
    if ctx.args:
        key = ctx.args.split()[0].lower()
        key = f"f{key}" if key.isdecimal() else key
        shown = await _one(ctx, key, 0)
        if shown is None:
            missing = ctx.t(
                "There is no filter “{key}”. /filter list shows them.", key=esc(key, 60)
            )
            await ctx.say(missing)
        else:
            await ctx.say(*shown)
        return
    lines, buttons = await learning.state_lines(ctx)
    body, more = await _page(ctx, 0)
    await ctx.say("\n".join([body, "", *lines]), (*more, *buttons))


async def pressed(ctx: Context, value: str) -> None:
    """`p:<page>`, or `s:<page>:<key>`: one filter, whose page is gone back to."""
    action, _, rest = value.partition(":")
    number, _, key = rest.partition(":")
    page = int(number) if is_number(number) else -1
    shown = None
    if action == "p" and page >= 0:
        shown = await _page(ctx, page)
    elif action == "s" and page >= 0 and key:
        shown = await _one(ctx, key, page)
    if shown is None:
        await ctx.out_of_date()
        return
    await ctx.toast()
    await ctx.change(*shown)


async def _page(ctx: Context, number: int) -> tuple[str, Buttons]:
    t = ctx.t
    async with ctx.services.store.read() as conn:
        found = await answers.record_of_filters(conn)
    if not found:
        return t("No answers yet: /review asks, and ✓ and ✗ under alerts answer."), ()
    page = page_of(found, number, _PAGE)
    lines = [f"<b>{t('Filters by what people answered, the worst first')}</b>"]
    lines += [
        f"{n}. {code(each.key)}: {_record_text(ctx, each)}"
        for n, each in enumerate(page.items, start=1)
    ]
    row = tuple(
        Button(str(n), data=f"{Callback.PRECISION}:s:{page.number}:{each.key}")
        for n, each in enumerate(page.items, start=1)
    )
    return "\n".join(lines), (row, *page.buttons(f"{Callback.PRECISION}:p"))


def _record_text(ctx: Context, each: Record) -> str:
    """`25 %, 1 true of 4`."""
    answers_count = each.true + each.false
    share = round(100 * each.true / answers_count) if answers_count else 0
    return ctx.t(
        "{share} %, {true} of {told} true", share=share, true=each.true, told=answers_count
    )


async def _one(ctx: Context, key: str, page: int) -> tuple[str, Buttons] | None:
    t = ctx.t
    async with ctx.services.store.read() as conn:
        each = await filters.get(conn, key)
        if each is None or each.state is FilterState.REMOVED:
            return None
        records = {record.key: record for record in await answers.record_of_filters(conn)}
        left_out = (await exclusions.all_words(conn)).get(key, "")
        wrong = await answers.texts_of_filter(conn, key, true=False, most=_FALSE)
        right = await answers.texts_of_filter(conn, key, true=True, most=_TRUE)
    record_text = _record_text(ctx, records[key]) if key in records else t("no answers yet")
    lines = [f"<b>{code(key)}</b> · {esc(words.topic(t, each.topic))} · {record_text}"]
    lines.append(code(cut(each.expression, 400)))
    if left_out:
        lines.append(t("Not in a sentence with: {words}", words=code(cut(left_out, 200))))
    lines += _quoted(t("Not true:"), wrong) + _quoted(t("True:"), right)
    return pages(lines)[0], (_buttons(ctx, each), (_to_list(ctx, page),))


def _quoted(heading: str, found: list[AlertView]) -> list[str]:
    return [heading, *(f"· {quoted(each)}" for each in found)] if found else []


def quoted(view: AlertView, most: int = _QUOTE) -> str:
    """The sentence with what was found in bold, and a link to where it stands."""
    field, start, end = view.sentence
    text = view.title if field == "title" else view.text
    found = [(a, b) for where, a, b in view.spans if where == field]
    pieces = ((html.escape(p, quote=False), b) for p, b in snippet(text, (start, end), found, most))
    shown = "".join(f"<b>{part}</b>" if bold else part for part, bold in pieces)
    source = esc(view.source_title, 40)
    if url := safe_url(view.url):
        source = f'<a href="{html.escape(url)}">{source}</a>'
    return f"«{shown}» {source}"


def _buttons(ctx: Context, each: Filter) -> tuple[Button, ...]:
    if each.state is FilterState.OFF:
        return (Button(ctx.t("On"), data=f"{Callback.FILTER}:on:{each.key}"),)
    return (
        Button(ctx.t("Off"), data=f"{Callback.FILTER}:off:{each.key}"),
        Button(ctx.t("Fix…"), data=f"{Callback.DOCTOR}:a:{each.key}"),
    )


def _to_list(ctx: Context, page: int) -> Button:
    return Button(ctx.t("Back"), data=f"{Callback.PRECISION}:p:{page}")
