"""Whether posts are still where they were published, and when to look again. Pure.

A page shows about twenty posts without a hole: a known one whose number lies between two
that are shown, and is not itself shown, is absent. One absence proves little (a page may
be old or cut); after two, at least `AGAIN` apart, the post's own page is asked, and only
its refusal makes the post gone. A page without posts, and a post beyond the page's ends,
prove nothing.

    for post in known: change = judge(post, page_ids, now)
    when = next_look(published, alerted, now)
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.model import PostState, PresenceChange, WatchedPost

__all__ = [
    "AGAIN",
    "brackets",
    "judge",
    "later",
    "next_look",
    "refused",
]

AGAIN: Final = timedelta(minutes=10)
"""Between the two absences that make a post suspected."""

_HOUR: Final = timedelta(hours=1)
_ALERTED: Final = (_HOUR, 6 * _HOUR, 24 * _HOUR, timedelta(days=7), timedelta(days=30))
_RECENT: Final = (6 * _HOUR, 48 * _HOUR)
_MAX_WATCHED: Final = timedelta(days=31)


def next_look(first_at: datetime, alerted: bool, now: datetime) -> datetime | None:
    """When a post published at `first_at` is looked for next after `now`; None: no more."""
    times = (first_at + after for after in (_ALERTED if alerted else _RECENT))
    return next((when for when in times if when > now), None)


def later(first_at: datetime, now: datetime) -> datetime | None:
    """When to try again after a look that saw nothing: soon for a young post, daily for an old."""
    age = now - first_at
    if age > _MAX_WATCHED + timedelta(days=3):
        return None
    return now + min(max(age / 4, timedelta(minutes=15)), timedelta(days=1))


def brackets(ids: Sequence[int], number: int) -> bool:
    """Whether a page with these ids (ascending) must show `number` if it exists."""
    return bool(ids) and ids[0] < number < ids[-1]


def judge(post: WatchedPost, ids: Collection[int], now: datetime) -> PresenceChange | None:
    """What a page of these ids, read at `now`, says of the post; None: nothing.

    `ids` must be those of one page, with all parts of its albums.
    """
    if any(post.number <= number <= post.last_number for number in ids):
        return _present(post, now)
    if not brackets(sorted(ids), post.number) or post.state is PostState.GONE:
        return None
    if post.absent_at is None:
        return PresenceChange(PostState.UNKNOWN, post.seen_at, now, 1, now + AGAIN, "absent")
    if post.absences > 1 or now - post.absent_at < AGAIN:
        return None
    return PresenceChange(PostState.UNKNOWN, post.seen_at, post.absent_at, 2, now, "absent")


def refused(post: WatchedPost, missing: bool, now: datetime) -> PresenceChange:
    """What the post's own page says after two absences."""
    if missing:
        return PresenceChange(PostState.GONE, post.seen_at, post.absent_at, 2, None, "refused")
    # The list leaves out some kinds that the post's own page shows.
    state = PostState.EDITED if post.current > 1 else PostState.PRESENT
    return PresenceChange(state, now, None, 0, next_look(post.first_at, post.alerted, now), "shown")


def _present(post: WatchedPost, now: datetime) -> PresenceChange:
    look = post.next_look
    if look is None or look <= now or post.absent_at is not None:
        look = next_look(post.first_at, post.alerted, now)
    looked = post.alerted and post.next_look is not None and post.next_look <= now
    state = PostState.EDITED if post.current > 1 else PostState.PRESENT
    if post.current > post.revision:
        verdict = "edited"
    elif looked or post.state in (PostState.GONE, PostState.UNKNOWN):
        verdict = "present"
    else:
        verdict = ""
    return PresenceChange(state, now, None, 0, look, verdict)
