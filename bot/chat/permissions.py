"""Whether somebody may do what a command needs at a place, by `bot.commands.roles.RULES`."""

from __future__ import annotations

from bot.chat.context import Context
from bot.commands.roles import RANK, RULES, Command, Where, may

__all__ = ["belongs", "may_run", "ranks"]


def ranks(ctx: Context, needs: Command) -> bool:
    """Whether the person's role is enough for it, wherever it is asked."""
    return RANK[ctx.role] >= RANK[RULES[needs].role]


def may_run(ctx: Context, needs: Command) -> bool:
    """Whether the person may do it at this place, rank, place and management together."""
    return may(ctx.call(), needs, ctx.services.admin_chat)


def belongs(ctx: Context, needs: Command) -> bool:
    """Whether it may be asked at this place: what is of admins only in private or their chat."""
    where = RULES[needs].where
    if ctx.place.private or where in (Where.ANY, Where.MANAGED, Where.MANAGED_OR_ADMINS):
        return True
    return where is Where.ADMINS and ctx.place.chat_id == ctx.services.admin_chat
