"""One update that nobody can read never costs the ones beside it, whatever is wrong with it."""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
import telegram
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.botapi.posts import words_of
from bot.botapi.updates import (
    STORED,
    RawUpdate,
    Unreadable,
    is_theirs,
    membership_of,
    parsed,
    raw_updates,
    storable,
)
from bot.chat.channel_posts import to_item
from tests.support.examples import examples

USER = {"id": 41, "is_bot": False, "first_name": "Ада", "language_code": "uk"}
PRIVATE = {"id": 41, "type": "private", "first_name": "Ада"}
GROUP = {"id": -100500, "type": "supergroup", "title": "Моніторинг", "is_forum": True}
CHANNEL = {"id": -100900, "type": "channel", "title": "Суди", "username": "sudy_ua"}
MEDIA = {"file_id": "f", "file_unique_id": "u", "width": 3, "height": 4, "duration": 5}
POLL = {
    "id": "9",
    "question": "Чи відмовилися вони?",
    "options": [{"text": "Так", "voter_count": 1, "persistent_id": "a"}],
    "total_voter_count": 1,
    "is_closed": False,
    "is_anonymous": True,
    "type": "regular",
    "allows_multiple_answers": False,
}
RICH = {
    "blocks": [
        {"type": "heading", "size": 1, "text": "Вирок"},
        {
            "type": "list",
            "items": [
                {"label": "1", "blocks": [{"type": "paragraph", "text": ["двом ", "солдатам"]}]}
            ],
        },
        {"type": "table", "cells": [[{"text": "строк", "align": "left", "valign": "top"}]]},
    ]
}


def message(**fields: Any) -> dict[str, Any]:
    return {"message_id": 7, "date": 1_764_000_000, "chat": PRIVATE, "from": USER} | fields


def post(**fields: Any) -> dict[str, Any]:
    return {
        "message_id": 8,
        "date": 1_764_000_000,
        "chat": CHANNEL,
        "sender_chat": CHANNEL,
        "author_signature": "Ред.",
    } | fields


MEMBER = {"user": USER | {"id": 7, "is_bot": True}, "status": "administrator", "can_post": True}
WHOLE: list[dict[str, Any]] = [
    {
        "message": message(
            text="/sub refusal", entities=[{"type": "bot_command", "offset": 0, "length": 4}]
        )
    },
    {"message": message(text="цитата", reply_to_message=message(poll=POLL))},
    {"message": message(document=MEDIA | {"file_name": "a.opml"}, caption="x")},
    {"message": message(chat=GROUP, message_thread_id=3, is_topic_message=True, text="/list")},
    {"message": message(chat=GROUP | {"type": "group"}, migrate_to_chat_id=-100501)},
    {
        "message": message(
            forward_origin={"type": "channel", "date": 1, "chat": CHANNEL, "message_id": 4},
            rich_message=RICH,
        )
    },
    {"message": message(gift={"gift": {"id": "1"}}, story={}, giveaway={"chats": []})},
    {
        "callback_query": {
            "id": "55",
            "from": USER,
            "chat_instance": "1",
            "data": "t:refusal",
            "message": message(**{"from": MEMBER["user"], "text": "Теми"}),
        }
    },
    {
        "callback_query": {
            "id": "56",
            "from": USER,
            "chat_instance": "1",
            "data": "why:1",
            "message": {"message_id": 2, "date": 0, "chat": PRIVATE},
        }
    },
    {"channel_post": post(text="Суд", entities=[{"type": "hashtag", "offset": 0, "length": 3}])},
    {"channel_post": post(rich_message=RICH, media_group_id="g")},
    {"channel_post": post(poll=POLL, reply_markup={"inline_keyboard": [[{"text": "a"}]]})},
    {"edited_channel_post": post(edit_date=2, photo=[MEDIA], caption="фото", caption_entities=[])},
    {
        "channel_post": post(
            checklist={"title": "Що робити", "tasks": [{"id": 1, "text": "скласти рапорт"}]},
            quote={"text": "мовив", "position": 0},
            link_preview_options={"url": "https://a.example/"},
            future_thing={"headline": "нове"},
        )
    },
    {
        "my_chat_member": {
            "chat": CHANNEL,
            "from": USER,
            "date": 1,
            "old_chat_member": {"user": USER, "status": "left"},
            "new_chat_member": MEMBER,
        }
    },
]
ODD: list[Any] = [None, True, 0, -1, 2**70, 1.5, "", "\0", "\ud800", "x" * 5000, [], {}, [[]]]
ODD += [{"id": "x"}, [None], [{"text": {"text": []}}], {"type": 5}, float("nan"), "private"]


def paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands in it, from the outside in."""
    inner: Any = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    for key, each in inner:
        yield (*at, key)
        yield from paths(each, (*at, key))


def spoilt(whole: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy with another value there; `...` takes it away."""
    changed = copy.deepcopy(whole)
    inside = changed
    for key in path[:-1]:
        inside = inside[key]
    if value is ...:
        inside.pop(path[-1], None) if isinstance(inside, dict) else inside.pop(path[-1])
    else:
        inside[path[-1]] = value
    return changed


def read(update: dict[str, Any]) -> None:
    """All that is ever done with an update before a handler has it."""
    found, unread = raw_updates([update])
    for each in found:
        if each.kind in STORED:
            json.dumps(storable(each))
            content = each.payload[each.kind]
            if each.kind == "my_chat_member":
                membership_of(content)
            else:
                words_of(content)
                to_item(content)
        elif each.kind:
            whole = parsed(each)
            if whole.message is not None:
                is_theirs(whole.message)
    assert found or unread


@pytest.mark.parametrize("update", WHOLE, ids=lambda each: next(iter(each)))
def test_each_field_missing_or_odd_is_at_most_unreadable(update: dict[str, Any]) -> None:
    """Whichever field a newer or older server leaves out or fills otherwise."""
    whole = {"update_id": 1} | update
    read(whole)
    for path in paths(whole):
        for value in (..., *ODD):
            try:
                read(spoilt(whole, path, value))
            except Unreadable as error:
                assert next(iter(update)).endswith(error.form.partition(".")[0])  # noqa: PT017


