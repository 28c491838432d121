"""Which function answers which command and which button, and what each needs.

The router looks a command up here by what was typed (`/digest`), a button by the first part of
its data (`Callback.WHY`). Who may do what a `Command` stands for says `bot.commands.roles.RULES`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bot.callbacks import Callback
from bot.chat import access, audit, confirmation, meanings, membership, menu
from bot.chat.admin import (
    backtests,
    config,
    doctor,
    entity_pages,
    feedback,
    health,
    learning,
    own_topics,
    precision,
    review,
    status,
    suggesting,
)
from bot.chat.admin import entities as entity_commands
from bot.chat.admin import filters as filter_commands
from bot.chat.admin import groups as group_commands
from bot.chat.admin import sources as source_commands
from bot.chat.context import Context
from bot.chat.permissions import may_run
from bot.chat.subscriber import (
    alerts,
    digests,
    forgetting,
    language_and_zone,
    limits,
    mode,
    muting,
    narrowing,
    pausing,
    quiet_hours,
    searching,
    settings_page,
    similar,
    start,
    stats,
    subscribing,
    topics,
    watching,
    ways,
    why_not,
)
from bot.commands.roles import RULES, Command, Where

__all__ = ["COMMANDS", "PRESSES", "TOPICAL", "Press", "TypedCommand", "concerns_a_chat"]


TOPICAL = (Command.SEARCH, Command.WATCH, Command.WHY_NOT, Command.REVIEW, Command.MUTE)


@dataclass(frozen=True, slots=True)
class TypedCommand:
    """A command as people type it; who may, and where, says the rule of what it `needs`."""

    run: Callable[[Context], Awaitable[None]]
    needs: Command
    elsewhere: bool = False  # may be said of a channel: /cap @channel 5
    words: bool = False  # a name that is no such channel is one of the words behind it
    whole: bool = False  # of the bot as a whole: a channel's name behind it means nothing


@dataclass(frozen=True, slots=True)
class Press:
    """A button, likewise."""

    run: Callable[[Context, str], Awaitable[None]]
    needs: Command


_CONFIRMATIONS: Mapping[str, confirmation.Answer] = {
    "source.remove": source_commands.removed,
    "filter.end": filter_commands.ended,
    "entity.remove": entity_commands.removed,
    "config.import": config.imported,
    "group.remove": group_commands.removed,
    "topic.end": topics.ended,
    "topic.off": own_topics.switched_off,
    "person.revoke": access.revoked,
    "person.appoint": access.appointed,
    "invite.void": access.invite_voided,
    "topics.follow": start.followed,
    "invites.void": access.voided,
}


async def _take_answer(ctx: Context, value: str) -> None:
    await confirmation.pressed(ctx, value, _CONFIRMATIONS)


async def _run_meaning(ctx: Context, value: str) -> None:
    """A meaning of a query was pressed: the command runs again with that."""
    found = await meanings.chosen_meaning(ctx, value)
    command = None if found is None else COMMANDS.get(found[0])
    if found is None or command is None or not may_run(ctx, command.needs):
        await ctx.out_of_date()
        return
    await ctx.toast()
    ctx.command, ctx.args = found
    ctx.said, ctx.topical = ctx.args, command.needs in TOPICAL
    await command.run(ctx)


COMMANDS: Mapping[str, TypedCommand] = {
    "start": TypedCommand(start.start, Command.START, elsewhere=True),
    "help": TypedCommand(menu.help_, Command.LOOK, elsewhere=True),
    "topics": TypedCommand(topics.topics, Command.LOOK, elsewhere=True),
    "sub": TypedCommand(subscribing.sub, Command.SUBSCRIBE, elsewhere=True),
    "unsub": TypedCommand(topics.unsub, Command.UNSUBSCRIBE, elsewhere=True),
    "list": TypedCommand(topics.list_, Command.LOOK, elsewhere=True),
    "watch": TypedCommand(watching.watch, Command.WATCH, elsewhere=True, words=True),
    "search": TypedCommand(searching.search, Command.SEARCH, elsewhere=True, words=True),
    "last": TypedCommand(searching.last, Command.SEARCH, elsewhere=True),
    "why": TypedCommand(why_not.command, Command.WHY_NOT, elsewhere=True, words=True),
    "mute": TypedCommand(muting.mute, Command.MUTE, elsewhere=True),
    "snooze": TypedCommand(muting.snooze, Command.MUTE, elsewhere=True),
    "mutes": TypedCommand(muting.mutes_, Command.MUTE, elsewhere=True),
    "pause": TypedCommand(pausing.pause, Command.PAUSE, elsewhere=True),
    "resume": TypedCommand(pausing.resume, Command.RESUME, elsewhere=True),
    "lang": TypedCommand(language_and_zone.lang, Command.LANGUAGE, elsewhere=True),
    "tz": TypedCommand(language_and_zone.tz, Command.ZONE, elsewhere=True),
    "quiet": TypedCommand(mode.quiet, Command.PREFS, elsewhere=True),
    "hours": TypedCommand(quiet_hours.quiet_hours, Command.PREFS, elsewhere=True),
    "digest": TypedCommand(digests.digest, Command.PREFS, elsewhere=True),
    "cap": TypedCommand(limits.cap, Command.PREFS, elsewhere=True),
    "vanish": TypedCommand(limits.vanish, Command.PREFS, elsewhere=True),
    "settings": TypedCommand(settings_page.choices, Command.PREFS, elsewhere=True),
    "normal": TypedCommand(mode.normal, Command.MODE, elsewhere=True),
    "privacy": TypedCommand(start.privacy, Command.PRIVACY, elsewhere=True),
    "forget": TypedCommand(forgetting.forget, Command.FORGET, elsewhere=True),
    "stop": TypedCommand(forgetting.forget, Command.FORGET, elsewhere=True),
    "invite": TypedCommand(access.invite, Command.INVITE),
    "invites": TypedCommand(access.invites, Command.PEOPLE, whole=True),
    "admins": TypedCommand(access.admins, Command.PEOPLE, whole=True),
    "admin": TypedCommand(access.admin, Command.PEOPLE),
    "revoke": TypedCommand(access.revoke, Command.REVOKE),
    "source": TypedCommand(source_commands.source, Command.SOURCES),
    "filter": TypedCommand(filter_commands.filter_, Command.FILTERS),
    "backtest": TypedCommand(backtests.backtest, Command.FILTERS),
    "export": TypedCommand(config.export, Command.CONFIG_EXPORT, whole=True),
    "import": TypedCommand(config.import_, Command.CONFIG_IMPORT),
    "topic": TypedCommand(own_topics.topic, Command.FILTERS),
    "group": TypedCommand(group_commands.group, Command.FILTERS),
    "entity": TypedCommand(entity_commands.entity, Command.ENTITIES),
    "review": TypedCommand(review.review, Command.REVIEW, whole=True),
    "precision": TypedCommand(precision.precision, Command.FEEDBACK, whole=True),
    "feedback": TypedCommand(feedback.feedback, Command.FEEDBACK, whole=True),
    "status": TypedCommand(status.status, Command.HEALTH, whole=True),
    "health": TypedCommand(health.health, Command.HEALTH, whole=True),
    "audit": TypedCommand(audit.audit, Command.AUDIT, elsewhere=True),
    "undo": TypedCommand(audit.undo, Command.UNDO, elsewhere=True),
    "stats": TypedCommand(stats.stats, Command.LOOK, elsewhere=True),
}
PRESSES: Mapping[str, Press] = {
    Callback.MODE: Press(start.choose_mode, Command.MODE),
    Callback.TOPIC: Press(topics.toggle, Command.SUBSCRIBE),
    Callback.LANGUAGE: Press(language_and_zone.lang_pressed, Command.LANGUAGE),
    Callback.RESUME: Press(pausing.resume_pressed, Command.RESUME),
    Callback.PAUSE: Press(pausing.pause_pressed, Command.PAUSE),
    Callback.GO_QUIET: Press(mode.answer_quiet, Command.MODE),
    Callback.SHOW_TEXTS: Press(mode.answer_normal, Command.MODE),
    Callback.UNVEIL: Press(mode.unveil, Command.LOOK),
    Callback.FORGET: Press(forgetting.forget_pressed, Command.FORGET),
    Callback.WHY: Press(alerts.why, Command.OPEN),
    Callback.OPEN: Press(alerts.reveal, Command.OPEN),
    Callback.OPEN_REPLY: Press(alerts.reveal_reply, Command.OPEN),
    Callback.MORE: Press(alerts.more, Command.OPEN),
    Callback.LESS: Press(alerts.less, Command.OPEN),
    Callback.FOLLOW: Press(alerts.follow, Command.FOLLOW),
    Callback.NOISE: Press(alerts.noise, Command.MARK),
    Callback.TRUE: Press(alerts.true, Command.MARK),
    Callback.WRONG_ARMY: Press(alerts.wrong_army, Command.MARK),
    Callback.MUTE: Press(muting.pressed, Command.MUTE),
    Callback.MUTES: Press(muting.ended, Command.MUTE),
    Callback.SIMILAR: Press(similar.similar, Command.SEARCH),
    Callback.COPY: Press(similar.copy, Command.SEARCH),
    Callback.SPLIT: Press(alerts.split, Command.SPLIT_HERE),
    Callback.DIGEST_PAGE: Press(digests.digest_page, Command.OPEN),
    Callback.WAY: Press(ways.way_pressed, Command.WAYS),
    Callback.NARROW: Press(narrowing.pressed, Command.SUBSCRIBE),
    Callback.QUIET_HOURS: Press(quiet_hours.quiet_pressed, Command.PREFS),
    Callback.DIGEST: Press(digests.digest_pressed, Command.PREFS),
    Callback.CAP: Press(limits.cap_pressed, Command.PREFS),
    Callback.VANISH: Press(limits.vanish_pressed, Command.PREFS),
    Callback.REPORTS: Press(settings_page.reports_pressed, Command.PREFS),
    Callback.THREADS: Press(settings_page.threads_pressed, Command.PREFS),
    Callback.WATCH: Press(watching.pressed, Command.WATCH),
    Callback.SEARCH: Press(searching.turn, Command.SEARCH),
    Callback.SUBBED: Press(subscribing.pressed, Command.SUBSCRIBE),
    Callback.MISSED: Press(why_not.pressed, Command.REPORT_MISSED),
    Callback.CHANNEL: Press(membership.chosen, Command.SUBSCRIBE),
    Callback.SOURCE: Press(source_commands.pressed, Command.SOURCES),
    Callback.SOURCES: Press(source_commands.turn, Command.SOURCES),
    Callback.FILTER: Press(filter_commands.pressed, Command.FILTERS),
    Callback.FILTERS: Press(filter_commands.turn, Command.FILTERS),
    Callback.ENTITY: Press(entity_commands.pressed, Command.ENTITIES),
    Callback.ENTITIES: Press(entity_pages.turn, Command.ENTITIES),
    Callback.REVIEW: Press(review.pressed, Command.REVIEW),
    Callback.LEARNING: Press(learning.pressed, Command.LEARN),
    Callback.SUGGEST: Press(suggesting.pressed, Command.FILTER_ADD),
    Callback.DOCTOR: Press(doctor.pressed, Command.FILTER_EDIT),
    Callback.PRECISION: Press(precision.pressed, Command.FEEDBACK),
    Callback.PERSON: Press(access.person_pressed, Command.REVOKE_ADMIN),
    Callback.INVITE: Press(access.invite_pressed, Command.INVITES_VOID),
    Callback.AUDIT: Press(audit.pressed, Command.UNDO),
    Callback.MEANT: Press(_run_meaning, Command.ANSWER),
    Callback.ANSWER: Press(_take_answer, Command.ANSWER),
}


def concerns_a_chat(what: str) -> bool:
    """Whether the press is one of a chat's own choices, not of the installation."""
    press = PRESSES.get(what)
    where = None if press is None else RULES[press.needs].where
    return where in (Where.MANAGED, Where.MANAGED_OR_ADMINS)
