"""What becomes of an item: the rules, one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.alerts.decide import (
    BACKDATED,
    DIGESTED,
    GAP,
    Action,
    Case,
    Decision,
    decide,
    is_dated_back,
    is_first_fetch,
    is_missed,
    pushed_topics,
)
from bot.model import Alert, ItemMatch, Source, SourceKind, SourceState, Transport

NOW = datetime(2024, 4, 8, 6, 14, tzinfo=UTC)
SOURCE = Source(
    *(1, Transport.FEED, "", "", "", SourceKind.MEDIA, "ru", SourceState.ACTIVE), last_success=NOW
)
ALERTS = (Alert(5, 1, 0, NOW), Alert(6, 1, 1, NOW))


def match(topic: str = "refusal", army: str = "ru", era: str = "now") -> ItemMatch:
    return ItemMatch(topic, f"{topic}/base", (("text", 0, 4),), ("text", 0, 9), army, "report", era)


def case(*matches: ItemMatch, **known: object) -> Case:
    return replace(Case(NOW, NOW, NOW, matches), **known)  # type: ignore[arg-type]


def test_match_is_told() -> None:
    """A new item that matches makes its story's alert."""
    assert decide(case(match())) == Decision(Action.ALERT, "matches")


def test_no_match_is_kept() -> None:
    """Nobody is told of what nobody asked for; a later text or copy may match."""
    assert decide(case()).action is Action.KEEP


def test_first_fetch_tells_nobody() -> None:
    """Adding a source floods nobody, not even with copies of what was alerted."""
    assert decide(case(match(), first_fetch=True)).action is Action.ARCHIVE
    assert decide(case(match(), first_fetch=True, alerts=ALERTS)).action is Action.ARCHIVE


@pytest.mark.parametrize(("age", "why"), [(GAP, "matches"), (GAP * 1.01, "found late")])
def test_an_article_is_late_after_the_gap_alone(age: timedelta, why: str) -> None:
    """However long its page took, what says no more than the item is no news a day later."""
    found = decide(case(match(), published=NOW - age, seen_at=NOW - age, article=True))
    assert found.reason.startswith(why)


@pytest.mark.parametrize(("age", "action"), [(GAP, Action.ALERT), (GAP * 1.01, Action.ARCHIVE)])
def test_old_items_are_archived(age: timedelta, action: Action) -> None:
    """After a gap nobody is woken for what was news yesterday."""
    assert decide(case(match(), published=NOW - age)).action is action
    assert decide(case(match(), published=None, seen_at=NOW - age)).action is action


@pytest.mark.parametrize(
    ("age", "known", "action", "late"),
    [
        (GAP * 1.01, {}, Action.ALERT, True),
        (GAP / 2, {}, Action.ALERT, False),
        (DIGESTED * 1.01, {}, Action.ARCHIVE, False),
        (GAP * 2, {"alerts": [Alert(1, 1, 0, NOW)]}, Action.REJOIN, True),
        (GAP * 2, {"before": ()}, Action.ARCHIVE, False),
        (GAP * 2, {"first_fetch": True}, Action.ARCHIVE, False),
    ],
)
def test_what_a_gap_hid_comes_in_the_digest(
    age: timedelta, known: dict[str, object], action: Action, late: bool
) -> None:
    """Promise 5: old by the time it was found, but never shown before."""
    decision = decide(case(match(), published=NOW - age, missed=True, **known))

    assert (decision.action, decision.late) == (action, late)


@pytest.mark.parametrize(
    ("age", "known", "action", "late"),
    [
        (GAP * 1.01, {}, Action.ALERT, False),
        (BACKDATED, {"alerts": [Alert(1, 1, 0, NOW)]}, Action.REJOIN, False),
        (BACKDATED * 1.01, {}, Action.ALERT, True),
        (DIGESTED * 1.01, {}, Action.ARCHIVE, False),
        (GAP * 2, {"before": ()}, Action.ARCHIVE, False),
        (GAP * 2, {"first_fetch": True}, Action.ARCHIVE, False),
    ],
)
def test_what_a_feed_dates_back_is_news_for_three_days(
    age: timedelta, known: dict[str, object], action: Action, late: bool
) -> None:
    """An entry that was not there before is told, whatever its date says."""
    decision = decide(case(match(), published=NOW - age, dated_back=True, **known))

    assert (decision.action, decision.late) == (action, late)


@pytest.mark.parametrize(
    ("transport", "published", "expected"),
    [
        (Transport.FEED, NOW - GAP, True),
        (Transport.FEED, NOW, True),
        (Transport.FEED, NOW + GAP / 100, False),  # published since: a visit was missed
        (Transport.FEED, None, False),
        (Transport.PREVIEW, NOW - GAP, False),  # Telegram dates posts itself
    ],
)
def test_who_dates_back(transport: Transport, published: datetime | None, expected: bool) -> None:
    """Only a feed that was read after that time, and did not have the entry then."""
    assert is_dated_back(replace(SOURCE, transport=transport), published) is expected
    assert not is_dated_back(replace(SOURCE, transport=transport, last_success=None), published)


