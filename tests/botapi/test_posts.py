"""Whatever form a channel's words have, they are read; what is read by nothing is named."""

from __future__ import annotations

from typing import Any

import pytest

from bot.botapi.posts import Words, words_of


def rich(*blocks: dict[str, Any]) -> Words:
    return words_of({"rich_message": {"blocks": list(blocks)}})


def paragraph(text: Any) -> dict[str, Any]:
    return {"type": "paragraph", "text": text}


def test_rich_text_reads_as_it_is_shown() -> None:
    """Styles nest inside a sentence and do not cut it; links and tags behind words are kept."""
    found = rich(
        paragraph(
            [
                "Десять ",
                {"type": "bold", "text": ["морпехов ", {"type": "italic", "text": "отказались"}]},
                {"type": "url", "text": " идти", "url": "https://a.example/1"},
                " в бой",
                {"type": "hashtag", "text": " #фронт", "hashtag": "фронт"},
            ]
        )
    )

    assert found.text == "Десять морпехов отказались идти в бой #фронт"
    assert found.links == ("https://a.example/1",)
    assert found.tags == ("фронт",)
    assert found.has == ("link",)


@pytest.mark.parametrize(
    "block",
    [
        {"type": "heading", "size": 2, "text": "солдаты отказались"},
        {"type": "pre", "language": "sh", "text": "солдаты отказались"},
        {"type": "blockquote", "blocks": [paragraph("солдаты отказались")]},
        {"type": "pullquote", "text": "солдаты", "credit": "отказались"},
        {"type": "details", "summary": "солдаты", "blocks": [paragraph("отказались")]},
        {"type": "collage", "blocks": [], "caption": {"text": "солдаты", "credit": "отказались"}},
        {"type": "photo", "photo": [], "caption": {"text": "солдаты отказались"}},
        {"type": "table", "cells": [[{"text": "солдаты"}, {"text": ["отказ", "ались"]}]]},
        {"type": "table", "cells": [], "caption": "солдаты отказались"},
        {
            "type": "list",
            "items": [
                {"label": "•", "blocks": [paragraph("солдаты")]},
                {"label": "•", "blocks": [{"type": "list", "items": [], "note": "отказались"}]},
            ],
        },
        {"type": "hologram", "inscription": {"text": "солдаты отказались"}, "url": "x"},
    ],
)
def test_each_block_is_read(block: dict[str, Any]) -> None:
    """Headings, quotations, tables, what folds, captions, and kinds that are still to come."""
    assert rich(block).text.split() == ["солдаты", "отказались"]


def test_checklists_polls_files_and_the_rest() -> None:
    """A line each, in the order of the screen."""
    assert words_of(
        {
            "checklist": {
                "title": "Если вас везут",
                "tasks": [{"id": 1, "text": "пишите рапорт"}, {"id": 2, "text": "звоните"}],
            }
        }
    ).text.splitlines() == ["Если вас везут", "пишите рапорт", "звоните"]
    asked = words_of(
        {
            "poll": {
                "description": "О сборах",
                "question": "Пойдёте?",
                "options": [{"text": "нет"}, {"text": "спам", "added_by_user": {"id": 1}}],
                "explanation": "закон",
            }
        }
    )
    assert (asked.text, asked.has) == ("О сборах\nПойдёте?\nнет\nзакон", ("poll",))
    named = words_of({"document": {"file_name": "Приговор_дезертиру_№4.pdf"}, "caption": "Суд"})
    assert (named.text, named.has) == ("Суд\nПриговор дезертиру №4.pdf", ("document",))
    assert words_of({"audio": {"performer": "Радио", "title": "Отказники"}}).text == (
        "Радио\nОтказники"
    )
    assert words_of({"venue": {"title": "Гарнизонный суд", "address": "Псков"}}).text == (
        "Гарнизонный суд\nПсков"
    )
    assert words_of({"text": "да", "quote": {"text": "отказались?"}}).text == "да\nотказались?"


def test_links_of_previews_and_buttons() -> None:
    """Where a post sends its readers, also where no word of it shows that."""
    found = words_of(
        {
            "text": "Подробно",
            "link_preview_options": {"url": "https://a.example/news"},
            "reply_markup": {
                "inline_keyboard": [
                    [{"text": "Читать", "url": "https://b.example/1"}],
                    [{"text": "Рота отказалась от штурма", "url": "https://c.example/2"}],
                    [{"text": "Подписаться", "callback_data": "s"}],
                ]
            },
        }
    )

    assert found.links == ("https://a.example/news", "https://b.example/1", "https://c.example/2")
    assert found.text == "Подробно\nРота отказалась от штурма"
    assert words_of({"text": "x", "link_preview_options": {"is_disabled": True}}).links == ()


def test_a_new_form_with_words_is_named() -> None:
    """Somebody must learn of it; forms without words and ids are no news."""
    found = words_of(
        {
            "message_id": 4,
            "text": "x",
            "hologram": {"projector_id": "abc", "layers": [{"legend": "Рота отказалась"}]},
            "sparkle": {"count": 5, "sparkle_id": "abc", "type": "gold"},
        }
    )

    assert found.unread == ("hologram",)


def test_service_notes_say_nothing() -> None:
    """Nor does what strangers write into a channel with a gift."""
    assert words_of({"new_chat_title": "Другое", "gift": {"text": "солдаты"}}) == Words()
