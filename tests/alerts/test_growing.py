"""What an alert says once there is more: edits, removal, replies under it, reports to split off."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.alerts.buttons import split_choices
from bot.alerts.lines import when_of
from bot.alerts.render import render_reply
from bot.alerts.why import render_why
from bot.model import ChatMode, Gone, Subscription
from bot.model.rendered import Rendered
from bot.model.views import AlertView, Changed, Joined, ReplyView
from filters.facts import Fact, pack
from tests.alerts.test_render import AT, NOW, TEXT, alert, joined, place, view

AT_SIX = datetime(2024, 4, 8, 6, 14, tzinfo=UTC)  # when the alert's post was published
GONE = Gone(AT_SIX, AT_SIX + timedelta(hours=2), "3fa9" * 16)


def reply(**changes: Any) -> Rendered:
    at = {
        **AT,
        **{each: changes.pop(each) for each in ("mode", "lang", "revealed") if each in changes},
    }
    other = changes.pop("other", joined("Radio N", 7, url="https://radio.example/2"))
    plain = ReplyView(view(), other, to=5, message_id=9)
    return render_reply(replace(plain, **changes), **at)


def lines(shown: Rendered) -> list[str]:
    return shown.plain.split("\n")


# --- edits and removal ---


@pytest.mark.parametrize(
    ("parts", "at", "said"),
    [
        ([("60", "70")], NOW, "Edited 15:00: «60» → «70»"),
        ([("", "не")], NOW, "Edited 15:00: added «не»"),
        ([("под Псковом", "")], NOW, "Edited 15:00: no longer «под Псковом»"),
        (
            [("60", "70"), ("", "Ли")],
            NOW - timedelta(days=2),
            "Edited 6 Apr 15:00: «60» → «70»; added «Ли»",
        ),
        ([("\u200b", "\u202e")], NOW, None),  # nothing that a reader sees
        ([], NOW, None),
    ],
)
def test_an_alert_says_what_an_edit_changed(
    parts: list[tuple[str, str]], at: datetime, said: str | None
) -> None:
    """Whoever passed it on learns what no longer stands there; the day where it is another."""
    told = lines(alert(view(changed=Changed(at, tuple(parts)))))

    assert told == lines(alert(view())) + ([said] if said else [])


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (GONE.before, "Removed between 8 Apr 09:14 and 11:14 Kyiv"),
        (AT_SIX + timedelta(days=1), "Removed between 8 Apr 09:14 and 9 Apr 09:14 Kyiv"),
    ],
)
def test_an_alert_says_that_its_post_was_removed(before: datetime, said: str) -> None:
    """Between which visits, and the mark of the copy that is kept; Why? lets it be copied."""
    gone = view(gone=replace(GONE, before=before))

    assert lines(alert(gone))[-1] == f"{said}; copy kept, sha256 3fa93fa93fa93fa9…"
    why = render_why(gone, (), "en")
    assert f"Copy of what was removed: sha256 {GONE.sha256}" in why.plain
    assert [each.copy for each in why.buttons[-1]] == [gone.url, GONE.sha256]


# --- Why? ---


def test_why_offers_what_can_be_done() -> None:
    """Noise, and a wrong army where one is told; in a channel only what may be copied."""
    first, copies = render_why(view(), (), "en").buttons
    marked = render_why(view(marks=frozenset({"noise", "army"})), (), "en").buttons

    assert [(each.text, each.data) for each in first] == [
        ("Noise", "no:41"),
        ("Wrong army", "wa:41"),
    ]
    assert [each.text for each in marked[0]] == ["✓ Noise", "✓ Wrong army"]
    assert render_why(view(), (), "en", channel=True).buttons == (copies,)
    assert len(render_why(view(army="unknown"), (), "en").buttons[0]) == 1
    assert render_why(view(url=""), (), "en", channel=True).buttons == ()


@pytest.mark.parametrize(("letters", "copied"), [(256, True), (257, False)])
def test_a_button_copies_no_more_than_telegram_takes(letters: int, copied: bool) -> None:
    """A longer one would have the whole message refused."""
    url = "https://pskovpost.example/".ljust(letters, "a")

    assert bool(render_why(view(url=url), (), "en", channel=True).buttons) is copied


@pytest.mark.parametrize(
    ("certainty", "said"),
    [
        ("sure", "Likelihood 83 %, enough for an alert. Weighs most: «Командование»."),
        ("possible", "Likelihood 83 %, too little for an alert. Weighs most: «Командование»."),
    ],
)
def test_why_says_how_sure_a_score_was(certainty: str, said: str) -> None:
    """And which words weighed, each once."""
    weighed = (place("Командование"), place("Командование"), ("text", 3, 3))
    scored = view(score=0.834, certainty=certainty, words=weighed)

    assert said in lines(render_why(scored, (), "en"))
    assert "Likelihood" not in render_why(view(), (), "en").plain


def test_why_says_the_stage_and_leaves_out_what_nothing_shows() -> None:
    """No reason is given for what has none, nor two long lists for one."""
    evidence = {"stage": ("приговор", "осудил", "суд"), "army": ()}
    told = lines(render_why(view(stage="verdict", evidence=evidence), (), "en"))

    assert "Stage: verdict, going by «приговор», «осудил»." in told
    assert not [each for each in told if each.startswith("Army")]


def test_why_keeps_own_words_to_those_who_wrote_them() -> None:
    """A watch of the chat's own has no key that means anything; a topic of ours has."""
    topics = [Subscription(1, 1, "refusal"), Subscription(1, 1, "refusal", armies=("ru",))]

    assert "Filter:" not in render_why(view(filter_key=""), topics, "en", keys=True).plain
    assert "You follow: Refusal." in render_why(view(), topics, "en").plain


