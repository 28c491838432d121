"""A channel spoken of in its administrator's private chat: commands, buttons, what is typed."""

from __future__ import annotations

import pytest

from bot.callbacks import Callback
from bot.model import Chat, ChatState, ChatType, DigestEvery
from bot.store import chats, people, watches
from tests.chat.test_groups import CHANNEL, topics_of
from tests.chat.test_subscriber import subscriptions
from tests.support.feeds import Post
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil


async def ours(vigil: Vigil, *, title: str = "Court watch") -> None:
    """A channel that SUBSCRIBER administers and that gets alerts."""
    await vigil.subscriber(SUBSCRIBER, "desertion")
    place = vigil.telegram.people.channel(CHANNEL, title, username="court_watch")
    place.people[SUBSCRIBER] = "administrator"
    async with vigil.app.engine.store.write() as conn:
        await chats.ensure(conn, CHANNEL, 0, ChatType.CHANNEL, now=vigil.clock.now())


async def stored(vigil: Vigil, telegram_id: int) -> Chat:
    async with vigil.app.engine.store.read() as conn:
        chat = await chats.by_address(conn, telegram_id)
    assert chat is not None
    return chat


async def test_a_subscriber_s_commands_take_the_channel_first(vigil: Vigil) -> None:
    """Each acts on the channel, names it, and leaves the administrator's own as it was."""
    await ours(vigil)
    own = await stored(vigil, SUBSCRIBER)
    heads = []
    for said in (
        "/sub @court_watch refusal, pressure",
        "/unsub @court_watch pressure",
        "/list @court_watch",
        "/digest @court_watch weekly fri 18:00",
        "/hours @court_watch 22-7",
        "/cap @court_watch 3",
        "/vanish @court_watch 24h",
        "/settings @court_watch edits",
        "/lang @court_watch uk",
        "/tz @court_watch Київ",
        "/watch @court_watch",
        "/search @court_watch Чита",
        "/last @court_watch refusal",
        "/stats @court_watch",
        "/mutes @court_watch",
        "/topics @court_watch",
        "/why @court_watch https://example.org/1",
        f"/pause {CHANNEL} 2h",
    ):
        vigil.clock.advance(3)  # people type slowly
        *_, answer = await vigil.says(SUBSCRIBER, said)
        heads.append(answer.text.partition("\n")[0])
    channel = await stored(vigil, CHANNEL)

    assert set(heads) == {"«Court watch»"}
    assert await topics_of(vigil, CHANNEL) == ["refusal"]
    assert (channel.lang, channel.tz, channel.state) == ("uk", "Europe/Kyiv", ChatState.PAUSED)
    prefs = channel.prefs
    assert (prefs.digest, prefs.cap, prefs.vanish, prefs.edits_only) == (
        DigestEvery.WEEKLY, 3, 24, True,
    )  # fmt: skip
    assert (prefs.quiet_from, prefs.quiet_to) == (22 * 60, 7 * 60)
    assert await topics_of(vigil, SUBSCRIBER) == ["desertion"]
    assert await stored(vigil, SUBSCRIBER) == own


