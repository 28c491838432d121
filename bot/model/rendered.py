"""What a message is once it is rendered: text, buttons, a picture. Values only.

`bot/alerts` and `bot/chat` make them, `bot/botapi` sends them; none needs the others' types.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Aside", "Button", "Chart", "Rendered"]


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: `data` (at most 64 bytes), a `url`, or what it copies.

    `copy` holds at most 256 letters. Older servers show no such button: it is a help only.
    """

    text: str
    data: str = ""
    url: str = ""
    copy: str = ""


@dataclass(frozen=True, slots=True)
class Aside:
    """For whom alone of a group a message is: Telegram's number, and the press it answers."""

    user_id: int
    query_id: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a message shall be: Telegram's HTML, rows of buttons.

    `plain` is the same without markup, for when Telegram refuses the HTML.
    """

    html: str
    plain: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    silent: bool = False
    chart: Chart | None = None  # a picture, whose caption the text is


@dataclass(frozen=True, slots=True)
class Chart:
    """What a week's picture shows: alerts a day by topic, and the places named most.

    Titles, days and places are as they shall be read; `others` names what has no colour of
    its own. `dark`: for eyes in the dark.
    """

    title: str
    days: tuple[str, ...]
    topics: tuple[tuple[str, tuple[int, ...]], ...]  # title -> a count for each day
    places_title: str
    places: tuple[tuple[str, int], ...]
    others: str = ""
    dark: bool = False
