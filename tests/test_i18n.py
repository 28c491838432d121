"""Three languages: nothing is left in English, numbers and times read naturally."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.i18n import LANGUAGES, language, translator, zone
from tests.support.catalogues import TRANSLATED, places, problems, said

MOMENT = datetime(2024, 4, 8, 6, 14, tzinfo=UTC)


@pytest.mark.parametrize("lang", TRANSLATED)
def test_everything_said_is_translated(lang: str) -> None:
    """Nobody meets a sentence of another language or a place that is never filled."""
    assert list(dict.fromkeys(problems(lang))) == []


def test_what_the_code_says_is_found(tmp_path: Path) -> None:
    """The check above sees calls, plurals, marks, both sides of a choice, nested calls."""
    code = tmp_path / "speech.py"
    code.write_text(
        't("A {b}", b=t("B"))\nself.t("C" if x else "D")\nt.n("{n} e", "{n} es", 2)\n'
        'KEY = msg("F")\nraise FetchFailed("G {why}", why=1)\nother("H")\nn(1, 2)\n'
    )

    found = [(each.msgid, each.plural) for each in said(tmp_path)]
    assert sorted(found, key=str) == [
        ("A {b}", None),
        ("B", None),
        ("C", None),
        ("D", None),
        ("F", None),
        ("G {why}", None),
        ("{n} e", "{n} es"),
    ]


def test_unknown_language_is_english() -> None:
    """Whoever comes with a language we lack can still read us."""
    assert language("uk") == "uk"
    assert language("ru-RU") == "ru"
    assert language("EN_gb") == "en"
    assert [language(code) for code in ("pt-BR", "", None, "xx-yy")] == ["en"] * 4
    assert translator("de") is translator("en")
    assert set(LANGUAGES) == {"en", *TRANSLATED}


def test_times_are_in_the_chats_zone_and_language() -> None:
    """A reader never has to convert a time."""
    tz = "Europe/Kyiv"
    times = {t.lang: f"{t.time(MOMENT, tz)} {t.city(tz)}" for t in map(translator, LANGUAGES)}

    assert times == {
        "en": "8 Apr 09:14 Kyiv",
        "ru": "8 апр 09:14 Киев",
        "uk": "8 квіт 09:14 Київ",
    }


def test_year_is_said_when_it_is_another() -> None:
    """An old post that surfaces is not taken for a new one."""
    t = translator("ru")
    old = MOMENT.replace(year=2022)

    assert t.time(old, "UTC", near=MOMENT) == "8 апр 2022 06:14"
    assert t.time(MOMENT, "UTC", near=MOMENT) == "8 апр 06:14"


@pytest.mark.parametrize(
    ("tz", "city"),
    [
        ("Etc/GMT-3", "UTC+3"),
        ("Europe/Kiev", "Киев"),
        ("Asia/Tbilisi", "Тбилиси"),
        ("America/Argentina/Buenos_Aires", "Буэнос-Айрес"),
        ("UTC", "UTC"),
    ],
)
def test_zone_is_called_as_people_call_it(tz: str, city: str) -> None:
    """Zones are cities, not paths."""
    assert translator("ru").city(tz) == city


@pytest.mark.parametrize("name", ["", "Nowhere/Land", "../etc/passwd", "Europe", "a\0b"])
def test_unknown_zone_is_utc(name: str) -> None:
    """A bad zone in the database stops no alert."""
    assert zone(name).utcoffset(MOMENT) == zone("UTC").utcoffset(MOMENT)


def test_days_and_numbers() -> None:
    """Genitive months, grouped numbers."""
    assert translator("uk").day(MOMENT, "UTC") == "8 квітня"
    assert translator("ru").number(12345) == "12\N{NO-BREAK SPACE}345"
    assert translator("en").number(12345) == "12,345"


def test_values_with_braces_stay_as_they_are() -> None:
    """A source called {x} is called {x}."""
    assert translator("en")("{title} is read", title="{x} {0}") == "{x} {0} is read"
    assert places("{a} and {b:>3}") == {"a", "b"}
