"""The whole application when Telegram brings the updates."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.settings import Receive, Settings
from tests.support.clock import ManualClock
from tests.support.feeds import Post
from tests.support.vigil import SUBSCRIBER, Vigil


class Hooked(Vigil):
    """As `Vigil`, with a webhook, or polling where `receive` says so."""

    receive = Receive.WEBHOOK

    @property
    def settings(self) -> Settings:
        return super().settings.model_copy(
            update={
                "receive": self.receive,
                "listen": "127.0.0.1:0",
                "public_url": "https://vigil.example.org/bot",
            }
        )


@pytest.fixture
async def vigil(started_database: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Hooked]:
    async with Hooked(started_database, tmp_path / "data", clock) as running:
        yield running


async def test_commands_and_posts_come_by_webhook(vigil: Hooked) -> None:
    """Somebody subscribes, a channel posts, an alert comes; nothing waits at Telegram."""
    await vigil.subscriber(SUBSCRIBER)
    await vigil.app.receiver.step(vigil.clock.now())
    hook = vigil.telegram.updates.webhook
    assert hook is not None
    assert hook["url"].startswith("https://vigil.example.org/bot/telegram/")
    assert vigil.app.listener is not None
    vigil.telegram.people.says(SUBSCRIBER, "/sub refusal")
    hook["url"] = hook["url"].replace("/bot/", "/")  # the proxy's part
    assert await vigil.moving(vigil.telegram.bring(vigil.app.listener.port)) == [200]
    await vigil.add_source("a")
    await vigil.publish("a", Post("1", text="Солдаты отказались воевать под Псковом."))

    texts = [m.text for m in vigil.chat(SUBSCRIBER)]
    assert texts[0].startswith("Subscribed: Refusal")
    assert "отказались воевать" in texts[-1]
    assert vigil.telegram.updates.waiting == []


async def test_ways_of_receiving_are_switched_by_the_setting(vigil: Hooked) -> None:
    """Nothing said meanwhile is lost, and what Telegram brings twice is answered once."""
    await vigil.subscriber(SUBSCRIBER)
    await vigil.app.receiver.step(vigil.clock.now())
    hook = vigil.telegram.updates.webhook
    assert hook is not None
    hook["url"] = hook["url"].replace("/bot/", "/")
    vigil.telegram.people.says(SUBSCRIBER, "/sub refusal")
    [update] = vigil.telegram.updates.waiting
    assert vigil.app.listener is not None
    assert await vigil.moving(vigil.telegram.bring(vigil.app.listener.port)) == [200]
    vigil.telegram.updates.waiting.append(update)
    assert await vigil.moving(vigil.telegram.bring(vigil.app.listener.port)) == [200]
    assert len(vigil.chat(SUBSCRIBER)) == 1

    await vigil.stop()
    vigil.telegram.people.says(SUBSCRIBER, "/list")
    vigil.receive = Receive.POLLING
    await vigil.open()
    await vigil.settle()
    assert vigil.telegram.updates.webhook is None
    assert len(vigil.chat(SUBSCRIBER)) == 2

    await vigil.stop()
    vigil.receive = Receive.WEBHOOK
    await vigil.open()
    await vigil.app.receiver.step(vigil.clock.now())
    assert vigil.telegram.updates.webhook is not None