async def test_its_buttons_act_on_the_channel(vigil: Vigil) -> None:
    """Topic, how, narrow, a typed place, words of one's own, undo: as in a chat of one's own."""
    await ours(vigil)
    await vigil.says(SUBSCRIBER, "/topics @court_watch")
    for label in ("Refusal", "how ›", "urgent", "Narrow ›", "Russian army", "Place…"):
        await vigil.press(SUBSCRIBER, label)
    await vigil.says(SUBSCRIBER, "Псков")
    await vigil.press(SUBSCRIBER, "Replace")
    [sub] = await subscriptions(vigil, CHANNEL)
    await vigil.says(SUBSCRIBER, "/watch @court_watch Зайцево")
    await vigil.press(SUBSCRIBER, "Keep")
    await vigil.says(SUBSCRIBER, "/cap @court_watch")
    await vigil.press(SUBSCRIBER, "5")
    async with vigil.app.engine.store.read() as conn:
        watched = await watches.of_chat(conn, (await stored(vigil, CHANNEL)).id)
    capped = (await stored(vigil, CHANNEL)).prefs.cap
    await vigil.says(SUBSCRIBER, "/undo @court_watch")

    assert (sub.topic, sub.narrowing, sub.armies) == ("refusal", "Псков", ("ru",))
    assert [str(way) for way in sub.ways.values()] == ["urgent"]
    assert [each.expression for each in watched] == ["Зайцево"]
    assert capped == 5
    assert (await stored(vigil, CHANNEL)).prefs.cap is None
    assert await topics_of(vigil, SUBSCRIBER) == ["desertion"]
    assert (await stored(vigil, SUBSCRIBER)).prefs.cap is None


@pytest.mark.parametrize(
    "data",
    [
        "@:{id}:t:refusal",
        "@:{id}:cp:5",
        "@:{id}:sl:0",
        "@:{id}:@:{id}:t:refusal",
        "@:999:t:refusal",
        "@:²:t:refusal",
        "@::",
        "@",
    ],
)
async def test_a_number_in_a_button_gives_no_right(vigil: Vigil, data: str) -> None:
    """Who does not administer the channel, or no longer, changes nothing of it."""
    await ours(vigil)
    vigil.telegram.world.places[CHANNEL].people[SUBSCRIBER] = "member"
    channel = await stored(vigil, CHANNEL)
    await vigil.says(SUBSCRIBER, "/list")
    place = vigil.telegram.world.places[SUBSCRIBER]
    query = vigil.telegram.people.forge(SUBSCRIBER, data.format(id=channel.id), place)
    await vigil.settle()

    assert vigil.telegram.people.pressed[query]["text"] == "This button no longer works."
    assert await stored(vigil, CHANNEL) == channel
    assert await topics_of(vigil, CHANNEL) == []


async def test_an_installation_is_not_ruled_through_a_channel(vigil: Vigil) -> None:
    """A channel's button stands for a chat's own choices, whoever presses it."""
    await ours(vigil)
    vigil.telegram.world.places[CHANNEL].people[ROOT] = "administrator"
    await vigil.says(ROOT, "/list")
    number = (await stored(vigil, CHANNEL)).id
    place = vigil.telegram.world.places[ROOT]
    query = vigil.telegram.people.forge(ROOT, f"@:{number}:sl:0", place)
    await vigil.settle()

    assert vigil.telegram.people.pressed[query]["text"] == "This button no longer works."


@pytest.mark.parametrize(
    ("kind", "payload", "data"),
    [
        ("forget", {"thread": 0, "of": CHANNEL}, f"{Callback.FORGET}:yes:"),
        (
            "ask",
            {"what": "topic.end", "topic": "desertion", "of": CHANNEL},
            f"{Callback.ANSWER}:y:",
        ),
    ],
)
async def test_a_channel_s_old_button_spares_the_person(
    vigil: Vigil, kind: str, payload: dict[str, object], data: str
) -> None:
    """Before the buttons did, drafts named the channel: pressed after an upgrade nothing ends."""
    await ours(vigil)
    await vigil.says(SUBSCRIBER, "/list")
    async with vigil.app.engine.store.write() as conn:
        token = await people.put_draft(
            conn, SUBSCRIBER, SUBSCRIBER, kind, payload, now=vigil.clock.now()
        )
    crowd = vigil.telegram.people
    query = crowd.forge(SUBSCRIBER, f"{data}{token}", vigil.telegram.place(SUBSCRIBER))
    await vigil.settle()

    assert crowd.pressed[query]["text"] == "This button no longer works."
    assert await topics_of(vigil, SUBSCRIBER) == ["desertion"]


