"""What strangers send makes the bot neither deaf nor loud, and commands nobody."""

from __future__ import annotations

from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.model import Role, SourceKind, Transport
from bot.store import people, sources
from tests.chat.test_subscriber import topics
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil

STRANGER, CHANNEL, GROUP = 3009, -100900, -100700
# PTB alone gives up all updates beside one of these.
POISON: list[dict[str, Any]] = [
    {"forward_origin": {"type": "channel", "date": 1}},
    {"document": {"file_name": "a word in confidence"}},
    {"entities": [{"type": "bold"}]},
    {"via_bot": {"first_name": "Confidant"}},
]


async def codes(vigil: Vigil) -> int:
    async with vigil.app.engine.store.read() as conn:
        return len(await people.list_invites(conn, vigil.clock.now()))


async def add_channel(vigil: Vigil) -> None:
    vigil.telegram.people.channel(CHANNEL, "Суды", username="sudy")
    async with vigil.app.engine.store.write() as conn:
        await sources.add(
            conn,
            transport=Transport.CHANNEL,
            address="sudy",
            identity=f"tg:{CHANNEL}",
            title="Суды",
            kind=SourceKind.COURT,
            lang="",
            now=vigil.clock.now(),
            telegram_id=CHANNEL,
        )


async def test_one_unreadable_update_costs_nobody_else_anything(vigil: Vigil) -> None:
    """Between a hundred others, from a stranger: all are answered at once, in few log lines;
    root admins are told once, /health counts, and nothing of what stood there is repeated."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.says(ROOT, "/start")
    before = len(vigil.chat(ROOT))
    with capture_logs() as logged:
        for n in range(40):
            vigil.telegram.people.says(STRANGER, "a word in confidence", **POISON[n % len(POISON)])
        vigil.telegram.people.says(SUBSCRIBER, "/help")
        await vigil.settle()

    assert "/topics" in vigil.chat(SUBSCRIBER)[-1].text
    await vigil.moving(vigil.app.receiver.step(vigil.clock.now()))
    assert vigil.telegram.updates.waiting == []
    loud = [line for line in logged if line["log_level"] in ("warning", "error")]
    assert 1 <= len(loud) <= 5
    assert "confiden" not in str(logged).lower()
    (told,) = [m.text for m in vigil.chat(ROOT)[before:]]
    assert "message.document" in told
    assert "confiden" not in told

    vigil.telegram.people.says(STRANGER, "x", sender_chat={"id": "y"})
    for _ in range(3):
        vigil.telegram.people.says(STRANGER, "x", **POISON[1])
    await vigil.settle()
    report = await vigil.says(ROOT, "/health")

    assert len(vigil.chat(ROOT)) == before + 2
    assert "44 updates from Telegram that I could not read: message.document" in report[-1].text


async def test_an_unreadable_post_costs_no_other(vigil: Vigil) -> None:
    """Of a channel's posts each is read by itself, also where the library would stop."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await add_channel(vigil)
    poll = {"id": "1", "question": "Отказались ли контрактники ехать на войну?", "options": [{}]}
    vigil.telegram.people.posts(CHANNEL, "", poll=poll)
    vigil.telegram.people.posts(CHANNEL, "Десять контрактников отказались ехать на войну.")
    vigil.telegram.updates.waiting[0]["channel_post"]["chat"] = {"type": "channel"}
    with capture_logs() as logged:
        await vigil.settle()

    assert len(vigil.chat(SUBSCRIBER)) == 1
    assert len([line for line in logged if line["log_level"] == "error"]) == 1


