"""The buttons under an alert, and those that its buttons lead to. Pure."""

from __future__ import annotations

from typing import Final

from bot.alerts.lines import short, when_of
from bot.callbacks import Callback
from bot.i18n import Translator, translator
from bot.model.rendered import Button
from bot.model.views import AlertView
from bot.urls import safe_url

__all__ = ["alert_buttons", "copy_buttons", "pressed_button", "split_choices", "wrong_army_button"]

_MAX_SPLIT_BUTTONS: Final = 8  # texts that Split lets choose from
_COPIED: Final = 256  # letters that a button copies at most


def alert_buttons(
    t: Translator, view: AlertView, *, channel: bool, more: bool
) -> tuple[tuple[Button, ...], ...]:
    """The rows under an alert; `more` adds those that More shows."""
    number = view.notice_id
    why = Button(t("Why?"), data=f"{Callback.WHY}:{number}")
    turn = (
        Button(t("Less"), data=f"{Callback.LESS}:{number}")
        if more
        else Button(t("More"), data=f"{Callback.MORE}:{number}")
    )
    if channel:
        return ((why, turn),)
    follow = pressed_button(t("Follow"), f"{Callback.FOLLOW}:{number}", view.followed)
    # Five in a row would be cut on a phone: «Почем…».
    first, judged = (why, follow, turn), _answer_buttons(t, view)
    if not more:
        return (first, judged)
    mute = f"{Callback.MUTE}:{number}"
    second = []
    if view.army != "unknown":
        second.append(wrong_army_button(t, view))
    if view.joined:
        second.append(Button(t("Split"), data=f"{Callback.SPLIT}:{number}"))
    third = (
        Button(t("Mute source"), data=f"{mute}:source"),
        Button(t("Mute story"), data=f"{mute}:story"),
    )
    fourth = (
        Button(t("Not for a day"), data=f"{mute}:day"),
        Button(t("Until Monday"), data=f"{mute}:monday"),
    )
    fifth = (
        Button(t("Similar"), data=f"{Callback.SIMILAR}:{number}"),
        Button(t("Copy kept"), data=f"{Callback.COPY}:{number}"),
    )
    rows = (first, judged, tuple(second), third, fourth, fifth)
    return tuple(row for row in rows if row)


def _answer_buttons(t: Translator, view: AlertView) -> tuple[Button, Button]:
    """Whether the match is true or noise: a sign, and its word too once it is pressed."""
    true, noise = "true" in view.marks, "noise" in view.marks
    return (
        Button("✓ " + t("true") if true else "✓", data=f"{Callback.TRUE}:{view.notice_id}"),
        Button("✗ " + t("noise") if noise else "✗", data=f"{Callback.NOISE}:{view.notice_id}"),
    )


def wrong_army_button(t: Translator, view: AlertView) -> Button:
    data = f"{Callback.WRONG_ARMY}:{view.notice_id}"
    return pressed_button(t("Wrong army"), data, "army" in view.marks)


def split_choices(view: AlertView, lang: str, tz: str) -> tuple[tuple[Button, ...], ...]:
    """One button for each text or repost that may be of another story, newest first; and back."""
    t = translator(lang)
    newest = sorted(view.joined, key=when_of, reverse=True)[:_MAX_SPLIT_BUTTONS]
    chosen = [
        Button(
            f"{short(each.source_title, 40)} {t.clock(when_of(each), tz)}",
            data=f"{Callback.SPLIT}:{view.notice_id}:{each.item_id}",
        )
        for each in newest
    ]
    return (
        *((each,) for each in chosen),
        (Button(t("Back"), data=f"{Callback.MORE}:{view.notice_id}"),),
    )


def pressed_button(label: str, data: str, pressed: bool) -> Button:
    return Button(("✓ " if pressed else "") + label, data=data)


def copy_buttons(t: Translator, view: AlertView) -> tuple[tuple[Button, ...], ...]:
    """What may be taken along by a tap: the address, and the mark of what was removed."""
    url, found = safe_url(view.url), []
    if 0 < len(url) <= _COPIED:
        found.append(Button(t("Copy the link"), copy=url))
    if view.gone is not None:
        found.append(Button(t("Copy sha256"), copy=view.gone.sha256))
    return (tuple(found),) if found else ()
