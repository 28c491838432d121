"""No token, id, name or subscriber's choice in a log, whatever goes wrong: promise 7."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
import structlog

from bot.ops import logs
from bot.settings import LogFormat
from tests.support.botapi_emulator import DropAfter, DropBefore, Status, TooMany
from tests.support.feeds import Post
from tests.support.vigil import ROOT, Vigil

READER, STRANGER = 7_310_264_519, 5_902_817_364
GROUP, MOVED = -4_718_203_955, -1_002_948_170_635
CHANNEL = -1_003_857_192_046
# Names of people and chats, words of filters, codes.
SECRET = ("Щавел", "щавел", "sorrel", "Ревен", "4QxClaim")


@pytest.fixture(params=list(LogFormat))
def out(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """All that is logged, at the most talkative level, ours and the libraries'."""
    root = logging.getLogger()
    before = (root.level, root.handlers[:], logging.getLogRecordFactory(), sys.excepthook)
    ours, stream = structlog.get_config(), io.StringIO()
    logs.setup("DEBUG", request.param, (), stream)
    yield stream
    structlog.configure(**ours)
    logging.captureWarnings(False)
    root.setLevel(before[0])
    root.handlers[:] = before[1]
    logging.setLogRecordFactory(before[2])
    sys.excepthook = before[3]


async def test_logs_name_nobody(whole_vigil: Vigil, out: io.StringIO) -> None:
    """A day of commands, alerts, refusals, broken connections, bugs and a failing database."""
    vigil = whole_vigil
    await commands(vigil)
    await answers_of_telegram(vigil)
    await failures_of_ours(vigil)
    await vigil.stop()

    said = out.getvalue()
    for event in (
        "poll.finished",
        "poll.store_failed",
        "expand.failed",
        "message.unknown",
        "outbox.telegram_unreached",
        "telegram.unknown_refusal",
        "chat.unreachable",
        "receive.handler_failed",
        "inbox.failed",
    ):
        assert event in said
    token = vigil.telegram.token
    ids = [str(abs(n)) for n in (READER, STRANGER, GROUP, MOVED, CHANNEL)]
    short = [number.removeprefix("100") for number in ids]
    for hidden in (*ids, *short, *SECRET, token, token.partition(":")[2]):
        assert [line for line in said.splitlines() if hidden in line] == []


async def commands(vigil: Vigil) -> None:
    """Of a reader, a stranger and an admin; some are nonsense."""
    people = vigil.telegram.people
    people.person(READER, "Щавелев", username="sorrel_reader")
    people.person(STRANGER, "Ревень")
    people.group(GROUP, "Щавелев и друзья", type="group", creator=READER)
    people.channel(CHANNEL, "Ревень", username="sorrel_channel")
    await vigil.add_source("a", title="Pskov Post")
    await vigil.subscriber(READER, "refusal", narrowing='source:"Pskov" OR щавель')
    for text in ("/list", "/sub refusal щавел*", "/sub refusal (щавел*", "Щавелев"):
        await vigil.says(READER, text)
    await vigil.says(STRANGER, "/start 4QxClaim")
    await vigil.says(READER, "/topics", chat_id=GROUP)
    for text in ("/invite", "/filter add refusal щавел*", "/filter add refusal (щавел*"):
        await vigil.says(ROOT, text)
    people.changes_membership(GROUP, "member", by=STRANGER)
    people.changes_membership(CHANNEL, "administrator", by=READER)
    people.forge(READER, "why:99999999", vigil.telegram.place(READER))
    await vigil.settle()


def another(number: int) -> str:
    """A story of its own, so that it is told."""
    return f"Бойцы {120 + number}-й бригады отказались ехать на войну, сказал адвокат {number}."


async def answers_of_telegram(vigil: Vigil) -> None:
    """All that may become of an alert and of a command's answer."""
    telegram = vigil.telegram
    strange = b'{"ok":false,"error_code":400,"description":"Bad Request: no 7310264519"}'
    faults = (DropBefore(), DropAfter(), Status(502), Status(400, strange), TooMany(3))
    for number, fault in enumerate(faults):
        telegram.fail(fault)
        await vigil.publish("a", Post(str(number), text=another(number)))
        telegram.fail(fault)
        await vigil.says(READER, "/list")
        await vigil.settle(timedelta(minutes=10))
    async with telegram.unreachable():
        await vigil.put("a", Post("u", text=another(9)))
        vigil.clock.advance(61)
        await vigil.app.engine.poller.step(vigil.clock.now())
        await vigil.app.engine.outbox.step(vigil.clock.now())
    telegram.people.moves(GROUP, MOVED)
    telegram.people.says(READER, "", chat_id=GROUP, migrate_to_chat_id=MOVED)
    telegram.people.blocks(READER)
    await vigil.settle()


async def failures_of_ours(vigil: Vigil) -> None:
    """Bugs that quote what they handle, and a database that refuses."""
    people = vigil.telegram.people

    async def broken(update: object) -> None:
        raise RuntimeError(f"{READER} Щавелев {vigil.telegram.token}: {update}")

    whole, kept = vigil.app.receiver._intake._handle, vigil.app.inbox._handle
    vigil.app.receiver._intake._handle = broken
    vigil.app.inbox._handle = broken
    people.changes_membership(CHANNEL, "left", by=READER)
    people.says(READER, "Щавелев")
    await vigil.settle()
    vigil.app.receiver._intake._handle = whole
    vigil.app.inbox._handle = kept
    # The reader is back, and nothing can be stored of it.
    others = (
        "Семеро мобилизованных из Читы отказались идти на штурм, сообщили их жёны.",
        "В Костроме рота контрактников отказалась возвращаться на фронт после отпуска.",
    )
    refused = (("notices", "INSERT"), ("sources", "UPDATE OF body_hash"))
    for (table, what), text in zip(refused, others, strict=True):
        await _refuse(vigil, table, what)
        people.says(READER, "/list")
        await vigil.publish("a", Post(table, text=text))


async def _refuse(vigil: Vigil, table: str, what: str) -> None:
    async with vigil.app.engine.store.write() as conn:
        await conn.execute(
            sa.text(
                f"CREATE TRIGGER refuse_{table} BEFORE {what} ON {table}"
                " BEGIN SELECT RAISE(ABORT, 'refused'); END"
            )
        )
