"""What pages of a choice have in common: keep it, mark it, say whose clock it means."""

from __future__ import annotations

from bot.chat.context import Context
from bot.chat.text import esc
from bot.commands import chats as chat_commands
from bot.commands.calls import Refused
from bot.i18n import Translator
from bot.model import Prefs
from bot.model.rendered import Button

__all__ = ["OFF_WORDS", "choice_button", "keep_prefs", "zone_note"]


OFF_WORDS = frozenset(
    ["off", "no", "0", "нет", "откл", "выкл", "выключить", "ні", "вимк", "вимкнути", "без"]
)


async def keep_prefs(ctx: Context, prefs: Prefs) -> None:
    """Keep the choice for the chat that is meant, which was noted before."""
    done = await chat_commands.set_prefs(ctx.backend, ctx.call(), prefs)
    if not isinstance(done, Refused):
        ctx.chat = done


def zone_note(t: Translator, tz: str) -> list[str]:
    """Tell a person without a time zone that the hours shown may not be theirs."""
    note = t("Times are shown as in {place}: /tz changes that.", place=esc(t.city(tz)))
    return [note] if tz == "UTC" else []


def choice_button(chosen: bool, label: str, data: str) -> Button:
    return Button(("✓ " if chosen else "") + label, data=data)
