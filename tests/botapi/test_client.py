"""Calls reach Telegram as meant, and fail with our errors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot import errors
from bot.botapi.client import Client
from bot.botapi.pacing import Gate, Limits, Pacer
from bot.model import Address
from bot.model.rendered import Aside, Button, Rendered
from tests.botapi.conftest import GROUP, USER
from tests.support.botapi_emulator import (
    BotApiEmulator,
    DropAfter,
    DropBefore,
    Hold,
    Status,
    TooMany,
)
from tests.support.clock import ManualClock

PRIVATE = Address(USER)


@pytest.fixture
async def client(server: BotApiEmulator, clock: ManualClock) -> AsyncIterator[Client]:
    made = Client(server.token, clock, server=server.url, read_seconds=5)
    await made.start()
    server.taken.clear()
    yield made
    await made.close()


def text(html: str, plain: str = "", **more: object) -> Rendered:
    return Rendered(html, plain or html, **more)  # type: ignore[arg-type]


async def test_a_message_as_it_is_meant(client: Client, server: BotApiEmulator) -> None:
    first = await client.send(
        PRIVATE,
        text(
            "<b>Відмова</b> &amp; so on",
            buttons=((Button("Why?", data="why:1"), Button("Open", url="https://example.org/1")),),
            silent=True,
        ),
    )

    (shown,) = server.transcript(USER)
    assert shown.message_id == first
    assert (shown.text, shown.styled()) == ("Відмова & so on", ["Відмова"])
    assert shown.labels() == ["Why?", "Open"]
    assert shown.silent
    assert not shown.preview
    assert not shown.protected


async def test_a_reply_to_a_message_that_is_gone_is_still_sent(
    client: Client, server: BotApiEmulator, clock: ManualClock
) -> None:
    first = await client.send(PRIVATE, text("one"))
    clock.advance(1)
    await client.send(PRIVATE, text("two"), reply_to=first)
    clock.advance(1)
    await client.send(PRIVATE, text("three"), reply_to=999)

    assert [m.reply_to for m in server.transcript(USER)] == [None, first, None]


async def test_refused_html_is_sent_as_plain_text(
    client: Client, server: BotApiEmulator, clock: ManualClock
) -> None:
    """An alert is not lost because of its markup."""
    sending = asyncio.ensure_future(client.send(PRIVATE, text("a <b", "a < b")))
    await _second(sending, clock)

    assert server.texts(USER) == ["a < b"]


async def test_refused_buttons_cost_the_buttons_only(
    client: Client, server: BotApiEmulator, clock: ManualClock
) -> None:
    bad = text("words", buttons=((Button("x", data="ы" * 40),),))
    await _second(asyncio.ensure_future(client.send(PRIVATE, bad)), clock)

    (shown,) = server.transcript(USER)
    assert (shown.text, shown.labels()) == ("words", [])


async def test_a_text_too_long_is_cut_rather_than_lost(
    client: Client, server: BotApiEmulator, clock: ManualClock
) -> None:
    await _second(asyncio.ensure_future(client.send(PRIVATE, text("🙂" * 3000))), clock)

    (shown,) = server.transcript(USER)
    assert shown.text == "🙂" * 2047 + "…"


async def test_what_cannot_be_sent_at_all_is_rejected(client: Client, clock: ManualClock) -> None:
    with pytest.raises(errors.Rejected):
        await _second(asyncio.ensure_future(client.send(PRIVATE, text(" ", " "))), clock)


async def test_a_closed_thread_falls_back_to_the_chat(
    client: Client, server: BotApiEmulator, clock: ManualClock
) -> None:
    server.people.closes_thread(GROUP, 11)
    address = Address(GROUP, 11, group=True)
    await _second(asyncio.ensure_future(client.send(address, text("news"))), clock)

    (shown,) = server.transcript(GROUP)
    assert shown.thread_id == 0


async def test_edits_may_be_repeated(
    client: Client, server: BotApiEmulator, clock: ManualClock
) -> None:
    sent = await client.send(PRIVATE, text("one"))
    for _ in range(2):
        clock.advance(1)
        await client.edit(PRIVATE, sent, text("two", buttons=((Button("x", data="y"),),)))

    (shown,) = server.transcript(USER)
    assert (shown.text, shown.labels(), len(shown.edits)) == ("two", ["x"], 1)
    clock.advance(1)
    with pytest.raises(errors.MessageGone):
        await client.edit(PRIVATE, 999, text("two"))


async def test_deleting(client: Client, server: BotApiEmulator) -> None:
    sent = await client.send(PRIVATE, text("one"))
    await client.delete(PRIVATE, sent)

    assert server.texts(USER) == []
    with pytest.raises(errors.MessageGone):
        await client.delete(PRIVATE, sent)


async def test_documents(client: Client, server: BotApiEmulator) -> None:
    await client.send_document(PRIVATE, "log.csv", b"a,b\r\n1,2\r\n", caption="Log")

    (shown,) = server.transcript(USER)
    assert shown.document == ("log.csv", b"a,b\r\n1,2\r\n")


async def test_a_button_is_answered(client: Client, server: BotApiEmulator) -> None:
    await client.send(PRIVATE, text("one", buttons=((Button("x", data="y"),),)))
    query = server.people.press(USER, "x")
    await client.answer(query, "ы" * 300)

    assert len(server.people.pressed[query]["text"]) == 200
    with pytest.raises(errors.MessageGone):
        await client.answer(query)


async def test_questions(client: Client, server: BotApiEmulator) -> None:
    assert (await client.get_me()).username == "vigil_test_bot"
    assert (await client.get_chat(GROUP)).title == "Monitors"
    assert await client.member_status(GROUP, USER) == "creator"
    await client.set_commands([("help", "Help")], lang="ru")
    assert server.methods.commands["default", "ru"] == [{"command": "help", "description": "Help"}]
    with pytest.raises(errors.Unreachable):
        await client.get_chat("@nobody_here")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (DropBefore(), errors.Unknown),
        (DropAfter(), errors.Unknown),
        (Status(500), errors.Unknown),
        (Status(502, b"<html>Bad Gateway</html>"), errors.Unknown),
        (Status(200, b"half an ans"), errors.Unknown),
        (TooMany(7), errors.RetryLater),
        (Status(413, b"Request Entity Too Large"), errors.Rejected),
    ],
)
async def test_faults_become_our_errors(
    client: Client, server: BotApiEmulator, clock: ManualClock, fault: object, error: type
) -> None:
    server.fail(fault, times=2)  # type: ignore[arg-type]
    with pytest.raises(error):
        await _second(asyncio.ensure_future(client.send(PRIVATE, text("x"))), clock)


async def test_connecting_refused_is_provably_not_sent(
    client: Client, server: BotApiEmulator
) -> None:
    async with server.unreachable():
        with pytest.raises(errors.NotSent):
            await client.send(PRIVATE, text("x"))


async def test_no_answer_in_time_is_unknown(server: BotApiEmulator, clock: ManualClock) -> None:
    client = Client(server.token, clock, server=server.url, read_seconds=0.2)
    await client.start()
    hold = Hold()
    server.fail(hold)
    with pytest.raises(errors.Unknown):
        await client.send(PRIVATE, text("x"))
    await client.close()

    assert server.texts(USER) == ["x"]


async def test_a_429_makes_the_chat_wait(
    client: Client, server: BotApiEmulator, clock: ManualClock
) -> None:
    server.fail(TooMany(7))
    with pytest.raises(errors.RetryLater) as asked:
        await client.send(PRIVATE, text("x"))
    assert asked.value.seconds == 7

    again = asyncio.ensure_future(client.send(PRIVATE, text("x")))
    await asyncio.wait({again}, timeout=0.05)
    clock.advance(6)
    await asyncio.wait({again}, timeout=0.05)
    assert not again.done()
    clock.advance(1)
    await again


async def test_a_wrong_token_is_a_wrong_setting(server: BotApiEmulator, clock: ManualClock) -> None:
    """It is said as a setting to mend, and not quoted."""
    wrong = "7000000009:" + "B" * 35
    client = Client(wrong, clock, server=server.url)
    with pytest.raises(errors.SettingsError) as refused:
        await client.start()
    await client.close()

    assert refused.value.problems[0].setting == "VIGIL_BOT_TOKEN"
    assert wrong not in str(refused.value)


@pytest.mark.parametrize("proxy", ["ftp://user:secret@host", "socks5://user:secret@host:1"])
async def test_a_proxy_that_cannot_work_is_a_wrong_setting(
    server: BotApiEmulator, clock: ManualClock, proxy: str
) -> None:
    """Either at once, or (with the package for SOCKS) when it is not reached."""
    with pytest.raises((errors.SettingsError, errors.NotSent)) as refused:
        await Client(server.token, clock, server=server.url, proxy=proxy).start()

    assert "secret" not in str(refused.value)


async def test_starting_without_network_says_so(clock: ManualClock) -> None:
    async with BotApiEmulator(clock) as server:
        url = server.url
    client = Client("7000000009:" + "B" * 35, clock, server=url)
    with pytest.raises(errors.NotSent):
        await client.start()
    await client.close()


async def _second(task: asyncio.Future[int], clock: ManualClock) -> int:
    """Let a call take its later tries: each waits a second for its turn."""
    while not task.done():
        await asyncio.wait({task}, timeout=0.05)
        clock.advance(1)
    return await task


@pytest.mark.parametrize(("paid", "seconds"), [(False, 3), (True, 1)])
async def test_paid_broadcasts_only_where_they_are_wanted(
    server: BotApiEmulator, clock: ManualClock, paid: bool, seconds: int
) -> None:
    """Telegram takes Stars for the flag: it is set only with the setting, and then goes faster."""
    rate = 100 if paid else 30
    gate = Gate(clock, Pacer(Limits(per_second=rate)))
    client = Client(server.token, clock, server=server.url, gate=gate, paid=paid)
    await client.start()
    for user in range(1, 71):
        server.people.started(user)
    sends = [
        asyncio.ensure_future(client.send(Address(user), Rendered("x", "x")))
        for user in range(1, 71)
    ]
    passed = still = before = 0
    while not all(send.done() for send in sends):
        done, waiting = await asyncio.wait(sends, timeout=0.1)
        still = still + 1 if len(done) == before else 0
        before = len(done)
        # All that a second allows is through; or nothing moves any more.
        if waiting and (before >= rate * (passed + 1) or still > 30):
            clock.advance(1.001)
            passed += 1
    flags = {call.parameters.get("allow_paid_broadcast") for call in server.taken[1:]}
    await client.close()

    assert flags == {True if paid else None}
    assert passed + 1 == seconds
    assert server.count_429() == 0


@pytest.mark.parametrize(
    ("api", "said", "labels"),
    [
        ((10, 5), "Refusal\nwords\n· a", ["Copy", "Why?"]),
        ((7, 3), "Refusal\n«words»\n· a", ["Why?"]),
        ((6, 9), "Refusal\n«words»\n· a", ["Why?"]),
    ],
)
async def test_an_older_server_gets_what_it_knows(
    api: tuple[int, int],
    said: str,
    labels: list[str],
    server: BotApiEmulator,
    client: Client,
    clock: ManualClock,
) -> None:
    """Quotations and buttons that copy cost no markup where they are unknown, and the server is
    asked for them once."""
    server.world.api = api
    copied = Button("Copy", copy="https://pskov.example/1")
    shown = text(
        "<b>Refusal</b>\n<blockquote>words</blockquote>\n<blockquote expandable>· a</blockquote>",
        buttons=((copied, Button("Why?", data="why:1")),),
    )
    for _ in range(2):
        sending = asyncio.ensure_future(client.send(PRIVATE, shown))
        await _second(sending, clock)

    first, second = server.transcript(USER)
    assert (first.text, first.labels()) == (second.text, second.labels()) == (said, labels)
    assert first.styled() == ["Refusal"]
    assert len(server.refused) == (api < (7, 11))


@pytest.mark.parametrize("api", [(10, 1), (10, 5)])
async def test_an_aside_is_for_one_person_where_the_server_can(
    api: tuple[int, int], server: BotApiEmulator, client: Client
) -> None:
    """Whoever asks in a group is answered alone; an older server shows the answer to all."""
    server.world.api = api
    sent = await client.send(Address(GROUP, group=True), text("why"), aside=Aside(USER, "7"))

    alone = [(who, posted.text) for who, posted in server.place(GROUP).aside]
    assert (alone, server.texts(GROUP)) == (
        ([(USER, "why")], []) if api >= (10, 2) else ([], ["why"])
    )
    assert (sent == 0) == (api >= (10, 2))
