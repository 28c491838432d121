"""Renders each kind of message by its view, and says which chats want an item."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.alerts import audience
from bot.alerts.digest import caption, chart_of, render_digest
from bot.alerts.render import render_alert, render_reply
from bot.alerts.summary import render_summary
from bot.delivery.expand import Audience, Choose, Wanted
from bot.model import ChatType, Item, ItemMatch, Source, Subscription
from bot.model.rendered import Rendered
from bot.model.views import AlertView, ChartView, DigestView, ReplyView, SummaryView
from bot.store.message_views import Content, MessageView
from bot.stories.edits import edited, edited_all
from filters.document import Document
from filters.packs import load_packs
from filters.reading import Reader

__all__ = ["Rendering", "audience_of"]


def audience_of(reader: Reader) -> Audience:
    """The pure audience, in the words of delivery."""
    read_item = audience.Audience(reader)

    def read(item: Item, source: Source, matches: Sequence[ItemMatch]) -> Choose:
        choose = read_item(item, source, matches)

        def wanted(subscriptions: Sequence[Subscription]) -> Wanted | None:
            chosen = choose(subscriptions)
            return None if chosen is None else Wanted(*chosen)

        return wanted

    return read


def _after_edits(content: Content) -> Content:
    """With the texts to show of items that were edited since they were told."""
    if isinstance(content, AlertView):
        return edited(content)
    if isinstance(content, ReplyView):
        return replace(content, alert=edited(content.alert))
    if isinstance(content, SummaryView | DigestView):
        return replace(content, alerts=edited_all(content.alerts))
    return content


class Rendering:
    """What a message shows, by what it tells. Pure but for the reader's caches."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._titles = {e.id: e.titles for e in load_packs().entities if e.kind == "place"}

    def __call__(self, view: MessageView, now: datetime) -> Rendered:
        chat, content = view.message.chat, _after_edits(view.content)
        revealed = view.message.revealed(now)
        if isinstance(content, AlertView):
            return render_alert(
                content,
                lang=chat.lang,
                tz=chat.tz,
                mode=chat.mode,
                revealed=revealed,
                now=now,
                channel=chat.type is ChatType.CHANNEL,
            )
        if isinstance(content, ReplyView):
            return render_reply(
                content, lang=chat.lang, tz=chat.tz, mode=chat.mode, revealed=revealed, now=now
            )
        if isinstance(content, SummaryView):
            return render_summary(
                content, lang=chat.lang, tz=chat.tz, mode=chat.mode, revealed=revealed, now=now
            )
        if isinstance(content, DigestView):
            return render_digest(
                content, lang=chat.lang, tz=chat.tz, mode=chat.mode, revealed=revealed
            )
        assert isinstance(content, ChartView)
        places = partial(self._places, lang=chat.lang)
        chart = chart_of(content, places, lang=chat.lang, tz=chat.tz)
        text = caption(content, chat.lang)
        return Rendered(html.escape(text), text, chart=chart)

    def _places(self, text: str, lang: str) -> Iterator[tuple[str, str]]:
        for mention in self._reader.analyse(Document(text=text)).mentions:
            if titles := self._titles.get(mention.id):
                yield mention.id, titles.get(lang) or next(iter(titles.values()), mention.id)
