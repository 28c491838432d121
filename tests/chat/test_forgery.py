"""Modified clients may send any callback: what is not theirs changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.chat.access import NEUTRAL
from bot.model import SourceState
from bot.store import chats, filters, people, sources
from bot.store import schema as s
from tests.chat.test_subscriber import REFUSAL, topics
from tests.support.examples import examples
from tests.support.feeds import Post
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil

OTHER, STRANGER = 2002, 4001


async def forged(vigil: Vigil, user_id: int, data: str, chat_id: int | None = None) -> str:
    """What `user_id` is told after sending that data."""
    people_ = vigil.telegram.people
    if not vigil.chat(chat_id or user_id):
        await vigil.says(user_id, "/help", **({"chat_id": chat_id} if chat_id else {}))
    query = people_.forge(user_id, data, vigil.telegram.place(chat_id or user_id))
    await vigil.settle()
    return str(people_.pressed[query].get("text", ""))


async def snapshot(vigil: Vigil) -> dict[str, list[tuple[object, ...]]]:
    """All that is stored, but for messages that fade."""
    kept = (s.people, s.chats, s.subscriptions, s.sources, s.filters, s.notices, s.invites)
    kept += (s.follows, s.feedback, s.splits)
    async with vigil.app.engine.store.read() as conn:
        return {
            table.name: sorted(tuple(row) for row in await conn.execute(table.select()))
            for table in kept
        }


CHANGING = [
    "t:refusal",
    "m:normal",
    "l:ru",
    "r:",
    "s:remove:1",
    "s:kind:1:court",
    "q:off:desertion/awol",
    "q:on:f1",
    "sl:0",
    "ql::0",
    "c:t:1:refusal",
    "f:yes:AAAAAAAAAAAAAAAA",
    "why:1",
    "open:1",
    "fo:1",
    "no:1",
    "sp:1:1",
    "mo:1",
    "rp:1",
]


async def test_stranger_presses_in_vain(vigil: Vigil) -> None:
    """A stranger's press changes nothing, shows nothing, and is answered neutrally."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.publish("a", Post("1", text=REFUSAL))
    await vigil.says(STRANGER, "/start")

    for data in CHANGING:
        vigil.clock.advance(10)
        await vigil.settle()
        before = await snapshot(vigil)
        assert await forged(vigil, STRANGER, data) == NEUTRAL, data
        assert await snapshot(vigil) == before, data
    assert len(vigil.chat(STRANGER)) == 1


async def test_subscriber_cannot_press_an_admins_button(vigil: Vigil) -> None:
    """Rights are asked at the press, not taken from who saw the button."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER)
    await vigil.subscriber(OTHER, "refusal")
    await vigil.says(SUBSCRIBER, "/help")

    for data in (each for each in CHANGING if each[0] in "sqc"):
        vigil.clock.advance(10)
        await vigil.settle()
        before = await snapshot(vigil)
        assert await forged(vigil, SUBSCRIBER, data) == "This button no longer works.", data
        assert await snapshot(vigil) == before, data


async def test_another_chats_notice_is_not_explained_nor_opened(vigil: Vigil) -> None:
    """Numbers can be counted up; each opens only where it was sent."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.subscriber(OTHER)
    await vigil.publish("a", Post("1", text=REFUSAL))
    [alert] = vigil.chat(SUBSCRIBER)
    why = alert.buttons[0][0]["callback_data"]

    assert await forged(vigil, OTHER, why) == "This button no longer works."
    for what in ("open", "fo", "no", "wa", "mo", "le", "sp", "ro"):
        vigil.clock.advance(3)
        said = await forged(vigil, OTHER, why.replace("why", what))
        assert said == "This button no longer works.", what
    assert len(vigil.chat(OTHER)) == 1  # the help it was pressed under


async def test_draft_of_another_person_or_chat_is_refused_and_stays(vigil: Vigil) -> None:
    """A token seen over a shoulder works for its owner alone."""
    await vigil.says(ROOT, "/filter add desertion самоволка")
    save = vigil.chat(ROOT)[-1].buttons[0][0]["callback_data"]
    async with vigil.app.engine.store.write() as conn:
        await people.appoint(conn, OTHER, people.Role.ADMIN, ROOT, vigil.clock.now())
    vigil.telegram.people.started(OTHER)
    assert await forged(vigil, OTHER, save) == "This button no longer works."
    vigil.telegram.people.group(-100900, creator=ROOT)
    assert await forged(vigil, ROOT, save, -100900) == "This button no longer works."
    assert await own_filters(vigil) == 0

    await forged(vigil, ROOT, save)
    assert await own_filters(vigil) == 1


