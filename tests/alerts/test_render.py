"""What people read: as mocked up, whatever strangers wrote into it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.alerts.render import render_alert
from bot.alerts.summary import render_summary
from bot.alerts.why import render_why
from bot.i18n import LANGUAGES
from bot.model import ChatMode, SourceKind, Subscription
from bot.model.rendered import Rendered
from bot.model.views import AlertView, Joined, SummaryView
from filters.facts import Fact, pack
from tests.support.examples import examples
from tests.support.telegram_html import parse_html, utf16_length

NOW = datetime(2024, 4, 8, 12, 0, tzinfo=UTC)
TEXT = "Командование молчит. Около 60 контрактников отказались ехать. Их ищут."
SENTENCE = "Около 60 контрактников отказались ехать."
AT = {"lang": "en", "tz": "Europe/Kyiv", "mode": ChatMode.NORMAL, "now": NOW}


def place(words: str, text: str = TEXT, field: str = "text") -> tuple[str, int, int]:
    start = text.index(words)
    return field, start, start + len(words)


def view(**changes: Any) -> AlertView:
    plain = AlertView(
        notice_id=41,
        topic="refusal",
        army="ru",
        stage="report",
        title="",
        text=TEXT,
        spans=(place("контрактников"), place("отказались ехать")),
        sentence=place(SENTENCE),
        evidence={"army": ("контрактников",)},
        filter_key="refusal/verb-action-ru",
        source_title="Pskov Post",
        source_kind=SourceKind.MEDIA,
        url="https://pskovpost.example/1",
        published=datetime(2024, 4, 8, 6, 14, tzinfo=UTC),
        seen_at=NOW,
    )
    return replace(plain, **changes)


def joined(name: str, hour: int, *, repost: bool = False, url: str = "") -> Joined:
    return Joined(name, url, datetime(2024, 4, 8, hour, 40, tzinfo=UTC), NOW, repost)


def alert(shown: AlertView, **at: Any) -> Rendered:
    return render_alert(shown, **{**AT, **at})


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "One entry of the roundup «Итоги дня»"),
        ("ru", "Одна из новостей подборки «Итоги дня»"),
        ("uk", "Одна з новин добірки «Итоги дня»"),
    ],
)
def test_entry_of_a_roundup_is_said_to_be_one(lang: str, said: str) -> None:
    """Below its own words, with the roundup's title where there is one; Why? says so too."""
    shown = view(roundup="Итоги дня")

    lines = alert(shown, lang=lang).plain.splitlines()
    assert lines.index(said) == next(n for n, line in enumerate(lines) if "«Около" in line) + 1
    assert said in render_why(shown, (), lang).plain
    assert "One entry of a roundup\n" in alert(view(roundup="")).plain
    assert "roundup" not in alert(view()).plain


def test_facts_stand_between_heading_and_sentence() -> None:
    """What the passage says, in the reader's language; an alert stored before it had facts, or
    with what cannot be read, is as it was."""
    facts = [
        Fact("count:~60", *place("Около 60 контрактников")),
        Fact("deed:refused-deploy", *place("отказались ехать")),
    ]

    told = alert(view(evidence={"facts": pack(facts)}), lang="uk")

    assert told.plain.splitlines()[1] == "≈ 60 · відмова від відправки"
    assert alert(view(evidence={"facts": ("{",)})) == alert(view())


# --- as mocked up ---

QUOTED = "<blockquote>Около 60 <b>контрактников</b> <b>отказались ехать</b>.</blockquote>"


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        (
            "en",
            "<b>Refusal</b> · Russian army\n"
            f"{QUOTED}\n"
            "Pskov Post, media · 8 Apr 09:14 Kyiv\n"
            '<a href="https://pskovpost.example/1">pskovpost.example/1</a>',
        ),
        (
            "ru",
            "<b>Отказ</b> · армия РФ\n"
            f"{QUOTED}\n"
            "Pskov Post, СМИ · 8 апр 09:14 Киев\n"
            '<a href="https://pskovpost.example/1">pskovpost.example/1</a>',
        ),
        (
            "uk",
            "<b>Відмова</b> · армія РФ\n"
            f"{QUOTED}\n"
            "Pskov Post, ЗМІ · 8 квіт 09:14 Київ\n"
            '<a href="https://pskovpost.example/1">pskovpost.example/1</a>',
        ),
    ],
)
def test_alert(lang: str, expected: str) -> None:
    """Topic, army, the sentence with its words, the source with its kind, time, link; buttons
    in rows that no phone cuts."""
    shown = alert(view(), lang=lang)

    assert shown.html == expected
    rows = [[each.data for each in row] for row in shown.buttons]
    assert rows == [["why:41", "fo:41", "mo:41"], ["tr:41", "no:41"]]