_JSON = st.recursive(
    st.sampled_from(ODD) | st.text(max_size=8) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["text", "type", "id", "chat", "blocks"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@settings(max_examples=examples(80), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_several_odd_fields_at_once(data: st.DataObject) -> None:
    """As above, where several things are wrong, and nested ones too."""
    update: Any = {"update_id": 1} | data.draw(st.sampled_from(WHOLE))
    for _ in range(data.draw(st.integers(1, 4))):
        where = data.draw(st.sampled_from([*paths(update), ("update_id",)]))
        update = spoilt(update, where, data.draw(_JSON | st.just(...)))
    with contextlib.suppress(Unreadable):
        read(update)


def raw(content: dict[str, Any], kind: str = "message") -> RawUpdate:
    (found,), _ = raw_updates([{"update_id": 3, kind: content}])
    return found


@pytest.mark.parametrize(
    "extra",
    [
        {"poll": {key: POLL[key] for key in ("id", "question")}},
        {"gift": {"gift": {"id": "1"}}, "unique_gift": {"origin": "upgrade"}},
        {"story": {"id": 4}},
        {"giveaway": {"chats": [{"id": 3}], "winner_count": 3}},
        {"reply_to_message": message(giveaway_winners={}, checklist={"tasks": [1]})},
        {"sender_boost_count": "many", "photo": "none", "new_chat_members": 4},
    ],
)
def test_what_vigil_does_not_use_cannot_spoil_a_message(extra: dict[str, Any]) -> None:
    """A command beside something new is a command."""
    with pytest.raises(Exception):  # noqa: B017 - the library alone gives it up
        telegram.Message.de_json(message(text="/list", **extra), None)
    found = parsed(raw(message(text="/list", **extra))).message

    assert found is not None
    assert found.text == "/list"


def test_the_form_names_the_field_and_nothing_else() -> None:
    """What is told to admins and logged holds no word of the update."""
    with pytest.raises(Unreadable) as caught:
        parsed(raw(message(text="between us", forward_origin={"type": "channel", "date": 1})))

    assert str(caught.value) == "message.forward_origin"


def test_a_membership_change_needs_no_rights() -> None:
    """Rights of administrators differ by version; names of people are not kept."""
    change = WHOLE[-1]["my_chat_member"]
    kept = storable(raw(change, "my_chat_member"))
    found = membership_of(kept["my_chat_member"])

    assert (found.old, found.new, found.username) == ("left", "administrator", "sudy_ua")
    assert "Ада" not in json.dumps(kept, ensure_ascii=False)


@pytest.mark.parametrize(
    "by",
    [
        {"forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "x"}},
        {"forward_origin": {"type": "channel", "date": 1, "chat": CHANNEL, "message_id": 4}},
        {"forward_origin": {"type": "of a version to come"}},
        {"forward_origin": {}},
        {"forward_origin": "odd"},
        # As servers before Bot API 7.0 say it.
        {"forward_date": 1, "forward_from": USER | {"id": 9}},
        {"forward_date": 1, "forward_sender_name": "x"},
        {"forward_date": 1, "forward_from_chat": CHANNEL, "forward_from_message_id": 4},
        {"forward_date": 1, "forward_from_chat": GROUP, "forward_signature": "x"},
        {"via_bot": USER | {"id": 9, "is_bot": True}},
        {"sender_chat": CHANNEL},
        {"sender_business_bot": USER | {"id": 9, "is_bot": True}},
        {"is_automatic_forward": True},
        {"entities": [{"type": "blockquote", "offset": 0, "length": 9}]},
        {"entities": [{"type": "expandable_blockquote", "offset": 0, "length": 9}]},
        {
            "text": "\n /revoke invites",
            "entities": [{"type": "blockquote", "offset": 2, "length": 9}],
        },
    ],
)
def test_whose_words_they_are(by: dict[str, Any]) -> None:
    """What somebody else wrote is known as that, however it came."""
    words = {"text": "/revoke invites", "chat": GROUP}
    theirs = parsed(raw(message(**words | by))).message
    own = parsed(raw(message(text="/revoke invites", chat=GROUP, sender_chat=GROUP))).message

    assert theirs is not None
    assert own is not None
    assert (is_theirs(theirs), is_theirs(own)) == (True, False)


def test_an_older_server_tells_whose_post_it_was() -> None:
    """Forwarded to the bot or read from a channel, its address is that of the original."""
    older = {"forward_date": 1, "forward_from_chat": CHANNEL, "forward_from_message_id": 4}
    mine = parsed(raw(message(text="Вирок", **older))).message
    item = to_item(post(text="Вирок", **older))

    assert mine is not None
    assert isinstance(mine.forward_origin, telegram.MessageOriginChannel)
    assert mine.forward_origin.message_id == 4
    assert item is not None
    assert item.forwarded_from == "https://t.me/sudy_ua/4"
    assert words_of(post(text="Вирок", **older)).unread == ()


def test_a_forwarded_post_of_any_form_has_words() -> None:
    """An admin who forwards a poll or a rich message tests what it says."""
    origin = {"type": "channel", "date": 1, "chat": CHANNEL, "message_id": 4}
    rich = parsed(raw(message(forward_origin=origin, rich_message=RICH))).message
    poll = parsed(raw(message(forward_origin=origin, poll=POLL))).message

    assert rich is not None
    assert rich.text == "Вирок\nдвом солдатам\nстрок"
    assert poll is not None
    assert poll.text == "Чи відмовилися вони?\nТак"
