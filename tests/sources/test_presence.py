"""What a page proves about posts, and when they are looked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import PostState
from bot.sources.presence import (
    AGAIN,
    PresenceChange,
    WatchedPost,
    judge,
    later,
    next_look,
    refused,
)

NOW = datetime(2024, 4, 8, 6, 0, tzinfo=UTC)
POST = WatchedPost(1, 50, 50, PostState.PRESENT, 1, 1, NOW - timedelta(hours=2), NOW)

ids = st.lists(st.integers(1, 100), max_size=25, unique=True).map(sorted)


def after(post: WatchedPost, to: PresenceChange) -> WatchedPost:
    return replace(
        post,
        state=to.state,
        revision=post.current,
        seen_at=to.seen_at,
        absent_at=to.absent_at,
        absences=to.absences,
        next_look=to.next_look,
    )


@given(st.lists(st.tuples(ids, st.integers(0, 40)), max_size=30))
def test_no_row_of_pages_makes_a_post_gone(pages: list[tuple[list[int], int]]) -> None:
    """Whatever lists show, only the post's own refusal ends it; and that needs two absences."""
    post, now = POST, NOW
    for shown, minutes in pages:
        now += timedelta(minutes=minutes)
        to = judge(post, shown, now)
        if to is not None:
            assert to.state is not PostState.GONE
            assert (to.state is PostState.UNKNOWN) == (50 not in shown)
            post = after(post, to)
        assert post.seen_at <= now
        assert post.absent_at is None or post.seen_at <= post.absent_at <= now


@given(ids.filter(lambda found: not found or not found[0] < 50 < found[-1]))
def test_what_does_not_bracket_proves_no_absence(shown: list[int]) -> None:
    """An empty page, and a page that ends before the post, say nothing of it."""
    to = judge(POST, shown, NOW)

    assert to is None or to.state is PostState.PRESENT


def test_two_absences_apart_then_its_own_page() -> None:
    """A page fetched twice in a moment is one absence; gone is between seen and first absent."""
    first = judge(POST, [40, 60], NOW)
    assert first is not None
    once = after(POST, first)
    assert judge(once, [40, 60], NOW + AGAIN / 2) is None
    second = judge(once, [40, 60], NOW + AGAIN)
    assert second is not None
    twice = after(once, second)
    gone = refused(twice, True, NOW + AGAIN)
    shown = refused(twice, False, NOW + AGAIN)

    assert (once.absences, twice.absences) == (1, 2)
    assert (gone.state, gone.seen_at, gone.absent_at) == (PostState.GONE, NOW, NOW)
    assert (shown.state, shown.absences) == (PostState.PRESENT, 0)


def test_an_album_is_there_while_one_of_its_parts_is() -> None:
    """A photo taken out of an album does not remove its words."""
    album = replace(POST, last_number=53)

    assert judge(album, [40, 52, 60], NOW) == PresenceChange(
        PostState.PRESENT, NOW, None, 0, NOW + timedelta(hours=4)
    )


@pytest.mark.parametrize(
    ("alerted", "hours"), [(True, [1, 6, 24, 7 * 24, 30 * 24]), (False, [6, 48])]
)
def test_schedule(alerted: bool, hours: list[int]) -> None:
    """Told posts at 1 h, 6 h, 24 h, 7 and 30 days; the clock set back repeats, never skips."""
    looks, when = [], next_look(NOW, alerted, NOW)
    while when is not None:
        looks.append((when - NOW) / timedelta(hours=1))
        when = next_look(NOW, alerted, when)

    assert looks == hours


@given(st.timedeltas(timedelta(0), timedelta(days=60)))
def test_looks_that_saw_nothing_are_repeated_ever_more_rarely(age: timedelta) -> None:
    """Between a quarter of an hour and a day, and not for ever."""
    when = later(NOW, NOW + age)

    if age > timedelta(days=34):
        assert when is None
    else:
        assert when is not None
        assert timedelta(minutes=15) <= when - (NOW + age) <= timedelta(days=1)
