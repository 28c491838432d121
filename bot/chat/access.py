"""Who may do what: roles, invitations, the claim of a new installation, strangers.

Telegram's numeric ids decide, never names. Whoever is not entitled gets the same
neutral line whatever they try, and at most once a day.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from bot.alerts.words import topic as topic_title
from bot.callbacks import Callback
from bot.chat import menu
from bot.chat.confirmation import ask
from bot.chat.context import Context
from bot.chat.services import Services
from bot.chat.subscriber.topics import find_topic
from bot.chat.text import code, esc, pages
from bot.commands import people as commands
from bot.commands.calls import Refused
from bot.errors import DeliveryError
from bot.model import Role
from bot.model.rendered import Button
from bot.store import people

__all__ = [
    "NEUTRAL",
    "admin",
    "admins",
    "appointed",
    "claim_link",
    "invite",
    "invite_pressed",
    "invite_voided",
    "invites",
    "is_manager",
    "person_pressed",
    "redeem",
    "revoke",
    "revoked",
    "role_of",
    "start_parts",
    "voided",
]

NEUTRAL = "Private bot. / Закрытый бот. / Закритий бот."
_INVITE_DAYS = 7
_MAKE, _MAKE_NONE = "make", "none"  # no number of an invitation
_MANAGERS = ("creator", "administrator")
_SHOWN = 30
_CODE_LETTERS = 22
_MOST_START = 64  # letters behind ?start=


async def role_of(services: Services, user_id: int) -> Role:
    """The person's role; with open access whoever has none is a subscriber."""
    async with services.store.read() as conn:
        role = await people.role_of(conn, user_id, services.roots)
    return Role.SUBSCRIBER if role is Role.STRANGER and services.open else role


async def is_manager(ctx: Context) -> bool:
    """Whether the person may decide for this place: it is theirs, or they are its admin.

    Telegram is asked each time: rights in a group come and go.
    """
    if ctx.place.private:
        return ctx.place.chat_id == ctx.user_id
    if ctx.hidden:
        return True  # only administrators can post as the group
    try:
        status = await ctx.services.client.member_status(ctx.place.chat_id, ctx.user_id)
    except DeliveryError:
        return False
    return status in _MANAGERS


# the first root admin


def claim_link(bot_name: str, secret: str) -> str:
    """The deep link that hands a code to the bot."""
    return f"https://t.me/{bot_name}?start={secret}"


async def redeem(ctx: Context, secret: str) -> Role | None:
    """Use up an invitation; the person's role now, None if the code is no good."""
    return await commands.join(ctx.backend, ctx.call(), secret)


# commands


def start_parts(payload: str, known: Collection[str]) -> tuple[str, tuple[str, ...]]:
    """What stands behind ?start= of a link: the code of an invitation, and topics.

    `<code>-refusal-desertion`, or `t-refusal-desertion` where nobody needs inviting. Topics that
    do not exist are left out.
    """
    head, _, tail = payload.partition("-")
    if head == "t" and any(each in known for each in tail.split("-")):
        code, rest = "", tail
    elif len(payload) > _CODE_LETTERS and payload[_CODE_LETTERS] == "-":
        code, rest = payload[:_CODE_LETTERS], payload[_CODE_LETTERS + 1 :]
    else:
        code, rest = payload, ""
    return code, tuple(dict.fromkeys(each for each in rest.split("-") if each in known))


async def invite(ctx: Context) -> None:
    """`/invite [admin] [days] [topics]`: a link for one person, which may choose topics too.

    A menu sends it bare: then it asks, for a link lets somebody in.
    """
    if not ctx.args:
        t = ctx.t
        yes = Button(t("Make a link"), data=f"{Callback.INVITE}:{_MAKE}")
        no = Button(t("No"), data=f"{Callback.INVITE}:{_MAKE_NONE}")
        question = t.n(
            "Make a link that lets one person in, for {n} day?",
            "Make a link that lets one person in, for {n} days?",
            _INVITE_DAYS,
        )
        await ctx.say(question, ((yes, no),))
        return
    await _invite(ctx)


