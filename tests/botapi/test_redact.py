"""The token never reaches a log, at any level, from any library."""

from __future__ import annotations

import contextlib
import io
import logging
from collections.abc import Iterator

import httpx
import pytest
import telegram
from telegram.error import TelegramError

from bot.ops.redact import install, processor, redact
from tests.botapi.conftest import USER
from tests.support.botapi_emulator import BotApiEmulator, DropAfter

TOKEN = "700000001:AAEabcdefghijklmnopqrstuvwxyz_-0123"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """All that the root logger prints at DEBUG, with every library's level wide open."""
    undo = install()
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before)
    logging.getLogger(_ENGINE).setLevel(logging.NOTSET)
    undo()


@pytest.mark.parametrize(
    "text",
    [
        f"https://api.telegram.org/bot{TOKEN}/getMe",
        f"/bot{TOKEN.replace(':', '%3A')}/sendMessage",
        f"The token `{TOKEN}` was rejected",
    ],
)
def test_tokens_are_hidden_in_any_text(text: str) -> None:
    assert "AAEabc" not in redact(text)
    assert "<token>" in redact(text)


def test_other_texts_stay() -> None:
    text = "08:00 https://example.org:8080/a%3Ab ratio 12345:6"
    assert redact(text) == text


async def test_libraries_do_not_leak_it(lines: io.StringIO, server: BotApiEmulator) -> None:
    """httpx and PTB print the address of each call; failures carry it in their trace."""
    _open_wide()
    async with telegram.Bot(server.token, base_url=f"{server.url}/bot") as bot:
        await bot.send_message(USER, "x")
        server.fail(DropAfter())
        try:
            await bot.send_message(USER, "x")
        except TelegramError:
            logging.getLogger("bot").exception("failed for %s", bot)
    async with httpx.AsyncClient() as client:
        await client.get(f"{server.url}/bot{server.token}/getMe")

    written = lines.getvalue()
    assert "Traceback" in written
    assert server.token not in written
    assert server.token.split(":")[1] not in written


async def test_no_library_shows_what_people_write(
    lines: io.StringIO, server: BotApiEmulator
) -> None:
    """Not at DEBUG, and not where PTB logs all updates at CRITICAL since it cannot read one."""
    _open_wide()
    server.people.says(USER, "a word in confidence")
    server.updates.waiting[0]["message"]["gift"] = {}
    async with telegram.Bot(server.token, base_url=f"{server.url}/bot") as bot:
        await bot.send_message(USER, "an answer in confidence")
        with contextlib.suppress(KeyError, TypeError):
            await bot.get_updates()
    logging.getLogger(_ENGINE).info("[%s] %r", "raw sql", ("in confidence",))

    written = lines.getvalue()
    assert "not shown" in written
    assert "confidence" not in written
    assert "Olena" not in written
    assert str(USER) not in written


_ENGINE = "sqlalchemy.engine.Engine"


def _open_wide() -> None:
    for name in ("httpx", "httpcore", "telegram", _ENGINE):
        logging.getLogger(name).setLevel(logging.DEBUG)


async def test_by_default_libraries_print_no_texts(
    lines: io.StringIO, server: BotApiEmulator
) -> None:
    """Chat ids and texts stay out of logs even at DEBUG."""
    async with telegram.Bot(server.token, base_url=f"{server.url}/bot") as bot:
        await bot.send_message(USER, "a secret text")

    assert "a secret text" not in lines.getvalue()
    assert str(USER) not in lines.getvalue()


def test_structlog_lines_are_cleaned() -> None:
    event = {
        "event": f"got https://x/bot{TOKEN}/getMe",
        "nested": {"url": [f"bot{TOKEN}"]},
        "exception": f"ValueError: {TOKEN}",
        "error": ValueError(TOKEN),
        "count": 3,
    }
    cleaned = processor(None, "info", event)

    assert "AAEabc" not in str(cleaned)
    assert cleaned["count"] == 3
