"""What people read of an alert: for a phone, short, escaped, within Telegram's limits. Pure.

`docs/design/0006-stories.md` says what stands where and why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.alerts import words
from bot.alerts.body import MOST_UNITS, Body, clean
from bot.alerts.facts import facts_line
from bot.alerts.snippet import Pieces, plain_text, snippet
from bot.callbacks import Callback
from bot.i18n import Translator, translator
from bot.model import ChatMode, Gone, Subscription, is_private
from bot.rendered import Button, Rendered
from bot.urls import safe_url
from bot.views import AlertView, Joined, ReplyView, SummaryView
from filters.facts import unpack

__all__ = [
    "folded",
    "headline",
    "render_alert",
    "render_reply",
    "render_summary",
    "render_why",
    "split_choices",
    "when_of",
]

_MAX_TITLE_LETTERS: Final = 140
_MAX_SNIPPET_LETTERS: Final = 300
_MAX_SOURCE_LETTERS: Final = 60
_MAX_HEADLINE_LETTERS: Final = 100
_MAX_PHRASE_LETTERS: Final = 80  # of what an edit changed
_MAX_NAMED: Final = 5  # reposts that an alert names
_MAX_LISTED: Final = 20  # other sources that it names,
_UNFOLDED: Final = 3  # and what of them needs no tap
_MAX_SPLIT_BUTTONS: Final = 8  # texts that Split lets choose from
_MAX_WHOLE_LETTERS: Final = 1800  # letters of a text that More shows,
_LONG: Final = 500  # and from which on it folds
_MAX_FINDS: Final = 6  # words that Why? repeats
_COPIED: Final = 256  # letters that a button copies at most
_CLOCK_SKEW: Final = timedelta(minutes=10)
_NEWS_AGE: Final = timedelta(days=1)  # what is found later has a date that is worth a word
_RESERVED_LETTERS: Final = 100  # units for the last line of a summary
_RESERVE_BELOW: Final = 1200  # units for the quotation, reposts and edits of an alert


def render_alert(
    view: AlertView,
    *,
    lang: str,
    tz: str,
    mode: ChatMode,
    revealed: bool = False,
    now: datetime,
    channel: bool = False,
    more: bool = False,
) -> Rendered:
    """The alert as the chat shall see it at `now` (aware UTC).

    In Quiet mode one line and Open, unless `revealed`. Equal views give equal texts
    through a year, so an edit that changes nothing can be told. An alert that grows
    keeps its first lines, so that a reader finds it again. `more` is what More shows:
    the whole text, and what else may be done. Readers of a `channel` choose nothing.
    """
    t = translator(lang)
    if mode is ChatMode.QUIET and not revealed:
        return folded(t("New item"), t, view.notice_id)
    body = _heading(t, view)
    if facts := facts_line(t, unpack(view.evidence.get("facts", ()))):
        body.text("\n" + facts)
    below = Body()
    _roundup(below, t, view)
    _sources(below, t, view, tz, now)
    _changed(below, t, view, tz, now)
    _removed(below, t, view, tz, now)
    if more:
        _whole(body, view, MOST_UNITS - body.size - below.size)
    else:
        _quote(body, view)
    rendered = body.add(below).rendered()
    return replace(rendered, buttons=_buttons(t, view, channel=channel, more=more))


def _buttons(
    t: Translator, view: AlertView, *, channel: bool, more: bool
) -> tuple[tuple[Button, ...], ...]:
    number = view.notice_id
    why = Button(t("Why?"), data=f"{Callback.WHY}:{number}")
    turn = (
        Button(t("Less"), data=f"{Callback.LESS}:{number}")
        if more
        else Button(t("More"), data=f"{Callback.MORE}:{number}")
    )
    if channel:
        return ((why, turn),)
    follow = _pressed(t("Follow"), f"{Callback.FOLLOW}:{number}", view.followed)
    # Five in a row would be cut on a phone: «Почем…».
    first, judged = (why, follow, turn), _judged(t, view)
    if not more:
        return (first, judged)
    mute = f"{Callback.MUTE}:{number}"
    second = []
    if view.army != "unknown":
        second.append(_wrong_army(t, view))
    if view.joined:
        second.append(Button(t("Split"), data=f"{Callback.SPLIT}:{number}"))
    third = (
        Button(t("Mute source"), data=f"{mute}:source"),
        Button(t("Mute story"), data=f"{mute}:story"),
    )
    fourth = (
        Button(t("Not for a day"), data=f"{mute}:day"),
        Button(t("Until Monday"), data=f"{mute}:monday"),
    )
    fifth = (
        Button(t("Similar"), data=f"{Callback.SIMILAR}:{number}"),
        Button(t("Copy kept"), data=f"{Callback.COPY}:{number}"),
    )
    rows = (first, judged, tuple(second), third, fourth, fifth)
    return tuple(row for row in rows if row)


def _judged(t: Translator, view: AlertView) -> tuple[Button, Button]:
    """True and noise: a sign, and once it is pressed its word too."""
    true, noise = "true" in view.marks, "noise" in view.marks
    return (
        Button("✓ " + t("true") if true else "✓", data=f"{Callback.TRUE}:{view.notice_id}"),
        Button("✗ " + t("noise") if noise else "✗", data=f"{Callback.NOISE}:{view.notice_id}"),
    )


def _wrong_army(t: Translator, view: AlertView) -> Button:
    data = f"{Callback.WRONG_ARMY}:{view.notice_id}"
    return _pressed(t("Wrong army"), data, "army" in view.marks)


def split_choices(view: AlertView, lang: str, tz: str) -> tuple[tuple[Button, ...], ...]:
    """One button for each text or repost that may be of another story, newest first; and back."""
    t = translator(lang)
    newest = sorted(view.joined, key=when_of, reverse=True)[:_MAX_SPLIT_BUTTONS]
    chosen = [
        Button(
            f"{_short(each.source_title, 40)} {t.clock(when_of(each), tz)}",
            data=f"{Callback.SPLIT}:{view.notice_id}:{each.item_id}",
        )
        for each in newest
    ]
    return (
        *((each,) for each in chosen),
        (Button(t("Back"), data=f"{Callback.MORE}:{view.notice_id}"),),
    )


def _pressed(label: str, data: str, pressed: bool) -> Button:
    return Button(("✓ " if pressed else "") + label, data=data)


def render_reply(
    view: ReplyView,
    *,
    lang: str,
    tz: str,
    mode: ChatMode,
    revealed: bool = False,
    now: datetime,
) -> Rendered:
    """One line under an alert: another report that seems to tell the same, or what those who
    follow the story wait for.

    In Quiet mode it names nothing until it is opened.
    """
    t = translator(lang)
    if mode is ChatMode.QUIET and not revealed:
        button = (
            (Button(t("Open"), data=f"{Callback.OPEN_REPLY}:{view.message_id}"),)
            if view.message_id
            else ()
        )
        said = Body().text(t("New item"))
        return replace(said.rendered(button) if button else said.rendered(), silent=True)
    body = Body()
    if view.to is None:
        headline(body, t, view.alert, tz, now)
        body.text("\n")
    if view.reason != "gone":
        body.text(_opening(t, view.reason) + " ")
    _named(body, t, view.other, t.time(when_of(view.other), tz, near=now))
    if new := facts_line(t, unpack(view.facts)):
        body.text("\n" + t("New in it: {facts}", facts=new))
    if view.reason == "gone" and view.gone is not None:
        _removal(body, t, view.gone, tz, now)
    return replace(body.rendered(), silent=True)


def _opening(t: Translator, reason: str) -> str:
    if reason == "named":
        return t("First source that is not anonymous:")
    if stage := words.stage(t, reason):
        return f"{stage[0].upper()}{stage[1:]}:"
    return t("Also:")


def render_why(
    view: AlertView,
    subscriptions: Sequence[Subscription],
    lang: str,
    *,
    channel: bool = False,
    keys: bool = False,
) -> Rendered:
    """The answer to Why?: the reasons for which a chat with these subscriptions got the alert.

    Its beginning says most: a popup shows 200 characters. `keys`: whoever asks can do
    something with a filter's name.
    """
    t = translator(lang)
    body = Body().text(t("You follow: {topics}.", topics=_followed(t, view, subscriptions)))
    found, together = _found(view)
    if found:
        listed = ", ".join(f"«{word}»" for word in found)
        body.text("\n")
        body.text(
            t("Found in one sentence: {words}.", words=listed)
            if together
            else t("Found: {words}.", words=listed)
        )
    if weighed := _weighed(view):
        listed = ", ".join(f"«{word}»" for word in weighed)
        values = {"share": t.number(round(100 * view.score)), "words": listed}
        body.text("\n")
        body.text(
            t("Likelihood {share} %, enough for an alert. Weighs most: {words}.", **values)
            if view.certainty == "sure"
            else t("Likelihood {share} %, too little for an alert. Weighs most: {words}.", **values)
        )
    for name, label in (
        ("army", words.army_alone(t, view.army)),
        ("stage", words.stage(t, view.stage)),
    ):
        evidence = [_short(word, 40) for word in view.evidence.get(name, ())[:2]]
        if label and evidence:
            listed = ", ".join(f"«{word}»" for word in evidence)
            body.text("\n")
            body.text(
                t("Army: {army}, going by {words}.", army=label, words=listed)
                if name == "army"
                else t("Stage: {stage}, going by {words}.", stage=label, words=listed)
            )
    _roundup(body, t, view)
    if view.filter_key and keys and not is_private(view.topic):
        body.text("\n" + t("Filter: {filter}.", filter=_short(view.filter_key, 80)))
    if view.gone is not None:
        body.text("\n" + t("Copy of what was removed: sha256 {sha256}", sha256=view.gone.sha256))
    copies = _copies(t, view)
    if channel:
        return body.rendered(*copies)
    noise = f"{Callback.NOISE}:{view.notice_id}"
    row = [_pressed(t("Noise"), noise, "noise" in view.marks)]
    if view.army != "unknown":
        row.append(_wrong_army(t, view))
    return body.rendered(tuple(row), *copies)


def _copies(t: Translator, view: AlertView) -> tuple[tuple[Button, ...], ...]:
    """What may be taken along by a tap: the address, and the mark of what was removed."""
    url, found = safe_url(view.url), []
    if 0 < len(url) <= _COPIED:
        found.append(Button(t("Copy the link"), copy=url))
    if view.gone is not None:
        found.append(Button(t("Copy sha256"), copy=view.gone.sha256))
    return (tuple(found),) if found else ()


def _weighed(view: AlertView) -> list[str]:
    """The words that weighed most for the topic, as they stand in the item."""
    fields = {"title": view.title, "text": view.text}
    found = (_short(fields.get(field, "")[start:end], 40) for field, start, end in view.words)
    return list(dict.fromkeys(filter(None, found)))


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
            if body.fits(line, reserve=_RESERVED_LETTERS):
                body.add(line)
                heading = None
            else:
                left += 1
    if left:
        body.text("\n\n" + t("And {n} more.", n=t.number(left)))
    return body.rendered()


def folded(text: str, t: Translator, notice_id: int) -> Rendered:
    """What a lock screen may show."""
    return Body().text(text).rendered((Button(t("Open"), data=f"{Callback.OPEN}:{notice_id}"),))


# --- an alert's lines ---


def _heading(t: Translator, view: AlertView) -> Body:
    """`**Refusal** · Russian army`; what is not known is left out.

    Telegram's notice begins with this line: the topic first.
    """
    name = words.topic(t, view.topic)
    if is_private(view.topic):  # which of them: they are the chat's own
        name = f"{name}: {', '.join(_found(view)[0])}"
    parts = (words.army(t, view.army), words.stage(t, view.stage), _counted(t, view))
    return Body().bold(clean(name)).text("".join(f" · {part}" for part in parts if part))


def _counted(t: Translator, view: AlertView) -> str:
    """`3 texts, 2 reposts`; nothing of a single report."""
    reposts = sum(other.repost for other in view.joined) + view.repost
    texts = len(view.joined) + 1 - reposts
    if not reposts and texts <= 1:
        return ""
    said = t("one report") if texts <= 1 else t.n("{n} text", "{n} texts", texts)
    return f"{said}, {t.n('{n} repost', '{n} reposts', reposts)}" if reposts else said


def _quote(body: Body, view: AlertView) -> None:
    """The title, where the find is elsewhere, and the sentence that holds the find."""
    field, start, end = view.sentence
    in_title = field == "title"
    sentence = snippet(
        view.title if in_title else view.text,
        (start, end),
        _spans(view, field),
        _MAX_SNIPPET_LETTERS,
    )
    title = [] if in_title else _title(view, plain_text(sentence))
    _block(body, title, sentence)


def _whole(body: Body, view: AlertView, room: int) -> None:
    """Title and text as far as a message bears them, the finds in bold; a long text folds."""
    most = min(_MAX_WHOLE_LETTERS, (room - _MAX_TITLE_LETTERS) // 2)  # a letter may be two units
    text = snippet(
        view.text, (0, len(view.text)), _spans(view, "text"), max(most, _MAX_SNIPPET_LETTERS)
    )
    _block(body, _title(view, plain_text(text)), text, folds=len(plain_text(text)) > _LONG)


def _block(body: Body, title: Pieces, text: Pieces, *, folds: bool = False) -> None:
    """What the source says, apart from what Vigil says."""
    inner = Body().marked(title)
    if text:
        inner.text("\n" if title else "").marked(text)
    if inner:
        body.text("\n").quote(inner, folds=folds)


def _roundup(body: Body, t: Translator, view: AlertView) -> None:
    """That the words are one entry of several: what else stands there is told by itself."""
    if view.roundup is None:
        return
    title = _short(view.roundup, _MAX_TITLE_LETTERS)
    said = t("One entry of the roundup «{title}»", title=title) if title else ""
    body.text("\n" + (said or t("One entry of a roundup")))


def _title(view: AlertView, sentence: str) -> Pieces:
    """The title, unless the sentence says the same: many feeds repeat it in the text."""
    title = snippet(view.title, (0, len(view.title)), _spans(view, "title"), _MAX_TITLE_LETTERS)
    said = plain_text(title).rstrip("….").casefold()
    return [] if sentence.casefold().startswith(said[:40]) else title


def _sources(body: Body, t: Translator, view: AlertView, tz: str, now: datetime) -> None:
    """The source that the chat was told of, as it was told; below it, what came since."""
    kind = words.kind(t, view.source_kind)
    when = _dated(t, view, t.time(when_of(view), tz, near=now))
    name = _short(view.source_title, _MAX_SOURCE_LETTERS)
    source = ", ".join(filter(None, (name, kind)))
    body.text(f"\n{source} · {when} {t.city(tz)}")
    link = Body().link(view.url)
    if link:
        body.text("\n").add(link)
    texts = sorted((other for other in view.joined if not other.repost), key=when_of)
    if texts and (view.repost or when_of(texts[0]) < when_of(view)):
        first, *texts = texts
        body.text("\n" + t("First:") + " ").add(_other(t, first, view, tz, now))
    _also(body, t, [_other(t, other, view, tz, now) for other in texts[:_MAX_LISTED]], len(texts))
    _reposts(body, t, view)
    if _counts_texts(view) > 1:
        body.text("\n" + t("Separate texts may share one origin."))


def _counts_texts(view: AlertView) -> int:
    return sum(not other.repost for other in view.joined) + (not view.repost)


def _also(body: Body, t: Translator, lines: Sequence[Body], total: int) -> None:
    """A line a source; more than a few fold."""
    if len(lines) == 1:
        body.text("\n" + t("Also:") + " ").add(lines[0])
    elif lines:
        listed = Body()
        named = 0
        for each in lines:
            line = Body().text("\n· " if named else "· ").add(each)
            if not body.fits(listed, line, reserve=_RESERVE_BELOW):
                break
            listed.add(line)
            named += 1
        if total > named:
            listed.text("\n" + t("and {n} more", n=t.number(total - named)))
        body.text("\n" + t("Also:") + "\n")
        if len(lines) > _UNFOLDED:
            body.quote(listed, folds=True)
        else:
            body.add(listed)


def _other(t: Translator, other: Joined, view: AlertView, tz: str, now: datetime) -> Body:
    """`Radio N 09:40 · link`; with its date where that is another than the alert's."""
    same_day = t.day(when_of(other), tz) == t.day(when_of(view), tz)
    when = t.clock(when_of(other), tz) if same_day else t.time(when_of(other), tz, near=now)
    line = Body()
    _named(line, t, other, _dated(t, other, when))
    return line