async def _invite(ctx: Context) -> None:
    t, known = ctx.t, ctx.services.reader.topics
    words, wanted, unknown = ctx.args.lower().replace(",", " ").split(), list[str](), list[str]()
    for word in words:
        topic, _ = find_topic(known, word)
        if topic is not None:
            wanted.append(topic)
        elif word != "admin" and not word.isdecimal():
            unknown.append(word)
    role = Role.ADMIN if "admin" in words else Role.SUBSCRIBER
    numbers = [int(word) for word in words if word.isdecimal()]
    days = numbers[0] if numbers else _INVITE_DAYS
    if unknown or len(numbers) > 1 or not 1 <= days <= commands.MOST_DAYS:
        await ctx.say(
            t(
                "Write /invite, /invite 3 (days, at most {most}), /invite refusal, desertion"
                " (topics that the link chooses) or /invite admin.",
                most=commands.MOST_DAYS,
            )
        )
        return
    if role is Role.ADMIN and ctx.role is not Role.ROOT:
        await ctx.say(t("Only a root admin makes admins. /invite makes a subscriber."))
        return
    until = ctx.now + timedelta(days=days)
    secret = await commands.invite(ctx.backend, ctx.call(), role, timedelta(days=days))
    start = "-".join([secret, *dict.fromkeys(wanted)])
    if len(start) > _MOST_START:  # Telegram's limit
        start = secret
    when = t.time(until, ctx.tz, ctx.now)
    line = (
        t("For one new admin, once, until {when}. Pass on the next message.", when=when)
        if role is Role.ADMIN
        else t("For one person, once, until {when}. Pass on the next message.", when=when)
    )
    lines = [f"{line} /invites"]
    if start != secret:
        names = ", ".join(esc(topic_title(t, each)) for each in dict.fromkeys(wanted))
        lines.append(t("It also subscribes them to: {topics}.", topics=names))
    elif wanted:
        lines.append(t("A link holds fewer topics: they choose by themselves."))
    await ctx.say("\n".join(lines))
    link = claim_link(ctx.services.client.username, start)
    await ctx.say(esc(link), ((Button(t("Copy the link"), copy=link),),))


async def invites(ctx: Context) -> None:
    """`/invites`: those that are open, each voided by a button."""
    t = ctx.t
    async with ctx.services.store.read() as conn:
        found = await people.list_invites(conn, ctx.now)
    found = [each for each in found if each.role is not Role.ROOT]
    if not found:
        await ctx.say(t("No invitation is open. /invite makes one."))
        return
    lines = [f"<b>{t('Open invitations')}</b>"]
    rows = []
    for each in found[:_SHOWN]:
        label = _of_invite(ctx, each)
        lines.append(f"{code(each.number)} {label}")
        if each.role is Role.SUBSCRIBER or ctx.role is Role.ROOT:
            rows.append((Button(f"✕ {each.number}", data=f"{Callback.INVITE}:{each.number}"),))
    if len(found) > _SHOWN:
        lines.append(t.n("{n} more", "{n} more", len(found) - _SHOWN))
    lines.append(t("/revoke invites voids all of them."))
    await ctx.say("\n".join(lines), tuple(rows))


async def invite_pressed(ctx: Context, value: str) -> None:
    """Make one, as was asked; or void one: ask first."""
    if value in (_MAKE, _MAKE_NONE):
        await ctx.toast()
        if value == _MAKE:
            await ctx.change(ctx.t("An invitation:"))
            await _invite(ctx)
        else:
            await ctx.change(ctx.t("Nothing was changed."))
        return
    async with ctx.services.store.read() as conn:
        found = await people.list_invites(conn, ctx.now)
    each = next((one for one in found if one.number == value), None)
    if each is None:
        await ctx.out_of_date()
        return
    await ctx.toast()
    question = ctx.t("Void this invitation: {what}?", what=_of_invite(ctx, each))
    await ask(ctx, "invite.void", question, ctx.t("Void"), number=value)


async def invite_voided(ctx: Context, asked: Mapping[str, Any]) -> str:
    """Yes was pressed; what to say."""
    done = await commands.void_invite(ctx.backend, ctx.call(), str(asked["number"]))
    if done is Refused.THEIRS:
        return ctx.t("Only a root admin can do that.")
    if isinstance(done, Refused):
        return ctx.t("It was used or voided meanwhile.")
    return ctx.t.n("{n} invitation voided.", "{n} invitations voided.", 1)


def _of_invite(ctx: Context, each: people.Invite) -> str:
    t = ctx.t
    until = t.time(each.expires_at, ctx.tz, ctx.now)
    if each.role is Role.SUBSCRIBER:
        return t("for a subscriber, until {when}", when=until)
    return t("for an admin, until {when}", when=until)


async def admin(ctx: Context) -> None:
    """`/admin add <number>`, `/admin remove <number>`, also as a reply; alone as /admins."""
    t = ctx.t
    word, _, rest = ctx.args.partition(" ")
    ctx.args = rest.strip()
    if word == "remove":
        await revoke(ctx)
        return
    if word != "add":
        await admins(ctx)
        return
    if ctx.role is not Role.ROOT:
        await ctx.say(t("Only a root admin can do that."))
        return
    user_id = _whom(ctx)
    if user_id is None:
        await ctx.say(
            t(
                "Whom? Write /admin add and the person's number, or reply with it to a message"
                " forwarded from them. /invite admin makes a link instead."
            )
        )
        return
    question = t(
        "Make {who} an admin? The other admins learn of it.", who=await _named(ctx, user_id)
    )
    await ask(ctx, "person.appoint", question, t("Make admin"), user=user_id)


async def appointed(ctx: Context, asked: Mapping[str, Any]) -> str:
    """Yes was pressed; what to say."""
    user_id = int(asked["user"])
    done = await commands.appoint(ctx.backend, ctx.call(), user_id)
    if isinstance(done, Refused):
        return ctx.t("{who} is an admin already.", who=code(str(user_id)))
    await menu.show(ctx.services.client, user_id, Role.ADMIN, ctx.t)
    return ctx.t("{who} is an admin now. /undo takes it back.", who=code(str(user_id)))