@pytest.mark.parametrize(
    ("published", "seen", "known", "action", "late"),
    [
        (GAP * 1.1, GAP * 0.2, {}, Action.ALERT, False),
        (GAP * 1.1, GAP * 0.2, {"alerts": ALERTS}, Action.REJOIN, False),
        (GAP * 1.2, GAP * 1.1, {}, Action.ALERT, True),
        (GAP * 3, GAP * 0.2, {}, Action.ALERT, True),
        (GAP * 3, GAP * 0.2, {"alerts": ALERTS}, Action.REJOIN, True),
        (GAP * 3, GAP * 2, {"before": (match(),)}, Action.ARCHIVE, False),
        (GAP * 3, GAP * 0.2, {"archived": True}, Action.ARCHIVE, False),
        (DIGESTED * 1.1, DIGESTED * 1.1, {}, Action.ARCHIVE, False),
    ],
)
def test_what_only_the_article_says_is_as_old_as_the_item_was_when_seen(
    published: timedelta, seen: timedelta, known: dict[str, object], action: Action, late: bool
) -> None:
    """An article that is read late is no lost alert: after a day it comes in the digest."""
    times = {"published": NOW - published, "seen_at": NOW - seen, "before": (), "article": True}
    found = match("pressure") if "before" not in known else match()
    decision = decide(case(found, **{**times, **known}))

    assert (decision.action, decision.late) == (action, late)


def test_what_was_missed_waits_for_its_article() -> None:
    """A summary found after a gap may say nothing; it is not put away for that."""
    missed = case(published=NOW - GAP * 2, missed=True)

    assert decide(missed).action is Action.KEEP
    assert decide(replace(missed, missed=False)).action is Action.ARCHIVE


def test_time_in_the_future_is_now() -> None:
    """A source with a wrong clock is heard."""
    assert decide(case(match(), published=NOW + timedelta(days=400))).action is Action.ALERT


@pytest.mark.parametrize("found", [match(era="historical"), match(army="other")])
def test_other_wars_and_armies_are_alerts_for_those_who_chose_them(found: ItemMatch) -> None:
    """Facets are choices of subscribers: nothing is filtered in silence before them."""
    assert decide(case(found)).action is Action.ALERT


def test_what_is_only_possible_is_never_pushed() -> None:
    """Doubtful matches wait for the digest, and an edit that makes one sure is told."""
    doubtful = replace(match(), certainty="possible")

    assert decide(case(doubtful)).action is Action.KEEP  # what is archived no digest lists
    assert decide(case(match(), before=(doubtful,))).action is Action.ALERT


def test_copy_joins_the_newest_alert() -> None:
    """It is offered to those not told yet, and counted even if it matches nothing itself."""
    assert decide(case(match(), alerts=ALERTS)) == Decision(Action.REJOIN, "joins", 6)
    assert decide(case(alerts=ALERTS)) == Decision(Action.REJOIN, "joins", 6)


def test_edit_of_an_alerted_item_is_no_second_alert() -> None:
    """Subscribers hear of a story once."""
    edited = case(match(), before=(match(),), alerts=ALERTS)

    assert decide(edited) == Decision(Action.REJOIN, "edited", 6)


def test_edit_that_no_longer_matches_tells_nothing() -> None:
    """What was told stays as it was."""
    assert decide(case(before=(match(),), alerts=ALERTS)).action is Action.KEEP


def test_edit_that_newly_matches_is_told() -> None:
    """The first words of breaking news may say nothing yet."""
    assert decide(case(match(), before=())).action is Action.ALERT


def test_edit_of_the_archive_stays_there() -> None:
    """A typo mended in an old post of a new source is no news."""
    archived = case(match(), before=(match(),), archived=True)

    assert decide(archived).action is Action.ARCHIVE
    assert decide(replace(archived, matches=(match(), match("pressure")))).action is Action.ALERT


def test_pushed_topics() -> None:
    """Each match decides for itself."""
    found = [match(), replace(match("pressure"), certainty="possible")]

    assert pushed_topics(found) == {"refusal"}


def test_posts_given_to_us_are_no_first_fetch() -> None:
    """A channel that makes the bot its admin has no archive to fill."""
    source = Source(*(1, Transport.FEED, "", "", "", SourceKind.MEDIA, "ru", SourceState.ACTIVE))

    assert is_first_fetch(source)
    assert not is_first_fetch(replace(source, archived_at=NOW))
    assert not is_first_fetch(replace(source, transport=Transport.CHANNEL))


def test_how_long_news_is_news() -> None:
    """A day; three where a feed dates back; a month for what a gap hid."""
    hour = timedelta(hours=1)

    assert decide(case(match(), published=NOW - 23.5 * hour)).action is Action.ALERT
    assert decide(case(match(), published=NOW - 24.5 * hour)).action is Action.ARCHIVE
    assert not decide(case(match(), published=NOW - 71.5 * hour, dated_back=True)).late
    assert decide(case(match(), published=NOW - 72.5 * hour, dated_back=True)).late
    assert decide(case(match(), published=NOW - 30.9 * 24 * hour, missed=True)).late
    assert not decide(case(match(), published=NOW - 31.1 * 24 * hour, missed=True)).late


def test_only_what_a_visit_could_have_found_was_missed() -> None:
    """A source that was never read, or that does not say when, hides nothing."""
    later = NOW + timedelta(minutes=1)

    assert is_missed(SOURCE, later)
    assert not is_missed(SOURCE, NOW)
    assert not is_missed(SOURCE, None)
    assert not is_missed(replace(SOURCE, last_success=None), later)


def test_an_archive_without_a_known_beginning_is_an_archive() -> None:
    """Where nobody knows when the source was added, nothing of its first visit is news."""
    source = replace(SOURCE, added_at=None, archived_at=None)

    assert is_first_fetch(source, NOW)
    assert is_first_fetch(replace(source, added_at=NOW), NOW)
    earlier = replace(source, added_at=NOW - timedelta(minutes=1))
    assert not is_first_fetch(earlier, NOW)
    assert is_first_fetch(earlier, None)
    assert is_first_fetch(replace(earlier, last_success=None), NOW)  # nothing was read yet


def test_why_nothing_is_told_is_known() -> None:
    """Whoever asks why a post was not told reads which: nothing found, or nothing sure."""
    doubtful = replace(match(), certainty="possible")

    assert decide(case()).reason == "no match"
    assert decide(case(doubtful)).reason == "only possible"
