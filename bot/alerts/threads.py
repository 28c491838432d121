"""What is said of a private chat's threads: their names, and that one could not be used. Pure."""

from __future__ import annotations

from dataclasses import replace

from bot.alerts import words
from bot.alerts.body import Body, clean
from bot.callbacks import Callback
from bot.i18n import translator
from bot.model import Button, Rendered

__all__ = ["name_of", "said_gone", "said_refused"]

_MAX_NAME = 128  # letters, Telegram's limit


def name_of(topic: str, lang: str, own_words: str = "") -> str:
    """The name of the topic's thread; of a chat's own topic what it looks for."""
    name = clean(own_words or words.topic(translator(lang), topic)).strip()
    return name if len(name) <= _MAX_NAME else name[: _MAX_NAME - 1] + "…"


def said_gone(name: str, lang: str) -> Rendered:
    """The thread was deleted: its alert came into the chat, and what happens next."""
    t = translator(lang)
    said = t(
        "The thread “{name}” is gone, so its alert came here. Its next alert opens a new thread.",
        name=name,
    )
    return _silent(said, ((Button(t("One chat for all"), data=f"{Callback.THREADS}:0"),),))


def said_refused(lang: str) -> Rendered:
    """Telegram makes no threads here: all comes into the one chat again."""
    t = translator(lang)
    return _silent(
        t("Telegram opens no threads in this chat: all alerts come here again. /settings"), ()
    )


def _silent(said: str, buttons: tuple[tuple[Button, ...], ...]) -> Rendered:
    return replace(Body().text(clean(said)).rendered(*buttons), silent=True)
