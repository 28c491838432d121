"""/stats: the week's alerts of this chat alone, by topic, army and place; as a picture."""

from __future__ import annotations

from bot.alerts import charts
from tests.chat.test_elsewhere import ours
from tests.chat.test_subscriber import OTHER, REFUSAL
from tests.support.feeds import Post
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil


async def test_the_weeks_alerts_of_this_chat(vigil: Vigil) -> None:
    """What came to another chat is not in it; who got nothing hears so."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.subscriber(ROOT)
    await vigil.publish("a", Post("1", text=REFUSAL))
    await vigil.publish("a", Post("2", text=OTHER))
    *_, shown = await vigil.says(SUBSCRIBER, "/stats")
    [nothing] = await vigil.says(ROOT, "/stats")

    assert "2 stories in 7 days" in shown.text
    assert "Refusal: 2" in shown.text
    assert "Russian army: " in shown.text
    assert "Places: Pskov 1" in shown.text
    assert bool(shown.photo) is charts.available()
    assert nothing.text == "No alerts came here in the last 7 days."


async def test_of_a_channel_the_answer_begins_with_its_name(vigil: Vigil) -> None:
    """Under a picture as without one: nobody takes it for their own week."""
    await vigil.add_source("a")
    await ours(vigil)
    await vigil.says(SUBSCRIBER, "/normal")
    await vigil.says(SUBSCRIBER, "/sub @court_watch refusal")
    await vigil.publish("a", Post("1", text=REFUSAL))
    *_, shown = await vigil.says(SUBSCRIBER, "/stats @court_watch")

    assert bool(shown.photo) is charts.available()
    assert shown.text.startswith("«Court watch»\n1 story in 7 days")


async def test_a_quiet_chat_gets_no_picture(vigil: Vigil) -> None:
    """Its answer stands behind Show, in words."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.quiet(SUBSCRIBER)
    await vigil.publish("a", Post("1", text=REFUSAL))
    *_, veiled = await vigil.says(SUBSCRIBER, "/stats")
    before = veiled.text
    await vigil.press(SUBSCRIBER, "Show")

    assert "Refusal" not in before
    assert "Refusal: 1" in vigil.chat(SUBSCRIBER)[-1].text
    assert not any(each.photo for each in vigil.chat(SUBSCRIBER))
