"""Changes in words: the lines of /audit, and the message that other admins get at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.alerts.words import topic as topic_title
from bot.chat.text import esc, message
from bot.commands.roles import Command
from bot.i18n import Translator, msg, translator
from bot.model.rendered import Rendered
from bot.store.audit import OPERATOR, Entry

__all__ = ["announcement", "deed"]

# By command, or by command and what was made of the thing.
_DEEDS: Final[Mapping[str, str]] = {
    Command.SOURCE_ADD: msg("source {name} added"),
    f"{Command.SOURCE_STATE} paused": msg("source {name} paused"),
    f"{Command.SOURCE_STATE} active": msg("source {name} resumed"),
    f"{Command.SOURCE_STATE} removed": msg("source {name} removed"),
    Command.SOURCE_KIND: msg("source {name}: another kind"),
    Command.SOURCE_ADDRESS: msg("source {name}: another address"),
    Command.SOURCE_FULLTEXT: msg("source {name}: fetching of articles"),
    Command.SOURCE_PRIORITY: msg("source {name}: priority"),
    Command.SOURCE_TAGS: msg("source {name}: tags"),
    Command.SOURCE_BACKFILL: msg("source {name}: older posts into the archive"),
    Command.SOURCE_PROXY: msg("source {name}: proxy"),
    Command.SOURCE_HEADERS: msg("source {name}: headers"),
    Command.FILTER_ADD: msg("filter {name} added"),
    Command.FILTER_EDIT: msg("filter {name} changed"),
    f"{Command.FILTER_STATE} active": msg("filter {name} switched on"),
    f"{Command.FILTER_STATE} off": msg("filter {name} switched off"),
    f"{Command.FILTER_STATE} removed": msg("filter {name} removed"),
    Command.TOPIC_ADD: msg("topic {name} added"),
    Command.TOPIC_EDIT: msg("topic {name} changed"),
    f"{Command.TOPIC_EDIT} off": msg("topic {name} switched off"),
    f"{Command.TOPIC_EDIT} on": msg("topic {name} switched on"),
    Command.GROUP_ADD: msg("word group {name} added"),
    Command.GROUP_EDIT: msg("word group {name} changed"),
    Command.GROUP_REMOVE: msg("word group {name} removed"),
    Command.ENTITY_ADD: msg("name {name} added"),
    Command.ENTITY_EDIT: msg("name {name} changed"),
    Command.ENTITY_REMOVE: msg("name {name} removed"),
    Command.CONFIG_IMPORT: msg("a configuration imported"),
    Command.REVIEW: msg("a missed post seen to"),
    f"{Command.DECIDE} true": msg("a match called true"),
    f"{Command.DECIDE} false": msg("a match called false"),
    f"{Command.LEARN} used": msg("what answers taught is used"),
    f"{Command.LEARN} left": msg("what answers taught is no longer used"),
    Command.SPLIT: msg("a story split for everybody"),
    f"{Command.INVITE} subscriber": msg("a subscriber invited"),
    f"{Command.INVITE_ADMIN} admin": msg("an admin invited"),
    f"{Command.JOIN} admin": msg("new admin: {name}"),
    f"{Command.JOIN} root": msg("new root admin: {name}"),
    Command.APPOINT: msg("new admin: {name}"),
    Command.INVITES_VOID: msg("open invitations voided"),
    f"{Command.REVOKE} subscriber": msg("role of a subscriber taken away"),
    f"{Command.REVOKE} admin": msg("role of an admin taken away"),
    f"{Command.REVOKE} root": msg("role of a root admin taken away"),
    Command.SUBSCRIBE: msg("subscriptions to {name}"),
    Command.UNSUBSCRIBE: msg("subscriptions to {name}"),
    Command.WAYS: msg("how {name} comes"),
    Command.WATCH: msg("words of one's own"),
    Command.MUTE: msg("a source or story muted, or no longer"),
    Command.PAUSE: msg("alerts paused"),
    Command.RESUME: msg("alerts resumed"),
    Command.LANGUAGE: msg("language"),
    Command.ZONE: msg("time zone"),
    Command.MODE: msg("Quiet or Normal"),
    Command.PREFS: msg("volume: digest, hours, cap"),
}


def deed(t: Translator, entry: Entry) -> str:
    """`source 7 «Pskov Post» paused`: what was done, as HTML; by its code if we have no words."""
    if entry.command == Command.UNDO:
        of = str(entry.details.get("command_of", ""))
        return t("undone: {deed}", deed=_words(t, of, entry))
    return _words(t, entry.command, entry)


def _words(t: Translator, command: str, entry: Entry) -> str:
    words = _DEEDS.get(f"{command} {entry.details.get('to', '')}") or _DEEDS.get(command)
    kind, _, number = entry.subject.partition(":")
    if kind == "topic":
        number = topic_title(t, number)
    title = esc(str(entry.details.get("title", "")), 80)
    name = f"{esc(number, 60)} «{title}»" if title else esc(number, 60)
    return t(words, name=name) if words else esc(f"{command} {entry.subject}", 120)


def announcement(entry: Entry, lang: str) -> Rendered:
    """The message that the other admins get when it happens."""
    t = translator(lang)
    line = t("Admin {who}: {deed}.", who=who(t, entry), deed=deed(t, entry))
    return message(f"{line} {t('/audit says who that is.')}")


def who(t: Translator, entry: Entry) -> str:
    """The pseudonym of who did it."""
    if entry.actor == OPERATOR:
        return t("operator")
    return esc(entry.actor, 20) or t("somebody forgotten")
