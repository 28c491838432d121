"""The menu Telegram shows beside the text field, and /help: commands by role."""

from __future__ import annotations

import structlog

from bot.botapi.client import Client
from bot.chat.context import Context
from bot.chat.services import Services
from bot.chat.text import esc
from bot.errors import DeliveryError
from bot.i18n import LANGUAGES, Translator, msg, translator
from bot.model import ChatMode, Role
from bot.store import chats, people

__all__ = ["help_", "set_menus", "show"]

log = structlog.get_logger(__name__)

_SUBSCRIBER = (
    ("topics", msg("choose topics")),
    ("list", msg("what comes here")),
    ("watch", msg("words of your own: /watch Зайцево")),
    ("search", msg("search the archive: /search Чита суд")),
    ("last", msg("the newest posts of a topic")),
    ("why", msg("why a post did not come: its link, or forward it")),
    ("stats", msg("the week's alerts here, as a picture")),
    ("mutes", msg("muted sources and stories")),
    ("pause", msg("pause: 2h, 3d or until /resume")),
    ("resume", msg("resume, with one summary")),
    ("digest", msg("when the digest comes: daily 9:00")),
    ("hours", msg("quiet hours: 22-7, off")),
    ("quiet", msg("hide texts, remove what the bot said")),
    ("normal", msg("show texts")),
    ("cap", msg("how many alerts a day at most")),
    ("vanish", msg("delete messages after 1h, 24h, 40h")),
    ("settings", msg("what was chosen here; replies or edits only")),
    ("undo", msg("take back the last change")),
    ("lang", msg("language")),
    ("tz", msg("time zone: a city or +3")),
    ("privacy", msg("what is stored")),
    ("forget", msg("delete my data and stop")),
    ("help", msg("help")),
)
_ADMIN = (
    ("source", msg("sources: add, list, pause…")),
    ("filter", msg("filters: add, test, list…")),
    ("backtest", msg("what a filter would have found: /backtest Чита суд 30d")),
    ("topic", msg("topics of your own, in three languages; urgency, off")),
    ("group", msg("word groups: lists of words that filters use as @name")),
    ("entity", msg("people, groups, places to look for by name")),
    ("export", msg("sources, filters and names as a file")),
    ("import", msg("take up such a file, or filters as CSV")),
    ("review", msg("possible, missed and noise: ✓ or ✗, one by one")),
    ("precision", msg("how often each filter is right, the worst first")),
    ("feedback", msg("what readers called noise")),
    ("health", msg("what works and what does not")),
    ("status", msg("what waits, how fast, how large")),
    ("invite", msg("a link for one person, perhaps with topics: /invite refusal")),
    ("invites", msg("open invitations, each voided by a tap")),
    ("admins", msg("who may do what")),
    ("admin", msg("make an admin, or end that: /admin add, /admin remove")),
    ("revoke", msg("take a role away")),
    ("audit", msg("who changed what")),
)
_GROUP = frozenset(
    [
        *("topics", "list", "watch", "search", "last", "stats", "pause", "resume"),
        *("digest", "hours", "cap", "settings", "undo", "lang", "tz", "help"),
    ]
)
_CHANNEL = _GROUP - {"help"} | {"why", "mutes", "vanish", "privacy"}
_STRANGER = ("start",)
_HOW_TO_SUBSCRIBE = msg(
    "/sub and a topic subscribes; words behind it narrow, with a minus they leave out:"
    " /sub refusal Псков, /sub refusal -Бурятия"
)


def _commands(role: Role) -> tuple[tuple[str, str], ...]:
    if role is Role.STRANGER:
        return ((_STRANGER[0], msg("start")),)
    return _SUBSCRIBER if role is Role.SUBSCRIBER else (*_ADMIN, *_SUBSCRIBER)


async def set_menus(services: Services) -> None:
    """At start: what everybody sees, what managers of groups see, what known admins see.

    Telegram keeps menus, so a failure only leaves the old ones: it is logged.
    """
    everybody = Role.SUBSCRIBER if services.open else Role.STRANGER
    async with services.store.read() as conn:
        known = [p for p in await people.list_people(conn) if p.role is not Role.SUBSCRIBER]
    try:
        for lang in LANGUAGES:
            t, code = translator(lang), "" if lang == "en" else lang
            await services.client.set_commands(_descriptions(t, _commands(everybody)), lang=code)
            group = [pair for pair in _descriptions(t, _SUBSCRIBER) if pair[0] in _GROUP]
            await services.client.set_commands(group, lang=code, managers=True)
    except DeliveryError as error:
        log.warning("menu.failed", error=type(error).__name__)
    for user_id in {*services.roots, *(person.telegram_id for person in known)}:
        async with services.store.read() as conn:
            chat = await chats.by_address(conn, user_id)
        if chat is not None:
            await show(services.client, user_id, Role.ADMIN, translator(chat.lang))
            continue
        for lang in LANGUAGES:
            code = "" if lang == "en" else lang
            await _set_one(services.client, user_id, Role.ADMIN, translator(lang), code)


async def show(client: Client, user_id: int, role: Role, t: Translator) -> None:
    """The menu of one person whose role or language has changed, in the language they chose.

    Telegram prefers the menu for the language that the app is set to: those are set too.
    """
    for code in ("", *LANGUAGES):
        await _set_one(client, user_id, role, t, code)


async def _set_one(client: Client, user_id: int, role: Role, t: Translator, code: str) -> None:
    try:
        await client.set_commands(_descriptions(t, _commands(role)), lang=code, chat_id=user_id)
    except DeliveryError as error:
        # A root admin of the settings who never wrote to the bot has no chat yet.
        log.info("menu.not_shown", error=type(error).__name__)


def _descriptions(t: Translator, commands: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    return [(name, t(about)) for name, about in commands]


async def help_(ctx: Context) -> None:
    """`/help`: what this person may do here; `/help @channel`: what of that channel."""
    t = ctx.t
    if ctx.elsewhere is not None:
        about = [pair for pair in _descriptions(t, _SUBSCRIBER) if pair[0] in _CHANNEL]
        lines = [f"/{name} @… {esc(what)}" for name, what in about]
        await ctx.say("\n".join([t("Commands for that chat, with its name first:"), *lines]))
        return
    if not ctx.place.private:
        lines = [
            f"/{name} {esc(about)}"
            for name, about in _descriptions(t, _SUBSCRIBER)
            if name in _GROUP
        ]
        await ctx.say("\n".join([t("Administrators of this chat choose what comes here:"), *lines]))
        return
    lines = [f"/{name} {esc(about)}" for name, about in _descriptions(t, _SUBSCRIBER)]
    quiet = ctx.chat is not None and ctx.chat.mode is ChatMode.QUIET
    lines += [
        "",
        *(() if quiet else (t(_HOW_TO_SUBSCRIBE),)),
        t("Reply to an alert: /why, /mute, /snooze 3d."),
        t("Add me to a group or channel and an administrator there can do the same for it."),
        t("For a channel, put its name first: /topics @channel, /digest @channel 9:00."),
    ]
    if ctx.is_admin:
        lines += ["", t("Admin:")]
        lines += [f"/{name} {esc(about)}" for name, about in _descriptions(t, _ADMIN)]
    await ctx.say("\n".join(lines))
