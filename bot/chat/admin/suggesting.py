"""Words for a filter, taken from a post that none found: the rarest of it beside a soldier."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from bot.alerts import words
from bot.callbacks import Callback
from bot.chat.admin.filter_saving import consider
from bot.chat.context import Context
from bot.chat.text import code
from bot.model.rendered import Button
from filters.document import Document
from filters.explain import matches
from filters.query import QueryError, parse

__all__ = ["expressions", "pressed", "suggest"]

_KIND: Final = "suggested"
_FOR: Final = timedelta(days=30)
_SENTENCE: Final = re.compile(r"[^.!?…\n]+")
_WORD: Final = re.compile(r"[^\W\d_][\w'’-]{4,}")
_TRIED: Final = 24  # words looked up in the archive
_COUNTED: Final = 50
_MOST: Final = 3
_SOLDIER: Final = "@serving"
_HOURS: Final = 24.0


async def suggest(ctx: Context, text: str) -> None:
    """Up to three filters that find the post, the one of rarest words first."""
    await ctx.start_job("suggest", _suggest(ctx, text))


async def pressed(ctx: Context, value: str) -> None:
    """`e:<token>` an expression was chosen; `t:<token>` its topic: then /filter add's proof."""
    action, _, token = value.partition(":")
    kept = await ctx.take(token, _KIND) if action in ("e", "t") else None
    if kept is None:
        await ctx.out_of_date()
        return
    await ctx.toast()
    if action == "t":
        await consider(ctx, str(kept["topic"]), str(kept["expression"]))
        return
    rows = [
        (await _button(ctx, words.topic(ctx.t, topic), "t", {**kept, "topic": topic}),)
        for topic in ctx.services.reader.topics
    ]
    shown = code(str(kept["expression"]))
    await ctx.change(ctx.t("{filter}: of which topic?", filter=shown), tuple(rows))


async def _suggest(ctx: Context, text: str) -> None:
    t = ctx.t
    found = await ctx.patiently(expressions(ctx, text), t("Looking the words up…"))
    if not found:
        await ctx.say(t("I find no words in it to suggest. /filter add takes yours."))
        return
    lines = [t("Filters that would find it; tap one to see its proof:")]
    lines += [f"{n}. {code(each)}" for n, each in enumerate(found, start=1)]
    row = [
        await _button(ctx, str(n), "e", {"expression": each})
        for n, each in enumerate(found, start=1)
    ]
    await ctx.say("\n".join(lines), (tuple(row),))


async def expressions(ctx: Context, text: str) -> list[str]:
    """Each finds the text, and says in one sentence what is rare in it."""
    groups, analyse = ctx.services.reader.groups, ctx.services.reader.analyse
    sentences = [found[0].strip() for found in _SENTENCE.finditer(text)]
    of: dict[str, str] = {}
    for sentence in sentences:
        for found in _WORD.finditer(sentence):
            of.setdefault(found[0].lower(), sentence)
    counts = {word: await _count(ctx, word) for word in sorted(of, key=len)[-_TRIED:]}
    rare = sorted(
        (word for word, count in counts.items() if count is not None),
        key=lambda word: (counts[word], -len(word), word),
    )
    whole = analyse(Document(text=text))
    made: list[str] = []
    for word in rare:
        others = [each for each in rare if each != word and of[each] == of[word]]
        for beside in (_SOLDIER, *others[:1]):
            try:
                query = parse(f"{word} NEAR/s {beside}", groups)
            except QueryError:
                continue
            if matches(query, whole):
                made.append(f"{word} NEAR/s {beside}")
                break
    return made[:_MOST]


async def _count(ctx: Context, word: str) -> int | None:
    """In how many posts of a month it stands, up to fifty; None for what is no word of a filter."""
    try:
        query = parse(word, ctx.services.reader.groups)
    except QueryError:
        return None
    archive = ctx.services.pipeline.archive
    return len((await archive.search(query, ctx.now - _FOR, limit=_COUNTED)).hits)


async def _button(ctx: Context, label: str, action: str, kept: Mapping[str, Any]) -> Button:
    token = await ctx.draft(_KIND, kept, _HOURS)
    return Button(label, data=f"{Callback.SUGGEST}:{action}:{token}")
