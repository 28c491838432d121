"""The digest: ranked, within Telegram's limits, nothing left out unsaid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.alerts import charts
from bot.alerts.digest import (
    caption,
    chart_of,
    is_dark,
    page_count,
    render_digest,
    render_page,
)
from bot.model import ChatMode, SourceKind
from bot.model.views import AlertView, ChartView, DigestView, Joined, Unread
from tests.support.telegram_html import parse_html, utf16_length

NOW = datetime(2024, 4, 8, 6, 0, tzinfo=UTC)


def view(n: int = 1, **more: object) -> AlertView:
    title = f"Pskov: about {n}"
    made = AlertView(
        notice_id=n,
        topic="refusal",
        army="ru",
        stage="report",
        title=title,
        text="",
        spans=(),
        sentence=("title", 0, len(title)),
        evidence={},
        filter_key="refusal/x",
        source_title="Pskov Post",
        source_kind=SourceKind.MEDIA,
        url=f"https://pskov.example/{n}",
        published=NOW - timedelta(minutes=n),
        seen_at=NOW,
    )
    return replace(made, **more)  # type: ignore[arg-type]


AT = {n: f"08:{60 - n:02}" for n in range(1, 60)}
"""When the n-th was published, in Kyiv."""


def joined(repost: bool = False) -> Joined:
    return Joined("Radio N", "https://n.example/1", NOW, NOW, repost)


def digest(*alerts: AlertView, more: int = 0, unread: Unread | None = None) -> DigestView:
    return DigestView(7, NOW, alerts, more, unread)


def shown(of: DigestView, lang: str = "en", mode: ChatMode = ChatMode.NORMAL) -> list[str]:
    rendered = render_digest(of, lang=lang, tz="Europe/Kyiv", mode=mode)
    return parse_html(rendered.html)[0].splitlines()


def test_it_reads_as_the_mock_up() -> None:
    """Topic and army, the most written-of first; verdicts counted above a list that folds;
    unread sources."""
    of = digest(
        view(1),
        view(2, joined=(joined(), joined())),
        view(3, joined=(joined(repost=True),)),
        *(view(n, stage="verdict") for n in range(10, 16)),
        *(view(n, stage="verdict", army="ua") for n in range(20, 22)),
        unread=Unread(2, 41, NOW - timedelta(hours=6)),
    )

    assert shown(of) == [
        "8 April · 11 stories",
        "",
        "REFUSAL, Russian army: 3",
        "· Pskov: about 2 · Pskov Post 8 Apr 08:58 · 3 texts",
        "· Pskov: about 3 · Pskov Post 8 Apr 08:57",
        "· Pskov: about 1 · Pskov Post 8 Apr 08:59",
        "",
        "VERDICTS: Russia 6, Ukraine 2",
        *(f"· Pskov: about {n} · Pskov Post 8 Apr {AT[n]}" for n in (*range(10, 16), 20, 21)),
        "",
        "Unread: 2 of 41 sources, since 03:00.",
    ]
    rendered = render_digest(of, lang="ru", tz="Europe/Kyiv", mode=ChatMode.NORMAL)
    assert "ПРИГОВОРЫ</b>: Россия 6, Украина 2" in rendered.html
    assert rendered.html.count("<blockquote expandable>") == 1
    assert rendered.buttons == ()  # all are there


def test_what_has_no_room_in_the_digest_stands_behind_show() -> None:
    """A digest shows a dozen verdicts and counts all of them."""
    of = digest(*(view(n, stage="verdict") for n in range(40)))
    rendered = render_digest(of, lang="en", tz="UTC", mode=ChatMode.NORMAL)

    assert parse_html(rendered.html)[0].count("\n· ") == 12
    assert "VERDICTS</b>: Russia 40" in rendered.html
    assert [b.data for row in rendered.buttons for b in row] == ["dg:7:0"]


def test_a_thousand_stories_fit_and_are_all_counted() -> None:
    """Within Telegram's limits; what has no room is named by number."""
    alerts = [
        view(n, title="д" * 200, sentence=("title", 0, 200), topic=f"t{n % 7}") for n in range(300)
    ]
    of = digest(*alerts, more=700)
    rendered = render_digest(of, lang="uk", tz="UTC", mode=ChatMode.NORMAL)
    text = parse_html(rendered.html)[0]
    listed = text.count("\n· ")

    assert utf16_length(text) <= 4096
    assert f"{1000 - listed}" in text.replace("\xa0", "")
    assert listed >= 20