def _named(body: Body, t: Translator, other: Joined, when: str) -> None:
    body.text(f"{_short(other.source_title, _MAX_SOURCE_LETTERS)} {when}")
    link = Body().link(other.url, t("link"))
    if len(link.plain) > len(t("link")):
        body.text(" · ").add(link)


def _reposts(body: Body, t: Translator, view: AlertView) -> None:
    """Who repeats the text: counted separately, since reposts confirm nothing."""
    reposts = [other for other in view.joined if other.repost]
    if not reposts:
        return
    body.text("\n" + t("Reposts: {n}", n=t.number(len(reposts))) + " · ")
    names: dict[str, Joined] = {}
    for other in reposts:
        names.setdefault(_short(other.source_title, _MAX_SOURCE_LETTERS), other)
    for n, (name, other) in enumerate(list(names.items())[:_MAX_NAMED]):
        linked = Body().link(other.url, name)
        body.text(", " if n else "").add(
            linked if body.fits(linked, reserve=_RESERVED_LETTERS) else Body().text(name)
        )
    if len(names) > _MAX_NAMED:
        body.text(", …")


def _changed(body: Body, t: Translator, view: AlertView, tz: str, now: datetime) -> None:
    """Names, numbers, places and negations that edits of the post have changed."""
    if view.changed is None:
        return
    parts = []
    for was, now_is in view.changed.parts:
        old, new = _short(was, _MAX_PHRASE_LETTERS), _short(now_is, _MAX_PHRASE_LETTERS)
        if old and new:
            parts.append(f"«{old}» → «{new}»")
        elif new:
            parts.append(t("added «{text}»", text=new))
        elif old:
            parts.append(t("no longer «{text}»", text=old))
    at = view.changed.at
    same_day = t.day(at, tz) == t.day(when_of(view), tz)
    when = t.clock(at, tz) if same_day else t.time(at, tz, near=now)
    if parts:
        body.text("\n" + t("Edited {when}: {what}", when=when, what="; ".join(parts)))


