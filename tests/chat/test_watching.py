"""Words of one's own: proven before they are kept, told to nobody else, forgotten when ended."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bot.store import schema, watches
from tests.chat.test_subscriber import OTHER, REFUSAL
from tests.support.feeds import Post
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil

NEWS = "В селе Зайцево открыли мост, сообщает корреспондент номер {n}."
NEIGHBOUR = 5_002


async def watching(vigil: Vigil, expression: str = "Зайцево", who: int = SUBSCRIBER) -> None:
    await vigil.says(who, f"/watch {expression}")
    await vigil.press(who, "Keep")


async def test_a_watch_is_proven_kept_and_told(vigil: Vigil) -> None:
    """A week's proof first; then every form of the word comes, with the word in the heading."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, lang="en")
    await vigil.publish("a", Post("1", text=NEWS.format(n=1)))
    *_, proof = await vigil.says(SUBSCRIBER, "/watch Зайцево")
    assert "1 post, 1 story" in proof.text
    assert "Only you see this." in proof.text
    await vigil.press(SUBSCRIBER, "Keep")

    books = "Из Зайцева вывезли библиотеку: двадцать тысяч книг отправлены в областной центр."
    await vigil.publish("a", Post("2", text=books))

    told = [m.text.splitlines()[0] for m in vigil.chat(SUBSCRIBER) if "Your words:" in m.text]
    assert told == ["Your words: Зайцево", "Your words: Зайцева"]  # today's post, the next one


async def test_nobody_else_sees_it(vigil: Vigil) -> None:
    """Neither another subscriber nor an admin's lists, tests and /feedback name the words."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, lang="en")
    await vigil.subscriber(NEIGHBOUR, "refusal", lang="en")
    await watching(vigil)
    await vigil.publish("a", Post("1", text=NEWS.format(n=1)))
    await vigil.press(SUBSCRIBER, "✗")

    said = []
    for command in ("/filter list", f"/filter test {NEWS}", "/feedback", "/audit", "/health"):
        said += [m.text for m in await vigil.says(ROOT, command)]

    assert any("Your words" in m.text for m in vigil.chat(SUBSCRIBER))
    assert not any("Зайцев" in m.text for m in vigil.chat(NEIGHBOUR))
    assert not any("Your words" in text or "w1" in text.split() for text in said)
    assert not any("Зайцев" in text for text in said if NEWS[:20] not in text)


async def test_an_ended_watch_leaves_nothing(vigil: Vigil) -> None:
    """Ending asks once, then words and finds are gone from the database."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, lang="en")
    await watching(vigil)
    await vigil.publish("a", Post("1", text=NEWS.format(n=1)))
    await vigil.says(SUBSCRIBER, "/watch")
    await vigil.press(SUBSCRIBER, "Зайцево ›")
    await vigil.press(SUBSCRIBER, "End")
    await vigil.press(SUBSCRIBER, "End it")

    async with vigil.app.engine.store.read() as conn:
        for table in (schema.watches, schema.subscriptions):
            assert await conn.scalar(sa.select(sa.func.count()).select_from(table)) == 0
        for column in (schema.matches.c.topic, schema.filters.c.topic):
            assert [t for t in await conn.scalars(sa.select(column)) if "watch" in t] == []
    before = len(vigil.chat(SUBSCRIBER))
    await vigil.publish("a", Post("2", text=NEWS.format(n=2)))
    assert len(vigil.chat(SUBSCRIBER)) == before


async def test_forgetting_the_chat_forgets_its_words(vigil: Vigil) -> None:
    """/forget leaves no trace of what somebody looked for."""
    await vigil.subscriber(SUBSCRIBER, lang="en")
    await watching(vigil)
    await vigil.says(SUBSCRIBER, "/forget")
    await vigil.press(SUBSCRIBER, "Delete")

    async with vigil.app.engine.store.read() as conn:
        origins = list(await conn.scalars(sa.select(schema.filters.c.origin)))
    assert "watch" not in origins


