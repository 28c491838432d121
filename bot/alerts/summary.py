"""The summary: many alerts in one message, after a pause or beyond a cap. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from bot.alerts import words
from bot.alerts.body import Body, clean
from bot.alerts.lines import RESERVED_UNITS, folded, headline
from bot.i18n import Translator, translator
from bot.model import ChatMode
from bot.model.rendered import Rendered
from bot.model.views import AlertView, SummaryView

__all__ = ["render_summary"]


def render_summary(
    view: SummaryView, *, lang: str, tz: str, mode: ChatMode, revealed: bool = False, now: datetime
) -> Rendered:
    """Many alerts in one message, by topic and army, a line each; what has no room is counted."""
    t = translator(lang)
    total = len(view.alerts) + view.more
    if mode is ChatMode.QUIET and not revealed and view.alerts:
        text = t.n("{n} new item", "{n} new items", total)
        return folded(text, t, view.alerts[0].notice_id)
    body = (
        Body().text(t.n("{n} story", "{n} stories", total)).text(f", {_period(t, view, tz, now)}")
    )
    left = view.more
    for group in _groups(view.alerts):
        first = group[0]
        army = words.army(t, first.army)
        name = ", ".join(filter(None, (words.topic(t, first.topic), army)))
        heading: Body | None = (
            Body().text("\n\n").bold(clean(name)).text(f": {t.number(len(group))}")
        )
        for each in group:
            line = Body().add(heading) if heading else Body()
            headline(line.text("\n· "), t, each, tz, now)
            if body.fits(line, reserve=RESERVED_UNITS):
                body.add(line)
                heading = None
            else:
                left += 1
    if left:
        body.text("\n\n" + t("And {n} more.", n=t.number(left)))
    return body.rendered()


def _period(t: Translator, view: SummaryView, tz: str, now: datetime) -> str:
    since, until = (t.time(when, tz, near=now) for when in (view.since, view.until))
    return f"{since} {t.city(tz)}" if since == until else f"{since} – {until} {t.city(tz)}"


def _groups(alerts: Iterable[AlertView]) -> list[list[AlertView]]:
    """By topic and army; within, as they came."""
    groups: dict[tuple[str, str], list[AlertView]] = {}
    for each in alerts:
        groups.setdefault((each.topic, each.army), []).append(each)
    sizes = Counter({key: len(group) for key, group in groups.items()})
    ordered = sorted(groups, key=lambda key: (words.topic_rank(key[0]), -sizes[key], key[1]))
    return [groups[key] for key in ordered]