def _removed(body: Body, t: Translator, view: AlertView, tz: str, now: datetime) -> None:
    """That the post told of is no longer there; what it said is shown above and kept."""
    if view.gone is not None:
        _removal(body, t, view.gone, tz, now)


def _removal(body: Body, t: Translator, gone: Gone, tz: str, now: datetime) -> None:
    after, before = gone.after, gone.before
    same_day = t.day(after, tz) == t.day(before, tz)
    said = t(
        "Removed between {after} and {before} {city}; copy kept, sha256 {sha256}",
        after=t.time(after, tz, near=now),
        before=t.clock(before, tz) if same_day else t.time(before, tz, near=now),
        city=t.city(tz),
        sha256=f"{gone.sha256[:16]}…",
    )
    body.text("\n" + said)


def when_of(item: AlertView | Joined) -> datetime:
    """When it was published, or seen where the source does not say or is ahead of time."""
    if item.published is None or item.published > item.seen_at + _CLOCK_SKEW:
        return item.seen_at
    return item.published


def _dated(t: Translator, item: AlertView | Joined, when: str) -> str:
    """The time; said to be a date where the source brought it more than a day later."""
    late = item.published is not None and item.seen_at - item.published > _NEWS_AGE
    return t("dated {when}", when=when) if late else when


