"""Under an alert: what resembles it, and the copy that is kept."""

from __future__ import annotations

import re
from hashlib import sha256

import pytest

from bot.chat.subscriber import similar
from tests.chat.test_muting import THIRD
from tests.chat.test_subscriber import OTHER, REFUSAL
from tests.support.feeds import Post
from tests.support.vigil import SUBSCRIBER, Vigil

LIKE = "В Пскове ещё двадцать контрактников отказались ехать на войну, рассказала мать одного."


async def told(vigil: Vigil) -> None:
    """Two stories that resemble each other and two that do not; the last alert is unfolded."""
    await vigil.add_source("a", title="Pskov Post")
    await vigil.subscriber(SUBSCRIBER, "refusal", lang="en")
    for number, text in enumerate((LIKE, THIRD, OTHER)):
        await vigil.publish("a", Post(str(number), text=text))
        vigil.clock.advance(hours=60)
    psk = "Псковские контрактники отказались ехать на войну: двадцать человек, рассказала мать."
    await vigil.publish("a", Post("9", text=psk, link="https://a.example/9"))
    await vigil.press(SUBSCRIBER, "More")


async def test_similar_finds_other_stories_of_the_topic(vigil: Vigil) -> None:
    """The nearest first; never the story itself."""
    await told(vigil)
    [answer] = await vigil.press(SUBSCRIBER, "Similar")

    quoted = re.findall(r"\n(.*(?:отказ|Отказ).*)", answer.text)
    assert quoted
    assert "ещё двадцать контрактников" in quoted[0]
    assert "Псковские" not in answer.text


async def test_similar_looks_beyond_the_newest_stories(
    vigil: Vigil, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A story that hundreds have followed is found by its rarest words, by way of the index."""
    monkeypatch.setattr(similar, "_LOOKED_AT", 1)
    await told(vigil)
    [answer] = await vigil.press(SUBSCRIBER, "Similar")

    assert "ещё двадцать контрактников" in answer.text


async def test_where_nothing_resembles_it_is_said(vigil: Vigil) -> None:
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.publish("a", Post("1", text=REFUSAL))
    await vigil.press(SUBSCRIBER, "More")
    [answer] = await vigil.press(SUBSCRIBER, "Similar")

    assert answer.text == "No other story of this topic resembles it."


async def test_the_copy_holds_every_version(vigil: Vigil) -> None:
    """As a file, with where it came from and when, and the sha256 of the file in the caption."""
    await told(vigil)
    await vigil.edit("a", "9", text="Псковские контрактники вернулись: двадцать человек.")
    [copy] = await vigil.press(SUBSCRIBER, "Copy kept")
    assert copy.document is not None
    _, content = copy.document
    text = content.decode()
    assert "https://a.example/9" in text
    assert "Псковские контрактники отказались ехать" in text
    assert "Псковские контрактники вернулись" in text
    assert sha256(content).hexdigest() in copy.text


async def test_a_quiet_chat_keeps_neither(vigil: Vigil) -> None:
    """Both stand under an opened alert only, and go with it."""
    await told(vigil)
    await vigil.quiet(SUBSCRIBER)
    place = vigil.telegram.world.places[SUBSCRIBER]
    for data in ("si:4", "cy:4", "si:99", "cy:x"):
        query = vigil.telegram.people.forge(SUBSCRIBER, data, place)
        await vigil.settle()
        assert vigil.telegram.people.pressed[query]["text"] == "This button no longer works."
