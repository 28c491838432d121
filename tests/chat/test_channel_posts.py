"""A channel's post, as Telegram sends it, becomes an item."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.chat.channel_posts import joined, to_item
from bot.model import ParsedItem

CHANNEL = {"id": -1001600, "type": "channel", "title": "Pskov Live", "username": "pskovlive"}
PHOTO = [{"file_id": "p", "file_unique_id": "p", "width": 9, "height": 9}]


def read(**fields: Any) -> ParsedItem | None:
    post = {"message_id": 12, "date": 1712556845, "chat": CHANNEL} | fields
    return to_item(post)


def item(**fields: Any) -> ParsedItem:
    found = read(**fields)
    assert found is not None
    return found


def test_text_with_links_and_tags() -> None:
    """Key and address are those of the public page; links behind words are kept."""
    found = item(
        text="Суд 🇷🇺 решил, см. тут #суд https://a.example/1",
        entities=[
            {"type": "text_link", "offset": 20, "length": 3, "url": "https://b.example/2"},
            {"type": "hashtag", "offset": 24, "length": 4},
            {"type": "url", "offset": 29, "length": 19},
        ],
        author_signature="Редактор",
    )

    assert (found.key, found.url) == ("12", "https://t.me/pskovlive/12")
    assert found.links == ("https://b.example/2", "https://a.example/1")
    assert found.tags == ("суд",)
    assert found.has == ("link",)
    assert found.author == "Редактор"
    assert found.published is not None
    assert found.published.isoformat() == "2024-04-08T06:14:05+00:00"
    assert not found.edited


def test_parts_of_an_album_are_one_item() -> None:
    """Ten photos with one caption are one item, by the number of the first; words said twice
    are said once."""
    first = item(photo=PHOTO, media_group_id="g")
    second = item(message_id=13, photo=PHOTO, media_group_id="g", caption="Подпись #суд")
    third = item(
        message_id=14,
        video={"file_id": "v", "file_unique_id": "v", "width": 1, "height": 1, "duration": 1},
        media_group_id="g",
        caption="Подпись #суд",
    )
    album = joined("12", [first, second, third])

    assert (album.key, album.url, album.text) == ("12", "https://t.me/pskovlive/12", "Подпись #суд")
    assert album.has == ("photo", "video")
    assert joined("9", [replace(first, url="")]).url == ""


def test_service_notes_are_no_items() -> None:
    """A new title or a pinned post says nothing."""
    assert read(new_chat_title="Other") is None


def test_forward_names_the_original_post() -> None:
    """By the original's address copies find each other."""
    origin = {
        "type": "channel",
        "date": 1712556000,
        "chat": CHANNEL | {"username": "radion", "title": "Radio N"},
        "message_id": 5,
    }
    found = item(text="x", forward_origin=origin)

    assert found.forwarded_from == "https://t.me/radion/5"
    assert found.forward_name == "Radio N"


@pytest.mark.parametrize("kind", ["user", "hidden_user"])
def test_forwarded_people_are_not_named(kind: str) -> None:
    """Who wrote in private is nobody's business."""
    origin: dict[str, Any] = {"type": kind, "date": 1712556000}
    origin |= (
        {"sender_user": {"id": 5, "is_bot": False, "first_name": "Анна"}}
        if kind == "user"
        else {"sender_user_name": "Анна"}
    )
    found = item(text="x", forward_origin=origin)

    assert (found.forwarded_from, found.forward_name) == ("", "")


def test_private_channel_has_no_address() -> None:
    """There is nothing to link to."""
    chat = {key: value for key, value in CHANNEL.items() if key != "username"}

    assert item(text="x", chat=chat).url == ""


def test_edit_keeps_the_key() -> None:
    """A changed post is the same item."""
    found = item(text="x", edit_date=1712557000)

    assert found.key == "12"
    assert found.edited


def test_poll_is_read_by_its_question_and_options() -> None:
    """What is asked is text too."""
    poll = {
        "id": "1",
        "question": "Поедете?",
        "options": [
            {"text": "Да", "voter_count": 0, "persistent_id": "1"},
            {"text": "Нет", "voter_count": 0, "persistent_id": "2"},
        ],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
        "allows_revoting": False,
        "members_only": False,
    }
    found = item(poll=poll)

    assert found.text == "Поедете?\nДа\nНет"
    assert found.has == ("poll",)
