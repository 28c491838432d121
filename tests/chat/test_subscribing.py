"""/sub: several topics at once, all of a topic except, narrowings that are never lost."""

from __future__ import annotations

import pytest

from bot.model import Subscription
from bot.store import chats
from tests.chat.test_subscriber import OTHER, REFUSAL
from tests.support.feeds import Post
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil


async def subscriptions(vigil: Vigil) -> list[Subscription]:
    async with vigil.app.engine.store.read() as conn:
        chat = await chats.by_address(conn, SUBSCRIBER)
        assert chat is not None
        return await chats.subscriptions(conn, chat.id)


async def narrowings(vigil: Vigil) -> list[str]:
    return [each.narrowing for each in await subscriptions(vigil)]


async def test_all_of_a_topic_except(vigil: Vigil) -> None:
    """What is left out does not come, the rest does; it is said back as what it is."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, lang="en")
    [answer] = await vigil.says(SUBSCRIBER, "/sub refusal кроме Псков")
    assert "Refusal, except Псков" in answer.text
    before = len(vigil.chat(SUBSCRIBER))
    await vigil.publish("a", Post("1", text=REFUSAL))
    assert len(vigil.chat(SUBSCRIBER)) == before

    await vigil.publish("a", Post("2", text=OTHER))
    assert len(vigil.chat(SUBSCRIBER)) == before + 1


@pytest.mark.parametrize("left_out", ["-source:{id}", '-source:"Source a"', "-kind:media"])
async def test_except_a_source_or_its_kind(vigil: Vigil, left_out: str) -> None:
    """By number, by name, by kind: its posts do not come, another's do."""
    source = await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, lang="en")
    await vigil.says(SUBSCRIBER, f"/sub refusal {left_out.format(id=source.id)}")
    before = len(vigil.chat(SUBSCRIBER))
    await vigil.publish("a", Post("1", text=REFUSAL))

    assert len(vigil.chat(SUBSCRIBER)) == before


@pytest.mark.parametrize(
    "said", ["refusal desertion", "отказ, дезертирство", "отказ и дезертирство"]
)
async def test_two_topics_are_two(vigil: Vigil, said: str) -> None:
    """The second name is no word that narrows the first."""
    await vigil.subscriber(SUBSCRIBER, lang="en")
    [answer] = await vigil.says(SUBSCRIBER, f"/sub {said}")

    assert answer.text.count("Subscribed:") == 2
    assert [(s.topic, s.narrowing) for s in await subscriptions(vigil)] == [
        ("desertion", ""),
        ("refusal", ""),
    ]


async def test_replace_or_keep_both(vigil: Vigil) -> None:
    """Further words are asked about; an exclusion then holds for what was chosen before."""
    await vigil.subscriber(SUBSCRIBER, lang="en")
    await vigil.says(SUBSCRIBER, "/sub refusal Псков")
    [asked] = await vigil.says(SUBSCRIBER, "/sub refusal Чита")
    assert "You have: Refusal: only Псков" in asked.text
    assert asked.labels() == ["Replace", "Keep both"]
    assert await narrowings(vigil) == ["Псков"]
    await vigil.press(SUBSCRIBER, "Keep both")
    assert await narrowings(vigil) == ["Псков", "Чита"]

    await vigil.says(SUBSCRIBER, "/sub refusal -суд")
    await vigil.press(SUBSCRIBER, "Keep both")
    assert await narrowings(vigil) == ["Псков -суд", "Чита -суд"]
    await vigil.says(SUBSCRIBER, "/undo last")
    assert await narrowings(vigil) == ["Псков", "Чита"]

    await vigil.says(SUBSCRIBER, "/sub refusal -суд")
    await vigil.press(SUBSCRIBER, "Replace")
    assert await narrowings(vigil) == ["-суд"]


async def test_a_tap_does_not_lose_a_narrowing(vigil: Vigil) -> None:
    """The page shows it; a tap on the topic asks first."""
    await vigil.subscriber(SUBSCRIBER, lang="en")
    await vigil.says(SUBSCRIBER, "/sub refusal -Псков")
    [page] = await vigil.says(SUBSCRIBER, "/topics")
    assert "✓ Refusal, except Псков" in page.text
    await vigil.press(SUBSCRIBER, "t:refusal")
    assert await narrowings(vigil) == ["-Псков"]
    await vigil.press(SUBSCRIBER, "Unsubscribe")

    assert await narrowings(vigil) == []