def test_a_mark_is_seen_on_its_button() -> None:
    """A sign says little: once it is pressed its word stands beside it."""
    first, second = alert(view(marks=frozenset({"noise"}), followed=True), lang="ru").buttons

    assert [each.text for each in first] == ["Почему?", "✓ Следить", "Ещё"]
    assert [each.text for each in second] == ["✓", "✗ шум"]


def test_unknown_army_is_left_out_and_a_stage_named() -> None:
    """Nothing is said that is not known."""
    first, *_ = alert(view(army="unknown", stage="verdict")).html.split("\n")

    assert first == "<b>Refusal</b> · verdict"


def test_topic_of_no_pack_has_its_own_name() -> None:
    """Admins' topics work too, and cannot break the markup."""
    assert alert(view(topic="<drones>")).html.startswith("<b>&lt;drones&gt;</b> · Russian army")


def test_title_stands_above_a_sentence_of_the_text() -> None:
    """The title says what the post is about, the sentence why it was sent."""
    lines = alert(view(title="Псков: что известно")).html.split("\n")
    assert lines[1:3] == [
        "<blockquote>Псков: что известно",
        QUOTED.removeprefix("<blockquote>"),
    ]

    repeated = alert(view(title="Около 60 контрактников отказались ехать")).html
    assert repeated.count("контрактников") == 1


def test_find_in_the_title() -> None:
    """Headlines are snippets themselves."""
    title = "Контрактники отказались ехать"
    shown = view(
        title=title,
        spans=(place("отказались", title, "title"),),
        sentence=("title", 0, len(title)),
    )

    assert "\n<blockquote>Контрактники <b>отказались</b> ехать</blockquote>\n" in alert(shown).html


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "dated 6 Apr"), ("ru", "датировано 6 апр"), ("uk", "датовано 6 кві")]
)
def test_what_is_dated_back_says_so(lang: str, said: str) -> None:
    """A reader sees that the time is the source's word, and that the text came later."""
    late = view(published=NOW - timedelta(days=2))

    assert said in alert(late, lang=lang).plain
    assert said not in alert(view(published=NOW - timedelta(hours=23)), lang=lang).plain


def test_grown_alert_keeps_its_first_shape() -> None:
    """What the chat was told stands where it stood; below it a line a source, reposts apart."""
    first = alert(view()).plain.split("\n")
    grown = view(
        joined=(
            joined("Court press", 8),
            joined("Radio N", 5, url="https://radio.example/2"),
            joined("Topor", 9, repost=True, url="https://t.me/topor/1"),
            joined("Chat", 9, repost=True),
        )
    )

    lines = alert(grown).plain.split("\n")
    assert lines[0] == f"{first[0]} · 3 texts, 2 reposts"
    assert lines[1:4] == first[1:]
    assert lines[4:] == [
        "First: Radio N 08:40 · link https://radio.example/2",
        "Also: Court press 11:40",
        "Reposts: 2 · Topor https://t.me/topor/1, Chat",
        "Separate texts may share one origin.",
    ]


def test_sources_stand_a_line_each_and_many_fold() -> None:
    """Three are read at a glance; of thirty the first stand in a quotation that folds."""
    few = alert(view(joined=tuple(joined(f"Source {i}", 9) for i in range(3))))
    many = alert(view(joined=tuple(joined(f"Source {i}", 9) for i in range(30))))

    assert "\nAlso:\n· Source 0 12:40\n· Source 1 12:40\n· Source 2 12:40\n" in few.html
    assert "Also:\n<blockquote expandable>· Source 0 12:40\n· Source 1" in many.html
    assert "· Source 19 12:40\nand 10 more</blockquote>\n" in many.html


def test_more_shows_the_whole_text() -> None:
    """A short one as it is, a long one folded; the find stays bold."""
    short = alert(view(), more=True)
    long = alert(view(text=TEXT + " Ещё слово." * 400), more=True)

    assert "<blockquote>Командование молчит. Около 60 <b>контрактников</b>" in short.html
    assert "<blockquote expandable>Командование молчит. Около 60 <b>контрактников</b>" in long.html
    assert fits(long)
    assert [row[0].text for row in short.buttons] == [
        "Why?",
        "✓",
        "Wrong army",
        "Mute source",
        "Not for a day",
        "Similar",
    ]


@pytest.mark.parametrize(
    ("lang", "n", "count"),
    [
        ("ru", 2, "2 репоста"),
        ("ru", 5, "5 репостов"),
        ("uk", 21, "21 репост"),
        ("en", 1, "1 repost"),
    ],
)
def test_reposts_never_count_as_texts(lang: str, n: int, count: str) -> None:
    """Five channels that repeat one post are one report."""
    shown = alert(view(joined=tuple(joined(f"S{i}", 9, repost=True) for i in range(n))), lang=lang)

    first, *_, last = shown.plain.split("\n")
    assert first.endswith(f", {count}")
    assert "share one origin" not in shown.plain
    assert last.count("S") == min(n, 5)


