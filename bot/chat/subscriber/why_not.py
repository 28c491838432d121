"""Why a post did not come: a forwarded post, a link or a text, and what became of it here.

«Radio N» (source 12), read 8 Apr 08:51. Not matched: …
[Report as missed] [Add source]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from bot.alerts import words
from bot.alerts.audience import Holds
from bot.alerts.documents import document_of
from bot.alerts.obstacles import Obstacle, TopicOutcome, wishes
from bot.alerts.small_words import telling
from bot.alerts.volume import next_digest, summary_at
from bot.callbacks import Callback
from bot.chat.admin import adding, suggesting
from bot.chat.admin.filter_tests import missing, read_lines, would_come
from bot.chat.context import Context
from bot.chat.subscriber import alerts, muting
from bot.chat.subscriber.asked_post import Asked, asked_of
from bot.chat.subscriber.muting import muted_line
from bot.chat.subscriber.post_trace import Trace, host_of, trace_of
from bot.chat.text import Buttons, code, esc, pages
from bot.commands import missed_reports as commands
from bot.hours import quiet_until
from bot.model import (
    SCORED,
    ChatState,
    Item,
    ItemMatch,
    NoticeState,
    Source,
    SourceState,
    is_private,
)
from bot.model.rendered import Button
from bot.sources.telegram_addresses import channel_name
from bot.store import missed_reports, traces
from bot.store.traces import Notice
from filters.analysis import Analysis
from filters.document import TITLE, Document
from filters.explain import matches as query_matches
from filters.narrowing import parse_narrowing
from filters.query import QueryError

__all__ = ["answer", "command", "pressed"]

_KIND: Final = "missed"
_KEPT_HOURS: Final = 24.0
_MOST_HITS: Final = 6
_BEGINS: Final = 80  # letters of an entry that is named


async def command(ctx: Context) -> None:
    """`/why <link or text>`, or as a reply to the post."""
    replied = ctx.message.reply_to_message if ctx.message is not None else None
    notice_id = None if ctx.args else await muting.replied_to(ctx)
    if notice_id is not None:
        await alerts.why(ctx, str(notice_id))
        return
    asked = asked_of(None, ctx.args) if ctx.args else asked_of(replied)
    if asked == Asked():
        await ctx.say(ctx.t("Forward me a post, or write /why with its link or text."))
        return
    await answer(ctx, asked)


async def answer(ctx: Context, asked: Asked) -> None:
    """What became of it, with what can be done."""
    if asked == Asked():
        await ctx.say(ctx.t("There is no text in it."))
        return
    await ctx.start_job("why_not", _answer(ctx, asked))


async def pressed(ctx: Context, value: str) -> None:
    """Report as missed, or (admins) add its source, or suggest words of it for a filter."""
    action, _, token = value.partition(":")
    kept = await ctx.take(token, _KIND)
    if kept is None or action not in ("report", "add", "words"):
        await ctx.out_of_date()
        return
    if action == "words" and ctx.is_admin:
        await ctx.toast()
        await suggesting.suggest(ctx, str(kept["text"]))
        return
    if action == "add":
        await ctx.toast()
        await adding.add(ctx, str(kept["url"]))
        return
    item_id = int(kept["item"]) or None
    await commands.report(
        ctx.backend, ctx.call(), url=str(kept["url"]), text=str(kept["text"]), item_id=item_id
    )
    await ctx.toast(ctx.t("Noted: admins see it in /review. Who reported it is not stored."))


# what became of it


async def _answer(ctx: Context, asked: Asked) -> None:
    trace = await trace_of(ctx, asked)
    lines = [*_read_where(ctx, asked, trace)]
    document = _document(asked, trace)
    if document is not None:
        lines += await _matched(ctx, trace, document)
    elif trace.item is None:
        lines.append(ctx.t("Send me its text, and I show how it would be read."))
    buttons = await _buttons(ctx, asked, trace)
    await ctx.say_all(pages(lines), buttons)


def _document(asked: Asked, trace: Trace) -> Document | None:
    if trace.item is not None and trace.source is not None:
        return document_of(trace.item, trace.source)
    return Document(text=asked.text) if asked.text else None


def _named(ctx: Context, source: Source) -> str:
    title = f"«{esc(source.title or source.address, 60)}»"
    return ctx.t("{title} (source {n})", title=title, n=source.id) if ctx.is_admin else title


def _read_where(ctx: Context, asked: Asked, trace: Trace) -> list[str]:
    """Whether we read the source, and when this came."""
    t, source = ctx.t, trace.source
    if source is None:
        if asked.url or asked.origin:
            place = esc(asked.origin or host_of(asked.url), 60)
            return [t("Not read here: {place} is not among the sources.", place=place)]
        return [t("No source here has this text.")]
    name = _named(ctx, source)
    if trace.item is not None:
        when = t.time(trace.item.seen_at, ctx.tz, ctx.now)
        return [t("Read {when} from {source}.", when=when, source=name)]
    if source.state is not SourceState.ACTIVE:
        return [t("{source} is not read now: an admin paused it, or it is gone.", source=name)]
    last = source.last_success
    if last is None:
        return [t("{source} has not been read yet.", source=name)]
    when = t.time(last, ctx.tz, ctx.now)
    if source.failures:
        return [t("{source} cannot be read since {when}.", source=name, when=when)]
    return [t("{source} was read {when}, and had not this post.", source=name, when=when)]


async def _matched(ctx: Context, trace: Trace, document: Document) -> list[str]:
    """Whether filters find it, and then what became of it in this chat."""
    t = ctx.t
    if trace.item is None:
        if ctx.is_admin:  # with the filters' keys, to fix them
            return await read_lines(ctx, document.text)
        reading = await ctx.services.pipeline.matcher.look(document)
        if told := would_come(t, reading):
            return told
        return [t("Not matched."), *await _nearest(ctx, document)]
    if trace.reports:
        return [line for each in trace.reports for line in await _report(ctx, each)]
    if not trace.matches:
        return [t("Not matched."), *await _nearest(ctx, document)]
    return [*_found(ctx, trace), *await _here(ctx, trace, document)]


async def _report(ctx: Context, trace: Trace) -> list[str]:
    """The same of an entry of a roundup, which begins with its own words."""
    item, source = trace.item, trace.source
    assert item is not None
    assert source is not None
    here = await _here(ctx, trace, document_of(item, source))
    begins = esc(item.text, _BEGINS)
    return ["", ctx.t("Entry «{text}»", text=begins), *_found(ctx, trace), *here]


def _found(ctx: Context, trace: Trace) -> list[str]:
    t, item = ctx.t, trace.item
    assert item is not None
    lines = []
    for topic in dict.fromkeys(m.topic for m in trace.matches):
        of_topic = [m for m in trace.matches if m.topic == topic]
        found = ", ".join(f"«{esc(each, 40)}»" for each in _words(item, of_topic)[:_MOST_HITS])
        lines.append(
            t("Matched: {topic}. Found: {words}.", topic=esc(words.topic(t, topic)), words=found)
        )
        if ctx.is_admin and not is_private(topic):
            by = [m.filter_key for m in of_topic if not m.filter_key.startswith(SCORED)]
            found = " ".join(map(code, by[:_MOST_HITS]))
            lines.append(found or t("no filter found it"))
    return lines


def _words(item: Item, matches: Sequence[ItemMatch]) -> list[str]:
    """What was found, in the order of the text; of words within others the longer ones."""
    spans = sorted({s for m in matches for s in m.spans}, key=lambda s: (s[0], s[1], -s[2]))
    found_words: list[str] = []
    ended = ("", 0)
    for field, start, end in spans:
        if (field, end) > ended or field != ended[0]:
            found_words.append((item.title if field == TITLE else item.text)[start:end])
            ended = (field, end)
    return telling(dict.fromkeys(found_words))


async def _nearest(ctx: Context, document: Document) -> list[str]:
    """The filter that came nearest, and the clauses that it still lacked."""
    reader, t = ctx.services.reader, ctx.t
    best = await ctx.services.pipeline.matcher.nearest(document)
    if best is None:
        return [t("Nothing in it is near any topic.")]
    key, found = best
    topic = esc(words.topic(t, reader.topic_of(key)))
    lines = [t("Nearest: {key}", key=code(key) if ctx.is_admin else topic)]
    return [*lines, *missing(ctx, found, document.text, document.title)]


async def _here(ctx: Context, trace: Trace, document: Document) -> list[str]:
    """What became of it in this chat."""
    if trace.notice is not None:
        return [_notice_text(ctx, trace.notice)]
    item = trace.item
    assert item is not None
    if trace.mute is not None:
        return [muted_line(ctx, trace.mute)]
    analysis = ctx.services.reader.analyse(document)
    found = wishes(trace.subscriptions, trace.matches, _holds(ctx, analysis))
    if all(each.obstacle is not Obstacle.NONE for each in found):
        return list(dict.fromkeys(_left_out(ctx, each, trace) for each in found))
    if item.archived:
        return [ctx.t("It was no news when it was first read: kept for /search, without alerts.")]
    async with ctx.services.store.read() as conn:
        since = (
            None
            if ctx.chat is None
            else await traces.subscribed_at(conn, ctx.chat.id, found[0].topic)
        )
    if since is not None and since > item.seen_at:
        when = ctx.t.time(since, ctx.tz, ctx.now)
        return [ctx.t("It came before you followed the topic ({when}).", when=when)]
    return [ctx.t("You should have it, and have not. Report it: admins look why.")]


def _holds(ctx: Context, analysis: Analysis) -> Holds:
    def holds(narrowing: str) -> bool:
        try:
            query = parse_narrowing(narrowing, ctx.services.reader.groups, kept=True)
        except QueryError:
            return True  # as alerts do
        return query_matches(query, analysis)

    return holds


def _notice_text(ctx: Context, notice: Notice) -> str:
    t, chat = ctx.t, ctx.chat
    assert chat is not None
    at, prefs = notice.created_at, chat.prefs
    match notice.state:
        case NoticeState.TOLD:
            return t("The alert came here {when}.", when=t.time(at, ctx.tz, ctx.now))
        case NoticeState.QUEUED:
            return t("It is on its way to you.")
        case NoticeState.WITHDRAWN:
            return t("Withdrawn: before it was sent you had left the topic.")
        case NoticeState.DIGEST:
            when = t.time(next_digest(prefs, chat.tz, ctx.now), ctx.tz, ctx.now)
            return t("Kept for the digest: it comes {when}. /digest", when=when)
    if chat.state is ChatState.PAUSED:
        return t("Held while you are paused: /resume brings it.")
    ends = quiet_until(prefs, chat.tz, at)
    if ends is not None:
        when = t.time(ends, ctx.tz, ctx.now)
        return t("Held for your quiet hours: it comes {when}. /hours", when=when)
    when = t.time(summary_at(prefs, chat.tz, ctx.now), ctx.tz, ctx.now)
    return t("Held: the day's number of alerts is used up. It comes {when}. /cap", when=when)


def _left_out(ctx: Context, each: TopicOutcome, trace: Trace) -> str:
    t, topic = ctx.t, esc(words.topic(ctx.t, each.topic))
    sub = each.subscription
    matches: Mapping[str, ItemMatch] = {m.topic: m for m in trace.matches}
    if each.obstacle is Obstacle.POSSIBLE:
        return t("{topic}: not sure enough for an alert; only digests mention it.", topic=topic)
    if sub is None:
        return t("You do not follow {topic}: /topics", topic=topic)
    if each.obstacle is Obstacle.ELSEWHERE:
        return t(
            "{topic}: of another country's army or of a past war. These come only if you tick "
            "them under /topics.",
            topic=topic,
        )
    if each.obstacle is Obstacle.ARMY:
        of = words.army(t, matches[each.topic].army)
        return t("You chose another army for {topic}; this is: {army}.", topic=topic, army=of)
    if each.obstacle is Obstacle.STAGE:
        of = words.stages(t, matches[each.topic].stage)
        return t("You chose other stages for {topic}; this is of: {stage}.", topic=topic, stage=of)
    narrowing = code(sub.narrowing, 300)
    return t("{topic}: what you narrowed it by left this out: {what}", topic=topic, what=narrowing)


async def _buttons(ctx: Context, asked: Asked, trace: Trace) -> Buttons:
    t, row = ctx.t, []
    of = [each.notice for each in trace.reports or (trace,)]
    all_told = all(notice is not None and notice.state is NoticeState.TOLD for notice in of)
    item = trace.item
    text = (asked.text or (_whole(item) if item else ""))[: missed_reports.MOST_TEXT]
    url = (item.url if item else "") or asked.url
    kept = {"url": url, "text": text, "item": item.id if item else 0}
    if not all_told and (text or url):
        token = await ctx.draft(_KIND, kept, _KEPT_HOURS)
        row.append(Button(t("Report as missed"), data=f"{Callback.MISSED}:report:{token}"))
    if ctx.is_admin and not all_told and text:
        token = await ctx.draft(_KIND, kept, _KEPT_HOURS)
        row.append(Button(t("Suggest words"), data=f"{Callback.MISSED}:words:{token}"))
    if ctx.is_admin and trace.source is None and asked.url:
        name = channel_name(asked.url)
        address = f"https://t.me/{name}" if name else asked.url
        token = await ctx.draft(_KIND, {**kept, "url": address}, _KEPT_HOURS)
        row.append(Button(t("Add source"), data=f"{Callback.MISSED}:add:{token}"))
    return (tuple(row),) if row else ()


def _whole(item: Item) -> str:
    """Title and text, as they are kept with a report."""
    return f"{item.title}\n{item.text}".strip()
