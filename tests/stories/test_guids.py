"""Entries whose guid is wrong are recognised, or told apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.model import ParsedItem, Stored
from bot.stories.guids import is_successor, rekeyed

URL = "https://a.example/1"
OLD = Stored("g1", URL, "Суд в Пскове", "Приговор вынесен сегодня, срок два года.")


def item(key: str, url: str = URL, title: str = OLD.title, text: str = OLD.text) -> ParsedItem:
    return ParsedItem(key=key, url=url, title=title, text=text)


def keys(
    *batch: ParsedItem, by_key: Stored | None = None, at_url: Stored | None = None
) -> list[str]:
    there = {by_key.key: by_key} if by_key else {}
    return [each.key for each in rekeyed(batch, there, [at_url] if at_url else [])]


def test_a_guid_that_changes_at_each_visit() -> None:
    """Address and title say that it is the same entry; its text may have been edited."""
    assert keys(item("g2"), at_url=OLD) == ["g1"]
    assert keys(item("g3", url=URL + "?utm_source=rss", text="Другое"), at_url=OLD) == ["g1"]


def test_one_address_may_tell_one_thing_after_the_other() -> None:
    """Another title is another entry: a ticker must not become revisions nobody hears of."""
    assert keys(item("g2", title="Отказ в Бурятии"), at_url=OLD) == ["g2"]
    assert keys(item("g1"), item("g2"), at_url=OLD) == ["g1", "g2"]  # both stand in the feed


def test_a_guid_given_to_another_article() -> None:
    """Other words at another address are no edit; the new key is the same at each visit."""
    other = item("g1", "https://a.example/2", "Отказ в Бурятии", "Девять солдат отказались ехать.")
    [first] = keys(other, by_key=OLD)
    assert first.startswith("g1#")
    assert keys(other, by_key=OLD) == [first]


def test_an_article_that_was_edited_keeps_its_guid() -> None:
    """Whatever changes but not all at once: address, title, text."""
    for edited in (
        item("g1", title="Суд", text="Совсем другой текст о чём угодно"),
        item("g1", url="https://a.example/sud-v-pskove"),
        item("g1", url="https://a.example/2", title="Суд", text=OLD.text + " Дополнено."),
        item("g1", url="", title="Суд", text="Другое"),
    ):
        assert keys(edited, by_key=OLD) == ["g1"]


# --- rewritten pages

DAY = timedelta(days=1)
NOW = datetime(2026, 11, 29, 7, tzinfo=UTC)
PAGE = Stored(
    "s", URL, "Сводка", "Около шестидесяти контрактников отказались ехать.", NOW - DAY, NOW - DAY
)
TODAY = "Двадцать мобилизованных записали видео: на штурм не пойдут."


def anew(text: str, *later: Stored, stored: Stored = PAGE, **more: Any) -> ParsedItem:
    entry = ParsedItem(**{"key": "s", "url": URL, "title": "Сводка", "text": text} | more)
    there = {stored.key: stored} if stored.key == entry.key else {}
    [found] = rekeyed([entry], there, [] if there else [stored], {"s": later}, NOW)
    return found


def test_a_page_written_anew_is_another_item() -> None:
    """Each day's words are told; an edit of today's stays today's."""
    first = anew(TODAY, published=NOW)
    stored = Stored(first.key, URL, "Сводка", TODAY, NOW, NOW)

    assert is_successor(first.key)
    assert anew(TODAY, stored, published=NOW).key == first.key
    assert anew(TODAY + " Дополнено.", stored, published=NOW).key == first.key
    assert anew(
        "Суд в Чите дал пять лет сержанту за побег.", stored, published=NOW + DAY
    ).key not in (
        "s",
        first.key,
    )
    assert anew(PAGE.text, stored, published=PAGE.published).key == "s"
    assert anew(TODAY, published=NOW, key="new guid").key == first.key


def test_a_date_that_stays_while_the_words_change_is_the_pages() -> None:
    """It must not make today's news old."""
    assert anew(TODAY, published=PAGE.published).published is None
    assert anew(TODAY).published is None
    assert is_successor(anew(TODAY, published=PAGE.published).key)


@pytest.mark.parametrize(
    "edited",
    [
        {"text": TODAY, "published": NOW - DAY + timedelta(minutes=30)},  # corrected at once
        {"text": PAGE.text + " Дополнено.", "published": NOW},
        {"text": "Материал удалён.", "published": NOW},  # too little to tell
        {"text": TODAY, "title": "Другое", "published": NOW},
    ],
)
def test_an_edit_is_no_other_day(edited: dict[str, Any]) -> None:
    """What keeps its words, or loses them, is the same entry."""
    assert not is_successor(anew(**edited).key)
