"""Texts about a private chat's threads: their names, and that one could not be used. Pure."""

from __future__ import annotations

from dataclasses import replace

from bot.alerts import words
from bot.alerts.body import Body, clean
from bot.callbacks import Callback
from bot.i18n import translator
from bot.model.rendered import Button, Rendered

__all__ = ["gone_message", "left_message", "name_of", "refused_message", "unsure_message"]

_MAX_NAME = 128  # letters, Telegram's limit


def name_of(topic: str, lang: str, own_words: str = "") -> str:
    """The name of the topic's thread; of a chat's own topic what it looks for."""
    name = clean(own_words or words.topic(translator(lang), topic)).strip()
    return name if len(name) <= _MAX_NAME else name[: _MAX_NAME - 1] + "…"


def gone_message(lang: str) -> Rendered:
    """The thread was deleted: its alert came into the chat, and what happens next.

    No name: the chat may be Quiet when this comes.
    """
    t = translator(lang)
    text = t(
        "The thread of this topic is gone, so the alert came here. The topic’s next alert opens a"
        " new thread."
    )
    return _silent(text, ((Button(t("One chat for all"), data=f"{Callback.THREADS}:0"),),))


def refused_message(lang: str) -> Rendered:
    """Telegram makes no threads here: all comes into the one chat again."""
    t = translator(lang)
    return _silent(
        t("Telegram opens no threads in this chat: all alerts come here again. /settings"), ()
    )


def left_message(lang: str) -> Rendered:
    """Telegram has not deleted a thread that was to go."""
    t = translator(lang)
    return _silent(
        t(
            "Telegram has not deleted every thread here, so their names show. Delete them by hand;"
            " I go on trying."
        ),
        (),
    )


def unsure_message(lang: str) -> Rendered:
    """A thread may stand of which nothing is known, in a chat that shall show none."""
    t = translator(lang)
    return _silent(
        t(
            "A thread may be left here that I do not know of: Telegram did not answer whether it"
            " was opened. If there is one, delete it by hand."
        ),
        (),
    )


def _silent(text: str, buttons: tuple[tuple[Button, ...], ...]) -> Rendered:
    return replace(Body().text(clean(text)).rendered(*buttons), silent=True)