@pytest.mark.parametrize(
    ("said", "offered"),
    [("source:999", ""), ("-source:Sourse", "source:1"), ("@nobody", ""), ("kind:medium", "media")],
)
async def test_what_does_not_exist_is_refused(vigil: Vigil, said: str, offered: str) -> None:
    """Nothing unknown is accepted in silence; the nearest is offered."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, lang="en")
    [answer] = await vigil.says(SUBSCRIBER, f"/sub refusal {said}")

    assert offered in answer.text
    assert await narrowings(vigil) == []


async def test_an_unknown_person_is_refused_with_the_nearest(vigil: Vigil) -> None:
    """A slip in a name would find nothing, for ever."""
    await vigil.subscriber(SUBSCRIBER, lang="en")
    entities = vigil.app.services.reader.entities
    person = next(each for each, one in entities.items() if one.kind == "person")
    [answer] = await vigil.says(SUBSCRIBER, f"/sub refusal {person}x")

    assert f"{person}x does not exist. Nearest: " in answer.text
    assert person in answer.text.split("Nearest: ")[1]
    [answer] = await vigil.says(SUBSCRIBER, f"/sub refusal {person}")
    assert "Subscribed:" in answer.text


@pytest.mark.parametrize(
    ("said", "army", "stage"),
    [
        ("army:рф", "ru", ()),
        ("армия:Украина стадия:приговоры,апелляции", "ua", ("appeal", "verdict")),
        ("армія:зсу stage:вироки", "ua", ("verdict",)),
    ],
)
async def test_armies_and_stages_by_the_words_people_know(
    vigil: Vigil, said: str, army: str, stage: tuple[str, ...]
) -> None:
    """As buttons and alerts name them; what is unknown is answered with the words there are."""
    await vigil.subscriber(SUBSCRIBER)
    await vigil.says(SUBSCRIBER, f"/sub refusal {said}")
    [refused] = await vigil.says(SUBSCRIBER, "/sub refusal army:mars")

    [sub] = await subscriptions(vigil)
    assert (sub.armies, tuple(sorted(sub.stages))) == ((army,), stage)
    assert "ru (Russian army)" in refused.text
    assert "verdict (verdicts)" in refused.text


async def test_what_may_mean_several_things_is_answered_by_a_tap(vigil: Vigil) -> None:
    """A button a meaning, under each command that takes a query; a press runs the command again,
    once, for whoever asked."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    for said in ("/search отказ без Пскова, Омска", "/watch отказ без Пскова, Омска"):
        asked = (await vigil.says(SUBSCRIBER, said))[-1]
        assert asked.labels() == ["1", "2", "3"]
        answers = await vigil.press(SUBSCRIBER, "2", message_id=asked.message_id)
        query = vigil.telegram.people.press(SUBSCRIBER, "2", message_id=asked.message_id)
        await vigil.settle()

        assert "without" in answers[-1].text
        assert vigil.telegram.people.pressed[query]["text"] == "This button no longer works."
    mended = (await vigil.says(SUBSCRIBER, "/watch солдат^2"))[-1]
    *_, kept = await vigil.press(SUBSCRIBER, "Use that", message_id=mended.message_id)
    assert kept.labels()[0] == "Keep"


async def test_a_meaning_gives_no_right(vigil: Vigil) -> None:
    """A token of an admin's command, pressed by somebody else, does nothing."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    asked = (await vigil.says(ROOT, "/backtest отказ без Пскова, Омска"))[-1]
    data = asked.buttons[0][0]["callback_data"]
    place = vigil.telegram.place(SUBSCRIBER)
    await vigil.says(SUBSCRIBER, "/list")
    query = vigil.telegram.people.forge(SUBSCRIBER, data, place)
    await vigil.settle()
    [answer] = await vigil.press(ROOT, "1", message_id=asked.message_id)

    assert vigil.telegram.people.pressed[query]["text"] == "This button no longer works."
    assert "Backtest" in answer.text


async def test_the_whole_topic_takes_no_narrowing_away_unasked(vigil: Vigil) -> None:
    """`/sub refusal, desertion` where refusal is narrowed: desertion comes, of refusal it asks."""
    await vigil.subscriber(SUBSCRIBER, "refusal", narrowing="Псков")
    asked = (await vigil.says(SUBSCRIBER, "/sub refusal, desertion"))[-1]
    before = [(s.topic, s.narrowing) for s in await subscriptions(vigil)]
    text, labels = asked.text, asked.labels()
    await vigil.press(SUBSCRIBER, "Replace")

    assert "New: Refusal · All of the topic" in text
    assert labels == ["Replace", "Leave as it is"]
    assert sorted(before) == [("desertion", ""), ("refusal", "Псков")]
    after = [(s.topic, s.narrowing) for s in await subscriptions(vigil)]
    assert sorted(after) == [("desertion", ""), ("refusal", "")]
