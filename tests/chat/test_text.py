"""Text for people stays within Telegram's limits whatever comes in; zones; once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.body import utf16
from bot.chat.rate_limits import Once, RateLimit
from bot.chat.subscriber.pausing import length
from bot.chat.text import code, cut, esc, message, pages
from bot.chat.zones import find_zone, nearest_places
from tests.support.telegram_html import parse_html

NOW = datetime(2024, 4, 8, tzinfo=UTC)


@given(st.lists(st.text(max_size=3000), max_size=12))
def test_pages_fit_and_parse(lines: list[str]) -> None:
    """Each page is a message Telegram takes, and no line is lost."""
    found = pages([f"<b>{esc(line)}</b>" for line in lines])

    for page in found:
        shown, _ = parse_html(page)
        assert utf16(shown) <= 4096
    assert sum(page.count("\n") + 1 for page in found) == len(lines)


@given(st.text())
def test_escaped_text_is_one_plain_line(text: str) -> None:
    """Strangers' text makes no markup and no lines of its own."""
    shown, entities = parse_html(esc(text))

    assert entities == ()
    assert "\n" not in shown
    assert message(esc(text)).plain == shown


@given(st.text(), st.integers(2, 50))
def test_cut_keeps_the_beginning(text: str, most: int) -> None:
    """A cut text is short, begins as it did, and says that it was cut."""
    found = cut(text, most)

    assert len(found) <= most
    assert found == text or (found.endswith("…") and text.startswith(found[:-1]))


@given(st.text(min_size=1))
def test_code_shows_what_was_typed(text: str) -> None:
    """What is to be copied is copied as it is."""
    shown, [entity] = parse_html(code(text)) if text.strip() else (text, [None])

    assert shown == text
    assert entity is None or entity.type == "code"


@pytest.mark.parametrize(
    ("said", "zone"),
    [
        ("Киев", "Europe/Kyiv"),
        ("  КИЇВ ", "Europe/Kyiv"),
        ("kyiv", "Europe/Kyiv"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("Україна", "Europe/Kyiv"),
        ("Питер", "Europe/Moscow"),
        ("Санкт-Петербург", "Europe/Moscow"),
        ("нью йорк", "America/New_York"),
        ("Грузия", "Asia/Tbilisi"),
        ("+3", "Etc/GMT-3"),
        ("UTC −5", "Etc/GMT+5"),
        ("+05:45", "Asia/Kathmandu"),
        ("utc", "UTC"),
        ("UTC+0", "UTC"),
    ],
)
def test_zone_as_people_say_it(said: str, zone: str) -> None:
    """A city in three languages, a country, an offset."""
    assert find_zone(said) == zone
    ZoneInfo(zone)


@pytest.mark.parametrize("said", ["", "../../etc/passwd", "+99", "+3:17", "Atlantis", "posix/UTC"])
def test_no_zone_is_none(said: str) -> None:
    """What is no place is not guessed."""
    assert find_zone(said) is None


@given(st.text(max_size=30))
def test_any_text_is_answered(said: str) -> None:
    """Whatever is typed as a place or a length, a zone exists or none is given."""
    zone = find_zone(said)
    if zone is not None:
        ZoneInfo(zone)
    nearest_places(said)
    span = length(said)
    assert span is None or span >= timedelta()


def test_slip_is_corrected() -> None:
    """A name with a wrong letter is suggested."""
    assert "Kyiv" in nearest_places("Kyev")


@pytest.mark.parametrize(
    ("said", "hours"),
    [("2h", 2), ("3 d", 72), ("2 часа", 2), ("1 день 2 ч", 26), ("тиждень", None), ("90 мин", 1.5)],
)
def test_lengths_of_a_pause(said: str, hours: float | None) -> None:
    """Minutes, hours, days and weeks in three languages; a number must be there."""
    assert length(said) == (None if hours is None else timedelta(hours=hours))


def test_once_in_a_while() -> None:
    """A key comes once in its time, and the memory has an end."""
    once = Once(timedelta(hours=1), most=2)
    assert once.first("a", NOW)
    assert not once.first("a", NOW + timedelta(minutes=59))
    assert once.first("a", NOW + timedelta(minutes=60))
    assert once.first("b", NOW)
    assert once.first("c", NOW)
    assert once.first("a", NOW + timedelta(minutes=61))  # forgotten for the others


@given(st.lists(st.integers(0, 20), max_size=60))
def test_pace_lets_through_a_burst_then_one_at_a_time(gaps: list[int]) -> None:
    """In any stretch of time no more than the burst and its share come through."""
    pace, at, let = RateLimit(3, timedelta(seconds=10)), NOW, []
    for gap in gaps:
        at += timedelta(seconds=gap)
        if pace.allows("a", at):
            let.append(at)
    assert pace.allows("b", at)

    for n, first in enumerate(let):
        for m, last in enumerate(let[n:], start=1):
            assert m <= 3 + (last - first) / timedelta(seconds=10)
