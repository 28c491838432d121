"""The emulator is strict: what Telegram refuses, it refuses, in Telegram's words."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest
import telegram
from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter

from tests.botapi.conftest import CHANNEL, GROUP, USER
from tests.support.botapi_emulator import (
    BotApiEmulator,
    Delay,
    DropAfter,
    DropBefore,
    Hold,
    Status,
    TooMany,
)
from tests.support.clock import ManualClock


async def _post(server: BotApiEmulator, path: str, **data: object) -> tuple[int, dict]:
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{server.url}{path}", json=data)
        return answer.status_code, answer.json()


async def test_a_wrong_token_is_unauthorised(server: BotApiEmulator) -> None:
    code, answer = await _post(server, "/bot1:wrong/getMe")
    assert (code, answer["description"]) == (401, "Unauthorized")

    code, answer = await _post(server, "/botnonsense/getMe")
    assert (code, answer["description"]) == (404, "Not Found")

    with pytest.raises(InvalidToken):
        async with telegram.Bot("1:wrong", base_url=f"{server.url}/bot"):
            pass


@pytest.mark.parametrize(
    "method", ["sendMesage", "send_message", "initialize", "shutdown", "_post"]
)
async def test_unknown_methods_are_refused(server: BotApiEmulator, method: str) -> None:
    code, answer = await _post(server, f"/bot{server.token}/{method}")

    assert (code, answer["description"]) == (404, "Not Found: method not found")


async def test_a_method_that_is_not_emulated_says_so(server: BotApiEmulator) -> None:
    code, _ = await _post(server, f"/bot{server.token}/sendPoll")
    assert code == 501


@pytest.mark.parametrize("extra", ["txt", "disable_web_page_preview", "read_timeout", "self"])
async def test_unknown_parameters_are_refused(server: BotApiEmulator, extra: str) -> None:
    """Parameters of the library alone are as unknown as misspelt ones."""
    path = f"/bot{server.token}/sendMessage"
    code, answer = await _post(server, path, chat_id=USER, text="x", **{extra: 1})

    assert code == 400
    assert extra in answer["description"]


async def test_missing_parameters_are_refused(server: BotApiEmulator) -> None:
    code, answer = await _post(server, f"/bot{server.token}/sendMessage", chat_id=USER)
    assert (code, answer["description"]) == (400, "Bad Request: parameter text is required")


async def test_html_is_parsed_and_refused_like_telegram(
    bot: telegram.Bot, server: BotApiEmulator
) -> None:
    await bot.send_message(USER, "a <b>бо🙂</b> &lt;c&gt; &amp; &nbsp;", parse_mode="HTML")

    assert server.texts(USER) == ["a бо🙂 <c> & &nbsp;"]
    assert server.transcript(USER)[0].styled() == ["бо🙂"]

    with pytest.raises(BadRequest, match=r'(?i)Unsupported start tag "script" at byte offset 2'):
        await bot.send_message(USER, "x <script>", parse_mode="HTML")


async def test_length_is_counted_after_parsing(bot: telegram.Bot) -> None:
    await bot.send_message(USER, "<b>" + "ы" * 4096 + "</b>", parse_mode="HTML")
    with pytest.raises(BadRequest, match=r"(?i)Message is too long"):
        await bot.send_message(USER, "ы" * 4097)
    with pytest.raises(BadRequest, match=r"(?i)Message text is empty"):
        await bot.send_message(USER, "<b> </b>", parse_mode="HTML")


@pytest.mark.parametrize(
    ("button", "words"),
    [
        (Button("x", callback_data="ы" * 33), "BUTTON_DATA_INVALID|Button_data_invalid"),
        (Button("x", url="not a url"), "Wrong HTTP URL"),
        (Button("x"), "Text buttons are unallowed"),
        (Button(" ", callback_data="a"), "text is empty"),
    ],
)
async def test_buttons_have_limits(bot: telegram.Bot, button: Button, words: str) -> None:
    with pytest.raises(BadRequest, match="(?i)" + words):
        await bot.send_message(USER, "x", reply_markup=Keyboard([[button]]))


async def test_too_many_buttons_are_refused(bot: telegram.Bot) -> None:
    row = [Button("x", callback_data="x")] * 9
    with pytest.raises(BadRequest, match=r"(?i)markup is too long"):
        await bot.send_message(USER, "x", reply_markup=Keyboard([row]))


async def test_edits(bot: telegram.Bot, server: BotApiEmulator, clock: ManualClock) -> None:
    sent = await bot.send_message(USER, "one")
    clock.advance(5)
    await bot.edit_message_text("two", USER, sent.message_id)

    assert server.texts(USER) == ["two"]
    assert server.transcript(USER)[0].edits == [(clock.now(), "one")]

    clock.advance(5)
    with pytest.raises(BadRequest, match=r"(?i)Message is not modified"):
        await bot.edit_message_text("<i></i>two", USER, sent.message_id, parse_mode="HTML")
    with pytest.raises(BadRequest, match=r"(?i)Message to edit not found"):
        await bot.edit_message_text("two", USER, 999)


async def test_messages_are_deleted_within_48_hours(
    bot: telegram.Bot, server: BotApiEmulator, clock: ManualClock
) -> None:
    first = await bot.send_message(USER, "one")
    second = await bot.send_message(USER, "two")
    clock.advance(hours=47)
    await bot.delete_message(USER, first.message_id)
    clock.advance(hours=1)

    with pytest.raises(BadRequest, match=r"(?i)can't be deleted"):
        await bot.delete_message(USER, second.message_id)
    with pytest.raises(BadRequest, match=r"(?i)Message to delete not found"):
        await bot.delete_message(USER, first.message_id)
    assert server.texts(USER) == ["two"]


async def test_chats_that_cannot_be_written_to(bot: telegram.Bot, server: BotApiEmulator) -> None:
    server.people.person(9)
    with pytest.raises(Forbidden, match=r"(?i)bot can't initiate conversation with a user"):
        await bot.send_message(9, "x")
    with pytest.raises(BadRequest, match=r"(?i)Chat not found"):
        await bot.send_message(10, "x")
    server.people.blocks(USER)
    with pytest.raises(Forbidden, match=r"(?i)bot was blocked by the user"):
        await bot.send_message(USER, "x")
    server.place(USER).status = "deactivated"
    with pytest.raises(Forbidden, match=r"(?i)user is deactivated"):
        await bot.send_message(USER, "x")
    server.place(GROUP).status = "kicked"
    with pytest.raises(Forbidden, match=r"(?i)bot was kicked from the supergroup chat"):
        await bot.send_message(GROUP, "x")
    server.place(CHANNEL).status = "left"
    with pytest.raises(Forbidden, match=r"(?i)bot is not a member of the channel chat"):
        await bot.send_message(CHANNEL, "x")


async def test_threads_and_migration(
    bot: telegram.Bot, server: BotApiEmulator, clock: ManualClock
) -> None:
    await bot.send_message(GROUP, "x", message_thread_id=11)
    server.people.closes_thread(GROUP, 11)
    with pytest.raises(BadRequest, match=r"(?i)Topic_closed"):
        await bot.send_message(GROUP, "x", message_thread_id=11)
    with pytest.raises(BadRequest, match=r"(?i)Message thread not found"):
        await bot.send_message(GROUP, "x", message_thread_id=77)

    clock.advance(1)
    server.people.moves(GROUP, -100999)
    with pytest.raises(telegram.error.ChatMigrated) as moved:
        await bot.send_message(GROUP, "x")
    assert moved.value.new_chat_id == -100999


async def test_a_callback_is_answered_once_and_in_200_letters(
    bot: telegram.Bot, server: BotApiEmulator
) -> None:
    await bot.send_message(
        USER, "x", reply_markup=Keyboard([[Button("Why?", callback_data="why:1")]])
    )
    query = server.people.press(USER, "Why?")

    (update,) = await bot.get_updates()
    assert update.callback_query is not None
    assert update.callback_query.data == "why:1"
    with pytest.raises(BadRequest):
        await bot.answer_callback_query(query, "ы" * 201)
    await bot.answer_callback_query(query, "ы" * 200)
    assert server.people.pressed[query]["text"] == "ы" * 200
    with pytest.raises(BadRequest, match=r"(?i)Query is too old"):
        await bot.answer_callback_query(query)


async def test_the_limits_of_sending(
    bot: telegram.Bot, server: BotApiEmulator, clock: ManualClock
) -> None:
    """A chat: a burst of 3, then 1 a second. A group: 20 a minute. In all: 30 a second."""
    for _ in range(3):
        await bot.send_message(USER, "x")
    with pytest.raises(RetryAfter) as refused:
        await bot.send_message(USER, "x")
    assert refused.value.retry_after == 1
    clock.advance(1)
    await bot.send_message(USER, "x")

    for _ in range(20):
        clock.advance(1)
        await bot.send_message(GROUP, "x", message_thread_id=11)
    clock.advance(1)
    with pytest.raises(RetryAfter) as refused:
        await bot.send_message(GROUP, "x", message_thread_id=12)
    assert refused.value.retry_after == 40

    clock.advance(60)
    for user in range(600, 630):
        server.people.started(user)
        await bot.send_message(user, "x")
    with pytest.raises(RetryAfter):
        await bot.send_message(USER, "x")
    assert server.count_429() == 3


async def test_updates_stay_until_a_later_offset_confirms_them(
    bot: telegram.Bot, server: BotApiEmulator
) -> None:
    for text in ("a", "b", "c"):
        server.people.says(USER, text)

    assert [u.message.text for u in await bot.get_updates(limit=2)] == ["a", "b"]
    again = await bot.get_updates()
    assert [u.message.text for u in again] == ["a", "b", "c"]
    left = await bot.get_updates(offset=again[1].update_id + 1)
    assert [u.message.text for u in left] == ["c"]
    assert [u.message.text for u in await bot.get_updates()] == ["c"]


async def test_only_allowed_updates_come(bot: telegram.Bot, server: BotApiEmulator) -> None:
    await bot.get_updates(allowed_updates=["channel_post"])
    server.people.says(USER, "not asked for")
    server.people.posts(CHANNEL, "post")

    (update,) = await bot.get_updates()
    assert update.channel_post is not None
    assert update.channel_post.text == "post"


async def test_long_polling_returns_when_something_comes(
    bot: telegram.Bot, server: BotApiEmulator
) -> None:
    polling = asyncio.ensure_future(bot.get_updates(timeout=30))
    await server.updates.polled.wait()
    server.people.changes_membership(CHANNEL, "left", by=USER)

    (update,) = await polling
    assert update.my_chat_member is not None
    assert update.my_chat_member.new_chat_member.status == "left"


async def test_two_pollers_are_in_conflict(bot: telegram.Bot, server: BotApiEmulator) -> None:
    first = asyncio.ensure_future(bot.get_updates(timeout=30))
    await server.updates.polled.wait()
    await bot.get_updates()

    with pytest.raises(Conflict, match=r"(?i)terminated by other getUpdates request"):
        await first


async def test_polling_while_a_webhook_is_set_is_a_conflict(bot: telegram.Bot) -> None:
    await bot.set_webhook("https://example.org/hook")
    with pytest.raises(Conflict, match=r"(?i)webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


async def test_edited_posts_and_commands(bot: telegram.Bot, server: BotApiEmulator) -> None:
    post = server.people.posts(CHANNEL, "one")
    server.people.edits_post(CHANNEL, post, "two")

    first, second = await bot.get_updates()
    assert first.channel_post is not None
    assert second.edited_channel_post is not None
    assert second.edited_channel_post.text == "two"
    await bot.set_my_commands([("help", "Help")], language_code="uk")
    assert (await bot.get_my_commands(language_code="uk"))[0].command == "help"
    with pytest.raises(BadRequest):
        await bot.set_my_commands([("Help!", "Help")])


async def test_faults(bot: telegram.Bot, server: BotApiEmulator) -> None:
    """Before: nothing was taken. After: it was, though the caller sees the same."""
    server.limits.chat_burst = 100
    server.fail(DropBefore())
    with pytest.raises(NetworkError):
        await bot.send_message(USER, "before")
    server.fail(DropAfter(), chat_id=USER)
    with pytest.raises(NetworkError):
        await bot.send_message(USER, "after")
    server.fail(Status(500))
    with pytest.raises(NetworkError):
        await bot.send_message(USER, "500")
    server.fail(Status(502, b"<html>bad gateway</html>", taken=True))
    with pytest.raises(NetworkError):
        await bot.send_message(USER, "502")
    server.fail(TooMany(7))
    with pytest.raises(RetryAfter):
        await bot.send_message(USER, "429")
    async with server.unreachable():
        with pytest.raises(NetworkError, match=r"(?i)ConnectError"):
            await bot.send_message(USER, "refused")
    server.fail(Delay(0.01))
    await bot.send_message(USER, "late")

    assert server.texts(USER) == ["after", "502", "late"]
    assert [call.parameters["text"] for call in server.taken] == ["after", "502", "late"]


async def test_a_held_call_is_taken_but_not_answered(
    bot: telegram.Bot, server: BotApiEmulator
) -> None:
    hold = Hold()
    server.fail(hold)
    sending = asyncio.ensure_future(bot.send_message(USER, "x"))
    await hold.reached.wait()

    assert server.texts(USER) == ["x"]
    assert not sending.done()
    hold.release.set()
    assert (await sending).text == "x"


async def test_another_process_may_use_it(server: BotApiEmulator) -> None:
    """The bot under test runs in a process of its own."""
    form = f"chat_id={USER}&text=hello"
    process = await asyncio.create_subprocess_exec(
        "python3",
        "-c",
        "import sys, urllib.request as r; print(r.urlopen(sys.argv[1], sys.argv[2].encode())"
        ".read().decode())",
        f"{server.url}/bot{server.token}/sendMessage",
        form,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()

    assert json.loads(out)["ok"] is True
    assert server.texts(USER) == ["hello"]
