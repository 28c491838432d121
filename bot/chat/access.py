"""Who may do what: roles, invitations, the claim of a new installation, strangers.

Telegram's numeric ids decide, never names. Whoever is not entitled gets the same
neutral line whatever they try, and at most once a day.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.chat.asking import ask
from bot.chat.context import Context
from bot.chat.services import Services
from bot.chat.text import code, esc
from bot.commands import people as commands
from bot.commands.calls import Refused
from bot.errors import DeliveryError
from bot.model import Role
from bot.store import people

__all__ = [
    "NEUTRAL",
    "admins",
    "claim_link",
    "invite",
    "is_manager",
    "redeem",
    "revoke",
    "revoked",
    "role_of",
    "voided",
]

NEUTRAL = "Private bot. / Закрытый бот. / Закритий бот."
_INVITE_DAYS = 7
_MANAGERS = ("creator", "administrator")
_SHOWN = 30


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


async def invite(ctx: Context) -> None:
    """`/invite [admin] [days]`: a link for one person."""
    t, words = ctx.t, ctx.args.lower().split()
    role = Role.ADMIN if "admin" in words else Role.SUBSCRIBER
    numbers = [int(word) for word in words if word.isdecimal()]
    unknown = [word for word in words if word not in ("admin",) and not word.isdecimal()]
    days = numbers[0] if numbers else _INVITE_DAYS
    if unknown or len(numbers) > 1 or not 1 <= days <= commands.MOST_DAYS:
        await ctx.say(
            t("Write /invite, /invite 3 (days, at most {most}) or /invite admin.", most=90)
        )
        return
    if role is Role.ADMIN and ctx.role is not Role.ROOT:
        await ctx.say(t("Only a root admin makes admins. /invite makes a subscriber."))
        return
    until = ctx.now + timedelta(days=days)
    secret = await commands.invite(ctx.backend, ctx.call(), role, timedelta(days=days))
    when = t.time(until, ctx.tz, ctx.now)
    line = (
        t("For one new admin, once, until {when}. Pass on the next message.", when=when)
        if role is Role.ADMIN
        else t("For one person, once, until {when}. Pass on the next message.", when=when)
    )
    await ctx.say(line)
    await ctx.say(esc(claim_link(ctx.services.client.username, secret)))


async def admins(ctx: Context) -> None:
    """`/admins`: who may do what, by number; names are asked of Telegram, not kept."""
    t = ctx.t
    async with ctx.services.store.read() as conn:
        everyone = await people.list_people(conn)
        invites = await people.list_invites(conn, ctx.now)
    roots = [*ctx.services.roots, *(p.telegram_id for p in everyone if p.role is Role.ROOT)]
    appointed = [p.telegram_id for p in everyone if p.role is Role.ADMIN]
    lines = [f"{t('root admin')}: {await _named(ctx, each)}" for each in roots[:_SHOWN]]
    lines += [f"{t('admin')}: {await _named(ctx, each)}" for each in appointed[:_SHOWN]]
    count = sum(person.role is Role.SUBSCRIBER for person in everyone)
    lines.append(t.n("{n} invited subscriber", "{n} invited subscribers", count))
    lines.append(t.n("{n} open invitation", "{n} open invitations", len(invites)))
    lines.append(t("/revoke number takes a role away; /revoke invites voids all invitations."))
    await ctx.say("\n".join(lines))


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
