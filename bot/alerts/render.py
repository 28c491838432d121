"""What people read of an alert: for a phone, short, escaped, within Telegram's limits. Pure.

`docs/design/0006-stories.md` says what stands where and why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.alerts import words
from bot.alerts.body import MOST_UNITS, Body, clean
from bot.alerts.buttons import alert_buttons
from bot.alerts.facts import facts_line
from bot.alerts.lines import (
    MAX_SOURCE_LETTERS,
    MAX_TITLE_LETTERS,
    RESERVED_UNITS,
    add_roundup,
    dated,
    folded,
    found_words,
    headline,
    short,
    spans_in,
    when_of,
)
from bot.alerts.snippet import Pieces, plain_text, snippet
from bot.callbacks import Callback
from bot.i18n import Translator, translator
from bot.model import ChatMode, Gone, is_private
from bot.model.rendered import Button, Rendered
from bot.model.views import AlertView, Joined, ReplyView
from filters.facts import unpack

__all__ = ["render_alert", "render_reply"]

_MAX_SNIPPET_LETTERS: Final = 300
_MAX_PHRASE_LETTERS: Final = 80  # of what an edit changed
_MAX_NAMED: Final = 5  # reposts that an alert names
_MAX_LISTED: Final = 20  # other sources that it names,
_UNFOLDED: Final = 3  # and what of them needs no tap
_MAX_WHOLE_LETTERS: Final = 1800  # letters of a text that More shows,
_LONG: Final = 500  # and from which on it folds
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
    add_roundup(below, t, view)
    _sources(below, t, view, tz, now)
    _changed(below, t, view, tz, now)
    _removed(below, t, view, tz, now)
    if more:
        _whole(body, view, MOST_UNITS - body.size - below.size)
    else:
        _quote(body, view)
    rendered = body.add(below).rendered()
    return replace(rendered, buttons=alert_buttons(t, view, channel=channel, more=more))


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
        folded_line = Body().text(t("New item"))
        return replace(
            folded_line.rendered(button) if button else folded_line.rendered(), silent=True
        )
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


# --- an alert's lines ---


def _heading(t: Translator, view: AlertView) -> Body:
    """`**Refusal** · Russian army`; what is not known is left out.

    Telegram's notice begins with this line: the topic first.
    """
    name = words.topic(t, view.topic)
    if is_private(view.topic):  # which of them: they are the chat's own
        name = f"{name}: {', '.join(found_words(view)[0])}"
    parts = (words.army(t, view.army), words.stage(t, view.stage), _counted(t, view))
    return Body().bold(clean(name)).text("".join(f" · {part}" for part in parts if part))


def _counted(t: Translator, view: AlertView) -> str:
    """`3 texts, 2 reposts`; nothing of a single report."""
    reposts = sum(other.repost for other in view.joined) + view.repost
    texts = len(view.joined) + 1 - reposts
    if not reposts and texts <= 1:
        return ""
    texts_text = t("one report") if texts <= 1 else t.n("{n} text", "{n} texts", texts)
    return f"{texts_text}, {t.n('{n} repost', '{n} reposts', reposts)}" if reposts else texts_text


def _quote(body: Body, view: AlertView) -> None:
    """The title, where the find is elsewhere, and the sentence that holds the find."""
    field, start, end = view.sentence
    in_title = field == "title"
    sentence = snippet(
        view.title if in_title else view.text,
        (start, end),
        spans_in(view, field),
        _MAX_SNIPPET_LETTERS,
    )
    title = [] if in_title else _title(view, plain_text(sentence))
    _block(body, title, sentence)


def _whole(body: Body, view: AlertView, room: int) -> None:
    """Title and text as far as a message bears them, the finds in bold; a long text folds."""
    most = min(_MAX_WHOLE_LETTERS, (room - MAX_TITLE_LETTERS) // 2)  # a letter may be two units
    text = snippet(
        view.text, (0, len(view.text)), spans_in(view, "text"), max(most, _MAX_SNIPPET_LETTERS)
    )
    _block(body, _title(view, plain_text(text)), text, folds=len(plain_text(text)) > _LONG)


def _block(body: Body, title: Pieces, text: Pieces, *, folds: bool = False) -> None:
    """What the source says, apart from what Vigil says."""
    inner = Body().marked(title)
    if text:
        inner.text("\n" if title else "").marked(text)
    if inner:
        body.text("\n").quote(inner, folds=folds)


def _title(view: AlertView, sentence: str) -> Pieces:
    """The title, unless the sentence says the same: many feeds repeat it in the text."""
    title = snippet(view.title, (0, len(view.title)), spans_in(view, "title"), MAX_TITLE_LETTERS)
    beginning = plain_text(title).rstrip("….").casefold()
    return [] if sentence.casefold().startswith(beginning[:40]) else title


def _sources(body: Body, t: Translator, view: AlertView, tz: str, now: datetime) -> None:
    """The source that the alert was sent for, as it was then; below it, what came since."""
    kind = words.kind(t, view.source_kind)
    when = dated(t, view, t.time(when_of(view), tz, near=now))
    name = short(view.source_title, MAX_SOURCE_LETTERS)
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
    _named(line, t, other, dated(t, other, when))
    return line


def _named(body: Body, t: Translator, other: Joined, when: str) -> None:
    body.text(f"{short(other.source_title, MAX_SOURCE_LETTERS)} {when}")
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
        names.setdefault(short(other.source_title, MAX_SOURCE_LETTERS), other)
    for n, (name, other) in enumerate(list(names.items())[:_MAX_NAMED]):
        linked = Body().link(other.url, name)
        body.text(", " if n else "").add(
            linked if body.fits(linked, reserve=RESERVED_UNITS) else Body().text(name)
        )
    if len(names) > _MAX_NAMED:
        body.text(", …")


def _changed(body: Body, t: Translator, view: AlertView, tz: str, now: datetime) -> None:
    """Names, numbers, places and negations that edits of the post have changed."""
    if view.changed is None:
        return
    parts = []
    for was, now_is in view.changed.parts:
        old, new = short(was, _MAX_PHRASE_LETTERS), short(now_is, _MAX_PHRASE_LETTERS)
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
    """That the post is no longer there; its text is shown above, and a copy is kept."""
    if view.gone is not None:
        _removal(body, t, view.gone, tz, now)


def _removal(body: Body, t: Translator, gone: Gone, tz: str, now: datetime) -> None:
    after, before = gone.after, gone.before
    same_day = t.day(after, tz) == t.day(before, tz)
    line = t(
        "Removed between {after} and {before} {city}; copy kept, sha256 {sha256}",
        after=t.time(after, tz, near=now),
        before=t.clock(before, tz) if same_day else t.time(before, tz, near=now),
        city=t.city(tz),
        sha256=f"{gone.sha256[:16]}…",
    )
    body.text("\n" + line)


# --- Why? ---


# --- a summary's lines ---
