"""How many taps what people do most takes. A command of the menu and a sent text are a tap each."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass

from bot.store import filters
from tests.chat.test_access import GUEST, invited
from tests.chat.test_elsewhere import stored
from tests.chat.test_subscriber import REFUSAL, subscriptions, topics
from tests.support.feeds import Post
from tests.support.telegram_world import Posted
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil


@dataclass
class Thumb:
    """One person's taps, counted."""

    vigil: Vigil
    user: int
    taps: int = 0

    async def says(self, text: str) -> list[Posted]:
        self.taps += 1
        return await self.vigil.says(self.user, text)

    async def press(self, *labels: str) -> None:
        for label in labels:
            self.taps += 1
            await self.vigil.press(self.user, label)


async def joined(vigil: Vigil) -> tuple[Thumb, list[str]]:
    """By an invitation's Start, until three topics are chosen."""
    thumb = Thumb(vigil, GUEST)
    await thumb.says(f"/start {await invited(vigil)}")
    await thumb.press("Normal", "t:refusal", "t:desertion", "t:pressure")
    return thumb, [each.topic for each in await subscriptions(vigil, GUEST)]


async def counted(work: Awaitable[tuple[Thumb, list[str]]]) -> tuple[int, list[str]]:
    thumb, found = await work
    return thumb.taps, found


async def test_join_with_three_topics_in_five(vigil: Vigil) -> None:
    """Start, Normal, three topics: alerts come, Done need not be pressed."""
    taps, found = await counted(joined(vigil))

    assert found == ["desertion", "pressure", "refusal"]
    assert taps <= 5


async def test_join_by_a_link_with_topics_in_two(vigil: Vigil) -> None:
    """The link has chosen them; who opens it sees them ticked, and may change that."""
    thumb = Thumb(vigil, GUEST)
    await thumb.says(f"/start {await invited(vigil, '/invite refusal, дезертирство, тиск')}")
    await thumb.press("Normal")

    assert [each.topic for each in await subscriptions(vigil, GUEST)] == [
        "desertion", "pressure", "refusal",
    ]  # fmt: skip
    assert {"✓ Refusal", "✓ Desertion", "✓ Pressure"} <= set(vigil.chat(GUEST)[-1].labels())
    assert thumb.taps == 2


async def test_start_with_all_topics_of_one_army_and_stage(vigil: Vigil) -> None:
    """Mode, topics, army and stage are four taps after Start; one /undo each takes them back."""
    thumb = Thumb(vigil, GUEST)
    await thumb.says(f"/start {await invited(vigil)}")
    await thumb.press("Normal", "All of them", "Army, stages ›", "Russian army")
    subs = await subscriptions(vigil, GUEST)

    assert len(subs) == 5
    assert {each.armies for each in subs} == {("ru",)}
    assert thumb.taps == 5
    await thumb.press("reports")
    assert {each.stages for each in await subscriptions(vigil, GUEST)} == {("report",)}
    for _ in range(2):
        await thumb.says("/undo last")
    assert {each.armies for each in await subscriptions(vigil, GUEST)} == {()}
    await thumb.says("/undo last")
    assert await subscriptions(vigil, GUEST) == []


async def test_narrow_to_an_army_in_three(vigil: Vigil) -> None:
    await vigil.subscriber(SUBSCRIBER, "refusal", "desertion")
    thumb = Thumb(vigil, SUBSCRIBER)
    await thumb.says("/topics")
    await thumb.press("Army, stages ›", "Russian army")

    assert {each.armies for each in await subscriptions(vigil, SUBSCRIBER)} == {("ru",)}
    assert thumb.taps <= 3


async def test_one_topic_to_an_army_in_three_presses(vigil: Vigil) -> None:
    await vigil.subscriber(SUBSCRIBER, "refusal", "desertion")
    await vigil.says(SUBSCRIBER, "/topics")
    thumb = Thumb(vigil, SUBSCRIBER)
    await thumb.press("w:refusal", "Narrow ›", "Russian army")

    found = {each.topic: each.armies for each in await subscriptions(vigil, SUBSCRIBER)}
    assert found == {"refusal": ("ru",), "desertion": ()}
    assert thumb.taps <= 3


async def test_mute_a_source_in_two(vigil: Vigil) -> None:
    await vigil.add_source("a", title="Radio N")
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.publish("a", Post("1", text=REFUSAL))
    thumb = Thumb(vigil, SUBSCRIBER)
    await thumb.press("More", "Mute source")

    assert "Radio N" in (await vigil.says(SUBSCRIBER, "/mutes"))[0].text
    assert thumb.taps <= 2


async def test_quiet_hours_in_three(vigil: Vigil) -> None:
    """Chosen, changed and ended by buttons; hours of one's own are typed."""
    await vigil.subscriber(SUBSCRIBER)
    thumb = Thumb(vigil, SUBSCRIBER)
    await thumb.says("/hours")
    await thumb.press("22–7")
    prefs = (await stored(vigil, SUBSCRIBER)).prefs

    assert (prefs.quiet_from, prefs.quiet_to) == (22 * 60, 7 * 60)
    assert thumb.taps <= 3
    await thumb.press("23–8")
    assert (await stored(vigil, SUBSCRIBER)).prefs.quiet_from == 23 * 60
    await thumb.press("Off")
    assert (await stored(vigil, SUBSCRIBER)).prefs.quiet_from is None


async def test_change_a_filter_in_four(vigil: Vigil) -> None:
    """From the list: the filter, Change, the new words, Save."""
    await vigil.add_source("a")
    await vigil.says(ROOT, "/filter add desertion самоволка")
    await vigil.press(ROOT, "Save")
    [shown] = await vigil.says(ROOT, "/filter list")
    thumb, (key, *_) = Thumb(vigil, ROOT), shown.labels()
    await thumb.press(key, "Change")
    await thumb.says("самоволк* NEAR/5 солдат")
    await thumb.press("Save")

    async with vigil.app.engine.store.read() as conn:
        now = await filters.get(conn, key.removesuffix(" ›"))
    assert now is not None
    assert now.expression == "самоволк* NEAR/5 солдат"
    assert thumb.taps <= 4


async def test_nobody_s_topics_are_lost_to_a_link(vigil: Vigil) -> None:
    """Who is here already is asked; unknown topics and codes are nothing."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    [asked] = await vigil.says(SUBSCRIBER, "/start t-refusal-desertion-nonsense")
    question, before = asked.text, await topics(vigil)
    await vigil.press(SUBSCRIBER, "Subscribe")
    [again] = await vigil.says(SUBSCRIBER, "/start t-nonsense")

    assert question == "Subscribe to Refusal, Desertion?"
    assert before == ["refusal"]
    assert await topics(vigil) == ["desertion", "refusal"]
    assert "no name or phone" in again.text
