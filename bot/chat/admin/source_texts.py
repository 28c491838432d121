"""How sources are named, listed and shown to admins."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.alerts import words
from bot.callbacks import Callback
from bot.chat.admin.health import error_text, failure
from bot.chat.context import Context
from bot.chat.text import Buttons, esc, rows
from bot.errors import SourceError
from bot.i18n import Translator, msg
from bot.model import FullText, Item, Priority, Source, SourceKind, SourceState, Transport
from bot.model.rendered import Button
from bot.sources.health import forecast
from bot.sources.ways import shown_proxy
from bot.store.articles import Counted
from bot.store.hub_subscriptions import Subscription, SubscriptionState
from bot.urls import short_url, without_secrets

__all__ = [
    "address_to_copy",
    "described",
    "fulltext_name",
    "kinds_under",
    "language_name",
    "line",
    "named",
    "numbered",
    "priority_name",
    "shown_tags",
    "span",
    "transport_name",
    "wrong",
]

_MOST_COPIED = 256  # letters, Telegram's limit
_TRANSPORTS = {
    Transport.FEED: msg("feed"),
    Transport.PREVIEW: msg("channel, by its public page"),
    Transport.CHANNEL: msg("channel, I am an administrator"),
}
_STATES = {
    SourceState.ACTIVE: "",
    SourceState.PAUSED: msg("paused"),
    SourceState.PENDING: msg("waits: /source resume {id} confirms"),
    SourceState.GONE: msg("gone"),
    SourceState.REMOVED: msg("removed"),
}
_FULLTEXTS = {
    FullText.ON: msg("articles are fetched"),
    FullText.AUTO: msg("articles are fetched where the feed has little text"),
    FullText.OFF: msg("articles are not fetched"),
}
_PRIORITIES = {
    Priority.HIGH: msg("asked twice as often"),
    Priority.NORMAL: msg("asked as often as others"),
    Priority.LOW: msg("asked half as often"),
}
_LANGUAGES = {"ru": msg("in Russian"), "uk": msg("in Ukrainian"), "en": msg("in English")}


_SOURCE = r"(?:source|источник|джерело)\b"
_NUMBERED = re.compile(
    rf"^((?!{_SOURCE})\w+\s+)?(?:{_SOURCE}\s*[:#№]?\s*|[#№]\s*)(\d{{1,17}})(?!\S)", re.I
)


def numbered(args: str) -> str:
    """The arguments with the source's number alone: `#3`, `source 3`, `source:3` are `3`."""
    return _NUMBERED.sub(lambda found: (found[1] or "") + found[2], args, count=1)


def named(t: Translator, each: Source) -> str:
    """`7 «Pskov Post»`."""
    return f"{each.id} «{esc(each.title or each.identity, 80)}»"


def _rate(t: Translator, each: Source) -> str:
    a_day = forecast(each) or 0
    return t("≈ {n}/day", n=round(a_day)) if a_day >= 0.5 else ""


def shown_tags(each: Source) -> str:
    """`Courts/Chita, Siberia`."""
    return esc(", ".join(each.tags), 120)