async def own_filters(vigil: Vigil) -> int:
    async with vigil.app.engine.store.read() as conn:
        return sum(f.origin is filters.Origin.ADMIN for f in await filters.list_all(conn))


async def test_old_draft_is_refused(vigil: Vigil) -> None:
    """A question asked yesterday is not answered by accident today."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.says(SUBSCRIBER, "/stop")
    delete = vigil.chat(SUBSCRIBER)[-1].buttons[0][0]["callback_data"]
    vigil.clock.advance(hours=2)

    assert await forged(vigil, SUBSCRIBER, delete) == "This button no longer works."
    assert await topics(vigil) == ["refusal"]


async def test_draft_of_one_kind_does_not_serve_another(vigil: Vigil) -> None:
    """A token for deleting saves no filter."""
    await vigil.says(ROOT, "/stop")
    token = vigil.chat(ROOT)[-1].buttons[0][0]["callback_data"].rpartition(":")[2]

    assert await forged(vigil, ROOT, f"q:save:{token}") == "This button no longer works."
    assert await own_filters(vigil) == 0


async def test_removed_source_is_not_brought_back_by_an_old_button(vigil: Vigil) -> None:
    """A message of last week must not undo what was decided since."""
    await vigil.add_source("a")
    await vigil.says(ROOT, "/source 1")
    await vigil.says(ROOT, "/source remove 1")
    await vigil.press(ROOT, "Remove")

    assert await forged(vigil, ROOT, "s:resume:1") == "This button no longer works."
    async with vigil.app.engine.store.read() as conn:
        source = await sources.get(conn, 1)
    assert source is not None
    assert source.state is SourceState.REMOVED


@settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    data=st.one_of(
        st.text(min_size=1, max_size=20),
        st.builds(
            "{}:{}".format,
            st.sampled_from(
                "m t l r f why open ro fo no wa mo le sp rp c s sl q ql".split(),  # noqa: SIM905
            ),
            st.one_of(
                st.text(max_size=20),
                st.integers().map(str),
                st.sampled_from(["t:", "t:²:", "kind:1", "add:9:x", "save:", "1:", "::", "٣"]),
            ),
        ),
    ).filter(lambda d: 1 <= len(d.encode(errors="replace")) <= 64)
)
async def test_garbage_never_breaks_the_bot(vigil: Vigil, data: str) -> None:
    """Whatever data comes, the bot answers something else than its own failure."""
    vigil.telegram.people.started(ROOT)

    said = await forged(vigil, ROOT, data)

    assert not said.startswith("Something went wrong")


async def test_garbage_commands_are_answered(vigil: Vigil) -> None:
    """Slips of thumbs and hostile texts end in an answer, never in silence or a failure."""
    for text in (
        "/filter add",
        "/filter add \u202e desertion ((((",
        "/filter test /",
        "/filter show f999999999999999999999",
        "/filter show 99999999999999999999999999",
        "/source pause 99999999999999999999999",
        "/source kind 1 \x00",
        "/revoke 99999999999999999999",
        "/revoke -5",
        "/tz +99",
        "/lang \U0001f1fa\U0001f1e6",
        "/topics @nobody_here",
        "/topics -1",
        "/pause 9999d",
        "/start " + "A" * 60,
        "/sub " + "x" * 3000,
        "/sub refusal " + "(" * 500,
        "/filter add desertion " + ", ".join("слово" for _ in range(400)),
    ):
        answers = await vigil.says(ROOT, text)
        assert answers, text
        assert not answers[-1].text.startswith("Something went wrong"), text
    assert not [text for _, text in vigil.telegram.refused if "chat not found" not in text]


async def test_nothing_of_a_person_reaches_the_log(
    vigil: Vigil, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ids, names and what a subscriber narrows to are never logged."""
    await vigil.subscriber(SUBSCRIBER)
    await vigil.says(SUBSCRIBER, "/sub refusal секретноеслово")
    await vigil.says(SUBSCRIBER, "/pause 2h")
    await vigil.says(STRANGER, "/start секрет")
    await vigil.says(SUBSCRIBER, "/stop")
    await vigil.press(SUBSCRIBER, "Delete")
    async with vigil.app.engine.store.read() as conn:
        assert await chats.by_telegram_id(conn, SUBSCRIBER) == []

    logged = capsys.readouterr()
    for secret in (str(SUBSCRIBER), str(STRANGER), "секрет"):
        assert secret not in logged.out + logged.err
