"""A question with two buttons before a change that one press cannot take back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.callbacks import Callback
from bot.chat.context import Context
from bot.model.rendered import Button

__all__ = ["Answer", "ask", "pressed"]

Answer = Callable[[Context, Mapping[str, Any]], Awaitable[str]]
"""What Yes does; it returns the answer as HTML."""

_HOURS = 1


async def ask(ctx: Context, what: str, question: str, yes: str, **values: object) -> None:
    """Ask `question` (HTML) of this person in this place; `yes` is the button's word.

    `what` names the answer that is to follow, `values` are plain JSON for it.
    """
    token = await ctx.draft("ask", {"what": what, **values}, hours=_HOURS)
    buttons = (
        Button(yes, data=f"{Callback.ANSWER}:y:{token}"),
        Button(ctx.t("Keep"), data=f"{Callback.ANSWER}:n:{token}"),
    )
    await ctx.say(question, (buttons,))


async def pressed(ctx: Context, value: str, answers: Mapping[str, Answer]) -> None:
    """Handle Yes or Keep: once, from the person who was to answer."""
    action, _, token = value.partition(":")
    asked = await ctx.take(token, "ask")
    answer = None if asked is None else answers.get(str(asked["what"]))
    if asked is None or answer is None:
        await ctx.out_of_date()
        return
    await ctx.toast()
    if action == "y":
        await ctx.change(await answer(ctx, asked))
    else:
        await ctx.change(ctx.t("Kept. Nothing was changed."))