def span(t: Translator, time: timedelta) -> str:
    """`26 h`, `3 days`; less than an hour is an hour."""
    hours = max(1, round(time / timedelta(hours=1)))
    if hours < 48:
        return t("{n} h", n=hours)
    return t.n("{n} day", "{n} days", hours // 24)


def line(t: Translator, each: Source) -> str:
    """One line of the list."""
    parts = [f"{each.id} {esc(each.title or each.identity, 60)}", words.kind(t, each.kind)]
    if each.tags:
        parts.append(shown_tags(each))
    if rate := _rate(t, each):
        parts.append(rate)
    if state := _STATES[each.state]:
        parts.append(f"<b>{t(state, id=each.id) if '{' in state else t(state)}</b>")
    elif each.unread:
        parts.append(f"<b>{t('unread')}</b>")
    return " · ".join(parts)


def described(
    ctx: Context, each: Source, last: list[Item], read: Counted, hub: Subscription | None = None
) -> list[str]:
    """All that is known of a source; nothing that is secret."""
    t = ctx.t
    lang = t(_LANGUAGES[each.lang]) if each.lang in _LANGUAGES else esc(each.lang)
    about = [t(_TRANSPORTS[each.transport]), words.kind(t, each.kind), lang]
    lines = [f"<b>{named(t, each)}</b>", " · ".join(filter(None, about))]
    if where := shown_address(each):
        lines.append(esc(where))
    if each.tags:
        lines.append(t("Tags: {tags}", tags=shown_tags(each)))
    if state := _STATES[each.state]:
        lines.append(t(state, id=each.id) if "{" in state else t(state))
    if each.last_success:
        lines.append(t("Last read {when}.", when=t.time(each.last_success, ctx.tz, ctx.now)))
    elif each.transport is not Transport.CHANNEL:
        lines.append(t("Not read yet."))
    if each.last_item_at:
        lines.append(t("Last item {when}.", when=t.time(each.last_item_at, ctx.tz, ctx.now)))
    if each.state is SourceState.GONE and each.error:
        lines.append(failure(t, each) + ".")
    elif each.failures:
        lines.append(t("Fails, {n} in a row: {why}", n=each.failures, why=failure(t, each)))
    if each.next_due and each.state is SourceState.ACTIVE:
        lines.append(t("Next try {when}.", when=t.time(each.next_due, ctx.tz, ctx.now)))
    if rate := _rate(t, each):
        lines.append(rate)
    lines += _ways(t, each, read)
    if hub is not None:
        lines.append(_of_hub(ctx, hub))
    lines += [f"· {esc(item.title or item.text, 120)}" for item in last]
    return lines


def _ways(t: Translator, each: Source, read: Counted) -> list[str]:
    """What was chosen for it, and how its articles fare."""
    lines = []
    if each.priority is not Priority.NORMAL:
        lines.append(priority_name(t, each.priority))
    if each.fulltext is not FullText.OFF or read.read or read.failed:
        lines.append(fulltext_name(t, each.fulltext))
    if read.read or read.failed or read.waiting:
        line = t(
            "Articles in 7 days: {read} read, {failed} not, {waiting} waiting",
            read=read.read,
            failed=read.failed,
            waiting=read.waiting,
        )
        lines.append(
            f"{line}: {error_text(t, read.error, read.error_values or {})}" if read.error else line
        )
    if each.proxy:
        lines.append(t("Proxy: {proxy}", proxy=esc(shown_proxy(each.proxy))))
    if each.headers:
        names = ", ".join(esc(name, 60) for name in each.headers)
        lines.append(t("Headers of its own: {names}", names=names))
    if each.moved_to:
        lines.append(
            t(
                "It reports a move to {address}; it will be read there if it keeps reporting that.",
                address=esc(short_url(each.moved_to, 120)),
            )
        )
    return lines


def _of_hub(ctx: Context, hub: Subscription) -> str:
    """How far it is agreed with the feed's hub."""
    t = ctx.t
    if hub.state is SubscriptionState.VERIFIED and hub.lease_until is not None:
        until = t.time(hub.lease_until, ctx.tz, ctx.now)
        if hub.last_push is None:
            return t("Its hub is to bring what is new, until {until}; it has not yet.", until=until)
        when = t.time(hub.last_push, ctx.tz, ctx.now)
        return t("Its hub brings what is new: last {when}, until {until}.", when=when, until=until)
    line = t("Its hub has not agreed to bring what is new")
    return f"{line}: {error_text(t, hub.error, hub.error_values)}." if hub.error else f"{line}."


def fulltext_name(t: Translator, fulltext: FullText) -> str:
    return t(_FULLTEXTS[fulltext])


def priority_name(t: Translator, priority: Priority) -> str:
    return t(_PRIORITIES[priority])


def shown_address(each: Source) -> str:
    """The address without what is secret in it."""
    if each.transport is Transport.FEED:
        return short_url(each.address, 120)
    return f"t.me/{each.address}" if each.address else ""


def address_to_copy(each: Source) -> str:
    """Where it is read, for a button; "" where there is no address, or one that is secret."""
    address = each.address if each.transport is Transport.FEED else f"https://t.me/{each.address}"
    public = each.address and without_secrets(address) == address
    return address if public and len(address) <= _MOST_COPIED else ""


def language_name(t: Translator, lang: str) -> str:
    """The language for people, or its code."""
    return t(_LANGUAGES[lang]) if lang in _LANGUAGES else esc(lang, 20)


def transport_name(t: Translator, transport: Transport) -> str:
    return t(_TRANSPORTS[transport])


def kinds_under(t: Translator, each: Source) -> Buttons:
    """What is it? and Remove, under the answer to an addition."""
    kinds = [
        Button(
            ("✓ " if kind is each.kind else "") + words.kind(t, kind),
            data=f"{Callback.SOURCE}:kind:{each.id}:{kind}",
        )
        for kind in SourceKind
    ]
    return (*rows(kinds, 3), (Button(t("Remove"), data=f"{Callback.SOURCE}:remove:{each.id}"),))


def wrong(t: Translator, error: SourceError) -> str:
    """What is wrong with a source, for people."""
    return esc(t(error.key, **error.values) + ".", 300)
