"""What people read, in their language: English is the msgid, catalogues hold the others.

The catalogues (`bot/locale/<lang>/LC_MESSAGES/vigil.po`) are read when a language is
first asked for and kept. Functions that speak to people get a Translator, by custom
named `t`: `t("Paused until you say /resume.")`, `t("Source {id}", id=3)`,
`t.n("{n} story", "{n} stories", 3)`. A msgid that stands apart from its use is marked
with `msg`, so that the test of the catalogues finds it.
"""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import Locale, get_global
from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

__all__ = ["LANGUAGES", "Translator", "language", "msg", "translator", "zone"]

LANGUAGES = {"en": "English", "ru": "Русский", "uk": "Українська"}
"""The languages people may choose, each by its own name."""

_SOURCE = "en"
_OFFSET = re.compile(r"Etc/GMT([+-])(\d{1,2})")


_UNITS = {
    "en": {"MB": "MB", "GB": "GB"},
    "ru": {"MB": "МБ", "GB": "ГБ"},
    "uk": {"MB": "МБ", "GB": "ГБ"},
}


def msg(msgid: str) -> str:
    """Marks a msgid that is translated elsewhere; returns it as it is."""
    return msgid


def language(code: str | None) -> str:
    """The language of ours nearest to an IETF tag such as Telegram's `uk` or `pt-BR`."""
    base = (code or "").replace("_", "-").partition("-")[0].lower()
    return base if base in LANGUAGES else _SOURCE


def zone(name: str) -> tzinfo:
    """The zone of this IANA name; UTC where there is no such zone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # The key may be a directory or leave the zone files: strangers choose it.
        return ZoneInfo("UTC")


class Translator:
    """One language. Get it from `translator`.

    Values are put in after translating, so a stranger's braces stay as they are.
    """

    def __init__(self, lang: str) -> None:
        self.lang = lang
        # Europe's English: 24 hours, the day before the month.
        self.locale = Locale.parse("en_GB" if lang == _SOURCE else lang)
        self._catalogue = _catalogue(lang)

    def __call__(self, msgid: str, **values: object) -> str:
        text = self._catalogue.gettext(msgid) if msgid else ""
        return text.format_map(values) if values else text

    def n(self, singular: str, plural: str, n: int, **values: object) -> str:
        """The form for `n` things; `{n}` in it is the number, grouped."""
        text = self._catalogue.ngettext(singular, plural, n)
        return text.format_map({"n": self.number(n), **values})

    def gettext(self, msgid: str) -> str:
        return self(msgid)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """The form for `n` things, its places not filled."""
        return self._catalogue.ngettext(singular, plural, n)

    def number(self, value: float) -> str:
        """`12,345` or `12 345`."""
        return format_decimal(value, locale=self.locale)

    def clock(self, when: datetime, tz: str) -> str:
        """`09:14`, in the zone of this name."""
        return when.astimezone(zone(tz)).strftime("%H:%M")

    def day(self, when: datetime, tz: str) -> str:
        """`8 April`, «8 апреля», in the zone of this name."""
        return self._format(when, tz, "d MMMM")

    def date(self, day: date) -> str:
        """`8 Apr`, «8 апр»."""
        return str(format_date(day, "d MMM", locale=self.locale)).replace(".", "")

    def weekday(self, number: int) -> str:
        """`Monday` for 0, «понедельник»."""
        return str(self.locale.days["stand-alone"]["wide"][number])

    def weekday_short(self, number: int) -> str:
        """`Mon` for 0, «пн»."""
        return str(self.locale.days["stand-alone"]["abbreviated"][number])

    def size(self, count: int, *, sign: bool = False) -> str:
        """Bytes with as many digits as say something: 0.4 MB, 12 MB, 1.3 GB."""
        value, unit = abs(count) / 2**20, "MB"
        if value >= 1024:
            value, unit = value / 1024, "GB"
        shown = round(value) if value >= 10 else round(value, 1)
        mark = "−" if count < 0 else "+" if sign else ""
        return f"{mark}{format_decimal(shown, locale=self.lang)} {_UNITS[self.lang][unit]}"

    def time(self, when: datetime, tz: str, near: datetime | None = None) -> str:
        """`8 Apr 09:14`, in the zone of this name; with the year unless it is `near`'s."""
        date = self._format(when, tz, "d MMM")
        if near is not None and when.astimezone(zone(tz)).year != near.astimezone(zone(tz)).year:
            date = self._format(when, tz, "d MMM y")
        return f"{date.replace('.', '')} {self.clock(when, tz)}"

    def city(self, tz: str) -> str:
        """What people call the zone: `Kyiv`, «Киев»; `UTC`, `UTC+3`."""
        if offset := _OFFSET.fullmatch(tz):
            # POSIX counts the other way round.
            return f"UTC{'+' if offset[1] == '-' else '−'}{offset[2]}"
        for name in (tz, *_cldr_names(tz)):
            city = self.locale.time_zones.get(name, {}).get("city")
            if city:
                return str(city)
        return tz.rpartition("/")[2].replace("_", " ")

    def _format(self, when: datetime, tz: str, pattern: str) -> str:
        return format_datetime(when, pattern, tzinfo=zone(tz), locale=self.locale)


@cache
def translator(lang: str) -> Translator:
    """The translator of a language or tag; English for one we do not have."""
    return Translator(lang) if lang in LANGUAGES else translator(language(lang))


def _catalogue(lang: str) -> gettext.NullTranslations:
    if lang == _SOURCE:
        return gettext.NullTranslations()
    file = resources.files("bot").joinpath("locale", lang, "LC_MESSAGES", "vigil.po")
    with file.open("rb") as po:
        catalogue = read_po(po, locale=lang)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@cache
def _cldr_names(tz: str) -> tuple[str, ...]:
    """Older names of the zone, under which its city is listed (Europe/Kiev)."""
    aliases: Mapping[str, str] = get_global("zone_aliases")
    return tuple(sorted(old for old, new in aliases.items() if new == tz))