def test_whoever_follows_the_copy_sees_the_copy_and_its_origin() -> None:
    """A chat hears of its own source, and who was first."""
    shown = alert(view(repost=True, joined=(joined("Radio N", 5, url="https://radio.example/2"),)))

    lines = shown.plain.split("\n")
    assert lines[0] == "Refusal · Russian army · one report, 1 repost"
    assert lines[2:] == [
        "Pskov Post, media · 8 Apr 09:14 Kyiv",
        "https://pskovpost.example/1",
        "First: Radio N 08:40 · link https://radio.example/2",
    ]


def test_time_without_a_date_of_publication_or_with_one_ahead() -> None:
    """A wrong clock of a source misleads nobody."""
    for published in (None, NOW + timedelta(days=3)):
        assert "8 Apr 15:00 Kyiv" in alert(view(published=published)).html


def test_old_date_has_its_year() -> None:
    assert "8 Apr 2022 09:14" in alert(view(published=datetime(2022, 4, 8, 6, 14, tzinfo=UTC))).html


def test_markup_of_strangers_arrives_as_text() -> None:
    """A title with <script> and & is read as written, and a link leads nowhere unsafe."""
    shown = alert(
        view(
            title="<script>alert(1)</script> & Ко",
            source_title="<b>Post</b>",
            url='javascript:alert("x")',
        )
    )

    text, entities = parse_html(shown.html)
    assert "<script>alert(1)</script> & Ко" in text
    assert "<b>Post</b>, media" in text
    assert {entity.type for entity in entities} == {"bold", "blockquote"}
    assert text == shown.plain.replace("«", "").replace("»", "")


def test_invisible_letters_are_gone() -> None:
    """No text turns the rest of the message round."""
    shown = alert(view(title="evil\u202egpj.exe\u200b\x07\u2066\ud800", source_title="a\nb\u2028c"))

    assert "evilgpj.exe\ufffd" in shown.html
    assert "a b c, media" in shown.html


def test_secrets_of_a_link_are_not_shown() -> None:
    """Neither to readers nor to whom they forward it."""
    shown = alert(view(url="https://user:pw@post.example/1?token=s3cret&id=7"))

    assert 'href="https://post.example/1?id=7"' in shown.html
    assert "pw" not in shown.html + shown.plain
    assert "s3cret" not in shown.html + shown.plain


# --- Quiet ---


def test_quiet_says_nothing_until_opened() -> None:
    """A lock screen betrays nothing."""
    folded = alert(view(), mode=ChatMode.QUIET, lang="ru")
    assert (folded.html, folded.plain) == ("Новое", "Новое")
    assert [(b.text, b.data) for row in folded.buttons for b in row] == [("Открыть", "open:41")]

    opened = alert(view(), mode=ChatMode.QUIET, revealed=True)
    assert opened == alert(view())


# --- Why? ---


def test_why_says_topic_words_and_evidence() -> None:
    """Each alert says why it fired."""
    why = render_why(view(), [Subscription(1, 1, "refusal", armies=("ru",))], "en")

    assert why.plain.split("\n") == [
        "You follow: Refusal, Russian army.",
        "Found in one sentence: «контрактников», «отказались ехать».",
        "Army: Russian, going by «контрактников».",
    ]
    [_, copied] = why.buttons
    assert [each.copy for each in copied] == ["https://pskovpost.example/1"]


def test_why_names_a_filter_to_whom_it_says_something() -> None:
    """A key is no word for a reader; nobody's own words have a key that is shown."""
    topics = [Subscription(1, 1, "refusal")]

    assert "refusal/verb" not in render_why(view(), topics, "en").plain
    assert "Filter: refusal/verb-action-ru." in render_why(view(), topics, "en", keys=True).plain


def test_why_names_only_the_armies_chosen() -> None:
    """It tells the chat its own choice."""
    everything = [Subscription(1, 1, "refusal"), Subscription(2, 1, "refusal", armies=("ru",))]

    for subs in (everything, [], [Subscription(3, 1, "pressure", armies=("ua",))]):
        assert render_why(view(), subs, "ru").plain.startswith("Вы подписаны: Отказ.\n")


def test_why_of_words_far_apart() -> None:
    """It does not claim one sentence where there were two."""
    apart = view(spans=(place("Командование"), place("отказались ехать")))

    assert "Found: «Командование», «отказались ехать»." in render_why(apart, [], "en").plain


# --- summary ---


def summary(shown: SummaryView, **at: Any) -> Rendered:
    return render_summary(shown, **{**AT, **at})


