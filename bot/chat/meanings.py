"""A query that may mean several things, or that has a mend: each meaning is a button.

A press runs the command again with what was meant. The draft keeps the command and its words, so
that a restart between question and answer changes nothing; rights are looked at again.
"""

from __future__ import annotations

from typing import Any, Final

from bot.callbacks import Callback
from bot.chat.context import Context
from bot.chat.text import Buttons, error_text
from bot.model.rendered import Button
from filters.query import Query, QueryError, parse

__all__ = ["MEANT", "chosen_meaning", "read_query", "say_error"]

MEANT: Final = "meant"


async def read_query(ctx: Context, expression: str, *, kept: bool = False) -> Query | None:
    """The expression as a query; None where it is none, which has been said.

    `kept`: one that is stored, which may hold what a new one may not.
    """
    try:
        return parse(expression, ctx.services.reader.groups, kept=kept)
    except QueryError as error:
        await say_error(ctx, error, expression)
        return None


async def say_error(ctx: Context, error: QueryError, expression: str) -> None:
    """What is wrong with the query; a button a meaning, where the command can be run with it."""
    found = list(error.readings) or ([error.mend] if error.mend else [])
    typed = " ".join(ctx.said.split())
    before, there, after = typed.partition(" ".join(expression.split()))
    buttons: Buttons = ()
    if ctx.command and found and there:
        asked = {"command": ctx.command, "args": [f"{before}{each}{after}" for each in found]}
        token = await ctx.draft(MEANT, asked)
        numbers = [str(n) for n in range(1, len(found) + 1)]
        labels = numbers if len(found) > 1 else [ctx.t("Use that")]
        buttons = (
            tuple(
                Button(label, data=f"{Callback.MEANT}:{n}:{token}")
                for n, label in zip(numbers, labels, strict=True)
            ),
        )
    await ctx.say(error_text(error, expression, ctx.t.lang), buttons)


async def chosen_meaning(ctx: Context, value: str) -> tuple[str, str] | None:
    """The command and its words that a press asks for; None where the button is old or forged."""
    number, _, token = value.partition(":")
    asked: Any = await ctx.take(token, MEANT)
    if asked is None or number not in map(str, range(1, len(asked["args"]) + 1)):
        return None
    return str(asked["command"]), str(asked["args"][int(number) - 1])
