"""The digest: what happened, grouped by topic and army, what most have written about first. Pure.

Verdicts and statistics, dozens a day, are counts above a list that folds. What has no room
there, and what is only possible, stands behind Show: `render_page`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.alerts import words
from bot.alerts.body import Body, clean
from bot.alerts.lines import folded, headline, when_of
from bot.alerts.volume import DIGESTED
from bot.callbacks import Callback
from bot.i18n import Translator, translator, zone
from bot.model import ChatMode
from bot.model.rendered import Button, Chart, Rendered
from bot.model.views import AlertView, ChartView, DigestView

__all__ = [
    "caption",
    "chart_of",
    "counted",
    "is_dark",
    "page_count",
    "ranked",
    "render_digest",
    "render_page",
]

_RESERVED_LETTERS: Final = 260  # units for the counts, the sources and "and more"
_MAX_LISTED: Final = 12  # stories of one topic and army
_STORIES_A_PAGE: Final = 15
_MAX_PLACES: Final = 8
_DAYS_A_WEEK: Final = 7
_MORNING, _EVENING = 7, 20  # hours between which pictures are bright


def ranked(alerts: Iterable[AlertView]) -> list[AlertView]:
    """Separate texts count, reposts hardly, then the newest."""

    def weight(view: AlertView) -> tuple[int, int, float]:
        texts = sum(not other.repost for other in view.joined)
        return (-texts, -len(view.joined), -when_of(view).timestamp())

    return sorted(alerts, key=weight)


def counted(view: DigestView) -> list[AlertView]:
    """The stories that a digest counts, in the order of their pages; what is only possible
    comes last."""
    mass = [each for each in view.alerts if each.stage in DIGESTED]
    mass.sort(key=lambda each: (each.stage != "verdict", -when_of(each).timestamp()))
    return [*mass, *view.possible]


def render_digest(
    view: DigestView, *, lang: str, tz: str, mode: ChatMode, revealed: bool = False
) -> Rendered:
    """The digest as one message; what has no room is counted."""
    t = translator(lang)
    total = len(view.alerts) + view.more
    stories = t.n("{n} story", "{n} stories", total)
    if mode is ChatMode.QUIET and not revealed and view.alerts:
        return folded(t.n("{n} new item", "{n} new items", total), t, view.alerts[0].notice_id)
    body = Body().bold(t.day(view.until, tz)).text(f" · {stories}")
    left = view.more + _stories(body, t, view, tz)
    mass = counted(view)
    sure = mass[: len(mass) - len(view.possible)]
    hidden = bool(view.possible)
    for stage in ("verdict", "statistics"):
        of_stage = [each for each in sure if each.stage == stage]
        if of_stage:
            body.text("\n\n" if stage == "verdict" or not _has(sure, "verdict") else "\n")
            body.bold(words.stages(t, stage).upper()).text(f": {_by_army(t, of_stage)}")
            hidden |= not _list(body, t, of_stage, view, tz)
    if view.possible:
        body.text("\n\n").bold(t("Possible").upper()).text(f": {t.number(len(view.possible))}")
    if left:
        body.text("\n\n" + t("And {n} more.", n=t.number(left)))
    _unread(body, t, view, tz)
    buttons = (
        (Button(t("Show"), data=f"{Callback.DIGEST_PAGE}:{view.message_id}:0"),) if hidden else ()
    )
    return body.rendered(buttons) if buttons else body.rendered()


def page_count(view: DigestView) -> int:
    """How many pages the counted stories fill."""
    return -(-len(counted(view)) // _STORIES_A_PAGE)


def render_page(view: DigestView, page: int, *, lang: str, tz: str) -> Rendered:
    """A page (from 0) of the stories that the digest only counted."""
    t = translator(lang)
    shown = counted(view)[page * _STORIES_A_PAGE : (page + 1) * _STORIES_A_PAGE]
    body = Body()
    heading = ""
    for each in shown:
        line = Body()
        over = words.stages(t, each.stage) if each.certainty == "sure" else t("Possible")
        if over != heading:
            line.text("\n\n" if body else "").bold(over.upper())
            heading = over
        line.text("\n· ")
        headline(line, t, each, tz, view.until)
        if body.fits(line, reserve=40):
            body.add(line)
    pages = page_count(view)
    row = [
        Button(label, data=f"{Callback.DIGEST_PAGE}:{view.message_id}:{number}")
        for label, number in ((f"‹ {page}", page - 1), (f"{page + 2} ›", page + 1))
        if 0 <= number < pages
    ]
    return body.rendered(tuple(row)) if row else body.rendered()


def chart_of(
    view: ChartView, places: Callable[[str], Iterable[tuple[str, str]]], *, lang: str, tz: str
) -> Chart:
    """The week's picture in words; `places` gives (id, title) of those a text names."""
    t = translator(lang)
    last = view.until.astimezone(zone(tz)).date()
    days = [last - timedelta(days=n) for n in reversed(range(_DAYS_A_WEEK))]
    by_topic: dict[str, Counter[object]] = {}
    named: Counter[str] = Counter()
    titles: dict[str, str] = {}
    for topic, at, text in view.told:
        by_topic.setdefault(topic, Counter())[at.astimezone(zone(tz)).date()] += 1
        found = dict(places(text))
        titles |= found
        named.update(found.keys())
    ordered = sorted(by_topic, key=words.topic_rank)
    most = sorted(named.items(), key=lambda pair: (-pair[1], titles[pair[0]]))[:_MAX_PLACES]
    return Chart(
        title=t("Alerts a day, {since} – {until}", since=t.date(days[0]), until=t.date(days[-1])),
        days=tuple(t.date(day) for day in days),
        topics=tuple(
            (clean(words.topic(t, topic)), tuple(by_topic[topic][day] for day in days))
            for topic in ordered
        ),
        places_title=t("Places named most"),
        places=tuple((clean(titles[place]), n) for place, n in most),
        others=t("other topics"),
        dark=is_dark(view.until, tz),
    )


