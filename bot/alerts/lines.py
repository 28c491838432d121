"""Lines about an item that alerts, digests, summaries and Why? have in common. Pure.

A headline with its source, when an item was published, the words that were found, and the line
that a lock screen may show.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.alerts.body import Body
from bot.alerts.small_words import telling
from bot.alerts.snippet import plain_text, snippet
from bot.callbacks import Callback
from bot.i18n import Translator
from bot.model.rendered import Button, Rendered
from bot.model.views import AlertView, Joined

__all__ = [
    "MAX_SOURCE_LETTERS",
    "MAX_TITLE_LETTERS",
    "RESERVED_UNITS",
    "add_roundup",
    "dated",
    "folded",
    "found_words",
    "headline",
    "short",
    "spans_in",
    "when_of",
]

MAX_TITLE_LETTERS: Final = 140
MAX_SOURCE_LETTERS: Final = 60
_MAX_HEADLINE_LETTERS: Final = 100
_MAX_FINDS: Final = 6  # words that Why? repeats
_CLOCK_SKEW: Final = timedelta(minutes=10)
_NEWS_AGE: Final = timedelta(days=1)  # what is found later has a date that is worth a word
RESERVED_UNITS: Final = 100  # units for the last line of a summary


def add_roundup(body: Body, t: Translator, view: AlertView) -> None:
    """Say that the text is one entry of a roundup; the other entries are alerts of their own."""
    if view.roundup is None:
        return
    title = short(view.roundup, MAX_TITLE_LETTERS)
    named = t("One entry of the roundup «{title}»", title=title) if title else ""
    body.text("\n" + (named or t("One entry of a roundup")))


def when_of(item: AlertView | Joined) -> datetime:
    """When it was published, or seen where the source does not say or is ahead of time."""
    if item.published is None or item.published > item.seen_at + _CLOCK_SKEW:
        return item.seen_at
    return item.published


def dated(t: Translator, item: AlertView | Joined, when: str) -> str:
    """The time; said to be a date where the source brought it more than a day later."""
    late = item.published is not None and item.seen_at - item.published > _NEWS_AGE
    return t("dated {when}", when=when) if late else when


def spans_in(view: AlertView, field: str) -> list[tuple[int, int]]:
    return [(start, end) for where, start, end in view.spans if where == field]


def short(text: str, longest: int) -> str:
    """A stranger's name or word, on one line."""
    return plain_text(snippet(text, (0, len(text)), (), longest))


def found_words(view: AlertView) -> tuple[list[str], bool]:
    """The words that made it match, each once, and whether one sentence holds them all.

    Without small words («которые») where others were found too.
    """
    field, start, end = view.sentence
    found: dict[str, str] = {}
    together = True
    for where, first, last in view.spans:
        word = short((view.title if where == "title" else view.text)[first:last], 60)
        if word:
            found.setdefault(word.casefold(), word)
            together &= where == field and start <= first and last <= end
    return telling(found.values())[:_MAX_FINDS], together


def headline(body: Body, t: Translator, view: AlertView, tz: str, now: datetime) -> None:
    """What happened in a line, and where to read it."""
    headline = short(view.title, _MAX_HEADLINE_LETTERS)
    if not headline:
        field, start, end = view.sentence
        text = view.title if field == "title" else view.text
        headline = plain_text(
            snippet(text, (start, end), spans_in(view, field), _MAX_HEADLINE_LETTERS)
        )
    name = short(view.source_title, MAX_SOURCE_LETTERS)
    body.text(f"{headline} · " if headline else "")
    body.link(view.url, f"{name} {t.time(when_of(view), tz, near=now)}".strip())


def folded(text: str, t: Translator, notice_id: int) -> Rendered:
    """What a lock screen may show."""
    return Body().text(text).rendered((Button(t("Open"), data=f"{Callback.OPEN}:{notice_id}"),))
