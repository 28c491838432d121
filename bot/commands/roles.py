"""Who may do which command, and where: the one table.

`may` is asked by chat before it parses anything, and again by every command, so that a forged
button or another front end can do no more than this table says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Final

from bot.commands.calls import Call
from bot.errors import NotAllowed
from bot.i18n import msg
from bot.model import Role

__all__ = ["RANK", "RULES", "Command", "Rule", "Where", "may", "require"]

RANK: Final[Mapping[Role, int]] = {
    role: rank for rank, role in enumerate((Role.STRANGER, Role.SUBSCRIBER, Role.ADMIN, Role.ROOT))
}
"""Who may do more: a later role may do what an earlier one may."""


class Command(StrEnum):
    """What people can do. The values stand in audit rows: never change one that was released."""

    # of everybody in their own place
    START = "start"
    PRIVACY = "privacy"
    LOOK = "look"  # lists, help, the page of settings
    OPEN = "alert.open"  # what a Quiet chat hides; also Why?, More and pages of a digest
    JOIN = "person.join"  # by an invitation
    FORGET = "chat.forget"
    CHAT = "chat.note"  # the place becomes a chat of ours
    SUBSCRIBE = "subscription.add"
    UNSUBSCRIBE = "subscription.remove"
    WAYS = "subscription.ways"
    PAUSE = "chat.pause"
    RESUME = "chat.resume"
    LANGUAGE = "chat.language"
    ZONE = "chat.zone"
    MODE = "chat.mode"
    PREFS = "chat.prefs"
    FOLLOW = "story.follow"
    MARK = "alert.mark"  # noise, a wrong army
    SPLIT_HERE = "story.split_here"
    MUTE = "chat.mute"  # a source or a story, under an alert
    SEARCH = "archive.search"
    WATCH = "watch"
    WHY_NOT = "archive.why"  # what became of a post
    REPORT_MISSED = "missed.report"
    # of admins
    SPLIT = "story.split"
    SOURCES = "source.look"
    SOURCE_ADD = "source.add"
    SOURCE_STATE = "source.state"
    SOURCE_KIND = "source.kind"
    SOURCE_ADDRESS = "source.address"
    SOURCE_FULLTEXT = "source.fulltext"
    SOURCE_PRIORITY = "source.priority"
    SOURCE_TAGS = "source.tags"
    SOURCE_BACKFILL = "source.backfill"
    SOURCE_PROXY = "source.proxy"
    SOURCE_HEADERS = "source.headers"
    FILTERS = "filter.look"
    FILTER_ADD = "filter.add"
    FILTER_EDIT = "filter.edit"
    FILTER_STATE = "filter.state"
    TOPIC_ADD = "topic.add"
    TOPIC_EDIT = "topic.edit"
    GROUP_ADD = "group.add"
    GROUP_EDIT = "group.edit"
    GROUP_REMOVE = "group.remove"
    ENTITIES = "entity.look"
    ENTITY_ADD = "entity.add"
    ENTITY_EDIT = "entity.edit"
    ENTITY_REMOVE = "entity.remove"
    FEEDBACK = "feedback.look"
    REVIEW = "missed.settle"
    DECIDE = "review.decide"  # whether a match is true
    LEARN = "learning.use"
    HEALTH = "health.look"
    AUDIT = "audit.look"
    UNDO = "undo"
    CONFIG_EXPORT = "config.export"
    CONFIG_IMPORT = "config.import"
    ANSWER = "answer"  # to a question; what it does has a rule of its own
    PEOPLE = "person.look"
    INVITE = "person.invite"
    INVITE_ADMIN = "person.invite_admin"
    APPOINT = "person.appoint"  # an admin, without an invitation
    INVITES_VOID = "person.void_invites"
    REVOKE = "person.revoke"
    REVOKE_ADMIN = "person.revoke_admin"


class Where(Enum):
    """In which places a command works."""

    ANY = auto()
    MANAGED = auto()  # of those who may decide for the place
    PRIVATE = auto()  # with the bot alone
    ADMINS = auto()  # with the bot alone, or in the admin chat
    MANAGED_OR_ADMINS = auto()  # either of the two


@dataclass(frozen=True, slots=True)
class Rule:
    """The least role, and where."""

    role: Role
    where: Where


_ANYBODY = Rule(Role.STRANGER, Where.ANY)
_DECIDES = Rule(Role.SUBSCRIBER, Where.MANAGED)
_DECIDES_OR_ADMINS = Rule(Role.SUBSCRIBER, Where.MANAGED_OR_ADMINS)
_ALONE = Rule(Role.SUBSCRIBER, Where.PRIVATE)
_ADMIN = Rule(Role.ADMIN, Where.ADMINS)
_ADMIN_ALONE = Rule(Role.ADMIN, Where.PRIVATE)
_ROOT = Rule(Role.ROOT, Where.ADMINS)
_ROOT_ALONE = Rule(Role.ROOT, Where.PRIVATE)

RULES: Final[Mapping[Command, Rule]] = {
    Command.START: _DECIDES,
    Command.PRIVACY: _DECIDES,
    Command.LOOK: _DECIDES,
    Command.OPEN: _ANYBODY,
    Command.JOIN: _ANYBODY,
    Command.FORGET: _DECIDES,
    Command.CHAT: _DECIDES,
    Command.SUBSCRIBE: _DECIDES,
    Command.UNSUBSCRIBE: _DECIDES,
    Command.WAYS: _DECIDES,
    Command.PAUSE: _DECIDES,
    Command.RESUME: _DECIDES,
    Command.LANGUAGE: _DECIDES,
    Command.ZONE: _DECIDES,
    Command.MODE: _ALONE,
    Command.PREFS: _DECIDES,
    Command.FOLLOW: _DECIDES,
    Command.MARK: _DECIDES,
    Command.SPLIT_HERE: _DECIDES,
    Command.MUTE: _DECIDES,
    Command.SEARCH: _DECIDES,
    Command.WATCH: _DECIDES,
    Command.WHY_NOT: _DECIDES,
    Command.REPORT_MISSED: _DECIDES,
    # An admin presses Split under an alert, wherever it stands.
    Command.SPLIT: Rule(Role.ADMIN, Where.MANAGED),
    Command.SOURCES: _ADMIN,
    Command.SOURCE_ADD: _ADMIN,
    Command.SOURCE_STATE: _ADMIN,
    Command.SOURCE_KIND: _ADMIN,
    Command.SOURCE_ADDRESS: _ADMIN,
    Command.SOURCE_FULLTEXT: _ADMIN,
    Command.SOURCE_PRIORITY: _ADMIN,
    Command.SOURCE_TAGS: _ADMIN,
    Command.SOURCE_BACKFILL: _ADMIN,
    Command.SOURCE_PROXY: _ROOT,
    Command.SOURCE_HEADERS: _ROOT,
    Command.FILTERS: _ADMIN,
    Command.FILTER_ADD: _ADMIN,
    Command.FILTER_EDIT: _ADMIN,
    Command.FILTER_STATE: _ADMIN,
    Command.TOPIC_ADD: _ADMIN,
    Command.TOPIC_EDIT: _ADMIN,
    Command.GROUP_ADD: _ADMIN,
    Command.GROUP_EDIT: _ADMIN,
    Command.GROUP_REMOVE: _ADMIN,
    Command.ENTITIES: _ADMIN,
    Command.ENTITY_ADD: _ADMIN,
    Command.ENTITY_EDIT: _ADMIN,
    Command.ENTITY_REMOVE: _ADMIN,
    Command.FEEDBACK: _ADMIN,
    Command.REVIEW: _ADMIN,
    Command.DECIDE: _ADMIN,
    Command.LEARN: _ADMIN,
    Command.HEALTH: _ADMIN,
    # Alone: the file lists all that is watched for. A proxy in it asks for a root admin.
    Command.CONFIG_EXPORT: _ADMIN_ALONE,
    Command.CONFIG_IMPORT: _ADMIN_ALONE,
    # Each shows and undoes only what the rule of the change itself allows.
    Command.AUDIT: _DECIDES_OR_ADMINS,
    Command.UNDO: _DECIDES_OR_ADMINS,
    Command.ANSWER: _DECIDES_OR_ADMINS,
    Command.PEOPLE: _ADMIN_ALONE,
    Command.INVITE: _ADMIN_ALONE,
    Command.INVITE_ADMIN: _ROOT_ALONE,
    Command.APPOINT: _ROOT_ALONE,
    Command.INVITES_VOID: _ADMIN_ALONE,
    Command.REVOKE: _ADMIN_ALONE,
    Command.REVOKE_ADMIN: _ROOT_ALONE,
}


def may(call: Call, command: Command, admin_chat: int | None = None) -> bool:
    """Whether the actor may do it in that place. `admin_chat` is the one of the settings."""
    rule, place = RULES[command], call.place
    if RANK[call.actor.role] < RANK[rule.role]:
        return False
    match rule.where:
        case Where.ANY:
            return True
        case Where.MANAGED:
            return call.manages
        case Where.PRIVATE:
            return place.private
        case Where.ADMINS:
            return place.private or place.chat_id == admin_chat
        case Where.MANAGED_OR_ADMINS:
            return call.manages or (call.actor.is_admin and place.chat_id == admin_chat)


def require(call: Call, command: Command, admin_chat: int | None = None) -> None:
    """Raises NotAllowed where `may` says no."""
    if not may(call, command, admin_chat):
        root = RULES[command].role is Role.ROOT
        raise NotAllowed(
            msg("Only a root admin can do that.")
            if root
            else msg("You may not do that, or not here.")
        )