async def test_what_a_channel_is_called_is_text(vigil: Vigil) -> None:
    """Markup in its name arrives as text; buttons keep to Telegram's 64 bytes."""
    await ours(vigil, title="<b>&amp; </i>" + "Ж" * 100)
    [answer] = await vigil.says(SUBSCRIBER, "/topics @court_watch")

    assert answer.text.startswith("«<b>&amp; </i>Ж")
    assert len(answer.text.partition("\n")[0]) <= 62


async def test_a_typed_place_is_remembered_over_a_restart(vigil: Vigil) -> None:
    """The question was asked before, the answer comes after."""
    await ours(vigil)
    await vigil.says(SUBSCRIBER, "/topics @court_watch")
    for label in ("Refusal", "how ›", "Narrow ›", "Place…"):
        await vigil.press(SUBSCRIBER, label)
    await vigil.stop()
    await vigil.open()
    [offer] = await vigil.says(SUBSCRIBER, "Псков")

    assert "New: Refusal: only Псков" in offer.text
    assert offer.labels() == ["Replace", "Leave as it is"]


async def test_what_is_of_private_chats_is_answered_in_words(vigil: Vigil) -> None:
    """Quiet and Normal make no sense of a channel, nor do commands of the whole bot: nothing
    changes, and the answer says what does; /help and /privacy speak of the channel."""
    await ours(vigil)
    vigil.telegram.place(CHANNEL).people[ROOT] = "administrator"
    before = await stored(vigil, CHANNEL), await stored(vigil, SUBSCRIBER)
    answers = {}
    for name in ("quiet", "normal", "privacy", "help", "start"):
        vigil.clock.advance(3)
        answers[name] = (await vigil.says(SUBSCRIBER, f"/{name} @court_watch"))[-1]
    whole = [
        (await vigil.says(ROOT, f"/{name} @court_watch"))[-1].text
        for name in ("status", "invites", "precision", "export")
    ]

    assert {each.text.partition("\n")[0] for each in answers.values()} == {"«Court watch»"}
    assert all("/hours" in answers[name].text for name in ("quiet", "normal"))
    assert "/stop" in answers["privacy"].text
    assert "/digest @…" in answers["help"].text
    assert "/quiet" not in answers["help"].text
    assert "Refusal" in answers["start"].text  # the channel's topics
    assert all("whole" in text for text in whole)
    assert (await stored(vigil, CHANNEL), await stored(vigil, SUBSCRIBER)) == before


async def test_an_alert_of_one_s_own_is_muted_in_the_channel(vigil: Vigil) -> None:
    """`/mute @channel` as a reply to an alert that came here: the channel alone hears no more of
    it; without an alert it says how."""
    await ours(vigil)
    await vigil.add_source("a", title="Pskov Post")
    await vigil.says(SUBSCRIBER, "/sub @court_watch refusal")
    await vigil.says(SUBSCRIBER, "/sub refusal")
    await vigil.publish("a", Post("1", text="Около 60 контрактников отказались ехать на войну."))
    alert = next(p for p in vigil.chat(SUBSCRIBER) if "60" in p.text)
    alone = (await vigil.says(SUBSCRIBER, "/mute @court_watch"))[-1]
    muted = (await vigil.says(SUBSCRIBER, "/mute @court_watch", reply_to=alert.message_id))[-1]
    theirs = (await vigil.says(SUBSCRIBER, "/mutes @court_watch"))[-1]
    own = (await vigil.says(SUBSCRIBER, "/mutes"))[-1]
    before = len(vigil.chat(CHANNEL))
    await vigil.publish("a", Post("2", text="В Омске 90 мобилизованных отказались воевать."))

    assert "Reply with it" in alone.text
    assert muted.text.startswith("«Court watch»\nMuted")
    assert "Pskov Post" in theirs.text
    assert "Pskov Post" not in own.text
    assert len(vigil.chat(CHANNEL)) == before
    assert any("90" in p.text for p in vigil.chat(SUBSCRIBER))
