"""/topic: topics of admins reach buttons, alerts and the file; urgency; off ends matching."""

from __future__ import annotations

import pytest

from bot.model import OwnTopic, Way
from bot.store import topics
from tests.chat.test_subscriber import REFUSAL
from tests.support.feeds import Post
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil

TITLES = "Hazing | Дедовщина | Дідівщина"
HAZING = "В части под Омском дедовщина: сержанты избили рядового, сообщили его родные."


async def made(vigil: Vigil) -> None:
    """The topic, with a filter of its own."""
    await vigil.add_source("a", title="Pskov Post")
    await vigil.subscriber(ROOT)
    await vigil.says(ROOT, f"/topic add {TITLES}")
    await vigil.says(ROOT, "/filter add hazing дедовщина NEAR/s рядовой")
    await vigil.press(ROOT, "Save")


@pytest.mark.parametrize(
    ("lang", "title"), [("en", "Hazing"), ("ru", "Дедовщина"), ("uk", "Дідівщина")]
)
async def test_a_topic_of_ones_own_is_like_any_other(vigil: Vigil, lang: str, title: str) -> None:
    """Its title stands on buttons, in alerts and in /list, in the reader's language."""
    await made(vigil)
    await vigil.subscriber(SUBSCRIBER, lang=lang)
    [page] = await vigil.says(SUBSCRIBER, "/topics")
    await vigil.says(SUBSCRIBER, f"/sub {title}")
    await vigil.publish("a", Post("1", text=HAZING))
    alert = vigil.chat(SUBSCRIBER)[-1]
    listed = (await vigil.says(SUBSCRIBER, "/list"))[-1].text

    assert any(label.startswith(title) for label in page.labels())
    assert alert.text.startswith(title)
    assert title in listed


async def test_titles_and_urgency_are_changed_and_undone(vigil: Vigil) -> None:
    """Silence for all who have not chosen; also of a pack's topic; wrong words are explained."""
    await made(vigil)
    await vigil.subscriber(SUBSCRIBER, "hazing")
    few = (await vigil.says(ROOT, "/topic add Hazing | Дедовщина"))[-1].text
    again = (await vigil.says(ROOT, f"/topic add {TITLES}"))[-1].text
    await vigil.says(ROOT, "/topic edit hazing Bullying | Травля | Цькування")
    named = (await vigil.says(ROOT, "/topic"))[-1].text
    await vigil.says(ROOT, "/undo last")
    back = (await vigil.says(ROOT, "/topic"))[-1].text
    await vigil.says(ROOT, "/topic urgency Дедовщина silent")
    await vigil.publish("a", Post("1", text=HAZING))
    alert = vigil.chat(SUBSCRIBER)[-1]

    assert "Three titles" in few
    assert "exists already" in again
    assert "Bullying · 1 filter" in named
    assert "Bullying ·" not in back
    assert "Hazing · 1 filter" in back
    assert alert.text.startswith("Hazing")
    assert alert.silent


async def test_a_topic_that_the_packs_dropped_is_renamed(vigil: Vigil) -> None:
    """Only its urgency was chosen, so that it had no titles: there are none to show as former."""
    await vigil.subscriber(ROOT)
    async with vigil.app.engine.store.write() as conn:
        await topics.put(conn, OwnTopic("of-old", way=Way.SILENT), vigil.clock.now())
    [answer] = await vigil.says(ROOT, f"/topic edit of-old {TITLES}")

    assert answer.text.split("\n") == ["It is called Hazing now.", "/undo"]


async def test_a_topic_that_is_off_is_neither_offered_nor_matched(vigil: Vigil) -> None:
    """Of a pack's too; its subscriptions stay and come alive again."""
    await vigil.add_source("a")
    await vigil.subscriber(ROOT)
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.says(ROOT, "/topic off refusal")
    asked = vigil.chat(ROOT)[-1].text
    await vigil.press(ROOT, "Off")
    [page] = await vigil.says(SUBSCRIBER, "/topics")
    await vigil.publish("a", Post("1", text=REFUSAL))
    silent = vigil.chat(SUBSCRIBER)[-1] is page
    await vigil.stop()
    await vigil.open()
    await vigil.publish("a", Post("2", text=REFUSAL.replace("60", "70")))
    still = vigil.chat(SUBSCRIBER)[-1] is page
    await vigil.says(ROOT, "/topic on refusal")
    await vigil.publish("a", Post("3", text=REFUSAL.replace("60", "80")))

    assert "1 chat follows it" in asked
    assert not any(label.removeprefix("✓ ").startswith("Refusal") for label in page.labels())
    assert (silent, still) == (True, True)
    assert vigil.chat(SUBSCRIBER)[-1].text.startswith("Refusal")


async def test_topics_are_in_the_file(vigil: Vigil) -> None:
    """What /export gives brings them back, with filters that need them, urgency and off."""
    await made(vigil)
    await vigil.says(ROOT, "/topic urgency hazing digest")
    await vigil.says(ROOT, "/topic off draft-evasion")
    await vigil.press(ROOT, "Off")
    before = (await vigil.says(ROOT, "/topic"))[-1].text
    *_, said = await vigil.says(ROOT, "/export")
    assert said.document is not None
    for _ in range(4):
        await vigil.says(ROOT, "/undo last")
    emptied = (await vigil.says(ROOT, "/topic"))[-1].text
    vigil.telegram.people.sends_file(ROOT, *said.document)
    await vigil.settle()
    asked = vigil.chat(ROOT)[-1].text
    await vigil.press(ROOT, "Import")

    assert "Hazing ·" in before
    assert "off" in before
    assert "Hazing ·" not in emptied
    assert "1 topic" in asked or "2 topics" in asked
    assert (await vigil.says(ROOT, "/topic"))[-1].text == before


async def test_a_file_with_wrong_topics_is_refused(vigil: Vigil) -> None:
    """Each fault is named; nothing of the file is taken."""
    content = (
        'vigil = 1\n[[topic]]\nid = "Bad id"\ntitles = {en = "A", ru = "Б", uk = "В"}\n'
        '[[topic]]\nid = "half"\ntitles = {en = "Half"}\nway = "loud"\noff = "yes"\n'
    )
    vigil.telegram.people.sends_file(ROOT, "c.toml", content.encode())
    await vigil.settle()
    said = vigil.chat(ROOT)[-1].text

    assert "topic 1: A topic's id has small Latin letters" in said
    assert "topic 2: Its titles stand as en, ru and uk." in said
    assert "way “loud” is not known" in said
    assert "off must be true or false" in said
