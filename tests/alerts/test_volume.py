"""How loudly, and when: no wish of a chat is read otherwise than it was meant."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.volume import (
    Route,
    loudest,
    next_digest,
    route,
    summary_at,
    way_of,
)
from bot.hours import day_of, quiet_until
from bot.i18n import zone
from bot.model import (
    Address,
    Chat,
    ChatMode,
    ChatState,
    ChatType,
    DigestEvery,
    NoticeState,
    Prefs,
    Subscription,
    Way,
)

KYIV = "Europe/Kyiv"
NOON = datetime(2024, 4, 8, 9, 0, tzinfo=UTC)  # a Monday, 12:00 in Kyiv
NIGHT = datetime(2024, 4, 8, 21, 30, tzinfo=UTC)  # 0:30 on Tuesday in Kyiv
NIGHTLY = Prefs(quiet_from=22 * 60, quiet_to=7 * 60)


def chat(prefs: Prefs | None = None, **more: object) -> Chat:
    made = Chat(
        *(1, Address(1), ChatType.PRIVATE, ChatState.ACTIVE, ChatMode.NORMAL, "uk", KYIV),
        prefs=prefs or Prefs(),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def sub(**ways: Way) -> Subscription:
    return Subscription(1, 1, "refusal", ways={k.replace("all", ""): w for k, w in ways.items()})


@pytest.mark.parametrize(
    ("subscription", "stage", "way"),
    [
        (sub(), "report", Way.NORMAL),
        (sub(), "verdict", Way.DIGEST),
        (sub(), "statistics", Way.DIGEST),
        (sub(all=Way.URGENT), "charge", Way.URGENT),
        (sub(all=Way.URGENT), "verdict", Way.DIGEST),
        (sub(verdict=Way.NORMAL), "verdict", Way.NORMAL),
        (sub(all=Way.DIGEST, report=Way.SILENT), "report", Way.SILENT),
        (sub(all=Way.DIGEST, report=Way.SILENT), "appeal", Way.DIGEST),
    ],
)
def test_a_stage_is_told_as_chosen(subscription: Subscription, stage: str, way: Way) -> None:
    """Verdicts and statistics come in the digest until somebody says otherwise of them."""
    assert way_of(subscription, stage) is way


def test_of_several_wishes_the_loudest_counts() -> None:
    """Who wants one topic urgently hears an item of two topics urgently."""
    assert loudest([Way.DIGEST, Way.URGENT, Way.SILENT]) is Way.URGENT


@pytest.mark.parametrize(
    ("who", "way", "now", "expected"),
    [
        (chat(), Way.NORMAL, NOON, Route(NoticeState.QUEUED, Way.NORMAL, counts=True)),
        (chat(), Way.SILENT, NOON, Route(NoticeState.QUEUED, Way.SILENT)),
        (chat(state=ChatState.PAUSED), Way.URGENT, NOON, Route(NoticeState.HELD, Way.URGENT)),
        (
            chat(NIGHTLY),
            Way.NORMAL,
            NIGHT,
            Route(NoticeState.HELD, Way.NORMAL, datetime(2024, 4, 9, 4, 0, tzinfo=UTC)),
        ),
        (chat(NIGHTLY), Way.URGENT, NIGHT, Route(NoticeState.QUEUED, Way.URGENT)),
        (
            chat(replace(NIGHTLY, quiet_urgent=False)),
            Way.URGENT,
            NIGHT,
            Route(NoticeState.HELD, Way.URGENT, datetime(2024, 4, 9, 4, 0, tzinfo=UTC)),
        ),
        (
            chat(pushed=3, pushed_on="2024-04-08"),
            Way.NORMAL,
            NOON,
            Route(NoticeState.HELD, Way.NORMAL, datetime(2024, 4, 8, 17, 0, tzinfo=UTC)),
        ),
        (
            chat(pushed=3, pushed_on="2024-04-07"),
            Way.NORMAL,
            NOON,
            Route(NoticeState.QUEUED, Way.NORMAL, counts=True),
        ),
        (
            chat(Prefs(cap=0), pushed=900, pushed_on="2024-04-08"),
            Way.NORMAL,
            NOON,
            Route(NoticeState.QUEUED, Way.NORMAL, counts=True),
        ),
        (
            chat(pushed=3, pushed_on="2024-04-08"),
            Way.URGENT,
            NOON,
            Route(NoticeState.QUEUED, Way.URGENT),
        ),
        (
            chat(),
            Way.DIGEST,
            NOON,
            Route(NoticeState.DIGEST, Way.DIGEST, datetime(2024, 4, 9, 6, 0, tzinfo=UTC)),
        ),
    ],
)
def test_what_becomes_of_an_alert(who: Chat, way: Way, now: datetime, expected: Route) -> None:
    """Pause before quiet hours before the cap; urgent ones pass both, if the chat allows."""
    assert route(who, way, now, cap=3) == expected


@pytest.mark.parametrize(
    ("prefs", "now", "due"),
    [
        (Prefs(), NOON, "2024-04-09 09:00"),
        (Prefs(digest_at=18 * 60), NOON, "2024-04-08 18:00"),
        (Prefs(digest_at=540, digest_more=(1260, 1080)), NOON, "2024-04-08 18:00"),
        (Prefs(digest_more=(360,)), NOON, "2024-04-09 06:00"),
        (Prefs(digest=DigestEvery.HOURLY), NOON + timedelta(minutes=7), "2024-04-08 13:00"),
        (
            Prefs(quiet_from=720, quiet_to=900, digest=DigestEvery.HOURLY),
            NOON,
            "2024-04-08 15:00",
        ),
        (Prefs(digest=DigestEvery.WEEKLY), NOON, "2024-04-15 09:00"),
        (Prefs(digest=DigestEvery.WEEKLY, digest_day=2), NOON, "2024-04-10 09:00"),
        # The clock leaps from 3:00 to 4:00 that night.
        (Prefs(digest_at=210), datetime(2024, 3, 30, 12, tzinfo=UTC), "2024-03-31 04:30"),
    ],
)
def test_the_digest_comes_by_the_chats_clock(prefs: Prefs, now: datetime, due: str) -> None:
    """Whatever the season; a time that a clock leaps over comes after the leap."""
    local = next_digest(prefs, KYIV, now).astimezone(zone(KYIV))

    assert f"{local:%Y-%m-%d %H:%M}" == due


TIMES = st.integers(0, 366 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
PREFS = st.builds(
    Prefs,
    quiet_from=st.integers(0, 1439),
    quiet_to=st.integers(0, 1439),
    digest=st.sampled_from(DigestEvery),
    digest_at=st.integers(0, 1439),
    digest_day=st.integers(0, 6),
)
ZONES = st.sampled_from([KYIV, "UTC", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia"])


@given(PREFS, ZONES, TIMES)
def test_waiting_ends_and_never_in_quiet_hours(prefs: Prefs, tz: str, now: datetime) -> None:
    """What is held comes within a day and a bit, and its summary wakes nobody."""
    until = quiet_until(prefs, tz, now)
    summary, digest = summary_at(prefs, tz, now), next_digest(prefs, tz, now)

    if until is not None:
        assert now < until <= now + timedelta(hours=25)
        assert quiet_until(prefs, tz, until) is None
    assert now < summary <= now + timedelta(hours=50)
    assert quiet_until(prefs, tz, summary) is None
    assert now < digest <= now + timedelta(days=8, hours=2)
    assert day_of(tz, now) == now.astimezone(zone(tz)).date().isoformat()


@pytest.mark.parametrize(
    ("days", "when", "quiet"),
    [
        ((), datetime(2024, 4, 13, 23, tzinfo=UTC), True),
        ((0, 1, 2, 3, 4), datetime(2024, 4, 13, 23, tzinfo=UTC), False),  # a Saturday night
        ((0, 1, 2, 3, 4), datetime(2024, 4, 12, 23, tzinfo=UTC), True),
        ((0, 1, 2, 3, 4), datetime(2024, 4, 13, 3, tzinfo=UTC), True),  # Friday's night goes on
        ((0, 1, 2, 3, 4), datetime(2024, 4, 15, 3, tzinfo=UTC), False),  # Sunday's would
    ],
)
def test_quiet_hours_begin_on_the_days_chosen(
    days: tuple[int, ...], when: datetime, quiet: bool
) -> None:
    """A night belongs to the day on which it began."""
    prefs = replace(NIGHTLY, quiet_days=days)

    assert (quiet_until(prefs, "UTC", when) is not None) is quiet
