"""Under an alert, after More: posts that resemble it, and the copy of it that is kept."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from bot.alerts.documents import document_of
from bot.chat.context import Context
from bot.chat.subscriber.alerts import told_alert
from bot.chat.subscriber.searching import shown
from bot.ingest.archive import SearchHit
from bot.model import Item, Source
from bot.model.views import AlertView
from bot.store import items, sources
from filters.document import Document

__all__ = ["copy", "similar"]

_LOOKED_AT: Final = 150  # newest stories of the topic,
_LOOKED_UP: Final = 150  # and of all others the newest that hold one of its rarest words
_RAREST: Final = 12
_SHORTEST: Final = 4  # letters of such a word
_SHOWN: Final = 5
_LEAST: Final = 0.12  # of the weight of its words that another post must share


async def similar(ctx: Context, value: str) -> None:
    """`<notice>`: posts of the topic, of other stories, that share most of its rarer words."""
    view = await told_alert(ctx, value)
    item = None if view is None else await _item(ctx, view)
    if view is None or item is None:
        await ctx.out_of_date()
        return
    await ctx.toast()
    ctx.topical = True
    await ctx.start_job("similar", _similar(ctx, view, *item))


async def _similar(ctx: Context, view: AlertView, item: Item, source: Source) -> None:
    t = ctx.t
    kept, matcher = ctx.services.pipeline.archive, ctx.services.pipeline.matcher
    others = _of_others(item, await kept.matched([view.topic], _LOOKED_AT))
    own, *theirs = await matcher.words([document_of(item, source), *_documents(others)])
    if rare := _rarest(own, theirs):
        known = {hit.item.id for hit in others}
        found = _of_others(item, await kept.matched([view.topic], _LOOKED_UP, rare))
        older = [hit for hit in found if hit.item.id not in known]
        others, theirs = [*others, *older], [*theirs, *await matcher.words(_documents(older))]
    near = [
        (share, hit)
        for share, hit in zip(_shares(own, theirs), others, strict=True)
        if share >= _LEAST
    ]
    near.sort(key=lambda pair: -pair[0])
    if not near:
        await ctx.say(t("No other story of this topic resembles it."), reply=True)
        return
    lines = [f"<b>{t('Other stories that resemble it')}</b>"]
    for _, hit in near[:_SHOWN]:
        lines += ["", *shown(ctx, hit)]
    await ctx.say("\n".join(lines), reply=True)


def _of_others(item: Item, found: Sequence[SearchHit]) -> list[SearchHit]:
    return [each for each in found if (each.item.story_id or -1) != item.story_id]


def _documents(hits: Sequence[SearchHit]) -> list[Document]:
    return [document_of(hit.item, hit.source) for hit in hits]


def _rarest(own: frozenset[str], theirs: Sequence[frozenset[str]]) -> list[str]:
    """The words of the post that fewest of the newest ones hold; of equals the longest."""
    seen = Counter(word for words in theirs for word in words & own)
    words = [word for word in own if len(word) >= _SHORTEST and word.isalpha()]
    return sorted(words, key=lambda word: (seen[word], -len(word), word))[:_RAREST]


def _shares(own: frozenset[str], theirs: Sequence[frozenset[str]]) -> list[float]:
    """How much of the weight of its words each text shares; a word weighs by how rare it is."""
    texts = [own, *theirs]
    seen = Counter(word for words in texts for word in words)
    weight = {word: math.log((1 + len(texts)) / seen[word]) for word in own}
    whole = sum(weight.values())
    return [sum(weight[word] for word in own & words) / whole if whole else 0 for words in theirs]


async def copy(ctx: Context, value: str) -> None:
    """`<notice>`: the post as it was read, each version of its text, as a file with its sha256."""
    view = await told_alert(ctx, value)
    found = None if view is None else await _item(ctx, view)
    if found is None:
        await ctx.out_of_date()
        return
    await ctx.toast()
    item, source = found
    async with ctx.services.store.read() as conn:
        versions = [
            each
            for number in range(1, item.revision)
            if (each := await items.get(conn, item.id, number)) is not None
        ]
    content = _written(ctx, source, [*versions, item]).encode()
    digest = sha256(content).hexdigest()
    caption = ctx.t("The post as it was read. sha256 of this file: {sha256}", sha256=digest)
    await ctx.send_file(f"vigil-{item.id}.txt", content, caption, soon=ctx.discreet)


def _written(ctx: Context, source: Source, versions: Sequence[Item]) -> str:
    t, item = ctx.t, versions[-1]
    lines = [
        item.title or source.title,
        source.title,
        item.url,
        t("Published: {when}", when=_when(item.published) if item.published else "—"),
        t("First read: {when}", when=_when(item.seen_at)),
    ]
    for number, each in enumerate(versions, start=1):
        head = t("Version {n}.", n=number) if len(versions) > 1 else ""
        title = [each.title] if each.title and each.title != item.title else []
        lines += ["", *filter(None, (head, *title)), each.text]
    return "\n".join(lines) + "\n"


def _when(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


async def _item(ctx: Context, view: AlertView) -> tuple[Item, Source] | None:
    async with ctx.services.store.read() as conn:
        item = await items.get(conn, view.item_id)
        source = None if item is None else await sources.get(conn, item.source_id)
    return None if item is None or source is None else (item, source)