def _spans(view: AlertView, field: str) -> list[tuple[int, int]]:
    return [(start, end) for where, start, end in view.spans if where == field]


def _short(text: str, longest: int) -> str:
    """A stranger's name or word, on one line."""
    return plain_text(snippet(text, (0, len(text)), (), longest))


# --- Why? ---


def _followed(t: Translator, view: AlertView, subscriptions: Sequence[Subscription]) -> str:
    """The topic, narrowed to the armies the chat chose."""
    of_topic = [s for s in subscriptions if s.topic == view.topic]
    chosen = {army for s in of_topic for army in s.armies}
    if not of_topic or not all(s.armies for s in of_topic):
        chosen = set()
    armies = [words.army(t, army) for army in sorted(chosen)]
    return ", ".join(filter(None, (clean(words.topic(t, view.topic)), *armies)))


def _found(view: AlertView) -> tuple[list[str], bool]:
    """The words that made it match, each once, and whether one sentence holds them all."""
    field, start, end = view.sentence
    found: dict[str, str] = {}
    together = True
    for where, first, last in view.spans:
        word = _short((view.title if where == "title" else view.text)[first:last], 60)
        if word:
            found.setdefault(word.casefold(), word)
            together &= where == field and start <= first and last <= end
    return list(found.values())[:_MAX_FINDS], together


# --- a summary's lines ---


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


def headline(body: Body, t: Translator, view: AlertView, tz: str, now: datetime) -> None:
    """What happened in a line, and where to read it."""
    headline = _short(view.title, _MAX_HEADLINE_LETTERS)
    if not headline:
        field, start, end = view.sentence
        text = view.title if field == "title" else view.text
        headline = plain_text(
            snippet(text, (start, end), _spans(view, field), _MAX_HEADLINE_LETTERS)
        )
    name = _short(view.source_title, _MAX_SOURCE_LETTERS)
    body.text(f"{headline} · " if headline else "")
    body.link(view.url, f"{name} {t.time(when_of(view), tz, near=now)}".strip())
