"""Dates as strangers write them: read right, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.dates import Dates, read_time, sane_time

NOW = datetime(2026, 11, 29, 6, 1, tzinfo=UTC)

RU = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]
UK = [
    "січня",
    "лютого",
    "березня",
    "квітня",
    "травня",
    "червня",
    "липня",
    "серпня",
    "вересня",
    "жовтня",
    "листопада",
    "грудня",
]
EN = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
DAYS_UK = ["понеділок", "вівторок", "середа", "четвер", "п’ятниця", "субота", "неділя"]
DAYS_RU = ["Пн", "Вт", "Ср", "Чт", "Пт", "Сб", "Вс"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026/11/28 09:00:00", "2026-11-28T09:00"),
        ("2026.11.28", "2026-11-28T00:00"),
        ("2026_11_28", "2026-11-28T00:00"),
        ("2026-28-11", "2026-11-28T00:00"),
        ("2026 Nov 28 09:00", "2026-11-28T09:00"),
        ("28.11.2026 09:00", "2026-11-28T09:00"),
        ("28.11.26 09.00", "2026-11-28T09:00"),
        ("28/11/2026", "2026-11-28T00:00"),
        ("11/28/2026 9:00:00 PM", "2026-11-28T21:00"),
        ("Nov. 28, 2026, 9 a.m.", "2026-11-28T09:00"),
        ("Saturday, November 28, 2026 - 09:00", "2026-11-28T09:00"),
        ("Sat Nov 28 09:00:30 MSK 2026", "2026-11-28T06:00:30"),
        ("Sat Nov 28 2026 09:00:30 GMT+0300 (Moscow Standard Time)", "2026-11-28T06:00:30"),
        ("28/Nov/2026:09:00:30 +0300", "2026-11-28T06:00:30"),
        ("Saturday, 28-Nov-26 06:00:30 GMT", "2026-11-28T06:00:30"),
        ("Сб, 28 Ноя 2026 09:00:30 +0300", "2026-11-28T06:00:30"),
        ("субота, 28 листопада 2026 р. о 09:00", "2026-11-28T09:00"),
        ("28-го ноября 2026 года в 09:00 (МСК)", "2026-11-28T06:00"),
        ("09:00 | 28 ноября 2026", "2026-11-28T09:00"),
        ("28.11.2026 09:00 по московскому времени", "2026-11-28T06:00"),
        ("28.11.2026 09:00 за київським часом", "2026-11-28T07:00"),
        ("28.11.2026 09:00 МСК+2", "2026-11-28T04:00"),
        ("2026-11-28 09:00:30 Europe/Moscow", "2026-11-28T06:00:30"),
        ("Sat, 28 Nov 2026 06:00:30 GMT+3", "2026-11-28T03:00:30"),
        ("Sat, 28 Nov 2026 06:00:30 UTC+03:00", "2026-11-28T03:00:30"),
        ("Sat, 28 Nov 2026 06:00:30 MSD", "2026-11-28T02:00:30"),
        ("Sat, 28 Nov 2026 06:00:30 EET", "2026-11-28T04:00:30"),
        ("Sat, 28 Nov 2026 06:00:30 EEST", "2026-11-28T03:00:30"),
        ("Sat, 28 Nov 2026 06:00:30 CEST", "2026-11-28T04:00:30"),
        ("Sat, 28 Nov 2026 06:00:30 EST", "2026-11-28T11:00:30"),
        ("Sat, 28 Nov 2026 06:00:30 +0300 (MSK)", "2026-11-28T03:00:30"),
        ("2026-11-28T09:00:30.123456789+03:00", "2026-11-28T06:00:30"),
        ("2026-11-28T24:00:00Z", "2026-11-29T00:00"),
        ("2026-11-28+03:00", "2026-11-27T21:00"),
        ("2026-W48-6", "2026-11-28T00:00"),
        ("20261128T090000Z", "2026-11-28T09:00"),
        ("1795852830", "2026-11-28T08:00:30"),
        ("1795852830000", "2026-11-28T08:00:30"),
        ("/Date(1795852830000)/", "2026-11-28T08:00:30"),
    ],
)
def test_read_whole(written: str, expected: str) -> None:
    """Every form of a date that feeds use says its own day, in its own zone."""
    assert read_time(written, NOW) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2026",
        "2026-11",
        "November 2026",
        "28 ноября",
        "28 ноября 09:00",
        "сегодня, 09:00",
        "05/06/2026",  # the fifth of June, or the sixth of May
        "10.11.12",
        "2026-11-31",
        "32.11.2026",
        "2026-11-28 25:00",
        "2026-11-28 09:61",
        "2026-11-28 2026-11-27",
        "2026-11-28 09:00 10:00",
        "2026-11-28T06:00:30Z draft",
        "Sat, 28 Nov 2026 06:00:30 XYZ",
        "Sat, 28 Nov 2026 06:00:30 +9999",
        "Sat, 28 Nov 2026 06:00:30 MSK EST",
        "Sat, 28 Novembre 2026",
        "0000-00-00 00:00:00",
        "Thu, 01 Jan 1970 00:00:00 +0000",
        "2026-11-30T00:00:00Z",  # tomorrow
        "28.XI.2026",
        "no date",
        "",
        "9" * 200,
    ],
)
def test_unclear_is_none(written: str) -> None:
    """What was not understood to the last letter is no date: the entry counts as new."""
    assert read_time(written, NOW) is None


def test_clear_dates_explain_the_others() -> None:
    """A feed that writes the day first, or last, does so in all its dates."""
    day_first = Dates(NOW, ["28/10/2026", "05/06/2026"])
    month_first = Dates(NOW, ["10/28/2026", "05/06/2026"])
    both = Dates(NOW, ["28/10/2026", "10/28/2026"])
    year_day = Dates(NOW, ["2026-28-10", "2026-05-06"])

    june = datetime(2026, 6, 5, tzinfo=UTC)
    assert day_first.read("05/06/2026") == june
    assert month_first.read("05/06/2026") == datetime(2026, 5, 6, tzinfo=UTC)
    assert both.read("05/06/2026") is None
    assert year_day.read("2026-05-06") == june
    assert Dates(NOW, []).read("Fri, 05/06/2026") == june


def _forms(when: datetime) -> list[str]:
    local = when.replace(tzinfo=None)
    m, d = when.month - 1, when.weekday()
    hour = f"{when:%H:%M:%S}"
    zone = when.strftime("%z")
    return [
        format_datetime(when),
        when.isoformat(),
        f"{when:%Y/%m/%d} {hour} {zone}",
        f"{when:%Y.%m.%d} {hour}{zone}",
        f"{when:%Y_%m_%d} {hour} UTC{zone[:3]}",
        f"{when.day} {RU[m]} {when.year} г. в {hour} {zone}",
        f"{DAYS_RU[d]}, {when.day} {RU[m][:3].capitalize()} {when.year} {hour} {zone}",
        f"{DAYS_UK[d]}, {when.day} {UK[m]} {when.year} року, {hour} GMT{zone}",
        f"{when.day} {UK[m][:4]}. {when.year} {hour} {zone}",
        f"{EN[m]} {when.day}, {when.year} {hour} {zone}",
        f"{when:%d.%m.%Y}, {hour} {zone}",
        f"{hour} {zone} {when.day:02}.{when.month:02}.{when.year}",
        f"{(when - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)}",
        f"{local:%Y%m%dT%H%M%S}{zone}",
    ]


MOMENTS = st.datetimes(
    datetime(2002, 1, 1),  # noqa: DTZ001
    NOW.replace(tzinfo=None) - timedelta(days=1),
).flatmap(
    lambda naive: st.integers(-11, 13).map(
        lambda hours: naive.replace(microsecond=0, tzinfo=timezone(timedelta(hours=hours)))
    )
)


@given(MOMENTS, st.integers(0, 13))
def test_any_moment_in_any_form(when: datetime, form: int) -> None:
    """The same moment comes out of every way it is written in."""
    assert read_time(_forms(when)[form], NOW) == when.astimezone(UTC)


@given(
    MOMENTS, st.integers(0, 13), st.sampled_from(["draft", "черновик", "7", "&", "Q4"]), st.data()
)
def test_a_word_too_many(when: datetime, form: int, word: str, data: st.DataObject) -> None:
    """A date with something else in it is never read as another day."""
    parts = _forms(when)[form].split(" ")
    parts.insert(data.draw(st.integers(0, len(parts))), word)
    read = read_time(" ".join(parts), NOW)

    assert read is None


@given(st.text(max_size=60), st.text("0123456789:/.-+ TZ,абгнояnovGMT", max_size=40))
def test_never_raises(any_text: str, date_like: str) -> None:
    """No letters that a stranger sends break the reader, and no future comes out of it."""
    for text in (any_text, date_like):
        read = read_time(text, NOW)
        assert read is None or datetime(1990, 1, 1, tzinfo=UTC) <= read <= NOW + timedelta(hours=1)


def test_sane_time_takes_naive_for_utc() -> None:
    """Without a zone a time is UTC; what no clock can show is none."""
    assert sane_time(datetime(2024, 1, 1), NOW) == datetime(2024, 1, 1, tzinfo=UTC)  # noqa: DTZ001
    assert sane_time(datetime.max.replace(tzinfo=UTC), NOW) is None
    assert sane_time(datetime.min.replace(tzinfo=UTC), NOW) is None