async def test_posts_of_newer_forms_alert(vigil: Vigil) -> None:
    """A rich message is a report as any other; a form that nobody reads is named in /health."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.says(ROOT, "/start")
    await add_channel(vigil)
    rich = {"blocks": [{"type": "paragraph", "text": "Контрактники отказались ехать на войну."}]}
    vigil.telegram.people.posts(CHANNEL, "", rich_message=rich)
    for _ in range(3):
        vigil.telegram.people.posts(CHANNEL, "", hologram={"legend": "Рота отказалась"})
    await vigil.settle()
    (report,) = await vigil.says(ROOT, "/health")

    (alert,) = vigil.chat(SUBSCRIBER)
    assert "отказались ехать на войну" in alert.text
    assert "3 posts of a form I cannot read: hologram" in report.text


@pytest.mark.parametrize(
    "by",
    [
        {"forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "x"}},
        {
            "forward_origin": {
                "type": "channel",
                "date": 1,
                "message_id": 4,
                "chat": {"id": CHANNEL, "type": "channel", "title": "x"},
            }
        },
        {"via_bot": {"id": 9, "is_bot": True, "first_name": "x"}},
        {"sender_chat": {"id": CHANNEL, "type": "channel", "title": "x"}},
    ],
)
async def test_what_somebody_else_wrote_is_never_a_command(
    vigil: Vigil, by: dict[str, Any]
) -> None:
    """Whoever gets an admin to forward a text does not speak for the admin."""
    await vigil.says(ROOT, "/normal")
    await vigil.says(ROOT, "/invite 7")
    tested = await vigil.says(ROOT, "/revoke invites", **by)

    assert await codes(vigil) == 1
    [answer] = tested
    assert "No filter matches." in answer.text

    vigil.telegram.people.group(GROUP, "Monitors", creator=ROOT)
    assert await vigil.says(ROOT, "/sub refusal", chat_id=GROUP, **by) == []
    assert await vigil.says(STRANGER, "/start", **by) != []
    async with vigil.app.engine.store.read() as conn:
        assert await people.role_of(conn, STRANGER, ()) is Role.STRANGER


async def test_a_forwarded_invitation_is_not_opened(vigil: Vigil) -> None:
    """A stranger who passes on «/start code» has not opened it."""
    *_, link = await vigil.says(ROOT, "/invite 7")
    code = link.text.partition("=")[2]
    origin = {"type": "hidden_user", "date": 1, "sender_user_name": "x"}
    await vigil.says(STRANGER, f"/start {code}", forward_origin=origin)

    assert await codes(vigil) == 1


async def test_an_admin_tests_a_forwarded_rich_post(vigil: Vigil) -> None:
    """Whatever its form: it is read as the bot would read it in the channel."""
    await vigil.says(ROOT, "/normal")
    blocks = [{"type": "paragraph", "text": "Десять контрактников отказались ехать на войну."}]
    origin = {"type": "hidden_user", "date": 1, "sender_user_name": "x"}
    answer = await vigil.says(ROOT, "", rich_message={"blocks": blocks}, forward_origin=origin)

    assert "refusal" in answer[0].text.lower()


async def test_a_root_admin_whom_this_database_never_met_is_told(vigil: Vigil) -> None:
    """Who began with the bot before its database was made again hears of what it cannot read."""
    vigil.telegram.people.started(ROOT)
    vigil.telegram.updates.add("message", {"story": {}, "chat": {"id": 5, "type": "private"}})
    await vigil.settle()

    assert "I cannot read" in vigil.chat(ROOT)[-1].text


async def test_a_text_that_is_edited_into_a_command_is_run(vigil: Vigil) -> None:
    """The slash was forgotten, and is put before it."""
    await vigil.subscriber(SUBSCRIBER)
    await vigil.says(SUBSCRIBER, "sub refusal")
    vigil.telegram.people.edits(SUBSCRIBER, "/sub refusal")
    await vigil.settle()

    assert await topics(vigil) == ["refusal"]


async def test_a_command_read_before_a_restart_does_not_run_again(vigil: Vigil) -> None:
    """Telegram tells of it as edited once its preview is there; what it was then is not known."""
    await vigil.subscriber(SUBSCRIBER)
    await vigil.says(SUBSCRIBER, "/pause 2h")
    await vigil.stop()
    await vigil.open()
    before = len(vigil.chat(SUBSCRIBER))
    vigil.clock.advance(minutes=10)
    vigil.telegram.people.edits(SUBSCRIBER, "/pause 2h")
    await vigil.settle()

    assert len(vigil.chat(SUBSCRIBER)) == before


async def test_an_edited_command_is_run_as_it_reads_now(vigil: Vigil) -> None:
    """A slip is fixed in place. Nothing runs twice, nor an hour later, nor what is no command."""
    await vigil.subscriber(SUBSCRIBER)
    await vigil.says(SUBSCRIBER, "/sub refusl")

    async def edited(text: str) -> int:
        before = len(vigil.chat(SUBSCRIBER))
        vigil.telegram.people.edits(SUBSCRIBER, text)
        await vigil.settle()
        return len(vigil.chat(SUBSCRIBER)) - before

    mended = await edited("/sub refusal")
    again = await edited("/sub refusal")
    words = await edited("thank you")
    vigil.clock.advance(hours=2)
    late = await edited("/unsub refusal")

    assert (mended, again, words, late) == (1, 0, 0, 0)
    assert vigil.chat(SUBSCRIBER)[-1].text.startswith("Subscribed: Refusal")
    assert await topics(vigil) == ["refusal"]
