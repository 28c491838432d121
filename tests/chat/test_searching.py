"""People look into the archive from the chat, in words, pages and days."""

from __future__ import annotations

import pytest

from bot.chat.subscriber import searching
from bot.chat.subscriber.searching import days_and_rest as days_of
from tests.chat.test_subscriber import OTHER, REFUSAL
from tests.support.feeds import Post
from tests.support.vigil import SUBSCRIBER, Vigil

RAIN = "Дожди не отступят до конца недели, сообщили синоптики номер {n}."


async def with_rain(vigil: Vigil, count: int) -> None:
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal", lang="en")
    for n in range(count):
        await vigil.publish("a", Post(str(n), text=RAIN.format(n=n)))


async def test_pages_are_turned_with_buttons(vigil: Vigil) -> None:
    """Five posts a page, newest first; on and back without a word typed."""
    await with_rain(vigil, 7)
    *_, page = await vigil.says(SUBSCRIBER, "/search дождь")
    assert page.text.startswith("1–5 · last 30 days · ")
    assert "номер 6" in page.text
    assert "номер 1." not in page.text

    await vigil.press(SUBSCRIBER, "›")
    assert page.text.startswith("6–7 · ")
    assert "номер 0" in page.text
    await vigil.press(SUBSCRIBER, "‹")

    assert page.text.startswith("1–5 · ")


async def test_what_selects_nothing_reads_only_so_many(
    vigil: Vigil, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pattern alone may be in any post: the newest are read, and the answer says so."""
    monkeypatch.setattr(searching, "MOST_READ", 3)
    await with_rain(vigil, 5)
    *_, page = await vigil.says(SUBSCRIBER, "/search /синоптики номер [01]/")

    assert page.text.startswith("Nothing in the last 30 days: ")
    assert page.text.endswith("Only the newest 3 posts that may match were read.")


async def test_nothing_found_offers_more_days(vigil: Vigil) -> None:
    """What is not in a month may be in a year; the answer says what was understood."""
    await with_rain(vigil, 1)
    vigil.clock.advance(days=40)
    *_, page = await vigil.says(SUBSCRIBER, "/search дождь")
    assert page.text.startswith("Nothing in the last 30 days: ")

    await vigil.press(SUBSCRIBER, "365 days")

    assert "номер 0" in page.text


async def test_a_query_amiss_is_answered_with_its_mend(vigil: Vigil) -> None:
    """The same words as for a filter; nothing is searched."""
    await with_rain(vigil, 1)

    [answer] = await vigil.says(SUBSCRIBER, "/search дождь (")
    assert answer.text.endswith("Perhaps: дождь")
    [answer] = await vigil.says(SUBSCRIBER, "/search")
    assert "/search 90d" in answer.text


async def test_a_quiet_chat_is_asked_twice(vigil: Vigil) -> None:
    """What was searched for is shown to nobody who only looks at the screen."""
    await with_rain(vigil, 1)
    await vigil.quiet(SUBSCRIBER)
    *_, answer = await vigil.says(SUBSCRIBER, "/search дождь")
    assert "дожд" not in answer.text.lower()

    await vigil.press(SUBSCRIBER, "Show")

    assert "номер 0" in vigil.chat(SUBSCRIBER)[-1].text


async def test_last_shows_a_post_a_story(vigil: Vigil) -> None:
    """The newest of a topic without waiting for the next."""
    await vigil.add_source("a")
    await vigil.add_source("b")
    await vigil.subscriber(SUBSCRIBER, "refusal", lang="en")
    assert [m.text for m in await vigil.says(SUBSCRIBER, "/last")] == ["Nothing yet."]
    await vigil.publish("a", Post("1", text=REFUSAL))
    await vigil.publish("b", Post("1", text=REFUSAL))
    await vigil.publish("a", Post("2", text=OTHER))

    [answer] = await vigil.says(SUBSCRIBER, "/last refusal")
    assert answer.text.count(REFUSAL[:20]) == 1
    [answer] = await vigil.says(SUBSCRIBER, "/last weather")
    assert "There is no such topic" in answer.text


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("суд", (30, "суд")),
        ("90d суд", (90, "суд")),
        ("суд 7 дней", (7, "суд")),
        ("суд 99999d", (30, "суд 99999d")),
        ("155 бригада", (30, "155 бригада")),
        ("0d суд", (1, "суд")),
    ],
)
def test_days_are_read_before_or_behind(said: str, read: tuple[int, str]) -> None:
    """A number of days is a span; any other number is a word."""
    assert days_of(said) == read