async def test_paused_changed_and_resumed_with_buttons(vigil: Vigil) -> None:
    """A thumb is enough; what was changed is looked for from then on."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, lang="en")
    await watching(vigil)
    [page] = await vigil.says(SUBSCRIBER, "/watch")
    await vigil.press(SUBSCRIBER, "Зайцево ›")
    await vigil.press(SUBSCRIBER, "Pause")
    assert "Paused." in page.text
    before = len(vigil.chat(SUBSCRIBER))
    await vigil.publish("a", Post("1", text=NEWS.format(n=1)))
    assert len(vigil.chat(SUBSCRIBER)) == before
    await vigil.press(SUBSCRIBER, "Resume")
    await vigil.press(SUBSCRIBER, "Change")
    assert "/watch #" in page.text
    async with vigil.app.engine.store.read() as conn:
        number = await conn.scalar(sa.select(schema.watches.c.filter_id))

    await watching(vigil, f"#{number} мост")

    async with vigil.app.engine.store.read() as conn:
        chat = await conn.scalar(sa.select(schema.watches.c.chat_id))
        [kept] = await watches.of_chat(conn, chat)
    assert (kept.expression, kept.paused) == ("мост", False)


async def test_words_may_narrow_a_topic(vigil: Vigil) -> None:
    """Only with a topic: the words become a narrowing of it."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, lang="en")
    *_, page = await vigil.says(SUBSCRIBER, "/watch полигон")
    await vigil.press(SUBSCRIBER, "With a topic…")
    await vigil.press(SUBSCRIBER, "Refusal")

    [listed] = await vigil.says(SUBSCRIBER, "/list")
    assert "only полигон" in listed.text
    assert page.text.endswith("only полигон")


async def test_a_quiet_chat_shows_no_words_unasked(vigil: Vigil) -> None:
    """Neither the proof nor the list names what is looked for on the first look."""
    await vigil.subscriber(SUBSCRIBER, lang="en")
    await vigil.quiet(SUBSCRIBER)
    await vigil.says(SUBSCRIBER, "/watch Зайцево")
    await vigil.press(SUBSCRIBER, "Show")
    await vigil.press(SUBSCRIBER, "Keep")
    await vigil.says(SUBSCRIBER, "/watch")
    assert "Зайцево" not in vigil.chat(SUBSCRIBER)[-1].text

    await vigil.press(SUBSCRIBER, "Show")

    assert "Зайцево" in vigil.chat(SUBSCRIBER)[-1].text


@pytest.mark.parametrize("said", ["/watch #99 мост", "/watch (", "/watch"])
async def test_what_cannot_be_watched_is_said(vigil: Vigil, said: str) -> None:
    """A number that is not theirs, words amiss, no words: an answer, nothing kept."""
    await vigil.subscriber(SUBSCRIBER, lang="en")
    [answer] = await vigil.says(SUBSCRIBER, said)

    assert answer.text
    async with vigil.app.engine.store.read() as conn:
        assert await conn.scalar(sa.select(sa.func.count()).select_from(schema.watches)) == 0


async def test_there_is_a_most(vigil: Vigil) -> None:
    """One person cannot fill the memory of the machine."""
    vigil.app.services.watch_limit = 1
    await vigil.subscriber(SUBSCRIBER, lang="en")
    await watching(vigil)
    await watching(vigil, "мост")

    assert "the most there is" in vigil.chat(SUBSCRIBER)[-1].text


async def test_one_post_of_a_topic_and_of_own_words_is_told_once(vigil: Vigil) -> None:
    """A chat hears of a story once, under the topic that says more."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal", lang="en")
    await watching(vigil, "полигон, фронт")
    before = len(vigil.chat(SUBSCRIBER))
    await vigil.publish("a", Post("1", text=REFUSAL), Post("2", text=OTHER))

    told = [m.text for m in vigil.chat(SUBSCRIBER)[before:]]
    assert all(text.startswith("Refusal") for text in told if REFUSAL[:20] in text)
    assert sum(REFUSAL[:20] in text for text in told) <= 1