# --- replies ---


def test_another_report_is_a_line_under_the_alert() -> None:
    """Who tells it too and when, with a link; without a sound."""
    shown = reply()

    assert lines(shown) == ["Also: Radio N 8 Apr 10:40 · link https://radio.example/2"]
    assert shown.silent
    assert shown.buttons == ()
    assert lines(reply(other=joined("Radio N", 7))) == ["Also: Radio N 8 Apr 10:40"]


@pytest.mark.parametrize(
    ("reason", "lang", "begins"),
    [
        ("", "uk", "Також: Radio N"),
        ("named", "en", "First source that is not anonymous: Radio N"),
        ("verdict", "en", "Verdict: Radio N"),
        ("verdict", "ru", "Приговор: Radio N"),
        ("gone", "en", "Radio N"),
    ],
)
def test_those_who_follow_read_why_they_hear_of_it(reason: str, lang: str, begins: str) -> None:
    """A stage that was reached, the first source with a name, or a post that was removed."""
    assert lines(reply(reason=reason, lang=lang))[0].startswith(begins)


def test_a_removal_says_which_post_and_when() -> None:
    """Only where it is what the reply is about."""
    assert lines(reply(reason="gone", gone=GONE))[1].startswith("Removed between 8 Apr 09:14 and")
    assert len(lines(reply(reason="verdict", gone=GONE))) == 1


def test_a_reply_says_what_it_alone_knows() -> None:
    """Facts that no text of the story said before."""
    facts = pack([Fact("count:~60", *place("Около 60 контрактников"))])

    assert lines(reply(facts=facts))[1] == "New in it: ≈ 60"


def test_a_reply_stands_alone_where_its_alert_is_gone() -> None:
    """Then its first line says what it is about."""
    first, second = lines(reply(to=None))

    assert first.startswith("Около 60 контрактников отказались ехать. · Pskov Post 8 Apr 09:14")
    assert second.startswith("Also: Radio N")


def test_a_quiet_chat_opens_a_reply_to_read_it() -> None:
    """A lock screen betrays nothing; what cannot be opened has no button."""
    folded = reply(mode=ChatMode.QUIET)

    assert (folded.html, folded.silent) == ("New item", True)
    assert [each.data for row in folded.buttons for each in row] == ["ro:9"]
    assert reply(mode=ChatMode.QUIET, message_id=0).buttons == ()
    assert reply(mode=ChatMode.QUIET, revealed=True) == reply()


# --- splitting ---


def test_the_newest_reports_can_be_split_off() -> None:
    """Eight at most, each with its time, and the way back."""
    several = tuple(replace(joined(f"S{n}", n), item_id=n) for n in range(10))
    rows = split_choices(view(joined=several), "en", "Europe/Kyiv")

    assert [row[0].text for row in rows] == [
        *(f"S{n} {n + 3:02}:40" for n in range(9, 1, -1)),
        "Back",
    ]
    assert [rows[0][0].data, rows[-1][0].data] == ["sp:41:9", "mo:41"]
    assert all(len(row) == 1 for row in rows)


# --- buttons and lines of the alert itself ---


def test_more_offers_what_fits_the_alert() -> None:
    """Nothing to split where nothing joined, no army to mend where none is told."""
    plain = alert(view(army="unknown"), more=True).buttons
    both = alert(view(joined=(joined("S", 9),)), more=True).buttons

    assert "Wrong army" not in [each.text for row in plain for each in row]
    assert [each.text for each in both[2]] == ["Wrong army", "Split"]
    assert [each.text for each in plain[0]] == ["Why?", "Follow", "Less"]
    [channel] = alert(view(), channel=True).buttons
    assert [each.text for each in channel] == ["Why?", "More"]


@pytest.mark.parametrize(
    ("published", "seen", "shown"),
    [
        (AT_SIX, NOW, AT_SIX),
        (None, NOW, NOW),
        (NOW + timedelta(minutes=9), NOW, NOW + timedelta(minutes=9)),
        (NOW + timedelta(minutes=11), NOW, NOW),
    ],
)
def test_a_time_is_the_sources_unless_it_is_ahead(
    published: datetime | None, seen: datetime, shown: datetime
) -> None:
    """A clock may be off by a few minutes; what comes from the future was seen now."""
    assert when_of(Joined("S", "", published, seen, repost=False)) == shown


def test_what_joined_on_another_day_says_the_day() -> None:
    """A clock alone would mislead."""
    early = Joined("Radio N", "", AT_SIX - timedelta(hours=20), NOW, repost=False)

    assert "First: Radio N dated 7 Apr 13:14" in alert(view(joined=(early,))).plain


def test_many_reposts_are_named_five_and_each_once() -> None:
    """The rest is in the count."""
    twice = [joined(name, 9, repost=True) for name in ("A", "A", "B", "C", "D", "E", "F")]

    assert lines(alert(view(joined=tuple(twice))))[-1] == "Reposts: 7 · A, B, C, D, E, …"
    assert lines(alert(view(joined=tuple(twice[:6]))))[-1] == "Reposts: 6 · A, B, C, D, E"


def test_a_private_watch_says_which_of_its_words_it_found() -> None:
    """The chat's own words are its topic."""
    shown: AlertView = view(topic="watch:7", text=TEXT)

    assert "контрактников" in lines(alert(shown))[0]
