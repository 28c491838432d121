"""Buttons of commands, and the data they carry.

`<what>:<value>` for what may be pressed again by anybody entitled at that moment
(entitlement is checked at the press); `<what>:<action>:<token>` where the token is a
draft: one person, one chat, once. Telegram allows 64 bytes.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.callbacks import Callback
from bot.chat.text import Buttons
from bot.i18n import LANGUAGES, Translator
from bot.model import ChatMode
from bot.model.rendered import Button

__all__ = ["languages", "modes", "topics"]

ON, OFF = "✓ ", ""


def modes(t: Translator, current: ChatMode | None = None) -> Buttons:
    """Quiet or Normal."""
    return (
        (
            Button(
                (ON if current is ChatMode.QUIET else OFF) + t("Quiet"),
                data=f"{Callback.MODE}:quiet",
            ),
            Button(
                (ON if current is ChatMode.NORMAL else OFF) + t("Normal"),
                data=f"{Callback.MODE}:normal",
            ),
        ),
    )


def languages(current: str, then: str = "") -> Buttons:
    """The languages by their own names; `then` says in the data what to show in the new one."""
    return (
        tuple(
            Button(
                (ON if lang == current else OFF) + name, data=f"{Callback.LANGUAGE}:{lang}{then}"
            )
            for lang, name in LANGUAGES.items()
        ),
    )


def topics(t: Translator, choices: Sequence[tuple[str, str, bool]], more: Button) -> Buttons:
    """(id, what it says, whether it is on) as toggles, one a row: thumbs are wide.

    Beside those that are on stands how they come; below all, what concerns several.
    """
    data, how = f"{Callback.TOPIC}:", f"{Callback.WAY}:"
    toggles = tuple(
        (Button(ON + label, data=f"{data}{topic}"), Button(t("how ›"), data=f"{how}{topic}"))
        if on
        else (Button(OFF + label, data=f"{data}{topic}"),)
        for topic, label, on in choices
    )
    return (*toggles, (more, Button(t("Done"), data=data)))