def test_quiet_shows_a_number_only() -> None:
    """A lock screen says nothing of what it is."""
    assert shown(digest(view()), mode=ChatMode.QUIET) == ["1 new item"]


def test_pages_hold_every_counted_story_once() -> None:
    """Show leads through all of them and back."""
    of = digest(*(view(n, stage="verdict") for n in range(40)), view(99, stage="statistics"))
    pages = [render_page(of, n, lang="en", tz="UTC") for n in range(page_count(of))]
    text = "".join(page.plain for page in pages)

    assert len(pages) == 3
    assert all(
        text.count(f"pskov.example/{n} ") + text.count(f"pskov.example/{n}\n") <= 1
        for n in range(40)
    )
    assert sum(page.html.count("\n· ") for page in pages) == 41
    assert [b.text for row in pages[1].buttons for b in row] == ["‹ 1", "3 ›"]


def places(text: str) -> Iterator[tuple[str, str]]:
    for word in text.split():
        yield f"place:{word.lower()}", word


def test_a_week_as_a_picture() -> None:
    """Counts a day in the chat's zone, places by how often they are named; drawn as PNG."""
    told = (
        ("refusal", NOW, "Псков Псков"),
        ("refusal", NOW - timedelta(days=1), "Псков Бурятия"),
        ("desertion", NOW - timedelta(days=6, hours=3), "$x$"),
        ("desertion", NOW - timedelta(hours=7), "Чита"),  # yesterday 23:00 UTC: today in Kyiv
    )
    chart = chart_of(
        ChartView(NOW - timedelta(days=7), NOW, told), places, lang="uk", tz="Europe/Kyiv"
    )

    assert chart.days[-1] == "8 квіт"
    assert chart.topics[0][1][-2:] == (1, 1)
    assert sum(sum(counts) for _, counts in chart.topics) == 4
    assert chart.topics[1][1][-1] == 1
    assert chart.places[0] == ("Псков", 2)
    assert (chart.dark, chart.others) == (False, "інші теми")
    if charts.available():
        assert charts.draw(chart).startswith(b"\x89PNG")
        assert charts.draw(replace(chart, dark=True)) != charts.draw(chart)


def test_a_picture_has_three_colours_and_its_title_once() -> None:
    """The two topics with most alerts, all others as one; the caption says something else."""
    told = tuple(
        (topic, NOW - timedelta(hours=n), "")
        for topic, count in (("refusal", 2), ("desertion", 5), ("pressure", 1), ("self-harm", 3))
        for n in range(count)
    )
    week = ChartView(NOW - timedelta(days=7), NOW, told)
    chart = chart_of(week, places, lang="en", tz="UTC")

    named = [(name, sum(counts)) for name, counts in charts.merged(chart)]
    assert named == [("Desertion", 5), ("Self-harm", 3), ("other topics", 3)]
    assert caption(week, "en") == "11 stories"
    assert chart.title not in caption(week, "en")
    assert [is_dark(NOW.replace(hour=hour), "Europe/Kyiv") for hour in (4, 12, 18)] == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize("lang", ["en", "ru", "uk"])
def test_every_language_has_its_digest(lang: str) -> None:
    """No English in the others."""
    said = "\n".join(shown(digest(view(stage="statistics", army="unknown"), more=3), lang))

    assert ("stor" in said) == (lang == "en")


def test_what_is_only_possible_is_counted_and_shown_behind_its_button() -> None:
    """Nobody is woken by a doubt, and nobody is kept from it."""
    doubtful = view(5, certainty="possible", score=0.4, notice_id=0)
    of = replace(digest(view(1)), possible=(doubtful,))
    rendered = render_digest(of, lang="en", tz="Europe/Kyiv", mode=ChatMode.NORMAL)
    page = parse_html(render_page(of, 0, lang="en", tz="Europe/Kyiv").html)[0]

    assert "POSSIBLE: 1" in parse_html(rendered.html)[0]
    assert [button.text for row in rendered.buttons for button in row] == ["Show"]
    assert page.splitlines()[0] == "POSSIBLE"
    assert "Pskov: about 5" in page