async def admins(ctx: Context) -> None:
    """`/admins`: who may do what, by number; names are asked of Telegram, not kept.

    Subscribers are counted, never listed.
    """
    t = ctx.t
    async with ctx.services.store.read() as conn:
        everyone = await people.list_people(conn)
        open_ones = await people.list_invites(conn, ctx.now)
    roots = [*ctx.services.roots, *(p.telegram_id for p in everyone if p.role is Role.ROOT)]
    appointed_ = [p.telegram_id for p in everyone if p.role is Role.ADMIN]
    lines = [f"{t('root admin')}: {await _named(ctx, each)}" for each in roots[:_SHOWN]]
    lines += [f"{t('admin')}: {await _named(ctx, each)}" for each in appointed_[:_SHOWN]]
    count = sum(person.role is Role.SUBSCRIBER for person in everyone)
    lines.append(t.n("{n} invited subscriber", "{n} invited subscribers", count))
    invited = t.n("{n} open invitation", "{n} open invitations", len(open_ones))
    lines.append(f"{invited} /invites")
    lines.append(t("/revoke number takes a role away; /revoke invites voids all invitations."))
    rows: list[tuple[Button, ...]] = []
    if ctx.role is Role.ROOT:
        lines.append(t("/admin add number makes an admin."))
        rows = [
            (Button(f"✕ {each}", data=f"{Callback.PERSON}:{each}"),) for each in appointed_[:_SHOWN]
        ]
    await ctx.say_all(pages(lines), tuple(rows))


async def person_pressed(ctx: Context, value: str) -> None:
    """Take a role away: ask first."""
    if not re.fullmatch(r"[0-9]{1,15}", value):
        await ctx.out_of_date()
        return
    await ctx.toast()
    await _ask_revoke(ctx, int(value))


async def revoke(ctx: Context) -> None:
    """`/revoke <number>`, as a reply to a message of theirs, or `/revoke invites`."""
    t = ctx.t
    if ctx.args.lower() in ("invites", "invitations"):
        question = t("Void all open invitations? New ones can be made.")
        await ask(ctx, "invites.void", question, t("Void"))
        return
    user_id = _whom(ctx)
    if user_id is None:
        await ctx.say(
            t(
                "Whom? Write /revoke and the person's number, or reply with /revoke to a message"
                " forwarded from them. /admins lists numbers."
            )
        )
        return
    await _ask_revoke(ctx, user_id)


async def _ask_revoke(ctx: Context, user_id: int) -> None:
    t = ctx.t
    refused = await commands.may_revoke(ctx.backend, ctx.call(), user_id)
    if refused is not None:
        await ctx.say(_not_revoked(ctx, refused, user_id))
        return
    question = t(
        "Take away the role of {who}? Their private chat's choices are deleted for good.",
        who=await _named(ctx, user_id),
    )
    await ask(ctx, "person.revoke", question, t("Take away"), user=user_id)


async def revoked(ctx: Context, asked: Mapping[str, Any]) -> str:
    """Yes was pressed; what to say."""
    user_id = int(asked["user"])
    done = await commands.revoke(ctx.backend, ctx.call(), user_id)
    if isinstance(done, Refused):
        return _not_revoked(ctx, done, user_id)
    await menu.show(ctx.services.client, user_id, Role.STRANGER, ctx.t)
    return ctx.t(
        "{who} has no role any more and gets nothing in private."
        " Groups stay subscribed: /stop in a group ends that.",
        who=code(str(user_id)),
    )


async def voided(ctx: Context, _: Mapping[str, Any]) -> str:
    """Yes was pressed; what to say."""
    count = await commands.void_invites(ctx.backend, ctx.call())
    return ctx.t.n("{n} invitation voided.", "{n} invitations voided.", count)


def _not_revoked(ctx: Context, refused: Refused, user_id: int) -> str:
    t = ctx.t
    if refused is not Refused.MISSING and user_id == ctx.user_id:
        return t("That is you: another root admin can take your role away.")
    if refused is Refused.MISSING:
        return t("{who} has no role here.", who=code(str(user_id)))
    return t("Only a root admin can do that, and root admins of the settings only there.")


def _whom(ctx: Context) -> int | None:
    if ctx.args:
        return int(ctx.args) if re.fullmatch(r"\d{1,15}", ctx.args) else None
    reply = ctx.message.reply_to_message if ctx.message else None
    if reply is None:
        return None
    origin = getattr(reply.forward_origin, "sender_user", None)
    if reply.forward_origin is not None:
        return origin.id if origin else None
    author = reply.from_user
    return author.id if author and not author.is_bot else None


async def _named(ctx: Context, user_id: int) -> str:
    try:
        who = await ctx.services.client.get_chat(user_id)
    except DeliveryError:
        return code(str(user_id))
    return f"{code(str(user_id))} {esc(who.full_name or '', 40)}".rstrip()
