"""Mute a source or a story under an alert: two taps, a list, and back."""

from __future__ import annotations

import pytest

from tests.chat.test_subscriber import OTHER, REFUSAL
from tests.support.feeds import Post
from tests.support.vigil import SUBSCRIBER, Vigil

THIRD = "Десантники из Улан-Удэ отказались возвращаться на войну и записали видеообращение."


async def told(vigil: Vigil) -> int:
    """An alert stands in the chat; how many messages are there now."""
    await vigil.add_source("a", title="Pskov Post")
    await vigil.add_source("b")
    await vigil.subscriber(SUBSCRIBER, "refusal", lang="en")
    await vigil.publish("a", Post("1", text=REFUSAL))
    return len(vigil.chat(SUBSCRIBER))


async def test_a_source_is_muted_in_two_taps_and_heard_again(vigil: Vigil) -> None:
    """Its posts do not come, another's do; why not says so; one tap in /mutes ends it."""
    count = await told(vigil)
    await vigil.press(SUBSCRIBER, "More")
    await vigil.press(SUBSCRIBER, "Mute source")
    link = "https://a.example/2"
    await vigil.publish("a", Post("2", text=OTHER, link=link))
    assert len(vigil.chat(SUBSCRIBER)) == count
    [why] = await vigil.says(SUBSCRIBER, link)
    assert "You muted its source. /mutes" in why.text
    await vigil.publish("b", Post("1", text=THIRD))
    assert "Улан-Удэ" in vigil.chat(SUBSCRIBER)[-1].text

    [page] = await vigil.says(SUBSCRIBER, "/mutes")
    assert "source · Pskov Post" in page.text
    await vigil.press(SUBSCRIBER, "✕ Pskov Post")
    assert "Nothing is muted" in page.text
    before = len(vigil.chat(SUBSCRIBER))
    fourth = "Мобилизованные из Тувы отказались идти на штурм и сняли обращение к президенту."
    await vigil.publish("a", Post("3", text=fourth))
    assert len(vigil.chat(SUBSCRIBER)) == before + 1


async def test_pressing_it_does_not_fold_the_alert(vigil: Vigil) -> None:
    """The whole text still stands there, with its buttons."""
    await told(vigil)
    await vigil.press(SUBSCRIBER, "More")
    await vigil.press(SUBSCRIBER, "Until Monday")

    assert "Less" in vigil.chat(SUBSCRIBER)[-1].labels()


async def test_a_muted_story_says_nothing_more(vigil: Vigil) -> None:
    """Further reports of it neither reply nor alert."""
    count = await told(vigil)
    await vigil.press(SUBSCRIBER, "More")
    await vigil.press(SUBSCRIBER, "Mute story")
    await vigil.publish("b", Post("1", text=REFUSAL))

    assert len(vigil.chat(SUBSCRIBER)) == count


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("/mute", "Muted: the source."),
        ("/mute story", "Muted: the story."),
        ("/snooze", "Muted until 9 Apr"),
        ("/snooze 3d", "Muted until 11 Apr"),
        ("/snooze monday", "08:00: the story."),
        ("/snooze soon", "For how long?"),
        ("/why", "You follow: "),
    ],
)
async def test_as_replies(vigil: Vigil, said: str, answer: str) -> None:
    """What the buttons do, written under the alert."""
    await told(vigil)
    alert = vigil.chat(SUBSCRIBER)[-1].message_id
    answers = await vigil.says(SUBSCRIBER, said, reply_to=alert)

    assert answer in answers[-1].text


async def test_an_ended_snooze_is_over_by_itself(vigil: Vigil) -> None:
    """After its day the list is empty."""
    await told(vigil)
    alert = vigil.chat(SUBSCRIBER)[-1].message_id
    await vigil.says(SUBSCRIBER, "/snooze", reply_to=alert)
    vigil.clock.advance(hours=25)
    [page] = await vigil.says(SUBSCRIBER, "/mutes")

    assert "Nothing is muted" in page.text
    [slip] = await vigil.says(SUBSCRIBER, "/mute")
    assert "Reply with it to an alert" in slip.text