def is_dark(when: datetime, tz: str) -> bool:
    """Whether it is evening or night there: a bright picture would dazzle."""
    return not _MORNING <= when.astimezone(zone(tz)).hour < _EVENING


def caption(view: ChartView, lang: str) -> str:
    """What stands below the picture, which has its title: how many stories it counts."""
    return translator(lang).n("{n} story", "{n} stories", len(view.told))


def _stories(body: Body, t: Translator, view: DigestView, tz: str) -> int:
    """The stories by topic and army; how many had no room."""
    groups: dict[tuple[str, str], list[AlertView]] = {}
    for each in ranked(each for each in view.alerts if each.stage not in DIGESTED):
        groups.setdefault((each.topic, each.army), []).append(each)
    left = 0
    for key in sorted(groups, key=lambda k: (words.topic_rank(k[0]), -len(groups[k]), k[1])):
        group = groups[key]
        topic, army = words.topic(t, key[0]).upper(), words.army(t, key[1])
        name = clean(", ".join(filter(None, (topic, army))))
        heading = Body().text("\n\n").bold(name).text(f": {t.number(len(group))}")
        if not body.fits(heading, reserve=_RESERVED_LETTERS):
            left += len(group)
            continue
        body.add(heading)
        for n, each in enumerate(group):
            line = Body().text("\n· ")
            headline(line, t, each, tz, view.until)
            texts = 1 + sum(not other.repost for other in each.joined) - each.repost
            if texts > 1:
                line.text(" · " + t.n("{n} text", "{n} texts", texts))
            if n >= _MAX_LISTED or not body.fits(line, reserve=_RESERVED_LETTERS):
                left += len(group) - n
                break
            body.add(line)
    return left


def _list(
    body: Body, t: Translator, alerts: Sequence[AlertView], view: DigestView, tz: str
) -> bool:
    """A line each in a quotation that folds; whether all have room. Show shows them anyway."""
    listed = Body()
    for n, each in enumerate(alerts):
        line = Body().text("\n· " if n else "· ")
        headline(line, t, each, tz, view.until)
        if n >= _MAX_LISTED or not body.fits(listed, line, reserve=_RESERVED_LETTERS):
            break
        listed.add(line)
    else:
        n = len(alerts)
    if listed:
        body.text("\n").quote(listed, folds=True)
    return n == len(alerts)


def _by_army(t: Translator, alerts: Sequence[AlertView]) -> str:
    """`Russia 6, Ukraine 2`; only a number where no army is known."""
    counts = Counter(each.army for each in alerts)
    known = [(words.country(t, army), n) for army, n in counts.most_common() if army in words.LANDS]
    others = sum(n for army, n in counts.items() if army not in words.LANDS)
    parts = [f"{land} {t.number(n)}" for land, n in known]
    if others:
        parts.append(t("unclear {n}", n=t.number(others)) if known else t.number(others))
    return ", ".join(parts)


def _has(alerts: Iterable[AlertView], stage: str) -> bool:
    return any(each.stage == stage for each in alerts)


def _unread(body: Body, t: Translator, view: DigestView, tz: str) -> None:
    if view.unread is None:
        return
    n, of, since = view.unread.sources, view.unread.of, view.unread.since
    body.text("\n\n")
    if since is None:
        body.text(t("Unread: {n} of {of} sources.", n=t.number(n), of=t.number(of)))
        return
    recent = view.until - since < timedelta(hours=24)
    when = t.clock(since, tz) if recent else t.time(since, tz, near=view.until)
    body.text(
        t("Unread: {n} of {of} sources, since {when}.", n=t.number(n), of=t.number(of), when=when)
    )
