"""A topic narrowed by buttons: what is ticked adds up and is shown; a place is typed."""

from __future__ import annotations

import pytest

from tests.chat.test_subscriber import OTHER, REFUSAL, subscriptions
from tests.support.feeds import Post
from tests.support.telegram_world import Posted
from tests.support.vigil import SUBSCRIBER, Vigil


async def opened(vigil: Vigil, topic: str = "refusal", narrowing: str = "") -> Posted:
    """The page of a topic that is followed."""
    await vigil.add_source("a", title="Pskov Post")
    await vigil.add_source("b", title="Radio N")
    await vigil.subscriber(SUBSCRIBER, topic, narrowing=narrowing)
    [page] = await vigil.says(SUBSCRIBER, "/topics")
    await vigil.press(SUBSCRIBER, "how ›")
    await vigil.press(SUBSCRIBER, "Narrow ›")
    return page


async def held(vigil: Vigil) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    found = await subscriptions(vigil, SUBSCRIBER)
    return [(each.narrowing, each.armies, each.stages) for each in found]


async def test_an_army_in_three_taps(vigil: Vigil) -> None:
    """It is shown on the topic's button and in its line, in words; /undo takes it back."""
    page = await opened(vigil)
    await vigil.press(SUBSCRIBER, "Russian army")
    narrowed, text, labels = await held(vigil), page.text, page.labels()
    [listed] = await vigil.says(SUBSCRIBER, "/topics")
    await vigil.says(SUBSCRIBER, "/undo last")

    assert narrowed == [("", ("ru",), ())]
    assert "✓ Russian army" in labels
    assert "Refusal: only Russian army" in text
    assert "army:ru" not in text
    assert "✓ Refusal, Russian army" in listed.labels()
    assert await held(vigil) == [("", (), ())]


async def test_what_is_ticked_adds_up_with_what_was_typed(vigil: Vigil) -> None:
    """Stage, kind, language and source beside words; all of it can be had again by one tap."""
    page = await opened(vigil, narrowing="-Магадан")
    for label in ("verdicts", "media", "Русский"):
        await vigil.press(SUBSCRIBER, label)
    await vigil.press(SUBSCRIBER, "Sources ›")
    await vigil.press(SUBSCRIBER, "Radio N")
    await vigil.press(SUBSCRIBER, "‹ Back", message_id=page.message_id)
    narrowed, text = await held(vigil), page.text
    await vigil.press(SUBSCRIBER, "✓ verdicts")
    fewer = await held(vigil)
    await vigil.press(SUBSCRIBER, "All of the topic")

    assert narrowed == [("-Магадан kind:media lang:ru source:2", (), ("verdict",))]
    assert "only verdicts · media · Русский · «Radio N», except Магадан" in text
    assert fewer == [("-Магадан kind:media lang:ru source:2", (), ())]
    assert await held(vigil) == [("", (), ())]


ISRAELI = "Сорок израильских резервистов отказались возвращаться в Газу, сообщает Haaretz."
OF_1944 = "В 1944 году американские солдаты отказались идти в атаку, пишет историк."


async def test_other_armies_and_past_wars_come_to_who_ticks_them(vigil: Vigil) -> None:
    """They are off unless asked for; with them all that came before comes too; /why says so."""
    page = await opened(vigil)
    before = len(vigil.chat(SUBSCRIBER))
    await vigil.publish("a", Post("1", text=ISRAELI))
    unheard = len(vigil.chat(SUBSCRIBER)) == before
    [asked] = await vigil.says(SUBSCRIBER, f"/why {ISRAELI}")
    await vigil.press(SUBSCRIBER, "Other armies", message_id=page.message_id)
    text, labels = page.text, page.labels()
    await vigil.publish("a", Post("2", text="Ещё пять" + ISRAELI.removeprefix("Сорок")))
    abroad = vigil.chat(SUBSCRIBER)[-1].text
    await vigil.publish("a", Post("3", text=OF_1944))
    [long_ago] = await vigil.says(SUBSCRIBER, f"/why {OF_1944}")
    await vigil.press(SUBSCRIBER, "Past wars", message_id=page.message_id)
    everything = await held(vigil)
    await vigil.publish(
        "a", Post("4", text=OF_1944.replace("1944", "1945").replace("атаку", "бой"))
    )
    past = vigil.chat(SUBSCRIBER)[-1].text
    await vigil.press(SUBSCRIBER, "✓ Past wars", message_id=page.message_id)
    await vigil.press(SUBSCRIBER, "✓ Other armies", message_id=page.message_id)

    assert unheard
    assert "of another country's army or of a past war" in asked.text
    assert "Refusal, also other armies" in text
    assert {"✓ Russian army", "✓ Ukrainian army", "✓ Other armies", "Past wars"} <= {*labels}
    assert "Ещё пять израильских" in abroad
    assert "past war" in long_ago.text
    assert everything == [("era:now,historical", ("ru", "ua", "other"), ())]
    assert "1945" in past
    assert await held(vigil) == [("", (), ())]


async def test_other_armies_and_past_wars_of_all_topics(vigil: Vigil) -> None:
    """The page of all topics has the same two; an army ticked before stays ticked."""
    await vigil.subscriber(SUBSCRIBER, "refusal", "desertion")
    [page] = await vigil.says(SUBSCRIBER, "/topics")
    for label in ("Army, stages ›", "Russian army", "Other armies", "Past wars"):
        await vigil.press(SUBSCRIBER, label, message_id=page.message_id)

    assert await held(vigil) == [("era:now,historical", ("ru", "other"), ())] * 2


async def test_alerts_keep_to_it(vigil: Vigil) -> None:
    """Only from the source that was ticked."""
    await opened(vigil)
    await vigil.press(SUBSCRIBER, "Sources ›")
    await vigil.press(SUBSCRIBER, "Radio N")
    before = len(vigil.chat(SUBSCRIBER))
    await vigil.publish("a", Post("1", text=REFUSAL))
    unheard = len(vigil.chat(SUBSCRIBER)) == before
    await vigil.publish("b", Post("2", text=OTHER))

    assert unheard
    assert "Пятеро" in vigil.chat(SUBSCRIBER)[-1].text


async def test_a_place_is_typed_then_tapped(vigil: Vigil) -> None:
    """The next text is the place; what was there is asked about, not lost; later texts are not."""
    await opened(vigil)
    await vigil.press(SUBSCRIBER, "Place…")
    asked = vigil.chat(SUBSCRIBER)[-1].text
    [offer] = await vigil.says(SUBSCRIBER, "Нижний Новгород")
    offered = offer.text
    await vigil.press(SUBSCRIBER, "Replace")
    [later] = await vigil.says(SUBSCRIBER, "Псков")

    assert "Which place should Refusal be limited to?" in asked
    assert "New: Refusal: only " in offered
    assert await held(vigil) == [('"Нижний Новгород"', (), ())]
    assert "commands only" in later.text


@pytest.mark.parametrize("data", ["nw:refusal:a:xx", "nw:desertion:a:ru", "nw:refusal:S:99:0"])
async def test_forged_choices_change_nothing(vigil: Vigil, data: str) -> None:
    """Values and topics that nobody offered."""
    await opened(vigil)
    vigil.telegram.people.forge(SUBSCRIBER, data, vigil.telegram.world.places[SUBSCRIBER])
    await vigil.settle()

    assert await held(vigil) == [("", (), ())]
