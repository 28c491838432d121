"""Feeds whose hub brings what they publish."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.model import Source
from bot.settings import Settings
from bot.store import hub_subscriptions, meta, sources
from bot.store.hub_subscriptions import Subscription, SubscriptionState
from tests.support.clock import ManualClock
from tests.support.feeds import Post, rss
from tests.support.hub import Hub
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil

FIRST = "Под Псковом около шестидесяти контрактников отказались ехать на войну."
SECOND = "В Бурятии девять мобилизованных отказались возвращаться на фронт."


class Reached(Vigil):
    """As `Vigil`, with an address from outside."""

    @property
    def settings(self) -> Settings:
        reached = {"listen": "127.0.0.1:0", "public_url": "https://vigil.example.org/bot"}
        return super().settings.model_copy(update=reached)

    async def ask(self) -> None:
        assert self.app.engine.websub is not None
        await self.app.engine.websub.step(self.clock.now())


@pytest.fixture
async def vigil(sqlite_database: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Reached]:
    async with Reached(sqlite_database, tmp_path / "data", clock) as running:
        yield running


async def subscription(vigil: Vigil) -> Subscription | None:
    async with vigil.app.engine.store.read() as conn:
        return await hub_subscriptions.get(conn, 1)


async def source_of(vigil: Vigil) -> Source:
    async with vigil.app.engine.store.read() as conn:
        source = await sources.get(conn, 1)
    assert source is not None
    return source


def feed(*posts: Post) -> bytes:
    return rss("A", posts)


async def agreed(vigil: Reached, lease: int = 864_000) -> Hub:
    """A feed that names its hub in a header, and the hub agreed with."""
    assert vigil.app.listener is not None
    hub = Hub(vigil.server, vigil.app.listener.port)
    topic = vigil.server.url("/a.xml")
    vigil.server.put(
        "/a.xml",
        feed(Post("0", title="Old")),
        headers={"Link": f'<{hub.url}>; rel="hub", <{topic}>; rel=self'},
    )
    await vigil.says(ROOT, f"/source add {topic}")
    await vigil.ask()
    assert await hub.verify(lease) == (200, "c-1<x>")
    return hub


async def test_what_a_hub_brings_is_told_and_asked_for_rarely(vigil: Reached) -> None:
    """Subscribed with a secret of its own, confirmed, told from the push itself; the feed is
    then polled slowly, and normally again once the hub has missed something."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    hub = await agreed(vigil)
    asked = hub.asked[0]
    assert asked["hub.mode"] == "subscribe"
    assert asked["hub.topic"] == vigil.server.url("/a.xml")
    assert asked["hub.callback"].startswith("https://vigil.example.org/bot/websub/")
    assert len(asked["hub.secret"]) >= 32

    news = Post("1", text=FIRST, published=vigil.clock.now())
    assert await hub.push(feed(news), "sha1") == 200
    await vigil.settle()
    assert len(vigil.chat(SUBSCRIBER)) == 1
    vigil.server.put("/a.xml", feed(news, Post("0", title="Old")))
    await vigil.read()
    polls = len(vigil.server.requests)
    assert (await source_of(vigil)).next_due is not None
    assert len(vigil.chat(SUBSCRIBER)) == 1
    *_, shown = await vigil.says(ROOT, "/source 1")
    assert "Its hub brings what is new" in shown.text

    vigil.server.put("/a.xml", feed(Post("2", text=SECOND, published=vigil.clock.now()), news))
    await vigil.read()
    assert len(vigil.server.requests) >= polls
    assert vigil.app.engine.websub is not None
    assert not vigil.app.engine.websub.is_pushed(1)


async def test_who_does_not_sign_is_not_believed(vigil: Reached) -> None:
    """Neither a push that is not signed with the secret, nor a stranger's question."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    hub = await agreed(vigil)
    forged = feed(Post("1", text=FIRST, published=vigil.clock.now()))
    assert await hub.push(forged, secret="guessed") == 202
    assert await hub.push(forged, "md5") == 202
    assert (await hub.verify(topic="https://other.example/"))[0] == 404
    assert (await hub.verify(mode="unsubscribe"))[0] == 404
    hub.asked.append(hub.asked[-1] | {"hub.callback": "https://vigil.example.org/bot/websub/x"})
    assert (await hub.verify())[0] == 404
    await vigil.settle()

    assert vigil.chat(SUBSCRIBER) == []
    async with vigil.app.engine.store.read() as conn:
        assert (await meta.counters(conn))["websub_unsigned"] == 2


async def test_leases_are_renewed_and_left_with_the_source(vigil: Reached) -> None:
    """Asked again before the lease ends; left when the source is paused, taken up when it is
    resumed, forgotten when it is removed; a refusal is shown, and not asked about for a week."""
    hub = await agreed(vigil, lease=10_000)
    vigil.clock.advance(8_000)
    await vigil.ask()
    assert [one["hub.mode"] for one in hub.asked] == ["subscribe"] * 2
    await hub.verify(lease=10_000)

    await vigil.says(ROOT, "/source pause 1")
    await vigil.ask()
    assert hub.asked[-1]["hub.mode"] == "unsubscribe"
    assert (await hub.verify())[0] == 200
    await vigil.says(ROOT, "/source resume 1")
    await vigil.ask()
    assert hub.asked[-1]["hub.mode"] == "subscribe"
    assert (await hub.verify(mode="denied", reason="full"))[0] == 200
    after = await subscription(vigil)
    assert after is not None
    assert after.state is SubscriptionState.REFUSED
    *_, shown = await vigil.says(ROOT, "/source 1")
    assert "The hub refuses: full" in shown.text
    count = len(hub.asked)
    vigil.clock.advance(timedelta(days=6).total_seconds())
    await vigil.ask()
    assert len(hub.asked) == count

    await vigil.says(ROOT, "/source remove 1")
    await vigil.press(ROOT, "Remove")
    await vigil.ask()
    assert await subscription(vigil) is None