def test_summary_lists_by_topic_and_counts() -> None:
    """After a pause one message says what there was."""
    alerts = (
        view(topic="pressure", army="unknown", title="Подвал под Псковом"),
        view(),
        view(title="Рота\nотказалась", url=""),
    )
    shown = summary(SummaryView(NOW - timedelta(hours=30), NOW, alerts, more=2))

    assert shown.html == (
        "5 stories, 7 Apr 09:00 – 8 Apr 15:00 Kyiv\n"
        "\n<b>Refusal, Russian army</b>: 2"
        "\n· Около 60 контрактников отказались ехать. · "
        '<a href="https://pskovpost.example/1">Pskov Post 8 Apr 09:14</a>'
        "\n· Рота отказалась · Pskov Post 8 Apr 09:14\n"
        "\n<b>Pressure</b>: 1"
        "\n· Подвал под Псковом · "
        '<a href="https://pskovpost.example/1">Pskov Post 8 Apr 09:14</a>\n'
        "\nAnd 2 more."
    )


def test_summary_never_outgrows_a_message() -> None:
    """What has no room is counted, not lost."""
    long = view(
        title="слово " * 40, source_title="имя " * 30, url="https://post.example/" + "a" * 150
    )
    shown = summary(SummaryView(NOW, NOW, (long,) * 60, more=7))

    assert fits(shown)
    listed = shown.html.count("\n· ")
    assert listed > 5
    assert f"And {60 - listed + 7} more." in shown.html


def test_quiet_summary_is_folded() -> None:
    """As an alert is."""
    shown = SummaryView(NOW, NOW, (view(),), more=4)

    folded = summary(shown, mode=ChatMode.QUIET, lang="ru")
    assert folded.html == "5 новых"
    assert folded.buttons[0][0].data == "open:41"
    assert summary(shown, mode=ChatMode.QUIET, revealed=True) == summary(shown)


# --- whatever comes ---


def fits(shown: Rendered) -> bool:
    """Whether Telegram takes it; raises where it cannot even read it."""
    text, entities = parse_html(shown.html)
    return (
        0 < utf16_length(text) <= 4096
        and utf16_length(shown.plain) <= 4096
        and len(entities) <= 100
        and all(len(b.data.encode()) <= 64 for row in shown.buttons for b in row)
    )


STRANGE = st.text(max_size=60) | st.text(
    alphabet="<>&\"'ab ж\n😀\u202e\u0301\u200d\ud800", max_size=900
)
URLS = STRANGE | STRANGE.map("https://post.example/".__add__)
TIMES = st.integers(-12_000, 25_000).map(lambda days: NOW + timedelta(days=days))
FIELD = st.sampled_from(("title", "text"))
SPANS = st.tuples(FIELD, st.integers(-5, 1000), st.integers(-5, 1000))
JOINED = st.builds(Joined, STRANGE, URLS, st.none() | TIMES, TIMES, st.booleans())
VIEWS = st.builds(
    AlertView,
    notice_id=st.integers(1, 2**62),
    topic=st.sampled_from(("refusal", "pressure")) | STRANGE.filter(str.strip),
    army=st.sampled_from(("ru", "ua", "other", "unknown", "?")),
    stage=st.sampled_from(("report", "verdict", "?")),
    title=STRANGE,
    text=STRANGE,
    spans=st.lists(SPANS, max_size=30).map(tuple),
    sentence=SPANS,
    evidence=st.dictionaries(st.sampled_from(("army", "stage")), st.tuples(STRANGE)),
    filter_key=STRANGE,
    source_title=STRANGE,
    source_kind=st.sampled_from(SourceKind),
    url=URLS,
    published=st.none() | TIMES,
    seen_at=TIMES,
    joined=st.lists(JOINED, max_size=25).map(tuple),
    repost=st.booleans(),
)
LANGS = st.sampled_from(sorted(LANGUAGES))


@settings(deadline=None, max_examples=examples(60))
@given(VIEWS, LANGS, st.sampled_from(("Europe/Kyiv", "UTC", "Nowhere")))
def test_any_alert_is_taken_by_telegram(shown: AlertView, lang: str, tz: str) -> None:
    """Whatever a source writes, its alert has valid markup and fits."""
    assert fits(alert(shown, lang=lang, tz=tz))
    assert fits(alert(shown, lang=lang, tz=tz, more=True))
    assert fits(render_why(shown, (), lang))


@settings(deadline=None, max_examples=examples(30))
@given(st.lists(VIEWS, min_size=1, max_size=20), LANGS)
def test_any_summary_is_taken_by_telegram(shown: list[AlertView], lang: str) -> None:
    """However much was held back."""
    assert fits(summary(SummaryView(NOW, NOW, tuple(shown), more=3), lang=lang))
