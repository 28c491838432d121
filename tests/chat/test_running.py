"""What concerns the whole bot: open access, menus, long work, failures."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from bot.botapi.updates import parsed, raw_updates
from bot.chat.jobs import Jobs
from bot.chat.menu import set_menus
from bot.model import Role, SourceState
from bot.settings import Access, Settings
from bot.store import chats, people, sources
from tests.chat.test_subscriber import topics
from tests.support.botapi_emulator import DropAfter, DropBefore, TooMany
from tests.support.clock import ManualClock
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil


class OpenVigil(Vigil):
    """A bot for everybody."""

    @property
    def settings(self) -> Settings:
        return super().settings.model_copy(update={"access": Access.OPEN})


async def test_open_access_lets_everybody_subscribe(
    started_database: str, tmp_path: Path, clock: ManualClock
) -> None:
    """VIGIL_ACCESS=open: /start is enough, and no power comes with it."""
    async with OpenVigil(started_database, tmp_path / "data", clock) as vigil:
        [asked] = await vigil.says(SUBSCRIBER, "hello")
        assert asked.labels()[:2] == ["✓ Quiet", "Normal"]
        await vigil.says(SUBSCRIBER, "/sub refusal")
        assert await topics(vigil) == ["refusal"]
        [refused] = await vigil.says(SUBSCRIBER, "/invite 7")
        assert refused.text.startswith("There is no /invite")
        async with vigil.app.engine.store.read() as conn:
            assert await people.role_of(conn, SUBSCRIBER, ()) is Role.SUBSCRIBER


async def test_menus_say_what_each_may_do(vigil: Vigil) -> None:
    """A stranger's menu tells nothing; an admin's has their commands, in three languages."""
    vigil.telegram.people.started(ROOT)
    await vigil.moving(set_menus(vigil.app.services))
    commands = vigil.telegram.methods.commands

    for lang in ("", "ru", "uk"):
        assert [c["command"] for c in commands["default", lang]] == ["start"]
        assert "source" in [c["command"] for c in commands["chat", lang]]
        assert "source" not in [c["command"] for c in commands["all_chat_administrators", lang]]
    assert commands["chat", "ru"][0]["description"].startswith("источники")


async def test_answer_survives_a_limit_and_a_broken_line(vigil: Vigil) -> None:
    """What provably was not sent is sent again; what may have been sent is not."""
    await vigil.subscriber(SUBSCRIBER)
    vigil.telegram.fail(TooMany(2))
    assert len(await vigil.says(SUBSCRIBER, "/list")) == 1
    vigil.telegram.fail(DropBefore())
    assert len(await vigil.says(SUBSCRIBER, "/list")) <= 1
    vigil.telegram.fail(DropAfter())
    assert len(await vigil.says(SUBSCRIBER, "/list")) == 1


async def test_person_is_told_when_the_database_fails(vigil: Vigil) -> None:
    """A failure of ours is said in one line, to a press and to a command."""
    await vigil.subscriber(SUBSCRIBER)
    await vigil.says(SUBSCRIBER, "/topics")
    async with vigil.app.engine.store.write() as conn:
        await conn.execute(sa.text("DROP TABLE subscriptions"))
    [answer] = await vigil.says(SUBSCRIBER, "/list")
    query = vigil.telegram.people.press(SUBSCRIBER, "t:refusal")
    await vigil.settle()

    assert answer.text.startswith("Something went wrong here")
    assert "went wrong" in vigil.telegram.people.pressed[query]["text"]


async def test_one_long_request_a_person() -> None:
    """Impatient taps do not pile up work; others are not held up."""
    jobs, gate, done = Jobs(), asyncio.Event(), []

    async def work(name: str) -> None:
        await gate.wait()
        done.append(name)

    assert jobs.start(1, "test", work("first"))
    assert not jobs.start(1, "test", work("second"))
    assert jobs.start(2, "test", work("other"))
    gate.set()
    await jobs.settle()

    assert sorted(done) == ["first", "other"]
    gate.clear()
    assert jobs.start(1, "test", work("third"))
    await jobs.close()
    assert "third" not in done


async def test_one_person_cannot_hold_up_everybody(vigil: Vigil) -> None:
    """A hundred commands at once get a handful of answers; the next ones work again."""
    await vigil.subscriber(SUBSCRIBER)
    await vigil.subscriber(2002)
    for _ in range(60):
        vigil.telegram.people.says(SUBSCRIBER, "/list")
    began = vigil.clock.now()
    assert len(await vigil.says(2002, "/list")) == 1
    assert vigil.clock.now() - began < timedelta(seconds=30)
    answers = [m.text for m in vigil.chat(SUBSCRIBER)]
    assert len(answers) < 30
    assert sum(text.startswith("Too fast") for text in answers) == 1

    vigil.clock.advance(60)
    assert len(await vigil.says(SUBSCRIBER, "/list")) == 1


async def test_work_that_a_restart_cut_short_is_said_to_be_lost(vigil: Vigil) -> None:
    """Once, to whoever asked, by the command alone; what was done is not spoken of."""
    await vigil.subscriber(SUBSCRIBER)
    await vigil.says(SUBSCRIBER, "/search Псков")
    vigil.telegram.people.says(SUBSCRIBER, "/search Чита")
    waiting, _ = raw_updates(vigil.telegram.updates.waiting)
    vigil.telegram.updates.waiting.clear()
    await vigil.app.router.handle(parsed(waiting[0]))
    await vigil.stop()  # before it is done
    before = len(vigil.chat(SUBSCRIBER))
    await vigil.open()
    for _ in range(2):
        await vigil.moving(vigil.app.tell_lost_work())

    assert [m.text for m in vigil.chat(SUBSCRIBER)[before:]] == [
        "A restart ended the work on /search before it was done: send it again."
    ]


async def test_questions_are_answered_after_a_restart(vigil: Vigil) -> None:
    """Each was asked before it; the buttons still do what they said."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal", narrowing="Псков")
    asked = (
        (SUBSCRIBER, "/watch Зайцево", "Keep"),
        (SUBSCRIBER, "/sub refusal Чита", "Keep both"),
        (SUBSCRIBER, "/pause", "2 hours"),
        (ROOT, "/filter add desertion самоволка", "Save"),
        (ROOT, "/entity add person Анна Лесная", "Save"),
        (ROOT, "/source remove 1", "Remove"),
        (SUBSCRIBER, "/forget", "Delete"),
    )
    questions = []
    for user, text, label in asked:
        *_, question = await vigil.says(user, text)
        questions.append((user, label, question.message_id))
    await vigil.stop()
    await vigil.open()
    refused = []
    for user, label, number in questions:
        vigil.clock.advance(3)
        query = vigil.telegram.people.press(user, label, message_id=number)
        await vigil.settle()
        if "no longer works" in str(vigil.telegram.people.pressed[query].get("text", "")):
            refused.append(label)

    assert refused == []
    async with vigil.app.engine.store.read() as conn:
        assert await chats.by_address(conn, SUBSCRIBER) is None
        source = await sources.get(conn, 1)
    assert source is not None
    assert source.state is SourceState.REMOVED
